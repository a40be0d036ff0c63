"""A file of leads while it is being written: what has come so far, and what is needed to go on after any end, a power cut included.

Beside ``FILE`` lie, all of mode 0600 and of nobody else:

* ``FILE.partial``: what is asked for, and for each page where to go on behind it and the numbers of its leads;
* ``FILE.partial.rows``: the rows so far, which become ``FILE``;
* ``FILE.partial.new``, at the very end and seldom: the rows written anew (``all_fields``, ``workbook``), which become ``FILE``
  instead;
* ``FILE.partial.room``, while that is done: a directory of mode 0700, for what it takes to do it.

A page's rows are written first, its entry afterwards with their length and checksum. Whoever goes on takes the entries up to the
first that is not whole, and cuts off what is behind. Nothing is opened through a link.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from struct import Struct
from typing import Final, Self

from lead_tui.leads.errors import OutputError, UsageError
from lead_tui.leads.text import one_line

_MODE: Final = 0o600
_DIRECTORY_MODE: Final = 0o700
_FIRST_LINE: Final = b"lead-tui export 1\n"
_ENTRY: Final = Struct("<4sIIIQI")
"""A mark, the bytes of JSON and the count of numbers that follow, their checksum, the rows' length by then, and the checksum of the
rows since the entry before."""
_MARK: Final = b"PART"
_MOST_JSON: Final = 1 << 24
"""Bytes of what is asked for, and of an entry: more is no file of ours."""
_READ_AT_ONCE: Final = 1 << 20

Json = dict[str, object]


def partial_of(target: Path) -> Path:
    """The name of what is left of an export into *target*."""
    return target.with_name(f"{target.name}.partial")


def refuse_unfit(target: Path) -> bool:
    """Whether there is a file *target*, which may be written over if somebody wants that.

    Raises ``OutputError`` for what may never be: no regular file, or somebody else's.
    """
    try:
        own = os.lstat(target)
        regular = stat.S_ISREG(os.stat(target).st_mode)
    except FileNotFoundError:
        return os.path.lexists(target)
    except (OSError, ValueError) as error:
        raise _cannot(target, error) from None
    if not regular:
        raise OutputError(f"{shown(target)} is no regular file", remedy="without -o the leads go to standard output")
    if own.st_uid != os.geteuid():
        raise OutputError(f"{shown(target)} belongs to somebody else", remedy="write elsewhere")
    return True


@dataclass(frozen=True, slots=True)
class Left:
    """What the last whole entry says."""

    after: Json
    """Where to go on (``leads.page.Part.after``)."""
    state: Json
    """The writer's (``Writer.state``)."""


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
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
        except (OSError, ValueError) as error:
            raise _cannot(self.path, error) from None
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
            raise _cannot(self.path, error) from None

    def close(self) -> None:
        """Close it."""
        with suppress(OSError):
            self._file.close()


class Anew:
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


class Unfinished:
    """An export into *target* under way. Made by ``begin`` or ``go_on``; ends with ``finish``, ``discard`` or ``close``."""

    def __init__(self, target: Path, entries: FileIO, rows: Rows, begun: Json, left: Left | None) -> None:
        self.target = target
        self.rows = rows
        self.begun = begun
        """What was given when it began."""
        self.left = left
        """What an earlier run left; None where this is the first, or that one did not come as far as a page."""
        self._entries = entries
        self._anew: Rows | None = None

    @classmethod
    def begin(cls, target: Path, request: Json, begun: Json) -> Self:
        """Begin to write *target*: what is asked for is *request*. What an earlier export left is thrown away.

        *begun* comes back in another run. Both are JSON. Raises ``OutputError``.
        """
        path, rows_path = partial_of(target), _rows_of(target)
        head = json.dumps({"request": request, "begun": begun}).encode()
        try:
            with ExitStack() as undone:
                if (old := _open_own(path)) is not None:
                    with old:
                        _lock(path, old)
                        for each in (rows_path, _new_of(target), path):
                            _remove_own(each)
                        _remove_room(_room_of(target))
                _remove_own(rows_path)
                entries = undone.enter_context(_create(path))
                undone.callback(path.unlink)
                _lock(path, entries)
                rows = undone.enter_context(_create(rows_path))
                undone.callback(rows_path.unlink)
                _write(path, entries, b"%s%d\n%s\n" % (_FIRST_LINE, len(head), head))
                undone.pop_all()
        except OSError as error:
            raise _cannot(path, error) from None
        return cls(target, entries, Rows(rows_path, rows), begun, None)

    @classmethod
    def go_on(cls, target: Path, request: Json) -> Self | None:
        """What an earlier run left of *target*, cut to its last whole page; None where it left nothing.

        Raises ``UsageError`` where that run was asked for something else than *request*, ``OutputError`` where what is there cannot
        be used.
        """
        path = partial_of(target)
        try:
            with ExitStack() as opened:
                entries = _open_own(path)
                if entries is None:
                    return None
                opened.enter_context(entries)
                _lock(path, entries)
                if not os.path.lexists(path) or os.stat(path).st_ino != os.fstat(entries.fileno()).st_ino:
                    # Whoever held the lock has finished in the meantime.
                    return None
                head = _head(entries)
                if "request" not in head:
                    raise unusable(target)
                if head["request"] != json.loads(json.dumps(request)):
                    raise UsageError(
                        f"{shown(path)} was left by another search",
                        remedy="without --resume, --force begins anew; or write elsewhere",
                    )
                begun = head.get("begun")
                rows_file = _open_own(_rows_of(target))
                if not isinstance(begun, dict) or rows_file is None:
                    raise unusable(target)
                rows = Rows(_rows_of(target), opened.enter_context(rows_file))
                left = _whole_entries(entries, rows)
                opened.pop_all()
        except OSError as error:
            raise _cannot(path, error) from None
        return cls(target, entries, rows, begun, left)

    def numbers(self) -> Iterator[int]:
        """The numbers of all leads that came before this run. Raises ``OutputError``."""
        path, entries = partial_of(self.target), self._entries
        try:
            end = entries.seek(0, os.SEEK_END)
            entries.seek(0)
            _skip_head(entries)
            while entries.tell() < end:
                _, length, count, *_ = _ENTRY.unpack(entries.read(_ENTRY.size))
                entries.seek(length, os.SEEK_CUR)
                yield from array("q", entries.read(8 * count))
        except OSError as error:
            raise _cannot(path, error) from None

    def keep(self, numbers: Sequence[int], after: Mapping[str, object], state: Mapping[str, object]) -> None:
        """Put down that what has been written by now is whole. Raises ``OutputError``."""
        data = json.dumps([after, state]).encode()
        known = array("q", numbers).tobytes()
        entry = _ENTRY.pack(
            _MARK, len(data), len(numbers), zlib.crc32(known, zlib.crc32(data)), self.rows.length, self.rows.checksum
        )
        _write(partial_of(self.target), self._entries, entry + data + known)
        self.rows.checksum = 0

    @property
    def anew(self) -> Anew:
        """A stream that becomes the target in place of the rows, if anything is written to it."""
        return Anew(self._begin_anew)

    def _begin_anew(self) -> Rows:
        if self._anew is None:
            path = _new_of(self.target)
            try:
                _remove_own(path)
                self._anew = Rows(path, _create(path))
            except OSError as error:
                raise _cannot(path, error) from None
        return self._anew

    def begin_whole(self) -> FileIO:
        """A new file, which can be written in any order and becomes the target in place of the rows. Raises ``OutputError``."""
        path = _new_of(self.target)
        try:
            _remove_own(path)
            file = _create(path, appending=False)
        except OSError as error:
            raise _cannot(path, error) from None
        self._anew = Rows(path, file)
        return file

    def drop_whole(self) -> None:
        """Take the file of ``begin_whole`` away: the rows are there to make it of again."""
        if self._anew is not None:
            self._anew.close()
            with suppress(OSError):
                self._anew.path.unlink()
            self._anew = None

    def make_room(self) -> Path:
        """An empty directory that nobody else may look into; it goes with the rest. Raises ``OutputError``."""
        path = _room_of(self.target)
        try:
            _remove_room(path)
            path.mkdir(mode=_DIRECTORY_MODE)
        except OSError as error:
            raise _cannot(path, error) from None
        return path

    def clear_room(self) -> None:
        """Take that directory away, with all that is in it."""
        with suppress(OSError, OutputError):
            _remove_room(_room_of(self.target))

    def cannot_finish(self, error: Exception) -> OutputError:
        """What is raised where what was begun by ``begin_whole`` fails with *error*."""
        return _cannot(_new_of(self.target), error)

    def finish(self, *, force: bool) -> None:
        """Give the file its name, over one of that name only with *force*, and take the rest away. Raises ``OutputError``."""
        whole = self._anew or self.rows
        whole.settle()
        if refuse_unfit(self.target) and not force:
            raise exists(self.target)
        try:
            if force:
                os.replace(whole.path, self.target)
            else:
                _name(whole.path, self.target)
            directory = os.open(self.target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                # Some file systems cannot do this for a directory; the file has its name all the same.
                with suppress(OSError):
                    os.fsync(directory)
            finally:
                os.close(directory)
        except FileExistsError:
            raise exists(self.target) from None
        except OSError as error:
            raise _cannot(self.target, error) from None
        self.discard()

    def discard(self) -> None:
        """Take everything away that is beside the target."""
        _remove(self.target)
        self.close()

    def close(self) -> None:
        """Leave everything as it is, for another run."""
        for each in (self._anew, self.rows):
            if each is not None:
                each.close()
        with suppress(OSError):
            self._entries.close()


def unusable(target: Path) -> OutputError:
    """What is raised where what is left of *target* makes no sense."""
    return OutputError(f"{shown(partial_of(target))} cannot be gone on with", remedy="without --resume, --force begins anew")


def exists(target: Path) -> OutputError:
    """What is raised where *target* is there already."""
    return OutputError(f"{shown(target)} is there already", remedy="--force writes over it")


def shown(path: Path) -> str:
    """*path* as a message may hold it."""
    return one_line(str(path))


# Names


def _rows_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.partial.rows")


def _new_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.partial.new")


def _room_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.partial.room")


def _name(whole: Path, target: Path) -> None:
    """Give *whole* the name *target*, which nobody else has given in the meantime. Raises ``OSError``."""
    try:
        os.link(whole, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links: there is a moment between the look and the deed.
        if os.path.lexists(target):
            raise FileExistsError from None
        os.rename(whole, target)


# Opening


def _create(path: Path, *, appending: bool = True) -> FileIO:
    """A new file. Raises ``OSError``."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC | (os.O_APPEND if appending else 0)
    descriptor = os.open(path, flags, _MODE)
    os.fchmod(descriptor, _MODE)
    return FileIO(descriptor, "r+")


def _open_own(path: Path) -> FileIO | None:
    """A file that we have made; None where there is none. Raises ``OSError``, and ``OutputError`` for anybody else's."""
    try:
        # Without blocking: a named pipe would wait for somebody who reads.
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OutputError(
                f"{shown(path)} is a link, which is not followed", remedy="take it away, or write elsewhere"
            ) from None
        raise
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_nlink > 1 or found.st_mode & 0o077:
        os.close(descriptor)
        raise OutputError(f"{shown(path)} is not what an export has left", remedy="take it away, or write elsewhere")
    return FileIO(descriptor, "r+")


def _lock(path: Path, entries: FileIO) -> None:
    try:
        fcntl.flock(entries, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(f"{shown(path)} is being written by another export", remedy="wait for it, or write elsewhere") from None
    except OSError:
        # A file system without locks.
        return


def _remove_own(path: Path) -> None:
    """Take *path* away, where it is ours. Raises ``OSError`` and ``OutputError``."""
    if (file := _open_own(path)) is not None:
        file.close()
        path.unlink()


def _remove_room(path: Path) -> None:
    """Take the directory *path* away, where it is ours. Raises ``OSError`` and ``OutputError``."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise OutputError(f"{shown(path)} is not what an export has left", remedy="take it away, or write elsewhere")
    # Imported here: it is seldom needed.
    import shutil

    shutil.rmtree(path)


def _remove(target: Path) -> None:
    with suppress(OSError, OutputError):
        _remove_room(_room_of(target))
    for path in (_rows_of(target), _new_of(target), partial_of(target)):
        with suppress(OSError):
            path.unlink(missing_ok=True)


# Entries


def _write(path: Path, file: FileIO, data: bytes) -> None:
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) or 0 :]
    except (OSError, ValueError) as error:
        raise _cannot(path, error) from None


def _skip_head(entries: FileIO) -> bytes:
    """What stands in the head. Raises ``ValueError`` where there is none."""
    first = entries.read(len(_FIRST_LINE))
    digits = b""
    while len(digits) < 9 and (each := entries.read(1)).isdigit():
        digits += each
    length = int(digits or 0)
    if first != _FIRST_LINE or not 0 < length < _MOST_JSON:
        raise ValueError("no head")
    head = entries.read(length)
    entries.read(1)
    return head


def _head(entries: FileIO) -> Json:
    try:
        head = json.loads(_skip_head(entries))
    except (ValueError, RecursionError):
        return {}
    return head if isinstance(head, dict) else {}


def _whole_entries(entries: FileIO, rows: Rows) -> Left | None:
    """What the last whole entry says; both files end behind it from then on. Raises ``OSError``."""
    end, length, left = entries.tell(), 0, None
    rows.seek(0)
    while (entry := _entry(entries, rows, length)) is not None:
        length, left = entry
        end = entries.tell()
    entries.truncate(end)
    entries.seek(0, os.SEEK_END)
    rows.cut(length)
    return left


def _entry(entries: FileIO, rows: Rows, before: int) -> tuple[int, Left] | None:
    """The rows' length by the next entry and what it says; None where there is no whole one. *rows* are read on to there."""
    head = entries.read(_ENTRY.size)
    if len(head) < _ENTRY.size:
        return None
    mark, size, count, checksum, length, rows_checksum = _ENTRY.unpack(head)
    if mark != _MARK or size > _MOST_JSON or count > _MOST_JSON or length < before:
        return None
    data, numbers = entries.read(size), entries.read(8 * count)
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
    return length, Left(after, state)


def _cannot(path: Path, error: Exception) -> OutputError:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(f"{shown(path)} cannot be written, the disk is full", remedy="make room, or write elsewhere")
    reason = (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is closed"
    return OutputError(f"{shown(path)} cannot be written ({reason.lower()})", remedy="write elsewhere")
