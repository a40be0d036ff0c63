"""Leads as CSV: with chosen columns as they come, or with every observed field, when the last lead has come.

The header of all fields is known only at the end, since the last lead may bring a new key. Until then the lines are spooled: in
memory and then in a nameless file, or in the partial file. A new key begins a section with more columns. If there is one section,
as there nearly always is, the spool is the result; otherwise its lines are read again and written with the last section's columns.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Final

from msgspec import Struct

from lead_tui.export.csv_cells import LINE_END, encode_rows, format_cells, format_header, format_lines
from lead_tui.export.observed import FieldPicker, names_alike
from lead_tui.export.sink import Sink, Spool, read_parts
from lead_tui.export.writer import Writer
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import FIELD_BY_KEY

SPOOLED_IN_MEMORY: Final = 16 * 1024 * 1024
"""Bytes of lines kept in memory until the header is known; more go into an unlinked file."""

LINES_AT_ONCE: Final = 2_000
"""Lines of a spool that are rewritten at a time."""


BOM: Final = "\ufeff".encode()
"""By which Excel knows that a file is UTF-8."""


class _CsvBase(Writer):
    """What both writers have: *raw* leaves formulas alone, *bom* begins a file with ``BOM``."""

    def __init__(self, sink: Sink, columns: Sequence[str] = (), *, raw: bool = False, bom: bool = False) -> None:
        super().__init__(sink, columns)
        self._raw = raw
        self._bom = BOM if bom and not sink.terminal else b""

    def state(self) -> dict[str, object]:
        return {**super().state(), "defused": self.defused}

    def restore(self, state: Mapping[str, object]) -> None:
        super().restore(state)
        self.defused = int(str(state["defused"]))

    def _encode(self, rows: Sequence[Sequence[object]]) -> bytes:
        data, defused = encode_rows(rows, raw=self._raw)
        self.defused += defused
        return data

    def _header(self, columns: Sequence[str]) -> bytes:
        return self._bom + format_lines([format_header(columns, raw=self._raw)]).encode("utf-8", "replace")

    def _report(self, columns: Sequence[str]) -> None:
        """Note what other programs may do with the file."""
        if alike := names_alike(columns):
            self.notes.append(alike)


class CsvWriter(_CsvBase):
    """The chosen *columns*, in their order, after a header; written as the leads come."""

    def __init__(self, sink: Sink, columns: Sequence[str], now: datetime, *, raw: bool = False, bom: bool = False) -> None:
        super().__init__(sink, columns, raw=raw, bom=bom)
        self._has_header = False
        self._fields = FieldPicker(columns, now)

    def write(self, rows: Sequence[Row]) -> None:
        for values in self._picked(self._fields, rows):
            self._send(values)

    def close(self) -> None:
        self._send([])
        self._report(self._fields.columns)

    def state(self) -> dict[str, object]:
        return {**super().state(), "begun": self._has_header}

    def restore(self, state: Mapping[str, object]) -> None:
        super().restore(state)
        self._has_header = bool(state["begun"])

    def _send(self, found: Sequence[Sequence[object]]) -> None:
        has_header, self._has_header = self._has_header, True
        columns = self._fields.columns
        if self._sink.terminal:
            # A terminal shows a carriage return as an escape, like everything else that it would obey.
            lines = [] if has_header else [format_header(columns, raw=self._raw)]
            for values in found:
                cells, defused = format_cells(values, raw=self._raw)
                lines.append(cells)
                self.defused += defused
            self._sink.write(format_lines(lines, "\n"))
        else:
            self._sink.write_bytes((b"" if has_header else self._header(columns)) + self._encode(found))
        self._sink.flush()


class Section(Struct, frozen=True):
    """Lines that have the same columns."""

    columns: tuple[str, ...]
    start: int
    """The byte at which its first line begins, after the header if it has one."""


class AllFieldsCsvWriter(_CsvBase):
    """Every observed field: documented ones first, then the others by name.

    A given *spool* is to become the result: then nothing goes to the sink if there is only one section (``is_spool_whole``).
    """

    def __init__(self, sink: Sink, *, raw: bool = False, bom: bool = False, spool: Spool | None = None) -> None:
        super().__init__(sink, raw=raw, bom=bom)
        self._own: tempfile.SpooledTemporaryFile[bytes] | None = None
        if spool is None:
            spool = self._own = tempfile.SpooledTemporaryFile(SPOOLED_IN_MEMORY)  # noqa: SIM115 - lives as long as the writer
        self._spool = spool
        self._length = 0
        self._fields = FieldPicker((), datetime.min)
        self._sections: list[Section] = []

    @property
    def is_spool_whole(self) -> bool:
        """Whether the spool is all there is to write, header included."""
        return len(self._sections) == 1 and bool(self._fields.columns)

    def write(self, rows: Sequence[Row]) -> None:
        for values in self._picked(self._fields, rows):
            self._begin_section()
            self._append(self._encode(values))

    def close(self) -> None:
        """Write the header and every lead, unless the spool is the result; the documented fields if no lead came."""
        if not self._sections:
            self._fields.observe(FIELD_BY_KEY)
            self._begin_section()
        self._report(self._fields.columns)
        if not self._fields.columns or (self._own is None and self.is_spool_whole):
            return
        try:
            if self.is_spool_whole and not self._sink.terminal:
                for part in read_parts(self._spool, 0, self._length):
                    self._sink.write_bytes(part)
            else:
                end = "\n" if self._sink.terminal else LINE_END
                table = self.table()
                self._sink.write_bytes(self._bom)
                while lines := list(islice(table, LINES_AT_ONCE)):
                    self._sink.write(format_lines(lines, end))
        except OSError as error:
            raise _spool_failed(error) from None
        self._sink.flush()

    def state(self) -> dict[str, object]:
        sections = [[list(section.columns), section.start] for section in self._sections]
        return {**super().state(), "observed": self._fields.state(), "sections": sections, "length": self._length}

    def restore(self, state: Mapping[str, object]) -> None:
        super().restore(state)
        sections, length = state["sections"], state["length"]
        if not (isinstance(sections, list) and isinstance(length, int)):
            raise ValueError("invalid state")
        self._fields.restore(state["observed"])
        self._sections = [Section(tuple(columns), start) for columns, start in sections]
        self._length = length

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._own is not None:
            self._own.close()

    def table(self) -> Iterator[list[str]]:
        """Yield the header, and each lead so far with a cell for each column; nothing if no field came. Raises ``OSError``."""
        columns = self._fields.columns
        if not columns:
            return
        yield format_header(columns, raw=self._raw)
        stops = [section.start for section in self._sections[1:]] + [self._length]
        for section, stop in zip(self._sections, stops, strict=True):
            rows = read_rows(self._spool, section.start, stop)
            if section.columns == columns:
                yield from rows
                continue
            places = [section.columns.index(column) if column in section.columns else None for column in columns]
            for row in rows:
                # A lead without a single key has an empty line.
                yield ["" if place is None or not row else row[place] for place in places]

    def _begin_section(self) -> None:
        """Begin one if the columns are others now."""
        columns = self._fields.columns
        if self._sections and self._sections[-1].columns == columns:
            return
        if not self._sections and columns:
            self._append(self._header(columns))
        self._sections.append(Section(columns, self._length))

    def _append(self, data: bytes) -> None:
        try:
            self._spool.write(data)
        except OSError as error:
            if self._own is None:
                raise
            raise _spool_failed(error) from None
        self._length += len(data)


def _spool_failed(error: OSError) -> OutputError:
    return OutputError(
        f"The leads cannot be kept until all have come ({error.strerror or 'no reason given'})",
        remedy="make room in the directory for temporary files, or choose --columns",
    )


def read_rows(spool: Spool, start: int, stop: int) -> Iterator[list[str]]:
    """Read back the rows of cells in those bytes of *spool*; that of a lead without a single cell is empty. Raises ``OSError``."""
    # A value may be longer than what csv takes for a mistake.
    csv.field_size_limit(sys.maxsize)
    return csv.reader(_read_lines(spool, start, stop))


def _read_lines(spool: Spool, start: int, stop: int) -> Iterator[str]:
    rest = b""
    for part in read_parts(spool, start, stop):
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            yield line.decode() + "\n"
