"""The socket of a running session, through which ``lead-tui pop`` passes it the number of an incoming call.

A datagram is one number: there are no connections to keep, and a full queue makes senders wait. Only the user can access the folder
(0700) and the socket (0600).
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lead_tui import limits
from lead_tui.leads.errors import SessionError, UsageError
from lead_tui.safe_files import DIRECTORY_MODE

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

_SUFFIX: Final = ".socket"


class SessionSocket:
    """The socket of the session *name* in *folder*; *receive* is called on *loop* with the latest text. Raises ``OSError``."""

    def __init__(self, folder: Path, name: str, loop: AbstractEventLoop, receive: Callable[[str], object]) -> None:
        self._loop = loop
        self._receive = receive
        folder.mkdir(DIRECTORY_MODE, parents=True, exist_ok=True)
        if not _is_private(folder):
            raise PermissionError(f"{folder} is not private")
        for other in _running(folder).values():
            other.close()
        plain = "".join(each if each.isascii() and each.isalnum() else "_" for each in name[: limits.MAX_SESSION_NAME_CHARACTERS])
        self._path = folder / f"{plain}-{os.getpid()}{_SUFFIX}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            with _address(self._path) as address:
                self._socket.bind(address)
            self._path.chmod(0o600)
        except BaseException:
            self._socket.close()
            raise
        loop.add_reader(self._socket, self._read)

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()
        with suppress(OSError):
            self._path.unlink()

    def _read(self) -> None:
        latest: bytes | None = None
        with suppress(OSError):  # until the queue is empty
            for _ in range(limits.CALLS_READ_AT_ONCE):
                latest = self._socket.recv(limits.MAX_CALL_BYTES)
        if latest is not None:
            self._receive(latest.decode("utf-8", "replace"))


def send(folder: Path, text: str, wanted: str = "") -> None:
    """Send *text* to the session *wanted* in *folder*, an id, the profile's name or the number in it; "" for the only one.

    Raises ``UsageError`` if there are several, ``SessionError`` if there is none or it does not accept the text.
    """
    if os.path.exists(folder) and not _is_private(folder):
        remedy = f"make it private (chmod 700 {folder}), and start lead-tui again"
        raise SessionError(f"Other users can access {folder}", remedy=remedy)
    running = _running(folder)
    try:
        fitting = [each for each in running if wanted in ("", each, *each.rpartition("-")[::2])]
        if len(fitting) > 1:
            raise UsageError(f"{len(fitting)} sessions are running", remedy=f"choose one by --session: {', '.join(fitting)}")
        if not fitting:
            remedy = f"these are running: {', '.join(running)}" if running else "start lead-tui, as the same user on this host"
            raise SessionError("No such session is running" if running else "No session is running", remedy=remedy)
        session = running[fitting[0]]
        session.settimeout(limits.CALL_TIMEOUT)
        session.send(text.encode("utf-8", "replace")[: limits.MAX_CALL_BYTES])
    except OSError:
        raise SessionError("The session takes no calls now", remedy="it may be suspended; try again") from None
    finally:
        for each in running.values():
            each.close()


def _running(folder: Path) -> dict[str, socket.socket]:
    """Return a connection to each session in *folder*, by its id; sockets of killed sessions are removed."""
    found = {}
    with suppress(OSError):
        for path in sorted(each for each in folder.iterdir() if each.suffix == _SUFFIX):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                with _address(path) as address:
                    connection.connect(address)
                found[path.stem] = connection
            except OSError as error:
                connection.close()
                if isinstance(error, ConnectionRefusedError):
                    with suppress(OSError):
                        path.unlink()
    return found


def _is_private(folder: Path) -> bool:
    with suppress(OSError):
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
    return False


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """Yield the address of the socket at *path*: through a descriptor of its folder if it has more than 100 bytes (Linux)."""
    if len(os.fsencode(path)) <= 100:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
