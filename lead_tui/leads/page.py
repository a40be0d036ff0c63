"""Pages of leads as they are fetched, the rows of a table as they are shown, and the progress of an export or a load."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from math import ceil
from typing import Final, Protocol

from msgspec import Struct

from lead_tui.leads.errors import SearchError
from lead_tui.leads.lead import Lead, Row, decode_row
from lead_tui.leads.query import Query
from lead_tui.leads.text import counted

UNSENDABLE: Final = Row(b"")  # the row of a lead that the server cannot send: no bytes


class FieldOutcomes(Struct, frozen=True):
    """The outcome so far of a look-up in several fields; empty for any other search."""

    matched: Sequence[str] = ()  # for each row, the labels of the fields in which its lead was found
    waits_for: tuple[str, ...] = ()  # the fields that have not been answered yet
    failures: tuple[tuple[str, SearchError], ...] = ()  # the fields that could not be searched completely, and why
    cut: tuple[str, ...] = ()  # the fields in which more leads match than were requested, or may match without a total

    @property
    def lacks_leads(self) -> bool:
        return bool(self.waits_for or self.failures or self.cut)


class Page(Struct, frozen=True):
    """The response to one request: at most *limit* rows from *offset* on, as bytes that are decoded when they are shown."""

    offset: int
    limit: int
    rows: Sequence[Row]
    ids: array[int]  # a number for each row's id (``lead.row_ids``), 0 for a row without one
    total: int | None = None  # how many leads match, by the server's count; None if that is missing or not a count
    text: str = ""  # the server's message that nothing matched (6000, 6001), sanitized
    seconds: float = 0.0  # from the request's first byte to the response's last, without the wait for its turn
    unsendable: tuple[int, ...] = ()
    """Offsets of the leads that the server cannot send: ``UNSENDABLE`` stands in their rows."""
    notice: str = ""  # a clean sentence about what the server sent besides the data; "" for nothing
    left_out: int = 0
    """Leads of this result so far that were left out for another country code (``paging.page_sources``)."""
    others_from: int | None = None  # where the leads of ``Query.also_in`` begin; None without such a field
    is_fixed: bool = False  # whether the result cannot shift: then a row that repeats another's id is a row of its own
    fields: FieldOutcomes = FieldOutcomes()


class Part(Struct, frozen=True):
    """The next leads of a result that is read from its start; each lead is in only one of its parts."""

    rows: Sequence[Row]
    numbers: Sequence[int]
    """A number for each row by which it is recognized: its id's, or a digest of its bytes if it has none. Never 0."""
    after: Mapping[str, object]  # where to resume after this part, and what was known by then; can be written as JSON


class PageSource(Protocol):
    """The source of leads: the client of the API, or a fake in tests."""

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        """Return the page at *offset* for *query*, which is dated. Canceling the task abandons it. Raises ``SearchError``."""


class Position(Struct):
    """The user's position in a result. A search owns the only copy: the table moves it and draws from it."""

    cursor: int = 0
    top: int = 0  # the first row in view
    height: int = 0  # rows that fit in the view
    seeks_end: bool = False  # whether the user wants the last row, whose number is not known yet


class RowState(Enum):
    LOADED = auto()
    WAITING = auto()  # not requested yet, or loading
    FAILED = auto()  # the request failed; the row's note says why
    TOO_DEEP = auto()  # beyond the deepest offset that the server returns


class Rows(Protocol):
    """A result, or part of one, by index from 0, as the table reads it. Methods with a body are right if all rows are loaded."""

    @property
    def length(self) -> int:
        """Number of rows to show, loaded or not."""

    def state(self, index: int) -> RowState:
        return RowState.LOADED

    def lead(self, index: int) -> Lead | None:
        """Return the lead in the row *index*, decoded now; None unless it is loaded."""
        row = self.row(index)
        return None if row is None else decode_row(row)

    def row(self, index: int) -> Row | None:
        """Return the bytes of the row *index*; None unless it is loaded."""

    def note(self, index: int) -> str:
        """Return a clean note about the row *index*: why it failed, or in which field a look-up found it; "" for none."""

    def repeats(self, index: int) -> bool:
        """Return whether the lead in this row is also in an earlier row."""
        return False

    @property
    def heading(self) -> tuple[int, str] | None:
        """The row below a heading, and the heading's clean text; None without one."""
        return None


class Progress:
    """Counts leads, or whatever *noun* names in the singular, as they arrive."""

    noun = "lead"

    def __init__(self, done: int = 0, total: int | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """*done* were counted in an earlier run, which does not make this one faster. *total* is None while unknown."""
        self.total = total
        self._clock = clock
        self.resume(done)

    def resume(self, done: int) -> None:
        """Begin measuring, with *done* from an earlier run."""
        self.done = self._earlier = done
        self._since = self._clock()

    def counted(self) -> str:
        return counted(self.done, self.noun)

    def parts(self) -> list[str]:
        """Return what to show, most important first: ``12,000 of 1,000,000 leads``, ``4,100/s``, ``4 min left``."""
        parts = [f"{self.done:,} of {counted(max(self.total, self.done), self.noun)}" if self.total is not None else self.counted()]
        seconds, done = self._clock() - self._since, self.done - self._earlier
        if seconds > 0 and done:
            parts.append(f"{done / seconds:,.0f}/s")
            if self.total is not None:
                left = ceil(max(0, self.total - self.done) * seconds / done)
                parts.append(f"{left} s left" if left < 60 else f"{ceil(left / 60)} min left")
        return parts
