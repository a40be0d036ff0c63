"""Excel workbooks: every value as text, the limits of a sheet, and exports that can be resumed until the last moment."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui import limits
from lead_tui.export import workbook
from lead_tui.export.formats import large_workbook
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import FIELD_BY_KEY
from tests.export.exports import begin, exported, names, part, resume, rows, whole

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEET = re.compile(r"xl/worksheets/sheet[0-9]+\.xml")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "leads.xlsx"


def text_of(item: ElementTree.Element) -> str:
    """Return the text of a cell as Excel reads it: ``_xHHHH_`` is an escape."""
    return "".join(
        re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), each.text or "") for each in item.iter(f"{MAIN}t")
    )


def sheets(target: Path) -> dict[str, list[list[str]]]:
    """Return the rows of cells of each sheet by its name: text, and numbers as they are in the file."""
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert all("external" not in name and "hyperlink" not in name for name in archive.namelist())
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        titles = [str(each.get("name")) for each in book.iter(f"{MAIN}sheet")]
        files = sorted(filter(SHEET.fullmatch, archive.namelist()), key=lambda name: (len(name), name))
        return dict(zip(titles, (_rows(archive.read(name)) for name in files), strict=True))


def _rows(xml: bytes) -> list[list[str]]:
    sheet = ElementTree.fromstring(xml)
    assert not [each.tag for each in sheet.iter() if each.tag in (f"{MAIN}f", f"{MAIN}hyperlink")]
    rows: list[list[str]] = []
    for row in sheet.iter(f"{MAIN}row"):
        assert int(str(row.get("r"))) == len(rows) + 1
        cells: list[str] = []
        for cell in row:
            place = _place(str(cell.get("r")), len(rows) + 1)
            cells += [""] * (place - len(cells))
            cells.append(text_of(cell) or cell.findtext(f"{MAIN}v", ""))
            assert len(cells) == place + 1
            assert cells[-1]
        rows.append(cells)
    return [[*row, *[""] * (len(rows[0]) - len(row))] for row in rows]


def _place(reference: str, row: int) -> int:
    place = 0
    for letter in reference.removesuffix(str(row)):
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def styles(target: Path) -> list[dict[str, tuple[str, str]]]:
    """Return the number format and the font of each cell of the first sheet, by the letter of its column."""
    with zipfile.ZipFile(target) as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        parts = ElementTree.fromstring(archive.read("xl/styles.xml"))
    formats = {each.get("numFmtId"): str(each.get("formatCode")) for each in parts.iter(f"{MAIN}numFmt")}
    fonts = ["bold" if each.find(f"{MAIN}b") is not None else "" for each in parts.iter(f"{MAIN}font")]
    cells = [
        (formats.get(each.get("numFmtId"), str(each.get("numFmtId"))), fonts[int(str(each.get("fontId")))])
        for each in parts.iterfind(f"{MAIN}cellXfs/*")
    ]
    return [{str(cell.get("r"))[0]: cells[int(str(cell.get("s")))] for cell in row} for row in sheet.iter(f"{MAIN}row")]


def column(target: Path) -> list[str]:
    """Return the first column below its header."""
    (rows,) = sheets(target).values()
    return [row[0] for row in rows[1:]]


VALUES = [
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "'quoted", "00123", "3015550123", "1e5", "12345678901234567890", "TRUE",
    "2026-03-09", "https://example.com/", "mailto:ola@example.com", "internal:Sheet1!A1", "{=1+1}", " two  spaces ", "a\nb", "ỹ 🙂",
    "<r></is></c></row></sheetData></r>", "<r><t>x</t></r>", "<r>_x0041_</r>", "_x000D_", "&amp; <b> \"'", "]]>",
]  # fmt: skip


def test_a_number_has_the_text_that_was_sent(target: Path) -> None:
    numbers = ["100.10", "1E+2", "-0.0", "123456789012345678901234567890"]
    whole(target, part(*(b'{"notes":%s}' % number.encode() for number in numbers)))
    assert column(target) == numbers


@pytest.mark.parametrize("columns", [("notes",), ()])
def test_every_value_is_text_just_as_it_is(target: Path, columns: tuple[str, ...]) -> None:
    whole(target, part(*({"notes": value} for value in VALUES)), columns=columns)
    assert column(target) == VALUES
    assert names(target) == ["leads.xlsx"]
    assert target.stat().st_mode & 0o777 == 0o600


@settings(max_examples=30)
@given(
    st.lists(
        st.text(st.sampled_from("<r>/_x0041&=\x00\x0b\r\n\ufffeé🙂 ") | st.characters(codec="utf-8"), max_size=40),
        max_size=20,
    )
)
def test_any_text_comes_through_as_in_csv(values: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "leads.xlsx"
        leads: list[dict[str, object]] = [{"notes": value, "last_name": "x"} for value in values]
        whole(target, part(*leads), columns=("notes", "last_name"))
        content, _ = exported("csv", [rows(*leads)], "notes", "last_name", raw_csv=True)
        as_csv = list(csv.reader(io.StringIO(content.decode(), newline="")))
        assert column(target) == [row[0].replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") for row in as_csv[1:]]


def test_numbers_null_and_what_is_nested_are_as_in_csv(target: Path) -> None:
    whole(target, part({"a": 7, "b": None, "c": {"d": [1]}, "e": True}), columns=("a", "b", "c", "e"))
    assert sheets(target)["Leads"][1] == ["7", "", '{"d": [1]}', "true"]


def test_all_observed_fields_are_listed_including_late_ones(target: Path) -> None:
    export = begin(target)
    export.write_part(part({"state": "CA", "plan": "Gold"}, {"state": "NV"}))
    export.write_part(part({"first_name": "Ola", "late": "x"}, {}, {"state": "OH"}))
    export.finish()
    assert sheets(target) == {
        "Leads": [
            ["first_name", "state", "late", "plan"],
            ["", "CA", "", "Gold"], ["", "NV", "", ""], ["Ola", "", "x", ""], ["", "", "", ""], ["", "OH", "", ""],
        ]
    }  # fmt: skip


def test_the_header_is_bold_and_stays_in_view_with_a_filter(target: Path) -> None:
    whole(target, part({"city": "Rome", "state": "OH"}, {"city": "A long name of a city"}), columns=("city", "name", "state"))
    assert sheets(target)["Leads"] == [["city", "name", "state"], ["Rome", "", "OH"], ["A long name of a city", "", ""]]
    with zipfile.ZipFile(target) as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    pane, filtered = sheet.find(f".//{MAIN}pane"), sheet.find(f"{MAIN}autoFilter")
    assert pane is not None
    assert filtered is not None
    assert (pane.get("ySplit"), pane.get("xSplit"), pane.get("state")) == ("1", None, "frozen")
    assert filtered.get("ref") == "A1:C3"
    assert [each.get("width") for each in sheet.iter(f"{MAIN}col")] == ["23", "8", "8"]
    assert styles(target) == [dict.fromkeys("ABC", ("49", "bold")), dict.fromkeys("AC", ("49", "")), {"A": ("49", "")}]


COUNTS = {"0": "1", "17": "1", "-3": "1", "100.10": "2", "16500.00": "2"}
"""Numbers, and the number format of each: as many decimals as were sent."""
NO_COUNTS = ("", "007", "-0", "1e5", "+1", "1,000", "1234567890123456", "0.12345", " 1", "٣", "1.", "x")
DATES = {"2026-03-09": "yyyy-mm-dd", "1900-03-01": "yyyy-mm-dd", "2026-03-09 18:02:07": "yyyy-mm-dd hh:mm:ss"}
NO_DATES = ("0000-00-00", "0000-00-00 00:00:00", "1899-12-31", "2026-02-30", "2026-W10-1", "20260309", "2026-03-09 24:00:00",
            "2026-03-09T18:02:07", "2026-03-09 18:02", "2026-03-09 18:02:07.5")  # fmt: skip


def test_counts_and_dates_are_typed_where_the_cell_shows_the_text_that_was_sent(target: Path) -> None:
    numbers: list[dict[str, object]] = [{"called_count": value, "premium": value, "plan": value} for value in (*COUNTS, *NO_COUNTS)]
    dates: list[dict[str, object]] = [{"created_at": value, "sold": value, "date_of_birth": value} for value in (*DATES, *NO_DATES)]
    dates += [{"called_count": 7, "premium": -3}]
    whole(target, part(*numbers, *dates), types={"premium": "number", "sold": "date"})
    header, *rows = sheets(target)["Leads"]
    forms = [
        {column: row.get(letter, ("49", ""))[0] for column, letter in zip(header, "ABCDEF", strict=True)}
        for row in styles(target)[1:]
    ]
    values = [dict(zip(header, row, strict=True)) for row in rows]
    for lead, value, form in zip(numbers, values, forms, strict=False):
        text = str(lead["plan"])
        expected = COUNTS.get(text, "49")
        assert (value["called_count"], value["premium"], value["plan"]) == (text, text, text)
        assert (form["called_count"], form["premium"], form["plan"]) == (expected, expected, "49"), text
    day_zero = datetime(1899, 12, 30)
    for lead, value, form in zip(dates[:-1], values[len(numbers) :], forms[len(numbers) :], strict=False):
        text = str(lead["sold"])
        for column in ("created_at", "sold", "date_of_birth"):
            assert form[column] == DATES.get(text, "49"), text
            if text in DATES:
                moment = day_zero + timedelta(days=float(value[column]))
                assert abs(moment - datetime.fromisoformat(text)) < timedelta(milliseconds=1)
            else:
                assert value[column] == text
    assert (values[-1]["called_count"], forms[-1]["called_count"], forms[-1]["premium"]) == ("7", "1", "1")


def test_a_value_longer_than_a_cell_is_cut_and_counted(target: Path) -> None:
    fits, long, wide = "x" * 32_767, "y" * 32_768, "🙂" * 16_384
    export = whole(target, part(*({"notes": value} for value in (fits, long, wide))), columns=("notes",))
    assert column(target) == [fits, long[:-1], wide[:-1]]
    assert export.writer.notes == ["2 values were cut to the 32,767 characters that an Excel cell holds"]


def test_more_leads_than_a_sheet_holds_are_announced_and_refused(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LEADS_OF_WORKBOOK", 3)
    whole(target, part(*({"city": str(number)} for number in range(3))), columns=("city",))
    assert sheets(target) == {"Leads": [["city"], ["0"], ["1"], ["2"]]}
    export = begin(target, "city")
    export.write_part(part(*({"city": str(number)} for number in range(4))))
    with pytest.raises(OutputError, match="An Excel sheet has at most 3 leads: choose another format"):
        export.finish()
    assert names(target) == [target.name]
    monkeypatch.undo()
    assert large_workbook(1_048_576) == "An Excel sheet has at most 1,048,575 leads, not 1,048,576"


def test_a_sheet_larger_than_expected_is_written_again_as_a_large_one(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 2_000)
    whole(target, part(*({"city": "x" * number} for number in range(1, 99))))
    assert column(target) == ["x" * number for number in range(1, 99)]


def test_more_fields_than_a_sheet_has_columns_are_refused_and_nothing_is_left_to_resume(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_COLUMNS", 40)
    export = begin(target)
    export.write_part(part({f"field_{number}": "x" for number in range(41)}))
    with pytest.raises(OutputError, match="An Excel sheet has at most 40 columns, not 41: choose fewer columns"):
        export.finish()
    export.close()
    assert names(target) == []


@pytest.mark.parametrize(("columns", "expected"), [((), list(FIELD_BY_KEY)), (("city", "state"), ["city", "state"])])
def test_no_lead_at_all_is_a_workbook_too(target: Path, columns: tuple[str, ...], expected: list[str]) -> None:
    whole(target, part(), columns=columns)
    assert sheets(target) == {"Leads": [expected]}


def test_rows_that_are_not_leads_and_columns_no_lead_has_are_reported(target: Path) -> None:
    export = begin(target, "city", "plan")
    export.write_part(part(b"7", {"city": "Rome"}))
    export.file.close()
    export = resume(target, "city", "plan")
    assert (export.writer.unreadable, export.writer.missing_columns) == (1, ["plan"])
    export.write_part(part({"plan": "Gold"}))
    export.finish()
    assert (export.writer.unreadable, export.writer.missing_columns) == (1, [])
    assert sheets(target)["Leads"] == [["city", "plan"], ["Rome", ""], ["", "Gold"]]
