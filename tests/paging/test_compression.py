"""Compressed rows are decompressed unchanged."""

from __future__ import annotations

from lead_tui import limits
from lead_tui.paging.snapshot import codec


def test_compressed_rows_are_decompressed() -> None:
    body = b'{"last_name":"Stone"}\0' * 100
    compressed = codec().compress(body, limits.COMPRESSION_LEVEL)
    assert len(compressed) < 100
    assert codec().decompress(compressed) == body
