"""OSC 52: the sequence that asks the user's own terminal, at the other end of the line, to put text on its clipboard.

No terminal answers it, and tmux drops it unless configured to pass it on: the program can say "sent to the terminal's clipboard",
never "copied".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lead_tui.leads.errors import OutputError
from lead_tui.limits import MAX_CLIPBOARD_BYTES, SCREEN_STRING_BYTES
from lead_tui.terminal.capabilities import Multiplexer, recognise_multiplexer

_ESC: Final = "\x1b"
_ST: Final = "\x1b\\"


def osc52(text: str, environ: Mapping[str, str]) -> str:
    """The sequence that sends *text* to the terminal's clipboard, wrapped for the multiplexer named by *environ*.

    *text* goes as it is: a lead's value comes from ``without_controls``, or a line break in it runs what a shell gets pasted.

    Through tmux it is sent twice. Wrapped it reaches the outer terminal where ``allow-passthrough`` is on (tmux before 3.3:
    always), plain where ``set-clipboard`` is on; tmux ignores the other one.

    Raises:
        OutputError: *text* is longer than terminals take.
    """
    data = text.encode("utf-8", "replace")
    if len(data) > MAX_CLIPBOARD_BYTES:
        raise OutputError(
            f"{len(data):,} bytes are more than a terminal's clipboard takes ({MAX_CLIPBOARD_BYTES:,})",
            remedy="copy a single field, or export",
        )
    import base64

    plain = f"{_ESC}]52;c;{base64.b64encode(data).decode('ascii')}\a"
    match recognise_multiplexer(environ):
        case Multiplexer.TMUX:
            return f"{_ESC}Ptmux;{plain.replace(_ESC, _ESC + _ESC)}{_ST}{plain}"
        case Multiplexer.SCREEN:
            wrapped = "".join(
                f"{_ESC}P{plain[start : start + SCREEN_STRING_BYTES]}{_ST}" for start in range(0, len(plain), SCREEN_STRING_BYTES)
            )
            # Without STY only TERM speaks of screen, and tmux on the near side of an SSH login sets such a TERM as well.
            return wrapped if "STY" in environ else wrapped + plain
        case Multiplexer.NONE:
            return plain
