"""Permits to send a request: those of this process alone, or those that all sessions of one account on this host share.

Shared permits come from a ``SharedBucket``. Where its file or lock cannot be used, the process keeps to its own pace.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from lead_tui import tuning
from lead_tui.convoso.pace import Bucket, Clock
from lead_tui.convoso.shared_bucket import BucketUnavailable, SharedBucket
from lead_tui.network_settings import Pace


class Reservation(NamedTuple):
    """A permit that becomes valid later."""

    valid_at: float
    receipt: float
    cost: float


class SharedPermits:
    """Permits of the bucket in the file *path*, for a process that is allowed *pace*; *mode* is the file's.

    Requests for the view reserve the next permit, so that sessions are served in the order in which they came. Exports and big
    pages take one only while no request waits and a look-up's worth of permits is left.
    """

    def __init__(self, path: Path, mode: int, pace: Pace, clock: Clock) -> None:
        self._bucket = SharedBucket(path, mode, clock.now)
        self._clock = clock
        self._own = Bucket(pace, clock)
        self._interval = 1 / pace.requests_per_second
        self._slack = max(0.0, self._interval * (max(1, pace.burst) - 1) - tuning.SHARED_MARGIN_SECONDS)
        self._reservation: Reservation | None = None
        self._busy = 0
        self.problem = ""
        """Why the process keeps to its own pace; "" while it shares."""

    def take(self, cost: float = 1.0, *, is_bulk: bool = False) -> float:
        """Take a permit if one is there: 0.0 if so, otherwise the seconds until it is worth another try.

        *cost* is how many permits' time the bucket takes to regain it, more than 1 after the server refused requests.
        """
        if self._reservation is not None:
            wait = self._reservation.valid_at - self._clock.now()
            if wait <= 0:
                self._reservation = None
            return max(0.0, wait)
        try:
            wait = self._take_bulk(cost) if is_bulk else self._reserve(cost)
        except BucketUnavailable as error:
            if error.is_busy and self._busy < tuning.LOCK_TRIES:
                self._busy += 1
                return tuning.LOCK_TRY_SECONDS
            self._busy, self.problem = 0, str(error)
            return self._own.take(cost)
        self._busy, self.problem = 0, ""
        return wait

    def give_back(self) -> None:
        """Return a reserved permit that no request waits for any more."""
        if self._reservation is None:
            return
        reservation, self._reservation = self._reservation, None
        try:
            self._bucket.give_back(reservation.cost, reservation.receipt)
        except BucketUnavailable:
            # One permit is wasted.
            return

    def _reserve(self, cost: float) -> float:
        cost *= self._interval
        wait, receipt = self._bucket.reserve(cost, self._slack)
        if wait and receipt:
            self._reservation = Reservation(self._clock.now() + wait, receipt, cost)
        # Without a receipt the line is full, and its end comes nearer by itself.
        return wait if receipt or not wait else tuning.FULL_QUEUE_SECONDS

    def _take_bulk(self, cost: float) -> float:
        slack = max(0.0, self._slack - tuning.PERMITS_FOR_LOOK_UPS * self._interval)
        wait = self._bucket.take(cost * self._interval, slack)
        # Not all at the same moment: without a line it is chance that is fair.
        return wait and wait + random.uniform(0, self._interval)  # noqa: S311
