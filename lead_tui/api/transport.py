"""Send one request and return its response as bytes, over HTTP or from a function in this process. It blocks: for threads."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from io import BufferedReader, BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from msgspec import Struct

from lead_tui import limits
from lead_tui.api.connections import Connections, RequestState
from lead_tui.api.route import RECEIVED_BYTES, get_request
from lead_tui.api.threads import Abandoned, IsCancelled
from lead_tui.config.settings import Network, host_of
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
    from http.client import HTTPResponse

ENDPOINT: Final = "leads/search"

RequestHandler = Callable[[str, Mapping[str, str]], tuple[int, bytes]]
"""A server in this process: from the endpoint and the parameters of a request to the status and the body of the response."""

_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_NOT_COMPRESSED: Final = frozenset({"", "identity", "none", "utf-8"})
"""Content encodings that mean none; PHP scripts send the last two."""
_GZIP_START: Final = b"\x1f"
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
        clean_tls_environment()

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
        patience = self._network.patience(limit)
        try:
            return self._exchange(self._request(parameters, endpoint), patience, is_cancelled, state)
        except SearchError:
            raise
        except Exception as error:
            # Of any kind: each may refer to the request.
            if self._connections.is_closed:
                raise NetworkError("The connection was closed", remedy="start again") from None
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
        return get_request(f"{self._base_url}/{endpoint}?{query}")

    def warm(self, count: int, *ahead: Mapping[str, str]) -> None:
        """Open connections for the next *count* requests in the background, and send those for leads with parameters *ahead*."""
        self._connections.warm(count, *(self._request(parameters, ENDPOINT) for parameters in ahead))

    def close(self) -> None:
        """Close all connections at once; requests in progress fail."""
        self._connections.close()

    def _exchange(self, request: bytes, patience: float, is_cancelled: IsCancelled, state: RequestState) -> Reply:
        # Imported here: the first paint needs no response.
        from http.client import HTTPException, HTTPResponse

        connection = self._connections.acquire(state, is_cancelled, request)
        started, is_kept = time.perf_counter(), False
        has_end = True  # else it is unknown where the next response begins
        try:
            opened = connection.opened.result()
            opened.settimeout(patience)
            if not connection.sent:
                opened.sendall(request)
            with closing(HTTPResponse(opened, method="GET")) as response:
                headers = _read_head(response)
                state.is_answered = True
                try:
                    body = b"" if 300 <= response.status < 400 else _read_body(response, headers, self._host, is_cancelled)
                except Exception as error:
                    # Of any kind: responses with these statuses are retried, as their headers say.
                    has_end = not isinstance(error, HTTPException)
                    is_retried = response.status >= 500 or response.status in (408, 425, 429)
                    if not is_retried and (response.status < 400 or not isinstance(error, UnwantedAnswer)):
                        raise
                    body = _UNREADABLE
                finally:
                    is_kept = has_end and not response.will_close and (response.isclosed() or response.length == 0)
        finally:
            self._connections.release(connection, is_kept=is_kept)
        return Reply(response.status, body, time.perf_counter() - started, headers, self._host, len(request))


def clean_tls_environment() -> None:
    """Remove the environment variables that TLS reads, before a connection is made.

    OpenSSL looks there for certificates to trust, and Python for a file to write the keys of connections to, with which the token
    could be read.
    """
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        os.environ.pop(name, None)


class _Received(BufferedReader):
    """The bytes of a response. A line without an end raises ``RemoteDisconnected``: http.client takes it for the last of a head."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n") and len(line) != size:
            from http.client import RemoteDisconnected

            raise RemoteDisconnected("")
        return line


def _read_head(response: HTTPResponse) -> dict[str, str]:
    """Read status and headers of the final response; return the headers, with their names in lower case.

    Raises ``RemoteDisconnected`` for a head that ends early, and ``HTTPException`` for a line that is not a header: those after it,
    such as the length, are not read.
    """
    from email.errors import MissingHeaderBodySeparatorDefect
    from http.client import HTTPException

    response.fp = _Received(response.fp.detach())
    response.begin()
    while response.status < 200:
        # An interim response, such as 103.
        response.headers = None  # type: ignore[assignment]  # with which it was made
        response.begin()
    if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in response.headers.defects):
        raise HTTPException
    return {name.lower(): value for name, value in response.headers.items()}


def _read_body(response: HTTPResponse, headers: Mapping[str, str], host: str, is_cancelled: IsCancelled) -> bytes:
    """Return the decompressed body. Raises ``SearchError``, and ``Abandoned`` once cancelled, after reading a small remainder.

    A connection can be kept only if its response was read to the end, and a new one takes longer than reading a little.
    """
    parts = iter(partial(response.read1, RECEIVED_BYTES), b"")
    body = BytesIO()
    for part in _decompressed(parts, headers.get("content-encoding", ""), host):
        if is_cancelled():
            _drain(parts, response.length or 0)
            raise Abandoned
        body.write(part)
        if body.tell() > limits.MAX_BODY_BYTES:
            raise UnwantedAnswer(
                f"The answer of {host} is larger than {limits.MAX_BODY_BYTES // 2**20} MB, more than any page of leads",
                remedy="check the base URL",
                needs=SETTING_UP,
            )
    if response.length:
        raise CutAnswer(f"The answer of {host} was cut off", remedy="try again")
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
    """Yield the body in parts of limited size: a few compressed bytes may expand to gigabytes.

    Gzip may have several members; anything else after one, which a script wrote after its packed output, is skipped.
    """
    encoding = encoding.strip().lower()
    if encoding in _NOT_COMPRESSED:
        yield from received
        return
    if encoding not in ("gzip", "x-gzip"):
        raise UnwantedAnswer(
            f"The answer of {host} is packed with {one_line(encoding, 20)}, which was not requested",
            remedy="contact the administrator of the server or of the proxy in front of it",
        )
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    is_empty = True
    try:
        for part in received:
            rest, is_empty = part, False
            while rest:
                if member.eof:
                    if rest[:1] != _GZIP_START:
                        yield b""
                        break
                    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
                yield member.decompress(rest, limits.UNPACKED_AT_A_TIME)
                rest = member.unused_data if member.eof else member.unconsumed_tail
        yield member.flush()
    except zlib.error:
        raise UnreadableAnswer(f"The answer of {host} cannot be unpacked", remedy="try again") from None
    if not (member.eof or is_empty):
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
    from http.client import HTTPException, RemoteDisconnected

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
        case OSError() | HTTPException() if is_answered:
            return CutAnswer(f"The answer of {host} was cut off", remedy="try again")
        case RemoteDisconnected():
            return NetworkError(f"{peer} closed the connection without an answer", remedy=_TRY_LATER)
        case HTTPException():
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
