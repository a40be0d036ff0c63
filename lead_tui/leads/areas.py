"""Where a lead's own values say that it lives, and the time zones of that place.

Zones go by the names that the time zone database gives them today, not by links, which some hosts leave out. A state with two zones
has both. Where only part of a state follows another zone by custom and not by law, that zone is left out: its leads are in doubt.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from lead_tui.leads.places import STATE_NAMES, known_state

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

_CANADA: Final = frozenset(["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"])

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


class Area(NamedTuple):
    """A place that a lead's values name."""

    name: str
    zones: tuple[str, ...]
    state: str = ""
    """The two letters of a state or province; "" for a country, or for a whole numbering plan."""


class _Country(NamedTuple):
    code: str
    area: Area


def _all(zones: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(zone for each in zones for zone in each))


STATES: Final = {
    state: Area(STATE_NAMES[state], zones, state) for zones, states in _STATES_BY_ZONES.items() for state in states.split()
}
"""By the two letters of the state or province."""


def _read_countries() -> dict[str, _Country]:
    countries: dict[str, _Country] = {}
    for line in _COUNTRIES.strip().splitlines():
        code, names, name, zones = line.split("|")
        if zones == "*":
            own = (area.zones for state, area in STATES.items() if (state in _CANADA) is (name == "Canada"))
            area = Area(name, _all(tuple(own)))
        else:
            area = Area(name, tuple(zones.split()))
        for each in (*names.split(), name):
            countries[each.casefold()] = _Country(code, area)
    countries["united states of america"] = countries["us"]
    countries["united kingdom"] = countries["england"] = countries["scotland"] = countries["wales"] = countries["gb"]
    return countries


_BY_NAME: Final = _read_countries()

_BY_CODE: Final = {country.code: country.area for country in reversed(_BY_NAME.values())}

NORTH_AMERICA: Final = Area(
    "North America", _all(tuple(country.area.zones for country in _BY_NAME.values() if country.code == "1"))
)
"""The whole North American Numbering Plan."""


@lru_cache(maxsize=4_096)
def areas_of(phone_code: str, country: str, *states: str) -> tuple[Area, ...]:
    """The places that a lead's country code, country and *states* (state, province) name, the narrowest kind alone.

    None of them for a country that is not in the table. A number without a country code is North American unless the country says
    otherwise.
    """
    code = phone_code.strip().lstrip("+0") or "1"
    nation = _BY_NAME.get(" ".join(country.replace(".", "").casefold().split()))
    if nation is not None and not phone_code.strip().strip("+0"):
        code = nation.code
    if code != "1":
        area = nation.area if nation is not None and nation.code == code else _BY_CODE.get(code)
        return (area,) if area is not None else ()
    if nation is not None and nation.code == code and not nation.area.name.startswith(("United States", "Canada")):
        return (nation.area,)
    found = dict.fromkeys(STATES[state] for text in states if (state := known_state(text)) in STATES)
    if found:
        return tuple(found)
    return (nation.area,) if nation is not None and nation.code == code else (NORTH_AMERICA,)
