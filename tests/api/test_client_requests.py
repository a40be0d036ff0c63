"""What the client sends, and where: only the filters, offset, limit and token, over a kept connection, ignoring the environment."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.errors import TokenError
from lead_tui.leads.lead import decode_row
from lead_tui.leads.page import PageSource
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Exchange
from tests.servers.leads import account, page
from tests.servers.proxy import Proxy

TOKEN = "0123456789abcdefghijklmnopqrstuv"
NO_PACE = Pace(0, 1, 4)


@pytest.fixture
def server() -> Iterator[ConvosoServer]:
    with ConvosoServer(account(1_000_000)) as made:
        yield made


@pytest.fixture
def client(server: ConvosoServer) -> Iterator[Client]:
    made = Client(server.base_url, Token(TOKEN), pace=NO_PACE)
    yield made
    made.close()


async def test_a_request_holds_the_filters_offset_limit_and_token_and_nothing_else(server: ConvosoServer, client: Client) -> None:
    found = await client.fetch(Query.of({"status": "NEW", "state": "CA"}), 400, 50)
    (asked,) = server.requests
    assert asked.parameters == (("status", "NEW"), ("state", "CA"), ("offset", "400"), ("limit", "50"), ("auth_token", TOKEN))
    assert (asked.method, asked.path) == ("GET", "/v1/leads/search")
    assert not {"cookie", "authorization", "referer"} & set(asked.headers)
    assert TOKEN not in str(asked.headers)
    assert (found.total, len(found.rows), found.offset, found.limit) == (25_000, 50, 400, 50)
    assert list(found.ids) == [int(decode_row(row).lead_id) for row in found.rows]
    assert found.seconds > 0


VALUES = ["O'Brien & Söhne, 100%", "a+b c", "x=1&auth_token=2#?", "日本語 \U0001f600", "../..//;", "50%25", "tab\there", '"quoted"']


@pytest.mark.parametrize("value", VALUES)
async def test_a_value_arrives_as_it_was_given(server: ConvosoServer, client: Client, value: str) -> None:
    await client.fetch(Query((("city", value), ("+custom[a]", value))), 0, 10)
    (asked,) = server.requests
    assert asked.parameters[:2] == (("city", value), ("custom[a]", value))
    assert len(asked.parameters) == 5
    assert "+" not in asked.query


async def test_a_value_that_no_encoding_knows_does_no_harm(server: ConvosoServer, client: Client) -> None:
    await client.fetch(Query((("city", "a\udcffb"),)), 0, 10)
    assert server.requests[0]["city"] == "a?b"


async def test_a_blank_filter_is_not_sent_and_no_filter_replaces_what_the_client_sets(
    server: ConvosoServer, client: Client
) -> None:
    await client.fetch(Query((("city", ""), ("+limit", "9"), ("+auth_token", "x"))), 0, 10)
    assert sorted(server.requests[0].parameters) == [("auth_token", TOKEN), ("limit", "10"), ("offset", "0")]


@pytest.mark.parametrize(("with_time", "first", "last"), [(False, "", ""), (True, " 00:00:00", " 23:59:59")])
async def test_dates_are_sent_as_days_and_with_their_times_where_set(
    server: ConvosoServer, with_time: bool, first: str, last: str
) -> None:
    client = Client(server.base_url, Token(TOKEN), pace=NO_PACE, with_time=with_time)
    query = Query.of({"created_at_start_date": "-7d", "created_at_end_date": "today", "date_of_birth": "1980-01-02"})
    await client.fetch(query.dated(date(2026, 3, 9)), 0, 10)
    client.close()
    (asked,) = server.requests
    assert asked["created_at_start_date"] == f"2026-03-02{first}"
    assert asked["created_at_end_date"] == f"2026-03-09{last}"
    assert asked["date_of_birth"] == "1980-01-02"


@pytest.mark.parametrize(("asked_for", "sent"), [(1, 1), (2_000, 2_000), (2_001, 2_000), (10**9, 2_000), (0, 1)])
async def test_no_more_leads_are_requested_than_the_api_gives(
    server: ConvosoServer, client: Client, asked_for: int, sent: int
) -> None:
    found = await client.fetch(Query(), 0, asked_for)
    assert (server.requests[0]["limit"], found.limit, len(found.rows)) == (str(sent), sent, sent)


async def test_the_last_lead_of_a_million_is_a_page_away(client: Client) -> None:
    found = await client.fetch(Query(), 999_999, 200)
    assert (found.total, list(found.ids)) == (1_000_000, [1_999_999])


async def test_a_connection_is_kept_and_several_requests_go_side_by_side(server: ConvosoServer, client: Client) -> None:
    for offset in range(5):
        await client.fetch(Query(), offset, 1)
    assert server.connections == 1
    released = threading.Event()
    server.next(*[faults.held(released)] * 3)
    tasks = [asyncio.create_task(client.fetch(Query(), offset, 1)) for offset in range(3)]
    await asyncio.to_thread(server.wait_for_requests, 8)
    released.set()
    assert [list(found.ids) for found in await asyncio.gather(*tasks)] == [[1_000_000], [1_000_001], [1_000_002]]
    assert server.connections == 3


async def test_a_compressed_answer_is_requested_and_read(server: ConvosoServer, client: Client) -> None:
    server.next(faults.gzipped())
    assert len((await client.fetch(Query(), 0, 2_000)).rows) == 2_000
    assert server.requests[0].headers["accept-encoding"] == "gzip"


async def test_a_cookie_is_accepted_and_not_sent_back(server: ConvosoServer, client: Client) -> None:
    server.next(faults.body(page([])[1], headers={"Set-Cookie": "APIUBUNTUBACKEND=one; Path=/"}))
    await client.fetch(Query(), 0, 1)
    await client.fetch(Query(), 0, 1)
    assert "cookie" not in server.requests[1].headers


async def test_interim_responses_are_skipped(server: ConvosoServer, client: Client) -> None:
    def hints(exchange: Exchange) -> None:
        exchange.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n")
        exchange.answer()

    server.next(hints)
    assert len((await client.fetch(Query(), 0, 7)).rows) == 7
    await client.fetch(Query(), 7, 1)
    assert server.connections == 1


# The token


async def test_without_a_token_nothing_is_sent(server: ConvosoServer) -> None:
    for token in (None, Token(""), Token("  ")):
        client = Client(server.base_url, token)
        with pytest.raises(TokenError, match="No API token: run lead-tui setup, or set CONVOSO_AUTH_TOKEN"):
            await client.fetch(Query(), 0, 1)
        client.close()
    assert server.requests == []


async def test_a_request_without_a_token_takes_no_permit() -> None:
    client = Client("https://api.example.com/v1", pace=Pace(1, 2, 1))
    for _ in range(5):
        with pytest.raises(TokenError):
            await client.fetch(Query(), 0, 1)
    assert int(client.permits_in_hand()) == 2
    client.close()


async def test_another_token_is_used_from_the_next_request_on(server: ConvosoServer, client: Client) -> None:
    await client.fetch(Query(), 0, 1)
    client.use_token(Token("second-token"))
    await client.fetch(Query(), 0, 1)
    assert [asked["auth_token"] for asked in server.requests] == [TOKEN, "second-token"]


async def test_a_token_with_any_characters_arrives_whole(server: ConvosoServer, client: Client) -> None:
    client.use_token(Token("a+b&c=d%20 é"))
    await client.fetch(Query(), 0, 1)
    assert server.requests[0]["auth_token"] == "a+b&c=d%20 é"


# In this process


async def test_a_function_answers_without_a_token_and_gets_the_same_parameters() -> None:
    asked: list[Mapping[str, str]] = []

    def answering(_endpoint: str, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        asked.append(dict(parameters))
        return account(500)(parameters)

    client = Client("https://demo.example.com/v1", pace=NO_PACE, handler=answering)
    found = await client.fetch(Query.of({"status": "NEW"}), 0, 20)
    client.close()
    assert (found.total, len(found.rows)) == (100, 20)
    assert asked == [{"status": "NEW", "offset": "0", "limit": "20"}]


async def test_an_unexpected_error_of_the_function_is_raised() -> None:
    def answering(_endpoint: str, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        raise LookupError("a mistake of the demo's")

    client = Client("https://demo.example.com/v1", handler=answering)
    with pytest.raises(LookupError, match="a mistake"):
        await client.fetch(Query(), 0, 1)


# The environment


async def test_no_proxy_is_taken_from_the_environment(server: ConvosoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    client = Client(server.base_url, Token(TOKEN))
    assert (await client.fetch(Query(), 0, 1)).total == 1_000_000
    client.close()


async def test_a_proxy_is_asked_for_a_tunnel_in_the_name_of_the_user_where_it_is_set(server: ConvosoServer) -> None:
    with Proxy() as proxy:
        client = Client(
            server.base_url, Token(TOKEN), network=Network(proxy=f"http://me:w%40rd@127.0.0.1:{proxy.port}"), pace=NO_PACE
        )
        assert (await client.fetch(Query(), 0, 1)).total == 1_000_000
        client.close()
        (head,) = proxy.heads
    assert head.startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n")
    assert "\r\nProxy-Authorization: Basic bWU6d0ByZA==\r\n" in head


# Imports, and the port


def test_the_client_is_a_page_source(client: Client) -> None:
    source: PageSource = client
    assert source is client


def test_importing_and_making_a_client_loads_nothing_heavy() -> None:
    script = """
import sys
from lead_tui.api.client import Client
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.permissions import Token
client = Client("https://api.example.com/v1", Token("secret-token"), pace=Pace(), network=Network())
client.close()
print(sorted({"http", "truststore", "ssl", "rich", "textual"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['ssl']" or done.stdout.strip() == "[]"


def test_a_function_answers_without_an_http_client() -> None:
    script = """
import asyncio, sys
from lead_tui.api.client import Client
from lead_tui.leads.query import Query
client = Client("https://demo.example.com/v1", handler=lambda *asked: (200, b'{"success":true,"data":{"entries":[]}}'))
asyncio.run(client.fetch(Query(), 0, 10))
print(sorted({"http", "truststore"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_large_page_is_waited_for_longer() -> None:
    network = Network()
    assert network.patience(200) == limits.READ_TIMEOUT
    assert network.patience(limits.MAX_LIMIT) == limits.BULK_READ_TIMEOUT
    assert Network(read_timeout=5).patience(limits.MAX_LIMIT) == 10
