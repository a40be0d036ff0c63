"""Leads as an Excel workbook: every value as text, whatever it looks like.

The rows are kept as CSV while they come, with all that makes CSV fit to be gone on with; the workbook is made of them at the end.
It is the same, byte for byte, whenever it is made. XlsxWriter is an optional extra (``formats.refuse_missing``).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from io import BufferedRandom
from typing import TYPE_CHECKING, Any, ClassVar, Final

from lead_tui.export.all_fields import AllFieldsCsvWriter
from lead_tui.export.comma_separated import CsvWriter
from lead_tui.export.partial import PartialExport
from lead_tui.export.reading_back import rows_of
from lead_tui.export.sink import Sink
from lead_tui.export.writer import Writer
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import OutputError

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
_LOOK_EVERY: Final = 500
"""Rows after which it is looked whether somebody wants it stopped."""

# No text of XML 1.0 can hold these; control characters and lone surrogates are gone already (``comma_separated.cell``).
_NOT_IN_XML: Final = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}


class WorkbookWriter(Writer):
    """The columns asked for, or every field met, into *file*; ``close`` makes the workbook, which becomes the whole."""

    closes_slowly: ClassVar[bool] = True

    def __init__(self, file: PartialExport, columns: Sequence[str], now: datetime) -> None:
        """*now* is aware, in UTC: when a lead's local time is told, and what the workbook has as its date."""
        sink = Sink(file.rows)
        super().__init__(sink, columns)
        self._file = file
        self._now = now
        # Nothing is a formula in a cell of text, so that nothing has to be defused.
        self._kept: CsvWriter | AllFieldsCsvWriter = (
            CsvWriter(sink, columns, now, raw=True) if columns else AllFieldsCsvWriter(sink, raw=True, spool=file.rows)
        )
        self._stopped = threading.Event()
        self._at_rest = threading.Event()
        self._at_rest.set()

    def write(self, rows: Sequence[Row]) -> None:
        """Some more leads. Raises ``OutputError``."""
        self._kept.write(rows)
        self._take_over()

    def close(self) -> None:
        """Make the workbook. Raises ``OutputError``."""
        self._at_rest.clear()
        try:
            self._close()
        finally:
            self._at_rest.set()

    def _close(self) -> None:
        if self._stopped.is_set():
            raise _not_made()
        rows = self._rows()
        room = self._file.make_room()
        target = _Target(BufferedRandom(self._file.begin_whole()), self._stopped)
        try:
            self.notes += _make(rows, target, room, self._now)
            target.hand_on()
        except BaseException as error:
            target.end()
            self._file.drop_whole()
            if isinstance(error, OSError | ValueError):
                raise self._file.cannot_finish(error) from None
            raise
        finally:
            self._file.clear_room()
        target.end()

    def stop(self, *, wait: bool = False) -> None:
        """As of ``Writer``."""
        self._stopped.set()
        if wait:
            self._at_rest.wait()

    def state(self) -> dict[str, object]:
        """As of ``Writer``."""
        return self._kept.state()

    def restore(self, state: Mapping[str, object]) -> None:
        """As of ``Writer``."""
        self._kept.restore(state)
        self._take_over()

    def _take_over(self) -> None:
        self.unreadable, self.unmet = self._kept.unreadable, self._kept.unmet

    def _rows(self) -> Iterator[list[str]]:
        """The header, where there is one, and the leads."""
        if isinstance(self._kept, AllFieldsCsvWriter):
            return self._kept.table()
        self._kept.close()
        return rows_of(self._file.rows, 0, self._file.rows.length)


def _not_made() -> OutputError:
    return OutputError("The workbook was not made to its end", remedy="what has come is kept")


class _Target:
    """What the workbook is written to: it can be stopped, and takes everything, to no effect, once it has ended.

    What writes an archive writes once more when it is thrown away, and a failure then could be told to nobody.
    """

    def __init__(self, file: BufferedRandom, stopped: threading.Event) -> None:
        self._file = file
        self._at = 0
        self._ended = False
        self._stopped = stopped

    def look(self) -> None:
        """Raises ``OutputError`` where somebody wants it stopped."""
        if self._stopped.is_set():
            raise _not_made()

    def write(self, data: bytes, /) -> int:
        """Write *data* where it stands."""
        if not self._ended:
            self.look()
            self._file.write(data)
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, /) -> int:
        """Write from *offset* on."""
        self._at = offset if self._ended else self._file.seek(offset)
        return self._at

    def tell(self) -> int:
        """Where the next byte goes."""
        return self._at

    def flush(self) -> None:
        """As of a file."""
        if not self._ended:
            self._file.flush()

    def hand_on(self) -> None:
        """Write what is buffered. Raises ``OSError``."""
        self._file.flush()

    def end(self) -> None:
        """Nothing is written from now on; the file below stays open, unless what is buffered cannot be written."""
        self._ended = True
        try:
            self._file.detach()
        except (OSError, ValueError):
            self._file.raw.close()


def _make(rows: Iterator[list[str]], target: _Target, room: Path, now: datetime) -> list[str]:
    """Make a workbook of *rows*, the first of which is the header, with *room* for its parts; what has to be told of it.

    Raises ``OSError`` and ``OutputError``.
    """
    # Imported here: it is an extra, and seldom wanted.
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
            if number % _LOOK_EVERY == 0:
                target.look()
            sheets.add(row)
        notes = sheets.told()
        try:
            book.close()
        except FileCreateError as error:
            cause = error.args[0] if error.args else None
            raise cause if isinstance(cause, OSError) else OSError(0, "it cannot be made") from None
        return notes
    finally:
        _let_go(book)


class _Sheets:
    """The sheets of *book*, each with *header*: another one is begun where one is full."""

    def __init__(self, book: Any, header: Sequence[str]) -> None:
        self._book = book
        # What is typed into such a cell later on is text as well.
        self._bold = book.add_format({"bold": True, "num_format": _AS_TEXT})
        self._text = book.add_format({"num_format": _AS_TEXT})
        self._header = header
        self._count = 0
        self._leads = 0
        self._cut = 0
        self._begin()

    def add(self, row: Sequence[str]) -> None:
        """One more lead."""
        if self._leads and self._leads % LEADS_A_SHEET == 0:
            self._begin()
        place = self._leads % LEADS_A_SHEET + 1
        for column, text in enumerate(row):
            if text:
                self._put(place, column, text)
        self._leads += 1

    def told(self) -> list[str]:
        """What has to be told."""
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
        # Else every phone number has a mark that asks to make a number of it.
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
            # XlsxWriter takes such a text for XML that it has made itself, and writes it as it is.
            self._sheet.write_rich_string(row, column, *_fragments(text), form or self._text)
        else:
            self._sheet.write_string(row, column, text, form)


def _fragments(text: str) -> list[str]:
    """*text* in three or more pieces, none of which has ``_x``: what is an escape in the file would be escaped twice."""
    return [text[0], text[1], *re.split(r"(?<=_)(?=x)", text[2:])]


def _let_go(book: Any) -> None:
    """Close what *book* has left open, if it has not come to its end."""
    for each in (book, *book.worksheets()):
        for name in ("fh", "row_data_fh"):
            file = getattr(each, name, None)
            if file is not None:
                with suppress(OSError, ValueError):
                    file.close()
