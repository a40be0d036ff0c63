"""Columns of loaded leads, read once, to count leads by their values and to sort them by what the values mean.

Each different value of a column is read once, however many leads have it. Numbers are sorted as numbers, days as days (however they
are written), text by its letters without accents and case, then by the accents; empty values come last in both directions. In a
custom attribute, numbers come before days, and days before text. Equal leads keep their order.
"""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Hashable, Iterable, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar, cast

from msgspec import Struct
from msgspec.structs import astuple

from lead_tui.leads.fields import COMPUTED, NAME_OF, ZERO_DATE, Kind, column_named, field_kind, fields_of, key_of, shows_any
from lead_tui.leads.lead import REFUSED, Row, as_text, decode_row, decoder_of, is_empty
from lead_tui.leads.local_time import offset_minutes
from lead_tui.leads.text import one_line, unescaped
from lead_tui.leads.values import DATED, digits_in, folded, quantity_in

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work in steps of about a millisecond: the caller may do something else between two of them."""

SORTED_A_STEP = 2_000
ROWS_A_STEP = 200  # rows that are decoded, or values that are compared, in a step
CODES_A_STEP = 10_000

Values = tuple[object, ...]
"""The values of a column's fields in a lead, None for a field that was not sent; () for a row that is not a lead."""

_PLAIN = frozenset({str, type(None)})


def as_texts(values: Values) -> Values:
    """Return *values*, those that are not text as text."""
    return values if _PLAIN.issuperset(map(type, values)) else tuple(map(as_text, values))


def run(steps: Steps[T]) -> T:
    """Run *steps* without a pause."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("T", end.value)


class CodedColumn:
    """The values of the fields *keys* in the leads added so far, in the order of the leads."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        self.values: list[Values] = []  # the different ones, as text, by code
        self.codes: array[int] = array("I")  # of each lead's value
        self._code_of: dict[Hashable, int] = {}

    def add(self, values: Iterable[Values]) -> None:
        """Add the *values* of the next leads."""
        for each in map(as_texts, values):
            code = self._code_of.setdefault(each, len(self.values))
            if code == len(self.values):
                self.values.append(each)
            self.codes.append(code)


@lru_cache(16)
def values_reader(keys: tuple[str, ...]) -> Callable[[Row], Values]:
    """Return a function that reads only *keys* of a row, the public id from ``id`` if it has no ``lead_id``; it never raises."""
    place = keys.index("lead_id") if "lead_id" in keys else None

    def read_whole(row: Row) -> Values:
        lead = decode_row(row)
        if lead.problem:
            return ()
        is_without = is_empty(lead.sent.get("lead_id")) and "id" in lead.sent
        return tuple(lead.sent.get("id" if key == "lead_id" and is_without else key) for key in keys)

    try:
        decode = decoder_of(keys, object)
    except ValueError:
        return read_whole

    def read(row: Row) -> Values:
        try:
            values = astuple(decode(row))
        except REFUSED:
            return read_whole(row)
        return read_whole(row) if place is not None and is_empty(values[place]) else values

    return read


def read_columns(columns: Collection[CodedColumn], rows: Iterable[Row]) -> None:
    """Add *rows* to *columns*, reading each row once for all of them."""
    keys = tuple(dict.fromkeys(key for column in columns for key in column.keys))
    table = list(map(values_reader(keys), rows))
    for column in columns:
        places = [keys.index(key) for key in column.keys]
        column.add([tuple([values[place] for place in places]) if values else () for values in table])


_COMPUTED_KINDS: Final = {"name": Kind.TEXT, "local_time": Kind.OFFSET}


def column_kind(column: str) -> Kind | None:
    """Return the kind of a column's value, ``column_value``; None for a custom attribute."""
    return _COMPUTED_KINDS.get(column) or field_kind(column)


def column_value(column: str, values: Values) -> object:
    """Return what *column* is compared by, given the *values* of its fields: of a local time the offset."""
    if column == "name":
        return " ".join(map(as_text, values)).strip()
    if column == "local_time":
        return next((each for each in values if offset_minutes(as_text(each)) is not None), None)
    return values[0]


def slices(items: Sequence[T], size: int = CODES_A_STEP) -> Iterable[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def items_at(items: Sequence[T], places: Sequence[int]) -> Iterable[T]:
    return items[places.start : places.stop] if isinstance(places, range) else map(items.__getitem__, places)


# Counting

_MAX_NAME: Final = 80  # characters of a value's name


class Count(Struct, frozen=True, gc=False):
    """A value, and how many leads have it."""

    value: str  # the text as it was sent; "" if it is null or blank, or was not sent
    name: str  # what people call the value, one clean line; "" if that is not known
    count: int


class Tally(Struct, frozen=True):
    """The counts of leads by a column."""

    counts: list[Count]  # the highest first; of equal ones by value
    values: int  # different ones
    total: int  # leads counted


def tally(column: str, counted: Iterable[tuple[Values, int]], most: int) -> Steps[Tally]:
    """Return the *most* highest counts by *column*, moments by their day; *counted* has values of ``keys_counted`` with counts."""
    max_characters = len("YYYY-MM-DD") if field_kind(column) is Kind.DATE_TIME else None
    totals: dict[str, int] = defaultdict(int)
    names: dict[str, str] = {}
    for number, (parts, count) in enumerate(counted):
        if parts:
            value = as_text(column_value(column, parts))[:max_characters]
            totals[value] += count
            if value and not names.get(value) and len(parts) > 1 and column not in COMPUTED:
                name = one_line(unescaped(as_text(parts[1])), _MAX_NAME).strip()
                names[value] = "" if name == value else name
        if not number % SORTED_A_STEP:
            yield
    values: list[str] = []
    for some in slices(list(totals), max(SORTED_A_STEP, most)):
        values = heapq.nsmallest(most, [*values, *some], key=lambda value: (-totals[value], value))
        yield
    return Tally([Count(each, names.get(each, ""), totals[each]) for each in values], len(totals), sum(totals.values()))


def keys_counted(column: str) -> tuple[str, ...]:
    """Return the fields by which leads are counted: for an id, also the field with its name."""
    return *fields_of(column), *filter(None, [NAME_OF.get(key_of(column))])


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
    letters = (digits_in(value) if kind is Kind.PHONE else "") or folded(value)
    if not text.isascii():
        # NUL weighs less than any letter: "Nunez" comes before "Núñez", and both before "Nunezs".
        letters += f"\0{text.casefold()}"
    return (_TEXT, letters) if letters else None


class Ranks(NamedTuple):
    """The rank of each lead by a column, from 1; equal leads have the same rank, and empty values 0."""

    by_lead: Sequence[int]
    highest: int


def rank(column: CodedColumn, name: str, zone: tzinfo | None = None) -> Steps[Ranks]:
    """Return the ranks of the leads by *column*, which is called *name*; moments are compared in *zone*, None for the host's."""
    kind, weights = column_kind(name), list[_Weight | None]()
    # Sorted in slices, which are merged as they are taken.
    parts: list[list[_Weight]] = []
    for values in slices(column.values, ROWS_A_STEP):
        some = [_weigh(column_value(name, each), kind, zone) if each else None for each in values]
        weights += some
        parts.append(sorted(filter(None, some)))
        yield
    rank_of: dict[_Weight | None, int] = {None: 0}
    for number, weight in enumerate(heapq.merge(*parts)):
        rank_of.setdefault(weight, len(rank_of))
        if not number % SORTED_A_STEP:
            yield
    by_code: list[int] = []
    for part in slices(weights):
        by_code += map(rank_of.__getitem__, part)
        yield
    by_lead: array[int] = array("I")
    for codes in slices(column.codes):
        by_lead.extend(map(by_code.__getitem__, codes))
        yield
    return Ranks(by_lead, len(rank_of) - 1)


def sort(places: Sequence[int], ranks: Ranks, *, descending: bool = False) -> Steps[array[int]]:
    """Return *places* of leads in the order of *ranks*, empty values last; equal leads keep their order."""
    # A radix sort, a few bits of the rank at a time: linear, and in steps, whereas one ``sorted`` of a million leads would block
    # everything else for a second.
    mask = (1 << _DIGIT_BITS) - 1
    for shift in range(0, max(1, ranks.highest.bit_length()), _DIGIT_BITS):
        buckets: list[list[int]] = [[] for _ in range(min(mask, ranks.highest >> shift) + 1)]
        add_to = [bucket.append for bucket in buckets]
        for part in slices(places):
            for place, rank in zip(part, items_at(ranks.by_lead, part), strict=True):
                add_to[rank >> shift & mask](place)
            yield
        places = ordered = array("I")
        for bucket in reversed(buckets) if descending else buckets:
            ordered.extend(bucket)
            # Now, and not all together when they go out of scope, which takes 50 ms for a million numbers.
            bucket.clear()
            yield
    empty = 0 if descending else bisect_right(ordered, 0, key=ranks.by_lead.__getitem__)
    return ordered[empty:] + ordered[:empty]
