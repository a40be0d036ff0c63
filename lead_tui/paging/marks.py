"""The leads that the user has marked: they stay marked however leads are sorted, narrowed or searched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from lead_tui.leads.decode import Row, row_number


class Marks(Collection[int]):
    """Marked leads in the order in which they were marked, each with its row as it was then. At most *most*."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: dict[int, Row] = {}

    def __contains__(self, identity: object) -> bool:
        """Whether the lead with this number (``decode.row_number``) is marked."""
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
        """Mark the lead in *row*, or unmark it; return whether that was possible: not too many are marked."""
        return self._rows.pop(row_number(row), None) is not None or bool(self.add([row]))

    def add(self, rows: Iterable[Row]) -> int:
        """Mark the leads in *rows*; return how many were not marked before."""
        before = len(self._rows)
        for row in rows:
            if len(self._rows) >= self._most:
                break
            if (number := row_number(row)) not in self._rows:
                # Copied, or it would keep the whole page in memory.
                self._rows[number] = row.copy()
        return len(self._rows) - before

    def clear(self) -> int:
        """Unmark all; return how many were marked."""
        count = len(self._rows)
        self._rows.clear()
        return count
