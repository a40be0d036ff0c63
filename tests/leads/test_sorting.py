"""Sorting: the order in both directions and over several columns, and that each step is short."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_tui.leads.columns import ROWS_A_STEP, SortKey, open_order, run
from lead_tui.leads.columns import sort as sort_places
from lead_tui.leads.fields import FieldNames
from lead_tui.leads.lead import Row, decode_row
from lead_tui.paging.snapshot import arrange
from tests.paging.arranged import order_of, snapshot_of, sort

PACIFIC = timezone(timedelta(hours=-8))


def rows_of(*leads: Mapping[str, object]) -> list[Row]:
    return [msgspec.Raw(json.dumps(lead).encode()) for lead in leads]


def ordered(key: str, *values: object) -> list[object]:
    rows = rows_of(*({key.removeprefix("-"): value} for value in values))
    return [values[index] for index in sort(rows, [SortKey.of(key)], PACIFIC)]


@pytest.mark.parametrize("key", ["called_count", "score", "lead_id"])
def test_numbers_are_sorted_as_numbers_and_empty_is_last_both_ways(key: str) -> None:
    values = ("10", "9", "", "100", None, "1")
    assert ordered(key, *values) == ["1", "9", "10", "100", "", None]
    assert ordered(f"-{key}", *values) == ["100", "10", "9", "1", "", None]


@pytest.mark.parametrize("key", ["created_at", "score"])
def test_dates_are_sorted_whatever_their_spelling_and_never_is_last(key: str) -> None:
    values = ("2026-01-29T23:30:00-0500", "2026-01-29 20:00:00", "0000-00-00 00:00:00", "2026-01-29 21:00:00", "2025-12-31")
    # 23:30 five hours west is 20:30 on the account's clock, eight hours west.
    assert ordered(key, *values) == [values[4], values[1], values[0], values[3], values[2]]
    assert ordered(f"-{key}", *values) == [values[3], values[0], values[1], values[4], values[2]]


def test_offsets_are_sorted_as_hours_and_days_whatever_time_follows_them() -> None:
    values = ("-0700", "-3.30", "-8.00", "5:30", "-7.00")
    assert ordered("locale_gmt", *values) == ["-8.00", "-0700", "-7.00", "-3.30", "5:30"]
    days = ("1980-03-01 00:00:00", "1980-03-01T00:00:00Z", "2/29/1980", "0000-00-00")
    assert ordered("-date_of_birth", *days) == list(days)


def test_a_custom_attribute_has_numbers_then_days_then_text() -> None:
    assert ordered("score", "n/a", "2/28/2026", "$1,200", "15%", "Zoë", "") == ["15%", "$1,200", "2/28/2026", "n/a", "Zoë", ""]
    assert ordered("score", True, 1, 1.5, "1") == [1, "1", 1.5, True]


def test_text_is_sorted_ignoring_case_and_equals_keep_their_order() -> None:
    assert ordered("last_name", "stone", "Public", "STONE", "okafor", "public") == ["okafor", "Public", "public", "stone", "STONE"]
    assert ordered("-last_name", "stone", "Public", "STONE", "okafor") == ["stone", "STONE", "Public", "okafor"]
    assert ordered("postal_code", "10013-1234", "9", "10013") == ["10013", "10013-1234", "9"]


def test_phones_are_sorted_by_their_digits() -> None:
    assert ordered("phone_number", "(301) 001-0002", "3010010001", "+1 301 001 0003") == [
        "3010010001",
        "(301) 001-0002",
        "+1 301 001 0003",
    ]


def test_several_columns_weigh_in_their_order_each_in_its_direction() -> None:
    leads = [("CA", "2"), ("NY", "1"), ("CA", "10"), ("NY", ""), ("ny", "3"), ("", "5")]
    rows = rows_of(*({"state": state, "called_count": count} for state, count in leads))
    found = sort(rows, order_of("-state called_count"))
    assert [leads[index] for index in found] == [("NY", "1"), ("ny", "3"), ("NY", ""), ("CA", "2"), ("CA", "10"), ("", "5")]


def test_name_and_local_time_are_columns() -> None:
    names = [("Jane", "Public"), ("", "Adams"), ("", ""), ("Ana", "Stone")]
    rows = rows_of(*({"first_name": first, "last_name": last} for first, last in names))
    assert list(sort(rows, order_of("name"))) == [1, 3, 0, 2]
    offsets = ["-5.00", "", "-10.00", "0.00", "5.50"]
    rows = rows_of(*({"gmt_offset_now": offset, "phone_code": "1"} for offset in offsets))
    # A doubtful time, as of UTC in North America, sorts as it is shown.
    assert list(sort(rows, order_of("-local_time"))) == [4, 3, 0, 2, 1]


def test_only_the_requested_rows_are_sorted() -> None:
    ranks = run(snapshot_of(rows_of(*({"score": str(number)} for number in (5, 4, 3, 2, 1)))).ranks(["score"], None))["score"]
    assert list(run(sort_places([0, 2, 4], ranks))) == [4, 2, 0]
    assert list(run(sort_places([], ranks))) == []


def test_an_attribute_is_named_with_its_mark_where_a_computed_column_has_its_name() -> None:
    names = FieldNames(("name", "+plus", "", "Member_ID", "member_id"))
    found = [names.find(text) for text in ("name", "+name", "++plus", "+", "+Member_ID", "member_id", "+first_name", "+city")]
    assert found == [("name",), ("+name",), ("++plus",), ("+",), ("Member_ID",), ("member_id",), ("first_name",), ("city",)]
    assert list(map(str, order_of("-+name name"))) == ["-+name", "name"]
    assert SortKey.of("-+member_id") == SortKey("member_id", descending=True)


def test_a_row_that_cannot_be_read_is_last() -> None:
    rows = [msgspec.Raw(b"[oops"), msgspec.Raw(b'{"score":NaN,"x":1}'), *rows_of({"score": "2"}, {"score": "1"})]
    assert list(sort(rows, [SortKey("score")])) == [3, 2, 0, 1]


@given(
    st.lists(st.tuples(st.integers(-20, 20) | st.none(), st.sampled_from(["a", "B", "b", "", None])), max_size=60), st.booleans()
)
def test_the_result_equals_sorting_in_one_pass(leads: list[tuple[int | None, str | None]], descending: bool) -> None:
    rows = rows_of(*({"score": number, "city": city} for number, city in leads))
    keys = [SortKey("city", descending), SortKey("score", not descending)]
    found = list(sort(rows, keys))
    expected = list(range(len(rows)))
    for key, down in (("score", not descending), ("city", descending)):
        leads_by_index = [decode_row(row).line(key).casefold() for row in rows]
        weights = [int(text) if key == "score" and text else text for text in leads_by_index]
        full = [index for index in expected if weights[index] != ""]
        full.sort(key=lambda index: weights[index], reverse=down)
        # Python's reversed sort keeps the order of equals.
        expected = [*full, *(index for index in expected if weights[index] == "")]
    assert found == expected


def test_an_order_is_left_without_what_tells_of_a_concealed_field() -> None:
    order = (SortKey("name"), SortKey("email", True), SortKey("last_name"), SortKey("local_time"), SortKey("score"))
    assert open_order(order, frozenset({"email", "first_name"})) == (SortKey("last_name"), SortKey("local_time"), SortKey("score"))
    assert open_order(order, frozenset({"gmt_offset_now"})) == (*order[:3], SortKey("score"))
    assert open_order(order, frozenset()) == order


def test_the_work_comes_in_steps() -> None:
    rows = rows_of(*({"score": number} for number in range(10 * ROWS_A_STEP)))
    assert sum(1 for _ in arrange(snapshot_of(rows), None, [SortKey("score", True)])) >= 10


def test_a_column_with_more_values_than_digits_of_a_pass_is_in_order() -> None:
    numbers = [number * 7_919 % 10_007 for number in range(10_007)]
    rows = rows_of(*({"score": number} for number in numbers))
    assert [numbers[place] for place in sort(rows, [SortKey("score", True)])] == list(range(10_006, -1, -1))
