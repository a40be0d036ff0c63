"""Which row a lead was seen in, by id: flat arrays with open addressing, for a million leads in tens of megabytes at most.

A ``dict`` of a million ids is 85 MB and more. Here a slot is 12 bytes, and between half and four fifths of the slots are used.
"""

from __future__ import annotations

from array import array

_EMPTY = 0
_FIRST_SLOTS = 1 << 10
_MOST_FILLED = 0.8
_SPREAD = 0x9E3779B97F4A7C15
"""Fibonacci hashing: spreads ids that follow each other over the whole table."""
_MASK = (1 << 64) - 1


class IdIndex:
    """Row by id number (``decode.row_ids``). The number 0 stands for no id and is never found."""

    def __init__(self) -> None:
        self._resize(_FIRST_SLOTS)

    def __len__(self) -> int:
        return self._used

    def row(self, identity: int) -> int | None:
        """The row that *identity* was put down for."""
        slot = self._slot(identity)
        return self._rows[slot] if identity != _EMPTY and self._ids[slot] == identity else None

    def put(self, identity: int, row: int) -> None:
        """Put *row* down for *identity*, in place of the one before."""
        if identity == _EMPTY:
            return
        slot = self._slot(identity)
        if self._ids[slot] == _EMPTY:
            if self._used + 1 > self._slots * _MOST_FILLED:
                self._grow()
                slot = self._slot(identity)
            self._used += 1
            self._ids[slot] = identity
        self._rows[slot] = row

    def _slot(self, identity: int) -> int:
        """Where *identity* is, or where it belongs."""
        slots, ids = self._slots, self._ids
        slot = (identity * _SPREAD & _MASK) * slots >> 64
        while ids[slot] != _EMPTY and ids[slot] != identity:
            slot += 1
            if slot == slots:
                slot = 0
        return slot

    def _resize(self, slots: int) -> None:
        self._slots = slots
        self._used = 0
        self._ids = array("q", bytes(8 * slots))
        self._rows = array("I", bytes(4 * slots))

    def _grow(self) -> None:
        ids, rows = self._ids, self._rows
        self._resize(self._slots * 8 // 5)
        for identity, row in zip(ids, rows, strict=True):
            if identity != _EMPTY:
                self._ids[self._slot(identity)] = identity
                self._rows[self._slot(identity)] = row
                self._used += 1
