"""Rows by index: what a table can show, whether they have come yet or not, and where the user stands in them."""

from __future__ import annotations

from enum import Enum, auto
from typing import Protocol

from msgspec import Struct

from lead_tui.leads.lead import Lead


class Position(Struct):
    """Where the user stands in rows. A search owns the only one there is: the table moves it and draws from it."""

    cursor: int = 0
    top: int = 0
    """The first row in view."""
    height: int = 0
    """Rows that fit in the view."""
    seeks_end: bool = False
    """Whether the user wants the last row, wherever that turns out to be."""


class RowState(Enum):
    """What is known of a row."""

    LOADED = auto()
    WAITING = auto()
    """Not asked for, or under way."""
    FAILED = auto()
    """Asked for in vain; the note says why."""
    TOO_DEEP = auto()
    """Behind the offset to which the server pages."""


class Rows(Protocol):
    """A result, or a part of one, as its table reads it. Indices are absolute and start at 0."""

    @property
    def length(self) -> int:
        """How many rows there are to be shown, loaded or not."""
        ...

    def state(self, index: int) -> RowState:
        """What is known of the row *index*."""
        ...

    def lead(self, index: int) -> Lead | None:
        """The lead in the row *index*, decoded now; None unless it is loaded."""
        ...

    def note(self, index: int) -> str:
        """Words about the row *index*: why it failed, or the field that a look-up found it by; "" without any. Clean."""
        ...

    def repeats(self, index: int) -> bool:
        """Whether the lead in this row stands in an earlier row too."""
        ...
