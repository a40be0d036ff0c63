#!/bin/sh
# clevercsv 0.8.5 (PyPI) finds out how a CSV file is written, "a drop-in replacement for the Python csv module" for files that vary. A file of one
# column, as do-not-call lists and lists of addresses are, has no delimiter. It finds one in each cell, without an error:
#   name: Jane Public, Ola Stone                  a space:   first name, last name
#   email: jane@example.com, ola@example.com      @:         the part before it, the domain
#   call_at: 10:30:00, 11:45:00                   a colon:   hours, minutes, seconds
#   phone: (301) 555-0123, (301) 555-0124         a space:   the area code in parentheses, the rest
#   phone: 301-555-0123, 301-555-0124             none, which is right
# The header stays one cell, so that csv.DictReader's column "email" holds "jane": no address of the list is found again, and everyone on it is
# called or written to.
# csv.Sniffer raises an error for each of these lists.
#
# What to do: name the dialect when it is known; of a detected one, check that all rows have as many cells as the header.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q clevercsv==0.8.5
cat >lists.py <<'PYTHON'
import csv
import io

import clevercsv

LISTS = {
    "name": ("Jane Public", "Ola Stone", "Ann Lee"),
    "email": ("jane@example.com", "ola@example.com", "ann@example.com"),
    "call_at": ("10:30:00", "11:45:00", "12:15:00"),
    "phone": ("(301) 555-0123", "(301) 555-0124", "(301) 555-0125"),
    "dashed": ("301-555-0123", "301-555-0124", "301-555-0125"),
}
for header, cells in LISTS.items():
    text = "\n".join((header, *cells, ""))
    dialect = clevercsv.Sniffer().sniff(text)
    rows = list(clevercsv.reader(io.StringIO(text), dialect))
    try:
        other = repr(csv.Sniffer().sniff(text).delimiter)
    except csv.Error:
        other = "an error"
    print(f"{header}: {dialect.delimiter!r}, {rows[0]}, {rows[1]}; csv.Sniffer: {other}")
PYTHON
cat >expected.txt <<'LINES'
name: ' ', ['name'], ['Jane', 'Public']; csv.Sniffer: an error
email: '@', ['email'], ['jane', 'example.com']; csv.Sniffer: an error
call_at: ':', ['call_at'], ['10', '30', '00']; csv.Sniffer: an error
phone: ' ', ['phone'], ['(301)', '555-0123']; csv.Sniffer: an error
dashed: '', ['dashed'], ['301-555-0123']; csv.Sniffer: an error
LINES
venv/bin/python lists.py | tee observed.txt
cmp observed.txt expected.txt
