"""Ports on loopback that stay free until a test uses them.

Those that the system chooses are no such ports: the next connection that anybody makes may be given the same one.
"""

from __future__ import annotations

import os
import socket
from contextlib import closing, suppress
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
