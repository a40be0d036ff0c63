"""Seconds for the status line: those until the next attempt of a request that failed, and those that an answer takes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from lead_tui import limits
from lead_tui.api.retry import Waiting


class Countdown:
    """Hears of waits from the client and tells them, each second anew, as words; "" when nothing waits any more."""

    def __init__(self, tell: Callable[[str], None], cut_short: str) -> None:
        """*cut_short* says which key ends a wait; "" for none."""
        self._tell = tell
        self._cut_short = f" · {cut_short}" if cut_short else ""
        self._turn: asyncio.TimerHandle | None = None

    @property
    def runs(self) -> bool:
        """Whether a request waits."""
        return self._turn is not None

    def hear(self, waiting: Waiting | None) -> None:
        """Count *waiting* down, in place of what was counted before. Called on the event loop."""
        self.stop()
        if waiting is None:
            self._tell("")
            return
        loop = asyncio.get_running_loop()
        self._count(waiting, loop.time() + waiting.seconds)

    def stop(self) -> None:
        """Count no more."""
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None

    def _count(self, waiting: Waiting, until: float) -> None:
        loop = asyncio.get_running_loop()
        left = max(0, math.ceil(until - loop.time()))
        when = f"{left} s"
        if waiting.attempt > 1:
            when = f"attempt {waiting.attempt} of {limits.ATTEMPTS} in {when}{self._cut_short}"
        # The server's own words may hold the separator; what follows the first one is kept whole on a narrow screen.
        self._tell(f"{waiting.error.message.replace(' · ', ' ')} · {when}")
        self._turn = loop.call_later(1, self._count, waiting, until)


class LoadingClock:
    """Counts the seconds since anything last came of what is loading, and calls *tell* as each passes, from the fifth on."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._loading: object = None
        self._since = 0.0
        self._turn: asyncio.TimerHandle | None = None

    def seconds(self, loading: object) -> int:
        """Return the seconds to show for *loading*, which is another value whenever something has come; None is for nothing.

        0 until there are ``limits.LOADING_SHOWN_SECONDS``. Called on the event loop.
        """
        if loading != self._loading:
            self.stop()
            self._loading = loading
            if loading is not None:
                self._since = asyncio.get_running_loop().time()
                self._wait(limits.LOADING_SHOWN_SECONDS)
        if loading is None:
            return 0
        # A timer may be early by the clock's resolution.
        passed = asyncio.get_running_loop().time() - self._since + 0.01
        return int(passed) if passed >= limits.LOADING_SHOWN_SECONDS else 0

    def stop(self) -> None:
        """Count no more."""
        self._loading = None
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None

    def _wait(self, seconds: float) -> None:
        self._turn = asyncio.get_running_loop().call_later(seconds, self._pass)

    def _pass(self) -> None:
        self._wait(1)
        self._tell()
