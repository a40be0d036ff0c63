"""Readers of files: the base of all, the problems that they find, and text files, which are JSON lines or CSV.

Text is read in blocks of whole records, from any position where a record begins; nothing that was read is kept.
"""

from __future__ import annotations

import csv
import os
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from lead_tui import limits
from lead_tui.export.csv_text import BOM, restore
from lead_tui.export.values import AnyObject, decode_members, distinct
from lead_tui.leads.columns import reader
from lead_tui.leads.errors import UnreadableAnswer, UsageError
from lead_tui.leads.lead import Row, split
from lead_tui.leads.text import counted


class Problems:
    """The problems found in a file, by line, or in a database, by row."""

    def __init__(self, place: str = "line") -> None:
        self.count = 0
        self._place = place
        self._reason = ""
        self._numbers: list[int] = []

    def add(self, number: int, reason: str) -> None:
        """Note that the line with this *number* has a problem: "cannot be read: …"."""
        self.count += 1
        self._reason = self._reason or reason
        if self.count <= limits.MAX_LINES_NAMED:
            self._numbers.append(number)

    def sentence(self) -> str:
        """Return the first problem, and where the others are; "" if there are none."""
        if not self.count:
            return ""
        first, *others = self._numbers
        rest = f" and {self.count - len(self._numbers):,} more" if self.count > len(self._numbers) else ""
        also = f"; also {self._place} {', '.join(f'{each:,}' for each in others)}{rest}" if others else ""
        return f"{self._place.capitalize()} {first:,} {self._reason}{also}"


class Reader(ABC):
    """An open file of leads. Several threads may use it. Reading raises ``OSError`` and ``ValueError``."""

    problems: Problems
    keys: Sequence[str]  # the names of its fields that are known at the start
    part = ""  # the part of the file that is shown, if not all of it

    @abstractmethod
    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the position and the number of rows of each block in the file, and note the problems."""

    @abstractmethod
    def records(self, position: int | None) -> Iterator[Any]:
        """Yield the records from *position* on, where a block begins; None for the first block."""

    @abstractmethod
    def values(self, keys: Sequence[str], may_match: Callable[[bytes], object]) -> Iterator[Sequence[object]]:
        """Yield the values of *keys* in every row, None for a missing field.

        Yield () for a row that is not a lead, and in text also for one that fails *may_match*.
        """

    def row(self, record: Any) -> Row:
        """Return *record*, here a value for each of ``keys``, as a row of JSON."""
        return Row(msgspec.json.encode(dict(zip(self.keys, record, strict=True)), enc_hook=str))

    @abstractmethod
    def close(self) -> None: ...


class Block(NamedTuple):
    """Whole records, including blank ones, and their bytes."""

    position: int
    data: bytes
    records: Sequence[bytes]


class TextFile(Reader):
    """A file with a record for each lead. The file may not change while it is open."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.problems = Problems()
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size
        self._start = len(BOM) if os.pread(descriptor, len(BOM), 0) == BOM else 0
        self._max_record_bytes = limits.MAX_RECORD_BYTES

    def not_blank(self, records: Sequence[bytes]) -> list[bytes]:
        return [record for record in records if record and not record.isspace()]

    @abstractmethod
    def divide(self, data: bytes) -> tuple[Sequence[bytes], int]:
        """Return the records in *data*, without line ends, and how many bytes they take; 0 if more bytes are needed."""

    @abstractmethod
    def check(self, block: Block, line: int) -> None:
        """Note the problems of *block*, which begins on *line* of the file."""

    def blocks(self) -> Iterator[tuple[int, int]]:
        line = 1 + os.pread(self._descriptor, self._start, 0).count(b"\n")
        for block in self._blocks(self._start):
            yield block.position, len(self.not_blank(block.records))
            self.check(block, line)
            line += block.data.count(b"\n")

    def records(self, position: int | None) -> Iterator[bytes]:
        for block in self._blocks(self._start if position is None else position):
            yield from self.not_blank(block.records)

    def values(self, keys: Sequence[str], may_match: Callable[[bytes], object]) -> Iterator[Sequence[object]]:
        read = reader(keys)
        return (read(self.row(record)) if may_match(record) else () for record in self.records(None))

    def close(self) -> None:
        os.close(self._descriptor)

    def _blocks(self, position: int) -> Iterator[Block]:
        size = limits.FILE_BLOCK_BYTES
        while position < self._size:
            data = os.pread(self._descriptor, min(size, self._size - position), position)
            if not data:
                return
            is_last = position + len(data) >= self._size
            records, used = self.divide(data if not is_last or data.endswith(b"\n") else data + b"\n")
            if not used and not is_last and size < self._max_record_bytes:
                size *= 2
                continue
            if not used:
                # A record without an end: its first line is one, and the next line begins another.
                line, end, _ = data.partition(b"\n")
                records, used = [line], len(line + end)
            yield Block(position, data[:used], records)
            position += used
            size = limits.FILE_BLOCK_BYTES


_BRACKETS: Final = (b"[", b"]", b"[\r", b"]\r", b"[]")
_objects = msgspec.json.Decoder(AnyObject)


class JsonLines(TextFile):
    """A lead on each line, as JSON; or an array with a lead on each line, as we write it; or saved responses of the API."""

    def __init__(self, path: Path, descriptor: int) -> None:
        super().__init__(path, descriptor)
        self._max_record_bytes = limits.MAX_BODY_BYTES
        first = next(self.records(None), b"{}").strip()
        if first.startswith(b"[") or first == b"{":
            is_array = os.pread(descriptor, limits.FILE_BLOCK_BYTES, self._start).lstrip().startswith(b"[")
            remedy = "jq -c '.[]' makes it so" if is_array else "jq -c . makes it so"
            raise UsageError(f"{path.name} is JSON, but not with a lead on each line", remedy=remedy)
        try:
            self.keys = list(decode_members(self.row(first)))
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.keys = []

    def divide(self, data: bytes) -> tuple[Sequence[bytes], int]:
        end = data.rfind(b"\n") + 1
        lines = data[: end - 1].split(b"\n") if end else []
        return [record for line in lines for record in _records_in(line)], end

    def row(self, record: bytes) -> Row:
        return Row(record.rstrip(b", \t\r"))

    def check(self, block: Block, line: int) -> None:
        try:
            if len(_objects.decode_lines(block.data)) == len(self.not_blank(block.records)):
                return
        except msgspec.DecodeError:
            pass
        lines = enumerate(block.data.split(b"\n"), line)
        for number, record in ((number, record) for number, text in lines for record in _records_in(text)):
            try:
                _objects.decode(self.row(record))
            except msgspec.ValidationError:
                self.problems.add(number, "cannot be read: it is not a JSON object")
            except msgspec.DecodeError as error:
                self.problems.add(number, f"cannot be read: {error}")


def _records_in(line: bytes) -> list[bytes]:
    """Return the leads on *line*: those of responses of the API, one after the other as curl appends them, or else one."""
    if line in _BRACKETS or not line or line.isspace():
        return []
    if b'"success"' not in line:
        return [line]
    records: list[bytes] = []
    for body in line.replace(b'}{"success"', b'}\n{"success"').split(b"\n"):
        records.append(body)
        if re.match(rb'\s*\{\s*"(?:success|data)"\s*:', body):
            with suppress(UnreadableAnswer):
                answer = split(body)
                if answer.rows or answer.total is not None:
                    records[-1:] = map(bytes, answer.rows)
    return records


_SEPARATORS: Final = ",;\t|"
_SEPARATOR_LINE: Final = rb'(?i)"?sep=([,;\t|])"?\s*'
"""A first line that names the separator, for Excel."""
_OF_A_LEAD: Final = r"\+?(?:[ ().-]*\d){10,15}|\S+@\S+"  # a phone or an email


class CsvFile(TextFile):
    """A header, and a record for each lead. An export's apostrophes before formulas are removed (``csv_text.defuse``)."""

    def __init__(self, path: Path, descriptor: int) -> None:
        super().__init__(path, descriptor)
        # ``MAX_RECORD_BYTES`` limits values.
        csv.field_size_limit(sys.maxsize)
        self._separator = ","
        header, start = self._header()
        if named := re.fullmatch(_SEPARATOR_LINE, header):
            self._start, self._separator = start, named[1].decode()
            header, _ = self._header()
        if not header:
            raise UsageError(f"{path.name} is empty", remedy="a CSV file begins with the names of its columns")
        outside = "".join(decode(header).split('"')[::2])
        if "\r" in outside.rstrip("\r"):
            remedy = "tr '\\r' '\\n' < OLD > NEW writes line breaks"
            raise UsageError(f"{path.name} has carriage returns where lines end", remedy=remedy)
        self._separator = self._separator if named else max(_SEPARATORS, key=outside.count)
        # Now that the separator is known, the header may end elsewhere.
        header, self._start = self._header()
        self.keys = distinct(restore(name).strip() or f"column_{place}" for place, name in enumerate(self._cells(header), 1))
        if any(re.fullmatch(_OF_A_LEAD, key) for key in self.keys):
            line = max(1, os.pread(descriptor, self._start, 0).count(b"\n"))
            self.problems.add(line, "has a phone or an email, but is read as the column names: add a line with the names above it")

    def _header(self) -> tuple[bytes, int]:
        """Return the first record that is not blank, and where the next one begins; b"" without any."""
        for block in self._blocks(self._start):
            for at, record in enumerate(block.records):
                if record.strip():
                    return record, block.position + sum(len(each) + 1 for each in block.records[: at + 1])
        return b"", 0

    def not_blank(self, records: Sequence[bytes]) -> list[bytes]:
        # Tabs may be separators of empty values.
        return [record for record in records if record.strip(b" \r")] if self._separator == "\t" else super().not_blank(records)

    def divide(self, data: bytes) -> tuple[Sequence[bytes], int]:
        end = data.rfind(b"\n") + 1
        lines = data[: end - 1].split(b"\n") if end else []
        if b'"' not in data[:end]:
            return lines, end
        records = self._joined(lines)
        return records, sum(map(len, records)) + len(records)

    def _joined(self, lines: Sequence[bytes]) -> Sequence[bytes]:
        """Return the records that *lines* form: a quoted value may have line breaks. The last one is left out if it continues."""
        # A blank line is a record, unless the last one takes it in.
        parser = csv.reader((f"{decode(line)}\n" for line in (*lines, b"")), delimiter=self._separator)
        records: list[bytes] = []
        begin = 0
        while begin < len(lines):
            # ``check`` notes errors.
            with suppress(csv.Error):
                next(parser)
            if parser.line_num <= len(lines):
                records.append(b"\n".join(lines[begin : parser.line_num]))
            begin = parser.line_num
        return records

    def row(self, record: bytes) -> Row:
        cells = self._cells(record)
        if b"'" in record:
            cells = list(map(restore, cells))
        more = (f"column_{place}" for place in range(len(self.keys) + 1, len(cells) + 1))
        return Row(msgspec.json.encode(dict(zip((*self.keys, *more), cells, strict=False))))

    def check(self, block: Block, line: int) -> None:
        separator, separators, is_utf8 = self._separator.encode(), len(self.keys) - 1, _is_utf8(block.data)
        for record in block.records:
            if b'"' in record or record.count(separator) != separators or b"\r" in record[:-1]:
                self._check_cells(record, line)
            if not is_utf8 and not _is_utf8(record):
                self.problems.add(line, "is not UTF-8: it is read as Windows-1252")
            line += record.count(b"\n") + 1

    def _check_cells(self, record: bytes, line: int) -> None:
        try:
            count = len(self._cells(record, strict=True))
        except csv.Error as error:
            reason = "a quotation mark has no end" if str(error) == "unexpected end of data" else str(error)
            self.problems.add(line, f"is not valid CSV: {reason}")
        else:
            if count != len(self.keys) and self.not_blank([record]):
                self.problems.add(line, f"has {counted(count, 'value')} for {counted(len(self.keys), 'column')}")

    def _cells(self, record: bytes, *, strict: bool = False) -> list[str]:
        """Return the cells of *record*. Raises ``csv.Error`` if it is *strict*."""
        text = decode(record).rstrip("\r")
        try:
            return next(csv.reader([text], delimiter=self._separator, strict=strict), [])
        except csv.Error:
            if strict:
                raise
            return text.split(self._separator)


def decode(record: bytes) -> str:
    """Return the text of *record*: UTF-8, or else Windows-1252, which programs write in Western Europe and America."""
    return record.decode() if _is_utf8(record) else record.decode("cp1252", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
