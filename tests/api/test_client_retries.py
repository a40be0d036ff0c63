"""Retries: what is retried, how often, after which waits, and how the user cuts a wait short."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from lead_tui import limits
from lead_tui.api import retry
from lead_tui.api.client import Client
from lead_tui.api.retry import RetryWaits, Waiting
from lead_tui.config.settings import Pace
from lead_tui.leads.errors import (
    HtmlAnswer,
    NetworkError,
    RetryRequested,
    SearchError,
    ServerError,
    TokenError,
    TooManyRequests,
    UnreadableAnswer,
)
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.servers import faults
from tests.servers.clocks import HandClock, InstantClock, settled
from tests.servers.convoso_server import ConvosoServer, Fault

NO_PACE = Pace(0, 1, 4)


@pytest.fixture
def clock() -> InstantClock:
    return InstantClock()


@pytest.fixture
def client(server: ConvosoServer, clock: InstantClock) -> Iterator[Client]:
    made = Client(server.base_url, Token("secret-token"), pace=NO_PACE, clock=clock)
    yield made
    made.close()


RETRIED: dict[str, tuple[Fault, type[SearchError]]] = {
    "500": (faults.status(500), ServerError),
    "502 with a web page": (faults.html(502), ServerError),
    "503": (faults.status(503, b"busy"), ServerError),
    "429": (faults.too_many(), TooManyRequests),
    "408": (faults.status(408), RetryRequested),
    "425": (faults.status(425), RetryRequested),
    "a web page": (faults.html(), HtmlAnswer),
    "an empty body": (faults.body(b""), UnreadableAnswer),
    "a cut body": (faults.cut(), UnreadableAnswer),
    "cut JSON": (faults.cut_json(), UnreadableAnswer),
    "an unreadable body": (faults.body(b"[]"), UnreadableAnswer),
    "a closed connection": (faults.hang_up(), NetworkError),
    "a reset connection": (faults.reset(), NetworkError),
    "no HTTP": (faults.garbage(), NetworkError),
}
NOT_RETRIED: dict[str, Fault] = {
    "401": faults.status(401),
    "403": faults.status(403),
    "404": faults.status(404, b"no"),
    "404 with a web page": faults.html(404),
    "403 with a web page": faults.html(403),
    "414": faults.status(414),
    "431": faults.status(431),
    "407": faults.status(407),
    "a redirect": faults.redirect("https://elsewhere.example/v1"),
    "a refused token": faults.application_error(5001, "Auth token is invalid"),
    "an application error": faults.application_error(7231, "Invalid offset value"),
    "an application error of a new kind": faults.application_error(9999, "Something new"),
    "an application error with an error status": faults.application_error(7231, "Invalid offset value", http_status=400),
}


@pytest.mark.parametrize(("fault", "kind"), RETRIED.values(), ids=RETRIED)
async def test_a_passing_fault_is_overcome(server: ConvosoServer, client: Client, fault: Fault, kind: type[SearchError]) -> None:
    server.next(fault)
    assert (await client.fetch(Query(), 0, 10)).total == 1_000
    assert len(server.requests) == 2


@pytest.mark.parametrize(("fault", "kind"), RETRIED.values(), ids=RETRIED)
async def test_a_lasting_fault_is_reported_after_four_attempts(
    server: ConvosoServer, client: Client, clock: InstantClock, fault: Fault, kind: type[SearchError]
) -> None:
    server.always = fault
    with pytest.raises(SearchError) as caught:
        await client.fetch(Query(), 0, 10)
    assert type(caught.value) is kind
    assert len(server.requests) == limits.ATTEMPTS == 4
    assert len(set(server.requests[0].parameters)) == 3
    assert all(asked.parameters == server.requests[0].parameters for asked in server.requests[:3])
    # Before the last attempt one lead is requested: it does not arrive either, so no single lead is at fault.
    assert server.requests[3]["limit"] == ("1" if caught.value.may_be_one_lead else "10")
    first, second, third = clock.slept
    assert 0.5 <= first <= 1
    assert 1 <= second <= 1.5
    assert 2 <= third <= 2.5


@pytest.mark.parametrize("fault", NOT_RETRIED.values(), ids=NOT_RETRIED)
async def test_a_refusal_is_reported_at_once(server: ConvosoServer, client: Client, clock: InstantClock, fault: Fault) -> None:
    server.next(fault)
    with pytest.raises(SearchError) as caught:
        await client.fetch(Query(), 0, 10)
    assert not caught.value.retryable
    assert (len(server.requests), clock.slept) == (1, [])


async def test_a_refusal_after_a_fault_ends_the_attempts(server: ConvosoServer, client: Client) -> None:
    server.next(faults.status(500), faults.status(401))
    with pytest.raises(TokenError):
        await client.fetch(Query(), 0, 10)
    assert len(server.requests) == 2


NOW = "Fri, 06 Mar 2026 10:00:00 GMT"


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        (None, 0),
        ("0", 0),
        ("7", 7),
        ("60", 60),
        ("Fri, 06 Mar 2026 10:00:20 GMT", 20),
        ("Fri, 06 Mar 2026 10:01:00 GMT", 60),
        ("Fri, 06 Mar 2026 09:00:00 GMT", 0),
        ("-7", 0),
        ("soon", 0),
    ],
)
async def test_what_the_server_asks_to_wait_comes_on_top_up_to_a_minute(
    server: ConvosoServer, client: Client, clock: InstantClock, code: int, asked: str | None, seconds: float
) -> None:
    server.next(faults.too_many(asked, code=code, date=NOW))
    await client.fetch(Query(), 0, 10)
    (slept,) = clock.slept
    assert seconds + 0.5 <= slept <= seconds + 1


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("asked", ["61", "99999999999", "9" * 400, "Fri, 06 Mar 2099 10:00:20 GMT"])
async def test_a_longer_wait_than_a_minute_fails_at_once(
    server: ConvosoServer, client: Client, clock: InstantClock, code: int, asked: str
) -> None:
    server.next(faults.too_many(asked, code=code, date=NOW))
    with pytest.raises(ServerError, match="The server asks to retry") as caught:
        await client.fetch(Query(), 0, 10)
    assert not caught.value.retryable
    assert (len(server.requests), clock.slept) == (1, [])


async def test_the_reset_of_a_rate_limit_is_waited_for_where_no_retry_after_came(
    server: ConvosoServer, client: Client, clock: InstantClock
) -> None:
    server.next(faults.status(429, b"", {"RateLimit": '"default";r=0;t=12'}))
    await client.fetch(Query(), 0, 10)
    (slept,) = clock.slept
    assert 12.5 <= slept <= 13


async def test_own_waits_are_at_most_15_seconds_in_all_and_the_servers_come_on_top(
    server: ConvosoServer, client: Client, clock: InstantClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "random", lambda: 1.0)
    server.next(*[faults.too_many("10")] * 3)
    await client.fetch(Query(), 0, 10)
    assert len(clock.slept) == 3
    assert sum(clock.slept) <= 15 + 30


async def test_attempts_keep_to_the_pace(server: ConvosoServer, clock: InstantClock) -> None:
    client = Client(server.base_url, Token("secret-token"), pace=Pace(0.1, 1, 1), clock=clock)
    server.always = faults.status(500)
    with pytest.raises(ServerError):
        await client.fetch(Query(), 0, 10)
    client.close()
    # Four requests, one in ten seconds.
    assert clock.time == pytest.approx(30)


async def test_a_waiting_request_leaves_its_place_to_others(server: ConvosoServer) -> None:
    waits = asyncio.Event()
    client = Client(server.base_url, Token("secret-token"), pace=Pace(0, 1, 1), clock=HandClock())
    client.waits.on_waiting = lambda _: waits.set()
    server.next(faults.status(500))
    waiting = asyncio.create_task(client.fetch(Query(), 0, 10))
    await waits.wait()
    assert (await client.fetch(Query(), 10, 10)).offset == 10
    client.waits.retry_now()
    assert (await waiting).offset == 0
    client.close()


async def test_a_token_given_while_waiting_is_used(server: ConvosoServer) -> None:
    waits = asyncio.Event()
    client = Client(server.base_url, Token("first-token"), clock=HandClock())
    client.waits.on_waiting = lambda _: waits.set()
    server.next(faults.status(500))
    waiting = asyncio.create_task(client.fetch(Query(), 0, 10))
    await waits.wait()
    client.use_token(Token("second-token"))
    client.waits.retry_now()
    await waiting
    client.close()
    assert [asked["auth_token"] for asked in server.requests] == ["first-token", "second-token"]


# Reporting waits


class Told:
    """A listener that records what it is notified of."""

    def __init__(self) -> None:
        self.all: list[Waiting | None] = []

    def __call__(self, waiting: Waiting | None) -> None:
        self.all.append(waiting)


async def test_a_wait_is_reported_with_its_attempt_its_length_and_the_error(server: ConvosoServer, client: Client) -> None:
    told = Told()
    client.waits.on_waiting = told
    assert client.waits.on_waiting is told
    server.next(faults.status(502), faults.too_many("30"))
    await client.fetch(Query(), 0, 10)
    first, none, second, end = told.all
    assert first is not None
    assert second is not None
    assert (first.attempt, type(first.error), none) == (2, ServerError, None)
    assert (second.attempt, type(second.error), end) == (3, TooManyRequests, None)
    assert 0.5 <= first.seconds <= 1
    assert 31 <= second.seconds <= 31.5


@asynccontextmanager
async def waiting_for(waits: RetryWaits, *seconds: float) -> AsyncIterator[list[asyncio.Task[None]]]:
    error = ServerError("The server failed (HTTP 500)")
    tasks = [asyncio.create_task(waits.wait(Waiting(2 + number, each, error))) for number, each in enumerate(seconds)]
    await settled()
    yield tasks
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_of_several_waits_the_one_that_ends_next_is_reported() -> None:
    told, clock = Told(), HandClock()
    waits = RetryWaits(clock)
    waits.on_waiting = told
    async with waiting_for(waits, 10, 4, 7):
        await clock.advance(5)
        await clock.advance(3)
        await clock.advance(3)
    assert [each and (each.attempt, each.seconds) for each in told.all] == [(2, 10), (3, 4), (4, 3), (2, 3), None]


async def test_a_wait_cut_short_ends_now_and_another_one_begins_fresh() -> None:
    told, clock = Told(), HandClock()
    waits = RetryWaits(clock)
    waits.on_waiting = told
    async with waiting_for(waits, 10, 20) as tasks:
        waits.retry_now()
        await asyncio.gather(*tasks)
    assert clock.time == 0
    async with waiting_for(waits, 5) as tasks:
        await settled()
        assert not tasks[0].done()
        await clock.advance(5)
        assert tasks[0].done()
    assert told.all[-1] is None


async def test_a_canceled_wait_is_reported_as_over() -> None:
    told, waits = Told(), RetryWaits(HandClock())
    waits.on_waiting = told
    async with waiting_for(waits, 10) as tasks:
        tasks[0].cancel()
        await settled()
        assert told.all[-1] is None


async def test_cutting_short_without_a_wait_does_nothing(client: Client) -> None:
    client.waits.retry_now()
    assert (await client.fetch(Query(), 0, 10)).total == 1_000


async def test_no_one_needs_to_listen(server: ConvosoServer, client: Client) -> None:
    server.next(faults.status(500))
    assert (await client.fetch(Query(), 0, 10)).total == 1_000


async def test_a_refresh_is_one_request_without_retries(server: ConvosoServer, client: Client) -> None:
    page = await client.refresh(Query(), 0, 200)
    assert page is not None
    assert len(page.rows) == 200
    server.fault_for = lambda asked: faults.status(500)
    with pytest.raises(ServerError):
        await client.refresh(Query(), 0, 200)
    assert len(server.requests) == 2
