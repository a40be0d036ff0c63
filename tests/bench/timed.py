"""A terminal that records when each byte arrived, and draws only when the screen is requested, since drawing takes time."""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final, cast

from tests.pty.harness import KEYS, PATIENCE, Terminal
from tests.pty.slow_line import SlowTerminal

_FRAME_BEGINS: Final = b"\x1b[?2026h"
_FRAME_ENDS: Final = b"\x1b[?2026l"
_APPLICATION_KEYS: Final = b"\x1b[?1h"


class _Later:
    """Buffers output for the emulator."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._waiting = bytearray()

    def feed(self, data: bytes) -> None:
        """Keep *data*."""
        self._waiting += data

    def draw(self) -> None:
        """Draw what was kept."""
        data, self._waiting = bytes(self._waiting), bytearray()
        self._stream.feed(data)


class Timed(Terminal):
    """``raw`` holds the bytes as in any test's terminal; times are those of ``time.monotonic``."""

    _later: _Later | None = None
    _came_at: list[float]
    _came_to: list[int]

    def __init__(self, command: Sequence[str], **options: Any) -> None:
        super().__init__(command, **options, fresh=True)

    def press(self, *keys: str) -> None:
        """Press *keys*, with application cursor keys if the program enabled them."""
        text = "".join(KEYS.get(key, key) for key in keys)
        self.send(re.sub(r"\x1b\[([ABCDHF])", "\x1bO\\1", text) if _APPLICATION_KEYS in self.raw else text)

    def _take(self, data: bytes) -> None:
        if self._later is None:
            self._came_at, self._came_to = [], []
            self._later = _Later(self._stream)
            self._stream = cast("Any", self._later)
        super()._take(data)
        self._came_at.append(self.last_output)
        self._came_to.append(len(self.raw))

    def _display(self) -> list[str]:
        if self._later is not None:
            self._later.draw()
        return super()._display()

    def _picture(self) -> str:
        self._display()
        return super()._picture()

    def came_at(self, length: int) -> float:
        """Return when the first *length* bytes had arrived."""
        return self._came_at[bisect_left(self._came_to, length)]

    def wait_for_frame(self, *parts: bytes, since: int = 0, patience: float = PATIENCE) -> float:
        """Return when the frame with the last of *parts* was complete; *parts* are patterns searched after the first *since* bytes.

        Waits for it. If the program marks no frames, return when that part had arrived.
        """
        until = time.monotonic() + patience
        end = max(self._end_of(part, since, until) for part in parts)
        if self.raw.rfind(_FRAME_BEGINS, 0, end) > self.raw.rfind(_FRAME_ENDS, 0, end):
            end = self._end_of(re.escape(_FRAME_ENDS), end, until)
        return self.came_at(end)

    def _end_of(self, part: bytes, since: int, until: float) -> int:
        pattern = re.compile(part)
        while (found := pattern.search(self.raw, since)) is None:
            left = until - time.monotonic()
            if left <= 0 or self.over:
                raise AssertionError(f"{part!r} was not written:\n{self._picture()}")
            self.pump(left)
        return found.end()

    def answer_to(self, *keys: str, quiet: float) -> tuple[float, int]:
        """Press *keys*; return the seconds to the last byte before *quiet* seconds without one, and the bytes until then."""
        before, pressed = len(self.raw), time.monotonic()
        self.press(*keys)
        while len(self.raw) == before and not self.over:
            assert time.monotonic() - pressed < PATIENCE, f"no answer to {keys}:\n{self._picture()}"
            self.pump(0.05)
        self.wait_for_quiet(quiet)
        return self.last_output - pressed, len(self.raw) - before

    def wait_for_quiet(self, quiet: float) -> None:
        """Return once nothing has arrived for *quiet* seconds."""
        while not self.over and (left := self.last_output + quiet - time.monotonic()) > 0:
            self.pump(left)


class TimedSlow(Timed, SlowTerminal):
    """A timed terminal at the far end of a slow line: times are those at which bytes arrive there."""
