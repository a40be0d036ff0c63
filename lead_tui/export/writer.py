"""The base of the export formats: leads in, bytes out, and what to report afterwards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Iterator, Mapping, Sequence
from types import TracebackType
from typing import ClassVar, Final, Self

from lead_tui.export.observed import FieldPicker
from lead_tui.export.rows import COMPUTED_IN_FILES
from lead_tui.export.sink import Sink
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.fields import is_custom, key_of
from lead_tui.leads.lead import Lead

ROWS_AT_ONCE: Final = 250
"""Rows that are decoded and written at a time: what a processor's cache holds takes two thirds of the time of whole pages."""


class Writer(ABC):
    """Writes leads in one format: a context, in which ``close`` comes last.

    Nothing is written before the first ``write`` or ``close``; everything is after ``close``.
    """

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
        self.hidden: Sequence[str] = ()
        """Columns left out because they do not fit."""
        self.missing_columns = [column for column in columns if is_custom(column) and column not in COMPUTED_IN_FILES]
        """Custom columns that no lead has had so far: a mistyped name looks just like an attribute without values."""
        self.defused = 0
        """Values with an apostrophe in front (``csv_cells.defuse``)."""
        self.notes: list[str] = []
        """What to report about the format after ``close``, each a sentence without a full stop."""

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
        return {"unreadable": self.unreadable, "missing_columns": list(self.missing_columns)}

    def restore(self, state: Mapping[str, object]) -> None:
        """Continue where a writer of the same format and columns had *state*.

        Raises ``KeyError``, ``TypeError`` or ``ValueError`` for an invalid one.
        """
        unreadable, missing = state["unreadable"], state["missing_columns"]
        if not (isinstance(unreadable, int) and isinstance(missing, list)):
            raise ValueError("invalid state")
        self.unreadable, self.missing_columns = unreadable, [str(column) for column in missing]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        return

    def _decoded(self, rows: Sequence[Row]) -> Iterator[Lead]:
        """Yield the leads in *rows* that can be read."""
        for row in rows:
            lead = decode_row(row)
            if lead.problem:
                self.unreadable += 1
                continue
            self._note_columns(lead.sent)
            yield lead

    def _picked(self, fields: FieldPicker, rows: Sequence[Row]) -> Iterator[list[Sequence[object]]]:
        """Yield the values of the leads in *rows* that can be read, some leads at a time."""
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            values = fields.pick(some)
            self.unreadable += len(some) - len(values)
            for row in some if self.missing_columns else ():
                self._note_columns(decode_row(row).sent)
            if values:
                yield values

    def _note_columns(self, sent: Container[str]) -> None:
        if self.missing_columns:
            self.missing_columns = [column for column in self.missing_columns if key_of(column) not in sent]
