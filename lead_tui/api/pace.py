"""The pace of requests: a gate that limits their rate and their number in flight, most urgent first, and its permits.

Permits come from a bucket, for one process in memory, or for all sessions of one account on this host in a small locked file. A
bucket is one number: the time at which it will be full again (the "generic cell rate algorithm"), in a file on the host's monotonic
clock, which all its processes share. The file contains no lead data and no token, and its name is a keyed hash. There is no server:
a process that dies wastes at most the permits that it had reserved.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import heapq
import math
import os
import random
import stat
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from enum import IntEnum
from io import FileIO
from itertools import count
from pathlib import Path
from typing import Final

from lead_tui import limits
from lead_tui.config.settings import Pace
from lead_tui.leads.permissions import Token

_MAX_BYTES: Final = 64  # of a bucket's file: one decimal number


class Clock:
    """The monotonic clock, and waiting by it. Tests have their own."""

    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Urgency(IntEnum):
    """How soon a request is needed, the most urgent first."""

    LOOK_UP = 0
    FIRST_PAGE = 1
    MORE_ROWS = 2  # further pages of the grid
    BULK = 3  # pages of exports and loads, and automatic refreshes


class Reserved(deque[float]):
    """When each permit that a process has reserved becomes valid."""

    def take(self, now: float) -> float | None:
        """Take the next permit and return 0.0 if it is valid; otherwise return the seconds until then; None without a permit."""
        while self and self[0] < now - limits.UNUSED_PERMIT_SECONDS:
            self.popleft()
        if not self:
            return None
        wait = _wait_of(self[0] - now)
        if not wait:
            self.popleft()
        return wait


class Gate:
    """Lets requests pass at *pace*: by permits, and ``in_flight`` at a time.

    The more urgent request passes first, and of two equally urgent ones the newer: the user has moved on. Requests of an export
    pass in order. Canceling a waiting request removes it from the line; a permit reserved for it is left to the next one. Belongs
    to one event loop.
    """

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self.permits = BucketPermits(Bucket(clock.now), pace, clock)  # those of this process, unless they are replaced
        self.on_wait: Callable[[float], None] = lambda _: None
        """Called with the seconds until the next permit, and with 0.0 once no request is waiting for one."""
        self._clock = clock
        self._has_permit = False  # whether a permit for the next request has been taken
        self._cost = 1.0
        self._slowed_at = -limits.SLOW_DOWN_SECONDS
        self._free = max(1, pace.in_flight)
        self._line: list[tuple[tuple[Urgency, int, int], asyncio.Future[None]]] = []
        self._numbers = count()
        self._timer: asyncio.Task[None] | None = None

    def slow_down(self) -> None:
        """Halve the rate, since the server refused a request as one too many; it recovers as the server accepts requests."""
        now = self._clock.now()
        # Requests in flight are refused together, which counts only once.
        if now - self._slowed_at >= limits.SLOW_DOWN_SECONDS:
            self._slowed_at = now
            self._cost = min(limits.MAX_SLOW_DOWN, 2 * self._cost)

    def permits_in_hand(self) -> float:
        """Return how many requests could be sent immediately; none after a refusal, or while others wait."""
        return self.permits.in_hand() if self._cost == 1.0 and not self._line else 0.0

    def take_ahead(self) -> bool:
        """Take the permit for the next request if there is one now; return whether there was. Needs no event loop."""
        self._has_permit = self.permits.in_hand() >= 1 and not self.permits.acquire(urgency=Urgency.FIRST_PAGE)
        return self._has_permit

    def speed_up(self) -> None:
        """Move the rate a little closer to the pace again, since a request was answered."""
        self._cost = max(1.0, self._cost * limits.SPEED_UP)

    @asynccontextmanager
    async def turn(self, urgency: Urgency = Urgency.LOOK_UP) -> AsyncIterator[None]:
        """Wait for a turn; inside the block a request is in progress."""
        # Requests from the same moment keep their order: the loader sends the nearest one first.
        moment = 0 if urgency is Urgency.BULK else -round(self._clock.now() / limits.SAME_MOMENT_SECONDS)
        loop = asyncio.get_running_loop()
        passing: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._line, ((urgency, moment, next(self._numbers)), passing))
        # Not now: the requests of a look-up are made together, and reserve their permits together.
        loop.call_soon(self._serve)
        try:
            await passing
            yield
        finally:
            # A canceled request may have been admitted at the same moment.
            if passing.done() and not passing.cancelled():
                self._free += 1
            self._serve()

    async def permit(self) -> None:
        """Wait for one more permit, within a turn: to send its request again."""
        while wait := self.permits.acquire(self._cost):
            await self._clock.sleep(wait)

    def _serve(self) -> None:
        """Admit requests as the pace allows; set a timer for the next permit if more are waiting."""
        if self._timer is not None:
            # Set again below: the turn of a more urgent request may come earlier.
            self._timer.cancel()
        while self._line and self._free:
            (urgency, *_), passing = self._line[0]
            if passing.done():
                heapq.heappop(self._line)
                continue
            waiting = sum(each < Urgency.BULK and not passes.done() for (each, *_), passes in self._line)
            if self._has_permit:
                self._has_permit = False
            elif wait := self.permits.acquire(self._cost, urgency=urgency, waiting=waiting):
                self._timer = asyncio.ensure_future(self._clock.sleep(wait))
                self._timer.add_done_callback(lambda timer: None if timer.cancelled() else self._serve())
                self.on_wait(wait)
                return
            self._free -= 1
            heapq.heappop(self._line)[1].set_result(None)
        self.on_wait(0.0)


class BucketPermits:
    """Permits of *bucket*, for a process that is allowed *pace*.

    From a shared one, requests for the view reserve the next permits, so that sessions take turns in the order of their requests.
    Exports and large pages take a permit only while no request waits and enough permits for a look-up remain. If the file or its
    lock cannot be used, the process keeps to a pace of its own.
    """

    def __init__(self, bucket: Bucket, pace: Pace, clock: Clock) -> None:
        self._bucket = bucket
        self._clock = clock
        self._own = Bucket(clock.now)
        self._interval = 1 / pace.requests_per_second if pace.requests_per_second > 0 else 0.0
        self._whole = self._interval * (max(1, pace.burst) - 1)
        """Seconds of permits in a full bucket, minus one permit; a shared one has a margin for simultaneous use."""
        self._slack = max(0.0, self._whole - limits.SHARED_MARGIN_SECONDS)
        self._reserved = Reserved()

    def acquire(self, cost: float = 1.0, *, urgency: Urgency = Urgency.LOOK_UP, waiting: int = 1) -> float:
        """Take a permit if there is one, and return 0.0; otherwise return the seconds until the next try.

        *cost* is how many permits' time it takes to regain it; *waiting* requests more urgent than ``BULK`` want a permit.
        """
        seconds = cost * self._interval
        if not isinstance(self._bucket, SharedBucket):
            return self._bucket.acquire(seconds, self._whole)
        now = self._clock.now()
        if (wait := self._reserved.take(now)) is not None:
            return wait
        try:
            if urgency is Urgency.BULK:
                wait = self._bucket.acquire(seconds, max(0.0, self._slack - limits.PERMITS_FOR_LOOK_UPS * self._interval))
                wait = wait and wait + random.uniform(0, limits.BULK_JITTER_SECONDS)
            else:
                waits = self._bucket.reserve(seconds, self._slack, min(waiting, limits.MAX_RESERVED))
                self._reserved.extend(now + wait for wait in waits)
                wait = self._reserved.take(now) or 0.0
        except OSError:
            wait = self._own.acquire(seconds, self._whole)
        return wait

    def drain(self, until_full: float) -> None:
        """Be full in *until_full* seconds at the earliest, since others have used permits of the account."""
        with suppress(OSError):
            self._bucket.drain(until_full)

    def in_hand(self) -> float:
        """Return how many requests could be sent at once."""
        try:
            until_full = max(0.0, self._bucket.seconds_until_full())
        except OSError:
            return 0.0
        # With room for rounding errors.
        return max(0.0, (self._whole - until_full) / self._interval + 1 + 1e-6) if self._interval else math.inf


def _wait_of(seconds: float) -> float:
    # Rounding errors of sums are not worth a wait.
    return max(0.0, round(seconds, 6))


class Bucket:
    """A bucket of permits for this process only.

    In its methods, *cost* is the seconds in which the bucket regains one permit, *slack* the seconds that a full one is worth.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._now = 0.0  # the time at which ``_full_at``, the time at which the bucket will be full, was read
        self._full_at = -math.inf

    @contextmanager
    def _opened(self) -> Iterator[None]:
        self._now = self._clock()
        self._full_at = max(self._now, self._full_at)
        yield

    def reserve(self, cost: float, slack: float, count: int = 1) -> list[float]:
        """Reserve the next *count* permits, and return the seconds to wait for each, in the order of the reservations."""
        with self._opened():
            first = self._first_wait(slack)
            self._full_at += count * cost
            return [_wait_of(first + place * cost) for place in range(count)]

    def acquire(self, cost: float, slack: float) -> float:
        """Take a permit if one is free and no other caller waits, and return 0.0; otherwise return the seconds until then."""
        with self._opened():
            wait = _wait_of(self._first_wait(slack))
            if not wait:
                self._full_at += cost
            return wait

    def _first_wait(self, slack: float) -> float:
        """Return the seconds until the next permit, negative if the bucket holds more than one."""
        wait = self._full_at - slack - self._now
        if wait > limits.MAX_QUEUE_SECONDS:
            # From before a restart of the host, or not written by this program.
            self._full_at, wait = self._now, -slack
        return wait

    def drain(self, until_full: float) -> None:
        """Be full in *until_full* seconds, or later."""
        with self._opened():
            self._full_at = max(self._full_at, self._now + until_full)

    def seconds_until_full(self) -> float:
        with self._opened():
            return self._full_at - self._now


def bucket_name(base_url: str, token: Token | None, account: str = "") -> str:
    """Return the file name of the bucket for *token* at *base_url*, or for *account* if that is not empty. A one-way hash."""
    identity = f"account\0{account}" if account else f"{base_url}\0{token.reveal() if token else ''}"
    return hashlib.blake2b(identity.encode(), key=b"lead-tui shared pace", digest_size=16).hexdigest() + ".pace"


class SharedBucket(Bucket):
    """The bucket in the file *path*, which is created with *mode* (0600, or 0660 in a directory shared by a group).

    A method takes microseconds, or ``LOCK_TRIES`` times ``LOCK_TRY_SECONDS`` if another process holds the lock for so long. Then,
    and for a file that cannot be opened, locked or written or is not a regular file, ``OSError`` is raised.
    """

    def __init__(self, path: Path, mode: int = 0o600, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._path = path
        self._mode = mode

    @contextmanager
    def _opened(self) -> Iterator[None]:
        if self._mode == 0o600:
            # The administrator creates the group's directory: one that this process creates would belong to its user.
            self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        # Closing it releases the lock.
        with FileIO(os.open(self._path, flags, self._mode), "r+") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "it is not a regular file")
            if stat.S_IMODE(status.st_mode) != self._mode and status.st_uid == os.geteuid():
                # The umask is 077, which would keep the group out.
                os.fchmod(file.fileno(), self._mode)
            _lock(file)
            try:
                self._full_at = float(file.read(_MAX_BYTES))
            except ValueError:
                self._full_at = -math.inf
            with super()._opened():
                before = self._full_at
                yield
            if self._full_at != before:
                os.pwrite(file.fileno(), f"{self._full_at!r:<{_MAX_BYTES - 1}}\n".encode(), 0)


def _lock(file: FileIO) -> None:
    """Lock *file*. Raises ``OSError`` if another process holds the lock for long: it was stopped meanwhile."""
    for tries_left in reversed(range(limits.LOCK_TRIES)):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not tries_left:
                raise
            time.sleep(limits.LOCK_TRY_SECONDS)
