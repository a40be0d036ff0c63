"""The time zones of a lead's place, and the offsets that they can have by the host's zone data.

Zones have the names that the time zone database gives them today; some hosts lack its links. A state with two zones has both. If
part of a state follows another zone by custom, not by law, that zone is left out, and leads there have a doubtful time. The first
paint does without this module: ``zoneinfo`` takes 5 ms to import, and its files are read from disk.
"""

from __future__ import annotations

import os
import re
import zoneinfo
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from lead_tui.leads.fields import CANADA, STATE_NAMES, known_state
from lead_tui.leads.lead import read_country_code

_PACIFIC, _MOUNTAIN, _CENTRAL, _EASTERN = "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York"
_ATLANTIC, _NO_DAYLIGHT_ATLANTIC, _MARIANAS = "America/Halifax", "America/Puerto_Rico", "Pacific/Guam"

_STATES_BY_ZONES: Final = {
    (_EASTERN,): "CT DE DC GA ME MD MA NH NJ NY NC OH PA RI SC VT VA WV",
    (_CENTRAL,): "AL AR IL IA LA MN MS MO OK WI",
    (_MOUNTAIN,): "CO MT NM UT WY",
    (_PACIFIC,): "CA WA",
    (_EASTERN, _CENTRAL): "FL KY TN",
    ("America/Indiana/Indianapolis", _CENTRAL): "IN",
    ("America/Detroit", _CENTRAL): "MI",
    (_CENTRAL, _MOUNTAIN): "KS NE ND SD TX",
    (_PACIFIC, _MOUNTAIN): "NV",
    (_PACIFIC, "America/Boise"): "ID OR",
    ("America/Phoenix",): "AZ",
    ("America/Anchorage", "America/Adak"): "AK",
    ("Pacific/Honolulu",): "HI",
    (_NO_DAYLIGHT_ATLANTIC,): "PR VI",
    (_MARIANAS,): "GU MP",
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
    (_ATLANTIC,): "NS PE",
    ("America/Moncton",): "NB",
    ("America/St_Johns", "America/Goose_Bay"): "NL",
}

_COUNTRIES: Final = """
1|US USA|United States|*
1|CA CAN|Canada|*
1|BS BHS|Bahamas|America/Toronto
1|BB BRB|Barbados|America/Barbados
1|BM BMU|Bermuda|Atlantic/Bermuda
1|KY CYM|Cayman Islands|America/Panama
1|DO DOM|Dominican Republic|America/Santo_Domingo
1|JM JAM|Jamaica|America/Jamaica
1|TC TCA|Turks and Caicos Islands|America/Grand_Turk
1|AG AI DM GD KN LC MS SX TT VC VG|the eastern Caribbean|America/Puerto_Rico
27|ZA ZAF|South Africa|Africa/Johannesburg
31|NL NLD|Netherlands|Europe/Brussels
33|FR FRA|France|Europe/Paris
34|ES ESP|Spain|Europe/Madrid Atlantic/Canary
39|IT ITA|Italy|Europe/Rome
44|GB UK GBR GG IM JE|Great Britain|Europe/London
49|DE DEU|Germany|Europe/Berlin
52|MX MEX|Mexico|America/Mexico_City America/Monterrey America/Chihuahua America/Hermosillo America/Tijuana America/Cancun
61|AU AUS|Australia|Australia/Sydney Australia/Brisbane Australia/Adelaide Australia/Darwin Australia/Perth Australia/Eucla \
Australia/Lord_Howe
63|PH PHL|Philippines|Asia/Manila
64|NZ NZL|New Zealand|Pacific/Auckland Pacific/Chatham
91|IN IND|India|Asia/Kolkata
212|MA MAR EH|Morocco|Africa/Casablanca
220|GM GMB|Gambia|Africa/Abidjan
221|SN SEN|Senegal|Africa/Abidjan
222|MR MRT|Mauritania|Africa/Abidjan
223|ML MLI|Mali|Africa/Abidjan
224|GN GIN|Guinea|Africa/Abidjan
225|CI CIV|Ivory Coast|Africa/Abidjan
226|BF BFA|Burkina Faso|Africa/Abidjan
228|TG TGO|Togo|Africa/Abidjan
231|LR LBR|Liberia|Africa/Monrovia
232|SL SLE|Sierra Leone|Africa/Abidjan
233|GH GHA|Ghana|Africa/Abidjan
239|ST STP|Sao Tome and Principe|Africa/Sao_Tome
245|GW GNB|Guinea-Bissau|Africa/Bissau
290|SH SHN|Saint Helena|Africa/Abidjan
298|FO FRO|Faroe Islands|Atlantic/Faroe
299|GL GRL|Greenland|America/Nuuk America/Scoresbysund America/Thule America/Danmarkshavn
351|PT PRT|Portugal|Europe/Lisbon Atlantic/Azores
353|IE IRL|Ireland|Europe/Dublin
354|IS ISL|Iceland|Africa/Abidjan
"""
"""Country code, other names, name, zones (``*`` for those of its states). Every country that is ever on UTC is here."""


class Area(Struct, frozen=True):
    """A place that a lead's values name."""

    name: str
    zones: tuple[str, ...]
    state: str = ""  # the two letters of a state or province; "" for a country, or for a whole numbering plan
    phone_code: str = "1"


STATES: Final = {
    state: Area(STATE_NAMES[state], zones, state) for zones, states in _STATES_BY_ZONES.items() for state in states.split()
}
"""By the two letters of the state or province."""


def _zones_of(areas: Iterable[Area]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(zone for area in areas for zone in area.zones))


def _read_countries() -> dict[str, Area]:
    countries: dict[str, Area] = {}
    for line in _COUNTRIES.strip().splitlines():
        code, names, name, zones = line.split("|")
        of_states = (area for state, area in STATES.items() if (state in CANADA) is (name == "Canada"))
        area = Area(name, _zones_of(of_states) if zones == "*" else tuple(zones.split()), phone_code=code)
        countries |= dict.fromkeys((each.casefold() for each in (*names.split(), name)), area)
    countries["united states of america"] = countries["us"]
    return countries | dict.fromkeys(("united kingdom", "england", "scotland", "wales"), countries["gb"])


_BY_NAME: Final = _read_countries()
_BY_CODE: Final = {country.phone_code: country for country in reversed(_BY_NAME.values())}

NORTH_AMERICA: Final = Area("North America", _zones_of(area for area in _BY_NAME.values() if area.phone_code == "1"))
"""The whole North American Numbering Plan."""


@lru_cache(maxsize=4_096)
def areas_of(phone_code: str, country: str, *states: str) -> tuple[Area, ...]:
    """Return the places that a lead's country code, country and *states* name, only the narrowest kind; else North America."""
    code = read_country_code(phone_code)
    nation = _BY_NAME.get(" ".join(country.replace(".", "").casefold().split()))
    if nation is not None and code not in ("", nation.phone_code):
        nation = None
    if nation is None and code not in ("", "1"):
        nation = _BY_CODE.get(code)
        return () if nation is None else (nation,)
    if nation is not None and nation.name not in ("United States", "Canada"):
        return (nation,)
    named = dict.fromkeys(STATES[state] for text in states if (state := known_state(text)) in STATES)
    return tuple(named) or (nation or NORTH_AMERICA,)


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
    "Africa/Casablanca": (datetime(2026, 9, 20, 1, tzinfo=UTC), 0),
}
"""Zones with a fixed offset, in minutes from UTC, from a time on: changes that data before ``RULES_VERSION`` lacks, announced so
late that many hosts do not have them yet (the NEWS of the time zone database)."""


Possible = tuple[frozenset[int], frozenset[int], dict[int, frozenset[int]]]
"""The offsets that a group of zones can have, in minutes from UTC: the certain ones; those on which the host's data and a rule
change that it may lack disagree; and, by an offset from before a recent clock change, those that replaced it."""


class Zones:
    """The zone data of the host; another *version* only in tests."""

    def __init__(self, version: str | None = None) -> None:
        if version is not None:
            self.version = version
        self._possible_in = lru_cache(1_000)(self._possible_at)

    @cached_property
    def version(self) -> str:
        """The version of the time zone database, ``2026f``; "" if the host does not say."""
        return installed_version()

    def is_current(self, now: datetime) -> bool:
        """Return whether the data is known to be less than about a year old at *now*."""
        return bool(self.version) and now.date() - release_date(self.version) <= MAX_DATA_AGE

    def offset(self, zone: str, moment: datetime) -> int | None:
        """Return the minutes from UTC in *zone* at *moment* by the host's data; None for a zone that it lacks."""
        info = _zone(zone)
        offset = None if info is None else moment.astimezone(info).utcoffset()
        return None if offset is None else round(offset.total_seconds() / 60)

    def possible(self, zones: tuple[str, ...], now: datetime) -> Possible | None:
        """Return the offsets of *zones* at *now*, an aware time; None if the host has data for none of them."""
        return self._possible_in(zones, int(now.timestamp()) // _STEP)

    def _possible_at(self, zones: tuple[str, ...], step: int) -> Possible | None:
        moment = datetime.fromtimestamp(step * _STEP, UTC)
        earlier = moment - CLOCK_CHANGE_GRACE
        by_host: set[int] = set()
        by_rule: set[int] = set()
        late: dict[int, frozenset[int]] = {}
        for zone in zones:
            host, before = self.offset(zone, moment), self.offset(zone, earlier)
            if host is None or before is None:
                continue
            rule, before = self._by_rule(zone, moment, host), self._by_rule(zone, earlier, before)
            by_host.add(host)
            by_rule.add(rule)
            if before != rule:
                late[before] = late.get(before, frozenset()) | {rule}
        return (frozenset(by_host & by_rule), frozenset(by_host ^ by_rule), late) if by_host else None

    def _by_rule(self, zone: str, moment: datetime, offset: int) -> int:
        since, fixed = RULE_CHANGES.get(zone, (moment, offset))
        return offset if moment < since or self.version >= RULES_VERSION else fixed


@cache
def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def release_date(version: str) -> date:
    """Return about when *version*, ``2026f``, was released: the middle of its year, since the letter is only a counter."""
    return date(int(version[:4]), 7, 1)


def installed_version(directories: Iterable[str | os.PathLike[str]] | None = None) -> str:
    """Return the version of the zone data that ``zoneinfo`` reads from *directories*, or of the package tzdata; "" if unknown."""
    for directory in map(Path, zoneinfo.TZPATH if directories is None else directories):
        if (directory / "America" / "New_York").exists():
            return next(filter(None, (_version_in(directory / name) for name in ("tzdata.zi", "+VERSION"))), "")
    try:
        import tzdata  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        return ""
    return str(tzdata.IANA_VERSION)


def _version_in(path: Path) -> str:
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            match = re.search(r"\b(?:19|20)\d\d[a-z]{1,2}\b", file.readline(100))
    except OSError:
        return ""
    return match[0] if match else ""


HOST: Final = Zones()
