"""The output of the export formats: a stream of bytes whose failures become ``OutputError``; on a terminal, harmless text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from lead_tui.leads.errors import OutputError
from lead_tui.leads.text import unprintable_escaped
from lead_tui.safe_files import reason

UNLIMITED = 0

_BYTES_AT_ONCE = 256 * 1024
"""Bytes of a spool that are read at a time."""


class Stream(Protocol):
    """A destination of bytes, which it does not buffer: a failure is known at once."""

    def write(self, data: bytes, /) -> int:
        """Write all of *data*. Raises ``OSError``, and ``ValueError`` if it is closed."""
        ...


class Spool(Stream, Protocol):
    """A stream that can be read again; what is written is appended, wherever it was read."""

    def seek(self, offset: int, /) -> int:
        """Read from *offset* on."""
        ...

    def read(self, size: int, /) -> bytes:
        """Return at most *size* bytes."""
        ...


def read_parts(spool: Spool, start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes of *spool* from *start* to *stop*. Raises ``OSError``."""
    while start < stop:
        # Each time, since what receives a part may write to the same file.
        spool.seek(start)
        part = spool.read(min(_BYTES_AT_ONCE, stop - start))
        if not part:
            raise OSError(0, "it is shorter than it was")
        start += len(part)
        yield part


class RawStream(Protocol):
    """A destination that may take less than it is given."""

    def write(self, data: bytes | memoryview, /) -> int | None:
        """Return how many bytes of *data* it took."""
        ...


class Unbuffered:
    """A stream without a buffer: at its end, the process would wait for one held by a thread that a full pipe has stopped."""

    def __init__(self, raw: RawStream) -> None:
        self._raw = raw

    def write(self, data: bytes, /) -> int:
        rest = memoryview(data)
        while rest:
            rest = rest[self._raw.write(rest) or 0 :]
        return len(data)


class Sink:
    """Writes UTF-8 to *stream*; if that is a *terminal*, in its *encoding* and without control characters.

    *width* is in cells, ``UNLIMITED`` if nothing has to fit.
    """

    def __init__(self, stream: Stream, *, terminal: bool = False, encoding: str = "utf-8", width: int = UNLIMITED) -> None:
        self._stream = stream
        self._encoding = encoding
        self.terminal = terminal
        self.width = width

    def can_show(self, text: str) -> bool:
        """Whether *text* arrives as it is, which a terminal's encoding may not allow."""
        return not self.terminal or text.encode(self._encoding, "ignore").decode(self._encoding) == text

    def write(self, text: str) -> None:
        """Write *text*; on a terminal everything unprintable but line breaks as an escape. Raises ``OutputError``."""
        if self.terminal:
            self.write_bytes(unprintable_escaped(text).encode(self._encoding, "backslashreplace"))
        else:
            self.write_bytes(text.encode("utf-8", "replace"))

    def write_json(self, data: bytes) -> None:
        """Write JSON in UTF-8; on a terminal everything unprintable as JSON escapes it. Raises ``OutputError``."""
        if not self.terminal:
            self.write_bytes(data)
            return
        text = data.decode("utf-8", "replace")
        if not text.isascii() or not text.replace("\n", "").isprintable():
            text = "".join(each if each == "\n" or each.isprintable() else _json_escape(each) for each in text)
        self.write_bytes(text.encode(self._encoding, "backslashreplace"))

    def write_bytes(self, data: bytes) -> None:
        """Write text that is already encoded, and harmless. Raises ``OutputError``."""
        try:
            self._stream.write(data)
        except (OSError, ValueError) as error:
            raise refused(error) from None


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[index]:02x}{units[index + 1]:02x}" for index in range(0, len(units), 2))


def refused(error: Exception) -> OutputError:
    """Return the error to raise for *error* while writing; what is not an ``OSError`` means that the stream is closed."""
    if isinstance(error, BrokenPipeError):
        return OutputError("The output was closed before everything was written", remedy="what reads it ended first")
    why = reason(error) if isinstance(error, OSError) else "it is closed"
    return OutputError(f"Cannot write the output ({why})", remedy="check where standard output goes")
