"""One HTTP/1.1 exchange on a connection: the request as bytes, the response as h11 reads it, and one time limit for both.

httpx and httpcore cannot send a request ahead. http.client reads no more than a hundred headers, waits for the end of the
connection if two proxies have stated the length, and cannot limit the time of a response that arrives byte by byte.
"""

from __future__ import annotations

import socket
import time
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

import h11

from lead_tui import limits
from lead_tui.api.threads import Abandoned, IsCancelled
from lead_tui.leads.errors import CutAnswer, UnreadableAnswer, UnwantedAnswer
from lead_tui.leads.permissions import SETTING_UP
from lead_tui.leads.text import one_line

_NOT_COMPRESSED: Final = frozenset({"", "identity", "none", "utf-8"})
"""Codings that mean none; PHP scripts send the last two."""
_GZIP: Final = ("gzip", "x-gzip")


class Exchange:
    """One request and its response on a *connection*; *host* is for messages.

    Its methods raise ``TimeoutError`` after *patience* seconds without a byte, and at *until*, a monotonic time, in any case. Those
    that read raise ``RemoteProtocolError`` if that is no HTTP, and ``ConnectionResetError`` if no head comes.
    """

    def __init__(self, connection: socket.socket, host: str, patience: float, until: float, method: str = "GET") -> None:
        self._connection = connection
        self._host = host
        self._patience = patience
        self._until = until
        self._http = h11.Connection(h11.CLIENT, limits.MAX_HEAD_BYTES)
        # The request may have been sent long ago. Only its method matters for the response.
        self._http.send(h11.Request(method=method, target="*", headers=[("Host", "*")]))
        self._http.send(h11.EndOfMessage())
        self._body_bytes = 0  # received so far, still packed
        self.status = 0
        self.reason = ""
        self.headers: dict[str, str] = {}
        """Names in lower case; of a header that was sent twice, the last value."""

    def send(self, request: bytes) -> None:
        self._timed().sendall(request)

    def read_head(self) -> None:
        """Read the head of the response; those before it, such as 103, are skipped."""
        while isinstance(head := self._next(), h11.InformationalResponse):
            pass
        if not isinstance(head, h11.Response):
            raise h11.RemoteProtocolError("no response")
        self.status, self.reason = head.status_code, bytes(head.reason).decode("latin-1")
        self.headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}

    @property
    def can_be_followed(self) -> bool:
        """Whether the connection can carry another exchange: the body was read, and nothing follows it."""
        return self._http.their_state is h11.DONE and self._http.trailing_data == (b"", False)

    def body(self, is_cancelled: IsCancelled) -> bytes:
        """Return the unpacked body. Raises ``SearchError``, and ``Abandoned`` once cancelled, after reading a small remainder.

        A connection can be kept only if its response was read to the end, and a new one takes longer than reading a little.
        """
        received = unpacked = self._received()
        if (coding := self.headers.get("content-encoding", "").strip().lower()) in _GZIP:
            unpacked = _unzipped(received, self._host)
        elif coding not in _NOT_COMPRESSED:
            raise UnwantedAnswer(
                f"The answer of {self._host} is packed with {one_line(coding, 20)}, which was not requested",
                remedy="contact the administrator of the server or of the proxy in front of it",
            )
        parts, size = [], 0
        for part in unpacked:
            if is_cancelled():
                self._drain(received)
                raise Abandoned
            parts.append(part)
            size += len(part)
            if size > limits.MAX_BODY_BYTES:
                raise UnwantedAnswer(
                    f"The answer of {self._host} is larger than {limits.MAX_BODY_BYTES // 2**20} MB, more than any page of leads",
                    remedy="check the base URL",
                    needs=SETTING_UP,
                )
        return b"".join(parts)

    def _drain(self, received: Iterator[bytes]) -> None:
        self._until = min(self._until, time.monotonic() + limits.DRAIN_SECONDS)
        most = self._body_bytes + limits.DRAIN_BYTES
        if int(self.headers.get("content-length", 0)) <= most:
            while self._body_bytes <= most and next(received, b""):
                pass

    def _received(self) -> Iterator[bytes]:
        while isinstance(event := self._next(), h11.Data):
            self._body_bytes += len(event.data)
            yield bytes(event.data)

    def _next(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        event = self._http.next_event()
        while event is h11.NEED_DATA:
            received = self._timed().recv(limits.RECEIVED_BYTES)
            if not (received or self.status):
                raise ConnectionResetError
            self._http.receive_data(received)
            event = self._http.next_event()
        return event

    def _timed(self) -> socket.socket:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        self._connection.settimeout(min(self._patience, seconds))
        return self._connection


def _unzipped(received: Iterable[bytes], host: str) -> Iterator[bytes]:
    """Yield what is packed in *received* in parts of limited size: a few packed bytes may expand to gigabytes.

    Gzip may have several members.
    """
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    part = b""
    try:
        for part in received:
            rest = part
            while rest:
                if member.eof:
                    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
                yield member.decompress(rest, limits.UNPACKED_AT_A_TIME)
                rest = member.unused_data if member.eof else member.unconsumed_tail
        yield member.flush()
    except zlib.error:
        raise UnreadableAnswer(f"The answer of {host} cannot be unpacked", remedy="try again") from None
    if part and not member.eof:
        raise CutAnswer(f"The answer of {host} was cut off", remedy="try again")
