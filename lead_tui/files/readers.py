"""Readers of files: the base of all, and those of text, which is JSON lines or CSV.

Text is read record by record, from any position where one begins; nothing that was read is kept.
"""

from __future__ import annotations

import csv
import sys
from abc import ABC, abstractmethod
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from lead_tui import limits
from lead_tui.export.csv_text import restore
from lead_tui.export.values import AnyObject, distinct
from lead_tui.leads.columns import values_reader
from lead_tui.leads.errors import UsageError
from lead_tui.leads.lead import Row, decode_members
from lead_tui.leads.text import counted


class Reader(ABC):
    """A file of leads. Several threads may use it. Reading raises ``OSError`` and ``ValueError``."""

    keys: Sequence[str] = ()  # the names of its fields that are known at the start
    _problems = 0
    _first_problem = ""

    def note(self, problem: str) -> None:
        """Note a *problem*: "Line 7 cannot be read: …"."""
        self._problems += 1
        self._first_problem = self._first_problem or problem

    def problems(self) -> str:
        """Return the first problem found by ``blocks``, and how many more there are; "" if there are none."""
        more = self._problems - 1
        return self._first_problem if more < 1 else f"{self._first_problem}; {counted(more, 'more problem')}"

    @abstractmethod
    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the position and the number of rows of each block in the file, and note the problems."""

    @abstractmethod
    def records(self, position: int | None) -> Iterator[Any]:
        """Yield the records from *position* on, where a block begins; None for the first block."""

    @abstractmethod
    def values(self, keys: Sequence[str]) -> Iterator[Sequence[object]]:
        """Yield the values of *keys* in every row, None for a missing field; () for a row that is not a lead."""

    def row(self, record: Any) -> Row:
        """Return *record*, here a value for each of ``keys``, as a row of JSON."""
        return Row(msgspec.json.encode(dict(zip(self.keys, record, strict=True)), enc_hook=str))

    def close(self) -> None:
        return


class TextFile(Reader):
    """A file with a record for each lead."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start = len(BOM_UTF8) if next(self.lines(0), b"").startswith(BOM_UTF8) else 0  # of the first lead
        self._first_line = 1

    def lines(self, position: int) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            file.seek(position)
            yield from file

    def all_records(self, position: int) -> Iterator[bytes]:
        """Yield the records from *position* on, with their line ends, also those that have no lead."""
        return self.lines(position)

    def has_lead(self, record: bytes) -> bool:
        return bool(record.strip(b" \r\n"))

    @abstractmethod
    def problem(self, record: bytes) -> str:
        """Return the problem of *record*; "" if it has none."""

    def blocks(self) -> Iterator[tuple[int, int]]:
        begin = position = self._start
        count, line = 0, self._first_line
        for record in self.all_records(position):
            if self.has_lead(record):
                count += 1
                if problem := self.problem(record):
                    self.note(f"Line {line:,} {problem}")
            line += record.count(b"\n")
            position += len(record)
            if position - begin >= limits.FILE_BLOCK_BYTES:
                yield begin, count
                begin, count = position, 0
        if count:
            yield begin, count

    def records(self, position: int | None) -> Iterator[bytes]:
        return filter(self.has_lead, self.all_records(self._start if position is None else position))

    def values(self, keys: Sequence[str]) -> Iterator[Sequence[object]]:
        read = values_reader(tuple(keys))
        return (read(self.row(record)) for record in self.records(None))


_NO_LEAD: Final = (b"", b"[", b"]", b"[]")
_decode_object = msgspec.json.Decoder(AnyObject).decode


class JsonLines(TextFile):
    """A lead on each line, as JSON; or an array with a lead on each line, as we write it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        first = next(self.records(None), b"{}").strip()
        if first.startswith(b"[") or first == b"{":
            raise UsageError(f"{path.name} is JSON, but not with a lead on each line", remedy="convert it with jq -c '.[]'")
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            self.keys = list(decode_members(self.row(first)))

    def has_lead(self, record: bytes) -> bool:
        return record.strip() not in _NO_LEAD

    def row(self, record: bytes) -> Row:
        return Row(record.rstrip(b", \t\r\n"))

    def problem(self, record: bytes) -> str:
        try:
            _decode_object(self.row(record))
        except msgspec.DecodeError as error:
            return f"cannot be read: {error}"
        return ""


_SEPARATORS: Final = ",;\t|"


class CsvFile(TextFile):
    """A header, and a record for each lead. An export's apostrophes before formulas are removed (``csv_text.defuse``)."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        # ``MAX_RECORD_BYTES`` limits values.
        csv.field_size_limit(sys.maxsize)
        header = next(filter(self.has_lead, self.lines(self._start)), b"")
        self._separator = max(_SEPARATORS, key="".join(decode(header).split('"')[::2]).count)
        for header in self.all_records(self._start):
            self._start += len(header)
            self._first_line += header.count(b"\n")
            if self.has_lead(header):
                break
        self.keys = distinct(restore(name).strip() or f"column_{place}" for place, name in enumerate(self._cells(header), 1))

    def all_records(self, position: int) -> Iterator[bytes]:
        lines = self.lines(position)
        while (record := next(lines, None)) is not None:
            if b'"' in record and self._is_open(record):
                if (whole := _to_end(record, lines)) is not None:
                    record = whole
                else:
                    # A quotation mark without an end: the next line begins another record.
                    lines = self.lines(position + len(record))
            position += len(record)
            yield record

    def _is_open(self, line: bytes) -> bool:
        """Return whether the record that *line* begins continues on the next line."""
        parser = csv.reader((decode(line), "\n"), delimiter=self._separator)
        next(parser)
        return parser.line_num > 1

    def row(self, record: bytes) -> Row:
        cells = self._cells(record)
        if b"'" in record:
            cells = list(map(restore, cells))
        more = (f"column_{place}" for place in range(len(self.keys) + 1, len(cells) + 1))
        return Row(msgspec.json.encode(dict(zip((*self.keys, *more), cells, strict=False))))

    def problem(self, record: bytes) -> str:
        columns = len(self.keys)
        if b'"' not in record and record.count(self._separator.encode()) == columns - 1:
            return ""
        try:
            count = len(self._cells(record, strict=True))
        except csv.Error as error:
            return f"is not valid CSV: {error}"
        return "" if count == columns else f"has {counted(count, 'value')} for {counted(columns, 'column')}"

    def _cells(self, record: bytes, *, strict: bool = False) -> list[str]:
        """Return the cells of *record*. Raises ``csv.Error`` if it is *strict*."""
        text = decode(record).rstrip("\n")
        try:
            return next(csv.reader([text], delimiter=self._separator, strict=strict), [])
        except csv.Error:
            if strict:
                raise
            return text.split(self._separator)


def _to_end(line: bytes, lines: Iterator[bytes]) -> bytes | None:
    """Return the record that *line* begins and *lines* continue, to its closing quotation mark; None if it has none."""
    found, size = [line], len(line)
    for following in lines:
        found.append(following)
        size += len(following)
        # In quotes, a quotation mark is written twice.
        if following.count(b'"') % 2:
            return b"".join(found)
        if size > limits.MAX_RECORD_BYTES:
            return None
    return None


def decode(record: bytes) -> str:
    """Return *record* without carriage returns: UTF-8, or else Windows-1252, as programs write it in Western Europe and America."""
    record = record.replace(b"\r", b"")
    try:
        return record.decode()
    except UnicodeDecodeError:
        return record.decode("cp1252", "replace")
