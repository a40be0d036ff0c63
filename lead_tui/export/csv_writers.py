"""Leads as CSV: with chosen columns as they come, or with every observed field, when the last lead has come.

The header of all fields is known only at the end, since the last lead may bring a new key. Until then the lines are spooled: in
memory and then in a nameless file, or in the partial file. A new key begins a section with more columns. If there is one section,
as there nearly always is, the spool is the result; otherwise its lines are read again and written with the last section's columns.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Final

from msgspec import Struct

from lead_tui.export.csv_cells import LINE_END, encode_rows, format_header, format_lines
from lead_tui.export.observed import names_alike
from lead_tui.export.sink import Sink, Spool, read_parts
from lead_tui.export.writer import ValuesWriter
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import FIELD_BY_KEY

SPOOLED_IN_MEMORY: Final = 16 * 1024 * 1024
"""Bytes of lines kept in memory until the header is known; more go into an unlinked file."""

LINES_AT_ONCE: Final = 2_000
"""Lines of a spool that are rewritten at a time."""


BOM: Final = "\ufeff".encode()
"""By which Excel knows that a file is UTF-8."""


class CsvSection(Struct, frozen=True):
    """Lines that have the same columns."""

    columns: tuple[str, ...]
    start: int
    """The byte at which its first line begins, after the header if it has one."""


class CsvWriter(ValuesWriter):
    """A header, and a line for each lead. *raw* leaves formulas alone, *bom* begins a file with ``BOM``.

    Lines with chosen columns are written as they come; others are spooled. A given *spool* becomes the result: then nothing
    goes to the sink if there is only one section (``is_spool_whole``).
    """

    STATE = ValuesWriter.STATE | {"defused": int, "sections": list[CsvSection], "length": int}

    def __init__(
        self,
        sink: Sink,
        columns: Sequence[str],
        now: datetime,
        *,
        raw: bool = False,
        bom: bool = False,
        spool: Spool | None = None,
    ) -> None:
        super().__init__(sink, columns, now)
        self._raw = raw
        self._bom = BOM if bom and not sink.terminal else b""
        self._own: tempfile.SpooledTemporaryFile[bytes] | None = None
        if not columns and spool is None:
            spool = self._own = tempfile.SpooledTemporaryFile(SPOOLED_IN_MEMORY)  # noqa: SIM115 - lives as long as the writer
        self._spool = None if columns else spool
        self.sections: list[CsvSection] = []
        self.length = 0
        """Bytes so far."""

    @property
    def is_spool_whole(self) -> bool:
        """Whether the spool is all there is to write, header included."""
        return len(self.sections) == 1 and bool(self._fields.columns)

    def close(self) -> None:
        """Write what has not been written: the header, with all documented fields if no lead came, and what is spooled."""
        if not self.sections:
            self._fields.observe(FIELD_BY_KEY)
            self._begin_section()
        if alike := names_alike(self._fields.columns):
            self.notes.append(alike)
        if self._spool is not None and self._fields.columns and not (self._own is None and self.is_spool_whole):
            self._write_spooled(self._spool)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._own is not None:
            self._own.close()

    def _write_values(self, leads: Sequence[Sequence[object]]) -> None:
        self._begin_section()
        data, defused = encode_rows(leads, raw=self._raw)
        self.defused += defused
        self._append(data)

    def _begin_section(self) -> None:
        """Begin one if the columns are others now."""
        columns = self._fields.columns
        if self.sections and self.sections[-1].columns == columns:
            return
        if not self.sections and columns:
            header = format_lines([format_header(columns, raw=self._raw)])
            self._append(self._bom + header.encode("utf-8", "replace"))
        self.sections.append(CsvSection(columns, self.length))

    def _append(self, data: bytes) -> None:
        self.length += len(data)
        if self._spool is not None:
            try:
                self._spool.write(data)
            except OSError as error:
                raise _spool_failed(error) from None
            return
        if self._sink.terminal:
            # It shows a carriage return as an escape, like everything else that it would obey.
            self._sink.write(data.decode().replace(LINE_END, "\n"))
        else:
            self._sink.write_bytes(data)

    def _write_spooled(self, spool: Spool) -> None:
        try:
            if self.is_spool_whole and not self._sink.terminal:
                for part in read_parts(spool, 0, self.length):
                    self._sink.write_bytes(part)
                return
            table = self._table(spool)
            self._sink.write_bytes(self._bom)
            while lines := list(islice(table, LINES_AT_ONCE)):
                self._sink.write(format_lines(lines, "\n" if self._sink.terminal else LINE_END))
        except OSError as error:
            raise _spool_failed(error) from None

    def _table(self, spool: Spool) -> Iterator[list[str]]:
        """Yield the header, and each lead in *spool* with a cell for each column. Raises ``OSError``."""
        columns = self._fields.columns
        yield format_header(columns, raw=self._raw)
        stops = [section.start for section in self.sections[1:]] + [self.length]
        for section, stop in zip(self.sections, stops, strict=True):
            rows = read_rows(spool, section.start, stop)
            if section.columns == columns:
                yield from rows
                continue
            places = [section.columns.index(column) if column in section.columns else None for column in columns]
            for row in rows:
                # A lead without a single key has an empty line.
                yield ["" if place is None or not row else row[place] for place in places]


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
