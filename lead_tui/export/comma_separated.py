"""Leads as CSV (RFC 4180), harmless in a spreadsheet unless told otherwise."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from lead_tui.export.picking import Picker
from lead_tui.export.sink import Sink
from lead_tui.export.writer import Writer
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.fields import headings
from lead_tui.leads.lead import as_text, is_null
from lead_tui.leads.text import without_controls

LINE_END = "\r\n"

# Some spreadsheets drop space, tabs and line breaks before a sign, and some read the full-width signs.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n]")
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_HARMLESS = re.compile(rf"[+-]?{_NUMBER}|-+")
"""Numbers, phone numbers with a plus, and dashes for nothing."""

_BETWEEN = "|"
_other_than_number = re.compile(rf"\|-(?!{_NUMBER}\|)").search
_other_than_number_in_bytes = re.compile(rf"\|-(?!{_NUMBER}\|)".encode()).search
_QUOTED, _LOOKED_AT = b"\x01", b"\x02"
_CONTROLS = bytes((*range(32), 127))
_AT_A_GLANCE = bytes.maketrans(_CONTROLS + b'=+@ ,"\n', len(_CONTROLS) * _LOOKED_AT + b"====" + 3 * _QUOTED)
"""What begins a formula is an equals sign; what has to be quoted and what may have to be left out are one character each: so each
of the three is looked for once."""
_LINE_END = LINE_END.encode()
_beyond_ascii = re.compile(r"\|[^\x00-\x7f]").search


def cell(value: object, *, raw: bool = False) -> str:
    """*value* as the text of a cell: null is empty, nested is JSON, no control characters but line break and tab.

    Unless *raw*, text that a spreadsheet would run as a formula has an apostrophe before it (``defused``).
    """
    if is_null(value):
        return ""
    text = without_controls(value if isinstance(value, str) else as_text(value))
    return text if raw else defused(text)


def defused(text: str) -> str:
    """*text*, with an apostrophe before it where a spreadsheet would take it for a formula.

    Text that begins like that already has one more: without its first apostrophe, such a cell is the original.
    """
    if not text or (text[0].isalnum() and text[0].isascii()):
        return text
    if _FORMULA.match(text.lstrip("'")) and not _HARMLESS.fullmatch(text):
        return f"'{text}"
    return text


def header(columns: Iterable[str], *, raw: bool = False) -> list[str]:
    """The cells of *columns*, each on one line: some programs cannot tell the header from the leads otherwise."""
    return [cell(" ".join(column.splitlines()), raw=raw) for column in columns]


def cells(values: Sequence[object], *, raw: bool = False) -> Sequence[object]:
    """*values* as ``cell`` gives them, all at once where none of them has to be changed, as in most leads."""
    try:
        together = _BETWEEN.join(values)  # type: ignore[arg-type]  # what is no text is found out by trying
    except TypeError:
        return [cell(value, raw=raw) for value in values]
    if (together.isprintable() or together.replace("\n", "").isprintable()) and _are_harmless(f"|{together}|", len(values), raw):
        return values
    return [cell(value, raw=raw) for value in values]


def _are_harmless(values: str, count: int, raw: bool) -> bool:
    """Whether no one of *count* *values*, each between two bars, has to be looked at by itself, as far as can be said at one go.

    It looks for two characters at a time, which is the fastest thing there is: an expression takes four times as long.
    """
    if values.count(_BETWEEN) != count + 1 or "|null|" in values:
        return False
    return raw or not (
        "|=" in values
        or "|+" in values
        or "|@" in values
        or "|'" in values
        or "| " in values
        or "|\n" in values
        or ("|-" in values and _other_than_number(values))
        or (not values.isascii() and _beyond_ascii(values))
    )


def encoded(rows: Iterable[Sequence[object]], *, raw: bool = False) -> bytes:
    """*rows* of values as lines of CSV in UTF-8, each value as ``cell`` gives it.

    Most leads hold nothing that has to be changed: their values are joined as they are, in a quarter of the time.
    """
    found: list[bytes] = []
    write_slowly = csv.writer(_Encoding(found), lineterminator=LINE_END).writerow
    for values in rows:
        line = _plain_line(values, raw)
        if line is None:
            write_slowly(cells(values, raw=raw))
        else:
            found += line, _LINE_END
    return b"".join(found)


def _plain_line(values: Sequence[object], raw: bool) -> bytes | None:
    """The line of *values*, without its end, where nothing of it has to be changed; None where that cannot be said."""
    try:
        together = _BETWEEN.join(values)  # type: ignore[arg-type]  # what is no text is found out by trying
    except TypeError:
        return None
    if len(values) < 2 or not (together.isascii() or _is_harmless_beyond_ascii(together, raw)):
        return None
    line = together.encode()
    seen = b"|%b|" % line.translate(_AT_A_GLANCE)
    if _LOOKED_AT in seen or b"|null|" in seen or seen.count(b"|") != len(values) + 1:
        return None
    if not raw and (b"|=" in seen or b"|'" in seen or b"|\x01" in seen or (b"|-" in seen and _other_than_number_in_bytes(seen))):
        return None
    return _quoted(line, seen) if _QUOTED in seen else line.replace(b"|", b",")


def _is_harmless_beyond_ascii(values: str, raw: bool) -> bool:
    """Whether nothing in *values*, with bars between, has to be left out, and no one begins as a sign of a wide script does."""
    return values.replace("\n", "").isprintable() and (raw or not _beyond_ascii(f"|{values}"))


def _quoted(line: bytes, seen: bytes) -> bytes:
    """*line* with commas for its bars, and in quotes what has to be; *seen* is the line at a glance, between two bars."""
    found: list[bytes] = []
    done, at = 0, seen.find(_QUOTED)
    while at >= 0:
        # A value that begins behind a bar of what is seen begins at its place in the line.
        start, stop = seen.rfind(b"|", 0, at), seen.find(b"|", at)
        found += line[done:start].replace(b"|", b","), b'"%b"' % line[start : stop - 1].replace(b'"', b'""')
        done, at = stop - 1, seen.find(_QUOTED, stop)
    found.append(line[done:].replace(b"|", b","))
    return b"".join(found)


class _Encoding:
    """A file for ``csv`` that appends what is written to *found*."""

    def __init__(self, found: list[bytes]) -> None:
        self._found = found

    def write(self, text: str) -> None:
        self._found.append(text.encode("utf-8", "replace"))


def lines(rows: Iterable[Sequence[object]], end: str = LINE_END) -> str:
    """*rows* of cells as lines of CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end).writerows(rows)
    return text.getvalue()


class CsvWriter(Writer):
    """The columns asked for, in their order, a header first; written as the leads come."""

    def __init__(self, sink: Sink, columns: Sequence[str], now: datetime, *, raw: bool = False) -> None:
        """*raw* leaves formulas alone."""
        super().__init__(sink, columns)
        self._raw = raw
        self._begun = False
        self._pick: Callable[[Row], Sequence[object] | None] = Picker(columns, now).values

    def write(self, rows: Sequence[Row]) -> None:
        """Some more leads. Raises ``OutputError``."""
        found: list[Sequence[object]] = []
        for row in rows:
            values = self._pick(row)
            if values is None:
                self.unreadable += 1
                continue
            if self.unmet:
                self._meet(decode_row(row))
            found.append(values)
        self._send(found)

    def close(self) -> None:
        """Writes the header if there was no lead to write it for. Raises ``OutputError``."""
        self._send([])

    def state(self) -> dict[str, object]:
        """As of ``Writer``."""
        return {**super().state(), "begun": self._begun}

    def restore(self, state: Mapping[str, object]) -> None:
        """As of ``Writer``."""
        super().restore(state)
        self._begun = bool(state["begun"])

    def _send(self, found: list[Sequence[object]]) -> None:
        first = [] if self._begun else [header(headings(self._columns), raw=self._raw)]
        self._begun = True
        if self._sink.terminal:
            # A terminal is shown a carriage return as an escape, like everything else that it would obey.
            self._sink.write(lines([*first, *(cells(values, raw=self._raw) for values in found)], "\n"))
        else:
            self._sink.write_bytes(lines(first).encode("utf-8", "replace") + encoded(found, raw=self._raw))
        self._sink.flush()
