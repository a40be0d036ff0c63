"""Columns of loaded leads, read once, to count leads by their values and to sort them by what the values mean.

Each different value of a column is read once, however many leads have it. Numbers are sorted as numbers, days as days (however they
are written), text by its letters without accents and case, then by the accents; empty values come last in both directions. In a
custom attribute, numbers come before days, and days before text. Equal leads keep their order.
"""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Hashable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Final, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from lead_tui.leads.fields import (
    COMPUTED,
    GENDER_NAMES,
    KNOWN_STATUSES,
    MADE_OF,
    NAME_OF,
    STATE_NAMES,
    ZERO_DATE,
    Kind,
    column_named,
    field_kind,
    fields_of,
    key_of,
    shows_any,
)
from lead_tui.leads.lead import Lead, Number, Row, as_text, decode_row, is_empty
from lead_tui.leads.local_time import LOCAL_TIME_KEYS, claimed_offset, local_time
from lead_tui.leads.text import one_line, unescaped
from lead_tui.leads.values import DATED, digits_in, folded_line, quantity_in

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work in steps of about a millisecond: the caller may do something else between two of them."""

SORTED_A_STEP = 2_000
ROWS_A_STEP = 200  # rows that are decoded, or values that are compared, in a step
CODES_A_STEP = 10_000

Values = tuple[object, ...]
"""The values of a column's fields in a lead, None for a field that was not sent; () for a row that is not a lead."""

_PLAIN = frozenset({str, type(None)})


def run(steps: Steps[T]) -> T:
    """Run *steps* without a pause."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


class CodedColumn:
    """The values of the fields *keys* in the leads added so far, in the order of the leads."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        self.values: list[Values] = []  # the different ones, as text, by code
        self.codes: array[int] = array("I")  # of each lead's value
        self._code_of: dict[Hashable, int] = {}

    @property
    def unreadable(self) -> int | None:
        """The code of rows that are not leads; None if there are none."""
        return self._code_of.get(())

    def add(self, values: Iterable[Values]) -> None:
        """Add the *values* of the next leads."""
        for each in values:
            key = each if _PLAIN.issuperset(map(type, each)) else tuple(map(as_text, each))
            code = self._code_of.setdefault(key, len(self.values))
            if code == len(self.values):
                self.values.append(key)
            self.codes.append(code)

    def codes_of(self, places: Sequence[int]) -> Iterable[int]:
        return self.codes[places.start : places.stop] if isinstance(places, range) else map(self.codes.__getitem__, places)


class ColumnReader:
    """Adds rows to *columns*, reading each row once for all of them."""

    def __init__(self, columns: Sequence[CodedColumn]) -> None:
        keys = list(dict.fromkeys(key for column in columns for key in column.keys))
        self._read = reader(keys)
        self._columns = [(column, [keys.index(key) for key in column.keys]) for column in columns]

    def add(self, rows: Iterable[Row]) -> None:
        table = list(map(self._read, rows))
        for column, places in self._columns:
            column.add([tuple([values[place] for place in places]) if values else () for values in table])


def reader(keys: Sequence[str]) -> Callable[[Row], Values]:
    """Return a function that reads only *keys* of a row, in a fifth of the time of a whole lead; it never raises.

    The public id is read from ``id`` if a lead has no ``lead_id``.
    """
    place = keys.index("lead_id") if "lead_id" in keys else None

    def read_whole(row: Row) -> Values:
        lead = decode_row(row)
        if lead.problem:
            return ()
        values = [lead.sent.get(key) for key in keys]
        if place is not None and is_empty(values[place]):
            values[place] = lead.sent.get("id", values[place])
        return tuple(values)

    names = {f"f{number}": key for number, key in enumerate(keys)}
    try:
        partial = msgspec.defstruct("Partial", [(name, object, None) for name in names], rename=names, gc=False)
    except ValueError:
        # A key needs an escape, or is listed twice.
        return read_whole
    decode = msgspec.json.Decoder(partial, float_hook=Number).decode
    values_of = msgspec.structs.astuple

    def read(row: Row) -> Values:
        try:
            values = values_of(decode(row))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return read_whole(row)
        return read_whole(row) if place is not None and is_empty(values[place]) else values

    return read


def slices(items: Sequence[T], size: int = CODES_A_STEP) -> Iterable[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


# Counting

_KNOWN_NAMES: Final = {"status": KNOWN_STATUSES, "state": STATE_NAMES, "gender": GENDER_NAMES}
_MAX_NAME: Final = 80  # characters of a value's name


class Count(Struct, frozen=True, gc=False):
    """A value, and how many leads have it."""

    value: str  # the text as it was sent; "" if it is null or blank, or was not sent
    name: str  # what people call the value, one clean line; "" if that is not known
    count: int


class Tally:
    """Counts leads by *column*, moments by their day, local times as of *now*."""

    def __init__(self, column: str, now: datetime, source: CodedColumn | None = None) -> None:
        self.column = column
        self.total = 0  # leads counted
        self.values = 0  # different ones, once ``highest`` has been called
        self._now = now
        self._max_characters = len("YYYY-MM-DD") if field_kind(column) is Kind.DATE_TIME else None
        self.source = source if source is not None else CodedColumn(keys_counted(column))
        self._reader = ColumnReader([self.source])
        self._counts: Counter[int] = Counter()  # by the codes of the source

    @property
    def unreadable(self) -> int:
        """Rows that are not leads, which are not counted."""
        code = self.source.unreadable
        return self._counts[code] if code is not None else 0

    def add(self, rows: Sequence[Row]) -> None:
        """Read *rows* and count them: about 2 µs for each lead."""
        self._reader.add(rows)
        self.add_codes(self.source.codes, len(rows))
        del self.source.codes[:]

    def add_codes(self, codes: Iterable[int], count: int) -> None:
        """Count *count* leads by their *codes* in the column."""
        before = self.unreadable
        self._counts.update(codes)
        self.total += count - (self.unreadable - before)

    def counts(self) -> list[Count]:
        """Return the counts, the highest first; of equal ones by value."""
        return run(self.highest(len(self._counts)))

    def highest(self, most: int) -> Steps[list[Count]]:
        """Return the *most* highest counts, in the order of ``counts``."""
        known = _KNOWN_NAMES.get(self.column, {})
        totals: dict[str, int] = defaultdict(int)
        names: dict[str, str] = {}
        for number, (code, count) in enumerate(self._counts.items()):
            if parts := self.source.values[code]:
                totals[value := self._value(parts)] += count
                if value and not names.get(value) and len(parts) > 1 and self.column not in COMPUTED:
                    names[value] = one_line(unescaped(as_text(parts[1])), _MAX_NAME).strip()
            if not number % SORTED_A_STEP:
                yield
        self.values = len(totals)
        values: list[str] = []
        for some in slices(list(totals), max(SORTED_A_STEP, most)):
            values = heapq.nsmallest(most, [*values, *some], key=lambda value: (-totals[value], value))
            yield
        named = ((value, names.get(value) or known.get(value, "")) for value in values)
        return [Count(value, "" if name == value else name, totals[value]) for value, name in named]

    def codes_of(self, value: str) -> set[int]:
        return {code for code in self._counts if (parts := self.source.values[code]) and self._value(parts) == value}

    def _value(self, parts: Values) -> str:
        if self.column == "name":
            return " ".join(map(as_text, parts)).strip()
        if self.column == "local_time":
            time = local_time(Lead(dict(zip(self.source.keys, parts, strict=True))), self._now)
            return "" if time.minutes is None else time.clock()
        return as_text(parts[0])[: self._max_characters]


def keys_counted(column: str) -> tuple[str, ...]:
    """Return the fields by which leads are counted: for an id, also the field with its name."""
    if column in COMPUTED:
        return MADE_OF["name"] if column == "name" else LOCAL_TIME_KEYS
    key = key_of(column)
    return key, *filter(None, [NAME_OF.get(key)])


# Sorting

_DIGIT_BITS = 12

DESCENDING_MARK = "-"


class SortKey(Struct, frozen=True):
    """A column to sort by: a field's key, or ``name`` or ``local_time``."""

    key: str
    descending: bool = False

    @classmethod
    def of(cls, text: str) -> SortKey:
        """Return the key that *text* in a saved query stands for: ``-created_at`` is descending."""
        return cls(column_named(text.removeprefix(DESCENDING_MARK)), text.startswith(DESCENDING_MARK))

    @property
    def arrow(self) -> str:
        """``↑`` if the smallest value is first."""
        return "↑↓"[self.descending]

    def __str__(self) -> str:
        return f"{DESCENDING_MARK if self.descending else ''}{self.key}"


def open_order(order: Iterable[SortKey], concealed: frozenset[str]) -> tuple[SortKey, ...]:
    """Return *order* without the columns that reveal part of a *concealed* field: the order of leads says much about values."""
    return tuple(each for each in order if not shows_any(each.key, concealed))


_NUMBER, _MOMENT, _TEXT = range(3)
_Weight = tuple[int, int | float | datetime | str]  # a class, and what is compared within it


def _weigh_text(text: str) -> _Weight | None:
    text = unescaped(text)
    letters = folded_line(text)
    if text.isascii():
        return (_TEXT, letters) if letters else None
    # NUL weighs less than any letter: "Nunez" comes before "Núñez", and both before "Nunezs".
    return _TEXT, f"{letters}\0{text.casefold()}"


def _weigh(value: object, kind: Kind | None, zone: tzinfo | None) -> _Weight | None:
    found = quantity_in(value, kind, zone)
    if isinstance(found, datetime):
        return _MOMENT, found
    if found is not None:
        return _NUMBER, found
    text = as_text(value)
    # "Never" is not a date: it is sorted with the empty values.
    if kind in DATED and text.lstrip().startswith(ZERO_DATE):
        return None
    digits = digits_in(value) if kind is Kind.PHONE else ""
    return (_TEXT, digits) if digits else _weigh_text(text)


def _weigher(column: str, zone: tzinfo | None) -> Callable[[Values], _Weight | None]:
    keys = fields_of(column)
    if column == "name":
        return lambda values: _weigh_text(Lead(dict(zip(keys, values, strict=False))).name)
    if column == "local_time":
        return lambda values: _weigh(claimed_offset(Lead(dict(zip(keys, values, strict=False)))), Kind.COUNT, zone)
    kind = field_kind(keys[0])
    return lambda values: _weigh(values[0], kind, zone) if values else None


class Ranks(NamedTuple):
    """The rank of each lead by a column, from 1; equal leads have the same rank, and empty values 0."""

    by_lead: Sequence[int]
    highest: int


def rank(column: CodedColumn, name: str, zone: tzinfo | None = None) -> Steps[Ranks]:
    """Return the ranks of the leads by *column*, which is called *name*; moments are compared in *zone*, None for the host's."""
    weigh = _weigher(name, zone)
    weights: list[_Weight | None] = []
    different: dict[_Weight | None, None] = {}
    for values in slices(column.values, ROWS_A_STEP):
        weights += map(weigh, values)
        different |= dict.fromkeys(weights[-len(values) :])
        yield
    different.pop(None, None)
    # Sorted in slices, which are merged as they are taken.
    parts: list[list[_Weight]] = []
    for part in slices(list(different), SORTED_A_STEP):
        parts.append(sorted(filter(None, part)))
        yield
    rank_of: dict[_Weight | None, int] = {None: 0}
    for number, weight in enumerate(heapq.merge(*parts), 1):
        rank_of[weight] = number
        if not number % SORTED_A_STEP:
            yield
    by_code: list[int] = []
    for some in slices(weights):
        by_code += map(rank_of.__getitem__, some)
        yield
    by_lead: array[int] = array("I")
    for codes in slices(column.codes):
        by_lead.extend(map(by_code.__getitem__, codes))
        yield
    return Ranks(by_lead, len(different))


def sort(places: Sequence[int], ranks: Ranks, *, descending: bool = False) -> Steps[array[int]]:
    """Return *places* of leads in the order of *ranks*, empty values last; equal leads keep their order."""
    # A radix sort, a few bits of the rank at a time: linear, and in steps, whereas one ``sorted`` of a million leads would block
    # everything else for a second.
    by_lead, mask = ranks.by_lead, (1 << _DIGIT_BITS) - 1
    for shift in range(0, max(1, ranks.highest.bit_length()), _DIGIT_BITS):
        buckets: list[list[int]] = [[] for _ in range(min(mask, ranks.highest >> shift) + 1)]
        add_to = [bucket.append for bucket in buckets]
        for part in slices(places):
            here = by_lead[part.start : part.stop] if isinstance(part, range) else map(by_lead.__getitem__, part)
            for place, rank in zip(part, here, strict=True):
                add_to[rank >> shift & mask](place)
            yield
        places = ordered = array("I")
        pause = CODES_A_STEP
        for bucket in reversed(buckets) if descending else buckets:
            ordered.extend(bucket)
            # Now, and not all together when they go out of scope, which takes 50 ms for a million numbers.
            bucket.clear()
            if len(ordered) > pause:
                pause = len(ordered) + CODES_A_STEP
                yield
    empty = 0 if descending else bisect_right(ordered, 0, key=ranks.by_lead.__getitem__)
    return ordered[empty:] + ordered[:empty]
