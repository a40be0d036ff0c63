"""How many cells of a terminal a text takes, and cutting it to fit."""

from __future__ import annotations

import unicodedata

from lead_tui.leads.text import ELLIPSIS


def width_of(character: str) -> int:
    """Cells for *character*, which is printable: 2 for a wide one, 0 for a mark that sits on the one before."""
    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cells_of(text: str) -> int:
    """Cells for *text*, one clean line."""
    return len(text) if text.isascii() else sum(map(width_of, text))


def fitted(text: str, width: int) -> str:
    """*text* cut, with an ellipsis, or filled with spaces to exactly *width* cells, which are 1 or more."""
    taken = cells_of(text)
    if taken <= width:
        return text + " " * (width - taken)
    kept: list[str] = []
    room = width - 1
    for character in text:
        needed = width_of(character)
        if needed > room:
            break
        kept.append(character)
        room -= needed
    return "".join(kept) + ELLIPSIS + " " * room
