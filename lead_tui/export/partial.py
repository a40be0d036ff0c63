"""A file of leads while it is being written, which can be resumed after any end, a power cut included.

Beside ``FILE`` are, with mode 0600:

* ``FILE.partial.rows``: the rows so far, which become ``FILE``;
* ``FILE.partial``: lines of JSON, first the request (``Header``), then a ``Checkpoint`` after each page, at the end ``_published``;
* ``FILE.partial.new``, only at the end: what is made of the rows (``csv_writers``, ``assembled``), which becomes ``FILE``.

A page's rows are written first, then its checkpoint. To resume, both files are cut after the last checkpoint that is whole and
whose rows are there. Checkpoints are appended, since they hold the ids of a page's leads, by which duplicates are known, and since
an earlier one is needed if a power cut loses rows.
"""

from __future__ import annotations

import json
import os
import stat
import zlib
from array import array
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import date, datetime
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Final, Self

import msgspec

from lead_tui.leads.errors import OutputError, UsageError
from lead_tui.safe_files import (
    cannot_write,
    create,
    give_name,
    lock,
    open_own,
    remove_own,
    settle_directory,
    shown,
    write_all,
)

Json = dict[str, object]

_BYTES_AT_ONCE: Final = 1 << 20
_REFUSED: Final = (ValueError, RecursionError, msgspec.ValidationError)


class Header(msgspec.Struct, frozen=True):
    """What an export was asked for, and when."""

    request: Json
    now: datetime
    """When it began; aware, in UTC."""
    today: date
    """The account's day then, to which relative dates refer."""
    overwrite: bool = False
    """Whether an existing file may be overwritten in the end."""


class Checkpoint(msgspec.Struct, frozen=True):
    """How far an export was after a page."""

    place: Json
    """Where to continue reading (``leads.page.Part.after``)."""
    state: Json
    """The writer's (``Writer.state``)."""
    length: int
    """Bytes of all rows."""
    checksum: int
    """CRC-32 of the rows since the checkpoint before."""
    ids: list[int]
    """The numbers of the page's leads (``leads.page.Part.numbers``)."""


def partial_of(target: Path, what: str = "") -> Path:
    """Return the name of the partial file of *target*, or of *what* beside it: ``.rows``, ``.new``."""
    return target.with_name(f"{target.name}.partial{what}")


def has_partial(target: Path) -> bool:
    """Whether an export into *target* has left a partial file."""
    return os.path.lexists(partial_of(target))


def remove_remainder(target: Path) -> None:
    """Remove what is beside *target* if the export into it was killed after it had got its name. Raises ``OutputError``."""
    path = partial_of(target)
    try:
        journal = open_own(path)
        if journal is None:
            return
        with journal:
            lock(path, journal)
            last = _published(target)
            journal.seek(max(0, journal.seek(0, os.SEEK_END) - len(last)))
            if journal.read() == last:
                _remove_beside(target)
    except FileNotFoundError:
        return
    except OSError as error:
        raise cannot_write(path, error) from None


def _remove_beside(target: Path) -> None:
    # The journal last: without it, what is beside a file is no one's.
    for what in (".rows", ".new", ""):
        with suppress(OSError):
            partial_of(target, what).unlink(missing_ok=True)


def _published(file: Path | int) -> bytes:
    """Return the journal's last line, by which a later run knows the *file* that got the target's name."""
    return json.dumps({"published": os.stat(file).st_ino}).encode() + b"\n"


def check_target(target: Path) -> bool:
    """Whether there is a file *target*, which may be overwritten if the user agrees.

    Raises ``OutputError`` for what never may be: not a regular file, or another user's.
    """
    try:
        own = os.lstat(target)
        regular = stat.S_ISREG(os.stat(target).st_mode)
    except FileNotFoundError:
        return os.path.lexists(target)
    except (OSError, ValueError) as error:
        raise cannot_write(target, error) from None
    if not regular:
        raise OutputError(f"{shown(target)} is not a regular file", remedy="without -o the leads go to standard output")
    if own.st_uid != os.geteuid():
        raise OutputError(f"{shown(target)} belongs to another user", remedy="choose another file")
    return True


class RowsFile:
    """A stream into *file*, or if that is None, into a new file *path* that is created for the first bytes.

    It knows its length and a checksum. Raises ``OutputError``.
    """

    def __init__(self, path: Path, file: FileIO | None = None) -> None:
        self.path = path
        self.length = 0
        self.checksum = 0
        """CRC-32 of what was written since it was last set to 0."""
        self._file = file

    @property
    def exists(self) -> bool:
        """Whether the file has been created."""
        return self._file is not None

    def open(self, *, appending: bool = True) -> FileIO:
        """Return the file; a new one can be written in any order unless *appending*."""
        if self._file is None:
            try:
                remove_own(self.path)
                self._file = create(self.path, appending=appending)
            except OSError as error:
                raise cannot_write(self.path, error) from None
        return self._file

    def write(self, data: bytes, /) -> int:
        write_all(self.path, self.open(), data)
        self.length += len(data)
        self.checksum = zlib.crc32(data, self.checksum)
        return len(data)

    def flush(self) -> None:
        """Do nothing, as it is not buffered; ``ZipFile`` calls it."""

    def seek(self, offset: int, /) -> int:
        return self.open().seek(offset)

    def tell(self) -> int:
        return self.open().tell()

    def read(self, size: int, /) -> bytes:
        return self.open().read(size)

    def close(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None


class PartialExport:
    """An export into *target* in progress. Made by ``create`` or ``resume``; ends with ``finish``, ``discard`` or ``close``.

    *checkpoint* is the last one of an earlier run, None if this is the first or that one did not complete a page; *known* are the
    numbers of the leads of earlier runs.
    """

    def __init__(
        self,
        target: Path,
        header: Header,
        journal: FileIO,
        rows: RowsFile,
        checkpoint: Checkpoint | None = None,
        known: Sequence[int] = (),
    ) -> None:
        self.target = target
        self.header = header
        self.overwrite = header.overwrite
        self.rows = rows
        self.rewritten = RowsFile(partial_of(target, ".new"))
        """Becomes the target in place of the rows, if it has been created."""
        self.checkpoint = checkpoint
        self.known = known
        self._journal = journal

    @classmethod
    def create(cls, target: Path, header: Header) -> Self:
        """Begin to write *target*; what an earlier export left is discarded. Raises ``OutputError``."""
        path, rows_path = partial_of(target), partial_of(target, ".rows")
        try:
            with ExitStack() as undo:
                if (old := open_own(path)) is not None:
                    with old:
                        lock(path, old)
                        for each in (rows_path, partial_of(target, ".new"), path):
                            remove_own(each)
                remove_own(rows_path)
                journal = undo.enter_context(create(path))
                undo.callback(path.unlink)
                lock(path, journal)
                rows = undo.enter_context(create(rows_path))
                undo.callback(rows_path.unlink)
                write_all(path, journal, _line_of(header))
                undo.pop_all()
        except OSError as error:
            raise cannot_write(path, error) from None
        return cls(target, header, journal, RowsFile(rows_path, rows))

    @classmethod
    def resume(cls, target: Path, request: Json) -> Self | None:
        """Open what an earlier run left of *target*, cut after its last whole page; None if it left nothing.

        Raises ``UsageError`` if that run had another *request*, ``OutputError`` if what is there cannot be used.
        """
        path = partial_of(target)
        try:
            with ExitStack() as opened:
                journal = open_own(path)
                if journal is None:
                    return None
                opened.enter_context(journal)
                lock(path, journal)
                if not os.path.lexists(path) or os.stat(path).st_ino != os.fstat(journal.fileno()).st_ino:
                    # The export that held the lock has finished in the meantime.
                    return None
                reader = BufferedReader(journal)
                try:
                    header = msgspec.convert(json.loads(reader.readline()), Header)
                except _REFUSED:
                    raise unusable(target) from None
                if header.request != json.loads(json.dumps(request)):
                    raise UsageError(
                        f"{shown(path)} was left by another search",
                        remedy="without --resume, --force starts again; or choose another file",
                    )
                rows_file = open_own(partial_of(target, ".rows"))
                if rows_file is None:
                    raise unusable(target)
                opened.enter_context(rows_file)
                checkpoint, known, end = _read_checkpoints(reader, rows_file)
                reader.detach()
                journal.truncate(end)
                rows = RowsFile(partial_of(target, ".rows"), rows_file)
                rows.length = checkpoint.length if checkpoint else 0
                rows_file.truncate(rows.length)
                opened.pop_all()
        except OSError as error:
            raise cannot_write(path, error) from None
        return cls(target, header, journal, rows, checkpoint, known)

    def keep(self, ids: Sequence[int], place: Mapping[str, object], state: Mapping[str, object]) -> None:
        """Write a checkpoint: what has been written so far is whole. Raises ``OutputError``."""
        checkpoint = Checkpoint(dict(place), dict(state), self.rows.length, self.rows.checksum, list(ids))
        write_all(partial_of(self.target), self._journal, _line_of(checkpoint))
        self.rows.checksum = 0

    def drop_rewritten(self) -> None:
        """Remove the rewritten file: it can be made from the rows again."""
        if self.rewritten.exists:
            self.rewritten.close()
            with suppress(OSError):
                self.rewritten.path.unlink()

    def finish(self) -> None:
        """Give the file its name, over an existing one only with ``overwrite``, and remove the rest. Raises ``OutputError``."""
        whole = self.rewritten if self.rewritten.exists else self.rows
        file = whole.open()
        write_all(partial_of(self.target), self._journal, _published(file.fileno()))
        publish(whole.path, file, self.target, overwrite=self.overwrite)
        self.discard()

    def discard(self) -> None:
        """Remove everything beside the target."""
        _remove_beside(self.target)
        self.close()

    def close(self) -> None:
        """Leave everything as it is, for another run."""
        self.rewritten.close()
        self.rows.close()
        with suppress(OSError):
            self._journal.close()


def _line_of(record: Header | Checkpoint) -> bytes:
    return json.dumps(msgspec.to_builtins(record)).encode() + b"\n"


def _read_checkpoints(journal: BufferedReader[FileIO], rows: FileIO) -> tuple[Checkpoint | None, array[int], int]:
    """Return the last whole checkpoint, the ids up to it, and the offset at which it ends in *journal*, read after its header."""
    last: Checkpoint | None = None
    ids, end = array("q"), journal.tell()
    rows.seek(0)
    for line in journal:
        try:
            found = msgspec.convert(json.loads(line), Checkpoint)
        except _REFUSED:
            break
        page_length = found.length - (last.length if last else 0)
        if not line.endswith(b"\n") or _checksum(rows, page_length) != found.checksum:
            break
        last, end = found, end + len(line)
        ids.extend(found.ids)
    return last, ids, end


def _checksum(file: FileIO, length: int) -> int | None:
    """Return the CRC-32 of the next *length* bytes of *file*; None if there are fewer."""
    checksum = 0
    while length > 0 and (part := file.read(min(_BYTES_AT_ONCE, length))):
        length -= len(part)
        checksum = zlib.crc32(part, checksum)
    return None if length else checksum


def publish(path: Path, file: FileIO, target: Path, *, overwrite: bool) -> None:
    """Rename *path*, open as *file*, to *target* once the disk has it, over an existing file only with *overwrite*.

    Raises ``OutputError``.
    """
    try:
        os.fsync(file.fileno())
    except OSError as error:
        raise cannot_write(path, error) from None
    if check_target(target) and not overwrite:
        raise exists(target)
    try:
        if overwrite:
            os.replace(path, target)
        else:
            give_name(path, target)
            path.unlink(missing_ok=True)
        settle_directory(target.parent)
    except FileExistsError:
        raise exists(target) from None
    except OSError as error:
        raise cannot_write(target, error) from None


def unusable(target: Path, remedy: str = "without --resume, --force starts again") -> OutputError:
    """Return the error for a partial file of *target* that makes no sense."""
    return OutputError(f"Cannot resume {shown(partial_of(target))}", remedy=remedy)


def exists(target: Path) -> OutputError:
    """Return the error for a *target* that already exists."""
    return OutputError(f"{shown(target)} already exists", remedy="use --force to overwrite it")
