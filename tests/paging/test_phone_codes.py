"""Foreign numbers: the server finds national digits, and the program compares the country code of each lead."""

from __future__ import annotations

import asyncio

import pytest

from lead_tui import limits
from lead_tui.leads.errors import SearchError, ServerError
from lead_tui.leads.lead import row_ids
from lead_tui.leads.page import UNSENDABLE, Page
from lead_tui.leads.query import Query
from lead_tui.paging.page_sources import CombinedSearches
from lead_tui.paging.read_all import ReadAll
from lead_tui.paging.result import Result
from tests.paging.fake_source import FakeSource, row

LONDON = Query.of({"phone_number": "+44 20 7946 0018"})


class Coded(FakeSource):
    """Answers with leads whose country codes repeat *codes*, at most *cap* in a page."""

    def __init__(self, total: int, codes: tuple[str, ...] = ("44", "1"), cap: int = 2_000, says: bool = True) -> None:
        super().__init__(total)
        self.codes = codes
        self.cap = cap
        self.says = says
        self.ignores_offset = False

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        await super().fetch(query, offset, limit)
        start = 0 if self.ignores_offset else offset
        stop = min(start + min(limit, self.cap), self.total)
        rows = [row(1000 + at, phone_code=self.codes[at % len(self.codes)]) for at in range(start, stop)]
        return Page(offset, limit, rows, row_ids(rows), self.total if self.says else None)


def ids(page: Page) -> list[int]:
    return list(page.ids)


async def test_only_leads_of_the_country_are_left_and_the_others_are_counted() -> None:
    source = Coded(4)
    page = await CombinedSearches(source).fetch(LONDON, 0, 50)
    assert len(page.rows) == 2
    assert (page.total, page.left_out) == (2, 2)
    assert source.queries[0].parameters() == {"phone_number": "2079460018"}


@pytest.mark.parametrize("code", ["44", "+44", "0044", "044"])
async def test_a_country_code_may_be_written_in_any_way(code: str) -> None:
    page = await CombinedSearches(Coded(1, (code,))).fetch(LONDON, 0, 50)
    assert (len(page.rows), page.left_out) == (1, 0)


@pytest.mark.parametrize("code", ["", "1", "144", "4"])
async def test_another_code_or_none_is_left_out(code: str) -> None:
    page = await CombinedSearches(Coded(1, (code,))).fetch(LONDON, 0, 50)
    assert (len(page.rows), page.left_out) == (0, 1)


@pytest.mark.parametrize("query", [Query.of({"phone_number": "3015550123"}), Query.of({"phone_number": "=442079460019"}), Query()])
async def test_any_other_query_goes_straight_to_the_server(query: Query) -> None:
    source = Coded(3)
    page = await CombinedSearches(source).fetch(query, 1, 2)
    assert (len(page.rows), page.total, [(span.start, len(span)) for span in source.asked]) == (2, 3, [(1, 2)])


async def test_the_total_is_that_of_the_leads_with_the_code() -> None:
    codes = CombinedSearches(Coded(1_000))
    first = await codes.fetch(LONDON, 0, 50)
    assert (len(first.rows), first.total) == (50, 500)
    last = await codes.fetch(LONDON, 450, 200)
    assert (len(last.rows), last.total, last.left_out) == (50, 500, 500)


@pytest.mark.parametrize("says", [True, False])
async def test_every_match_comes_once_and_in_order_whatever_the_pages_are(says: bool) -> None:
    codes = CombinedSearches(Coded(333, cap=100, says=says))
    found = [identity for offset in range(0, 200, 20) for identity in ids(await codes.fetch(LONDON, offset, 20))]
    assert len(found) == len(set(found)) == 167
    assert found == sorted(found)


async def test_a_server_that_ignores_the_offset_is_not_queried_forever() -> None:
    source = Coded(500, ("1",), says=False)
    source.ignores_offset = True
    page = await CombinedSearches(source).fetch(LONDON, 0, 50)
    assert (len(page.rows), page.total) == (0, 0)
    assert len(source.asked) == 2


async def test_a_number_that_everybody_has_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LEADS_COMPARED", 100)
    with pytest.raises(SearchError, match="More than 100 leads match"):
        await CombinedSearches(Coded(1_000, ("44",))).fetch(LONDON, 0, 2_000)


async def test_a_failure_or_a_cancel_is_made_good_by_asking_again() -> None:
    source = Coded(1_000)
    codes = CombinedSearches(source)
    source.refuses = lambda offset: ServerError("It broke")
    with pytest.raises(ServerError):
        await codes.fetch(LONDON, 100, 50)
    source.refuses = lambda offset: None
    source.gate.clear()
    held = asyncio.create_task(codes.fetch(LONDON, 100, 50))
    await asyncio.sleep(0)
    held.cancel()
    source.gate.set()
    page = await codes.fetch(LONDON, 100, 50)
    assert ids(page)[0] == ids(await codes.fetch(LONDON, 0, 200))[100]


async def test_a_lead_that_the_server_cannot_send_is_not_counted_as_foreign() -> None:
    class Broken(Coded):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            page = await super().fetch(query, offset, limit)
            rows = [page.rows[0], UNSENDABLE, page.rows[2]]
            return Page(offset, limit, rows, row_ids(rows), 3, unsendable=(1,))

    page = await CombinedSearches(Broken(3, ("1",))).fetch(LONDON, 0, 50)
    assert (list(page.rows), page.unsendable, page.left_out) == ([UNSENDABLE], (0,), 2)


async def test_a_search_that_begins_again_asks_the_server_again() -> None:
    source = Coded(4)
    codes = CombinedSearches(source)
    await codes.fetch(LONDON, 0, 50)
    source.total = 6
    assert (await codes.fetch(LONDON, 0, 50)).total == 3


async def test_a_search_that_is_no_longer_held_is_read_again() -> None:
    source = Coded(1_000)
    codes = CombinedSearches(source)
    first = ids(await codes.fetch(LONDON, 0, 100))
    for number in range(limits.COMBINED_SEARCHES_KEPT):
        await codes.fetch(Query.of({"phone_number": f"+44 20 7946 001{number}"}), 0, 100)
    assert ids(await codes.fetch(LONDON, 50, 50)) == first[50:]


async def test_a_result_and_an_export_know_how_many_were_left_out() -> None:
    codes = CombinedSearches(Coded(5_000))
    result = Result(LONDON)
    result.add_page(await codes.fetch(LONDON, 0, 50))
    assert result.left_out > 0
    reading = ReadAll(codes, LONDON)
    given = [number async for part in reading.parts() for number in part.numbers]
    assert (len(set(given)), reading.left_out, reading.total) == (2_500, 2_500, 2_500)


async def test_codes_are_compared_in_each_part_of_a_search_that_takes_several_requests() -> None:
    source = CombinedSearches(Coded(6))
    by_name = Query((("last_name", "Kim"), *LONDON.filters), also_in="first_name")
    page = await source.fetch(by_name, 0, 50)
    assert (len(page.rows), page.total, page.others_from, page.left_out) == (6, 6, 3, 6)
    by_ids = Query((("lead_id", ",".join(map(str, range(1, 502)))), *LONDON.filters))
    page = await source.fetch(by_ids, 0, 50)
    assert (len(page.rows), page.total, page.left_out) == (6, 6, 6)
