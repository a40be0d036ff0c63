"""Lines of CSV that were written a moment ago, read again without all of them being in memory."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from typing import Final

from lead_tui.export.sink import Stream

READ_AT_ONCE: Final = 256 * 1024
"""Bytes that are read at a time."""


def parts_of(spool: Stream, start: int, stop: int) -> Iterator[bytes]:
    """The bytes of *spool* from *start* up to *stop*. Raises ``OSError``."""
    while start < stop:
        # The place each time: whoever is handed a part may write to the same file.
        spool.seek(start)
        part = spool.read(min(READ_AT_ONCE, stop - start))
        if not part:
            raise OSError(0, "it is shorter than it was")
        start += len(part)
        yield part


def rows_of(spool: Stream, start: int, stop: int) -> Iterator[list[str]]:
    """The rows of cells in those bytes; one of a lead without a single cell is empty. Raises ``OSError``."""
    # A value may be longer than what csv takes for a mistake.
    csv.field_size_limit(sys.maxsize)
    return csv.reader(_lines(spool, start, stop))


def _lines(spool: Stream, start: int, stop: int) -> Iterator[str]:
    rest = b""
    for part in parts_of(spool, start, stop):
        whole = (rest + part).split(b"\n")
        rest = whole.pop()
        for line in whole:
            yield line.decode() + "\n"
