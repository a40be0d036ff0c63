"""Views of a snapshot, the rows of a result at one moment, whatever the cache evicts: narrowed, sorted, counted.

The API cannot sort, nor narrow by fields without a filter, so both cover only these rows, and say so. All rows of a result can be
loaded for this in the background.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime, tzinfo
from itertools import compress
from typing import NamedTuple, TypeVar

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.leads.columns import ROWS_A_STEP, CodedColumn, Count, SortKey, Steps, Tally, keys_counted, run, slices, sort
from lead_tui.leads.errors import SearchError
from lead_tui.leads.filter_language import DROPPED_UNSURE, KEPT_UNSURE, FieldTerm, Narrowing
from lead_tui.leads.lead import Row, id_number
from lead_tui.leads.page import PageSource, Part, Progress, Rows
from lead_tui.leads.query import Query
from lead_tui.paging.read_all import ReadAll
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
            # A key passes through several queues before it is handled: each is a pass of the loop, nearly free while it is idle.
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
        """Number of values that the narrowing could not compare by more or less, so that their leads may be missing."""
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
        try:
            return self.places.index(self.base.ids.index(id_number(lead_id))) if lead_id else None
        except ValueError:
            return None


def arrange(
    base: SnapshotRows, narrowing: Narrowing | None, order: Sequence[SortKey], zone: tzinfo | None = None
) -> Steps[Snapshot]:
    """Return the view of the leads in *base* that *narrowing* selects, in *order*.

    Moments are compared in *zone*, None for the host's. To narrow while the user types, start
    ``asyncio.create_task(in_turns(arrange(…)))`` at each key, and cancel the previous task.
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
    """A term of a narrowing, and for each of its columns the outcome of each value."""

    term: FieldTerm
    columns: Sequence[tuple[CodedColumn, bytes]]

    def verdicts(self, places: Sequence[int]) -> Iterator[int]:
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
    """Drop those of *places* that *terms* select only because a value could not be compared; return the number of such values.

    Only leads that match otherwise are counted.
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
    """Return the tally of the leads in *view* by *column*, and its *most* highest counts, for display."""
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


class LoadAll(Struct, eq=False):
    """Loads the first *limit* leads that match *query*, whose dates are fixed, into ``rows``.

    *total* is the server's count; None if there is none, or if it cannot be trusted. *progressed* is called on the event loop after
    each page. *in_use* are the columns to read (``SnapshotRows``). ``run`` may be called again after a failure or a cancellation:
    it resumes after the last page received.
    """

    source: PageSource
    query: Query
    limit: int = limits.LOAD_ALL_LIMIT
    total: int | None = None
    progressed: Callable[[], None] = lambda: None
    in_use: set[tuple[str, ...]] = field(default_factory=set)
    progress: Progress = field(default_factory=Progress)

    rows: SnapshotRows = field(default_factory=SnapshotRows)
    error: SearchError | None = None
    """What stopped it, or why leads are missing at its end; received rows are kept."""
    finished: bool = False  # whether it was read to its end or to the limit: ``run`` would add nothing
    _place: Mapping[str, object] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        is_packed = min(self.limit, self.total or self.limit) > limits.PLAIN_ROWS
        self.rows = SnapshotRows(is_packed=is_packed, in_use=self.in_use)
        self._note_total(self.total)

    def _note_total(self, total: int | None) -> None:
        self.rows.total = total
        self.progress.total = min(self.limit, total) if total is not None else None

    async def run(self) -> None:
        """Load until all is there, something fails, or the task is cancelled. Never raises ``SearchError``: see ``error``."""
        # A run that was just cancelled may not have ended yet.
        async with self._turn:
            self.error = None
            self.progress.resume(self.progress.done)
            total = self.rows.total
            reading = ReadAll(self.source, self.query, self.limit, total=total, place=self._place, known=self.rows.ids)
            try:
                async with aclosing(reading.parts()) as parts:
                    async for part in parts:
                        await self._add(part)
                        self._note_total(reading.total)
                        self.progressed()
                self.error, self.finished = reading.shortfall(), True
            except SearchError as error:
                self.error = error
            finally:
                self._note_total(reading.total)
                is_complete = self.finished and self.error is None
                if is_complete and self.progress.done < self.limit:
                    # Repeated leads and a wrong count leave fewer than were counted; still, none is missing.
                    self.rows.total = len(self.rows)
                elif self.rows.is_whole and not is_complete:
                    # The count may be that of a page.
                    self.rows.total = None
            self.progressed()

    async def _add(self, part: Part) -> None:
        adding = self.rows.add(part.rows, part.numbers)
        try:
            await in_turns(adding)
        finally:
            # Also after a cancellation: otherwise a page that was added in part would be added again.
            run(adding)
            self._place = part.after
            self.progress.done += len(part.rows)
