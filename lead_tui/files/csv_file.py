"""CSV files with a header: records by RFC 4180, whatever the separator and the line ends are; values may have line breaks."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import Final

import msgspec

from lead_tui.export.csv_text import restore
from lead_tui.files.text_files import Block, TextFile
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import UsageError
from lead_tui.leads.text import counted

_SEPARATORS: Final = ",;\t|"


class CsvFile(TextFile):
    """A header, and a record for each lead. An apostrophe that an export put before a formula is removed (``csv_cells``)."""

    def __init__(self, path: Path, descriptor: int) -> None:
        super().__init__(path, descriptor)
        # ``MAX_RECORD_BYTES`` limits values.
        csv.field_size_limit(sys.maxsize)
        self._separator = ","
        header, _ = self._header()
        if not header:
            raise UsageError(f"{path.name} is empty", remedy="a CSV file begins with the names of its columns")
        self._separator = max(_SEPARATORS, key="".join(decode(header).split('"')[::2]).count)
        # With the separator known, it may end elsewhere.
        header, self._start = self._header()
        self.keys = distinct(self._cells(header))
        self._separators = len(self.keys) - 1

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
        """Return the records that *lines* are: a value in quotes may have line breaks. The last one is left out if it continues."""
        taken = 0

        def texts() -> Iterator[str]:
            nonlocal taken
            while taken < len(lines):
                taken += 1
                yield f"{decode(lines[taken - 1])}\n"
            # Asked for more: the record continues.
            taken += 1

        records: list[bytes] = []
        while taken < len(lines):
            begin = taken
            if b'"' not in lines[begin]:
                taken += 1
            else:
                # ``check`` notes an error.
                with suppress(csv.Error):
                    next(csv.reader(texts(), delimiter=self._separator))
            if taken <= len(lines):
                records.append(b"\n".join(lines[begin:taken]))
        return records

    def picker(self, keys: Sequence[str]) -> Callable[[bytes], Sequence[object]]:
        places = [self.keys.index(key) if key in self.keys else sys.maxsize for key in keys]
        separator = self._separator.encode()

        def pick(record: bytes) -> Sequence[object]:
            if b'"' in record:
                cells: Sequence[str] = self._cells(record)
                return [restore(cells[place]) if place < len(cells) else None for place in places]
            parts = record.removesuffix(b"\r").split(separator)
            return [restore(decode(parts[place])) if place < len(parts) else None for place in places]

        return pick

    def row(self, record: bytes) -> Row:
        cells = [restore(cell) for cell in self._cells(record)]
        values = dict(zip(self.keys, cells, strict=False))
        for place in range(len(self.keys), len(cells)):
            values[f"column_{place + 1}"] = cells[place]
        return Row(msgspec.json.encode(values))

    def check(self, block: Block, line: int) -> None:
        separator = self._separator.encode()
        is_utf8 = _is_utf8(block.data)
        for record in block.records:
            outside = record if b'"' not in record else b"".join(record.split(b'"')[::2])
            if outside.count(separator) != self._separators or record.count(b'"') % 2 or b"\r" in record[:-1]:
                self._check_cells(record, line)
            if not is_utf8 and not _is_utf8(record):
                self.problems.add(line, "is not UTF-8: it is read as Windows-1252")
            line += record.count(b"\n") + 1

    def _check_cells(self, record: bytes, line: int) -> None:
        if not self.not_blank([record]):
            return
        try:
            count = len(self._cells(record, strict=True))
        except csv.Error as error:
            reason = "a quotation mark has no end" if str(error) == "unexpected end of data" else str(error)
            self.problems.add(line, f"is not valid CSV: {reason}")
        else:
            if count != len(self.keys):
                self.problems.add(line, f"has {counted(count, 'value')} for {counted(len(self.keys), 'column')}")

    def _cells(self, record: bytes, *, strict: bool = False) -> list[str]:
        text = decode(record).removesuffix("\r")
        try:
            return next(csv.reader([text], delimiter=self._separator, strict=strict), [])
        except csv.Error:
            if strict:
                raise
            return text.split(self._separator)


def decode(record: bytes) -> str:
    """Return the text of *record*: UTF-8, or else what Windows programs write in Western Europe and America."""
    try:
        return record.decode()
    except UnicodeDecodeError:
        return record.decode("cp1252", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def distinct(names: Sequence[str]) -> list[str]:
    """Return *names* as keys: a blank one is ``column_3`` by its place, one that came before gets a number, ``name_2``."""
    keys: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        plain = restore(name).strip() or f"column_{place}"
        choices = chain([plain], (f"{plain}_{number}" for number in count(2)))
        keys[next(each for each in choices if each not in keys)] = None
    return list(keys)
