"""When a lead may be called: a window of its own clock for each day, with other ones for dates, weekdays, states and provinces."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field


class CallingWindow(Struct, frozen=True):
    """The hours of a day in which leads may be called, as minutes after the lead's own midnight: *start* until just before *end*.

    A guide, by default the hours of the federal rules in the USA: others hold in places and for kinds of call. One that ends before
    it starts runs over midnight; one that ends where it starts is the whole day.
    """

    start: int = 8 * 60
    end: int = 21 * 60

    def holds(self, minutes: int) -> bool:
        """Whether *minutes* after midnight lie in it."""
        if self.start < self.end:
            return self.start <= minutes < self.end
        return minutes >= self.start or minutes < self.end

    def __str__(self) -> str:
        return f"{clock(self.start)}–{clock(self.end)}"


class CallingHours(Struct, frozen=True):
    """The windows of all days: a date's own one comes before a weekday's, and that before the usual one."""

    usual: CallingWindow = CallingWindow()
    days: Mapping[date | int, CallingWindow | None] = field(default_factory=dict)
    """By date, and by weekday (0 is Monday); None is a day without calls."""
    states: Mapping[str, CallingHours] = field(default_factory=dict)
    """All that holds in a state or province, by its two letters."""

    def window(self, state: str, day: date) -> CallingWindow | None:
        """The window in *state* ("" where it is not known) on *day*, the lead's own day; None where nobody is called."""
        hours = self.states.get(state, self)
        return hours.days.get(day, hours.days.get(day.weekday(), hours.usual))


CALLING_HOURS = CallingHours()


def clock(minutes: int) -> str:
    """*minutes* after midnight as people write a time, ``8:00``."""
    return f"{minutes // 60}:{minutes % 60:02}"
