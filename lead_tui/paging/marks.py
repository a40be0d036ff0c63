"""The leads that the user has marked, by id: they stay marked however leads are sorted, narrowed or searched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from lead_tui.leads.columns import ROWS_A_STEP
from lead_tui.leads.decode import Row, row_ids


class Marks(Collection[int]):
    """Marked leads in the order in which they were marked, each with its row as it was then. At most *most*."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: dict[int, Row] = {}

    def __contains__(self, identity: object) -> bool:
        """Whether the lead with this id number (``decode.id_number``) is marked."""
        return identity in self._rows

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> Sequence[Row]:
        """The rows of the marked leads."""
        return list(self._rows.values())

    def toggle(self, row: Row) -> bool:
        """Mark the lead in *row*, or unmark it; return whether that was possible: it has an id, and not too many are marked."""
        (identity,) = row_ids([row])
        return self._rows.pop(identity, None) is not None or bool(self.add([row]))

    def add(self, rows: Iterable[Row]) -> int:
        """Mark the leads in *rows*; return how many were not marked before. A lead without an id cannot be marked."""
        before, rows = len(self._rows), iter(rows)
        while len(self._rows) < self._most and (some := list(islice(rows, ROWS_A_STEP))):
            for row, identity in zip(some, row_ids(some), strict=True):
                if identity and identity not in self._rows and len(self._rows) < self._most:
                    # Copied, or it would keep the whole page in memory.
                    self._rows[identity] = row.copy()
        return len(self._rows) - before

    def clear(self) -> int:
        """Unmark all; return how many were marked."""
        count = len(self._rows)
        self._rows.clear()
        return count
