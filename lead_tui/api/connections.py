"""Connections: kept for the next request, opened ahead of one, and how long the server keeps idle ones open.

httpcore's own pool does not say which connection it takes, and cannot open one without a request.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from functools import cached_property
from typing import TYPE_CHECKING

from lead_tui import limits
from lead_tui.api.threads import Abandoned, IsCancelled
from lead_tui.config.settings import Network

if TYPE_CHECKING:
    import httpcore

    from lead_tui.api.streams import Opened, Route


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
    """A connection that *route* has *opened*."""

    def __init__(self, route: Route, opened: Opened) -> None:
        self._route = route
        self.opened = opened
        self.has_answered = False
        """Whether it has carried a request: servers close one that has not after less time."""
        self.sent_url = ""
        """The request that was sent on it ahead, for which alone it can be used."""
        self.idle_since = time.monotonic()

    @cached_property
    def http(self) -> httpcore.HTTP11Connection:
        """What sends requests on it, made for the first one."""
        return self._route.http(self.opened, is_sent=bool(self.sent_url))


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
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()
        self._in_use: dict[Connection, IsCancelled] = {}
        """Those of requests, and whether the response is still wanted."""
        self._connect_seconds = 0.0
        """What the last new connection took."""
        self._opening: dict[Future[Connection], str] = {}
        """Connections that are being opened and that no request waits for yet, each with the URL that is requested on it, or ""."""
        self._max_idle_seconds = limits.MAX_IDLE_SECONDS
        """How long the server kept a connection last time."""
        self._idle_cap = limits.MAX_IDLE_SECONDS
        self._no_warming_until = 0.0
        self.is_closed = False

    @property
    def route(self) -> Route:
        """Raises ``OSError`` if the certificates to trust are gone."""
        with self._making_route:
            if self._route is None:
                # Imported here: a demo needs no network.
                from lead_tui.api.streams import Route

                self._route = Route(self._base_url, self._network)
            return self._route

    def warm(self, count: int, *ahead: str) -> None:
        """Open connections in the background until *count* are ready, and send the requests for *ahead*. Returns at once."""
        with self._lock:
            self._drop_stale()
            missing = min(count, self._max_idle) - len(self._idle) - len(self._opening)
            if self.is_closed or time.monotonic() < self._no_warming_until:
                return
            if missing > 0:
                # In this thread: two that import at the same time take turns, and the program starts later.
                from lead_tui.api import streams  # noqa: F401
            for url in (*ahead, *[""] * missing)[: max(0, missing)]:
                future: Future[Connection] = Future()
                threading.Thread(target=self._open_ahead, args=(future, url), name="connect", daemon=True).start()
                self._opening[future] = url

    def acquire(self, state: RequestState, is_cancelled: IsCancelled, url: str = "") -> Connection:
        """Return a connection for the request for *url*: an idle one, one that is being opened, or a new one.

        Where a response that nothing waits for is being read to its end, wait for that connection, as long as a new one would take,
        or longer for two: quick jumps through a result then open one. Raises as ``Route.connect``, and ``Abandoned``.
        """
        opening = None
        with self._lock:
            if self.is_closed:
                raise ConnectionAbortedError
            if state.replaces is not None:
                self._distrust(state.replaces)
            self._drop_stale()
            if not self._ready(url) and not self._to_open(url):
                longest = limits.MAX_CONNECTION_WAIT_SECONDS
                patience = min(self._connect_seconds, longest) if self._draining() < 2 else longest
                self._lock.wait_for(lambda: self._ready(url) or not self._draining(), patience)
            if is_cancelled():
                raise Abandoned
            connection = self._ready(url)
            if connection is not None:
                self._idle.remove(connection)
            elif (opening := self._to_open(url)) is not None:
                del self._opening[opening]
        if connection is not None:
            state.idle_seconds = time.monotonic() - connection.idle_since
        else:
            connection = opening.result() if opening is not None else self._open()
        state.sent_at = time.monotonic()
        with self._lock:
            self._in_use[connection] = is_cancelled
        return connection

    def _ready(self, url: str) -> Connection | None:
        """Return the idle connection to use for the request for *url*. The lock is held."""
        usable = {each.sent_url: each for each in self._idle}
        return usable.get(url) or usable.get("")

    def _to_open(self, url: str) -> Future[Connection] | None:
        """Return the connection to wait for, for the request for *url*. The lock is held."""
        usable = {sent: future for future, sent in self._opening.items()}
        return usable.get(url) or usable.get("")

    def release(self, connection: Connection) -> None:
        """Keep *connection* for the next request if its response was read to the end; else close it."""
        connection.has_answered, connection.sent_url = True, ""
        connection.idle_since = time.monotonic()
        if connection.http.is_idle():
            self.route.remember_session(connection.opened)
            self._keep(connection)
        else:
            self._close(connection)

    def close(self) -> None:
        """Close every connection, those in use included."""
        with self._lock:
            self.is_closed = True
            for connection in list(self._all):
                self._close(connection)

    def _open(self, url: str = "") -> Connection:
        """Return a new connection, on which the request for *url* has been sent, if one is given. Raises as ``Route.connect``."""
        route, started = self.route, time.monotonic()
        connection = Connection(route, route.connect())
        if url and route.send_ahead(connection.opened, url):
            connection.sent_url = url
        with self._lock:
            self._connect_seconds = time.monotonic() - started
            self._all.add(connection)
            if self.is_closed:
                self._close(connection)
        return connection

    def _open_ahead(self, future: Future[Connection], url: str) -> None:
        connection, failure = None, None
        try:
            connection = self._open(url)
        except BaseException as error:  # of any kind: the request that waits for it gets it
            failure = error
        with self._lock:
            is_claimed = future not in self._opening
            if failure is not None:
                self._no_warming_until = time.monotonic() + limits.WARM_PAUSE_SECONDS
            if not is_claimed:
                # Under one lock: a request in between would find it neither opening nor idle, and open another.
                del self._opening[future]
                if connection is not None:
                    self._keep(connection)
        if connection is None:
            future.set_exception(failure)
        elif is_claimed:
            future.set_result(connection)

    def _draining(self) -> int:
        return sum(is_cancelled() for is_cancelled in self._in_use.values())

    def _keep(self, connection: Connection) -> None:
        with self._lock:
            self._in_use.pop(connection, None)
            if self.is_closed or len(self._idle) >= self._max_idle:
                self._close(connection)
            else:
                self._idle.append(connection)
                self._lock.notify_all()

    def _drop_stale(self) -> None:
        """Close the idle connections that the server has closed, or may be about to. The lock is held."""
        for connection in list(self._idle):
            # Imported here, like the route.
            from lead_tui.api.streams import is_quiet

            idle = time.monotonic() - connection.idle_since
            # What has come on one with a request is its response.
            is_open = bool(connection.sent_url) or is_quiet(connection.opened)
            trusted = self._max_idle_seconds if connection.has_answered else limits.MAX_UNUSED_SECONDS
            if is_open and idle <= trusted:
                continue
            if connection.has_answered:
                # One that is open after a longer time than the last one was: the server is more patient again.
                self._max_idle_seconds = min(self._idle_cap, idle) if is_open else min(self._max_idle_seconds, idle)
            self._close(connection)

    def _distrust(self, state: RequestState) -> None:
        """Close the idle connections as old as that of *state*, which was dead. The lock is held."""
        idle = state.idle_seconds or 0.0
        self._max_idle_seconds = min(self._max_idle_seconds, idle)
        if state.is_forgotten:
            # Without a word: such a connection looks open, and each attempt costs seconds.
            self._idle_cap = self._max_idle_seconds
        for connection in [each for each in self._idle if each.idle_since <= state.sent_at]:
            self._close(connection)

    def _close(self, connection: Connection) -> None:
        with self._lock:
            if connection in self._idle:
                self._idle.remove(connection)
            self._all.discard(connection)
            self._in_use.pop(connection, None)
            self._lock.notify_all()
        connection.opened.close()
