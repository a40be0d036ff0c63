"""Ordering: by which columns leads are sorted, and what a value weighs among the others.

Numbers as numbers, days as days (however they are written), text by its letters without accents and case, and then by the accents;
empty values last in both directions. In a custom attribute numbers come before days and those before text. Equal leads keep their
order. Everything here goes in small steps (``Steps``), since one ``sorted`` of 50,000 rows, in a thread too, would be felt.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice
from typing import Any, TypeVar

from lead_tui.leads.coercion import Reader, digits_in, folded_line, moment_in, number_in, reader
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import FIELD_BY_KEY, ZERO_DATE, Kind, column_named, key_of, tells_of
from lead_tui.leads.lead import Lead, as_text
from lead_tui.leads.local_time import claimed_offset
from lead_tui.leads.names import FieldNames
from lead_tui.leads.text import unescaped

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work in steps of about a millisecond: the caller may do something else between two of them."""

ROWS_A_STEP = 200
SORTED_A_STEP = 2_000

DESCENDING_MARK = "-"


@dataclass(frozen=True, slots=True)
class SortKey:
    """A column to sort by: a field's key, or ``name`` or ``local_time``."""

    key: str
    descending: bool = False

    @classmethod
    def of(cls, text: str) -> SortKey:
        """From the spelling of saved queries: ``-created_at`` is descending."""
        return cls(column_named(text.removeprefix(DESCENDING_MARK)), text.startswith(DESCENDING_MARK))

    def __str__(self) -> str:
        return f"{DESCENDING_MARK if self.descending else ''}{self.key}"


def parse(text: str, names: FieldNames) -> tuple[SortKey, ...]:
    """The columns in *text*, ``-created_at last_name``, by name or label. Raises ``UsageError`` for one that there is not."""
    found: dict[str, SortKey] = {}
    for word in text.replace(",", " ").split():
        wanted = SortKey.of(word)
        keys = names.find(wanted.key)
        if not keys:
            like = names.nearest(wanted.key)
            raise UsageError(f"No field is called {wanted.key}" + (f": did you mean {like}?" if like else ""))
        found.setdefault(keys[0], SortKey(keys[0], wanted.descending))
    return tuple(found.values())


def open_order(order: Iterable[SortKey], concealed: frozenset[str]) -> tuple[SortKey, ...]:
    """*order* without the columns that tell something of a *concealed* field: who stands before whom says much of both."""
    return tuple(each for each in order if not tells_of(each.key, concealed))


# What a value weighs

_NUMBER, _MOMENT, _TEXT = range(3)
_Weight = tuple[int, Any] | None
"""A class, and what is compared within it; None for an empty value."""


def _as_text(value: object) -> _Weight:
    return _text_weight(unescaped(as_text(value)))


def _text_weight(text: str) -> _Weight:
    letters = folded_line(text)
    if text.isascii():
        return (_TEXT, letters) if letters else None
    # NUL weighs less than any letter: "Nunez" comes before "Núñez", and both before "Nunezs".
    return _TEXT, f"{letters}\0{text.casefold()}"


def _as_number(value: object) -> _Weight:
    number = number_in(value)
    return _as_text(value) if number is None else (_NUMBER, number)


def _as_phone(value: object) -> _Weight:
    digits = digits_in(value)
    return (_TEXT, digits) if digits else _as_text(value)


def _weigher(key: str, zone: tzinfo | None) -> Callable[[object], _Weight]:
    """What gives a value of the field *key* its weight."""

    def as_moment(value: object) -> _Weight:
        moment = moment_in(value, zone)
        if moment is not None:
            return _MOMENT, moment
        # Never is no date: it goes with what is empty.
        return None if as_text(value).lstrip().startswith(ZERO_DATE) else _as_text(value)

    def as_it_looks(value: object) -> _Weight:
        number = number_in(value)
        return as_moment(value) if number is None else (_NUMBER, number)

    field = FIELD_BY_KEY.get(key)
    if field is None:
        return as_it_looks
    match field.kind:
        case Kind.COUNT | Kind.ID | Kind.OFFSET:
            return _as_number
        case Kind.DATE | Kind.DATE_TIME:
            return as_moment
        case Kind.PHONE:
            return _as_phone
        case _:
            return _as_text


class _Column:
    """Weighs one column of the rows; equal values are weighed once."""

    def __init__(self, key: str, zone: tzinfo | None) -> None:
        self.keys: tuple[str, ...] = {
            "name": ("first_name", "last_name"),
            "local_time": ("gmt_offset_now", "locale_gmt"),
        }.get(key, (key_of(key),))
        self._is_single = len(self.keys) == 1
        self._weigh_one = _weigher(key, zone)
        self._weigh_all = _name_of if key == "name" else _offset_of
        self._known: dict[Hashable, _Weight] = {}

    def weigh(self, values: Sequence[object]) -> _Weight:
        """The weight of *values*, one for each of ``keys``."""
        value: Any = values[0] if self._is_single else tuple(values)
        kind = value.__class__
        if kind is not str and kind is not tuple:
            # 1, 1.0 and True are one key of a dictionary, but not one value.
            return self._weigh(value)
        try:
            return self._known[value]
        except KeyError:
            weight = self._known[value] = self._weigh(value)
            return weight
        except TypeError:
            return self._weigh(value)

    def _weigh(self, value: Any) -> _Weight:
        return self._weigh_one(value) if self._is_single else self._weigh_all(dict(zip(self.keys, value, strict=True)))


def _name_of(values: dict[str, object]) -> _Weight:
    return _text_weight(Lead(values).name)


def _offset_of(values: dict[str, object]) -> _Weight:
    offset = claimed_offset(Lead(values))
    return None if offset is None else (_NUMBER, offset)


# Sorting in steps


def sort(rows: Sequence[Row], indices: Sequence[int], keys: Sequence[SortKey], zone: tzinfo | None = None) -> Steps[array[int]]:
    """*indices*, of rows of *rows*, ordered by *keys*; *zone* is the account's, None for the host's. A generator's result.

    Each column's values become ranks; the ranks of a row, and its place, become one number; the numbers are sorted.
    """
    columns = [_Column(each.key, zone) for each in keys]
    weights = yield from _weights(rows, indices, columns)
    packed = list(range(len(indices)))
    # The last column weighs least, and the place before less than any.
    unit = max(1, len(indices))
    for each, column in zip(reversed(keys), reversed(weights), strict=True):
        ranks, count = yield from _ranks(column, descending=each.descending)
        for start in range(0, len(packed), SORTED_A_STEP):
            stop = min(start + SORTED_A_STEP, len(packed))
            packed[start:stop] = [
                number + ranks[weight] * unit for number, weight in zip(packed[start:stop], column[start:stop], strict=True)
            ]
            yield
        unit *= count
    ordered: array[int] = array("I")
    places = max(1, len(indices))
    merged = yield from _sorted(packed)
    while part := list(islice(merged, SORTED_A_STEP)):
        ordered.extend(indices[number % places] for number in part)
        yield
    return ordered


def _weights(rows: Sequence[Row], indices: Sequence[int], columns: Sequence[_Column]) -> Steps[list[list[_Weight]]]:
    """The weights of each column, for each of *indices*."""
    weights: list[list[_Weight]] = [[] for _ in columns]
    keys = list(dict.fromkeys(key for column in columns for key in column.keys))
    read: Reader = reader(keys)
    places = [[keys.index(key) for key in column.keys] for column in columns]
    wanted = list(zip(columns, places, weights, strict=True))
    for start in range(0, len(indices), ROWS_A_STEP):
        for index in indices[start : start + ROWS_A_STEP]:
            values = read(rows[index])
            for column, where, found in wanted:
                found.append(column.weigh([values[place] for place in where]))
        yield
    return weights


def _ranks(column: Sequence[_Weight], *, descending: bool) -> Steps[tuple[dict[_Weight, int], int]]:
    """The rank of each weight in *column*, and how many ranks there are. Empty is last, whichever the direction."""
    different: dict[_Weight, None] = {}
    for start in range(0, len(column), SORTED_A_STEP):
        different.update(dict.fromkeys(column[start : start + SORTED_A_STEP]))
        yield
    different.pop(None, None)
    ranks: dict[_Weight, int] = {}
    last = len(different)
    merged = yield from _sorted(list(different))
    while part := list(islice(merged, SORTED_A_STEP)):
        at = len(ranks)
        for place, weight in enumerate(part, at):
            ranks[weight] = last - 1 - place if descending else place
        yield
    ranks[None] = last
    return ranks, last + 1


def _sorted(values: list[Any]) -> Steps[Iterator[Any]]:
    """*values*, all different, in order: sorted in slices, to be merged as they are taken."""
    slices: list[Iterable[Any]] = []
    for start in range(0, len(values), SORTED_A_STEP):
        slices.append(sorted(values[start : start + SORTED_A_STEP]))
        yield
    return heapq.merge(*slices)


def run(steps: Steps[T]) -> T:
    """Carry *steps* out at one go."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
