"""One request and its answer, as bytes: over HTTP, or from a function in this process. Blocks; runs in a thread.

The HTTP client is made with the first request, in that request's thread: importing it takes as long as painting the first screen.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from urllib.parse import quote, urlencode

from lead_tui import __version__, tuning
from lead_tui.convoso.address import host_of
from lead_tui.convoso.settings import Network, trusting
from lead_tui.convoso.threads import GivenUp
from lead_tui.leads.capabilities import SETTING_UP
from lead_tui.leads.errors import CutAnswer, NetworkError, OversizedAnswer, SearchError, UnreadableAnswer

if TYPE_CHECKING:
    import ssl

    import httpx

ENDPOINT = "leads/search"

Answering = Callable[[Mapping[str, str]], tuple[int, bytes]]
"""A Convoso in this process: the parameters of a request to its status and body."""

_KEPT_HEADERS = ("location", "content-type", "date", "retry-after", "ratelimit-reset", "x-ratelimit-reset", "ratelimit")
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_READ_BY_SSL = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


class Abandoned(Exception):
    """Nobody waits for this answer any more. Never leaves its thread."""


class Reply(NamedTuple):
    """What the server sent."""

    status: int
    body: bytes
    seconds: float
    """From the request's first byte to the answer's last."""
    headers: Mapping[str, str] = _NO_HEADERS
    """Those that are read, where they came; names in lower case."""
    host: str = ""
    """The server's, as it is shown."""
    asked_bytes: int = 0
    """Bytes of the request's URL."""


class Connection(Protocol):
    """A way to ask."""

    def get(self, parameters: Mapping[str, str], limit: int, given_up: GivenUp) -> Reply:
        """The answer to *parameters*, among them a limit of *limit*. Raises ``SearchError``, and ``Abandoned`` when given up."""
        ...

    def close(self) -> None:
        """Let go of what is open, at once; requests under way fail."""
        ...


class InProcess:
    """Asks a function."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    def get(self, parameters: Mapping[str, str], limit: int, given_up: GivenUp) -> Reply:
        started = time.perf_counter()
        status, body = self._answering(parameters)
        return Reply(status, body, time.perf_counter() - started)

    def close(self) -> None:
        """There is nothing open."""


class Http:
    """Asks a server; connections are kept for the next request. *base_url* has been checked (``address.checked_base_url``)."""

    def __init__(self, base_url: str, network: Network, in_flight: int) -> None:
        self._url = f"{base_url}/{ENDPOINT}"
        self._host = host_of(base_url)
        self._network = network
        self._in_flight = in_flight
        self._client: httpx.Client | None = None
        self._making = threading.Lock()
        self._closed = False
        ignore_environment()

    def get(self, parameters: Mapping[str, str], limit: int, given_up: GivenUp) -> Reply:
        # Values may hold what no encoding knows: an argument's stray byte is a lone surrogate.
        url = f"{self._url}?{urlencode(parameters, quote_via=quote, safe='', errors='replace')}"
        outcome = self._answer(url, self._network.patience(limit), given_up)
        # Raised here, where no foreign error is being handled, lest it hang on as the context with its request and the token.
        if isinstance(outcome, SearchError):
            raise outcome
        return outcome

    def close(self) -> None:
        self._closed = True
        if self._client is not None:
            self._client.close()

    def _answer(self, url: str, patience: float, given_up: GivenUp) -> Reply | SearchError:
        import httpx

        from lead_tui.convoso.faults import fault_of

        answering = False
        try:
            client = self._made()
            timeout = httpx.Timeout(patience, connect=self._network.connect_timeout)
            started = time.perf_counter()
            with client.stream("GET", url, timeout=timeout) as response:
                answering = True
                headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
                body = b"" if 300 <= response.status_code < 400 else _body(response, self._host, given_up)
                return Reply(response.status_code, body, time.perf_counter() - started, headers, self._host, len(url))
        except SearchError as error:
            return error
        except Abandoned:
            raise
        except Exception as error:
            # All of them: an error that httpx does not own up to would carry the request along just the same.
            if self._closed:
                return _closed()
            return fault_of(error, self._host, self._network, patience, answering=answering)

    def _made(self) -> httpx.Client:
        with self._making:
            if self._client is None and not self._closed:
                self._client = self._make()
            if self._client is None or self._closed:
                self.close()
                raise _closed()
            return self._client

    def _make(self) -> httpx.Client:
        import httpx

        for name in ("httpx", "httpcore"):
            # At INFO they log the URL with its query, and the token is in it.
            logging.getLogger(name).setLevel(logging.WARNING)
        return httpx.Client(
            verify=self._certificates(),
            proxy=self._network.proxy or None,
            trust_env=False,
            follow_redirects=False,
            # The gate counts requests; one that was given up may hold its connection a little longer.
            limits=httpx.Limits(
                max_connections=None, max_keepalive_connections=self._in_flight, keepalive_expiry=tuning.KEEP_ALIVE
            ),
            headers={"accept": "application/json", "accept-encoding": "gzip", "user-agent": f"lead-tui/{__version__}"},
        )

    def _certificates(self) -> ssl.SSLContext:
        import ssl

        if not self._network.ca_file and self._url.startswith("http:") and not self._network.proxy.startswith("https:"):
            # Never used, and reading the host's certificates takes time: this one trusts nobody.
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return trusted(self._network)


def ignore_environment() -> None:
    """Take what TLS reads in the environment out of it; to be called before a connection is made.

    OpenSSL looks there for certificates to trust, and Python for a file to write the keys of connections to, with which the token
    could be read.
    """
    for name in _READ_BY_SSL:
        os.environ.pop(name, None)


def trusted(network: Network) -> ssl.SSLContext:
    """Whose certificates are trusted: those of ``ca_file``, else the host's. Raises ``OSError`` where the file has gone."""
    import ssl

    if network.ca_file:
        return trusting(network.ca_file)
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _closed() -> NetworkError:
    return NetworkError("The connection was closed", remedy="start again")


def _body(response: httpx.Response, host: str, given_up: GivenUp) -> bytes:
    body = BytesIO()
    for part in _unpacked(response, host):
        if given_up():
            raise Abandoned
        body.write(part)
        if body.tell() > tuning.MOST_BODY_BYTES:
            raise OversizedAnswer(
                f"The answer of {host} is larger than {tuning.MOST_BODY_BYTES // 2**20} MB, more than any page of leads",
                remedy="check the base URL",
                needs=SETTING_UP,
            )
    return body.getvalue()


def _unpacked(response: httpx.Response, host: str) -> Iterator[bytes]:
    """The body in parts of limited size: a few packed bytes may stand for gigabytes, which httpx would unpack at one go."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        yield from response.iter_raw()
        return
    if encoding not in ("gzip", "x-gzip"):
        raise UnreadableAnswer(f"The answer of {host} is packed in a way that was not asked for", remedy="try again")
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        for packed in response.iter_raw():
            while packed and not unpacker.eof:
                yield unpacker.decompress(packed, tuning.UNPACKED_AT_A_TIME)
                packed = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error:
        raise UnreadableAnswer(f"The answer of {host} cannot be unpacked", remedy="try again") from None
    if not unpacker.eof:
        raise CutAnswer(f"The answer of {host} was cut off", remedy="try again")
