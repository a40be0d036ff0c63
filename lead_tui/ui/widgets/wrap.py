"""Wrapping text by the cells of a terminal, in which a character may be none, one or two wide. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len, get_character_cell_size

ELLIPSIS = "…"
TAB = "    "


def wrapped(text: str, width: int, breaks: str = " ") -> Iterator[str]:
    """The lines of the clean *text*, each at most *width* cells; its own line breaks are kept.

    A line ends behind the last of the characters in *breaks* that it has room for, and in the middle of a word where there is
    none. Nothing is lost but the space that a line ends with. A character wider than *width* has a line to itself.
    """
    width = max(1, width)
    for paragraph in text.replace("\t", TAB).split("\n"):
        if len(paragraph) <= width and paragraph.isascii():
            yield paragraph
            continue
        start, length = 0, len(paragraph)
        narrow = paragraph.isascii()
        while True:
            end = min(length, start + width) if narrow else _fitting(paragraph, start, width)
            if end >= length:
                yield paragraph[start:]
                break
            end, following = _broken(paragraph, start, end, breaks)
            yield paragraph[start:end]
            start = following
            if start >= length:
                break


def fitted(text: str, width: int) -> str:
    """The one-line *text* cut to *width* cells, with an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    return text[: _fitting(text, 0, width - 1, least=0)] + ELLIPSIS if width > 0 else ""


def _fitting(text: str, start: int, width: int, *, least: int = 1) -> int:
    """The index behind the last character that fits from *start* on, but at least *least* of them.

    A combining mark goes with its character.
    """
    used = 0
    for index in range(start, len(text)):
        used += get_character_cell_size(text[index])
        if used > width:
            return max(index, start + least)
    return len(text)


def _broken(text: str, start: int, end: int, breaks: str) -> tuple[int, int]:
    """Where a line from *start* with room until *end* ends, and where the next one starts."""
    if text[end] == " " and " " in breaks:
        return end, end + 1
    best = max(text.rfind(character, start, end) for character in breaks)
    # A break in the indent would leave an empty line.
    if best <= start or not text[start:best].strip():
        return end, end
    return (best, best + 1) if text[best] == " " else (best + 1, best + 1)
