"""How many cells Rich gives a character: as many as terminals do.

Rich 15 gives the spacing vowel signs of Indian scripts (category Mc) no cell, following the wcwidth project; tmux, xterm, VTE,
konsole, alacritty and PuTTY give them one, so that a name in Devanagari would push the rest of its row to the right. Textual draws
by Rich's table alone, which can only be corrected where it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

_LAST = 0x1FFFF
"""Beyond it are no vowel signs, but thousands of variation selectors."""


def correct_widths() -> None:
    """Have Rich count a cell for each spacing mark, and forget what it has measured."""
    try:
        # Imported here: only programs that draw need it.
        from rich import cells
        from rich._unicode_data import load
    except ImportError:
        # A Rich before 14.3, whose table is another.
        return
    table = load("auto").widths
    if isinstance(table, list):
        table[:] = _corrected(table)
        cells.get_character_cell_size.cache_clear()
        cells.cached_cell_len.cache_clear()


def _corrected(table: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """The ranges of *table* (first, last, cells) without the spacing marks: what is in no range has one cell."""
    for first, last, cells in table:
        if cells or last > _LAST:
            yield first, last, cells
            continue
        start = first
        for code in range(first, last + 1):
            if unicodedata.category(chr(code)) == "Mc":
                if start < code:
                    yield start, code - 1, cells
                start = code + 1
        if start <= last:
            yield start, last, cells
