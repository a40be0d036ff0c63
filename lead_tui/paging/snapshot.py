"""A snapshot: the rows of a result at a moment, whatever the cache evicts, in views: narrowed, sorted, counted.

The API can neither sort nor narrow by what it has no filter for, so both cover these rows alone, and say so.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import compress
from typing import NamedTuple, TypeVar

from lead_tui import limits
from lead_tui.leads.columns import ROWS_A_STEP, CodedColumn, Count, Steps, Tally, keys_counted, slices
from lead_tui.leads.decode import Row, id_number
from lead_tui.leads.filter_language import DROPPED_UNSURE, KEPT_UNSURE, FieldTerm, Narrowing
from lead_tui.leads.page import Rows
from lead_tui.leads.sorting import SortKey, sort
from lead_tui.paging.snapshot_rows import RowsInOrder, SnapshotRows

T = TypeVar("T")


async def in_turns(steps: Steps[T]) -> T:
    """Run *steps*, ``TURN_SECONDS`` at a time. Cancelling the caller's task ends them."""
    until = time.perf_counter() + limits.TURN_SECONDS
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        if time.perf_counter() >= until:
            # A key goes through several queues before it is seen: each is a pass of the loop, and costs next to nothing while idle.
            for _ in range(limits.PASSES_BETWEEN_TURNS):
                await asyncio.sleep(0)
            until = time.perf_counter() + limits.TURN_SECONDS


class Snapshot(Rows):
    """A view of *base*: the rows at *places*, in that order. Every row is loaded."""

    def __init__(
        self,
        base: SnapshotRows,
        places: Sequence[int] | None = None,
        narrowing: Narrowing | None = None,
        order: Sequence[SortKey] = (),
        uncompared: int = 0,
    ) -> None:
        self.base = base
        self.uncompared = uncompared
        """Values that the narrowing could not compare by more or less, so that their leads may be missing."""
        self.narrowing = narrowing if narrowing is not None else Narrowing("")
        self.order = tuple(order)
        self.places: Sequence[int] = range(len(base)) if places is None else places

    @property
    def length(self) -> int:
        return len(self.places)

    @property
    def rows(self) -> Sequence[Row]:
        """The rows in this order."""
        return RowsInOrder(self.base, self.places)

    def row(self, index: int) -> Row | None:
        return self.base[self.places[index]] if 0 <= index < len(self.places) else None

    def note(self, index: int) -> str:
        return self.base.notes.get(self.places[index], "") if 0 <= index < len(self.places) else ""

    def find(self, lead_id: str) -> int | None:
        """The row of the lead *lead_id*."""
        try:
            return self.places.index(self.base.ids.index(id_number(lead_id))) if lead_id else None
        except ValueError:
            return None


def arrange(
    base: SnapshotRows, narrowing: Narrowing | None, order: Sequence[SortKey], zone: tzinfo | None = None
) -> Steps[Snapshot]:
    """Return the view of the leads of *base* that *narrowing* selects, in *order*.

    Moments are compared on the clock of *zone*, None for the host's. To narrow while the user types, start
    ``asyncio.create_task(in_turns(arrange(…)))`` at each key, and cancel the one before.
    """
    places: Sequence[int] = range(len(base))
    uncompared = 0
    if narrowing:
        places, uncompared = yield from _narrowed(base, narrowing)
    if order:
        known = yield from base.ranks([each.key for each in order], zone)
        for each in reversed(order):
            places = yield from sort(places, known[each.key], descending=each.descending)
    return Snapshot(base, places, narrowing, order, uncompared)


class _Outcomes(NamedTuple):
    """A term of a narrowing: for each of its columns, the outcome of each value."""

    term: FieldTerm
    columns: Sequence[tuple[CodedColumn, bytes]]

    def verdicts(self, places: Sequence[int]) -> Iterator[int]:
        """Yield what the term makes of the leads at *places*."""
        outcomes = [map(table.__getitem__, column.codes_of(places)) for column, table in self.columns]
        return map(self.term.verdicts.__getitem__, map(max, *outcomes) if len(outcomes) > 1 else outcomes[0])

    @property
    def is_unsure(self) -> bool:
        """Whether some values could not be compared."""
        return any(1 in table for _, table in self.columns)


def _narrowed(base: SnapshotRows, narrowing: Narrowing) -> Steps[tuple[Sequence[int], int]]:
    """Return the places of the leads that *narrowing* selects, and how many values it could not compare."""
    columns = yield from base.columns(keys for term in narrowing.fields for keys in term.columns.values())
    places: Sequence[int] = range(min((len(column.codes) for column in columns.values()), default=len(base)))
    terms = []
    for term in narrowing.fields:
        tables = []
        for name, keys in term.columns.items():
            table = bytearray()
            for values in slices(columns[keys].values, ROWS_A_STEP):
                table.extend(term.outcomes(name, values))
                yield
            tables.append((columns[keys], bytes(table)))
        terms.append(_Outcomes(term, tables))
        kept: array[int] = array("I")
        for part in slices(places):
            kept.extend(compress(part, terms[-1].verdicts(part)))
            yield
        places = kept
    if narrowing.words:
        places = yield from base.with_words(narrowing, places)
    return (yield from _compared(places, [term for term in terms if term.is_unsure]))


def _compared(places: Sequence[int], terms: Sequence[_Outcomes]) -> Steps[tuple[Sequence[int], int]]:
    """Drop those of *places* that *terms* select only because a value could not be compared; return how many such values there are.

    They count where all else holds: other leads do not matter.
    """
    if not terms:
        return places, 0
    kept: array[int] = array("I")
    uncompared = 0
    for part in slices(places):
        for place, *verdicts in zip(part, *(term.verdicts(part) for term in terms), strict=True):
            uncompared += verdicts.count(KEPT_UNSURE) + verdicts.count(DROPPED_UNSURE)
            if DROPPED_UNSURE not in verdicts:
                kept.append(place)
        yield
    return kept, uncompared


def count_by(column: str, view: Snapshot, now: datetime, most: int) -> Steps[tuple[Tally, list[Count]]]:
    """Return the tally of the leads of *view* by *column*, and its *most* highest counts, to be read by people."""
    keys = keys_counted(column)
    source = (yield from view.base.columns([keys]))[keys]
    tally = Tally(column, now, to_read=True, source=source)
    for part in slices(view.places):
        tally.add_codes(source.codes_of(part), len(part))
        yield
    return tally, (yield from tally.highest(most))


def row_with(value: str, tally: Tally, view: Snapshot) -> Row | None:
    """Return the first row of *view* that *tally*, of the same view, counts as *value*."""
    codes = tally.codes_of(value)
    place = next(
        (place for place, code in zip(view.places, tally.source.codes_of(view.places), strict=True) if code in codes), None
    )
    return None if place is None else view.base[place]
