"""The terminals and multiplexers: how each starts with 80x24 cells, its Debian package, and how it pastes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

_FONT: Final = "DejaVu Sans Mono"
XTERM: Final = ("xterm", "-geometry", "80x24+0+0", "-fa", _FONT, "-fs", "10", "-e")
ALLOWING: Final = (*XTERM[:-1], "-xrm", "*disallowedWindowOps: 20,21,SetXprop", "-e")
"""With OSC 52, so that a multiplexer in it shows whether it passes a copy on."""


class Kind(NamedTuple):
    """A terminal, or a multiplexer in xterm. The program's command follows *command*."""

    name: str
    package: str
    command: Sequence[str]
    version: Sequence[str]
    paste: str = "ctrl+shift+v"
    """Keys, by their names in X."""
    clears: bool = False
    """Whether there is no alternate screen, so that the screen is empty after the program instead of restored."""


KINDS: Final = (
    Kind("xterm", "xterm", XTERM, ("xterm", "-version"), "shift+Insert"),
    Kind("xterm, OSC 52 allowed", "xterm", ALLOWING, ("xterm", "-version"), "shift+Insert"),
    Kind(
        "rxvt-unicode", "rxvt-unicode", ("urxvt", "-geometry", "80x24", "-fn", f"xft:{_FONT}:size=10", "-e"), ("urxvt", "-help"),
        "shift+Insert",
    ),
    Kind("st", "stterm", ("stterm", "-g", "80x24", "-f", f"{_FONT}:size=10", "-e"), ("stterm", "-v")),
    Kind(
        "kitty",
        "kitty",
        (
            "kitty", "-o", "remember_window_size=no", "-o", "initial_window_width=80c", "-o", "initial_window_height=24c",
            "-o", "cursor_blink_interval=0", "-o", "update_check_interval=0",
        ),
        ("kitty", "--version"),
    ),
    Kind(
        "alacritty", "alacritty", ("alacritty", "-o", "window.dimensions={columns: 80, lines: 24}", "-e"),
        ("alacritty", "--version"),
    ),
    Kind(
        "xfce4-terminal (VTE)", "xfce4-terminal",
        ("dbus-run-session", "xfce4-terminal", "--disable-server", "--hide-menubar", "--geometry=80x24", "-x"),
        ("dpkg-query", "-W", "xfce4-terminal"),
    ),
    Kind(
        "PuTTY's pterm", "pterm", ("pterm", "-geometry", "80x24", "-fn", f"client:{_FONT} 10", "-e"),
        ("dpkg-query", "-W", "pterm"), "shift+Insert",
    ),
    Kind(
        "tmux in xterm", "tmux", (*ALLOWING, "tmux", "-L", "lead-tui", "-f", "/dev/null", "new-session"),
        ("tmux", "-V"), "shift+Insert",
    ),
    Kind(
        "screen in xterm", "screen", (*ALLOWING, "screen", "-c", "/dev/null"), ("screen", "--version"), "shift+Insert",
        clears=True,
    ),
    Kind(
        "mosh in xterm",
        "mosh",
        (
            *ALLOWING, "sh", "-c",
            'set -- $(mosh-server new -i 127.0.0.1 -- "$@" 2>/dev/null | grep "MOSH CONNECT"); '
            "MOSH_KEY=$4 exec mosh-client 127.0.0.1 $3",
            "mosh",
        ),
        ("mosh", "--version"),
        "shift+Insert",
        clears=True,
    ),
    Kind("dtach in xterm", "dtach", (*ALLOWING, "dtach", "-A", "lead-tui.socket", "-z"), ("dtach", "--version"), "shift+Insert"),
)  # fmt: skip
