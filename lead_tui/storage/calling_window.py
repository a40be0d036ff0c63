"""The settings of ``[calling_window]``, and the calling hours that they add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Final

from lead_tui.leads import calling_hours as hours
from lead_tui.leads.errors import ConfigurationError
from lead_tui.leads.places import known_state
from lead_tui.storage import declared, values
from lead_tui.storage.declared import Declared
from lead_tui.storage.values import DayHours

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Days(Declared):
    """The days that have hours of their own."""

    monday: DayHours | None = declared.setting(values.day_hours(), None)
    """The hours on Mondays. ``false`` is no calls, ``true`` the usual hours; what a table does not set is as usual."""
    tuesday: DayHours | None = declared.setting(values.day_hours(), None)
    """The hours on Tuesdays."""
    wednesday: DayHours | None = declared.setting(values.day_hours(), None)
    """The hours on Wednesdays."""
    thursday: DayHours | None = declared.setting(values.day_hours(), None)
    """The hours on Thursdays."""
    friday: DayHours | None = declared.setting(values.day_hours(), None)
    """The hours on Fridays."""
    saturday: DayHours | None = declared.setting(values.day_hours(), None)
    """The hours on Saturdays."""
    sunday: DayHours | None = declared.setting(values.day_hours(), None)
    """The hours on Sundays: ``sunday = false``."""
    dates: Mapping[date, DayHours] = declared.setting(values.hours_by_date(), {})
    """The hours on single days: ``[calling_window.dates]`` with ``"2026-12-25" = false``."""


class StateCallingWindow(Days):
    """``[calling_window.states.NAME]``: what is different in a state or province, named by its two letters or its name.

    A key here replaces the same key of ``[calling_window]``, and a date the same date. Hours of a day that only
    ``[calling_window]`` has hold here too, but not before the ``start`` and not after the ``end`` of this table.
    """

    name: str = ""
    start: time | None = declared.setting(values.time_of_day(), None)
    """From when, as ``"9:00"``."""
    end: time | None = declared.setting(values.time_of_day(), None)
    """Until when, as ``"20:00"``; later than ``start``."""


class CallingWindow(Days):
    """``[calling_window]``: when a lead may be called, by the lead's own clock and calendar. A guide, no legal advice.

    The hours of a date come before those of a weekday, and those before ``start`` and ``end``.
    """

    start: time = declared.setting(values.time_of_day(), time(8))
    """From when, as ``"8:00"``."""
    end: time = declared.setting(values.time_of_day(), time(21))
    """Until when, as ``"21:00"``; later than ``start``."""
    states: Mapping[str, StateCallingWindow] = declared.tables(StateCallingWindow)


Wrong = Callable[[tuple[str, ...], str], ConfigurationError]
"""Makes the error for the setting at a place, which has a problem."""


def calling_hours(window: CallingWindow, wrong: Wrong) -> hours.CallingHours:
    """The hours that *window* adds up to. Raises what *wrong* makes for hours that end before they start, or a state of no name."""
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
            raise wrong(where, f"stands here twice: {code} is the same")
        own = {day: (at, _narrowed(given, state)) for day, (at, given) in days.items()} | _days(state, where)
        states[code] = _hours(state.start or window.start, state.end or window.end, own, where, wrong)
    return hours.CallingHours(whole.usual, whole.days, states)


def _narrowed(given: DayHours, state: StateCallingWindow) -> DayHours:
    """A day's general hours in *state*: not earlier and not later than its own ones."""
    start = max(filter(None, (given.start, state.start)), default=None)
    return DayHours(given.may_call, start, min(filter(None, (given.end, state.end)), default=None))


_Days = dict[date | int, tuple[tuple[str, ...], DayHours]]
"""By date and weekday, the place of a setting and its value."""


def _days(window: Days, at: tuple[str, ...]) -> _Days:
    weekdays: dict[int, DayHours | None] = {number: getattr(window, name) for number, name in enumerate(WEEKDAYS)}
    days: _Days = {number: ((*at, WEEKDAYS[number]), given) for number, given in weekdays.items() if given is not None}
    return days | {day: ((*at, "dates", day.isoformat()), given) for day, given in window.dates.items()}


def _hours(start: time, end: time, days: _Days, at: tuple[str, ...], wrong: Wrong) -> hours.CallingHours:
    """The hours of the table at *at*. Where a day of *days* comes from another table, the error names *at* and the day."""
    usual = _window(start, end)
    if usual is None:
        raise wrong(at, "must end later than it starts")
    windows: dict[date | int, hours.CallingWindow | None] = {}
    for day, (where, given) in days.items():
        windows[day] = _window(given.start or start, given.end or end) if given.may_call else None
        if given.may_call and windows[day] is None:
            is_own = where[: len(at)] == at
            raise wrong(where if is_own else at, f"must end later than it starts{'' if is_own else f' on {where[-1]}'}")
    return hours.CallingHours(usual, windows)


def _window(start: time, end: time) -> hours.CallingWindow | None:
    if start >= end:
        return None
    return hours.CallingWindow(start.hour * 60 + start.minute, end.hour * 60 + end.minute)
