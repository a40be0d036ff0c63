"""JSON and JSON lines: the leads as the server sent them."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui.export.values import as_line
from lead_tui.leads.lead import Row
from tests.export.exports import exported, rows

SENT = b'{ "id" : "7", "rate": 1.50, "big": 12345678901234567890123,\n' + (
    b'"name\\u00e9": "a\\u001bb", "nested": {"x": [1, null]}, "id": "8" }'
)
COMPACT = b'{"id":"7","rate":1.50,"big":12345678901234567890123,"name\\u00e9":"a\\u001bb","nested":{"x":[1,null]},"id":"8"}'


def written(leads: list[Row], *columns: str, lines: bool, terminal: bool = False) -> str:
    return exported("jsonl" if lines else "json", [leads] if leads else [], *columns, terminal=terminal)[0].decode()


def test_a_line_is_the_lead_as_it_was_sent_without_space_between_its_parts_where_it_has_line_breaks() -> None:
    assert written(rows(SENT, b'{"id": 9}'), lines=True) == COMPACT.decode() + '\n{"id": 9}\n'
    assert written(rows(b'{"id": 8}', b'{"id":\t9}'), lines=True) == '{"id": 8}\n{"id":\t9}\n'


def test_the_array_has_the_same_leads_and_is_one_document() -> None:
    text = written(rows(SENT, b'{"id": 9}'), lines=False)
    assert text == f"[\n{COMPACT.decode()},\n" + '{"id": 9}\n]\n'
    assert [lead["id"] for lead in json.loads(text)] == ["8", 9]


def test_several_pages_make_one_array() -> None:
    content, _ = exported("json", [rows({"id": 1}, {"id": 2}), rows({"id": 3})])
    assert json.loads(content) == [{"id": 1}, {"id": 2}, {"id": 3}]


def test_nothing_found_is_an_empty_array_and_no_lines() -> None:
    assert written([], lines=False) == "[]\n"
    assert written([], lines=True) == ""


def test_columns_pick_fields_in_their_order_each_as_it_was_sent() -> None:
    assert written(rows(SENT), "rate", "nested", "missing", "id", lines=True) == '{"rate":1.50,"nested":{"x":[1,null]},"id":"8"}\n'


def test_name_and_local_time_can_be_picked() -> None:
    lead = b'{"first_name": "Zo\xc3\xab", "last_name": "Public", "gmt_offset_now": "-7.00"}'
    assert json.loads(written(rows(lead), "name", "local_time", lines=True)) == {"name": "Zoë Public", "local_time": "11:02"}


def test_a_terminal_gets_escapes_that_are_json_again() -> None:
    lead = '{"a":"x\u202ey\x7f\u009b\U000e0001 é日\u200b"}'
    shown = written(rows(lead.encode()), lines=True, terminal=True)
    assert shown == '{"a":"x\\u202ey\\u007f\\u009b\\udb40\\udc01 é日\\u200b"}\n'
    assert json.loads(shown) == json.loads(lead)


def test_elsewhere_nothing_is_escaped_that_was_not() -> None:
    lead = '{"a":"x\u202ey é日"}'
    assert written(rows(lead.encode()), lines=True) == lead + "\n"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'{"a": NaN, "b": -Infinity, "c": 1}', {"a": None, "b": None, "c": 1}),
        (b'{"a": "x\ny\x01"}', {"a": "x\ny\x01"}),
        (b'{"a": "\\ud800"}', {"a": "?"}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        (b'{"\\ud800": [NaN, {"b": NaN}]}', {"?": [None, {"b": None}]}),
    ],
)
def test_what_no_parser_takes_is_written_as_json_allows_it(sent: bytes, expected: object) -> None:
    line = as_line(msgspec.Raw(sent))
    assert line is not None
    assert b"\n" not in line
    assert json.loads(line, parse_constant=pytest.fail) == expected


def test_deep_nesting_is_written_as_it_came() -> None:
    sent = b'{"a":' + b"[" * 500 + b"]" * 500 + b"}"
    assert as_line(msgspec.Raw(sent)) == sent


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=40)
@given(st.dictionaries(st.text(), json_values, max_size=5), st.booleans(), st.booleans())
def test_any_lead_comes_out_as_the_same_value_on_one_line(lead: dict[str, object], ascii_only: bool, terminal: bool) -> None:
    sent = json.dumps(lead, ensure_ascii=ascii_only, indent=1).encode("utf-8", "surrogatepass")
    text = written(rows(sent), lines=True, terminal=terminal)
    assert text.count("\n") == 1
    assert json.loads(text) == json.loads(sent)


@settings(max_examples=40)
@given(st.text())
def test_no_control_character_reaches_a_terminal(text: str) -> None:
    shown = written(rows(json.dumps({"a": text}, ensure_ascii=False).encode()), lines=False, terminal=True)
    assert shown.replace("\n", "").isprintable()
