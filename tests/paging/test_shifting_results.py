"""A result that shifts while it is read: every lead that matches throughout is read once, or missing ones are reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from lead_tui.leads.lead import row_ids
from lead_tui.leads.page import Page
from lead_tui.leads.query import Query
from lead_tui.limits import MAX_LIMIT, RECHECK_REQUESTS
from lead_tui.paging.read_all import LoadAll, ReadAll
from lead_tui.paging.snapshot import SnapshotRows
from tests.paging.fake_source import page
from tests.paging.shifting import ShiftingSource

Change = Callable[[ShiftingSource, int], None]
COUNT = 20_000


async def read(
    source: ShiftingSource, in_flight: int = 3, page_rows: int = MAX_LIMIT, stops: Iterable[int] = ()
) -> tuple[list[int], ReadAll]:
    """Read *source*, and resume after as many parts as *stops* say, each counted from the stop before."""
    found: list[int] = []
    place: Mapping[str, object] | None = None
    for stop in (*stops, None):
        reading = ReadAll(source, Query(), in_flight=in_flight, page_rows=page_rows, place=place, known=found)
        async with aclosing(reading.parts()) as parts:
            count = 0
            async for part in parts:
                found.extend(row_ids(part.rows))
                place, count = part.after, count + 1
                if count == stop:
                    break
            else:
                break
    return found, reading


def insert(at: int, count: int, request: int = 4) -> Change:
    def change(source: ShiftingSource, number: int) -> None:
        if number == request:
            source.ids[at:at] = range(9_000_000, 9_000_000 + count)

    return change


def delete(at: int, count: int, request: int = 4) -> Change:
    def change(source: ShiftingSource, number: int) -> None:
        if number == request:
            del source.ids[at : at + count]

    return change


async def test_a_result_that_does_not_change_costs_no_request_more() -> None:
    source = ShiftingSource(range(1, COUNT + 1))
    found, reading = await read(source)
    assert found == source.ids
    assert [span.start for span in source.asked] == [0, *range(1_999, COUNT, 1_999)]
    assert len(source.asked) == 11
    assert reading.shortfall() is None


@pytest.mark.parametrize("in_flight", [1, 3, 8])
@pytest.mark.parametrize("at", [0, 2_500, 19_999])
@pytest.mark.parametrize("count", [1, 150, 2_500])
@pytest.mark.parametrize("shift", [insert, delete])
async def test_leads_inserted_or_deleted_while_it_is_read_lose_no_other(
    shift: Callable[[int, int], Change], count: int, at: int, in_flight: int
) -> None:
    source = ShiftingSource(range(1, COUNT + 1), shift(at, count))
    before = set(source.ids)
    found, reading = await read(source, in_flight=in_flight)
    assert len(found) == len(set(found))
    assert before & set(source.ids) <= set(found)
    assert set(source.ids) <= set(found)
    assert reading.shortfall() is None
    assert len(source.asked) <= 11 + 8 + RECHECK_REQUESTS


async def test_leads_deleted_with_every_request_cost_one_more_request_and_then_a_twentieth() -> None:
    def change(source: ShiftingSource, number: int) -> None:
        del source.ids[:30]

    source = ShiftingSource(range(1, COUNT + 1), change)
    found, reading = await read(source, in_flight=1)
    assert set(source.ids) <= set(found)
    assert len(source.asked) <= 14
    assert reading.shortfall() is None


async def test_a_lead_that_moves_to_the_beginning_is_found_at_the_end() -> None:
    def change(source: ShiftingSource, number: int) -> None:
        if number == 4:
            source.ids.insert(0, source.ids.pop(15_000))

    found, reading = await read(ShiftingSource(range(1, COUNT + 1), change), in_flight=1)
    assert sorted(found) == list(range(1, COUNT + 1))
    assert reading.shortfall() is None


async def test_leads_that_cannot_be_found_are_counted() -> None:
    def change(source: ShiftingSource, number: int) -> None:
        if number == 17:
            source.ids.insert(28_000, source.ids.pop(34_000))

    found, reading = await read(ShiftingSource(range(1, 36_001), change), in_flight=1)
    assert len(found) == 35_999
    error = reading.shortfall()
    assert error is not None
    assert error.message == "1 lead of 36,000 could not be read: the result changed while it was read"
    assert error.exit_code == 4


@pytest.mark.parametrize("total", [None, COUNT])
async def test_a_server_that_sends_the_same_page_for_every_offset_is_reported(total: int | None) -> None:
    class Same(ShiftingSource):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            return page(offset, limit, range(1, 2_001), total)

    source = Same(range(1, COUNT + 1))
    found, reading = await read(source)
    error = reading.shortfall()
    assert found == list(range(1, 2_001))
    assert error is not None
    what = "18,000 leads of 20,000 could not be read" if total else "Leads may be missing"
    assert error.message == f"{what}: the server sends the same page for every offset"
    load = LoadAll(source, Query(), SnapshotRows(total))
    await load.run()
    assert load.error is not None
    assert load.error.message == error.message


changes = st.lists(
    st.tuples(st.booleans(), st.floats(0, 1), st.integers(1, 25)).map(tuple),
    max_size=25,
)


@settings(max_examples=100, phases=(Phase.explicit, Phase.generate))
@example(
    # The rest of a page is abandoned after three pages that start again.
    script=[
        *((True, 0.29, 23), (True, 0.003, 17), (True, 0, 4), (True, 0.061, 3), (True, 0.501, 15), (False, 0.013, 21)),
        *((False, 0, 8), (False, 0.4556, 23), (True, 0, 9), (False, 0.1325, 7), (True, 0.963, 15), (False, 0, 8)),
    ],
    count=57,
    in_flight=3,
    most_rows=3,
    total="right",
    stops=[],
)
@example(
    # As many leads are inserted as a page has: each page has the leads of the one before.
    script=[
        *((True, 0.05, 13), (False, 0.93, 7), (True, 0.51, 5), (True, 0.65, 5)),
        *((True, 1, 2), (True, 0, 18), (True, 0.044, 9), (True, 0, 20)),
    ],
    count=45,
    in_flight=4,
    most_rows=10,
    total="right",
    stops=[],
)
@example(
    # Pages of one row do not overlap.
    script=[(True, 0.27, 8), (False, 0.013, 7), (False, 0, 21), (False, 0, 13), (False, 0.6, 23), (True, 0, 4)],
    count=39,
    in_flight=1,
    most_rows=1,
    total="right",
    stops=[],
)
@example(
    # A total of 0 is none to go back to, and a shift before the interruption counts after it.
    script=[*[(True, 0.0, 0)] * 7, (False, 0.0, 8), *[(True, 0.0, 0)] * 4, (True, 0.0, 21)],
    count=90,
    in_flight=4,
    most_rows=7,
    total="zero",
    stops=[10],
)
@example(
    # A gap before the interruption counts after it.
    script=[(False, 0.0, 1)] * 11,
    count=22,
    in_flight=2,
    most_rows=3,
    total="right",
    stops=[6],
)
@example(
    # The lead after the last one moves to its place: it is not requested forever from there.
    script=[(True, 1.0, 4), (False, 0.0, 4)],
    count=1,
    in_flight=1,
    most_rows=1,
    total="right",
    stops=[],
)
@given(
    script=changes,
    count=st.integers(0, 120),
    in_flight=st.integers(1, 4),
    most_rows=st.sampled_from([10, 7, 3, 2, 1]),
    total=st.sampled_from(["right", "none", "zero"]),
    stops=st.lists(st.integers(1, 9), max_size=2),
)
async def test_every_lead_that_matches_throughout_is_read_once_or_reported(
    script: list[tuple[bool, float, int]], count: int, in_flight: int, most_rows: int, total: str, stops: list[int]
) -> None:
    fresh = iter(range(1_000, 1_000_000))
    remaining = iter(script)
    throughout = set(range(1, count + 1))

    def change(source: ShiftingSource, number: int) -> None:
        for inserts, place, size in [next(remaining, (True, 0, 0))]:
            at = int(place * len(source.ids))
            if inserts:
                source.ids[at:at] = [next(fresh) for _ in range(size)]
            else:
                throughout.difference_update(source.ids[at : at + size])
                del source.ids[at : at + size]

    source = ShiftingSource(range(1, count + 1), change)
    source.most_rows = most_rows
    source.total_of = {"right": lambda count: count, "none": lambda _: None, "zero": lambda _: 0}[total]
    # Of pages of one row, none can be read again to see where a reading resumes.
    found, reading = await read(source, in_flight=in_flight, page_rows=10, stops=stops if most_rows > 1 else ())
    assert len(found) == len(set(found))
    if reading.shortfall() is None:
        # Without a count, a page of one row looks like the end if a lead inserted before it moves it to the next offset.
        assert throughout <= set(found) or (most_rows, total == "right") == (1, False)
    elif total == "right" and not reading.has_gap:
        assert reading.missing
    assert len(source.asked) < 400 + 2_000 // most_rows
