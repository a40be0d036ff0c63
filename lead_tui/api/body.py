"""The body of an answer: unpacked, limited, and drained where it is no longer awaited."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Final

from lead_tui import limits
from lead_tui.api.exchange import Abandoned
from lead_tui.api.threads import GivenUp
from lead_tui.leads.errors import CutAnswer, OversizedAnswer, PackedAnswer, UnreadableAnswer
from lead_tui.leads.permissions import SETTING_UP
from lead_tui.leads.text import one_line

if TYPE_CHECKING:
    import httpx

_GZIP_MAGIC: Final = b"\x1f\x8b"


def body_of(response: httpx.Response, host: str, given_up: GivenUp) -> bytes:
    """Read the body. Raises ``SearchError``, and ``Abandoned`` when given up, once a small remainder has been read.

    A connection can be kept only if its answer was read to the end, and making a new one takes longer than reading a little.
    """
    packed = response.iter_raw()
    body = BytesIO()
    for part in _unpacked(packed, response.headers.get("content-encoding", ""), host):
        if given_up():
            _drain(response, packed)
            raise Abandoned
        body.write(part)
        if body.tell() > limits.MAX_BODY_BYTES:
            raise OversizedAnswer(
                f"The answer of {host} is larger than {limits.MAX_BODY_BYTES // 2**20} MB, more than any page of leads",
                remedy="check the base URL",
                needs=SETTING_UP,
            )
    return body.getvalue()


def _drain(response: httpx.Response, rest: Iterator[bytes]) -> None:
    announced = response.headers.get("content-length", "")
    left = int(announced) - response.num_bytes_downloaded if announced.isdecimal() else 0
    until = time.monotonic() + limits.DRAIN_SECONDS
    if left <= limits.DRAIN_BYTES:
        drained = 0
        for part in rest:
            drained += len(part)
            if drained > limits.DRAIN_BYTES or time.monotonic() > until:
                break


def _unpacked(packed: Iterator[bytes], encoding: str, host: str) -> Iterator[bytes]:
    """The body in parts of limited size: a few packed bytes may stand for gigabytes, which httpx would unpack at one go."""
    encoding = encoding.strip().lower()
    if encoding in ("identity", ""):
        yield from packed
    elif encoding in ("gzip", "x-gzip"):
        yield from _gunzipped(packed, host)
    else:
        raise PackedAnswer(
            f"The answer of {host} is packed with {one_line(encoding, 20)}, which was not requested",
            remedy="contact the administrator of the server or of the proxy in front of it",
        )


def _gunzipped(packed: Iterator[bytes], host: str) -> Iterator[bytes]:
    """All members of a gzip body, which may follow each other; anything else behind the last one is skipped."""
    unpacker = _unpacker()
    rest = b""
    try:
        for part in packed:
            rest += part
            while rest:
                if unpacker.eof:
                    if len(rest) < len(_GZIP_MAGIC) or not rest.startswith(_GZIP_MAGIC):
                        break
                    unpacker = _unpacker()
                yield unpacker.decompress(rest, limits.UNPACKED_AT_A_TIME)
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            # Of what is not a member, two bytes show that what follows is not one either.
            rest = rest[: len(_GZIP_MAGIC)]
        yield unpacker.flush()
    except zlib.error:
        raise UnreadableAnswer(f"The answer of {host} cannot be unpacked", remedy="try again") from None
    if not unpacker.eof:
        raise CutAnswer(f"The answer of {host} was cut off", remedy="try again")


def _unpacker() -> zlib._Decompress:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)
