"""The local time of a lead, from its own offset, and whether it may be called at that time.

A lead's offset is trusted only if its country, state or province can have it now, by the host's zone data. Otherwise the time is
doubtful, and the screen does not say that a call is OK: no lead should be called at night because of a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from lead_tui.leads.fields import MADE_OF, STATE_NAMES, known_state
from lead_tui.leads.lead import Lead, read_country_code


class CallingWindow(Struct, frozen=True):
    """The hours for calls, from *start* to before *end*, in minutes after the lead's midnight; by default the US federal rule."""

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
LOCAL_TIME_KEYS: Final = (*MADE_OF["local_time"], *_PLACE_KEYS)
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
        return self.minutes is not None and not self.doubt

    def clock(self) -> str:
        """Return the time alone: ``11:02``, ``11:02?`` if it is doubtful, or ``unknown``."""
        return "unknown" if self.minutes is None else f"{clock(self.minutes)}{'?' if self.doubt else ''}"

    def may_call(self, hours: CallingHours = CALLING_HOURS) -> bool | None:
        """Return whether a call is OK by *hours*; None if the time is unknown or doubtful."""
        if self.minutes is None or self.doubt:
            return None
        window = hours.window(self.state, self.day)
        return window is not None and self.minutes in range(window.start, window.end)

    def words(self, hours: CallingHours | None = CALLING_HOURS) -> str:
        """Return the time for a heading, ``11:02 local (UTC−7) · OK to call (8:00–21:00)``; the time alone without *hours*."""
        if self.doubt:
            return f"Local time {'unknown' if self.minutes is None else 'doubtful'}: {self.doubt}"
        time = f"{self.clock()} local ({offset_words(self.offset)})"
        if hours is None:
            return time
        verdict = "OK to call" if self.may_call(hours) else "outside calling hours"
        return f"{time} · {verdict} ({hours.window(self.state, self.day) or 'no calls today'})"


@lru_cache(maxsize=256)
def offset_minutes(text: str) -> int | None:
    """Return the minutes from UTC in *text*: decimal hours (``-7.00``, ``5.5``), or hours and minutes (``-7:00``, ``-0700``).

    ``-3.30`` is hours and minutes, too, since no zone is 3.3 hours from UTC. None for anything but the offset of a zone.
    """
    text = text.strip()
    sign, readings = -1 if text.startswith("-") else 1, list[int]()
    if match := re.fullmatch(_DECIMAL_HOURS, text):
        hours, fraction = int(match[1]), match[2] or ""
        readings.append(round(float(f"{hours}.{fraction}0") * 60))
        if 1 <= len(fraction) <= 2:
            readings.append(hours * 60 + int(fraction.ljust(2, "0")))
    elif match := re.fullmatch(_CLOCK_HOURS, text):
        readings.append(int(match[1] or match[3]) * 60 + int(match[2] or match[4]))
    return next((sign * minutes for minutes in readings if sign * minutes in _OFFSETS), None)


@lru_cache(maxsize=256)
def offset_words(minutes: int) -> str:
    """Return an offset as people write it: ``UTC−7``, ``UTC+5:30``, ``UTC``."""
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


# The zones of a place. A state with two zones has both; a zone that a part of it follows by custom, not by law, is left out

_PACIFIC, _MOUNTAIN, _CENTRAL, _EASTERN = "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York"
_ATLANTIC = "America/Halifax"

_STATES_BY_ZONES: Final = {
    (_EASTERN,): "CT DE DC GA ME MD MA NH NJ NY NC OH PA RI SC VT VA WV",
    (_CENTRAL,): "AL AR IL IA LA MN MS MO OK WI",
    (_MOUNTAIN,): "CO MT NM UT WY",
    (_PACIFIC,): "CA WA",
    (_EASTERN, _CENTRAL): "FL IN KY MI TN",
    (_CENTRAL, _MOUNTAIN): "KS NE ND SD TX",
    (_PACIFIC, _MOUNTAIN): "ID NV OR",
    ("America/Phoenix",): "AZ",
    ("America/Anchorage", "America/Adak"): "AK",
    ("Pacific/Honolulu",): "HI",
    ("America/Puerto_Rico",): "PR VI",
    ("Pacific/Guam",): "GU MP",
    ("Pacific/Pago_Pago",): "AS",
    ("America/Vancouver", "America/Dawson_Creek"): "BC",
    ("America/Edmonton",): "AB",
    ("America/Edmonton", "America/Inuvik"): "NT",
    ("America/Whitehorse",): "YT",
    ("America/Regina",): "SK",
    ("America/Winnipeg",): "MB",
    ("America/Toronto", "America/Winnipeg"): "ON",
    ("America/Iqaluit", "America/Rankin_Inlet", "America/Cambridge_Bay"): "NU",
    ("America/Toronto", _ATLANTIC): "QC",
    (_ATLANTIC,): "NB NS PE",
    ("America/St_Johns", "America/Goose_Bay"): "NL",
}


class Area(Struct, frozen=True):
    """A place that a lead's values name."""

    name: str
    zones: tuple[str, ...]
    state: str = ""  # the two letters of a state or province; "" for a country


STATES: Final = {
    state: Area(STATE_NAMES[state], zones, state) for zones, states in _STATES_BY_ZONES.items() for state in states.split()
}
"""By the two letters of the state or province."""

NORTH_AMERICA: Final = Area("North America", tuple(dict.fromkeys(zone for zones in _STATES_BY_ZONES for zone in zones)))
"""The whole North American Numbering Plan: its islands have no other offsets."""

_ON_UTC: Final = {
    "44": Area("Great Britain", ("Europe/London",)),
    "351": Area("Portugal", ("Europe/Lisbon", "Atlantic/Azores")),
    "353": Area("Ireland", ("Europe/Dublin",)),
    "354": Area("Iceland", ("Africa/Abidjan",)),
}
"""Countries that are on UTC in a part of the year, by their country codes: elsewhere an offset of 0 is doubtful."""


def areas_of(phone_code: str, *states: str) -> tuple[Area, ...]:
    """Return the places that a lead's country code and *states* name; () for a country whose zones are not known here."""
    code = read_country_code(phone_code)
    if code not in ("", "1"):
        return (_ON_UTC[code],) if code in _ON_UTC else ()
    named = dict.fromkeys(STATES[state] for text in states if (state := known_state(text)) in STATES)
    return tuple(named) or (NORTH_AMERICA,)


MAX_DATA_AGE: Final = timedelta(days=365)
"""Older zone data may miss a change: some country announces one every year, often weeks ahead."""

CLOCK_CHANGE_GRACE: Final = timedelta(hours=24)
"""How long after a clock change a lead may still have the old offset: dialers update their leads in a nightly job."""

_STEP: Final = 15 * 60  # seconds: clocks change on a quarter of an hour, so one answer is right for all of it

_NOVEMBER: Final = datetime(2026, 11, 1, tzinfo=UTC)

RULES_VERSION: Final = "2026f"
RULE_CHANGES: Final = {
    "America/Vancouver": (_NOVEMBER, -7 * 60),
    "America/Edmonton": (_NOVEMBER, -6 * 60),
    "America/Inuvik": (_NOVEMBER, -6 * 60),
    "America/Winnipeg": (_NOVEMBER, -5 * 60),
}
"""Zones with a fixed offset, in minutes from UTC, from a time on: changes that data before ``RULES_VERSION`` lacks, announced so
late that many hosts do not have them yet (the NEWS of the time zone database)."""


class Zones:
    """The zone data of the host."""

    @cached_property
    def version(self) -> str:
        """The version of the data that ``zoneinfo`` reads, the host's or the package tzdata, ``2026f``; "" if unknown."""
        # Imported here: the first paint shows no lead.
        import zoneinfo

        for directory in map(Path, zoneinfo.TZPATH):
            if not (directory / "America" / "New_York").exists():
                continue
            for name in ("tzdata.zi", "+VERSION"):
                with suppress(OSError), (directory / name).open(encoding="ascii", errors="replace") as file:
                    if match := re.search(r"\b(?:19|20)\d\d[a-z]{1,2}\b", file.readline(100)):
                        return match[0]
            return ""
        try:
            import tzdata  # type: ignore[import-not-found, import-untyped, unused-ignore]
        except ImportError:
            return ""
        return str(tzdata.IANA_VERSION)

    def is_current(self, now: datetime) -> bool:
        """Return whether the data has ``RULE_CHANGES`` and is less than about a year old; the letter of a version only counts."""
        return self.version >= RULES_VERSION and now.date() - date(int(self.version[:4]), 7, 1) <= MAX_DATA_AGE

    def offset(self, zone: str, moment: datetime) -> int | None:
        """Return the minutes from UTC in *zone* at *moment* by the host's data; None for a zone that it lacks."""
        # Imported here, as above.
        import zoneinfo

        try:
            offset = moment.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset()
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return None
        return None if offset is None else round(offset.total_seconds() / 60)

    def offsets(self, zones: tuple[str, ...], moment: datetime) -> tuple[set[int], set[int], set[int]]:
        """Return the offsets of *zones* at *moment*, aware, in minutes from UTC: by the host's data, by rule changes that it may
        lack, and those that a recent clock change replaced. All are empty if the host has data for none of *zones*.
        """
        earlier = moment - CLOCK_CHANGE_GRACE
        by_host: set[int] = set()
        by_rule: set[int] = set()
        replaced: set[int] = set()
        for zone in zones:
            host, before = self.offset(zone, moment), self.offset(zone, earlier)
            if host is not None and before is not None:
                rule, before = self._by_rule(zone, moment, host), self._by_rule(zone, earlier, before)
                by_host.add(host)
                by_rule.add(rule)
                replaced |= {before} - {rule}
        return by_host, by_rule, replaced

    def _by_rule(self, zone: str, moment: datetime, offset: int) -> int:
        since, fixed = RULE_CHANGES.get(zone, (moment, offset))
        return offset if moment < since or self.version >= RULES_VERSION else fixed


HOST: Final = Zones()


def local_time(lead: Lead, now: datetime, zones: Zones = HOST) -> LocalTime:
    """Return the local time of *lead* at *now*, aware, in UTC, checked by the host's *zones* (others only in tests)."""
    # Clients assume that both fields include daylight saving time.
    offset = next((each for key in MADE_OF["local_time"] if (each := offset_minutes(lead.line(key))) is not None), None)
    if offset is None:
        is_blank = not any(lead.line(key).strip() for key in MADE_OF["local_time"])
        return LocalTime(doubt="no offset" if is_blank else "unreadable offset")
    whole = lead.with_masked(frozenset())
    areas = areas_of(*map(whole.line, _PLACE_KEYS))
    state = areas[0].state if areas else ""
    step = int(now.timestamp()) // _STEP
    doubt = _doubt(offset, areas, step, zones)
    # Masking removes no doubt; but neither a doubt nor its absence may reveal a masked field.
    if not lead.masked.isdisjoint(_PLACE_KEYS) and (doubt or _doubt(offset, areas_of(*map(lead.line, _PLACE_KEYS)), step, zones)):
        doubt = "it does not fit the lead's place"
    if not doubt and not state and lead.sent.get("gmt_offset_now") is not None and not whole.line("gmt_offset_now").strip():
        # The field was sent empty: then the offset is not today's.
        doubt = "no offset for today"
    there = now + timedelta(minutes=offset)
    return LocalTime(there.hour * 60 + there.minute, offset, doubt, there.date(), state)


def offset_at(lead: Lead, offset: int, now: datetime, moment: datetime) -> int:
    """Return the minutes from UTC of *lead* at *moment* by the clocks of its place, if those show *offset* *now*; else *offset*."""
    zones = [zone for area in areas_of(*map(lead.line, _PLACE_KEYS)) for zone in area.zones]
    offsets = {HOST.offset(zone, moment) for zone in zones if HOST.offset(zone, now) == offset} - {None}
    return offsets.pop() or 0 if len(offsets) == 1 else offset


@lru_cache(1_000)
def _doubt(offset: int, areas: tuple[Area, ...], step: int, zones: Zones) -> str:
    """Return why *offset* is doubtful in *areas* at *step*, counted in quarters of an hour; "" if it is not."""
    if not areas and not offset:
        return "offset 0, in a country that is not known to be on UTC"
    for area in areas:
        by_host, by_rule, replaced = zones.offsets(area.zones, datetime.fromtimestamp(step * _STEP, UTC))
        if not by_host:
            return f"this host has no time zone data for {area.name}"
        if offset in by_host ^ by_rule:
            return f"the clock rules of {area.name} have changed, and this host's zone data may be older"
        if offset not in by_host:
            return f"{area.name} is not at {offset_words(offset)}"
        if offset in replaced:
            return "clocks have just changed"
    return ""
