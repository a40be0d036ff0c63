"""The environment: for Textual, which reads most of it at import, and without what a user could use or read.

Call ``prepare_environment`` before Textual is imported.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Final

OURS: Final = {
    # A dropped connection would leave the user's terminal in the kitty keyboard protocol; no key here needs it.
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
    # Nothing is animated on this program's screens, and every frame of an animation would be sent over the line.
    "TEXTUAL_ANIMATIONS": "none",
    # "Smooth scrolling" reports the mouse by the pixel: some ten reports instead of one, over the same line.
    "TEXTUAL_SMOOTH_SCROLL": "0",
}
"""Variables to set, as Textual 8.2.8 names them."""

_KEPT: Final = frozenset({"TERM", "COLORTERM", "NO_COLOR", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "TMUX", "STY"})
"""Variables that describe terminal, language and clock, besides those of the locale. Others can change what programs do."""


def prepare_environment(environ: MutableMapping[str, str]) -> None:
    """Set Textual's variables in *environ* as this program needs them, and drop those that would control or watch it.

    Other variables of Textual import any module, switch its debugger on, write the screen to a file or press keys. ``COLUMNS`` and
    ``LINES``, if a shell exports them, hide the terminal's own size and its changes. ``COLORTERM`` goes where 24-bit colors are
    misread.
    """
    for name in [name for name in environ if name.startswith("TEXTUAL_") or name in ("TEXTUAL", "COLUMNS", "LINES")]:
        del environ[name]
    term = environ.get("TERM", "")
    # tmux rounds such colors; screen 4.9.0 and dvtm 0.15 take their numbers for other attributes, such as dim or black (tested).
    if environ.get("STY") or term.startswith("dvtm") or (term.startswith("screen") and not environ.get("TMUX")):
        environ.pop("COLORTERM", None)
    environ.update(OURS)


def scrub_environment(environ: MutableMapping[str, str]) -> None:
    """Remove everything from *environ* with which a user could influence a restricted start, and prepare it.

    Only variables for terminal, language and clock are kept. ``PATH`` becomes the system's default, and ``HOME`` the user's in the
    system's database. ``PYTHONPATH`` and ``LD_PRELOAD`` have already affected this process: a restricted start must be
    ``python -I -m lead_tui`` from a server that accepts no variables.
    """
    import pwd

    for name in list(environ):
        if name not in _KEPT and not name.startswith("LC_"):
            del environ[name]
    environ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    environ["HOME"] = "/nonexistent"
    with suppress(KeyError):
        environ["HOME"] = pwd.getpwuid(os.geteuid()).pw_dir or "/nonexistent"
    prepare_environment(environ)


def blank_in_environment(name: str) -> None:
    """Overwrite the value of *name* in the environment that this process was started with. Linux only.

    A variable removed from ``os.environ`` is still in ``/proc/PID/environ``, which the user's other processes and root can read.
    The strings are on this process's own stack (proc_pid_stat(5)), and nothing refers to this one once it has been removed.
    """
    mark = f"\0{name}=".encode()
    with suppress(OSError, ValueError, IndexError):
        # The program's name, in parentheses, may contain spaces; the field after it is the third, and the 50th is wanted.
        start = int(Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()[50 - 3])
        content = b"\0" + Path("/proc/self/environ").read_bytes()
        value = content.index(mark) + len(mark)
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(start + value - 1)
            memory.write(b"\0" * (content.index(b"\0", value) - value))
