"""A file of leads while it is being written, which can be resumed after any interruption, a power cut included.

Next to ``FILE`` are, with mode 0600:

* ``FILE.partial.rows``: the rows so far, which become ``FILE``;
* ``FILE.partial``: lines of JSON, first the request (``Header``), then a ``Checkpoint`` after each page, at the end ``_published``;
* ``FILE.partial.new``, only at the end: what is made from the rows (``PartialExport.rewriting``), which becomes ``FILE``.

A page's rows are written first, then its checkpoint. To resume, both files are truncated after the last checkpoint that is
complete and whose rows are there. Checkpoints are appended, since they contain the ids of a page's leads, which identify
duplicates, and since an earlier one is needed if a power cut loses rows.
"""

from __future__ import annotations

import json
import os
import stat
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime
from io import FileIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, Self

import msgspec

from lead_tui import limits
from lead_tui.leads.errors import OutputError, UsageError
from lead_tui.safe_files import (
    ANOTHER_FILE,
    being_written,
    create,
    give_name,
    lock,
    open_own,
    remove_own,
    settle_directory,
    write_all,
    writing,
)

Json = dict[str, object]

_HEADER_START: Final = b'{"request":'
_REFUSED: Final = (ValueError, RecursionError, msgspec.ValidationError)


class Header(msgspec.Struct, frozen=True):
    """The request of an export, and when it began."""

    request: Json
    now: datetime  # when it began; aware, in UTC
    today: date  # the account's day then, to which relative dates refer
    overwrite: bool = False  # whether an existing file may be overwritten at the end
    overwrite_missing: bool = False  # the same for the file of values without a lead, which is written along with the leads


class Checkpoint(msgspec.Struct, frozen=True):
    """The progress of an export after a page."""

    place: Json  # where to continue reading (``leads.page.Part.after``)
    state: Json  # the writer's (``Writer.state``)
    length: int  # bytes of all rows
    checksum: int  # CRC-32 of the rows since the previous checkpoint
    ids: list[int]  # the numbers of the page's leads (``leads.page.Part.numbers``)


def partial_of(target: Path, what: str = "") -> Path:
    """Return the name of the partial file of *target*, or of *what* beside it: ``.rows``, ``.new``."""
    return target.with_name(f"{target.name}.partial{what}")


def _journal_of(target: Path) -> FileIO | None:
    """Open and lock the journal of an earlier export into *target*; None without one. Raises ``OSError``, ``OutputError``."""
    path = partial_of(target)
    with ExitStack() as opened:
        if (journal := open_own(path)) is not None:
            opened.enter_context(journal)
            lock(path, journal)
            # Otherwise the export that held the lock has just finished.
            if _is_at(path, journal):
                opened.pop_all()
                return journal
    return None


def _is_at(path: Path, file: FileIO) -> bool:
    return os.path.lexists(path) and os.stat(path).st_ino == os.fstat(file.fileno()).st_ino


def remove_remainder(target: Path) -> None:
    """Remove the files next to *target* if its export was killed after *target* had its name, or before the header was written.

    Raises ``OutputError``, also if an export into *target* is in progress.
    """
    with writing(partial_of(target)), suppress(FileNotFoundError):
        if (journal := _journal_of(target)) is not None:
            with journal:
                content = journal.read()
                if b"\n" not in content and _HEADER_START.startswith(content[: len(_HEADER_START)]):
                    partial_of(target).unlink()
                elif content.endswith(_published(target)):
                    _remove_beside(target)


def _remove_beside(target: Path) -> None:
    # The journal last: without it, nothing shows to whom the other files belong.
    for what in (".rows", ".new", ""):
        with suppress(OSError):
            partial_of(target, what).unlink(missing_ok=True)


def _published(path: Path) -> bytes:
    """Return the journal's last line, by which a later run recognizes the file *path*, which becomes the target."""
    return json.dumps({"published": os.stat(path).st_ino}).encode() + b"\n"


def check_target(target: Path) -> bool:
    """Return whether there is a file *target*, which may be overwritten if the user agrees.

    Raises ``OutputError`` for one that may never be: it is not a regular file, or another user's.
    """
    with writing(target):
        try:
            own = os.lstat(target)
            regular = stat.S_ISREG(os.stat(target).st_mode)
        except FileNotFoundError:
            return os.path.lexists(target)
    if not regular:
        raise OutputError(f"{target} is not a regular file", remedy=ANOTHER_FILE)
    if own.st_uid != os.geteuid():
        raise OutputError(f"{target} belongs to another user", remedy=ANOTHER_FILE)
    return True


class RowsFile:
    """A stream into *file*, which is *path* and has *length* bytes. Writing raises ``OutputError``."""

    def __init__(self, path: Path, file: FileIO | SpooledTemporaryFile[bytes], length: int = 0) -> None:
        self.path = path
        self.file = file
        self.length = length
        self.checksum = 0  # CRC-32 of what was written since the last checkpoint

    def write(self, data: bytes | memoryview, /) -> int:
        write_all(self.path, self.file, data)
        self.length += len(data)
        self.checksum = zlib.crc32(data, self.checksum)
        return len(data)

    def blocks(self) -> Iterator[bytes]:
        """Yield the lines, several at a time. Raises ``OSError``."""
        rest = b""
        for part in _read(self.file, 0, self.length):
            lines, end, rest = (rest + part).rpartition(b"\n")
            if end:
                yield lines + end


def _read(file: FileIO | SpooledTemporaryFile[bytes], start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes of *file* from *start* to *stop*, some at a time. Raises ``OSError``, also if there are fewer."""
    file.seek(start)
    while start < stop:
        part = file.read(min(limits.SPOOL_READ_BYTES, stop - start))
        if not part:
            raise OSError(0, "it is shorter than it was")
        start += len(part)
        yield part


class PartialExport:
    """An export into *target* in progress. Created by ``create`` or ``resume``; ends with ``finish``, ``discard`` or ``close``.

    *checkpoint* is the last one, of this run or an earlier one, None if no page has been completed; *known* are the numbers of the
    leads of earlier runs.
    """

    def __init__(
        self,
        target: Path,
        header: Header,
        journal: FileIO,
        rows: FileIO,
        checkpoint: Checkpoint | None = None,
        known: Sequence[int] = (),
    ) -> None:
        self.target = target
        self.header = header
        self.overwrite = header.overwrite
        self.rows = RowsFile(partial_of(target, ".rows"), rows, checkpoint.length if checkpoint else 0)
        self.checkpoint = checkpoint
        self.known = known
        self._journal = journal
        self._result = self.rows.path  # what becomes the target

    @property
    def place(self) -> Json:
        """Where to continue reading; empty at the beginning."""
        return self.checkpoint.place if self.checkpoint is not None else {}

    @classmethod
    def create(cls, target: Path, header: Header) -> Self:
        """Begin an export into *target*; an earlier partial file is discarded. Raises ``OutputError``."""
        path, rows_path = partial_of(target), partial_of(target, ".rows")
        with writing(target), ExitStack() as undo:
            if (old := _journal_of(target)) is not None:
                with old:
                    for each in (rows_path, partial_of(target, ".new"), path):
                        remove_own(each)
            try:
                journal = undo.enter_context(create(path))
            except FileExistsError:
                raise being_written(path) from None
            lock(path, journal)
            if not _is_at(path, journal):
                # Before it was locked, another export took it for that of a killed one.
                raise being_written(path)
            undo.callback(path.unlink)
            write_all(path, journal, _line_of(header))
            remove_own(rows_path)
            rows = undo.enter_context(create(rows_path))
            undo.pop_all()
        return cls(target, header, journal, rows)

    @classmethod
    def resume(cls, target: Path, request: Json) -> Self | None:
        """Open an earlier run's partial file of *target*, truncated after its last complete page; None without one.

        Raises ``UsageError`` if that run had another *request*, ``OutputError`` if the partial file cannot be used.
        """
        path = partial_of(target)
        with writing(path), ExitStack() as opened:
            journal = _journal_of(target)
            if journal is None:
                return None
            opened.enter_context(journal)
            with open(journal.fileno(), "rb", closefd=False) as reader:
                try:
                    header = msgspec.convert(json.loads(reader.readline()), Header)
                except _REFUSED:
                    raise unusable(target) from None
                if header.request != json.loads(json.dumps(request)):
                    raise UsageError(
                        f"{path} was left by another search",
                        remedy="use --force without --resume to start again; or choose another file",
                    )
                rows_path = partial_of(target, ".rows")
                rows = opened.enter_context(open_own(rows_path) or create(rows_path))
                checkpoint, known, end = _read_checkpoints(reader, rows)
            journal.truncate(end)
            rows.truncate(checkpoint.length if checkpoint else 0)
            opened.pop_all()
        return cls(target, header, journal, rows, checkpoint, known)

    def keep(self, ids: Sequence[int], place: Mapping[str, object], state: Mapping[str, object]) -> None:
        """Write a checkpoint after a complete page. Raises ``OutputError``."""
        checkpoint = Checkpoint(dict(place), dict(state), self.rows.length, self.rows.checksum, list(ids))
        write_all(partial_of(self.target), self._journal, _line_of(checkpoint))
        self.checkpoint = checkpoint
        self.rows.checksum = 0

    @contextmanager
    def rewriting(self) -> Iterator[RowsFile]:
        """Write a file that becomes the target in place of the rows; a failure leaves nothing of it. Raises ``OutputError``."""
        path = partial_of(self.target, ".new")
        with writing(path):
            remove_own(path)
            with create(path, appending=False) as file:
                try:
                    yield RowsFile(path, file)
                except BaseException:
                    path.unlink(missing_ok=True)
                    raise
        self._result = path

    def finish(self) -> None:
        """Give the file its name, over an existing one only with ``overwrite``, and remove the rest. Raises ``OutputError``."""
        with writing(self._result):
            last = _published(self._result)
        write_all(partial_of(self.target), self._journal, last)
        publish(self._result, self.target, overwrite=self.overwrite)
        self.discard()

    def discard(self) -> None:
        """Remove the files next to the target."""
        _remove_beside(self.target)
        self.close()

    def close(self) -> None:
        """Leave everything as it is, for another run."""
        for file in (self.rows.file, self._journal):
            with suppress(OSError):
                file.close()


def _line_of(record: Header | Checkpoint) -> bytes:
    return json.dumps(msgspec.to_builtins(record)).encode() + b"\n"


def _read_checkpoints(journal: BinaryIO, rows: FileIO) -> tuple[Checkpoint | None, array[int], int]:
    """Return the last complete checkpoint, the ids up to it, and where it ends in *journal*, which is read after its header."""
    last: Checkpoint | None = None
    ids, end, done = array("q"), journal.tell(), 0
    size = os.fstat(rows.fileno()).st_size
    for line in journal:
        try:
            found = msgspec.convert(json.loads(line), Checkpoint)
        except _REFUSED:
            break
        checksum = 0
        for part in _read(rows, done, min(found.length, size)):
            checksum = zlib.crc32(part, checksum)
        if not line.endswith(b"\n") or checksum != found.checksum:
            break
        last, end, done = found, end + len(line), found.length
        ids.extend(found.ids)
    return last, ids, end


def publish(path: Path, target: Path, *, overwrite: bool) -> None:
    """Write *path* to the disk, then rename it to *target*, over an existing file only with *overwrite*. Raises ``OutputError``."""
    with writing(path), open(path, "rb") as file:
        os.fsync(file)
    if check_target(target) and not overwrite:
        raise exists(target)
    with writing(target):
        try:
            give_name(path, target, overwrite=overwrite)
        except FileExistsError:
            raise exists(target) from None
        settle_directory(target.parent)


def unusable(target: Path) -> OutputError:
    """Return the error for a partial file of *target* that cannot be used."""
    return OutputError(f"Cannot resume {partial_of(target)}", remedy="use --force without --resume to start again")


def exists(target: Path) -> OutputError:
    """Return the error for a *target* that already exists."""
    return OutputError(f"{target} already exists", remedy="use --force to overwrite it")
