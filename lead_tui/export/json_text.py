"""Leads as JSON: one array, or one lead per line; values exactly as the server sent them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from lead_tui.export.rows import COMPUTED_IN_FILES, compact, computed
from lead_tui.export.sink import Sink
from lead_tui.export.writer import Writer
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.fields import headings, key_of

_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class JsonWriter(Writer):
    """One array with a line for each lead, or just the *lines* (JSON lines). *columns* picks fields."""

    def __init__(self, sink: Sink, columns: Sequence[str], now: datetime, *, lines: bool) -> None:
        super().__init__(sink, columns)
        self._now = now
        self._lines = lines
        self._begun = False

    def write(self, rows: Sequence[Row]) -> None:
        leads: list[bytes] = []
        for row in rows:
            lead = compact(row)
            if lead is None:
                self.unreadable += 1
                continue
            if self.missing_columns:
                self._note_columns(decode_row(row))
            leads.append(_with_columns(lead, row, self._columns, self._now) if self._columns else lead)
        if not leads:
            return
        if self._lines:
            self._sink.write_json(b"\n".join(leads) + b"\n")
        else:
            self._sink.write_json((b",\n" if self._begun else b"[\n") + b",\n".join(leads))
        self._begun = True
        self._sink.flush()

    def state(self) -> dict[str, object]:
        return {**super().state(), "begun": self._begun}

    def restore(self, state: Mapping[str, object]) -> None:
        super().restore(state)
        self._begun = bool(state["begun"])

    def close(self) -> None:
        if not self._lines:
            self._sink.write_json(b"\n]\n" if self._begun else b"[]\n")
        self._sink.flush()


def _with_columns(lead: bytes, row: Row, columns: Sequence[str], now: datetime) -> bytes:
    """Return an object with those *columns* of *lead* that were sent, in their order. *now* is aware, in UTC."""
    members = _decode_members(lead)
    parts: dict[str, msgspec.Raw] = {}
    for column, heading in zip(columns, headings(columns), strict=True):
        if column in COMPUTED_IN_FILES:
            parts[heading] = msgspec.Raw(msgspec.json.encode(computed(column, decode_row(row), now)))
        elif (sent := members.get(key_of(column))) is not None:
            parts[heading] = sent
    return msgspec.json.encode(parts)
