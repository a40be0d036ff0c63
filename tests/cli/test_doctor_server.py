"""The doctor's checks of the server, step by step."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from msgspec.structs import replace

from lead_tui.cli.doctor_account import search, server_name, tls
from lead_tui.config.settings import Network
from lead_tui.leads.errors import NetworkError, SearchError, TimeOutError, TokenError, UnreadableAnswer
from lead_tui.leads.permissions import Token
from tests.servers import faults
from tests.servers import tls as certificates
from tests.servers.convoso_server import ConvosoServer, Fault
from tests.servers.leads import account
from tests.servers.proxy import Proxy

TOKEN = "k3yk3yk3yk3yk3yk3yk3yk3yk3yk3yk3"
QUICK = Network(connect_timeout=0.25, read_timeout=0.25)
TRUSTING = Network(ca_file=Path(certificates.CA_FILE))


def test_a_name_has_addresses_each_once() -> None:
    assert server_name("http://127.0.0.1:9/v1", Network()) == "127.0.0.1:9 is 127.0.0.1"
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


def test_a_plain_connection_has_no_tls() -> None:
    with ConvosoServer(account(1)) as server:
        assert str(tls(server.base_url, Network())).startswith("none: plain http, to this machine alone; 127.0.0.1:")
        assert not server.requests


def test_a_connection_that_is_refused_is_reported() -> None:
    with ConvosoServer(account(1)) as server:
        url = server.base_url
    with pytest.raises(NetworkError, match="refuses connections"):
        tls(url, Network())


def test_a_secure_connection_is_reported() -> None:
    with ConvosoServer(account(1), tls=certificates.server_side("good")) as server:
        assert tls(server.base_url, TRUSTING) == f"TLSv1.3 with 127.0.0.1:{server.port}, whose certificate is valid"


def test_a_server_that_speaks_no_tls_is_reported() -> None:
    with ConvosoServer(account(1)) as server, pytest.raises(NetworkError, match="Cannot make a secure connection"):
        tls(server.base_url.replace("http:", "https:"), TRUSTING)


def test_certificates_to_trust_are_not_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificates.CA_FILE)
    with (
        ConvosoServer(account(1), tls=certificates.server_side("good")) as server,
        pytest.raises(NetworkError, match="local issuer certificate"),
    ):
        tls(server.base_url, Network())
    assert "SSL_CERT_FILE" not in os.environ


def test_a_handshake_that_is_never_answered_is_abandoned() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TimeOutError):
        tls(f"https://127.0.0.1:{silent.getsockname()[1]}/v1", QUICK)


def test_a_secure_connection_goes_through_a_proxy_that_gets_the_credentials() -> None:
    with ConvosoServer(account(1), tls=certificates.server_side("good")) as server, Proxy() as proxy:
        network = replace(TRUSTING, proxy=f"http://me:w%40rd@127.0.0.1:{proxy.port}")
        secured = tls(server.base_url, network)
        assert str(secured).startswith("TLSv1.3 with 127.0.0.1:")
        (head,) = proxy.heads
        assert head.startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n")
        assert "Proxy-Authorization: Basic bWU6d0ByZA==\r\n" in head
        assert search(server.base_url, Token(TOKEN), network)[0].total == 1


def test_a_proxy_that_lets_nothing_through_is_reported_without_its_password() -> None:
    with Proxy("HTTP/1.1 407 Proxy Authentication Required") as proxy, pytest.raises(NetworkError) as caught:
        tls("https://api.example.com/v1", Network(proxy=f"http://me:s3same@127.0.0.1:{proxy.port}"))
    said = str(caught.value)
    assert said == f"The proxy 127.0.0.1:{proxy.port} requires a user name and a password (407): set them in [network] proxy"
    assert "s3same" not in said


def test_a_proxy_that_is_not_one_is_reported() -> None:
    with Proxy("SSH-2.0-OpenSSH_9.6") as proxy, pytest.raises(NetworkError, match="answers, but not as a proxy does"):
        tls("https://api.example.com/v1", Network(proxy=f"http://127.0.0.1:{proxy.port}"))


def test_one_search_is_made_with_the_token() -> None:
    with ConvosoServer(account(7, token=TOKEN)) as server:
        page, ahead = search(server.base_url, Token(TOKEN), Network())
    assert (len(page.rows), page.total, ahead) == (1, 7, None)
    assert [dict(asked.parameters) for asked in server.requests] == [{"offset": "0", "limit": "1", "auth_token": TOKEN}]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(faults.status(401), TokenError), (faults.html(), UnreadableAnswer)],
)
def test_a_search_that_fails_is_requested_only_once(fault: Fault, kind: type[SearchError]) -> None:
    with ConvosoServer(account(1)) as server:
        server.always = fault
        with pytest.raises(kind):
            search(server.base_url, Token(TOKEN), Network())
        assert len(server.requests) == 1


def test_an_answer_that_drips_is_abandoned() -> None:
    with ConvosoServer(account(1)) as server:
        server.always = faults.drip(0.05)
        with pytest.raises(TimeOutError, match=r"was not complete within 0\.75 s"):
            search(server.base_url, Token(TOKEN), QUICK)


def test_the_token_is_in_no_error_even_where_the_server_repeats_it() -> None:
    with ConvosoServer(account(1)) as server:
        server.always = faults.application_error(9, f"No such thing as {TOKEN}")
        with pytest.raises(SearchError) as caught:
            search(server.base_url, Token(TOKEN), Network())
    assert TOKEN not in str(caught.value)
