"""The base of the export formats, their output, and the two simple ones: JSON, and a table for reading.

The table is as wide as the terminal, or in a file or a pipe as wide as its contents.
"""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from lead_tui import limits
from lead_tui.export.values import LeadValues, column_picker, computed, json_lines
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import COMPUTED_IN_FILES, LOCAL_TIME_AT, headings, is_custom, key_of
from lead_tui.leads.lead import Lead, Row, decode_members, decode_row, id_number
from lead_tui.leads.text import cell_width, fit, one_line, unprintable_escaped
from lead_tui.leads.values import column_text, label
from lead_tui.safe_files import Stream, reason, write_whole

if TYPE_CHECKING:
    from lead_tui.export.partial import PartialExport


class Sink:
    """Writes UTF-8 to *stream*; to a *terminal*, in its *encoding* and without control characters.

    *width* is in cells, 0 if nothing has to fit. Nothing is buffered: a failure raises ``OutputError`` immediately.
    """

    def __init__(self, stream: Stream, *, terminal: bool = False, encoding: str = "utf-8", width: int = 0) -> None:
        self._stream = stream
        self._encoding = encoding
        self.terminal = terminal
        self.width = width

    def can_show(self, text: str) -> bool:
        """Return whether *text* can be shown, which depends on a terminal's encoding."""
        return not self.terminal or text.encode(self._encoding, "ignore").decode(self._encoding) == text

    def write(self, text: str | bytes, escape: Callable[[str], str] = unprintable_escaped) -> None:
        """Write *text*, in UTF-8 if it is bytes; on a terminal *escape* replaces everything unprintable except line breaks."""
        if self.terminal:
            text = text if isinstance(text, str) else text.decode("utf-8", "replace")
            text = escape(text.replace("\r\n", "\n")).encode(self._encoding, "backslashreplace")
        self.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))

    def write_bytes(self, data: bytes) -> None:
        """Write text that is already encoded and harmless."""
        try:
            write_whole(self._stream, data)
        except (OSError, ValueError) as error:
            raise refused(error) from None


def refused(error: Exception) -> OutputError:
    """Return the error to raise for *error* while writing."""
    if isinstance(error, BrokenPipeError):
        return OutputError("The output was closed before everything was written", remedy="what reads it ended first")
    return OutputError(f"Cannot write the output ({reason(error)})", remedy="check where standard output goes")


class Layout(msgspec.Struct, frozen=True):
    columns: Sequence[str] = ()
    """A table must have some. Without any, CSV has every observed field, and JSON the leads as the server sent them."""
    raw_csv: bool = False  # whether CSV leaves spreadsheet formulas alone
    bom: bool = False  # whether CSV begins with a byte order mark
    labels: Mapping[str, str] | None = None  # of custom attributes, by key, for a table's header
    types: Mapping[str, str] = {}  # of custom attributes, by key, for a workbook: ``number`` or ``date``
    found_in: Mapping[int, str] | None = None
    """The fields in which a look-up found a lead, by the number of its id (``lead.id_number``): an extra column in a table."""


class Writer(ABC):
    """Writes leads in one format. Call ``close`` last.

    Nothing is written before the first ``write`` or ``close``; everything has been after ``close``. *now*, aware, in UTC, is for
    leads' local times. *file* is the export's file, if it goes into one; then *sink* writes to its rows.
    """

    STATE: ClassVar[tuple[str, ...]] = ("unreadable", "missing_columns")  # the attributes, JSON, that a checkpoint contains
    finalizes_slowly: ClassVar[bool] = False  # whether ``close`` does much of the work
    needs_sample: ClassVar[bool] = False  # whether the first leads that are written determine the layout
    participle: ClassVar[str] = "written"  # what it does with leads
    column = ""  # whose values are counted, in place of writing leads: scripts need to know which leads the counts cover
    is_whole = False  # whether nothing is written after a failure

    def __init__(self, sink: Sink, now: datetime, layout: Layout, file: PartialExport | None = None) -> None:
        self._sink = sink
        self._now = now
        self._layout = layout
        self._columns = layout.columns
        self._file = file
        self.stopped = threading.Event()  # set by another thread to make a slow ``close`` end soon, with ``OutputError``
        self.unreadable = 0  # rows left out because they are not JSON objects
        self.missing_columns = [column for column in layout.columns if is_custom(column) and column not in COMPUTED_IN_FILES]
        """Custom columns that no lead has had so far: a misspelled name looks just like an attribute without values."""
        self.defused = 0  # values with an apostrophe in front (``csv_text.defuse``)
        self.notes: list[str] = []  # sentences about the format to report after ``close``, without a period

    def write(self, rows: Sequence[Row]) -> None:
        """Write more leads. Raises ``OutputError``."""
        size = limits.EXPORTED_AT_ONCE
        for start in range(0, len(rows), size):
            self._write_some(rows[start : start + size])

    @abstractmethod
    def _write_some(self, rows: Sequence[Row]) -> None: ...

    def close(self) -> None:
        """Write the remainder; the sink's stream stays open. Raises ``OutputError``."""
        return

    def state(self) -> dict[str, object]:
        """Return what ``restore`` needs so that another writer can continue here."""
        return {name: getattr(self, name) for name in self.STATE}

    def restore(self, state: Mapping[str, object]) -> None:
        """Continue where a writer with this format and these columns had *state*."""
        for name in self.STATE:
            setattr(self, name, state[name])

    def _lines_of(self, rows: Sequence[Row]) -> list[bytes]:
        """Return each of *rows* that is a JSON object as a line, with only the chosen columns if there are any."""
        leads = json_lines(rows)
        self.unreadable += len(rows) - len(leads)
        self._note_columns(map(decode_members, leads))
        return list(map(self._pick_columns, leads)) if self._columns else leads

    @cached_property
    def _pick_columns(self) -> Callable[[bytes], bytes]:
        return column_picker(self._columns, self._now)

    def _note_columns(self, leads: Iterable[Container[str]]) -> None:
        """Note which of the chosen columns *leads*, each the keys that were sent, have."""
        if self.missing_columns:
            for sent in leads:
                self.missing_columns = [column for column in self.missing_columns if key_of(column) not in sent]


class ColumnsWriter(Writer):
    """The base of formats with columns: the chosen ones, or every field that the leads have."""

    STATE = (*Writer.STATE, "names")

    missing: ClassVar[object] = ""  # stands for what was not sent

    def __init__(self, sink: Sink, now: datetime, layout: Layout, file: PartialExport | None = None) -> None:
        super().__init__(sink, now, layout, file)
        self._values = LeadValues(headings(layout.columns), self.missing)

    @property
    def names(self) -> list[str]:
        """The columns: the fields of the first leads, in order, and then those that were observed later."""
        return self._values.names

    @names.setter
    def names(self, names: Sequence[str]) -> None:
        self._values.extend(names)


def json_escaped(text: str) -> str:
    """Return *text* with everything unprintable as an escape of JSON."""
    return "".join(each if each == "\n" or each.isprintable() else json.dumps(each)[1:-1] for each in text)


class JsonLinesWriter(Writer):
    """Writes each lead on a line; with chosen columns, only those that were sent."""

    def _write_some(self, rows: Sequence[Row]) -> None:
        if leads := self._lines_of(rows):
            self._sink.write(self._joined(leads), json_escaped)

    def _joined(self, leads: Sequence[bytes]) -> bytes:
        return b"\n".join([*leads, b""])


class JsonWriter(JsonLinesWriter):
    """Writes the same lines as one array."""

    STATE = (*Writer.STATE, "begun")

    begun = False

    def close(self) -> None:
        self._sink.write(b"\n]\n" if self.begun else b"[]\n")

    def _joined(self, leads: Sequence[bytes]) -> bytes:
        joined = (b",\n" if self.begun else b"[\n") + b",\n".join(leads)
        self.begun = True
        return joined


MAX_CELL_CHARACTERS: Final = 200  # of a value: the rest of a longer one is in the other formats
GAP: Final = "  "
MIN_WIDTH: Final = 4  # cells of the narrowest column that is still readable


def shared_width(natural: Sequence[int], room: int) -> list[int]:
    """Return a width for each column, to fit *room* cells including the gaps: the widest columns shrink first.

    There may be fewer widths than columns: columns on the right are left out if the others would be too narrow to read.
    """
    widths = list(natural)
    while len(widths) > 1 and sum(min(width, MIN_WIDTH) for width in widths) + len(GAP) * (len(widths) - 1) > room:
        widths.pop()
    while sum(widths) + len(GAP) * (len(widths) - 1) > room and max(widths) > 1:
        widest = max(range(len(widths)), key=lambda place: (widths[place], place))
        widths[widest] -= 1
    return widths


class TableWriter(Writer):
    """Writes a header and a line for each lead. The leads written first determine the widths of the columns."""

    STATE = (*Writer.STATE, "widths")
    needs_sample = True
    widths: Sequence[int] = ()  # of the columns; none before the first lead

    def _write_some(self, rows: Sequence[Row]) -> None:
        leads = [lead for lead in map(decode_row, rows) if not lead.problem]
        self.unreadable += len(rows) - len(leads)
        self._note_columns(lead.sent for lead in leads)
        lines = list(map(self._cells, leads))
        if not lines:
            return
        if not self.widths:
            titles = [label(column, self._layout.labels) for column in self._columns]
            if self._layout.found_in is not None:
                titles.append("Found in")
            lines.insert(0, titles)
            natural = [max(1, *map(cell_width, column)) for column in zip(*lines, strict=True)]
            self.widths = shared_width(natural, self._sink.width) if self._sink.width else natural
            if hidden := titles[len(self.widths) :]:
                self.notes.append(f"Too narrow for {', '.join(hidden)}: choose columns with --columns")
        self._sink.write("".join(GAP.join(map(fit, cells, self.widths)).rstrip() + "\n" for cells in lines))

    def _cells(self, lead: Lead) -> list[str]:
        escaped = Lead({key: _escaped(value) for key, value in lead.sent.items()})
        cells = [
            computed(column, lead, self._now) if column == LOCAL_TIME_AT else column_text(escaped, column, self._now)
            for column in self._columns
        ]
        if self._layout.found_in is not None:
            cells.append(self._layout.found_in.get(id_number(lead.lead_id), ""))
        return cells


def _escaped(value: object) -> object:
    """Return a text as one line with an escape for each unprintable character for which the app shows a symbol."""
    if not isinstance(value, str) or value.isprintable():
        return value
    text = value[: MAX_CELL_CHARACTERS + 1].replace("\r\n", "\n").replace("\t", " ").replace("\u200c", "").replace("\u200d", "")
    return one_line(unprintable_escaped(text), MAX_CELL_CHARACTERS)
