"""How long a real server keeps an idle connection: after a request, and before the first one."""

from __future__ import annotations

import socket
import time
from typing import NamedTuple

from tests.servers.real.rig import TOKEN, RealServer


class IdleClose(NamedTuple):
    """When and how a server closed an idle connection."""

    seconds: float | None
    """None if it was still open after the given time."""
    said: str
    """The status line of what the server sent without a request, "" for nothing."""

    def __str__(self) -> str:
        if self.seconds is None:
            return "still open"
        return f"{self.seconds:.0f} s{f', after {self.said}' if self.said else ''}"


def after_a_request(server: RealServer, patience: float) -> IdleClose:
    """Send one request, read the answer, and wait up to *patience* seconds for the server to close."""
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        target = f"/v1/leads/search?auth_token={TOKEN}&limit=1"
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode())
        answer = b""
        while b"}]}}" not in answer:
            part = connection.recv(65536)
            if not part:
                break
            answer += part
        return _closed(connection, patience)


def before_a_request(server: RealServer, patience: float) -> IdleClose:
    """Connect and wait up to *patience* seconds for the server to close."""
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        return _closed(connection, patience)


def _closed(connection: socket.socket, patience: float) -> IdleClose:
    began = time.monotonic()
    sent = b""
    while (left := began + patience - time.monotonic()) > 0:
        connection.settimeout(left)
        try:
            part = connection.recv(65536)
        except TimeoutError:
            break
        if not part:
            # The end of a chunked answer may come after its last lead.
            said = sent.lstrip(b"0\r\n").split(b"\r\n")[0].decode("latin-1")
            return IdleClose(time.monotonic() - began, said)
        sent += part
    return IdleClose(None, "")
