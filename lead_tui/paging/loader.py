"""Loading: which pages of a result are asked for as the view moves over it, and what becomes of the answers.

Only the rows in sight and just ahead are fetched. A view that flies (held page keys, a dragged scroll bar) asks for nothing until
it rests; a single jump asks at once. Requests for rows that have gone out of sight are given up.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable

from lead_tui import tuning
from lead_tui.leads.errors import OffsetRefused, SearchError, UnreadableAnswer
from lead_tui.leads.page import Page, PageSource
from lead_tui.paging.grid import Span, missing, nearest_first, on_grid
from lead_tui.paging.result import Result


class Loader:
    """Fetches what is in sight of *result* from *source*, and tells *changed* which rows are different now.

    *changed* is called on the event loop, also when a request begins or ends without new rows (then with an empty span). One loader
    serves one generation of a search: after ``close`` no answer is taken any more.
    """

    def __init__(
        self,
        source: PageSource,
        result: Result,
        changed: Callable[[Span], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.result = result
        self.error: SearchError | None = None
        """What failed last; None once something came after it."""
        self.seconds: float | None = None
        """How long the last answer took."""
        self._source = source
        self._changed = changed
        self._clock = clock
        self._view = Span(0, 0)
        self._down = True
        self._moves: deque[tuple[float, int]] = deque()
        self._rest: asyncio.TimerHandle | None = None
        self._requests: dict[Span, asyncio.Task[None]] = {}
        self._short_answers: Counter[int] = Counter()
        self._closed = False

    @property
    def loading(self) -> bool:
        """Whether any request is under way."""
        return bool(self._requests)

    def show(self, view: Span) -> None:
        """Note that the rows of *view* are in sight, and fetch what is missing there: at once, or when a flight comes to rest."""
        if view == self._view:
            return
        moved = view.start - self._view.start
        if moved:
            self._down = moved > 0
        self._view = view
        if self._flies(abs(moved)):
            if self._rest is not None:
                self._rest.cancel()
            self._rest = asyncio.get_running_loop().call_later(tuning.FLING_REST, self._plan)
        else:
            self._plan()

    def retry(self) -> None:
        """Ask again for what failed."""
        self.result.forget_failures()
        self._short_answers.clear()
        self.error = None
        self._plan()

    def stop(self) -> None:
        """Give up every request under way. What came stays; ``show`` or ``retry`` goes on."""
        if self._rest is not None:
            self._rest.cancel()
        for task in self._requests.values():
            task.cancel()
        self._requests.clear()

    def close(self) -> None:
        """Give up every request: this generation is over."""
        self._closed = True
        self.stop()

    def _flies(self, moved: int) -> bool:
        """Whether the view passes rows faster than they could be read. A jump after a rest does not fly."""
        now = self._clock()
        while self._moves and now - self._moves[0][0] > tuning.FLING_WINDOW:
            self._moves.popleft()
        before = sum(rows for _, rows in self._moves)
        if moved:
            self._moves.append((now, moved))
        return bool(before) and before + moved > tuning.PAGE_ROWS

    def _plan(self) -> None:
        """Ask for what is missing in sight and ahead; give up what is neither."""
        if self._closed:
            return
        self._rest = None
        view = self._view
        self.result.touch(view)
        near = Span(view.start - tuning.MOST_SPAN_ROWS, view.stop + tuning.MOST_SPAN_ROWS)
        if self.result.answered:
            for span in [span for span in self._requests if not span.meets(near)]:
                self._requests.pop(span).cancel()
        for span in self._wanted(view):
            self._requests[span] = asyncio.create_task(self._fetch(span))
            self._requests[span].add_done_callback(_surface)
        self._changed(Span(0, 0))

    def _wanted(self, view: Span) -> list[Span]:
        result = self.result
        if not result.answered:
            # The first answer tells how long the result is; it is kept small so that its rows come soon.
            if self._requests or result.failures:
                return []
            first = Span(view.start, view.start + max(tuning.FIRST_ROWS, view.size))
            return [first]
        start = view.start if self._down else max(0, view.start - tuning.ROWS_AHEAD)
        stop = view.stop + tuning.ROWS_AHEAD if self._down else view.stop
        wanted = on_grid(Span(start, stop), tuning.PAGE_ROWS, result.length)

        def is_there(index: int) -> bool:
            return result.is_settled(index) or any(span.start <= index < span.stop for span in self._requests)

        return nearest_first(missing(wanted, is_there, tuning.MOST_SPAN_ROWS), view)

    async def _fetch(self, span: Span) -> None:
        try:
            page = await self._source.fetch(self.result.query, span.start, span.size)
        except SearchError as error:
            if self._is_over(span):
                self._fail(span, error)
        else:
            if self._is_over(span):
                self._take(span, page)

    def _is_over(self, span: Span) -> bool:
        """Take the request for *span* off the list; whether its answer counts still."""
        if self._requests.get(span) is not asyncio.current_task():
            return False
        del self._requests[span]
        return not self._closed

    def _fail(self, span: Span, error: SearchError) -> None:
        if isinstance(error, OffsetRefused) and not self.result.answered and span.start > 0:
            # The same search again, but it is shorter now than where the view stands: begin at its top.
            self._view = Span(0, self._view.size)
            self._plan()
            return
        self.error = error
        self.result.fail(span, error)
        self._changed(span)

    def _take(self, span: Span, page: Page) -> None:
        self.error = None
        self.seconds = page.seconds
        changed = self.result.take(page)
        rest = Span(page.offset + len(page.rows), min(span.stop, self.result.length))
        if rest.size > 0 and self.result.end_is_sure:
            self._came_short(rest)
        self._changed(changed)
        if self._rest is None:
            self._plan()

    def _came_short(self, rest: Span) -> None:
        """A page held fewer rows than the total promises: its rest is asked for again some times, then marked failed."""
        square = rest.start // tuning.PAGE_ROWS
        self._short_answers[square] += 1
        if self._short_answers[square] > tuning.SHORT_PAGE_ATTEMPTS:
            self.error = UnreadableAnswer("The server sent fewer leads than it counts")
            self.result.fail(rest, self.error)


def _surface(task: asyncio.Task[None]) -> None:
    """Hand an error that nobody foresaw to the loop's handler: a request must not end in silence."""
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "loading failed", "exception": error, "task": task})
