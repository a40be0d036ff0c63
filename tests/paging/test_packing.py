"""Packed rows are unpacked unchanged, with zstd and on a Python built without it."""

from __future__ import annotations

import sys
import zlib

import pytest

from lead_tui import limits
from lead_tui.paging import snapshot_rows


@pytest.mark.parametrize("has_zstd", [True, False])
def test_packed_rows_are_unpacked(has_zstd: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not has_zstd:
        for name in ("backports.zstd", "compression.zstd"):
            monkeypatch.setitem(sys.modules, name, None)
            monkeypatch.delattr(sys.modules.get(name.partition(".")[0], snapshot_rows), "zstd", raising=False)
    codec = snapshot_rows.codec.__wrapped__()
    body = b'{"last_name":"Stone"}\0' * 100
    packed = codec.compress(body, limits.PACK_LEVEL)
    assert len(packed) < 100
    assert codec.decompress(packed) == body
    assert has_zstd or zlib.decompress(packed) == body
