"""Numbers that a thread finds one after the other while others already use them: where blocks of rows begin, which rows match."""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Final

_POLL_SECONDS: Final = 0.1
"""Between two looks whether the caller was cancelled."""


class Growing:
    """The base of both: how far the work is, and a way to wait for it."""

    def __init__(self) -> None:
        self.count = 0
        """Rows found so far."""
        self.is_whole = False
        """Whether there are no more."""
        self.error: Exception | None = None
        """Why the work ended early."""
        self._grown = threading.Condition()

    def wait_for(self, count: int, is_cancelled: Callable[[], bool], seconds: float | None = None) -> None:
        """Return once there are *count* rows or no more to come, the caller is cancelled, or *seconds* have passed."""
        with self._grown:
            if seconds is not None:
                self._grown.wait_for(lambda: self.is_whole or self.count >= count, seconds)
                return
            while not (self.is_whole or self.count >= count or is_cancelled()):
                self._grown.wait(_POLL_SECONDS)

    def end(self) -> None:
        """Note that there are no more."""
        with self._grown:
            self.is_whole = True
            self._grown.notify_all()


class RowIndex(Growing):
    """Where each block of rows begins: a few bytes for some dozens of rows, so that memory stays flat over millions."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = array("q")
        self._positions = array("q")

    def build(self, blocks: Iterable[tuple[int, int]], is_cancelled: Callable[[], bool]) -> None:
        """Add *blocks*, each the position of its first row and how many rows it has."""
        for position, count in blocks:
            with self._grown:
                self._rows.append(self.count)
                self._positions.append(position)
                self.count += count
                self._grown.notify_all()
            if is_cancelled():
                return

    def block_of(self, row: int) -> tuple[int, int] | None:
        """Return the first row and the position of the block with *row*, or of the last one before it; None without any."""
        with self._grown:
            at = bisect_right(self._rows, row) - 1
            return None if at < 0 else (self._rows[at], self._positions[at])


class Matches(Growing):
    """The numbers of the rows that match a query."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = array("q")

    def add(self, row: int) -> None:
        with self._grown:
            self.rows.append(row)
            self.count += 1
            self._grown.notify_all()
