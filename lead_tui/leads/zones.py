"""The time zones of a lead's place, and the offsets that they can have by the host's zone data.

A state with two zones has both. If part of a state follows another zone by custom, not by law, that zone is left out, and leads
there have a doubtful time. The first paint does without this module: ``zoneinfo`` takes 5 ms to import, and reads files.
"""

from __future__ import annotations

import os
import re
import zoneinfo
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from lead_tui.leads.fields import STATE_NAMES, known_state
from lead_tui.leads.lead import read_country_code

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


# The data of the host

MAX_DATA_AGE: Final = timedelta(days=365)
"""Older zone data may miss a change: some country announces one every year, often weeks ahead."""

CLOCK_CHANGE_GRACE: Final = timedelta(hours=24)
"""How long after a clock change a lead may still have the old offset: dialers update their leads in a nightly job."""

_STEP: Final = 15 * 60  # seconds: clocks change on a quarter of an hour, so one result is right for all of it

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
    """The zone data of the host; another *version* only in tests."""

    def __init__(self, version: str | None = None) -> None:
        if version is not None:
            self.version = version
        self._offsets_in = lru_cache(1_000)(self._offsets_at)

    @cached_property
    def version(self) -> str:
        """The version of the time zone database, ``2026f``; "" if the host does not say."""
        return installed_version()

    def is_current(self, now: datetime) -> bool:
        """Return whether the data is known to be less than about a year old at *now*: the letter of a version is only a counter."""
        return bool(self.version) and now.date() - date(int(self.version[:4]), 7, 1) <= MAX_DATA_AGE

    def offset(self, zone: str, moment: datetime) -> int | None:
        """Return the minutes from UTC in *zone* at *moment* by the host's data; None for a zone that it lacks."""
        try:
            offset = moment.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset()
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return None
        return None if offset is None else round(offset.total_seconds() / 60)

    def offsets(self, zones: tuple[str, ...], now: datetime) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
        """Return the offsets of *zones* at *now*, aware, in minutes from UTC: by the host's data, by rule changes that it may lack,
        and those that a recent clock change replaced. All are empty if the host has data for none of *zones*.
        """
        return self._offsets_in(zones, int(now.timestamp()) // _STEP)

    def _offsets_at(self, zones: tuple[str, ...], step: int) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
        moment = datetime.fromtimestamp(step * _STEP, UTC)
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
        return frozenset(by_host), frozenset(by_rule), frozenset(replaced)

    def _by_rule(self, zone: str, moment: datetime, offset: int) -> int:
        since, fixed = RULE_CHANGES.get(zone, (moment, offset))
        return offset if moment < since or self.version >= RULES_VERSION else fixed


def installed_version(directories: Iterable[str | os.PathLike[str]] | None = None) -> str:
    """Return the version of the zone data that ``zoneinfo`` reads from *directories*, or of the package tzdata; "" if unknown."""
    for directory in map(Path, zoneinfo.TZPATH if directories is None else directories):
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


HOST: Final = Zones()
