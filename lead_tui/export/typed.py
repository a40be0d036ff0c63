"""The base of formats with declared types: every column is text, null is not empty, and all names are known at the end.

The leads are spooled page by page, each with the columns of its time.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, cast
from urllib.parse import urlsplit

import msgspec

from lead_tui import __version__
from lead_tui.export.assembled import AssembledWriter
from lead_tui.export.partial import PartialExport
from lead_tui.leads.fields import FIELD_BY_KEY
from lead_tui.leads.lead import as_text
from lead_tui.leads.text import one_line

Column = Sequence[str | None]

_LENGTH_BYTES: Final = 8
"""Of the length before each page."""
_TEXTS: Final = frozenset({str, type(None)})


class _Page(msgspec.Struct, array_like=True):
    names: tuple[str, ...]
    leads: int
    columns: list[Column]


_decode = msgspec.msgpack.Decoder(_Page).decode


class TypedWriter(AssembledWriter):
    """The chosen columns, or every observed field, as columns of text."""

    def __init__(self, file: PartialExport, columns: Sequence[str], now: datetime) -> None:
        super().__init__(file, columns, now, None)

    @abstractmethod
    def _fill(self, names: Sequence[str], pages: Iterator[Sequence[Column]]) -> None:
        """Write *pages* of leads, each a sequence of values for each of *names*. Raises ``OutputError``."""

    def _spool(self, rows: Sequence[Sequence[object]]) -> None:
        page = _Page(self._fields.columns, len(rows), [_texts(values) for values in zip(*rows, strict=True)])
        data = msgspec.msgpack.encode(page)
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

    def _pages(self, keys: Sequence[str]) -> Iterator[Sequence[Column]]:
        """Yield the values of each page by column, those of *keys*. Raises ``OutputError``."""
        start = 0
        while start < self._file.rows.length:
            length = int.from_bytes(self._read(start, _LENGTH_BYTES))
            page = _decode(self._read(start + _LENGTH_BYTES, length))
            start += _LENGTH_BYTES + length
            if page.names == keys:
                yield page.columns
                continue
            by_name = dict(zip(page.names, page.columns, strict=True))
            nothing = [None] * page.leads
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


def _texts(values: Sequence[object]) -> Column:
    """Return *values*, each as text or null."""
    if _TEXTS.issuperset(map(type, values)):
        return cast("Column", values)
    return [None if value is None else str(value if isinstance(value, str) else as_text(value)) for value in values]


def column_names(keys: Sequence[str]) -> list[str]:
    """Return a name for each of *keys*, on one line; one that differs from an earlier one only in case gets a number: ``…_2``."""
    taken: set[str] = set()
    names = []
    for key in keys:
        plain = name = one_line(key)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain}_{number}"
        taken.add(name.casefold())
        names.append(name)
    return names
