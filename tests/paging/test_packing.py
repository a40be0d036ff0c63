"""Packed rows are unpacked unchanged."""

from __future__ import annotations

from lead_tui import limits
from lead_tui.paging.snapshot import codec


def test_packed_rows_are_unpacked() -> None:
    body = b'{"last_name":"Stone"}\0' * 100
    packed = codec().compress(body, limits.PACK_LEVEL)
    assert len(packed) < 100
    assert codec().decompress(packed) == body
