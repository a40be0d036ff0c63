"""Ports on loopback: ports that stay free until a test uses them, and one that accepts no connection.

Those that the system chooses do not stay free: the next connection of any process may get the same one.
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
    """Return a port of 127.0.0.1 without a listener. Tests that run in parallel choose from different ports."""
    for port in _ours:
        with suppress(OSError), closing(socket.create_server(("127.0.0.1", port))):
            return port
    raise AssertionError("a circle has no end")


@contextmanager
def full_port(port: int = 0) -> Iterator[int]:
    """A port, *port* or any, whose connection queue is full: the next connection waits forever."""
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
