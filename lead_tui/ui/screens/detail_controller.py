"""The detail pane: follow the cursor, walk from lead to lead, find a field, show the time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from lead_tui import limits
from lead_tui.leads.page import Rows
from lead_tui.leads.text import one_line
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.status import found_in

_MAX_SHOWN: Final = 40


class DetailController:
    """Shows the lead under the cursor in the detail, and runs the commands of its keys."""

    def __init__(self, main: MainContext, check_phones: Callable[[], None]) -> None:
        """*check_phones* checks the phones of the lead in the detail."""
        self._main = main
        self._check_phones = check_phones
        self._is_walking = False
        """Whether the user goes from lead to lead in the detail, which then keeps its scroll position."""
        self._followed: tuple[Rows, int] | None = None
        """The rows, and the index, of the lead that the detail shows."""
        self._rest: asyncio.TimerHandle | None = None
        self._sought = ""
        self.is_finding = False
        """Whether a find can be repeated."""
        main.closing.callback(self._end_rest)

    def _end_rest(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    # Follow the cursor

    def cursor_moved(self) -> None:
        """Follow the cursor to another row, unless that has been done or other rows are shown by now."""
        search, table = self._main.search, self._main.table
        if search.rows is table.rows:
            self._main.status.show_position(search)
            if self._followed != (search.rows, table.cursor):
                self._is_walking = False
                self.follow()

    def show_search(self) -> None:
        """Show the lead, from its top, of another search or of other rows of this one."""
        self._is_walking = False
        self.follow(at_once=True)

    def follow(self, *, at_once: bool = False) -> None:
        """Show the lead under the cursor if the detail is visible: immediately, or when the cursor has rested."""
        self._followed = (self._main.search.rows, self._main.table.cursor)
        self._end_rest()
        if at_once and self._main.detail.display:
            self.catch_up()
        elif self._main.detail.display:
            self._rest = asyncio.get_running_loop().call_later(limits.DETAIL_REST, self.catch_up)

    def walk(self, by: int) -> None:
        """Move the cursor by *by* leads; the detail follows immediately and keeps its scroll position."""
        table = self._main.table
        table.aim(table.cursor + by)
        self._main.status.show_position(self._main.search)
        self._is_walking = True
        self.follow(at_once=True)

    def open(self, *, from_top: bool) -> None:
        """Focus the detail with the lead under the cursor: opened at its top, or where it was; without leads, say so."""
        table = self._main.table
        self.is_finding = False
        if table.length:
            self._main.panes.go_to_detail()
            self.catch_up(from_top=from_top)
            if from_top and self._main.session.settings.lead.check_dnc:
                self._check_phones()
        else:
            self._main.say(table.absence)

    def catch_up(self, *, from_top: bool = False) -> None:
        """Show the lead under the cursor; if it is another lead, from its top, unless the user is going from lead to lead."""
        self._rest = None
        search, detail = self._main.search, self._main.detail
        if not search.rows.length:
            detail.show(None, from_top=True)
            return
        row = self._main.table.cursor
        lead, before = search.rows.lead(row), detail.lead
        is_other = lead is None or before is None or not lead.lead_id or lead.lead_id != before.lead_id
        self.is_finding &= not is_other
        from_top = from_top or (is_other and not self._is_walking)
        detail.show(lead, self._main.table.absence or found_in(search, row), from_top=from_top)

    def start_clock(self) -> None:
        """Draw visible local times again when the minute turns; nothing else is repainted while idle."""
        self._main.set_timer(60 - self._main.session.now().timestamp() % 60, self._minute_turned)

    def _minute_turned(self) -> None:
        if self._main.detail.display:
            self._main.detail.rebuild()
        if "local_time" in self._main.table.columns:
            self._main.table.refresh()
        self.start_clock()

    # Keys of the detail

    def ask_find(self) -> None:
        self._main.prompt.show("find", "Field", self._find, hint="label, key or value · ⏎ · esc")

    def find_again(self, step: int) -> None:
        """Go to the next match, or with -1 to the previous one; ask what to find unless a find can be repeated."""
        if self.is_finding:
            self._main.detail.find_again(step)
            self._show_match()
        else:
            self.ask_find()

    def _find(self, text: str) -> None:
        self._main.prompt.hide()
        self._sought = one_line(text, _MAX_SHOWN)
        self._main.detail.find(text)
        self.is_finding = True
        self._show_match()

    def _show_match(self) -> None:
        place, count = self._main.detail.found
        if count:
            again = self._main.hint("detail.find_next", "next") if count > 1 else ""
            self._main.say(f'Match {place:,} of {count:,} for "{self._sought}"', again)
        else:
            self._main.say(f'No field matches "{self._sought}"')
