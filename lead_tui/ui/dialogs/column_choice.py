"""The choice of columns: which are shown, in which order, how wide. Pure; the dialog draws it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lead_tui.leads.fields import COMPUTED, FIELDS, column_of, is_custom
from lead_tui.leads.formatting import label
from lead_tui.leads.lead import key_text
from lead_tui.leads.text import fold
from lead_tui.ui.widgets.columns import wanted_width

MIN_WIDTH: Final = 3
MAX_WIDTH: Final = 80
"""Cells: a column as wide as most screens."""


@dataclass(slots=True)
class Entry:
    """A column that may be shown."""

    key: str
    label: str
    shown: bool = False

    @property
    def is_custom(self) -> bool:
        """Whether it is an account's own attribute."""
        return self.key not in COMPUTED and is_custom(self.key)

    def matches(self, sought: str) -> bool:
        """Whether *sought*, which is folded, is in its label or key."""
        return sought in fold(self.label) or sought in fold(key_text(self.key))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What came of it."""

    columns: tuple[str, ...]
    widths: Mapping[str, int]
    own: bool = False
    """Whether they are for the search in sight alone."""


class ColumnChoice:
    """Columns that are shown, first and in their order; behind them the computed ones, the documented ones, and those *met*.

    Rows stay where they are when a column is shown or not, so that several can be chosen in passing; the order of the columns
    is the order of the rows.
    """

    def __init__(
        self, columns: Sequence[str], widths: Mapping[str, int], met: Iterable[str] = (), labels: Mapping[str, str] | None = None
    ) -> None:
        self._labels = labels or {}
        self.widths = dict(widths)
        known = dict.fromkeys((*columns, *COMPUTED, *(field.key for field in FIELDS), *self._labels, *map(column_of, met)))
        shown = frozenset(columns)
        self.entries = [Entry(key, label(key, self._labels), key in shown) for key in known]

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of the columns shown, in their order."""
        return tuple(entry.key for entry in self.entries if entry.shown)

    def width(self, entry: Entry) -> int:
        """Cells of the column: its own, or what it wants."""
        return wanted_width(entry.key, self.widths, self._labels)

    def toggle(self, entry: Entry) -> bool:
        """Show *entry*, or no longer; False where it is the last one."""
        if entry.shown and len(self.columns) == 1:
            return False
        entry.shown = not entry.shown
        return True

    def move(self, entry: Entry, by: int) -> bool:
        """Move *entry*, which is shown, behind the next one shown (*by* 1) or before the one before (-1); False where it cannot."""
        at = self.entries.index(entry)
        places = range(at + 1, len(self.entries)) if by > 0 else range(at - 1, -1, -1)
        to = next((index for index in places if self.entries[index].shown), None)
        if not entry.shown or to is None:
            return False
        self.entries.insert(to, self.entries.pop(at))
        return True

    def widen(self, entry: Entry, by: int) -> None:
        """Make the column of *entry* wider by *by* cells, or narrower."""
        self.widths[entry.key] = max(MIN_WIDTH, min(MAX_WIDTH, self.width(entry) + by))

    def widen_automatically(self, entry: Entry) -> None:
        """Let the column of *entry* have the width it wants."""
        self.widths.pop(entry.key, None)

    def reset(self, columns: Sequence[str]) -> None:
        """Show *columns* in their order, all with the widths they want."""
        self.widths.clear()
        by_key = {entry.key: entry for entry in self.entries}
        first = [by_key.get(key) or Entry(key, label(key, self._labels)) for key in columns]
        self.entries = [*first, *(entry for entry in self.entries if entry.key not in columns)]
        for entry in self.entries:
            entry.shown = entry in first
