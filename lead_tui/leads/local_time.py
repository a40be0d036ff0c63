"""The local time of a lead, from its own offset, and whether it may be called at that time.

A lead's offset is trusted only if its country, state or province can have it now. Otherwise the time is doubtful, and the screen
does not say that a call is OK: no lead should be called at night because of a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from lead_tui.leads.lead import Lead

if TYPE_CHECKING:
    from lead_tui.leads.zones import Area, Zones


class CallingWindow(Struct, frozen=True):
    """The hours of a day in which leads may be called: from *start* until just before *end*, in minutes after the lead's midnight.

    A guide; the default is the federal rule in the USA. Some places and some kinds of calls have other rules.
    """

    start: int = 8 * 60
    end: int = 21 * 60

    def __str__(self) -> str:
        return f"{clock(self.start)}–{clock(self.end)}"


class CallingHours(Struct, frozen=True):
    """The windows of all days: a date's own window takes precedence over its weekday's, and that over the usual one."""

    usual: CallingWindow = CallingWindow()
    days: Mapping[date | int, CallingWindow | None] = field(default_factory=dict)
    """By date and by weekday (0 is Monday); None for a day without calls."""
    states: Mapping[str, CallingHours] = field(default_factory=dict)
    """The hours in a state or province, by its two letters."""

    def window(self, state: str, day: date) -> CallingWindow | None:
        """Return the window in *state*, "" if unknown, on *day*, the lead's own day; None for a day without calls."""
        hours = self.states.get(state, self)
        return hours.days.get(day, hours.days.get(day.weekday(), hours.usual))


CALLING_HOURS = CallingHours()


def clock(minutes: int) -> str:
    """Return *minutes* after midnight as a time: ``8:00``."""
    return f"{minutes // 60}:{minutes % 60:02}"


_PLACE_KEYS: Final = ("phone_code", "state", "province")
LOCAL_TIME_KEYS: Final = ("gmt_offset_now", "locale_gmt", *_PLACE_KEYS)
"""The fields that a lead's local time is made from."""

_OFFSETS: Final = frozenset((*range(-12 * 60, 15 * 60, 60), -570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825))
"""The offsets of the world's zones, in minutes."""

_DECIMAL_HOURS: Final = r"[+-]?([0-9]{1,2})(?:\.([0-9]{1,4}))?"
_CLOCK_HOURS: Final = r"[+-]?([0-9]{1,2}):([0-9]{2})|[+-]([0-9]{2})([0-9]{2})"


class LocalTime(Struct, frozen=True):
    """A lead's local time, known or doubtful, or why it is not known."""

    minutes: int | None = None  # after the lead's midnight; None if unknown
    offset: int = 0  # minutes from UTC
    doubt: str = ""  # why the time is unknown or doubtful; "" if it is neither
    day: date = date.min  # the lead's own day
    state: str = ""  # the two letters of the state or province whose calling hours apply

    @property
    def is_known(self) -> bool:
        """Whether the time is known without doubt."""
        return self.minutes is not None and not self.doubt

    def clock(self) -> str:
        """Return the time alone: ``11:02``, ``11:02?`` if it is doubtful, or ``unknown``."""
        if self.minutes is None:
            return "unknown"
        return f"{clock(self.minutes)}{'?' if self.doubt else ''}"

    def may_call(self, hours: CallingHours = CALLING_HOURS) -> bool | None:
        """Return whether a call is OK by *hours*; None if the time is unknown or doubtful."""
        if self.minutes is None or self.doubt:
            return None
        window = hours.window(self.state, self.day)
        return window is not None and window.start <= self.minutes < window.end

    def words(self, hours: CallingHours = CALLING_HOURS) -> str:
        """Return the time for a heading: ``11:02 local (UTC−7) · OK to call (8:00–21:00)``."""
        answer = self.may_call(hours)
        if answer is None:
            return self.words_alone()
        verdict = "OK to call" if answer else "outside calling hours"
        return f"{self.words_alone()} · {verdict} ({hours.window(self.state, self.day) or 'no calls today'})"

    def words_alone(self) -> str:
        """Return the time for a heading, without saying whether a call is OK."""
        if self.doubt:
            return f"Local time {'unknown' if self.minutes is None else 'doubtful'}: {self.doubt}"
        return f"{self.clock()} local ({offset_words(self.offset)})"


@lru_cache(maxsize=256)
def offset_minutes(text: str) -> int | None:
    """Return the minutes from UTC in *text*: decimal hours (``-7.00``, ``5.5``), or hours and minutes (``-7:00``, ``-0700``).

    ``-3.30`` is hours and minutes, too, since no zone is 3.3 hours from UTC. None for anything but the offset of a zone.
    """
    return next((minutes for minutes in _readings(text.strip()) if minutes in _OFFSETS), None)


def _readings(text: str) -> Iterator[int]:
    sign = -1 if text.startswith("-") else 1
    if match := re.fullmatch(_DECIMAL_HOURS, text):
        hours, fraction = int(match[1]), match[2] or ""
        yield sign * round(float(f"{hours}.{fraction}0") * 60)
        if 1 <= len(fraction) <= 2:
            yield sign * (hours * 60 + int(fraction.ljust(2, "0")))
    elif match := re.fullmatch(_CLOCK_HOURS, text):
        yield sign * (int(match[1] or match[3]) * 60 + int(match[2] or match[4]))


@lru_cache(maxsize=256)
def offset_words(minutes: int) -> str:
    """Return an offset as people write it: ``UTC−7``, ``UTC+5:30``, ``UTC``."""
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def claimed_offset(lead: Lead) -> int | None:
    """Return the offset that *lead* was sent with, right or not; None without one. Clients assume that both fields include DST."""
    offset = offset_minutes(lead.line("gmt_offset_now"))
    return offset_minutes(lead.line("locale_gmt")) if offset is None else offset


def local_time(lead: Lead, now: datetime, zones: Zones | None = None) -> LocalTime:
    """Return the local time of *lead* at *now*, aware, in UTC, checked by the host's *zones* (others only in tests)."""
    offset = claimed_offset(lead)
    if offset is None:
        is_blank = not (lead.line("gmt_offset_now").strip() or lead.line("locale_gmt").strip())
        return LocalTime(doubt="no offset" if is_blank else "unreadable offset")
    # Imported here: the first paint shows no lead.
    from lead_tui.leads.zones import HOST, areas_of

    zones = HOST if zones is None else zones
    whole = lead.with_masked(frozenset())
    areas = areas_of(*map(whole.line, _PLACE_KEYS))
    state = areas[0].state if areas else ""
    doubt = _doubt(offset, areas, now, zones)
    # Masking removes no doubt; but neither a doubt nor its absence may reveal a masked field.
    if not lead.masked.isdisjoint(_PLACE_KEYS) and (doubt or _doubt(offset, areas_of(*map(lead.line, _PLACE_KEYS)), now, zones)):
        doubt = "it does not fit the lead's place"
    if not doubt and not state and lead.sent.get("gmt_offset_now") is not None and not whole.line("gmt_offset_now").strip():
        # The field was sent empty: then the offset is not today's.
        doubt = "no offset for today"
    there = now + timedelta(minutes=offset)
    return LocalTime(there.hour * 60 + there.minute, offset, doubt, there.date(), state)


def offset_at(lead: Lead, offset: int, now: datetime, moment: datetime) -> int:
    """Return the minutes from UTC of *lead* at *moment* by the clocks of its place, if those show *offset* *now*; else *offset*."""
    # Imported here: the first paint shows no lead.
    from lead_tui.leads.zones import HOST, areas_of

    zones = [zone for area in areas_of(*map(lead.line, _PLACE_KEYS)) for zone in area.zones]
    offsets = {HOST.offset(zone, moment) for zone in zones if HOST.offset(zone, now) == offset} - {None}
    return offsets.pop() or 0 if len(offsets) == 1 else offset


def _doubt(offset: int, areas: tuple[Area, ...], now: datetime, zones: Zones) -> str:
    """Return why *offset* is doubtful in *areas*; "" if it is not."""
    if not areas and not offset:
        return "offset 0, in a country that is not known to be on UTC"
    for area in areas:
        by_host, by_rule, replaced = zones.offsets(area.zones, now)
        if not by_host:
            return f"this host has no time zone data for {area.name}"
        if offset in by_host ^ by_rule:
            return f"the clock rules of {area.name} have changed, and this host's zone data may be older"
        if offset not in by_host:
            return f"{area.name} is not at {offset_words(offset)}"
        if offset in replaced:
            return "clocks have just changed"
    return ""
