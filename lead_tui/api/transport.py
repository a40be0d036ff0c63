"""Send one request and return its response as bytes, over HTTP or from a function in this process. It blocks: for threads."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from msgspec import Struct

from lead_tui import __version__, limits
from lead_tui.api.connections import Connections, RequestState
from lead_tui.api.exchange import Exchange, HeadTooLarge, NoAnswer, NotHttp, request_head
from lead_tui.api.threads import IsCancelled
from lead_tui.config.address import host_of
from lead_tui.config.settings import Network
from lead_tui.leads.errors import (
    ApplicationError,
    CutAnswer,
    NetworkError,
    SearchError,
    TimeOutError,
    UnknownIssuer,
    UnwantedAnswer,
)
from lead_tui.leads.permissions import SETTING_UP, Token, mask_token
from lead_tui.leads.text import one_line

ENDPOINT: Final = "leads/search"

RequestHandler = Callable[[str, Mapping[str, str]], tuple[int, bytes]]
"""A server in this process: from the endpoint and the parameters of a request to the status and the body of the response."""

_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_UNREADABLE: Final = b"\0"
"""Stands for a body that cannot be read: it is not the API's JSON."""


class Reply(Struct, frozen=True):
    """The server's response."""

    status: int
    body: bytes
    seconds: float
    """From the request's first byte to the response's last."""
    headers: Mapping[str, str] = _NO_HEADERS
    """Names in lower case."""
    host: str = ""
    """The server's host, for messages."""
    request_bytes: int = 0


class Transport:
    """Sends requests to a server. *base_url* has been checked (``address.checked_base_url``).

    With *handler*, that function is the server, and nothing is sent anywhere.
    """

    def __init__(self, base_url: str, network: Network, in_flight: int, handler: RequestHandler | None = None) -> None:
        self._base_url = base_url
        self._host = host_of(base_url)
        self._network = network
        self._connections = Connections(base_url, network, in_flight)
        self._handler = handler

    def send(
        self, parameters: Mapping[str, str], limit: int, is_cancelled: IsCancelled, state: RequestState, endpoint: str
    ) -> Reply:
        """Return the response of *endpoint* to *parameters*, which include the limit *limit*; keep *state* up to date.

        Raises ``SearchError``, and ``Abandoned`` once the caller was cancelled.
        """
        if self._handler:
            started = time.perf_counter()
            status, body = self._handler(endpoint, parameters)
            return Reply(status, body, time.perf_counter() - started)
        patience, seconds = self._network.patience(limit), self._network.deadline(limit)
        until = time.monotonic() + seconds
        try:
            return self._exchange(self._request(parameters, endpoint), patience, until, is_cancelled, state)
        except SearchError:
            raise
        except Exception as error:
            # Of any kind: each may refer to the request.
            if self._connections.is_closed:
                raise NetworkError("The connection was closed", remedy="start again") from None
            if isinstance(error, TimeoutError) and time.monotonic() >= until:
                message = f"The answer of {self._host} did not come whole within {seconds:g} s"
                raise TimeOutError(message, remedy="try again, or narrow the search") from None
            translated = translate_error(
                error, self._host, self._network, patience if state.sent_at else None, is_answered=state.is_answered
            )
            if isinstance(translated, NetworkError):
                is_broken = isinstance(error, OSError) and not isinstance(translated, TimeOutError)
                translated.on_kept_connection = state.idle_seconds is not None and not state.is_answered and is_broken
            raise translated from None

    def _request(self, parameters: Mapping[str, str], endpoint: str) -> bytes:
        # Values may contain what cannot be encoded: an argument's stray byte is a lone surrogate.
        query = urlencode(parameters, quote_via=quote, safe=",", errors="replace")
        server = urlsplit(self._base_url)
        headers = {
            "Host": server.netloc,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Connection": "keep-alive",
            "User-Agent": f"lead-tui/{__version__}",
        }
        return request_head(f"GET {server.path}/{endpoint}?{query}", headers)

    def warm(self, count: int, *ahead: Mapping[str, str]) -> None:
        """Open connections for the next *count* requests in the background, and send those for leads with parameters *ahead*."""
        self._connections.warm(count, *(self._request(parameters, ENDPOINT) for parameters in ahead))

    def close(self) -> None:
        """Close all connections at once; requests in progress fail."""
        self._connections.close()

    def _exchange(self, request: bytes, patience: float, until: float, is_cancelled: IsCancelled, state: RequestState) -> Reply:
        connection = self._connections.acquire(state, is_cancelled, request, until)
        exchange, started = Exchange(connection.opened.result(), self._host, patience, until), time.perf_counter()
        try:
            if not connection.sent:
                exchange.send(request)
            exchange.read_head()
            state.is_answered, status = True, exchange.status
            try:
                body = b"" if 300 <= status < 400 else exchange.body(is_cancelled)
            except Exception as error:
                # Of any kind: responses with these statuses are retried, as their headers say.
                is_retried = status >= 500 or status in (408, 425, 429)
                if not is_retried and (status < 400 or not isinstance(error, UnwantedAnswer)):
                    raise
                body = _UNREADABLE
        finally:
            self._connections.release(connection, is_kept=exchange.can_be_followed)
        return Reply(status, body, time.perf_counter() - started, exchange.headers, self._host, len(request))


# Errors


def redact_error(error: SearchError, token: Token | None) -> SearchError:
    """Return *error* without its frames and causes, and without the token if the server repeats it."""
    error.__cause__ = error.__context__ = None
    error.message, error.remedy = mask_token(error.message, token), mask_token(error.remedy, token)
    error.args = (error.message,)
    if isinstance(error, ApplicationError):
        error.text = mask_token(error.text, token)
    return error.with_traceback(None)


_TRY_LATER: Final = "check the network, or try again later"

_UNKNOWN_ISSUERS: Final = (20, 21)
_UNTRUSTED: Final = "is not signed by an authority that this machine trusts", "check the base URL, or set [network] ca_file"
_CERTIFICATES: Final = {
    # OpenSSL's codes (x509_vfy.h), which Python passes on as ``verify_code``.
    9: ("is not valid yet", "check this machine's clock"),
    10: ("has expired", "contact the administrator of the server, and check this machine's clock"),
    # Self-signed, alone or at the end of the chain; an issuer that is unknown or missing.
    **dict.fromkeys((18, 19, *_UNKNOWN_ISSUERS), _UNTRUSTED),
    # Another name, another address.
    **dict.fromkeys((62, 64), ("is for another host", "check the base URL")),
}


def translate_error(
    error: BaseException, host: str, network: Network, patience: float | None = None, *, is_answered: bool = False
) -> SearchError:
    """Return the error to show for *error* of a request to *host*, which refers to no foreign object and so to no token.

    *patience* is the read timeout in seconds, for the message, once there is a connection; *is_answered* is true once the head of
    the response has arrived.
    """
    proxy = host_of(network.proxy)
    peer, within = (f"The proxy {proxy}", f"the proxy {proxy}") if proxy else (host, host)
    address = "check [network] proxy" if proxy else "check the base URL"

    def wrong(message: str, remedy: str, kind: type[NetworkError] = NetworkError) -> NetworkError:
        """Return an error that a change of the settings can remedy."""
        return kind(message, remedy=remedy, needs=SETTING_UP)

    match error:
        case ssl.SSLCertVerificationError(verify_code=code, verify_message=reason, filename=whose):
            found, remedy = _CERTIFICATES.get(code, (f"is refused ({one_line(reason or '', 60)})", "check the base URL"))
            kind = UnknownIssuer if code in _UNKNOWN_ISSUERS else NetworkError
            return wrong(f"The certificate of {within if proxy and whose == proxy else host} {found}", remedy, kind)
        case OSError(errno=errno.ETIMEDOUT):
            # The system gave up, not our timeout: the request was never acknowledged.
            return NetworkError(f"The connection with {host} is dead", remedy=_TRY_LATER)
        case TimeoutError() if patience is None:
            via = f" through {within}" if proxy else ""
            return TimeOutError(f"{host} did not take a connection{via} within {network.connect_timeout:g} s", remedy=_TRY_LATER)
        case TimeoutError():
            return TimeOutError(f"{host} did not answer within {patience:g} s", remedy="try again, or narrow the search")
        case OSError() | NotHttp() if is_answered:
            return CutAnswer(f"The answer of {host} was cut off", remedy="try again")
        case NoAnswer():
            return NetworkError(f"{peer} closed the connection without an answer", remedy=_TRY_LATER)
        case HeadTooLarge():
            message = f"The answer of {host} has headers of more than {limits.MAX_HEAD_BYTES // 1024} KB"
            return UnwantedAnswer(message, remedy="check the base URL", needs=SETTING_UP)
        case NotHttp():
            return wrong(f"{host} answers, but not as a web server does", "check the base URL")
        case socket.gaierror():
            return wrong(f"Cannot resolve {within}", f"{address} and the network")
        case ConnectionRefusedError():
            return wrong(f"{peer} refuses connections", f"{address}, or try again later")
        case ssl.SSLError(reason=reason):
            because = f" ({one_line(reason.replace('_', ' ').lower(), 60)})" if reason else ""
            return wrong(f"There is no secure connection with {within}{because}", address)
        case ConnectionResetError() | BrokenPipeError():
            return NetworkError(f"{peer} reset the connection", remedy=_TRY_LATER)
        case OSError(strerror=str(reason)):
            return NetworkError(f"There is no connection with {within} ({one_line(reason, 60).lower()})", remedy=_TRY_LATER)
    return NetworkError(f"The request to {host} failed ({type(error).__name__})", remedy=_TRY_LATER)
