"""The status line of the main screen: the current search, background tasks, waits before a retry, and messages."""

from __future__ import annotations

import asyncio
import math
from typing import Protocol

from lead_tui import limits
from lead_tui.api.retry import Waiting
from lead_tui.keys.catalogue import hint
from lead_tui.paging.search import Search
from lead_tui.paging.searches import Searches
from lead_tui.ui.screens import status_text
from lead_tui.ui.screens.session import Session
from lead_tui.ui.widgets.bars import StatusLine
from lead_tui.ui.widgets.lead_table import LeadTable

_RESOLUTION = 0.01
"""Seconds by which a timer may be early."""


class BackgroundTask(Protocol):
    """Work beside the searches that takes a while: a load, a sort, an export. It calls ``Status.refresh`` when a text changes."""

    is_awaited: bool
    """Whether the user waits for it; then its progress replaces other messages."""

    def progress_text(self) -> str: ...  # "" while it does not run
    def quit_question(self) -> str: ...  # for quitting, which cancels it; "" where nothing would be lost
    def cancel(self) -> bool: ...  # keeps what is done; False where it was not running
    def close(self) -> None: ...


class Status:
    """Fills *line* for the current search of *searches*, whose rows *table* shows, and for background tasks."""

    def __init__(self, line: StatusLine, searches: Searches, table: LeadTable, session: Session) -> None:
        self._line = line
        self._searches = searches
        self._table = table
        self._session = session
        self._message, self._message_is_alert = "", False
        self.refreshing = ""
        """How often the leads in view are refreshed; "" for not at all."""
        self._tasks: list[BackgroundTask] = []
        self._waiting: Waiting | None = None
        self._retry_at = 0.0
        self._loading: object = None
        """What loads: a value that changes with every response; None while nothing does."""
        self._loading_since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    # Background tasks

    def register(self, task: BackgroundTask) -> None:
        """Show *task* and cancel it with the others; awaited ones first."""
        self._tasks.insert(0 if task.is_awaited else len(self._tasks), task)

    def quit_question(self) -> str:
        """What to ask before quitting; "" where nothing would be lost."""
        return next(filter(None, (task.quit_question() for task in self._tasks)), "")

    def cancel_task(self) -> bool:
        """Cancel one task, awaited ones first; False where none was running."""
        return any(task.cancel() for task in self._tasks)

    def close(self) -> None:
        self._stop_timer()
        for task in self._tasks:
            task.close()

    # The search

    def refresh(self) -> None:
        search = self._searches.current
        if search is None:
            return
        self.show_position(search)
        seconds = self._seconds_loading(search)
        if search.snapshot is not None:
            facts = status_text.snapshot_facts(search.snapshot, self._session.settings.labels)
        else:
            facts = status_text.facts(search, seconds)
        marked = len(self._table.marks)
        self._line.show_facts(f"{marked:,} marked" if marked else "", *facts, self.refreshing)
        self._show_message(search)
        self._time_next()

    def show_position(self, search: Search) -> None:
        length = search.rows.length
        self._line.show_position(self._table.cursor + 1 if length else 0, length, status_text.total_text(search))

    # Messages

    def say(self, text: str, *, alert: bool = False) -> None:
        """Show *text* in place of the hints until the next key, or until another search is shown."""
        self._message, self._message_is_alert = text, alert
        self._line.show_message(text, alert=alert)

    def end_message(self) -> None:
        """A key was pressed: remove the message that ``say`` shows."""
        if self._message:
            self._message = ""
            if self._searches.current is not None:
                self._show_message(self._searches.current)

    def forget_message(self) -> None:
        """Another search is shown: the message was about the one before."""
        self._message = ""

    def _show_message(self, search: Search) -> None:
        text, alert = status_text.message(search, self._session.keys)
        if self._waiting is not None:
            text, alert = self._countdown(self._waiting), True
        elif awaited := self._progress(awaited=True):
            text, alert = awaited, False
        elif not (text or self._message):
            text = self._progress(awaited=False)
        self._line.show_message(text or self._message, alert=alert if text else self._message_is_alert)

    def _progress(self, *, awaited: bool) -> str:
        return next((text for task in self._tasks if task.is_awaited is awaited and (text := task.progress_text())), "")

    # Seconds

    @property
    def is_waiting(self) -> bool:
        return self._waiting is not None

    def show_waiting(self, waiting: Waiting | None) -> None:
        """Count *waiting* down in place of the wait before; None ends it. Called on the event loop."""
        self._waiting = waiting
        self._retry_at = asyncio.get_running_loop().time() + waiting.seconds if waiting is not None else 0.0
        self.refresh()

    def _countdown(self, waiting: Waiting) -> str:
        when = f"{max(0, math.ceil(self._retry_at - asyncio.get_running_loop().time()))} s"
        if waiting.attempt > 1:
            when = f"attempt {waiting.attempt} of {limits.ATTEMPTS} in {when}"
            when = status_text.joined(when, hint(self._session.keys, "main.again", "retry now"))
        # The server's text may contain the separator; what follows the first one is kept whole on a narrow screen.
        return f"{waiting.error.message.replace(' · ', ' ')} · {when}"

    def _seconds_loading(self, search: Search) -> int:
        """Return for how long nothing has come of what loads; 0 below ``limits.LOADING_SHOWN_SECONDS``."""
        is_loading = search.loading and not search.loading_all and search.snapshot is None
        loading, now = (id(search), status_text.received(search)) if is_loading else None, asyncio.get_running_loop().time()
        if loading != self._loading:
            self._loading, self._loading_since = loading, now
        passed = now - self._loading_since + _RESOLUTION
        return int(passed) if loading is not None and passed >= limits.LOADING_SHOWN_SECONDS else 0

    def _time_next(self) -> None:
        """Refresh when a second that is shown has passed; no timer is left where none is."""
        self._stop_timer()
        loop = asyncio.get_running_loop()
        now = loop.time()
        due = [now + 1 - (now - self._retry_at) % 1] if self._waiting is not None else []
        if self._loading is not None:
            passed = now - self._loading_since + _RESOLUTION
            due.append(self._loading_since + max(int(passed) + 1, limits.LOADING_SHOWN_SECONDS))
        if due:
            self._timer = loop.call_at(min(due), self.refresh)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
