"""The settings of ``[calling_window]``, and the calling hours that they add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Annotated, Final

from msgspec import Meta, field

from lead_tui.config.schema import SettingsTable, TableName, TimeOfDay
from lead_tui.leads import local_time as hours
from lead_tui.leads.codes import known_state
from lead_tui.leads.errors import ConfigurationError

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Hours(SettingsTable, frozen=True):
    """The hours of one day; what it does not set is as on other days."""

    start: TimeOfDay | None = None
    end: TimeOfDay | None = None


_DAY_HOURS: Final = 'true, false, or a table of start and end, as { end = "18:00" }'

DayHours = Annotated[bool | Hours | None, Meta(description=_DAY_HOURS)]
"""``false`` is no calls, ``true`` the usual hours, None what holds on other days."""


class Days(SettingsTable, frozen=True):
    """The days that have hours of their own."""

    monday: DayHours = None
    """Hours on Mondays: ``false`` for no calls, ``true`` for the usual hours, or a table that changes ``start`` or ``end``."""
    tuesday: DayHours = None
    """Hours on Tuesdays."""
    wednesday: DayHours = None
    """Hours on Wednesdays."""
    thursday: DayHours = None
    """Hours on Thursdays."""
    friday: DayHours = None
    """Hours on Fridays."""
    saturday: DayHours = None
    """Hours on Saturdays."""
    sunday: DayHours = None
    """Hours on Sundays, such as ``sunday = false``."""
    dates: Annotated[
        Mapping[Annotated[date, Meta(description='a day, as "2026-12-25"')], Annotated[bool | Hours, Meta(description=_DAY_HOURS)]],
        Meta(description='a table of hours by date, as "2026-12-25" = false'),
    ] = field(default_factory=dict)
    """Hours on certain dates: ``[calling_window.dates]`` with ``"2026-12-25" = false``."""


class StateCallingWindow(Days, frozen=True):
    """``[calling_window.states.NAME]``: exceptions for a state or province, given by its two letters or its name.

    A key here replaces the same key of ``[calling_window]``, and a date the same date. A day that only ``[calling_window]`` sets
    also applies here, but not before the ``start`` and not after the ``end`` of this table.
    """

    start: TimeOfDay | None = None
    """Start of the hours, such as ``"9:00"``."""
    end: TimeOfDay | None = None
    """End of the hours, such as ``"20:00"``; later than ``start``."""


class CallingWindowSettings(Days, frozen=True):
    """``[calling_window]``: the hours in which leads may be called, in each lead's local time. A guide, not legal advice.

    Hours of a date take precedence over those of a weekday, and those over ``start`` and ``end``.
    """

    start: TimeOfDay = TimeOfDay(8)
    """Start of the hours, such as ``"8:00"``."""
    end: TimeOfDay = TimeOfDay(21)
    """End of the hours, such as ``"21:00"``; later than ``start``."""
    states: Mapping[TableName, StateCallingWindow] = field(default_factory=dict)


Wrong = Callable[[tuple[str, ...], str], ConfigurationError]
"""Makes the error for the setting at a place, which has a problem."""


def calling_hours(window: CallingWindowSettings, wrong: Wrong) -> hours.CallingHours:
    """Return the hours of *window*. Raises what *wrong* makes for hours that end before they start, and for an unknown state."""
    at = ("calling_window",)
    days = _days(window, at)
    whole = _hours(window.start, window.end, days, at, wrong)
    states: dict[str, hours.CallingHours] = {}
    for name, state in window.states.items():
        where = (*at, "states", name)
        code = known_state(name)
        if not code:
            raise wrong(where, "must be named by a state of the USA or a province of Canada, as FL or Florida")
        if code in states:
            raise wrong(where, f"is set twice: {code} is the same state")
        own = {day: (at, _narrowed(given, state)) for day, (at, given) in days.items()} | _days(state, where)
        states[code] = _hours(state.start or window.start, state.end or window.end, own, where, wrong)
    return hours.CallingHours(whole.usual, whole.days, states)


def _narrowed(given: bool | Hours, state: StateCallingWindow) -> bool | Hours:
    """Return a day's general hours in *state*: not earlier and not later than its own."""
    if given is False:
        return False
    usual = given if isinstance(given, Hours) else Hours()
    start = max(filter(None, (usual.start, state.start)), default=None)
    return Hours(start, min(filter(None, (usual.end, state.end)), default=None))


_Days = dict[date | int, tuple[tuple[str, ...], bool | Hours]]
"""By date and weekday, the place of a setting and its value."""


def _days(window: Days, at: tuple[str, ...]) -> _Days:
    weekdays: dict[int, bool | Hours | None] = {number: getattr(window, name) for number, name in enumerate(WEEKDAYS)}
    days: _Days = {number: ((*at, WEEKDAYS[number]), given) for number, given in weekdays.items() if given is not None}
    return days | {day: ((*at, "dates", day.isoformat()), given) for day, given in window.dates.items()}


def _hours(start: time, end: time, days: _Days, at: tuple[str, ...], wrong: Wrong) -> hours.CallingHours:
    """Return the hours of the table at *at*. If a day of *days* comes from another table, the error names *at* and the day."""

    def window(own: Hours, where: tuple[str, ...], on: str = "") -> hours.CallingWindow:
        first, last = own.start or start, own.end or end
        if first >= last:
            raise wrong(where, f"must end later than it starts{on}")
        return hours.CallingWindow(first.hour * 60 + first.minute, last.hour * 60 + last.minute)

    usual, windows = window(Hours(), at), dict[date | int, hours.CallingWindow | None]()
    for day, (where, given) in days.items():
        own = given if isinstance(given, Hours) else Hours()
        place = (where, "") if where[: len(at)] == at else (at, f" on {where[-1]}")
        windows[day] = window(own, *place) if given else None
    return hours.CallingHours(usual, windows)
