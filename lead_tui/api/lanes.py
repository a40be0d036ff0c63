"""Kept connections: a lane each, the one used last first, so that it is known how long a request's connection was idle.

httpx's own pool does not say which connection it takes, and httpcore 1.0.9 counts those in use against the idle ones it may keep.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

import httpx

from lead_tui import limits
from lead_tui.api.exchange import Sending

_USER_TIMEOUT: Final = getattr(socket, "TCP_USER_TIMEOUT", None)


def socket_options() -> list[tuple[int, int, int]]:
    """Return what makes the system notice a connection that a firewall has forgotten: unacknowledged data, or else probes."""
    if _USER_TIMEOUT is not None:
        return [(socket.IPPROTO_TCP, _USER_TIMEOUT, int(limits.UNACKNOWLEDGED_SECONDS * 1000))]
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    probes = (("TCP_KEEPALIVE", limits.UNACKNOWLEDGED_SECONDS), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 3))
    options += [(socket.IPPROTO_TCP, getattr(socket, name), int(value)) for name, value in probes if hasattr(socket, name)]
    return options


class _Lane:
    """A transport that holds one connection at most."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self.transport = transport
        self.used_at: float | None = None
        """When its last answer ended; None before the first one."""


class Lanes(httpx.BaseTransport):
    """Sends each request on an idle lane, or on a new one made by *make*; keeps *max_idle* of them.

    A request holds its ``Sending`` among its extensions, as ``sending``.
    """

    def __init__(self, make: Callable[[], httpx.BaseTransport], max_idle: int) -> None:
        self._make = make
        self._max_idle = max_idle
        self._lock = threading.Lock()
        self._idle: list[_Lane] = []
        self._all: set[_Lane] = set()
        self._closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sending: Sending = request.extensions["sending"]
        lane = self._lane(fresh=sending.fresh)
        if lane.used_at is not None:
            sending.idle_seconds = time.monotonic() - lane.used_at

        def trace(event: str, _details: object) -> None:
            if event == "connection.connect_tcp.started":
                # The server had closed the kept connection, and the lane makes a new one.
                sending.idle_seconds = None

        request.extensions["trace"] = trace
        try:
            response = lane.transport.handle_request(request)
        except BaseException:
            self._drop(lane)
            raise
        sending.is_answered = True
        stays = "close" not in response.headers.get("connection", "").lower()

        def ended(complete: bool) -> None:
            self._release(lane) if complete and stays else self._drop(lane)

        assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101  # for the type checker
        response.stream = _Body(response.stream, ended)
        return response

    def close(self) -> None:
        """Close every connection, those in use included."""
        with self._lock:
            self._closed = True
            lanes = list(self._all)
        for lane in lanes:
            self._drop(lane)

    def _lane(self, *, fresh: bool) -> _Lane:
        """A lane of its own for a request. With *fresh* the idle ones are given up: they are as old as the one that failed."""
        kept_until = time.monotonic() - limits.KEEP_ALIVE
        with self._lock:
            dropped = [lane for lane in self._idle if fresh or (lane.used_at or 0.0) < kept_until]
            self._idle = [lane for lane in self._idle if lane not in dropped]
            lane = self._idle.pop() if self._idle else _Lane(self._make())
            self._all.add(lane)
        for each in dropped:
            self._drop(each)
        return lane

    def _release(self, lane: _Lane) -> None:
        lane.used_at = time.monotonic()
        with self._lock:
            keeps = not self._closed and len(self._idle) < self._max_idle
            if keeps:
                self._idle.append(lane)
        if not keeps:
            self._drop(lane)

    def _drop(self, lane: _Lane) -> None:
        with self._lock:
            self._all.discard(lane)
        lane.transport.close()


class _Body(httpx.SyncByteStream):
    """The body of an answer; *ended* is called once, when it is closed, with whether it was read to its end."""

    def __init__(self, stream: httpx.SyncByteStream, ended: Callable[[bool], None]) -> None:
        self._stream = stream
        self._ended: Callable[[bool], None] | None = ended
        self._complete = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream
        self._complete = True

    def close(self) -> None:
        self._stream.close()
        ended, self._ended = self._ended, None
        if ended is not None:
            ended(self._complete)
