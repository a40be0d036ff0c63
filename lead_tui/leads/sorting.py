"""Sort leads by one or more columns, each value by what it means.

Numbers as numbers, days as days (however they are written), text by its letters without accents and case, and then by the accents;
empty values last in both directions. In a custom attribute numbers come before days and days before text. Equal leads keep their
order. Each different value of a column is weighed once; the weight of a row is looked up by its code (``leads.columns``).
"""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from msgspec import Struct

from lead_tui.leads.columns import CODES_A_STEP, ROWS_A_STEP, SORTED_A_STEP, CodedColumn, Steps, Values, slices
from lead_tui.leads.fields import ZERO_DATE, Kind, column_named, field_kind, fields_of, shows_any
from lead_tui.leads.lead import Lead, as_text
from lead_tui.leads.local_time import claimed_offset
from lead_tui.leads.text import unescaped
from lead_tui.leads.values import DATED, digits_in, folded_line, quantity_in

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


# The weight of a value

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


# Sorting in steps


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
