"""One HTTP/1.1 exchange on a connection: the request as bytes, the head and the body of the response, and one time limit for both.

http.client is not used: it reads no more than a hundred headers, waits for the end of the connection where two proxies have stated
the length, and cannot limit the time of a response that arrives byte by byte.
"""

from __future__ import annotations

import re
import socket
import time
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from lead_tui import limits
from lead_tui.api.threads import Abandoned, IsCancelled
from lead_tui.leads.errors import CutAnswer, UnreadableAnswer, UnwantedAnswer
from lead_tui.leads.permissions import SETTING_UP
from lead_tui.leads.text import one_line

RECEIVED_BYTES: Final = 65_536  # at a time

_SWITCHING_PROTOCOLS: Final = 101
_WITHOUT_BODY: Final = (_SWITCHING_PROTOCOLS, 204, 304)
_NOT_COMPRESSED: Final = frozenset({"", "identity", "none", "utf-8"})
"""Codings that mean none; PHP scripts send the last two."""
_GZIP: Final = ("gzip", "x-gzip")
_GZIP_START: Final = b"\x1f"


class NotHttp(Exception):
    """What arrived is not a response."""


class HeadTooLarge(NotHttp):
    """The head of the response has more than ``MAX_HEAD_BYTES``."""


class NoAnswer(ConnectionResetError):
    """The connection was closed before the response was complete."""


def request_head(request: str, headers: dict[str, str]) -> bytes:
    """Return the bytes of a request without a body; *request* is its first line without the version."""
    lines = (f"{request} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", "")
    return "\r\n".join(lines).encode("ascii")


class Exchange:
    """One request and its response on a *connection*; *host* is for messages.

    Its methods raise ``TimeoutError`` after *patience* seconds without a byte, and at *until*, a monotonic time, in any case.
    """

    def __init__(self, connection: socket.socket, host: str, patience: float, until: float) -> None:
        self._connection = connection
        self._host = host
        self._patience = patience
        self._until = until
        self._arrived = b""
        self._at = 0
        """Up to where ``_arrived`` was read."""
        self._head_bytes = limits.MAX_HEAD_BYTES
        """How many more bytes heads may have, or the lines between two chunks, or trailers."""
        self._remaining = 0
        """How many more bytes the body has, or its current chunk."""
        self._has_ended = False
        """Whether the body was read to its end."""
        self.status = 0

    def send(self, request: bytes) -> None:
        self._timed().sendall(request)

    def read_head(self) -> None:
        """Read the status and the headers; responses before the response, such as 103, are skipped.

        Raises ``NotHttp``, ``HeadTooLarge``, and ``NoAnswer`` if the connection ends first.
        """
        while self.status < 200 and self.status != _SWITCHING_PROTOCOLS:
            first = re.fullmatch(r"HTTP/1\.([0-9]) +([1-9][0-9]{2})(?: +(.*))?", self._line())
            if first is None:
                raise NotHttp
            self._is_old, self.status, self.reason = first[1] == "0", int(first[2]), first[3] or ""
            self._fields: list[tuple[str, str]] = []
            while line := self._line():
                if line[0] in " \t" and self._fields:
                    # A folded header, which no server should send any more.
                    line = f"{':'.join(self._fields.pop())} {line.strip()}"
                name, colon, value = line.partition(":")
                if not colon or line[0] in " \t":
                    raise NotHttp
                self._fields.append((name.rstrip().lower(), value.strip()))
        self.headers = dict(self._fields)
        """Names in lower case; of a header that was sent twice, the last value."""

    @property
    def can_be_followed(self) -> bool:
        """Whether the connection can carry another exchange: the response was read, and nothing follows it."""
        words = self._list("connection") if self._has_ended and self._at == len(self._arrived) else ["close"]
        return "close" not in words and ("keep-alive" in words or not self._is_old)

    def body(self, is_cancelled: IsCancelled) -> bytes:
        """Return the unpacked body. Raises ``SearchError``, and ``Abandoned`` once cancelled, after reading a small remainder.

        A connection can be kept only if its response was read to the end, and a new one takes longer than reading a little.
        """
        received = self._received()
        unpacked = received
        codings = self._list("content-encoding") + self._list("transfer-encoding")
        for coding in reversed(codings[:-1] if codings[-1:] == ["chunked"] else codings):
            if coding in _GZIP:
                unpacked = _unzipped(unpacked, self._host)
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
        until, drained = time.monotonic() + limits.DRAIN_SECONDS, 0
        while drained + self._remaining <= limits.DRAIN_BYTES and time.monotonic() < until and (part := next(received, b"")):
            drained += len(part)

    def _received(self) -> Iterator[bytes]:
        """Yield the body as it arrives, without the lines between chunks."""
        codings, lengths = self._list("transfer-encoding"), set(self._list("content-length"))
        if self.status in _WITHOUT_BODY:
            yield from self._exactly(0)
        elif codings[-1:] == ["chunked"]:
            while size := self._chunk_size():
                yield from self._exactly(size)
                if self._line():
                    raise NotHttp
            while self._line():
                pass  # a trailer
        elif codings or not lengths:
            yield from iter(self._read, b"")
        else:
            valid = {int(each) for each in lengths if re.fullmatch("[0-9]{1,18}", each)}
            if len(lengths) > 1 or not valid:
                raise UnreadableAnswer(f"The answer of {self._host} has no valid length", remedy="try again")
            yield from self._exactly(valid.pop())
        self._has_ended = True

    def _exactly(self, size: int) -> Iterator[bytes]:
        self._remaining = size
        while self._remaining:
            part = self._read(self._remaining)
            if not part:
                raise NoAnswer
            self._remaining -= len(part)
            yield part

    def _chunk_size(self) -> int:
        self._head_bytes = limits.MAX_HEAD_BYTES
        size = re.fullmatch("([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?", self._line())
        if size is None:
            raise NotHttp
        return int(size[1], 16)

    def _list(self, header: str) -> list[str]:
        """Return the values of *header* in lower case. Proxies may repeat it, or add to it."""
        return [word.strip().lower() for name, values in self._fields if name == header for word in values.split(",")]

    def _line(self) -> str:
        """Return the next line of a head, of chunks or of trailers, without its end."""
        while (end := self._arrived.find(b"\n", self._at)) < 0 and len(self._arrived) - self._at <= self._head_bytes:
            received = self._timed().recv(RECEIVED_BYTES)
            if not received:
                raise NoAnswer
            self._arrived, self._at = self._arrived[self._at :] + received, 0
        self._head_bytes -= end + 1 - self._at
        if end < 0 or self._head_bytes < 0:
            raise HeadTooLarge
        line, self._at = self._arrived[self._at : end], end + 1
        return line.removesuffix(b"\r").decode("latin-1")

    def _read(self, most: int = RECEIVED_BYTES) -> bytes:
        """Return the next bytes, at most *most*; none at the end of the connection."""
        if self._at == len(self._arrived):
            self._arrived, self._at = self._timed().recv(RECEIVED_BYTES), 0
        part = self._arrived[self._at : self._at + most]
        self._at += len(part)
        return part

    def _timed(self) -> socket.socket:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        self._connection.settimeout(min(self._patience, seconds))
        return self._connection


def _unzipped(received: Iterable[bytes], host: str) -> Iterator[bytes]:
    """Yield what is packed in *received* in parts of limited size: a few packed bytes may expand to gigabytes.

    Gzip may have several members; anything else after one, which a script wrote after its packed output, is skipped.
    """
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    is_empty = True
    try:
        for part in received:
            rest, is_empty = part, is_empty and not part
            while rest:
                if member.eof:
                    if rest[:1] != _GZIP_START:
                        yield b""
                        break
                    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
                yield member.decompress(rest, limits.UNPACKED_AT_A_TIME)
                rest = member.unused_data if member.eof else member.unconsumed_tail
        yield member.flush()
    except zlib.error:
        raise UnreadableAnswer(f"The answer of {host} cannot be unpacked", remedy="try again") from None
    if not (member.eof or is_empty):
        raise CutAnswer(f"The answer of {host} was cut off", remedy="try again")
