"""The most common searches by filter, key by key, in the demo as it starts: how few keys each takes."""

from __future__ import annotations

import re

from tests.pty.harness import Terminal, module_command
from tests.pty.program import SIZES, Home

STATUSES = re.compile(r"CALLBK · Call B.* \d+ ")
"""A value of the list with its code, its name and how often it was observed."""


def press(terminal: Terminal, *steps: tuple[str, str | re.Pattern[str]]) -> int:
    """Press each key and wait for what it shows; return the number of keys."""
    for key, shown in steps:
        terminal.press(key)
        terminal.wait_for(shown)
    return len(steps)


@SIZES
def test_leads_by_status_by_date_and_all_again_take_few_keys(home: Home, size: tuple[int, int]) -> None:
    columns, lines = size
    with Terminal(module_command("--demo=5000"), environ=home.environment(), columns=columns, lines=lines) as terminal:
        terminal.wait_for("200 loaded")
        assert (
            press(
                terminal,
                ("f", "▌Status"),
                ("c", STATUSES),
                ("a", STATUSES),
                ("down", "▌ CALLBK"),
                ("enter", "⏎ search"),
                ("enter", "status CALLBK"),
            )
            <= 6
        )
        terminal.wait_for(re.compile(r"Row 1 of [1-9]\d{2} "))
        press(terminal, ("C", "Row 1 of 5,000"))
        terminal.wait_for("Filters cleared · b back")
        assert (
            press(
                terminal,
                ("f", "▌Status"),
                ("down", "▌Created from"),
                ("l", "last 7 days"),
                ("tab", "⏎ search"),
                ("enter", "created last week"),
            )
            <= 6
        )
        terminal.press("b")
        terminal.wait_for("Row 1 of 5,000")
        # Nothing highlighted, Enter searches for what was typed; a list closes before the filters do.
        press(terminal, ("f", "▌Created from"), ("up", "▌Status"), ("n", "↓ choose"), ("escape", "ctrl+f find"))
        press(terminal, ("escape", "f filters"))
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
