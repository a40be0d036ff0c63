"""A proxy on loopback that passes connections on, as ``CONNECT`` asks it to."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Proxy:
    """Takes connections from ``__enter__`` until ``__exit__``, secure ones with *tls*. *answer* is the first line of answers."""

    def __init__(self, answer: str = "HTTP/1.1 200 Connection established", *, tls: ssl.SSLContext | None = None) -> None:
        self.heads: list[str] = []
        """What came before the tunnels, whole."""
        self._answer = answer
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

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
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            self._begin(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        if self._tls:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:
                # The client refuses the certificate.
                return
            self._open.append(connection)
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
