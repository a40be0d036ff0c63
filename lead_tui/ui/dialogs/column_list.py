"""The list of columns: a line for each, with its mark, its label, its key, its width and a value as an example."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.message import Message

from lead_tui.leads.cells import cell_width, fit
from lead_tui.leads.lead import key_text
from lead_tui.ui.dialogs.column_choice import ColumnChoice, Entry
from lead_tui.ui.widgets.drawn_list import DrawnLine, DrawnList, Run

_MARK = 4
_GAP = 2
_LABEL = 22
_KEY = 20
_WIDTH = 5


class ColumnList(DrawnList, can_focus=True):
    """Shows *entries* of a choice with a cursor; the dialog decides which keys act."""

    DEFAULT_CSS = """
    ColumnList {
        height: 1fr;
        & > .columns--shown { text-style: bold; }
        & > .columns--dim { color: $text-muted; }
        & > .columns--cursor { text-style: reverse; }
        & > .columns--mark { color: $text-primary; }
    }
    """

    STYLES = "columns--"

    COMPONENT_CLASSES: ClassVar[set[str]] = {"columns--shown", "columns--dim", "columns--cursor", "columns--mark"}

    @dataclass
    class Clicked(Message):
        """The mouse was on the cursor's line; *on_mark* where the mark is."""

        on_mark: bool

    def __init__(self, choice: ColumnChoice, example: Callable[[str], str]) -> None:
        super().__init__(id="columns-rows")
        self._choice = choice
        self._example = example
        self._entries: Sequence[Entry] = choice.entries
        self._cursor = 0
        self._note = ""

    @property
    def entries(self) -> Sequence[Entry]:
        """What is shown."""
        return self._entries

    @property
    def cursor(self) -> int:
        """The line of the cursor."""
        return self._cursor

    @property
    def current(self) -> Entry | None:
        """The column under the cursor; None where there is none."""
        return self._entries[self._cursor] if self._cursor < len(self._entries) else None

    def show(self, entries: Sequence[Entry], stand_on: Entry | None, note: str) -> None:
        """Show *entries*, with the cursor on *stand_on* or near it, and *note* below them."""
        self._entries, self._note = entries, note
        at = next((index for index, entry in enumerate(entries) if entry is stand_on), self._cursor)
        self.go(at)

    def go(self, at: int) -> None:
        """Put the cursor on the line *at*, or the nearest there is."""
        self._cursor = max(0, min(at, len(self._entries) - 1))
        lines = [self._line(index, entry) for index, entry in enumerate(self._entries)] or [
            DrawnLine((("dim", " No such column"),))
        ]
        self.show_lines(lines, DrawnLine((("dim", self._note),)), self.top_showing(self._cursor, self._cursor, len(lines)))

    def _line(self, index: int, entry: Entry) -> DrawnLine:
        width = max(1, self.size.width - 1)
        name = fit(entry.label, _LABEL)
        key = fit(key_text(entry.key), _KEY)
        cells = f"{self._choice.width(entry)}{'*' if entry.key in self._choice.widths else ' '}".rjust(_WIDTH)
        start = f"{'[x]' if entry.shown else '[ ]'} {name}"
        rest = (" " * _GAP).join(("", key, cells, self._example(entry.key)))
        if index == self._cursor:
            return DrawnLine((("cursor", fit(start + rest, width)),), index)
        look = "shown" if entry.shown else ""
        runs: list[Run] = [(look, start)] if look else [("", start)]
        runs.append(("dim", fit(rest, max(0, width - cell_width(start)))))
        return DrawnLine(tuple(runs), index)

    def on_resize(self) -> None:
        self.go(self._cursor)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there; on the mark, or twice: show the column, or no longer."""
        offset = event.get_content_offset(self)
        line = self.line_at(offset.y) if offset is not None else None
        if offset is None or line is None or line.field < 0:
            return
        self.go(line.field)
        self.post_message(self.Clicked(offset.x < _MARK or event.chain == 2))
