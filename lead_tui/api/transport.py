"""Send one request over HTTP and return its response as bytes, or the error that prevents it. It blocks: for threads."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from msgspec import Struct, field

from lead_tui import __version__
from lead_tui.api.connections import Connections, RequestState, request_head
from lead_tui.api.threads import IsCancelled
from lead_tui.config.settings import Network, host_of
from lead_tui.leads.errors import (
    ApplicationError,
    CutAnswer,
    NetworkError,
    SearchError,
    TimeOutError,
    UnknownIssuer,
)
from lead_tui.leads.permissions import SETTING_UP, Token, mask_token
from lead_tui.leads.text import one_line

ENDPOINT: Final = "leads/search"


class Reply(Struct, frozen=True):
    """The server's response."""

    status: int
    body: bytes
    seconds: float
    """From the request's first byte to the response's last."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    host: str = ""
    """The server's host, for messages."""
    request_bytes: int = 0


def get_request(base_url: str, endpoint: str, parameters: Mapping[str, str]) -> bytes:
    """Return the request for *endpoint* as it is sent. *base_url* has been checked (``settings.checked_base_url``)."""
    server = urlsplit(base_url)
    # Values may contain what cannot be encoded: an argument's stray byte is a lone surrogate.
    query = urlencode(parameters, quote_via=quote, safe=",", errors="replace")
    headers = {
        "Host": server.netloc,
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Connection": "keep-alive",
        "User-Agent": f"lead-tui/{__version__}",
    }
    return request_head(f"GET {server.path}/{endpoint}?{query}", headers)


def send(connections: Connections, request: bytes, limit: int, is_cancelled: IsCancelled, state: RequestState) -> Reply:
    """Return the response to *request*, for at most *limit* leads; keep *state* up to date.

    Raises ``SearchError``, and ``Abandoned`` once the caller was cancelled.
    """
    host, network = connections.host, connections.network
    patience, seconds = network.patience(limit), network.deadline(limit)
    until = time.monotonic() + seconds
    try:
        connection = connections.acquire(state, is_cancelled, request, until)
        # Imported here: h11 reads the response, and the request may have been sent ahead.
        from lead_tui.api.exchange import Exchange

        exchange, started = Exchange(connection.opened.result(), host, patience, until), time.perf_counter()
        try:
            if not connection.sent:
                exchange.send(request)
            exchange.read_head()
            state.is_answered = True
            try:
                body = exchange.body(is_cancelled)
            except Exception:
                if exchange.status < 429:
                    raise
                body = b"unreadable"  # the status says more
        finally:
            connections.release(connection, is_kept=exchange.can_be_followed)
        return Reply(exchange.status, body, time.perf_counter() - started, exchange.headers, host, len(request))
    except SearchError:
        raise
    except Exception as error:
        # Of any kind: each may refer to the request.
        if connections.is_closed:
            raise NetworkError("The connection was closed", remedy="start again") from None
        if isinstance(error, TimeoutError) and state.is_connected and time.monotonic() >= until:
            message = f"The answer of {host} did not come whole within {seconds:g} s"
            raise TimeOutError(message, remedy="try again, or narrow the search") from None
        translated = translate_error(error, host, network, patience if state.is_connected else None, is_answered=state.is_answered)
        if isinstance(translated, NetworkError):
            is_broken = isinstance(error, OSError) and not isinstance(translated, TimeOutError)
            translated.on_kept_connection = state.idle_seconds is not None and not state.is_answered and is_broken
        raise translated from None


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
    # Imported here: an error may come before there is a response to read.
    from h11 import RemoteProtocolError

    proxy = host_of(network.proxy)
    peer, within = (f"The proxy {proxy}", f"the proxy {proxy}") if proxy else (host, host)
    address = "check [network] proxy" if proxy else "check the base URL"

    def wrong(message: str, remedy: str, kind: type[NetworkError] = NetworkError) -> NetworkError:
        """Return an error that a change of the settings can remedy."""
        return kind(message, remedy=remedy, needs=SETTING_UP)

    match error:
        case ssl.SSLCertVerificationError(verify_code=code, verify_message=reason):
            found, remedy = _CERTIFICATES.get(code, (f"is refused ({one_line(reason or '', 60)})", "check the base URL"))
            kind = UnknownIssuer if code in _UNKNOWN_ISSUERS else NetworkError
            return wrong(f"The certificate of {host} {found}", remedy, kind)
        case OSError(errno=errno.ETIMEDOUT):
            # The system gave up, not our timeout: the request was never acknowledged.
            return NetworkError(f"The connection with {host} is dead", remedy=_TRY_LATER)
        case TimeoutError() if patience is None:
            return TimeOutError(f"{peer} did not take a connection within {network.connect_timeout:g} s", remedy=_TRY_LATER)
        case TimeoutError():
            return TimeOutError(f"{host} did not answer within {patience:g} s", remedy="try again, or narrow the search")
        case OSError() | RemoteProtocolError() if is_answered:
            return CutAnswer(f"The answer of {host} was cut off", remedy="try again")
        case RemoteProtocolError():
            who = peer if patience is None else host
            return wrong(f"{who} answers, but not as a web server does", f"{address}, or contact the administrator of the server")
        case socket.gaierror():
            return wrong(f"Cannot resolve {within}", f"{address} and the network")
        case ConnectionRefusedError():
            return wrong(f"{peer} refuses connections", f"{address}, or try again later")
        case ssl.SSLError(reason=reason):
            because = f" ({one_line(reason.replace('_', ' ').lower(), 60)})" if reason else ""
            return wrong(f"There is no secure connection with {host}{because}", "check the base URL")
        case ConnectionResetError() | BrokenPipeError():
            return NetworkError(f"{peer} closed the connection without an answer", remedy=_TRY_LATER)
        case OSError(strerror=str(reason)):
            return NetworkError(f"There is no connection with {within} ({one_line(reason, 60).lower()})", remedy=_TRY_LATER)
    return NetworkError(f"The request to {host} failed ({type(error).__name__})", remedy=_TRY_LATER)
