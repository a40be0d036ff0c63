#!/bin/sh
# In a workbook `_x` with four hexadecimal digits and `_` stands for a character (ECMA-376 part 1, ST_Xstring), so that the name of a list or
# campaign such as "fb_x2024_spring" is at risk. openpyxl 3.1.5 writes it as it is, XlsxWriter 3.3.1 as "fb_x005F_x2024_spring", as the
# standard wants. Each file is wrong for some readers:
#   openpyxl's file     fb․spring in xlsx 0.18.5 (npm, SheetJS) and read-excel-file 9.3.17 (npm), where id_x0041_9 is idA9; the latter
#                       in python-calamine 0.9.1 too, which leaves the former
#   XlsxWriter's file   fb_x005F_x2024_spring in xlsx2csv 0.8.6
# openpyxl itself and exceljs 4.4.0 (npm) return the name from both files. So a value changes on the way through two programs, each of which
# reads its own files well, and no longer finds its leads.
#
# What to do: write workbooks with the escape, and match lists by id, not by name.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q openpyxl==3.1.5 XlsxWriter==3.3.1 python-calamine==0.9.1 xlsx2csv==0.8.6
npm install --silent --no-audit --no-fund xlsx@0.18.5 read-excel-file@9.3.17 exceljs@4.4.0 >/dev/null
cat >write.py <<'PYTHON'
import openpyxl
import xlsxwriter

NAMES = ["fb_x2024_spring", "id_x0041_9"]
book = openpyxl.Workbook()
for name in NAMES:
    book.active.append([name])
book.save("openpyxl.xlsx")
with xlsxwriter.Workbook("xlsxwriter.xlsx") as book:
    book.add_worksheet().write_column(0, 0, NAMES)
PYTHON
cat >read.py <<'PYTHON'
import openpyxl
import python_calamine
from xlsx2csv import Xlsx2csv

for file in "openpyxl", "xlsxwriter":
    path = f"{file}.xlsx"
    Xlsx2csv(path).convert("names.csv")
    for reader, names in {
        "openpyxl": [name for (name,) in openpyxl.load_workbook(path).active.values],
        "python-calamine": [name for (name,) in python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()],
        "xlsx2csv": open("names.csv").read().split(),
    }.items():
        print(file, reader, *names)
PYTHON
cat >read.mjs <<'JS'
import excel from "exceljs";
import sheetjs from "xlsx";
import readExcelFile from "read-excel-file/node";

for (const file of ["openpyxl", "xlsxwriter"]) {
  const path = `${file}.xlsx`;
  const book = await new excel.Workbook().xlsx.readFile(path);
  console.log(file, "exceljs", ...book.worksheets[0].getColumn(1).values.slice(1));
  const other = sheetjs.readFile(path);
  console.log(file, "xlsx", ...sheetjs.utils.sheet_to_json(Object.values(other.Sheets)[0], { header: 1 }).map((row) => row[0]));
  const [sheet] = await readExcelFile(path);
  console.log(file, "read-excel-file", ...sheet.data.map((row) => row[0]));
}
JS
venv/bin/python write.py
{ venv/bin/python read.py; node read.mjs; } | LC_ALL=C sort >observed.txt
cat >expected.txt <<'NAMES'
openpyxl exceljs fb_x2024_spring id_x0041_9
openpyxl openpyxl fb_x2024_spring id_x0041_9
openpyxl python-calamine fb_x2024_spring idA9
openpyxl read-excel-file fb․spring idA9
openpyxl xlsx fb․spring idA9
openpyxl xlsx2csv fb_x2024_spring id_x0041_9
xlsxwriter exceljs fb_x2024_spring id_x0041_9
xlsxwriter openpyxl fb_x2024_spring id_x0041_9
xlsxwriter python-calamine fb_x2024_spring id_x0041_9
xlsxwriter read-excel-file fb_x2024_spring id_x0041_9
xlsxwriter xlsx fb_x2024_spring id_x0041_9
xlsxwriter xlsx2csv fb_x005F_x2024_spring id_x005F_x0041_9
NAMES
echo "the file's writer, its reader, and the names read:"
cat observed.txt
cmp observed.txt expected.txt
