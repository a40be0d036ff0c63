"""Text in the cells of a terminal, where a character takes none, one or two: measuring, cutting, padding and wrapping."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from lead_tui.leads.text import ELLIPSIS

_TAB = "    "


@lru_cache(4_096)
def character_width(character: str) -> int:
    """Return the cells of *character*, which is printable: 2 for a wide one, 0 for a mark that sits on the one before.

    Rich counts the same for every character that ``leads.text.clean`` leaves (see ``terminal.glyphs``).
    """
    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cell_width(text: str) -> int:
    """Return the cells of *text*, one clean line."""
    return len(text) if text.isascii() else sum(map(character_width, text))


def truncate(text: str, width: int) -> str:
    """Return *text*, one clean line, cut to *width* cells with an ellipsis where it is longer."""
    if cell_width(text) <= width:
        return text
    return text[: _end_of_line(text, 0, width - 1)] + ELLIPSIS if width > 0 else ""


def fit(text: str, width: int) -> str:
    """Return *text*, one clean line, in exactly *width* cells: padded with spaces, or cut with an ellipsis."""
    if text.isascii() and len(text) <= width:
        return text.ljust(width)
    text = truncate(text, width)
    return text + " " * (width - cell_width(text))


def fit_with_end(text: str, end: str, width: int) -> str:
    """Return *text* and then *end* in exactly *width* cells: where both do not fit *text* is cut, for *end* says what to do."""
    room = width - cell_width(end)
    return fit((text if room < 1 else truncate(text, room)) + end, width)


def wrap(text: str, width: int, breaks: str = " ") -> Iterator[str]:
    """Yield the lines of the clean *text*, each at most *width* cells; its own line breaks are kept.

    A line ends behind the last of the characters in *breaks* that it has room for, and in the middle of a word where there is
    none. Nothing is lost but the space that a line ends with. A character wider than *width* has a line to itself.
    """
    width = max(1, width)
    for paragraph in text.replace("\t", _TAB).split("\n"):
        narrow = paragraph.isascii()
        start, length = 0, len(paragraph)
        while True:
            end = min(length, start + width) if narrow else max(start + 1, _end_of_line(paragraph, start, width))
            if end >= length:
                yield paragraph[start:]
                break
            end, following = _break_line(paragraph, start, end, breaks)
            yield paragraph[start:end]
            start = following
            if start >= length:
                break


def _end_of_line(text: str, start: int, width: int) -> int:
    """Return the index after the last character that fits into *width* cells from *start* on, with the marks on it."""
    used = 0
    for index in range(start, len(text)):
        used += character_width(text[index])
        if used > width:
            return index
    return len(text)


def _break_line(text: str, start: int, end: int, breaks: str) -> tuple[int, int]:
    """Return where a line from *start* with room until *end* ends, and where the next one starts."""
    if text[end] == " " and " " in breaks:
        return end, end + 1
    best = max(text.rfind(character, start, end) for character in breaks)
    # A break in the indent would leave an empty line.
    if best <= start or not text[start:best].strip():
        return end, end
    return (best, best + 1) if text[best] == " " else (best + 1, best + 1)
