"""Leads as CSV (RFC 4180), harmless in a spreadsheet unless told otherwise."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Final

import msgspec

from lead_tui.export.columns import documented_first, value_of
from lead_tui.export.rows import compact
from lead_tui.export.sink import Sink
from lead_tui.export.writer import Writer
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.errors import OutputError
from lead_tui.leads.lead import Lead, as_text
from lead_tui.leads.text import without_controls

SPOOLED_IN_MEMORY: Final = 16 * 1024 * 1024
"""Bytes of leads kept in memory until the header is known; more go into an unlinked file."""

ROWS_AT_ONCE: Final = 500
"""Leads of a spool turned into CSV at a time."""

# Some spreadsheets drop space, tabs and line breaks before a sign, and some read the full-width signs.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n]")
_NEGATIVE_NUMBER = re.compile(r"-([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def cell(value: object, *, raw: bool = False) -> str:
    """*value* as the text of a cell: null is empty, nested is JSON, no control characters but line break and tab.

    Unless *raw*, text that a spreadsheet would run as a formula has an apostrophe before it; negative numbers stay as they are.
    """
    if value is None or value == "null":
        return ""
    text = without_controls(value if isinstance(value, str) else as_text(value))
    return text if raw else defused(text)


def defused(text: str) -> str:
    """*text*, with an apostrophe before it where a spreadsheet would take it for a formula."""
    if not text or (text[0].isalnum() and text[0].isascii()):
        return text
    if _FORMULA.match(text) and not _NEGATIVE_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


class CsvWriter(Writer):
    """The columns asked for, in their order, a header first; written as the leads come."""

    def __init__(self, sink: Sink, columns: Sequence[str], now: datetime, *, raw: bool = False, computing: bool = True) -> None:
        """*raw* leaves formulas alone. Unless *computing*, each column is a key of the lead's own, ``name`` too."""
        super().__init__(sink, columns)
        self._now = now
        self._raw = raw
        self._computing = computing
        self._begun = False

    def write(self, rows: Sequence[Row]) -> None:
        """Some more leads. Raises ``OutputError``."""
        self._send([cell(self._value(column, lead), raw=self._raw) for column in self._columns] for lead in self._decoded(rows))

    def close(self) -> None:
        """Writes the header if there was no lead to write it for. Raises ``OutputError``."""
        self._send([])

    def _value(self, column: str, lead: Lead) -> object:
        return value_of(column, lead, self._now) if self._computing else lead.sent.get(column)

    def _send(self, lines: Iterable[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        # A terminal is shown a carriage return as an escape, like everything else that it would obey.
        writer = csv.writer(text, lineterminator="\n" if self._sink.terminal else "\r\n")
        if not self._begun:
            self._begun = True
            writer.writerow([cell(column, raw=self._raw) for column in self._columns])
        writer.writerows(lines)
        self._sink.write(text.getvalue())
        self._sink.flush()


class AllFieldsCsvWriter(Writer):
    """Every field met, documented ones first: the leads are spooled until all have come, since the last may bring a new key.

    The spool is memory, then a file without a name that nobody else can open.
    """

    def __init__(self, sink: Sink, now: datetime, *, raw: bool = False) -> None:
        """*raw* leaves formulas alone."""
        super().__init__(sink)
        self._now = now
        self._raw = raw
        self._spool = tempfile.SpooledTemporaryFile(SPOOLED_IN_MEMORY)  # noqa: SIM115 - lives as long as the writer
        self._met: dict[str, None] = {}

    def write(self, rows: Sequence[Row]) -> None:
        """Some more leads. Raises ``OutputError``."""
        lines: list[bytes] = []
        for row in rows:
            line = compact(row)
            if line is None:
                self.unreadable += 1
                continue
            self._met.update(dict.fromkeys(decode_row(row).sent))
            lines.append(line + b"\n")
        try:
            self._spool.writelines(lines)
        except OSError as error:
            raise _spool_failed(error) from None

    def close(self) -> None:
        """Writes the header and every lead. Raises ``OutputError``."""
        if not self._met:
            return
        writer = CsvWriter(self._sink, documented_first(self._met), self._now, raw=self._raw, computing=False)
        try:
            self._spool.seek(0)
            while lines := list(islice(self._spool, ROWS_AT_ONCE)):
                writer.write([msgspec.Raw(line) for line in lines])
        except OSError as error:
            raise _spool_failed(error) from None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Lets go of the spool."""
        self._spool.close()


def _spool_failed(error: OSError) -> OutputError:
    return OutputError(
        f"The leads cannot be kept until all have come ({error.strerror or 'no reason given'})",
        remedy="make room in the directory for temporary files, or choose --columns",
    )
