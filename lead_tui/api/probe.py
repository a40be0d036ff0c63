"""The doctor's steps to the server, each tried once: its name, a secure connection, a search for one lead."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar, cast
from urllib.parse import urlsplit

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


class Secured(NamedTuple):
    """A secure connection, and the server's certificate."""

    protocol: str
    """As ``TLSv1.3``."""
    issuer: str
    """The signer of the certificate; "" if the system does not say."""
    expires: datetime | None
    """Aware; None if the system does not say."""


class CountedRequests(NamedTuple):
    """The outcome of a search for one lead."""

    page: Page | None
    error: SearchError | None
    """Why there is no page."""
    ahead: float | None
    """Seconds that this machine's clock is ahead of the server's, give or take ``doubt``; None if the server sends no date."""
    doubt: float
    """Seconds: half the time of the answer, and half of the second to which servers give the date."""


def asked_of(base_url: str, network: Network) -> str:
    """Return the text for what connections are made to: the server, or its proxy."""
    return f"the proxy {host_of(network.proxy)}" if network.proxy else host_of(base_url)


def resolve(base_url: str, network: Network) -> list[str]:
    """Return the addresses of the server, or of the proxy. Raises ``NetworkError``."""
    parts = urlsplit(network.proxy or base_url)

    def look_up() -> list[str]:
        found = socket.getaddrinfo(parts.hostname, parts.port or parts.scheme, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    return _tried(look_up, base_url, network, f"The name of {asked_of(base_url, network)} was not found")


def connect(base_url: str, network: Network) -> Secured | None:
    """Return the secure connection that a search would use, made and closed; None for a plain one.

    No request is sent, but to a proxy the one to connect. Raises ``NetworkError``.
    """
    ignore_environment()

    def make() -> Secured | None:
        import httpx

        found: Secured | None = None

        def trace(event: str, info: dict[str, Any]) -> None:
            nonlocal found
            if event.endswith("start_tls.complete"):
                # The last one is with the server: an https proxy comes before it.
                found = _secured(info["return_value"].get_extra_info("ssl_object"))
            elif event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
                raise _Connected

        timeout = dict.fromkeys(("connect", "read", "write", "pool"), network.connect_timeout)
        request = httpx.Request("GET", base_url, extensions={"trace": trace, "timeout": timeout})
        with httpx.HTTPTransport(verify=trusted(network), proxy=network.proxy or None, trust_env=False) as transport:
            try:
                transport.handle_request(request)
            except _Connected:
                pass
            except httpx.RemoteProtocolError:
                # Nothing was sent to the server.
                raise NetworkError(
                    f"The proxy {host_of(network.proxy)} answers, but not as a proxy does", remedy="check [network] proxy"
                ) from None
        return found

    return _tried(make, base_url, network, f"{host_of(base_url)} made no connection")


class _Connected(Exception):
    """Raised in place of sending the request."""


def search(base_url: str, token: Token | None, network: Network) -> CountedRequests:
    """Search for any one lead, once. Errors of the server are in the result."""
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
        # Imported here: it knows httpx, which takes a while.
        from lead_tui.api.errors import fault_of

        error = fault_of(failure, host_of(base_url), network, network.connect_timeout, answering=False)
    raise error


def _in_time(call: Callable[[], Result], seconds: float) -> Result:
    """Return the result of *call*. Raises ``TimeoutError`` after *seconds*: DNS has no timeout of its own."""

    async def wait() -> Result:
        async with asyncio.timeout(seconds):
            return await in_thread(lambda _: call(), name="probe")

    return asyncio.run(wait())


def _secured(connection: ssl.SSLSocket | ssl.SSLObject) -> Secured:
    certificate = connection.getpeercert() or {}
    parts = cast("tuple[tuple[tuple[str, str], ...], ...]", certificate.get("issuer", ()))
    names = dict(pair for part in parts for pair in part)
    issuer = one_line(names.get("organizationName") or names.get("commonName") or "", 60)
    until = certificate.get("notAfter")
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) if isinstance(until, str) else None
    return Secured(connection.version() or "TLS", issuer, expires)
