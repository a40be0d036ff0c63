"""SQLite and Parquet: every column is text, null is not empty, all fields are known at the end, and files can be resumed."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from lead_tui import limits
from lead_tui.export.formats import check_installed
from lead_tui.export.values import distinct
from lead_tui.leads.errors import OutputError, UsageError
from lead_tui.leads.fields import FIELD_BY_KEY
from tests.export.exports import REQUEST, begin, names, part


@pytest.fixture(params=["sqlite", "parquet"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"leads.{request.param}"


def table(target: Path, name: str = "leads") -> tuple[list[str], list[tuple[object, ...]]]:
    """The names of the columns, all of which are text, and the rows."""
    if target.suffix == ".parquet":
        read = parquet.read_table(target)
        assert {str(field.type) for field in read.schema} == {"string"}
        if name == "export":
            return ["name", "value"], [(key.decode(), value.decode()) for key, value in read.schema.metadata.items()]
        return read.schema.names, [tuple(row) for row in zip(*(column.to_pylist() for column in read.columns), strict=True)]
    with closing(sqlite3.connect(target)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        columns = database.execute(f"PRAGMA table_info({name})").fetchall()
        assert {column[2] for column in columns} == {"TEXT"}
        return [column[1] for column in columns], database.execute(f"SELECT * FROM {name}").fetchall()


def test_a_value_is_the_text_that_was_sent_and_null_is_not_empty(target: Path) -> None:
    export = begin(target)
    export.write_part(part(
        {"first_name": "NA", "postal_code": "02134", "plan": None, "notes": ""},
        b'{"first_name": "null", "plan": 100.10, "notes": "a\\nb\\u0000c\'\\"", "ok": true, "tags": [1, "\\u00e9"], '
        b'"n": 12345678901234567}',
        b"[1]",
    ))  # fmt: skip
    export.write_part(part({"state": "CA"}))
    export.finish()
    names, rows = table(target)
    assert names == ["first_name", "notes", "state", "postal_code", "n", "ok", "plan", "tags"]
    assert rows == [
        ("NA", "", None, "02134", None, None, None, None),
        ("null", "a\nb\x00c'\"", None, None, "12345678901234567", "true", "100.10", '[1, "é"]'),
        (None, None, "CA", None, None, None, None, None),
    ]
    assert export.writer.unreadable == 1
    assert target.stat().st_mode & 0o777 == 0o600
    assert os.listdir(target.parent) == [target.name]


def test_odd_leads_have_the_same_values_in_both_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, of_text = part({"a": "", "b": None, "c\n'": "x"}), part({"a": "1", "c\n'": "Zo\xeb\x00\n"}, {}, {"b": None})
    others: list[object] = [
        b'{"a": "1", "a": "2"}', b'{"a":\n "\xff"}', b'{"b": "\\ud800"}', b'{"\\u0061": "\\/"}', b'{"a": NaN}', b"[1]", b'"x"',
        b"null", {"a": 1.5}, {"b": [1]}, {"d": ""},
    ]  # fmt: skip
    monkeypatch.setattr(limits, "SPOOL_READ_BYTES", 30)
    for each in (tmp_path / "leads.sqlite", tmp_path / "leads.parquet"):
        export = begin(each)
        for page in (first, of_text, *(part({"c\n'": "-"}, lead) for lead in others)):
            export.write_part(page)
        export.finish()
        assert export.writer.unreadable == 3
    assert table(tmp_path / "leads.parquet") == table(tmp_path / "leads.sqlite")


def test_chosen_columns_are_in_their_order_computed_ones_too(target: Path) -> None:
    columns = ("state", "name", "local_time_at", "plan")
    export = begin(target, *columns)
    export.write_part(part({"first_name": "Ola", "last_name": "Public", "gmt_offset_now": "-7.00", "state": "NV"}, {"state": None}))
    export.finish()
    assert table(target) == (list(columns), [("NV", "Ola Public", "2026-03-09T11:02-07:00", None), (None, "", "", None)])
    assert export.writer.missing_columns == ["plan"]


def test_the_search_the_host_the_time_and_the_program_are_in_the_file(target: Path) -> None:
    begin(target).finish()
    names, rows = table(target)
    assert (names, rows) == (list(FIELD_BY_KEY), [])
    facts = {str(name): value for name, value in table(target, "export")[1]}
    assert str(facts.pop("program")).startswith("lead-tui ")
    assert json.loads(str(facts.pop("search"))) == REQUEST
    assert facts == {"host": "api.example.com", "time": "2026-03-09T18:02:00+00:00"}


def test_names_that_differ_only_in_case_get_a_number_and_are_reported(target: Path) -> None:
    export = begin(target)
    export.write_part(part({"member_id": "1", "Member_ID": "2", "MEMBER_ID": "3", 'say "hi"': "4", "a\nb": "5", "": "6"}))
    export.finish()
    names, rows = table(target)
    found = dict(zip(names, rows[0], strict=True))
    assert sorted(found) == ["", "MEMBER_ID", "Member_ID_2", "a b", "member_id_3", 'say "hi"']
    assert [found[name] for name in ("MEMBER_ID", "Member_ID_2", "member_id_3", 'say "hi"', "a b", "")] == list("321456")
    assert export.writer.notes == [
        "MEMBER_ID and Member_ID and member_id differ only in case: the columns of all but the first have a number"
    ]


@settings(max_examples=30)
@given(st.lists(st.text("aAb_2", max_size=4), unique=True))
def test_every_field_has_a_column_of_its_own(keys: list[str]) -> None:
    names = distinct(keys, str.casefold)
    assert len({name.casefold() for name in names}) == len(keys)
    assert names[:1] == keys[:1]


def test_many_pages_are_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PARQUET_GROUP_ROWS", 2)
    monkeypatch.setattr(limits, "SPOOL_READ_BYTES", 20)
    target = tmp_path / "leads.parquet"
    export = begin(target)
    for number in range(5):
        export.write_part(part({"city": str(number)}, {}))
    export.finish()
    assert [city for (city,) in table(target)[1]] == ["0", None, "1", None, "2", None, "3", None, "4", None]
    assert parquet.read_metadata(target).num_row_groups == 5


def test_leads_without_a_field_are_rows_too(target: Path) -> None:
    export = begin(target)
    export.write_part(part({}, {}))
    export.write_part(part({"city": "Rome"}))
    export.finish()
    assert table(target) == (["city"], [(None,), (None,), ("Rome",)])


def test_without_its_library_parquet_is_refused_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    check_installed("parquet")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"Parquet needs pyarrow, .*: pip install 'lead-tui\[parquet\]' installs it"):
        check_installed("parquet")


def test_more_columns_than_a_table_has_are_refused_and_nothing_is_left_to_resume(tmp_path: Path) -> None:
    target = tmp_path / "leads.sqlite"
    export = begin(target)
    export.write_part(part({f"field_{number}": "" for number in range(2_001)}))
    with pytest.raises(OutputError, match="An SQLite table has at most 2,000 columns, not 2,001: choose fewer columns"):
        export.finish()
    assert names(target) == []
