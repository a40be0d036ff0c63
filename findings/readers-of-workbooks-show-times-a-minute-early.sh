#!/bin/sh
# A workbook stores a date and time as a number of days, which is exact for most minutes only to within half a microsecond. openpyxl
# 3.1.5 and exceljs 4.4.0 round; three readers cut, so that 14:30 is 14:29:59.999, and 14:29 where only minutes are
# shown; a callback at 16:00 is at 15:59. Of the 1,440 full minutes of November 28, 2026, too early are:
#   xlsx2csv 0.8.6 (PyPI)          128 of a file of XlsxWriter 3.3.1 or openpyxl 3.1.5, which write 16 significant digits; 0 with 17
#   xlsx 0.18.5 (npm, SheetJS)     416 with cellDates, read by UTC; its formatted text is right
#   read-excel-file 9.3.17 (npm)   544
#
# What to do: add half a second before such a time is cut to minutes; write 17 significant digits.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q xlsx2csv==0.8.6 XlsxWriter==3.3.1 openpyxl==3.1.5
npm install --silent --no-audit --no-fund xlsx@0.18.5 read-excel-file@9.3.17 exceljs@4.4.0 >/dev/null
venv/bin/python - <<'PYTHON'
import re
import zipfile
from datetime import datetime, timedelta

import openpyxl
import xlsxwriter
from xlsx2csv import Xlsx2csv

MINUTES = [datetime(2026, 11, 28) + timedelta(minutes=number) for number in range(1440)]


def with_xlsxwriter(cell_format: str) -> None:
    with xlsxwriter.Workbook("times.xlsx") as book:
        sheet, style = book.add_worksheet(), book.add_format({"num_format": cell_format})
        for row, moment in enumerate(MINUTES):
            sheet.write_datetime(row, 0, moment, style)


def with_openpyxl(cell_format: str) -> None:
    book = openpyxl.Workbook()
    for row, moment in enumerate(MINUTES, 1):
        book.active.cell(row, 1, moment).number_format = cell_format
    book.save("times.xlsx")


def with_twelve_digits(cell_format: str) -> None:
    with_openpyxl(cell_format)
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile("times.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    exact = (f"{(moment - datetime(1899, 12, 30)) / timedelta(days=1):.12f}" for moment in MINUTES)
    parts[sheet] = re.sub(rb"<v>[0-9.]*</v>", lambda _: f"<v>{next(exact)}</v>".encode(), parts[sheet])
    with zipfile.ZipFile("times.xlsx", "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)


for write, cell_format, shown, expected in (
    (with_xlsxwriter, "yyyy-mm-dd hh:mm", "%Y-%m-%d %H:%M", 128),
    (with_xlsxwriter, "yyyy-mm-dd hh:mm:ss", "%Y-%m-%d %H:%M:%S", 128),
    (with_openpyxl, "yyyy-mm-dd hh:mm", "%Y-%m-%d %H:%M", 128),
    (with_twelve_digits, "yyyy-mm-dd hh:mm", "%Y-%m-%d %H:%M", 0),
):
    write(cell_format)
    assert [moment for (moment,) in openpyxl.load_workbook("times.xlsx").active.values] == MINUTES
    Xlsx2csv("times.xlsx").convert("times.csv")
    lines = open("times.csv").read().splitlines()
    wrong = [(moment, line) for moment, line in zip(MINUTES, lines, strict=True) if line != moment.strftime(shown)]
    print(f"{write.__name__}, {cell_format}: {len(wrong)} of {len(lines)} wrong", *(f"{moment:%H:%M} is {line};" for moment, line in wrong[-2:]))
    assert len(wrong) == expected, len(wrong)
with_openpyxl("yyyy-mm-dd hh:mm")
PYTHON
cat >read.mjs <<'JS'
import assert from "assert";
import excel from "exceljs";
import sheetjs from "xlsx";
import readExcelFile from "read-excel-file/node";

const MINUTES = Array.from({ length: 1440 }, (_, minute) => Date.UTC(2026, 10, 28) + minute * 60000);
const book = await new excel.Workbook().xlsx.readFile("times.xlsx");
const other = sheetjs.readFile("times.xlsx", { cellDates: true });
const [sheet] = await readExcelFile("times.xlsx");
const observed = {
  exceljs: book.worksheets[0].getColumn(1).values.slice(1),
  xlsx: sheetjs.utils.sheet_to_json(Object.values(other.Sheets)[0], { header: 1 }).map((row) => row[0]),
  "read-excel-file": sheet.data.map((row) => row[0]),
};
const EXPECTED = { exceljs: 0, xlsx: 416, "read-excel-file": 544 };
for (const [reader, moments] of Object.entries(observed)) {
  const early = moments.filter((moment, place) => moment.getTime() < MINUTES[place]);
  console.log(`${reader}: ${early.length} of ${moments.length} early`, early.slice(-1));
  assert.strictEqual(early.length, EXPECTED[reader]);
}
JS
TZ=UTC node read.mjs
