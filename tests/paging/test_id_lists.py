"""Long lists of ids: several requests, one result, in the order of the ids."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui import tuning
from lead_tui.leads.decode import Row, decode_row, row_ids
from lead_tui.leads.errors import SearchError
from lead_tui.leads.page import Page
from lead_tui.leads.query import Query
from lead_tui.paging.id_lists import IdLists


class Account:
    """A source with the leads *known*, which it returns in ascending order."""

    def __init__(self, known: set[int], page_rows: int = tuning.MOST_LIMIT) -> None:
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
    page = await IdLists(account).fetch(by_ids(3, 1), 5, 7)
    assert account.asked == [("3,1", 5, 7)]
    assert page.total == 2


async def test_nine_hundred_ids_are_three_requests_in_the_order_given() -> None:
    ids = [*range(2_000, 1_550, -1), *range(100, 550)]
    account = Account(set(range(0, 5_000, 2)))
    source = IdLists(account)
    page = await source.fetch(by_ids(*ids), 0, 50)
    wanted = [each for each in ids if each % 2 == 0]
    assert found(page) == wanted[:50]
    assert page.total == len(wanted)
    assert [value.count(",") + 1 for value, _, _ in account.asked] == [400, 400, 100]
    assert found(await source.fetch(by_ids(*ids), 430, 100)) == wanted[430:530]
    assert len(account.asked) == 3


async def test_parts_that_come_in_several_pages_are_read_to_their_end() -> None:
    account = Account(set(range(1_000)), page_rows=150)
    page = await IdLists(account).fetch(by_ids(*range(500)), 0, 2_000)
    assert found(page) == list(range(500))


async def test_long_lists_of_lists_are_split_too() -> None:
    account = Account(set(range(5_000)))
    page = await IdLists(account).fetch(by_ids(*range(1, 501), name="list_id"), 0, 2_000)
    assert (page.total, len(account.asked)) == (500, 2)


async def test_a_failure_is_raised_and_asked_again() -> None:
    account = Account(set(range(1_000)))
    account.failing = "450"
    source = IdLists(account)
    with pytest.raises(SearchError, match="The server failed"):
        await source.fetch(by_ids(*range(1, 501)), 0, 50)
    account.failing = ""
    assert (await source.fetch(by_ids(*range(1, 501)), 0, 50)).total == 500


async def test_one_caller_who_gives_up_takes_nothing_from_another() -> None:
    account = Account(set(range(1_000)))
    account.gate.clear()
    source = IdLists(account)
    one, other = (asyncio.ensure_future(source.fetch(by_ids(*range(1, 501)), offset, 50)) for offset in (0, 100))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    one.cancel()
    account.gate.set()
    assert found(await other) == list(range(101, 151))
    assert len(account.asked) == 2


async def test_what_nobody_waits_for_is_given_up() -> None:
    account = Account(set(range(1_000)))
    account.gate.clear()
    source = IdLists(account)
    alone = asyncio.ensure_future(source.fetch(by_ids(*range(1, 501)), 0, 50))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    alone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await alone
    account.gate.set()
    assert (await source.fetch(by_ids(*range(1, 501)), 0, 50)).total == 500


@settings(deadline=None, max_examples=30)
@given(
    ids=st.lists(st.integers(1, 3_000), min_size=tuning.MAX_IDS_PER_REQUEST + 1, max_size=1_300),
    known=st.sets(st.integers(1, 3_000)),
    offset=st.integers(0, 1_500),
)
def test_every_known_id_comes_once_in_the_order_given(ids: list[int], known: set[int], offset: int) -> None:
    page = asyncio.run(IdLists(Account(known)).fetch(by_ids(*ids), offset, 300))
    wanted = [each for each in dict.fromkeys(ids) if each in known]
    assert (found(page), page.total) == (wanted[offset : offset + 300], len(wanted))
