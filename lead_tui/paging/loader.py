"""Load the pages of a result as the view moves over it.

Every row in view is loaded, has failed with a reason, is past the end, or is requested, unless the loader is paused because
another search is shown. A flying view (held page keys) requests nothing until it rests; a single jump
requests rows immediately. Requests for rows that are no longer near the view are dropped.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby
from typing import Any

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.leads.errors import ApplicationError, Cancelled, InternalError, OffsetRefused, SearchError, UnreadableAnswer
from lead_tui.leads.page import Page, PageSource, Position, Span
from lead_tui.paging.result import Result


def on_grid(span: Span, length: int) -> Span:
    """Return *span* extended to whole pages, within *length* rows."""
    size = limits.PAGE_ROWS
    return Span(max(0, span.start // size * size), min(-(-span.stop // size) * size, length))


def missing(span: Span, is_there: Callable[[int], bool], most: int) -> list[Span]:
    """Return the spans within *span* whose rows are missing, each of at most *most* rows."""
    found: list[Span] = []
    for has_rows, indexes in groupby(range(*span), is_there):
        if not has_rows:
            rows = list(indexes)
            stop = rows[-1] + 1
            found += [Span(start, min(start + most, stop)) for start in range(rows[0], stop, most)]
    return found


def nearest_first(spans: Iterable[Span], view: Span) -> list[Span]:
    """Return *spans* sorted by their distance from *view*."""
    return sorted(spans, key=lambda span: max(0, span.start - view.stop + 1, view.start - span.stop + 1))


class LastRowSearch:
    """The search for the last row if the server sends no total: doubling, then halving.

    The last row received is the one before *reach*, and no rows come from the ceiling on. Far from the end it requests single rows;
    near it, ordinary pages.
    """

    def __init__(self) -> None:
        self.probe: Span | None = None  # the last request
        self.is_refused = False  # whether the ceiling is where the server pages no deeper, and not the end
        self._is_lost = False  # whether it cannot be found: the server repeats leads, or never ends
        self._ceiling: int | None = None

    def next_probe(self, reach: int) -> Span | None:
        """Return the next request; None at the end of the search."""
        if self._ceiling is None:
            start, size = (2 * reach, 1) if self.probe is not None else (reach, limits.MAX_SPAN_ROWS)
        elif self._ceiling - reach <= limits.MAX_SPAN_ROWS:
            start, size = reach, self._ceiling - reach
        else:
            start, size = (reach + self._ceiling) // 2, 1
        is_over = self._is_lost or size <= 0 or start > limits.MAX_ROWS
        self.probe = None if is_over else Span(start, start + size)
        return self.probe

    @property
    def has_found_end(self) -> bool:
        """Whether the result ends with the last row received, now that ``next_probe`` has returned None."""
        return self._ceiling is not None and not (self._is_lost or self.is_refused)

    def keeps(self, page: Page, result: Result) -> bool:
        """Learn from *page*, the response to the probe; return whether it can be a part of *result*."""
        if not page.rows:
            self.lower(page.offset)
        elif page.limit == 1 and page.ids[0] and result.knows(page.ids[0]):
            self._is_lost = True
        return bool(page.rows) and not self._is_lost

    def lower(self, offset: int, *, is_refused: bool = False) -> None:
        """No rows come from *offset* on."""
        if self._ceiling is None or offset <= self._ceiling:
            self._ceiling, self.is_refused = offset, is_refused


class Loader(Struct, eq=False):
    """Fetches those of *rows* that are in view from *source*, and reports changed rows to *changed*.

    It owns the position, and with it the view. *changed* is called on the event loop, with an empty span if something else about
    the result changed. A loader serves one generation of a search: after ``close`` it accepts no response.
    """

    source: PageSource
    rows: Result
    changed: Callable[[Span], None]
    clock: Callable[[], float] = time.monotonic
    position: Position = field(default_factory=Position)
    error: SearchError | None = None  # the last failure; None once a page has been received after it
    seconds: float | None = None  # how long the last response took

    _travel: int = 1  # 1 while the view moves down, -1 while it moves up, 0 after it was shown again
    _seen_top: int = 0
    _moves: deque[tuple[float, int]] = field(default_factory=deque)
    _rest: asyncio.TimerHandle | None = None
    _requests: dict[Span, asyncio.Task[Page]] = {}
    _empty_answers: Counter[int] = field(default_factory=Counter)
    _last_row: LastRowSearch | None = None
    """The search for the last row, while the user waits for it and the total is not known."""
    _is_idle: bool = True
    """Whether nothing is requested: before the rows are shown, while another search is shown, and after ``close``."""
    _is_closed: bool = False

    @property
    def answered(self) -> bool:
        return self.rows.answered

    @property
    def loading(self) -> bool:
        """Whether a request is in progress, or rows in view will be requested as soon as the view rests."""
        if self._requests or (self.rows.fields.waits_for and not self._is_idle and self.error is None):
            return True
        return self._rest is not None and (self.position.seeks_end or not self._has_view)

    @property
    def _has_view(self) -> bool:
        return all(map(self.rows.is_settled, range(*self._within(self.view))))

    @property
    def has_failures(self) -> bool:
        """Whether there is anything to retry."""
        return self.rows.has_failures or self.error is not None or not self.answered

    @property
    def view(self) -> Span:
        return Span(self.position.top, self.position.top + self.position.height)

    def show(self) -> None:
        """The rows are shown, or the view moved: fetch what is missing in it, now or when a flying view rests."""
        if self._is_closed:
            return
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
        self._empty_answers.clear()
        self.error = None
        self._is_idle = self._is_closed
        self._plan()
        self.changed(self.view)

    def pause(self) -> None:
        """Drop all requests, since the rows are no longer shown. ``show`` then requests what is missing in view."""
        self._is_idle = True
        self._travel = 0
        self._drop_all()

    def cancel(self) -> None:
        """Drop all requests because the user cancelled; missing rows in view say so."""
        self._drop_all()
        absent = missing(self._within(self.view), self.rows.is_settled, limits.MAX_SPAN_ROWS)
        self.rows.fail_fields(Cancelled())
        if absent or not self.answered:
            self.error = Cancelled()
            for span in absent:
                self.rows.fail(span, self.error)

    def close(self) -> None:
        """Drop all requests: this generation is over."""
        self._is_closed = self._is_idle = True
        self._drop_all()

    def _drop_all(self) -> None:
        self._wake()
        self._moves.clear()
        self.position.seeks_end, self._last_row = False, None
        for task in self._requests.values():
            task.cancel()
        self._requests = {}

    def _wake(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _within(self, span: Span) -> Span:
        return Span(span.start, min(span.stop, self.rows.length))

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
        probe = self._next_probe()
        view, needed = self.view, self.needed()
        self.rows.touch(needed)
        near = Span(view.start - limits.MAX_SPAN_ROWS, view.stop + limits.MAX_SPAN_ROWS)
        for span in [span for span in self._requests if self.answered and span != probe and not span.overlaps(near)]:
            self._requests.pop(span).cancel()
        for span in self._missing(view, needed) if probe is None else [probe]:
            if span not in self._requests:
                self._request(span)
        if self._outline() != before:
            self.changed(Span(0, 0))

    def _outline(self) -> tuple[object, ...]:
        """Return the reportable state besides the rows."""
        return self.loading, set(self._requests), self.position.cursor, self.position.top

    def _request(self, span: Span) -> None:
        task = asyncio.create_task(self.source.fetch(self.rows.query, span.start, span.size))
        self._requests[span] = task
        # The outcome is handled in a callback, which the loop calls later even if an eager task is already done.
        task.add_done_callback(partial(self._finish, span))

    def needed(self) -> Span:
        """Return the rows in view and ahead in the direction of travel, in whole pages; only the view if it was shown again."""
        view = self.view
        start = max(0, view.start - limits.ROWS_AHEAD) if self._travel < 0 else view.start
        stop = view.stop + limits.ROWS_AHEAD if self._travel > 0 else view.stop
        return on_grid(Span(start, stop), self.rows.length)

    def _missing(self, view: Span, needed: Span) -> list[Span]:
        result = self.rows
        if not result.answered or result.fields.waits_for:
            # The first response says how long the result is; it is small so that its rows arrive soon.
            return [] if self._requests or self.error is not None else [Span(view.start, view.start + limits.FIRST_ROWS)]
        if not self._travel and self._has_view:
            return []

        def is_there(index: int) -> bool:
            return result.is_settled(index) or any(span.start <= index < span.stop for span in self._requests)

        return nearest_first(missing(needed, is_there, limits.MAX_SPAN_ROWS), view)

    def _next_probe(self) -> Span | None:
        """Return the next request for the last row; None if the user does not want that row, or the search has ended."""
        if not (self.position.seeks_end and self.answered):
            self._last_row = None
            return None
        if self._last_row is not None and (pending := self._last_row.probe) in self._requests:
            return pending
        probe = None
        if not self.rows.has_end:
            self._last_row = self._last_row or LastRowSearch()
            probe = self._last_row.next_probe(self.rows.reach)
        if probe is None:
            if self._last_row is not None and self._last_row.has_found_end:
                self.rows.end_at(self.rows.reach)
            self._stand_at_end()
            self.position.seeks_end, self._last_row = False, None
        return probe

    def _stand_at_end(self) -> None:
        position, result = self.position, self.rows
        end = result.length if result.has_end else result.reach
        position.cursor = max(0, end - 1)
        position.top = self._seen_top = max(0, end - position.height)

    def _finish(self, span: Span, task: asyncio.Task[Page]) -> None:
        error = Cancelled() if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, SearchError):
            report_failure(task)
            error = InternalError(error)
        if self._requests.get(span) is not task:
            # The request was dropped.
            return
        del self._requests[span]
        if error is not None:
            self._fail(span, error)
        else:
            self._receive(span, task.result())

    def _fail(self, span: Span, error: SearchError) -> None:
        if isinstance(error, ApplicationError) and 0 < span.start == self.rows.total:
            # No lead follows the last one that the server counts: this server refuses the offset instead of sending none.
            self._receive(span, Page(span.start, span.size, (), array("q"), span.start))
            return
        if isinstance(error, OffsetRefused) and span.start > 0:
            if not self.answered:
                # The same search again, but its result now ends before the view: begin at the top.
                self.position.top = self._seen_top = 0
                self._plan()
                return
            if self._last_row is not None:
                self._last_row.lower(span.start, is_refused=True)
        elif self._last_row is not None:
            self.position.seeks_end = False
        self.error = error
        self.rows.fail(span, error)
        self.changed(span)
        self._plan()

    def _receive(self, span: Span, page: Page) -> None:
        self.error = None
        self.seconds = page.seconds
        is_probe = self._last_row is not None and span == self._last_row.probe
        if self._last_row is not None and is_probe and not self._last_row.keeps(page, self.rows):
            self._plan()
            # The search for the last row, and with it the length, may have ended where the cursor is.
            self.changed(Span(0, 0))
            return
        changed = self.rows.add_page(page)
        rest = Span(page.offset + len(page.rows), min(span.stop, self.rows.length))
        if rest.size > 0 and not is_probe:
            self._retry_rest(rest, is_empty=not page.rows)
        if self.position.seeks_end or self.position.cursor >= self.rows.length:
            self._stand_at_end()
        self.changed(changed)
        if self._rest is None:
            self._plan()

    def _retry_rest(self, rest: Span, *, is_empty: bool) -> None:
        """Leave the *rest* of a short page to the next request; if nothing is sent, look for the end before it.

        Rows that other ones follow have failed.
        """
        number = rest.start // limits.PAGE_ROWS
        self._empty_answers[number] = self._empty_answers[number] + 1 if is_empty else 0
        if self._empty_answers[number] < limits.SHORT_PAGE_ATTEMPTS:
            return
        if rest.start >= self.rows.reach > 0 and self.rows.total_is_sure:
            self.rows.refute_total()
            self.position.seeks_end = self.position.cursor >= self.rows.length
            if not self.position.seeks_end:
                # The rows after it show whether the result ends here.
                self._request(Span(rest.start, rest.start + limits.MAX_SPAN_ROWS))
        else:
            self.error = UnreadableAnswer("The server sent fewer leads than it counts")
            self.rows.fail(rest, self.error)


def report_failure(task: asyncio.Task[Any]) -> None:
    """Pass an unexpected error of *task*, which is done, to the event loop's handler."""
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "a task failed", "exception": error, "task": task})
