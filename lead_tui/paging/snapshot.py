"""A snapshot: rows held whatever the cache lets go, of which a view shows those that are meant, in the order that is wanted.

The API can neither sort nor narrow by what it has no filter for, so both hold over these rows alone, and say so.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

import msgspec

from lead_tui.leads.decode import Row, decode_row, id_number
from lead_tui.leads.filter_language import Narrowing
from lead_tui.leads.lead import Lead
from lead_tui.leads.page import RowState
from lead_tui.leads.sorting import ROWS_A_STEP, SortKey, Steps, sort

_decode_keys = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass(frozen=True, slots=True)
class SnapshotRows:
    """The rows of a result that were there at a moment, in its order, each lead once."""

    rows: Sequence[Row]
    total: int | None = None
    """How many leads match in all; None where that is not known."""
    met: tuple[str, ...] = ()
    """The keys that their leads have, in the order in which they were met."""
    ids: Sequence[int] = ()
    """The number of each row's id, 0 for none."""
    notes: Mapping[int, str] = field(default_factory=dict)
    """Words about rows, as a look-up's field, by index."""
    by_loading: bool = False
    """Whether they were all asked for, and not just what scrolling had brought."""

    @property
    def is_whole(self) -> bool:
        """Whether no lead is missing, as far as is known."""
        return self.total is not None and len(self.rows) >= self.total


def hold(
    parts: Iterable[tuple[Sequence[Row], Sequence[int]]],
    most: int,
    total: int | None,
    notes: Mapping[int, str] | None = None,
    *,
    by_loading: bool = False,
) -> Steps[SnapshotRows]:
    """The first *most* rows of *parts*, each of which has rows and their ids' numbers (0 for none), without repeated leads."""
    rows: list[Row] = []
    kept: array[int] = array("q")
    seen: set[int] = set()
    met: dict[str, None] = {}
    shapes: set[tuple[str, ...]] = set()
    for part, ids in parts:
        for start in range(0, len(part), ROWS_A_STEP):
            if len(rows) >= most:
                break
            for row, identity in zip(part[start : start + ROWS_A_STEP], ids[start : start + ROWS_A_STEP], strict=True):
                if identity in seen or len(rows) >= most:
                    continue
                if identity:
                    seen.add(identity)
                rows.append(row)
                kept.append(identity)
                shape = _keys_of(row)
                if shape not in shapes:
                    shapes.add(shape)
                    met |= dict.fromkeys(shape)
            yield
    return SnapshotRows(rows, total, tuple(met), kept, notes or {}, by_loading)


def _keys_of(row: Row) -> tuple[str, ...]:
    try:
        return tuple(_decode_keys(row))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return tuple(decode_row(row))


class Snapshot:
    """A view of *held*: the rows *places*, in that order. Satisfies ``leads.page.Rows``; every row is loaded."""

    def __init__(
        self,
        held: SnapshotRows,
        places: Sequence[int] | None = None,
        narrowing: Narrowing | None = None,
        order: Sequence[SortKey] = (),
        uncompared: int = 0,
    ) -> None:
        self.held = held
        self.uncompared = uncompared
        """Values that the narrowing could not compare by more or less, so that their leads may be missing."""
        self.narrowing = narrowing if narrowing is not None else Narrowing("")
        self.order = tuple(order)
        self._places: Sequence[int] = range(len(held.rows)) if places is None else places

    @property
    def length(self) -> int:
        """How many rows are meant."""
        return len(self._places)

    @property
    def rows(self) -> Sequence[Row]:
        """The rows as they came, in this order, for an export."""
        return [self.held.rows[place] for place in self._places]

    def row(self, index: int) -> Row | None:
        """The bytes of the row *index*; None where there is none."""
        return self.held.rows[self._places[index]] if 0 <= index < len(self._places) else None

    def state(self, index: int) -> RowState:
        """Every row is loaded."""
        return RowState.LOADED

    def lead(self, index: int) -> Lead | None:
        """The lead in the row *index*, decoded now."""
        row = self.row(index)
        return None if row is None else decode_row(row)

    def note(self, index: int) -> str:
        """Return the note of the row *index*."""
        return self.held.notes.get(self._places[index], "") if 0 <= index < len(self._places) else ""

    def repeats(self, index: int) -> bool:
        """Never: a lead is held once."""
        return False

    def find(self, lead_id: str) -> int | None:
        """The row that holds the lead *lead_id*."""
        identity, ids = id_number(lead_id), self.held.ids
        return next((index for index, place in enumerate(self._places) if ids[place] == identity), None) if identity else None


def arrange(
    held: SnapshotRows, narrowing: Narrowing | None, order: Sequence[SortKey], zone: tzinfo | None = None
) -> Steps[Snapshot]:
    """The leads of *held* that *narrowing* means, in *order*; moments are compared on the clock of *zone*, None for the host's."""
    places: Sequence[int] = range(len(held.rows))
    uncompared = 0
    if narrowing:
        narrowing.uncompared = 0
        places = yield from _meant(held.rows, narrowing)
        uncompared = narrowing.uncompared
    if order:
        places = yield from sort(held.rows, places, order, zone)
    return Snapshot(held, places, narrowing, order, uncompared)


def _meant(rows: Sequence[Row], narrowing: Narrowing) -> Steps[array[int]]:
    found: array[int] = array("I")
    matches = narrowing.matches
    for start in range(0, len(rows), ROWS_A_STEP):
        found.extend(place for place in range(start, min(start + ROWS_A_STEP, len(rows))) if matches(rows[place]))
        yield
    return found
