"""Characters on the terminal: how many cells each takes, and ASCII replacements for the program's own borders and marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_LAST_MARK: Final = 0x1FFFF  # beyond it are no vowel signs, but thousands of variation selectors

_GLYPHS: Final = (
    ("─━═▔▁▂▃▄▀‐‑‒–—−░", "-"),
    ("│┃║▏▎▍▊▉▕▐", "|"),
    ("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝", "+"),
    ("█▇▆▅▓■", "#"),
    ("▌►▶❯›→", ">"),
    ("◀❮‹←", "<"),
    ("·", "|"),
    ("…", "~"),
    ("↓▼▾⏎", "v"),
    ("↑▲▴", "^"),
    ("•●", "*"),
    ("×⊘", "x"),
    ("◆", "%"),
    ("★", "@"),
    ("“”„«»", '"'),
    ("‘’", "'"),
    ("\N{NO-BREAK SPACE}", " "),
)
_PLAIN: Final = {ord(glyph): plain for glyphs, plain in _GLYPHS for glyph in glyphs}
"""By code point."""


def correct_widths() -> None:
    """Make Rich count as many cells for a character as terminals do, and forget what it has measured.

    Rich 15 gives the spacing vowel signs of Indian scripts (category Mc) no cell, following the wcwidth project; tmux, xterm, VTE,
    konsole, alacritty and PuTTY give them one, so that a name in Devanagari would push the rest of its row to the right. Textual
    draws by Rich's table alone, which can only be corrected where it is.
    """
    try:
        from rich import cells
        from rich._unicode_data import load
    except ImportError:
        # A Rich before 14.3, whose table is another.
        return
    table = load("auto").widths
    if isinstance(table, list):
        table[:] = _without_spacing_marks(table)
        cells.get_character_cell_size.cache_clear()
        cells.cached_cell_len.cache_clear()


def _without_spacing_marks(table: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield the ranges of *table* (first, last, cells) without spacing marks: a character in no range has one cell."""
    for first, last, cells in table:
        if cells or last > _LAST_MARK:
            yield first, last, cells
            continue
        for is_spacing, run in groupby(range(first, last + 1), lambda code: unicodedata.category(chr(code)) == "Mc"):
            if not is_spacing:
                codes = [*run]
                yield codes[0], codes[-1], cells


def plain(text: str) -> str:
    """Return *text* with the program's glyphs in ASCII, with as many cells as before."""
    return text if text.isascii() else text.translate(_PLAIN)


class PlainGlyphs(LineFilter):
    """Draws every line with ``plain`` characters. Leads' letters stay as they are: a terminal may be able to show those."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.text.isascii() else Segment(plain(segment.text), segment.style, segment.control)
            for segment in segments
        ]
