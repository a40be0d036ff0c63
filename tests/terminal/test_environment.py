"""The environment: what Textual reads of it, what a restricted start keeps, and what the system shows of it."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from lead_tui.terminal.environment import OURS, prepare_environment, scrub_environment
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
        "import os; from lead_tui.terminal import environment; environment.prepare_environment(os.environ);"
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


ENVIRON = """
import os, sys
from lead_tui.terminal.environment import blank_in_environment
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
