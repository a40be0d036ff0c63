"""Text files of leads: a file is read in blocks that end with a record, at any position where one begins.

A subclass divides the bytes of a block into records. Nothing is kept of what was read.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from lead_tui import limits
from lead_tui.files.reader import Problems
from lead_tui.leads.columns import reader
from lead_tui.leads.decode import Row

BOM: Final = b"\xef\xbb\xbf"


class Block(NamedTuple):
    """Whole records, blank ones included, and the bytes that they are."""

    position: int
    data: bytes
    records: Sequence[bytes]


class TextFile(ABC):
    """A file with a record for each lead. The file may not change while it is open."""

    keys: Sequence[str]
    """The names of its fields, as far as they are known at the start."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.problems = Problems()
        self._path = path
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size
        self._start = len(BOM) if os.pread(descriptor, len(BOM), 0) == BOM else 0

    def not_blank(self, records: Sequence[bytes]) -> list[bytes]:
        """Return those of *records* that hold something."""
        return [record for record in records if record and not record.isspace()]

    @abstractmethod
    def divide(self, data: bytes) -> tuple[Sequence[bytes], int]:
        """Return the records of *data*, without their line ends, and how many bytes they are; 0 where more bytes are needed."""

    @abstractmethod
    def row(self, record: bytes) -> Row:
        """Return *record*, which is not blank, as a row of JSON."""

    @abstractmethod
    def picker(self, keys: Sequence[str]) -> Callable[[bytes], Sequence[object]]:
        """Return what reads the values of *keys* of a record, None for what it does not have; () for what is no lead."""

    @abstractmethod
    def check(self, block: Block, line: int) -> None:
        """Note the problems of *block*, which begins on *line* of the file."""

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the position and the number of rows of each block, and note the problems."""
        line = self._first_line()
        for block in self._blocks(self._start):
            yield block.position, len(self.not_blank(block.records))
            self.check(block, line)
            line += block.data.count(b"\n")

    def _first_line(self) -> int:
        return 1 + os.pread(self._descriptor, self._start, 0).count(b"\n")

    def records(self, position: int | None) -> Iterator[bytes]:
        """Yield the records from *position* on, None for the first one."""
        for block in self._blocks(self._start if position is None else position):
            yield from self.not_blank(block.records)

    def values(self, keys: Sequence[str], needed: bytes) -> Iterator[Sequence[object]]:
        pick = self.picker(keys)
        return (pick(record) if needed in record else () for record in self.records(None))

    def close(self) -> None:
        os.close(self._descriptor)

    def _blocks(self, position: int) -> Iterator[Block]:
        size = limits.FILE_BLOCK_BYTES
        while position < self._size:
            data = os.pread(self._descriptor, min(size, self._size - position), position)
            if not data:
                return
            is_last = position + len(data) >= self._size
            records, used = self.divide(data if not is_last or data.endswith(b"\n") else data + b"\n")
            if not used and not is_last and size < limits.MAX_RECORD_BYTES:
                size *= 2
                continue
            if not used:
                # A record without an end: its first line is one, and the next line begins another.
                line, end, _ = data.partition(b"\n")
                records, used = [line], len(line + end)
            yield Block(position, data[:used], records)
            position += used
            size = limits.FILE_BLOCK_BYTES


_BRACKETS: Final = (b"[", b"]", b"[\r", b"]\r")


class _Object(msgspec.Struct, gc=False):
    """Any JSON object."""


_objects = msgspec.json.Decoder(_Object)
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class JsonLines(TextFile):
    """A lead on each line, as JSON; also an array with a lead on each line, as this program writes it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        super().__init__(path, descriptor)
        try:
            self.keys = list(_members(self.row(next(self.records(None), b"{}"))))
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.keys = []

    def divide(self, data: bytes) -> tuple[Sequence[bytes], int]:
        end = data.rfind(b"\n") + 1
        lines = data[: end - 1].split(b"\n") if end else []
        return [b"" if line in _BRACKETS else line for line in lines], end

    def row(self, record: bytes) -> Row:
        return Row(record.rstrip(b", \t\r"))

    def picker(self, keys: Sequence[str]) -> Callable[[bytes], Sequence[object]]:
        read = reader(keys)
        return lambda record: read(self.row(record))

    def check(self, block: Block, line: int) -> None:
        try:
            if len(_objects.decode_lines(block.data)) == len(self.not_blank(block.records)):
                return
        except msgspec.DecodeError:
            pass
        for number, record in enumerate(block.records, line):
            try:
                if record.strip():
                    _objects.decode(self.row(record))
            except msgspec.ValidationError:
                self.problems.add(number, "cannot be read: it is not a JSON object")
            except msgspec.DecodeError as error:
                self.problems.add(number, f"cannot be read: {error}")
