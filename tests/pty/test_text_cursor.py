"""The text cursor of every input, as sent: plain reverse video, which is visible on dark and light terminals."""

from __future__ import annotations

import re

import pytest

from lead_tui.limits import THEMES
from tests.pty.program import Home, leave

WHITE_ON_BLACK = re.compile(rb"\x1b\[[0-9;]*(?:7;30;47|30;47;7)[0-9;]*m")
"""Black on white, reversed: invisible where the terminal is dark."""

COLORED_CURSOR = re.compile(rb"\x1b\[7;(?!39;49m|34;49m)[0-9;]+m")
"""Reverse video in a color other than the terminal's default and that of scroll bars."""


@pytest.mark.parametrize("theme", THEMES)
def test_no_frame_has_a_cursor_of_black_on_white(home: Home, theme: str) -> None:
    with home.open(None, f"--theme={theme}") as terminal:
        terminal.wait_for("Row 1 of 1,000")
        # The look-up box, a filter, the prompt for narrowing, and an input of a dialog and of the palette.
        for keys, shown, typed in (
            ("/", "Look up", "ab"),
            ("f", "▌Status", "ab"),
            ("nl", "Narrow", "ab"),
            ("o/", "Saved queries", "ab"),
            ("\x10", "Type a command", "sor"),
        ):
            terminal.send(keys)
            terminal.wait_for(shown)
            before = len(terminal.raw)
            terminal.send(typed)
            terminal.wait_for(typed)
            terminal.settle()
            sent = bytes(terminal.raw[before:])
            assert b"\x1b[7" in sent, (keys, sent)
            if theme == "terminal":
                assert not COLORED_CURSOR.search(sent), (keys, sent)
            # Back to the table, from an input of a dialog too.
            terminal.send("\x1b")
            terminal.settle()
            if keys == "o/":
                terminal.send("\x1b")
                terminal.settle()
            assert shown not in terminal.text, terminal.text
        leave(terminal)
        assert not WHITE_ON_BLACK.search(bytes(terminal.raw))
