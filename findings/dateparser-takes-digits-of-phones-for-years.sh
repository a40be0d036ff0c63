#!/bin/sh
# dateparser 1.5.0 (PyPI): search_dates, with which callbacks are looked for in the notes of calls, reads the end of a phone number as a year if
# its groups are separated by spaces or dots, and an auxiliary verb as a month. A queue that is sorted by the dates found has these callbacks
# first, as long overdue:
#   call back at 301 555 0123 after 5    year 123
#   left msg, 301.555.0148 ext 12        year 148
#   may not qualify                      May of this year
#   Mon 9 to 5                           September 27 ("Mon 9" as month 9)
# chrono-node 2.10.3 (npm) finds no date in the first three.
#
# What to do: remove phone numbers from the text first, and accept only dates between today and the end of the next year.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q dateparser==1.5.0
npm install --silent --no-audit --no-fund chrono-node@2.10.3 >/dev/null
cat >notes.py <<'PYTHON'
from datetime import datetime

from dateparser.search import search_dates

EXPECTED = {
    "call back at 301 555 0123 after 5": [("0123 after 5", 123, 5)],
    "left msg, 301.555.0148 ext 12": [("0148", 148, 11)],
    "may not qualify": [("may", 2026, 5)],
    "Mon 9 to 5": [("Mon 9", 2026, 9)],
    "wants plan 500 at 12:30": [("at 12:30", 2026, 11)],
}
for note, expected in EXPECTED.items():
    found = search_dates(note, languages=["en"], settings={"RELATIVE_BASE": datetime(2026, 11, 27, 12)}) or []
    observed = [(text, moment.year, moment.month) for text, moment in found]
    print(f"{note}: {[(text, str(moment)) for text, moment in found]}")
    assert observed == expected, observed
PYTHON
venv/bin/python notes.py
node -e '
const { parse } = require("chrono-node");
for (const note of ["call back at 301 555 0123 after 5", "left msg, 301.555.0148 ext 12", "may not qualify"])
  require("assert").strictEqual(parse(note, new Date(2026, 10, 27, 12)).length, 0, note);
console.log("chrono-node finds none in the first three");
'
