"""Exports of values as sent: numbers with their original text, entities raw, attributes of any name."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from lead_tui.export.formats import open_writer
from lead_tui.export.writer import Layout, Sink
from lead_tui.leads.decode import Row, split

NOW = datetime(2026, 11, 28, tzinfo=UTC)
BODY = (Path(__file__).parent.parent / "samples" / "31_numbers_and_odd_keys.json").read_bytes()
NUMBERS = {
    "amount": "100.10",
    "tiny": "0.1000000000000000055",
    "huge": "123456789012345678901234567890",
    "exp": "1E+2",
    "neg": "-0.0",
    "policy_id": "2033735037361704962",
    "list": '["a", 1.50]',
}


def exported(form: str, rows: list[Row], *columns: str) -> str:
    stream = io.BytesIO()
    with open_writer(form, Sink(stream), NOW, Layout(columns=columns)) as writer:  # type: ignore[arg-type]  # each is one
        writer.write(rows)
        writer.close()
    return stream.getvalue().decode()


def test_csv_has_the_text_of_each_number() -> None:
    header, values = csv.reader(io.StringIO(exported("csv", list(split(BODY).rows)), newline=""))
    found = dict(zip(header, values, strict=True))
    assert {key: found[key] for key in NUMBERS} == NUMBERS
    assert (found["name"], found["local_time"], found[""], found["new line"]) == (
        "custom name",
        "14:00 promised",
        "empty key",
        "nl key",
    )


@pytest.mark.parametrize("form", ["csv", "table"])
def test_chosen_columns_have_the_text_of_each_number(form: str) -> None:
    text = exported(form, list(split(BODY).rows), *NUMBERS)
    assert all(number in text for key, number in NUMBERS.items() if key != "list")


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_has_the_bytes_of_each_value(form: str) -> None:
    (row,) = split(BODY).rows
    assert bytes(row) in exported(form, [row]).encode()
    assert '{"exp":1E+2,"list":["a",1.50],"neg":-0.0}' in exported(form, [row], "exp", "list", "neg")


def test_a_row_that_needs_repair_keeps_its_numbers() -> None:
    row = msgspec.Raw(b'{"bad":NaN,"amount":100.10,"list":[1.50,-Infinity],"text":"a\x01"}')
    assert json.loads(exported("jsonl", [row]), parse_float=str) == {
        "bad": None,
        "amount": "100.10",
        "list": ["1.50", None],
        "text": "a\x01",
    }


def test_an_attribute_named_like_a_computed_column_is_a_column() -> None:
    rows = list(split(BODY).rows)
    assert exported("csv", rows, "name", "+name").splitlines() == ["name,'+name", "Big Number,custom name"]
    assert exported("csv", rows, "+local_time", "++plus").splitlines() == ["local_time,'+plus", "14:00 promised,plus key"]
    assert exported("jsonl", rows, "+name", "first_name").strip() == '{"name":"custom name","first_name":"Big"}'
    assert exported("jsonl", rows, "name", "+name").strip() == '{"name":"Big Number","+name":"custom name"}'


def test_a_name_like_null_is_exported() -> None:
    row = msgspec.Raw(b'{"first_name":"Null","last_name":"null","city":null,"state":"NULL"}')
    assert exported("csv", [row], "first_name", "last_name", "city", "state").splitlines()[1] == "Null,,,NULL"


def test_entities_are_raw_in_an_export_and_read_in_a_table() -> None:
    row = msgspec.Raw(b'{"last_name":"O&#039;Brien"}')
    assert all("O&#039;Brien" in exported(form, [row], "last_name") for form in ("csv", "json", "jsonl"))
    assert "O'Brien" in exported("table", [row], "last_name")
