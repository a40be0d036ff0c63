"""Read a whole result, each lead once, for exports and loads: by offset, then in windows if the server stops paging.

It can resume an earlier reading of the same result from the place that its last part contains. A result that changes while it is
read is checked again at the end, so that leads reported as missing are really missing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import TYPE_CHECKING, Final, TypeVar, cast

from msgspec import Struct, convert, field, to_builtins
from msgspec.structs import asdict, replace

from lead_tui import limits
from lead_tui.leads.columns import Steps, run
from lead_tui.leads.errors import ApplicationError, SearchError, UnreadableAnswer
from lead_tui.leads.lead import Row, decode_row, first_id
from lead_tui.leads.page import Page, PageSource, Part, Progress
from lead_tui.leads.query import Query
from lead_tui.leads.text import counted
from lead_tui.paging.offset_pages import Count, OffsetPages, Reading
from lead_tui.paging.page_sources import add_new, known_total, plausible_total

if TYPE_CHECKING:
    # Exports come without what narrows and sorts.
    from lead_tui.paging.snapshot import SnapshotRows

T = TypeVar("T")


class _Place(Reading, omit_defaults=True, kw_only=True):
    """How far a result has been read: another reading resumes from it."""

    first_total: Count | None = None  # the server's first count of the whole result; ``total`` is the last one
    given: Count = 0  # leads returned, including those of the earlier reading
    unsendable: list[int] = field(default_factory=list)  # rows, counted from 1, whose leads the server cannot send
    depth: Count | None = None  # the offset at which the server stops paging; None if unknown
    windows: list[Window] = field(default_factory=list)  # those that still have to be read, the next one last


class ReadAll(_Place, eq=False):
    """Reads the leads that match *query*, whose dates are fixed: at most *limit* different ones, None for all.

    Iterate over ``parts`` once; the attributes describe what has been read so far. *place* is the ``after`` of the last part of an
    earlier reading, *known* the numbers of all leads that it returned, in order. *total* is the server's count, None if it is not
    known. *today* is the account's day. Raises ``ValidationError``, a ``ValueError``, for an invalid place.
    """

    source: PageSource
    query: Query
    limit: int | None = None
    in_flight: int = limits.REQUESTS_IN_FLIGHT
    today: date = field(default_factory=date.today)
    place: Mapping[str, object] | None = None
    known: Sequence[int] = ()
    page_rows: int = limits.MAX_LIMIT

    text: str = ""  # the server's message, if it sent one instead of leads
    left_out: int = 0  # leads that were left out for another country code
    _ignores_offset: bool = False
    _known: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.place is not None:
            for name, value in asdict(convert(self.place, _Place)).items():
                setattr(self, name, value)
        self._known, self.known = set(self.known), ()

    @property
    def moved(self) -> bool:
        """Whether the server's count was different in the end."""
        return self.total != self.first_total and None not in (self.total, self.first_total)

    @property
    def missing(self) -> int:
        """The number of leads that the server counts and that were wanted but not received."""
        return max(0, min((self.total or 0) - self.repeated, self.limit or limits.MAX_ROWS) - self.given - len(self.unsendable))

    @property
    def _wanted(self) -> int:
        return (self.limit or limits.MAX_ROWS) - self.given - len(self.unsendable)

    def shortfall(self) -> SearchError | None:
        """Return why matching leads are missing after ``parts`` has ended; None if all that were wanted were received."""
        shortfall = self._shortfall_of_count()
        if not self.unsendable:
            return shortfall
        message = f"{counted(len(self.unsendable))} could not be read"
        if self.depth is None:
            first = ", ".join(f"{row:,}" for row in sorted(self.unsendable)[: limits.MAX_ROWS_NAMED])
            more = ", …" if len(self.unsendable) > limits.MAX_ROWS_NAMED else ""
            message += f": row{'s' if len(self.unsendable) > 1 else ''} {first}{more}"
        if shortfall is None:
            return UnreadableAnswer(message, remedy="contact the administrator of the server")
        return SearchError(f"{message}; also, {shortfall.message}", remedy=shortfall.remedy)

    def _shortfall_of_count(self) -> SearchError | None:
        if self._ignores_offset:
            reason, remedy = "the server sends the same page for every offset", "narrow the search until it fits on one page"
        elif self.depth is not None:
            reason, remedy = f"the server pages no deeper than {self.depth:,}", "narrow the search to get at them"
        elif self.has_shifted or self.moved:
            reason, remedy = "the result changed while it was read", "search again"
        else:
            reason, remedy = f"the server counts more than the {self.given:,} it sent", "search again"
        if self.missing:
            return SearchError(f"{counted(self.missing)} of {self.total:,} could not be read: {reason}", remedy=remedy)
        has_more = self.total is None and self._wanted and (self._ignores_offset or self.depth is not None)
        return SearchError(f"Leads may be missing: {reason}", remedy=remedy) if has_more or self.has_gap else None

    async def parts(self) -> AsyncGenerator[Part]:
        """Yield the leads, a page at a time. Raises ``SearchError``."""
        for stage in (self._by_offset, self._by_window, self._recheck):
            async with aclosing(stage()) as parts:
                async for part in parts:
                    yield part

    def _pages(self, query: Query, known: set[int], done: Reading, stop: int = limits.MAX_ROWS) -> OffsetPages:
        return OffsetPages(
            source=self.source,
            query=query,
            known=known,
            wanted=lambda: self._wanted,
            in_flight=self.in_flight,
            page_rows=self.page_rows,
            done=done,
            stop=stop,
        )

    async def _by_offset(self) -> AsyncGenerator[Part]:
        if self.depth is not None:
            return
        pages = self._pages(self.query, self._known, self)
        async with aclosing(pages.new_rows()) as found:
            async for page, rows, numbers in found:
                self._note(page)
                self.unsendable += [offset + 1 for offset in page.unsendable if offset + 1 not in self.unsendable]
                if rows or page.unsendable:
                    yield self._part(rows, numbers)
        self._ignores_offset = pages.ignores_offset
        if self._ignores_offset and self.total is None:
            # A page of one lead shows whether the server counts only the leads of a page.
            self.total = known_total(await self.source.fetch(self.query, 0, 1))
        if pages.depth is not None and self._wanted and (self.total is None or self.total > self.offset):
            self.depth = pages.depth
            if self.total is not None:
                self.windows = [replace(widest_window(self.query, self.today), total=self.total)]
                # The windows contain these rows, too.
                self.repeated, self.unsendable = 0, []

    async def _recheck(self) -> AsyncGenerator[Part]:
        """Look for leads that were missed because of shifts, from the first row on, with a bounded number of requests."""
        if self.depth is not None or not (self.has_shifted or self.missing):
            return
        done = Reading(total=self.total)
        pages = self._pages(self.query, set(), done)
        requests = 0
        async with aclosing(pages.new_rows()) as found:
            async for page, rows, numbers in found:
                self.total = done.total
                self._note(page)
                part = self._unknown(rows, numbers)
                if part.rows:
                    yield part
                requests += 1
                if self.total is not None and not (part.rows or self.missing or self.has_gap):
                    return
                if requests == limits.RECHECK_REQUESTS:
                    # Without a count, only a complete pass without changes shows that nothing is missing.
                    self.has_gap = self.has_gap or self.total is None
                    return
        self._ignores_offset = pages.ignores_offset
        self.has_gap = done.has_gap or (done.has_shifted and self.total is None)
        if not done.has_shifted:
            self.repeated = done.repeated

    def _note(self, page: Page) -> None:
        self.text, self.left_out = page.text, page.left_out
        if self.first_total is None:
            self.first_total = self.total

    def _unknown(self, rows: Sequence[Row], numbers: Sequence[int]) -> Part:
        """Return those of *rows* whose leads were not returned before."""
        new = add_new(self._known, numbers)[: self._wanted]
        return self._part([rows[place] for place in new], [numbers[place] for place in new])

    def _part(self, rows: Sequence[Row], numbers: Sequence[int]) -> Part:
        self.given += len(rows)
        return Part(rows, numbers, to_builtins(_Place(**{name: getattr(self, name) for name in _Place.__struct_fields__})))

    async def _by_window(self) -> AsyncGenerator[Part]:
        while self.windows and self._wanted > 0 and self.depth is not None:
            window = self.windows[-1]
            if window.total is None:
                window = self.windows[-1] = await self._counted(window)
            is_too_deep = window.total is not None and window.total > self.depth
            if is_too_deep and (halves := await self._halves(window)):
                self.windows[-1:] = reversed(halves)
                continue
            # Of a window that is too deep, only the pages that the server returns, whose leads say how to divide it.
            key = window.divisor(self.query) if is_too_deep else ""
            values: dict[str, None] = {}
            done = Reading(total=window.total)
            pages = self._pages(window.query(self.query, self.today), set(), done, self.depth)
            unsendable: set[int] = set()
            async with aclosing(pages.new_rows()) as found:
                async for page, rows, numbers in found:
                    if key:
                        values |= dict.fromkeys(first_id(decode_row(row).sent.get(key)) for row in page.rows)
                    unsendable.update(page.unsendable)
                    part = self._unknown(rows, numbers)
                    if part.rows:
                        yield part
            self.has_gap = self.has_gap or done.has_gap
            self.windows.pop()
            values.pop("", None)
            if values:
                self.windows += reversed([replace(window, values=(*window.values, (key, value)), total=None) for value in values])
            else:
                self.unsendable += unsendable
                self.repeated += done.repeated
        if self.depth is not None and self.missing:
            latest = plausible_total(await self.source.fetch(self.query, 0, 1))
            self.total = self.total if latest is None else latest

    async def _halves(self, window: Window) -> list[Window]:
        """Return the halves of *window*, counted; none if it has none, or if the server ignores times, as their sum shows."""
        if window.low == window.high:
            return []
        try:
            halves = [await self._counted(half) for half in window.halves()]
        except ApplicationError:
            return []
        # Leads may have been inserted or deleted between the counts. A half without a count may have all leads, too.
        most = window.total or 0
        counts = [most if half.total is None else half.total for half in halves]
        return [] if sum(counts) >= limits.SAME_HALVES * most else halves

    async def _counted(self, window: Window) -> Window:
        page = await self.source.fetch(window.query(self.query, self.today), 0, 1)
        # Without rows, some servers leave the count out.
        return replace(window, total=plausible_total(page) if page.rows else 0)


# Windows of ``created_at``

FROM, TO = "created_at_start_date", "created_at_end_date"
EARLIEST: Final = "1970-01-01"  # where halving begins; earlier leads, and those with a zero date, stay in the first window
VALUES: Final = ("list_id", "status")  # the fields that divide leads created in the same second, in this order


class Window(Struct, frozen=True, array_like=True):
    """The leads created from *low* to *high*, inclusive, in the account's zone, that also have the *values*."""

    low: datetime
    high: datetime
    values: tuple[tuple[str, str], ...] = ()
    total: int | None = None  # the server's count of its leads; None until it is known

    def query(self, query: Query, today: date) -> Query:
        """Return *query*, whose dates are fixed, for the leads in this window; where the result itself ends, it is unchanged."""
        sent, outer = dict(query), widest_window(query, today)
        if self.low > outer.low:
            sent[FROM] = str(self.low)
        if self.high < outer.high:
            sent[TO] = str(self.high)
        return replace(query, filters=tuple((sent | dict(self.values)).items()))

    def halves(self) -> tuple[Window, Window]:
        """Return its two halves, the earlier one first."""
        seconds = int((self.high - self.low).total_seconds())
        middle = self.low + timedelta(seconds=seconds // 2)
        return replace(self, high=middle, total=None), replace(self, low=middle + timedelta(seconds=1), total=None)

    def divisor(self, query: Query) -> str:
        """Return the next field by which its leads can be divided: the list, or the status if lists are already separate, or ""."""
        several = (name for name in VALUES if not query.value(name) or "," in query.value(name))
        return next((name for name in several if name not in dict(self.values)), "")


def widest_window(query: Query, today: date) -> Window:
    """Return the window of all leads of *query*, whose dates are fixed; until tomorrow if it has no end."""
    low = date.fromisoformat(query.value(FROM)[:10] or EARLIEST)
    high = date.fromisoformat(query.value(TO)[:10] or (today + timedelta(days=1)).isoformat())
    return Window(datetime.combine(low, time_of_day()), datetime.combine(max(low, high), time_of_day(23, 59, 59)))


# Into a snapshot


async def in_turns(steps: Steps[T]) -> T:
    """Run *steps*, ``TURN_SECONDS`` at a time. Canceling the caller's task ends them."""
    until = time.perf_counter() + limits.TURN_SECONDS
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("T", end.value)
        if time.perf_counter() >= until:
            # A key passes through several queues before it is handled: each is a pass of the loop, nearly free while it is idle.
            for _ in range(limits.PASSES_BETWEEN_TURNS):
                await asyncio.sleep(0)
            until = time.perf_counter() + limits.TURN_SECONDS


class LoadAll(Struct, eq=False):
    """Loads the first *limit* leads that match *query*, whose dates are fixed, into *rows*.

    ``rows.total`` is the server's count; None if there is none. *progressed* is called on the event loop after each page. ``run``
    may be called again after a failure or a cancellation: it resumes after the last page received.
    """

    source: PageSource
    query: Query
    rows: SnapshotRows
    limit: int = limits.LOAD_ALL_LIMIT
    progressed: Callable[[], None] = lambda: None

    progress: Progress = field(default_factory=Progress)
    error: SearchError | None = None  # what stopped it, or why leads are missing at its end; received rows are kept
    finished: bool = False  # whether it was read to its end or to the limit: ``run`` would add nothing
    _place: Mapping[str, object] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._note_total(self.rows.total)

    async def run(self) -> None:
        """Load until all is there, something fails, or the task is canceled. Never raises ``SearchError``: see ``error``."""
        # A run that was just canceled may not have ended yet.
        async with self._turn:
            self.error = None
            self.progress.resume(self.progress.done)
            reading = ReadAll(self.source, self.query, self.limit, total=self.rows.total, place=self._place, known=self.rows.ids)
            try:
                async with aclosing(reading.parts()) as parts:
                    async for part in parts:
                        await self._add(part)
                        self._note_total(reading.total)
                        self.progressed()
                self.error, self.finished = reading.shortfall(), True
                # Repeated leads leave fewer than were counted; still, none is missing.
                is_whole = self.error is None and self.progress.done < self.limit
                self._note_total(len(self.rows) if is_whole else reading.total)
            except SearchError as error:
                self.error = error
            self.progressed()

    def _note_total(self, total: int | None) -> None:
        self.rows.total = total
        self.progress.total = min(self.limit, total) if total is not None else None

    async def _add(self, part: Part) -> None:
        adding = self.rows.add(part.rows, part.numbers)
        try:
            await in_turns(adding)
        finally:
            # Also after a cancellation: otherwise a page that was added in part would be added again.
            run(adding)
            self._place = part.after
            self.progress.done += len(part.rows)
