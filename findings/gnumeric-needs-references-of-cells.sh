#!/bin/sh
# gnumeric 1.12.55 reads a workbook as empty if its cells have no reference (`r="B2"`), which ECMA-376 leaves optional and a writer of large
# exports may omit to save space. The workbook opens without an error, so that an export of leads seems to hold none. openpyxl 3.1.5 and
# python-calamine 0.9.1 read such cells in their order.
#
# What to do: write a reference in each cell.
#
# Needs gnumeric (Debian 12: apt-get install gnumeric).
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$work/make.py" <<'PYTHON'
import sys
import zipfile

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
path, reference = sys.argv[1:]
relation = '<Relationships xmlns="{}/relationships"><Relationship Id="rId1" Type="{}/{}" Target="{}"/></Relationships>'
parts = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/sheet.xml" ContentType="{SHEET}.worksheet+xml"/></Types>',
    "_rels/.rels": relation.format(PACKAGE, OFFICE, "officeDocument", "xl/workbook.xml"),
    "xl/_rels/workbook.xml.rels": relation.format(PACKAGE, OFFICE, "worksheet", "sheet.xml"),
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="x" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/sheet.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c {reference}><v>1</v></c></row></sheetData></worksheet>',
}
with zipfile.ZipFile(path, "w") as archive:
    for name, text in parts.items():
        archive.writestr(name, text)
PYTHON
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q openpyxl==3.1.5 python-calamine==0.9.1
python3 "$work/make.py" "$work/with.xlsx" 'r="A1"'
python3 "$work/make.py" "$work/without.xlsx" ''
for each in with without; do ssconvert "$work/$each.xlsx" "$work/$each.csv" 2>/dev/null; done
echo "with a reference: $(cat "$work/with.csv"); without: $(cat "$work/without.csv")"
[ "$(cat "$work/with.csv")" = 1 ]
[ -z "$(cat "$work/without.csv")" ]
"$work/venv/bin/python" - "$work/without.xlsx" <<'PYTHON'
import sys

import openpyxl
import python_calamine

by_openpyxl = [list(row) for row in openpyxl.load_workbook(sys.argv[1]).active.values]
by_calamine = python_calamine.load_workbook(sys.argv[1]).get_sheet_by_index(0).to_python()
print("without a reference, openpyxl:", by_openpyxl, "python-calamine:", by_calamine)
assert by_openpyxl == by_calamine == [[1]], (by_openpyxl, by_calamine)
PYTHON
