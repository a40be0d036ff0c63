"""Read a whole result, each lead once, for exports and snapshots: by offset, then in windows if the server stops paging.

It can resume an earlier reading of the same result from the place that its last part contains. A result that changes while it is
read is checked again at the end, so that leads reported as missing are really missing.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated, Final

from msgspec import Meta, Struct, convert, field, to_builtins
from msgspec.structs import asdict, replace

from lead_tui import limits
from lead_tui.leads.errors import ApplicationError, SearchError, UnreadableAnswer
from lead_tui.leads.lead import Row, decode_row, first_id
from lead_tui.leads.page import UNSENDABLE, Page, PageSource, Part
from lead_tui.leads.query import Query
from lead_tui.paging.offset_pages import UNLIMITED, NewRows, OffsetPages, add_new
from lead_tui.paging.page_sources import unsendable_number

_Count = Annotated[int, Meta(ge=0)]


class _Place(Struct, omit_defaults=True, kw_only=True):
    """How far a result has been read: another reading resumes from it."""

    offset: _Count = 0
    last: int = 0  # the number of the row before ``offset``; 0 if unknown
    total: _Count | None = None  # the server's last count of the whole result
    first_total: _Count | None = None  # its first one
    given: _Count = 0  # leads returned, including those of the earlier reading
    repeated: _Count = 0  # rows left out because their lead is also in an earlier row of the result
    unsendable: list[int] = []  # the rows of the result, counted from 1, whose leads the server cannot send
    has_shifted: bool = False
    has_gap: bool = False  # whether leads may be missing that no count shows, since the result changed faster than it could be read
    depth: _Count | None = None  # the offset at which the server stops paging; None if unknown
    windows: list[Window] = []  # those that still have to be read, the next one last
    by_offset: _Count = 0  # leads returned before the first window
    outside: _Count = 0  # those of them that are in no window that has been read
    window_rows: _Count = 0  # rows of the windows that have been read


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
    _trusts_total: bool = True  # whether the received leads do not contradict the total
    _cut_at: int | None = None
    """Where the server stops paging without saying how many leads match."""
    _known: set[int] = set()
    _outside: set[int] = set()
    """The leads read by offset, without those that were then in a window."""
    _most: int = UNLIMITED

    def __post_init__(self) -> None:
        if self.place is not None:
            for name, value in asdict(convert(self.place, _Place)).items():
                setattr(self, name, value)
        self._most = UNLIMITED if self.limit is None else self.limit
        self._known = {*self.known, *(unsendable_number(row - 1) for row in self.unsendable)}
        self._outside = set(self.known[: self.by_offset])
        self.known = self.known[-self.page_rows :]

    @property
    def _pages(self) -> partial[OffsetPages]:
        return partial(
            OffsetPages, source=self.source, wanted=lambda: self._wanted, in_flight=self.in_flight, page_rows=self.page_rows
        )

    @property
    def moved(self) -> bool:
        """Whether the server's count was different in the end."""
        return self._trusts_total and self.total != self.first_total and None not in (self.total, self.first_total)

    @property
    def missing(self) -> int:
        """The number of leads that the server counts and that were wanted but not received."""
        return max(0, min((self.total or 0) - self.repeated, self._most) - self.given - len(self.unsendable))

    @property
    def end(self) -> int | None:
        """How many rows the result has, after ``parts`` has ended; None if not all were read."""
        if self._wanted <= 0 or self._shortfall_of_count() is not None:
            return None
        return self.given + self.repeated + len(self.unsendable)

    def shortfall(self) -> SearchError | None:
        """Return why matching leads are missing after ``parts`` has ended; None if all that were wanted were received."""
        shortfall = self._shortfall_of_count()
        if not self.unsendable:
            return shortfall
        message = _could_not_be_read(self.unsendable)
        if shortfall is None:
            return UnreadableAnswer(message, remedy="the server cannot send them: contact its administrator")
        return SearchError(f"{message}; besides, {shortfall.message}", remedy=shortfall.remedy)

    def _shortfall_of_count(self) -> SearchError | None:
        missing, counted = self.missing, f"{self.total:,}" if self.total is not None else ""
        if self._ignores_offset and (missing or self.total is None) and self._wanted:
            came = f"{self.given:,} of {counted} leads" if counted else f"{self.given:,} leads"
            return SearchError(
                f"The server sends the same page for every offset: only {came} could be read",
                remedy="narrow the search until its result fits on one page",
            )
        if self._cut_at is not None:
            return SearchError(
                f"More leads may match than the {self.given:,} that came: the server pages no deeper than {self._cut_at:,}",
                remedy="narrow the search to get at them",
            )
        if missing and self.depth is not None:
            return SearchError(
                f"{missing:,} of {counted} leads cannot be reached, not even by time, list and status, since the server pages no "
                f"deeper than {self.depth:,}; the other {self.given:,} came",
                remedy="narrow the search to get at them",
            )
        if missing:
            leads = "1 lead" if missing == 1 else f"{missing:,} leads"
            changed = self.has_shifted or self.moved
            counts_more = f"the server counts more than the {self.given:,} it sent"
            reason = "the result changed while it was read" if changed else counts_more
            return SearchError(f"{leads} of {counted} could not be read: {reason}", remedy="search again")
        if self.has_gap:
            return SearchError("Leads may be missing: the result changed faster than it could be read", remedy="search again")
        return None

    async def parts(self) -> AsyncGenerator[Part]:
        """Yield the leads, a page at a time. Raises ``SearchError``."""
        for stage in (self._by_offset, self._by_window, self._recheck):
            async with aclosing(stage()) as parts:
                async for part in parts:
                    yield part

    # By offset

    async def _by_offset(self) -> AsyncGenerator[Part]:
        if self.depth is not None:
            return
        tail: Sequence[int] = [*self.known, *([self.last] if self.last else [])]
        # A total that is not larger than what was received cannot be relied on.
        total = self.total if self.offset < (self.total or 0) else None
        pages = self._pages(
            query=self.query,
            known=self._known,
            offset=self.offset,
            page=tail,
            total=total,
            has_shifted=self.has_shifted,
            repeated=self.repeated,
        )
        async with aclosing(pages.new_rows()) as found:
            async for new in found:
                self._note(new.page)
                self.offset, self.last, self.repeated = pages.offset, pages.last, pages.repeated
                self.has_shifted = pages.has_shifted
                self.has_gap |= pages.has_gap
                if new.rows:
                    yield self._part(new, pages, self.unsendable)
        self.repeated = pages.repeated
        self.has_gap |= pages.has_gap
        self._ignores_offset, self._trusts_total = pages.ignores_offset, pages.trusts_total
        if pages.depth is not None and self._wanted:
            if self.total is not None and self.total > pages.depth:
                self.depth = pages.depth
                self.windows = [whole(self.query, self.today)]
                # The windows contain these rows, too.
                self.repeated, self.unsendable = 0, []
                self.by_offset = self.outside = self.given
                self._outside = set(self._known)
            elif not pages.trusts_total:
                self._cut_at = pages.depth

    async def _recheck(self) -> AsyncGenerator[Part]:
        """Look for leads that were missed because of shifts, from the first row on, with a bounded number of requests."""
        if self.depth is not None or not (self.has_shifted or self.missing):
            return
        total = self.total if self._trusts_total else None
        pages = self._pages(query=self.query, known=set(), total=total, in_flight=1, is_recheck=True)
        requests = 0
        async with aclosing(pages.new_rows()) as found:
            async for each in found:
                self._note(each.page)
                if (new := self._unknown(each)).rows:
                    yield self._part(new, pages, self.unsendable)
                requests += 1
                is_counted = pages.trusts_total
                if requests == limits.RECHECK_REQUESTS or (is_counted and not (new.rows or self.missing or self.has_gap)):
                    # Without a count, only a complete pass without changes shows that nothing is missing.
                    self.has_gap |= not is_counted
                    return
        self.has_gap = pages.has_gap or (pages.has_shifted and not pages.trusts_total)

    @property
    def _wanted(self) -> int:
        return self._most - self.given - len(self.unsendable)

    def _note(self, page: Page) -> None:
        self.total, self.text, self.left_out = page.total, page.text, page.left_out
        if self.first_total is None:
            self.first_total = page.total

    def _unknown(self, new: NewRows) -> NewRows:
        """Return those of *new* whose leads were not returned before."""
        page, rows, numbers = new
        places = add_new(self._known, numbers)
        return NewRows(page, [rows[place] for place in places], [numbers[place] for place in places])

    def _part(self, new: NewRows, pages: OffsetPages, unsendable: list[int]) -> Part:
        """Return *new* as a part; add those of its rows whose leads cannot be sent to *unsendable*."""
        _, rows, numbers = new
        if pages.unsendable:
            before = self.given + self.repeated + len(self.unsendable) + len(unsendable)
            for nth, number in enumerate(numbers, before):
                if (offset := pages.unsendable.get(number)) is not None:
                    # Offsets in a window are relative to the window: there, rows are counted in the order of reading.
                    unsendable.append((offset if self.depth is None else nth) + 1)
            sent = [place for place, row in enumerate(rows) if row is not UNSENDABLE]
            rows, numbers = [rows[place] for place in sent], [numbers[place] for place in sent]
        # A server may send more than was requested.
        if len(rows) > self._wanted:
            rows, numbers = rows[: self._wanted], numbers[: self._wanted]
        self.given += len(rows)
        place = _Place(**{name: getattr(self, name) for name in _Place.__struct_fields__})
        return Part(rows, numbers, to_builtins(place))

    # In windows

    async def _by_window(self) -> AsyncGenerator[Part]:
        while self.windows and self._wanted > 0:
            window = self.windows[-1]
            if window.total is None:
                window = self.windows[-1] = await self._counted(window)
            if window.total == 0:
                self.windows.pop()
                continue
            too_deep = self.depth if window.total is not None and self.depth is not None and window.total > self.depth else None
            if too_deep is not None and (halves := await self._halves(window)):
                self.windows[-1:] = reversed(halves)
                continue
            # If it is too deep, only the pages that the server returns.
            stop = UNLIMITED if too_deep is None else too_deep
            query = window.query(self.query)
            pages = self._pages(query=query, known=set(), total=window.total, stop=stop)
            observed: dict[str, dict[str, None]] = {name: {} for name in VALUES}
            unsendable: list[int] = []
            numbers: list[int] = []
            async with aclosing(pages.new_rows()) as found:
                async for each in found:
                    if too_deep is not None:
                        _note_values(each.page.rows, observed)
                    # Their numbers stand for offsets, which other windows have, too.
                    self._known.difference_update(pages.unsendable)
                    numbers += each.numbers
                    if (new := self._unknown(each)).rows:
                        yield self._part(new, pages, unsendable)
            self.has_gap |= pages.has_gap
            if pages.depth and (too_deep is None or pages.depth < too_deep):
                # Paging stops earlier here than elsewhere: the window is tried again with what is known now.
                self.depth = min(self.depth or pages.depth, pages.depth)
                self.windows[-1] = replace(window, total=max(window.total or 0, self.depth + 1))
            else:
                self.windows.pop()
                parts = window.by_value(self.query, observed) if too_deep is not None else []
                self.windows += reversed(parts)
                if not parts:
                    self.unsendable += unsendable
                    self._count_rows(numbers, len(numbers) - len(unsendable) + pages.repeated)
        if self.depth is not None and self.missing:
            latest = (await self.source.fetch(self.query, 0, 1)).total
            self.total = self.total if latest is None else latest

    def _count_rows(self, numbers: Sequence[int], rows: int) -> None:
        """Note that a window has been read: its leads *numbers*, in *rows*; a lead may be in other windows, too."""
        if self._wanted <= 0:
            # Some of the rows were not returned.
            return
        outside = len(self._outside)
        self._outside.difference_update(numbers)
        self.outside = max(0, self.outside - outside + len(self._outside))
        self.window_rows += rows
        # Windows may overlap, too: more rows than the server counts are not those of the result.
        rows = self.window_rows if self.total is None else min(self.window_rows, self.total)
        self.repeated = max(0, rows - self.given + self.outside)

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
        page = await self.source.fetch(window.query(self.query), 0, 1)
        # Without rows, some servers leave the count out.
        return replace(window, total=page.total if page.rows or page.total is not None else 0)


def _could_not_be_read(rows: Sequence[int]) -> str:
    """Return ``2 leads could not be read: rows 7 and 3,333``, with only the first of many rows."""
    shown = [f"{row:,}" for row in sorted(rows)[: limits.MAX_ROWS_NAMED]]
    if len(rows) == 1:
        return f"1 lead could not be read: row {shown[0]}"
    last = f"{len(rows) - len(shown):,} more" if len(rows) > len(shown) else shown.pop()
    return f"{len(rows):,} leads could not be read: rows {', '.join(shown)} and {last}"


def _note_values(rows: Sequence[Row], observed: Mapping[str, dict[str, None]]) -> None:
    for row in rows:
        sent = decode_row(row).sent
        for name, values in observed.items():
            if text := first_id(sent.get(name)):
                values[text] = None


# Windows of ``created_at``

FROM, TO = "created_at_start_date", "created_at_end_date"

EARLIEST: Final = datetime(1970, 1, 1)
"""Where halving begins. Earlier leads, and those with a zero date, stay in the first window."""

VALUES: Final = ("list_id", "status")
"""The fields that divide leads created in the same second, in this order."""

_FORMAT = "%Y-%m-%d %H:%M:%S"


class Window(Struct, frozen=True, array_like=True):
    """The leads created from *low* to *high*, inclusive, in the account's zone, that also have the *values*."""

    low: datetime
    high: datetime
    sends_low: bool = False
    """Whether *low* is sent; otherwise the query's own bound applies, if it has one, and *low* is only for halving."""
    sends_high: bool = False
    values: tuple[tuple[str, str], ...] = ()
    total: int | None = None  # the server's count of its leads; None until it is known

    def query(self, query: Query) -> Query:
        """Return *query*, whose dates are fixed, for only the leads in this window."""
        sent = dict(query)
        if self.sends_low:
            sent[FROM] = self.low.strftime(_FORMAT)
        if self.sends_high:
            sent[TO] = self.high.strftime(_FORMAT)
        return replace(query, filters=tuple((sent | dict(self.values)).items()))

    def halves(self) -> tuple[Window, Window]:
        """Return its two halves, the earlier one first."""
        seconds = int((self.high - self.low).total_seconds())
        middle = self.low + timedelta(seconds=seconds // 2)
        return (
            replace(self, high=middle, sends_high=True, total=None),
            replace(self, low=middle + timedelta(seconds=1), sends_low=True, total=None),
        )

    def by_value(self, query: Query, known: Mapping[str, Iterable[str]]) -> list[Window]:
        """Return a window for each list in *known*, or for each status if lists are already separate; else none.

        *known* has the values of the readable leads in this window, by ``VALUES``; other values are unknown.
        """
        for name in VALUES:
            if name in dict(self.values) or (query.value(name) and "," not in query.value(name)):
                continue
            return [replace(self, values=(*self.values, (name, value)), total=None) for value in known.get(name, ())]
        return []


def whole(query: Query, today: date) -> Window:
    """Return the window of all leads of *query*, whose dates are fixed; until tomorrow if it has no end."""
    low = date.fromisoformat(query.value(FROM)[:10] or EARLIEST.date().isoformat())
    high = date.fromisoformat(query.value(TO)[:10] or (today + timedelta(days=1)).isoformat())
    return Window(datetime.combine(low, time()), datetime.combine(max(low, high), time(23, 59, 59)))
