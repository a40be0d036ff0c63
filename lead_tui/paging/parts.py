"""Loading a look-up in several fields: a request for each, whose leads are shown as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from functools import partial

from lead_tui import limits
from lead_tui.leads.errors import Cancelled, InternalError, SearchError
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.page import Page, PageSource, Position
from lead_tui.paging.grid import Span
from lead_tui.paging.merged import Merged


class PartsLoader:
    """Requests every part of *asked* from *source* at once, and reports to *changed* which rows are different now.

    Leads that come later stand behind those that came before. Where no part finds a lead and none fails, the parts that are meant
    for that follow, one after the other. *changed* is called on the event loop.
    """

    def __init__(self, source: PageSource, asked: LookUp, today: date, changed: Callable[[Span], None]) -> None:
        self.rows = Merged()
        self.position = Position()
        self.answered = False
        """Whether any part has come."""
        self._source = source
        self._asked = asked
        self._today = today
        self._changed = changed
        self._parts = list(asked.parts)
        self._otherwise = list(asked.otherwise)
        self._requests: dict[int, asyncio.Task[Page]] = {}
        self._done: set[int] = set()
        self._failed: dict[int, SearchError] = {}
        self._incomplete: list[tuple[str, SearchError]] = []
        """The fields with leads that the server cannot send."""

    @property
    def error(self) -> SearchError | None:
        """Why nothing has come at all; None while something may."""
        return next(iter(self._failed.values()), None) if len(self._failed) == len(self._parts) else None

    @property
    def seconds(self) -> float | None:
        """What the slowest response took."""
        return self.rows.seconds if self.answered else None

    @property
    def loading(self) -> bool:
        """Whether any request is in progress."""
        return bool(self._requests)

    @property
    def has_failures(self) -> bool:
        """Whether there is anything to retry."""
        return bool(self._failed) or self.loading or not self.answered

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The fields whose responses have not come yet."""
        return tuple(dict.fromkeys(self._parts[part][0] for part in sorted(self._requests)))

    def show(self) -> None:
        """The look-up is shown: request the parts that have not been answered."""
        known = {*self._requests, *self._done, *self._failed}
        for part, (_, query) in enumerate(self._parts):
            if part not in known:
                task = asyncio.create_task(self._source.fetch(query.dated(self._today), 0, limits.PAGE_ROWS))
                self._requests[part] = task
                task.add_done_callback(partial(self._finish, part))
        if len(known) < len(self._parts):
            self._report(Span(0, 0))

    def retry(self) -> None:
        """Request again what failed."""
        self._failed.clear()
        self.show()

    def pause(self) -> None:
        """Drop every request, since another search is shown; ``show`` makes them again."""
        for task in self._requests.values():
            task.cancel()
        self._requests.clear()

    def cancel(self) -> None:
        """Drop every request at the user's wish."""
        self._failed.update(dict.fromkeys(self._requests, Cancelled()))
        self.close()
        self._report(Span(0, 0))

    def close(self) -> None:
        """Drop every request: the look-up is over."""
        self.pause()

    def _finish(self, part: int, task: asyncio.Task[Page]) -> None:
        error = Cancelled() if task.cancelled() else task.exception()
        if self._requests.get(part) is not task:
            return
        del self._requests[part]
        if error is None:
            self._done.add(part)
            self.answered = True
            self.rows.failures = []
            self.rows.add(self._parts[part][0], task.result(), self._asked.country_code)
            self._incomplete += self.rows.failures
            if not (self._requests or self._failed or self.rows.length) and self._otherwise:
                self._parts.append(self._otherwise.pop(0))
                self.show()
        elif isinstance(error, SearchError):
            self._failed[part] = error
        else:
            task.get_loop().call_exception_handler({"message": "a look-up failed", "exception": error, "task": task})
            self._failed[part] = InternalError(error)
        # A lead that came before may be found in one more field now.
        self._report(Span(0, self.rows.length))

    def _report(self, span: Span) -> None:
        failed = [(self._parts[part][0], error) for part, error in sorted(self._failed.items())]
        self.rows.failures = failed + self._incomplete
        self._changed(span)
