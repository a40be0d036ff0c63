#!/bin/sh
# xls2csv of catdoc 0.95 (Debian 12) prints the sheets of an Excel 97 workbook (.xls), which many exports of dialers and CRMs still are, as CSV.
# A boolean cell, TRUE as well as FALSE, it prints as an empty field, without an error and with status 0; its manual page does not mention them. A lead that
# must not be called looks like one about which nothing is known: an import that drops the leads with do_not_call keeps all. Phones, names and
# texts are right, so that a look at the first lines finds nothing. gnumeric's ssconvert 1.12.55 and xlrd 2.0.2 (PyPI) read the same cells as TRUE
# and FALSE, and 1 and 0.
#
# What to do: ssconvert FILE.xls FILE.csv.
#
# Needs catdoc 0.95 and gnumeric 1.12.55 (Debian 12: apt-get install catdoc gnumeric).
set -eu
work=$(mktemp -d)
export TMPDIR="$work" LC_ALL=C.UTF-8 HOME="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
for package in catdoc=0.95 gnumeric=1.12.55; do
    version=$(dpkg-query -W -f '${Version}' "${package%=*}")
    case "${version#*:}" in "${package#*=}"-*) ;; *) echo "this is about $package, here is: $version"; exit 1 ;; esac
done
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q xlwt==1.3.0 xlrd==2.0.2
cd "$work"
cat >leads.py <<'PYTHON'
import xlrd, xlwt

LEADS = [
    ["name", "phone", "do_not_call", "consent", "city"],
    ["Ada Love", "301-555-0123", True, False, "Reno"],
    ["Ben Carter", 3015550124, False, True, "Dallas"],
]
book = xlwt.Workbook()
sheet = book.add_sheet("leads")
for row, lead in enumerate(LEADS):
    for column, value in enumerate(lead):
        sheet.write(row, column, value)
book.save("leads.xls")
read = xlrd.open_workbook("leads.xls").sheet_by_index(0)
cells = [read.cell(row, column) for row in (1, 2) for column in (2, 3)]
assert [(cell.ctype, cell.value) for cell in cells] == [(xlrd.XL_CELL_BOOLEAN, value) for value in (1, 0, 0, 1)], cells
PYTHON
venv/bin/python leads.py
xls2csv leads.xls | tr -d '\f' | sed '/^$/d' >xls2csv.csv
ssconvert leads.xls ssconvert.csv 2>/dev/null
head xls2csv.csv ssconvert.csv
printf '"name","phone","do_not_call","consent","city"\n"Ada Love","301-555-0123",,,"Reno"\n"Ben Carter","3015550124",,,"Dallas"\n' >expected
diff expected xls2csv.csv
printf 'name,phone,do_not_call,consent,city\n"Ada Love",301-555-0123,TRUE,FALSE,Reno\n"Ben Carter",3015550124,FALSE,TRUE,Dallas\n' >expected
diff expected ssconvert.csv
