#!/bin/sh
# Two npm packages that turn a ZIP into a time zone are wrong where zones meet, and for the islands:
# zipcode-to-timezone 0.0.9 has one zone for counties on both sides of a border (49 CFR part 71): Gary, Indiana (46402) and Paducah,
# Kentucky (42001), both on Central time, are an hour ahead, so that a calling window opens at 7:00; Ontario, Oregon (97914), on Mountain
# time, is America/Los_Angeles; Show Low, Arizona (85901), outside the Navajo Nation, is America/Shiprock and gets daylight saving time.
# zip-to-timezone 1.2.1 does not know the first two, puts Guam (96910) in America/Los_Angeles, seventeen hours away, and San Juan, Puerto
# Rico (00926) in America/New_York; its short name is that of summer ("EDT") all year.
#
# zip2tz 0.1.7 (PyPI) has the right zone for all four on the mainland, but gets others wrong.
#
# What to do: accept a zone only if the lead's state lies in it, and treat a state with two zones as in both.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund zipcode-to-timezone@0.0.9 zip-to-timezone@1.2.1 >/dev/null
python3 -m venv venv
venv/bin/pip install -q zip2tz==0.1.7
cat >zones.js <<'JS'
const { lookup } = require("zipcode-to-timezone");
const { ZipToTz } = require("zip-to-timezone");
const other = (zip) => {
  try {
    return `${new ZipToTz().full(zip)} (${new ZipToTz().short(zip)})`;
  } catch (error) {
    return error.message;
  }
};
for (const zip of process.argv.slice(2)) console.log(`${zip}\t${lookup(zip) ?? "-"}\t${other(zip)}`);
JS
cat >zones.py <<'PYTHON'
import sys

from zip2tz import timezone

for zip_code in sys.argv[1:]:
    # It raises IndexError for 00926.
    print("-" if zip_code == "00926" else timezone(zip_code) or "-")
PYTHON
zips="46402 42001 97914 85901 96910 00926 33487"
node zones.js $zips >npm.txt
venv/bin/python zones.py $zips >pypi.txt
paste npm.txt pypi.txt >observed.txt
cat >expected.txt <<'ZONES'
46402	America/Indiana/Indianapolis	Not found	America/Chicago
42001	America/Kentucky/Louisville	Not found	America/Chicago
97914	America/Los_Angeles	America/Denver (MDT)	America/Boise
85901	America/Shiprock	America/Phoenix (MST)	America/Phoenix
96910	-	America/Los_Angeles (PDT)	-
00926	-	America/New_York (EDT)	-
33487	America/New_York	America/New_York (EDT)	America/New_York
ZONES
echo "ZIP, and its zone by zipcode-to-timezone, zip-to-timezone, zip2tz:"
cat observed.txt
cmp observed.txt expected.txt
