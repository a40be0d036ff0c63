"""The pages of one query in the order of their offsets, while several requests are under way.

What follows waits in memory until it is its turn: at most as many pages as there are requests at a time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Final

from lead_tui import tuning
from lead_tui.leads.errors import OffsetRefused
from lead_tui.leads.page import Page, PageSource
from lead_tui.leads.query import Query
from lead_tui.paging.grid import Span

WITHOUT_END: Final = 1 << 60


class InOrder:
    """Reads *query*, whose dates have been fixed, from *offset* on. Iterate over ``pages`` once.

    *wanted* is how many leads may still be asked for, looked at before each request; *total* is what the server is known to count,
    None where it has not been asked yet: then the first page is waited for. A page without a new lead is an end of a result that
    cannot be counted, so whoever iterates sets ``brought_new`` for each page. Where leads are expected to have come by another way
    already (not *expects_new*), that says nothing.
    """

    def __init__(
        self,
        source: PageSource,
        query: Query,
        offset: int = 0,
        *,
        total: int | None = None,
        wanted: Callable[[], int] = lambda: WITHOUT_END,
        in_flight: int = tuning.REQUESTS_IN_FLIGHT,
        expects_new: bool = True,
    ) -> None:
        self.offset = offset
        """Behind the last page that was handed on."""
        self.total = total
        """What the server counts, by the last page that was handed on."""
        self.text = ""
        """The server's words, where it had any instead of leads."""
        self.depth: int | None = None
        """Where the server pages no deeper: the offset that it refuses (7231), or from which it repeats what came before."""
        self.brought_new = True
        self._source = source
        self._query = query
        self._wanted = wanted
        self.expects_new = expects_new
        self._in_flight = max(1, in_flight)
        self._trusts_total = total is not None
        self._next = offset
        self._empty_answers = 0
        self._stale = 0
        self._under_way: deque[tuple[Span, asyncio.Task[Page]]] = deque()

    async def pages(self) -> AsyncGenerator[Page]:
        """The pages, which may be shorter than asked for, and empty. Raises ``SearchError``, but not where ``depth`` tells it."""
        try:
            while self._ask():
                span, task = self._under_way.popleft()
                try:
                    page = await task
                except OffsetRefused:
                    if span.start == 0:
                        raise
                    self.depth = span.start
                    return
                self._take(span, page)
                yield page
                if self._is_end(page):
                    return
        finally:
            self._give_up()

    def _ask(self) -> bool:
        """Have as many requests under way as there may be; whether there is any."""
        most = self._in_flight if self._trusts_total else 1
        while len(self._under_way) < most:
            size = min(tuning.MOST_LIMIT, self._wanted() - sum(span.size for span, _ in self._under_way))
            if size <= 0 or (self._trusts_total and self.total is not None and self._next >= self.total):
                break
            self._start(Span(self._next, self._next + size))
            self._next += size
        return bool(self._under_way)

    def _start(self, span: Span, *, first: bool = False) -> None:
        task = asyncio.create_task(self._source.fetch(self._query, span.start, span.size))
        (self._under_way.appendleft if first else self._under_way.append)((span, task))

    def _take(self, span: Span, page: Page) -> None:
        count = len(page.rows)
        reach = span.start + count
        self.offset, self.text = reach, page.text
        first = self.total is None
        self.total = page.total
        self._trusts_total = page.total is not None and (reach <= page.total or not count) and (first or self._trusts_total)
        if not self._trusts_total or self.total is None:
            self._give_up()
            self._next = reach
            return
        if reach >= min(span.stop, self.total):
            self._empty_answers = 0
            return
        # A page came short: its rest is asked for before anything else, but not for ever.
        self._empty_answers = 0 if count else self._empty_answers + 1
        if self._empty_answers <= tuning.SHORT_PAGE_ATTEMPTS:
            self._start(Span(reach, span.stop), first=True)
        else:
            self._empty_answers = 0

    def _is_end(self, page: Page) -> bool:
        if not self._trusts_total:
            return not page.rows or (self.expects_new and not self.brought_new)
        # Some servers hold the offset back in silence: they would be asked the same for ever.
        self._stale = 0 if self.brought_new else self._stale + len(page.rows)
        if self.expects_new and self._stale >= tuning.STALE_ROWS and self._next < (self.total or 0):
            self.depth = self.offset - self._stale
            return True
        return False

    def _give_up(self) -> None:
        for _, task in self._under_way:
            task.add_done_callback(_forget)
            task.cancel()
        self._under_way.clear()


def _forget(task: asyncio.Task[Page]) -> None:
    """Take note of how *task* failed, so that nobody is told that nobody did."""
    if not task.cancelled():
        task.exception()
