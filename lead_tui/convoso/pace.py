"""The gate that every request passes: so many a second, so many under way, first come, first served."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from lead_tui.convoso.settings import Pace


class Clock(Protocol):
    """The time that passes: seconds, and waiting for some. A test has its own."""

    def now(self) -> float:
        """Seconds from any beginning; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""
        ...


class LoopClock:
    """The real time."""

    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Gate:
    """Lets requests pass at *pace*: a bucket of ``burst`` permits, filled ``requests_per_second``, and ``in_flight`` at a time.

    Requests pass in the order in which they came. Whoever is cancelled while waiting leaves the line and takes no permit along.
    Belongs to one event loop.
    """

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self._clock = clock
        self._interval = 1 / pace.requests_per_second if pace.requests_per_second > 0 else 0.0
        # The bucket as one number (the "generic cell rate algorithm"): when it will be full again.
        self._slack = self._interval * (max(1, pace.burst) - 1)
        self._full_at = clock.now()
        self._slots = asyncio.Semaphore(max(1, pace.in_flight))
        # Only the head of the line waits for a slot and for a permit, so that nobody overtakes.
        self._line = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn; inside the block a request is under way."""
        async with self._line:
            await self._slots.acquire()
            try:
                await self._permit()
            except BaseException:
                self._slots.release()
                raise
        try:
            yield
        finally:
            self._slots.release()

    async def _permit(self) -> None:
        while (wait := self._full_at - self._slack - self._clock.now()) > 0:
            await self._clock.sleep(wait)
        self._full_at = max(self._full_at, self._clock.now()) + self._interval
