"""Changing the table's columns: choose, order, width, for all searches or for the current one; or one field from the detail."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from functools import partialmethod
from typing import ClassVar, Final

from lead_tui.keys.catalogue import Pane
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.fields import COMPUTED, FIELDS, PHONE_FIELDS, column_of, shows_any
from lead_tui.leads.lead import key_text
from lead_tui.leads.text import cell_width, fit, joined, match, truncate
from lead_tui.leads.values import column_text, label
from lead_tui.paging.search import Search
from lead_tui.storage.saved_queries import quoted
from lead_tui.ui.dialogs.list_dialog import SearchDialog
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.widgets.columns import wanted_width
from lead_tui.ui.widgets.drawn_list import DrawnLine

_LABEL, _KEY, _WIDTH = 22, 20, 5  # cells of the parts of a line

MIN_WIDTH: Final = 3
MAX_WIDTH: Final = 80  # the greatest width of a column in cells: that of most screens


class ColumnsController:
    """Changes the columns; a choice for all searches is remembered, a choice for a saved query is saved with it."""

    def __init__(self, main: MainContext) -> None:
        self._main = main

    def choose(self, search: Search, observed: Iterable[str]) -> None:
        """Open the dialog for *search*; *observed* are custom attributes of loaded leads."""
        dialog = Columns(self._main, search, observed)
        self._main.ask(dialog, lambda columns: self._use(search, columns, dialog.widths, own=dialog.own))

    def toggle(self, key: str | None) -> None:
        """Show the field *key* as a column after the phone, or remove that column."""
        search, table = self._main.search, self._main.table
        if key is None:
            return
        column, columns = column_of(key), list(table.columns)
        if is_shown := column in columns:
            columns.remove(column)
        else:
            phone = next((at for at, each in enumerate(columns) if each in PHONE_FIELDS), 0)
            columns.insert(phone + 1, column)
        self._use(search, tuple(columns), table.widths, own=bool(search.columns))
        undo = self._main.hint("detail.toggle_column", "adds it" if is_shown else "removes it")
        self._main.say(f"Column {label(key, self._main.session.settings.labels)} {'removed' if is_shown else 'added'}", undo)

    def _use(self, search: Search, columns: tuple[str, ...], widths: Mapping[str, int], *, own: bool) -> None:
        """Show *columns*, for *search* alone if they are its *own*, and save them."""
        main, had_own = self._main, bool(search.columns)
        search.columns = columns if own else ()
        if not own:
            main.memory.columns = columns
        main.memory.change(widths=widths, columns=main.memory.state.columns if own else columns)
        main.table.show_columns(columns, widths)
        if search.name and (own or had_own):
            main.run_worker(self._save(search.name, search.columns))

    async def _save(self, name: str, columns: tuple[str, ...]) -> None:
        """Save *columns* with the query *name*, or none for those of all searches."""
        saved = f"Columns saved with {quoted(name)}" if columns else f"{quoted(name)} uses the columns of all searches"
        try:
            # In a thread: another session may hold the lock.
            self._main.say(await asyncio.to_thread(self._main.session.store.change, name, columns=columns) or saved)
        except LeadTuiError as error:
            self._main.say(f"The columns apply until the next search: {error}", alert=True)


class Columns(SearchDialog[str, tuple[str, ...]]):
    """Edits the table's columns and their widths while *search* is shown; the result is the columns, or None on cancel.

    The columns shown come first, in their order; after them the computed, the documented and the *observed* ones. Lines stay
    where they are when a column is shown or hidden, so that several can be chosen in a row; their order is that of the columns.
    """

    MAX_LINES: ClassVar[int] = 34

    def __init__(self, main: MainContext, search: Search, observed: Iterable[str]) -> None:
        session, table = main.session, main.table
        super().__init__(session.keys, "Search  ", pane=Pane.COLUMNS)
        self._session, self._lead = session, table.lead
        self._labels, self.widths = session.settings.labels, dict(table.widths)
        custom = map(column_of, (*observed, *(self._lead.custom_keys() if self._lead is not None else ())))
        known = (*table.columns, *COMPUTED, *(field.key for field in FIELDS), *self._labels, *custom)
        self._all = list(dict.fromkeys(known))
        self._shown = set(table.columns)
        self.items = self._all
        self._query_name = quoted(search.name) if search.name else ""
        self.own = bool(search.columns)  # whether the columns are for *search* alone

    def line(self, index: int, width: int) -> DrawnLine:
        key = self.items[index]
        cells = f"{wanted_width(key, self.widths, self._labels)}{'*' if key in self.widths else ' '}".rjust(_WIDTH)
        start = f"{'[x]' if key in self._shown else '[ ]'} {fit(label(key, self._labels), _LABEL)}"
        room = max(0, width - cell_width(start))
        rest = f"  {fit(key_text(key), _KEY)}  {cells}  "
        rest += truncate(self._example(key), room - cell_width(rest))
        return DrawnLine((("bold" if key in self._shown else "", start), ("muted", fit(rest.rstrip(), room))))

    def _example(self, key: str) -> str:
        """Return the value of the lead under the cursor, as it is shown; "" if it may not be."""
        if self._lead is None or shows_any(key, self._session.settings.masked):
            return ""
        return column_text(self._lead.with_masked(self._session.settings.masked), key, self._session.now())

    def hints(self) -> list[str]:
        if self.is_line:
            return ["" if self.items else "No such column", *self.search_hints]
        scope = "all searches" if self.own else "this search"
        labels = {"mark": "", "move_down": "move", "wider": "width", "search": "find", "scope": scope}
        return [self.hint(f"columns.{key}", text) for key, text in labels.items()]

    def draw(self) -> None:
        super().draw()
        scope = f"for {self._query_name or 'this search'} only" if self.own else "for all searches"
        keys = () if self.is_line else (self.hint("columns.apply"), self.hint("dialog.close", "cancel"))
        self.set_titles(f"Columns · {scope}", joined(f"{len(self._shown)} shown", *keys))

    def action_mark(self) -> None:
        # At least one column is shown.
        if (key := self.current) is not None and self._shown != {key}:
            self._shown ^= {key}
            self.draw()

    def _move(self, by: int) -> None:
        """Move the marked column, if it is shown, past the next one shown, or with -1 past the previous one."""
        if (key := self.current) is None:
            return
        at = self._all.index(key)
        places = range(at + 1, len(self._all)) if by > 0 else range(at - 1, -1, -1)
        to = next((index for index in places if self._all[index] in self._shown), None)
        if key in self._shown and to is not None:
            self._all.insert(to, self._all.pop(at))
        self.find(self.sought)
        self.mark(self.items.index(key))

    action_move_down = partialmethod(_move, 1)
    action_move_up = partialmethod(_move, -1)

    def _widen(self, by: int) -> None:
        if (key := self.current) is not None:
            self.widths[key] = max(MIN_WIDTH, min(MAX_WIDTH, wanted_width(key, self.widths, self._labels) + by))
            self.draw()

    action_wider = partialmethod(_widen, 1)
    action_narrower = partialmethod(_widen, -1)

    def action_automatic(self) -> None:
        if (key := self.current) is not None:
            self.widths.pop(key, None)
            self.draw()

    def action_scope(self) -> None:
        self.own = not self.own
        self.draw()

    def action_reset(self) -> None:
        self.widths.clear()
        usual = self._session.settings.table.columns
        self._shown = set(usual)
        self._all = list(dict.fromkeys((*usual, *self._all)))
        self.find(self.sought)
        self.draw()

    def clicked(self, index: int) -> None:
        self.mark(index)
        self.action_mark()

    def find(self, text: str) -> None:
        current = self.current
        self.items = [key for key in self._all if match(text, (label(key, self._labels), key_text(key)))]
        self.marked = self.items.index(current) if current in self.items else 0

    choose = SearchDialog.show_list

    def action_apply(self) -> None:
        self.finish(tuple(key for key in self._all if key in self._shown))
