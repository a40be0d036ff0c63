"""Pages of leads as they are fetched, the rows of a table as they are shown, and the progress of an export or a load."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from math import ceil
from typing import Final, NamedTuple, Protocol

from msgspec import Struct

from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.lead import Lead
from lead_tui.leads.query import Query
from lead_tui.leads.text import counted

UNSENDABLE: Final = Row(b"")  # the row of a lead that the server cannot send: no bytes


class Page(Struct, frozen=True):
    """An answer to one request: the rows from *offset* on, at most *limit* of them, as bytes that are decoded when shown."""

    offset: int
    limit: int
    rows: Sequence[Row]
    ids: array[int]  # a number for each row's id (``decode.row_ids``), 0 for a row without one
    total: int | None = None  # how many leads match, as the server says; None where that is missing or no count
    text: str = ""  # the server's words where it says that nothing matched (6000, 6001), cleaned
    seconds: float = 0.0  # from the request's first byte to the answer's last, the waiting for its turn not counted
    size: int = 0  # bytes of the body
    unsendable: tuple[int, ...] = ()
    """Offsets of the leads that the server cannot send: ``UNSENDABLE`` stands in their rows."""
    notice: str = ""  # a sentence about what the server sent beside the data, clean; "" for nothing
    left_out: int = 0
    """Leads of this result so far that were left out for another country code (``paging.page_sources``)."""
    others_from: int | None = None  # where the leads of ``Query.also_in`` begin; None without such a field
    is_fixed: bool = False  # whether the result cannot shift: then each row counts, also one that repeats another's id

    @property
    def may_count_itself(self) -> bool:
        """Whether the total may be the number of the leads on this page, as some servers have it: those of a full one."""
        return len(self.rows) == self.total == self.limit and not self.is_fixed


class Part(Struct, frozen=True):
    """The next leads of a result that is read from its first lead on, each of which comes once in all its parts."""

    rows: Sequence[Row]
    numbers: Sequence[int]
    """A number for each row by which it is known again: its id's, or a digest of the bytes where it has none. Never 0."""
    after: Mapping[str, object]  # where to resume after this part, and what was known by then. JSON can hold it


class PageSource(Protocol):
    """The source of leads: the client of the API, or a fake in tests."""

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        """The page at *offset* for *query*, which is dated. Cancelling the task gives it up. Raises ``SearchError``."""


class Span(NamedTuple):
    """Rows from *start* up to, not including, *stop*."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        return self.stop - self.start

    def overlaps(self, other: Span) -> bool:
        return self.start < other.stop and other.start < self.stop


class Position(Struct):
    """Where the user stands in rows. A search owns the only one there is: the table moves it and draws from it."""

    cursor: int = 0
    top: int = 0  # the first row in view
    height: int = 0  # rows that fit in the view
    seeks_end: bool = False  # whether the user wants the last row, wherever that turns out to be


class RowState(Enum):
    """What is known of a row."""

    LOADED = auto()
    WAITING = auto()  # not requested yet, or loading
    FAILED = auto()  # the request failed; the note says why
    TOO_DEEP = auto()  # after the offset to which the server pages


class Rows(Protocol):
    """A result, or a part of one, as its table reads it. Indices are absolute and start at 0.

    What has a body holds of rows that are all loaded.
    """

    @property
    def length(self) -> int:
        """Number of rows to show, loaded or not."""

    def state(self, index: int) -> RowState:
        """What is known of the row *index*."""
        return RowState.LOADED

    def lead(self, index: int) -> Lead | None:
        """The lead in the row *index*, decoded now; None unless it is loaded."""
        row = self.row(index)
        return None if row is None else decode_row(row)

    def row(self, index: int) -> Row | None:
        """The bytes of the row *index*; None unless it is loaded."""

    def note(self, index: int) -> str:
        """Words about the row *index*: why it failed, or the field that a look-up found it by; "" without any. Clean."""

    def repeats(self, index: int) -> bool:
        """Whether the lead in this row is in an earlier row too."""
        return False

    @property
    def heading(self) -> tuple[int, str] | None:
        """The row that a heading stands above, and its text, clean; None without one."""
        return None


class Progress:
    """Counts leads, or what *noun* names in the singular, as they come."""

    def __init__(self, done: int = 0, total: int | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """*done* came in an earlier run and does not make this one faster. *total* is None while it is not known."""
        self.total = total
        self.noun = "lead"
        self._clock = clock
        self.resume(done)

    def resume(self, done: int) -> None:
        """Begin to measure, with *done* from an earlier run."""
        self.done = self._earlier = done
        self._since = self._clock()

    @property
    def rate(self) -> float:
        """How many a second; 0 before the first ones."""
        seconds = self._clock() - self._since
        return (self.done - self._earlier) / seconds if seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """The time left at this rate; None while it is not known."""
        return max(0, self.total - self.done) / self.rate if self.total is not None and self.rate else None

    def counted(self) -> str:
        return counted(self.done, self.noun)

    def parts(self) -> list[str]:
        """Return what to show, most important first: ``12,000 of 1,000,000 leads``, ``4,100/s``, ``4 min left``."""
        parts = [f"{self.done:,} of {max(self.total, self.done):,} {self.noun}s" if self.total is not None else self.counted()]
        if self.rate:
            parts.append(f"{self.rate:,.0f}/s")
        if (left := self.seconds_left) is not None:
            parts.append(f"{_format_duration(left)} left")
        return parts


def _format_duration(seconds: float) -> str:
    """Return *seconds*, rounded up: ``40 s``, ``4 min``, ``2 h 10 min``."""
    if seconds <= 59:
        return f"{ceil(seconds)} s"
    minutes = ceil(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
