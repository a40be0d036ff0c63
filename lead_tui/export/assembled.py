"""The base of formats that are no stream: the leads are spooled, which can be resumed, and the file is made of them at the end."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from lead_tui.export.observed import FieldPicker
from lead_tui.export.partial import PartialExport
from lead_tui.export.sink import Sink, read_parts
from lead_tui.export.writer import Writer
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import OutputError
from lead_tui.safe_files import cannot_write


class AssembledWriter(Writer):
    """Spools the values of the chosen columns, or of every observed field, in the rows of *file*; ``close`` makes the result.

    *now* is aware, in UTC: the time for local times, and the export's. *missing* stands for what was not sent.
    """

    finalizes_slowly: ClassVar[bool] = True

    def __init__(self, file: PartialExport, columns: Sequence[str], now: datetime, missing: object) -> None:
        super().__init__(Sink(file.rows), columns)
        self._file = file
        self._now = now
        self._fields = FieldPicker(columns, now, missing)
        self._stopped = threading.Event()
        self._idle = threading.Event()
        self._idle.set()

    @abstractmethod
    def _spool(self, rows: Sequence[Sequence[object]]) -> None:
        """Write the values of leads, those of ``_fields.columns``, to the sink."""

    @abstractmethod
    def _assemble(self) -> None:
        """Write the result into ``rewritten`` of the file. Raises ``OutputError``."""

    def write(self, rows: Sequence[Row]) -> None:
        for values in self._picked(self._fields, rows):
            self._spool(values)

    def close(self) -> None:
        self._idle.clear()
        try:
            self.check()
            self._assemble()
        except BaseException as error:
            self._file.drop_rewritten()
            if isinstance(error, OSError):
                raise cannot_write(self._file.rewritten.path, error) from None
            raise
        finally:
            self._idle.set()

    def stop(self, *, wait: bool = False) -> None:
        self._stopped.set()
        if wait:
            self._idle.wait()

    def state(self) -> dict[str, object]:
        return {**super().state(), "observed": self._fields.state()}

    def restore(self, state: Mapping[str, object]) -> None:
        super().restore(state)
        self._fields.restore(state["observed"])

    def check(self) -> None:
        """Raise ``OutputError`` if it is to stop."""
        if self._stopped.is_set():
            raise OutputError(f"{self._file.target.name} was not completed", remedy="the leads so far are kept")

    def _spooled(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of the spool from *start* to *stop*. Raises ``OSError``, and ``OutputError`` if it is to stop."""
        for part in read_parts(self._file.rows, start, stop):
            self.check()
            yield part
