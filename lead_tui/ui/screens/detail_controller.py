"""The detail pane: follow the cursor, walk from lead to lead, find a field, find leads with the same value, show the time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Final

from lead_tui import limits
from lead_tui.leads.errors import UsageError
from lead_tui.leads.lead import Lead
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.page import Rows
from lead_tui.leads.query import Query, is_date
from lead_tui.leads.text import joined, one_line
from lead_tui.leads.values import label, line_text
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.status import found_in

Narrow = Callable[[str, Collection[str], str], None]
"""Narrows the loaded leads to a text, which names fields among the given ones, and says a message; or raises ``UsageError``."""

_MAX_SHOWN: Final = 40


class DetailController:
    """Shows the lead under the cursor in the detail, and runs the commands of its keys."""

    def __init__(
        self, main: MainContext, look_up: Callable[[LookUp, str], None], narrow: Narrow, check_phones: Callable[[], None]
    ) -> None:
        """*check_phones* checks the phones of the lead in the detail."""
        self._main = main
        self._check_phones = check_phones
        self._look_up = look_up
        self._narrow = narrow
        self._is_walking = False
        """Whether the user goes from lead to lead in the detail, which then keeps its scroll position."""
        self._followed: tuple[Rows, int] | None = None
        """The rows, and the index, of the lead that the detail shows."""
        self._rest: asyncio.TimerHandle | None = None
        self._minute: asyncio.TimerHandle | None = None
        self._sought = ""
        self.is_finding = False
        """Whether a find can be repeated."""
        main.closing.callback(self._stop_timers)

    def _stop_timers(self) -> None:
        for timer in filter(None, (self._rest, self._minute)):
            timer.cancel()

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
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
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
        seconds = 60 - self._main.session.now().timestamp() % 60
        self._minute = asyncio.get_running_loop().call_later(seconds, self._minute_turned)

    def _minute_turned(self) -> None:
        table = self._main.table
        if self._main.detail.display:
            self._main.detail.rebuild()
        if "local_time" in table.columns:
            table.refresh()
        self.start_clock()

    # Keys of the detail

    def ask_find(self) -> None:
        self._main.prompt.show("find", "Field", self._find, hint="label, key or value · ⏎ · esc")

    def find_again(self, step: int) -> None:
        """Go to the next match, or with -1 to the previous one; ask what to find unless a find can be repeated."""
        if self.is_finding:
            self._go_to_match(step)
        else:
            self.ask_find()

    def _find(self, text: str) -> None:
        self._main.prompt.hide()
        # The same text again goes to the next match.
        step = 1 if text == self._sought else 0
        self._sought, self.is_finding = text, True
        self._go_to_match(step)

    def _go_to_match(self, step: int) -> None:
        place, count = self._main.detail.find(self._sought, step)
        sought = one_line(self._sought, _MAX_SHOWN)
        if count:
            again = self._main.hint("detail.find_next", "next") if count > 1 else ""
            self._main.say(f'Match {place:,} of {count:,} for "{sought}"', again)
        else:
            self._main.say(f'No field matches "{sought}"')

    def find_similar(self) -> None:
        """Find leads with the same value in the field under the cursor, once the cursor was moved there."""
        detail = self._main.detail
        lead, key = detail.lead, detail.key
        if not detail.is_chosen:
            self._main.say(self._main.hint("detail.cursor_down", "choose a field"))
        elif lead is not None and key is not None:
            try:
                self._search_by(lead, key, detail.masked_keys(lead))
            except UsageError as error:
                self._main.say(str(error), alert=True)

    def _search_by(self, lead: Lead, key: str, masked: frozenset[str]) -> None:
        """Search for the value that *lead* has in *key*, look it up, or narrow to it. Raises ``UsageError``.

        Nothing is searched by a *masked* field: if a name is searched by the id beside it, the id would be on the screen; a phone
        is looked up without the country code.
        """
        # Imported here: most sessions never do it, and the first paint does not need it.
        from lead_tui.leads.filter_language import same_value

        if key in masked:
            reveal = ": reveal it first" if self._main.detail.may_reveal else ""
            raise UsageError(f"Cannot search by a masked value{reveal}")
        lead = lead.with_masked(masked)
        found, name = same_value(lead, key), label(key, self._main.session.settings.labels)
        shown = one_line(line_text(lead, key), _MAX_SHOWN) or "(empty)"
        back = self._main.hint("main.back", "back")
        if isinstance(found, LookUp):
            self._look_up(found, joined(f"Searching phone {found.text} in any field", back))
        elif not isinstance(found, Query):
            message = joined(f"Loaded leads with {name} {shown}", self._main.hint("main.escape", "show all"))
            self._narrow(found, lead.sent, message)
        elif not masked.isdisjoint(filter_name for filter_name, _ in found):
            raise UsageError(f"{name} is searched by a field that is masked")
        else:
            self._main.panes.go_to_table()
            self._main.searches.start(found)
            # A filter by date finds leads of the same day.
            shown = shown[:10] if any(is_date(filter_name) for filter_name, _ in found) else shown
            self._main.say(f"Searching {name} {shown}", back)
