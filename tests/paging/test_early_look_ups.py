"""A phone that is looked up before Enter: requested once, joined by the look-up, dropped when the text changes."""

from __future__ import annotations

import asyncio
import gc
from datetime import date

import pytest

from lead_tui import limits
from lead_tui.leads.errors import SearchError, ServerError
from lead_tui.leads.lookup import look_up
from lead_tui.leads.page import Page
from lead_tui.leads.query import Query
from lead_tui.paging.page_sources import CombinedSearches, look_up_all
from lead_tui.paging.searches import EarlyLookUps
from tests.paging.fake_source import FakeSource

TODAY = date(2026, 3, 9)
PHONE = look_up("(301) 555-0123")


class Once(FakeSource):
    """Requests before Enter, which wait until they are released."""

    def __init__(self, total: int = 1) -> None:
        super().__init__(total)
        self.sent: list[Query] = []
        self.released = asyncio.Event()
        self.error: SearchError | None = None

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        self.sent.append(query)
        await self.released.wait()
        if self.error is not None:
            raise self.error
        return await super().fetch(query, offset, limit)


async def test_the_look_up_joins_the_requests_in_progress() -> None:
    once, source = Once(), FakeSource(1)
    early = EarlyLookUps(source, once.fetch, lambda: limits.EARLY_PERMITS)
    assert early.request(PHONE, TODAY)
    looking_up = asyncio.create_task(look_up_all(early, PHONE.parts, TODAY))
    await asyncio.sleep(0)
    once.released.set()
    assert len((await looking_up).rows) == 1
    assert (len(once.sent), len(source.asked)) == (3, 0)
    # The result is used once: the same look-up again is requested again.
    await look_up_all(early, PHONE.parts, TODAY)
    assert len(source.asked) == 3


async def test_an_early_result_is_believed_where_the_server_has_counted_more_than_a_page() -> None:
    once, source = Once(20), FakeSource(300)
    once.released.set()
    early = EarlyLookUps(source, once.fetch, lambda: limits.EARLY_PERMITS)
    combined = CombinedSearches(early)
    await combined.fetch(Query(), 0, limits.FIRST_ROWS)
    assert early.request(PHONE, TODAY)
    assert len((await look_up_all(combined, PHONE.parts, TODAY)).rows) == 20
    assert (len(once.sent), len(source.asked)) == (3, 1)


async def test_nothing_is_requested_without_six_permits_in_hand() -> None:
    once = Once()
    early = EarlyLookUps(FakeSource(1), once.fetch, lambda: limits.EARLY_PERMITS - 0.5)
    assert not early.request(PHONE, TODAY)
    await asyncio.sleep(0)
    assert once.sent == []


async def test_a_discarded_look_up_is_canceled_and_not_shown() -> None:
    once, source = Once(), FakeSource(1)
    early = EarlyLookUps(source, once.fetch, lambda: limits.EARLY_PERMITS)
    early.request(PHONE, TODAY)
    await asyncio.sleep(0)
    early.discard()
    await look_up_all(early, PHONE.parts, TODAY)
    assert (len(once.sent), len(source.asked)) == (3, 3)


@pytest.mark.parametrize("because", ["it failed", "it is old"])
async def test_a_look_up_is_requested_again_where_the_early_one_is_of_no_use(because: str) -> None:
    once, source = Once(), FakeSource(1)
    once.released.set()
    early = EarlyLookUps(source, once.fetch, lambda: limits.EARLY_PERMITS, 0.0 if because == "it is old" else 10.0)
    if because == "it failed":
        once.error = ServerError("The server failed")
    early.request(PHONE, TODAY)
    await asyncio.sleep(0)
    assert (await look_up_all(early, PHONE.parts, TODAY)).fields.failures == ()
    assert len(source.asked) == 3
    # The failure of an unused request is not logged.
    early.request(PHONE, TODAY)
    early.discard()


async def test_an_old_look_up_that_failed_is_not_logged() -> None:
    once = Once()
    once.released.set()
    once.error = ServerError("The server failed")
    early = EarlyLookUps(FakeSource(1), once.fetch, lambda: limits.EARLY_PERMITS, 0.0)
    early.request(PHONE, TODAY)
    await asyncio.sleep(0)
    logged: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: logged.append(context))
    await look_up_all(early, PHONE.parts, TODAY)
    gc.collect()
    await asyncio.sleep(0)
    assert logged == []


async def test_another_query_or_page_is_not_joined() -> None:
    once, source = Once(), FakeSource(10)
    early = EarlyLookUps(source, once.fetch, lambda: limits.EARLY_PERMITS)
    early.request(PHONE, TODAY)
    await early.fetch(Query(), 0, limits.PAGE_ROWS)
    await early.fetch(PHONE.parts[0][1], 0, 1)
    assert len(source.asked) == 2
    early.discard()
