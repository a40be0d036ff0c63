"""A relay on loopback, as a firewall between client and server: it forgets connections, and lets new ones through."""

from __future__ import annotations

import socket
from contextlib import suppress

from tests.servers.listener import Listener


class Relay(Listener):
    """Passes connections on to *port*."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.connections = 0
        """How many were made through it."""
        self._target = port
        self._forgotten: set[socket.socket] = set()

    @property
    def base_url(self) -> str:
        """The base URL to ask."""
        return f"http://127.0.0.1:{self.port}/v1"

    def forget(self) -> None:
        """Silently drop what arrives on existing connections; new ones pass."""
        self._forgotten = set(self._open)

    def _serve(self, connection: socket.socket) -> None:
        self.connections += 1
        server = socket.create_connection(("127.0.0.1", self._target))
        for each in (connection, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open.append(server)
        self._begin(self._pass_on, server, connection)
        self._pass_on(connection, server)

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(1 << 20):
                if one in self._forgotten:
                    continue
                other.sendall(data)
            if one not in self._forgotten:
                other.shutdown(socket.SHUT_WR)
