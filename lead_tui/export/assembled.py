"""The base of formats that are no stream: the leads are spooled, which can be resumed, and the file is made of them at the end."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from lead_tui.export.partial import PartialExport
from lead_tui.export.sink import Sink
from lead_tui.export.writer import Writer
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import OutputError

ROWS_BETWEEN_CHECKS: Final = 500
"""Rows after which it is checked whether to stop."""


class AssembledWriter(Writer):
    """Writes leads through *spool*, a writer into the rows of *file*; ``close`` makes the result of them."""

    finalizes_slowly: ClassVar[bool] = True

    def __init__(self, file: PartialExport, spool: Writer, columns: Sequence[str]) -> None:
        super().__init__(Sink(file.rows), columns)
        self._file = file
        self._spool = spool
        self._stopped = threading.Event()
        self._idle = threading.Event()
        self._idle.set()

    @abstractmethod
    def _assemble(self) -> None:
        """Write the result into ``rewritten`` of the file; nothing stays there after a failure. Raises ``OutputError``."""

    def write(self, rows: Sequence[Row]) -> None:
        self._spool.write(rows)
        self._copy_counts()

    def close(self) -> None:
        self._idle.clear()
        try:
            self.check()
            self._assemble()
        finally:
            self._idle.set()

    def stop(self, *, wait: bool = False) -> None:
        self._stopped.set()
        if wait:
            self._idle.wait()

    def state(self) -> dict[str, object]:
        return self._spool.state()

    def restore(self, state: Mapping[str, object]) -> None:
        self._spool.restore(state)
        self._copy_counts()

    def check(self) -> None:
        """Raise ``OutputError`` if it is to stop."""
        if self._stopped.is_set():
            raise OutputError(f"{self._file.target.name} was not completed", remedy="the leads so far are kept")

    def _copy_counts(self) -> None:
        self.unreadable, self.missing_columns = self._spool.unreadable, self._spool.missing_columns
