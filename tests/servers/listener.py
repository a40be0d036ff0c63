"""A socket on loopback that serves each connection in a thread of its own."""

from __future__ import annotations

import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import ParamSpec, Self

_P = ParamSpec("_P")


class Listener(ABC):
    """Takes connections at ``port`` from ``__enter__`` until ``__exit__``, which closes them and waits for their threads."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        """The sockets to close at the end."""

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

    @abstractmethod
    def _serve(self, connection: socket.socket) -> None:
        """Serve *connection* until it ends."""

    def _begin(self, work: Callable[_P, None], *arguments: _P.args, **named: _P.kwargs) -> None:
        thread = threading.Thread(target=work, args=arguments, kwargs=named)
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
