"""The base of formats with declared types: every column is text, null is not empty, and all names are known at the end.

The leads are spooled page by page, each with the columns of its time.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, count
from typing import Final, Generic, TypeVar, cast
from urllib.parse import urlsplit

from lead_tui import __version__
from lead_tui.export.assembled import AssembledWriter
from lead_tui.export.partial import PartialExport
from lead_tui.leads.fields import FIELD_BY_KEY
from lead_tui.leads.lead import as_text
from lead_tui.leads.text import one_line

Column = Sequence[str | None]
ColumnType = TypeVar("ColumnType")

_LENGTH_BYTES: Final = 8
"""Of the length before each page."""
_TEXTS: Final = frozenset({str, type(None)})


class TypedWriter(AssembledWriter, Generic[ColumnType]):
    """The chosen columns, or every observed field, as columns of text, which are a ``ColumnType`` for each page."""

    def __init__(self, file: PartialExport, columns: Sequence[str], now: datetime) -> None:
        super().__init__(file, columns, now, None)

    @abstractmethod
    def _encode(self, names: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
        """Return a page for the spool: the values of each of *rows*, with the *names* of its columns."""

    @abstractmethod
    def _decode(self, data: bytes) -> tuple[Sequence[str], Sequence[ColumnType], ColumnType]:
        """Return the names and the columns of a page, and a column of nulls."""

    @abstractmethod
    def _fill(self, names: Sequence[str], pages: Iterator[Sequence[ColumnType]]) -> None:
        """Write *pages* of leads, each a column for each of *names*. Raises ``OSError`` and ``OutputError``."""

    def _write_values(self, leads: Sequence[Sequence[object]]) -> None:
        self._append(self._encode(self._fields.columns, leads))

    def _append(self, data: bytes) -> None:
        self._sink.write_bytes(len(data).to_bytes(_LENGTH_BYTES) + data)

    def _assemble(self) -> None:
        if not self._fields.columns:
            self._fields.observe(FIELD_BY_KEY)
        keys = self._fields.columns
        names = column_names(keys)
        for key, name in zip(keys, names, strict=True):
            if name != one_line(key):
                self.notes.append(f"{one_line(key, 40)} is in the column {name[:40]}: another's name differs only in case")
        self._fill(names, self._pages(keys))

    def _pages(self, keys: Sequence[str]) -> Iterator[Sequence[ColumnType]]:
        """Yield the columns of each page, those of *keys*. Raises ``OutputError``."""
        start = 0
        while start < self._file.rows.length:
            length = int.from_bytes(self._read(start, _LENGTH_BYTES))
            names, columns, nothing = self._decode(self._read(start + _LENGTH_BYTES, length))
            start += _LENGTH_BYTES + length
            by_name = dict(zip(names, columns, strict=True))
            yield [by_name.get(key, nothing) for key in keys]

    def _read(self, start: int, length: int) -> bytes:
        return b"".join(self._spooled(start, start + length))

    def _facts(self) -> Mapping[str, str]:
        """Return what was exported: the search, the account's host, the time and the program; never the token."""
        request = self._file.header.request
        return {
            "program": f"lead-tui {__version__}",
            "time": self._now.isoformat(timespec="seconds"),
            "host": urlsplit(str(request.get("base_url", ""))).netloc,
            "search": json.dumps(request, ensure_ascii=False),
        }


def texts(values: Sequence[object]) -> Column:
    """Return *values*, each as text or null."""
    if _TEXTS.issuperset(map(type, values)):
        return cast("Column", values)
    return [None if value is None else str(value if isinstance(value, str) else as_text(value)) for value in values]


def column_names(keys: Sequence[str]) -> list[str]:
    """Return a name for each of *keys*, on one line; one that differs from an earlier one only in case gets a number: ``…_2``."""
    names: dict[str, str] = {}
    for key in keys:
        plain = one_line(key)
        choices = chain([plain], (f"{plain}_{number}" for number in count(2)))
        name = next(each for each in choices if each.casefold() not in names)
        names[name.casefold()] = name
    return list(names.values())
