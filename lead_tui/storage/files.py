"""Reading what only we and root can have written, and writing so that a file is always whole: the old one or the new one."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from lead_tui import tuning
from lead_tui.leads.errors import ConfigurationError, LeadTuiError, OutputError
from lead_tui.leads.text import one_line

OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
DIRECTORY_MODE: Final = 0o700
FILE_MODE: Final = 0o600


def shown(path: Path) -> str:
    """*path* as a message may hold it."""
    return one_line(str(path))


def reason(error: OSError) -> str:
    """The system's words for *error*, in lower case, to stand after a colon."""
    return (error.strerror or type(error).__name__).lower()


_NO_LOCKS: Final = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP)
"""What a network home directory without a lock service answers."""


# Reading


def refuse_if_others_write(path: Path, status: os.stat_result) -> None:
    """Raises ``ConfigurationError`` where somebody else than we or root owns *path*, or can write to it."""
    if status.st_uid not in (os.geteuid(), 0):
        raise ConfigurationError(f"{shown(path)} belongs to somebody else", remedy="it is not read: use one of your own")
    if status.st_mode & OTHERS_WRITE:
        raise ConfigurationError(f"Others can write to {shown(path)}", remedy=f"chmod go-w {shown(path)}")


def open_regular(path: Path) -> BinaryIO:
    """Opens *path*, which may be a link, to read it. Raises ``OSError``, also for what is no regular file."""
    # Without blocking: a named pipe would wait for somebody who writes.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return os.fdopen(descriptor, "rb")


def read_trusted(path: Path) -> str | None:
    """The text of a file of the configuration; None where there is none.

    Raises ``ConfigurationError`` where others can write to it or to its directory, or where it cannot be read: no regular file,
    no permission, larger than ``MOST_CONFIGURATION_BYTES``, not UTF-8. A symbolic link is followed; then the same holds for the
    directory it leads to. A directory that others can write to is refused also while the file is not there, since they may have
    taken it away.
    """
    try:
        refuse_if_others_write(path.parent, path.parent.stat())
        with open_regular(path) as file:
            refuse_if_others_write(path, os.fstat(file.fileno()))
            if path.is_symlink():
                target = Path(os.path.realpath(path))
                refuse_if_others_write(target.parent, target.parent.stat())
            content = file.read(tuning.MOST_CONFIGURATION_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"{shown(path)} cannot be read", remedy=reason(error)) from None
    if len(content) > tuning.MOST_CONFIGURATION_BYTES:
        most = tuning.MOST_CONFIGURATION_BYTES // 1024
        raise ConfigurationError(f"{shown(path)} is not read", remedy=f"it is larger than {most} KB")
    return _decoded(path, content)


def _decoded(path: Path, content: bytes) -> str:
    try:
        # Some editors begin a file with a mark that TOML does not know.
        return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{shown(path)}, line {line}: this is not UTF-8", remedy="save the file as UTF-8") from None


# Writing


def make_private_directory(path: Path) -> None:
    """Makes *path* and what is missing above it, each with mode 0700. What is there stays as it is. Raises ``OSError``."""
    if path.is_dir():
        return
    if path.parent != path:
        make_private_directory(path.parent)
    with suppress(FileExistsError):
        path.mkdir(DIRECTORY_MODE)


def cannot_write(path: Path, error: OSError) -> OutputError:
    """What is raised for *error* while writing *path*."""
    return OutputError(f"{shown(path)} cannot be written", remedy=f"{reason(error)}; nothing has been changed")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock of the file *path*, making its directory: whoever else writes it waits, here at most ``LOCK_TIMEOUT``.

    The lock is the file ``NAME.lock`` beside it, which stays. Raises ``OutputError``.
    """
    import warnings

    # Imported here: only who writes needs a lock.
    from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

    def acquired(lock: BaseFileLock) -> BaseFileLock:
        with warnings.catch_warnings():
            # On a file system without locks, filelock warns on the screen, and uses a marker file.
            warnings.simplefilter("ignore")
            lock.acquire()
        return lock

    name = f"{path.name}.lock"
    try:
        make_private_directory(path.parent)
        try:
            lock = acquired(FileLock(path.with_name(name), timeout=tuning.LOCK_TIMEOUT, mode=FILE_MODE))
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            # filelock uses a marker file for ENOSYS only.
            lock = acquired(SoftFileLock(path.with_name(f"{name}.soft"), timeout=tuning.LOCK_TIMEOUT, mode=FILE_MODE))
    except Timeout:
        raise OutputError(f"{shown(path)} is being written by another session", remedy="try again in a moment") from None
    except OSError as error:
        raise cannot_write(path, error) from None
    try:
        yield
    finally:
        # A lock that cannot be given back goes with the process; what was written stands.
        with suppress(OSError):
            lock.release()


def write_private(path: Path, text: str) -> None:
    """Writes *text* to *path*, mode 0600, at once: the old file or the new one is there, also after a crash or on a full disk.

    The caller holds the lock of *path*, which is no symbolic link. Raises ``OutputError``; the old file is untouched then.
    """
    # The name can be fixed since the lock is held: what is there was left by a process that was killed.
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(file.fileno(), FILE_MODE)
                file.write(text.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        _settle(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from None


def remove(path: Path) -> None:
    """Takes *path* away. Raises ``OutputError``."""
    try:
        path.unlink(missing_ok=True)
        _settle(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from None


def _settle(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        # Some file systems cannot do this for a directory; the name has been replaced all the same.
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def message_of(error: LeadTuiError) -> str:
    """*error* in a line, as part of a notice."""
    return one_line(str(error))
