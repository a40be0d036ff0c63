"""Help for new users: the palette finds commands by the words people use, and the help is one page of keys."""

from __future__ import annotations

import re
from typing import Final

from tests.pty.program import SIZES, Home, leave

FIRST: Final = {
    "export": "Export…",
    "csv": "Export…",
    "copy": "Copy phone",
    "refresh": "Refresh",
    "help": "Help",
    "exit": "Quit",
    "search": "Look up…",
    "settings": "Columns…",
    "count": "Count…",
    "undo": "Back",
}
"""The command that is listed first for a word."""


@SIZES
def test_the_palette_lists_the_right_command_first(home: Home, size: tuple[int, int]) -> None:
    with home.open(None, size=size) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        terminal.press("ctrl+p")
        terminal.wait_for("Type a command")
        for word, title in FIRST.items():
            terminal.send(word)
            terminal.wait_for(lambda t, word=word, title=title: f"> {word} " in t.text and f" {title} — " in first_command(t.lines))  # type: ignore[misc]
            terminal.press("ctrl+u")
            terminal.wait_for("Type a command")
        # Enter runs the command.
        terminal.send("count")
        terminal.press("enter")
        terminal.wait_for("Count by Status")
        terminal.press("escape")
        leave(terminal)


def first_command(lines: list[str]) -> str:
    """Return the line below the input."""
    return lines[next(at for at, line in enumerate(lines) if "│ > " in line) + 1]


@SIZES
def test_the_help_is_one_page_that_f1_opens_too_from_wherever(home: Home, size: tuple[int, int]) -> None:
    with home.open(None, size=size) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        for open_it, title, entries in (
            ("?", "table", ("c +columns", "x +export", "ctrl\\+p +palette")),
            ("f\x1bOP", "filters", ("ctrl\\+f +find filter",)),
            ("c\x1bOP", "columns", ("J/K +move down", "g/G.* +top, bottom")),
            ("o?", "saved queries", ("K +shortcut", "0–9 +run its query")),
        ):
            for key in re.findall(r"\x1b.*|.", open_it):
                terminal.send(key)
                terminal.settle()
            terminal.wait_for(f"Keys: {title} ─")
            assert all(re.search(f"[│ ]{entry}", terminal.text) for entry in entries), terminal.text
            assert not re.search(r"\d+–\d+ of", terminal.text)
            for _ in range(2):
                terminal.press("escape")
                terminal.settle()
        leave(terminal)
