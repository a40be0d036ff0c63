"""Putting text on the clipboard of the user's own terminal, at the other end of the line.

OSC 52 is a sequence that no terminal answers and that some drop: the program can say "sent to the terminal's clipboard", never
"copied". tmux drops it unless configured to pass it on, but sends text to its terminal when asked by a command.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from lead_tui.leads.errors import OutputError
from lead_tui.limits import MAX_CLIPBOARD_BYTES, MAX_MOSH_CLIPBOARD_BYTES, MULTIPLEXER_PATIENCE, SCREEN_STRING_BYTES
from lead_tui.terminal.capabilities import Multiplexer, recognise_multiplexer

_ESC: Final = "\x1b"
_ST: Final = "\x1b\\"

_DROPPING: Final = {
    "rxvt": "rxvt-unicode", "st": "st", "vte": "VTE", "gnome": "VTE", "konsole": "Konsole", "mlterm": "mlterm", "putty": "PuTTY",
    "linux": "the Linux console",
}  # fmt: skip
"""Terminals that drop OSC 52 unless they are set up otherwise, if they can take it at all, by the start of ``TERM`` (tried)."""
_DROPPING_BY_VARIABLE: Final = {"XTERM_VERSION": "xterm", "VTE_VERSION": "VTE", "KONSOLE_VERSION": "Konsole"}
"""The same by a variable that they set for programs on their own host."""

_MAX_ANCESTORS: Final = 30


def osc52(text: str, environ: Mapping[str, str], *, over_mosh: bool = False) -> str:
    """The sequence that sends *text* to the terminal's clipboard, wrapped for the multiplexer named by *environ*.

    *text* goes as it is: a lead's value comes from ``without_controls``, or a line break in it runs what a shell gets pasted.

    Through tmux it is sent twice. Wrapped it reaches the outer terminal where ``allow-passthrough`` is on (tmux before 3.3:
    always), plain where ``set-clipboard`` is on; tmux ignores the other one.

    Raises:
        OutputError: *text* is longer than terminals take, or than mosh passes on.
    """
    plain = _sequence(text, over_mosh=over_mosh)
    match recognise_multiplexer(environ):
        case Multiplexer.TMUX:
            return _wrapped_for_tmux(plain) + plain
        case Multiplexer.SCREEN:
            wrapped = "".join(
                f"{_ESC}P{plain[start : start + SCREEN_STRING_BYTES]}{_ST}" for start in range(0, len(plain), SCREEN_STRING_BYTES)
            )
            # Without STY only TERM speaks of screen, and tmux on the near side of an SSH login sets such a TERM as well.
            return wrapped if "STY" in environ else wrapped + plain
        case Multiplexer.NONE:
            return plain


def _sequence(text: str, *, over_mosh: bool = False) -> str:
    import base64

    data = text.encode("utf-8", "replace")
    most, what = MAX_CLIPBOARD_BYTES, "a terminal's clipboard takes"
    if over_mosh:
        most, what = MAX_MOSH_CLIPBOARD_BYTES, "mosh passes on"
    if len(data) > most:
        raise OutputError(f"{len(data):,} bytes are more than {what} ({most:,})", remedy="copy a single field, or export")
    return f"{_ESC}]52;c;{base64.b64encode(data).decode('ascii')}\a"


def _wrapped_for_tmux(sequence: str) -> str:
    return f"{_ESC}Ptmux;{sequence.replace(_ESC, _ESC + _ESC)}{_ST}"


def is_in_tmux(environ: Mapping[str, str]) -> bool:
    """Whether a tmux on this host can be given commands."""
    return bool(environ.get("TMUX"))


def send_by_tmux(text: str, environ: Mapping[str, str]) -> bool:
    """Have tmux (3.2 or later) send *text* to the clipboard of its terminal, whatever ``set-clipboard`` is; return whether it did.

    Blocks for up to ``MULTIPLEXER_PATIENCE``. tmux keeps such a text in a buffer: it has a name of ours, and is deleted by the same
    command. Raises ``OutputError`` as ``osc52``.
    """
    # Imported here: most sessions are not in tmux.
    import subprocess

    _sequence(text)
    buffer = f"lead-tui-{os.getpid()}"
    words = ["tmux", "load-buffer", "-b", buffer, "-w", "-", ";", "delete-buffer", "-b", buffer]
    data, patience = text.encode("utf-8", "replace"), MULTIPLEXER_PATIENCE
    try:
        subprocess.run(  # noqa: S603 (no part of it is from outside)
            words, input=data, capture_output=True, env=dict(environ), timeout=patience, start_new_session=True, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def beside_tmux(text: str) -> str:
    """The sequence to send beside ``send_by_tmux``: mosh drops the one of tmux, and passes this one on if tmux lets it through.

    Plain OSC 52 is left out: tmux would keep its text in a buffer.
    """
    return _wrapped_for_tmux(_sequence(text))


def dropped_by(environ: Mapping[str, str]) -> str:
    """Return the name of the terminal if it drops OSC 52 unless set up otherwise; "" if that is not known."""
    if recognise_multiplexer(environ) is not Multiplexer.NONE:
        return ""
    by_term = _DROPPING.get(environ.get("TERM", "").partition("-")[0], "")
    return next((name for variable, name in _DROPPING_BY_VARIABLE.items() if environ.get(variable)), by_term)


def is_over_mosh(process: int | None = None) -> bool:
    """Whether mosh-server is an ancestor of *process*, by default of this one; it sets no variable."""
    process = process or os.getpid()
    with suppress(OSError, ValueError, IndexError):
        for _ in range(_MAX_ANCESTORS):
            # The name may hold anything, parentheses included; the state and the parent's id follow the last one.
            name, _, rest = Path(f"/proc/{process}/stat").read_text(errors="replace").partition("(")[2].rpartition(")")
            if name == "mosh-server":
                return True
            process = int(rest.split()[1])
    return False
