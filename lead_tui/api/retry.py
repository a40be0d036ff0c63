"""Retries: four attempts, exponential backoff with jitter, plus the wait that the server specifies (the contract's "Retries")."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import random
from typing import NamedTuple, TypeVar

from lead_tui import limits
from lead_tui.api.pace import Clock
from lead_tui.leads.errors import SearchError

Result = TypeVar("Result")


class Waiting(NamedTuple):
    """A request waits before it is sent: again after a failure, or for the first time because of the pace."""

    attempt: int
    """The number of the attempt that follows; 1 for a request that waits for its permit."""
    seconds: float
    """Until then, counted from when this is told."""
    error: SearchError
    """Why the attempt before failed, or that the pace is what it waits for."""


_PACE = "pace"

OnWaiting = Callable[[Waiting | None], None]
"""Told which wait ends next, whenever that changes; None when nothing waits any more."""


class Waits:
    """The waits under way between attempts. Belongs to one event loop."""

    def __init__(self, clock: Clock, on_waiting: OnWaiting | None) -> None:
        self.on_waiting = on_waiting
        self._clock = clock
        self._under_way: dict[asyncio.Event | str, tuple[float, Waiting]] = {}
        self._told: Waiting | None = None

    async def wait(self, waiting: Waiting) -> None:
        """Return after ``waiting.seconds``, or as soon as ``cut_short`` is called."""
        cut = asyncio.Event()
        self._under_way[cut] = (self._clock.now() + waiting.seconds, waiting)
        self._tell()
        cutting, passing = asyncio.ensure_future(cut.wait()), asyncio.ensure_future(self._clock.sleep(waiting.seconds))
        try:
            await asyncio.wait((cutting, passing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            cutting.cancel()
            passing.cancel()
            del self._under_way[cut]
            self._tell()

    def for_pace(self, seconds: float) -> None:
        """Report that the next request waits *seconds* for its permit; 0.0 when none does any more."""
        self._under_way.pop(_PACE, None)
        if seconds >= limits.PACE_WAIT_SHOWN_SECONDS:
            waiting = Waiting(1, seconds, SearchError("Waiting for the account's shared rate limit"))
            self._under_way[_PACE] = (self._clock.now() + seconds, waiting)
        self._tell()

    def cut_short(self) -> None:
        """End every wait now."""
        for cut in self._under_way:
            if isinstance(cut, asyncio.Event):
                cut.set()

    def _tell(self) -> None:
        ends, soonest = min(self._under_way.values(), key=lambda each: each[0], default=(0.0, None))
        if soonest is self._told:
            return
        self._told = soonest
        if self.on_waiting is not None:
            left = max(0.0, ends - self._clock.now())
            self.on_waiting(soonest and Waiting(soonest.attempt, left, soonest.error))


async def with_retries(ask: Callable[[int, SearchError | None], Awaitable[Result]], waits: Waits) -> Result:
    """Return what *ask* returns; call it again while it raises a ``SearchError`` that is ``retryable``. Raises the last one.

    *ask* is called with the number of the attempt, from 1 on, and the error of the attempt before it.
    """
    error: SearchError | None = None
    spent = 0.0
    for attempt in range(1, limits.ATTEMPTS):
        try:
            return await ask(attempt, error)
        except SearchError as failed:
            asked = failed.retry_after or 0.0
            if not failed.retryable or asked > limits.MAX_RETRY_AFTER:
                raise
            error = failed
        own = min(limits.RETRY_FIRST_WAIT * (2 ** (attempt - 1) + random()), limits.RETRY_WAIT_IN_ALL - spent)  # noqa: S311  # jitter
        spent += own
        await waits.wait(Waiting(attempt + 1, own + asked, error))
    return await ask(limits.ATTEMPTS, error)
