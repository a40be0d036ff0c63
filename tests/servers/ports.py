"""Ports on loopback: such as stay free until a test uses them, and one that takes no connection.

Those that the system chooses do not stay free: the next connection that anybody makes may be given the same one.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import cycle
from typing import Final

_FIRST: Final = 12_000
"""Below what systems choose from, which is 32,768 and up, or 49,152."""
_PROCESSES: Final = 64
_EACH: Final = 300

_begin = _FIRST + os.getpid() % _PROCESSES * _EACH
_ours = cycle(range(_begin, _begin + _EACH))


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on. Tests that run side by side choose from others."""
    for port in _ours:
        with suppress(OSError), closing(socket.create_server(("127.0.0.1", port))):
            return port
    raise AssertionError("a circle has no end")


@contextmanager
def full_port(port: int = 0) -> Iterator[int]:
    """A port, *port* or any, whose queue of connections is full: the next one waits for ever."""
    with closing(socket.socket()) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port or free_port()))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        try:
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(listener.getsockname())
            yield listener.getsockname()[1]
        finally:
            for each in waiting:
                each.close()
