"""Possible faults of an answer, each for use with a ``ConvosoServer``."""

from __future__ import annotations

import gzip
import json
import threading
import zlib
from collections.abc import Mapping

from tests.servers.convoso_server import Exchange, Fault

HTML = b"<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body><h1>We will be back soon</h1></body></html>"


def status(code: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Fault:
    """An answer of HTTP status *code*."""
    return lambda exchange: exchange.send(code, body, headers)


def html(code: int = 200) -> Fault:
    """A web page."""
    return status(code, HTML, {"Content-Type": "text/html"})


def application_error(code: object, text: str = "", *, http_status: int = 200, member: str = "text") -> Fault:
    """``{"success": false, …}``, with the server's words in *member*."""
    told = {"success": False, "code": code, member: text}
    return status(http_status, json.dumps({name: value for name, value in told.items() if value is not None}).encode())


def too_many(retry_after: str | None = None, *, code: int = 429, date: str | None = None) -> Fault:
    """429, or another *code*, with ``Retry-After`` and ``Date`` headers."""
    headers = {name: value for name, value in (("Retry-After", retry_after), ("Date", date)) if value is not None}
    return status(code, b"", headers)


def redirect(location: str | None, code: int = 302) -> Fault:
    """A redirect."""
    return status(code, b"", {} if location is None else {"Location": location})


def body(content: bytes, code: int = 200, headers: Mapping[str, str] | None = None) -> Fault:
    """An answer of these bytes."""
    return status(code, content, headers)


def cut(kept: float = 0.5) -> Fault:
    """The right answer, announced complete, of which only a part is sent before the connection closes."""

    def fault(exchange: Exchange) -> None:
        code, content = exchange.right_answer()
        exchange.write(exchange.head(code, {"Content-Length": str(len(content))}) + content[: int(kept * len(content))])
        exchange.hang_up()

    return fault


def cut_json(kept: float = 0.5) -> Fault:
    """A part of the right answer, sent as if it were the whole."""

    def fault(exchange: Exchange) -> None:
        code, content = exchange.right_answer()
        exchange.send(code, content[: int(kept * len(content))])

    return fault


def hang_up() -> Fault:
    """The connection closes without an answer."""
    return lambda exchange: exchange.hang_up()


def reset() -> Fault:
    """The connection is reset without an answer."""
    return lambda exchange: exchange.reset()


def garbage() -> Fault:
    """Bytes that are not HTTP."""

    def fault(exchange: Exchange) -> None:
        exchange.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
        exchange.hang_up()

    return fault


def held(released: threading.Event) -> Fault:
    """The right answer, but only once *released*."""

    def fault(exchange: Exchange) -> None:
        exchange.hold(released)
        exchange.answer()

    return fault


def held_in_the_middle(released: threading.Event) -> Fault:
    """The head and half of the right answer; the rest only once *released*."""

    def fault(exchange: Exchange) -> None:
        code, content = exchange.right_answer()
        middle = len(content) // 2
        exchange.write(exchange.head(code, {"Content-Length": str(len(content))}) + content[:middle])
        exchange.hold(released)
        exchange.write(content[middle:])

    return fault


def drip(every: float, gone: threading.Event | None = None) -> Fault:
    """A byte every *every* seconds, forever; *gone* is set once the client has left."""

    def fault(exchange: Exchange) -> None:
        pause = threading.Event()
        exchange.write(exchange.head(200, {"Content-Length": str(10**9)}))
        while exchange.write(b" ") and not exchange.server.convoso._closing.is_set():
            pause.wait(every)
        if gone is not None:
            gone.set()

    return fault


def endless() -> Fault:
    """An endless body, sent as fast as it is read."""

    def fault(exchange: Exchange) -> None:
        exchange.write(exchange.head(200, {"Transfer-Encoding": "chunked"}))
        part = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        while exchange.write(part):
            pass

    return fault


def large(megabytes: int) -> Fault:
    """A body of *megabytes*, announced as such."""

    def fault(exchange: Exchange) -> None:
        exchange.write(exchange.head(200, {"Content-Length": str(megabytes * 2**20)}))
        part = b" " * 2**16
        for _ in range(megabytes * 16):
            if not exchange.write(part):
                break

    return fault


def gzipped() -> Fault:
    """The right answer, compressed."""

    def fault(exchange: Exchange) -> None:
        code, content = exchange.right_answer()
        exchange.send(code, gzip.compress(content), {"Content-Encoding": "gzip"})

    return fault


def gzip_bomb(megabytes: int) -> Fault:
    """A small compressed body that expands to *megabytes*; compressed when it is first sent."""

    def fault(exchange: Exchange) -> None:
        packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
        compressed = b"".join(packer.compress(b" " * 2**20) for _ in range(megabytes)) + packer.flush()
        exchange.send(200, compressed, {"Content-Encoding": "gzip"})

    return fault
