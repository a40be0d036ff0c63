"""What an export puts down beside its rows: what was asked for, and behind each page an entry that says what is whole by then.

A file begins with its head, JSON behind the count of its bytes. An entry holds the length and the checksum of the rows by then,
where to go on, and the numbers of the page's leads. Whoever goes on takes the entries up to the first that is not whole.
"""

from __future__ import annotations

import json
import os
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from struct import Struct
from typing import Final

from lead_tui.export.rows_file import Rows
from lead_tui.safe_files import cannot_write, write_all

_FIRST_LINE: Final = b"lead-tui export 1\n"
_ENTRY: Final = Struct("<4sIIIQI")
"""A mark, the bytes of JSON and the count of numbers that follow, their checksum, the rows' length by then, and the checksum of the
rows since the entry before."""
_MARK: Final = b"PART"
_MAX_JSON: Final = 1 << 24
"""Bytes of what is asked for, and of an entry: more is no file of ours."""
_READ_AT_ONCE: Final = 1 << 20

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the last whole entry says."""

    after: Json
    """Where to go on (``leads.page.Part.after``)."""
    state: Json
    """The writer's (``Writer.state``)."""


class Entries:
    """The open *file*, which is *path*."""

    def __init__(self, path: Path, file: FileIO) -> None:
        self._path = path
        self._file = file

    def begin(self, head: Json) -> None:
        """Write the head. Raises ``OutputError``."""
        data = json.dumps(head).encode()
        write_all(self._path, self._file, b"%s%d\n%s\n" % (_FIRST_LINE, len(data), data))

    def head(self) -> Json:
        """What ``begin`` was given; empty where the file is none of these. The entries are read behind it. Raises ``OSError``."""
        try:
            head = json.loads(self._skip_head())
        except (ValueError, RecursionError):
            return {}
        return head if isinstance(head, dict) else {}

    def add(self, numbers: Sequence[int], after: Mapping[str, object], state: Mapping[str, object], rows: Rows) -> None:
        """Put down that *rows* are whole by now. Raises ``OutputError``."""
        data = json.dumps([after, state]).encode()
        known = array("q", numbers).tobytes()
        checksum = zlib.crc32(known, zlib.crc32(data))
        entry = _ENTRY.pack(_MARK, len(data), len(numbers), checksum, rows.length, rows.checksum)
        write_all(self._path, self._file, entry + data + known)
        rows.checksum = 0

    def numbers(self) -> Iterator[int]:
        """The numbers of the leads of all entries, which are whole. Raises ``OutputError``."""
        file = self._file
        try:
            end = file.seek(0, os.SEEK_END)
            file.seek(0)
            self._skip_head()
            while file.tell() < end:
                _, length, count, *_ = _ENTRY.unpack(file.read(_ENTRY.size))
                file.seek(length, os.SEEK_CUR)
                yield from array("q", file.read(8 * count))
        except OSError as error:
            raise cannot_write(self._path, error) from None

    def cut(self, rows: Rows) -> Checkpoint | None:
        """What the last whole entry says; this and *rows* end behind it from then on. To be called behind ``head``.

        Raises ``OSError``.
        """
        file = self._file
        end, length, left = file.tell(), 0, None
        rows.seek(0)
        while (entry := self._entry(rows, length)) is not None:
            length, left = entry
            end = file.tell()
        file.truncate(end)
        file.seek(0, os.SEEK_END)
        rows.cut(length)
        return left

    def close(self) -> None:
        """Close it, and give back its lock."""
        with suppress(OSError):
            self._file.close()

    def _skip_head(self) -> bytes:
        """What stands in the head. Raises ``ValueError`` where there is none."""
        file = self._file
        first = file.read(len(_FIRST_LINE))
        digits = b""
        while len(digits) < 9 and (each := file.read(1)).isdigit():
            digits += each
        length = int(digits or 0)
        if first != _FIRST_LINE or not 0 < length < _MAX_JSON:
            raise ValueError("no head")
        head = file.read(length)
        file.read(1)
        return head

    def _entry(self, rows: Rows, before: int) -> tuple[int, Checkpoint] | None:
        """The rows' length by the next entry and what it says; None where there is no whole one. *rows* are read on to there."""
        file = self._file
        head = file.read(_ENTRY.size)
        if len(head) < _ENTRY.size:
            return None
        mark, size, count, checksum, length, rows_checksum = _ENTRY.unpack(head)
        if mark != _MARK or size > _MAX_JSON or count > _MAX_JSON or length < before:
            return None
        data, numbers = file.read(size), file.read(8 * count)
        if len(numbers) < 8 * count or zlib.crc32(numbers, zlib.crc32(data)) != checksum:
            return None
        found = 0
        while before < length:
            part = rows.read(min(_READ_AT_ONCE, length - before))
            if not part:
                return None
            before += len(part)
            found = zlib.crc32(part, found)
        if found != rows_checksum:
            return None
        after, state = json.loads(data)
        return length, Checkpoint(after, state)
