"""Cleaning: the one place where text that strangers typed becomes fit for a terminal.

Widgets strip only a handful of control characters themselves, so an escape sequence, a bidi override or a stack of combining
marks in a lead's name would reach the terminal. What leaves this module holds no control and no invisible character but
line breaks, and each of its lines may be handed to ``Content`` or ``Text`` as it is. Never to a widget as ``str``: the
brackets of markup are text here.
"""

from __future__ import annotations

import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS = "…"

MOST_MARKS_IN_A_ROW = 3
"""Combining marks kept on one character. Vietnamese and pointed Hebrew need two or three; more climb over other lines."""

_REPLACED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me", "Mc"})


def _is_variation_selector(character: str) -> bool:
    # Terminals disagree about the width of a character that one of these follows; without it all draw the same.
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def clean(text: str) -> str:
    """*text* with line breaks as ``\\n``, tabs as they are, and nothing else that a terminal would obey or hide."""
    if text.isascii() and text.isprintable():
        return text
    cleaned: list[str] = []
    marks = 0
    for character in text.replace("\r\n", "\n").replace("\r", "\n"):
        if character in "\n\t":
            marks = 0
            cleaned.append(character)
            continue
        category = unicodedata.category(character)
        if category in _REPLACED:
            marks = 0
            cleaned.append(REPLACEMENT)
        elif category in _MARKS:
            if marks < MOST_MARKS_IN_A_ROW and not _is_variation_selector(character):
                cleaned.append(character)
                marks += 1
        else:
            marks = 0
            cleaned.append(character)
    return "".join(cleaned)


def one_line(text: str, most: int = 0) -> str:
    """*text* cleaned for a cell: breaks and tabs as spaces; cut to *most* characters, 0 for whole."""
    if most and len(text) > most:
        # Cut first: a megabyte in a cell costs no more than what is seen of it.
        text = text[: most - 1] + ELLIPSIS
    if text.isascii() and text.isprintable():
        return text
    return clean(text).replace("\n", " ").replace("\t", " ")


def unprintable_escaped(text: str) -> str:
    """*text* with everything unprintable but line breaks written as an escape (``\\x1b``), for data printed on a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character
        if character == "\n" or unicodedata.category(character) not in _REPLACED
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def without_controls(text: str) -> str:
    """*text* without control characters but tab and line break: the original value, for a clipboard or a CSV cell."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    )
