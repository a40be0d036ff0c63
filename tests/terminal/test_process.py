"""The process: what others may see of it, and memory."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from lead_tui.terminal.process import forbid_tracing, keep_memory_flat
from tests.pty.harness import clean_environment


def run(code: str, folder: Path) -> list[str]:
    """Runs in a separate process, since it cannot be undone."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=clean_environment(folder),
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_files_are_private_and_no_core_is_dumped(tmp_path: Path) -> None:
    code = """
import os, resource
from lead_tui.terminal.process import harden
harden()
open("file", "w").close(); os.mkdir("folder")
print(oct(os.stat("file").st_mode & 0o777), oct(os.stat("folder").st_mode & 0o777), resource.getrlimit(resource.RLIMIT_CORE)[0])
"""
    assert run(code, tmp_path) == ["0o600", "0o700", "0"]


@pytest.mark.skipif(not Path("/proc/self/coredump_filter").exists(), reason="the system has no filter for cores")
def test_a_core_that_goes_to_a_program_holds_no_memory(tmp_path: Path) -> None:
    code = """
from lead_tui.terminal.process import harden
harden()
print(int(open("/proc/self/coredump_filter").read(), 16))
"""
    assert run(code, tmp_path) == ["0"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux has the call, others have not")
def test_other_processes_of_the_user_cannot_look_inside(tmp_path: Path) -> None:
    code = """
import ctypes
from lead_tui.terminal.process import forbid_tracing
forbid_tracing()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
    assert run(code, tmp_path) == ["0"]


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
    forbid_tracing()
    assert set(asked) == {None}
