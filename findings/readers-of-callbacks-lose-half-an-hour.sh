#!/bin/sh
# Notes of calls say when to call back. At 14:00 on Monday, November 30, 2026, "in half an hour" is 14:30 and "in an hour and a half" 15:30.
# Only chrono-node reads the first, none of these the second, and none raises an error; "tomorrow at 5" is at five in the morning for three,
# and parsedatetime drops the 5:
#                                in half an hour   in an hour and a half   tomorrow at 5
#   chrono-node 2.10.3 (npm)     14:30             15:00                   05:00
#   sherlockjs 1.4.2 (npm)       15:00             15:00                   17:00
#   date.js 0.3.3 (npm)          00:05 next day    14:00                   05:00
#   parsedatetime 2.6 (PyPI)     15:00             15:00                   09:00
#   timefhuman 0.1.5 (PyPI)      15:00             15:00                   05:00
#
# What to do: offer agents a list of times, or show the moment that was read before it is stored.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm" TZ=America/New_York
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund chrono-node@2.10.3 sherlockjs@1.4.2 date.js@0.3.3 >/dev/null
python3 -m venv venv
venv/bin/pip install -q parsedatetime==2.6 timefhuman==0.1.5
cat >read.js <<'JS'
const chrono = require("chrono-node");
const date = require("date.js");
const sherlock = require("sherlockjs");

const now = new Date(2026, 10, 30, 14, 0);
sherlock._setNow(now);
const readers = {
    "chrono-node": (text) => chrono.parseDate(text, now, { forwardDate: true }),
    sherlockjs: (text) => sherlock.parse(text).startDate,
    "date.js": (text) => date(text, new Date(now)),
};
const two = (number) => String(number).padStart(2, "0");
const shown = (moment) => `December ${moment.getMonth() === 11 ? moment.getDate() : 0} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
for (const [name, read] of Object.entries(readers)) {
    const texts = ["in half an hour", "in an hour and a half", "tomorrow at 5"];
    console.log(`${name}:`, texts.map((text) => `${text} = ${shown(read(text)).replace("December 0", "today")}`).join(" | "));
}
JS
cat >read.py <<'PYTHON'
from datetime import datetime

from parsedatetime import Calendar
from timefhuman import tfhConfig, timefhuman

now = datetime(2026, 11, 30, 14, 0)
readers = {
    "parsedatetime": lambda text: Calendar().parseDT(text, now)[0],
    "timefhuman": lambda text: timefhuman(text, tfhConfig(now=now))[0],
}
for name, read in readers.items():
    moments = ((text, read(text)) for text in ("in half an hour", "in an hour and a half", "tomorrow at 5"))
    days = [f"{text} = {'today' if moment.month == 11 else f'December {moment.day}'} {moment:%H:%M}" for text, moment in moments]
    print(f"{name}:", " | ".join(days))
PYTHON
cat >expected.txt <<'LINES'
chrono-node: in half an hour = today 14:30 | in an hour and a half = today 15:00 | tomorrow at 5 = December 1 05:00
sherlockjs: in half an hour = today 15:00 | in an hour and a half = today 15:00 | tomorrow at 5 = December 1 17:00
date.js: in half an hour = December 1 00:05 | in an hour and a half = today 14:00 | tomorrow at 5 = December 1 05:00
parsedatetime: in half an hour = today 15:00 | in an hour and a half = today 15:00 | tomorrow at 5 = December 1 09:00
timefhuman: in half an hour = today 15:00 | in an hour and a half = today 15:00 | tomorrow at 5 = December 1 05:00
LINES
{
    node read.js
    venv/bin/python read.py
} | tee observed.txt
cmp observed.txt expected.txt
