"""How responses are read from the wire: their heads, where their bodies end, their compression, and how long that may take."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from lead_tui.api.client import Client
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.errors import SearchError, TimeOutError
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.servers.convoso_server import ConvosoServer, Exchange, Fault
from tests.servers.leads import account
from tests.servers.listener import Listener

BODY = account(100)({"limit": "10"})[1]
PLAIN = f"Content-Length: {len(BODY)}\r\n"
QUICK = Network(connect_timeout=0.25, read_timeout=0.25)
"""A response must be complete within 0.75 s."""


def answer(headers: str, body: bytes = BODY, *, before: str = "", status: str = "200 OK") -> Fault:
    """Send a response of these bytes, and leave the connection open."""

    def fault(exchange: Exchange) -> None:
        exchange.write(f"{before}HTTP/1.1 {status}\r\n{headers}\r\n".encode("latin-1") + body)

    return fault


def chunked(body: bytes, trailer: bytes = b"") -> bytes:
    """Return *body* in three chunks."""
    parts = (body[:7], body[7:100], body[100:])
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts if part) + b"0\r\n" + trailer + b"\r\n"


class Dripping(Listener):
    """Answers each connection with *start*, then with a byte of *drop* every 20 ms; ``gone`` is set once the client has left."""

    def __init__(self, start: bytes, drop: bytes = b"x") -> None:
        super().__init__()
        self._start, self._drop = start, drop
        self.asked, self.gone = threading.Event(), threading.Event()

    def _serve(self, connection: socket.socket) -> None:
        connection.recv(10_000)
        self.asked.set()
        try:
            connection.sendall(self._start)
            while not self.gone.wait(0.02):
                connection.sendall(self._drop)
        except OSError:
            self.gone.set()


async def fetched(base_url: str, network: Network = Network()) -> Page:  # noqa: B008  # frozen
    """Return the page of one request, without retries."""
    with closing(Client(base_url, Token("secret-token"), pace=Pace(0), network=network)) as client:
        return await client.fetch_once(Query(), 0, 10)


async def failure(base_url: str, network: Network = Network()) -> SearchError:  # noqa: B008  # frozen
    with pytest.raises(SearchError) as raised:
        await fetched(base_url, network)
    return raised.value


# Heads

HEADS = {
    "many headers": "".join(f"X-{number}: value\r\n" for number in range(1_000)) + PLAIN,
    "a long header": f"Set-Cookie: {'x' * 100_000}\r\n{PLAIN}",
    "a folded header": f"X-Folded: one\r\n two\r\n\tthree\r\n{PLAIN}",
    "a header outside of ASCII": f"X-Name: Zo\u00eb\r\n{PLAIN}",
    "bare line ends": f"X-Name: value\n{PLAIN}".replace("\r", ""),
    "capitals and blanks": f"CONTENT-LENGTH:  {len(BODY)} \t\r\n",
}


@pytest.mark.parametrize("headers", HEADS.values(), ids=HEADS)
async def test_a_head_as_other_clients_accept_it_is_read(server: ConvosoServer, headers: str) -> None:
    server.next(answer(headers))
    assert len((await fetched(server.base_url)).rows) == 10


@pytest.mark.parametrize("status", ["20 OK", "2000 OK", "OK", "", "+20 OK", "099 Odd"])
async def test_a_status_that_is_none_is_reported(server: ConvosoServer, status: str) -> None:
    server.next(answer(PLAIN, status=status))
    assert "not as a web server does" in str(await failure(server.base_url))


@pytest.mark.parametrize("headers", [" folded first\r\n", "no header\r\n"])
async def test_a_line_that_is_no_header_is_reported(server: ConvosoServer, headers: str) -> None:
    server.next(answer(headers + PLAIN))
    assert "not as a web server does" in str(await failure(server.base_url))


HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize("before", [HINTS, CONTINUE, CONTINUE + HINTS + HINTS])
async def test_responses_before_the_response_are_skipped(server: ConvosoServer, before: str) -> None:
    server.next(answer(PLAIN, before=before))
    assert len((await fetched(server.base_url)).rows) == 10


async def test_a_protocol_that_was_not_requested_is_no_answer_to_wait_for(server: ConvosoServer) -> None:
    server.next(answer("Upgrade: websocket\r\n", b"", status="101 Switching Protocols"))
    assert "not as a web server does" in str(await failure(server.base_url))


# Where a body ends

LENGTHS = {
    "twice in a line": f"Content-Length: {len(BODY)}, {len(BODY)}\r\n",
    "in two lines": PLAIN + PLAIN,
    "with a zero in front": f"Content-Length: 0{len(BODY)}\r\n",
}


@pytest.mark.parametrize("headers", LENGTHS.values(), ids=LENGTHS)
async def test_a_length_that_is_stated_twice_is_that_length(server: ConvosoServer, headers: str) -> None:
    server.next(answer(headers))
    with closing(Client(server.base_url, Token("secret-token"), pace=Pace(0))) as client:
        for _ in range(2):
            assert len((await client.fetch_once(Query(), 0, 10)).rows) == 10
    assert server.connections == 1


@pytest.mark.parametrize(
    "length", [f"{len(BODY)}, 7", "7, 8, 7", "-5", "+5", "5_0", "0x10", "five", "5.0", "", ",", "\u0665".encode().decode("latin-1")]
)
async def test_a_length_that_is_unclear_is_reported_at_once(server: ConvosoServer, length: str) -> None:
    server.next(answer(f"Content-Length: {length}\r\n"))
    assert "not as a web server does" in str(await failure(server.base_url))


CODED = {
    "chunked": ("Transfer-Encoding: chunked\r\n", chunked(BODY)),
    "chunked, in capitals": ("Transfer-Encoding: Chunked\r\n", chunked(BODY)),
    "chunked, whatever the length": ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunked(BODY)),
    "with trailers": ("Transfer-Encoding: chunked\r\n", chunked(BODY, b"X-Sum: 1\r\nX-Time: 2\r\n")),
    "with extensions": ("Transfer-Encoding: chunked\r\n", b"%X;name=value\r\n%s\r\n00\r\n\r\n" % (len(BODY), BODY)),
}  # fmt: skip


@pytest.mark.parametrize(("headers", "body"), CODED.values(), ids=CODED)
async def test_a_coded_body_is_read_and_its_connection_kept(server: ConvosoServer, headers: str, body: bytes) -> None:
    server.next(answer(headers, body))
    with closing(Client(server.base_url, Token("secret-token"), pace=Pace(0))) as client:
        for _ in range(2):
            assert len((await client.fetch_once(Query(), 0, 10)).rows) == 10
    assert server.connections == 1


async def test_a_large_body_may_come_in_tiny_chunks(server: ConvosoServer) -> None:
    body = account(100)({"limit": "100"})[1]
    server.next(answer("Transfer-Encoding: chunked\r\n", b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"))
    with closing(Client(server.base_url, Token("secret-token"), pace=Pace(0))) as client:
        assert len((await client.fetch_once(Query(), 0, 100)).rows) == 100


async def test_a_body_without_a_length_ends_with_the_connection(server: ConvosoServer) -> None:
    def fault(exchange: Exchange) -> None:
        answer("")(exchange)
        exchange.hang_up()

    server.next(fault)
    assert len((await fetched(server.base_url)).rows) == 10


@pytest.mark.parametrize("coding", ["gzip, chunked", "identity", "chunked, gzip", "chunked, chunked"])
async def test_a_transfer_coding_that_was_not_requested_is_reported_at_once(server: ConvosoServer, coding: str) -> None:
    server.next(answer(f"Transfer-Encoding: {coding}\r\n", chunked(BODY)))
    error = await failure(server.base_url)
    assert "not as a web server does" in error.message
    # The address may be right.
    assert error.remedy == "check the base URL, or contact the administrator of the server"


@pytest.mark.parametrize("chunks", [b"zz\r\n{}", b"\r\n{}", b"+2\r\n{}\r\n0\r\n\r\n", b"0x2\r\n{}", b"2\r\n{}and more\r\n"])
async def test_chunks_that_are_damaged_are_a_body_that_was_cut(server: ConvosoServer, chunks: bytes) -> None:
    server.next(answer("Transfer-Encoding: chunked\r\n", chunks))
    assert "was cut off" in str(await failure(server.base_url))


async def test_what_follows_a_body_is_not_taken_for_the_next_response(server: ConvosoServer) -> None:
    server.next(answer(PLAIN, BODY + b"HTTP/1.1 500 Odd\r\n\r\n"))
    with closing(Client(server.base_url, Token("secret-token"), pace=Pace(0))) as client:
        for _ in range(2):
            assert len((await client.fetch_once(Query(), 0, 10)).rows) == 10
    assert server.connections == 2


# How long a response may take


@pytest.fixture(
    params=[b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 ", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["header", "status", "body"]
)
def dripping(request: pytest.FixtureRequest) -> Iterator[Dripping]:
    with Dripping(request.param) as server:
        yield server


def threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name.startswith("leads/search")]


async def test_a_response_that_drips_ends_in_time_and_so_do_its_thread_and_its_connection(dripping: Dripping) -> None:
    error = await failure(f"http://127.0.0.1:{dripping.port}/v1", QUICK)
    assert type(error) is TimeOutError
    assert str(error).startswith(f"The response from 127.0.0.1:{dripping.port} was not complete within 0.75 s: try again")
    assert await asyncio.to_thread(dripping.gone.wait, 30)
    for thread in threads():
        thread.join(30)
    assert not threads()


async def test_the_thread_of_an_abandoned_response_ends_in_time_too(dripping: Dripping) -> None:
    client = Client(f"http://127.0.0.1:{dripping.port}/v1", Token("secret-token"), pace=Pace(0), network=QUICK)
    task = asyncio.create_task(client.fetch_once(Query(), 0, 10))
    await asyncio.to_thread(dripping.asked.wait, 30)
    task.cancel()
    assert await asyncio.to_thread(dripping.gone.wait, 30)
    client.close()


async def test_a_name_that_is_resolved_for_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(30))
    try:
        error = await failure("https://slow.example.com/v1", QUICK)
    finally:
        released.set()
    assert type(error) is TimeOutError
    assert str(error).startswith("slow.example.com did not accept a connection within 0.25 s: check the network")
