#!/bin/sh
# usaddress-scourgify 0.7.1 (PyPI) normalizes addresses after Publication 28 of the US Postal Service, as for finding leads at one address.
# Publication 28 has designators of a unit that need no number: REAR, FRNT, BSMT, LBBY, LOWR, OFC, PH, SIDE, UPPR. In an address on one line the
# package makes most of them a part of the city:
#   123 Main St Rear, Reno NV 89501       123 MAIN ST in the city of "REAR, RENO"
#   123 Main St Apt 4, Reno NV 89501      123 MAIN ST, APT 4, in RENO
# The same address as a dict has "UNIT REAR" on its second line, so that one flat has two addresses; BSMT, LBBY and UPPR raise
# AmbiguousAddressError there. A list by city loses the lead, and "123 Main St" of Reno and its rear flat look like two cities.
#
# What to do: pass the parts as a dict, and take the designator from the end of the street into address_line_2 first.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q usaddress-scourgify==0.7.1 usaddress==0.5.16
"$work/venv/bin/python" - <<'PYTHON'
from scourgify import normalize_address_record
from scourgify.exceptions import AddressNormalizationError


def normalized(address: object) -> str:
    try:
        found = normalize_address_record(address)
    except AddressNormalizationError as error:
        return type(error).__name__
    return " | ".join(str(found[part] or "-") for part in ("address_line_1", "address_line_2", "city"))


for unit, on_one_line, in_parts in (
    ("Apt 4", "123 MAIN ST | APT 4 | RENO", "123 MAIN ST | APT 4 | RENO"),
    ("Rear", "123 MAIN ST | - | REAR, RENO", "123 MAIN ST | UNIT REAR | RENO"),
    ("Frnt", "123 MAIN ST | - | FRNT, RENO", "123 MAIN ST | UNIT FRNT | RENO"),
    ("Ofc", "123 MAIN ST | - | OFC, RENO", "123 MAIN ST | UNIT OFC | RENO"),
    ("Bsmt", "123 MAIN ST | - | BSMT, RENO", "AmbiguousAddressError"),
    ("Lbby", "123 MAIN ST | - | LBBY, RENO", "AmbiguousAddressError"),
    ("Uppr", "123 MAIN ST | - | UPPR, RENO", "AmbiguousAddressError"),
    ("Ph", "123 MAIN ST PH | - | RENO", "123 MAIN ST | UNIT PH | RENO"),
):
    parts = {"address_line_1": f"123 Main St {unit}", "address_line_2": None, "city": "Reno", "state": "NV", "postal_code": "89501"}
    observed = normalized(f"123 Main St {unit}, Reno NV 89501"), normalized(parts)
    print(f"{unit:6} {observed[0]:32} {observed[1]}")
    assert observed == (on_one_line, in_parts), observed
print("as observed with usaddress-scourgify 0.7.1 and usaddress 0.5.16")
PYTHON
