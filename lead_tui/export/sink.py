"""Where the formats write to: a stream of bytes, whose failures become ``OutputError`` and which a terminal cannot be harmed by."""

from __future__ import annotations

from typing import Protocol

from lead_tui.leads.errors import OutputError
from lead_tui.leads.text import unprintable_escaped
from lead_tui.safe_files import reason

UNLIMITED = 0


class Stream(Protocol):
    """What bytes can be written to, and where it is a spool read from again."""

    def write(self, data: bytes, /) -> int:
        """Write all of *data*. Raises ``OSError``, and ``ValueError`` where it is closed."""
        ...

    def flush(self) -> None:
        """Hand on what is buffered."""
        ...

    def seek(self, offset: int, /) -> int:
        """Read from *offset* on."""
        ...

    def read(self, size: int, /) -> bytes:
        """At most *size* bytes."""
        ...


class Raw(Protocol):
    """What may take less than it is given."""

    def write(self, data: bytes | memoryview, /) -> int | None:
        """How many bytes of *data* it took."""
        ...


class Unbuffered:
    """A stream in which nothing waits: no thread that a full pipe has stopped holds a buffer for which the process's end waits."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    def write(self, data: bytes, /) -> int:
        """As of ``Stream``."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._raw.write(rest) or 0 :]
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered here."""

    def seek(self, offset: int, /) -> int:
        """Never: it is no spool."""
        raise NotImplementedError

    def read(self, size: int, /) -> bytes:
        """Never: it is no spool."""
        raise NotImplementedError


class Sink:
    """A stream for UTF-8 bytes; where it is a terminal, of its own *encoding* and *width*.

    *width* is in cells; ``UNLIMITED`` where nothing has to fit.
    """

    def __init__(self, stream: Stream, *, terminal: bool = False, encoding: str = "utf-8", width: int = UNLIMITED) -> None:
        self._stream = stream
        self._encoding = encoding
        self.terminal = terminal
        self.width = width

    def write(self, text: str) -> None:
        """*text*, on a terminal with everything unprintable but line breaks shown as an escape. Raises ``OutputError``."""
        if self.terminal:
            self._send(unprintable_escaped(text).encode(self._encoding, "backslashreplace"))
        else:
            self._send(text.encode("utf-8", "replace"))

    def write_json(self, data: bytes) -> None:
        """JSON in UTF-8, on a terminal with everything unprintable as JSON itself escapes it. Raises ``OutputError``."""
        if self.terminal:
            text = data.decode("utf-8", "replace")
            if not text.isascii() or not text.replace("\n", "").isprintable():
                text = "".join(
                    character if character == "\n" or character.isprintable() else _json_escape(character) for character in text
                )
            self._send(text.encode(self._encoding, "backslashreplace"))
        else:
            self._send(data)

    def write_bytes(self, data: bytes) -> None:
        """Text in UTF-8 that has been made already; not for a terminal. Raises ``OutputError``."""
        self._send(data)

    def flush(self) -> None:
        """Hands on what is buffered, so that a reader has it and a failure is known now. Raises ``OutputError``."""
        try:
            self._stream.flush()
        except (OSError, ValueError) as error:
            raise refused(error) from None

    def _send(self, data: bytes) -> None:
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
