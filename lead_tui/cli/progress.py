"""The progress of an export on one line of standard error, for a user at a terminal."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TextIO

from lead_tui.leads.progress import Progress

REDRAW_SECONDS: Final = 0.25
"""Between two updates of the line."""

_CLEAR: Final = "\r\x1b[K"


class ProgressLine:
    """A line on *stream*, a terminal, that overwrites itself. Other messages there go through ``aside``."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._drawn_at: float | None = None

    def show(self, progress: Progress) -> None:
        """Draw *progress*, unless it was drawn a moment ago."""
        now = self._clock()
        if self._drawn_at is not None and now - self._drawn_at < REDRAW_SECONDS:
            return
        self._drawn_at = now
        # One cell less than the width: after the last one a terminal may begin a new line.
        self._write(_CLEAR + " · ".join(progress.parts())[: max(1, shutil.get_terminal_size().columns - 1)])

    def clear(self) -> None:
        """Erase the line."""
        if self._drawn_at is not None:
            self._drawn_at = None
            self._write(_CLEAR)

    def aside(self, report: Callable[[str], None]) -> Callable[[str], None]:
        """Return *report* so that it erases the line first."""

        def report_aside(sentence: str) -> None:
            self.clear()
            report(sentence)

        return report_aside

    def _write(self, text: str) -> None:
        # The export continues even if the line cannot be shown.
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()
