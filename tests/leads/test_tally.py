"""Counting leads by the values of a column."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_tui.leads.columns import Count, Tally, Values, as_texts, keys_counted, run, tally, values_reader
from lead_tui.leads.fields import key_of
from lead_tui.leads.lead import Row, as_text, split
from lead_tui.leads.text import bar, share
from lead_tui.paging.snapshot import Snapshot, count_by
from tests.paging.arranged import snapshot_of
from tests.servers.leads import MAX_LIMIT, account

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", " ", "null", "Null", "0", "1", "true", "NEW", "new", "\u00e9", "=1+1", "\x1b[31m"]),
    st.text("aA1 \n&", max_size=4),
    st.lists(st.integers(0, 1), max_size=2),
    st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 1), max_size=2),
)
LEADS = st.lists(st.dictionaries(st.sampled_from(["status", "status_name", "", 'a "quoted" key']), VALUES, max_size=3), max_size=20)


def rows_of(*leads: Mapping[str, object]) -> list[Row]:
    return [msgspec.Raw(json.dumps(lead).encode()) for lead in leads]


def tally_of(column: str, *parts: Sequence[Row]) -> Tally:
    counts: Counter[Values] = Counter()
    for rows in parts:
        counts.update(map(as_texts, map(values_reader(keys_counted(column)), rows)))
    return run(tally(column, counts.items(), len(counts)))


def counted(column: str, rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    return [(each.value, each.name, each.count) for each in tally_of(column, rows).counts]


def counted_values(*values: object) -> list[tuple[str, int]]:
    return [(value, count) for value, _, count in counted("plan_sold", rows_of(*({"plan_sold": value} for value in values)))]


@given(LEADS, st.sampled_from(["status", "+", 'a "quoted" key']), st.integers(0, 20))
def test_every_lead_is_counted_once_however_the_rows_are_dealt_out(
    leads: list[dict[str, object]], column: str, parted_at: int
) -> None:
    rows, expected = rows_of(*leads), Counter[str]()
    for lead in leads:
        value = json.loads(json.dumps(lead)).get(key_of(column))
        expected[as_text(value) if not isinstance(value, float) else repr(value)] += 1
    found = tally_of(column, rows[parted_at:], rows[:parted_at])
    counts = found.counts
    assert found.total == sum(each.count for each in counts) == len(leads)
    assert {each.value: each.count for each in counts} == expected


@given(LEADS)
def test_the_order_depends_on_the_leads_alone_and_the_highest_count_comes_first(leads: list[dict[str, object]]) -> None:
    found = counted("status", rows_of(*leads))
    assert [(value, count) for value, _, count in found] == [
        (value, count) for value, _, count in counted("status", rows_of(*reversed(leads)))
    ]
    assert [count for *_, count in found] == sorted((count for *_, count in found), reverse=True)


def test_equal_counts_are_in_order_of_value() -> None:
    assert counted_values("b", "A", "10", "c", "c") == [("c", 2), ("10", 1), ("A", 1), ("b", 1)]


def test_null_and_a_missing_field_count_as_empty() -> None:
    rows = rows_of({"city": None}, {"city": "null"}, {}, {"city": ""}, {"city": "  "}, {"city": "Null"})
    assert counted("city", rows) == [("", "", 5), ("Null", "", 1)]


def test_a_number_counts_as_its_text_and_true_is_not_one() -> None:
    assert counted_values(1, "1", True, 1.5, "1.5", "true") == [("1", 2), ("1.5", 2), ("true", 2)]
    assert counted_values([1], [1], {"a": 1}) == [("[1]", 2), ('{"a": 1}', 1)]


def test_values_have_the_names_that_came_with_them() -> None:
    leads = rows_of(
        {"status": "CB", "status_name": ""},
        {"status": "CB", "status_name": "Requested &amp; due"},
        {"status": "NI"},
        {"status": "X7"},
    )
    assert counted("status", leads) == [("CB", "Requested & due", 2), ("NI", "", 1), ("X7", "", 1)]
    assert counted("owner_id", rows_of({"owner_id": 7, "owner_name": "Ann"})) == [("7", "Ann", 1)]
    assert counted("status", rows_of({"status": "Same", "status_name": "Same"})) == [("Same", "", 1)]


def test_a_name_is_counted_whole_and_a_local_time_by_its_offset() -> None:
    leads = rows_of(
        {"first_name": "Jane", "last_name": "Public", "gmt_offset_now": "-7.00"},
        {"first_name": "Jane", "last_name": "Public", "gmt_offset_now": "-7.00", "notes": "x"},
        {"first_name": None, "last_name": ""},
        {"first_name": None},
    )
    assert counted("name", leads) == [("", "", 2), ("Jane Public", "", 2)]
    assert counted("local_time", leads) == [("", "", 2), ("-7.00", "", 2)]
    assert counted("+name", rows_of({"name": "own"})) == [("own", "", 1)]


def test_a_lead_with_only_an_id_is_counted_by_it() -> None:
    rows = rows_of({"id": 3}, {"id": "4", "lead_id": ""}, {"id": "1", "lead_id": "4"}, {})
    assert [(value, count) for value, _, count in counted("lead_id", [*rows, msgspec.Raw(b"[]")])] == [("4", 2), ("", 1), ("3", 1)]


def test_what_is_not_a_lead_is_not_counted() -> None:
    found = tally_of(
        "status",
        [msgspec.Raw(b"[]"), msgspec.Raw(b'{"status":NaN}'), msgspec.Raw(b'{"status":"NEW"'), msgspec.Raw(b'{"status":"A\n"}')],
    )
    assert found == Tally([Count("", "", 1), Count("A\n", "", 1)], values=2, total=2)


@pytest.mark.parametrize(("count", "total", "text"), [(0, 3, "0.0%"), (3, 3, "100.0%"), (1, 3, "33.3%"), (1, 5_000, "<0.1%")])
def test_a_share_of_some_leads_is_never_nothing(count: int, total: int, text: str) -> None:
    assert share(count, total) == text


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 60), st.booleans())
def test_a_bar_fits_and_every_lead_shows(count: int, more: int, width: int, in_ascii: bool) -> None:
    drawn = bar(count, count + more, width, in_ascii=in_ascii)
    assert 1 <= len(drawn) <= width
    assert drawn.isascii() == in_ascii
    assert len(bar(count, count, width, in_ascii=in_ascii)) == width
    assert bar(0, more, width) == ""


def test_ten_thousand_rows_are_counted_in_an_instant() -> None:
    answer = account(10_000)
    bodies = [answer({"offset": str(offset), "limit": str(MAX_LIMIT)})[1] for offset in range(0, 10_000, MAX_LIMIT)]
    rows = [row for body in bodies for row in split(body).rows]
    seconds = []
    for _ in range(5):
        started = time.process_time()
        found = tally_of("status", rows)
        seconds.append(time.process_time() - started)
    assert found.total == 10_000
    assert min(seconds) < 0.06


def test_moments_are_counted_by_day() -> None:
    days = ["2026-03-02 09:14:05", "2026-03-02 23:00:00", "2026-03-01T00:00:00-0800", "", None]
    view = Snapshot(snapshot_of(rows_of(*({"created_at": day} for day in days), {})))
    counts = run(count_by("created_at", view, 10)).counts
    assert [(each.value, each.count) for each in counts] == [("", 3), ("2026-03-02", 2), ("2026-03-01", 1)]


def test_the_highest_of_many_values_are_found_in_steps() -> None:
    rows = rows_of(*({"plan_sold": str(number)} for number in range(5_000)), {"plan_sold": "4321"})
    view = Snapshot(snapshot_of(rows))
    steps = count_by("plan_sold", view, 3)
    assert sum(1 for _ in steps) > 25
    found = run(count_by("plan_sold", view, 3))
    assert [each.value for each in found.counts] == ["4321", "0", "1"]
    assert (found.total, found.values) == (5_001, 5_000)
    assert found.counts == tally_of("plan_sold", rows).counts[:3]
