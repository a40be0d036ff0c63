"""Send one request and return its response as bytes, over HTTP or from a function in this process. It blocks: for threads."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from msgspec import Struct

from lead_tui import limits
from lead_tui.api.connections import Connections, RequestState
from lead_tui.api.threads import Abandoned, IsCancelled
from lead_tui.config.address import host_of
from lead_tui.config.settings import Network
from lead_tui.leads.errors import (
    ApplicationError,
    CutAnswer,
    NetworkError,
    SearchError,
    TimeOutError,
    UnknownIssuer,
    UnreadableAnswer,
    UnwantedAnswer,
)
from lead_tui.leads.permissions import SETTING_UP, Token, mask_token
from lead_tui.leads.text import one_line

if TYPE_CHECKING:
    import httpcore

ENDPOINT: Final = "leads/search"

RequestHandler = Callable[[str, Mapping[str, str]], tuple[int, bytes]]
"""A server in this process: from the endpoint and the parameters of a request to the status and the body of the response."""

_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_NOT_COMPRESSED: Final = frozenset({"", "identity", "none", "utf-8"})
"""Content encodings that mean none; PHP scripts send the last two."""
_GZIP_MAGIC: Final = b"\x1f\x8b"
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
    url_bytes: int = 0


class LocalTransport:
    """Sends requests to a function in this process, with the interface of ``HttpTransport``."""

    def __init__(self, handler: RequestHandler) -> None:
        self._handler = handler

    def send(
        self, parameters: Mapping[str, str], limit: int, is_cancelled: IsCancelled, state: RequestState, endpoint: str
    ) -> Reply:
        started = time.perf_counter()
        status, body = self._handler(endpoint, parameters)
        return Reply(status, body, time.perf_counter() - started)

    def warm(self, count: int, *ahead: Mapping[str, str]) -> None:
        """Nothing to open."""

    def close(self) -> None:
        """Nothing to close."""


class HttpTransport:
    """Sends requests to a server. *base_url* has been checked (``address.checked_base_url``)."""

    def __init__(self, base_url: str, network: Network, in_flight: int) -> None:
        self._base_url = base_url
        self._host = host_of(base_url)
        self._network = network
        self._connections = Connections(base_url, network, in_flight)
        self._cookies: dict[str, str] = {}
        """A load balancer's cookies, by which it routes requests to the same machine."""
        clean_tls_environment()

    def send(
        self, parameters: Mapping[str, str], limit: int, is_cancelled: IsCancelled, state: RequestState, endpoint: str
    ) -> Reply:
        """Return the response of *endpoint* to *parameters*, which include the limit *limit*; keep *state* up to date.

        Raises ``SearchError``, and ``Abandoned`` once the caller was cancelled.
        """
        outcome = self._exchange(self._url(parameters, endpoint), self._network.patience(limit), is_cancelled, state)
        # Raised here, while no foreign error is being handled: as its context, that would keep the request and with it the token.
        if isinstance(outcome, SearchError):
            raise outcome
        return outcome

    def _url(self, parameters: Mapping[str, str], endpoint: str) -> str:
        # Values may contain what cannot be encoded: an argument's stray byte is a lone surrogate.
        return f"{self._base_url}/{endpoint}?{urlencode(parameters, quote_via=quote, safe=',', errors='replace')}"

    def warm(self, count: int, *ahead: Mapping[str, str]) -> None:
        """Open connections for the next *count* requests in the background, and send those for leads with parameters *ahead*."""
        self._connections.warm(count, *(self._url(parameters, ENDPOINT) for parameters in ahead))

    def close(self) -> None:
        """Close all connections at once; requests in progress fail."""
        self._connections.close()

    def _exchange(self, url: str, patience: float, is_cancelled: IsCancelled, state: RequestState) -> Reply | SearchError:
        try:
            request = self._connections.route.request(url, patience, self._cookies)
            connection = self._connections.acquire(state, is_cancelled, url)
            started = time.perf_counter()
            try:
                response = self._connections.http(connection).handle_request(request)
                state.is_answered = True
                headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                try:
                    body = b"" if 300 <= response.status < 400 else _read_body(response, headers, self._host, is_cancelled)
                except Abandoned:
                    raise
                except Exception as error:
                    # Of any kind: responses with these statuses are retried, as their headers say.
                    is_retried = response.status >= 500 or response.status in (408, 425, 429)
                    if not is_retried and (response.status < 400 or not isinstance(error, UnwantedAnswer)):
                        raise
                    body = _UNREADABLE
                finally:
                    response.close()
            finally:
                self._connections.release(connection)
            for name, value in response.headers:
                # A cookie that is not ASCII could not be sent back.
                if name.lower() == b"set-cookie" and value.isascii():
                    key, _, cookie = value.decode().partition(";")[0].strip().partition("=")
                    self._cookies = {**self._cookies, key: cookie}
            seconds = time.perf_counter() - started
            return Reply(response.status, body, seconds, headers, self._host, len(url))
        except SearchError as error:
            return error
        except Abandoned:
            raise
        except Exception as error:
            # Of any kind: each may refer to the request.
            if self._connections.is_closed:
                return NetworkError("The connection was closed", remedy="start again")
            translated = translate_error(error, self._host, self._network, patience, is_answered=state.is_answered)
            if isinstance(translated, NetworkError):
                translated.on_kept_connection = state.idle_seconds is not None and not state.is_answered and is_disconnect(error)
            return translated


def clean_tls_environment() -> None:
    """Remove the environment variables that TLS reads, before a connection is made.

    OpenSSL looks there for certificates to trust, and Python for a file to write the keys of connections to, with which the token
    could be read.
    """
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        os.environ.pop(name, None)


def _read_body(response: httpcore.Response, headers: Mapping[str, str], host: str, is_cancelled: IsCancelled) -> bytes:
    """Return the decompressed body. Raises ``SearchError``, and ``Abandoned`` once cancelled, after reading a small remainder.

    A connection can be kept only if its response was read to the end, and a new one takes longer than reading a little.
    """
    length = headers.get("content-length", "")
    parts, remaining = response.iter_stream(), int(length) if length.isdecimal() else 0

    def received() -> Iterator[bytes]:
        nonlocal remaining
        for part in parts:
            remaining -= len(part)
            yield part

    body = BytesIO()
    for part in _decompressed(received(), headers.get("content-encoding", ""), host):
        if is_cancelled():
            _drain(parts, remaining)
            raise Abandoned
        body.write(part)
        if body.tell() > limits.MAX_BODY_BYTES:
            raise UnwantedAnswer(
                f"The answer of {host} is larger than {limits.MAX_BODY_BYTES // 2**20} MB, more than any page of leads",
                remedy="check the base URL",
                needs=SETTING_UP,
            )
    return body.getvalue()


def _drain(parts: Iterable[bytes], remaining: int) -> None:
    if remaining > limits.DRAIN_BYTES:
        return
    until = time.monotonic() + limits.DRAIN_SECONDS
    drained = 0
    for part in parts:
        drained += len(part)
        if drained > limits.DRAIN_BYTES or time.monotonic() > until:
            break


def _decompressed(received: Iterable[bytes], encoding: str, host: str) -> Iterator[bytes]:
    """Yield the body in parts of limited size: a few compressed bytes may expand to gigabytes."""
    if encoding.strip().lower() in _NOT_COMPRESSED:
        yield from received
    elif encoding.strip().lower() in ("gzip", "x-gzip"):
        yield from _gunzip(received, host)
    else:
        raise UnwantedAnswer(
            f"The answer of {host} is packed with {one_line(encoding, 20)}, which was not requested",
            remedy="contact the administrator of the server or of the proxy in front of it",
        )


def _gunzip(received: Iterable[bytes], host: str) -> Iterator[bytes]:
    """Yield the contents of a gzip body, which may have several members; anything else after the last one is skipped."""
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    rest = b""
    try:
        for part in received:
            rest += part
            while rest:
                if member.eof:
                    if len(rest) < len(_GZIP_MAGIC) or not rest.startswith(_GZIP_MAGIC):
                        break
                    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
                yield member.decompress(rest, limits.UNPACKED_AT_A_TIME)
                rest = member.unused_data if member.eof else member.unconsumed_tail
            # Two bytes are enough to see that the rest is not another member.
            rest = rest[: len(_GZIP_MAGIC)]
        yield member.flush()
    except zlib.error:
        raise UnreadableAnswer(f"The answer of {host} cannot be unpacked", remedy="try again") from None
    if not member.eof:
        raise CutAnswer(f"The answer of {host} was cut off", remedy="try again")


# Errors


def redact_error(error: SearchError, token: Token | None) -> SearchError:
    """Return *error* without its frames and causes, and without the token if the server repeats it."""
    error.__cause__ = error.__context__ = None
    error.message, error.remedy = mask_token(error.message, token), mask_token(error.remedy, token)
    error.args = (error.message,)
    if isinstance(error, ApplicationError):
        error.text = mask_token(error.text, token)
    return error.with_traceback(None)


_DISCONNECTED: Final = "disconnected"
"""Part of httpcore's message for a connection that was closed before the response began."""

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


def translate_error(error: BaseException, host: str, network: Network, patience: float, *, is_answered: bool) -> SearchError:
    """Return the error to show for *error* of a request to *host*, which refers to no foreign object and so to no token.

    *is_answered* is true once the head of the response has arrived. *patience* is the read timeout in seconds, for the message.
    """
    import httpcore

    proxy = host_of(network.proxy)
    peer, within = (f"The proxy {proxy}", f"the proxy {proxy}") if proxy else (host, host)
    address = "check [network] proxy" if proxy else "check the base URL"

    def wrong(message: str, remedy: str, kind: type[NetworkError] = NetworkError) -> NetworkError:
        """Return an error that a change of the settings can remedy."""
        return kind(message, remedy=remedy, needs=SETTING_UP)

    match error, _system_error(error):
        case _, ssl.SSLCertVerificationError(verify_code=code, verify_message=reason):
            found, remedy = _CERTIFICATES.get(code, (f"is refused ({one_line(reason or '', 60)})", "check the base URL"))
            kind = UnknownIssuer if code in _UNKNOWN_ISSUERS else NetworkError
            # Through a secure proxy, httpcore makes the connection to the server, and wraps its errors.
            is_of_proxy = network.proxy.lower().startswith("https:") and isinstance(error, OSError)
            return wrong(f"The certificate of {within if is_of_proxy else host} {found}", remedy, kind)
        case _, OSError(errno=errno.ETIMEDOUT):
            # The system gave up, not our timeout: the request was never acknowledged.
            return NetworkError(f"The connection with {host} is dead", remedy=_TRY_LATER)
        case ((TimeoutError() | httpcore.ConnectTimeout()), _):
            via = f" through {within}" if proxy else ""
            return TimeOutError(f"{host} did not take a connection{via} within {network.connect_timeout:g} s", remedy=_TRY_LATER)
        case httpcore.TimeoutException(), _:
            return TimeOutError(f"{host} did not answer within {patience:g} s", remedy="try again, or narrow the search")
        case ((httpcore.NetworkError() | httpcore.ProtocolError()), _) if is_answered:
            return CutAnswer(f"The answer of {host} was cut off", remedy="try again")
        case httpcore.RemoteProtocolError(), _ if _DISCONNECTED not in str(error):
            return wrong(f"{host} answers, but not as a web server does", "check the base URL")
        case httpcore.RemoteProtocolError(), _:
            return NetworkError(f"{peer} closed the connection without an answer", remedy=_TRY_LATER)
        case _, socket.gaierror():
            return wrong(f"Cannot resolve {within}", f"{address} and the network")
        case _, FileNotFoundError() if network.ca_file:
            return wrong(f"The certificates in {one_line(str(network.ca_file), 200)} no longer exist", "check [network] ca_file")
        case _, ConnectionRefusedError():
            return wrong(f"{peer} refuses connections", f"{address}, or try again later")
        case _, ssl.SSLError(reason=reason):
            because = f" ({one_line(reason.replace('_', ' ').lower(), 60)})" if reason else ""
            return wrong(f"There is no secure connection with {within}{because}", address)
        case _, (ConnectionResetError() | BrokenPipeError()):
            return NetworkError(f"{peer} reset the connection", remedy=_TRY_LATER)
        case _, OSError(errno=errno.ENETUNREACH | errno.EHOSTUNREACH | errno.ENETDOWN):
            return NetworkError(f"There is no route to {within} in this network", remedy=_TRY_LATER)
        case _, OSError(strerror=str(reason)):
            return NetworkError(f"There is no connection with {within} ({one_line(reason, 60)})", remedy=_TRY_LATER)
    return NetworkError(f"The request to {host} failed ({type(error).__name__})", remedy=_TRY_LATER)


def is_disconnect(error: BaseException) -> bool:
    """Return whether *error* is a broken connection, and not one that could not be made or that timed out."""
    import httpcore

    match error, _system_error(error):
        case ((httpcore.ReadError() | httpcore.WriteError()), _):
            return True
        case _, OSError(errno=errno.ETIMEDOUT):
            return True
    return isinstance(error, httpcore.RemoteProtocolError) and _DISCONNECTED in str(error)


def _system_error(error: BaseException) -> OSError | None:
    """Return the system's error that is *error* or its cause; httpcore wraps it in errors of its own."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    return cause
