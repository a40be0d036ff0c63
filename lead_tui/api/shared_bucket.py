"""One token bucket for every session that uses one token on this host: a number in a small locked file.

The number is the time at which the bucket will be full again (the "generic cell rate algorithm"), on the host's monotonic clock,
which all its processes share. The file holds nothing else: no lead data and no token, and its name is a keyed hash. There is no
server: a process that dies wastes at most the permits that it had reserved.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from lead_tui import limits
from lead_tui.leads.token import Token

_NAME_KEY: Final = b"lead-tui shared pace"
_MAX_BYTES: Final = 64
"""Of the file: one decimal number."""


def bucket_name(base_url: str, token: Token | None, account: str = "") -> str:
    """The file name of the bucket for *token* at *base_url*, or for *account* if it has a name; none can be recovered from it."""
    identity = f"account\0{account}" if account else f"{base_url}\0{token.reveal() if token else ''}"
    return hashlib.blake2b(identity.encode(), key=_NAME_KEY, digest_size=16).hexdigest() + ".pace"


def _latest(now: float, cost: float, slack: float) -> float:
    """The latest time that a line of this program's reservations can reach."""
    return now + slack + limits.MAX_QUEUE_SECONDS + limits.MAX_RESERVED * max(cost, 1.0)


def _wait(seconds: float) -> float:
    # Sums of fractions are off by a trillionth, for which nothing needs to wait.
    return max(0.0, round(seconds, 6))


class BucketUnavailable(Exception):
    """The bucket's file or its lock cannot be used now; *is_busy* where another process holds the lock."""

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
        """Reserve the next *count* permits: seconds to wait for each, and the receipt that ``give_back`` takes.

        *cost* is the seconds in which the bucket regains one permit, *slack* the seconds of permits it holds when full.
        Reservations are served in the order in which they were made. If the line is ``MAX_QUEUE_SECONDS`` long, nothing is
        reserved and the list is empty.
        """
        with _Opened(self._path, self._mode) as file:
            now = self._clock()
            full_at = file.read(now, _latest(now, cost, slack))
            if full_at - slack - now >= limits.MAX_QUEUE_SECONDS:
                return [], 0.0
            receipt = full_at + count * cost
            file.write(receipt)
            return [_wait(full_at + place * cost - slack - now) for place in range(count)], receipt

    def take(self, cost: float, slack: float) -> float:
        """Take a permit if one is free and no other caller waits: return 0.0, otherwise the seconds until the next try."""
        with _Opened(self._path, self._mode) as file:
            now = self._clock()
            full_at = file.read(now, _latest(now, cost, slack))
            wait = _wait(full_at - slack - now)
            if not wait:
                file.write(full_at + cost)
            return wait

    def give_back(self, seconds: float, receipt: float) -> bool:
        """Return reserved permits, worth *seconds*, that will not be used; False if another process has queued behind them."""
        with _Opened(self._path, self._mode) as file:
            now = self._clock()
            is_last = file.read(now, receipt) == receipt
            if is_last:
                file.write(receipt - seconds)
            return is_last


class _Opened:
    """The file, open and locked."""

    def __init__(self, path: Path, mode: int) -> None:
        self._path = path
        self._mode = mode
        self._descriptor = -1

    def __enter__(self) -> _Opened:
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            try:
                self._descriptor = os.open(self._path, flags, self._mode)
            except FileNotFoundError:
                self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
                self._descriptor = os.open(self._path, flags, self._mode)
            status = os.fstat(self._descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise BucketUnavailable(f"{self._path.name} is not a regular file")
            if stat.S_IMODE(status.st_mode) != self._mode and status.st_uid == os.geteuid():
                # The umask is 077, which a directory shared by a group has to overrule.
                os.fchmod(self._descriptor, self._mode)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.__exit__()
            raise _unavailable(error) from None
        except BucketUnavailable:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # Closing it gives the lock back.
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def read(self, now: float, latest: float) -> float:
        """The number, at least *now*; *now* if there is none, or one later than *latest*.

        No line reaches that far: such a number is from before a restart of the host, or was not written by this program.
        """
        try:
            full_at = float(os.pread(self._descriptor, _MAX_BYTES, 0))
        except (OSError, ValueError):
            return now
        return max(now, full_at) if full_at <= latest else now

    def write(self, full_at: float) -> None:
        try:
            os.pwrite(self._descriptor, f"{full_at!r:<{_MAX_BYTES - 1}}\n".encode(), 0)
        except OSError as error:
            raise _unavailable(error) from None


def _unavailable(error: OSError) -> BucketUnavailable:
    reason = (error.strerror or type(error).__name__).lower()
    return BucketUnavailable(reason, is_busy=isinstance(error, BlockingIOError))
