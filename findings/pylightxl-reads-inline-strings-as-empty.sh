#!/bin/sh
# pylightxl 1.61 (PyPI) reads each cell of a workbook whose text is stored in the cell itself (t="inlineStr", ECMA-376 part 1, 18.3.1.53)
# as empty, without an error; numbers and dates are read. XlsxWriter writes such cells in its constant_memory mode, which large exports
# use, so that only the names, phones and notes of the leads are missing. openpyxl 3.1.5 and python-calamine 0.9.1 read the same file.
#
# What to do: read with one of those.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q pylightxl==1.61 XlsxWriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1
venv/bin/python - <<'PYTHON'
import openpyxl
import pylightxl
import xlsxwriter
from python_calamine import CalamineWorkbook

ROWS = [["name", "phone", "calls"], ["Ada", "3015550123", 3]]
for constant_memory, expected in (False, ROWS), (True, [["", "", ""], ["", "", 3]]):
    with xlsxwriter.Workbook("leads.xlsx", {"constant_memory": constant_memory}) as book:
        sheet = book.add_worksheet("leads")
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row, None)
    observed = list(pylightxl.readxl("leads.xlsx").ws("leads").rows)
    print("constant_memory", constant_memory, "pylightxl:", observed)
    assert observed == expected, observed
    assert [list(row) for row in openpyxl.load_workbook("leads.xlsx").active.values] == ROWS
    assert CalamineWorkbook.from_path("leads.xlsx").get_sheet_by_index(0).to_python() == ROWS
PYTHON
