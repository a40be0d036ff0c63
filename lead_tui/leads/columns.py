"""Columns of loaded leads, read once: the different values of a few fields, which of them each lead has, and counts of them.

To sort, narrow or count, each different value is looked at once, however many leads have it.
"""

from __future__ import annotations

import heapq
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Hashable, Iterable, Sequence
from datetime import datetime
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from lead_tui.leads.fields import (
    COMPUTED,
    GENDER_NAMES,
    IDENTITIES,
    KNOWN_STATUSES,
    MADE_OF,
    NAME_OF,
    STATE_NAMES,
    Kind,
    field_kind,
    key_of,
)
from lead_tui.leads.lead import Lead, Number, Row, as_text, decode_row, is_empty, is_null
from lead_tui.leads.local_time import LOCAL_TIME_KEYS, local_time
from lead_tui.leads.text import one_line, unescaped

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
        self.values: list[Values] = []  # the different ones, by code
        self.codes: array[int] = array("I")  # of each lead's value
        self._code_of: dict[Hashable, int] = {}

    @property
    def unreadable(self) -> int | None:
        """The code of rows that are not leads; None if there are none."""
        return self._code_of.get(())

    def add(self, values: Iterable[Values]) -> None:
        """Add the *values* of the next leads."""
        for each in values:
            # In a dictionary 1 and True are the same key, and a list cannot be one.
            key = each
            if not _PLAIN.issuperset(map(type, each)):
                key = tuple(value if type(value) in _PLAIN else (type(value), as_text(value)) for value in each)
            code = self._code_of.setdefault(key, len(self.values))
            if code == len(self.values):
                self.values.append(each)
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
    if "lead_id" not in keys:
        return _reader(keys)
    with_id = keys if "id" in keys else [*keys, "id"]
    place, other, read = keys.index("lead_id"), with_id.index("id"), _reader(with_id)

    def read_with_id(row: Row) -> Values:
        values = read(row)
        if values and is_empty(values[place]):
            values = *values[:place], values[other], *values[place + 1 :]
        return values[: len(keys)]

    return read_with_id


def _reader(keys: Sequence[str]) -> Callable[[Row], Values]:
    names = {f"f{number}": key for number, key in enumerate(keys)}

    def read_whole(row: Row) -> Values:
        lead = decode_row(row)
        return () if lead.problem else tuple([lead.sent.get(key) for key in keys])

    try:
        partial = msgspec.defstruct("Partial", [(name, object, None) for name in names], rename=names, gc=False)
    except ValueError:
        # A key needs an escape, or is listed twice.
        return read_whole
    decode = msgspec.json.Decoder(partial, float_hook=Number).decode
    values = msgspec.structs.astuple

    def read(row: Row) -> Values:
        try:
            return values(decode(row))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return read_whole(row)

    return read


def slices(items: Sequence[T], size: int = CODES_A_STEP) -> Iterable[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


# Counting

_NAME_FIELDS: Final = {
    **NAME_OF,
    **{uid: name for _, name, uid in IDENTITIES},
    **{"source_id": "source_name", "source_uid": "source_name", "campaign_uid": "campaign_name"},
}
_KNOWN_NAMES: Final = {"status": KNOWN_STATUSES, "state": STATE_NAMES, "gender": GENDER_NAMES}
_MAX_NAME: Final = 80  # characters of a value's name


class Count(Struct, frozen=True, gc=False):
    """A value, and how many leads have it."""

    value: str | None  # the text as it was sent; "" if it is blank, None for null or a field that was not sent
    name: str  # what people call the value, one clean line; "" if that is not known
    count: int


class Tally:
    """Counts leads by *column*, local times as of *now*. With *to_read*, null counts as blank and a moment as its day."""

    def __init__(self, column: str, now: datetime, *, to_read: bool = False, source: CodedColumn | None = None) -> None:
        self.column = column
        self.total = 0  # leads counted
        self.values = 0  # different ones, once ``highest`` has been called
        self._now = now
        self._null = "" if to_read else None
        self._most_characters = len("YYYY-MM-DD") if to_read and field_kind(column) is Kind.DATE_TIME else None
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
        """Return the counts, the highest first; of equal ones by value, numbers first, and null last."""
        return run(self.highest(len(self._counts)))

    def highest(self, most: int) -> Steps[list[Count]]:
        """Return the *most* highest counts, in the order of ``counts``."""
        known = _KNOWN_NAMES.get(self.column, {})
        totals: dict[str | None, int] = defaultdict(int)
        names: dict[str | None, str] = {}
        for number, (code, count) in enumerate(self._counts.items()):
            if parts := self.source.values[code]:
                totals[value := self._value(parts)] += count
                if value and not names.get(value) and len(parts) > 1 and self.column not in COMPUTED:
                    names[value] = one_line(unescaped(as_text(parts[1])), _MAX_NAME).strip()
            if not number % SORTED_A_STEP:
                yield
        self.values = len(totals)
        values: list[str | None] = []
        for some in slices(list(totals), max(SORTED_A_STEP, most)):
            values = heapq.nsmallest(most, [*values, *some], key=lambda value: (-totals[value], _rank(value)))
            yield
        named = ((value, names.get(value) or known.get(value or "", "")) for value in values)
        return [Count(value, "" if name == value else name, totals[value]) for value, name in named]

    def codes_of(self, value: str) -> set[int]:
        return {code for code in self._counts if (parts := self.source.values[code]) and self._value(parts) == value}

    def _value(self, parts: Values) -> str | None:
        if self.column == "name":
            return self._null if all(map(is_null, parts)) else " ".join(map(as_text, parts)).strip()
        if self.column == "local_time":
            time = local_time(Lead(dict(zip(self.source.keys, parts, strict=True))), self._now)
            return self._null if time.minutes is None else time.clock()
        return self._null if is_null(parts[0]) else as_text(parts[0])[: self._most_characters]


def keys_counted(column: str) -> tuple[str, ...]:
    """Return the fields by which leads are counted: for an id, also the field with its name."""
    if column in COMPUTED:
        return MADE_OF["name"] if column == "name" else LOCAL_TIME_KEYS
    key = key_of(column)
    return key, *filter(None, [_NAME_FIELDS.get(key)])


def share(count: int, total: int) -> str:
    """Return the share of *count* in *total*, at least 1: ``12.5%``, ``<0.1%``."""
    permille = 1000 * count / total
    return "<0.1%" if 0 < permille < 1 else f"{permille / 10:.1f}%"


def bar(count: int, largest: int, width: int, *, in_ascii: bool = False) -> str:
    """Return a bar for *count* that fills *width* cells for *largest*, at least 1. Even a single lead is visible."""
    if not count:
        return ""
    if in_ascii:
        return "#" * max(1, round(width * count / largest))
    # Half blocks are in the fonts of all terminals, eighths are not.
    halves = max(1, round(2 * width * count / largest))
    return "█" * (halves // 2) + "▌" * (halves % 2)


def _rank(value: str | None) -> tuple[int, int, str, str]:
    if not value:
        return 3 if value is None else 2, 0, "", ""
    if value.isascii() and value.isdigit() and len(value) <= _MAX_NAME:
        return 0, int(value), "", value
    return 1, 0, value.casefold(), value
