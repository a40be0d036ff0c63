"""Files that nobody else has a hand in: made anew with mode 0600, opened only where they are ours, and never through a link."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Final

from lead_tui.leads.errors import OutputError
from lead_tui.leads.text import one_line

MAX_NAME_BYTES: Final = 240
"""Most file systems take 255 bytes, and ``.partial.rows`` is put behind a name."""

_MODE: Final = 0o600
_DIRECTORY_MODE: Final = 0o700


def shown(path: Path) -> str:
    """*path* as a message may hold it."""
    return one_line(str(path))


def cannot_write(path: Path, error: Exception) -> OutputError:
    """What is raised for *error* while writing *path*; what is no ``OSError`` means that it is closed."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(f"{shown(path)} cannot be written, the disk is full", remedy="make room, or write elsewhere")
    reason = (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is closed"
    return OutputError(f"{shown(path)} cannot be written ({reason.lower()})", remedy="write elsewhere")


def target_of(text: str) -> Path:
    """The absolute path of the file that *text* names, which may begin with ``~``. Raises ``OutputError`` for an impossible one."""
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        raise OutputError(
            f"There is no home directory {one_line(text.partition('/')[0], 40)}", remedy="write the whole path"
        ) from None
    try:
        path = path.absolute()
    except OSError:
        raise OutputError(
            "The working directory no longer exists", remedy="write the whole path, or change to another folder"
        ) from None
    if "\0" in text or len(os.fsencode(path.name)) > MAX_NAME_BYTES:
        raise OutputError("The file name is too long or not valid", remedy=f"use at most {MAX_NAME_BYTES} characters") from None
    return path


def create(path: Path, *, appending: bool = True) -> FileIO:
    """A new file. Raises ``OSError``."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC | (os.O_APPEND if appending else 0)
    descriptor = os.open(path, flags, _MODE)
    os.fchmod(descriptor, _MODE)
    return FileIO(descriptor, "r+")


def open_own(path: Path) -> FileIO | None:
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
        raise _not_ours(path)
    return FileIO(descriptor, "r+")


def lock(path: Path, file: FileIO) -> None:
    """Lock *file*, which is *path*, until it is closed. Raises ``OutputError`` where another process has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(f"{shown(path)} is being written by another export", remedy="wait for it, or write elsewhere") from None
    except OSError:
        # A file system without locks.
        return


def write_all(path: Path, file: FileIO, data: bytes) -> None:
    """Write *data* to *file*, which is *path*. Raises ``OutputError``."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) or 0 :]
    except (OSError, ValueError) as error:
        raise cannot_write(path, error) from None


def give_name(path: Path, name: Path) -> None:
    """Give *path* the name *name*, which nobody else has given in the meantime. Raises ``OSError``."""
    try:
        os.link(path, name, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links: there is a moment between the look and the deed.
        if os.path.lexists(name):
            raise FileExistsError from None
        os.rename(path, name)


def settle_directory(path: Path) -> None:
    """Return when the disk has the names in *path*. Raises ``OSError`` where it cannot be opened."""
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        # Some file systems cannot do this for a directory; a file has its name all the same.
        with suppress(OSError):
            os.fsync(directory)
    finally:
        os.close(directory)


def remove_own(path: Path) -> None:
    """Take the file *path* away, where it is ours. Raises ``OSError`` and ``OutputError``."""
    if (file := open_own(path)) is not None:
        file.close()
        path.unlink()


def make_directory(path: Path) -> None:
    """A new directory. Raises ``OSError``."""
    path.mkdir(mode=_DIRECTORY_MODE)


def remove_directory(path: Path) -> None:
    """Take the directory *path* away with all that is in it, where it is ours. Raises ``OSError`` and ``OutputError``."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise _not_ours(path)
    # Imported here: it is seldom needed.
    import shutil

    shutil.rmtree(path)


def _not_ours(path: Path) -> OutputError:
    return OutputError(f"{shown(path)} is not what an export has left", remedy="take it away, or write elsewhere")
