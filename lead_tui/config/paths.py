"""Paths of the program's files: configuration, saved queries, state, and the site's files.

Nothing is created here. Directories are created, with mode 0700, when something is written into them.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final, NamedTuple

APPLICATION: Final = "lead-tui"
CONFIG_DIR_VARIABLE: Final = "LEAD_TUI_CONFIG_DIR"
SITE_DIRECTORY: Final = Path("/etc/lead-tui")  # for all users; no option and no environment variable changes it


class Paths(NamedTuple):
    """The files of one run. Not a ``Struct``: ``lead-tui pop`` avoids msgspec, which takes 10 ms to import."""

    config_dir: Path
    state_dir: Path
    site_dir: Path = SITE_DIRECTORY  # another directory only in tests
    runtime_dir: Path | None = None  # shared by a user's sessions until the last one logs out; None without such a directory

    @classmethod
    def of(cls, config_dir: str | os.PathLike[str] | None = None) -> Paths:
        """Return the paths for *config_dir*, from ``--config-dir`` or ``LEAD_TUI_CONFIG_DIR``; else the platform's own.

        A given directory, resolved now, also contains the state, in its folder ``state``, so that nothing is written elsewhere.
        """
        if config_dir:
            directory = Path(os.path.abspath(os.path.expanduser(config_dir)))
            return cls(directory, directory / "state")
        # Imported here: a given directory does not need it.
        from platformdirs import PlatformDirs

        places = PlatformDirs(APPLICATION, appauthor=False)
        return cls(Path(places.user_config_dir), Path(places.user_state_dir), runtime_dir=_runtime_dir())

    def host_dir(self, name: str) -> Path:
        """Return the folder *name* for the sessions of this host: hosts may share a home directory, but not a clock or a socket."""
        return self.runtime_dir / name if self.runtime_dir else self.state_dir / f"{name}-{os.uname().nodename}"

    @property
    def config_file(self) -> Path:
        return self.config_dir / "config.toml"

    @property
    def queries_file(self) -> Path:
        return self.config_dir / "queries.toml"

    @property
    def recovered_file(self) -> Path:
        """Where queries are saved while ``queries_file`` cannot be read."""
        return self.config_dir / "queries.recovered.toml"

    @property
    def state_file(self) -> Path:
        return self.state_dir / "state.json"

    @property
    def site_queries_dir(self) -> Path:
        """The site's read-only queries, ``*.toml``."""
        return self.site_dir / "queries.d"


def _runtime_dir() -> Path | None:
    """Return the program's folder in the user's runtime directory, which must be private."""
    for directory in (os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{os.geteuid()}"):
        try:
            status = os.stat(directory)
        except OSError:
            continue
        if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077:
            return Path(os.path.abspath(directory), APPLICATION)
    return None
