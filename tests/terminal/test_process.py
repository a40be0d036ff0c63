"""The process: its environment, what others may see of it, and memory."""

from __future__ import annotations

import ctypes
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from lead_tui.terminal import process
from lead_tui.terminal.process import OURS, keep_memory_flat, prepare_environment, scrub_environment
from tests.pty.harness import clean_environment


def test_what_would_steer_textual_from_outside_is_dropped() -> None:
    environ = {
        "TEXTUAL": "debug,devtools",
        "TEXTUAL_DRIVER": "os:system",
        "TEXTUAL_LOG": "/tmp/log",
        "TEXTUAL_PRESS": "q",
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_DISABLE_KITTY_KEY": "0",
        "COLUMNS": "300",
        "LINES": "2",
        "TEXTUALLY": "kept",
        "TERM": "xterm",
        "NO_COLOR": "",
        "ESCDELAY": "50",
        "CONVOSO_AUTH_TOKEN": "x",
    }
    prepare_environment(environ)
    assert environ == {"TEXTUALLY": "kept", "TERM": "xterm", "NO_COLOR": "", "ESCDELAY": "50", "CONVOSO_AUTH_TOKEN": "x", **OURS}


def test_screen_is_sent_no_24_bit_colors() -> None:
    environ = {"TERM": "screen", "STY": "1.pts", "COLORTERM": "truecolor"}
    prepare_environment(environ)
    assert environ == {"TERM": "screen", "STY": "1.pts", **OURS}
    environ = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    prepare_environment(environ)
    assert environ["COLORTERM"] == "truecolor"


def test_textual_reads_what_was_set(tmp_path: Path) -> None:
    code = (
        "import os; from lead_tui.terminal import process; process.prepare_environment(os.environ);"
        "from textual import constants as c;"
        "print(c.DISABLE_KITTY_KEY, c.TEXTUAL_ANIMATIONS, c.SMOOTH_SCROLL, c.DRIVER)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=clean_environment(tmp_path, TEXTUAL_DRIVER="x:y"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "none", "False", "None"]


STEERING = (
    "PYTHONSTARTUP", "PYTHONPATH", "PYTHONHOME", "LD_PRELOAD", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSLKEYLOGFILE", "OPENSSL_CONF",
    "XDG_CONFIG_HOME", "XDG_STATE_HOME", "LEAD_TUI_BASE_URL", "LEAD_TUI_CONFIG_DIR", "CONVOSO_AUTH_TOKEN", "https_proxy",
    "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "BROWSER", "EDITOR", "VISUAL", "PAGER", "LESSOPEN", "SHELL", "ENV", "BASH_ENV",
    "SSH_ORIGINAL_COMMAND", "SSH_AUTH_SOCK", "DISPLAY", "TEXTUAL", "TEXTUAL_DRIVER", "TEXTUAL_LOG", "ESCDELAY",
    "COLUMNS", "LINES", "TMPDIR", "LOCPATH", "something that nobody has heard of yet",
)  # fmt: skip
DESCRIBING = {"TERM": "xterm", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "", "USER": "agent", "TMUX": "x"}


def test_a_restricted_start_keeps_only_what_describes_the_terminal() -> None:
    environ = {**dict.fromkeys(STEERING, "x"), "HOME": "/elsewhere", "PATH": "/elsewhere", **DESCRIBING}
    scrub_environment(environ)
    system = {"HOME": pwd.getpwuid(os.geteuid()).pw_dir, "PATH": environ["PATH"]}
    assert environ == {**DESCRIBING, **system, **OURS}
    assert "/elsewhere" not in environ["PATH"]
    assert environ["PATH"].split(":").count("/usr/bin") == 1


def test_a_user_without_an_account_on_the_host_has_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    environ = {"HOME": "/elsewhere"}
    scrub_environment(environ)
    assert environ["HOME"] == "/nonexistent"


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
print(forbid_tracing(), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
    assert run(code, tmp_path) == ["True", "0"]


def test_elsewhere_it_says_that_it_could_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert process.forbid_tracing() is False


ENVIRON = """
import os, sys
from lead_tui.terminal.process import blank_in_environment
blank_in_environment(sys.argv[1])
with open("/proc/self/environ", "rb") as environ:
    print(b"s3cr3t-value" in environ.read(), os.environ["BEFORE"], os.environ["BEHIND"])
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux shows the environment of processes in this way")
@pytest.mark.parametrize(("name", "told"), [("A_TOKEN", "False"), ("TOKEN", "True"), ("NOT_THERE", "True")])
def test_a_variable_is_gone_from_the_environment_that_the_system_shows_and_the_others_stay(
    tmp_path: Path, name: str, told: str
) -> None:
    environ = {**clean_environment(tmp_path), "BEFORE": "1", "A_TOKEN": "s3cr3t-value", "BEHIND": "2"}
    done = subprocess.run([sys.executable, "-c", ENVIRON, name], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == f"{told} 1 2\n"


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
