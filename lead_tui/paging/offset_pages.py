"""Read the leads of one query by offset, with several requests at a time, although the result may shift meanwhile.

Each request begins with the last row of the previous page. If that row is on the page, the two pages meet. If it is not, leads were
inserted or deleted in between: reading resumes further back, where the result meets the rows read before. Pages that arrive early
wait in memory for their turn: at most as many as there are requests in flight.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Final, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.errors import OffsetRefused
from lead_tui.leads.lead import Row
from lead_tui.leads.page import UNSENDABLE, Page, PageSource, Span
from lead_tui.leads.query import Query
from lead_tui.paging.page_sources import counts_itself, numbers_of, retrieve_error, unsendable_number

UNLIMITED: Final = 1 << 60


class NewRows(NamedTuple):
    """The rows of *page* that are new, with their numbers (``leads.page.Part``); may be empty."""

    page: Page
    rows: Sequence[Row]
    numbers: Sequence[int]


class OffsetPages(Struct, eq=False, kw_only=True):
    """Reads *query*, whose dates are fixed, from *offset* on, and not beyond *stop*. Iterate over ``new_rows`` once.

    The attributes before ``depth`` are given; those up to ``unsendable`` describe what has been read so far.
    """

    source: PageSource
    query: Query
    known: set[int]  # the numbers of the leads that were returned
    wanted: Callable[[], int]  # returns how many more leads may be requested
    in_flight: int
    page_rows: int
    total: int | None  # the server's count, by the last page that was returned; without one, reading waits for the first page
    offset: int = 0  # after the last page that was returned
    stop: int = UNLIMITED
    page: Sequence[int] = ()  # the numbers of the last rows that were returned, also those of an earlier reading
    has_shifted: bool = False  # whether leads were inserted or deleted while the result was read
    is_recheck: bool = False  # whether no rows after the last page show no change
    repeated: int = 0  # rows whose lead is also in an earlier row of the result, also those of an earlier reading

    depth: int | None = None
    """Where the server stops paging: the offset that it refuses (7231), or past which it repeats itself or sends nothing."""
    trusts_total: bool = False  # whether no page contradicts the total
    ignores_offset: bool = False  # whether the server sends its first page for every offset
    unsendable: dict[int, int] = {}
    """The offsets of leads that the server cannot send, by the numbers that stand for their rows."""

    _was_counted: bool = False
    _next: int = 0
    _overlap: int = 1
    _page_start: int = 0
    _furthest: int = 0
    _spare_seams: int = limits.SEAM_REQUESTS  # how many more pages may fail to meet the previous one
    _back: int = 0  # rows by which to go back, since the last page did not meet the previous one; 0 if it did
    _empty_answers: int = 0
    _is_torn: bool = False  # whether two pages could not be joined, since the result changed with every request
    _has_skipped: bool = False  # whether the rest of a page was given up
    _skipped_pages: int = 0  # pages given up since a row beyond all earlier ones was received
    _stale_rows: int = 0
    _stale_repeated: int = 0
    _reach_of_new: int = 0
    _requests: deque[tuple[Span, asyncio.Task[Page]]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._next = self._page_start = self._furthest = self._reach_of_new = self.offset
        self.trusts_total = self._was_counted = self.total is not None

    @property
    def last(self) -> int:
        """The number of the row before ``offset``; 0 if unknown."""
        return self.page[-1] if self.page else 0

    @property
    def has_gap(self) -> bool:
        """Whether leads may have been missed: after a shift, the rows that were given up may be other leads."""
        return self._is_torn or (self._has_skipped and self.has_shifted)

    async def new_rows(self) -> AsyncGenerator[NewRows]:
        """Yield the new rows of each page. Raises ``SearchError``, unless ``depth`` reports it."""
        try:
            while self._request_more():
                span, task = self._requests.popleft()
                try:
                    page = await task
                except OffsetRefused:
                    if span.start == 0:
                        raise
                    # A page of one lead is not requested again: without a count of more, the result ends after it.
                    if self.total != self.offset and (span.start < self.offset or (self.total or 0) > span.start):
                        self.depth = span.start
                    break
                if not page.rows and page.total is None:
                    # Without rows, some servers leave the count out.
                    page = replace(page, total=self.total)
                numbers = numbers_of(page)
                begin = self._seam(span, page, numbers)
                if begin is None:
                    self._go_back(page)
                    continue
                new = self._new_rows(span, page, numbers, begin)
                is_end = self._is_end(span, page, numbers, begin, new)
                self._take(span, page, numbers)
                yield new
                if is_end:
                    break
        finally:
            self._cancel_requests()
        self.trusts_total = self.trusts_total or self.total == self.offset
        if self.depth is None:
            self.repeated += self._stale_repeated

    # Requests

    def _request_more(self) -> bool:
        """Keep as many requests in flight as allowed; return whether there are any."""
        most = self.in_flight if self.trusts_total and not self._back else 1
        while len(self._requests) < most:
            rows = min(self.page_rows, self.wanted() - (self._next - self.offset), self.stop - self._next)
            is_at_end = self.trusts_total and self.total is not None and self._next >= self.total
            if rows <= 0 or (is_at_end and not self._back):
                break
            start = self._next - self._overlap_before(self._next)
            self._request(Span(start, start + min(self.page_rows, rows + self._next - start)))
        return bool(self._requests)

    def _overlap_before(self, offset: int) -> int:
        """Return how many rows to request again: none if that would stop the progress with a server of tiny pages."""
        room = len(self.page) // 2 if offset == self.offset else self.page_rows // 2
        return min(self._back or min(self._overlap, room), offset)

    def _request(self, span: Span, *, first: bool = False) -> None:
        task = asyncio.create_task(self.source.fetch(self.query, span.start, span.size))
        if first:
            self._requests.appendleft((span, task))
            self._next = max(self._next, span.stop)
        else:
            self._requests.append((span, task))
            self._next = span.stop

    def _cancel_requests(self) -> None:
        for _, task in self._requests:
            task.add_done_callback(retrieve_error)
            task.cancel()
        self._requests.clear()

    # Seams

    def _seam(self, span: Span, page: Page, numbers: Sequence[int]) -> int | None:
        """Return where the rows that follow the previous page begin on this one; None if the two do not meet."""
        if not self.last:
            return 0
        if span.start >= self.offset:
            # Without an overlap, only the count shows a change; without a count, and if leads follow, there may have been one.
            has_changed = None not in (page.total, self.total) and page.total != self.total
            # A refusal to page so deep says that the result ends here.
            has_changed = has_changed and (self.trusts_total or bool(numbers) or page.total != self.offset)
            is_same_page = list(numbers) == list(self.page)
            may_have_changed = not self.trusts_total and not is_same_page and (bool(numbers) or not self.is_recheck)
            self.has_shifted = self.has_shifted or has_changed or may_have_changed
            self._is_torn = self._is_torn or has_changed
            return 0
        if not numbers and (page.total or 0) > self.offset:
            # No rows, though there are some by the server's own count: requested again, and skipped in the end.
            return 0
        if self.last in numbers:
            place = numbers.index(self.last)
            self.has_shifted = self.has_shifted or span.start + place != self.offset - 1
            return place + 1
        self.has_shifted = True
        is_known = bool(numbers) and (numbers[0] in self.page or numbers[0] in self.known)
        if span.start == 0 or is_known:
            return 0
        if self._spare_seams >= 0:
            return None
        self._is_torn = True
        return 0

    def _go_back(self, page: Page) -> None:
        """Resume before the place where *page* does not meet the previous one, further back each time."""
        self._cancel_requests()
        self._spare_seams -= 1
        self._overlap = min(limits.SEAM_ROWS, self.page_rows // 2)
        self._back = self._back * limits.SEAM_GROWTH or self._overlap
        self.total = page.total
        self._next = min(self.offset, page.total) if page.total is not None and self.trusts_total else self.offset

    # Answers

    def _new_rows(self, span: Span, page: Page, numbers: Sequence[int], begin: int) -> NewRows:
        is_exact = span.start + begin == self.offset
        skipped = begin if is_exact and begin <= 1 else 0
        rows, numbers = page.rows[skipped:], numbers[skipped:]
        if page.is_fixed or len(new := add_new(self.known, numbers)) == len(rows):
            return NewRows(page, rows, numbers)
        # Rows before the first new one were sent again because the result shifted or they were requested twice.
        before = (begin - skipped if is_exact else new[0] if new else len(rows)) if self.last else 0
        before = max(before, min(self._furthest - span.start - skipped, len(rows)))
        self._stale_repeated += len(rows) - before - sum(place >= before for place in new)
        return NewRows(page, [rows[place] for place in new], [numbers[place] for place in new])

    def _take(self, span: Span, page: Page, numbers: Sequence[int]) -> None:
        count = len(numbers)
        reach = span.start + count
        came_further = count > 0 and reach > self.offset
        if count:
            self.page, self._page_start = numbers, span.start
            self.offset = reach
            self._furthest = max(self._furthest, reach)
        self._back = 0
        self.unsendable |= {unsendable_number(offset): offset for offset in page.unsendable}
        may_trust = self.trusts_total or (self.total is None and not counts_itself(page))
        # If more leads are wanted than fit on one page, one request more does not matter.
        may_go_on = 1 < reach == page.total and reach < self.page_rows < self.wanted()
        is_known = self._was_counted or page.is_fixed or (page.is_counted and count == reach)
        may_trust = may_trust and (is_known or not may_go_on)
        self.total = page.total
        self.trusts_total = page.total is not None and (reach <= page.total or not count) and may_trust
        if not self.trusts_total or self.total is None:
            self._cancel_requests()
            self._next = self.offset
            return
        self._next = max(self._next, self.offset)
        if self.offset >= min(span.stop, self.total):
            self._empty_answers = 0
            return
        # The page is short: its rest is requested before anything else, but not forever.
        self._empty_answers = 0 if came_further else self._empty_answers + 1
        self._skipped_pages = 0 if came_further else self._skipped_pages
        if self._empty_answers <= limits.SHORT_PAGE_ATTEMPTS:
            self._request(Span(self.offset - self._overlap_before(self.offset), span.stop), first=True)
        else:
            self._empty_answers = 0
            self._has_skipped = True
            self._skipped_pages += 1

    def _is_end(self, span: Span, page: Page, numbers: Sequence[int], begin: int, new: NewRows) -> bool:
        if any(row is not UNSENDABLE for row in new.rows):
            self._spare_seams += 1
            self._reach_of_new = span.start + len(numbers)
            self.repeated += self._stale_repeated
            self._stale_repeated = self._stale_rows = 0
        else:
            self._stale_rows += len(numbers)
        is_elsewhere = span.start != self._page_start and page.total == self.total
        # One of the two may have been requested with a smaller limit.
        common = min(len(numbers), len(self.page))
        is_same_page = not new.rows and is_elsewhere and list(numbers[:common]) == list(self.page[:common])
        if is_same_page and common > 1 and page.total == len(numbers) == self._reach_of_new:
            # The only page of the result, which comes for every offset.
            self.has_shifted = False
            return True
        if is_same_page and common > 1 and self._stale_rows >= 2 * len(numbers):
            self.depth = self._reach_of_new
            self.ignores_offset = self._reach_of_new <= max(len(numbers), len(self.page))
            return True
        if not self.trusts_total or page.total is None:
            if not numbers or self._stale_rows >= limits.STALE_ROWS:
                return True
            # A page without a new lead is not the end if leads were inserted before it, or if reading went back.
            ends = begin >= len(numbers) or (not new.rows and not self.has_shifted)
            return ends and not self._back and span.start + begin == self.offset
        # Some servers silently stop paging: requests to them would never end.
        is_stale = self._stale_rows >= limits.STALE_ROWS or self._skipped_pages >= limits.SKIPPED_PAGES
        if is_stale and self._next < page.total:
            self.depth = self._reach_of_new
            return True
        return False


def add_new(known: set[int], numbers: Sequence[int]) -> list[int]:
    """Add *numbers* to *known* and return the positions of those that were not in it; of equal numbers, the first."""
    new = []
    for position, number in enumerate(numbers):
        if number not in known:
            known.add(number)
            new.append(position)
    return new
