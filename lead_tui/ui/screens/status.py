"""What the status line tells: of the search in sight, of what is under way, and of what a person just did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lead_tui.keys.catalogue import Key
from lead_tui.paging.search import Search
from lead_tui.paging.searches import Searches
from lead_tui.ui.screens import status_text
from lead_tui.ui.screens.countdown import LoadingClock
from lead_tui.ui.widgets.bars import StatusLine
from lead_tui.ui.widgets.lead_table import LeadTable

if TYPE_CHECKING:
    from lead_tui.ui.screens.background_tasks import BackgroundTasks


class Status:
    """Fills *line* with what is to be told of *searches*, whose rows *table* shows; belongs to the main screen.

    *keys* are the effective ones. ``under_way`` is what takes its time, once there is somebody to do it.
    """

    def __init__(self, line: StatusLine, searches: Searches, table: LeadTable, keys: Sequence[Key]) -> None:
        self._line = line
        self._searches = searches
        self._table = table
        self._keys = keys
        self._waits = ""
        self._said, self._said_alert = "", False
        self._clock = LoadingClock(self.tell_current)
        self.under_way: BackgroundTasks | None = None

    def tell(self, search: Search) -> None:
        """Tell all there is to tell of *search*, which is in sight."""
        self.tell_position(search)
        arranged = self.under_way.facts(search) if self.under_way is not None else ()
        loading = (id(search), status_text.received(search)) if search.loading and not search.loading_all else None
        self._line.show_facts(*(arranged or status_text.facts(search, self._clock.seconds(loading))))
        self._tell_message(search)

    def close(self) -> None:
        """The screen goes: count no seconds any more."""
        self._clock.stop()

    def tell_position(self, search: Search) -> None:
        """Tell where the cursor is."""
        length = search.rows.length
        self._line.show_position(self._table.cursor + 1 if length else 0, length, status_text.total_text(search))

    def tell_waiting(self, words: str) -> None:
        """Tell that a request waits before it is tried again; "" when it waits no more."""
        self._waits = words
        self.tell_current()

    def tell_current(self) -> None:
        """Tell of the search in sight anew."""
        if self._searches.current is not None:
            self.tell(self._searches.current)

    def say(self, text: str, *, alert: bool = False) -> None:
        """Tell *text* in place of the hints until the next key, or until another search is shown."""
        self._said, self._said_alert = text, alert
        self._line.show_message(text, alert=alert)

    def say_no_more(self) -> None:
        """A key was pressed: tell no longer what was said."""
        if self._said:
            self._said = ""
            if self._searches.current is not None:
                self._tell_message(self._searches.current)

    def forget(self) -> None:
        """Another search is in sight: what was said was about the one before."""
        self._said = ""

    def _tell_message(self, search: Search) -> None:
        text, alert = status_text.message(search, self._keys)
        if self._waits:
            text, alert = self._waits, True
        elif self.under_way is not None and (awaited := self.under_way.awaited()):
            text, alert = awaited, False
        elif not (text or self._said) and self.under_way is not None:
            text = self.under_way.beside()
        self._line.show_message(text or self._said, alert=alert if text else self._said_alert)
