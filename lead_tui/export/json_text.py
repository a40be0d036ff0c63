"""Leads as JSON: one array, or a line a lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from lead_tui.export.rows import compact, picked
from lead_tui.export.sink import Sink
from lead_tui.export.writer import Writer
from lead_tui.leads.decode import Row, decode_row


class JsonWriter(Writer):
    """One array with a line for each lead, or with *lines* just the lines (JSON lines). *columns* picks fields."""

    def __init__(self, sink: Sink, columns: Sequence[str], now: datetime, *, lines: bool) -> None:
        super().__init__(sink, columns)
        self._now = now
        self._lines = lines
        self._begun = False

    def write(self, rows: Sequence[Row]) -> None:
        """Some more leads. Raises ``OutputError``."""
        leads: list[bytes] = []
        for row in rows:
            lead = picked(row, self._columns, self._now) if self._columns else compact(row)
            if lead is None:
                self.unreadable += 1
                continue
            if self.unmet:
                self._meet(decode_row(row))
            leads.append(lead)
        if not leads:
            return
        if self._lines:
            self._sink.write_json(b"\n".join(leads) + b"\n")
        else:
            self._sink.write_json((b",\n" if self._begun else b"[\n") + b",\n".join(leads))
        self._begun = True
        self._sink.flush()

    def state(self) -> dict[str, object]:
        """As of ``Writer``."""
        return {**super().state(), "begun": self._begun}

    def restore(self, state: Mapping[str, object]) -> None:
        """As of ``Writer``."""
        super().restore(state)
        self._begun = bool(state["begun"])

    def close(self) -> None:
        """Ends the array. Raises ``OutputError``."""
        if not self._lines:
            self._sink.write_json(b"\n]\n" if self._begun else b"[]\n")
        self._sink.flush()
