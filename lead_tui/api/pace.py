"""The gate that every request passes: so many a second, so many at a time, the most urgent first.

All sessions of one account on this host share the rate by a token bucket in a small locked file. It holds one number, as the bucket
of a single process does: the time at which the bucket will be full again (the "generic cell rate algorithm"), on the host's
monotonic clock, which all its processes share. It has no lead data and no token, and its name is a keyed hash. There is no server:
a process that dies wastes at most the permits that it had reserved.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import heapq
import math
import os
import random
import stat
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from enum import IntEnum
from itertools import count
from pathlib import Path
from typing import Final, Protocol

from lead_tui import limits
from lead_tui.config.settings import Pace
from lead_tui.leads.permissions import Token

_NAME_KEY: Final = b"lead-tui shared pace"
_MAX_BYTES: Final = 64
"""Of a bucket's file: one decimal number."""


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


def wait_of(seconds: float) -> float:
    # Sums of fractions are off by a trillionth, for which nothing needs to wait.
    return max(0.0, round(seconds, 6))


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
        """Let in whom the pace allows; set a timer for the next permit if more wait."""
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
        if not any(not passing.done() for _, passing in self._line):
            self.permits.release_unused()
            self.on_wait(0.0)

    async def _serve_in(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._timer = None
        self._serve()


# Buckets


class Level:
    """The state of a bucket at the time *now*: it will be full at *full_at*."""

    def __init__(self, now: float, full_at: float) -> None:
        self.now = now
        self.full_at = max(now, full_at)


class Bucket:
    """A bucket of permits for this process alone.

    In its methods, *cost* is the seconds in which the bucket regains one permit, *slack* the seconds of permits it holds when full.
    """

    is_shared = False

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at = -math.inf

    @contextmanager
    def _level(self, longest: float = math.inf) -> Iterator[Level]:
        """Yield the state, to be changed; a time more than *longest* seconds ahead is not one of this program's."""
        level = Level(self._clock(), self._full_at)
        yield level
        self._full_at = level.full_at

    def reserve(self, cost: float, slack: float, count: int = 1) -> tuple[list[float], float]:
        """Reserve the next *count* permits: seconds to wait for each, and the receipt that ``release`` takes.

        Reservations are served in the order in which they were made. If the queue is ``MAX_QUEUE_SECONDS`` long, nothing is
        reserved and the list is empty.
        """
        with self._level(_longest(cost, slack)) as level:
            first = level.full_at - slack - level.now
            if first >= limits.MAX_QUEUE_SECONDS:
                return [], 0.0
            level.full_at += count * cost
            return [wait_of(first + place * cost) for place in range(count)], level.full_at

    def acquire(self, cost: float, slack: float) -> float:
        """Take a permit if one is free and no other caller waits: return 0.0, otherwise the seconds until the next try."""
        with self._level(_longest(cost, slack)) as level:
            wait = wait_of(level.full_at - slack - level.now)
            if not wait:
                level.full_at += cost
            return wait

    def release(self, seconds: float, receipt: float) -> bool:
        """Return reserved permits, worth *seconds*, that will not be used; False if another process has queued behind them."""
        with self._level() as level:
            if is_last := level.full_at == receipt:
                level.full_at -= seconds
            return is_last

    def drain(self, until_full: float) -> None:
        """Be full in *until_full* seconds, or later."""
        with self._level() as level:
            level.full_at = max(level.full_at, level.now + until_full)

    def seconds_until_full(self) -> float:
        with self._level() as level:
            return level.full_at - level.now


def _longest(cost: float, slack: float) -> float:
    """Return the seconds that a queue of this program's reservations can reach."""
    return slack + limits.MAX_QUEUE_SECONDS + limits.MAX_RESERVED * max(cost, 1.0)


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
                wait = wait and wait + random.uniform(0, limits.BULK_JITTER_SECONDS)  # noqa: S311
            else:
                self._permit_seconds = seconds
                waits, self._receipt = self._bucket.reserve(seconds, self._slack, min(waiting, limits.MAX_RESERVED))
                self._reserved.add(now, waits)
                # Where the queue is full, its end comes nearer by itself.
                wait = self._reserved.take(now) or 0.0 if waits else limits.FULL_QUEUE_SECONDS
        except BucketUnavailable as error:
            if error.is_busy and self._tries < limits.LOCK_TRIES:
                self._tries += 1
                return limits.LOCK_TRY_SECONDS * random.uniform(0.5, 1.5)  # noqa: S311
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


# Shared by the sessions of this host


def bucket_name(base_url: str, token: Token | None, account: str = "") -> str:
    """Return the file name of the bucket for *token* at *base_url*, or for *account* if that is not empty. A one-way hash."""
    identity = f"account\0{account}" if account else f"{base_url}\0{token.reveal() if token else ''}"
    return hashlib.blake2b(identity.encode(), key=_NAME_KEY, digest_size=16).hexdigest() + ".pace"


class BucketUnavailable(Exception):
    """The bucket's file or its lock cannot be used now; *is_busy* if another process holds the lock."""

    def __init__(self, reason: str, *, is_busy: bool = False) -> None:
        super().__init__(reason)
        self.is_busy = is_busy


class SharedBucket(Bucket):
    """The bucket in the file *path*, which is created with *mode* (0600, or 0660 in a directory shared by a group).

    Every method takes microseconds and never waits for the lock: if another process holds it, ``BucketUnavailable`` is raised and
    the caller tries again. The same error is raised for a file that cannot be opened, locked or written, or is not a regular file.
    """

    is_shared = True

    def __init__(self, path: Path, mode: int = 0o600, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._path = path
        self._mode = mode

    @contextmanager
    def _level(self, longest: float = math.inf) -> Iterator[Level]:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        file = -1
        try:
            try:
                file = os.open(self._path, flags, self._mode)
            except FileNotFoundError:
                self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
                file = os.open(self._path, flags, self._mode)
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                raise BucketUnavailable(f"{self._path.name} is not a regular file")
            if stat.S_IMODE(status.st_mode) != self._mode and status.st_uid == os.geteuid():
                # The umask is 077, which a directory shared by a group has to overrule.
                os.fchmod(file, self._mode)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            now = self._clock()
            try:
                written = float(os.pread(file, _MAX_BYTES, 0))
            except ValueError:
                written = now
            # What is farther ahead is from before a restart of the host, or was not written by this program.
            level = Level(now, written if written - now <= longest else now)
            before = level.full_at
            yield level
            if level.full_at != before:
                os.pwrite(file, f"{level.full_at!r:<{_MAX_BYTES - 1}}\n".encode(), 0)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise BucketUnavailable(reason, is_busy=isinstance(error, BlockingIOError)) from None
        finally:
            # Closing it releases the lock.
            if file >= 0:
                os.close(file)
