"""Leads as an Excel workbook: every value as text, whatever it looks like.

The rows are spooled as CSV, which can be resumed; the workbook is made from them at the end. It is the same, byte for byte,
whenever it is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from io import BufferedRandom
from typing import TYPE_CHECKING, Any, Final

from lead_tui.export.assembled import ROWS_BETWEEN_CHECKS, AssembledWriter
from lead_tui.export.csv_writers import AllFieldsCsvWriter, CsvWriter, read_rows
from lead_tui.export.partial import PartialExport
from lead_tui.export.sink import Sink
from lead_tui.leads.errors import OutputError
from lead_tui.safe_files import cannot_write

if TYPE_CHECKING:
    from pathlib import Path

LEADS_A_SHEET: Final = 1_048_575
"""Rows of a sheet, less one for the header. This and the next two: "Excel specifications and limits", support.microsoft.com."""
MAX_COLUMNS: Final = 16_384
MAX_CHARACTERS: Final = 32_767
"""Of a cell, in units of UTF-16."""

_AS_TEXT: Final = 49
"""The built-in number format ``@``."""
_COLUMN_WIDTH: Final = 18
"""Characters: a phone number and most names fit."""

# No text of XML 1.0 can hold these; control characters and lone surrogates are gone already (``csv_cells.format_cell``).
_NOT_IN_XML: Final = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}


class WorkbookWriter(AssembledWriter):
    """The chosen columns, or every observed field, as a workbook."""

    def __init__(self, file: PartialExport, columns: Sequence[str], now: datetime) -> None:
        """*now* is aware, in UTC: the time for local times, and the workbook's date."""
        sink = Sink(file.rows)
        # In a cell of text nothing is a formula, so nothing has to be defused.
        self._csv: CsvWriter | AllFieldsCsvWriter = (
            CsvWriter(sink, columns, now, raw=True) if columns else AllFieldsCsvWriter(sink, raw=True, spool=file.rows)
        )
        super().__init__(file, self._csv, columns)
        self._now = now

    def _assemble(self) -> None:
        rows = self._rows()
        room = self._file.make_room()
        target = _Target(BufferedRandom(self._file.rewritten.open(appending=False)), self.check)
        try:
            self.notes += _make(rows, target, room, self._now)
            target.flush()
        except BaseException as error:
            target.end()
            self._file.drop_rewritten()
            if isinstance(error, OSError | ValueError):
                raise cannot_write(self._file.rewritten.path, error) from None
            raise
        finally:
            self._file.clear_room()
        target.end()

    def _rows(self) -> Iterator[list[str]]:
        """Return the header, if there is one, and the leads."""
        if isinstance(self._csv, AllFieldsCsvWriter):
            return self._csv.table()
        self._csv.close()
        return read_rows(self._file.rows, 0, self._file.rows.length)


class _Target:
    """The file for XlsxWriter: *check* may stop it, and once it has ended, it ignores what is written.

    An archive writes again when it is garbage-collected, and no one could handle an error then.
    """

    def __init__(self, file: BufferedRandom, check: Callable[[], None]) -> None:
        self._file = file
        self._position = 0
        self._ended = False
        self.check = check

    def write(self, data: bytes, /) -> int:
        if not self._ended:
            self.check()
            self._file.write(data)
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, /) -> int:
        self._position = offset if self._ended else self._file.seek(offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        if not self._ended:
            self._file.flush()

    def end(self) -> None:
        """Ignore what is written from now on; the file below stays open, unless what is buffered cannot be written."""
        self._ended = True
        try:
            self._file.detach()
        except (OSError, ValueError):
            self._file.raw.close()


def _make(rows: Iterator[list[str]], target: _Target, room: Path, now: datetime) -> list[str]:
    """Make a workbook of *rows*, the first of which is the header, with its parts in *room*. Return what to report.

    Raises ``OSError`` and ``OutputError``.
    """
    # Imported here: it takes a while, and only a complete export needs it.
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    options = {"constant_memory": True, "tmpdir": str(room), "use_zip64": True}
    book = Workbook(target, options)
    try:
        book.set_properties({"created": now.replace(tzinfo=None)})
        header = next(rows, [])
        if len(header) > MAX_COLUMNS:
            raise OutputError(
                f"A sheet holds {MAX_COLUMNS:,} columns, and the leads have {len(header):,} fields", remedy="--columns chooses"
            )
        sheets = _Sheets(book, header)
        for number, row in enumerate(rows):
            if number % ROWS_BETWEEN_CHECKS == 0:
                target.check()
            sheets.add(row)
        notes = sheets.notes()
        try:
            book.close()
        except FileCreateError as error:
            cause = error.args[0] if error.args else None
            raise cause if isinstance(cause, OSError) else OSError(0, "it cannot be created") from None
        return notes
    finally:
        _close_parts(book)


class _Sheets:
    """The sheets of *book*, each with *header*; when one is full, another begins."""

    def __init__(self, book: Any, header: Sequence[str]) -> None:
        self._book = book
        # What is typed into such a cell later is text as well.
        self._bold = book.add_format({"bold": True, "num_format": _AS_TEXT})
        self._text = book.add_format({"num_format": _AS_TEXT})
        self._header = header
        self._count = 0
        self._leads = 0
        self._cut = 0
        self._begin()

    def add(self, row: Sequence[str]) -> None:
        if self._leads and self._leads % LEADS_A_SHEET == 0:
            self._begin()
        place = self._leads % LEADS_A_SHEET + 1
        for column, text in enumerate(row):
            if text:
                self._put(place, column, text)
        self._leads += 1

    def notes(self) -> list[str]:
        """Return what to report: several sheets, values that were cut."""
        notes = []
        if self._count > 1:
            notes.append(f"A sheet of Excel holds {LEADS_A_SHEET:,} leads: these are on {self._count} sheets")
        if self._cut:
            values = "1 value was" if self._cut == 1 else f"{self._cut:,} values were"
            notes.append(f"{values} cut to the {MAX_CHARACTERS:,} characters that a cell of Excel holds")
        return notes

    def _begin(self) -> None:
        self._count += 1
        self._sheet = self._book.add_worksheet("Leads" if self._count == 1 else f"Leads {self._count}")
        if not self._header:
            return
        self._sheet.set_column(0, len(self._header) - 1, _COLUMN_WIDTH, self._text)
        self._sheet.freeze_panes(1, 0)
        # Otherwise every phone number has a mark that offers to make it a number.
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{LEADS_A_SHEET + 1}"})
        for column, text in enumerate(self._header):
            self._put(0, column, text, self._bold)

    def _put(self, row: int, column: int, text: str, form: object = None) -> None:
        if not text.isascii():
            text = text.translate(_NOT_IN_XML)
        if len(text) > MAX_CHARACTERS // 2 and len(units := text.encode("utf-16-le")) > 2 * MAX_CHARACTERS:
            text = units[: 2 * MAX_CHARACTERS].decode("utf-16-le", "ignore")
            self._cut += 1
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes such a text for XML of its own, and writes it as it is.
            self._sheet.write_rich_string(row, column, *_fragments(text), form or self._text)
        else:
            self._sheet.write_string(row, column, text, form)


def _fragments(text: str) -> list[str]:
    """Return *text* in three or more pieces, none of which has ``_x``: what looks like an escape would be escaped twice."""
    return [text[0], text[1], *re.split(r"(?<=_)(?=x)", text[2:])]


def _close_parts(book: Any) -> None:
    """Close what *book* has left open, if it was not completed."""
    for each in (book, *book.worksheets()):
        for name in ("fh", "row_data_fh"):
            file = getattr(each, name, None)
            if file is not None:
                with suppress(OSError, ValueError):
                    file.close()
