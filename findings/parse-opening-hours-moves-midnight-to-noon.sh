#!/bin/sh
# parse-opening-hours 0.4.2 (PyPI) turns calling hours as people write them into times of each day. It reads 12am as noon, then takes the morning
# for the afternoon, ignores what follows the first period, and forgets most days of a range that goes past Sunday. No error is raised:
#   Mon-Fri 12am-8am                12:00 to 20:00: a night shift is scheduled for the day
#   Mon-Fri 8am-12am                8:00 to 12:00: the lines close twelve hours early; "8am-midnight" is right
#   Mon-Fri 8am-9pm, Sat 9am-5pm    no Saturday
#   Mon-Fri 9am-12pm, 1pm-5pm       no afternoon
#   Fri-Mon 10am-6pm                Friday alone
#   Mon-Fri 8am-9pm except Wed      Wednesday is open
# jsonify-opening-hours 0.4.0 (PyPI) does so too, and reads 9am-12pm as 9:00 to 24:00. Its lines stay open until midnight for leads who asked for
# the morning; with both, leads are not called on the days that are lost.
#
# What to do: give it one period of one range of days at a time, with "midnight" for 12am, and show an agent what it has read.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
for package in parse-opening-hours==0.4.2 jsonify-opening-hours==0.4.0; do
    python3 -m venv "$package"
    "$package/bin/pip" install -q "$package" pyparsing==3.3.3
done
cat >hours.py <<'PYTHON'
from opening_hours import OpeningHours

for text in (
    "Mon-Fri 8am-9pm",
    "Mon-Fri 8am-midnight",
    "Mon-Fri 12am-8am",
    "Mon-Fri 8am-12am",
    "Mon-Fri 8am-9pm, Sat 9am-5pm",
    "Mon-Fri 8am-9pm; Sat 9am-5pm",
    "Mon-Fri 9am-12pm, 1pm-5pm",
    "Sat-Sun 10am-6pm",
    "Fri-Mon 10am-6pm",
    "Mon-Fri 8am-9pm except Wed",
):
    days: dict[str, list[str]] = {}
    for entry in OpeningHours.parse(text).json():
        days.setdefault(f"{entry['opens']} to {entry['closes']}", []).append(entry["day"][:3])
    print(f"{text}: " + "; ".join(f"{hours} {' '.join(names)}" for hours, names in days.items()))
PYTHON
cat >expected.txt <<'LINES'
Mon-Fri 8am-9pm: 8:00 to 21:00 mon tue wed thu fri
Mon-Fri 8am-midnight: 8:00 to 0:00 mon tue wed thu fri
Mon-Fri 12am-8am: 12:00 to 20:00 mon tue wed thu fri
Mon-Fri 8am-12am: 8:00 to 12:00 mon tue wed thu fri
Mon-Fri 8am-9pm, Sat 9am-5pm: 8:00 to 21:00 mon tue wed thu fri
Mon-Fri 8am-9pm; Sat 9am-5pm: 8:00 to 21:00 mon tue wed thu fri
Mon-Fri 9am-12pm, 1pm-5pm: 9:00 to 12:00 mon tue wed thu fri
Sat-Sun 10am-6pm: 10:00 to 18:00 sat sun
Fri-Mon 10am-6pm: 10:00 to 18:00 fri
Mon-Fri 8am-9pm except Wed: 8:00 to 21:00 mon tue wed thu fri
LINES
for package in parse-opening-hours==0.4.2 jsonify-opening-hours==0.4.0; do
    [ $package = parse-opening-hours==0.4.2 ] || sed -i "s/9:00 to 12:00/9:00 to 24:00/" expected.txt
    "$package/bin/python" hours.py >observed.txt
    echo "$package:"
    cat observed.txt
    cmp observed.txt expected.txt
done
