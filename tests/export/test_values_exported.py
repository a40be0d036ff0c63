"""Exports of values as sent: numbers with their original text, entities raw, attributes of any name."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest

from lead_tui.export.formats import Format
from lead_tui.leads.lead import Row, split
from tests.export.exports import exported, rows

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


def text_of(form: Format, leads: list[Row], *columns: str) -> str:
    return exported(form, [leads], *columns)[0].decode()


def test_csv_has_the_text_of_each_number() -> None:
    header, values = csv.reader(io.StringIO(text_of("csv", list(split(BODY).rows)), newline=""))
    found = dict(zip(header, values, strict=True))
    assert {key: found[key] for key in NUMBERS} == NUMBERS
    assert (found["name"], found["local_time"], found[""], found["new line"]) == (
        "custom name",
        "14:00 promised",
        "empty key",
        "nl key",
    )


@pytest.mark.parametrize("form", ["csv", "table"])
def test_chosen_columns_have_the_text_of_each_number(form: Format) -> None:
    text = text_of(form, list(split(BODY).rows), *NUMBERS)
    assert all(number in text for key, number in NUMBERS.items() if key != "list")


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_has_the_bytes_of_each_value(form: Format) -> None:
    (row,) = split(BODY).rows
    assert bytes(row) in text_of(form, [row]).encode()
    assert '{"exp":1E+2,"list":["a",1.50],"neg":-0.0}' in text_of(form, [row], "exp", "list", "neg")


def test_a_row_that_needs_repair_keeps_its_numbers() -> None:
    row = msgspec.Raw(b'{"bad":NaN,"amount":100.10,"list":[1.50,-Infinity],"text":"a\x01"}')
    assert json.loads(text_of("jsonl", [row]), parse_float=str) == {
        "bad": None,
        "amount": "100.10",
        "list": ["1.50", None],
        "text": "a\x01",
    }


def test_an_attribute_named_like_a_computed_column_is_a_column() -> None:
    leads = list(split(BODY).rows)
    assert text_of("csv", leads, "name", "+name").splitlines() == ["name,'+name", "Big Number,custom name"]
    assert text_of("csv", leads, "+local_time", "++plus").splitlines() == ["local_time,'+plus", "14:00 promised,plus key"]
    assert text_of("jsonl", leads, "+name", "first_name").strip() == '{"name":"custom name","first_name":"Big"}'
    assert text_of("jsonl", leads, "name", "+name").strip() == '{"name":"Big Number","+name":"custom name"}'


def test_a_name_like_null_is_text_of() -> None:
    row = msgspec.Raw(b'{"first_name":"Null","last_name":"null","city":null,"state":"NULL"}')
    assert text_of("csv", [row], "first_name", "last_name", "city", "state").splitlines()[1] == "Null,,,NULL"


def test_entities_are_raw_in_an_export_and_read_in_a_table() -> None:
    row = msgspec.Raw(b'{"last_name":"O&#039;Brien"}')
    assert all("O&#039;Brien" in text_of(form, [row], "last_name") for form in ("csv", "json", "jsonl"))
    assert "O'Brien" in text_of("table", [row], "last_name")


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "table"])
def test_rows_that_are_no_objects_and_columns_no_lead_has_are_counted_and_known(form: Format) -> None:
    others = [b"[1]", b'"text"', b"7", b"{broken", b"", b'{"a": NaN' + b"[" * 100_000]
    columns = ("city", "field_3", "plan", "name", "alt_phone_1")
    content, writer = exported(form, [rows(*others, {"city": "Rome", "field_3": None})], *columns)
    assert content.count(b"Rome") == 1
    assert (writer.unreadable, writer.missing_columns) == (len(others), ["plan"])


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("csv", "lead_id,city\r\n3,x\r\n4,\r\n5,\r\n6,\r\n7,\r\n"),
        ("table", "Lead id  City\n3        x\n4\n5\n6\n7\n"),
        ("jsonl", '{"lead_id":3,"city":"x"}\n{"lead_id":"4"}\n{"lead_id":"5"}\n{"lead_id":"6"}\n{"lead_id":"7"}\n'),
    ],
)
def test_a_lead_with_only_an_id_has_it_as_its_lead_id(form: Format, text: str) -> None:
    leads = rows(
        {"id": 3, "city": "x"},
        {"id": "4", "lead_id": None},
        {"id": "5", "lead_id": ""},
        {"id": "1", "lead_id": "6"},
        {"id": "7", "lead_id": " \n"},
    )
    assert text_of(form, leads, "lead_id", "city") == text
