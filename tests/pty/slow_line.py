"""A terminal at the far end of a slow line, for tests of what is drawn when the line is slower than the program."""

from __future__ import annotations

import contextlib
import select
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

from tests.pty.harness import PATIENCE, QUIET, Terminal

_PACKET: Final = 1448
_AHEAD: Final = 0.01


class SlowTerminal(Terminal):
    """*rate* bytes a second towards the terminal, *delay* seconds each way.

    *eager*: whether the relay accepts and queues whatever the command writes, as sshd and the network's buffers do, up to
    megabytes; else it leaves what the line does not take yet in the pseudo-terminal, whose buffer then fills.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        columns: int = 80,
        lines: int = 24,
        answers: bool = True,
        rate: float = 125_000,
        delay: float = 0.05,
        eager: bool = True,
        fresh: bool = False,
    ) -> None:
        self._rate = rate
        self._delay = delay
        self._eager = eager
        self._free_at = 0.0
        self._down: deque[tuple[float, bytes]] = deque()
        self._up: deque[tuple[float, bytes]] = deque()
        super().__init__(command, environ=environ, columns=columns, lines=lines, answers=answers, fresh=fresh)

    @property
    def queued(self) -> int:
        """Bytes on their way to the terminal."""
        return sum(len(data) for _, data in self._down)

    @property
    def over(self) -> bool:
        """Whether nothing can come any more."""
        return self.gone and not self._down

    def wait_for_exit(self, patience: float = PATIENCE) -> int:
        """Return the exit code when all that the command wrote has arrived."""
        code = super().wait_for_exit(patience)
        until = time.monotonic() + patience
        while not self.over and time.monotonic() < until:
            self.pump(0.05)
        return code

    def send(self, text: str | bytes) -> None:
        """Type *text*; it arrives a delay later."""
        self._up.append((time.monotonic() + self._delay, text.encode() if isinstance(text, str) else text))

    def pump(self, wait: float) -> int:
        """Move what is due; return the number of bytes that reached the terminal."""
        until = time.monotonic() + wait
        while True:
            now = time.monotonic()
            while self._up and self._up[0][0] <= now:
                super().send(self._up.popleft()[1])
            reads = self._eager or self._free_at - now < _AHEAD
            if reads and (data := self._read(0.0)):
                for start in range(0, len(data), _PACKET):
                    packet = data[start : start + _PACKET]
                    self._free_at = max(self._free_at, now) + len(packet) / self._rate
                    self._down.append((self._free_at + self._delay, packet))
            arrived = 0
            while self._down and self._down[0][0] <= now:
                packet = self._down.popleft()[1]
                arrived += len(packet)
                self._take(packet)
            left = until - now
            if arrived or left <= 0:
                return arrived
            due = [queue[0][0] - now for queue in (self._up, self._down) if queue]
            if not reads:
                due.append(self._free_at - now - _AHEAD)
            pause = max(0.0, min([left, *due]))
            if reads and not self.gone and self._master is not None:
                select.select([self._master], [], [], pause)
            else:
                time.sleep(pause)

    def _answer(self, text: str) -> None:
        if self.answers:
            self._up.append((time.monotonic() + self._delay, text.encode()))

    def settle(self, quiet: float = QUIET, patience: float = PATIENCE) -> None:
        """Return when nothing is on its way and nothing has come for *quiet* seconds."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            super().settle(quiet, max(0.0, until - time.monotonic()))
            if not self._down and not self._up:
                return
            self.pump(0.05)

    def hang_up(self) -> None:
        """Close the line; what is on its way is lost."""
        self._up.clear()
        self._down.clear()
        with contextlib.suppress(OSError):
            super().hang_up()
