"""The environment as the program leaves it before Textual is imported, since Textual reads most of it while it is imported."""

from __future__ import annotations

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
"""What is set, with Textual 8.2.8's names."""

_SIZE: Final = ("COLUMNS", "LINES")
_RESTRICTED_PREFIXES: Final = ("PYTHON", "SSL_", "XDG_", "LEAD_TUI_", "CONVOSO_")
_RESTRICTED_SUFFIXES: Final = ("_PROXY",)
_RESTRICTED_NAMES: Final = frozenset({"BROWSER", "EDITOR", "VISUAL", "PAGER"})


def prepare(environ: MutableMapping[str, str]) -> None:
    """Set what this program wants of Textual in *environ*, and drop what would change or watch it from outside.

    Every other ``TEXTUAL…`` variable goes: ``TEXTUAL_DRIVER`` imports any module, ``TEXTUAL`` switches the debugger on,
    ``TEXTUAL_LOG`` and ``TEXTUAL_SCREENSHOT`` write what is on the screen to a file, ``TEXTUAL_PRESS`` presses keys.
    ``COLUMNS`` and ``LINES`` go too: where a shell exports them they hide the terminal's own size and its changes.
    """
    for name in [name for name in environ if name == "TEXTUAL" or name.startswith("TEXTUAL_") or name in _SIZE]:
        del environ[name]
    environ.update(OURS)


def scrub(environ: MutableMapping[str, str]) -> None:
    """Drop from *environ* everything by which a person could steer a restricted start; then ``prepare``.

    Proxies, certificate stores, configuration directories, editors, browsers and Python's own switches. ``PYTHONPATH`` has
    acted by the time this runs: a restricted start is ``python -I -m lead_tui``.
    """
    for name in list(environ):
        upper = name.upper()
        if upper.startswith(_RESTRICTED_PREFIXES) or upper.endswith(_RESTRICTED_SUFFIXES) or upper in _RESTRICTED_NAMES:
            del environ[name]
    prepare(environ)
