"""Long lists of ids: several requests, one result."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from lead_tui import limits
from lead_tui.leads.errors import SearchError
from lead_tui.leads.lead import Row, decode_row, row_ids
from lead_tui.leads.page import UNSENDABLE, Page
from lead_tui.leads.query import Query
from lead_tui.paging.page_sources import CombinedSearches


class Account:
    """A source with the leads *known*, which it returns in ascending order."""

    def __init__(self, known: set[int], page_rows: int = limits.MAX_LIMIT) -> None:
        self.known = known
        self.page_rows = page_rows
        self.asked: list[tuple[str, int, int]] = []
        self.failing: str = ""
        self.gate = asyncio.Event()
        self.gate.set()

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        value = query.value("lead_id") or query.value("list_id")
        self.asked.append((value, offset, limit))
        await self.gate.wait()
        if self.failing and self.failing in value.split(","):
            raise SearchError("The server failed")
        found = sorted({int(each) for each in value.split(",")} & self.known)
        rows = [Row(json.dumps({"lead_id": str(each)}).encode()) for each in found[offset : offset + min(limit, self.page_rows)]]
        return Page(offset, limit, rows, row_ids(rows), len(found))


def by_ids(*ids: int, name: str = "lead_id") -> Query:
    return Query(((name, ",".join(map(str, ids))), ("status", "NEW")))


def found(page: Page) -> list[int]:
    return [int(decode_row(row).line("lead_id")) for row in page.rows]


async def test_a_short_list_goes_to_the_source_as_it_is() -> None:
    account = Account({1, 2, 3})
    page = await CombinedSearches(account).fetch(by_ids(3, 1), 5, 7)
    assert account.asked == [("3,1", 5, 7)]
    assert page.total == 2


async def test_nine_hundred_ids_are_three_requests_whose_leads_follow_each_other() -> None:
    ids = [*range(2_000, 1_550, -1), *range(100, 550)]
    account = Account(set(range(0, 5_000, 2)) - {100, 450, 2_000})
    page = await CombinedSearches(account).fetch(by_ids(*ids), 0, limits.MAX_LIMIT)
    wanted = [each for start in (0, 400, 800) for each in sorted(ids[start : start + 400]) if each in account.known]
    assert (found(page), page.total) == (wanted, len(wanted))
    assert [value.count(",") + 1 for value, _, _ in account.asked] == [400, 400, 100]


@pytest.mark.parametrize("name", ["lead_id", "list_id"])
@pytest.mark.parametrize("page_rows", [limits.MAX_LIMIT, 70])
async def test_they_are_paged_one_part_after_the_other(page_rows: int, name: str) -> None:
    account = Account(set(range(5_000)), page_rows)
    source, offset = CombinedSearches(account), 0
    query, leads = by_ids(*range(1, 1_002), 7, name=name), []
    while offset < 1_001:
        page = await source.fetch(query, offset, 300)
        assert (page.total, page.offset) == (1_001, offset)
        leads += found(page)
        offset += len(page.rows)
    assert leads == list(range(1, 1_002))
    assert all(value.count(",") < limits.MAX_IDS_PER_REQUEST for value, _, _ in account.asked)
    assert max(limit for _, _, limit in account.asked) == 300
    assert (await source.fetch(query, 1_001, 300)).rows == []


async def test_lists_with_millions_of_leads_are_not_read_whole() -> None:
    class Large(Account):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            self.asked.append((query.value("list_id"), offset, limit))
            rows = [Row(b'{"lead_id":%d}' % (each + 1)) for each in range(offset, offset + limit)]
            return Page(offset, limit, rows, row_ids(rows), 1_000_000)

    account = Large(set())
    source = CombinedSearches(account)
    assert (await source.fetch(by_ids(*range(500), name="list_id"), 0, 50)).total == 2_000_000
    page = await source.fetch(by_ids(*range(500), name="list_id"), 1_500_000, 50)
    assert found(page)[0] == 500_001
    assert [(offset, limit) for _, offset, limit in account.asked] == [(0, 50), (0, 50), (500_000, 50)]


@pytest.mark.parametrize("name", ["lead_id", "list_id"])
async def test_leads_that_cannot_be_sent_keep_their_rows(name: str) -> None:
    class Damaged(Account):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            page = await super().fetch(query, offset, limit)
            bad = [place for place, row in enumerate(page.rows) if int(decode_row(row).line("lead_id")) in (3, 4, 450)]
            rows = [UNSENDABLE if place in bad else row for place, row in enumerate(page.rows)]
            return structs.replace(page, rows=rows, ids=row_ids(rows), unsendable=tuple(offset + place for place in bad))

    source = CombinedSearches(Damaged(set(range(1, 501))))
    page = await source.fetch(by_ids(*range(1, 501), name=name), 0, 2_000)
    assert (page.total, len(page.rows), len(page.unsendable)) == (500, 500, 3)
    assert all(page.rows[place] is UNSENDABLE for place in page.unsendable)
    assert (await source.fetch(by_ids(*range(1, 501), name=name), 100, 50)).unsendable == ()


async def test_a_search_that_begins_again_asks_the_server_again() -> None:
    account = Account(set(range(500)))
    source = CombinedSearches(account)
    await source.fetch(by_ids(*range(500)), 0, 50)
    account.known = set(range(100))
    assert (await source.fetch(by_ids(*range(500)), 0, 50)).total == 100


async def test_a_part_that_fails_fails_the_search_and_is_requested_again() -> None:
    account = Account(set(range(1_000)))
    account.failing = "450"
    source, query = CombinedSearches(account), by_ids(*range(1, 501))
    with pytest.raises(SearchError, match="The server failed"):
        await source.fetch(query, 0, 50)
    account.failing = ""
    assert (await source.fetch(query, 0, 50)).total == 500


async def test_one_caller_who_cancels_takes_nothing_from_another() -> None:
    account = Account(set(range(1_000)))
    account.gate.clear()
    source = CombinedSearches(account)
    one, other = (asyncio.ensure_future(source.fetch(by_ids(*range(1, 501)), offset, 50)) for offset in (0, 100))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    one.cancel()
    account.gate.set()
    assert found(await other) == list(range(101, 151))


async def test_a_request_without_a_waiter_is_abandoned() -> None:
    account = Account(set(range(1_000)))
    account.gate.clear()
    source = CombinedSearches(account)
    alone = asyncio.ensure_future(source.fetch(by_ids(*range(1, 501)), 0, 50))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    alone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await alone
    account.gate.set()
    assert (await source.fetch(by_ids(*range(1, 501)), 0, 50)).total == 500


@settings(max_examples=8)
@given(
    ids=st.lists(st.integers(1, 3_000), min_size=limits.MAX_IDS_PER_REQUEST + 1, max_size=1_300),
    known=st.sets(st.integers(1, 3_000)),
    offset=st.integers(0, 1_500),
)
def test_every_known_id_comes_once(ids: list[int], known: set[int], offset: int) -> None:
    page = asyncio.run(CombinedSearches(Account(known)).fetch(by_ids(*ids), offset, 300))
    each, size = list(dict.fromkeys(ids)), limits.MAX_IDS_PER_REQUEST
    wanted = [known_id for start in range(0, len(each), size) for known_id in sorted(known & {*each[start : start + size]})]
    assert (found(page), page.total) == (wanted[offset : offset + 300], len(wanted))
