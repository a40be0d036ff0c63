"""Snapshots: the rows of a result at one moment, whatever the cache evicts, and views of them: narrowed, sorted, counted.

The API cannot sort, nor narrow by fields without a filter, so both cover only these rows, and say so. Rows stay bytes,
compressed in blocks. A column that is used to sort, narrow or count is read once, and from then on whenever rows are added.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from functools import lru_cache
from itertools import chain, compress
from types import ModuleType
from typing import Any, Final, cast

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.leads.columns import (
    ROWS_A_STEP,
    CodedColumn,
    Ranks,
    SortKey,
    Steps,
    Tally,
    items_at,
    keys_counted,
    rank,
    read_columns,
    slices,
    sort,
    tally,
)
from lead_tui.leads.fields import fields_of
from lead_tui.leads.filter_language import MATCH, UNCOMPARED, Narrowing, text_lines
from lead_tui.leads.lead import REFUSED, Row, decode_members, decode_row, id_number
from lead_tui.leads.page import Position, Rows
from lead_tui.paging.page_sources import add_new
from lead_tui.paging.result import Result

_SEPARATOR = b"\0"  # of the rows of a block: JSON contains no NUL
TEXT: Final[tuple[str, ...]] = ()  # represents, among the columns in use, the text in which words are searched


class SnapshotRows(Struct, eq=False):
    """The rows of a result in their order, each lead once; more may be added."""

    total: int | None = None  # how many leads match in total; None if unknown
    notes: Mapping[int, str] = {}  # notes about rows by index, such as a look-up's field
    is_compressed: bool = False  # which takes a sixth of the memory, for 1 µs a row
    in_use: set[tuple[str, ...]] = set()
    """The columns to read as rows are added; a column that is used for the first time is added to them."""

    ids: array[int] = field(default_factory=lambda: array("q"))  # the number of each row's id, 0 for none
    _blocks: list[bytes | list[Row]] = []  # ``BLOCK_ROWS`` rows each, the last one excepted
    _texts: dict[tuple[int, frozenset[str]], bytes] = {}
    """The compressed text of the blocks in which words were searched, without concealed fields (``leads.filter_language``)."""
    _keys: dict[str, None] = {}
    _columns: dict[tuple[str, ...], CodedColumn] = {}
    _ranks: dict[tuple[str, tzinfo | None], Ranks] = {}

    def __post_init__(self) -> None:
        self._keep({keys: CodedColumn(keys) for keys in self.in_use if keys != TEXT})

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> Row:
        block = self._blocks[index // limits.BLOCK_ROWS]
        return (_decompressed_lately(block) if isinstance(block, bytes) else block)[index % limits.BLOCK_ROWS]

    @property
    def observed_keys(self) -> tuple[str, ...]:
        """The keys of the leads, in the order in which they were observed."""
        return tuple(self._keys)

    @property
    def is_whole(self) -> bool:
        """Whether no lead is known to be missing."""
        return self.total is not None and len(self) >= self.total

    def add(self, rows: Sequence[Row], ids: Sequence[int]) -> Steps[None]:
        start = 0
        while start < len(rows):
            room = limits.BLOCK_ROWS - len(self) % limits.BLOCK_ROWS
            some = rows[start : start + room]
            # Most leads have the same keys.
            self._keys |= dict.fromkeys(chain.from_iterable(dict.fromkeys(map(_keys_of, some))))
            read_columns(self._columns.values(), some)
            if any(len(column.values) > limits.MAX_COLUMN_VALUES for column in self._columns.values()):
                self._keep({})
            block = [*self._rows(len(self._blocks) - 1), *some] if len(self) % limits.BLOCK_ROWS else list(some)
            del self._blocks[len(self) // limits.BLOCK_ROWS :]
            self._blocks.append(_compressed(block) if self.is_compressed and len(block) == limits.BLOCK_ROWS else block)
            self.ids.extend(ids[start : start + room])
            if TEXT in self.in_use and not len(self) % limits.BLOCK_ROWS:
                self._text(len(self._blocks) - 1)
            start += room
            yield

    def _rows(self, number: int) -> Sequence[Row]:
        block = self._blocks[number]
        return _decompressed(block) if isinstance(block, bytes) else block

    # Columns and words

    def columns(self, wanted: Iterable[tuple[str, ...]]) -> Steps[dict[tuple[str, ...], CodedColumn]]:
        """Return the columns of these fields, reading those that are used for the first time."""
        columns = {keys: self._columns.get(keys) or CodedColumn(keys) for keys in wanted}
        if new := [column for keys, column in columns.items() if keys not in self._columns]:
            # Rows may be added meanwhile.
            while (done := len(new[0].codes)) < len(self):
                read_columns(new, self._rows(done // limits.BLOCK_ROWS)[done % limits.BLOCK_ROWS :])
                yield
            self._keep(columns)
        return columns

    def _keep(self, columns: dict[tuple[str, ...], CodedColumn]) -> None:
        """Keep *columns*, too, but none with so many different values that it would take more memory than the rows."""
        every = self._columns | columns
        self._columns = {keys: column for keys, column in every.items() if len(column.values) <= limits.MAX_COLUMN_VALUES}
        self.in_use |= self._columns.keys()

    def ranks(self, names: Iterable[str], zone: tzinfo | None) -> Steps[dict[str, Ranks]]:
        """Return the ranks of all leads by these columns; moments are compared in *zone*, None for the host's."""
        known = {name: self._ranks.get((name, zone)) for name in names}
        new = [name for name, ranks in known.items() if ranks is None or len(ranks.by_lead) < len(self)]
        columns = yield from self.columns(map(fields_of, new))
        for name in new:
            self._ranks[name, zone] = yield from rank(columns[fields_of(name)], name, zone)
        return {name: self._ranks[name, zone] for name in known}

    def with_words(self, narrowing: Narrowing, places: Sequence[int]) -> Steps[array[int]]:
        """Return those of the ascending *places* whose rows have the words of *narrowing*."""
        found: array[int] = array("I")
        for number in range(len(self._blocks)):
            first = number * limits.BLOCK_ROWS
            here = places[bisect_left(places, first) : bisect_left(places, first + limits.BLOCK_ROWS)]
            if here:
                text = self._text(number, narrowing.concealed)
                found.extend(first + line for line in narrowing.with_words(text, [place - first for place in here]))
                yield
        return found

    def _text(self, number: int, concealed: frozenset[str] = frozenset()) -> bytes:
        if (compressed := self._texts.get((number, concealed))) is not None:
            return cast("bytes", codec().decompress(compressed))
        rows = self._rows(number)
        text = text_lines(rows, concealed)
        if len(rows) == limits.BLOCK_ROWS:
            self._texts[number, concealed] = codec().compress(text, limits.COMPRESSION_LEVEL)
        return text


def _compressed(rows: Sequence[Row]) -> bytes | list[Row]:
    body = _SEPARATOR.join(rows)
    # A row with a NUL is not JSON, but it is a row.
    has_nul = body.count(_SEPARATOR) >= len(rows)
    return [row.copy() for row in rows] if has_nul else codec().compress(body, limits.COMPRESSION_LEVEL)


def _decompressed(block: bytes) -> list[Row]:
    return list(map(Row, codec().decompress(block).split(_SEPARATOR)))


_decompressed_lately = lru_cache(limits.BLOCKS_DECOMPRESSED)(_decompressed)


def _keys_of(row: Row) -> tuple[str, ...]:
    try:
        return tuple(decode_members(row))
    except REFUSED:
        return tuple(decode_row(row).sent)


def take_snapshot(result: Result, most: int) -> Steps[SnapshotRows]:
    """Return the first *most* rows of *result* that are loaded, without repeated leads; leads without an id are all kept."""
    total = result.length if result.has_end and not result.fields.lacks_leads else None
    loaded = (index for index in range(len(result.fields.matched)) if result.row(index) is not None)
    taken = SnapshotRows(total, dict(enumerate(map(result.note, loaded))))
    known: set[int] = set()
    for rows, ids in result.parts():
        new = add_new(known, ids)[: most - len(taken)]
        yield from taken.add([rows[place] for place in new], [ids[place] for place in new])
    return taken


class RowsInOrder(Sequence[Row]):
    """The rows at *places* of a snapshot, read lazily."""

    def __init__(self, rows: SnapshotRows, places: Sequence[int]) -> None:
        self._rows = rows
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int | slice) -> Any:
        return RowsInOrder(self._rows, self._places[index]) if isinstance(index, slice) else self._rows[self._places[index]]


def codec() -> ModuleType:
    """Return the module whose ``compress(body, level)`` and ``decompress(body)`` are for blocks of rows."""
    # Imported here: few sessions load so many leads.
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


# Views


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
        # The number of values that the narrowing could not compare by more or less, so that their leads may be missing.
        self.uncompared = uncompared
        self.narrowing = narrowing if narrowing is not None else Narrowing("")
        self.order = tuple(order)
        self.places: Sequence[int] = range(len(base)) if places is None else places
        self.position = Position()

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
    """Return the leads in *base* that *narrowing* selects, in *order*; moments are compared in *zone*, None for the host's."""
    places: Sequence[int] = range(len(base))
    uncompared = 0
    if narrowing:
        places, uncompared = yield from _narrowed(base, narrowing)
    if order:
        known = yield from base.ranks([each.key for each in order], zone)
        for each in reversed(order):
            places = yield from sort(places, known[each.key], descending=each.descending)
    return Snapshot(base, places, narrowing, order, uncompared)


def _narrowed(base: SnapshotRows, narrowing: Narrowing) -> Steps[tuple[Sequence[int], int]]:
    """Return the places of the leads that *narrowing* selects, and how many values it could not compare."""
    columns = yield from base.columns(keys for term in narrowing.fields for keys in term.columns.values())
    places: Sequence[int] = range(min((len(column.codes) for column in columns.values()), default=len(base)))
    uncompared = 0
    for term in narrowing.fields:
        tables = []  # for each column, the outcome of each value
        for name, keys in term.columns.items():
            table = bytearray()
            for values in slices(columns[keys].values, ROWS_A_STEP):
                table.extend(term.outcomes(name, values))
                yield
            tables.append((columns[keys], bytes(table)))
        # Whether a lead is selected, by outcome, as ``translate`` takes it.
        selected = bytes((outcome == MATCH) is term.is_wanted for outcome in range(256))
        kept: array[int] = array("I")
        for part in slices(places):
            by_column = [map(table.__getitem__, items_at(column.codes, part)) for column, table in tables]
            outcomes = bytes(map(max, *by_column) if len(by_column) > 1 else by_column[0])
            uncompared += outcomes.count(UNCOMPARED)
            kept.extend(compress(part, outcomes.translate(selected)))
            yield
        places = kept
    if narrowing.words:
        places = yield from base.with_words(narrowing, places)
    return places, uncompared


def count_by(column: str, view: Snapshot, most: int) -> Steps[Tally]:
    """Return the *most* highest counts of the leads in *view* by *column*."""
    keys = keys_counted(column)
    source = (yield from view.base.columns([keys]))[keys]
    counts: Counter[int] = Counter()
    for part in slices(view.places):
        counts.update(items_at(source.codes, part))
        yield
    return (yield from tally(column, ((source.values[code], count) for code, count in counts.items()), most))
