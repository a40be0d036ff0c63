from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lead_tui.terminal import process
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


def test_where_the_hard_limit_is_not_ours_to_lower_the_soft_one_is_lowered(tmp_path: Path) -> None:
    code = """
import resource
original = resource.setrlimit
def refuse(kind, limits):
    if limits == (0, 0):
        raise ValueError
    original(kind, limits)
resource.setrlimit = refuse
from lead_tui.terminal.process import harden
harden()
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
"""
    assert run(code, tmp_path) == ["0"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux has the call, others have not")
def test_other_processes_of_the_user_cannot_look_inside(tmp_path: Path) -> None:
    code = """
import ctypes
from lead_tui.terminal.process import forbid_tracing
print(forbid_tracing(), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
    assert run(code, tmp_path) == ["True", "0"]


def test_elsewhere_it_says_that_it_could_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert process.forbid_tracing() is False


ENVIRON = """
import os, sys
from lead_tui.terminal.process import blank_in_environment
took = blank_in_environment(sys.argv[1])
with open("/proc/self/environ", "rb") as environ:
    print(took, b"s3cr3t-value" in environ.read(), os.environ["BEFORE"], os.environ["BEHIND"])
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux shows the environment of processes in this way")
@pytest.mark.parametrize(("name", "told"), [("A_TOKEN", "True False"), ("TOKEN", "False True"), ("NOT_THERE", "False True")])
def test_a_variable_is_gone_from_the_environment_that_the_system_shows_and_the_others_stay(
    tmp_path: Path, name: str, told: str
) -> None:
    environ = {**clean_environment(tmp_path), "BEFORE": "1", "A_TOKEN": "s3cr3t-value", "BEHIND": "2"}
    done = subprocess.run([sys.executable, "-c", ENVIRON, name], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == f"{told} 1 2\n"


def test_where_the_system_does_not_show_it_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("builtins.open", refuse)
    assert process.blank_in_environment("HOME") is False
