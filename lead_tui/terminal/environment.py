"""Clean the environment before Textual is imported, which reads most of it while it is imported."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import Final

OURS: Final = {
    # A dropped connection would leave the person's terminal in the kitty keyboard protocol; no key here needs it.
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
    # Nothing moves on this program's screens, and every frame of a movement would be sent over the line.
    "TEXTUAL_ANIMATIONS": "none",
    # "Smooth scrolling" has the mouse reported by the pixel: some ten reports instead of one, over the same line.
    "TEXTUAL_SMOOTH_SCROLL": "0",
}
"""Variables to set, as Textual 8.2.8 names them."""

_DROPPED: Final = ("TEXTUAL", "COLUMNS", "LINES")

_KEPT: Final = frozenset({"TERM", "COLORTERM", "NO_COLOR", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "TMUX", "STY"})
_KEPT_PREFIX: Final = "LC_"
"""Variables that describe terminal, language and clock. The others can change what programs do."""

_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NOWHERE: Final = "/nonexistent"


def prepare(environ: MutableMapping[str, str]) -> None:
    """Set what this program wants of Textual in *environ*, and drop what would change or watch it from outside.

    Other variables of Textual import any module, switch its debugger on, write the screen to a file or press keys. ``COLUMNS`` and
    ``LINES``, where a shell exports them, hide the terminal's own size and its changes.
    """
    for name in [name for name in environ if name.startswith("TEXTUAL_") or name in _DROPPED]:
        del environ[name]
    environ.update(OURS)


def scrub(environ: MutableMapping[str, str]) -> None:
    """Leave in *environ* nothing by which a user could steer a restricted start; then ``prepare``.

    Only what describes terminal, language and clock is kept. ``PATH`` becomes the system's own, and ``HOME`` what the system has
    for this user. ``PYTHONPATH`` and ``LD_PRELOAD`` have acted on this process by now: a restricted start is
    ``python -I -m lead_tui`` from a server that accepts no variables.
    """
    for name in list(environ):
        if name not in _KEPT and not name.startswith(_KEPT_PREFIX):
            del environ[name]
    environ["PATH"] = _PATH
    environ["HOME"] = home_directory()
    prepare(environ)


def home_directory() -> str:
    """Return the home directory in the system's user database, whatever the environment says."""
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_dir or _NOWHERE
    except KeyError:
        return _NOWHERE
