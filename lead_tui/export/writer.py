"""The base of the export formats: leads in, bytes out, and what to report afterwards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, ClassVar, Final, Self

import msgspec

from lead_tui.export.observed import FieldPicker
from lead_tui.export.rows import COMPUTED_IN_FILES
from lead_tui.export.sink import Sink
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.fields import is_custom, key_of

ROWS_AT_ONCE: Final = 250
"""Rows that are decoded and written at a time: what a processor's cache holds takes two thirds of the time of whole pages."""


class Writer(ABC):
    """Writes leads in one format: a context, in which ``close`` comes last.

    Nothing is written before the first ``write`` or ``close``; everything is after ``close``.
    """

    STATE: ClassVar[dict[str, Any]] = {"unreadable": int, "missing_columns": list[str]}
    """The attributes that a checkpoint contains, and their types."""

    finalizes_slowly: ClassVar[bool] = False
    """Whether ``close`` is much of the work; then ``stop`` ends it."""

    needs_sample: ClassVar[bool] = False
    """Whether the first leads that are written determine the layout."""

    done: ClassVar[str] = "written"
    """What it does with leads, as a participle."""

    def __init__(self, sink: Sink, columns: Sequence[str] = ()) -> None:
        """*columns* are keys of leads, ``name`` and ``local_time``; none for the format's own."""
        self._sink = sink
        self._columns = columns
        self.unreadable = 0
        """Rows left out because what the server sent for them is not a JSON object."""
        self.missing_columns = [column for column in columns if is_custom(column) and column not in COMPUTED_IN_FILES]
        """Custom columns that no lead has had so far: a mistyped name looks just like an attribute without values."""
        self.defused = 0
        """Values with an apostrophe in front (``csv_cells.defuse``)."""
        self.notes: list[str] = []
        """What to report about the format after ``close``, each a sentence without a full stop."""

    @property
    def hidden(self) -> Sequence[str]:
        """Columns left out because they do not fit."""
        return ()

    @abstractmethod
    def write(self, rows: Sequence[Row]) -> None:
        """Write more leads. Raises ``OutputError``."""

    @abstractmethod
    def close(self) -> None:
        """Write the remainder; the sink's stream stays open. Raises ``OutputError``."""

    def stop(self, *, wait: bool = False) -> None:
        """Make a slow ``close`` end soon, with ``OutputError``; called from another thread. *wait* until it has."""
        return

    def state(self) -> dict[str, object]:
        """Return what ``restore`` needs so that another writer can continue after what was written; JSON can hold it."""
        return {name: msgspec.to_builtins(getattr(self, name)) for name in self.STATE}

    def restore(self, state: Mapping[str, object]) -> None:
        """Continue where a writer of the same format and columns had *state*. Raises ``KeyError`` or ``ValueError`` if invalid."""
        for name, kind in self.STATE.items():
            setattr(self, name, msgspec.convert(state[name], kind))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        return

    def _note_columns(self, sent: Container[str]) -> None:
        if self.missing_columns:
            self.missing_columns = [column for column in self.missing_columns if key_of(column) not in sent]


class ValuesWriter(Writer):
    """The base of formats with a value for each of the chosen columns, or of every observed field.

    *now* is aware, in UTC: the time for local times. *missing* stands for what was not sent.
    """

    STATE = Writer.STATE | {"observed": list[str]}

    def __init__(self, sink: Sink, columns: Sequence[str], now: datetime, missing: object = "") -> None:
        super().__init__(sink, columns)
        self._now = now
        self._fields = FieldPicker(columns, now, missing)

    @property
    def observed(self) -> list[str]:
        return self._fields.observed

    @observed.setter
    def observed(self, keys: Sequence[str]) -> None:
        self._fields.observe(keys)

    @abstractmethod
    def _write_values(self, leads: Sequence[Sequence[object]]) -> None:
        """Write the values of *leads*, those of ``_fields.columns``."""

    def write(self, rows: Sequence[Row]) -> None:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            values = self._fields.pick(some)
            self.unreadable += len(some) - len(values)
            for row in some if self.missing_columns else ():
                self._note_columns(decode_row(row).sent)
            if values:
                self._write_values(values)
