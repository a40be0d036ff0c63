#!/bin/sh
# phone-iso3166 0.4.1 (PyPI) returns the ISO 3166 code of a number's country. Of the territories of the United States with area codes of
# their own, Puerto Rico, the Virgin Islands and the Northern Marianas get their code (PR, VI, MP), but Guam (671) and American Samoa (684)
# get US, although ISO 3166 has GU and AS: Guam is 14 hours or more ahead of every state. Every toll-free number (800, 833, 844 ... 888)
# raises InvalidPhone, like a number that cannot exist. A client
# that chooses calling hours or rules by country treats an island's leads as those of a state, and drops leads with a toll-free number.
#
# What to do: treat InvalidPhone as "no place known", and handle area codes 671 and 684 separately.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q phone-iso3166==0.4.1
"$work/venv/bin/python" - <<'PYTHON'
from phone_iso3166.country import phone_country

EXPECTED = {"787": "PR", "340": "VI", "670": "MP", "671": "US", "684": "US", "800": "InvalidPhone", "888": "InvalidPhone", "911": "InvalidPhone"}
for area_code, expected in EXPECTED.items():
    try:
        observed = phone_country(f"1{area_code}5550123")
    except Exception as error:
        observed = type(error).__name__
    print(area_code, observed)
    assert observed == expected, (area_code, observed)
PYTHON
