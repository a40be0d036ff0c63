#!/bin/sh
# street-address 0.4.0 (PyPI) splits the first line of an address. A street whose name ends in a word that is also a kind of street, such as Shore,
# Hill, Creek, Valley, View or Run, loses that word: it is in none of the fields, and what is left is the name of another street, in the same town
# if it has one. No error is raised:
#   10 Lake Shore Dr      10 Lake Dr
#   10 Park Hill Ave      10 Park Ave
#   12 Fox Run Rd Unit B  12 Fox Rd, suite B
# A letter goes to a wrong house; and two leads, at 12 Pine Lake Rd and 12 Pine Hill Rd, have one address, so that one is dropped as a duplicate.
# usaddress 0.5.16 (PyPI) keeps all words.
#
# What to do: use usaddress, or check that each word of the input is in a field.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q street-address==0.4.0 six==1.17.0 usaddress==0.5.16
cat >streets.py <<'PYTHON'
import usaddress
from streetaddress import StreetAddressParser

EXPECTED = {
    "10 Main St": "10 Main St",
    "10 Lake Shore Dr": "10 Lake Dr",
    "10 Park Hill Ave": "10 Park Ave",
    "12 Fox Run Rd Unit B": "12 Fox Rd B",
    "14 Mill Creek Rd": "14 Mill Rd",
    "5 Spring Valley Ln": "5 Spring Ln",
    "3 Bay View St": "3 Bay St",
    "12 Pine Lake Rd": "12 Pine Rd",
    "12 Pine Hill Rd": "12 Pine Rd",
}
parser = StreetAddressParser()
for address, expected in EXPECTED.items():
    fields = parser.parse(address)
    observed = " ".join(fields[name] for name in ("house", "street_full", "suite_num") if fields[name])
    print(f"{address}: {observed}; not in any field: {set(address.split()) - set(' '.join(map(str, fields.values())).split()) or '-'}")
    assert observed == expected and fields["other"] is None, fields
    assert " ".join(word for word, _ in usaddress.parse(address)) == address
PYTHON
venv/bin/python streets.py
