"""The host's time zone data: which offsets a place can have at a moment, and how far that data can be trusted.

Not needed for the first paint: ``zoneinfo`` takes 5 ms to import, and its files are read from disk.
"""

from __future__ import annotations

import os
import re
import zoneinfo
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

MAX_DATA_AGE: Final = timedelta(days=365)
"""Older zone data may miss a change: some country announces one every year, often weeks ahead."""

CLOCK_CHANGE_GRACE: Final = timedelta(hours=24)
"""How long after a clock change a lead's offset may still be the one before it: dialers update their leads by a nightly job."""

_STEP: Final = 15 * 60
"""Seconds: clocks change at a quarter of an hour, so one answer holds for all of it."""

_MAX_CACHED: Final = 1_000


class RuleChange(NamedTuple):
    """A zone that has one offset from *since* on, which data before *version* does not have."""

    since: datetime
    offset: int
    """Minutes from UTC."""
    version: str


_NOVEMBER: Final = datetime(2026, 11, 1, tzinfo=UTC)

RULE_CHANGES: Final = {
    "America/Vancouver": RuleChange(_NOVEMBER, -7 * 60, "2026f"),
    "America/Edmonton": RuleChange(_NOVEMBER, -6 * 60, "2026f"),
    "America/Inuvik": RuleChange(_NOVEMBER, -6 * 60, "2026f"),
    "America/Winnipeg": RuleChange(_NOVEMBER, -5 * 60, "2026f"),
    "Africa/Casablanca": RuleChange(datetime(2026, 9, 20, 1, tzinfo=UTC), 0, "2026f"),
}
"""Changes announced so late that many hosts do not have them yet (the NEWS of the time zone database, 2026f)."""


class Possible(NamedTuple):
    """The offsets, in minutes from UTC, that a group of zones can have at a moment."""

    sure: frozenset[int]
    unsure: frozenset[int]
    """Those on which the host's data and a rule change that it may lack disagree."""
    late: dict[int, frozenset[int]]
    """By an offset of before a recent clock change, the offsets that took its place."""


class Zones:
    """The zone data of the host; another *version* in its place only in tests."""

    def __init__(self, version: str | None = None) -> None:
        self._version = version
        self._possible: dict[tuple[tuple[str, ...], int], Possible | None] = {}

    @property
    def version(self) -> str:
        """The version as the time zone database counts, ``2026f``; "" where the host does not say."""
        if self._version is None:
            self._version = installed_version()
        return self._version

    def is_current(self, now: datetime) -> bool:
        """Whether the data is known to be less than about a year old at *now*."""
        return bool(self.version) and now.date() - release_date(self.version) <= MAX_DATA_AGE

    def offset(self, zone: str, moment: datetime) -> int | None:
        """The minutes from UTC in *zone* at *moment* by the host's data; None for a zone that it does not have."""
        found = _zone(zone)
        offset = None if found is None else moment.astimezone(found).utcoffset()
        return None if offset is None else round(offset.total_seconds() / 60)

    def possible(self, zones: tuple[str, ...], now: datetime) -> Possible | None:
        """The offsets of *zones* at *now*, an aware time; None where the host has data for none of them."""
        step = int(now.timestamp()) // _STEP
        key = (zones, step)
        if key not in self._possible:
            if len(self._possible) >= _MAX_CACHED:
                self._possible.clear()
            self._possible[key] = self._possible_at(zones, datetime.fromtimestamp(step * _STEP, UTC))
        return self._possible[key]

    def _possible_at(self, zones: Iterable[str], moment: datetime) -> Possible | None:
        by_host: set[int] = set()
        by_rule: set[int] = set()
        late: dict[int, frozenset[int]] = {}
        for zone in zones:
            host = self.offset(zone, moment)
            before = self.offset(zone, moment - CLOCK_CHANGE_GRACE)
            if host is None or before is None:
                continue
            rule = self._by_rule(zone, moment, host)
            before = self._by_rule(zone, moment - CLOCK_CHANGE_GRACE, before)
            by_host.add(host)
            by_rule.add(rule)
            if before != rule:
                late[before] = late.get(before, frozenset()) | {rule}
        if not by_host:
            return None
        return Possible(frozenset(by_host & by_rule), frozenset(by_host ^ by_rule), late)

    def _by_rule(self, zone: str, moment: datetime, offset: int) -> int:
        change = RULE_CHANGES.get(zone)
        if change is None or moment < change.since or self.version >= change.version:
            return offset
        return change.offset


HOST: Final = Zones()


@cache
def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def release_date(version: str) -> date:
    """About when *version*, ``2026f``, was released: the middle of its year, since the letter only counts."""
    return date(int(version[:4]), 7, 1)


def installed_version(directories: Iterable[str | os.PathLike[str]] | None = None) -> str:
    """The version of the zone data that ``zoneinfo`` reads, from the first of *directories* with zones; "" if it is not said.

    Without such a directory ``zoneinfo`` falls back to the package tzdata, and so does this.
    """
    for directory in map(Path, zoneinfo.TZPATH if directories is None else directories):
        if (directory / "America" / "New_York").exists():
            return next(filter(None, (_version_in(directory / name) for name in ("tzdata.zi", "+VERSION"))), "")
    try:
        import tzdata  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        return ""
    return _version_of(str(tzdata.IANA_VERSION))


def _version_in(path: Path) -> str:
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            return _version_of(file.readline(100))
    except OSError:
        return ""


def _version_of(text: str) -> str:
    found = re.search(r"\b((?:19|20)\d\d[a-z]{1,2})\b", text)
    return found[1] if found else ""
