"""The pace that all sessions of one account on this host share: a token bucket in a small locked file.

The file holds one number: the time at which the bucket will be full again (the "generic cell rate algorithm"), on the host's
monotonic clock, which all its processes share. It has no lead data and no token, and its name is a keyed hash. There is no
server: a process that dies wastes at most the permits that it had reserved.
"""

from __future__ import annotations

import fcntl
import hashlib
import math
import os
import random
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from lead_tui import limits
from lead_tui.api.pace import Bucket, Clock, Reserved, Urgency, permits_in_hand, wait_of
from lead_tui.config.settings import Pace
from lead_tui.leads.permissions import Token

_NAME_KEY: Final = b"lead-tui shared pace"
_MAX_BYTES: Final = 64
"""Of the file: one decimal number."""


class SharedPermits:
    """Permits of the bucket in the file *path*, for a process that is allowed *pace*; *mode* is the file's.

    Requests for the view reserve the next permits, so that sessions have their turn in the order in which they came. Exports and
    big pages take one only while no request waits and a look-up's worth of permits remains. If the file or its lock cannot be
    used, the process keeps to a pace of its own.
    """

    def __init__(self, path: Path, mode: int, pace: Pace, clock: Clock) -> None:
        self._bucket = SharedBucket(path, mode, clock.now)
        self._clock = clock
        self._own = Bucket(pace, clock)
        self._interval = 1 / pace.requests_per_second
        self._slack = max(0.0, self._interval * (max(1, pace.burst) - 1) - limits.SHARED_MARGIN_SECONDS)
        self._reserved = Reserved()
        self._receipt = self._permit_seconds = 0.0
        self._tries = 0

    def acquire(self, cost: float = 1.0, *, urgency: Urgency = Urgency.LOOK_UP, waiting: int = 1) -> float:
        now = self._clock.now()
        if (wait := self._reserved.take(now)) is not None:
            return wait
        try:
            wait = (
                self._acquire_bulk(cost) if urgency is Urgency.BULK else self._reserve(now, cost, min(waiting, limits.MAX_RESERVED))
            )
        except BucketUnavailable as error:
            if error.is_busy and self._tries < limits.LOCK_TRIES:
                self._tries += 1
                return limits.LOCK_TRY_SECONDS * random.uniform(0.5, 1.5)  # noqa: S311
            self._tries = 0
            return self._own.acquire(cost)
        self._tries = 0
        return wait

    def release_unused(self) -> None:
        """Return reserved permits that no request waits for; those before another process's are kept for the next request."""
        with suppress(BucketUnavailable):
            if self._reserved and self._bucket.release(self._permit_seconds * len(self._reserved), self._receipt):
                self._reserved.clear()

    def drain(self, until_full: float) -> None:
        with suppress(BucketUnavailable):
            self._bucket.drain(until_full)

    def in_hand(self) -> float:
        try:
            until_full = self._bucket.seconds_until_full()
        except BucketUnavailable:
            return 0.0
        # Of the whole bucket: the margin is for permits that are used together with another process's.
        return permits_in_hand(until_full, self._slack + limits.SHARED_MARGIN_SECONDS, self._interval)

    def _reserve(self, now: float, cost: float, count: int) -> float:
        """Reserve the next *count* permits, and take the first or return the seconds until it is valid."""
        self._permit_seconds = cost * self._interval
        waits, self._receipt = self._bucket.reserve(self._permit_seconds, self._slack, count)
        self._reserved.add(now, waits)
        wait = self._reserved.take(now)
        # Where the queue is full, its end comes nearer by itself.
        return limits.FULL_QUEUE_SECONDS if wait is None else wait

    def _acquire_bulk(self, cost: float) -> float:
        slack = max(0.0, self._slack - limits.PERMITS_FOR_LOOK_UPS * self._interval)
        wait = self._bucket.acquire(cost * self._interval, slack)
        return wait and wait + random.uniform(0, limits.BULK_JITTER_SECONDS)  # noqa: S311


def bucket_name(base_url: str, token: Token | None, account: str = "") -> str:
    """Return the file name of the bucket for *token* at *base_url*, or for *account* if that is not empty. A one-way hash."""
    identity = f"account\0{account}" if account else f"{base_url}\0{token.reveal() if token else ''}"
    return hashlib.blake2b(identity.encode(), key=_NAME_KEY, digest_size=16).hexdigest() + ".pace"


class BucketUnavailable(Exception):
    """The bucket's file or its lock cannot be used now; *is_busy* if another process holds the lock."""

    def __init__(self, reason: str, *, is_busy: bool = False) -> None:
        super().__init__(reason)
        self.is_busy = is_busy


class SharedBucket:
    """The bucket in the file *path*, which is created with *mode* (0600, or 0660 in a directory shared by a group).

    Every method takes microseconds and never waits for the lock: if another process holds it, ``BucketUnavailable`` is raised and
    the caller tries again. The same error is raised for a file that cannot be opened, locked or written, or is not a regular file.
    """

    def __init__(self, path: Path, mode: int = 0o600, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._mode = mode
        self._clock = clock

    def reserve(self, cost: float, slack: float, count: int = 1) -> tuple[list[float], float]:
        """Reserve the next *count* permits: seconds to wait for each, and the receipt that ``release`` takes.

        *cost* is the seconds in which the bucket regains one permit, *slack* the seconds of permits it holds when full.
        Reservations are served in the order in which they were made. If the queue is ``MAX_QUEUE_SECONDS`` long, nothing is
        reserved and the list is empty.
        """
        with self._locked() as file:
            now = self._clock()
            full_at = _read(file, now, _latest(now, cost, slack))
            if full_at - slack - now >= limits.MAX_QUEUE_SECONDS:
                return [], 0.0
            receipt = full_at + count * cost
            _write(file, receipt)
            return [wait_of(full_at + place * cost - slack - now) for place in range(count)], receipt

    def acquire(self, cost: float, slack: float) -> float:
        """Take a permit if one is free and no other caller waits: return 0.0, otherwise the seconds until the next try."""
        with self._locked() as file:
            now = self._clock()
            full_at = _read(file, now, _latest(now, cost, slack))
            wait = wait_of(full_at - slack - now)
            if not wait:
                _write(file, full_at + cost)
            return wait

    def release(self, seconds: float, receipt: float) -> bool:
        """Return reserved permits, worth *seconds*, that will not be used; False if another process has queued behind them."""
        with self._locked() as file:
            if is_last := _read(file, self._clock(), receipt) == receipt:
                _write(file, receipt - seconds)
            return is_last

    def drain(self, until_full: float) -> None:
        """Be full in *until_full* seconds, or later."""
        with self._locked() as file:
            now = self._clock()
            _write(file, max(now + until_full, _read(file, now, math.inf)))

    def seconds_until_full(self) -> float:
        with self._locked() as file:
            now = self._clock()
            return _read(file, now, math.inf) - now

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The descriptor of the file, open and locked."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        try:
            try:
                file = os.open(self._path, flags, self._mode)
            except FileNotFoundError:
                self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
                file = os.open(self._path, flags, self._mode)
        except OSError as error:
            raise _unavailable(error) from None
        try:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                raise BucketUnavailable(f"{self._path.name} is not a regular file")
            if stat.S_IMODE(status.st_mode) != self._mode and status.st_uid == os.geteuid():
                # The umask is 077, which a directory shared by a group has to overrule.
                os.fchmod(file, self._mode)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield file
        except OSError as error:
            raise _unavailable(error) from None
        finally:
            # Closing it releases the lock.
            os.close(file)


def _latest(now: float, cost: float, slack: float) -> float:
    """The latest time that a queue of this program's reservations can reach."""
    return now + slack + limits.MAX_QUEUE_SECONDS + limits.MAX_RESERVED * max(cost, 1.0)


def _read(file: int, now: float, latest: float) -> float:
    """The number in *file*, at least *now*; *now* if there is none, or one later than *latest*.

    No queue reaches that far: such a number is from before a restart of the host, or was not written by this program.
    """
    try:
        full_at = float(os.pread(file, _MAX_BYTES, 0))
    except (OSError, ValueError):
        return now
    return max(now, full_at) if full_at <= latest else now


def _write(file: int, full_at: float) -> None:
    os.pwrite(file, f"{full_at!r:<{_MAX_BYTES - 1}}\n".encode(), 0)


def _unavailable(error: OSError) -> BucketUnavailable:
    reason = (error.strerror or type(error).__name__).lower()
    return BucketUnavailable(reason, is_busy=isinstance(error, BlockingIOError))
