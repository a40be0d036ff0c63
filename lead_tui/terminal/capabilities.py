"""The terminal's capabilities: whether there is one, its characters and mouse, a multiplexer in between, and the clipboard.

The clipboard is at the user's end of the line. OSC 52 is a sequence that no terminal acknowledges and that some drop: the program
can say "sent to the terminal's clipboard", but never "copied". tmux drops it by default, but has a command that sends text.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from lead_tui.leads.errors import OutputError, UsageError
from lead_tui.limits import MAX_CLIPBOARD_BYTES, MAX_MOSH_CLIPBOARD_BYTES, MULTIPLEXER_PATIENCE, SCREEN_STRING_BYTES

WITHOUT_CURSOR: Final = ("", "dumb", "unknown")  # values of ``TERM`` for terminals that can only print lines
_ASCII_FAMILIES: Final = ("linux", "vt1", "vt2", "vt3", "vt4", "vt5", "cons25", "wsvt25", "sun", "ansi")
"""Kinds of ``TERM`` whose fonts lack rounded corners: the Linux console has 512 glyphs, the others fewer."""

_REMEDY: Final = "use lead-tui search, which prints the leads"
_ESC: Final = "\x1b"
_DROPPING: Final = {
    "rxvt": "rxvt-unicode", "st": "st", "vte": "VTE", "gnome": "VTE", "konsole": "Konsole", "mlterm": "mlterm", "putty": "PuTTY",
    "linux": "the Linux console",
}  # fmt: skip
"""Terminals that drop OSC 52 by default, or always, by the beginning of ``TERM`` (tested)."""
_DROPPING_BY_VARIABLE: Final = {"XTERM_VERSION": "xterm", "VTE_VERSION": "VTE", "KONSOLE_VERSION": "Konsole"}
"""The same, by a variable that they set for programs on their own host."""

Multiplexer = Literal["", "tmux", "screen"]  # those that change what may be sent


def require_terminal(environ: Mapping[str, str], *, remedy: str = _REMEDY) -> None:
    """Raise ``UsageError`` unless standard input is a terminal, and standard error, on which Textual draws, one that places text.

    *remedy* says what to do without a terminal; the default remedy also says how SSH provides one.
    """
    keys, screen, term = os.isatty(0), os.isatty(2), environ.get("TERM", "")
    if not (keys or screen) and "SSH_CONNECTION" in environ and remedy is _REMEDY:
        # ssh gives a command a terminal only on request.
        raise UsageError("this SSH session has no terminal", remedy=f"ssh -t HOST lead-tui gives it one; or {remedy}")
    if not (keys and screen):
        what = "standard error, where the interface is drawn," if keys else "standard input"
        raise UsageError(f"{what} is not a terminal", remedy=remedy)
    if term in WITHOUT_CURSOR:
        problem = f"the terminal is one that can only print lines (TERM is {repr(term) if term else 'not set'})"
        raise UsageError(problem, remedy=f"set TERM to what it is, such as xterm-256color, or {remedy}")


def shows_unicode(environ: Mapping[str, str], encoding: str | None) -> bool:
    """Return whether borders and marks beyond ASCII may be sent; *encoding* is that of the stream that is drawn on.

    In the locale ``C`` Python writes UTF-8, which nearly every terminal displays, so that it counts as UTF-8.
    """
    is_utf8 = (encoding or "").lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig")
    # GNU screen puts its own name before the name of the terminal that it runs on.
    return is_utf8 and not environ.get("TERM", "").removeprefix("screen.").startswith(_ASCII_FAMILIES)


def can_report_mouse(environ: Mapping[str, str]) -> bool:
    """Return whether the mouse may be used: with its reports, GNU screen 4.9.0 keeps an Escape until the next key."""
    # tmux's default TERM is also "screen".
    return not (environ.get("STY") or environ.get("TERM", "").startswith("screen."))


def detect_multiplexer(environ: Mapping[str, str]) -> Multiplexer:
    """Return the multiplexer, by its variables on this host or else by ``TERM``, which SSH passes on from the user's host."""
    term = environ.get("TERM", "")
    if environ.get("TMUX") or (term.startswith("tmux") and not environ.get("STY")):
        return "tmux"
    if environ.get("STY") or term == "screen" or term.startswith(("screen-", "screen.")):
        return "screen"
    return ""


# The clipboard


def osc52(text: str, environ: Mapping[str, str]) -> str:
    """Return the sequence that sends *text* to the terminal's clipboard, wrapped for the multiplexer in *environ*.

    *text* is sent unchanged: a lead's value must come from ``without_controls``, or a shell may run what a user pastes. Raises
    ``OutputError`` if it is longer than terminals take, or than mosh passes on.

    Through tmux it is sent twice: wrapped, it reaches the outer terminal if ``allow-passthrough`` is on (before tmux 3.3:
    always), and plain if ``set-clipboard`` is on; tmux ignores the other one.
    """
    plain = _sequence(text, over_mosh=is_over_mosh())
    match detect_multiplexer(environ):
        case "tmux":
            return _wrapped_for_tmux(plain) + plain
        case "screen":
            starts = range(0, len(plain), SCREEN_STRING_BYTES)
            wrapped = "".join(f"{_ESC}P{plain[start : start + SCREEN_STRING_BYTES]}{_ESC}\\" for start in starts)
            # Without STY only TERM points to screen, and tmux at the user's end of an SSH connection sets such a TERM, too.
            return wrapped if "STY" in environ else wrapped + plain
        case "":
            return plain


def _sequence(text: str, *, over_mosh: bool = False) -> str:
    import base64

    data, most = text.encode("utf-8", "replace"), MAX_MOSH_CLIPBOARD_BYTES if over_mosh else MAX_CLIPBOARD_BYTES
    if len(data) > most:
        what = "mosh passes on" if over_mosh else "a terminal's clipboard takes"
        raise OutputError(f"{len(data):,} bytes are more than {what} ({most:,})", remedy="copy a single field, or export")
    return f"{_ESC}]52;c;{base64.b64encode(data).decode('ascii')}\a"


def _wrapped_for_tmux(sequence: str) -> str:
    return f"{_ESC}Ptmux;{sequence.replace(_ESC, _ESC + _ESC)}{_ESC}\\"


def send_by_tmux(text: str, environ: Mapping[str, str]) -> str:
    """Have tmux (3.2 or later) send *text* to the clipboard of its terminal, whatever ``set-clipboard`` is.

    Blocks for up to ``MULTIPLEXER_PATIENCE``. tmux keeps the text in a buffer with a name of ours, which the same command deletes.
    Returns a sequence to send as well, since mosh drops tmux's and passes on this one if tmux lets it through; plain OSC 52 is left
    out, since tmux would keep its text in a buffer. Returns "" if tmux refused. Raises ``OutputError`` as ``osc52``.
    """
    # Imported here: most sessions are not in tmux.
    import subprocess

    sequence = _sequence(text)
    buffer = f"lead-tui-{os.getpid()}"
    words = ["tmux", "load-buffer", "-b", buffer, "-w", "-", ";", "delete-buffer", "-b", buffer]
    data, patience = text.encode("utf-8", "replace"), MULTIPLEXER_PATIENCE
    try:
        subprocess.run(  # noqa: S603 (no part of it is from outside)
            words, input=data, capture_output=True, env=dict(environ), timeout=patience, start_new_session=True, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return _wrapped_for_tmux(sequence)


def dropped_by(environ: Mapping[str, str]) -> str:
    """Return the name of the terminal if it drops OSC 52 by default; "" if that is not known."""
    if detect_multiplexer(environ):
        return ""
    by_term = _DROPPING.get(environ.get("TERM", "").partition("-")[0], "")
    return next((name for variable, name in _DROPPING_BY_VARIABLE.items() if environ.get(variable)), by_term)


def is_over_mosh() -> bool:
    """Return whether mosh-server, which sets no variable, is an ancestor of this process."""
    process = os.getpid()
    with suppress(OSError, ValueError, IndexError):
        while process > 1:
            # The name may contain anything, even parentheses; the state and the parent's id follow the last one.
            name, _, rest = Path(f"/proc/{process}/stat").read_text(errors="replace").partition("(")[2].rpartition(")")
            if name == "mosh-server":
                return True
            process = int(rest.split()[1])
    return False
