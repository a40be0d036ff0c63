"""A proxy on loopback that passes connections on, as ``CONNECT`` asks it to."""

from __future__ import annotations

import socket
from contextlib import suppress

from tests.servers.listener import Listener


class Proxy(Listener):
    """Takes connections. *answer* is the first line of answers."""

    def __init__(self, answer: str = "HTTP/1.1 200 Connection established") -> None:
        super().__init__()
        self.heads: list[str] = []
        """What came before the tunnels, whole."""
        self._answer = answer

    def _serve(self, connection: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = connection.recv(1)
            if not byte:
                return
            head += byte
        self.heads.append(head.decode("latin-1"))
        connection.sendall(f"{self._answer}\r\n\r\n".encode("latin-1"))
        if " 200 " not in self._answer:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            return
        host, _, port = head.split(b" ")[1].decode("latin-1").rpartition(":")
        server = socket.create_connection((host, int(port)))
        self._open.append(server)
        self._begin(_pass_on, server, connection)
        _pass_on(connection, server)


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    # If the other end has gone, so has the recipient.
    with suppress(OSError):
        while data := one.recv(65_536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
