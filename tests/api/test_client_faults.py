"""Missing and broken answers over real sockets: each fault and the message that the user reads."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.api.retry import Waiting
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.errors import (
    NetworkError,
    SearchError,
    ServerError,
    TimeOutError,
    TokenError,
    TooManyRequests,
    UnreadableAnswer,
)
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.servers import faults
from tests.servers.clocks import InstantClock
from tests.servers.convoso_server import ConvosoServer, Exchange, Fault
from tests.servers.leads import account
from tests.servers.ports import free_port, full_port
from tests.servers.tls import CA_FILE, server_side

USUAL = Network()
QUICK = Network(connect_timeout=0.25, read_timeout=0.25)
"""Longer than two busy cores keep a server waiting between two bytes."""


async def first_error(base_url: str, network: Network = USUAL, limit: int = 10) -> SearchError:
    """Return the error of the first attempt, whether or not it would be retried."""
    errors: list[SearchError] = []

    def listen(waiting: Waiting | None) -> None:
        if waiting is not None and not errors:
            errors.append(waiting.error)
            task.cancel()

    client = Client(base_url, Token("secret-token"), pace=Pace(0), network=network, clock=InstantClock())
    client.waits.on_waiting = listen
    task = asyncio.create_task(client.fetch(Query(), 0, limit))
    try:
        await task
    except SearchError as error:
        return error
    except asyncio.CancelledError:
        return errors[0]
    finally:
        client.close()
    raise AssertionError("nothing went wrong")


# No connection


async def test_a_refused_connection_is_reported() -> None:
    port = free_port()
    error = await first_error(f"http://127.0.0.1:{port}/v1")
    assert type(error) is NetworkError
    assert str(error) == f"127.0.0.1:{port} refuses connections: check the base URL, or try again later"


async def test_a_name_without_an_address_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = await first_error("https://nowhere.invalid/v1")
    assert type(error) is NetworkError
    assert str(error) == "Cannot resolve nowhere.invalid: check the base URL and the network"


async def test_a_network_that_leads_nowhere_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_args: object, **_more: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", unreachable)
    error = await first_error("https://api.example.com/v1")
    assert type(error) is NetworkError
    assert str(error).startswith("Cannot connect to api.example.com (network is unreachable): check the network")


async def test_an_error_of_no_known_kind_is_reported_by_its_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError("with the token in it")

    monkeypatch.setattr(socket, "create_connection", odd)
    error = await first_error("https://api.example.com/v1")
    assert str(error) == "The request to api.example.com failed (ZeroDivisionError): check the network, or try again later"


async def test_a_connection_that_is_not_taken_in_time_is_reported() -> None:
    with full_port() as port:
        error = await first_error(f"http://127.0.0.1:{port}/v1", QUICK)
    assert type(error) is TimeOutError
    assert str(error).startswith(f"127.0.0.1:{port} did not accept a connection within 0.25 s: check the network")


# No answer


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (faults.hang_up(), "closed the connection without a response"),
        (faults.reset(), "closed the connection without a response"),
        (faults.garbage(), "answers, but not as a web server does"),
    ],
)
async def test_a_connection_that_ends_without_an_answer_is_reported(server: ConvosoServer, fault: Fault, says: str) -> None:
    server.next(fault)
    error = await first_error(server.base_url)
    assert type(error) is NetworkError
    assert error.message == f"127.0.0.1:{server.port} {says}"
    assert error.remedy


CUT_HEADS = (
    b"HT",
    b"HTTP/1.1 2",
    b"HTTP/1.1 404 Not Found\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Enc",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gz",
    b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n",
    b"HTTP/1.1 103 Early Hints\r\n\r\n",
)


@pytest.mark.parametrize("head", CUT_HEADS)
async def test_a_head_that_ends_early_is_no_answer(server: ConvosoServer, head: bytes) -> None:
    def fault(exchange: Exchange) -> None:
        exchange.write(head)
        exchange.hang_up()

    server.next(fault)
    error = await first_error(server.base_url)
    assert type(error) is NetworkError
    assert "closed the connection without a response" in str(error)


async def test_an_answer_that_does_not_begin_in_time_is_reported(server: ConvosoServer) -> None:
    server.next(faults.held(threading.Event()))
    error = await first_error(server.base_url, QUICK)
    assert type(error) is TimeOutError
    assert str(error) == f"127.0.0.1:{server.port} did not answer within 0.25 s: try again, or narrow the search"


async def test_an_answer_that_stops_in_the_middle_is_reported(server: ConvosoServer) -> None:
    server.next(faults.held_in_the_middle(threading.Event()))
    error = await first_error(server.base_url, QUICK)
    assert type(error) is TimeOutError


async def test_an_answer_that_drips_in_is_reported(server: ConvosoServer) -> None:
    gone = threading.Event()
    server.next(faults.drip(0.02, gone))
    error = await first_error(server.base_url, QUICK)
    assert type(error) is TimeOutError
    assert error.message == f"The response from 127.0.0.1:{server.port} was not complete within 0.75 s"
    # The thread notices between two bytes, and releases the connection.
    assert await asyncio.to_thread(gone.wait, 30)


async def test_a_large_page_has_twice_the_time(server: ConvosoServer) -> None:
    server.next(faults.held(threading.Event()))
    error = await first_error(server.base_url, QUICK, limit=2_000)
    assert "within 0.5 s" in str(error)


# A broken answer


async def test_an_answer_that_ends_early_is_reported(server: ConvosoServer) -> None:
    server.next(faults.cut())
    error = await first_error(server.base_url)
    assert type(error) is UnreadableAnswer
    assert str(error) == f"The response from 127.0.0.1:{server.port} was cut off: try again"


@pytest.mark.parametrize("fault", [faults.gzip_bomb(10), faults.endless()], ids=["compressed", "endless"])
async def test_a_huge_answer_is_refused_while_it_arrives(
    server: ConvosoServer, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_BODY_BYTES", 2**20)
    server.next(fault)
    error = await first_error(server.base_url)
    assert type(error) is SearchError
    assert "larger than 1 MB" in str(error)


COMPRESSED: dict[str, tuple[Callable[[bytes], bytes], str, type[SearchError]]] = {
    "cut": (lambda compressed: compressed[: len(compressed) // 2], "gzip", UnreadableAnswer),
    "without its end": (lambda compressed: compressed[:-8], "gzip", UnreadableAnswer),
    "damaged": (lambda compressed: compressed[:50] + b"\xff" * 50 + compressed[100:], "gzip", UnreadableAnswer),
    "no gzip at all": (lambda compressed: b"{}" * 50, "gzip", UnreadableAnswer),
    "empty": (lambda compressed: b"", "gzip", UnreadableAnswer),
}


@pytest.mark.parametrize(("damage", "encoding", "kind"), COMPRESSED.values(), ids=COMPRESSED)
async def test_a_badly_compressed_response_is_reported(
    server: ConvosoServer, damage: Callable[[bytes], bytes], encoding: str, kind: type[SearchError]
) -> None:
    server.next(faults.body(damage(gzip.compress(account(100)({"limit": "100"})[1])), headers={"Content-Encoding": encoding}))
    error = await first_error(server.base_url)
    assert type(error) is kind
    assert error.retryable


@pytest.mark.parametrize(("status", "kind"), [(401, TokenError), (404, SearchError), (204, UnreadableAnswer)])
async def test_an_empty_response_is_not_taken_for_a_compressed_one_that_was_cut(
    server: ConvosoServer, status: int, kind: type[SearchError]
) -> None:
    server.next(faults.status(status, headers={"Content-Encoding": "gzip"}))
    error = await first_error(server.base_url)
    assert type(error) is kind
    assert "cut off" not in str(error)


async def test_a_line_in_the_head_that_is_no_header_is_reported_without_waiting_for_more(server: ConvosoServer) -> None:
    def fault(exchange: Exchange) -> None:
        exchange.write(b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 2\r\n\r\n{}")

    server.next(fault)
    assert "not as a web server does" in str(await first_error(server.base_url))


@pytest.mark.parametrize(
    ("status", "headers", "kind", "retry_after"),
    [
        (429, {"Retry-After": "7", "Content-Encoding": "gzip"}, TooManyRequests, 7),
        (503, {"Content-Length": "99"}, ServerError, None),
        (502, {"Content-Encoding": "br"}, ServerError, None),
        (401, {"Content-Length": "99"}, UnreadableAnswer, None),
        (401, {"Content-Encoding": "br"}, SearchError, None),
    ],
)
async def test_a_status_that_is_retried_counts_even_if_its_body_cannot_be_read(
    server: ConvosoServer, status: int, headers: dict[str, str], kind: type[SearchError], retry_after: float | None
) -> None:
    def fault(exchange: Exchange) -> None:
        exchange.write(exchange.head(status, {"Content-Length": "9", **headers}) + b"no JSON..")
        exchange.hang_up()

    server.always = fault
    found = await first_error(server.base_url)
    assert (type(found), found.retry_after) == (kind, retry_after)


# TLS


@pytest.mark.parametrize(
    ("certificate", "says", "remedy"),
    [
        ("expired", "certificate has expired", "clock"),
        ("wrong_host", "certificate is not valid for", "check the base URL"),
        ("self_signed", "self-signed certificate", "[network] ca_file"),
    ],
)
async def test_a_bad_certificate_is_reported(certificate: str, says: str, remedy: str) -> None:
    with ConvosoServer(account(10), tls=server_side(certificate)) as server:
        error = await first_error(server.base_url, Network(ca_file=Path(CA_FILE)))
        assert type(error) is NetworkError
        assert error.message.startswith(f"The certificate of 127.0.0.1:{server.port} is refused (")
        assert says in error.message
        assert remedy in error.remedy
        assert server.requests == []


async def test_a_good_certificate_is_trusted_by_the_ca_file_that_is_set_and_by_nothing_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", CA_FILE)
    with ConvosoServer(account(10), tls=server_side("good")) as server:
        client = Client(server.base_url, Token("secret-token"), network=Network(ca_file=Path(CA_FILE)))
        assert (await client.fetch(Query(), 0, 1)).total == 10
        client.close()
        monkeypatch.setenv("SSL_CERT_FILE", CA_FILE)
        error = await first_error(server.base_url)
        assert "local issuer certificate" in str(error)


async def test_https_to_a_server_that_speaks_http_is_reported(server: ConvosoServer) -> None:
    error = await first_error(server.base_url.replace("http:", "https:"))
    assert type(error) is NetworkError
    assert error.message.startswith(f"Cannot make a secure connection to 127.0.0.1:{server.port}")


async def test_http_to_a_server_that_speaks_https_is_reported() -> None:
    with ConvosoServer(account(10), tls=server_side("good")) as server:
        error = await first_error(server.base_url.replace("https:", "http:"))
    assert isinstance(error, NetworkError)


# Proxies


async def test_a_proxy_that_refuses_connections_is_reported_without_its_password() -> None:
    port = free_port()
    network = Network(proxy=f"http://me:password@127.0.0.1:{port}")
    error = await first_error("https://api.example.com/v1", network)
    assert str(error) == f"The proxy 127.0.0.1:{port} refuses connections: check [network] proxy, or try again later"
    assert "password" not in repr(network)


async def test_a_proxy_that_lets_nothing_through_is_reported(server: ConvosoServer) -> None:
    error = await first_error("https://api.example.com/v1", Network(proxy=f"http://127.0.0.1:{server.port}"))
    assert type(error) is NetworkError
    assert f"The proxy 127.0.0.1:{server.port} does not let the request to api.example.com through (501" in str(error)


async def test_a_proxy_that_takes_no_connection_in_time_is_reported() -> None:
    with full_port() as port:
        error = await first_error("https://api.example.com/v1", replace(QUICK, proxy=f"http://127.0.0.1:{port}"))
    assert f"The proxy 127.0.0.1:{port} did not accept a connection" in str(error)
