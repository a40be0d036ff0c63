"""Buckets of permits: for one process in memory, or for all sessions of one account on this host in a small locked file.

A bucket is one number: the time at which it will be full again (the "generic cell rate algorithm"), in a file on the host's
monotonic clock, which all its processes share. The file contains no lead data and no token, and its name is a keyed hash. There is
no server: a process that dies wastes at most the permits that it had reserved.
"""

from __future__ import annotations

import fcntl
import hashlib
import math
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lead_tui import limits
from lead_tui.leads.permissions import Token

_NAME_KEY: Final = b"lead-tui shared pace"
_MAX_BYTES: Final = 64
"""Of a bucket's file: one decimal number."""


def wait_of(seconds: float) -> float:
    # Rounding errors of sums are not worth a wait.
    return max(0.0, round(seconds, 6))


class Bucket:
    """A bucket of permits for this process only.

    In its methods, *cost* is the seconds in which the bucket regains one permit, *slack* the seconds that a full one is worth.
    """

    is_shared = False

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._now = 0.0
        """The time at which ``_full_at``, the time at which the bucket will be full, was read."""
        self._full_at = -math.inf

    @contextmanager
    def _opened(self, longest: float = math.inf) -> Iterator[None]:
        """Read the state for a change. A time more than *longest* seconds ahead was not written by this program."""
        self._now = self._clock()
        self._full_at = max(self._now, self._full_at)
        yield

    def reserve(self, cost: float, slack: float, count: int = 1) -> list[float]:
        """Reserve the next *count* permits, and return the seconds to wait for each.

        Reservations are served in the order in which they were made. If the queue is ``MAX_QUEUE_SECONDS`` long, nothing is
        reserved and the list is empty.
        """
        with self._opened(_longest(cost, slack)):
            first = self._full_at - slack - self._now
            if first >= limits.MAX_QUEUE_SECONDS:
                return []
            self._full_at += count * cost
            return [wait_of(first + place * cost) for place in range(count)]

    def acquire(self, cost: float, slack: float) -> float:
        """Take a permit if one is free and no other caller waits, and return 0.0; otherwise return the seconds until then."""
        with self._opened(_longest(cost, slack)):
            wait = wait_of(self._full_at - slack - self._now)
            if not wait:
                self._full_at += cost
            return wait

    def drain(self, until_full: float) -> None:
        """Be full in *until_full* seconds, or later."""
        with self._opened():
            self._full_at = max(self._full_at, self._now + until_full)

    def seconds_until_full(self) -> float:
        with self._opened():
            return self._full_at - self._now


def _longest(cost: float, slack: float) -> float:
    """Return the longest queue, in seconds, that this program's reservations can form."""
    return slack + limits.MAX_QUEUE_SECONDS + limits.MAX_RESERVED * max(cost, 1.0)


def bucket_name(base_url: str, token: Token | None, account: str = "") -> str:
    """Return the file name of the bucket for *token* at *base_url*, or for *account* if that is not empty. A one-way hash."""
    identity = f"account\0{account}" if account else f"{base_url}\0{token.reveal() if token else ''}"
    return hashlib.blake2b(identity.encode(), key=_NAME_KEY, digest_size=16).hexdigest() + ".pace"


class BucketUnavailable(Exception):
    """The bucket's file cannot be used now; the text says why."""


class SharedBucket(Bucket):
    """The bucket in the file *path*, which is created with *mode* (0600, or 0660 in a directory shared by a group).

    A method takes microseconds, or ``LOCK_TRIES`` times ``LOCK_TRY_SECONDS`` if another process holds the lock for so long. Then,
    and for a file that cannot be opened, locked or written or is not a regular file, ``BucketUnavailable`` is raised.
    """

    is_shared = True

    def __init__(self, path: Path, mode: int = 0o600, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._path = path
        self._mode = mode

    @contextmanager
    def _opened(self, longest: float = math.inf) -> Iterator[None]:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        file = -1
        try:
            try:
                file = os.open(self._path, flags, self._mode)
            except FileNotFoundError:
                if self._mode != 0o600:
                    # The administrator creates the group's directory: one that this process creates would belong to its user.
                    raise
                self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
                file = os.open(self._path, flags, self._mode)
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                raise BucketUnavailable(f"{self._path.name} is not a regular file")
            if stat.S_IMODE(status.st_mode) != self._mode and status.st_uid == os.geteuid():
                # The umask is 077, which would keep the group out.
                os.fchmod(file, self._mode)
            _lock(file)
            try:
                self._full_at = float(os.pread(file, _MAX_BYTES, 0))
            except ValueError:
                self._full_at = -math.inf
            # A time farther ahead is from before a restart of the host, or was not written by this program.
            if not self._full_at - self._clock() <= longest:
                self._full_at = -math.inf
            with super()._opened():
                before = self._full_at
                yield
            if self._full_at != before:
                os.pwrite(file, f"{self._full_at!r:<{_MAX_BYTES - 1}}\n".encode(), 0)
        except OSError as error:
            raise BucketUnavailable((error.strerror or type(error).__name__).lower()) from None
        finally:
            # Closing it releases the lock.
            if file >= 0:
                os.close(file)


def _lock(file: int) -> None:
    """Lock *file*. Raises ``OSError`` if another process holds the lock for long: it was stopped meanwhile."""
    for tries_left in reversed(range(limits.LOCK_TRIES)):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not tries_left:
                raise
            time.sleep(limits.LOCK_TRY_SECONDS)
