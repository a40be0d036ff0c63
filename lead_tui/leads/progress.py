"""The progress of an export or a load: how much is done, the rate, and the time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from lead_tui.leads.text import counted


class Progress:
    """Counts leads, or what *noun* names in the singular, as they come."""

    def __init__(self, done: int = 0, total: int | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """*done* came in an earlier run and does not make this one faster. *total* is None while it is not known."""
        self.total = total
        self.noun = "lead"
        self._clock = clock
        self.resume(done)

    def resume(self, done: int) -> None:
        """Begin to measure, with *done* from an earlier run."""
        self.done = self._earlier = done
        self._since = self._clock()

    @property
    def rate(self) -> float:
        """How many a second; 0 before the first ones."""
        seconds = self._clock() - self._since
        return (self.done - self._earlier) / seconds if seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """The time left at this rate; None while it is not known."""
        return max(0, self.total - self.done) / self.rate if self.total is not None and self.rate else None

    def counted(self) -> str:
        return counted(self.done, self.noun)

    def parts(self) -> list[str]:
        """Return what to show, most important first: ``12,000 of 1,000,000 leads``, ``4,100/s``, ``4 min left``."""
        parts = [f"{self.done:,} of {max(self.total, self.done):,} {self.noun}s" if self.total is not None else self.counted()]
        if self.rate:
            parts.append(f"{self.rate:,.0f}/s")
        if (left := self.seconds_left) is not None:
            parts.append(f"{_format_duration(left)} left")
        return parts


def _format_duration(seconds: float) -> str:
    """Return *seconds*, rounded up: ``40 s``, ``4 min``, ``2 h 10 min``."""
    if seconds <= 59:
        return f"{ceil(seconds)} s"
    minutes = ceil(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
