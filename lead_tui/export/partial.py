"""A file of leads while it is being written, which can be resumed after any interruption.

Next to ``FILE`` are, with mode 0600:

* ``FILE.partial.rows``: the rows so far, which become ``FILE``;
* ``FILE.partial``: lines of JSON, first the request (``Header``), then a ``Checkpoint`` after each page;
* ``FILE.partial.new``, only at the end: what is made from the rows (``PartialExport.rewriting``), which becomes ``FILE``.

A page's rows are written first, then its checkpoint, with the ids of the page's leads, which identify duplicates. To resume, both
files are truncated after the last checkpoint that is complete and whose rows are there.
"""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime
from io import FileIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Self

import msgspec

from lead_tui import __version__, limits
from lead_tui.leads.errors import OutputError, UsageError
from lead_tui.safe_files import ANOTHER_FILE, give_name, lock, open_own, settle_directory, write_all, writing

Json = dict[str, object]


class Header(msgspec.Struct, frozen=True):
    """The request of an export, and when it began."""

    request: Json
    now: datetime  # when it began; aware, in UTC
    today: date  # the account's day then, to which relative dates refer
    version: str = __version__  # of the program that began it: another one may have other checkpoints


class Checkpoint(msgspec.Struct, frozen=True):
    """The progress of an export after a page; by default, that at its beginning."""

    place: Json = {}  # where to continue reading (``leads.page.Part.after``)
    state: Json = {}  # the writer's (``Writer.state``)
    length: int = 0  # bytes of all rows
    ids: list[int] = []  # the numbers of the page's leads (``leads.page.Part.numbers``)


def partial_of(target: Path, what: str = "") -> Path:
    """Return the name of the partial file of *target*, or of *what* beside it: ``.rows``, ``.new``."""
    return target.with_name(f"{target.name}.partial{what}")


def check_target(target: Path) -> bool:
    """Return whether there is a file *target*. Raises ``OutputError`` for one that may never be overwritten, such as a device."""
    with writing(target):
        if target.exists() and not target.is_file():
            raise OutputError(f"{target} is not a regular file", remedy=ANOTHER_FILE)
        return os.path.lexists(target)


def exists(target: Path) -> OutputError:
    """Return the error for a *target* that already exists."""
    return OutputError(f"{target} already exists", remedy="use --force to overwrite it")


class RowsFile(msgspec.Struct):
    """A stream into *file*, which is *path*. Writing raises ``OutputError``."""

    path: Path
    file: FileIO | SpooledTemporaryFile[bytes]

    def write(self, data: bytes | memoryview, /) -> int:
        write_all(self.path, self.file, data)
        return len(data)

    def blocks(self) -> Iterator[bytes]:
        """Yield the lines, several at a time. Raises ``OSError``."""
        self.file.seek(0)
        rest = b""
        while part := self.file.read(limits.SPOOL_READ_BYTES):
            lines, end, rest = (rest + part).rpartition(b"\n")
            if end:
                yield lines + end


class PartialExport(msgspec.Struct):
    """An export into *target* in progress. Created by ``begin``; ends with ``finish``, ``discard`` or ``close``."""

    target: Path
    header: Header
    rows: RowsFile
    journal: FileIO
    checkpoint: Checkpoint = Checkpoint()  # the last one, of this run or an earlier one
    known: Sequence[int] = ()  # the numbers of the leads of earlier runs
    result: Path | None = None  # what becomes the target in place of the rows

    @classmethod
    def begin(cls, target: Path, header: Header, *, resume: bool = False) -> Self:
        """Begin an export into *target* in place of an earlier one, or *resume* that after its last complete page, if there is one.

        Raises ``OutputError``, and ``UsageError`` if the earlier run had another request.
        """
        path, rows_path = partial_of(target), partial_of(target, ".rows")
        last, known, end = Checkpoint(), array("q"), 0
        with writing(target), ExitStack() as opened:
            journal = opened.enter_context(open_own(path, creating=True))
            lock(path, journal)
            rows = opened.enter_context(open_own(rows_path, creating=True))
            # A run that was killed before it could write its request has left nothing.
            if content := journal.read() if resume else b"":
                remedy = "use --force without --resume to start again, or choose another file"
                try:
                    found, last, known, end = _read_journal(content, os.fstat(rows.fileno()).st_size)
                except (ValueError, msgspec.ValidationError):
                    raise OutputError(f"Cannot resume {path}", remedy=remedy) from None
                if (found.request, found.version) != (header.request, header.version):
                    raise UsageError(f"{path} was left by another search, or another version of lead-tui", remedy=remedy)
                header = found
            else:
                opened.callback(_remove_beside, target)
            rows.truncate(last.length)
            journal.truncate(end)
            if not content:
                write_all(path, journal, _line_of(header))
            opened.pop_all()
        return cls(target, header, RowsFile(rows_path, rows), journal, last, known)

    def keep(self, ids: Sequence[int], place: Mapping[str, object], state: Mapping[str, object]) -> None:
        """Write a checkpoint after a complete page. Raises ``OutputError``."""
        checkpoint = Checkpoint(dict(place), dict(state), os.fstat(self.rows.file.fileno()).st_size, list(ids))
        write_all(partial_of(self.target), self.journal, _line_of(checkpoint))
        self.checkpoint = checkpoint

    @contextmanager
    def rewriting(self) -> Iterator[RowsFile]:
        """Write a file that becomes the target in place of the rows; a failure leaves nothing of it. Raises ``OutputError``."""
        path = partial_of(self.target, ".new")
        with writing(path), open_own(path, creating=True) as file:
            file.truncate(0)
            try:
                yield RowsFile(path, file)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        self.result = path

    def finish(self, *, overwrite: bool) -> None:
        """Give the file its name, over an existing one only with *overwrite*, and remove the rest. Raises ``OutputError``."""
        result = self.result or self.rows.path
        with writing(self.target):
            with open(result, "rb") as file:
                os.fsync(file)
            try:
                give_name(result, self.target, overwrite=overwrite)
            except FileExistsError:
                raise exists(self.target) from None
            settle_directory(self.target.parent)
        self.discard()

    @property
    def can_resume(self) -> bool:
        """Whether another run can resume it: it has been neither finished nor discarded, nor closed."""
        return not self.journal.closed

    def discard(self) -> None:
        """Remove the files next to the target."""
        if self.can_resume:
            _remove_beside(self.target)
        self.close()

    def close(self) -> None:
        """Leave everything as it is, for another run."""
        for file in (self.rows.file, self.journal):
            with suppress(OSError):
                file.close()


def _line_of(record: Header | Checkpoint) -> bytes:
    return json.dumps(msgspec.to_builtins(record)).encode() + b"\n"


def _read_journal(content: bytes, size: int) -> tuple[Header, Checkpoint, array[int], int]:
    """Return the header, the last checkpoint whose rows are in a file of *size* bytes, the ids up to it, and where it ends."""
    first, *lines = content.split(b"\n")
    header = msgspec.convert(json.loads(first), Header)
    last, known, end = Checkpoint(), array("q"), len(first) + 1
    # After the last line break there is nothing, or a line that was cut.
    for line in lines[:-1]:
        found = msgspec.convert(json.loads(line), Checkpoint)
        if found.length > size:
            break
        last, end = found, end + len(line) + 1
        known.extend(found.ids)
    return header, last, known, end


def _remove_beside(target: Path) -> None:
    # The journal last: without it, nothing shows to whom the other files belong.
    for what in (".rows", ".new", ""):
        with suppress(OSError):
            partial_of(target, what).unlink(missing_ok=True)
