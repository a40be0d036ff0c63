"""Leads as CSV (RFC 4180), harmless in a spreadsheet: cells, and a writer for chosen columns or for every observed field.

The header of all fields is known only at the end. Until then the lines are spooled: in memory and then in a nameless file, or in
the partial file. The values of a new key come last in the lines from there on. If there is none after the first leads, as is nearly
always the case, the spool is the result; otherwise its lines are read again and written in the order of the columns.
"""

from __future__ import annotations

import csv
import re
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime
from itertools import islice
from operator import is_not
from pathlib import Path
from tempfile import SpooledTemporaryFile, gettempdir
from typing import Final
from weakref import finalize

from lead_tui import limits
from lead_tui.export.partial import PartialExport, RowsFile
from lead_tui.export.values import column_reader, in_order, names_alike
from lead_tui.export.writer import ColumnsWriter, Layout, Sink
from lead_tui.leads.fields import FIELD_BY_KEY
from lead_tui.leads.lead import Row, as_text, decode_row, is_null
from lead_tui.leads.text import without_controls
from lead_tui.safe_files import writing

LINE_END: Final = "\r\n"
_QUOTED_END: Final = ";\t\r\n"  # ``csv.writer`` quotes cells that have a character of the line end

# Some spreadsheets drop space, tabs and line breaks before a sign, and some read the full-width signs.
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n]")
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_HARMLESS = re.compile(rf"[+-]?{_NUMBER}|-+")  # numbers, phone numbers with a plus, and dashes for nothing
_may_begin_formula = re.compile(rf"\^(?:[\s'=+@＝＋－＠]|-(?!{_NUMBER}\^))").search  # between carets


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
    return f"{text}; use {remedy} to write {them} unchanged" if remedy else text


class _Lines:
    """Takes lines from ``csv.writer``, whose ``writerow`` returns what ``write`` returns."""

    def write(self, line: str) -> str:
        return line.removesuffix(_QUOTED_END)


def encode_rows(rows: Iterable[Sequence[object]], *, raw: bool = False) -> tuple[bytes, int]:
    """Return *rows* of values as lines of CSV in UTF-8, each value as ``format_cell`` gives it, and how many were defused.

    Cells with a semicolon or a tab are quoted, too: a spreadsheet that takes these for separators, as LibreOffice does by default,
    would begin another cell there, perhaps with a formula.

    Most leads contain nothing to change: their values are joined and examined together (``_joined_if_harmless``), and the line is
    written as it is, or if it needs quotes by ``csv.writer``. That takes a quarter of the time of ``format_cell`` for each value.
    """
    lines, defused = list[str](), 0
    line_of = csv.writer(_Lines(), lineterminator=_QUOTED_END).writerow
    for values in rows:
        line = _joined_if_harmless(values, raw)
        if line is None:
            texts = [format_cell(value, raw=True) for value in values]
            cells = texts if raw else list(map(defuse, texts))
            lines.append(line_of(cells))
            # ``defuse`` returns a harmless text itself, not a copy.
            defused += sum(map(is_not, cells, texts))
        elif "," in line or '"' in line or ";" in line or "\n" in line:
            lines.append(line_of(values))
        else:
            lines.append(line.replace("^", ","))
    return LINE_END.join([*lines, ""]).encode("utf-8", "replace"), defused


def _joined_if_harmless(values: Sequence[object], raw: bool) -> str | None:
    """Return *values* joined by carets, which are rare, if ``format_cell`` is certain to change none of them; else None."""
    try:
        line = "^".join(values)  # type: ignore[arg-type]  # trying is the quickest way to find a value that is not text
    except TypeError:
        return None
    seen = f"^{line}^"
    # A lone empty value needs quotes.
    if len(values) < 2 or seen.count("^") != len(values) + 1 or "^null^" in seen or (not raw and _may_begin_formula(seen)):
        return None
    # The quick look first: few lines have line breaks.
    return line if line.isprintable() or line.replace("\n", "").isprintable() else None


class CsvWriter(ColumnsWriter):
    """Writes a header, and a line for each lead; with chosen columns, without a spool."""

    STATE = (*ColumnsWriter.STATE, "defused", "in_header")

    def __init__(self, sink: Sink, now: datetime, layout: Layout, file: PartialExport | None = None) -> None:
        super().__init__(sink, now, layout, file)
        self._read = column_reader(layout.columns, now) if layout.columns else None
        self.in_header: int | None = None  # how many of the names are in the spool's header; None before it is written
        self._spool = file.rows if file is not None else None
        self._out = sink
        if file is None and not layout.columns:
            file_in_memory = SpooledTemporaryFile(limits.SPOOL_IN_MEMORY_BYTES)  # noqa: SIM115 - lives as long as the writer
            finalize(self, file_in_memory.close)
            self._spool = RowsFile(Path(gettempdir()), file_in_memory)
            self._out = Sink(self._spool)

    def _write_some(self, rows: Sequence[Row]) -> None:
        leads = self._values.of(rows) if self._read is None else list(filter(None, map(self._read, rows)))
        self.unreadable += len(rows) - len(leads)
        self._note_columns(decode_row(row).sent for row in rows)
        if leads:
            self._begin()
            data, defused = encode_rows(leads, raw=self._layout.raw_csv)
            self.defused += defused
            self._out.write(data)

    def close(self) -> None:
        """Write what has not been written: the header, with all documented fields if no lead came, and what is spooled."""
        if not self.names:
            self._values.extend(FIELD_BY_KEY)
        self._begin()
        names = self.names if self._columns else in_order(self.names)
        if alike := names_alike(names):
            self.notes.append(alike)
        is_whole = self.in_header == len(names)
        if self._spool is None or (self._file is not None and is_whole):
            return
        blocks = self._spool.blocks() if is_whole else self._with_columns(names, self._spool)
        with writing(self._spool.path), nullcontext(self._sink) if self._file is None else self._file.rewriting() as result:
            for block in blocks:
                result.write(block)

    def _begin(self) -> None:
        """Write the header, unless it has been written."""
        if self.in_header is None:
            self.in_header = len(self.names)
            self._out.write(self._header(self.names))

    def _header(self, names: Iterable[str]) -> bytes:
        """Return the line of *names*, each without line breaks: some programs cannot tell it from the leads otherwise."""
        line, _ = encode_rows([[" ".join(name.splitlines()) for name in names]], raw=self._layout.raw_csv)
        # The mark tells Excel that a file is UTF-8.
        return (BOM_UTF8 if self._layout.bom and not self._sink.terminal else b"") + line

    def _with_columns(self, names: Sequence[str], spool: RowsFile) -> Iterator[bytes]:
        """Yield the header with *names*, and the lines of *spool* with a cell for each of them. Raises ``OSError``."""
        # A value may be longer than csv's default limit.
        csv.field_size_limit(sys.maxsize)
        table = csv.reader(line.decode() for block in spool.blocks() for line in block.splitlines(keepends=True))
        next(table)
        yield self._header(names)
        places = list(map(self.names.index, names))
        # The lines of earlier leads are shorter.
        while rows := [[*row, *[""] * (len(names) - len(row))] for row in islice(table, limits.EXPORTED_AT_ONCE)]:
            yield encode_rows([[row[place] for place in places] for row in rows], raw=True)[0]
