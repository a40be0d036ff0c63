#!/bin/sh
# pyexcel 0.7.6 with pyexcel-io 0.6.8 and pyexcel-xlsx 0.6.1 (PyPI) reads each field of a CSV file as a number if Python can: a foreign phone
# number loses its plus, and apartment 12E3 becomes 12000. A file that is only saved under another name is changed, as CSV or workbook:
#   in the file      saved as CSV   in the workbook
#   +441632960123    441632960123   the number 441632960123
#   12E3             12000.0        the number 12000
#   (301) 555-0123   the same       the same
#
# What to do: pass auto_detect_int=False, auto_detect_float=False and auto_detect_datetime=False, and all fields stay as they are.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q pyexcel==0.7.6 pyexcel-io==0.6.8 pyexcel-xlsx==0.6.1
cat >convert.py <<'PYTHON'
from csv import reader

from openpyxl import load_workbook
from pyexcel import save_as

with open("leads.csv", "w") as file:
    file.write("phone,unit,mobile\n+441632960123,12E3,(301) 555-0123\n")
as_they_are = {"auto_detect_int": False, "auto_detect_float": False, "auto_detect_datetime": False}
for name, options in {"saved": {}, "saved as they are": as_they_are}.items():
    save_as(file_name="leads.csv", dest_file_name="copy.csv", **options)
    save_as(file_name="leads.csv", dest_file_name="copy.xlsx", **options)
    with open("copy.csv") as file:
        print(f"{name}, CSV:", list(reader(file))[1])
    print(f"{name}, workbook:", [cell.value for cell in load_workbook("copy.xlsx").active[2]])
PYTHON
cat >expected.txt <<'LINES'
saved, CSV: ['441632960123', '12000.0', '(301) 555-0123']
saved, workbook: [441632960123, 12000, '(301) 555-0123']
saved as they are, CSV: ['+441632960123', '12E3', '(301) 555-0123']
saved as they are, workbook: ['+441632960123', '12E3', '(301) 555-0123']
LINES
venv/bin/python convert.py | tee observed.txt
cmp observed.txt expected.txt
