"""Narrowing and queries in detail: where a date or time begins and ends, and which of several terms counts."""

from __future__ import annotations

import json
from datetime import UTC, date

import pytest
from msgspec import Raw

from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import FieldNames
from lead_tui.leads.filter_language import exactly, parse
from lead_tui.leads.lead import Lead
from lead_tui.leads.query import Query
from tests.leads.plain_narrowing import holds
from tests.paging.arranged import selected

TODAY = date(2026, 3, 9)
NAMES = FieldNames(("plan sold", "odd key"), {})


def means(text: str, **sent: object) -> bool:
    return holds(parse(text, NAMES, TODAY, UTC), Lead(sent))


@pytest.mark.parametrize(
    ("text", "created", "held"),
    [
        ("created_at<=2026-03-02", "2026-03-02 23:59:59", True),
        ("created_at<=2026-03-02", "2026-03-03 00:00:00", False),
        ("created_at<2026-03-02", "2026-03-01 23:59:59", True),
        ("created_at<2026-03-02", "2026-03-02 00:00:00", False),
        ("created_at>2026-03-02", "2026-03-02 23:59:59", False),
        ("created_at>2026-03-02", "2026-03-03 00:00:00", True),
        ("created_at>=2026-03-02", "2026-03-02 00:00:00", True),
        ("created_at:2026-03-02", "2026-03-03 00:00:00", False),
        ('created_at:"2026-03-02 09:14"', "2026-03-02 09:14:59", True),
        ('created_at:"2026-03-02 09:14"', "2026-03-02 09:15:00", False),
        ('created_at:"2026-03-02 09:14:05"', "2026-03-02 09:14:05", True),
        ('created_at:"2026-03-02 09:14:05"', "2026-03-02 09:14:06", False),
        ('created_at:"2026-03-02 09"', "2026-03-02 09:59:59", True),
        ('created_at:"2026-03-02 09"', "2026-03-02 10:00:00", False),
    ],
)
def test_a_day_an_hour_a_minute_and_a_second_end_where_the_next_one_begins(text: str, created: str, held: bool) -> None:
    assert means(text, created_at=created) is held


def test_every_term_counts_those_after_a_field_too() -> None:
    assert not means("city:rome jane", city="Rome", first_name="Joan")
    assert means("city:rome jane", city="Rome", first_name="Jane")
    assert not means("jane city:rome", city="Oslo", first_name="Jane")
    assert not means("city:rome state:ca", city="Rome", state="NV")


def test_a_narrowing_is_one_with_words_or_with_fields_alone() -> None:
    assert parse("jane", NAMES, TODAY, UTC)
    assert parse("city:rome", NAMES, TODAY, UTC)
    assert not parse("  ", NAMES, TODAY, UTC)


def test_a_field_that_says_nothing_is_found_by_nothing_only() -> None:
    assert means('city:""', city="")
    assert not means('city:""', city="Rome")
    assert means("city:rome", city="Rome") is True
    assert means("city:rome", city="") is False


def test_a_word_is_found_across_line_breaks() -> None:
    assert means('"back then"', notes="called back\nthen")
    assert means('"back then"', notes="called back\r\n\tthen")
    for each in "\n\r\t":
        assert means('"back then"', notes=f"called back{each}then")


@pytest.mark.parametrize("phone", ["3015550123", "(301) 555-0123", "301.555.0123"])
def test_a_phone_is_found_in_a_row_however_it_is_written_there(phone: str) -> None:
    narrowing = parse("3015550123", NAMES, TODAY, UTC)
    assert selected(narrowing, Raw(json.dumps({"phone_number": phone}).encode()))
    assert not selected(narrowing, Raw(b'{"phone_number": "3015550124"}'))


@pytest.mark.parametrize("key", ["plan sold", "odd key"])
def test_a_key_with_a_space_is_written_in_quotes(key: str) -> None:
    text = exactly(key, "Gold PPO")
    assert text == f'"{key}"="Gold PPO"'
    assert holds(parse(text, NAMES, TODAY, UTC), Lead({key: "Gold PPO"}))
    assert not holds(parse(text, NAMES, TODAY, UTC), Lead({key: "Gold"}))


def test_a_name_like_no_other_has_no_suggestion() -> None:
    with pytest.raises(UsageError, match=r"^No field is called zzzzzzzzzz: quotation marks"):
        parse("zzzzzzzzzz:1", NAMES, TODAY)


def test_a_query_tells_the_value_of_a_filter() -> None:
    query = Query.of({"city": "Rome", "state": "CA"})
    assert (query.value("city"), query.value("state"), query.value("status")) == ("Rome", "CA", "")
