"""``python -m tests.terminals.leaving``: what each way of quitting leaves on a terminal, in xterm.js.

The emulator of the other tests has no alternate screen; this one is tested with and without. Needs Node.js and npm, which installs
@xterm/headless in a temporary folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.pty.harness import Terminal, clean_environment

XTERM_JS: Final = "@xterm/headless@5.5.0"
BEFORE: Final = b"$ lead-tui --demo\r\n"
RESTORED: Final = [False, "none", False, True, False]
"""Paste brackets, mouse, focus reports, line wrap, cursor keys."""

_ALTERNATE: Final = re.compile(rb"\x1b\[\?(?:1049|1047|47)[hl]")
_START: Final = "import sys\nfrom lead_tui.cli.main import main\nfrom lead_tui.ui.app import LeadTui\n{}\nsys.exit(main())"
_CRASH: Final = "LeadTui.action_stop = lambda self: self.panic()"
_HANG: Final = "import time; LeadTui.action_stop = lambda self: time.sleep(60)"


def _hang_and_terminate(terminal: Terminal) -> None:
    terminal.press("ctrl+c")
    terminal.watch(0.5)
    terminal.signal(signal.SIGTERM)


WAYS: Final[dict[str, tuple[str, Callable[[Terminal], None], int]]] = {
    "q": ("", lambda terminal: terminal.press("q"), 0),
    "ctrl+q in a dialog": ("", lambda terminal: terminal.press("?", "ctrl+q"), 0),
    "SIGTERM": ("", lambda terminal: terminal.signal(signal.SIGTERM), 143),
    "SIGHUP": ("", lambda terminal: terminal.signal(signal.SIGHUP), 129),
    "SIGINT": ("", lambda terminal: terminal.signal(signal.SIGINT), 130),
    "a crash": (_CRASH, lambda terminal: terminal.press("ctrl+c"), 1),
    "SIGTERM while the loop hangs": (_HANG, _hang_and_terminate, 143),
}
"""What is changed in the program, what ends it, and the exit code."""


def main() -> int:
    """Try every way of quitting, and return 1 if one left something."""
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", XTERM_JS], cwd=folder, check=True)
        shutil.copy(Path(__file__).with_suffix(".js"), folder)
        for way, (change, end, code) in WAYS.items():
            with Terminal(
                [sys.executable, "-c", _START.format(change), "--demo=1000"], environ=clean_environment(folder)
            ) as terminal:
                terminal.wait_for("Row 1 of 1,000")
                end(terminal)
                assert terminal.wait_for_exit() == code, way
                restored = terminal.attributes() == terminal.attributes_before
            for screen, written in (("alternate", bytes(terminal.raw)), ("main only", _ALTERNATE.sub(b"", bytes(terminal.raw)))):
                problems = [] if restored else ["the terminal's settings"]
                problems += _left(_shown(folder, written), screen == "main only")
                print(f"{way}, {screen} screen: {'; '.join(problems) or 'clean'}")
                failed = failed or bool(problems)
    return int(failed)


def _shown(folder: Path, written: bytes) -> dict[str, Any]:
    done = subprocess.run(["node", "leaving.js"], input=BEFORE + written, cwd=folder, check=True, stdout=subprocess.PIPE)
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown


def _left(shown: dict[str, Any], cleared: bool) -> list[str]:
    """Return what differs from before the program. A *cleared* screen has also lost what was above."""
    lines = [line for line in shown["text"].split("\n") if line and not line.startswith("lead-tui: internal error")]
    problems = [f"left on the screen: {line}" for line in lines[:3] if cleared or line != BEFORE.decode().strip()]
    if not cleared and lines[:1] != [BEFORE.decode().strip()]:
        problems.append("what was on the screen is gone")
    if shown["screen"] != "normal" or shown["hidden"] or shown["modes"] != RESTORED:
        problems.append(f"modes: {shown}")
    return problems


if __name__ == "__main__":
    os.environ.setdefault("NODE_NO_WARNINGS", "1")
    sys.exit(main())
