"""Returning memory to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from lead_tui.terminal.process import keep_memory_flat

_PAGES_COME_AND_GO = """
import psutil
from lead_tui.terminal.process import keep_memory_flat
keep_memory_flat()
process = psutil.Process()
before = process.memory_info().rss
kept = []
for page in range(400):
    pages = [bytes(300_000) for _ in range(10)]
    # Something small that stays, as a cached line does, between the pages that go.
    kept.append(bytearray(2_000))
    pages.clear()
print(process.memory_info().rss - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc has mallopt")
def test_pages_that_are_released_are_given_back() -> None:
    grown = subprocess.run([sys.executable, "-c", _PAGES_COME_AND_GO], capture_output=True, text=True, check=True).stdout
    assert int(grown) < 4_000_000


def test_where_the_c_library_is_another_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def without_mallopt(name: str | None) -> object:
        asked.append(name)
        return object()

    monkeypatch.setattr(ctypes, "CDLL", without_mallopt)
    keep_memory_flat()
    assert set(asked) == {None}
