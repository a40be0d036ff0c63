"""Formatting values for people to read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lead_tui.leads.lead import Lead
from lead_tui.leads.values import (
    column_text,
    field_text,
    is_do_not_call,
    label,
    line_text,
    readable_key,
)

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "sent", "written"),
    [
        ("phone_number", "3010010000", "(301) 001-0000"),
        ("phone_number", 3010010000, "(301) 001-0000"),
        ("phone_number", "+1 301-001-0000", "(301) 001-0000"),
        ("phone_number", "13010010000", "(301) 001-0000"),
        ("alt_phone_2", "301.001.0000", "(301) 001-0000"),
        ("phone_number", "5551234", "5551234"),
        ("phone_number", "call Sam", "call Sam"),
        ("phone_number", "+44 20 7946 0000", "+44 20 7946 0000"),
        ("phone_number", "+4912345678", "+4912345678"),
        ("last_called", "2026-03-09 16:40:12", "2026-03-09 16:40"),
        ("last_called", "2026-03-09", "2026-03-09"),
        ("created_at", "2015-01-29T14:09:57-0800", "2015-01-29 14:09 -0800"),
        ("created_at", "2026-03-09T16:40:12Z", "2026-03-09 16:40 Z"),
        ("created_at", "2026-13-09 16:40:12", "2026-13-09 16:40:12"),
        ("created_at", "last Tuesday", "last Tuesday"),
        ("created_at", "20260309", "20260309"),
        ("last_called", "0000-00-00 00:00:00", "never"),
        ("updated_at", "0000-00-00", "never"),
        ("date_of_birth", "1982-04-02 00:00:00", "1982-04-02"),
        ("date_of_birth", "1982-04-02", "1982-04-02"),
        ("date_of_birth", "0000-00-00", "unknown"),
        ("date_of_birth", "02/04/1982", "02/04/1982"),
        ("called_since_last_reset", "Y", "yes"),
        ("is_contacted", "n", "no"),
        ("is_contacted", "maybe", "maybe"),
        ("gender", "M", "male"),
        ("gender", "F", "female"),
        ("gender", "U", "unknown"),
        ("gender", "X", "X"),
        ("owner_id", "0", "–"),
        ("owner_id", 0, "–"),
        ("last_modified_by", "666667", "System User"),
        ("created_by", 666671, "System User"),
        ("user_id", "666668", "666668"),
        ("list_id", "0", "none"),
        ("list_id", "666666", "666666"),
        ("lead_id", "666666", "666666"),
        ("gmt_offset_now", "-7.00", "UTC−7"),
        ("locale_gmt", "5.50", "UTC+5:30"),
        ("gmt_offset_now", "0.00", "doubtful"),
        ("gmt_offset_now", "far", "far"),
        ("carrier_type", "MOBILE", "mobile"),
        ("called_count", "12345", "12,345"),
        ("called_count", 4, "4"),
        ("called_count", "0.00", "0"),
        ("called_count", "many", "many"),
        ("city", "null", ""),
        ("city", None, ""),
        ("city", "  ", ""),
        ("field_3", "0000-00-00", "0000-00-00"),
        ("plan_sold", "3010010000", "3010010000"),
        ("household_income", "0.00", "0.00"),
        ("extra", {"score": 71, "tags": ["é"]}, '{"score": 71, "tags": ["é"]}'),
        ("extra", "call\nafter\t5", "call after 5"),
        ("extra", "a\x1b[31mb", "a\ufffd[31mb"),
    ],
)
def test_a_cell_shows_the_formatted_value(key: str, sent: object, written: str) -> None:
    assert column_text(Lead({key: sent}), key, NOON) == written
    assert line_text(Lead({key: sent}), key) == written


def test_a_field_that_did_not_come_is_blank() -> None:
    lead = Lead({})
    assert [column_text(lead, key, NOON) for key in ("name", "phone_number", "last_called", "owner_id", "mystery")] == [""] * 5


def test_a_lead_with_only_an_id_has_it_as_its_lead_id() -> None:
    assert line_text(Lead({"id": 700201}), "lead_id") == "700201"
    assert line_text(Lead({"id": "1", "lead_id": "2"}), "lead_id") == "2"
    assert line_text(Lead({"id": "1"}, masked=frozenset({"id"})), "lead_id") == ""


def test_the_other_country_s_code_is_before_the_number() -> None:
    lead = Lead({"phone_number": "2079460000", "phone_code": "44"})
    assert column_text(lead, "phone_number", NOON) == "+44 2079460000"


def test_masked_values_show_in_no_other_value() -> None:
    lead = Lead({"phone_number": "2079460000", "phone_code": "44", "gmt_offset_now": "0.00", "first_name": "Jane", "city": "Leeds"})
    masked = lead.with_masked(frozenset({"phone_code", "first_name"}))
    told = {
        key: column_text(masked, key, NOON)
        for key in ("phone_number", "gmt_offset_now", "local_time", "name", "phone_code", "city")
    }
    assert told == {
        "phone_number": "(207) 946-0000", "gmt_offset_now": "doubtful", "local_time": "12:00?", "name": "", "phone_code": "",
        "city": "Leeds",
    }  # fmt: skip
    assert (masked.line("first_name"), masked.sent, masked.problem) == ("", lead.sent, "")
    assert column_text(masked.with_masked(frozenset()), "phone_number", NOON) == "+44 2079460000"


def test_greenwich_is_an_offset_where_the_number_is_not_american() -> None:
    assert line_text(Lead({"gmt_offset_now": "0.00", "phone_code": "44"}), "gmt_offset_now") == "UTC"


def test_name_and_local_time_are_made_here() -> None:
    lead = Lead({"first_name": "Jane", "last_name": "Public", "gmt_offset_now": "-7.00"})
    assert column_text(lead, "name", NOON) == "Jane Public"
    assert column_text(lead, "local_time", NOON) == "5:00"
    assert column_text(Lead({}), "local_time", NOON) == "unknown"


def test_a_cell_is_short_however_long_the_value() -> None:
    assert len(column_text(Lead({"notes": "x" * 1_000_000}), "notes", NOON)) == 200


def test_the_detail_has_the_value_whole() -> None:
    text = "one\n[bold]two[/bold]\n" + "x" * 2_000
    assert field_text(Lead({"notes": text}), "notes") == (text, 0)


def test_the_detail_writes_a_known_field_as_a_cell_does() -> None:
    lead = Lead({"phone_number": "3010010000", "owner_id": 0, "city": ""})
    assert [field_text(lead, key)[0] for key in ("phone_number", "owner_id", "city")] == ["(301) 001-0000", "–", ""]


def test_an_over_long_phone_is_text_and_whole() -> None:
    assert field_text(Lead({"phone_number": "8" * 5_000}), "phone_number") == ("8" * 5_000, 0)


def test_what_is_cut_is_counted() -> None:
    assert field_text(Lead({"notes": "x" * 1_000}), "notes", 100) == ("x" * 100, 900)
    assert field_text(Lead({"notes": "x" * 1_000}), "notes", 100, raw=True) == ("x" * 100, 900)


def test_nested_values_are_json_in_the_detail() -> None:
    assert field_text(Lead({"extra": {"tags": ["é", None]}}), "extra") == ('{"tags": ["é", null]}', 0)
    assert field_text(Lead({"phone_number": {"a": "&quot;"}}), "phone_number") == ('{"a": "&quot;"}', 0)


def test_a_nested_value_that_no_json_can_hold_is_still_text() -> None:
    assert "NaN" in field_text(Lead({"extra": [float("nan")]}), "extra")[0]
    assert "\ufffd" in field_text(Lead({"extra": ["\ud800"]}), "extra")[0]


def test_raw_values_are_as_sent_but_clean() -> None:
    lead = Lead({"phone_number": "3010010000", "last_called": "0000-00-00", "owner_id": 0, "a": None, "b": "null", "c": "\x1b["})
    raw = {key: field_text(lead, key, raw=True)[0] for key in lead.sent}
    assert raw == {
        "phone_number": "3010010000",
        "last_called": "0000-00-00",
        "owner_id": "0",
        "a": "null",
        "b": "null",
        "c": "\ufffd[",
    }


@pytest.mark.parametrize("status", ["DNC", "DNCW", "dnc_list", " DNC ", "QDNC", "qdnc"])
def test_the_do_not_call_family_is_known(status: str) -> None:
    assert is_do_not_call(status)


@pytest.mark.parametrize("status", ["", "NEW", "DN", "XDNC", "QDNCX", "CB"])
def test_other_statuses_are_not_do_not_call(status: str) -> None:
    assert not is_do_not_call(status)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("plan_sold", "Plan sold"),
        ("carrier_and_plan_1", "Carrier and plan 1"),
        ("Member_ID", "Member ID"),
        ("field_3", "field_3"),
        ("FIELD_84", "FIELD_84"),
        ("x[bold]", "x[bold]"),
        ("two words", "two words"),
        ("_", "_"),
        ("", ""),
        ("a\x1b]0;b", "a\ufffd]0;b"),
    ],
)
def test_a_key_without_a_label_is_made_readable(key: str, words: str) -> None:
    assert readable_key(key) == words


def test_a_label_comes_from_the_map_then_the_document_then_the_key() -> None:
    labels = {"field_3": "Solidity\x1b", "plan_sold": "  "}
    assert [label(key, labels) for key in ("field_3", "city", "plan_sold")] == ["Solidity\ufffd", "City", "Plan sold"]
    assert label("city") == "City"
