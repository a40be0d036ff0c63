"""Leads as JSON: one array, or one lead per line; values exactly as the server sent them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from lead_tui.export.rows import COMPUTED_IN_FILES, computed, json_lines
from lead_tui.export.sink import Sink
from lead_tui.export.writer import ROWS_AT_ONCE, Writer
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.fields import headings, key_of

_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class JsonWriter(Writer):
    """One array with a line for each lead, or just the *lines* (JSON lines). *columns* picks fields."""

    STATE = Writer.STATE | {"begun": bool}

    def __init__(self, sink: Sink, columns: Sequence[str], now: datetime, *, lines: bool) -> None:
        super().__init__(sink, columns)
        self._now = now
        self._lines = lines
        self.begun = False

    def write(self, rows: Sequence[Row]) -> None:
        # A break ends each line; a comma stands between the members of an array.
        between, end = (b"\n", [b""]) if self._lines else (b",\n", [])
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            leads = json_lines(some)
            self.unreadable += len(some) - len(leads)
            if not leads:
                continue
            if self._columns:
                leads = [self._with_columns(lead) for lead in leads]
            before = b"" if self._lines else between if self.begun else b"[\n"
            self._sink.write_json(between.join([before + leads[0], *leads[1:], *end]))
            self.begun = True

    def close(self) -> None:
        if not self._lines:
            self._sink.write_json(b"\n]\n" if self.begun else b"[]\n")

    def _with_columns(self, lead: bytes) -> bytes:
        """Return an object with those of the columns that were sent, in their order."""
        members = _decode_members(lead)
        self._note_columns(members)
        parts: dict[str, msgspec.Raw] = {}
        for column, heading in zip(self._columns, headings(self._columns), strict=True):
            if column in COMPUTED_IN_FILES:
                parts[heading] = msgspec.Raw(msgspec.json.encode(computed(column, decode_row(msgspec.Raw(lead)), self._now)))
            elif (sent := members.get(key_of(column))) is not None:
                parts[heading] = sent
        return msgspec.json.encode(parts)
