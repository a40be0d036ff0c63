"""The token appears only in the request: no error, traceback, log or repr contains it."""

from __future__ import annotations

import gc
import logging
import socket
import ssl
import traceback
from pathlib import Path

import pytest

from lead_tui.api.client import Client
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.errors import ApplicationError, SearchError
from lead_tui.leads.permissions import MASK, MIN_MASKED_CHARACTERS, Token, mask_token
from lead_tui.leads.query import Query
from lead_tui.leads.text import one_line
from tests.servers import faults
from tests.servers.clocks import InstantClock
from tests.servers.convoso_server import ConvosoServer, Fault
from tests.servers.leads import account
from tests.servers.tls import CA_FILE, server_side

TOKEN = "s3cr3t&tok/en+0123456789abcdef"
ENCODED = "s3cr3t%26tok%2Fen%2B0123456789abcdef"


def everything_about(error: BaseException) -> str:
    """Return all that a crash report could print of *error*: its message, members, causes, and the locals of its frames."""
    told: list[str] = []
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        each = pending.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        told += [str(each), repr(each), repr(each.args), repr(vars(each)), *map(repr, gc.get_referents(each))]
        told += traceback.TracebackException.from_exception(each, capture_locals=True).format()
        pending += [each.__cause__, each.__context__]
    return "\n".join(told)


def assert_kept(text: str) -> None:
    assert TOKEN.lower() not in text.lower()
    assert ENCODED.lower() not in text.lower()


FAULTS: dict[str, Fault] = {
    "401": faults.status(401),
    "404": faults.status(404),
    "500": faults.status(500),
    "429": faults.too_many("1"),
    "a redirect that repeats the query": faults.redirect(f"https://elsewhere.example/v1?auth_token={ENCODED}"),
    "a redirect to a host named like the token": faults.redirect(f"https://{ENCODED}.example/"),
    "the server's words repeat it": faults.application_error(9999, f"Token {TOKEN} is odd, {ENCODED} too"),
    "a refusal's words repeat it": faults.application_error(5001, f"Bad token {TOKEN}", http_status=401),
    "a cut body": faults.cut(),
    "cut JSON": faults.cut_json(),
    "a web page": faults.html(),
    "no answer": faults.hang_up(),
    "a reset": faults.reset(),
    "no HTTP": faults.garbage(),
    "badly compressed": faults.body(b"none", headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_no_error_and_no_log_holds_the_token(server: ConvosoServer, fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client(server.base_url, Token(TOKEN), pace=Pace(0), clock=InstantClock())
    server.always = fault
    caught = await _caught(client)
    client.close()
    assert server.requests[0]["auth_token"] == TOKEN
    assert (caught.__cause__, caught.__context__) == (None, None)
    assert_kept(everything_about(caught))
    assert_kept(caplog.text)
    assert_kept(f"{client!r} {vars(client)!r}")


async def _caught(client: Client) -> SearchError:
    try:
        await client.fetch(Query(), 0, 10)
    except SearchError as error:
        return error
    raise AssertionError("nothing went wrong")


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:9/v1", "https://127.0.0.1:9/v1"])
async def test_an_error_without_any_server_does_not_hold_it_either(base_url: str) -> None:
    client = Client(base_url, Token(TOKEN), network=Network(connect_timeout=1), clock=InstantClock())
    assert_kept(everything_about(await _caught(client)))
    client.close()


async def test_a_server_that_is_not_trusted_never_gets_it() -> None:
    with ConvosoServer(account(10), tls=server_side("self_signed")) as server:
        client = Client(server.base_url, Token(TOKEN), clock=InstantClock())
        assert_kept(everything_about(await _caught(client)))
        client.close()
        assert server.requests == []


async def test_a_request_that_is_sent_while_the_client_closes_is_not_sent_in_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    plain: list[bytes] = []
    shut_down = socket.socket.shutdown

    def shut_down_late(opened: socket.socket, how: int) -> None:
        if isinstance(opened, ssl.SSLSocket) and not opened.server_side:
            opened.sendall(TOKEN.encode())
        shut_down(opened, how)

    with ConvosoServer(account(10), tls=server_side("good")) as server:
        client = Client(server.base_url, Token(TOKEN), network=Network(ca_file=Path(CA_FILE)))
        await client.fetch(Query(), 0, 10)
        with monkeypatch.context() as patch:
            patch.setattr(socket.socket, "sendall", lambda _, data, *__: plain.append(bytes(data)))
            patch.setattr(socket.socket, "shutdown", shut_down_late)
            client.close()
    assert plain == []


async def test_a_redirect_is_not_followed() -> None:
    with ConvosoServer(account(10)) as server, ConvosoServer(account(10)) as elsewhere:
        client = Client(server.base_url, Token(TOKEN))
        server.always = faults.redirect(f"{elsewhere.base_url}/leads/search", 307)
        caught = await _caught(client)
        client.close()
        assert f"127.0.0.1:{elsewhere.port}" in str(caught)
        assert (len(server.requests), elsewhere.requests) == (1, [])


async def test_what_the_server_repeats_of_the_token_is_masked_and_the_rest_is_shown(server: ConvosoServer) -> None:
    client = Client(server.base_url, Token(TOKEN))
    server.next(faults.application_error(9999, f"Token {TOKEN} is odd"))
    caught = await _caught(client)
    client.close()
    assert isinstance(caught, ApplicationError)
    assert f'"Token {MASK} is odd"' in str(caught)


@pytest.mark.parametrize("fault", ["notice", "text"])
async def test_nor_does_a_page_hold_it(server: ConvosoServer, fault: str) -> None:
    client, notices = Client(server.base_url, Token(TOKEN)), list[str]()
    client.on_notice = notices.append
    if fault == "notice":
        words = f"\nWarning: file({ENCODED}): failed in /srv/x.php on line 1\n".encode()
        server.next(faults.body(words + b'{"success":true,"data":{"entries":[]}}'))
    else:
        server.next(faults.application_error(6001, f"No lead for {TOKEN}"))
    page = await client.fetch(Query(), 0, 10)
    client.close()
    assert MASK in page.notice + page.text
    assert_kept(f"{page.notice} {page.text} {notices}")


@pytest.mark.parametrize("kept", range(len(TOKEN)))
def test_the_beginning_of_a_token_is_masked_where_a_message_is_cut(kept: int) -> None:
    words = f"https://backend.example/?auth_token={TOKEN}"
    cut = mask_token(one_line(words, len(words) - len(TOKEN) + kept + 1), Token(TOKEN))
    assert TOKEN[:MIN_MASKED_CHARACTERS] not in cut
    assert cut.startswith("https://backend.example/?auth_token=")


async def test_nor_does_a_cut_message_of_the_server_hold_its_beginning(server: ConvosoServer) -> None:
    client = Client(server.base_url, Token(TOKEN), pace=Pace(0), clock=InstantClock())
    title = f"<title>Cannot GET https://backend.example/?auth_token={TOKEN}</title>".encode()
    server.next(faults.body(title, 404, {"Content-Type": "text/html"}))
    caught = await _caught(client)
    client.close()
    assert "auth_token=" in str(caught)
    assert TOKEN[:MIN_MASKED_CHARACTERS] not in str(caught)


def test_a_short_token_garbles_no_text() -> None:
    assert mask_token("page 1 of 11", Token("1")) == "page 1 of 11"
    assert mask_token("nothing", None) == "nothing"
