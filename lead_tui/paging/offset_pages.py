"""Read the leads of one query by offset, with several requests at a time, although the result may shift meanwhile.

Each request begins with the last row of the previous page. If another lead is in its place, leads were inserted or deleted in
between: reading resumes further back, with a page that begins with a lead that was read before.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Annotated

from msgspec import Meta, Struct, field

from lead_tui import limits
from lead_tui.leads.errors import OffsetRefused
from lead_tui.leads.lead import Row
from lead_tui.leads.page import UNSENDABLE, Page, PageSource
from lead_tui.leads.query import Query
from lead_tui.paging.page_sources import abandon, add_new, known_total, numbers_of

Count = Annotated[int, Meta(ge=0)]


class Reading(Struct, kw_only=True, omit_defaults=True):
    """How far a query has been read by offset."""

    offset: Count = 0  # after the last page that was returned
    last: int = 0  # the number of the row before that; 0 if unknown
    total: Count | None = None  # the server's count, by the last page; None if it cannot be trusted
    repeated: Count = 0  # rows left out because their lead is also in an earlier row, as long as the result does not shift
    has_shifted: bool = False  # whether leads were inserted or deleted meanwhile
    has_gap: bool = False  # whether leads may be missing that no count shows, since the result changed faster than it could be read


class OffsetPages(Struct, eq=False, kw_only=True):
    """Reads *query*, whose dates are fixed, from where *done* ends, and not beyond *stop*. Iterate over ``new_rows`` once."""

    source: PageSource
    query: Query
    known: set[int]  # the numbers of the leads that were returned
    wanted: Callable[[], int]  # returns how many more leads may be requested
    in_flight: int
    page_rows: int
    done: Reading  # without a total, requests follow each other
    stop: int = limits.MAX_ROWS
    depth: int | None = None  # the offset that the server refuses (7231); None for none
    ignores_offset: bool = False  # whether the server sends the same page for every offset

    _next: int = 0  # the row after the last one requested
    _overlap: int = 1  # how many rows of the previous page to request again
    _back: int = 0  # rows by which to go back, since two pages did not meet; 0 if they did
    _spare_seams: int = limits.SEAM_REQUESTS  # how many more pages may fail to meet the previous one
    _furthest: int = 0
    _stale_pages: int = 0  # consecutive pages beyond all earlier ones without a new lead
    _most_sent: int = 0
    _page: list[int] = []
    _requests: deque[tuple[range, asyncio.Task[Page]]] = field(default_factory=deque)

    async def new_rows(self) -> AsyncGenerator[tuple[Page, list[Row], list[int]]]:
        """Yield each page, its new rows that could be sent, and their numbers. Raises ``SearchError``, except for ``depth``."""
        done = self.done
        self._next = done.offset
        # Also if it cannot be sent, and was not returned by an earlier reading.
        self.known.add(done.last)
        try:
            while self._request_more():
                span, task = self._requests.popleft()
                try:
                    page = await task
                except OffsetRefused:
                    if span.start == 0:
                        raise
                    self.depth = span.start
                    break
                # A server may send more than was requested.
                rows, numbers = page.rows[: len(span)], list(numbers_of(page)[: len(span)])
                done.total = known_total(page, done.total) if page.rows or page.total is not None else done.total
                is_exact = not done.last or numbers[done.offset - 1 - span.start :][:1] == [done.last]
                done.has_shifted = done.has_shifted or not is_exact
                if not is_exact and not self._meets(span, numbers):
                    self._go_back()
                    continue
                new = list(range(bool(done.last), len(rows))) if page.is_fixed else add_new(self.known, numbers)
                if not done.has_shifted:
                    done.repeated += len(rows) - len(new) - bool(done.last)
                self._take(span, numbers)
                if (page.others_from or self._most_sent == 1) and done.total is None:
                    # The first names follow, after the last names. At offset 0 the latter would be sent alone again. And a page of
                    # one lead has no room for the last one of the previous page.
                    self._overlap = done.last = 0
                new = [place for place in new[: self.wanted()] if rows[place] is not UNSENDABLE]
                yield page, [rows[place] for place in new], [numbers[place] for place in new]
                # A row that is no lead has a new number for each offset, also from a server that ignores it.
                has_lead = any(bytes(rows[place]).startswith(b"{") for place in new)
                if self._is_end(numbers, new, is_short=is_exact and len(numbers) < len(span), has_lead=has_lead):
                    break
        finally:
            self._cancel_requests()

    def _request_more(self) -> bool:
        """Keep as many requests in flight as allowed; return whether there are any."""
        most = self.in_flight if self.done.total is not None and not self._back else 1
        while len(self._requests) < most:
            rows = min(self.wanted() - (self._next - self.done.offset), self.stop - self._next)
            is_at_end = self.done.total is not None and self._next >= self.done.total
            if rows <= 0 or (is_at_end and not self._back):
                break
            start = max(0, self._next - (self._back or self._overlap))
            span = range(start, min(start + self.page_rows, self._next + rows))
            self._requests.append((span, asyncio.create_task(self.source.fetch(self.query, span.start, len(span)))))
            self._next = span.stop
        return bool(self._requests)

    def _cancel_requests(self) -> None:
        abandon(task for _, task in self._requests)
        self._requests.clear()

    def _meets(self, span: range, numbers: Sequence[int]) -> bool:
        """Return whether no row before this page was missed, whose first row is not the last one of the previous page."""
        if span.start == 0 or (numbers and numbers[0] in self.known):
            return True
        self._spare_seams -= 1
        self.done.has_gap = self.done.has_gap or self._spare_seams < 0
        return self._spare_seams < 0

    def _go_back(self) -> None:
        """Resume before the place where two pages do not meet, further back each time."""
        self._cancel_requests()
        self._overlap = max(1, min(limits.SEAM_ROWS, self._most_sent // 2))
        self._back = self._back * limits.SEAM_GROWTH or self._overlap
        self._next = self.done.offset if self.done.total is None else min(self.done.offset, self.done.total)

    def _take(self, span: range, numbers: Sequence[int]) -> None:
        self._back, self._overlap = 0, max(1, self._overlap)
        self.done.offset = span.start + len(numbers)
        self.done.last = numbers[-1] if numbers else 0
        self._most_sent = max(self._most_sent, len(numbers))
        is_short = len(numbers) < len(span)
        if is_short and self.done.total is not None and self.done.offset < self.done.total:
            # The server sends fewer leads at a time.
            self.page_rows = max(limits.SEAM_ROWS, self._most_sent)
        if is_short or self.done.total is None:
            self._cancel_requests()
            self._next = self.done.offset

    def _is_end(self, numbers: list[int], new: list[int], *, is_short: bool, has_lead: bool) -> bool:
        if has_lead:
            self._stale_pages, self._spare_seams = 0, self._spare_seams + 1
        elif self.done.offset >= self._furthest:
            self._stale_pages += 1
        is_same_page = len(numbers) > 1 and numbers == self._page
        self._furthest, self._page = max(self._furthest, self.done.offset), numbers
        if self._stale_pages >= limits.STALE_PAGES:
            self.ignores_offset = is_same_page or bool(new)
            self.done.has_gap = self.done.has_gap or self.done.has_shifted
            return True
        # Without a count, a short page without a new lead is the end, unless leads were inserted before it.
        return self.done.offset >= self.done.total if self.done.total is not None else is_short and not new
