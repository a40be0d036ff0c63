"""Text that attacks a terminal or looks like markup, and the parts that a terminal could obey."""

from __future__ import annotations

import re

from tests.pty.harness import SEQUENCE

ESC, CSI, BEL, ST = "\x1b", "\x9b", "\x07", "\x9c"

ATTACKS: tuple[str, ...] = (
    f"{ESC}[31mred{ESC}[0m",
    f"{ESC}]0;title{BEL}",
    f"{ESC}]52;c;cm0gLXJmIH4={BEL}",
    f"\x9d52;c;cm0gLXJmIH4={ST}",
    f"{CSI}31mred{CSI}2J",
    f"{ESC}[2J{ESC}[H{ESC}[6n",
    f"{ESC}P$q\x22p{ESC}\\{ESC}_x{ESC}\\{ESC}^y{ESC}\\",
    f"{ESC}c{ESC}#8{ESC}(0",
    f"{ESC}[?1049l{ESC}[?1000h{ESC}[5n{ESC}[c{ESC}[>c",
    f"{ESC}]8;;http://example.com{ESC}\\link{ESC}]8;;{ESC}\\",
    f"{ESC}[201~q{ESC}[200~",
    "a\0b\x01c\x7fd\x08e\x0bf\x0cg\x0eh\x0fi",
    "\u202egnp.exe\u202c \u2066iso\u2069",
    "zero\u200bwidth\u200djoin\ufeffmark\u00adsoft",
    "line\u2028para\u2029next\x85nel",
    "\ue000private\U000f0000",
    "\ud800",
    "tail\u001b",
)
MARKUP: tuple[str, ...] = (
    "[@click=app.quit]press[/]",
    "[/nope]",
    "[bold red on blue]loud[/]",
    "[link=http://example.com]x[/link]",
    "[[[",
    "$primary {0} %s \\[x]",
)


def sequences(raw: bytes) -> set[bytes]:
    """Return the control sequences in *raw*, without cursor positions: those depend on what is repainted when."""
    return {re.sub(rb"^\x1b\[[\d;]*H$", b"\x1b[H", each) for each in SEQUENCE.findall(raw)}
