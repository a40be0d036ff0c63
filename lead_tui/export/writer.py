"""What every format is: leads in, text out, and what has to be told about it afterwards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import ClassVar, Self

from lead_tui.export.sink import Sink
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.fields import COMPUTED, is_custom, key_of
from lead_tui.leads.lead import Lead


class Writer(ABC):
    """Leads to one format: a context in which they are written, ``close`` being the last of it.

    Nothing is written before the first ``write`` or ``close``; everything is after ``close``.
    """

    closes_slowly: ClassVar[bool] = False
    """Whether ``close`` is much of the work; then ``stop`` ends it."""

    needs_sample: ClassVar[bool] = False
    """Whether the first leads that are written settle the layout of all."""

    def __init__(self, sink: Sink, columns: Sequence[str] = ()) -> None:
        """*columns* are keys of leads, ``name`` and ``local_time``; none means what the format has by itself."""
        self._sink = sink
        self._columns = columns
        self.unreadable = 0
        """Rows left out, since what the server sent for them is no JSON object."""
        self.hidden: Sequence[str] = ()
        """Columns left out for want of width."""
        self.unmet = [column for column in columns if is_custom(column) and column not in COMPUTED]
        """Custom columns that no lead has brought so far: a mistyped name looks just like an attribute that nobody has."""
        self.notes: list[str] = []
        """What of the format has to be told when it is closed, each a sentence without a full stop."""

    @abstractmethod
    def write(self, rows: Sequence[Row]) -> None:
        """Some more leads. Raises ``OutputError``."""

    @abstractmethod
    def close(self) -> None:
        """Writes what was held back; the sink's stream stays open. Raises ``OutputError``."""

    def stop(self, *, wait: bool = False) -> None:
        """Have ``close`` end soon, with ``OutputError``, where it is slow; from another thread. *wait* until it has."""
        return

    def state(self) -> dict[str, object]:
        """What ``restore`` needs so that another writer can go on behind what this one has written; JSON can hold it."""
        return {"unreadable": self.unreadable, "unmet": list(self.unmet)}

    def restore(self, state: Mapping[str, object]) -> None:
        """Go on where a writer of the same format and columns had that ``state``. Raises ``ValueError`` and the like for none."""
        unreadable, unmet = state["unreadable"], state["unmet"]
        if not (isinstance(unreadable, int) and isinstance(unmet, list)):
            raise ValueError("no state")
        self.unreadable, self.unmet = unreadable, [str(column) for column in unmet]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Lets go of what is held back, written or not."""
        return

    def _decoded(self, rows: Sequence[Row]) -> Iterator[Lead]:
        """The leads in *rows* that can be read."""
        for row in rows:
            lead = decode_row(row)
            if lead.problem:
                self.unreadable += 1
                continue
            self._meet(lead)
            yield lead

    def _meet(self, lead: Lead) -> None:
        if self.unmet:
            self.unmet = [column for column in self.unmet if key_of(column) not in lead.sent]
