"""Permits to send a request: those of this process alone, or those that all sessions of one account on this host share.

Shared permits come from a ``SharedBucket``. Where its file or lock cannot be used, the process keeps to its own pace.
"""

from __future__ import annotations

import random
from collections import deque
from pathlib import Path

from lead_tui import limits
from lead_tui.api.pace import Bucket, Clock
from lead_tui.api.shared_bucket import BucketUnavailable, SharedBucket
from lead_tui.config.settings import Pace


class SharedPermits:
    """Permits of the bucket in the file *path*, for a process that is allowed *pace*; *mode* is the file's.

    Requests for the view reserve the next permits, so that sessions have their turn in the order in which they asked. Exports and
    big pages take one only while no request waits and a look-up's worth of permits is left.
    """

    def __init__(self, path: Path, mode: int, pace: Pace, clock: Clock) -> None:
        self._bucket = SharedBucket(path, mode, clock.now)
        self._clock = clock
        self._own = Bucket(pace, clock)
        self._interval = 1 / pace.requests_per_second
        self._slack = max(0.0, self._interval * (max(1, pace.burst) - 1) - limits.SHARED_MARGIN_SECONDS)
        self._reserved: deque[float] = deque()
        """When each reserved permit becomes valid, the next one first."""
        self._receipt = self._permit_seconds = 0.0
        self._tries = 0
        self.problem = ""
        """Why the process keeps to its own pace; "" while it shares."""

    def take(self, cost: float = 1.0, *, is_bulk: bool = False, waiting: int = 1) -> float:
        """Take a permit if one is valid: 0.0 if so, otherwise the seconds until it is worth another try.

        *cost* is how many permits' time the bucket takes to regain it, more than 1 after the server refused requests. *waiting* is
        how many requests for the view want one.
        """
        now = self._clock.now()
        while self._reserved and self._reserved[0] < now - limits.UNUSED_PERMIT_SECONDS:
            self._reserved.popleft()
        try:
            wait = self._take_bulk(cost) if is_bulk and not self._reserved else round(self._reservation(cost, waiting) - now, 6)
        except BucketUnavailable as error:
            if error.is_busy and self._tries < limits.LOCK_TRIES:
                self._tries += 1
                return limits.LOCK_TRY_SECONDS * random.uniform(0.5, 1.5)  # noqa: S311
            self._tries, self.problem = 0, str(error)
            return self._own.take(cost)
        self._tries, self.problem = 0, ""
        if wait <= 0 and self._reserved:
            self._reserved.popleft()
        return max(0.0, wait)

    def give_back(self) -> None:
        """Return reserved permits that no request waits for; those before another process's are kept for the next request."""
        if not self._reserved:
            return
        try:
            is_returned = self._bucket.give_back(self._permit_seconds * len(self._reserved), self._receipt)
        except BucketUnavailable:
            return
        if is_returned:
            self._reserved.clear()

    def _reservation(self, cost: float, waiting: int) -> float:
        """When the next permit becomes valid; reserves as many as requests wait if there is none."""
        now = self._clock.now()
        if not self._reserved:
            self._permit_seconds = cost * self._interval
            waits, self._receipt = self._bucket.reserve(
                self._permit_seconds, self._slack, max(1, min(waiting, limits.MAX_RESERVED))
            )
            if not waits:
                # The line is full, and its end comes nearer by itself.
                return now + limits.FULL_QUEUE_SECONDS
            self._reserved.extend(now + wait for wait in waits)
        return self._reserved[0]

    def _take_bulk(self, cost: float) -> float:
        slack = max(0.0, self._slack - limits.PERMITS_FOR_LOOK_UPS * self._interval)
        wait = self._bucket.take(cost * self._interval, slack)
        return wait and wait + random.uniform(0, limits.BULK_JITTER_SECONDS)  # noqa: S311
