"""Simulated clocks, so that no test waits: time passes when the test says so, or at once."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count

from lead_tui.api.pace import Clock


class InstantClock(Clock):
    """A clock on which each sleep returns at once, and the time has passed."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []
        """Seconds of each sleep, in order."""

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


class HandClock(Clock):
    """A clock that stands still until ``advance``."""

    def __init__(self) -> None:
        self.time = 0.0
        self._numbers = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.time + seconds, next(self._numbers), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let *seconds* pass, waking each sleeper at its time."""
        end = self.time + seconds
        await settled()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.time, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            await settled()
        self.time = end


async def settled() -> None:
    """Let every task run until it waits for something other than its turn."""
    for _ in range(20):
        await asyncio.sleep(0)
