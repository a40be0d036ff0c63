"""Connections to the server: opened ahead of a request, and kept for the next one. For use in threads: they block.

No library's pool says which connection it uses, or opens one without a request.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial

from lead_tui import limits
from lead_tui.api.route import Route
from lead_tui.api.threads import Abandoned, IsCancelled, start_thread
from lead_tui.config.settings import Network
from lead_tui.leads.errors import NetworkError


class RequestState:
    """The progress of a request; its thread writes it, and the task that waits for the reply reads it."""

    def __init__(self, *, replaces: RequestState | None = None) -> None:
        self.replaces = replaces
        """The request that found its kept connection dead, which makes the other kept ones suspect."""
        self.sent_at = 0.0
        self.idle_seconds: float | None = None
        """How long the connection had been idle, if it was a kept one; None for a new one."""
        self.is_answered = False
        """Whether the head of the response has arrived."""

    @property
    def is_forgotten(self) -> bool:
        """Whether no response has arrived, on a connection that a firewall may have forgotten meanwhile."""
        return not self.is_answered and (self.idle_seconds or 0.0) >= limits.SUSPECT_IDLE_SECONDS


class Connection:
    """A connection, open or being opened, on which *request*, if given, is sent immediately."""

    def __init__(self, request: bytes = b"") -> None:
        self.sent = request
        """The request that was sent on it ahead: the connection can only be used for that."""
        self.opened: Future[socket.socket] = Future()
        self.has_answered = False
        """Whether it has carried a request: servers close one that has not sooner."""
        self.idle_since = 0.0

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
    """The connections to one server: the most recently used one is used first; at most *max_idle* are kept."""

    def __init__(self, base_url: str, network: Network, max_idle: int) -> None:
        self._base_url = base_url
        self._network = network
        self._max_idle = max_idle
        self._lock = threading.Condition()
        """Notified when a connection has become idle or was closed."""
        self._route: Route | None = None
        self._making_route = threading.Lock()
        self._opening: list[Connection] = []
        """Connections being opened that no request is waiting for yet."""
        self._idle: list[Connection] = []
        self._in_use: dict[Connection, IsCancelled] = {}
        """Connections of requests, and whether the response is still wanted."""
        self._connect_seconds = 0.0
        """How long the last new connection took."""
        self._max_idle_seconds = limits.MAX_IDLE_SECONDS
        """How long the server kept a connection most recently."""
        self._idle_cap = limits.MAX_IDLE_SECONDS
        self._no_warming_until = 0.0
        self.is_closed = False

    @property
    def route(self) -> Route:
        """Raises ``OSError`` if the certificates to trust are gone."""
        with self._making_route:
            self._route = self._route or Route(self._base_url, self._network)
            return self._route

    def warm(self, count: int, *ahead: bytes) -> None:
        """Open connections in the background until *count* are ready, and send the requests *ahead*. Returns immediately."""
        with self._lock:
            self._drop_stale()
            missing = min(count, self._max_idle) - len(self._idle) - len(self._opening)
            if self.is_closed or time.monotonic() < self._no_warming_until:
                return
            for request in (*ahead, *[b""] * missing)[: max(0, missing)]:
                connection = Connection(request)
                with suppress(NetworkError):
                    start_thread(partial(self._open, connection), "connect")
                    self._opening.append(connection)

    def acquire(self, state: RequestState, is_cancelled: IsCancelled, request: bytes) -> Connection:
        """Return a connection for *request*, on which it remains to be sent unless it is ``sent``: an idle one, one that is being
        opened, or a new one.

        If an abandoned response is being read to its end, wait for that connection, as long as a new one would take, or longer if
        there are two: then quick jumps through a result open only one. Raises as ``Route.connect``, and ``Abandoned``.
        """
        with self._lock:
            if self.is_closed:
                raise ConnectionAbortedError
            if state.replaces is not None:
                self._distrust(state.replaces)
            self._drop_stale()
            if not self._usable(request):
                longest = limits.MAX_CONNECTION_WAIT_SECONDS
                patience = min(self._connect_seconds, longest) if self._draining() < 2 else longest
                self._lock.wait_for(lambda: self._usable(request) or not self._draining(), patience)
            if is_cancelled():
                raise Abandoned
            usable = self._usable(request)
            connection = usable or Connection()
            if connection in self._idle:
                state.idle_seconds = time.monotonic() - connection.idle_since
            self._forget(connection)
            self._in_use[connection] = is_cancelled
        if not usable:
            self._open(connection)
        connection.opened.result()
        if is_cancelled():
            self._keep(connection)
            raise Abandoned
        state.sent_at = time.monotonic()
        return connection

    def release(self, connection: Connection, *, is_kept: bool) -> None:
        """Keep *connection* for the next request if its response was read to the end (*is_kept*); otherwise close it."""
        connection.has_answered, connection.sent = True, b""
        if is_kept:
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

    def _usable(self, request: bytes) -> Connection | None:
        """Return the connection to use for *request*, preferably an idle one. The lock is held."""
        usable = {each.sent: each for each in (*self._opening, *self._idle)}
        return usable.get(request) or usable.get(b"")

    def _draining(self) -> int:
        return sum(is_cancelled() for is_cancelled in self._in_use.values())

    def _open(self, connection: Connection) -> None:
        started = time.monotonic()
        try:
            opened = self.route.connect()
            with suppress(OSError):  # with which reading the response fails, too
                opened.sendall(connection.sent)
        except BaseException as error:  # of any kind: the waiting request receives it
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
        """Remove *connection* from the collection that it is in. The lock is held."""
        self._in_use.pop(connection, None)
        for each in (self._opening, self._idle):
            if connection in each:
                each.remove(connection)
        self._lock.notify_all()

    def _drop_stale(self) -> None:
        """Close the idle connections that the server has closed, or may be about to. The lock is held."""
        for connection in list(self._idle):
            idle = time.monotonic() - connection.idle_since
            # Data on a connection with a request is the response.
            is_open = bool(connection.sent) or connection.is_quiet()
            trusted = self._max_idle_seconds if connection.has_answered else limits.MAX_UNUSED_SECONDS
            if is_open and idle <= trusted:
                continue
            if connection.has_answered:
                # Open for longer than the last one was: the server is more patient again.
                self._max_idle_seconds = min(self._idle_cap, idle) if is_open else min(self._max_idle_seconds, idle)
            self._close(connection)

    def _distrust(self, state: RequestState) -> None:
        """Close the idle connections that are as old as the dead one of *state*. The lock is held."""
        self._max_idle_seconds = min(self._max_idle_seconds, state.idle_seconds or 0.0)
        if state.is_forgotten:
            # It died silently: such connections look open, and each attempt costs seconds.
            self._idle_cap = self._max_idle_seconds
        for connection in [each for each in self._idle if each.idle_since <= state.sent_at]:
            self._close(connection)

    def _close(self, connection: Connection) -> None:
        with self._lock:
            self._forget(connection)
        if connection.opened.done() and not connection.opened.exception():
            opened = connection.opened.result()
            with suppress(OSError):
                # Ends a request in another thread, for which closing alone would wait.
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()
