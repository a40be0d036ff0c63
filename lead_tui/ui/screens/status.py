"""The status line of the main screen: the current search, background tasks, waits before a retry, and messages."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Protocol

from lead_tui import limits
from lead_tui.api.retry import Waiting
from lead_tui.paging.search import Search
from lead_tui.paging.searches import Searches
from lead_tui.ui.screens import status_text
from lead_tui.ui.screens.session import Session
from lead_tui.ui.widgets.bars import StatusLine
from lead_tui.ui.widgets.lead_table import LeadTable


class BackgroundTask(Protocol):
    """Work beside the searches that takes a while: a load, a sort, an export. It reports changes to ``BackgroundTasks``."""

    is_awaited: bool
    """Whether the user waits for it; then its progress replaces other messages."""

    def progress_text(self) -> str: ...  # "" while it does not run
    def quit_question(self) -> str: ...  # for quitting, which cancels it; "" where nothing would be lost
    def cancel(self) -> bool: ...  # keeps what is done; False where it was not running
    def close(self) -> None: ...


class BackgroundTasks:
    """The tasks of the session. Controllers register theirs, and call ``changed`` whenever a text of theirs is another one."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.changed = changed
        self._tasks: list[BackgroundTask] = []

    def register(self, task: BackgroundTask) -> None:
        """Show *task* and cancel it with the others; awaited ones first."""
        self._tasks.append(task)
        self._tasks.sort(key=lambda each: not each.is_awaited)

    def progress_text(self, *, awaited: bool) -> str:
        """Progress of the first task that runs and is *awaited* or not; "" for none."""
        return next((text for task in self._tasks if task.is_awaited is awaited and (text := task.progress_text())), "")

    def quit_question(self) -> str:
        return next(filter(None, (task.quit_question() for task in self._tasks)), "")

    def cancel(self) -> bool:
        """Cancel one task, awaited ones first; False where none was running."""
        return any(task.cancel() for task in self._tasks)

    def close(self) -> None:
        for task in self._tasks:
            task.close()


class Status:
    """Fills *line* for the current search of *searches*, whose rows *table* shows, and for background tasks."""

    def __init__(self, line: StatusLine, searches: Searches, table: LeadTable, session: Session) -> None:
        self._line = line
        self._searches = searches
        self._table = table
        self._session = session
        self._waiting = ""
        self._message, self._message_is_alert = "", False
        self.marked = 0
        """Marked leads."""
        self.refreshing = ""
        """How often the leads in view are refreshed; "" for not at all."""
        self._clock = LoadingClock(self.refresh)
        self.tasks = BackgroundTasks(self.refresh)

    def show(self, search: Search) -> None:
        """Show everything about *search*, the current one."""
        self.show_position(search)
        if search.snapshot is not None:
            facts = status_text.snapshot_facts(search.snapshot, self._session.labels)
        else:
            loading = (id(search), status_text.received(search)) if search.loading and not search.loading_all else None
            facts = status_text.facts(search, self._clock.seconds(loading))
        self._line.show_facts(f"{self.marked:,} marked" if self.marked else "", *facts, self.refreshing)
        self._show_message(search)

    def close(self) -> None:
        self._clock.stop()

    def show_position(self, search: Search) -> None:
        length = search.rows.length
        self._line.show_position(self._table.cursor + 1 if length else 0, length, status_text.total_text(search))

    def show_waiting(self, text: str) -> None:
        """Show that a request waits before its retry; "" when none waits."""
        self._waiting = text
        self.refresh()

    def refresh(self) -> None:
        if self._searches.current is not None:
            self.show(self._searches.current)

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
        if self._waiting:
            text, alert = self._waiting, True
        elif awaited := self.tasks.progress_text(awaited=True):
            text, alert = awaited, False
        elif not (text or self._message):
            text = self.tasks.progress_text(awaited=False)
        self._line.show_message(text or self._message, alert=alert if text else self._message_is_alert)


class Countdown:
    """Counts the seconds down until a request that failed is retried, and gives them to *show* as text; "" when none waits."""

    def __init__(self, show: Callable[[str], None], retry_hint: str) -> None:
        """*retry_hint* says which key ends the wait; "" for none."""
        self._show = show
        self._retry_hint = f" · {retry_hint}" if retry_hint else ""
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        return self._timer is not None

    def start(self, waiting: Waiting | None) -> None:
        """Count *waiting* down in place of the wait before; None ends it. Called on the event loop."""
        self.stop()
        if waiting is None:
            self._show("")
            return
        self._count(waiting, asyncio.get_running_loop().time() + waiting.seconds)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _count(self, waiting: Waiting, until: float) -> None:
        loop = asyncio.get_running_loop()
        left = max(0, math.ceil(until - loop.time()))
        when = f"{left} s"
        if waiting.attempt > 1:
            when = f"attempt {waiting.attempt} of {limits.ATTEMPTS} in {when}{self._retry_hint}"
        # The server's text may contain the separator; what follows the first one is kept whole on a narrow screen.
        self._show(f"{waiting.error.message.replace(' · ', ' ')} · {when}")
        self._timer = loop.call_later(1, self._count, waiting, until)


class LoadingClock:
    """Counts the seconds since the last response while more is loading, and calls *tick* each second from the fifth on."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._loading: object = None
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def seconds(self, loading: object) -> int:
        """Return the seconds to show for *loading*, a value that changes with every response; None while nothing loads.

        0 below ``limits.LOADING_SHOWN_SECONDS``. Called on the event loop.
        """
        if loading != self._loading:
            self.stop()
            self._loading = loading
            if loading is not None:
                self._since = asyncio.get_running_loop().time()
                self._wait(limits.LOADING_SHOWN_SECONDS)
        if loading is None:
            return 0
        # A timer may be early by the clock's resolution.
        passed = asyncio.get_running_loop().time() - self._since + 0.01
        return int(passed) if passed >= limits.LOADING_SHOWN_SECONDS else 0

    def stop(self) -> None:
        self._loading = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._pass_second)

    def _pass_second(self) -> None:
        self._wait(1)
        self._tick()
