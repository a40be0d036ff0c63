"""Files that contain a secret: read only if others can neither read them nor have put them there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.settings import Pace, Settings
from lead_tui.leads.errors import ConfigurationError
from lead_tui.safe_files import open_regular, reason, shown

_ROOT = 0


def read_secret(settings: Settings, where: str | tuple[str, ...], path: Path, max_bytes: int, *, of_host: bool = False) -> str:
    """Return at most *max_bytes* of the file *path*, which must belong to the user and be closed to all others.

    The setting at *where* names it. A secret *of_host* may belong to root instead, and its group may read it. Raises
    ``FileNotFoundError``, and ``ConfigurationError`` for any other file that is not read.
    """

    def refused(problem: str, remedy: str) -> ConfigurationError:
        return settings.wrong(where, f"is not read: {shown(path)} {problem}", remedy)

    try:
        link = path.lstat()
        if stat.S_ISLNK(link.st_mode) and link.st_uid not in (os.geteuid(), _ROOT):
            raise refused("is another user's symbolic link", "name the file itself")
        with open_regular(path) as file:
            status = os.fstat(file.fileno())
            is_of_host = of_host and status.st_uid == _ROOT
            if status.st_uid != os.geteuid() and not is_of_host:
                raise refused("belongs to another user", "use a file of your own")
            group = stat.S_IWGRP if is_of_host else stat.S_IRWXG
            if stat.S_IMODE(status.st_mode) & (group | stat.S_IRWXO):
                closed = "640" if is_of_host else "600"
                raise refused(f"is open to others (mode {stat.S_IMODE(status.st_mode):04o})", f"chmod {closed} {shown(path)}")
            content = file.read(max_bytes)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise refused("cannot be read", reason(error)) from None
    return content.decode("utf-8", "replace").removeprefix("\ufeff")


def pace_with_password(settings: Settings) -> Pace:
    """Return the pace of *settings* with the password of its Redis server, if it has one.

    Raises ``ConfigurationError`` for a password that others can read.
    """
    pace, path = settings.pace, settings.source.path
    if pace.redis_password:
        status = path.stat()
        # A policy is root's, and read by the group of its users.
        others = stat.S_IROTH if status.st_uid == _ROOT != os.geteuid() else stat.S_IROTH | stat.S_IRGRP
        if stat.S_IMODE(status.st_mode) & others:
            remedy = "put the password into a file of its own and name that as redis_password_file"
            raise settings.wrong("pace.redis_password", f"is not used: others can read {shown(path)}", remedy)
        return pace
    if (password_file := pace.redis_password_file) is None:
        return pace
    where = "pace.redis_password_file"
    try:
        password = read_secret(settings, where, password_file, limits.MAX_PASSWORD_BYTES, of_host=True).strip()
    except FileNotFoundError:
        raise settings.wrong(where, f"names no file: {shown(password_file)}") from None
    return replace(pace, redis_password=password)
