"""Marking leads, to copy or export those alone."""

from __future__ import annotations

from collections.abc import Sequence

from lead_tui import limits
from lead_tui.leads.decode import Row
from lead_tui.paging.searches import Marks
from lead_tui.ui.screens.main_context import MainContext


class MarkController:
    """Marks the lead under the cursor, those in view or all that are loaded; the table and the status line show the marks."""

    def __init__(self, main: MainContext, marks: Marks | None = None) -> None:
        self._main = main
        self.marks = Marks(min(main.session.settings.table.load_all_limit, limits.MAX_MARKS)) if marks is None else marks
        main.table.marks = self.marks

    @property
    def rows(self) -> Sequence[Row]:
        return self.marks.rows

    def toggle(self) -> None:
        table = self._main.table
        table.settle()
        row = table.rows.row(table.cursor) if table.rows is not None and table.length else None
        if row is None:
            self._main.say("No lead here")
        elif self.marks.toggle(row):
            table.refresh_rows(table.cursor, table.cursor + 1)
            self._main.status.refresh()
        else:
            self._main.say(f"No more than {len(self.marks):,} leads can be marked")

    def mark_all(self) -> None:
        """Mark the leads in view; where they are marked already, all that are loaded."""
        table = self._main.table
        table.settle()
        if table.rows is None:
            return
        in_view = map(table.rows.row, range(table.top, min(table.top + table.page_rows, table.length)))
        added = self.marks.add([row for row in in_view if row is not None])
        if not added and self._main.search is not None:
            self.marks.add(self._main.search.loaded_rows())
        self.show_again()
        if added and table.length > table.page_rows:
            self._main.say(self._main.hint("main.mark_all", "again marks all loaded"))

    def unmark_all(self) -> None:
        count = self.marks.clear()
        self.show_again()
        self._main.say(f"{count:,} unmarked" if count else "No lead is marked")

    def show_again(self) -> None:
        """Show the marks, which may have been changed on another screen."""
        table = self._main.table
        table.refresh_rows(table.top, table.top + table.page_rows)
        self._main.status.refresh()
