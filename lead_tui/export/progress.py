"""How far an export or a list of look-ups is, in words: leads, leads a second, time left."""

from __future__ import annotations

import time
from collections.abc import Callable


class Progress:
    """Counts leads as they are written. *earlier* ones came in another run and do not make this one faster."""

    def __init__(self, earlier: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self.done = earlier
        self.total: int | None = None
        """How many there will be; None while nobody knows."""
        self.noun = "lead"
        """What is counted, in the singular."""
        self._earlier = earlier
        self._clock = clock
        self._since = clock()

    def resume(self, earlier: int) -> None:
        """Count from *earlier*, what another run has done."""
        self.done = self._earlier = earlier

    @property
    def rate(self) -> float:
        """Leads a second; 0 before the first ones."""
        seconds = self._clock() - self._since
        return (self.done - self._earlier) / seconds if seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """What is left at this rate; None while that cannot be said."""
        if self.total is None or not self.rate:
            return None
        return max(0, self.total - self.done) / self.rate

    def counted(self) -> str:
        """What is done: ``1 lead``, ``12,000 leads``."""
        return f"{self.done:,} {self.noun}{'' if self.done == 1 else 's'}"

    def words(self) -> str:
        """One line: ``12,000 of 1,000,000 leads, 4,100 a second, 4 min left``."""
        parts = [f"{self.done:,} of {max(self.total, self.done):,} {self.noun}s" if self.total is not None else self.counted()]
        if self.rate:
            parts.append(f"{self.rate:,.0f} a second")
        if (left := self.seconds_left) is not None:
            parts.append(f"{duration(left)} left")
        return ", ".join(parts)


def duration(seconds: float) -> str:
    """*seconds* as people say it, rounded up: ``40 s``, ``4 min``, ``2 h 10 min``."""
    whole = -int(-seconds // 1)
    if whole < 60:
        return f"{whole} s"
    minutes = -(-whole // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
