"""The base of formats that are no stream: the leads are spooled, which can be resumed, and the file is made of them at the end."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime

from lead_tui.export.partial import PartialExport
from lead_tui.export.sink import Sink, read_parts
from lead_tui.export.writer import ValuesWriter
from lead_tui.leads.errors import OutputError
from lead_tui.safe_files import cannot_write


class AssembledWriter(ValuesWriter):
    """Spools the values of the chosen columns, or of every observed field, in the rows of *file*; ``close`` makes the result.

    *now* is the export's time too.
    """

    finalizes_slowly = True

    def __init__(self, file: PartialExport, columns: Sequence[str], now: datetime, missing: object) -> None:
        super().__init__(Sink(file.rows), columns, now, missing)
        self._file = file
        self._stopped = threading.Event()
        self._idle = threading.Event()
        self._idle.set()

    @abstractmethod
    def _assemble(self) -> None:
        """Write the result into ``rewritten`` of the file. Raises ``OutputError``."""

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

    def check(self) -> None:
        """Raise ``OutputError`` if it is to stop."""
        if self._stopped.is_set():
            raise OutputError(f"{self._file.target.name} was not completed", remedy="the leads so far are kept")

    def _spooled(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of the spool from *start* to *stop*. Raises ``OSError``, and ``OutputError`` if it is to stop."""
        for part in read_parts(self._file.rows, start, stop):
            self.check()
            yield part
