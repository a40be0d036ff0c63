#!/bin/sh
# phonenumbers 9.0.43 (libphonenumber's Python port): its map of time zones lists exchanges. Where an area code lies in, or near, two
# zones, every exchange that is not listed gets one zone, without a sign of doubt, and that may be the zone of few of its people.
# Area code 219 (Gary, Indiana) keeps Central time: 673 of its 800 exchanges get America/New_York alone, so that a
# calling window of 8:00 to 21:00 opens at 7:00 there. Most of 423 (Chattanooga, Tennessee) keeps Eastern time: 579 get
# America/Chicago alone. The numbers of 850 and of 448, which overlays it in the same part of Florida, get different zones.
#
# What to do instead: take the zone from the lead's state or ZIP, and treat an area code as a hint at most.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q phonenumbers==9.0.43
"$work/venv/bin/python" - <<'PYTHON'
from collections import Counter

import phonenumbers
from phonenumbers.timezone import time_zones_for_geographical_number

EASTERN, CENTRAL = ("America/New_York",), ("America/Chicago",)
EXPECTED = {
    "219": {EASTERN: 673, CENTRAL: 127},
    "423": {CENTRAL: 579, EASTERN: 221},
    "850": {EASTERN: 574, CENTRAL: 226},
    "448": {EASTERN: 800},
}
for area_code, expected in EXPECTED.items():
    numbers = [phonenumbers.parse(f"+1{area_code}{exchange}0123") for exchange in range(200, 1000)]
    observed = Counter(map(time_zones_for_geographical_number, numbers))
    print(area_code, *(f"{'/'.join(zones)}: {count} exchanges;" for zones, count in observed.most_common()))
    assert observed == expected, (area_code, observed)
print("as observed with phonenumbers", phonenumbers.__version__)
PYTHON
