"""One request and its response, as bytes: over HTTP, or from a function in this process. Blocks; runs in a thread."""

from __future__ import annotations

import os
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
from lead_tui.leads.errors import CutAnswer, NetworkError, OversizedAnswer, PackedAnswer, SearchError, UnreadableAnswer
from lead_tui.leads.permissions import SETTING_UP
from lead_tui.leads.text import one_line

if TYPE_CHECKING:
    import httpcore

ENDPOINT: Final = "leads/search"

RequestHandler = Callable[[Mapping[str, str]], tuple[int, bytes]]
"""A Convoso in this process: the parameters of a request to its status and body."""

RecordsHandler = Callable[[str, Mapping[str, str]], tuple[int, bytes]]
"""The same for the other endpoints: endpoint and parameters."""

_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_GZIP_MAGIC: Final = b"\x1f\x8b"


def forbid_records(_endpoint: str, _parameters: Mapping[str, str]) -> tuple[int, bytes]:
    """Respond as to a token that may not read an endpoint."""
    return 200, b'{"success": false, "code": 403, "text": "Forbidden"}'


class Reply(Struct, frozen=True):
    """What the server sent."""

    status: int
    body: bytes
    seconds: float
    """From the request's first byte to the response's last."""
    headers: Mapping[str, str] = _NO_HEADERS
    """Names in lower case."""
    host: str = ""
    """The server's, as it is shown."""
    url_bytes: int = 0


class LocalTransport:
    """Sends requests to functions of this process, in the way of ``HttpTransport``."""

    def __init__(self, handler: RequestHandler, records_handler: RecordsHandler) -> None:
        self._handler = handler
        self._records_handler = records_handler

    def send(
        self, parameters: Mapping[str, str], limit: int, is_cancelled: IsCancelled, state: RequestState, endpoint: str = ENDPOINT
    ) -> Reply:
        started = time.perf_counter()
        status, body = self._handler(parameters) if endpoint == ENDPOINT else self._records_handler(endpoint, parameters)
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
        """A load balancer's, by which it finds the same machine again."""
        clean_tls_environment()

    def send(
        self, parameters: Mapping[str, str], limit: int, is_cancelled: IsCancelled, state: RequestState, endpoint: str = ENDPOINT
    ) -> Reply:
        """Return the response of *endpoint* to *parameters*, among them a limit of *limit*; keep *state* up to date.

        Raises ``SearchError``, and ``Abandoned`` once the caller was cancelled.
        """
        outcome = self._exchange(self._url(parameters, endpoint), self._network.patience(limit), is_cancelled, state)
        # Raised here, while no foreign error is being handled: its context would hold the request and with it the token.
        if isinstance(outcome, SearchError):
            raise outcome
        return outcome

    def _url(self, parameters: Mapping[str, str], endpoint: str) -> str:
        # Values may hold what no encoding knows: an argument's stray byte is a lone surrogate.
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
                response = connection.http.handle_request(request)
                state.is_answered = True
                headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                try:
                    body = b"" if 300 <= response.status < 400 else _read_body(response, headers, self._host, is_cancelled)
                finally:
                    response.close()
            finally:
                self._connections.release(connection)
            for name, value in response.headers:
                if name.lower() == b"set-cookie":
                    key, _, cookie = value.decode("latin-1").partition(";")[0].strip().partition("=")
                    self._cookies = {**self._cookies, key: cookie}
            seconds = time.perf_counter() - started
            return Reply(response.status, body, seconds, headers, self._host, len(url))
        except SearchError as error:
            return error
        except Abandoned:
            raise
        except Exception as error:
            # Of any kind: each may hold the request.
            if self._connections.is_closed:
                return NetworkError("The connection was closed", remedy="start again")
            from lead_tui.api.network_errors import is_disconnect, translate_error

            translated = translate_error(error, self._host, self._network, patience, is_answered=state.is_answered)
            if isinstance(translated, NetworkError):
                translated.on_kept_connection = state.idle_seconds is not None and not state.is_answered and is_disconnect(error)
            return translated


def clean_tls_environment() -> None:
    """Remove what TLS reads in the environment; to be called before a connection is made.

    OpenSSL looks there for certificates to trust, and Python for a file to write the keys of connections to, with which the token
    could be read.
    """
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        os.environ.pop(name, None)


def _read_body(response: httpcore.Response, headers: Mapping[str, str], host: str, is_cancelled: IsCancelled) -> bytes:
    """Return the decompressed body. Raises ``SearchError``; ``Abandoned`` once cancelled, after a small remainder has been read.

    A connection can be kept only if its response was read to the end, and making a new one takes longer than reading a little.
    """
    received = _Counted(response.iter_stream())
    body = BytesIO()
    for part in _decompressed(received, headers.get("content-encoding", ""), host):
        if is_cancelled():
            length = headers.get("content-length", "")
            _drain(received, int(length) - received.size if length.isdecimal() else 0)
            raise Abandoned
        body.write(part)
        if body.tell() > limits.MAX_BODY_BYTES:
            raise OversizedAnswer(
                f"The answer of {host} is larger than {limits.MAX_BODY_BYTES // 2**20} MB, more than any page of leads",
                remedy="check the base URL",
                needs=SETTING_UP,
            )
    return body.getvalue()


class _Counted:
    """The parts of a body as they arrive, and how many bytes have."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self.size += len(part)
            yield part


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
    encoding = encoding.strip().lower()
    if encoding in ("identity", ""):
        yield from received
    elif encoding in ("gzip", "x-gzip"):
        yield from _gunzip(received, host)
    else:
        raise PackedAnswer(
            f"The answer of {host} is packed with {one_line(encoding, 20)}, which was not requested",
            remedy="contact the administrator of the server or of the proxy in front of it",
        )


def _gunzip(received: Iterable[bytes], host: str) -> Iterator[bytes]:
    """Yield all members of a gzip body, which may follow each other; anything else after the last one is skipped."""
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
            # Of what is not a member, two bytes show that what follows is not one either.
            rest = rest[: len(_GZIP_MAGIC)]
        yield member.flush()
    except zlib.error:
        raise UnreadableAnswer(f"The answer of {host} cannot be unpacked", remedy="try again") from None
    if not member.eof:
        raise CutAnswer(f"The answer of {host} was cut off", remedy="try again")
