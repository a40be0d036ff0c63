"""Retries; and bisection of a page that keeps failing, to find the leads that the server cannot send and to load the others.

Four attempts, exponential backoff with jitter, plus the wait that the server specifies in ``Retry-After``. A page with one string
that is not UTF-8, or one NaN, fails each time: PHP's ``json_encode`` returns nothing at all for it.
"""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
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
    """A request's wait before it is sent: again after a failure, or for the first time because of the pace.

    Or a page that failed is being requested in parts: many requests, each of which waits only for the pace.
    """

    attempt: int
    """The number of the next attempt; 1 for a request that waits for its permit, 0 for a page in parts."""
    seconds: float
    """Until the attempt, counted from the time of this report; infinite for a page in parts."""
    error: SearchError
    """Why the previous attempt failed, or that the request waits for the pace."""


OnWaiting = Callable[[Waiting | None], None]
"""Called with the wait that ends next, whenever that changes; with None once nothing is waiting."""


class RetryWaits:
    """The waits in progress between attempts. Belongs to one event loop."""

    def __init__(self, clock: Clock, on_waiting: OnWaiting = lambda _: None) -> None:
        self.on_waiting = on_waiting
        self._clock = clock
        self._pending: dict[asyncio.Future[None] | SearchError | None, tuple[float, Waiting]] = {}
        """When each wait ends, by its sleep, which can be cut short, by the error of a page, or by None for a permit."""
        self._reported: Waiting | None = None

    async def wait(self, waiting: Waiting) -> None:
        """Return after ``waiting.seconds``, or as soon as ``retry_now`` is called."""
        sleep = asyncio.ensure_future(self._clock.sleep(waiting.seconds))
        with self._shown(sleep, waiting):
            try:
                await asyncio.wait([sleep])
            finally:
                sleep.cancel()

    def in_parts(self, error: SearchError) -> AbstractContextManager[None]:
        """Report that a page that failed with *error* is requested in parts."""
        return self._shown(error, Waiting(0, math.inf, SearchError(error.message, remedy="trying fewer leads at a time")))

    @contextmanager
    def _shown(self, key: asyncio.Future[None] | SearchError, waiting: Waiting) -> Iterator[None]:
        self._pending[key] = (self._clock.now() + waiting.seconds, waiting)
        self._report()
        try:
            yield
        finally:
            del self._pending[key]
            self._report()

    def report_pace(self, seconds: float) -> None:
        """Report that the next request waits *seconds* for its permit; 0.0 if none is waiting any more."""
        self._pending.pop(None, None)
        if seconds >= limits.PACE_WAIT_SHOWN_SECONDS:
            waiting = Waiting(1, seconds, SearchError("Waiting for the account's shared rate limit"))
            self._pending[None] = (self._clock.now() + seconds, waiting)
        self._report()

    def retry_now(self) -> None:
        for sleep in self._pending:
            if isinstance(sleep, asyncio.Future):
                sleep.cancel()

    def _report(self) -> None:
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


SendRequest = Callable[[Query, int, int], Awaitable[Page]]
"""Sends one request for a query's leads, from an offset with a limit. Raises ``SearchError``."""


class Bisection:
    """Fetches pages with *send*, with retries, and without the leads that the server cannot send.

    A server that is down gets no more requests than the attempts of one page: the last attempt asks for a single lead that it
    could send before, and only if that arrives is the page requested again, whole and then in parts.
    """

    def __init__(self, send: SendRequest, waits: RetryWaits) -> None:
        self._send = send
        self._waits = waits
        self._good: tuple[Query, int] | None = None
        """A lead that the server was able to send: its query and its offset."""
        self._has_found_cause = False
        """Whether a page failed for an unsendable lead, or for its size: then the next one is suspected after only one retry."""
        self._unsendable: set[tuple[Query, int]] = set()
        """Unsendable leads by their offsets, so that other pages with one of them need not be searched."""
        self._searching = asyncio.Lock()

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        """Return the page, with ``UNSENDABLE`` in the rows of leads that the server cannot send. Raises ``SearchError``."""

        is_suspect = False

        async def attempt(number: int, before: SearchError | None) -> Page:
            nonlocal is_suspect
            if before is None and self._next_suspect(query, offset, offset + limit) < offset + limit:
                return await self._in_parts(query, offset, limit, fails=False)
            is_suspect = is_suspect or (before is not None and before.may_be_one_lead)
            is_last = number == limits.ATTEMPTS or (number == 2 and self._has_found_cause)
            if before is None or not (is_last and is_suspect):
                return await self._page(query, offset, limit)
            await self._check_server(query, offset, limit, before)
            page = await self._part(query, offset, limit)
            if isinstance(page, Page):
                return page
            async with self._searching:
                with self._waits.in_parts(page):
                    return await self._in_parts(query, offset, limit, fails=True)

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

    async def _check_server(self, query: Query, offset: int, limit: int, error: SearchError) -> None:
        """Raise *error* if the server is down, or sends nothing of *query*: neither a lead that it sent before nor one of these."""
        middle = offset + max(1, limit // 2)
        known, place = self._good or (query, middle)
        await self._check(known, (place,), error)
        if known != query:
            # Another query works, such as the same text in another field.
            await self._check(query, (middle, offset), error)

    async def _check(self, query: Query, places: Sequence[int], error: SearchError) -> None:
        """Raise *error* unless the server sends a lead at one of the offsets *places*, or says that there is none."""
        for place in places:
            if isinstance(await self._part(query, place, 1), Page):
                return
        raise error

    def _next_suspect(self, query: Query, start: int, stop: int) -> int:
        """Return the offset of the first lead in the range that could not be sent before; *stop* without one."""
        return min((offset for of, offset in self._unsendable if of == query and start <= offset < stop), default=stop)

    async def _in_parts(self, query: Query, offset: int, limit: int, *, fails: bool) -> Page:
        """Return the page, which *fails* as a whole or contains leads that could not be sent before, in parts.

        The first half of the range that is known to fail is requested repeatedly, until its first unsendable lead is found; leads
        received on the way are kept. The range after that lead is then requested as a whole. If all leads of a range that failed
        are received, there were too many of them for one response, and further requests are for fewer.
        """
        parts: list[Page] = []
        start, stop = offset, offset + limit
        failing: int | None = stop if fails else None
        """The end of the leads, from *start* on, that are known to fail together; None if nothing is known about them."""
        most, received, in_a_row = limit, 0, 0
        while start < stop:
            suspect = self._next_suspect(query, start, stop)
            size = suspect - start if failing is None or suspect < failing else (failing - start) // 2
            size = max(1, min(size, most))
            part = await self._part(query, start, size)
            if size == 1 and start != suspect and not isinstance(part, Page):
                # No lead is skipped because of a temporary failure.
                await self._check_server(query, start, 1, part)
                part = await self._part(query, start, 1)
            if isinstance(part, Page):
                in_a_row = 0
                parts.append(part)
                self._unsendable.discard((query, start))
                start += len(part.rows)
                if len(part.rows) < size:
                    break
                received = max(received, size)
                if start == failing:
                    failing, most, self._has_found_cause = None, received, True
            elif size > 1:
                if not (fails or parts):
                    raise part
                failing, received = start + size, 0
            else:
                self._has_found_cause = True
                self._unsendable.add((query, start))
                parts.append(Page(start, 1, [UNSENDABLE], array("q", [0]), unsendable=(start,)))
                start, failing, in_a_row = start + 1, None, in_a_row + 1
                if in_a_row % limits.UNSENDABLE_IN_A_ROW == 0 and start < stop:
                    # Searching each lead of a range that fails as a whole would take thousands of requests.
                    await self._check(query, (stop - 1, (start + stop) // 2), part)
        page = _joined(offset, limit, parts)
        if page.total is None:
            # No lead was received, and with it no total, which `search --count` prints.
            beyond = await self._part(query, stop, 1)
            page = replace(page, total=beyond.total if isinstance(beyond, Page) else None)
        return page


def _joined(offset: int, limit: int, parts: Sequence[Page]) -> Page:
    """Return *parts* as one page, with what the server last said about the result."""
    last = next((part for part in reversed(parts) if not part.unsendable), Page(offset, limit, (), array("q")))
    return replace(
        last,
        offset=offset,
        limit=limit,
        rows=[row for part in parts for row in part.rows],
        ids=array("q", (number for part in parts for number in part.ids)),
        seconds=sum(part.seconds for part in parts),
        size=sum(part.size for part in parts),
        unsendable=tuple(each for part in parts for each in part.unsendable),
    )
