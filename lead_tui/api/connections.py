"""Connections to the server: made (TCP, the tunnel through a proxy, TLS), opened ahead of a request, and kept for the next one.

For use in threads: they block. No library's pool says which connection it uses, or opens one without a request.
"""

from __future__ import annotations

import base64
import os
import socket
import ssl
import sys
import threading
import time
from concurrent.futures import Future
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from lead_tui import limits
from lead_tui.api.threads import Abandoned, IsCancelled, start_thread
from lead_tui.config.settings import Network, ca_file_context, host_of
from lead_tui.leads.errors import NetworkError
from lead_tui.leads.permissions import SETTING_UP
from lead_tui.leads.text import one_line


class RequestState:
    """The progress of a request; its thread writes it, and the task that waits for the reply reads it."""

    def __init__(self, *, replaces: RequestState | None = None) -> None:
        self.replaces = replaces  # the request that found its kept connection dead, which makes the other kept ones suspect
        self.idle_seconds: float | None = None  # how long the connection had been idle, if it was a kept one; None for a new one
        self.is_answered = False  # whether the head of the response has arrived
        self.was_dead = False  # whether a kept connection broke before the response began: a new one may work immediately


class Connection:
    """A connection, open or being opened, on which *request*, if given, is sent immediately."""

    def __init__(self, request: bytes = b"") -> None:
        self.sent = request  # the request that was sent on it ahead: the connection can only be used for that
        self.opened: Future[socket.socket] = Future()
        self.is_cancelled: IsCancelled | None = None
        """Of the request that uses it: whether its response is still wanted. None while the connection is free."""
        self.has_answered = False  # whether it has carried a request: servers close one that has not sooner
        self.free_since = 0.0

    def is_quiet(self) -> bool:
        """Return whether the server has neither closed it nor sent anything, such as HAProxy's 408; reads TLS session tickets."""
        opened = self.opened.result()
        opened.settimeout(0)
        try:
            opened.recv(1)
        except OSError as error:
            return isinstance(error, BlockingIOError | ssl.SSLWantReadError)
        return False


class Connections:
    """The connections to one server: the most recently used one is used first; at most *max_free* are kept."""

    def __init__(self, base_url: str, network: Network, max_free: int) -> None:
        self.host = host_of(base_url)
        self.network = network
        self._route = Route(base_url, network)
        self._max_free = max_free
        self._lock = threading.Condition()  # notified when a connection has become free or was closed
        self._all: list[Connection] = []  # open, or being opened
        self._connect_seconds = 0.0  # how long the last new connection took
        self._kept_seconds = limits.MAX_IDLE_SECONDS
        """For how long connections can be kept: no longer than those that the server closed, or a firewall forgot."""
        self.is_closed = False

    def warm(self, count: int, *ahead: bytes) -> None:
        """Open connections in the background until *count* are ready, and send the requests *ahead*. Returns immediately."""
        with self._lock:
            self._drop_stale()
            missing = min(count, self._max_free) - len(self._free())
            if not self.is_closed:
                for request in (*ahead, *[b""] * missing)[: max(0, missing)]:
                    with suppress(NetworkError):
                        self._begin(request)

    def acquire(self, state: RequestState, is_cancelled: IsCancelled, request: bytes, until: float) -> Connection:
        """Return a free, opening or new connection for *request*, on which it remains to be sent unless it is ``sent``.

        While an abandoned response is read to its end, wait for that connection, as long as a new one would take.

        Raises as ``Route.connect``, ``TimeoutError`` if there is none at *until*, a monotonic time, and ``Abandoned``.
        """
        with self._lock:
            if state.replaces is not None:
                self._learn(state.replaces.idle_seconds or 0.0)
                for other in self._free():
                    if other.has_answered:
                        self._close(other)
            self._drop_stale()
            patience = min(self._connect_seconds, limits.MAX_CONNECTION_WAIT_SECONDS)
            self._lock.wait_for(lambda: self._usable(request) or not self._is_draining(), patience)
            if is_cancelled():
                raise Abandoned
            if self.is_closed:
                raise ConnectionAbortedError
            connection = self._usable(request) or self._begin()
            connection.is_cancelled = is_cancelled
            if connection.opened.done():
                state.idle_seconds = time.monotonic() - connection.free_since
        try:
            connection.opened.result(max(0.0, until - time.monotonic()))
        except TimeoutError:
            self._close(connection)
            raise
        if is_cancelled():
            self._set_free(connection)
            raise Abandoned
        return connection

    def release(self, connection: Connection, *, is_kept: bool) -> None:
        """Keep *connection* for the next request if its response was read to the end (*is_kept*); otherwise close it."""
        connection.has_answered, connection.sent = True, b""
        if is_kept:
            if isinstance(opened := connection.opened.result(), ssl.SSLSocket):
                self._route.session = opened.session
            self._set_free(connection)
        else:
            self._close(connection)

    def close(self) -> None:
        """Close every connection, those in use included."""
        with self._lock:
            self.is_closed = True
            for connection in list(self._all):
                self._close(connection)

    def _free(self) -> list[Connection]:
        """Return the connections that no request uses or is waiting for. The lock is held."""
        return [each for each in self._all if each.is_cancelled is None]

    def _usable(self, request: bytes) -> Connection | None:
        """Return the connection to use for *request*, preferably an open one, the one used last. The lock is held."""
        usable = [each for each in self._free() if each.sent in (request, b"")]
        return max(usable, key=lambda each: (each.sent, each.opened.done(), each.free_since), default=None)

    def _is_draining(self) -> bool:
        return any(each.is_cancelled is not None and each.is_cancelled() for each in self._all)

    def _begin(self, request: bytes = b"") -> Connection:
        """Return a connection that is being opened in a thread: resolving a name has no time limit. The lock is held."""
        connection = Connection(request)
        start_thread(partial(self._open, connection), "connect")
        self._all.append(connection)
        return connection

    def _open(self, connection: Connection) -> None:
        started = time.monotonic()
        try:
            opened = self._route.connect()
        except BaseException as error:  # of any kind: the waiting request receives it
            self._close(connection)
            connection.opened.set_exception(error)
            return
        with suppress(OSError):  # with which reading the response fails, too
            opened.sendall(connection.sent)
        with self._lock:
            connection.free_since = time.monotonic()
            self._connect_seconds = connection.free_since - started
            connection.opened.set_result(opened)
            if connection not in self._all:
                # Closed, or waited for too long.
                self._close(connection)

    def _set_free(self, connection: Connection) -> None:
        with self._lock:
            if self.is_closed or len(self._free()) >= self._max_free:
                self._close(connection)
            else:
                connection.is_cancelled, connection.free_since = None, time.monotonic()
                self._lock.notify_all()

    def _drop_stale(self) -> None:
        """Close the free connections that the server has closed, or may be about to. The lock is held."""
        for connection in [each for each in self._free() if each.opened.done()]:
            idle = time.monotonic() - connection.free_since
            # Data on a connection with a request is the response.
            is_open = bool(connection.sent) or connection.is_quiet()
            if is_open and idle <= (self._kept_seconds if connection.has_answered else limits.MAX_UNUSED_SECONDS):
                continue
            if connection.has_answered and not is_open:
                self._learn(idle)
            self._close(connection)

    def _learn(self, idle: float) -> None:
        """Note that a connection did not last for *idle* seconds. Shorter pauses than some seconds say nothing about the others."""
        self._kept_seconds = min(self._kept_seconds, max(idle, limits.SUSPECT_IDLE_SECONDS))

    def _close(self, connection: Connection) -> None:
        with self._lock, suppress(ValueError):
            self._all.remove(connection)
            self._lock.notify_all()
        if connection.opened.done() and not connection.opened.exception():
            opened = connection.opened.result()
            with suppress(OSError):
                # Ends a request in another thread, for which closing alone would wait. Not the method of TLS sockets, which first
                # drops the encryption: such a request would still be sent, in plain text.
                socket.socket.shutdown(opened, socket.SHUT_RDWR)
            opened.close()


# Making one


class Route:
    """The route to the server at *base_url*: direct, or through an HTTP proxy. Can be used by several threads."""

    def __init__(self, base_url: str, network: Network) -> None:
        self._server = urlsplit(base_url)
        self._proxy = urlsplit(network.proxy) if network.proxy else None
        self._network = network
        self._context: ssl.SSLContext | None = None
        self._making_context = threading.Lock()
        self.session: ssl.SSLSession | None = None  # of the last connection used: with TLS 1.2, resuming it saves a round trip

    def connect(self) -> socket.socket:
        """Open a connection, without a request to the server. Raises ``OSError``, and ``NetworkError`` if the proxy refuses."""
        peer = self._proxy or self._server
        opened = socket.create_connection((peer.hostname or "", _port(peer)), self._network.connect_timeout)
        try:
            for option in (*socket_options(), (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)):
                opened.setsockopt(*option)
            if self._proxy:
                self._ask_for_tunnel(opened, self._proxy)
            if self._server.scheme == "https":
                with self._making_context:
                    self._context = self._context or tls_context(self._network)
                opened = self._context.wrap_socket(opened, server_hostname=self._server.hostname, session=self.session)
        except BaseException:
            opened.close()
            raise
        return opened

    def _ask_for_tunnel(self, opened: socket.socket, address: SplitResult) -> None:
        # Imported here: few use a proxy.
        from http.client import HTTPException, HTTPResponse

        proxy = host_of(address.geturl())
        target = self._server.netloc if self._server.port else f"{self._server.netloc}:{_port(self._server)}"
        headers = {"Host": target, "Accept": "*/*"}
        if address.username is not None or address.password is not None:
            user = f"{unquote(address.username or '')}:{unquote(address.password or '')}"
            headers["Proxy-Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
        opened.sendall(request_head(f"CONNECT {target}", headers))
        remedy = "check [network] proxy"
        with closing(HTTPResponse(opened, method="CONNECT")) as response:
            try:
                response.begin()
            except HTTPException:
                raise NetworkError(f"The proxy {proxy} answers, but not as a proxy does", remedy=remedy) from None
        if 200 <= response.status < 300:
            return
        if response.status == 407:
            message, remedy = "requires a user name and a password (407)", "set them in [network] proxy"
        else:
            reason = one_line(f"{response.status} {response.reason}", 60)
            message = f"does not let the request to {host_of(self._server.geturl())} through ({reason})"
        error = NetworkError(f"The proxy {proxy} {message}", remedy=remedy, needs=SETTING_UP)
        # A proxy's 4xx is final; with 5xx it only cannot reach the server now.
        error.retryable = not 400 <= response.status < 500
        raise error


def request_head(request: str, headers: dict[str, str]) -> bytes:
    """Return the bytes of a request without a body; *request* is its first line without the version."""
    lines = (f"{request} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", "")
    return "\r\n".join(lines).encode("ascii")


def _port(peer: SplitResult) -> int:
    return peer.port or (443 if peer.scheme == "https" else 80)


def tls_context(network: Network) -> ssl.SSLContext:
    """Return a context that trusts the certificates of ``ca_file``, else the host's. Raises ``OSError`` if the file is gone.

    Environment variables are removed in which OpenSSL finds certificates to trust, and Python a file to write the keys of
    connections to, with which the token could be read.
    """
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        os.environ.pop(name, None)
    paths = ssl.get_default_verify_paths()
    if network.ca_file:
        context = ca_file_context(network.ca_file)
    elif sys.platform != "darwin" and (paths.cafile or (paths.capath and any(Path(paths.capath).glob("*.0")))):
        # As truststore does, except that it reads the certificates for each connection and makes only one handshake at a time.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_default_verify_paths()
    else:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    return context


def socket_options() -> list[tuple[int, int, int]]:
    """Return options that make the system notice that a firewall forgot a connection: by unacknowledged data, or else probes."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        return [(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(limits.UNACKNOWLEDGED_SECONDS * 1000))]
    probes = ("TCP_KEEPALIVE", int(limits.UNACKNOWLEDGED_SECONDS)), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 3)
    known = [(socket.IPPROTO_TCP, getattr(socket, name), value) for name, value in probes if hasattr(socket, name)]
    return [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *known]
