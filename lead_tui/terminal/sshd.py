"""After how many seconds the host's sshd notices that a connection has died silently (sshd_config(5)): by default only TCP does,
after more than two hours, for which the session continues, with leads and token in its memory.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

SSHD_CONFIG: Final = Path("/etc/ssh/sshd_config")

_DEFAULT_COUNT: Final = 3
_MAX_DEPTH: Final = 8
"""Files that include one another; sshd allows 16."""
_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def seconds_to_notice(path: Path = SSHD_CONFIG) -> int | None:
    """Seconds after which sshd ends a silent connection; 0 if it never does; None if the configuration cannot be read.

    A setting in a ``Match`` block counts, since only sshd knows whether the block applies.
    """
    interval = count = None
    try:
        for keyword, value in _settings(path):
            if keyword == "clientaliveinterval" and not interval:
                interval = _seconds(value)
            elif keyword == "clientalivecountmax" and count is None and value.isdigit():
                count = int(value)
    except OSError:
        return None
    return (interval or 0) * (_DEFAULT_COUNT if count is None else count)


def _settings(path: Path, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The keywords in lower case, with their values, in sshd's order. Raises ``OSError`` for *path* itself."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        keyword, _, value = re.sub(r"\s*=\s*|\s+", " ", line.strip(), count=1).partition(" ")
        if keyword.lower() != "include":
            yield keyword.lower(), value.strip().strip('"')
        elif depth < _MAX_DEPTH:
            for pattern in value.split():
                # A relative one counts from the directory of sshd's own configuration.
                for name in sorted(glob.glob(str(SSHD_CONFIG.parent / pattern.strip('"')))):
                    with suppress(OSError):
                        yield from _settings(Path(name), depth + 1)


def _seconds(value: str) -> int:
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([smhdw]?)", value.lower()))
