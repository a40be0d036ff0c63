"""Reading files as they come: every line end, quote and blank line; broken records are reported, and the rest is read."""

from __future__ import annotations

import csv
import io
import itertools
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui import limits
from lead_tui.export.csv_text import defuse, restore
from lead_tui.files.readers import Reader
from lead_tui.files.source import FileSource, open_reader
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import DEFAULT_COLUMNS


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few bytes, so that records cross their ends."""
    monkeypatch.setattr(limits, "FILE_BLOCK_BYTES", 16)
    monkeypatch.setattr(limits, "MAX_RECORD_BYTES", 512)


def read(path: Path, content: bytes | str, name: str = "x.csv") -> tuple[list[dict[str, object]], str]:
    """Return the rows of a file with *content*, and its problems. Each row is also read from each block before it."""
    path = path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    reader = open_reader(path)
    try:
        return rows_of(reader), reader.problems()
    finally:
        reader.close()


def rows_of(reader: Reader) -> list[dict[str, object]]:
    rows = [decoded(reader.row(record)) for record in reader.records(None)]
    first = 0
    for position, count in list(reader.blocks()):
        block = [decoded(reader.row(record)) for record in itertools.islice(reader.records(position), count)]
        assert block == rows[first : first + count]
        first += count
    assert first == len(rows)
    return rows


def decoded(row: msgspec.Raw) -> dict[str, object]:
    try:
        return dict(msgspec.json.decode(row))
    except (msgspec.DecodeError, TypeError, ValueError):
        return {"broken": bytes(row)}


# CSV

cells = st.text(st.sampled_from("a1é,;\"'=+- \t\n"), max_size=12)


@settings(max_examples=40)
@given(
    rows=st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    separator=st.sampled_from(",;\t|"),
    has_bom=st.booleans(),
    has_last_end=st.booleans(),
    are_quoted=st.booleans(),
)
def test_written_rows_are_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    end: str,
    separator: str,
    has_bom: bool,
    has_last_end: bool,
    are_quoted: bool,
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, delimiter=separator, quoting=csv.QUOTE_ALL if are_quoted else csv.QUOTE_MINIMAL)
    writer.writerow(["id", "first", "last"])
    writer.writerows([defuse(cell) for cell in row] for row in rows)
    content = ("\ufeff" if has_bom else "") + text.getvalue()
    found, problems = read(tmp_path_factory.getbasetemp(), content if has_last_end else content.removesuffix(end))
    assert found == [dict(zip(("id", "first", "last"), row, strict=True)) for row in rows]
    assert problems == ""


def test_a_line_break_after_a_stray_quotation_mark_loses_no_text(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, 'a,b\n1,"x\ny"z\nw"v\n2,u\n')
    assert ("x" in str(rows), "z" in str(rows), "v" in str(rows), rows[-1]) == (True, True, True, {"a": "2", "b": "u"})
    assert problems.startswith("Line 2 is not valid CSV: ")


def test_a_quotation_mark_without_an_end_takes_in_no_other_record(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, 'a,b\n1,"x\n' + "2,y\n" * 200)
    assert ([row["b"] for row in rows], problems) == (["x", *["y"] * 200], "Line 2 is not valid CSV: unexpected end of data")


def test_problems_are_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    content = (
        'a,b\r\n1,2\r\n\r\n3\r\n4,5,6\r\n"7,8\r\n9,10\r\n' + "11,12\r\n" * 200 + "José,é\r\n".encode("cp1252").decode("latin-1")
    )
    rows, problems = read(tmp_path, content.encode("latin-1"))
    assert rows[:4] == [{"a": "1", "b": "2"}, {"a": "3"}, {"a": "4", "b": "5", "column_3": "6"}, {"a": "7,8"}]
    assert rows[4] == {"a": "9", "b": "10"}
    assert rows[-1] == {"a": "José", "b": "é"}
    assert len(rows) == 206
    assert problems == "Line 4 has 1 value for 2 columns; 2 more problems"


def test_a_record_is_decoded_by_itself_and_ends_before_all_its_carriage_returns(tmp_path: Path) -> None:
    content = "a,b\r\r\nJörg,x\r\r\n".encode() + "Zoë,José\r\r\n".encode("cp1252")
    rows, problems = read(tmp_path, content)
    assert rows == [{"a": "Jörg", "b": "x"}, {"a": "Zoë", "b": "José"}]
    assert problems == ""
    reader = open_reader(tmp_path / "x.csv")
    try:
        assert list(reader.values(["a", "b"])) == [("Jörg", "x"), ("Zoë", "José")]
    finally:
        reader.close()


def test_quotation_marks_that_change_a_value_are_problems(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, 'a,b\n1,5" pipe\n2,"Rob "Bob" Roe"\n3,"x" y\n4, "p, q"\n5,"z ""z"""\n')
    assert [row["b"] for row in rows] == ['5" pipe', 'Rob Bob" Roe"', "x y", ' "p', 'z "z"']
    assert problems == "Line 3 is not valid CSV: ',' expected after '\"'; 2 more problems"


def test_names_of_columns_are_made_different(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, "a,a, ,A,a_2,'=x,a\n1,2,3,4,5,6,7\n")
    assert list(rows[0]) == ["a", "a_3", "column_3", "A", "a_2", "=x", "a_4"]
    rows, problems = read(tmp_path, '\n\n"phone, home";2026-03-09\n1;2\n')
    assert (rows, problems) == ([{"phone, home": "1", "2026-03-09": "2"}], "")


@given(st.text(st.sampled_from("'=+-@1a \t"), max_size=6))
def test_a_defused_formula_is_restored(text: str) -> None:
    assert restore(defuse(text)) == text


# JSON lines


@settings(max_examples=30)
@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=30) | st.none() | st.integers(-99, 99), max_size=4), max_size=8),
    st.sampled_from(["\n", "\r\n", "\n\n", "\n \n"]),
    st.booleans(),
)
def test_lines_are_read_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]], end: str, has_bom: bool
) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    found, problems = read(tmp_path_factory.getbasetemp(), ("\ufeff" if has_bom else "") + end.join(lines), "x.jsonl")
    assert (found, problems) == (rows, "")


def test_broken_lines_are_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    good = '{"lead_id": 1}'
    content = "\n".join([good, "", '{"lead_id": 2', "[3]", good, f"{good} {good}", "x" * 600, good])
    rows, problems = read(tmp_path, content, "x.jsonl")
    assert [row for row in rows if "broken" not in row] == [{"lead_id": 1}] * 3
    assert problems.startswith("Line 3 cannot be read: Input data was truncated; 3 more problems")


def test_an_array_with_a_lead_on_each_line_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, '[\n{"a": 1},\n{"a": 2}\n]\n', "x.json") == ([{"a": 1}, {"a": 2}], "")
    assert read(tmp_path, "[]\n", "x.json") == ([], "")


# SQLite


def test_a_database_keeps_null_and_empty_apart(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.sqlite")) as database:
        database.execute("CREATE TABLE export (name, value)")
        database.execute('CREATE TABLE leads ("a b" TEXT, rowid TEXT, data BLOB)')
        database.executemany(
            "INSERT INTO leads VALUES (?, ?, ?)", [("", "r", None), (None, "o", b"\0"), ("gone", "", None), ("x", "w", None)]
        )
        database.execute("DELETE FROM leads WHERE \"a b\" = 'gone'")
        database.commit()
    reader = open_reader(tmp_path / "x.sqlite")
    try:
        rows = rows_of(reader)
    finally:
        reader.close()
    assert [list(row.values()) for row in rows] == [["", "r", None], [None, "o", "AA=="], ["x", "w", None]]
    assert [each.name for each in tmp_path.iterdir()] == ["x.sqlite"]


def test_a_damaged_database_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE leads (a TEXT)")
        database.executemany("INSERT INTO leads VALUES (?)", [("x" * 500,) for _ in range(200)])
        database.commit()
    content = bytearray(path.read_bytes())
    content[15 * 4096 : 16 * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    reader = open_reader(path)
    try:
        assert sum(count for _, count in reader.blocks()) < 200
        assert "and the rows after it cannot be read: database disk image is malformed" in reader.problems()
    finally:
        reader.close()


@pytest.mark.parametrize("cut", [1, 4_095, 4_096])
def test_a_database_without_its_end_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE leads (city TEXT)")
        database.execute("INSERT INTO leads VALUES ('Rome')")
        database.commit()
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(UsageError, match=r"x\.db cannot be read as an SQLite database: "):
        open_reader(path)


def test_a_database_whose_names_are_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE leads (city TEXT)")
    path.write_bytes(path.read_bytes().replace(b"city", b"c\xefty"))
    with pytest.raises(UsageError, match=r"x\.db cannot be read as an SQLite database: "):
        open_reader(path)


def test_rows_that_cannot_be_counted_off_are_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db")) as database:
        database.execute("CREATE TABLE leads (id PRIMARY KEY) WITHOUT ROWID")
    with pytest.raises(UsageError, match=r"x\.db cannot be read as an SQLite database: no such column: _rowid_"):
        open_reader(tmp_path / "x.db")


def test_a_database_without_leads_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db")) as database:
        database.execute("CREATE TABLE calls (phone TEXT)")
    with pytest.raises(UsageError, match=r"x\.db cannot be read as an SQLite database: no such table: leads"):
        open_reader(tmp_path / "x.db")


# Opening


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("gone.csv", None, "gone.csv cannot be read: no such file or directory"),
        ("x.csv", "a,b".encode("utf-16"), "x.csv is not text: open"),
        ("x.csv", b"a\0b", "x.csv is not text: open"),
        ("x.json", b'[{"a":1},{"a":2}]', "x.json is JSON, but not with a lead on each line: convert it with jq -c '.[]'"),
        (
            "x.json",
            b'[\n  {\n    "a": 1\n  }\n]\n',
            "x.json is JSON, but not with a lead on each line: convert it with jq -c '.[]'",
        ),
        ("x.json", b'{\n  "success": true\n}\n', "x.json is JSON, but not with a lead on each line: convert it with jq -c '.[]'"),
        ("x.parquet", b"PAR1rest", "x.parquet "),
        ("x.db", b"SQLite format 3\0rest", "x.db cannot be read as an SQLite database: "),
    ],
)
def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path, name: str, content: bytes | None, sentence: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as error:
        open_reader(tmp_path / name)
    assert str(error.value).startswith(sentence)


def test_a_database_with_data_that_is_not_in_its_file_yet_is_not_shown_without_it(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as database:
        database.execute("CREATE TABLE leads (lead_id TEXT)")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("INSERT INTO leads VALUES ('7')")
        with closing(open_reader(tmp_path / "x.db")) as reader:
            assert rows_of(reader) == [{"lead_id": "7"}]
        database.execute("CREATE TABLE notes (text TEXT)")
        with pytest.raises(UsageError, match="its end is missing"):
            open_reader(tmp_path / "x.db")


def test_the_columns_are_those_of_a_small_file_else_the_usual_ones_it_has(tmp_path: Path) -> None:
    def suited(usual: tuple[str, ...], keys: list[str]) -> tuple[str, ...]:
        path = tmp_path / "x.jsonl"
        path.write_text(json.dumps(dict.fromkeys(keys, "")))
        return FileSource(path).columns(usual)

    assert suited((), ["name", "phone", "Result"]) == ("+name", "phone", "Result")
    many = [f"field_{number}" for number in range(20)]
    assert suited((), ["first_name", "last_name", "city", *many]) == ("name", "city")
    assert suited(DEFAULT_COLUMNS, ["city", *many])[:2] == ("city", "field_0")
    assert suited(("city",), []) == ("city",)
    assert suited((), []) == DEFAULT_COLUMNS
