"""Columns of loaded leads: the different values of a few fields and, for each lead, which of them it has; read once, in steps.

To sort, narrow or count, each different value is looked at once, however many leads have it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Hashable, Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import TypeVar

from lead_tui.leads.coercion import reader
from lead_tui.leads.decode import Row
from lead_tui.leads.lead import as_text

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work in steps of about a millisecond: the caller may do something else between two of them."""

ROWS_A_STEP = 200
"""Rows that are decoded, or values that are compared, in a step."""
CODES_A_STEP = 10_000

Values = tuple[object, ...]
"""The values of a column's fields in a lead, None where a field did not come; () for a row that is no lead."""

_PLAIN = {str, type(None)}


def run(steps: Steps[T]) -> T:
    """Run *steps* without a pause."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


class _CodeOf(dict[Hashable, int]):
    """The code of each value; a new value gets the next one."""

    def __init__(self, values: list[Values]) -> None:
        super().__init__()
        self._values = values

    def __missing__(self, value: Values) -> int:
        code = self[value] = len(self._values)
        self._values.append(value)
        return code


class CodedColumn:
    """The values of the fields *keys* in the leads that were added, in their order."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        self.values: list[Values] = []
        """The different values, by code."""
        self.codes: array[int] = array("I")
        """The code of each lead's value."""
        self._code_of = _CodeOf(self.values)

    @property
    def unreadable(self) -> int | None:
        """The code of rows that are no leads; None without any."""
        return self._code_of.get(())

    def add(self, values: Iterable[Values], *, is_plain: bool) -> None:
        """Add the *values* of the next leads. In plain ones, all are text or None."""
        if is_plain:
            self.codes.extend(map(self._code_of.__getitem__, values))
            return
        for each in values:
            # 1 and True are the same key of a dictionary, and lists are none.
            key = tuple(value if value.__class__ in _PLAIN else (value.__class__, as_text(value)) for value in each)
            code = self._code_of.get(key)
            if code is None:
                code = self._code_of[key] = len(self.values)
                self.values.append(each)
            self.codes.append(code)

    def codes_of(self, places: Sequence[int]) -> Iterable[int]:
        return self.codes[places.start : places.stop] if isinstance(places, range) else map(self.codes.__getitem__, places)


class ColumnReader:
    """Adds rows to *columns*: each row is read once for all of them."""

    def __init__(self, columns: Sequence[CodedColumn]) -> None:
        keys = list(dict.fromkeys(key for column in columns for key in column.keys))
        self._read = reader(keys)
        self._columns = [(column, _picker(keys, column.keys)) for column in columns]

    def add(self, rows: Iterable[Row]) -> None:
        table = list(map(self._read, rows))
        is_plain = set(map(type, chain.from_iterable(table))) <= _PLAIN
        for column, pick in self._columns:
            column.add([pick(values) if values else () for values in table], is_plain=is_plain)


def _picker(keys: Sequence[str], wanted: Sequence[str]) -> Callable[[Values], Values]:
    places = [keys.index(key) for key in wanted]
    return itemgetter(slice(places[0], places[0] + 1)) if len(places) == 1 else itemgetter(*places)


def slices(items: Sequence[T], size: int = CODES_A_STEP) -> Iterable[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
