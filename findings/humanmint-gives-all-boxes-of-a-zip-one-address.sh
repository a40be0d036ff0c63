#!/bin/sh
# humanmint 2.0.1 (PyPI) cleans contact records, and gives each address a canonical form, as duplicates are found by: one lead for each home. Of
# an address without a street it drops everything in front of the city, so that all of these are "Reno NV 89501 US", without a street, but with a
# confidence of 0.85 and no warning:
#   PO Box 12, PO Box 907, RR 2 Box 152, HC 68 Box 23 in Reno, NV 89501
# In many small towns nearly all mail goes to boxes: without "duplicates" one lead of such a ZIP remains. 123 1/2 Main St and 123 Main St, two homes,
# are one, too. Other numbers, apartments and lots are kept apart, so that a test with street addresses does not find it. usaddress 0.5.16 (PyPI)
# keeps the boxes.
#
# What to do: compare addresses only if both have a street, and the text as it was written otherwise.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q humanmint==2.0.1 usaddress==0.5.16
"$work/venv/bin/python" - <<'PYTHON'
import usaddress
from humanmint import mint

CITY = "Reno, NV 89501"
BOXES = ["PO Box 12", "PO Box 907", "RR 2 Box 152", "HC 68 Box 23"]
for box in BOXES:
    address = mint(address=f"{box}, {CITY}").address
    print(box, address)
    assert (address["canonical"], address["street"], address["confidence"] > 0.8) == ("Reno NV 89501 US", None, True), box
    parts, kind = usaddress.tag(f"{box}, {CITY}")
    print("   ", kind, dict(parts))
    assert kind == "PO Box" and box.split()[-1] in parts.values(), parts
HOMES = ("123 Main St", "123 1/2 Main St", "123 Main St Apt 4", "123 Main St Lot 7")
homes = {text: mint(address=f"{text}, {CITY}").address["canonical"] for text in HOMES}
print(homes)
assert homes["123 Main St"] == homes["123 1/2 Main St"] and len(set(homes.values())) == 3
PYTHON
