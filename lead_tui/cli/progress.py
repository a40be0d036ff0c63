"""One line on standard error that says how far an export is, for somebody who is watching."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TextIO

from lead_tui.export.progress import Progress

EVERY: Final = 0.25
"""Seconds between two looks of the line."""

_CLEAR: Final = "\r\x1b[K"


class ProgressLine:
    """Draws over itself on *stream*, a terminal. What else is said on it goes through ``aside``."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._drawn_at: float | None = None

    def show(self, progress: Progress) -> None:
        """Draw *progress*, unless that was done just now."""
        now = self._clock()
        if self._drawn_at is not None and now - self._drawn_at < EVERY:
            return
        self._drawn_at = now
        # One cell less than there are: in the last one a terminal may begin a new line.
        self._write(_CLEAR + progress.words()[: max(1, shutil.get_terminal_size().columns - 1)])

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn_at is not None:
            self._drawn_at = None
            self._write(_CLEAR)

    def aside(self, tell: Callable[[str], None]) -> Callable[[str], None]:
        """*tell*, with the line out of its way."""

        def told(sentence: str) -> None:
            self.clear()
            tell(sentence)

        return told

    def _write(self, text: str) -> None:
        # Where nobody can read it, the export goes on all the same.
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()
