"""The detail follows the cursor, and shown local times the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from lead_tui import limits
from lead_tui.paging.searches import Searches
from lead_tui.ui.screens import status_text
from lead_tui.ui.widgets.detail import Detail
from lead_tui.ui.widgets.lead_table import LeadTable, shows_time

_SECONDS_A_MINUTE = 60


class DetailSync:
    """Has *detail* show the lead under the cursor of *table*; *now* is the time in UTC. Belongs to the main screen."""

    def __init__(self, searches: Searches, table: LeadTable, detail: Detail, now: Callable[[], datetime]) -> None:
        self._searches = searches
        self._table = table
        self._detail = detail
        self._now = now
        self.is_walking = False
        """Whether the user goes from lead to lead in the detail, which then keeps its scroll position."""
        self._rest: asyncio.TimerHandle | None = None
        self._minute: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Follow no more."""
        for handle in (self._rest, self._minute):
            if handle is not None:
                handle.cancel()

    def follow(self, *, at_once: bool = False) -> None:
        """Show the lead under the cursor where the detail is in sight: at once, or when the cursor has rested."""
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        if not self._detail.display:
            return
        if at_once:
            self.show()
        else:
            self._rest = asyncio.get_running_loop().call_later(limits.DETAIL_REST, self.show)

    def show(self, *, from_top: bool = False) -> None:
        """Show the lead under the cursor; *from_top* where it is opened, as is any other lead than the one that is shown."""
        self._rest = None
        search = self._searches.current
        if search is None or not search.rows.length:
            self._detail.show(None, from_top=True)
            return
        row = self._table.cursor
        lead = search.rows.lead(row)
        note = "" if lead is not None else search.rows.note(row) or f"Row {row + 1:,} has not come yet"
        before = self._detail.lead
        is_other = lead is None or before is None or not lead.lead_id or lead.lead_id != before.lead_id
        from_top = from_top or (is_other and not self.is_walking)
        self._detail.show(lead, note or status_text.found_in(search, row), from_top=from_top)

    def wait_for_minute(self) -> None:
        """Draw shown local times anew when the minute turns; nothing else is repainted while idle."""
        seconds = _SECONDS_A_MINUTE - self._now().timestamp() % _SECONDS_A_MINUTE
        self._minute = asyncio.get_running_loop().call_later(seconds, self._minute_turned)

    def _minute_turned(self) -> None:
        if self._detail.display:
            self._detail.tick()
        if shows_time(self._table.columns):
            self._table.refresh_rows(self._table.top, self._table.top + self._table.page_rows)
        self.wait_for_minute()
