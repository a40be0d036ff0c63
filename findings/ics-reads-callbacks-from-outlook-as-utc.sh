#!/bin/sh
# ics 0.7.3 (PyPI) reads calendars, as for callbacks that were put into an agent's calendar. Outlook and Exchange name time zones as Windows does, and
# define them in the same file (VTIMEZONE, RFC 5545 section 3.6.5). ics looks at the name alone; one that it does not know is UTC, without an
# error:
#   DTSTART;TZID=America/New_York:20270705T100000         10:00 in New York, which is 14:00 UTC
#   DTSTART;TZID=Eastern Standard Time:20270705T100000    10:00 UTC, 6:00 in New York
# The lead is called four hours early; one in California is called at 3 in the morning. vobject 0.9.9 and icalendar 7.3.2 read 14:00 UTC.
#
# What to do: use another reader, or map the names by CLDR's windowsZones before reading.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q ics==0.7.3 vobject==0.9.9 icalendar==7.3.2 TatSu==5.15.1 arrow==1.4.0
cat >read.py <<'PYTHON'
from datetime import timezone

import ics
import icalendar
import vobject

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example.com//callbacks//EN
BEGIN:VTIMEZONE
TZID:{zone}
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:1@example.com
DTSTAMP:20261130T120000Z
DTSTART;TZID={zone}:20270705T100000
DTEND;TZID={zone}:20270705T101500
SUMMARY:Call back lead 1000234
END:VEVENT
END:VCALENDAR
"""
for zone in ("America/New_York", "Eastern Standard Time"):
    text = CALENDAR.format(zone=zone).replace("\n", "\r\n")
    (event,) = ics.Calendar(text).events
    times = {
        "ics": event.begin.datetime,
        "vobject": vobject.readOne(text).vevent.dtstart.value,
        "icalendar": icalendar.Calendar.from_ical(text).walk("VEVENT")[0]["DTSTART"].dt,
    }
    print(f"{zone}: " + ", ".join(f"{name} {time.astimezone(timezone.utc):%H:%M}" for name, time in times.items()))
PYTHON
cat >expected.txt <<'LINES'
America/New_York: ics 14:00, vobject 14:00, icalendar 14:00
Eastern Standard Time: ics 10:00, vobject 14:00, icalendar 14:00
LINES
venv/bin/python -W ignore read.py | tee observed.txt
cmp observed.txt expected.txt
