"""The way to the server one step at a time, each tried once: its name, a secure connection, a search for one lead.

What a search takes for granted is looked at here on its own, so that somebody can be told which step fails.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar, cast
from urllib.parse import SplitResult, unquote, urlsplit

from lead_tui import limits
from lead_tui.api.address import host_of
from lead_tui.api.exchange import Sending
from lead_tui.api.parsing import page_of
from lead_tui.api.redaction import bare
from lead_tui.api.server_waits import moment
from lead_tui.api.threads import in_thread
from lead_tui.api.transport import Http, ignore_environment, trusted
from lead_tui.config.settings import Network
from lead_tui.leads.errors import NetworkError, SearchError, TimeOutError
from lead_tui.leads.page import Page
from lead_tui.leads.text import one_line
from lead_tui.leads.token import Token

Result = TypeVar("Result")

_PORTS = {"https": 443, "http": 80}


class Secured(NamedTuple):
    """A secure connection that was made, and the certificate it was made with."""

    protocol: str
    """As ``TLSv1.3``."""
    issuer: str
    """Who signed the certificate, "" where the system does not tell."""
    expires: datetime | None
    """When it does, aware; None where the system does not tell."""


class CountedRequests(NamedTuple):
    """What came of a search for one lead."""

    page: Page | None
    error: SearchError | None
    """Why there is no page."""
    ahead: float | None
    """Seconds that this machine's clock is ahead of the server's, give or take ``doubt``; None where the server tells no time."""
    doubt: float
    """Half the time that the answer took, and half of the second to which servers tell the time."""


def asked_of(base_url: str, network: Network) -> str:
    """Whom connections are made to, to be shown: the server, or the proxy before it."""
    return f"the proxy {host_of(network.proxy)}" if network.proxy else host_of(base_url)


def resolve(base_url: str, network: Network) -> list[str]:
    """The addresses of the server's name, or of the proxy's. Raises ``NetworkError``."""
    parts = urlsplit(network.proxy or base_url)

    def look_up() -> list[str]:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    return _tried(look_up, base_url, network, f"The name of {asked_of(base_url, network)} was not found")


def connect(base_url: str, network: Network) -> Secured | None:
    """A connection with the server, made and closed; None where it is a plain one.

    Through an ``https://`` proxy it leads to the proxy. Nothing is sent that a search would send. Raises ``NetworkError``.
    """

    ignore_environment()

    def make() -> Secured | None:
        with _connection(base_url, network) as plain:
            secure_proxy = network.proxy.startswith("https:")
            if not (secure_proxy or base_url.startswith("https:")):
                return None
            host = urlsplit(network.proxy if secure_proxy else base_url).hostname
            with trusted(network).wrap_socket(plain, server_hostname=host) as secure:
                return _secured(secure)

    return _tried(make, base_url, network, f"{host_of(base_url)} made no connection")


def search(base_url: str, token: Token | None, network: Network) -> CountedRequests:
    """A search for one lead, whichever it is; asked once. Never raises for what the server does."""
    connection = Http(base_url, network, 1)
    sent = {"offset": "0", "limit": "1", **({"auth_token": token.reveal()} if token else {})}
    date, seconds, ended = "", 0.0, datetime.now(UTC)

    def ask() -> Page | SearchError:
        nonlocal date, seconds, ended
        try:
            reply = connection.get(sent, 1, lambda: False, Sending())
            date, seconds, ended = reply.headers.get("date", ""), reply.seconds, datetime.now(UTC)
            return page_of(reply, 0, 1, lambda: False, threading.Lock())
        except SearchError as error:
            return bare(error, token)

    try:
        outcome: Page | SearchError = _in_time(ask, network.deadline(1))
    except TimeoutError:
        outcome = TimeOutError(
            f"The answer of {host_of(base_url)} did not come whole within {network.deadline(1):g} s", remedy="try again later"
        )
    finally:
        connection.close()
    told = moment(date)
    ahead = None if told is None else (ended - told).total_seconds() - seconds / 2 - 0.5
    failed = isinstance(outcome, SearchError)
    return CountedRequests(None if failed else outcome, outcome if failed else None, ahead, seconds / 2 + 0.5)  # type: ignore[arg-type]


def _tried(step: Callable[[], Result], base_url: str, network: Network, what: str) -> Result:
    """What *step* returns; *what* is said where it takes too long. Raises ``NetworkError``."""
    try:
        return _in_time(step, network.connect_timeout)
    except NetworkError:
        raise
    except TimeoutError:
        error: SearchError = TimeOutError(
            f"{what} within {network.connect_timeout:g} s", remedy="check the network, or try again later"
        )
    except Exception as failure:
        # Imported here: it knows httpx, which takes a while.
        from lead_tui.api.errors import fault_of

        error = fault_of(failure, host_of(base_url), network, network.connect_timeout, answering=False)
    raise error


def _in_time(call: Callable[[], Result], seconds: float) -> Result:
    """What *call* returns or raises; ``TimeoutError`` after *seconds*: a look-up of a name knows no limit of its own."""

    async def wait() -> Result:
        async with asyncio.timeout(seconds):
            return await in_thread(lambda _: call(), name="probe")

    return asyncio.run(wait())


def _connection(base_url: str, network: Network) -> socket.socket:
    """A connection with the server, through the proxy where there is one that passes things on. Raises ``OSError``."""
    server, first = urlsplit(base_url), urlsplit(network.proxy or base_url)
    connection = socket.create_connection((first.hostname, _port(first)), network.connect_timeout)
    if not network.proxy.startswith("http:") or server.scheme != "https":
        return connection
    try:
        _tunnel(connection, first, f"{_bracketed(server.hostname or '')}:{_port(server)}", network)
    except BaseException:
        connection.close()
        raise
    return connection


def _tunnel(connection: socket.socket, proxy: SplitResult, target: str, network: Network) -> None:
    """Have *proxy* pass on what comes to *target*. Raises ``NetworkError`` where it does not."""
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.username:
        known = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        lines.append(f"Proxy-Authorization: Basic {b64encode(known.encode()).decode('ascii')}")
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    answer = b""
    # A byte at a time: what comes behind the head is not ours to take.
    while not answer.endswith(b"\r\n\r\n") and len(answer) < limits.MAX_PROXY_HEAD_BYTES and (byte := connection.recv(1)):
        answer += byte
    status = answer.split(b"\r\n", 1)[0].split(b" ", 2)
    if len(status) < 2 or not (status[0].startswith(b"HTTP/1.") and status[1].startswith(b"2")):
        said = one_line(b" ".join(status[1:]).decode("latin-1"), 60)
        raise NetworkError(
            f"The proxy {host_of(network.proxy)} does not let a connection with {target} through{f' ({said})' if said else ''}",
            remedy="check [network] proxy",
        )


def _secured(connection: ssl.SSLSocket) -> Secured:
    certificate = connection.getpeercert() or {}
    parts = cast("tuple[tuple[tuple[str, str], ...], ...]", certificate.get("issuer", ()))
    names = dict(pair for part in parts for pair in part)
    issuer = one_line(names.get("organizationName") or names.get("commonName") or "", 60)
    until = certificate.get("notAfter")
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) if isinstance(until, str) else None
    return Secured(connection.version() or "TLS", issuer, expires)


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
