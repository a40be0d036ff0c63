"""A Convoso over real HTTP on loopback: ``GET /v1/leads/search`` from any function, recorded requests, faults on request.

    with ConvosoServer(account(1_000_000)) as server:
        server.next(faults.status(502))
        ...

As a program, ``python -m tests.servers.convoso_server --leads 1000000``, it prints its base URL on the first line and serves
until it is terminated or its parent process has ended.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import ssl
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType, TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.servers.leads import Answer, account, prebuilt
from tests.servers.ports import free_port

PATIENCE = 60.0
"""Timeout in seconds for a test that waits in vain; no passing test waits that long."""

WRONG_PATH = b"<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>"


@dataclass(frozen=True)
class Invocation:
    """A request as received."""

    path: str
    parameters: tuple[tuple[str, str], ...]
    """Decoded, in the order received, including repeated ones."""
    query: str
    """Not decoded."""
    headers: Mapping[str, str]
    """Names in lower case."""
    method: str

    def __getitem__(self, name: str) -> str:
        return dict(self.parameters)[name]

    def get(self, name: str) -> str | None:
        """Return the value of the parameter *name*, None if it was not sent."""
        return dict(self.parameters).get(name)


class Exchange(BaseHTTPRequestHandler):
    """A connection with its requests, one after another; passed to faults."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http
    asked: Invocation

    def do_GET(self) -> None:
        convoso = self.server.convoso
        parts = urlsplit(self.path)
        parameters = tuple(parse_qsl(parts.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked = Invocation(parts.path, parameters, parts.query, headers, self.command)
        try:
            fault = convoso._received(self.asked)
            if fault is None:
                self.answer()
            else:
                fault(self)
        finally:
            convoso._answered()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  # the base class's way to name methods

    def answer(self) -> None:
        """Answer as if nothing were wrong."""
        self.send(*self.right_answer())

    def right_answer(self) -> tuple[int, bytes]:
        """The status and body that belong to the request."""
        convoso = self.server.convoso
        if self.asked.method == "GET" and (section := convoso.sections.get(self.asked.path.removeprefix("/v1/"))):
            return section(dict(self.asked.parameters))
        if self.asked.path != convoso.path or self.asked.method != "GET":
            return 404, WRONG_PATH
        if convoso.delay:
            time.sleep(convoso.delay)
        return convoso.answer(dict(self.asked.parameters))

    def send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Send a complete answer. *headers* are added; a ``Content-Length`` among them replaces the true one."""
        self.wfile.write(self.head(status, {"Content-Length": str(len(body)), **(headers or {})}) + body)

    def head(self, status: int, headers: Mapping[str, str]) -> bytes:
        """Send the head of an answer."""
        lines = [f"HTTP/1.1 {status} {self.responses.get(status, ('Status', ''))[0]}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if not any(name.lower() == "content-type" for name in headers):
            lines.append("Content-Type: application/json")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def write(self, part: bytes) -> bool:
        """Send a *part* of an answer; False when the client has gone."""
        try:
            self.wfile.write(part)
        except OSError:
            return False
        return True

    def hold(self, released: threading.Event) -> None:
        """Wait until *released*, or until the server closes."""
        self.server.convoso._hold(released)

    def hang_up(self) -> None:
        """Close the connection properly."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Abort the connection: the client gets a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.rfile.close()
        self.connection.close()
        raise ConnectionResetError

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Say nothing."""


Fault = Callable[[Exchange], None]
"""Answers a request in place of the server."""


class _Http(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128
    convoso: ConvosoServer

    def __init__(self, port: int, convoso: ConvosoServer, tls: ssl.SSLContext | None, exchange: type[Exchange]) -> None:
        self.convoso = convoso
        self.tls = tls
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), exchange)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the connection's own thread: a failing handshake must not delay others.
        with self._open_lock:
            self._open.add(request)
            self.convoso.connections += 1
        try:
            if self.tls is not None:
                request = self.tls.wrap_socket(request, server_side=True)
                with self._open_lock:
                    self._open.add(request)
            super().finish_request(request, client_address)
        except OSError:
            # The client went away, which is what many tests are about.
            pass
        finally:
            with self._open_lock:
                self._open.discard(request)
            request.close()

    def hang_up(self) -> None:
        """End every connection, so that its thread ends."""
        with self._open_lock:
            for each in self._open:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


class ConvosoServer:
    """A server of *answer*, from ``__enter__`` or ``start`` until ``__exit__`` or ``close``."""

    path = "/v1/leads/search"

    def __init__(
        self,
        answer: Answer,
        *,
        port: int = 0,
        delay: float = 0.0,
        tls: ssl.SSLContext | None = None,
        exchange: type[Exchange] = Exchange,
    ) -> None:
        """*delay* is in seconds, for benchmarks: what a real server takes. *tls* makes it https. *exchange* serves a connection."""
        self._exchange = exchange
        self.answer = answer
        self.delay = delay
        self.always: Fault | None = None
        """Answers each request for which nothing else has been ordered."""
        self.fault_for: Callable[[Invocation], Fault | None] = lambda asked: None
        """Called for each request before ``always``: returns the fault for only some requests, by their parameters."""
        self.sections: dict[str, Answer] = {}
        """The account's other endpoints by path, without the version; none answers at first."""
        self.connections = 0
        """How many were taken so far: a kept one counts once."""
        self._next: deque[Fault] = deque()
        self._requests: list[Invocation] = []
        self._under_way = 0
        self._news = threading.Condition()
        self._closing = threading.Event()
        self._tls = tls
        self._port = port
        self._http: _Http | None = None
        self._thread: threading.Thread | None = None

    # Setting faults and inspecting requests

    def next(self, *faults: Fault) -> None:
        """Answer each of the next requests with one of these faults."""
        self._next.extend(faults)

    @property
    def requests(self) -> list[Invocation]:
        """The requests so far, in the order received."""
        with self._news:
            return list(self._requests)

    @property
    def under_way(self) -> int:
        """The requests that are being answered."""
        with self._news:
            return self._under_way

    def wait_for_requests(self, count: int) -> list[Invocation]:
        """Return the requests so far, once there are *count*. Blocks; fails after ``PATIENCE``."""
        with self._news:
            assert self._news.wait_for(lambda: len(self._requests) >= count, PATIENCE), f"{len(self._requests)} of {count} requests"
            return list(self._requests)

    def wait_for_connections(self, count: int) -> None:
        """Return once *count* connections were accepted, which is after they are made. Blocks; fails after ``PATIENCE``."""
        end = time.monotonic() + PATIENCE
        while self.connections < count:
            assert time.monotonic() < end, f"{self.connections} of {count} connections"
            time.sleep(0.001)

    @property
    def base_url(self) -> str:
        """The base URL, without a trailing slash."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1"

    @property
    def port(self) -> int:
        """The port that the server listens on, or did until it was closed."""
        assert self._port, "the server has not been started"
        return self._port

    # Start and stop

    def start(self) -> Self:
        """Listen and serve, in threads; after ``close`` again on the same port."""
        self._closing.clear()
        # A user's base URL stays the same.
        self._port = self._port or free_port()
        self._http = _Http(self._port, self, self._tls, self._exchange)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="convoso server")
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop listening, close all connections, and wait for the threads to end."""
        if self._http is None or self._thread is None:
            return
        self._closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.hang_up()
        self._http.server_close()
        self._http = None

    def hang_up(self) -> None:
        """End open connections; the next request makes a new one."""
        assert self._http is not None, "the server has not been started"
        self._http.hang_up()

    def use_tls(self, tls: ssl.SSLContext) -> None:
        """Show another certificate from the next connection on, and end those that are open."""
        assert self._http is not None, "the server has not been started"
        self._tls = self._http.tls = tls
        self._http.hang_up()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    # Used by exchanges

    def _received(self, asked: Invocation) -> Fault | None:
        with self._news:
            self._requests.append(asked)
            self._under_way += 1
            self._news.notify_all()
            if self._next:
                return self._next.popleft()
        return self.fault_for(asked) or self.always

    def _answered(self) -> None:
        with self._news:
            self._under_way -= 1

    def _hold(self, released: threading.Event) -> None:
        while not released.wait(0.02) and not self._closing.is_set():
            pass


def main() -> int:
    """Serve as a program."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.convoso_server", description="A Convoso on loopback.")
    parser.add_argument("--leads", type=int, default=1_000_000, help="how many leads it has (1000000)")
    parser.add_argument("--port", type=int, default=0, help="the port, any free one unless given")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="milliseconds that each answer takes (0)")
    parser.add_argument("--token", default="", help="let in this token only; any unless given")
    parser.add_argument("--prebuilt", action="store_true", help="make the leads before the first answer; lets any token in")
    given = parser.parse_args()
    ended = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        ended.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    answer = prebuilt(given.leads) if given.prebuilt else account(given.leads, token=given.token)
    with ConvosoServer(answer, port=given.port, delay=given.delay_ms / 1000) as server:
        print(server.base_url, flush=True)
        parent = os.getppid()
        while not ended.wait(1) and os.getppid() == parent:
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
