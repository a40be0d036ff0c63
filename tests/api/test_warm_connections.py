"""Connections opened before they are needed: no request is sent, the next requests use them, and dead ones are not used."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.api.connections import Route, tls_context
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.errors import NetworkError
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.servers import faults, tls
from tests.servers.clocks import InstantClock
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account
from tests.servers.proxy import Proxy
from tests.servers.relay import Relay

TRUSTING = Network(ca_file=Path(tls.CA_FILE))


@pytest.fixture(params=["http", "https"])
def server(request: pytest.FixtureRequest) -> Iterator[ConvosoServer]:
    with ConvosoServer(account(1_000), tls=tls.server_side("good") if request.param == "https" else None) as made:
        yield made


@asynccontextmanager
async def client_of(base_url: str, network: Network = TRUSTING) -> AsyncIterator[Client]:
    client = Client(base_url, Token("secret-token"), pace=Pace(0, 1, 3), network=network, clock=InstantClock())
    try:
        yield client
    finally:
        client.close()


def warmed() -> None:
    """Wait until the threads that open connections have ended."""
    for thread in threading.enumerate():
        if thread.name == "connect":
            thread.join(30)
    assert not [each for each in threading.enumerate() if each.name == "connect"]


async def warm(client: Client, count: int = 3) -> None:
    client.warm(count)
    await asyncio.to_thread(warmed)


async def look_up(client: Client) -> None:
    await asyncio.gather(*[client.fetch(Query(), offset, 1) for offset in range(3)])


async def test_a_look_up_uses_the_connections_that_were_opened_for_it(server: ConvosoServer) -> None:
    async with client_of(server.base_url) as client:
        await warm(client)
        await asyncio.to_thread(server.wait_for_connections, 3)
        assert (server.connections, server.requests) == (3, [])
        await look_up(client)
        await warm(client)
        await look_up(client)
        assert (server.connections, len(server.requests)) == (3, 6)


async def test_a_request_waits_for_a_connection_that_is_being_opened(server: ConvosoServer) -> None:
    async with client_of(server.base_url) as client:
        for _ in range(5):
            client.warm(3)
        await look_up(client)
        await asyncio.to_thread(warmed)
        await asyncio.to_thread(server.wait_for_connections, 3)
        assert server.connections == 3


@pytest.mark.parametrize("farewell", [b"", b"HTTP/1.0 408 Request Time-out\r\nConnection: close\r\n\r\n"], ids=["closed", "408"])
async def test_a_connection_that_the_server_closed_meanwhile_is_replaced(farewell: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with client_of(f"http://127.0.0.1:{listener.getsockname()[1]}/v1") as client:
            client.warm(1)
            first, _ = await asyncio.to_thread(listener.accept)
            await asyncio.to_thread(warmed)
            first.sendall(farewell)
            first.close()
            await asyncio.sleep(0.05)
            client.warm(1)
            second, _ = await asyncio.to_thread(listener.accept)
            await asyncio.to_thread(warmed)
            second.close()


async def test_an_old_connection_without_a_request_is_not_used(server: ConvosoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with client_of(server.base_url) as client:
        await warm(client, 1)
        monkeypatch.setattr(limits, "MAX_UNUSED_SECONDS", 0.0)
        await client.fetch(Query(), 0, 1)
        assert server.connections == 2


async def test_the_time_for_which_the_server_keeps_connections_is_learned(
    server: ConvosoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SUSPECT_IDLE_SECONDS", 0.1)
    async with client_of(server.base_url) as client:
        connections = client._connections
        await client.fetch(Query(), 0, 1)
        await asyncio.sleep(0.2)
        server.hang_up()
        await asyncio.sleep(0.05)
        await client.fetch(Query(), 0, 1)
        assert (len(server.requests), server.connections) == (2, 2)
        # Older than the one that the server closed: not used, though it is open.
        connections._all[0].free_since -= 20
        await client.fetch(Query(), 0, 1)
        assert (len(server.requests), server.connections) == (3, 3)


async def test_connections_as_old_as_a_silently_dead_one_are_not_used(
    server: ConvosoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SUSPECT_IDLE_SECONDS", 0.01)
    monkeypatch.setattr(limits, "SUSPECT_SILENCE_SECONDS", 0.2)
    with Relay(server.port) as relay:
        base_url = server.base_url.replace(str(server.port), str(relay.port))
        async with client_of(base_url) as client:
            await client.fetch(Query(), 0, 1)
            relay.forget()
            await asyncio.sleep(0.02)
            await client.fetch(Query(), 0, 1)
            connections = client._connections
            assert 0.02 <= connections._kept_seconds < 10
            await asyncio.sleep(connections._kept_seconds)
            made = relay.connections
            await client.fetch(Query(), 0, 1)
            assert relay.connections == made + 1


async def test_connections_go_through_a_proxy_with_their_handshake() -> None:
    with ConvosoServer(account(10), tls=tls.server_side("good")) as server, Proxy() as proxy:
        async with client_of(server.base_url, replace(TRUSTING, proxy=f"http://127.0.0.1:{proxy.port}")) as client:
            await warm(client)
            await asyncio.to_thread(server.wait_for_connections, 3)
            assert (len(proxy.heads), server.connections, server.requests) == (3, 3, [])
            await look_up(client)
            assert (len(server.requests), len(proxy.heads)) == (3, 3)


async def test_a_handshake_through_a_proxy_may_take_as_long_as_another() -> None:
    with ConvosoServer(account(10), tls=tls.server_side("good")) as server, Proxy() as proxy:
        network = replace(TRUSTING, proxy=f"http://127.0.0.1:{proxy.port}")
        with closing(await asyncio.to_thread(Route(server.base_url, network).connect)) as opened:
            assert opened.gettimeout() == network.connect_timeout


async def test_a_machine_without_threads_is_reported_and_used_again(server: ConvosoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async with client_of(server.base_url) as client:
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", none_left)
            client.warm(1)
            with pytest.raises(NetworkError, match="thread"):
                await client.fetch(Query(), 0, 1)
        await client.fetch(Query(), 0, 1)
        assert len(server.requests) == 1


async def test_without_a_token_nothing_is_opened(server: ConvosoServer) -> None:
    client = Client(server.base_url, network=TRUSTING)
    client.warm(3)
    client.close()
    assert server.connections == 0
    # A closed client opens nothing either.
    client.use_token(Token("secret-token"))
    client.warm(3)
    await asyncio.to_thread(warmed)
    assert server.connections == 0


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_tls_session_is_resumed(version: ssl.TLSVersion) -> None:
    side = tls.server_side("good")
    side.maximum_version = version
    with ConvosoServer(account(10), tls=side) as server:
        async with client_of(server.base_url) as client:
            await client.fetch(Query(), 0, 1)
            server.hang_up()
            await asyncio.sleep(0.05)
            await client.fetch(Query(), 0, 1)
            connections = client._connections
            assert connections._all[0].opened.result().session_reused  # type: ignore[attr-defined]
            assert (server.connections, side.session_stats()["hits"]) == (2, 1)


async def test_handshakes_do_not_wait_for_each_other() -> None:
    """With truststore's context they do: it holds a lock, so the third of three waits two more round trips."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with client_of(f"https://127.0.0.1:{silent.getsockname()[1]}/v1", Network(connect_timeout=30)) as client:
            client.warm(3)
            accepted = []
            for _ in range(3):
                connection, _address = await asyncio.to_thread(silent.accept)
                # A hello each, though no handshake is answered.
                assert await asyncio.to_thread(connection.recv, 1) == b"\x16"
                accepted.append(connection)
            for connection in accepted:
                connection.close()
            await asyncio.to_thread(warmed)
    assert type(tls_context(Network())) is ssl.SSLContext or not ssl.get_default_verify_paths().cafile


async def test_a_held_response_does_not_keep_others_from_their_connections(server: ConvosoServer) -> None:
    async with client_of(server.base_url) as client:
        await warm(client)
        held = threading.Event()
        server.next(faults.held(held))
        first = asyncio.create_task(client.fetch(Query(), 0, 1))
        await asyncio.to_thread(server.wait_for_requests, 1)
        started = time.monotonic()
        await client.fetch(Query(), 1, 1)
        assert time.monotonic() - started < 20
        held.set()
        await first
        assert server.connections == 3


async def test_a_request_waits_for_the_connection_of_an_abandoned_one_as_long_as_a_new_one_takes() -> None:
    with ConvosoServer(account(1_000)) as server:
        async with client_of(server.base_url) as client:
            await client.fetch(Query(), 0, 1)
            connections = client._connections
            for seconds, opened in ((30.0, 1), (0.01, 2)):
                connections._connect_seconds = seconds
                held = threading.Event()
                server.next(faults.held_in_the_middle(held))
                abandoned = asyncio.create_task(client.fetch(Query(), 0, 200))
                await asyncio.to_thread(server.wait_for_requests, len(server.requests) + 1)
                abandoned.cancel()
                next_one = asyncio.create_task(client.fetch(Query(), 200, 200))
                await asyncio.sleep(0.1)
                if opened == 1:
                    held.set()
                assert (await next_one).offset == 200
                held.set()
                assert server.connections == opened
