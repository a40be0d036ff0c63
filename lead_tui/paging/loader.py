"""Load the pages of a result as the view moves over it.

Every row in view is loaded, has failed with a reason, is past the end, or is requested, unless the loader is paused because
another search is shown. A flying view (held page keys) requests nothing until it rests; a single jump requests rows immediately.
Requests for rows that are no longer near the view are dropped.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import groupby

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.leads.errors import Cancelled, OffsetRefused, SearchError, UnreadableAnswer
from lead_tui.leads.page import Page, PageSource, Position
from lead_tui.paging.result import Result


def missing(span: range, is_there: Callable[[int], bool], most: int) -> list[range]:
    """Return the spans within *span* whose rows are missing, each of at most *most* rows."""
    found: list[range] = []
    for has_rows, indexes in groupby(span, is_there):
        if not has_rows:
            first, *others = indexes
            absent = range(first, first + 1 + len(others))
            found += [absent[start : start + most] for start in range(0, len(absent), most)]
    return found


class Loader(Struct, eq=False):
    """Fetches those of *rows* that are in view from *source*, and reports changed rows to *changed*.

    It owns the position, and with it the view. *changed* is called on the event loop, with an empty span if something else about
    the result changed. A loader serves one generation of a search, and accepts no response to a request that was dropped.
    """

    source: PageSource
    rows: Result
    changed: Callable[[range], None]
    clock: Callable[[], float] = time.monotonic
    position: Position = field(default_factory=Position)
    error: SearchError | None = None  # the last failure; None once a page has been received after it
    seconds: float | None = None  # how long the last response took

    _travel: int = 1  # 1 while the view moves down, -1 while it moves up, 0 after it was shown again
    _seen_top: int = 0
    _moves: deque[tuple[float, int]] = field(default_factory=deque)
    _rest: asyncio.TimerHandle | None = None
    _requests: dict[range, asyncio.Task[Page]] = {}
    _is_idle: bool = True
    """Whether nothing is requested: before the rows are shown, and after ``pause``."""

    @property
    def loading(self) -> bool:
        """Whether a request is in progress, or rows in view will be requested as soon as the view rests."""
        is_searching = self.rows.fields.waits_for and not self._is_idle and self.error is None
        if self._requests or is_searching:
            return True
        return self._rest is not None and (self.position.seeks_end or not self._has_view)

    @property
    def _seeks_end(self) -> bool:
        return self.position.seeks_end and self.rows.answered

    @property
    def _has_view(self) -> bool:
        return all(map(self.rows.is_settled, self._within(self.view)))

    @property
    def view(self) -> range:
        return range(self.position.top, self.position.top + self.position.height)

    def show(self) -> None:
        """The rows are shown, or the view moved: fetch what is missing in it, now or when a flying view rests."""
        self._is_idle = False
        moved, self._seen_top = self.position.top - self._seen_top, self.position.top
        if moved:
            self._travel = 1 if moved > 0 else -1
        if self._is_flying(abs(moved)):
            self._wake()
            self._rest = asyncio.get_running_loop().call_later(limits.FLING_REST, self._plan)
        else:
            self._plan()

    def retry(self) -> None:
        self.rows.forget_failures()
        self.error = None
        self._is_idle = False
        self._plan()
        self.changed(self.view)

    def pause(self) -> None:
        """Drop all requests, since the rows are no longer shown; ``show`` requests what is missing in view."""
        self._is_idle = True
        self._travel = 0
        self._drop_all()

    def cancel(self) -> None:
        """Drop all requests because the user canceled; missing rows in view say so."""
        self._drop_all()
        absent = missing(self._within(self.view), self.rows.is_settled, limits.MAX_SPAN_ROWS)
        self.rows.fail_fields(Cancelled())
        if absent or not self.rows.answered:
            self.error = Cancelled()
            for span in absent:
                self.rows.fail(span, self.error)

    def _drop_all(self) -> None:
        self._wake()
        self._moves.clear()
        self.position.seeks_end = False
        for task in self._requests.values():
            task.cancel()
        self._requests = {}

    def _wake(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _within(self, span: range) -> range:
        return range(span.start, min(span.stop, self.rows.length))

    def _is_flying(self, moved: int) -> bool:
        """Return whether the view passes rows faster than a user can read. A jump after a rest does not count."""
        now = self.clock()
        while self._moves and now - self._moves[0][0] > limits.FLING_WINDOW:
            self._moves.popleft()
        before = sum(rows for _, rows in self._moves)
        if moved:
            self._moves.append((now, moved))
        return bool(before) and before + moved > limits.PAGE_ROWS

    def _plan(self) -> None:
        """Request what is missing in view and ahead; drop what is neither."""
        before = self._outline()
        self._wake()
        if self._is_idle:
            return
        if self._seeks_end:
            self._seek_end()
        view, needed = self.view, self.needed()
        self.rows.touch(needed)
        near = range(view.start - limits.MAX_SPAN_ROWS, view.stop + limits.MAX_SPAN_ROWS)
        far = [span for span in self._requests if span.stop <= near.start or near.stop <= span.start]
        for span in far if self.rows.answered else ():
            if not self._seeks_end or span.start < self.rows.reach:
                self._requests.pop(span).cancel()
        if not self._seeks_end:
            for span in self._missing(view, needed):
                self._request(span)
        if self._outline() != before:
            self.changed(range(0))

    def _outline(self) -> tuple[object, ...]:
        """Return the reportable state besides the rows."""
        return self.loading, set(self._requests), self.position.cursor, self.position.top

    def _request(self, span: range) -> None:
        task = asyncio.create_task(self.source.fetch(self.rows.query, span.start, len(span)))
        self._requests[span] = task
        # The outcome is handled in a callback, which the loop calls later even if an eager task is already done.
        task.add_done_callback(partial(self._finish, span))

    def needed(self) -> range:
        """Return the rows in view and ahead in the direction of travel, in whole pages; only the view if it was shown again."""
        view, size = self.view, limits.PAGE_ROWS
        start = view.start - limits.ROWS_AHEAD if self._travel < 0 else view.start
        stop = view.stop + limits.ROWS_AHEAD if self._travel > 0 else view.stop
        return range(max(0, start // size * size), min(-(-stop // size) * size, self.rows.length))

    def _missing(self, view: range, needed: range) -> list[range]:
        result = self.rows
        if not result.answered or result.fields.waits_for:
            # The first response says how long the result is; it is small so that its rows arrive soon.
            return [] if self._requests or self.error is not None else [range(view.start, view.start + limits.FIRST_ROWS)]
        if not self._travel and self._has_view:
            return []

        def is_there(index: int) -> bool:
            return result.is_settled(index) or any(index in span for span in self._requests)

        spans = missing(needed, is_there, limits.MAX_SPAN_ROWS)
        if spans and spans[-1].stop == result.length:
            # A whole page, which shows whether the total is too low.
            spans[-1] = range(spans[-1].start, -(-result.length // limits.PAGE_ROWS) * limits.PAGE_ROWS)
        return spans

    def _seek_end(self) -> None:
        """Move to the last row if its number is known, else request rows in search of it: by doubling, then by halving."""
        position, result = self.position, self.rows
        reach, ceiling = result.reach, result.ceiling
        if result.has_end or reach >= ceiling:
            end = result.length if result.has_end else reach
            position.cursor, position.seeks_end = max(0, end - 1), False
            position.top = self._seen_top = max(0, end - position.height)
        elif not any(span.start >= reach for span in self._requests):
            # Far from it single rows, near it a page.
            start = reach if ceiling - reach <= limits.MAX_SPAN_ROWS else min(2 * reach, (reach + ceiling) // 2)
            self._request(range(start, ceiling if start == reach else start + 1))

    def _finish(self, span: range, task: asyncio.Task[Page]) -> None:
        error = Cancelled() if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, SearchError):
            report_failure(task)
            error = SearchError(f"Internal error ({type(error).__name__})", remedy="please report it")
        if self._requests.get(span) is not task:
            # The request was dropped.
            return
        del self._requests[span]
        if error is None:
            self._receive(span, task.result())
            return
        if isinstance(error, OffsetRefused) and span.start == self.rows.counted:
            # The count was right: nothing is there.
            self._receive(span, Page(span.start, len(span), [], array("q"), span.start))
            return
        self.rows.fail(span, error)
        # A refused offset shows that the last row is before it.
        if not (self._seeks_end and isinstance(error, OffsetRefused)):
            self.error = error
            self.position.seeks_end = self.position.seeks_end and not self.rows.answered
        self.changed(span)
        self._plan()

    def _receive(self, span: range, page: Page) -> None:
        self.error = None
        self.seconds = page.seconds
        changed = self.rows.add_page(page)
        expected = self._within(span)
        if expected and not self.rows.is_settled(span.start) and not self._seeks_end:
            self.error = UnreadableAnswer("The server sent fewer leads than it counts")
            self.rows.fail(expected, self.error)
        self.changed(changed)
        if self._rest is None:
            self._plan()


def report_failure(task: asyncio.Task[object]) -> None:
    """Pass an unexpected error of *task*, which is done, to the event loop's handler."""
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "a task failed", "exception": error, "task": task})
