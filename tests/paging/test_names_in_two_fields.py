"""A name of one word: leads with it as their last name, then those with it as their first name, in one result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.errors import SearchError, ServerError
from lead_tui.leads.lead import decode_row, row_ids
from lead_tui.leads.lookup import look_up
from lead_tui.leads.page import Page, RowState
from lead_tui.leads.query import Query
from lead_tui.paging.page_sources import CombinedSearches, look_up_all
from lead_tui.paging.read_all import ReadAll
from lead_tui.paging.searches import Searches
from tests.paging.fake_source import FakeScreen, page, settled

QUERY = look_up("Kim").parts[0][1]


class Names:
    """Finds the given number of leads by each field, with ids from 1,000 and from 5,000 on. *shared* of them are found by both."""

    def __init__(self, last_name: int, first_name: int, shared: int = 0) -> None:
        self.ids = {"last_name": range(1_000, 1_000 + last_name), "first_name": range(5_000, 5_000 + first_name)}
        self.shared = shared
        self.asked: list[tuple[str, int, int]] = []
        self.failing = ""
        self.gate = asyncio.Event()
        """Answers about first names wait for it."""
        self.gate.set()
        self.total_of: Callable[[int], int | None] = lambda count: count

    def found(self, name: str) -> list[int]:
        ids = list(self.ids[name])
        return [*self.ids["last_name"][: self.shared], *ids[self.shared :]] if name == "first_name" else ids

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        name = query.filters[0][0]
        self.asked.append((name, offset, limit))
        if name == "first_name":
            await self.gate.wait()
        if name == self.failing:
            raise ServerError("It broke")
        found = self.found(name)
        return page(offset, limit, found[offset : offset + limit], self.total_of(len(found)))


def looked_up(source: Names) -> tuple[Searches, FakeScreen]:
    screen = FakeScreen()
    searches = Searches(CombinedSearches(source), lambda: date(2026, 3, 9), 10_000_000, screen)
    searches.look_up(look_up("Kim"))
    return searches, screen


@given(st.integers(0, 40), st.integers(0, 40), st.lists(st.tuples(st.integers(0, 90), st.integers(1, 60)), min_size=1))
def test_pages_are_those_of_one_result(last: int, first: int, spans: list[tuple[int, int]]) -> None:
    async def check() -> None:
        source = Names(last, first)
        parts, every = CombinedSearches(source), [*source.found("last_name"), *source.found("first_name")]
        for offset, limit in spans:
            found = await parts.fetch(QUERY, offset, limit)
            assert list(found.ids) == every[offset : offset + limit]
            assert (found.total, found.others_from, found.offset, found.limit) == (len(every), last, offset, limit)

    asyncio.run(check())


async def test_both_fields_are_requested_at_once_and_no_row_twice() -> None:
    source = Names(31, 16)
    searches, _ = looked_up(source)
    search = searches.current
    assert search is not None
    await settled(lambda: search.rows.length == 47 and not search.loading)
    assert source.asked == [("last_name", 0, 50), ("first_name", 0, 50)]
    assert [search.rows.state(row) for row in (0, 46)] == [RowState.LOADED] * 2
    assert search.rows.heading == (31, "First name Kim · 16 leads")


@pytest.mark.parametrize("total_of", [lambda _: None, lambda _: 0, lambda _: 7])
async def test_without_a_right_total_the_last_names_after_the_first_page_are_shown_too(
    total_of: Callable[[int], int | None],
) -> None:
    source = Names(130, 20)
    source.total_of = total_of
    searches, _ = looked_up(source)
    search = searches.current
    assert search is not None
    await settled(lambda: search.rows.length == 150 and not search.loading)
    assert search.rows.heading == (130, "First name Kim · 20 leads")


async def test_last_names_that_fail_fail_the_search() -> None:
    source = Names(3, 2)
    source.failing = "last_name"
    parts = CombinedSearches(source)
    with pytest.raises(SearchError):
        await parts.fetch(QUERY, 0, 50)
    source.failing = ""
    assert (await parts.fetch(QUERY, 0, 50)).total == 5


async def test_last_names_are_shown_while_first_names_are_slow_or_fail() -> None:
    source = Names(3, 2)
    source.gate.clear()
    searches, _ = looked_up(source)
    search = searches.current
    await settled(lambda: search.whole.loaded == 3)
    assert search.loading
    assert not search.whole.has_end
    source.failing = "first_name"
    source.gate.set()
    await settled(lambda: not search.loading)
    assert (search.rows.note(3), search.whole.loaded) == ("It broke", 3)
    source.failing = ""
    search.again()
    await settled(lambda: not search.loading)
    assert (search.rows.length, search.whole.loaded, search.rows.heading) == (5, 5, (3, "First name Kim · 2 leads"))


@pytest.mark.parametrize("limit", [None, limits.FIRST_ROWS])
async def test_first_names_that_are_slow_are_read_and_those_that_fail_are_reported(limit: int | None) -> None:
    source = Names(1, 2)
    with patch.object(limits, "FIRST_NAMES_SECONDS", 0.0):
        reading = ReadAll(CombinedSearches(source), QUERY, limit)
        assert [number async for part in reading.parts() for number in part.numbers] == [1_000, 5_000, 5_001]
        part = ("last_name", QUERY)
        assert len((await look_up_all(CombinedSearches(source), [part], date(2026, 3, 9), limit=50)).rows) == 3
        source.failing = "first_name"
        with pytest.raises(SearchError):
            print([part async for part in ReadAll(CombinedSearches(source), QUERY, limit).parts()])


@pytest.mark.parametrize("total_of", [lambda count: count, lambda _: None, lambda _: 0])
async def test_all_leads_are_read_once(total_of: Callable[[int], int | None]) -> None:
    source = Names(30, 20, shared=4)
    source.total_of = total_of
    reading = ReadAll(CombinedSearches(source), QUERY)
    leads = [number for part in [part async for part in reading.parts()] for number in part.numbers]
    ids = [int(decode_row(row).lead_id) for row in page(0, 50, source.found("last_name") + source.found("first_name"), 50).rows]
    assert leads == list(row_ids(page(0, 50, list(dict.fromkeys(ids)), None).rows))
    assert reading.repeated == 4
    assert reading.shortfall() is None


def test_both_fields_have_the_other_filters() -> None:
    query = replace(QUERY, filters=(*QUERY.filters, ("status", "NEW")))
    assert [each.filters for each in query.in_each_field] == [
        (("last_name", "Kim"), ("status", "NEW")),
        (("first_name", "Kim"), ("status", "NEW")),
    ]


async def test_a_page_that_loads_beside_a_refresh_comes_though_the_refresh_is_cancelled() -> None:
    source = Names(600, 5)
    parts = CombinedSearches(source)
    await parts.fetch(QUERY, 0, 50)
    source.gate.clear()
    refresh = asyncio.ensure_future(parts.fetch(QUERY, 0, 50))
    await asyncio.sleep(0)
    scrolled = asyncio.ensure_future(parts.fetch(QUERY, 200, 50))
    await asyncio.sleep(0)
    refresh.cancel()
    source.gate.set()
    assert (await scrolled).ids[0] == 1_200
