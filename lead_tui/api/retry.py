"""Retries; and bisection of a page that keeps failing, to find the leads that the server cannot send and to load the others.

Four attempts, exponential backoff with jitter, plus the wait that the server specifies in ``Retry-After``. A page with one string
that is not UTF-8, or one NaN, fails each time: PHP's ``json_encode`` returns nothing at all for it.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Awaitable, Callable
from random import random
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.api.pace import Clock
from lead_tui.leads.errors import SearchError
from lead_tui.leads.page import UNSENDABLE, Page
from lead_tui.leads.query import Query

Result = TypeVar("Result")


class Waiting(Struct, frozen=True):
    """A request's wait before it is sent: again after a failure, or for the first time because of the pace."""

    attempt: int  # the number of the next attempt; 1 for a request that waits for its permit
    seconds: float  # until the attempt, counted from the time of this report
    error: SearchError  # why the previous attempt failed, or that the request waits for the pace


class RetryWaits:
    """The waits in progress between attempts. Belongs to one event loop."""

    def __init__(self, clock: Clock) -> None:
        self.on_waiting: Callable[[Waiting | None], None] = lambda _: None
        """Called with the wait that ends next, whenever that changes; with None once nothing is waiting."""
        self._clock = clock
        self._pending: dict[asyncio.Future[None] | None, tuple[float, Waiting]] = {}
        """When each wait ends, by its sleep, which can be cut short, or by None for a permit."""
        self._reported: Waiting | None = None

    async def wait(self, waiting: Waiting) -> None:
        """Return after ``waiting.seconds``, or as soon as ``retry_now`` is called."""
        sleep = asyncio.ensure_future(self._clock.sleep(waiting.seconds))
        self._report(sleep, waiting)
        try:
            await asyncio.wait([sleep])
        finally:
            sleep.cancel()
            self._report(sleep, None)

    def report_pace(self, seconds: float) -> None:
        """Report that the next request waits *seconds* for its permit; 0.0 if none is waiting any more."""
        waiting = Waiting(1, seconds, SearchError("Waiting for the account's shared rate limit"))
        self._report(None, waiting if seconds >= limits.PACE_WAIT_SHOWN_SECONDS else None)

    def retry_now(self) -> None:
        for sleep in self._pending:
            if sleep is not None:
                sleep.cancel()

    def _report(self, key: asyncio.Future[None] | None, waiting: Waiting | None) -> None:
        self._pending.pop(key, None)
        if waiting is not None:
            self._pending[key] = (self._clock.now() + waiting.seconds, waiting)
        ends, next_wait = min(self._pending.values(), key=lambda each: each[0], default=(0.0, None))
        if next_wait is self._reported:
            return
        self._reported = next_wait
        remaining = max(0.0, ends - self._clock.now())
        self.on_waiting(next_wait and Waiting(next_wait.attempt, remaining, next_wait.error))


async def with_retries(request: Callable[[int, SearchError | None], Awaitable[Result]], waits: RetryWaits) -> Result:
    """Return the result of *request*, calling it again while it raises a retryable ``SearchError``. Raises the last one.

    *request* is called with the number of the attempt, from 1, and the error of the previous attempt.
    """
    error: SearchError | None = None
    for attempt in range(1, limits.ATTEMPTS):
        try:
            return await request(attempt, error)
        except SearchError as failure:
            requested = failure.retry_after or 0.0
            if not failure.retryable or requested > limits.MAX_RETRY_AFTER:
                raise
            error = failure
        backoff = limits.RETRY_FIRST_WAIT * (2 ** (attempt - 1) + random())  # jitter
        await waits.wait(Waiting(attempt + 1, backoff + requested, error))
    return await request(limits.ATTEMPTS, error)


class Bisection:
    """Fetches pages with *send*, which sends one request, with retries and without the leads that the server cannot send.

    A server that is down gets no more requests than the attempts of one page: the last attempt asks for a single lead, and only if
    that arrives is the page requested again, whole and then in parts.
    """

    def __init__(self, send: Callable[[Query, int, int], Awaitable[Page]], waits: RetryWaits) -> None:
        self._send = send
        self._waits = waits
        self._good: tuple[Query, int] | None = None  # a lead that the server was able to send: its query and its offset
        self._has_found_one = False
        """Whether a page failed for an unsendable lead: then the next one is suspected after only one retry."""

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        """Return the page, with ``UNSENDABLE`` in the rows of leads that the server cannot send. Raises ``SearchError``."""

        async def attempt(number: int, before: SearchError | None) -> Page:
            is_last = number == limits.ATTEMPTS or (number == 2 and self._has_found_one)
            if before is None or not (is_last and before.may_be_one_lead):
                return await self._page(query, offset, limit)
            await self._check_server(query, offset + max(1, limit // 2), before)
            return await self._in_parts(query, offset, limit)

        return await with_retries(attempt, self._waits)

    async def _page(self, query: Query, offset: int, limit: int) -> Page:
        page = await self._send(query, offset, limit)
        if page.rows:
            self._good = query, offset
        return page

    async def _part(self, query: Query, offset: int, limit: int) -> Page | SearchError:
        """Return a page, or without retries the error that a single lead may have caused. Raises other errors, after retries."""

        async def attempt(_number: int, _before: SearchError | None) -> Page | SearchError:
            try:
                return await self._page(query, offset, limit)
            except SearchError as error:
                if not error.may_be_one_lead:
                    raise
                return error

        return await with_retries(attempt, self._waits)

    async def _check_server(self, query: Query, other: int, error: SearchError) -> None:
        """Raise *error* if the server does not even send a lead of *query* that it sent before, or else the one at *other*."""
        known, place = self._good or (query, other)
        if isinstance(await self._part(query, place if known == query else other, 1), SearchError):
            raise error

    async def _in_parts(self, query: Query, offset: int, limit: int) -> Page:
        """Return the page in parts.

        The first half of a range that fails is requested repeatedly, until its first unsendable lead is found; leads received on
        the way are kept. The range after that lead is then requested as a whole.
        """
        parts: list[Page] = []
        start, stop = offset, offset + limit
        failing = start  # the end of the leads, from *start* on, that are known to fail together
        in_a_row = 0
        while start < stop:
            size = max(1, (failing - start) // 2) if failing > start else stop - start
            part = await self._part(query, start, size)
            if size == 1 and isinstance(part, SearchError):
                # No lead is skipped because of a temporary failure.
                await self._check_server(query, start + 1, part)
                part = await self._part(query, start, 1)
            if isinstance(part, Page):
                in_a_row = 0
                parts.append(part)
                start += len(part.rows)
                if len(part.rows) < size:
                    break
            elif size > 1:
                failing = start + size
            else:
                self._has_found_one = True
                parts.append(Page(start, 1, [UNSENDABLE], array("q", [0]), unsendable=(start,)))
                start = failing = start + 1
                in_a_row += 1
                # Searching each lead of a range that fails as a whole would take thousands of requests.
                is_doubtful = in_a_row % limits.UNSENDABLE_IN_A_ROW == 0 and start < stop
                if is_doubtful and isinstance(await self._part(query, stop - 1, 1), SearchError):
                    raise part
        # What the server last said about the result.
        last = next((part for part in reversed(parts) if not part.unsendable), Page(offset, limit, (), array("q")))
        return replace(
            last,
            offset=offset,
            limit=limit,
            rows=[row for part in parts for row in part.rows],
            ids=array("q", (number for part in parts for number in part.ids)),
            seconds=sum(part.seconds for part in parts),
            unsendable=tuple(each for part in parts for each in part.unsendable),
        )
