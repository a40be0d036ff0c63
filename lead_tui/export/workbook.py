"""Leads as an Excel workbook: the same, byte for byte, whenever it is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Final
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, ZipFile

from lead_tui.export import workbook_xml as xml
from lead_tui.export.csv_text import format_cell, format_header
from lead_tui.export.values import AssembledWriter
from lead_tui.leads.errors import OutputError
from lead_tui.leads.text import cell_width, one_line

LEADS_A_SHEET: Final = 1_048_575
"""Rows of a sheet, less one for the header. This and the next: "Excel specifications and limits", support.microsoft.com."""
MAX_COLUMNS: Final = 16_384
_LEVEL: Final = 1  # of compression: a quarter larger than with 6, in half the time
_ROWS_AT_ONCE: Final = 100  # rows whose cells are made together: more than a processor's cache holds take twice the time
_MEASURED_ROWS: Final = 200  # the first leads, whose values determine the widths of the columns
_MIN_WIDTH, _MAX_WIDTH = 8, 40  # characters of a column
_XML_OF_JSON: Final = 3  # how many bytes of a sheet there are for a byte of the spool, at most nearly always

_Leads = Iterator[Sequence[object]]


class WorkbookWriter(AssembledWriter):
    """The chosen columns, or every observed field, as a workbook."""

    def _assemble(self, result: Path) -> None:
        columns = len(self.names)
        if columns > MAX_COLUMNS:
            raise OutputError(
                f"A sheet holds {MAX_COLUMNS:,} columns, and the leads have {columns:,} fields", remedy="--columns chooses"
            )
        counts = [min(self.leads - first, LEADS_A_SHEET) for first in range(0, self.leads or 1, LEADS_A_SHEET)]
        try:
            # Without need, Excel doubts an archive with the fields of zip64.
            cut = self._write_book(result, counts, is_large=self._file.rows.length * _XML_OF_JSON > ZIP64_LIMIT)
        except RuntimeError:
            cut = self._write_book(result, counts, is_large=True)
        if len(counts) > 1:
            self.notes.append(f"A sheet of Excel holds {LEADS_A_SHEET:,} leads: these are on {len(counts)} sheets")
        if cut:
            values = "1 value was" if cut == 1 else f"{cut:,} values were"
            self.notes.append(f"{values} cut to the {xml.MAX_CHARACTERS:,} characters that a cell of Excel holds")

    def _write_book(self, path: Path, counts: Sequence[int], *, is_large: bool) -> int:
        """Write a sheet for each of *counts*, its leads. Return how many values were cut.

        Raises ``RuntimeError`` if a sheet is larger than 2 GB unless *is_large*.
        """
        # Imported here: it loads ``logging``.
        from concurrent.futures import ThreadPoolExecutor

        cut, types = xml.CutCount(), self._layout.types
        cells = [xml.cells_of(column, xml.letters(place), types, cut) for place, column in enumerate(self.names, 1)]
        leads: _Leads = chain.from_iterable(map(self._leads_in, self._pages()))
        first = list(islice(leads, _MEASURED_ROWS))
        leads = chain(first, leads)
        longest = map(_width, zip(*first, strict=True)) if first else [0] * len(self.names)
        widths = [
            min(max(width, cell_width(name) + 3, _MIN_WIDTH), _MAX_WIDTH) for name, width in zip(self.names, longest, strict=True)
        ]
        begin = xml.sheet_begin(format_header(self.names, raw=True), widths, [xml.kind_of(column, types) for column in self.names])
        # With names, not ``ZipInfo``: then each part has the same time in every archive.
        with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as book:
            for name, text in xml.package_parts(len(self.names), counts).items():
                with book.open(name, "w") as part:
                    part.write(text.encode())
            for number, count in enumerate(counts, 1):
                # zlib lets other threads run: the next rows are made into XML while one deflates the last ones.
                with (
                    book.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=is_large) as part,
                    ThreadPoolExecutor(1, "deflate") as deflater,
                ):
                    deflating = deflater.submit(part.write, begin)
                    for rows in _rows_of(islice(leads, count), cells):
                        deflating.result()
                        deflating = deflater.submit(part.write, rows)
                    deflating.result()
                    part.write(xml.sheet_end(len(self.names), count))
        return cut.count


def _rows_of(leads: _Leads, cells: Sequence[xml.Cells]) -> Iterator[bytes]:
    """Yield *leads*, each the values for *cells*, as rows of a sheet, several at a time."""
    first = 2
    while rows := list(islice(leads, _ROWS_AT_ONCE)):
        made = [make(values) for make, values in zip(cells, zip(*rows, strict=True), strict=True)]
        lines = map("".join, zip(*made, strict=True)) if made else [""] * len(rows)
        numbers = map(str, range(first, first + len(rows)))
        first += len(rows)
        yield "".join(
            [f'<row r="{number}">{line.replace(xml.ROW_MARK, number)}</row>' for number, line in zip(numbers, lines, strict=True)]
        ).encode("utf-8", "replace")


def _width(values: Iterable[object]) -> int:
    return max(cell_width(one_line(format_cell(value, raw=True))) for value in values) + 2
