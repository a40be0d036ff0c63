"""Connections to the server: opened ahead of a request, kept for the next one, direct or through a proxy. They block: for threads.

httpcore's own pool does not say which connection it takes, and cannot open one without a request. It is imported with the first
request, which comes after the first paint: until then a connection is a plain socket.
"""

from __future__ import annotations

import base64
import logging
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, unquote, urlsplit

from lead_tui import __version__, limits
from lead_tui.api.threads import Abandoned, IsCancelled
from lead_tui.config.address import ca_file_context, host_of
from lead_tui.config.settings import Network
from lead_tui.leads.errors import NetworkError, ProxyRefused
from lead_tui.leads.permissions import SETTING_UP
from lead_tui.leads.text import one_line

if TYPE_CHECKING:
    import httpcore

_USER_TIMEOUT: Final = getattr(socket, "TCP_USER_TIMEOUT", None)
_MAX_PROXY_ANSWER: Final = 65_536
"""Bytes of a proxy's answer to ``CONNECT``."""


class RequestState:
    """The progress of a request; its thread writes it, and the task that waits for the reply reads it."""

    def __init__(self, *, replaces: RequestState | None = None) -> None:
        self.replaces = replaces
        """The request that found its kept connection dead: the other kept ones are suspect."""
        self.sent_at = 0.0
        self.idle_seconds: float | None = None
        """How long its kept connection had been idle; None for a new one."""
        self.is_answered = False
        """Whether the head of the response has arrived."""

    @property
    def is_forgotten(self) -> bool:
        """Whether no response has arrived, on a connection that a firewall may have forgotten meanwhile."""
        return not self.is_answered and (self.idle_seconds or 0.0) >= limits.SUSPECT_IDLE_SECONDS


class Connection:
    """A connection, open or being opened, on which the request for *url* is sent at once if one is given."""

    def __init__(self, url: str = "") -> None:
        self.sent_url = url
        """The request that was sent on it ahead, for which alone it can be used."""
        self.opened: Future[socket.socket] = Future()
        self.has_answered = False
        """Whether it has carried a request: servers close one that has not after less time."""
        self.idle_since = 0.0
        self.http: httpcore.HTTP11Connection | None = None

    def is_quiet(self) -> bool:
        """Whether the server has neither closed it nor sent anything, such as HAProxy's 408; TLS's session tickets are read."""
        opened = self.opened.result()
        opened.settimeout(0)
        try:
            opened.recv(1)
        except OSError as error:
            return isinstance(error, BlockingIOError | ssl.SSLWantReadError)
        return False


class Connections:
    """The connections to one server: the one used last is used first; at most *max_idle* are kept."""

    def __init__(self, base_url: str, network: Network, max_idle: int) -> None:
        self._base_url = base_url
        self._network = network
        self._max_idle = max_idle
        self._lock = threading.Condition()
        """Notified when a connection has become idle or was closed."""
        self._route: Route | None = None
        self._making_route = threading.Lock()
        self._opening: list[Connection] = []
        """Those that no request waits for yet."""
        self._idle: list[Connection] = []
        self._in_use: dict[Connection, IsCancelled] = {}
        """Those of requests, and whether the response is still wanted."""
        self._connect_seconds = 0.0
        """What the last new connection took."""
        self._max_idle_seconds = limits.MAX_IDLE_SECONDS
        """How long the server kept a connection last time."""
        self._idle_cap = limits.MAX_IDLE_SECONDS
        self._no_warming_until = 0.0
        self.is_closed = False

    @property
    def route(self) -> Route:
        """Raises ``OSError`` if the certificates to trust are gone."""
        with self._making_route:
            self._route = self._route or Route(self._base_url, self._network)
            return self._route

    def warm(self, count: int, *ahead: str) -> None:
        """Open connections in the background until *count* are ready, and send the requests for *ahead*. Returns at once."""
        with self._lock:
            self._drop_stale()
            missing = min(count, self._max_idle) - len(self._idle) - len(self._opening)
            if self.is_closed or time.monotonic() < self._no_warming_until:
                return
            for url in (*ahead, *[""] * missing)[: max(0, missing)]:
                self._opening.append(Connection(url))
                threading.Thread(target=self._open, args=self._opening[-1:], name="connect", daemon=True).start()

    def acquire(self, state: RequestState, is_cancelled: IsCancelled, url: str) -> Connection:
        """Return a connection for the request for *url*: an idle one, one that is being opened, or a new one.

        Where a response that nothing waits for is being read to its end, wait for that connection, as long as a new one would take,
        or longer for two: quick jumps through a result then open one. Raises as ``Route.connect``, and ``Abandoned``.
        """
        with self._lock:
            if self.is_closed:
                raise ConnectionAbortedError
            if state.replaces is not None:
                self._distrust(state.replaces)
            self._drop_stale()
            if not self._usable(url):
                longest = limits.MAX_CONNECTION_WAIT_SECONDS
                patience = min(self._connect_seconds, longest) if self._draining() < 2 else longest
                self._lock.wait_for(lambda: self._usable(url) or not self._draining(), patience)
            if is_cancelled():
                raise Abandoned
            usable = self._usable(url)
            connection = usable or Connection()
            if connection in self._idle:
                state.idle_seconds = time.monotonic() - connection.idle_since
            self._forget(connection)
            self._in_use[connection] = is_cancelled
        if not usable:
            self._open(connection)
        connection.opened.result()
        state.sent_at = time.monotonic()
        return connection

    def http(self, connection: Connection) -> httpcore.HTTP11Connection:
        """Return what sends requests on *connection*, made for the first one."""
        if connection.http is None:
            connection.http = self.route.http(connection.opened.result(), is_sent=bool(connection.sent_url))
        return connection.http

    def release(self, connection: Connection) -> None:
        """Keep *connection* for the next request if its response was read to the end; else close it."""
        connection.has_answered, connection.sent_url = True, ""
        if connection.http is not None and connection.http.is_idle():
            self.route.remember_session(connection.opened.result())
            self._keep(connection)
        else:
            self._close(connection)

    def close(self) -> None:
        """Close every connection, those in use included."""
        with self._lock:
            self.is_closed = True
            for connection in (*self._opening, *self._idle, *self._in_use):
                self._close(connection)

    def _usable(self, url: str) -> Connection | None:
        """Return the connection to use for the request for *url*, rather an idle one. The lock is held."""
        usable = {each.sent_url: each for each in (*self._opening, *self._idle)}
        return usable.get(url) or usable.get("")

    def _draining(self) -> int:
        return sum(is_cancelled() for is_cancelled in self._in_use.values())

    def _open(self, connection: Connection) -> None:
        started = time.monotonic()
        try:
            opened = self.route.connect()
            if connection.sent_url and not self.route.send_ahead(opened, connection.sent_url):
                connection.sent_url = ""
        except BaseException as error:  # of any kind: the request that waits for it gets it
            with self._lock:
                self._no_warming_until = time.monotonic() + limits.WARM_PAUSE_SECONDS
                self._forget(connection)
            connection.opened.set_exception(error)
            return
        with self._lock:
            self._connect_seconds = time.monotonic() - started
            connection.opened.set_result(opened)
            if self.is_closed:
                self._close(connection)
            elif connection in self._opening:
                self._keep(connection)

    def _keep(self, connection: Connection) -> None:
        with self._lock:
            if self.is_closed or len(self._idle) >= self._max_idle:
                self._close(connection)
            else:
                self._forget(connection)
                connection.idle_since = time.monotonic()
                self._idle.append(connection)

    def _forget(self, connection: Connection) -> None:
        """Take *connection* out of the collection that has it. The lock is held."""
        self._in_use.pop(connection, None)
        for each in (self._opening, self._idle):
            if connection in each:
                each.remove(connection)
        self._lock.notify_all()

    def _drop_stale(self) -> None:
        """Close the idle connections that the server has closed, or may be about to. The lock is held."""
        for connection in list(self._idle):
            idle = time.monotonic() - connection.idle_since
            # What has come on one with a request is its response.
            is_open = bool(connection.sent_url) or connection.is_quiet()
            trusted = self._max_idle_seconds if connection.has_answered else limits.MAX_UNUSED_SECONDS
            if is_open and idle <= trusted:
                continue
            if connection.has_answered:
                # One that is open after a longer time than the last one was: the server is more patient again.
                self._max_idle_seconds = min(self._idle_cap, idle) if is_open else min(self._max_idle_seconds, idle)
            self._close(connection)

    def _distrust(self, state: RequestState) -> None:
        """Close the idle connections as old as that of *state*, which was dead. The lock is held."""
        self._max_idle_seconds = min(self._max_idle_seconds, state.idle_seconds or 0.0)
        if state.is_forgotten:
            # Without a word: such a connection looks open, and each attempt costs seconds.
            self._idle_cap = self._max_idle_seconds
        for connection in [each for each in self._idle if each.idle_since <= state.sent_at]:
            self._close(connection)

    def _close(self, connection: Connection) -> None:
        with self._lock:
            self._forget(connection)
        if connection.opened.done() and not connection.opened.exception():
            connection.opened.result().close()


class Route:
    """The way to the server at *base_url*: direct, or through an HTTP proxy. Safe to use in several threads."""

    def __init__(self, base_url: str, network: Network) -> None:
        self._server = urlsplit(base_url)
        self._proxy = urlsplit(network.proxy) if network.proxy else None
        self._is_secure = self._server.scheme == "https"
        self._timeout = network.connect_timeout
        uses_tls = self._is_secure or (self._proxy is not None and self._proxy.scheme == "https")
        self._context = tls_context(network) if uses_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._sessions: dict[str, ssl.SSLSession] = {}
        """TLS sessions by host: with TLS 1.2, resuming one saves a round trip."""

    @property
    def _plain_proxy(self) -> SplitResult | None:
        """The proxy that is sent the requests themselves."""
        return None if self._is_secure else self._proxy

    def connect(self) -> socket.socket:
        """Open a connection, without a request to the server. Raises ``OSError``, and ``NetworkError`` if the proxy refuses."""
        peer = self._proxy or self._server
        opened = socket.create_connection((peer.hostname or "", _port(peer)), self._timeout)
        try:
            for option in (*socket_options(), (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)):
                opened.setsockopt(*option)
            if peer.scheme == "https":
                opened = self._wrapped(opened, peer)
            if self._proxy and self._is_secure:
                self._ask_for_tunnel(opened, host_of(self._proxy.geturl()))
                if self._proxy.scheme == "http":
                    opened = self._wrapped(opened, self._server)
        except BaseException:
            opened.close()
            raise
        return opened

    def _wrapped(self, opened: socket.socket, peer: SplitResult) -> ssl.SSLSocket:
        host = peer.hostname or ""
        return self._context.wrap_socket(opened, server_hostname=host, session=self._sessions.get(host))

    def _ask_for_tunnel(self, opened: socket.socket, proxy: str) -> None:
        host = self._server.hostname or ""
        target = f"{f'[{host}]' if ':' in host else host}:{_port(self._server)}"
        opened.sendall(_head(f"CONNECT {target}", [("Host", target), ("Accept", "*/*"), *self._authorization()]))
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = opened.recv(_MAX_PROXY_ANSWER)
            answer += part
            if not part and not answer:
                raise ConnectionResetError
            if not part or len(answer) > _MAX_PROXY_ANSWER or not answer.startswith(b"HTTP/"[: len(answer)]):
                raise NetworkError(f"The proxy {proxy} answers, but not as a proxy does", remedy="check [network] proxy")
        status = re.sub(r"\A\S+ *", "", answer.partition(b"\r\n")[0].decode("ascii", "ignore"))
        if status.startswith("2"):
            return
        if status.startswith("407"):
            message, remedy = "requires a user name and a password (407)", "set them in [network] proxy"
        else:
            message = f"does not let the request to {host_of(self._server.geturl())} through ({one_line(status, 60)})"
            remedy = "check [network] proxy"
        # What a proxy forbids stays forbidden; with 5xx it could not reach the server now.
        kind = ProxyRefused if status.startswith("4") else NetworkError
        raise kind(f"The proxy {proxy} {message}", remedy=remedy, needs=SETTING_UP)

    def send_ahead(self, opened: socket.socket, url: str) -> bool:
        """Send the request for *url* on *opened* at once, for ``http`` to read its response; whether that can be done."""
        if self._proxy:
            return False
        try:
            opened.sendall(_head(f"GET {url.removeprefix(f'{self._server.scheme}://{self._server.netloc}')}", _headers(url, {})))
        except OSError:
            # Its request gets the error.
            return False
        return True

    def http(self, opened: socket.socket, *, is_sent: bool) -> httpcore.HTTP11Connection:
        """Return what sends requests on *opened*; *is_sent* if the first one has been sent."""
        import httpcore

        # At DEBUG it logs the URL with its query, and the token is in it.
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        origin = httpcore.URL((self._plain_proxy or self._server).geturl()).origin
        return httpcore.HTTP11Connection(origin, self.stream(opened, is_sent=is_sent))

    def stream(self, opened: socket.socket, *, is_sent: bool = False) -> httpcore.NetworkStream:
        """Return what reads from *opened* and writes to it, except the first request if that *is_sent*."""
        from httpcore._backends.sync import SyncStream  # what ``httpcore.SyncBackend`` makes of a socket

        class SentStream(SyncStream):
            def write(self, buffer: bytes, timeout: float | None = None) -> None:
                nonlocal is_sent
                if not is_sent:
                    super().write(buffer, timeout)
                is_sent = False

        if self._proxy and self._is_secure and self._proxy.scheme == "https":
            # TLS in TLS, which the system's sockets cannot do.
            return SyncStream(opened).start_tls(self._context, self._server.hostname, self._timeout)
        return SentStream(opened)

    def request(self, url: str, read_timeout: float, cookies: Mapping[str, str]) -> httpcore.Request:
        import httpcore

        target, headers = httpcore.URL(url), _headers(url, cookies)
        if proxy := self._plain_proxy:
            headers += self._authorization()
            target = httpcore.URL(scheme=proxy.scheme, host=proxy.hostname or "", port=proxy.port, target=url)
        return httpcore.Request(
            "GET", target, headers=headers, extensions={"timeout": {"read": read_timeout, "write": read_timeout}}
        )

    def remember_session(self, opened: socket.socket) -> None:
        """Resume the TLS session of *opened*, a connection that has been used, with the next one."""
        if isinstance(opened, ssl.SSLSocket) and opened.session is not None:
            self._sessions[opened.server_hostname or ""] = opened.session

    def _authorization(self) -> list[tuple[str, str]]:
        if self._proxy is None or (self._proxy.username is None and self._proxy.password is None):
            return []
        user = f"{unquote(self._proxy.username or '')}:{unquote(self._proxy.password or '')}"
        return [("Proxy-Authorization", f"Basic {base64.b64encode(user.encode()).decode()}")]


def _headers(url: str, cookies: Mapping[str, str]) -> list[tuple[str, str]]:
    headers = [
        ("Host", urlsplit(url).netloc),
        ("Accept", "application/json"),
        ("Accept-Encoding", "gzip"),
        ("Connection", "keep-alive"),
        ("User-Agent", f"lead-tui/{__version__}"),
    ]
    if cookies:
        headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items())))
    return headers


def _head(request: str, headers: list[tuple[str, str]]) -> bytes:
    lines = (f"{request} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", "")
    return "\r\n".join(lines).encode("ascii")


def _port(peer: SplitResult) -> int:
    return peer.port or (443 if peer.scheme == "https" else 80)


def tls_context(network: Network) -> ssl.SSLContext:
    """Return a context that trusts the certificates of ``ca_file``, else the host's. Raises ``OSError`` if the file is gone."""
    paths = ssl.get_default_verify_paths()
    if network.ca_file:
        context = ca_file_context(network.ca_file)
    elif sys.platform != "darwin" and (paths.cafile or (paths.capath and any(Path(paths.capath).glob("*.0")))):
        # As truststore does, but it reads the certificates again for each connection, and makes one handshake after the other.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_default_verify_paths()
    else:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    return context


def socket_options() -> list[tuple[int, int, int]]:
    """Return what makes the system notice a connection that a firewall has forgotten: unacknowledged data, or else probes."""
    if _USER_TIMEOUT is not None:
        return [(socket.IPPROTO_TCP, _USER_TIMEOUT, int(limits.UNACKNOWLEDGED_SECONDS * 1000))]
    probes = (("TCP_KEEPALIVE", limits.UNACKNOWLEDGED_SECONDS), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 3))
    options = [(socket.IPPROTO_TCP, getattr(socket, name), int(value)) for name, value in probes if hasattr(socket, name)]
    return [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *options]
