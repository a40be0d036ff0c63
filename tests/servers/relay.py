"""A relay on loopback, as a firewall between client and server: it forgets connections, and lets new ones through."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Relay:
    """Passes connections on to *port*, from ``__enter__`` until ``__exit__``."""

    def __init__(self, port: int) -> None:
        self.connections = 0
        """How many were made through it."""
        self._target = port
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._forgotten: set[socket.socket] = set()

    @property
    def base_url(self) -> str:
        """The base URL to ask."""
        return f"http://127.0.0.1:{self.port}/v1"

    def forget(self) -> None:
        """Silently drop what arrives on existing connections; new ones pass."""
        self._forgotten = set(self._open)

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        # Closing alone would not wake a thread that waits for a connection.
        for each in (self._socket, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in (self._socket, *self._open):
            each.close()

    def _begin(self, work: object, *arguments: object) -> None:
        assert callable(work)
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self._target))
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open += [client, server]
            self._begin(self._pass_on, client, server)
            self._begin(self._pass_on, server, client)

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(1 << 20):
                if one in self._forgotten:
                    continue
                other.sendall(data)
            if one not in self._forgotten:
                other.shutdown(socket.SHUT_WR)
