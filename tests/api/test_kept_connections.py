"""Kept connections: one that broke, one that a firewall has forgotten, and one whose answer no one waits for any more."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from lead_tui import limits
from lead_tui.api import connections
from lead_tui.api.client import Client
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.errors import NetworkError, SearchError, TokenError
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.servers import faults
from tests.servers.clocks import InstantClock
from tests.servers.convoso_server import ConvosoServer, Exchange, Fault
from tests.servers.leads import account
from tests.servers.proxy import Proxy
from tests.servers.relay import Relay


@pytest.fixture
def server() -> Iterator[ConvosoServer]:
    with ConvosoServer(account(10_000)) as made:
        yield made


@asynccontextmanager
async def client_of(base_url: str, network: Network = Network()) -> AsyncIterator[tuple[Client, InstantClock]]:  # noqa: B008  # frozen
    clock = InstantClock()
    client = Client(base_url, Token("secret-token"), pace=Pace(0, 1, 3), network=network, clock=clock)
    yield client, clock
    client.close()


def requests_end() -> None:
    """Wait until the threads of abandoned requests have ended."""
    for thread in threading.enumerate():
        if thread.name.startswith("leads/search"):
            thread.join(30)


def request_ends(offset: int) -> None:
    """Wait until the threads of requests at *offset* have ended."""
    for thread in threading.enumerate():
        if thread.name == f"leads/search {offset}":
            thread.join(30)


# Broken


@pytest.mark.parametrize("fault", [faults.reset(), faults.hang_up()], ids=["reset", "closed"])
async def test_a_kept_connection_that_breaks_before_the_answer_is_replaced_at_once(server: ConvosoServer, fault: Fault) -> None:
    async with client_of(server.base_url) as (client, clock):
        await client.fetch(Query(), 0, 1)
        server.next(fault)
        assert (await client.fetch(Query(), 5, 1)).offset == 5
        assert clock.slept == []
        assert [asked["offset"] for asked in server.requests] == ["0", "5", "5"]
        assert server.connections == 2


@pytest.mark.parametrize("head", [b"HTTP/1.1 2", b"HTTP/1.1 404 Not Found\r\nContent-Len"])
async def test_nor_does_one_that_breaks_within_the_head_cost_a_wait(server: ConvosoServer, head: bytes) -> None:
    def fault(exchange: Exchange) -> None:
        exchange.write(head)
        exchange.hang_up()

    async with client_of(server.base_url) as (client, clock):
        await client.fetch(Query(), 0, 1)
        server.next(fault)
        assert (await client.fetch(Query(), 5, 1)).offset == 5
        assert clock.slept == []


@pytest.mark.parametrize("chunks", [b"zz\r\n{}", b"\r\n{}", b'4\n{"a"}\n'])
async def test_a_connection_is_not_used_again_if_the_end_of_its_answer_is_unknown(server: ConvosoServer, chunks: bytes) -> None:
    def fault(exchange: Exchange) -> None:
        exchange.write(exchange.head(200, {"Transfer-Encoding": "chunked"}) + chunks)

    async with client_of(server.base_url) as (client, _):
        server.next(fault)
        assert (await client.fetch(Query(), 5, 1)).offset == 5
        assert (len(server.requests), server.connections) == (2, 2)


async def test_the_other_kept_connections_are_not_tried_after_one_has_broken(server: ConvosoServer) -> None:
    async with client_of(server.base_url) as (client, clock):
        released = threading.Event()
        server.next(*[faults.held(released)] * 3)
        tasks = [asyncio.create_task(client.fetch(Query(), offset, 1)) for offset in range(3)]
        await asyncio.to_thread(server.wait_for_requests, 3)
        released.set()
        await asyncio.gather(*tasks)
        # The server ends all three of them while the next request is on its way.
        server.next(faults.reset())
        await client.fetch(Query(), 9, 1)
        assert (clock.slept, server.connections) == ([], 4)


@pytest.mark.parametrize("fault", [faults.reset(), faults.hang_up()], ids=["reset", "closed"])
async def test_a_new_connection_that_breaks_is_waited_for(server: ConvosoServer, fault: Fault) -> None:
    server.next(fault)
    async with client_of(server.base_url) as (client, clock):
        await client.fetch(Query(), 0, 1)
        assert len(clock.slept) == 1


async def test_a_new_connection_that_breaks_after_a_kept_one_is_waited_for_too(server: ConvosoServer) -> None:
    async with client_of(server.base_url) as (client, clock):
        await client.fetch(Query(), 0, 1)
        server.next(faults.reset(), faults.reset())
        await client.fetch(Query(), 0, 1)
        assert (len(clock.slept), len(server.requests)) == (1, 4)


async def test_an_answer_that_had_begun_is_not_replaced_at_once(server: ConvosoServer) -> None:
    async with client_of(server.base_url) as (client, clock):
        await client.fetch(Query(), 0, 1)
        server.next(faults.cut())
        await client.fetch(Query(), 0, 1)
        assert len(clock.slept) == 1


UNASKED_408 = b"HTTP/1.0 408 Request Time-out\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n<html>408</html>"


@pytest.mark.parametrize("farewell", [b"", UNASKED_408], ids=["closes", "408, as HAProxy after 50 s"])
async def test_a_server_that_closes_an_idle_connection_gets_the_request_on_a_new_one(farewell: bytes) -> None:
    """As measured in ``tests/servers/real``: after PHP's server 0 s of rest, Apache 5, HAProxy 50, nginx 75, Caddy 300."""
    closed = threading.Event()

    def close_when_idle(exchange: Exchange) -> None:
        exchange.answer()
        exchange.wfile.flush()
        exchange.connection.sendall(farewell)
        exchange.close_connection = True
        exchange.connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with ConvosoServer(account(50)) as server:
        async with client_of(server.base_url) as (client, clock):
            server.next(close_when_idle)
            await client.fetch(Query(), 0, 1)
            await asyncio.to_thread(closed.wait, 30)
            page = await client.fetch(Query(), 3, 1)
            assert (page.offset, len(page.rows), clock.slept, len(server.requests)) == (3, 1, [], 2)


# Forgotten


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SUSPECT_IDLE_SECONDS", 0.01)
    monkeypatch.setattr(limits, "SUSPECT_SILENCE_SECONDS", 0.2)


@pytest.mark.usefixtures("quick")
async def test_a_look_up_on_forgotten_connections_is_sent_again_on_new_ones(
    server: ConvosoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Relay(server.port) as relay:
        async with client_of(relay.base_url) as (client, clock):
            await asyncio.gather(*[client.fetch(Query(), offset, 1) for offset in range(3)])
            made = relay.connections
            relay.forget()
            await asyncio.sleep(0.02)
            # As many as there are slots: each takes the slot of the one that it repeats.
            found = await asyncio.wait_for(asyncio.gather(*[client.fetch(Query(), 0, 10) for _ in range(3)]), 10)
            assert [len(page.rows) for page in found] == [10] * 3
            assert clock.slept == []
            assert relay.connections > made
            # The new ones are kept, and not suspected if a busy machine answers late.
            monkeypatch.setattr(limits, "SUSPECT_IDLE_SECONDS", 600.0)
            made = relay.connections
            await client.fetch(Query(), 0, 10)
            assert relay.connections == made


@pytest.mark.usefixtures("quick")
async def test_the_second_request_keeps_to_the_pace(server: ConvosoServer) -> None:
    with Relay(server.port) as relay:
        clock = InstantClock()
        client = Client(relay.base_url, Token("secret-token"), pace=Pace(0.1, 1, 3), clock=clock)
        await client.fetch(Query(), 0, 1)
        relay.forget()
        await asyncio.sleep(0.02)
        await client.fetch(Query(), 0, 1)
        client.close()
    assert clock.time == pytest.approx(20)


@pytest.mark.usefixtures("quick")
async def test_a_late_answer_on_a_fresh_connection_is_not_requested_twice(
    server: ConvosoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SUSPECT_IDLE_SECONDS", 60.0)
    async with client_of(server.base_url) as (client, _):
        await client.fetch(Query(), 0, 1)
        released = threading.Event()
        server.next(faults.held(released))
        task = asyncio.create_task(client.fetch(Query(), 0, 1))
        await asyncio.sleep(0.3)
        released.set()
        await task
        assert len(server.requests) == 2


@pytest.mark.usefixtures("quick")
async def test_the_first_reply_counts_even_if_it_is_the_late_one(server: ConvosoServer) -> None:
    async with client_of(server.base_url) as (client, _):
        await client.fetch(Query(), 0, 1)
        await asyncio.sleep(0.02)
        first, second = threading.Event(), threading.Event()
        server.next(faults.held(first), faults.held(second))
        task = asyncio.create_task(client.fetch(Query(), 0, 1))
        await asyncio.to_thread(server.wait_for_requests, 3)
        first.set()
        assert len((await task).rows) == 1
        second.set()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("breaks", [True, False], ids=["the first breaks", "the first is silent"])
async def test_a_refusal_of_the_second_request_is_final(server: ConvosoServer, breaks: bool) -> None:
    async with client_of(server.base_url) as (client, clock):
        await client.fetch(Query(), 0, 1)
        await asyncio.sleep(0.02)
        broken, refused = threading.Event(), threading.Event()

        def break_first(exchange: Exchange) -> None:
            exchange.hold(broken)
            exchange.hang_up()

        def refuse(exchange: Exchange) -> None:
            exchange.hold(refused)
            exchange.send(401, b"")

        server.next(break_first, refuse)
        task = asyncio.create_task(client.fetch(Query(), 0, 1))
        await asyncio.to_thread(server.wait_for_requests, 3)
        if breaks:
            broken.set()
            await asyncio.sleep(0.1)
        refused.set()
        with pytest.raises(TokenError):
            await asyncio.wait_for(task, 5)
        assert (clock.slept, len(server.requests)) == ([], 3)
        broken.set()


async def test_the_system_knows_how_long_an_acknowledgement_may_take(
    server: ConvosoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[socket.socket] = []
    create = socket.create_connection

    def noted(*arguments: object, **more: object) -> socket.socket:
        made.append(create(*arguments, **more))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(socket, "create_connection", noted)
    async with client_of(server.base_url) as (client, _):
        await client.fetch(Query(), 0, 1)
        assert [made[0].getsockopt(*option[:2]) for option in connections.socket_options()] == [5_000]


def test_elsewhere_keep_alive_probes_notice_a_dead_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "TCP_USER_TIMEOUT", raising=False)
    assert (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1) in connections.socket_options()
    with socket.socket() as any_socket:
        for option in connections.socket_options():
            any_socket.setsockopt(*option)


# Abandoned


async def cancelled(task: asyncio.Task[Page]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_small_remainder_of_an_abandoned_answer_is_read_and_its_connection_kept(server: ConvosoServer) -> None:
    async with client_of(server.base_url) as (client, _):
        released = threading.Event()
        server.next(faults.held_in_the_middle(released))
        task = asyncio.create_task(client.fetch(Query(), 0, 200))
        await asyncio.to_thread(server.wait_for_requests, 1)
        await cancelled(task)
        released.set()
        await asyncio.to_thread(requests_end)
        await client.fetch(Query(), 0, 200)
        assert server.connections == 1


async def test_a_remainder_that_does_not_come_is_not_waited_for(server: ConvosoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DRAIN_SECONDS", 0.05)
    abandoned = threading.Event()

    def fault(exchange: Exchange) -> None:
        code, content = exchange.right_answer()
        exchange.write(exchange.head(code, {"Content-Length": str(len(content))}) + content[:1])
        exchange.hold(abandoned)
        exchange.write(content[1:2])
        exchange.hold(threading.Event())

    async with client_of(server.base_url, Network(read_timeout=600)) as (client, _):
        server.next(fault)
        task = asyncio.create_task(client.fetch(Query(), 0, 200))
        await asyncio.to_thread(server.wait_for_requests, 1)
        await cancelled(task)
        abandoned.set()
        await asyncio.to_thread(requests_end)
        assert not [each for each in threading.enumerate() if each.name.startswith("leads/search")]


async def test_a_large_remainder_is_not_read(server: ConvosoServer) -> None:
    async with client_of(server.base_url) as (client, _):
        server.next(faults.drip(0.01))
        task = asyncio.create_task(client.fetch(Query(), 0, 200))
        await asyncio.to_thread(server.wait_for_requests, 1)
        await cancelled(task)
        await asyncio.to_thread(requests_end)
        await client.fetch(Query(), 0, 200)
        assert server.connections == 2


async def test_eight_quick_jumps_open_at_most_one_new_connection(server: ConvosoServer) -> None:
    async with client_of(server.base_url) as (client, _):
        await client.fetch(Query(), 0, 200)
        released = [threading.Event() for _ in range(8)]
        server.next(*map(faults.held_in_the_middle, released))
        task: asyncio.Task[Page] | None = None
        for jump in range(8):
            if task is not None:
                await cancelled(task)
            task = asyncio.create_task(client.fetch(Query(), 1_000 * jump, 200))
            await asyncio.to_thread(server.wait_for_requests, jump + 2)
            if jump:
                # The answer to the previous jump arrives complete while this one is on its way.
                released[jump - 1].set()
                await asyncio.to_thread(request_ends, 1_000 * (jump - 1))
        released[-1].set()
        assert task is not None
        assert len((await task).rows) == 200
        assert server.connections == 2


# Bodies and proxies


async def test_all_members_of_a_compressed_response_are_read(server: ConvosoServer) -> None:
    body = account(100)({"limit": "100"})[1]
    parts = [gzip.compress(body[:10]), gzip.compress(b""), gzip.compress(body[10:5_000]), gzip.compress(body[5_000:])]
    async with client_of(server.base_url) as (client, _):
        server.next(faults.body(b"".join(parts), headers={"Content-Encoding": "gzip"}))
        assert len((await client.fetch(Query(), 0, 100)).rows) == 100


@pytest.mark.parametrize("encoding", ["none", "utf-8", "Identity"])
async def test_encodings_by_which_php_scripts_mean_none_are_read_as_they_are(server: ConvosoServer, encoding: str) -> None:
    async with client_of(server.base_url) as (client, _):
        server.next(faults.body(account(100)({"limit": "100"})[1], headers={"Content-Encoding": encoding}))
        assert len((await client.fetch(Query(), 0, 100)).rows) == 100


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "a\u00e9b"])
async def test_a_packing_that_was_not_requested_is_named_and_not_retried(server: ConvosoServer, encoding: str) -> None:
    async with client_of(server.base_url) as (client, clock):
        server.next(faults.body(b"\x0b\x02\x80", headers={"Content-Encoding": encoding}))
        with pytest.raises(SearchError, match=f"is compressed with {encoding}, which was not requested"):
            await client.fetch(Query(), 0, 100)
        assert (len(server.requests), clock.slept) == (1, [])


@pytest.mark.parametrize(
    ("answer", "says", "asked"),
    [
        ("407 Proxy Authentication Required", "requires a user name and a password (407): set them", 1),
        ("403 Forbidden", "does not let the request to api.example.com through (403 Forbidden)", 1),
        ("503 Service Unavailable", "through (503 Service Unavailable)", limits.ATTEMPTS),
    ],
)
async def test_a_proxy_that_refuses_is_named_and_tried_once(answer: str, says: str, asked: int) -> None:
    with Proxy(f"HTTP/1.1 {answer}") as proxy:
        async with client_of("https://api.example.com/v1", Network(proxy=f"http://127.0.0.1:{proxy.port}")) as (client, _):
            with pytest.raises(NetworkError) as caught:
                await client.fetch(Query(), 0, 1)
    assert f"The proxy 127.0.0.1:{proxy.port}" in str(caught.value)
    assert says in str(caught.value)
    assert len(proxy.heads) == asked


async def test_a_closed_client_releases_its_kept_connections(server: ConvosoServer) -> None:
    async with client_of(server.base_url) as (client, _):
        await client.fetch(Query(), 0, 1)
    until = time.monotonic() + 30
    while server._http is not None and server._http._open and time.monotonic() < until:
        await asyncio.sleep(0.01)
    assert server._http is not None
    assert not server._http._open
