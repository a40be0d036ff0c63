"""One request and its answer, as bytes: over HTTP, or from a function in this process. Blocks; runs in a thread.

The HTTP client is made with the first request, in that request's thread: importing it takes as long as painting the first screen.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlencode

from lead_tui import __version__, limits
from lead_tui.api.address import host_of, trusting
from lead_tui.api.exchange import ENDPOINT, Abandoned, Reply, Sending
from lead_tui.api.threads import GivenUp
from lead_tui.config.settings import Network
from lead_tui.leads.errors import NetworkError, SearchError

if TYPE_CHECKING:
    import ssl

    import httpx

Answering = Callable[[Mapping[str, str]], tuple[int, bytes]]
"""A Convoso in this process: the parameters of a request to its status and body."""

RecordsAnswering = Callable[[str, Mapping[str, str]], tuple[int, bytes]]
"""The same for the other endpoints, with the endpoint."""


def forbidden(_endpoint: str, _parameters: Mapping[str, str]) -> tuple[int, bytes]:
    """Answer as to a token that may not read an endpoint."""
    return 200, b'{"success": false, "code": 403, "text": "Forbidden"}'


_KEPT_HEADERS = ("location", "content-type", "date", "retry-after", "ratelimit-reset", "x-ratelimit-reset", "ratelimit")
_READ_BY_SSL = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


class Connection(Protocol):
    """A way to ask."""

    def get(
        self, parameters: Mapping[str, str], limit: int, given_up: GivenUp, sending: Sending, endpoint: str = ENDPOINT
    ) -> Reply:
        """Return the answer of *endpoint* to *parameters*, among them a limit of *limit*; *sending* tells how far it is.

        Raises ``SearchError``, and ``Abandoned`` when given up.
        """
        ...

    def close(self) -> None:
        """Let go of what is open, at once; requests under way fail."""
        ...


class InProcess:
    """Asks a function."""

    def __init__(self, answering: Answering, records_answering: RecordsAnswering) -> None:
        self._answering = answering
        self._records_answering = records_answering

    def get(
        self, parameters: Mapping[str, str], limit: int, given_up: GivenUp, sending: Sending, endpoint: str = ENDPOINT
    ) -> Reply:
        started = time.perf_counter()
        status, body = self._answering(parameters) if endpoint == ENDPOINT else self._records_answering(endpoint, parameters)
        return Reply(status, body, time.perf_counter() - started)

    def close(self) -> None:
        """There is nothing open."""


class Http:
    """Asks a server; connections are kept for the next request. *base_url* has been checked (``address.checked_base_url``)."""

    def __init__(self, base_url: str, network: Network, in_flight: int) -> None:
        self._base_url = base_url
        self._host = host_of(base_url)
        self._network = network
        self._in_flight = in_flight
        self._client: httpx.Client | None = None
        self._making = threading.Lock()
        self._closed = False
        ignore_environment()

    def get(
        self, parameters: Mapping[str, str], limit: int, given_up: GivenUp, sending: Sending, endpoint: str = ENDPOINT
    ) -> Reply:
        # Values may hold what no encoding knows: an argument's stray byte is a lone surrogate.
        url = f"{self._base_url}/{endpoint}?{urlencode(parameters, quote_via=quote, safe=',', errors='replace')}"
        outcome = self._answer(url, self._network.patience(limit), given_up, sending)
        # Raised here, where no foreign error is being handled, lest it hang on as the context with its request and the token.
        if isinstance(outcome, SearchError):
            raise outcome
        return outcome

    def close(self) -> None:
        self._closed = True
        if self._client is not None:
            self._client.close()

    def _answer(self, url: str, patience: float, given_up: GivenUp, sending: Sending) -> Reply | SearchError:
        import httpx

        from lead_tui.api.body import body_of
        from lead_tui.api.errors import fault_of, is_break

        try:
            client = self._made()
            timeout = httpx.Timeout(patience, connect=self._network.connect_timeout)
            started = time.perf_counter()
            with client.stream("GET", url, timeout=timeout, extensions={"sending": sending}) as response:
                headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
                body = b"" if 300 <= response.status_code < 400 else body_of(response, self._host, given_up)
                return Reply(response.status_code, body, time.perf_counter() - started, headers, self._host, len(url))
        except SearchError as error:
            return error
        except Abandoned:
            raise
        except Exception as error:
            # All of them: an error that httpx does not own up to would carry the request along just the same.
            if self._closed:
                return _closed()
            fault = fault_of(error, self._host, self._network, patience, answering=sending.is_answered)
            if isinstance(fault, NetworkError):
                fault.on_kept_connection = sending.idle_seconds is not None and not sending.is_answered and is_break(error)
            return fault

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

        from lead_tui.api.lanes import Lanes, socket_options

        for name in ("httpx", "httpcore"):
            # At INFO they log the URL with its query, and the token is in it.
            logging.getLogger(name).setLevel(logging.WARNING)
        context = self._certificates()
        options = socket_options()

        def lane() -> httpx.HTTPTransport:
            return httpx.HTTPTransport(
                verify=context,
                proxy=self._network.proxy or None,
                trust_env=False,
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=limits.KEEP_ALIVE),
                socket_options=options,
            )

        return httpx.Client(
            transport=Lanes(lane, self._in_flight),
            trust_env=False,
            follow_redirects=False,
            headers={"accept": "application/json", "accept-encoding": "gzip", "user-agent": f"lead-tui/{__version__}"},
        )

    def _certificates(self) -> ssl.SSLContext:
        import ssl

        if not self._network.ca_file and self._base_url.startswith("http:") and not self._network.proxy.startswith("https:"):
            # Never used, and reading the host's certificates takes time: this one trusts no certificate.
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
