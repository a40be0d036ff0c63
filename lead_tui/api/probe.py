"""The doctor's steps to the server, each tried once: its name, a secure connection, a search for one lead."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple, TypeVar, cast
from urllib.parse import urlsplit

from lead_tui.api.connections import RequestState, Route
from lead_tui.api.parsing import parse_page, parse_records
from lead_tui.api.response_errors import parse_http_date
from lead_tui.api.threads import in_thread
from lead_tui.api.transport import HttpTransport, Reply, clean_tls_environment, redact_error, translate_error
from lead_tui.config.address import host_of
from lead_tui.config.settings import Network
from lead_tui.leads.errors import NetworkError, SearchError, TimeOutError, TooManyRequests
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Token
from lead_tui.leads.records import Records, RecordsQuery, Section
from lead_tui.leads.text import one_line

Result = TypeVar("Result")


class TlsInfo(NamedTuple):
    """A secure connection, and the server's certificate."""

    protocol: str
    """As ``TLSv1.3``."""
    issuer: str
    """The signer of the certificate; "" if the system does not say."""
    expires: datetime | None
    """Aware; None if the system does not say."""


class ProbeResult(NamedTuple):
    """The outcome of a search for one lead."""

    page: Page | None
    error: SearchError | None
    """Why there is no page."""
    ahead: float | None
    """Seconds that this machine's clock is ahead of the server's, give or take ``doubt``; None if the server sends no date."""
    doubt: float
    """Seconds: half the time of the answer, and half of the second to which servers give the date."""


def peer_name(base_url: str, network: Network) -> str:
    """Return the text for what connections are made to: the server, or its proxy."""
    return f"the proxy {host_of(network.proxy)}" if network.proxy else host_of(base_url)


def resolve(base_url: str, network: Network) -> list[str]:
    """Return the addresses of the server, or of the proxy. Raises ``NetworkError``."""
    parts = urlsplit(network.proxy or base_url)

    def look_up() -> list[str]:
        found = socket.getaddrinfo(parts.hostname, parts.port or parts.scheme, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    return _tried(look_up, base_url, network, f"The name of {peer_name(base_url, network)} was not found")


def connect(base_url: str, network: Network) -> TlsInfo | None:
    """Open a connection as for a search and close it; return what is known of its TLS, None for a plain one.

    Sends no request, except to a proxy the one to connect. Raises ``NetworkError``.
    """
    clean_tls_environment()

    def open_and_close() -> TlsInfo | None:
        route = Route(base_url, network)
        with closing(route.connect()) as opened:
            return _tls_info(route.stream(opened).get_extra_info("ssl_object")) if base_url.startswith("https:") else None

    return _tried(open_and_close, base_url, network, f"{host_of(base_url)} made no connection")


def search(base_url: str, token: Token | None, network: Network) -> ProbeResult:
    """Search for any one lead, once. Errors of the server are in the result."""
    parameters = {"offset": "0", "limit": "1", **({"auth_token": token.reveal()} if token else {})}

    def send() -> tuple[Page | SearchError, Reply | None, datetime]:
        reply = None
        try:
            reply = transport.send(parameters, 1, lambda: False, RequestState())
            ended = datetime.now(UTC)
            return parse_page(reply, 0, 1, lambda: False, threading.Lock()), reply, ended
        except SearchError as error:
            return redact_error(error, token), reply, datetime.now(UTC)

    with closing(HttpTransport(base_url, network, 1)) as transport:
        try:
            outcome, reply, ended = _in_time(send, network.deadline(1))
        except TimeoutError:
            message = f"The answer of {host_of(base_url)} did not come whole within {network.deadline(1):g} s"
            return ProbeResult(None, TimeOutError(message, remedy="try again later"), None, 0.5)
    server_time = parse_http_date(reply.headers.get("date", "")) if reply is not None else None
    doubt = 0.5 if reply is None else reply.seconds / 2 + 0.5
    ahead = None if server_time is None else (ended - server_time).total_seconds() - doubt
    page, error = (None, outcome) if isinstance(outcome, SearchError) else (outcome, None)
    return ProbeResult(page, error, ahead, doubt)


def records(base_url: str, token: Token, network: Network, queries: Iterable[RecordsQuery]) -> dict[Section, Records | SearchError]:
    """Return the records of each of *queries*, requested once, or why there are none.

    Nothing further is requested if the network fails, or if the server wants fewer requests.
    """

    def send(query: RecordsQuery) -> Records | SearchError:
        parameters = {**query.parameters(), "auth_token": token.reveal()}
        try:
            reply = transport.send(parameters, query.limit, lambda: False, RequestState(), query.section)
            return parse_records(reply, lambda: False, section=query.section)
        except SearchError as error:
            return redact_error(error, token)

    found: dict[Section, Records | SearchError] = {}
    with closing(HttpTransport(base_url, network, 1)) as transport, suppress(TimeoutError):
        for query in queries:
            found[query.section] = _in_time(partial(send, query), network.deadline(query.limit))
            if isinstance(found[query.section], NetworkError | TooManyRequests):
                break
    return found


def _tried(step: Callable[[], Result], base_url: str, network: Network, what: str) -> Result:
    """Return the result of *step*; *what* begins the message if it takes too long. Raises ``NetworkError``."""
    try:
        return _in_time(step, network.connect_timeout)
    except NetworkError:
        raise
    except TimeoutError:
        error: SearchError = TimeOutError(
            f"{what} within {network.connect_timeout:g} s", remedy="check the network, or try again later"
        )
    except Exception as failure:
        error = translate_error(failure, host_of(base_url), network, network.connect_timeout, is_answered=False)
    raise error


def _in_time(call: Callable[[], Result], seconds: float) -> Result:
    """Return the result of *call*. Raises ``TimeoutError`` after *seconds*: DNS has no timeout of its own."""

    async def wait() -> Result:
        async with asyncio.timeout(seconds):
            return await in_thread(lambda _: call(), name="probe")

    return asyncio.run(wait())


def _tls_info(connection: ssl.SSLObject) -> TlsInfo:
    certificate = connection.getpeercert() or {}
    parts = cast("tuple[tuple[tuple[str, str], ...], ...]", certificate.get("issuer", ()))
    names = dict(pair for part in parts for pair in part)
    issuer = one_line(names.get("organizationName") or names.get("commonName") or "", 60)
    until = certificate.get("notAfter")
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) if isinstance(until, str) else None
    return TlsInfo(connection.version() or "TLS", issuer, expires)
