"""What the terminal can do: whether there is one, its characters, its colors, and the multiplexer in between."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from lead_tui.leads.errors import UsageError

TRUE_COLOR: Final = 1 << 24

_WITHOUT_CURSOR: Final = ("", "dumb", "unknown")
_ASCII_FAMILIES: Final = ("linux", "vt1", "vt2", "vt3", "vt4", "vt5", "cons25", "wsvt25", "sun", "ansi")
"""Kinds of ``TERM`` whose fonts lack rounded corners: the Linux console has 512 glyphs, the others fewer."""

_REMEDY: Final = "use lead-tui search, which prints the leads"


class Multiplexer(Enum):
    """Terminal multiplexers that change what may be sent."""

    NONE = ""
    TMUX = "tmux"
    SCREEN = "screen"


class TerminalCapabilities(NamedTuple):
    """What may be sent to the terminal.

    *unicode*: borders and marks beyond ASCII. *colors*: 0 (``NO_COLOR``), 16, 256 or ``TRUE_COLOR``. *mouse*: mouse reports.
    """

    unicode: bool
    colors: int
    multiplexer: Multiplexer
    mouse: bool = True


def require_terminal(environ: Mapping[str, str], *, stdin: int = 0, stderr: int = 2, remedy: str = _REMEDY) -> None:
    """Check that the interface can run: keys come from *stdin*, and Textual draws on *stderr* (file descriptors).

    *remedy* says what to do without a terminal; by itself, how SSH gives one too.

    Raises:
        UsageError: one of them is not a terminal, or ``TERM`` names one on which nothing can be placed.
    """
    keys, screen, term = _is_terminal(stdin), _is_terminal(stderr), environ.get("TERM", "")
    if not (keys or screen) and "SSH_CONNECTION" in environ and remedy is _REMEDY:
        # A command given to ssh gets a terminal only where it is asked for.
        raise UsageError("this SSH session has no terminal", remedy=f"ssh -t HOST lead-tui gives it one; or {remedy}")
    if not keys:
        raise UsageError("standard input is not a terminal", remedy=remedy)
    if not screen:
        raise UsageError("standard error, where the interface is drawn, is not a terminal", remedy=remedy)
    if term in _WITHOUT_CURSOR:
        problem = f"the terminal is one that can only print lines (TERM is {repr(term) if term else 'not set'})"
        raise UsageError(problem, remedy=f"set TERM to what it is, such as xterm-256color, or {remedy}")


def recognise_capabilities(environ: Mapping[str, str], encoding: str | None) -> TerminalCapabilities:
    """From the environment and the *encoding* of the stream that is drawn on (``sys.stderr.encoding``).

    Where the locale says nothing (``C``), Python writes UTF-8 and so does nearly every terminal: that counts as UTF-8.
    """
    term = environ.get("TERM", "")
    is_utf8 = (encoding or "").lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig")
    return TerminalCapabilities(
        unicode=is_utf8 and not term.startswith(_ASCII_FAMILIES),
        colors=_colors(environ),
        multiplexer=recognise_multiplexer(environ),
        # GNU screen 4.9.0 with mouse reports keeps an Escape until the next key. A TERM of "screen" alone is tmux's default, too.
        mouse=not (environ.get("STY") or term.startswith("screen.")),
    )


def recognise_multiplexer(environ: Mapping[str, str]) -> Multiplexer:
    """Return the multiplexer by its variables on this host, else by ``TERM``, which crosses SSH when it runs on the near side."""
    term = environ.get("TERM", "")
    if environ.get("TMUX") or (term.startswith("tmux") and not environ.get("STY")):
        return Multiplexer.TMUX
    if environ.get("STY") or term == "screen" or term.startswith(("screen-", "screen.")):
        return Multiplexer.SCREEN
    return Multiplexer.NONE


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _colors(environ: Mapping[str, str]) -> int:
    # https://no-color.org says "when present and not an empty string"; Textual counts it even when empty, and so does this.
    if "NO_COLOR" in environ:
        return 0
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return TRUE_COLOR
    # As Rich reads TERM, so that this says what is really sent.
    return 256 if environ.get("TERM", "").rpartition("-")[2] in ("256color", "kitty") else 16
