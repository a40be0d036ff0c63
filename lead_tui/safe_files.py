"""Private and trusted files: read what only the user and root can have written, and write without following links."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from lead_tui import limits
from lead_tui.leads.errors import ConfigurationError, OutputError
from lead_tui.leads.text import one_line

ROOT: Final = 0
DIRECTORY_MODE: Final = 0o700
FILE_MODE: Final = 0o600
MAX_NAME_BYTES: Final = 240  # most file systems take 255 bytes, and an export appends ``.partial.rows`` to the name

ANOTHER_FILE: Final = "choose another file"  # what to do if a file cannot be written
UNCHANGED: Final = "nothing has been changed"  # the same, for a file of the program, which cannot be another one


def reason(error: Exception) -> str:
    """Return why a file failed, in lower case, to follow a colon or be put in parentheses."""
    if not isinstance(error, OSError):
        return "it is closed"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    return (error.strerror or type(error).__name__).lower()


def cannot_write(path: Path, error: Exception, remedy: str = ANOTHER_FILE) -> OutputError:
    why = "no such folder" if isinstance(error, FileNotFoundError) and not path.parent.is_dir() else reason(error)
    return OutputError(f"Cannot write {path} ({why})", remedy=remedy)


@contextmanager
def writing(path: Path, remedy: str = ANOTHER_FILE) -> Iterator[None]:
    """Raise ``OutputError`` for an ``OSError`` while *path* is written."""
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error, remedy) from None


def refuse_if_others_write(path: Path, status: os.stat_result, owners: Collection[int] = ()) -> None:
    """Raise ``ConfigurationError`` if anyone but *owners*, by default the user and root, owns *path* or can write to it."""
    if status.st_uid not in (owners or (os.geteuid(), ROOT)):
        raise ConfigurationError(f"{path} belongs to another user and is not read", remedy="use one of your own")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigurationError(f"Others can write to {path}", remedy=f"chmod go-w {path}")


def open_regular(path: Path) -> BinaryIO:
    """Open *path*, which may be a link, to read it. Raises ``OSError``, also if it is not a regular file."""
    # Without blocking: a named pipe would wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return os.fdopen(descriptor, "rb")


def read_trusted(path: Path, owners: Collection[int] = ()) -> str | None:
    """Return the text of a configuration file; None if it does not exist. *owners* are those of ``refuse_if_others_write``.

    Raises ``ConfigurationError`` if others can write to it, to its directory, also for a missing file, which they may have removed,
    or to the directory where a link leads; and if it is not a regular file in UTF-8 of at most ``MAX_CONFIGURATION_BYTES``.
    """
    try:
        refuse_if_others_write(path.parent, path.parent.stat(), owners)
        with open_regular(path) as file:
            refuse_if_others_write(path, os.fstat(file.fileno()), owners)
            directory = Path(os.path.realpath(path)).parent
            refuse_if_others_write(directory, directory.stat(), owners)
            content = file.read(limits.MAX_CONFIGURATION_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({reason(error)})") from None
    if len(content) > limits.MAX_CONFIGURATION_BYTES:
        raise ConfigurationError(f"{path} is larger than {limits.MAX_CONFIGURATION_BYTES // 1024} KB and is not read")
    try:
        # Some editors begin a file with a byte order mark, which TOML does not allow.
        return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}, line {line}: this is not UTF-8", remedy="save the file as UTF-8") from None


def take_lock(file: FileIO) -> bool:
    """Lock *file* until it is closed; return False if another process has locked it. Some network file systems have no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of *path*, ``NAME.lock`` in its directory; wait at most ``LOCK_TIMEOUT``. Raises ``OutputError``."""
    with writing(path, UNCHANGED):
        path.parent.mkdir(DIRECTORY_MODE, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        file = FileIO(os.open(path.with_name(f"{path.name}.lock"), flags, FILE_MODE), "r+")
    with file:
        until = time.monotonic() + limits.LOCK_TIMEOUT
        while not take_lock(file):
            if time.monotonic() > until:
                raise OutputError(f"{path} is being written by another session", remedy="try again in a moment")
            time.sleep(limits.LOCK_POLL_SECONDS)
        yield


def write_private(path: Path, text: str, *, overwrite: bool = True) -> None:
    """Replace *path* with *text*, mode 0600, atomically: after a crash or on a full disk, the old or the new file is there.

    The caller holds its lock, and it is not a link. Raises ``OutputError``, also if *path* exists and *overwrite* is not set.
    """
    # The name can be fixed since the lock is held: an existing file was left behind by a process that was killed.
    temporary = path.with_name(f".{path.name}.new")
    try:
        with writing(path, UNCHANGED):
            temporary.unlink(missing_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with FileIO(os.open(temporary, flags, FILE_MODE), "r+") as file:
                os.fchmod(file.fileno(), FILE_MODE)
                write_whole(file, text.encode("utf-8"))
                os.fsync(file.fileno())
            give_name(temporary, path, overwrite=overwrite)
            settle_directory(path.parent)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def settle_directory(path: Path) -> None:
    """Flush the entries of the directory *path* to the disk. Raises ``OSError`` if it cannot be opened."""
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        # Some file systems cannot do this for a directory; its entries have been changed anyway.
        with suppress(OSError):
            os.fsync(directory)
    finally:
        os.close(directory)


def target_of(text: str) -> Path:
    """Return the absolute path of the file named *text*, which may begin with ``~``. Raises ``OutputError`` for an invalid one."""
    try:
        path = Path(text).expanduser().absolute()
    except RuntimeError:
        home = one_line(text.partition("/")[0], 40)
        raise OutputError(f"There is no home directory {home}", remedy="use the full path") from None
    except OSError:
        remedy = "use the full path, or change to another folder"
        raise OutputError("The working directory no longer exists", remedy=remedy) from None
    if "\0" in text or len(os.fsencode(path.name)) > MAX_NAME_BYTES:
        raise OutputError("The file name is too long or not valid", remedy=f"use at most {MAX_NAME_BYTES} characters") from None
    return path


def open_own(path: Path, *, creating: bool = False) -> FileIO:
    """Open a private file of the user to append to it. Raises ``OSError``, and ``OutputError`` for any other file."""
    # Without blocking: a named pipe would wait for a reader.
    flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | (os.O_CREAT if creating else 0)
    descriptor = os.open(path, flags, FILE_MODE)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_nlink > 1 or found.st_mode & 0o077:
        os.close(descriptor)
        raise OutputError(f"{path} was not left by an export", remedy="remove it, or choose another file")
    return FileIO(descriptor, "r+")


def lock(path: Path, file: FileIO) -> None:
    """Lock *file*, which is *path*, until it is closed. Raises ``OutputError`` if another process has locked it."""
    # The export that had locked it may have removed it since it was opened.
    if not (take_lock(file) and os.path.exists(path) and os.path.samefile(path, file.fileno())):
        raise OutputError(f"{path} is being written by another export", remedy="wait for it, or choose another file")


def write_all(path: Path, file: Stream, data: bytes | memoryview) -> None:
    """Write *data* to *file*, which is *path*. Raises ``OutputError``."""
    try:
        write_whole(file, data)
    except (OSError, ValueError) as error:
        raise cannot_write(path, error) from None


class Stream(Protocol):
    """A destination that may take less than it is given."""

    def write(self, data: bytes | memoryview, /) -> int | None:
        """Return how many bytes of *data* were written; None, from a file only, if it would block."""


def write_whole(stream: Stream, data: bytes | memoryview) -> None:
    """Write all of *data*. Raises ``OSError``, and ``ValueError`` if *stream* is closed."""
    rest = memoryview(data)
    while rest:
        if (taken := stream.write(rest)) is None:
            # A full pipe that another program has set to non-blocking. Imported here: that is rare.
            from select import select

            select((), (stream,), ())  # type: ignore[type-var]  # only a file returns None
        rest = rest[taken or 0 :]


def give_name(path: Path, name: Path, *, overwrite: bool = False) -> None:
    """Rename *path* to *name*. Raises ``OSError``: without *overwrite*, ``FileExistsError`` if *name* exists."""
    if overwrite:
        os.replace(path, name)
    else:
        try:
            os.link(path, name, follow_symlinks=False)
        except OSError:
            # A file system without hard links: another process may create the name between the check and the renaming.
            if os.path.lexists(name):
                raise FileExistsError from None
            os.rename(path, name)
        path.unlink(missing_ok=True)
