"""Which columns the table has: those of the search in sight, else the ones for every search; and what becomes of a new choice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.fields import DEFAULT_COLUMNS, tells_of
from lead_tui.leads.formatting import column_text
from lead_tui.leads.text import one_line
from lead_tui.paging.search import Search
from lead_tui.ui.dialogs.query_edits import quoted
from lead_tui.ui.widgets.lead_table import LeadTable

if TYPE_CHECKING:
    from lead_tui.ui.dialogs.column_choice import Chosen
    from lead_tui.ui.dialogs.columns import Columns
    from lead_tui.ui.screens.remembered import RememberedState
    from lead_tui.ui.screens.session import Session

_MAX_EXAMPLE = 40


class EffectiveColumns:
    """Sets the columns of *table* for *session*, and has *memory* keep what is chosen for every search."""

    def __init__(self, table: LeadTable, session: Session, memory: RememberedState) -> None:
        self._table = table
        self._session = session
        self._memory = memory
        self._usual = tuple(session.columns)
        table.labels = session.labels
        table.columns = self._usual
        table.widths = memory.state.widths

    def follow(self, search: Search) -> None:
        """Have the columns of *search* in the table."""
        columns = search.columns or self._usual or DEFAULT_COLUMNS
        if columns != self._table.columns:
            self._table.columns = columns

    def dialog(self, search: Search, met: Iterable[str]) -> Columns:
        """The dialog for *search*; *met* are custom attributes that were seen."""
        # Imported here: it is for whoever changes columns.
        from lead_tui.ui.dialogs.column_choice import ColumnChoice
        from lead_tui.ui.dialogs.columns import Columns, Subject

        table, session = self._table, self._session
        lead = table.rows.lead(table.cursor) if table.rows is not None and table.length else None
        keys = dict.fromkeys(met)
        keys.update(dict.fromkeys(lead.custom_keys() if lead is not None else ()))
        choice = ColumnChoice(table.columns, table.widths, keys, session.labels)
        subject = Subject(
            quoted(search.name) if search.name else "", bool(search.columns), session.usual_columns or DEFAULT_COLUMNS
        )

        def example(key: str) -> str:
            if lead is None or tells_of(key, session.masked):
                return ""
            return one_line(column_text(lead.covering(session.masked), key, session.now()), _MAX_EXAMPLE)

        return Columns(choice, subject, example, keys=session.keys)

    def choose(self, screen: Screen[Any], search: Search, met: Iterable[str], say: Callable[..., None]) -> None:
        """Have the columns chosen in a dialog over *screen*, while *search* is in sight; *say* tells what became of it."""

        async def use(chosen: Chosen) -> None:
            try:
                say(await self.use(chosen, search))
            except LeadTuiError as error:
                say(str(error), alert=True)

        def chose(chosen: Chosen | None) -> None:
            if chosen is not None:
                # Writing may take seconds: another session holds the lock.
                screen.run_worker(use(chosen))

        screen.app.push_screen(self.dialog(search, met), chose)

    async def use(self, chosen: Chosen, search: Search) -> str:
        """Have what was *chosen* while *search* was in sight, and keep it; what is to be told. Raises ``LeadTuiError``."""
        had_own = bool(search.columns)
        search.columns = chosen.columns if chosen.own else ()
        if chosen.own:
            self._memory.change(widths=chosen.widths)
        else:
            self._usual = chosen.columns
            self._memory.change(columns=chosen.columns, widths=chosen.widths)
        self._table.columns = chosen.columns
        self._table.widths = chosen.widths
        if not search.name or not (chosen.own or had_own):
            return ""
        from lead_tui.ui.screens.save_query import save_columns

        return await asyncio.to_thread(save_columns, self._session.store, search.name, search.columns)
