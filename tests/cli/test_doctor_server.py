"""The doctor's checks of the server, step by step."""

from __future__ import annotations

import os
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from lead_tui.cli.doctor import search, server_name, tls
from lead_tui.cli.doctor_report import Doubt, Outcome
from lead_tui.config.settings import Network
from lead_tui.leads.errors import NetworkError, SearchError, TimeOutError, TokenError, UnreadableAnswer
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Token
from tests.servers import faults
from tests.servers import tls as certificates
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account
from tests.servers.proxy import Proxy

TOKEN = "k3yk3yk3yk3yk3yk3yk3yk3yk3yk3yk3"
QUICK = Network(connect_timeout=0.25, read_timeout=0.25)
TRUSTING = Network(ca_file=Path(certificates.CA_FILE))


def connect(base_url: str, network: Network) -> Outcome:
    return tls(base_url, network, datetime(2026, 3, 2, tzinfo=UTC))


def test_a_name_has_addresses_each_once() -> None:
    assert server_name("http://127.0.0.1:9/v1", Network()) == "127.0.0.1:9 needs no look-up"
    host, _, addresses = str(server_name("http://localhost:9/v1", Network())).partition(" is ")
    assert host == "localhost:9"
    assert sorted(set(addresses.split(", "))) == sorted(addresses.split(", "))
    assert set(addresses.split(", ")) <= {"127.0.0.1", "::1"}


def test_with_a_proxy_its_name_is_looked_up_and_reported_without_its_password() -> None:
    network = Network(proxy="http://me:word@127.0.0.1:3128")
    assert server_name("https://nobody.invalid/v1", network) == "the proxy 127.0.0.1:3128 is 127.0.0.1"


def test_an_unknown_name_is_reported_as_by_a_search() -> None:
    with pytest.raises(NetworkError, match=r"Cannot resolve nobody\.invalid"):
        server_name("https://nobody.invalid/v1", Network())


def test_a_look_up_that_takes_too_long_is_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait())
    try:
        with pytest.raises(NetworkError, match=r"Cannot resolve slow\.example: check the base URL and the network"):
            server_name("https://slow.example/v1", QUICK)
    finally:
        released.set()


def test_a_plain_connection_has_no_tls() -> None:
    with ConvosoServer(account(1)) as server:
        assert str(connect(server.base_url, Network())).startswith("none: plain http, to this machine alone; 127.0.0.1:")
        assert not server.requests


def test_a_connection_that_is_refused_is_reported() -> None:
    with ConvosoServer(account(1)) as server:
        url = server.base_url
    with pytest.raises(NetworkError, match="refuses connections"):
        connect(url, Network())


def test_a_secure_connection_tells_of_its_certificate() -> None:
    with ConvosoServer(account(1), tls=certificates.server_side("good")) as server:
        secured = connect(server.base_url, TRUSTING)
        soon = tls(server.base_url, TRUSTING, datetime(2119, 12, 25, tzinfo=UTC))
    what = f"TLSv1.3 with 127.0.0.1:{server.port}, certificate by lead-tui tests, valid until 2120-01-01"
    assert secured == what
    assert soon == Doubt(f"{what}, in 7 days", "contact the administrator of the server")


def test_a_server_that_speaks_no_tls_is_reported() -> None:
    with ConvosoServer(account(1)) as server, pytest.raises(NetworkError, match="There is no secure connection"):
        connect(server.base_url.replace("http:", "https:"), TRUSTING)


def test_certificates_to_trust_are_not_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificates.CA_FILE)
    with (
        ConvosoServer(account(1), tls=certificates.server_side("good")) as server,
        pytest.raises(NetworkError, match="local issuer certificate"),
    ):
        connect(server.base_url, Network())
    assert "SSL_CERT_FILE" not in os.environ


def test_a_handshake_that_is_never_answered_is_abandoned() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TimeOutError):
        connect(f"https://127.0.0.1:{silent.getsockname()[1]}/v1", QUICK)


def test_a_secure_connection_goes_through_a_proxy_that_gets_the_credentials() -> None:
    with ConvosoServer(account(1), tls=certificates.server_side("good")) as server, Proxy() as proxy:
        network = replace(TRUSTING, proxy=f"http://me:w%40rd@127.0.0.1:{proxy.port}")
        secured = connect(server.base_url, network)
        assert "certificate by lead-tui tests" in str(secured)
        (head,) = proxy.heads
        assert head.startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n")
        assert "Proxy-Authorization: Basic bWU6d0ByZA==\r\n" in head
        assert isinstance(search(server.base_url, Token(TOKEN), network).answer, Page)


def test_a_proxy_that_lets_nothing_through_is_reported_without_its_password() -> None:
    with Proxy("HTTP/1.1 407 Proxy Authentication Required") as proxy, pytest.raises(NetworkError) as caught:
        connect("https://api.example.com/v1", Network(proxy=f"http://me:s3same@127.0.0.1:{proxy.port}"))
    said = str(caught.value)
    assert said == f"The proxy 127.0.0.1:{proxy.port} requires a user name and a password (407): set them in [network] proxy"
    assert "s3same" not in said


def test_a_proxy_that_is_not_one_is_reported() -> None:
    with (
        Proxy("SSH-2.0-OpenSSH_9.6") as proxy,
        pytest.raises(NetworkError, match=r"The proxy \S+ answers, but not as a proxy does"),
    ):
        connect("https://api.example.com/v1", Network(proxy=f"http://127.0.0.1:{proxy.port}"))


def test_one_search_is_made_with_the_token() -> None:
    with ConvosoServer(account(7, token=TOKEN)) as server:
        found = search(server.base_url, Token(TOKEN), Network())
    assert isinstance(found.answer, Page)
    assert (len(found.answer.rows), found.answer.total) == (1, 7)
    assert found.ahead is None
    assert [dict(asked.parameters) for asked in server.requests] == [{"offset": "0", "limit": "1", "auth_token": TOKEN}]


def test_a_search_that_is_refused_tells_why_and_what_the_clock_says() -> None:
    with ConvosoServer(account(1)) as server:
        server.always = faults.status(401, headers={"Date": "Mon, 02 Mar 2026 10:00:00 GMT"})
        found = search(server.base_url, Token(TOKEN), Network())
    assert isinstance(found.answer, TokenError)
    assert found.ahead is not None
    assert found.ahead > 0


def test_a_date_that_is_none_is_none() -> None:
    with ConvosoServer(account(1)) as server:
        server.always = faults.status(401, headers={"Date": "yesterday"})
        assert search(server.base_url, Token(TOKEN), Network()).ahead is None


def test_an_invalid_answer_is_requested_only_once() -> None:
    with ConvosoServer(account(1)) as server:
        server.always = faults.html()
        found = search(server.base_url, Token(TOKEN), Network())
        assert isinstance(found.answer, UnreadableAnswer)
        assert len(server.requests) == 1


def test_an_answer_that_drips_is_abandoned() -> None:
    with ConvosoServer(account(1)) as server:
        server.always = faults.drip(0.05)
        found = search(server.base_url, Token(TOKEN), QUICK)
    assert isinstance(found.answer, TimeOutError)
    assert "did not come whole within 0.75 s" in found.answer.message


def test_the_token_is_in_no_error_even_where_the_server_repeats_it() -> None:
    with ConvosoServer(account(1)) as server:
        server.always = faults.application_error(9, f"No such thing as {TOKEN}")
        found = search(server.base_url, Token(TOKEN), Network())
    assert isinstance(found.answer, SearchError)
    assert TOKEN not in str(found.answer)
