"""Leads as CSV (RFC 4180), harmless in a spreadsheet: cells, and a writer for chosen columns or for every observed field.

The header of all fields is known only at the end, since the last lead may have a new key. Until then the lines are spooled: in
memory and then in a nameless file, or in the partial file. A new key begins a section with more columns. If there is only one
section, as is nearly always the case, the spool is the result; otherwise its lines are read again and written with the last
section's columns.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import FileIO
from itertools import islice
from operator import is_not
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Final

from msgspec import Struct

from lead_tui.export.partial import PartialExport, read_parts, whole_records
from lead_tui.export.values import ValuesWriter, names_alike
from lead_tui.export.writer import ROWS_AT_ONCE, Layout, Sink
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import FIELD_BY_KEY
from lead_tui.leads.lead import as_text, is_null
from lead_tui.leads.text import without_controls
from lead_tui.safe_files import reason

LINE_END: Final = "\r\n"

# Some spreadsheets drop space, tabs and line breaks before a sign, and some read the full-width signs.
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n]")
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_HARMLESS = re.compile(rf"[+-]?{_NUMBER}|-+")  # numbers, phone numbers with a plus, and dashes for nothing
_CONTROLS: Final = bytes({*range(32), 127} - {ord("\n")})
_AT_A_GLANCE = bytes.maketrans(_CONTROLS + b"=+@' \n", len(_CONTROLS) * b"\0" + 6 * b"=")
"""Turns every control character into NUL, and everything that may begin a formula into an equals sign."""
_needs_quotes = re.compile('[,;"\\t\\r\\n]').search
_begins_with_minus = re.compile(rf"\^-(?!{_NUMBER}\^)".encode()).search
_begins_with_wide_sign = re.compile(r"\^[＝＋－＠]").search


def format_cell(value: object, *, raw: bool = False) -> str:
    """Return *value* as the text of a cell: null is empty, nested values are JSON, control characters are left out.

    Line breaks and tabs stay. Unless *raw*, an apostrophe precedes text that a spreadsheet would run as a formula (``defuse``).
    """
    if is_null(value):
        return ""
    text = without_controls(value if isinstance(value, str) else as_text(value))
    return text if raw else defuse(text)


def defuse(text: str) -> str:
    """Return *text* with an apostrophe in front if a spreadsheet would take it for a formula.

    Text that already begins with apostrophes and a formula gets one more, so that removing one restores the original.
    """
    if not text or (text[0].isalnum() and text[0].isascii()):
        return text
    if FORMULA.match(text.lstrip("'")) and not _HARMLESS.fullmatch(text):
        return f"'{text}"
    return text


def restore(cell: str) -> str:
    """Return *cell* as it was before ``defuse``."""
    return cell[1:] if cell.startswith("'") and defuse(cell[1:]) == cell else cell


def defused_text(count: int, remedy: str = "") -> str:
    """Return what to report about *count* defused values; *remedy* is an option. "" for none."""
    if not count:
        return ""
    values, them = ("1 value begins", "it") if count == 1 else (f"{count:,} values begin", "them")
    text = f"{values} with an apostrophe, so that spreadsheets do not run {them}"
    return f"{text}; {remedy} leaves {them}" if remedy else text


def format_header(columns: Iterable[str], *, raw: bool = False) -> list[str]:
    """Return the cells of *columns*, each on one line: some programs cannot tell the header from the leads otherwise."""
    return [format_cell(" ".join(column.splitlines()), raw=raw) for column in columns]


def format_lines(rows: Iterable[Sequence[str]], end: str = LINE_END) -> str:
    """Return *rows* of cells as lines of CSV.

    Cells with a semicolon or a tab are quoted, too: a spreadsheet that takes these for separators, as LibreOffice does by default,
    would begin another cell there, perhaps with a formula.
    """
    return "".join([_line(cells) + end for cells in rows])


def _line(cells: Sequence[str]) -> str:
    if len(cells) == 1 and not cells[0]:
        return '""'
    return ",".join(['"{}"'.format(cell.replace('"', '""')) if _needs_quotes(cell) else cell for cell in cells])


def encode_rows(rows: Iterable[Sequence[object]], *, raw: bool = False) -> tuple[bytes, int]:
    """Return *rows* of values as lines of CSV in UTF-8, each value as ``format_cell`` gives it, and how many were defused.

    The simple way, ``format_cell`` and quotes for each value, takes 22 µs for a lead of 56 fields, which would make an export of
    all fields slower than a loop with httpx, json and ``csv.writer``. But most leads contain nothing to change: their values are
    joined and examined together (``_joined_if_harmless``), and the line is written as it is, or if it needs quotes by
    ``csv.writer``, which is faster than ``_line``. That takes a quarter of the time.
    """
    text, defused = io.StringIO(newline=""), 0
    write_row = csv.writer(text, lineterminator=LINE_END).writerow
    for values in rows:
        line = _joined_if_harmless(values, raw)
        if line is None:
            texts = [format_cell(value, raw=True) for value in values]
            cells = texts if raw else list(map(defuse, texts))
            text.write(_line(cells) + LINE_END)
            # ``defuse`` returns a harmless text itself, not a copy.
            defused += sum(map(is_not, cells, texts))
        elif ";" in line:
            text.write(_line(line.split("^")) + LINE_END)
        elif "," in line or '"' in line or "\n" in line:
            write_row(values)
        else:
            text.write(line.replace("^", ",") + LINE_END)
    return text.getvalue().encode("utf-8", "replace"), defused


def _joined_if_harmless(values: Sequence[object], raw: bool) -> str | None:
    """Return *values* joined by carets, which are rare, if ``format_cell`` is certain to change none of them; else None."""
    try:
        line = "^".join(values)  # type: ignore[arg-type]  # trying is the quickest way to find a value that is not text
    except TypeError:
        return None
    if not line.isascii() and not (line.replace("\n", "").isprintable() and (raw or not _begins_with_wide_sign(f"^{line}"))):
        return None
    seen = b"^%b^" % line.encode().translate(_AT_A_GLANCE)
    # A lone empty value needs quotes.
    if len(values) < 2 or seen.count(b"^") != len(values) + 1 or b"\0" in seen or b"^null^" in seen:
        return None
    if not raw and (b"^=" in seen or (b"^-" in seen and _begins_with_minus(seen))):
        return None
    return line


SPOOLED_IN_MEMORY: Final = 16 * 1024 * 1024
"""Bytes of lines kept in memory until the header is known; more go into an unlinked file."""

LINES_AT_ONCE: Final = 2_000  # lines of a spool that are rewritten at a time
BOM: Final = "\ufeff".encode()  # tells Excel that a file is UTF-8


class CsvSection(Struct, frozen=True):
    """Lines with the same columns."""

    columns: tuple[str, ...]
    start: int  # the byte at which its first line begins, after the header if it has one


class CsvWriter(ValuesWriter):
    """Writes a header, and a line for each lead; with chosen columns, without a spool."""

    STATE = ValuesWriter.STATE | {"defused": int, "sections": list[CsvSection], "length": int}

    def __init__(self, sink: Sink, now: datetime, layout: Layout, file: PartialExport | None = None) -> None:
        super().__init__(sink, now, layout, file)
        self._bom = BOM if layout.bom and not sink.terminal else b""
        self._spool: SpooledTemporaryFile[bytes] | None = None
        if not layout.columns and file is None:
            self._spool = SpooledTemporaryFile(SPOOLED_IN_MEMORY)  # noqa: SIM115 - lives as long as the writer
        self.sections: list[CsvSection] = []
        self.length = 0  # bytes so far

    def write(self, rows: Sequence[Row]) -> None:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            leads = self._values_of(some)
            self.unreadable += len(some) - len(leads)
            self._note_columns(decode_row(row).sent for row in some)
            if leads:
                self._begin_section()
                data, defused = encode_rows(leads, raw=self._layout.raw_csv)
                self.defused += defused
                self._append(data)

    def close(self) -> None:
        """Write what has not been written: the header, with all documented fields if no lead came, and what is spooled."""
        if not self.sections:
            self.observe(FIELD_BY_KEY)
            self._begin_section()
        if not self.names:
            # Leads without a single key.
            return
        if alike := names_alike(self.names):
            self.notes.append(alike)
        is_whole = len(self.sections) == 1
        if self._file is not None and not is_whole:
            with self._file.rewriting() as result:
                self._write_table(self._file.rows.file, Sink(result))
        elif self._spool is not None:
            with _spooling():
                if is_whole and not self._sink.terminal:
                    for part in read_parts(self._spool, 0, self.length):
                        self._sink.write_bytes(part)
                else:
                    self._write_table(self._spool, self._sink)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._spool is not None:
            self._spool.close()

    def _begin_section(self) -> None:
        """Begin one if the columns are others now."""
        if self.sections and self.sections[-1].columns == self.names:
            return
        if not self.sections and self.names:
            header = format_lines([format_header(self.names, raw=self._layout.raw_csv)])
            self._append(self._bom + header.encode("utf-8", "replace"))
        self.sections.append(CsvSection(self.names, self.length))

    def _append(self, data: bytes) -> None:
        self.length += len(data)
        if self._spool is not None:
            with _spooling():
                self._spool.write(data)
        elif self._sink.terminal:
            # A terminal's sink would show a carriage return as an escape.
            self._sink.write(data.decode().replace(LINE_END, "\n"))
        else:
            self._sink.write_bytes(data)

    def _write_table(self, spool: FileIO | SpooledTemporaryFile[bytes], sink: Sink) -> None:
        """Write what is spooled with the columns of the last section to *sink*. Raises ``OSError``."""
        sink.write_bytes(self._bom)
        table = self._table(spool)
        while lines := list(islice(table, LINES_AT_ONCE)):
            sink.write(format_lines(lines, "\n" if sink.terminal else LINE_END))

    def _table(self, spool: FileIO | SpooledTemporaryFile[bytes]) -> Iterator[list[str]]:
        """Yield the header, and each lead in *spool* with a cell for each column."""
        yield format_header(self.names, raw=self._layout.raw_csv)
        stops = [section.start for section in self.sections[1:]] + [self.length]
        # A value may be longer than csv's default limit.
        csv.field_size_limit(sys.maxsize)
        for section, stop in zip(self.sections, stops, strict=True):
            places = [section.columns.index(name) if name in section.columns else None for name in self.names]
            blocks = whole_records(read_parts(spool, section.start, stop), b"\n")
            for row in csv.reader(line.decode() for block in blocks for line in block.splitlines(keepends=True)):
                # A lead without a single key has an empty line.
                yield ["" if place is None or not row else row[place] for place in places]


@contextmanager
def _spooling() -> Iterator[None]:
    """Raise ``OutputError`` for an ``OSError`` of the spool."""
    try:
        yield
    except OSError as error:
        remedy = "make room in the directory for temporary files, or choose --columns"
        raise OutputError(f"The leads cannot be kept until all have come ({reason(error)})", remedy=remedy) from None
