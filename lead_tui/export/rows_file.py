"""The rows of an export as a stream into a file, which knows how much of it there is."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path

from lead_tui.safe_files import cannot_write, write_all


class Rows:
    """The file that is being written, or one beside it: a stream that knows its length and a checksum. Raises ``OutputError``."""

    def __init__(self, path: Path, file: FileIO, length: int = 0) -> None:
        self.path = path
        self.length = length
        self.checksum = 0
        """Of what was written since it was set to 0."""
        self._file = file

    def write(self, data: bytes, /) -> int:
        """Append *data*."""
        write_all(self.path, self._file, data)
        self.length += len(data)
        self.checksum = zlib.crc32(data, self.checksum)
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered here."""

    def seek(self, offset: int, /) -> int:
        """As of ``Stream``; appending is not moved by it."""
        return self._file.seek(offset)

    def read(self, size: int, /) -> bytes:
        """As of ``Stream``."""
        return self._file.read(size)

    def cut(self, length: int) -> None:
        """Keep the first *length* bytes."""
        self._file.truncate(length)
        self.length, self.checksum = length, 0

    def settle(self) -> None:
        """Return when the disk has it."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise cannot_write(self.path, error) from None

    def close(self) -> None:
        """Close it."""
        with suppress(OSError):
            self._file.close()


class RewrittenFile:
    """A stream whose file *begin* makes when the first bytes come. Raises ``OutputError``."""

    def __init__(self, begin: Callable[[], Rows]) -> None:
        self._begin = begin

    def write(self, data: bytes, /) -> int:
        """Append *data*."""
        return self._begin().write(data)

    def flush(self) -> None:
        """Nothing is buffered here."""

    def seek(self, offset: int, /) -> int:
        """As of ``Stream``."""
        return self._begin().seek(offset)

    def read(self, size: int, /) -> bytes:
        """As of ``Stream``."""
        return self._begin().read(size)
