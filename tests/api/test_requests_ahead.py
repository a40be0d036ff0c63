"""The first request, sent before there is an event loop: only the identical request takes its response."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from lead_tui.api.client import Client
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.api.test_warm_connections import TRUSTING, warmed
from tests.servers import tls
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account
from tests.servers.proxy import Proxy

ROWS = 50
UNLIMITED = Pace(0, 1, 3)


@pytest.fixture(params=["http", "https"])
def server(request: pytest.FixtureRequest) -> Iterator[ConvosoServer]:
    with ConvosoServer(account(1_000), tls=tls.server_side("good") if request.param == "https" else None) as made:
        yield made


def client_ahead(base_url: str, pace: Pace = UNLIMITED, network: Network = TRUSTING, folder: Path | None = None) -> Client:
    """A client that has requested the first leads ahead, without an event loop."""
    client = Client(base_url, Token("secret-token"), pace=pace, network=network, pace_directory=folder)
    client.request_ahead(Query(), ROWS)
    warmed()
    return client


def test_the_response_is_taken_by_the_same_request(server: ConvosoServer) -> None:
    async def session() -> None:
        page = await client.fetch(Query(), 0, ROWS)
        assert (len(page.rows), page.total) == (ROWS, 1_000)
        assert (len(server.requests), server.connections) == (1, 1)
        # From now on the connection is like any other.
        assert len((await client.fetch(Query(), 0, ROWS)).rows) == ROWS
        assert (len(server.requests), server.connections) == (2, 1)

    client = client_ahead(server.base_url)
    server.wait_for_requests(1)
    asyncio.run(session())
    client.close()


def test_another_request_does_not_take_it(server: ConvosoServer) -> None:
    async def session() -> None:
        page = await client.fetch(Query(), 100, 10)
        assert (page.offset, len(page.rows)) == (100, 10)
        assert (len(server.requests), server.connections) == (2, 2)
        await client.fetch(Query(), 0, ROWS)
        assert (len(server.requests), server.connections) == (2, 2)

    client = client_ahead(server.base_url)
    server.wait_for_requests(1)
    asyncio.run(session())
    client.close()


def test_it_is_the_request_that_would_be_sent_later_byte_by_byte() -> None:
    def received() -> bytes:
        connection, _ = listener.accept()
        with connection:
            return connection.recv(10_000)

    async def later() -> bytes:
        fetching = asyncio.ensure_future(client.fetch(Query(), 0, ROWS))
        head = await asyncio.to_thread(received)
        fetching.cancel()
        return head

    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        ahead = client_ahead(base_url)
        first = received()
        client = Client(base_url, Token("secret-token"), pace=UNLIMITED)
        assert first == asyncio.run(later())
        assert first.endswith(b"\r\n\r\n")
        for each in (ahead, client):
            each.close()


@pytest.mark.parametrize("is_shared", [True, False])
def test_it_takes_a_permit_and_without_one_only_connects(server: ConvosoServer, tmp_path: Path, is_shared: bool) -> None:
    pace = Pace(0.1, 8, 3)
    folder = tmp_path if is_shared else None
    client = client_ahead(server.base_url, pace, folder=folder)
    server.wait_for_requests(1)
    before = client.permits_in_hand()
    asyncio.run(client.fetch(Query(), 0, ROWS))
    # The request took its permit when it was sent, and none later.
    assert before == pytest.approx(client.permits_in_hand(), abs=0.1)
    assert before == pytest.approx(7, abs=0.1)
    client.close()
    if is_shared:
        one = replace(pace, burst=1)
        client = client_ahead(server.base_url, one, folder=folder)
        server.wait_for_connections(2)
        assert (server.connections, len(server.requests)) == (2, 1)
        client.close()


def test_through_a_proxy_it_is_sent_too_and_without_a_token_nothing_is() -> None:
    with ConvosoServer(account(10), tls=tls.server_side("good")) as server, Proxy() as proxy:
        client = client_ahead(server.base_url, network=replace(TRUSTING, proxy=f"http://127.0.0.1:{proxy.port}"))
        server.wait_for_requests(1)
        asyncio.run(client.fetch(Query(), 0, ROWS))
        assert (len(proxy.heads), server.connections, len(server.requests)) == (1, 1, 1)
        client.close()
        Client(server.base_url, network=TRUSTING).request_ahead(Query(), ROWS)
        assert server.connections == 1
