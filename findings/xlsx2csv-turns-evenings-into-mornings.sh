#!/bin/sh
# xlsx2csv 0.8.6 (PyPI) turns a workbook into CSV, and writes dates in the format of their cell. There `h` is the hour from 0 to 23 unless the format
# has AM/PM, too (ECMA-376 part 1, 18.8.31). In a format with a date and a single `h` xlsx2csv writes the hour from 1 to 12, and no AM or PM:
#   m/d/yy h:mm        21:05 becomes 09:05, 0:30 becomes 12:30; this is format 22, which Excel gives to a date and time that is typed
#   yyyy-mm-dd h:mm    the same
#   yyyy-mm-dd hh:mm   21:05; the hour is right, too, in h:mm and with AM/PM
# A callback at nine in the evening is due at nine in the morning, one at noon and one at midnight are the same, and nothing in the CSV shows it. A
# test with times before noon does not find it. gnumeric's ssconvert 1.12.55 writes 21:05:00.
#
# What to do: xlsx2csv -f '%Y-%m-%d %H:%M', which is then used for every date.
#
# Needs gnumeric 1.12.55 (Debian 12: apt-get install gnumeric).
set -eu
work=$(mktemp -d)
export TMPDIR="$work" LC_ALL=C.UTF-8 HOME="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
version=$(dpkg-query -W -f '${Version}' gnumeric)
case "$version" in 1.12.55-*) ;; *) echo "this is about gnumeric 1.12.55, here is: $version"; exit 1 ;; esac
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q xlsx2csv==0.8.6 openpyxl==3.1.5
cd "$work"
cat >leads.py <<'PYTHON'
import datetime

import openpyxl

book = openpyxl.Workbook()
book.active.append(["morning", "evening", "after midnight"])
for number_format in ("m/d/yy h:mm", "yyyy-mm-dd h:mm", "yyyy-mm-dd hh:mm", "h:mm", "m/d/yyyy h:mm AM/PM"):
    book.active.append([datetime.datetime(2026, 3, 4, hour, minute) for hour, minute in ((9, 5), (21, 5), (0, 30))])
    for cell in book.active[book.active.max_row]:
        cell.number_format = number_format
book.save("leads.xlsx")
PYTHON
venv/bin/python leads.py
cat >expected <<'CSV'
morning,evening,after midnight
03/04/26 09:05,03/04/26 09:05,03/04/26 12:30
2026-03-04 09:05,2026-03-04 09:05,2026-03-04 12:30
2026-03-04 09:05,2026-03-04 21:05,2026-03-04 00:30
09:05,21:05,00:30
03/04/2026 09:05 AM,03/04/2026 09:05 PM,03/04/2026 12:30 AM
CSV
venv/bin/xlsx2csv leads.xlsx >observed
cat observed
diff expected observed
[ "$(venv/bin/xlsx2csv -f '%Y-%m-%d %H:%M' leads.xlsx | sed -n 2p)" = "2026-03-04 09:05,2026-03-04 21:05,2026-03-04 00:30" ]
ssconvert leads.xlsx ssconvert.csv 2>/dev/null
cat ssconvert.csv
[ "$(sed -n 2p ssconvert.csv)" = '"2026/03/04 09:05:00","2026/03/04 21:05:00","2026/03/04 00:30:00"' ]
