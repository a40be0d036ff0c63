#!/bin/sh
# py-area-code-nanp 1.0.1 (PyPI) gives the state of an area code, and the area codes of a state, as for a list of the numbers that may be
# called under one state's rules. Two codes have a place of their own that is no state, so that the lists of their states lack them:
#   669   "San Jose", beside 408 in California, which serves the same city
#   448   "Florida Panhandle", beside 850 in Florida, which serves the same counties
# 879 is "Newfoundland", beside 709 in "Newfoundland and Labrador". A comparison of the region with a state fails for them as if the
# number were elsewhere, while an area code that is not known is None.
#
# What to do: map these three regions before they are compared.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q py-area-code-nanp==1.0.1
"$work/venv/bin/python" - <<'PYTHON'
from area_code_nanp import get_area_codes, get_region

for code, expected, neighbor, place in (
    (669, "San Jose", 408, "California"),
    (448, "Florida Panhandle", 850, "Florida"),
    (879, "Newfoundland", 709, "Newfoundland and Labrador"),
):
    region, codes = get_region(code), get_area_codes(place)
    print(f"{code}: {region}; {neighbor}: {get_region(neighbor)}; in the list of {place}: {code in codes}, {neighbor in codes}")
    assert region == expected, region
    assert get_region(neighbor) == place
    assert code not in codes and neighbor in codes
assert get_region(999) is None
print("as observed with py-area-code-nanp 1.0.1")
PYTHON
