"""One request over HTTP/1.1 and its response, as h11 reads it, with one time limit; or the error that prevents it. It blocks.

httpx and httpcore cannot send a request ahead. http.client reads no more than a hundred headers, waits for the end of the
connection if two proxies have stated the length, and cannot limit the time of a response that arrives byte by byte.

Imported for the first response: a request may have been sent ahead, and h11 takes some milliseconds.
"""

from __future__ import annotations

import errno
import socket
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

import h11

from lead_tui import limits
from lead_tui.api.connections import Connections, RequestState
from lead_tui.api.parsing import Reply
from lead_tui.api.threads import Abandoned, IsCancelled
from lead_tui.config.settings import Network, host_of
from lead_tui.leads.errors import NetworkError, SearchError, TimeOutError, UnknownIssuer, UnreadableAnswer
from lead_tui.leads.permissions import SETTING_UP
from lead_tui.leads.text import one_line

_NOT_COMPRESSED: Final = frozenset({"", "identity", "none", "utf-8"})  # codings that mean none; PHP scripts send the last two


def send(connections: Connections, request: bytes, limit: int, is_cancelled: IsCancelled, state: RequestState) -> Reply:
    """Return the response to *request* for *limit* leads; keep *state* up to date. Raises ``SearchError``, or ``Abandoned``."""
    host, network = connections.host, connections.network
    patience, seconds = network.patience(limit), network.deadline(limit)
    until = time.monotonic() + seconds
    connection = None
    try:
        connection = connections.acquire(state, is_cancelled, request, until)
        exchange, started = Exchange(connection.opened.result(), host, patience, until), time.perf_counter()
        try:
            exchange.read_head(b"" if connection.sent else request)
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
        if isinstance(error, TimeoutError) and connection and time.monotonic() >= until:
            message = f"The response from {host} was not complete within {seconds:g} s"
            raise TimeOutError(message, remedy="try again, or narrow the search") from None
        translated = translate_error(error, host, network, patience if connection else None, is_answered=state.is_answered)
        is_broken = isinstance(error, OSError) and not isinstance(translated, TimeOutError)
        state.was_dead = state.idle_seconds is not None and not state.is_answered and is_broken
        raise translated from None


class Exchange:
    """One request and its response on a *connection*; *host* is for messages.

    Its methods raise ``TimeoutError`` after *patience* seconds without a byte, and at *until*, a monotonic time, in any case. Those
    that read raise ``RemoteProtocolError`` if that is no HTTP, and ``ConnectionResetError`` if no head comes.
    """

    def __init__(self, connection: socket.socket, host: str, patience: float, until: float) -> None:
        self._connection = connection
        self._host = host
        self._patience = patience
        self._until = until
        self._http = h11.Connection(h11.CLIENT, limits.MAX_HEAD_BYTES)
        # The request may have been sent long ago. Only its method matters for the response.
        self._http.send(h11.Request(method="GET", target="*", headers=[("Host", "*")]))
        self._http.send(h11.EndOfMessage())
        self._body_bytes = 0  # received so far, before decompression
        self.status = 0
        self.headers: dict[str, str] = {}  # names in lower case; of a header that was sent twice, the last value

    def read_head(self, request: bytes) -> None:
        """Send *request*, if it is not empty, and read the head of the response; those before it, such as 103, are skipped."""
        if request:
            self._timed().sendall(request)
        while isinstance(head := self._next(), h11.InformationalResponse):
            pass
        if not isinstance(head, h11.Response):
            raise h11.RemoteProtocolError("no response")
        self.status = head.status_code
        self.headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}

    @property
    def can_be_followed(self) -> bool:
        """Whether the connection can carry another exchange: the body was read, and nothing follows it."""
        return self._http.their_state is h11.DONE and self._http.trailing_data == (b"", False)

    def body(self, is_cancelled: IsCancelled) -> bytes:
        """Return the decompressed body. Raises ``SearchError``, and ``Abandoned`` once cancelled, after reading a small remainder.

        A connection can be kept only if its response was read to the end, and a new one takes longer than reading a little.
        """
        received = decoded = self._received()
        if (coding := self.headers.get("content-encoding", "").strip().lower()) in ("gzip", "x-gzip"):
            decoded = _unzipped(received, self._host)
        elif coding not in _NOT_COMPRESSED:
            message = f"The response from {self._host} is compressed with {one_line(coding, 20)}, which was not requested"
            raise SearchError(message, remedy="contact the administrator of the server or of the proxy in front of it")
        parts, size = [], 0
        for part in decoded:
            if is_cancelled():
                self._until = min(self._until, time.monotonic() + limits.DRAIN_SECONDS)
                most = self._body_bytes + limits.DRAIN_BYTES
                if int(self.headers.get("content-length", 0)) <= most:
                    while self._body_bytes <= most and next(received, b""):
                        pass
                raise Abandoned
            parts.append(part)
            size += len(part)
            if size > limits.MAX_BODY_BYTES:
                what = f"is larger than {limits.MAX_BODY_BYTES // 2**20} MB, more than any page of leads"
                raise SearchError(f"The response from {self._host} {what}", remedy="check the base URL", needs=SETTING_UP)
        return b"".join(parts)

    def _received(self) -> Iterator[bytes]:
        while isinstance(event := self._next(), h11.Data):
            self._body_bytes += len(event.data)
            yield bytes(event.data)

    def _next(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        event = self._http.next_event()
        while event is h11.NEED_DATA:
            received = self._timed().recv(limits.RECEIVED_BYTES)
            if not (received or self.status):
                raise ConnectionResetError
            self._http.receive_data(received)
            event = self._http.next_event()
        return event

    def _timed(self) -> socket.socket:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        self._connection.settimeout(min(self._patience, seconds))
        return self._connection


def _unzipped(received: Iterable[bytes], host: str) -> Iterator[bytes]:
    """Yield *received* decompressed, in parts of limited size: a few compressed bytes may expand to gigabytes."""
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    part = b""
    try:
        for part in received:
            rest = part
            while rest:
                if member.eof:
                    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
                yield member.decompress(rest, limits.DECOMPRESSED_AT_A_TIME)
                rest = member.unused_data if member.eof else member.unconsumed_tail
        yield member.flush()
    except zlib.error:
        raise UnreadableAnswer(f"The response from {host} cannot be decompressed", remedy="try again") from None
    if part and not member.eof:
        raise UnreadableAnswer(f"The response from {host} was cut off", remedy="try again")


# Errors

_TRY_LATER: Final = "check the network, or try again later"
_UNKNOWN_ISSUERS: Final = (20, 21)  # OpenSSL's codes (x509_vfy.h) for an issuer that is unknown or missing


def translate_error(
    error: BaseException, host: str, network: Network, patience: float | None = None, *, is_answered: bool = False
) -> SearchError:
    """Return the error to show for *error* of a request to *host*, which refers to no foreign object and so to no token.

    *patience* is the read timeout in seconds once there is a connection, *is_answered* whether the head of the response has come.
    """
    proxy = host_of(network.proxy)
    peer, within = (f"The proxy {proxy}", f"the proxy {proxy}") if proxy else (host, host)
    address = "check [network] proxy" if proxy else "check the base URL"

    def wrong(message: str, remedy: str, kind: type[NetworkError] = NetworkError) -> NetworkError:
        """Return an error that a change of the settings can remedy."""
        return kind(message, remedy=remedy, needs=SETTING_UP)

    match error:
        case ssl.SSLCertVerificationError(verify_code=code, verify_message=reason):
            remedy = "check the base URL, this machine's clock, and [network] ca_file"
            kind = UnknownIssuer if code in _UNKNOWN_ISSUERS else NetworkError
            return wrong(f"The certificate of {host} is refused ({one_line(reason or '', 80)})", remedy, kind)
        case OSError(errno=errno.ETIMEDOUT):
            # The system gave up, not our timeout: the request was never acknowledged.
            return NetworkError(f"The connection to {host} was lost", remedy=_TRY_LATER)
        case TimeoutError() if patience is None:
            return TimeOutError(f"{peer} did not accept a connection within {network.connect_timeout:g} s", remedy=_TRY_LATER)
        case TimeoutError():
            return TimeOutError(f"{host} did not answer within {patience:g} s", remedy="try again, or narrow the search")
        case OSError() | h11.RemoteProtocolError() if is_answered:
            return UnreadableAnswer(f"The response from {host} was cut off", remedy="try again")
        case h11.RemoteProtocolError():
            remedy = "check the base URL, or contact the administrator of the server"
            return wrong(f"{host} answers, but not as a web server does", remedy)
        case socket.gaierror():
            return wrong(f"Cannot resolve {within}", f"{address} and the network")
        case ConnectionRefusedError():
            return wrong(f"{peer} refuses connections", f"{address}, or try again later")
        case ssl.SSLError(reason=reason):
            because = f" ({one_line(reason.replace('_', ' ').lower(), 60)})" if reason else ""
            return wrong(f"Cannot make a secure connection to {host}{because}", "check the base URL")
        case ConnectionResetError() | BrokenPipeError():
            return NetworkError(f"{peer} closed the connection without a response", remedy=_TRY_LATER)
        case OSError(strerror=str(reason)):
            return NetworkError(f"Cannot connect to {within} ({one_line(reason, 60).lower()})", remedy=_TRY_LATER)
    return NetworkError(f"The request to {host} failed ({type(error).__name__})", remedy=_TRY_LATER)
