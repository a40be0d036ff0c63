"""The doctor's steps to the server, each tried once: resolve its name, connect securely, search for one lead."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar, cast
from urllib.parse import urlsplit

from lead_tui.api.client import Client
from lead_tui.api.connections import Route
from lead_tui.api.parsing import parse_http_date, parse_page
from lead_tui.api.threads import IsCancelled, in_thread
from lead_tui.api.transport import ENDPOINT, Reply, translate_error
from lead_tui.config.settings import Network, Pace, host_of
from lead_tui.leads.errors import NetworkError, SearchError, TooManyRequests
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Token
from lead_tui.leads.records import Records, RecordsQuery, Section
from lead_tui.leads.text import one_line

Result = TypeVar("Result")


class TlsInfo(NamedTuple):
    """A TLS connection, and the server's certificate."""

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
    """Seconds that this machine's clock is ahead of the server's; 0.0 if that is too little to tell, None without a date."""


def peer_name(base_url: str, network: Network) -> str:
    """Return a text for the peer of connections: the server, or the proxy."""
    return f"the proxy {host_of(network.proxy)}" if network.proxy else host_of(base_url)


def resolve(base_url: str, network: Network) -> list[str]:
    """Return the addresses of the server, or of the proxy. Raises ``NetworkError``."""
    parts = urlsplit(network.proxy or base_url)

    def look_up() -> list[str]:
        found = socket.getaddrinfo(parts.hostname, parts.port or parts.scheme, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    return _tried(look_up, base_url, network, late=socket.gaierror)


def connect(base_url: str, network: Network) -> TlsInfo | None:
    """Open a connection as for a search and close it; return what is known about its TLS, None for a plain one.

    Sends no request, except for ``CONNECT`` to a proxy. Raises ``NetworkError``.
    """

    def open_and_close() -> TlsInfo | None:
        with closing(Route(base_url, network).connect()) as opened:
            return _tls_info(opened) if isinstance(opened, ssl.SSLSocket) else None

    return _tried(open_and_close, base_url, network)


def search(base_url: str, token: Token, network: Network) -> ProbeResult:
    """Search for any one lead, once. Errors of the server are in the result."""
    seen: list[tuple[Reply, datetime]] = []

    def parse(reply: Reply, is_cancelled: IsCancelled) -> Page:
        seen.append((reply, datetime.now(UTC)))
        return parse_page(reply, 0, 1, is_cancelled, threading.Lock())

    page = error = None
    try:
        page = _asked(base_url, token, network, lambda client: client.request(ENDPOINT, {"offset": "0", "limit": "1"}, 1, parse))
    except SearchError as failure:
        error = failure
    ahead = None
    for reply, ended in seen:
        if server_time := parse_http_date(reply.headers.get("date", "")):
            # The error is half the response time and half a second, since dates have whole seconds; another one does not matter.
            ahead = (ended - server_time).total_seconds() - reply.seconds / 2 - 0.5
            ahead = 0.0 if abs(ahead) <= reply.seconds / 2 + 1.5 else ahead
    return ProbeResult(page, error, ahead)


def records(base_url: str, token: Token, network: Network, queries: Iterable[RecordsQuery]) -> dict[Section, Records | SearchError]:
    """Return the records of each of *queries*, requested once, or why there are none.

    Nothing further is requested if the network fails, or if the server wants fewer requests.
    """

    async def ask(client: Client) -> dict[Section, Records | SearchError]:
        found: dict[Section, Records | SearchError] = {}
        for query in queries:
            try:
                found[query.section] = await client.records_once(query)
            except SearchError as error:
                found[query.section] = error
                if isinstance(error, NetworkError | TooManyRequests):
                    break
        return found

    return _asked(base_url, token, network, ask)


def _asked(base_url: str, token: Token, network: Network, ask: Callable[[Client], Awaitable[Result]]) -> Result:
    """Return the result of *ask*, called with a client that does not limit the rate of its few requests."""

    async def run() -> Result:
        with closing(Client(base_url, token, network=network, pace=Pace(requests_per_second=0))) as client:
            return await ask(client)

    return asyncio.run(run())


def _tried(step: Callable[[], Result], base_url: str, network: Network, *, late: type[OSError] = TimeoutError) -> Result:
    """Return the result of *step*; *late* is reported if it takes too long: DNS has no timeout of its own.

    Raises ``NetworkError``.
    """
    try:
        return asyncio.run(asyncio.wait_for(in_thread(lambda _: step(), "probe"), network.connect_timeout))
    except NetworkError:
        raise
    except Exception as failure:
        error = translate_error(late() if isinstance(failure, TimeoutError) else failure, host_of(base_url), network)
    raise error


def _tls_info(connection: ssl.SSLSocket) -> TlsInfo:
    certificate = connection.getpeercert() or {}
    parts = cast("tuple[tuple[tuple[str, str], ...], ...]", certificate.get("issuer", ()))
    names = dict(pair for part in parts for pair in part)
    issuer = one_line(names.get("organizationName") or names.get("commonName") or "", 60)
    until = certificate.get("notAfter")
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) if isinstance(until, str) else None
    return TlsInfo(connection.version() or "TLS", issuer, expires)
