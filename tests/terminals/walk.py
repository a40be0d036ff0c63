"""The walk through the demo in each terminal: start, keys and the mouse, copy, paste, and quit."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import pyte
from textual.events import Key

from lead_tui.terminal.escape import KeyParser
from tests.terminals.display import Display, differing_pixels, drawn_pixels, wait_for
from tests.terminals.terminals import Kind

KEYS: Final = {
    "Down": "down", "Up": "up", "Right": "right", "Left": "left", "End": "end", "Home": "home", "Next": "pagedown",
    "Prior": "pageup", "ctrl+Home": "ctrl+home", "ctrl+End": "ctrl+end", "ctrl+Down": "ctrl+down", "Delete": "delete", "F1": "f1",
    "F2": "f2", "F4": "f4", "Escape": "escape", "F5": "f5", "shift+Tab": "shift+tab", "alt+u": "escape u", "ctrl+f": "ctrl+f",
    "ctrl+l": "ctrl+l", "KP_Enter": "enter",
}  # fmt: skip
"""By their names in X, and what the program should make of them."""

NUMBER: Final = "3015550123"
_CELL: Final = (8, 16)
"""Pixels of a cell, about."""
_CURSOR_PIXELS: Final = 600
"""By which pictures may differ: a cursor, its outline, and the status line of a multiplexer."""
_QUIET: Final = 0.3
_KEY_SECONDS: Final = 1.5
"""For a key to come: screen keeps an Escape for 0.3 s."""


class Walk:
    """One terminal on *display*; pictures and records go to *folder*. ``results`` are the columns of the table."""

    def __init__(self, kind: Kind, display: Display, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._kind = kind
        self._display = display
        self._folder = folder
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self._drawn = self._typed = 0
        self.term = ""
        self.results: dict[str, str] = {}

    def run(self) -> None:
        """Fill ``results``."""
        relay = Path(__file__).with_name("relay.py")
        program = [sys.executable, "-m", "lead_tui", "--demo=5000", "--config-dir", str(self._folder / "config")]
        command = [*self._kind.command, sys.executable, str(relay), str(self._folder), *program]
        terminal = subprocess.Popen(
            command, env=self._display.environ(), cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            self._try_all()
        except TimeoutError as error:
            self._display.picture(self._folder / "failed.png")
            self.results["failed"] = f"no {error}"
        finally:
            (self._folder / "go").touch()
            (self._folder / "stop").touch()
            time.sleep(_QUIET)
            terminal.terminate()
            terminal.wait()

    def _try_all(self) -> None:
        wait_for((self._folder / "term").exists, "start of the terminal")
        self.term = (self._folder / "term").read_text().split('"')[1]
        wait_for(self._has_focus, "key that reaches the terminal")
        time.sleep(_QUIET)
        before = self._display.picture(self._folder / "before.png")
        (self._folder / "go").touch()
        self._sees("Row 1 of")
        time.sleep(_QUIET)
        self._display.picture(self._folder / "table.png")
        self.results["keys"] = self._keys()
        for _ in range(3):
            self._press("Escape")
        self.results["copy"] = self._copy()
        self.results["mouse"] = self._mouse()
        self.results["paste"] = self._paste()
        self.results["exit clean"] = self._leave(before)

    def _keys(self) -> str:
        wrong = []
        for key, expected in KEYS.items():
            if (read := " ".join(self._press(key))) != expected:
                wrong.append(f"{key}: {read or 'nothing'}")
            if not read:  # the terminal may have opened its own window
                self._display.press("Escape")
                self._display.focus()
        return "; ".join(wrong) or "yes"

    def _press(self, key: str) -> list[str]:
        """Press *key*, and return how the program interprets what the terminal sends."""
        self._new_typed()
        self._display.press(key)
        with suppress(TimeoutError):
            wait_for(lambda: bool(self._keys_of(self._typed_since())), "key", _KEY_SECONDS)
        time.sleep(_QUIET)
        return self._keys_of(self._new_typed())

    def _keys_of(self, data: bytes) -> list[str]:
        parser = KeyParser(term=self.term)
        events = [*parser.feed(data.decode(errors="replace")), *parser.feed("")] if data else []
        return [event.key for event in events if isinstance(event, Key)]

    def _copy(self) -> str:
        self._display.fill_selections("nothing copied")
        self._display.press("y")
        time.sleep(2 * _QUIET)
        got = {name for name, text in self._display.selections().items() if text != "nothing copied" and re.search(r"\d{4}", text)}
        return f"yes ({', '.join(sorted(got))})" if got else "no"

    def _mouse(self) -> str:
        self._display.press("Home")
        self._sees("Row 1 of")
        self._new_typed()
        self._display.point(20 * _CELL[0], 10 * _CELL[1])
        self._display.click(1)
        for _ in range(3):
            self._display.click(5)
        time.sleep(2 * _QUIET)
        reports = self._new_typed()
        self._display.picture(self._folder / "mouse.png")
        wheel, click = reports.count(b"\x1b[<65;"), reports.count(b"\x1b[<0;")
        moved = "Row 1 of" not in self._text()
        return (
            "yes" if wheel and click and moved else f"wheel {'yes' if wheel else 'no'}, click {'yes' if click and moved else 'no'}"
        )

    def _paste(self) -> str:
        self._display.fill_selections(NUMBER)
        self._new_typed()
        self._display.press(self._kind.paste)
        time.sleep(3 * _QUIET)
        self._display.picture(self._folder / "paste.png")
        came = self._new_typed()
        if NUMBER.encode() not in came:
            return "no"
        return "bracketed" if b"\x1b[200~" in came else "as keys"

    def _leave(self, before: Path) -> str:
        for key in ("Escape", "Escape", "ctrl+q"):
            self._press(key)
        wait_for((self._folder / "code").exists, "end of the program")
        time.sleep(2 * _QUIET)
        after = self._display.picture(self._folder / "after.png")
        problems = [] if (code := (self._folder / "code").read_text()) == "0" else [f"code {code}"]
        differing = differing_pixels(before, after)
        if differing > _CURSOR_PIXELS and not (self._kind.clears and drawn_pixels(after) <= drawn_pixels(before) + _CURSOR_PIXELS):
            problems.append(f"screen differs in {differing} pixels")
        self._display.point(30 * _CELL[0], 12 * _CELL[1])
        self._display.click(1)
        self._display.press("j", self._kind.paste, "Down")
        time.sleep(2 * _QUIET)
        late = (self._folder / "late").read_bytes()
        problems += [name for name, sign in (("mouse", b"\x1b[<"), ("paste", b"\x1b[200~"), ("keypad", b"\x1bOB")) if sign in late]
        if not late.startswith(b"j"):
            problems.append(f"{late[:20]!r} typed after the end")
        return "; ".join(problems) or "yes"

    def _has_focus(self) -> bool:
        self._display.focus()
        self._display.press("j")
        time.sleep(_QUIET)
        return b"j" in (self._folder / "early").read_bytes()

    def _sees(self, text: str) -> None:
        wait_for(lambda: text in self._text(), f"{text!r} on the screen")

    def _text(self) -> str:
        data = (self._folder / "drawn").read_bytes() if (self._folder / "drawn").exists() else b""
        self._stream.feed(data[self._drawn :])
        self._drawn = len(data)
        return "\n".join(self._screen.display)

    def _typed_since(self) -> bytes:
        return (self._folder / "typed").read_bytes()[self._typed :]

    def _new_typed(self) -> bytes:
        new = self._typed_since()
        self._typed += len(new)
        return new
