"""Walk through keys in the running program: ways to a place, and checks of what a key did there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import groupby

import pytest

from lead_tui.keys.catalogue import Key, Pane
from lead_tui.limits import FLING_REST
from tests.pty.harness import KEYS, Terminal
from tests.pty.program import question, title, wait_for_row
from tests.servers.convoso_server import ConvosoServer

OF_THE_MAIN_SCREEN = (Pane.APP, Pane.MAIN, Pane.TABLE, Pane.DETAIL, Pane.FILTERS)
"""The panes whose keys act on the main screen; those of the others act in a dialog."""

HERE = 501
"""The row from which the keys are tested."""

REST = 2 * FLING_REST
"""Idle seconds after which no more requests are expected."""

OTHER_NAMES = pytest.mark.parametrize(
    "names", [slice(1), pytest.param(slice(1, None), marks=pytest.mark.long)], ids=["first key", "other keys"]
)
"""Which of an action's keys are pressed: the first always; the keymap's own tests say that the others do the same."""

NAMED: Mapping[str, str] = {
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "equals_sign": "=",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "plus": "+",
    "exclamation_mark": "!",
}

# The table's cursor is followed by a space or a mark of its lead.
_FIELD = re.compile(r"▌([^\s⊘*][^│]*)")


class Walk:
    """The program at one size, and checks of what a key did."""

    def __init__(self, terminal: Terminal, server: ConvosoServer) -> None:
        self.terminal = terminal
        self.server = server
        self.wide = terminal.cells.columns >= 120
        lines = terminal.cells.lines
        self.page = lines - 5
        """Rows in view: without title, border, header, border and status line."""

    def press(self, key: str) -> None:
        """Press *key*, which has Textual's name."""
        self.terminal.press(NAMED.get(key, key))

    def wait(self, so: Callable[[Terminal], bool]) -> None:
        self.terminal.wait_for(so)

    def send(self, text: str) -> None:
        self.terminal.send(text)

    def search_again(self, key: str) -> None:
        """Press *key*, which repeats the current search, and wait for the result."""
        asked = self.requests_so_far()
        self.press(key)
        self.server.wait_for_requests(asked + 1)
        self.requests_so_far()
        self.terminal.wait_for("Searched again")

    def requests_so_far(self) -> int:
        """Return how many requests the server has had, once what is read ahead has arrived."""
        while True:
            self.terminal.settle(REST)
            if not self.server.under_way:
                return len(self.server.requests)

    def back_to_the_table(self) -> None:
        """Close whatever is open, and go to the row from which the keys are tested."""
        self.terminal.press("escape", "escape", "escape")
        # To another row first: that one is seen only once all is closed.
        self.send(f":{HERE + 100}\r")
        wait_for_row(self.terminal, HERE + 100)
        self.go_here()

    def go_here(self) -> None:
        """Go to the row from which the keys are tried."""
        self.send(f":{HERE}\r")
        wait_for_row(self.terminal, HERE)

    def open_detail(self) -> None:
        self.press("enter")
        self.terminal.wait_for(title(HERE))
        self.wait(lambda t: bool(self.field))
        self.press("g")
        self.wait_for_field("Phone ")

    def open_filters(self) -> None:
        self.press("f")
        self.wait(lambda t: "ctrl+f" in t.text or bool(self.field))

    @property
    def field(self) -> str:
        """The marked line of the detail or the filter panel."""
        for line in self.terminal.lines:
            for marked in _FIELD.findall(line):
                return str(marked).strip(" █")
        return ""

    @property
    def marked(self) -> str:
        """What is drawn in reverse in a dialog: the line or the answer that the next key acts on."""
        beside: list[str] = []
        for row in range(self.terminal.cells.lines):
            cells = [self.terminal.cells.buffer[row][x] for x in range(self.terminal.cells.columns)]
            runs = groupby(cells, lambda cell: cell.reverse)
            marked = [text for is_marked, run in runs if is_marked and (text := "".join(cell.data for cell in run).strip())]
            if marked and marked[0].startswith("▌"):
                # The table's cursor stays as it was drawn at both sides of the dialog.
                beside = marked[1:]
            elif marked:
                return marked[0]
        return max(beside, key=len, default="")

    def wait_for_marked(self, part: str) -> None:
        self.wait(lambda t: part in self.marked)

    def wait_for_field(self, beginning: str) -> None:
        self.wait(lambda t: self.field.startswith(beginning))

    def wait_for_question(self, label: str) -> None:
        self.wait(lambda t: bool(question(t, label)))


Step = Callable[[Walk, str], None]


def shows(text: str) -> Step:
    """The key shows *text*, which was not on the screen."""

    def step(walk: Walk, key: str) -> None:
        assert text not in walk.terminal.text
        walk.press(key)
        walk.terminal.wait_for(text)

    return step


def try_key(key: Key, name: str, step: Step, walk: Walk) -> None:
    """Run *step*, which presses *name*, one of the keys of *key*, and checks what it did."""
    assert name in KEYS or name in NAMED or len(name) == 1, f"the tests know no key {name}"
    try:
        step(walk, name)
    except AssertionError as error:
        error.add_note(f"key {name} of {key.id}")
        raise
