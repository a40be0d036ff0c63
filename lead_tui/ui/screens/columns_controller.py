"""The columns of the table: those of the current search, else those of all searches; and the dialog that changes them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.fields import DEFAULT_COLUMNS, PHONE_FIELDS, column_of, shows_any
from lead_tui.leads.formatting import column_text, label
from lead_tui.leads.text import one_line
from lead_tui.paging.search import Search
from lead_tui.storage.saved_queries import quoted
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.session import Memory
from lead_tui.ui.screens.status_text import joined

if TYPE_CHECKING:
    from lead_tui.ui.dialogs.columns import Chosen

_MAX_EXAMPLE: Final = 40


class ColumnsController:
    """Sets the columns and widths of the table; a choice for all searches is kept in *memory*."""

    def __init__(self, main: MainContext, memory: Memory) -> None:
        self._main = main
        self._memory = memory
        self.for_all = tuple(main.session.columns)
        main.table.labels = main.session.settings.labels
        main.table.show_columns(self.for_all, memory.state.widths)

    def show(self, search: Search) -> None:
        columns = search.columns or self.for_all or DEFAULT_COLUMNS
        if columns != self._main.table.columns:
            self._main.table.show_columns(columns, self._main.table.widths)
        order = search.snapshot.order if search.snapshot is not None else ()
        self._main.table.arrows = {key.key: key.arrow for key in order}

    def choose(self, search: Search, observed: Iterable[str]) -> None:
        """Open the dialog of columns for *search*; *observed* are custom attributes of loaded leads."""
        # Imported here: most sessions never change columns.
        from lead_tui.ui.dialogs.columns import Columns

        table, session = self._main.table, self._main.session
        lead = table.rows.lead(table.cursor) if table.rows is not None and table.length else None
        keys = dict.fromkeys((*observed, *(lead.custom_keys() if lead is not None else ())))

        def example(key: str) -> str:
            if lead is None or shows_any(key, session.masked):
                return ""
            return one_line(column_text(lead.with_masked(session.masked), key, session.now()), _MAX_EXAMPLE)

        dialog = Columns(
            table.columns,
            table.widths,
            keys,
            session.settings.labels,
            example=example,
            name=quoted(search.name) if search.name else "",
            own=bool(search.columns),
            usual=session.settings.table.columns,
            keys=session.keys,
        )
        # Writing may take seconds: another session may hold the lock.
        self._main.ask(dialog, lambda chosen: self._main.screen.run_worker(self.use(chosen, search)))

    def toggle(self, key: str | None) -> None:
        """Show the field *key* as a column beside the phone, or no longer."""
        from lead_tui.ui.dialogs.columns import Chosen

        search, table = self._main.search, self._main.table
        if search is None or key is None:
            return
        column, columns = column_of(key), list(table.columns)
        if is_shown := column in columns:
            columns.remove(column)
        else:
            phone = next((at for at, each in enumerate(columns) if each in PHONE_FIELDS), 0)
            columns.insert(phone + 1, column)
        undo = self._main.hint("detail.toggle_column", "adds it" if is_shown else "removes it")
        text = joined(f"Column {label(key, self._main.session.settings.labels)} {'removed' if is_shown else 'added'}", undo)
        self._main.screen.run_worker(self.use(Chosen(tuple(columns), table.widths, bool(search.columns)), search, text))

    async def use(self, chosen: Chosen, search: Search, text: str = "") -> None:
        """Show what was *chosen* for *search*, with the message *text*, and save it."""
        had_own = bool(search.columns)
        search.columns = chosen.columns if chosen.own else ()
        if chosen.own:
            self._memory.change(widths=chosen.widths)
        else:
            self.for_all = chosen.columns
            self._memory.change(columns=chosen.columns, widths=chosen.widths)
        self._main.table.show_columns(chosen.columns, chosen.widths)
        if not search.name or not (chosen.own or had_own):
            self._main.say(text)
            return
        from lead_tui.ui.screens.saved_query_controller import save_columns

        try:
            self._main.say(await asyncio.to_thread(save_columns, self._main.session.store, search.name, search.columns))
        except LeadTuiError as error:
            self._main.say(str(error), alert=True)
