"""When leads were created and updated: both rise along a sequence that can be read backwards.

A lead's creation rises with its index. Its update is the moment of a later place in the same sequence, its *rank*: as many places
on as the lead's class (index modulo 31) says, always a multiple of 31. So no two leads have the same rank, every rank gives its
lead back, and leads in the order of their updates are leads in the order of their ranks. Leads of the classes without a shift
were never touched after they were created.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import date, timedelta

DAYS = 540
"""Days before today on which leads were created."""

_OPENS = 6 * 3600
_OPEN = 16 * 3600
"""Leads come in from 6:00 on for 16 hours a day; a *moment* counts the seconds of these hours from the first day on."""

_LAST_CREATED = DAYS * _OPEN + 2 * 3600
"""Today's leads come until 8:00, …"""

_AFTER = 1800
"""… and in this time after it are the updates that would lie ahead otherwise: much of an account is touched today."""

CLASSES = 31

_SHIFTS = (
    *(0, 3.4, 8.7, 0, 1.3, 40.2, 0, 0.1, 5.6, 2.3, 0, 20.5, 1.7, 0.5, 0, 60.4),
    *(12.3, 7.2, 0, 0.2, 3.8, 30.6, 0, 2.6, 10.1, 0.05, 5.3, 0, 25.7, 14.2, 0.8),
)
"""Days between a lead's creation and its update, by class."""

UNTOUCHED = frozenset(number for number, days in enumerate(_SHIFTS) if not days)
"""The classes whose leads nobody called yet."""

_TIME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")


class Clock:
    """The moments of *leads* leads, the last of which were created on *today*."""

    def __init__(self, leads: int, today: date) -> None:
        self.leads = leads
        self._first_day = today - timedelta(days=DAYS)
        self._days = [(self._first_day + timedelta(days=day)).isoformat() for day in range(DAYS + 1)]
        self._minutes = [f"{minute // 60:02}:{minute % 60:02}:" for minute in range(_OPENS // 60, (_OPENS + _OPEN) // 60)]
        self._step = _LAST_CREATED // max(1, leads)
        self.shifts = [max(1, round(days * leads / DAYS / CLASSES)) * CLASSES if days else 0 for days in _SHIFTS]
        """Ranks between a lead's creation and its update, by class."""
        self._beyond = max(self.shifts)
        self.ranks = leads + self._beyond

    def moment(self, rank: int) -> int:
        """The moment of *rank*: that of the creation of the lead with this index, where there is one."""
        if rank >= self.leads:
            return _LAST_CREATED + (rank - self.leads) * _AFTER // self._beyond
        # Leads do not come at a steady beat: each falls somewhere in its own interval.
        return rank * _LAST_CREATED // self.leads + ((rank * 2_654_435_761 & 0xFFFF_FFFF) * self._step >> 32)

    def rank(self, index: int) -> int:
        """The place of the lead *index* in the order of updates."""
        return index + self.shifts[index % CLASSES]

    def index(self, rank: int) -> int:
        """The lead whose update has *rank*."""
        return rank - self.shifts[rank % CLASSES]

    def text(self, moment: int) -> str:
        """*moment* as the API writes it: ``YYYY-MM-DD HH:MM:SS``."""
        day, second = divmod(moment, _OPEN)
        return f"{self._days[day]} {self._minutes[second // 60]}{second % 60:02}"

    def _moment_of(self, text: str, *, end: bool) -> int | None:
        """The first moment at or after *text*; with *end* the first one after it, or after its day where it has no time."""
        parts = _TIME.fullmatch(text.strip())
        if parts is None:
            return None
        try:
            day = (date(int(parts[1]), int(parts[2]), int(parts[3])) - self._first_day).days
        except ValueError:
            return None
        second = int(parts[4]) * 3600 + int(parts[5]) * 60 + int(parts[6] or 0) + end if parts[4] else 86_400 * end
        return day * _OPEN + min(max(second - _OPENS, 0), _OPEN)

    def between(self, start: str, end: str) -> range:
        """The ranks whose moments lie in the days or times *start* to *end*, both included; "" is an open end.

        What is no date is within no range. The same numbers, below ``leads``, are the indexes of the leads created in that time.
        """
        bounds = [0, self.ranks]
        for place, text in enumerate((start, end)):
            if text:
                moment = self._moment_of(text, end=bool(place))
                if moment is None:
                    return range(0)
                bounds[place] = bisect_left(range(self.ranks), moment, key=self.moment)
        return range(bounds[0], max(bounds))
