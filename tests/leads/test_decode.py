"""From bytes to rows and leads: documented, odd and broken shapes, and the agreement of both decoders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lead_tui.leads.errors import HtmlAnswer, UnreadableAnswer
from lead_tui.leads.lead import MAX_SERVER_TEXT, Answer, decode_row, id_number, row_ids, split

SAMPLES = sorted((Path(__file__).parent.parent / "samples").glob("*.json"))


def page(*rows: bytes, total: bytes = b'"9"') -> bytes:
    """Return an answer with *rows*, each a piece of JSON."""
    return b'{"success":true,"data":{"offset":"0","total":%s,"entries":[%s]}}' % (total, b",".join(rows))


def leads(answer: Answer) -> list[dict[str, object]]:
    return [decode_row(row).sent for row in answer.rows]


def seen(answer: Answer) -> tuple[object, ...]:
    """Return all that an answer contains, for comparison."""
    rows = [(lead.sent, lead.problem) for lead in map(decode_row, answer.rows)]
    return answer.success, answer.code, answer.text, answer.total, answer.has_data, rows, list(row_ids(answer.rows))


# Envelopes


@pytest.mark.parametrize(
    ("sent", "total"),
    [
        (b'"1287"', 1287),
        (b"1287", 1287),
        (b"1287.0", 1287),
        (b'" 12 "', 12),
        (b'"0"', 0),
        (b"null", None),
        (b'""', None),
        (b'"many"', None),
        (b'"1,287"', None),
        (b"-5", None),
        (b'"-5"', None),
        (b"1.5", None),
        (b"true", None),
        (b"[3]", None),
        (b'{"value":3}', None),
        (b"1e400", None),
    ],
)
def test_a_total_is_a_count_or_unknown(sent: bytes, total: int | None) -> None:
    answer = split(page(b'{"id":"7"}', total=sent))
    assert answer.total == total
    assert leads(answer) == [{"id": "7"}]


@pytest.mark.parametrize(
    ("body", "success"),
    [
        (b'{"success":true}', True),
        (b'{"success":"true"}', True),
        (b'{"success":1}', True),
        (b'{"success":false}', False),
        (b'{"success":"false"}', False),
        (b'{"success":"False"}', False),
        (b'{"success":0}', False),
        (b'{"success":0.0}', False),
        (b'{"success":"0"}', False),
        (b'{"success":""}', False),
        (b'{"success":null}', None),
        (b"{}", None),
        (b'{"data":{"entries":[]}}', None),
    ],
)
@pytest.mark.parametrize("tail", [b"", b"trailing"], ids=["strict", "tolerant"])
def test_success_is_read_in_any_spelling_and_unknown_where_it_is_missing(body: bytes, success: bool | None, tail: bytes) -> None:
    assert split(body + tail).success is success


@pytest.mark.parametrize("name", ["text", "error", "message"])
def test_the_servers_words_come_from_whichever_member_holds_them(name: str) -> None:
    answer = split(json.dumps({"success": False, "code": "7231", name: "Invalid\noffset \u001b[31m value"}).encode())
    assert (answer.success, answer.code) == (False, 7231)
    assert answer.text == "Invalid offset \ufffd[31m value"


def test_the_servers_words_are_cut_to_a_readable_length() -> None:
    assert len(split(json.dumps({"success": False, "text": "long " * 10_000}).encode()).text) == MAX_SERVER_TEXT


@pytest.mark.parametrize(
    "data",
    [
        b'{"entries":null}',
        b'{"total":"0"}',
        b'{"entries":[]}',
        b'{"entries":{}}',
        b'{"entries":"none"}',
        b'{"entries":3}',
        b"[]",
        b"{}",
    ],
)
def test_data_without_rows_is_data_anyway(data: bytes) -> None:
    answer = split(b'{"success":true,"data":%s}' % data)
    assert answer.has_data
    assert list(answer.rows) == []


@pytest.mark.parametrize("body", [b'{"success":true}', b'{"success":true,"data":null}', b'{"success":true,"data":"x"}'])
def test_an_answer_without_data_says_so(body: bytes) -> None:
    assert not split(body).has_data


@pytest.mark.parametrize(
    ("data", "misshapen"),
    [
        (b"null", False),
        (b"[]", False),
        (b'""', False),
        (b"false", False),
        (b'{"entries":""}', False),
        (b'{"entries":0}', False),
        (b'{"entries":[5]}', False),
        (b'"none"', True),
        (b"5", True),
        (b'[{"lead_id":"1"}]', True),
        (b'[{"lead_id":"1","x":NaN}]', True),
        (b'{"entries":"none"}', True),
        (b'{"entries":5}', True),
        (b'{"entries":true}', True),
    ],
)
def test_something_else_in_place_of_leads_is_not_an_empty_answer(data: bytes, misshapen: bool) -> None:
    assert split(b'{"success":true,"data":%s}' % data).misshapen is misshapen


# Rows and ids


def test_entries_may_be_an_object_keyed_by_id() -> None:
    answer = split(b'{"success":true,"data":{"total":2,"entries":{"7":{"id":"7"},"8":{"id":8}}}}')
    assert leads(answer) == [{"id": "7"}, {"id": 8}]
    assert list(row_ids(answer.rows)) == [7, 8]


@pytest.mark.parametrize(
    ("row", "number"),
    [
        (b'{"lead_id":"700","id":"700"}', 700),
        (b'{"lead_id":700}', 700),
        (b'{"id":700.0}', 700),
        (b'{"id":"0700"}', 700),
        (b'{"lead_id":null,"id":"700"}', 700),
        (b'{"lead_id":"","id":700}', 700),
        (b'{"lead_id":"null","id":700}', 700),
        (b'{"lead_id":"0","id":"700"}', 700),
        (b'{"lead_id":0,"id":700}', 700),
        (b'{"id":1,"id":700}', 700),
        (b'{"id":"700","x":NaN}', 700),
        (b'{"id":"700","x":"\x01"}', 700),
        (b'{"lead_id":"0","id":0}', 0),
        (b"{}", 0),
        (b"null", 0),
        (b"[1]", 0),
        (b'"700"', 0),
    ],
)
def test_an_id_is_read_from_whatever_brings_it(row: bytes, number: int) -> None:
    answer = split(page(row))
    assert list(row_ids(answer.rows)) == [number]
    if row.startswith(b"{"):
        assert id_number(decode_row(answer.rows[0]).lead_id) == number


def test_ids_that_are_not_numbers_are_distinguished_anyway() -> None:
    ids = row_ids(split(page(b'{"id":"a-1"}', b'{"id":"a-2"}', b'{"id":"a-1"}', b'{"id":"%s"}' % (b"9" * 30))).rows)
    assert ids[0] == ids[2]
    assert len(set(ids)) == 3
    assert all(number < 0 for number in ids)


def test_a_row_that_is_not_an_object_is_a_lead_with_a_problem() -> None:
    rows = split(page(b"null", b"3", b"[]", b'"x"', b'{"id":"7"}')).rows
    assert [bool(decode_row(row).problem) for row in rows] == [True, True, True, True, False]


def test_the_last_of_equal_keys_counts_in_both_readings() -> None:
    body = b'{"success":false,"success":true,"data":{"total":1,"total":2,"entries":[{"id":1}],"entries":[{"id":2,"x":1,"x":2}]}}'
    for answer in (split(body), split(body + b"!")):
        assert (answer.success, answer.total, leads(answer)) == (True, 2, [{"id": 2, "x": 2}])


# What the strict decoder refuses


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (b'"\\ud800"', "\ufffd"),
        (b'"\\ude00\\ud83d"', "\ufffd\ufffd"),
        (b'"a\x00b\nc\x1b[31m"', "a\x00b\nc\x1b[31m"),
        (b'"\xff\xfe"', "\ufffd\ufffd"),
        (b'"]}{[,:\x01"', "]}{[,:\x01"),
        (b'"\\"]}\x01"', '"]}\x01'),
        (b"-Infinity", None),
        (b"1e999", "1e999"),
    ],
)
def test_a_value_against_the_rules_costs_no_lead(value: bytes, read: object) -> None:
    answer = split(page(b'{"id":"1"}', b'{"id":"2","x":%s}' % value, b'{"id":"3"}'))
    assert leads(answer) == [{"id": "1"}, {"id": "2", "x": read}, {"id": "3"}]
    assert (answer.success, answer.total, list(row_ids(answer.rows))) == (True, 9, [1, 2, 3])


def test_not_a_number_is_null() -> None:
    answer = split(page(b'{"id":"2","x":NaN}', b'{"id":"3"}'))
    assert decode_row(answer.rows[0]).sent["x"] is None
    assert list(row_ids(answer.rows)) == [2, 3]


@pytest.mark.parametrize("bad", [b'{"id":"2",}', b'{"id":"2" "x":3}', b"{id:2}", b"nul"])
def test_a_broken_row_makes_its_page_unreadable(bad: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        split(page(b'{"id":"1"}', bad, b'{"id":"3"}'))


def test_a_value_nested_500_deep_is_shown_as_text() -> None:
    (lead,) = map(decode_row, split(page(b'{"id":"1","x":%s%s}' % (b"[" * 500, b"]" * 500))).rows)
    assert lead.lead_id == "1"
    assert lead.line("x")


def test_a_value_nested_beyond_reason_makes_its_page_unreadable() -> None:
    with pytest.raises(UnreadableAnswer):
        split(page(b'{"id":"1","x":%s%s}' % (b"[" * 20_000, b"]" * 20_000), b'{"id":"2"}'))


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\r\n\t ", b"\xef\xbb\xbf \n"])
def test_a_byte_order_mark_and_white_space_in_front_are_skipped(mark: bytes) -> None:
    assert leads(split(mark + page(b'{"id":"1"}') + b"\r\n")) == [{"id": "1"}]


def test_what_is_after_the_answer_is_skipped() -> None:
    assert leads(split(page(b'{"id":"1"}') + b"<br />\n<b>Notice</b>: ...")) == [{"id": "1"}]


# No answer at all


@pytest.mark.parametrize("body", [b"", b"   \r\n", b"\xef\xbb\xbf", b"\0\0"])
def test_an_empty_body_is_an_empty_answer(body: bytes) -> None:
    with pytest.raises(UnreadableAnswer, match="empty"):
        split(body)


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><html></html>", b"\n <html>", b"<br />Warning{}", b"\xef\xbb\xbf<h1>"])
def test_a_web_page_is_an_html_answer(body: bytes) -> None:
    with pytest.raises(HtmlAnswer, match="web page"):
        split(body)


@pytest.mark.parametrize("body", [b"[]", b"null", b"12", b'"text"', b"Service Unavailable", "{}".encode("utf-16"), b"\x1f\x8b\x08"])
def test_anything_else_is_an_unreadable_answer(body: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        split(body)


def test_a_body_that_ends_anywhere_before_its_end_is_a_cut_answer() -> None:
    body = page(b'{"id":"1","x":"a, \\"b\\" [c]"}', b'{"id":2,"y":[1,{"z":null}]}')
    for end in range(1, len(body)):
        with pytest.raises(UnreadableAnswer):
            split(body[:end])


# Both decoders


def invalid(body: bytes) -> bytes:
    """Return *body* with a member that only the tolerant reader accepts."""
    members = body[body.index(b"{") + 1 :]
    return b'{"odd":NaN' + (b"" if members.strip() == b"}" else b",") + members


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_tolerant_reading_agrees_with_the_strict_one_on_each_sample(sample: Path) -> None:
    body = sample.read_bytes()
    assert seen(split(invalid(body))) == seen(split(body))


ANY_SPEED = settings(suppress_health_check=[HealthCheck.too_slow])

_TROUBLE = ["", "0", "null", "false", '"', "\\", "]}", "{[", ",", ":", "\n", "\x00", "é", "\U0001f600"]

_text = st.text(max_size=8) | st.sampled_from(_TROUBLE)
_scalars: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | _text
)
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3), max_leaves=6
)
_rows = st.dictionaries(_text | st.sampled_from(["id", "lead_id", "first_name"]), _values, max_size=4) | _values
_entries = st.lists(_rows, max_size=4) | st.dictionaries(_text | st.integers(0, 99).map(str), _rows, max_size=4) | st.none()
_data: st.SearchStrategy[Any] = (
    st.fixed_dictionaries({}, optional={"total": _scalars, "entries": _entries, "offset": _values}) | st.just([]) | st.none()
)
_bodies = st.fixed_dictionaries(
    {}, optional={"success": _scalars, "code": _scalars, "text": _scalars, "error": _scalars, "data": _data, "more": _values}
)


@ANY_SPEED
@given(body=_bodies, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_the_tolerant_reading_agrees_with_the_strict_one_on_any_answer(body: object, indent: int | None, ascii_only: bool) -> None:
    sent = json.dumps(body, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "replace")
    assert seen(split(invalid(sent))) == seen(split(sent))


@ANY_SPEED
@given(body=_bodies, noise=st.binary(max_size=6), at=st.floats(0, 1), take=st.integers(0, 6))
def test_a_damaged_answer_is_read_or_refused_and_never_crashes(body: object, noise: bytes, at: float, take: int) -> None:
    sent = json.dumps(body).encode()
    place = int(at * len(sent))
    damaged = sent[:place] + noise + sent[place + take :]
    try:
        answer = split(damaged)
    except UnreadableAnswer:
        return
    assert len(row_ids(answer.rows)) == len(answer.rows)
    assert all(isinstance(decode_row(row).sent, dict) for row in answer.rows)
