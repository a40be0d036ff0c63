#!/bin/sh
# tz-trout 1.2.0 (PyPI) finds the time zones of an address. Of an address with a state alone, or with a city that is not in its list, it looks up one
# ZIP of the state and returns the zone of that: one zone, and that may be the one in which few of the people live. tz_ids_for_address returns
# a list, and for other countries all of their zones; its documentation says "fairly accurate for the United States".
#   North Dakota   America/Denver: most of the state keeps Central time; a window of 8:00 to 21:00 is open until 22:00 in Fargo
#   Kentucky       America/Chicago: Louisville and Lexington keep Eastern time, also until 22:00
#   Tennessee      America/New_York: Nashville and Memphis keep Central time, from 7:00 on
# Texas, Florida, Nebraska, Kansas, South Dakota, Idaho, Oregon, Michigan and Alaska get the zone of their larger part alone, so that El Paso is
# called at 7:00. A state without any ZIP in the list, such as PR and GU, gets all zones of the fifty states, in none of which it lies, with New York
# first, which local_time_for_address takes: for Guam it is 14 hours or more behind. With a ZIP, and with a city that it knows, the zone is right.
#
# What to do: ask with a ZIP; without one, treat a state with two zones as in both (calling hours of the overlap).
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q tz-trout==1.2.0 phonenumbers==9.0.43 pytz==2026.6 python-dateutil==2.9.0.post0
"$work/venv/bin/python" - <<'PYTHON'
import tztrout

CENTRAL, EASTERN, MOUNTAIN, PACIFIC = "America/Chicago", "America/New_York", "America/Denver", "America/Los_Angeles"
# The zone that is returned, and a ZIP and its city in the other one (49 CFR part 71).
EXPECTED = {
    "ND": (MOUNTAIN, "58102", "Fargo", CENTRAL),
    "KY": (CENTRAL, "40202", "Louisville", EASTERN),
    "TN": (EASTERN, "38103", "Memphis", CENTRAL),
    "TX": (CENTRAL, "79901", "El Paso", MOUNTAIN),
    "FL": (EASTERN, "32501", "Pensacola", CENTRAL),
    "NE": (CENTRAL, "69361", "Scottsbluff", MOUNTAIN),
    "KS": (CENTRAL, "67735", "Goodland", MOUNTAIN),
    "SD": (CENTRAL, "57701", "Rapid City", MOUNTAIN),
    "ID": (MOUNTAIN, "83814", "Coeur d'Alene", PACIFIC),
    "OR": (PACIFIC, "97914", "Ontario", MOUNTAIN),
    "MI": (EASTERN, "49801", "Iron Mountain", CENTRAL),
    "AK": ("America/Anchorage", "99546", "Adak", "America/Adak"),
}
for state, (expected, zip_code, city, other) in EXPECTED.items():
    observed = [
        tztrout.tz_ids_for_address("US", state=state),
        tztrout.tz_ids_for_address("US", state=state, city="Unlisted Corners"),
        tztrout.tz_ids_for_address("US", zipcode=zip_code),
    ]
    print(f"{state}: {', '.join(observed[0])}; {city}, {zip_code}: {', '.join(observed[2])}")
    assert observed == [[expected], [expected], [other]], (state, observed)
for territory, own in ("PR", "America/Puerto_Rico"), ("GU", "Pacific/Guam"):
    zones = tztrout.tz_ids_for_address("US", state=territory)
    print(f"{territory}: {len(zones)} zones, {zones[0]} first, {own if own in zones else 'none of them its own'}")
    assert len(zones) == 29 and zones[0] == EASTERN and own not in zones, zones
    local = tztrout.local_time_for_address("US", state=territory)
    assert local is not None and str(local.tzinfo) == EASTERN, local
PYTHON
