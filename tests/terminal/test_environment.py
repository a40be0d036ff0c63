from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lead_tui.terminal.environment import OURS, prepare, scrub
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
    prepare(environ)
    assert environ == {"TEXTUALLY": "kept", "TERM": "xterm", "NO_COLOR": "", "ESCDELAY": "50", "CONVOSO_AUTH_TOKEN": "x", **OURS}


def test_textual_reads_what_was_set(tmp_path: Path) -> None:
    code = (
        "import os; from lead_tui.terminal.environment import prepare; prepare(os.environ); from textual import constants as c;"
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


def test_a_restricted_start_keeps_nothing_that_steers_it() -> None:
    environ = {
        "PYTHONSTARTUP": "x", "SSL_CERT_FILE": "x", "XDG_CONFIG_HOME": "x", "LEAD_TUI_BASE_URL": "x", "CONVOSO_AUTH_TOKEN": "x",
        "https_proxy": "x", "HTTP_PROXY": "x", "BROWSER": "x", "EDITOR": "x", "VISUAL": "x", "PAGER": "x", "TEXTUAL_DRIVER": "x",
        "TERM": "xterm", "LANG": "C.UTF-8", "HOME": "/home/agent", "TMUX": "x",
    }  # fmt: skip
    scrub(environ)
    assert environ == {"TERM": "xterm", "LANG": "C.UTF-8", "HOME": "/home/agent", "TMUX": "x", **OURS}
