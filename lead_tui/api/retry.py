"""Retries: four attempts, exponential backoff with jitter, plus the wait that the server specifies in ``Retry-After``."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import random
from typing import Final, TypeVar

from msgspec import Struct

from lead_tui import limits
from lead_tui.api.pace import Clock
from lead_tui.leads.errors import SearchError

Result = TypeVar("Result")

_MIN_EPOCH: Final = 1_000_000_000
"""A rate limit's reset of so many seconds is a time since 1970: no server asks for 30 years."""


class Waiting(Struct, frozen=True):
    """A request waits before it is sent: again after a failure, or for the first time because of the pace."""

    attempt: int
    """The number of the attempt that follows; 1 for a request that waits for its permit."""
    seconds: float
    """Until then, counted from when this is reported."""
    error: SearchError
    """Why the attempt before failed, or that the pace is what it waits for."""


OnWaiting = Callable[[Waiting | None], None]
"""Called with the wait that ends next, whenever that changes; None when nothing waits any more."""


class RetryWaits:
    """The waits in progress between attempts. Belongs to one event loop."""

    def __init__(self, clock: Clock, on_waiting: OnWaiting | None) -> None:
        self.on_waiting = on_waiting
        self._clock = clock
        self._pending: dict[asyncio.Event, tuple[float, Waiting]] = {}
        """When each wait ends, by the event that ends it early."""
        self._pace = asyncio.Event()
        """The key of the wait for a permit, which nothing ends early."""
        self._reported: Waiting | None = None

    async def wait(self, waiting: Waiting) -> None:
        """Return after ``waiting.seconds``, or as soon as ``retry_now`` is called."""
        ended = asyncio.Event()
        self._pending[ended] = (self._clock.now() + waiting.seconds, waiting)
        self._report()
        tasks = [asyncio.ensure_future(ended.wait()), asyncio.ensure_future(self._clock.sleep(waiting.seconds))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            del self._pending[ended]
            self._report()

    def report_pace(self, seconds: float) -> None:
        """Report that the next request waits *seconds* for its permit; 0.0 when none does any more."""
        self._pending.pop(self._pace, None)
        if seconds >= limits.PACE_WAIT_SHOWN_SECONDS:
            waiting = Waiting(1, seconds, SearchError("Waiting for the account's shared rate limit"))
            self._pending[self._pace] = (self._clock.now() + seconds, waiting)
        self._report()

    def retry_now(self) -> None:
        for ended in self._pending:
            ended.set()

    def _report(self) -> None:
        ends, next_wait = min(self._pending.values(), key=lambda each: each[0], default=(0.0, None))
        if next_wait is self._reported:
            return
        self._reported = next_wait
        if self.on_waiting is not None:
            remaining = max(0.0, ends - self._clock.now())
            self.on_waiting(next_wait and Waiting(next_wait.attempt, remaining, next_wait.error))


async def with_retries(request: Callable[[int, SearchError | None], Awaitable[Result]], waits: RetryWaits) -> Result:
    """Return the result of *request*; call it again while it raises a retryable ``SearchError``. Raises the last one.

    *request* is called with the number of the attempt, from 1 on, and the error of the previous one.
    """
    error: SearchError | None = None
    waited = 0.0
    for attempt in range(1, limits.ATTEMPTS):
        try:
            return await request(attempt, error)
        except SearchError as failure:
            requested = failure.retry_after or 0.0
            if not failure.retryable or requested > limits.MAX_RETRY_AFTER:
                raise
            error = failure
        backoff = limits.RETRY_FIRST_WAIT * (2 ** (attempt - 1) + random())  # noqa: S311  # jitter
        backoff = min(backoff, limits.RETRY_WAIT_IN_ALL - waited)
        waited += backoff
        await waits.wait(Waiting(attempt + 1, backoff + requested, error))
    return await request(limits.ATTEMPTS, error)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait, not capped; None if the server specifies none in a valid form.

    ``Retry-After`` is a number, or a date by the server's clock; without one, the rate limit's reset counts.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return _until_reset(headers)
    seconds = _number(value)
    return seconds if seconds is not None else _seconds_until(parse_http_date(value), headers)


def clock_time(seconds: float, now: datetime) -> str:
    """Return when *seconds* after *now* is, as ``14:30``, with the date if that is another day; "" from a year on."""
    if seconds > timedelta(days=365).total_seconds():
        return ""
    then = now + timedelta(seconds=seconds)
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M}"


def parse_http_date(text: str) -> datetime | None:
    """Return *text*, a date as HTTP writes it, as an aware datetime; None if it is not a valid one."""
    # Imported here: few servers ever ask to wait.
    from email.utils import parsedate_to_datetime

    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _until_reset(headers: Mapping[str, str]) -> float | None:
    for name in ("ratelimit-reset", "x-ratelimit-reset"):
        seconds = _number(headers.get(name, ""))
        if seconds is not None:
            return seconds if seconds < _MIN_EPOCH else _seconds_until(_epoch(seconds), headers)
    # ``limit=100, remaining=0, reset=30`` (drafts 3 to 7) or ``"default";r=0;t=30`` (from draft 8 on).
    found = re.search(r"(?:\breset=|;\s*t=)(\d+)", headers.get("ratelimit", ""))
    return float(found[1]) if found else None


def _number(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if seconds >= 0 and not math.isnan(seconds) else None


def _epoch(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _seconds_until(then: datetime | None, headers: Mapping[str, str]) -> float | None:
    if then is None:
        return None
    now = parse_http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (then - now).total_seconds())
