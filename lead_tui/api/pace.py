"""The gate that every request passes: so many a second, so many at a time, the most urgent first; and its permits from a bucket."""

from __future__ import annotations

import asyncio
import heapq
import math
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from enum import IntEnum
from itertools import count
from typing import Protocol

from lead_tui import limits
from lead_tui.api.bucket import Bucket, BucketUnavailable, wait_of
from lead_tui.config.settings import Pace


class Clock:
    """The time that passes. A test has its own."""

    def now(self) -> float:
        """Seconds from any beginning; never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Urgency(IntEnum):
    """How soon a request is needed, the most urgent first."""

    LOOK_UP = 0
    FIRST_PAGE = 1
    MORE_ROWS = 2
    """Further pages of the grid."""
    BULK = 3
    """Pages of exports and loads, and automatic refreshes."""


class Permits(Protocol):
    """Where the permits to send a request come from."""

    def acquire(self, cost: float = 1.0, *, urgency: Urgency = Urgency.LOOK_UP, waiting: int = 1) -> float:
        """Take a permit if there is one: 0.0 if so, otherwise the seconds until it is worth another try.

        *cost* is how many permits' time it takes to regain it. Of requests more urgent than ``BULK``, *waiting* want a permit.
        """

    def release_unused(self) -> None:
        """No request waits for a permit any more."""

    def in_hand(self) -> float:
        """Return how many requests could be sent at once."""


class Reserved(deque[float]):
    """Permits that a process has reserved: when each becomes valid."""

    def add(self, now: float, waits: Iterable[float]) -> None:
        self.extend(now + max(0.0, wait) for wait in waits)

    def take(self, now: float) -> float | None:
        """Take the next permit: 0.0 if it is valid, otherwise the seconds until then; None if there is none."""
        while self and self[0] < now - limits.UNUSED_PERMIT_SECONDS:
            self.popleft()
        if not self:
            return None
        wait = wait_of(self[0] - now)
        if not wait:
            self.popleft()
        return wait


def permits_in_hand(until_full: float, slack: float, interval: float) -> float:
    """Return the permits in a bucket that is full in *until_full* seconds and then holds *slack* seconds of them and one more."""
    # Sums of fractions are off by a trillionth.
    return max(0.0, (slack - max(0.0, until_full)) / interval + 1 + 1e-6) if interval else math.inf


class Gate:
    """Lets requests pass at *pace*: by ``Permits``, and ``in_flight`` at a time.

    The more urgent request passes first, and of two as urgent the newer one: the user has moved on. Requests of an export pass in
    order. Cancelling one that waits takes it out of the line, without a permit. Belongs to one event loop.
    """

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self.permits: Permits = BucketPermits(Bucket(clock.now), pace, clock)
        """Those of this process unless others are put in their place."""
        self.on_wait: Callable[[float], None] = lambda _: None
        """Called with the seconds until the next permit, 0.0 when no request waits for one any more."""
        self._clock = clock
        self._has_permit = False
        """Whether a permit for the next request has been taken."""
        self._cost = 1.0
        self._slowed_at = -limits.SLOW_DOWN_SECONDS
        self._free = max(1, pace.in_flight)
        self._line: list[tuple[tuple[Urgency, int, int], asyncio.Future[None]]] = []
        self._numbers = count()
        self._timer: asyncio.Task[None] | None = None
        self._timer_urgency = Urgency.LOOK_UP

    def slow_down(self) -> None:
        """The server refused a request for coming too soon: let half as many pass from now on, until it accepts more again."""
        now = self._clock.now()
        # Requests in progress are refused together, which counts once.
        if now - self._slowed_at >= limits.SLOW_DOWN_SECONDS:
            self._slowed_at = now
            self._cost = min(limits.MAX_SLOW_DOWN, 2 * self._cost)

    def permits_in_hand(self) -> float:
        """Return how many requests could be sent at once; none after a refusal, or while others wait."""
        return self.permits.in_hand() if self._cost == 1.0 and not self._line else 0.0

    def take_ahead(self) -> bool:
        """Take the permit of the next request if there is one now; whether there was. Needs no event loop."""
        self._has_permit = self.permits.in_hand() >= 1 and not self.permits.acquire(urgency=Urgency.FIRST_PAGE)
        return self._has_permit

    def speed_up(self) -> None:
        """A request was answered: come a little nearer to the pace again."""
        self._cost = max(1.0, self._cost * limits.SPEED_UP)

    @asynccontextmanager
    async def turn(self, urgency: Urgency = Urgency.LOOK_UP) -> AsyncIterator[None]:
        """Wait for a turn; inside the block a request is in progress."""
        # Requests of one moment keep their order: the loader makes the nearest one first.
        moment = 0 if urgency is Urgency.BULK else -round(self._clock.now() / limits.SAME_MOMENT_SECONDS)
        await self._pass((urgency, moment, next(self._numbers)))
        try:
            yield
        finally:
            self._free += 1
            self._serve()

    async def permit(self) -> None:
        """Wait for one more permit, within a turn: to send its request again."""
        while wait := self.permits.acquire(self._cost):
            await self._clock.sleep(wait)

    async def _pass(self, place: tuple[Urgency, int, int]) -> None:
        loop = asyncio.get_running_loop()
        passing: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._line, (place, passing))
        # Not now: the requests of a look-up come together, and reserve their permits together.
        loop.call_soon(self._serve)
        try:
            await passing
        except asyncio.CancelledError:
            if passing.done() and not passing.cancelled():
                # Let in at the same moment: the place is free again.
                self._free += 1
            self._serve()
            raise

    def _serve(self) -> None:
        """Let requests in as the pace allows; set a timer for the next permit if more wait."""
        while self._line and self._free:
            (urgency, *_), passing = self._line[0]
            if passing.done():
                heapq.heappop(self._line)
                continue
            if self._timer is not None:
                if urgency >= self._timer_urgency:
                    return
                # A less urgent request was waiting for its turn, which may be later.
                self._timer.cancel()
                self._timer = None
            waiting = sum(each < Urgency.BULK and not passes.done() for (each, *_), passes in self._line)
            if self._has_permit:
                self._has_permit = False
            elif wait := self.permits.acquire(self._cost, urgency=urgency, waiting=waiting):
                self._timer_urgency = urgency
                self._timer = asyncio.ensure_future(self._serve_in(wait))
                self.on_wait(wait)
                return
            self._free -= 1
            heapq.heappop(self._line)[1].set_result(None)
        self.on_wait(0.0)
        if all(passing.done() for _, passing in self._line):
            self.permits.release_unused()

    async def _serve_in(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._timer = None
        self._serve()


class BucketPermits:
    """Permits of *bucket*, for a process that is allowed *pace*.

    Of a shared one, requests for the view reserve the next permits, so that sessions have their turn in the order in which they
    came. Exports and big pages take one only while no request waits and a look-up's worth of permits remains. If its file or its
    lock cannot be used, the process keeps to a pace of its own.
    """

    def __init__(self, bucket: Bucket, pace: Pace, clock: Clock) -> None:
        self._bucket = bucket
        self._clock = clock
        self._own = Bucket(clock.now)
        self._interval = 1 / pace.requests_per_second if pace.requests_per_second > 0 else 0.0
        self._whole = self._interval * (max(1, pace.burst) - 1)
        """Seconds of the permits in the full bucket, but one; the margin of a shared one is for permits that two use together."""
        self._slack = max(0.0, self._whole - limits.SHARED_MARGIN_SECONDS)
        self._reserved = Reserved()
        self._receipt = self._permit_seconds = 0.0
        self._tries = 0

    def acquire(self, cost: float = 1.0, *, urgency: Urgency = Urgency.LOOK_UP, waiting: int = 1) -> float:
        seconds = cost * self._interval
        if not self._bucket.is_shared:
            return self._bucket.acquire(seconds, self._whole)
        now = self._clock.now()
        if (wait := self._reserved.take(now)) is not None:
            return wait
        try:
            if urgency is Urgency.BULK:
                wait = self._bucket.acquire(seconds, max(0.0, self._slack - limits.PERMITS_FOR_LOOK_UPS * self._interval))
                wait = wait and wait + random.uniform(0, limits.BULK_JITTER_SECONDS)
            else:
                self._permit_seconds = seconds
                waits, self._receipt = self._bucket.reserve(seconds, self._slack, min(waiting, limits.MAX_RESERVED))
                self._reserved.add(now, waits)
                # Where the queue is full, its end comes nearer by itself.
                wait = self._reserved.take(now) or 0.0 if waits else limits.FULL_QUEUE_SECONDS
        except BucketUnavailable as error:
            if error.is_busy and self._tries < limits.LOCK_TRIES:
                self._tries += 1
                return limits.LOCK_TRY_SECONDS * random.uniform(0.5, 1.5)
            wait = self._own.acquire(seconds, self._whole)
        self._tries = 0
        return wait

    def release_unused(self) -> None:
        """Return reserved permits that no request waits for; those before another process's are kept for the next request."""
        with suppress(BucketUnavailable):
            if self._reserved and self._bucket.release(self._permit_seconds * len(self._reserved), self._receipt):
                self._reserved.clear()

    def drain(self, until_full: float) -> None:
        """Be full in *until_full* seconds at the earliest: others have used permits of the account."""
        with suppress(BucketUnavailable):
            self._bucket.drain(until_full)

    def in_hand(self) -> float:
        try:
            return permits_in_hand(self._bucket.seconds_until_full(), self._whole, self._interval)
        except BucketUnavailable:
            return 0.0
