#!/bin/sh
# XlsxWriter 3.3.1 and openpyxl 3.1.5 write the number of a date and time with 16 significant digits (17 would tell it exactly), up to
# half a microsecond short of the time, and xlsx2csv 0.8.6 cuts fractions of a second where spreadsheets, openpyxl and python-calamine
# round. Where they meet, 128 of the 1,440 full minutes of a day come out a second early, and in a format without seconds a whole minute:
# 14:30 is 14:29, a callback at 16:00 is at 15:59.
#
# Work-around: write such numbers with 12 digits after the point; then all seconds of a day are right.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q xlsx2csv==0.8.6 XlsxWriter==3.3.1 openpyxl==3.1.5
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
PYTHON
