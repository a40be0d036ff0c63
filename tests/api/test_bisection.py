"""Leads that the server cannot send as PHP fails on them: the others arrive, and a server that is down gets no extra requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.api.retry import Bisection, RetryWaits
from lead_tui.config.settings import Pace
from lead_tui.leads.errors import NetworkError, SearchError, ServerError, TooManyRequests, UnreadableAnswer
from lead_tui.leads.lead import Row
from lead_tui.leads.page import UNSENDABLE, Page
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.servers import faults
from tests.servers.clocks import InstantClock
from tests.servers.convoso_server import ConvosoServer, Fault, Invocation
from tests.servers.leads import FIRST_ID, account

TOTAL = 5_000


def fails_for(bad: Collection[int], fault: Fault) -> Callable[[Invocation], Fault | None]:
    """Return *fault* in place of each page that contains one of the leads *bad*, by offset."""

    def fault_for(asked: Invocation) -> Fault | None:
        start = int(asked["offset"])
        return fault if any(start <= each < start + int(asked["limit"]) for each in bad) else None

    return fault_for


@pytest.fixture
def server() -> Iterator[ConvosoServer]:
    with ConvosoServer(account(TOTAL)) as made:
        yield made


@asynccontextmanager
async def client_of(server: ConvosoServer) -> AsyncIterator[tuple[Client, InstantClock]]:
    clock = InstantClock()
    client = Client(server.base_url, Token("secret-token"), pace=Pace(0, 1, 4), clock=clock)
    yield client, clock
    client.close()


@pytest.mark.parametrize("fault", [faults.body(b""), faults.status(500), faults.body(b'{"success":true,"da'), faults.html()])
async def test_one_lead_that_cannot_be_sent_is_marked_and_the_rest_comes(server: ConvosoServer, fault: Fault) -> None:
    server.fault_for = fails_for([3_332], fault)
    async with client_of(server) as (client, _):
        page = await client.fetch(Query(), 2_000, 2_000)
    assert page.unsendable == (3_332,)
    assert (page.offset, page.limit, page.total, len(page.rows), len(page.ids)) == (2_000, 2_000, TOTAL, 2_000, 2_000)
    assert [each or FIRST_ID + 3_332 for each in page.ids] == list(range(FIRST_ID + 2_000, FIRST_ID + 4_000))
    assert page.rows[1_332] is UNSENDABLE
    assert len(server.requests) <= 25


async def test_three_such_leads_among_5000_take_at_most_70_requests_and_10_seconds(server: ConvosoServer) -> None:
    for bad in ([7, 2_500, 4_999], [0, 2_000, 4_000], [1_999, 3_999, 4_999], [100, 101, 102]):
        server._requests.clear()
        server.fault_for = fails_for(bad, faults.body(b""))
        async with client_of(server) as (client, clock):
            first = await client.fetch(Query(), 0, 2_000)
            others = await asyncio.gather(client.fetch(Query(), 2_000, 2_000), client.fetch(Query(), 4_000, 1_000))
        pages = [first, *others]
        assert [each for page in pages for each in page.unsendable] == bad
        assert sum(row is not UNSENDABLE for page in pages for row in page.rows) == TOTAL - 3
        assert len(server.requests) <= 70
        assert clock.time <= 10


@pytest.mark.parametrize("fault", [faults.body(b""), faults.status(503), faults.html()])
async def test_a_server_that_is_down_gets_no_more_requests_than_one_pages_attempts(server: ConvosoServer, fault: Fault) -> None:
    async with client_of(server) as (client, _):
        for before in (0, 1):
            server.always = None
            if before:
                await client.fetch(Query(), 0, 10)
            asked = len(server.requests)
            server.always = fault
            with pytest.raises(SearchError):
                await client.fetch(Query(), 0, 2_000)
            assert len(server.requests) - asked == limits.ATTEMPTS


async def test_a_server_that_goes_down_in_between_is_an_outage_and_no_lead_is_marked(server: ConvosoServer) -> None:
    server.fault_for = fails_for([1_500], faults.body(b""))
    async with client_of(server) as (client, _):
        task = asyncio.create_task(client.fetch(Query(), 0, 2_000))
        await asyncio.to_thread(server.wait_for_requests, 7)
        server.fault_for = lambda _: faults.status(502)
        with pytest.raises(ServerError):
            await task


async def test_a_server_that_is_down_gets_no_more_requests_where_a_lead_is_known_either(server: ConvosoServer) -> None:
    server.fault_for = fails_for([500], faults.body(b""))
    async with client_of(server) as (client, _):
        await client.fetch(Query(), 0, 2_000)
        before = len(server.requests)
        server.always, server.fault_for = faults.status(502), lambda _: None
        with pytest.raises(ServerError):
            await client.fetch(Query(), 0, 2_000)
        assert len(server.requests) - before == limits.ATTEMPTS


@pytest.mark.parametrize("fault", [faults.body(b""), faults.status(500), faults.status(502)])
async def test_a_query_that_fails_as_a_whole_is_an_error_though_another_one_works(server: ConvosoServer, fault: Fault) -> None:
    server.fault_for = lambda asked: fault if asked.get("alt_phone_1") else None
    async with client_of(server) as (client, _):
        await client.fetch(Query().with_checked([("status", "NEW")]), 0, 200)
        before = len(server.requests)
        with pytest.raises(SearchError):
            await client.fetch(Query().with_checked([("alt_phone_1", "3015550123")]), 0, 200)
        assert len(server.requests) - before <= limits.ATTEMPTS + 2


async def test_offsets_from_which_everything_fails_are_an_error_after_few_requests(server: ConvosoServer) -> None:
    server.fault_for = fails_for(range(3_000, TOTAL), faults.status(504))
    async with client_of(server) as (client, _):
        await client.fetch(Query(), 0, 2_000)
        before = len(server.requests)
        with pytest.raises(ServerError):
            await client.fetch(Query(), 2_000, 2_000)
        assert len(server.requests) - before <= 80


async def test_many_such_leads_in_a_row_are_left_out(server: ConvosoServer) -> None:
    server.fault_for = fails_for(range(100, 120), faults.body(b""))
    async with client_of(server) as (client, _):
        page = await client.fetch(Query(), 0, 2_000)
    assert page.unsendable == tuple(range(100, 120))
    assert sum(row is not UNSENDABLE for row in page.rows) == 1_980


@pytest.mark.parametrize(("most", "limit"), [(6, 50), (90, 200), (500, 2_000), (1_000, 2_000)])
async def test_a_server_that_fails_for_many_leads_at_once_is_asked_for_as_many_as_it_can_send(
    server: ConvosoServer, most: int, limit: int
) -> None:
    server.fault_for = lambda asked: faults.status(500) if int(asked["limit"]) > most else None
    async with client_of(server) as (client, _):
        for offset in (0, limit):
            page = await client.fetch(Query(), offset, limit)
            assert (page.unsendable, len(page.rows), page.ids[0]) == ((), limit, FIRST_ID + offset)


async def test_the_only_lead_of_a_result_is_marked_too(server: ConvosoServer) -> None:
    server.answer = account(1)
    server.fault_for = fails_for([0], faults.body(b""))
    async with client_of(server) as (client, _):
        for limit, total in ((1, None), (2, 1), (50, 1)):
            page = await client.fetch(Query(), 0, limit)
            assert (page.unsendable, list(page.rows), page.total) == ((0,), [UNSENDABLE], total)


async def test_a_fault_that_passes_before_the_last_attempt_marks_nothing(server: ConvosoServer) -> None:
    server.next(*[faults.status(500)] * 3)
    async with client_of(server) as (client, _):
        page = await client.fetch(Query(), 0, 100)
    assert (page.unsendable, len(page.rows)) == ((), 100)
    assert len(server.requests) == 5


@pytest.mark.parametrize("kind", [TooManyRequests, NetworkError])
async def test_other_faults_are_not_looked_for_in_a_lead(kind: type[SearchError]) -> None:
    asked: list[int] = []

    async def ask(query: Query, offset: int, limit: int) -> Page:
        asked.append(limit)
        raise kind("no")

    with pytest.raises(kind):
        await Bisection(ask, RetryWaits(InstantClock())).fetch(Query(), 0, 100)
    assert asked == [100] * limits.ATTEMPTS


@settings(max_examples=30)
@given(
    total=st.integers(0, 300),
    bad=st.sets(st.integers(0, 299), max_size=6),
    offset=st.integers(0, 250),
    limit=st.integers(1, 300),
    flaky=st.lists(st.booleans(), max_size=2),
)
def test_every_lead_that_can_be_sent_comes(total: int, bad: set[int], offset: int, limit: int, flaky: list[bool]) -> None:
    def page(start: int, count: int) -> Page:
        from array import array

        numbers = range(start, min(start + count, total))
        if bad & set(numbers):
            raise UnreadableAnswer("The server's response was empty")
        return Page(start, count, [Row(b"%d" % each) for each in numbers], array("q", [each + 1 for each in numbers]), total)

    async def ask(query: Query, start: int, count: int) -> Page:
        if flaky and flaky.pop():
            raise NetworkError("no")
        if start == live:
            return page(total, 1)
        return page(start, count)

    live = 10_000
    bisection = Bisection(ask, RetryWaits(InstantClock()))
    # The server is known to be up: otherwise a bad lead in the middle would be taken for an outage.
    bisection._good = Query(), live
    found = asyncio.run(bisection.fetch(Query(), offset, limit))
    wanted = range(offset, min(offset + limit, total))
    assert [each - 1 for each in found.ids if each] == [each for each in wanted if each not in bad]
    assert list(found.unsendable) == [each for each in wanted if each in bad]
    assert len(found.rows) == len(wanted)
