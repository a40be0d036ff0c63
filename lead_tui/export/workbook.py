"""Leads as an Excel workbook whose sheets are spooled as they will stand in it: as XML, deflated page by page.

Deflated parts can be joined, so at the end the spool is copied between the beginning and the end of each sheet. Only where a lead
brings a field that earlier leads did not have are theirs inflated to move their cells. The workbook is the same, byte for
byte, whenever it is made.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BufferedRandom
from typing import TYPE_CHECKING, Final
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from lead_tui.export.csv_text import format_cell, format_header
from lead_tui.export.partial import PartialExport, RowsFile, whole_records
from lead_tui.export.values import AssembledWriter
from lead_tui.export.workbook_xml import (
    MAX_CHARACTERS,
    ROW_MARK,
    Cells,
    CutCount,
    cells_of,
    kind_of,
    letters,
    package_parts,
    sheet_begin,
    sheet_end,
)  # fmt: skip
from lead_tui.export.writer import Layout, Sink
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import OutputError
from lead_tui.leads.text import cell_width, one_line

if TYPE_CHECKING:
    from concurrent.futures import Future

LEADS_A_SHEET: Final = 1_048_575
"""Rows of a sheet, less one for the header. This and the next: "Excel specifications and limits", support.microsoft.com."""
MAX_COLUMNS: Final = 16_384

_LEVEL: Final = 1
"""Of compression: a quarter larger than with 6, in half the time."""

_ROWS_AT_ONCE: Final = 100
"""Rows whose cells are made together: more than a processor's cache holds take twice the time."""

_MEASURED_ROWS: Final = 200
"""The first leads, whose values determine the widths of the columns."""
_MIN_WIDTH, _MAX_WIDTH = 8, 40
"""Characters of a column."""

_CREATED: Final = (1980, 1, 1, 0, 0, 0)
"""The time of each part in the archive: the export's would make two of the same leads differ."""

_REFERENCE: Final = re.compile(rb'<c r="([A-Z]+)')


class Stretch(msgspec.Struct):
    """Leads in the spool that have the same columns and stand on the same sheet."""

    columns: tuple[str, ...]
    start: int
    """The byte of the spool at which they begin."""
    leads: int = 0
    size: int = 0
    """Bytes of their XML."""
    checksum: int = 0
    """CRC-32 of their XML."""


class WorkbookWriter(AssembledWriter):
    """The chosen columns, or every observed field, as a workbook."""

    STATE = AssembledWriter.STATE | {"stretches": list[Stretch], "widths": dict[str, int], "cut": CutCount}

    def __init__(self, sink: Sink, now: datetime, layout: Layout, file: PartialExport) -> None:
        super().__init__(sink, now, layout, file)
        self.stretches: list[Stretch] = []
        self.widths: dict[str, int] = {}
        self.cut = CutCount()
        self._cells: dict[tuple[str, ...], list[Cells]] = {}
        """What makes cells of each column, by the columns."""
        self._deflating: list[Future[bytes]] = []
        """Rows being deflated, in the order in which they will be written."""

    def write(self, rows: Sequence[Row]) -> None:
        # Imported here: it loads ``logging``.
        from concurrent.futures import ThreadPoolExecutor

        # zlib lets other threads run: the next rows are made into XML while one deflates the last ones.
        with ThreadPoolExecutor(1, "deflate") as self._deflater:
            super().write(rows)
            self._write_deflated()

    def _write_deflated(self) -> None:
        for each in self._deflating:
            self._sink.write_bytes(each.result())
        self._deflating.clear()

    def _write_values(self, leads: Sequence[Sequence[object]]) -> None:
        columns = self.names
        if not self.widths:
            self.widths = dict(zip(columns, map(_width, zip(*leads[:_MEASURED_ROWS], strict=True)), strict=False))
        while leads:
            last = self.stretches[-1] if self.stretches else None
            on_sheet = sum(each.leads for each in self.stretches) % LEADS_A_SHEET
            if last is None or last.columns != columns or not on_sheet:
                self._write_deflated()
                last = Stretch(columns, self._file.rows.length)
                self.stretches.append(last)
            taken, leads = leads[: LEADS_A_SHEET - on_sheet], leads[LEADS_A_SHEET - on_sheet :]
            parts = [
                self._xml_of(columns, on_sheet + start + 2, taken[start : start + _ROWS_AT_ONCE])
                for start in range(0, len(taken), _ROWS_AT_ONCE)
            ]
            last.leads += len(taken)
            for part in parts:
                last.size += len(part)
                last.checksum = zlib.crc32(part, last.checksum)
            self._deflating.append(self._deflater.submit(_deflated, *parts))

    def _xml_of(self, columns: tuple[str, ...], first: int, rows: Sequence[Sequence[object]]) -> bytes:
        """Return *rows*, the values of *columns*, as XML; the *first* is that row of its sheet, counted from 1."""
        if columns not in self._cells:
            types = self._layout.types
            self._cells[columns] = [cells_of(column, letters(place), types, self.cut) for place, column in enumerate(columns, 1)]
        made = [cells(values) for cells, values in zip(self._cells[columns], zip(*rows, strict=True), strict=True)]
        lines = map("".join, zip(*made, strict=True)) if made else [""] * len(rows)
        numbers = map(str, range(first, first + len(rows)))
        return "".join(
            [f'<row r="{number}">{line.replace(ROW_MARK, number)}</row>' for number, line in zip(numbers, lines, strict=True)]
        ).encode("utf-8", "replace")

    def _assemble(self, result: RowsFile) -> None:
        columns = self.names
        if len(columns) > MAX_COLUMNS:
            raise OutputError(
                f"A sheet holds {MAX_COLUMNS:,} columns, and the leads have {len(columns):,} fields", remedy="--columns chooses"
            )
        sheets: list[list[Stretch]] = []
        for stretch in self.stretches or [Stretch(columns, 0)]:
            if not sheets or sum(each.leads for each in sheets[-1]) == LEADS_A_SHEET:
                sheets.append([])
            sheets[-1].append(stretch)
        with BufferedRandom(result.file) as file:
            book = ZipFile(file, "w", ZIP_DEFLATED)
            try:
                for name, text in package_parts(len(columns), [sum(each.leads for each in sheet) for sheet in sheets]).items():
                    book.writestr(ZipInfo(name, _CREATED), text, ZIP_DEFLATED)
                for number, stretches in enumerate(sheets, 1):
                    self._add_sheet(book, file, ZipInfo(f"xl/worksheets/sheet{number}.xml", _CREATED), stretches)
                book.close()
            finally:
                # Otherwise it writes when it is garbage-collected.
                book.fp = None
        if len(sheets) > 1:
            self.notes.append(f"A sheet of Excel holds {LEADS_A_SHEET:,} leads: these are on {len(sheets)} sheets")
        if cut := self.cut.count:
            values = "1 value was" if cut == 1 else f"{cut:,} values were"
            self.notes.append(f"{values} cut to the {MAX_CHARACTERS:,} characters that a cell of Excel holds")

    def _add_sheet(self, book: ZipFile, file: BufferedRandom, part: ZipInfo, stretches: Sequence[Stretch]) -> None:
        """Add *part*, whose spooled rows are copied: ``ZipFile`` itself would deflate them again."""
        columns = self.names
        leads = sum(each.leads for each in stretches)
        widths = [min(max(self.widths.get(each, 0), cell_width(each) + 3, _MIN_WIDTH), _MAX_WIDTH) for each in columns]
        kinds = [kind_of(column, self._layout.types) for column in columns]
        begin, end = sheet_begin(format_header(columns, raw=True), widths, kinds), sheet_end(len(columns), leads)
        # Letters become longer where cells are moved; without need, Excel doubts an archive with the fields of zip64.
        is_large = sum(each.size for each in stretches) > ZIP64_LIMIT * 0.9
        part.compress_type, part.CRC, part.file_size = ZIP_DEFLATED, zlib.crc32(begin), len(begin) + len(end)
        part.header_offset = file.tell()
        file.write(part.FileHeader(is_large))
        file.write(_deflated(begin))
        for stretch in stretches:
            if stretch.columns == columns:
                for data in self._deflated_rows(stretch):
                    file.write(data)
                part.CRC = joined_checksum(part.CRC, stretch.checksum, stretch.size)
                part.file_size += stretch.size
            else:
                for rows in self._moved(stretch):
                    file.write(_deflated(rows))
                    part.CRC = zlib.crc32(rows, part.CRC)
                    part.file_size += len(rows)
        file.write(_deflated(end, mode=zlib.Z_FINISH))
        part.CRC = zlib.crc32(end, part.CRC)
        book.start_dir = file.tell()
        part.compress_size = book.start_dir - part.header_offset - len(part.FileHeader(is_large))
        file.seek(part.header_offset)
        file.write(part.FileHeader(is_large))
        file.seek(book.start_dir)
        book.filelist.append(part)
        book.NameToInfo[part.filename] = part

    def _deflated_rows(self, stretch: Stretch) -> Iterator[bytes]:
        stop = next((each.start for each in self.stretches if each.start > stretch.start), self._file.rows.length)
        return self._spooled(stretch.start, stop)

    def _moved(self, stretch: Stretch) -> Iterator[bytes]:
        """Yield the rows of *stretch* with each cell moved to the place of its column among all, whose order is the same."""
        moved = {
            letters(place).encode(): b'<c r="%b' % letters(self.names.index(column) + 1).encode()
            for place, column in enumerate(stretch.columns, 1)
        }
        inflate = zlib.decompressobj(-zlib.MAX_WBITS).decompress
        for rows in whole_records(map(inflate, self._deflated_rows(stretch)), b"</row>"):
            yield _REFERENCE.sub(lambda found: moved[found[1]], rows)


def _width(values: Iterable[object]) -> int:
    return max(cell_width(one_line(format_cell(value, raw=True))) for value in values) + 2


def _deflated(*parts: bytes, mode: int = zlib.Z_SYNC_FLUSH) -> bytes:
    """Return *parts* as a part of a deflated stream: its last one if *mode* is ``Z_FINISH``."""
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return b"".join([*map(deflate.compress, parts), deflate.flush(mode)])


_POLYNOMIAL: Final = 0xEDB88320
"""Of CRC-32, its highest power in the lowest bit, like every number here."""
_A_BYTE: Final = 1 << 31 - 8
"""The power by which one more byte shifts a checksum."""


def joined_checksum(first: int, second: int, length: int) -> int:
    """Return the CRC-32 of two parts joined, from theirs and the *length* of the second, in bytes: ``crc32_combine`` of zlib."""
    power = _A_BYTE
    while length:
        if length & 1:
            first = _product(first, power)
        power = _product(power, power)
        length >>= 1
    return first ^ second


def _product(left: int, right: int) -> int:
    """Return the product of two polynomials modulo that of CRC-32."""
    product = 0
    while left:
        if left & 1 << 31:
            product ^= right
        left = left << 1 & 0xFFFFFFFF
        right = right >> 1 ^ (_POLYNOMIAL if right & 1 else 0)
    return product
