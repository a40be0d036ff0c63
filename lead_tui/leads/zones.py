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
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from lead_tui.leads.fields import CANADA, STATE_NAMES, known_state
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

_COUNTRIES: Final = """
1|United States,United States of America,US,USA|*
1|Canada,CA,CAN|*
1|Bahamas,BS,BHS|America/Toronto
1|Barbados,BB,BRB|America/Barbados
1|Bermuda,BM,BMU|Atlantic/Bermuda
1|Cayman Islands,KY,CYM|America/Panama
1|Dominican Republic,DO,DOM|America/Santo_Domingo
1|Jamaica,JM,JAM|America/Jamaica
1|Turks and Caicos Islands,TC,TCA|America/Grand_Turk
1|the eastern Caribbean,AG,AI,DM,GD,KN,LC,MS,SX,TT,VC,VG|America/Puerto_Rico
27|South Africa,ZA,ZAF|Africa/Johannesburg
31|Netherlands,NL,NLD|Europe/Brussels
33|France,FR,FRA|Europe/Paris
34|Spain,ES,ESP|Europe/Madrid Atlantic/Canary
39|Italy,IT,ITA|Europe/Rome
44|Great Britain,United Kingdom,England,Scotland,Wales,GB,UK,GBR,GG,IM,JE|Europe/London
49|Germany,DE,DEU|Europe/Berlin
52|Mexico,MX,MEX|America/Mexico_City America/Monterrey America/Chihuahua America/Hermosillo America/Tijuana America/Cancun
61|Australia,AU,AUS|Australia/Sydney Australia/Brisbane Australia/Adelaide Australia/Darwin Australia/Perth Australia/Eucla \
Australia/Lord_Howe
63|Philippines,PH,PHL|Asia/Manila
64|New Zealand,NZ,NZL|Pacific/Auckland Pacific/Chatham
91|India,IN,IND|Asia/Kolkata
212|Morocco,MA,MAR,EH|Africa/Casablanca
298|Faroe Islands,FO,FRO|Atlantic/Faroe
299|Greenland,GL,GRL|America/Nuuk America/Scoresbysund America/Thule America/Danmarkshavn
351|Portugal,PT,PRT|Europe/Lisbon Atlantic/Azores
353|Ireland,IE,IRL|Europe/Dublin
220 221 222 223 224 225 226 228 231 232 233 239 245 290 354|western Africa or Iceland,GM,GMB,Gambia,SN,SEN,Senegal,MR,MRT,\
Mauritania,ML,MLI,Mali,GN,GIN,Guinea,CI,CIV,Ivory Coast,BF,BFA,Burkina Faso,TG,TGO,Togo,LR,LBR,Liberia,SL,SLE,Sierra Leone,\
GH,GHA,Ghana,ST,STP,Sao Tome and Principe,GW,GNB,Guinea-Bissau,SH,SHN,Saint Helena,IS,ISL,Iceland|Africa/Abidjan
"""
"""Country codes, names, zones (``*`` for those of its states). Every country that is ever on UTC is here."""


class Area(Struct, frozen=True):
    """A place that a lead's values name."""

    name: str
    zones: tuple[str, ...]
    state: str = ""  # the two letters of a state or province; "" for a country, or for a whole numbering plan
    phone_codes: frozenset[str] = frozenset("1")


STATES: Final = {
    state: Area(STATE_NAMES[state], zones, state) for zones, states in _STATES_BY_ZONES.items() for state in states.split()
}
"""By the two letters of the state or province."""


def _zones_of(areas: Iterable[Area]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(zone for area in areas for zone in area.zones))


def _read_countries() -> dict[str, Area]:
    countries: dict[str, Area] = {}
    for codes, names, zones in (line.split("|") for line in _COUNTRIES.strip().splitlines()):
        name = names.partition(",")[0]
        of_states = (area for state, area in STATES.items() if (state in CANADA) is (name == "Canada"))
        area = Area(name, _zones_of(of_states) if zones == "*" else tuple(zones.split()), phone_codes=frozenset(codes.split()))
        countries |= dict.fromkeys(names.casefold().split(","), area)
    return countries


_BY_NAME: Final = _read_countries()
_BY_CODE: Final = {code: country for country in reversed(_BY_NAME.values()) for code in country.phone_codes}

NORTH_AMERICA: Final = Area("North America", _zones_of(area for area in _BY_NAME.values() if "1" in area.phone_codes))
"""The whole North American Numbering Plan."""


@lru_cache(maxsize=4_096)
def areas_of(phone_code: str, country: str, *states: str) -> tuple[Area, ...]:
    """Return the places that a lead's country code, country and *states* name, only the narrowest kind; else North America."""
    code = read_country_code(phone_code)
    nation = _BY_NAME.get(" ".join(country.replace(".", "").casefold().split()))
    if nation is not None and code and code not in nation.phone_codes:
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
