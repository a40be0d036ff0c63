"""Reading a long result: several requests in progress, parts in the order of the offsets, resuming where it stopped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from lead_tui.leads.errors import OffsetRefused, SearchError, ServerError
from lead_tui.leads.lead import row_ids
from lead_tui.leads.page import Page, Part
from lead_tui.leads.query import Query
from lead_tui.limits import MAX_LIMIT
from lead_tui.paging.page_sources import add_new
from lead_tui.paging.read_all import ReadAll
from tests.paging.fake_source import FakeSource, page, settled

STRIDE = MAX_LIMIT - 1


async def parts_of(reading: ReadAll) -> list[Part]:
    return [part async for part in reading.parts()]


def ids_in(parts: Iterable[Part]) -> list[int]:
    return [number for part in parts for number in row_ids(part.rows)]


class Backwards(FakeSource):
    """Answers the later of two requests first."""

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        if offset % (2 * STRIDE) == STRIDE:
            later = offset + STRIDE
            await settled(lambda: later >= self.total or any(span.start == later for span in self.asked))
        return await super().fetch(query, offset, limit)


async def test_parts_come_in_the_order_of_the_offsets_whatever_comes_first() -> None:
    source = Backwards(9_000)
    found = ids_in(await parts_of(ReadAll(source, Query(), in_flight=3)))
    assert found == list(range(1_000, 10_000))
    assert [span.start for span in source.asked] != sorted(span.start for span in source.asked)


async def test_the_first_page_is_waited_for_and_then_so_many_requests_are_in_progress() -> None:
    source = FakeSource(20_000)
    source.gate.clear()
    running = asyncio.create_task(parts_of(ReadAll(source, Query(), in_flight=3)))
    await settled(lambda: len(source.asked) == 1)
    await asyncio.sleep(0)
    assert len(source.asked) == 1
    source.gate.set()
    await settled(lambda: len(source.asked) > 1)
    source.gate.clear()
    await settled(lambda: len(source.asked) >= 4)
    source.gate.set()
    assert len(ids_in(await running)) == 20_000
    assert [span.start for span in source.asked] == list(range(0, 20_000, STRIDE))


async def test_no_more_is_requested_ahead_until_parts_are_taken() -> None:
    source = FakeSource(100_000)
    parts = ReadAll(source, Query(), in_flight=3).parts()
    await anext(parts)
    await anext(parts)
    assert len(source.asked) == 4
    await parts.aclose()
    assert len(source.asked) == 4


async def test_stopping_abandons_what_is_in_progress() -> None:
    source = FakeSource(100_000)
    parts = ReadAll(source, Query(), in_flight=3).parts()
    await anext(parts)
    source.gate.clear()
    going_on = asyncio.create_task(parts.__anext__())
    await settled(lambda: len(source.asked) == 4)
    going_on.cancel()
    await settled(lambda: len(source.given_up) == 3)


async def test_a_page_that_came_short_is_completed_before_what_is_after_it() -> None:
    source = FakeSource(5_000)
    source.most_rows = 700
    assert ids_in(await parts_of(ReadAll(source, Query()))) == list(range(1_000, 6_000))
    assert source.asked[1] == range(699, 1_399)


async def test_a_failure_comes_in_its_turn_and_what_is_before_it_has_been_handed_on() -> None:
    source = FakeSource(20_000)
    source.refuses = lambda offset: ServerError("no") if offset == 3_998 else None
    parts = ReadAll(source, Query(), in_flight=3).parts()
    found = [await anext(parts), await anext(parts)]
    with pytest.raises(ServerError):
        await anext(parts)
    assert ids_in(found) == list(range(1_000, 4_999))


async def test_rows_after_the_total_are_read_until_none_comes() -> None:
    source = FakeSource(5_000)
    source.says_total = lambda: 100
    assert len(ids_in(await parts_of(ReadAll(source, Query())))) == 5_000


async def test_a_server_without_a_total_is_read_one_request_after_another() -> None:
    source = FakeSource(5_000)
    source.says_total = lambda: None
    reading = ReadAll(source, Query(), in_flight=3)
    assert len(ids_in(await parts_of(reading))) == 5_000
    assert (reading.shortfall(), reading.moved) == (None, False)
    assert [span.start for span in source.asked] == [0, 1_999, 3_998, 4_999]


async def test_a_total_that_counts_the_leads_sent_so_far_is_not_the_end() -> None:
    source = FakeSource(250)
    source.most_rows = 100
    source.says_total = lambda: min(source.asked[-1].start + 100, 250)
    reading = ReadAll(source, Query())
    assert ids_in(await parts_of(reading)) == [*range(1_000, 1_250)]
    assert reading.shortfall() is None


async def test_a_server_without_a_total_is_read_to_its_end_though_it_sends_one_lead_at_a_time() -> None:
    source = FakeSource(9)
    source.most_rows = 1
    source.says_total = lambda: None
    reading = ReadAll(source, Query())
    assert ids_in(await parts_of(reading)) == [*range(1_000, 1_009)]
    assert reading.shortfall() is None


async def test_a_count_that_changed_is_noticed_where_all_leads_fit_on_one_page() -> None:
    source = FakeSource(250)
    source.most_rows = 100
    source.says_total = lambda: source.total if len(source.asked) > 1 else 249
    reading = ReadAll(source, Query())
    assert ids_in(await parts_of(reading)) == [*range(1_000, 1_250)]
    assert (reading.shortfall(), reading.moved) == (None, True)


async def test_the_only_lead_costs_no_second_request() -> None:
    source = FakeSource(1)
    assert ids_in(await parts_of(ReadAll(source, Query()))) == [1_000]
    assert len(source.asked) == 1


async def test_a_server_that_holds_the_offset_back_in_silence_is_not_queried_forever() -> None:
    source = FakeSource(1_000_000)
    source.identity = lambda index: 1_000 + index % MAX_LIMIT
    reading = ReadAll(source, Query())
    assert len(ids_in(await parts_of(reading))) == MAX_LIMIT
    assert reading.missing > 990_000
    assert len(source.asked) < 20


async def test_a_server_that_sends_nothing_past_an_offset_is_not_queried_for_each_page_of_its_total() -> None:
    source = FakeSource(5_000)
    source.says_total = lambda: 99_999_999
    reading = ReadAll(source, Query())
    assert len(ids_in(await parts_of(reading))) == 5_000
    assert reading.shortfall() is not None
    assert len(source.asked) < 30


@pytest.mark.parametrize("total", [None, 0])
async def test_a_refused_offset_is_reported_where_no_total_tells_how_many_leads_are_beyond(total: int | None) -> None:
    source = FakeSource(9_000)
    source.says_total = lambda: total
    source.refuses = lambda offset: OffsetRefused("no") if offset >= 4_000 else None
    reading = ReadAll(source, Query())
    assert len(ids_in(await parts_of(reading))) == 5_998
    error = reading.shortfall()
    assert error is not None
    assert error.message == "Leads may be missing: the server pages no deeper than 5,997"


async def test_a_server_without_a_total_that_sends_nothing_from_some_offset_on_is_not_queried_forever() -> None:
    class Empty(FakeSource):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            found = await super().fetch(query, offset, limit)
            return page(offset, limit, [], None) if offset >= 6_000 else found

    source = Empty(6_050)
    source.says_total = lambda: None
    reading = ReadAll(source, Query())
    assert len(ids_in(await parts_of(reading))) == 6_050
    assert reading.shortfall() is not None
    assert len(source.asked) < 60


async def test_rows_that_are_read_again_since_the_result_seems_to_end_are_not_repeats() -> None:
    class Ending(FakeSource):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            found = await super().fetch(query, offset, limit)
            # As the client makes it of "No such Lead" (6001).
            return page(offset, limit, [], offset) if offset >= 3_000 else found

    reading = ReadAll(Ending(9_000), Query())
    assert len(ids_in(await parts_of(reading))) < 9_000
    assert (reading.repeated, reading.shortfall() is None) == (0, False)


class _FirstPage(FakeSource):
    """Ignores the offset."""

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        return replace(await super().fetch(query, 0, limit), offset=offset)


@pytest.mark.parametrize("limit", [100, 130, 450, None])
async def test_a_server_that_ignores_the_offset_is_named_however_many_leads_are_wanted(limit: int | None) -> None:
    source = _FirstPage(50)
    source.says_total = lambda: 450
    reading = ReadAll(source, Query(), limit)
    await parts_of(reading)
    error = reading.shortfall()
    assert error is not None
    assert (
        error.message
        == f"{min(limit or 450, 450) - 50} leads of 450 could not be read: the server sends the same page for every offset"
    )


@pytest.mark.parametrize("counts_page", [False, True])
async def test_ten_leads_are_complete_for_every_offset_unless_the_server_counts_those_of_a_page(counts_page: bool) -> None:
    source = _FirstPage(10)
    source.says_total = lambda: min(len(source.asked[-1]), 10) if counts_page else 10
    reading = ReadAll(source, Query())
    assert ids_in(await parts_of(reading)) == [*range(1_000, 1_010)]
    assert (reading.shortfall() is None) is not counts_page


@pytest.mark.parametrize("total", [None, 10_000])
async def test_rows_that_are_no_leads_are_not_read_forever_from_a_server_that_ignores_the_offset(total: int | None) -> None:
    class Words(FakeSource):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            self.asked.append(range(offset, offset + limit))
            assert len(self.asked) < 20
            rows = [Raw(b'"word"')] * 10
            return Page(offset, limit, rows, row_ids(rows), total)

    reading = ReadAll(Words(10_000), Query())
    await parts_of(reading)
    assert "the server sends the same page for every offset" in str(reading.shortfall())


async def test_an_offset_of_nothing_that_is_refused_is_a_failure() -> None:
    source = FakeSource(10)
    source.refuses = lambda offset: OffsetRefused("no")
    with pytest.raises(SearchError):
        await parts_of(ReadAll(source, Query()))


@pytest.mark.parametrize("left", range(1, 6))
async def test_it_continues_where_it_stopped(left: int) -> None:
    source = FakeSource(9_500)
    source.identity = lambda index: 1_000 + index - index // 3_000
    whole = await parts_of(ReadAll(source, Query()))
    before = whole[:left]
    place = json.loads(json.dumps(before[-1].after))
    known = [number for part in before for number in part.numbers]
    source.asked.clear()
    reading = ReadAll(source, Query(), place=place, known=known)
    assert ids_in([*before, *await parts_of(reading)]) == ids_in(whole)
    assert all(span.start >= min(left * STRIDE, 9_499) for span in source.asked)
    assert (reading.given, reading.repeated) == (9_497, 3)


async def test_a_limit_holds_over_both_readings() -> None:
    source = FakeSource(9_000)
    first = ReadAll(source, Query(), 5_000).parts()
    part = await anext(first)
    await first.aclose()
    reading = ReadAll(source, Query(), 5_000, place=part.after, known=part.numbers)
    assert len(ids_in(await parts_of(reading))) == 3_000
    assert max(span.stop for span in source.asked) == 5_000


@pytest.mark.parametrize("place", [{"offset": "x"}, {"given": -1}, {"windows": [[1]]}, {"windows": {}}])
def test_a_place_that_is_none_is_refused(place: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        ReadAll(FakeSource(1), Query(), place=place)


@given(st.lists(st.lists(st.integers(-9, 40).filter(bool), max_size=8), max_size=12))
def test_add_new_returns_the_first_position_of_each_new_number(pages: list[list[int]]) -> None:
    known, expected = set[int](), set[int]()
    for numbers in pages:
        new = [place for place, number in enumerate(numbers) if number not in expected and number not in numbers[:place]]
        assert add_new(known, numbers) == new
        expected.update(numbers)
        assert known == expected
