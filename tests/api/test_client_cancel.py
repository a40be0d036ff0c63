"""Canceling requests and closing the client: slots are free at once, threads end, and nothing delays the exit."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping

import pytest

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.api.connections import Route
from lead_tui.config.settings import Pace
from lead_tui.leads.errors import NetworkError
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.servers import faults
from tests.servers.clocks import HandClock, InstantClock
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account

ONE_AT_A_TIME = Pace(0, 1, 1)


@pytest.fixture
def client(server: ConvosoServer) -> Iterator[Client]:
    made = Client(server.base_url, Token("secret-token"), pace=ONE_AT_A_TIME)
    yield made
    made.close()


async def cancelled(task: asyncio.Task[Page]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_abandoned_request_frees_its_place_while_the_server_still_thinks(server: ConvosoServer, client: Client) -> None:
    released = threading.Event()
    server.next(faults.held(released))
    given_up = asyncio.create_task(client.fetch(Query(), 0, 10))
    await asyncio.to_thread(server.wait_for_requests, 1)
    await cancelled(given_up)
    # The server has not answered the first one yet.
    assert (await client.fetch(Query(), 10, 10)).offset == 10
    released.set()


async def test_an_abandoned_request_in_the_middle_of_its_body_releases_the_connection(
    server: ConvosoServer, client: Client
) -> None:
    gone = threading.Event()
    server.next(faults.drip(0.01, gone))
    given_up = asyncio.create_task(client.fetch(Query(), 0, 10))
    await asyncio.to_thread(server.wait_for_requests, 1)
    await cancelled(given_up)
    assert await asyncio.to_thread(gone.wait, 30)
    assert len(server.requests) == 1


async def test_a_request_that_waits_for_its_turn_is_abandoned_unsent(server: ConvosoServer, client: Client) -> None:
    released = threading.Event()
    server.next(faults.held(released))
    first = asyncio.create_task(client.fetch(Query(), 0, 10))
    await asyncio.to_thread(server.wait_for_requests, 1)
    second = asyncio.create_task(client.fetch(Query(), 10, 10))
    third = asyncio.create_task(client.fetch(Query(), 20, 10))
    await asyncio.sleep(0)
    await cancelled(second)
    released.set()
    assert ((await first).offset, (await third).offset) == (0, 20)
    assert [asked["offset"] for asked in server.requests] == ["0", "20"]


async def test_a_request_that_is_abandoned_before_it_is_connected_is_not_sent(
    server: ConvosoServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    connects, released = threading.Event(), threading.Event()
    connect = Route.connect

    def connect_late(route: Route) -> socket.socket:
        connects.set()
        assert released.wait(30)
        return connect(route)

    monkeypatch.setattr(Route, "connect", connect_late)
    given_up = asyncio.create_task(client.fetch(Query(), 0, 10))
    await asyncio.to_thread(connects.wait, 30)
    await cancelled(given_up)
    released.set()
    await client.fetch(Query(), 10, 10)
    for thread in threading.enumerate():
        if thread.name == "leads/search 0":
            thread.join(30)
    assert [asked["offset"] for asked in server.requests] == ["10"]


async def test_an_abandoned_request_between_attempts_is_not_requested_again(server: ConvosoServer) -> None:
    waits = asyncio.Event()
    client = Client(server.base_url, Token("secret-token"), clock=HandClock())
    client.waits.on_waiting = lambda _: waits.set()
    server.next(faults.status(500))
    given_up = asyncio.create_task(client.fetch(Query(), 0, 10))
    await waits.wait()
    await cancelled(given_up)
    client.waits.retry_now()
    assert (await client.fetch(Query(), 10, 10)).offset == 10
    client.close()
    assert [asked["offset"] for asked in server.requests] == ["0", "10"]


async def test_an_answer_of_this_process_without_a_waiter_is_dropped() -> None:
    asked, released = threading.Event(), threading.Event()

    def answering(_endpoint: str, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        asked.set()
        assert released.wait(30)
        return account(10)(parameters)

    client = Client("https://demo.example.com/v1", pace=ONE_AT_A_TIME, handler=answering)
    given_up = asyncio.create_task(client.fetch(Query(), 0, 10))
    await asyncio.to_thread(asked.wait, 30)
    await cancelled(given_up)
    released.set()
    assert (await client.fetch(Query(), 0, 10)).total == 10
    client.close()


async def test_many_abandoned_requests_leave_nothing_behind(server: ConvosoServer, client: Client) -> None:
    before = threading.active_count()
    for offset in range(20):
        task = asyncio.create_task(client.fetch(Query(), offset, 10))
        await asyncio.sleep(0)
        await cancelled(task)
    assert (await client.fetch(Query(), 0, 10)).total == 1_000
    for thread in threading.enumerate():
        if thread.name.startswith("leads/search"):
            thread.join(30)
    kept_by_the_server = sum("process_request" in thread.name for thread in threading.enumerate())
    assert threading.active_count() - kept_by_the_server <= before


# Closing


async def test_a_closed_client_asks_nothing_more(server: ConvosoServer) -> None:
    client = Client(server.base_url, Token("secret-token"), clock=InstantClock())
    await client.fetch(Query(), 0, 1)
    client.close()
    client.close()
    with pytest.raises(NetworkError, match="was closed"):
        await client.fetch(Query(), 0, 1)
    assert len(server.requests) == 1


async def test_a_client_closed_before_its_first_request_makes_no_connection(server: ConvosoServer) -> None:
    client = Client(server.base_url, Token("secret-token"), clock=InstantClock())
    client.close()
    with pytest.raises(NetworkError, match="was closed"):
        await client.fetch(Query(), 0, 1)
    assert server.connections == 0


async def test_a_request_that_waits_for_a_connection_when_the_client_closes_opens_none(
    server: ConvosoServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    released, waits = threading.Event(), threading.Event()
    monkeypatch.setattr(limits, "MAX_CONNECTION_WAIT_SECONDS", 30.0)
    server.next(faults.held(released))
    abandoned = asyncio.create_task(client.fetch(Query(), 0, 10))
    await asyncio.to_thread(server.wait_for_requests, 1)
    # After the first connection, whose time it would be.
    monkeypatch.setattr(client._connections, "_connect_seconds", 30.0)
    await cancelled(abandoned)
    is_draining = client._connections._is_draining

    def noted() -> bool:
        # Called with the lock, which is free again once the request waits.
        waits.set()
        return is_draining()

    monkeypatch.setattr(client._connections, "_is_draining", noted)
    task = asyncio.create_task(client.fetch(Query(), 0, 10))
    await asyncio.to_thread(waits.wait)
    client.close()
    with pytest.raises(NetworkError, match="was closed"):
        await task
    released.set()
    assert (server.connections, len(server.requests), client._connections._all) == (1, 1, [])


async def test_a_request_in_progress_when_the_client_closes_ends_with_its_server(server: ConvosoServer) -> None:
    released = threading.Event()
    client = Client(server.base_url, Token("secret-token"), clock=InstantClock())
    server.next(faults.held_in_the_middle(released))
    task = asyncio.create_task(client.fetch(Query(), 0, 200))
    await asyncio.to_thread(server.wait_for_requests, 1)
    client.close()
    released.set()
    with pytest.raises(NetworkError, match="was closed"):
        await task


def test_a_request_to_a_silent_server_does_not_hold_up_the_programs_end(server: ConvosoServer) -> None:
    server.always = faults.held(threading.Event())
    script = f"""
import asyncio
from lead_tui.api.client import Client
from lead_tui.leads.page import Page
from lead_tui.leads.query import Query
from lead_tui.leads.permissions import Token

async def main():
    client = Client({server.base_url!r}, Token("secret-token"))
    task = asyncio.create_task(client.fetch(Query(), 0, 10))
    print("asking", flush=True)
    await asyncio.to_thread(input)
    task.cancel()
    client.close()

asyncio.run(main())
print("left", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "asking\n"
        server.wait_for_requests(1)
        # Its read timeout is 30 s; this fails only if closing waits for that.
        out, _ = program.communicate("\n", timeout=25)
    assert (out, program.returncode) == ("left\n", 0)
