"""The remedies in error messages: for a user who can change the configuration, and for one who cannot."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from h11 import RemoteProtocolError

from lead_tui.api.client import Client
from lead_tui.api.parsing import Reply, parse_page
from lead_tui.api.transport import translate_error
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.errors import SearchError, TokenError
from lead_tui.leads.permissions import EVERYTHING, Capabilities, Token, word_remedy
from lead_tui.leads.query import Query
from lead_tui.leads.records import RecordsQuery, Section
from tests.servers.convoso_server import ConvosoServer

SETTINGS = re.compile(r"base URL|token|\[network\]|clock|CONVOSO")
HOST = "api.example.com"

ANSWERS = (
    *((status, b"") for status in (301, 401, 403, 404, 429, 500, 503)),
    (404, b"<html></html>"),
    (200, b'{"success":false,"code":5001,"text":"no"}'),
    (200, b'{"success":false,"code":403,"text":"no"}'),
    (200, b'{"success":false,"code":7231,"text":"no"}'),
    (200, b'{"success":false,"code":9999,"text":"no"}'),
    (200, b"{}"),
    (200, b""),
    (200, b"<html></html>"),
)


def certificate(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, "bad"
    return error


def handshake() -> ssl.SSLError:
    error = ssl.SSLError()
    error.reason = "WRONG_VERSION_NUMBER"
    return error


FAILURES = (
    *(certificate(code) for code in (9, 10, 18, 20, 62, 99)),
    TimeoutError(), RemoteProtocolError("odd"), RemoteProtocolError("long", 431), ConnectionResetError(), socket.gaierror(),
    ConnectionRefusedError(), handshake(), ConnectionResetError(104, "reset"), OSError(101, "unreachable"), OSError(5, "other"),
    ValueError(),
)  # fmt: skip


def errors() -> Iterator[SearchError]:
    for status, body in ANSWERS:
        with pytest.raises(SearchError) as raised:
            parse_page(Reply(status, body, 0.0, {"location": "https://elsewhere.example/"}), 0, 10, lambda: False)
        yield raised.value
    for failure in FAILURES:
        for network in (Network(), Network(proxy="http://proxy.example:1", ca_file=Path("/nowhere"))):
            for patience in (None, 1.0):
                yield translate_error(failure, HOST, network, patience)


def test_every_error_says_what_to_do_next() -> None:
    for error in errors():
        assert error.remedy, error.message


def test_an_error_about_the_token_says_where_another_one_can_be_given() -> None:
    told = [error for error in errors() if isinstance(error, TokenError)]
    assert len(told) == 4
    assert all("in CONVOSO_AUTH_TOKEN or the profile's auth_token_file" in error.remedy for error in told)


def test_a_remedy_that_takes_a_setting_or_a_token_says_that_it_does() -> None:
    told = list(errors())
    assert {error.needs for error in told} == {"", "may_give_token", "may_choose_configuration"}
    assert set(Capabilities._fields) > {error.needs for error in told if error.needs}
    for error in told:
        assert bool(error.needs) is bool(SETTINGS.search(error.remedy)), str(error)


def test_a_user_who_can_change_nothing_is_told_whom_to_contact() -> None:
    for error in errors():
        before = str(error)
        word_remedy(error, EVERYTHING)
        assert str(error) == before
        word_remedy(error, Capabilities())
        assert not SETTINGS.search(error.remedy)
        assert (error.remedy == "contact the administrator of this host") is bool(error.needs)
        assert str(error).startswith(error.message)


async def test_an_error_that_the_client_raises_is_worded_for_its_user() -> None:
    with ConvosoServer(lambda _: (404, b"<html></html>")) as server:
        server.sections[Section.USERS] = server.answer
        client = Client(server.base_url, Token("plainly0synthetic0token000000001"), pace=Pace(0))
        client.capabilities = Capabilities(may_copy=True)
        with closing(client):
            for request in (client.fetch(Query(), 0, 10), client.records(RecordsQuery(Section.USERS))):
                with pytest.raises(SearchError, match=r"contact the administrator of this host$"):
                    await request
