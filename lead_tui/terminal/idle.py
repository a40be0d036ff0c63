"""Ends a session without input for a while: a lost connection or an empty chair leaves no leads on a screen or in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class IdleExit:
    """Calls *leave* once *seconds* have passed without ``note_input``, but not while *is_busy* says that work would be lost.

    One timer of *loop* at a time, set again only when it fires: typing costs nothing, and an idle session wakes once.
    """

    def __init__(
        self, seconds: float, is_busy: Callable[[], bool], leave: Callable[[], None], loop: asyncio.AbstractEventLoop
    ) -> None:
        self._seconds = seconds
        self._is_busy = is_busy
        self._leave = leave
        self._loop = loop
        self._last_input = self._loop.time()
        loop.call_later(seconds, self._check)

    def note_input(self) -> None:
        """Count from now."""
        self._last_input = self._loop.time()

    def _check(self) -> None:
        if self._is_busy():
            self.note_input()
        left = self._last_input + self._seconds - self._loop.time()
        if left > 0:
            self._loop.call_later(left, self._check)
        else:
            self._leave()
