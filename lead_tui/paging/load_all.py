"""Loading all rows of a result, for a snapshot: big requests, a few at a time, in whichever order they come; all kept in theirs."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lead_tui import tuning
from lead_tui.leads.decode import Row, id_number
from lead_tui.leads.errors import OffsetRefused, SearchError, UnreadableAnswer
from lead_tui.leads.ordering import Steps
from lead_tui.leads.page import Page, PageSource
from lead_tui.leads.query import Query
from lead_tui.paging.grid import Span
from lead_tui.paging.snapshot import Held, hold


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is."""

    loaded: int
    wanted: int | None
    """Rows that are to come in all; None while nobody knows."""
    rate: float
    """Rows a second; 0 before the first came."""

    @property
    def seconds_left(self) -> float | None:
        """What is left at this rate; None while that cannot be said."""
        if self.wanted is None or not self.rate:
            return None
        return max(0, self.wanted - self.loaded) / self.rate


class LoadAll:
    """Loads the first *limit* leads that match *query*, whose dates have been fixed.

    *total* is how many the server counts; None where it does not, or cannot be trusted: then the result is read in sequence, and a
    page without a new lead is its end. *progressed* is called on the event loop after each answer. ``run`` may be called again
    after a failure: it asks only for what is missing.
    """

    def __init__(
        self,
        source: PageSource,
        query: Query,
        limit: int = tuning.LOAD_ALL_LIMIT,
        total: int | None = None,
        progressed: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limit = limit
        self.total = total
        self.error: SearchError | None = None
        """What stopped it; what came until then is kept."""
        self.finished = False
        """Whether nothing is left to be asked for."""
        self._source = source
        self._query = query
        self._progressed = progressed
        self._clock = clock
        self._trusts_total = total is not None
        self._pages: dict[int, tuple[Sequence[Row], Sequence[int]]] = {}
        self._loaded = 0
        self._seen: set[int] = set()
        self._missing: list[Span] = []
        self._next = 0
        self._end: int | None = None
        self._empty_answers: Counter[int] = Counter()
        self._seconds = 0.0
        self._since: float | None = None

    @property
    def progress(self) -> Progress:
        """How far it is now."""
        seconds = self._seconds + (self._clock() - self._since if self._since is not None else 0.0)
        wanted = min(self.limit, self.total) if self._trusts_total and self.total is not None else None
        return Progress(self._loaded, wanted, self._loaded / seconds if seconds > 0 else 0.0)

    @property
    def can_go_on(self) -> bool:
        """Whether ``run`` could bring more: it failed, or was stopped, and the server pages that deep."""
        return not self.finished and not isinstance(self.error, OffsetRefused)

    async def run(self) -> None:
        """Load until all is there, something fails, or the task is cancelled. Never raises ``SearchError``: see ``error``."""
        self.error = None
        self._since = self._clock()
        running: dict[asyncio.Task[Page], Span] = {}
        try:
            while True:
                while (span := self._take_next(len(running))) is not None:
                    running[asyncio.create_task(self._source.fetch(self._query, span.start, span.size))] = span
                if not running:
                    break
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    self._take(running.pop(task), task)
                self._progressed()
        finally:
            for task, span in running.items():
                task.cancel()
                self._missing.append(span)
            self._seconds += self._clock() - self._since
            self._since = None
        self.finished = self.error is None

    def hold(self) -> Steps[Held]:
        """What came, in the result's order, each lead once."""
        parts = [self._pages[offset] for offset in sorted(self._pages)]
        whole = self.finished and self._loaded < self.limit
        total = self.total if self._trusts_total else None
        held = yield from hold(parts, self.limit, total, by_loading=True)
        if whole:
            # Repeated leads, and a count that was never right, leave fewer than were counted; still none is missing.
            return replace(held, total=len(held.rows))
        return held

    def _stop(self) -> int:
        """Where to stop asking."""
        ends = [self.limit]
        if self._end is not None:
            ends.append(self._end)
        if self._trusts_total and self.total is not None:
            ends.append(self.total)
        return min(ends)

    def _take_next(self, running: int) -> Span | None:
        """The next request to make while *running* are under way; None for none now."""
        most = tuning.REQUESTS_IN_FLIGHT if self._trusts_total else 1
        if self.error is not None or running >= most:
            return None
        stop = self._stop()
        while self._missing:
            span = self._missing.pop(0)
            if span.start < stop:
                return span
        if self._next >= stop:
            return None
        # Not cut at the total: rows behind it show that it lies.
        span = Span(self._next, min(self._next + tuning.MOST_LIMIT, self.limit))
        self._next = span.stop
        return span

    def _take(self, span: Span, task: asyncio.Task[Page]) -> None:
        try:
            page = task.result()
        except SearchError as error:
            if isinstance(error, OffsetRefused) and span.start > 0:
                self._end = min(span.start, self._end if self._end is not None else span.start)
            else:
                self._missing.append(span)
            self.error = self.error or error
            return
        rows, ids = page.rows[: span.size], page.ids[: span.size]
        is_new = self._note(rows, ids)
        if rows and span.start not in self._pages:
            self._pages[span.start] = (rows, ids)
            self._loaded += len(rows)
        reach = span.start + len(rows)
        if page.total is not None and self._trusts_total:
            self.total = page.total
            self._trusts_total = reach <= page.total or not rows
        if not self._trusts_total:
            self._go_on_in_sequence(reach, is_new)
        elif reach < min(span.stop, self._stop()):
            self._ask_for_rest(Span(reach, span.stop), bool(rows))

    def _go_on_in_sequence(self, reach: int, is_new: bool) -> None:
        if is_new:
            self._next = max(reach, max((start + len(rows) for start, (rows, _) in self._pages.items()), default=0))
        else:
            self._end = reach

    def _ask_for_rest(self, rest: Span, came_some: bool) -> None:
        """A page came short: its rest is asked for again; three times where nothing comes at all."""
        self._missing.append(rest)
        if came_some:
            return
        self._empty_answers[rest.start] += 1
        if self._empty_answers[rest.start] > tuning.SHORT_PAGE_ATTEMPTS:
            self._empty_answers.clear()
            self.error = self.error or UnreadableAnswer("The server sent fewer leads than it counts")

    def _note(self, rows: Sequence[Row], ids: Sequence[int]) -> bool:
        """Remember the leads of a page; whether any of them is new."""
        before = len(self._seen)
        # Without an id a lead is known by its bytes.
        self._seen.update(identity or id_number(f"row {bytes(row)!r}") for row, identity in zip(rows, ids, strict=True))
        return len(self._seen) > before
