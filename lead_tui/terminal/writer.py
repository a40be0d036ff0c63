"""Writing what is drawn to the terminal's descriptor, and outliving the terminal."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from typing import TextIO

_CHUNK = 16 * 1024


class TerminalWriter:
    """What Textual's writer thread takes for its file: ``write``, ``flush``, ``fileno``.

    Against writing to ``sys.stderr`` itself: a terminal that is gone swallows all that follows, where an ``OSError`` would end
    the writer thread and then hold the event loop at a full queue; a descriptor that somebody set non-blocking is waited for;
    a character that the encoding lacks leaves as many ``?`` as it has cells, so that the columns stay in place.

    *taken* is called in the writing thread with the number of characters that the terminal's side has taken.
    """

    def __init__(self, stream: TextIO, taken: Callable[[int], None]) -> None:
        self.gone = False
        """Whether the terminal has refused to be written to."""
        self._descriptor = stream.fileno()
        self._encoding = stream.encoding or "utf-8"
        self._taken = taken
        self._waiting: list[str] = []
        self._length = 0

    def write(self, text: str) -> int:
        """Keep *text* for the next flush, or flush at once when much is waiting."""
        self._waiting.append(text)
        self._length += len(text)
        if self._length >= _CHUNK:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Write what is waiting; returns when the terminal's side has taken it."""
        text, length = "".join(self._waiting), self._length
        self._waiting.clear()
        self._length = 0
        if not text:
            return
        data = memoryview(self._encode(text))
        while data and not self.gone:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except OSError:
                self.gone = True
        self._taken(length)

    def fileno(self) -> int:
        """The terminal's descriptor."""
        return self._descriptor

    def _encode(self, text: str) -> bytes:
        try:
            return text.encode(self._encoding)
        except UnicodeEncodeError:
            return b"".join(self._encode_one(character) for character in text)

    def _encode_one(self, character: str) -> bytes:
        try:
            return character.encode(self._encoding)
        except UnicodeEncodeError:
            from rich.cells import cell_len

            return b"?" * cell_len(character)
