"""The base of readers of files, and the problems that they find."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from lead_tui import limits
from lead_tui.leads.decode import Row


class Problems:
    """The problems found in a file, by line, or in a database, by row."""

    def __init__(self, place: str = "line") -> None:
        self.count = 0
        self._place = place
        self._reason = ""
        self._numbers: list[int] = []

    def add(self, number: int, reason: str) -> None:
        """Note that the line with this *number* has a problem: "cannot be read: …"."""
        self.count += 1
        self._reason = self._reason or reason
        if self.count <= limits.MAX_LINES_NAMED:
            self._numbers.append(number)

    def sentence(self) -> str:
        """Return the first problem, and where the others are; "" if there are none."""
        if not self.count:
            return ""
        first, *others = self._numbers
        rest = f" and {self.count - len(self._numbers):,} more" if self.count > len(self._numbers) else ""
        also = f"; also {self._place} {', '.join(f'{each:,}' for each in others)}{rest}" if others else ""
        return f"{self._place.capitalize()} {first:,} {self._reason}{also}"


class Reader(ABC):
    """An open file of leads. Several threads may use it. Reading raises ``OSError`` and ``ValueError``."""

    problems: Problems
    keys: Sequence[str]  # the names of its fields that are known at the start
    part = ""  # what of the file is shown, if not all of it

    @abstractmethod
    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the position and the number of rows of each block in the file, and note the problems."""

    @abstractmethod
    def records(self, position: int | None) -> Iterator[Any]:
        """Yield the records from *position* on, where a block begins; None for the first block."""

    @abstractmethod
    def values(self, keys: Sequence[str], may_match: Callable[[bytes], object]) -> Iterator[Sequence[object]]:
        """Yield the values of *keys* in every row, None for a missing field.

        Yield () for a row that is not a lead, and in text also for one that fails *may_match*.
        """

    def row(self, record: Any) -> Row:
        """Return *record*, here a value for each of ``keys``, as a row of JSON."""
        return Row(msgspec.json.encode(dict(zip(self.keys, record, strict=True)), enc_hook=str))

    @abstractmethod
    def close(self) -> None: ...
