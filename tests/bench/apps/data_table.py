"""A conventional table: Textual's DataTable with the tests' leads, and a line that shows the cursor's row."""

from __future__ import annotations

import sys
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Static

from tests.bench.rows import COLUMNS, rows


class Usual(App[None]):
    """*count* rows; q leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit")]

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def compose(self) -> ComposeResult:
        """The table above the line."""
        yield DataTable[str](cursor_type="row")
        yield Static(id="position")

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_columns(*COLUMNS)
        table.add_rows(rows(self._count))

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        self.query_one("#position", Static).update(f"Row {event.cursor_row + 1:,} of {self._count:,}")


if __name__ == "__main__":
    Usual(int(sys.argv[1])).run()
