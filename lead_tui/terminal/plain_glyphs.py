"""What is drawn in ASCII: the program's own borders and marks, each by a character of as many cells.

One place for all, so that no widget can forget one. Letters of leads stay as they are: a terminal may well have those.
"""

from __future__ import annotations

from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_GLYPHS: Final = (
    ("─━═▔▁▂▃▄▀‐‑‒–—−░", "-"),
    ("│┃║▏▎▍▊▉▕▐", "|"),
    ("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝", "+"),
    ("█▇▆▅▓", "#"),
    ("▌►▶❯›→", ">"),
    ("◀❮‹←", "<"),
    ("·", "|"),
    ("…", "~"),
    ("↓▼▾⏎", "v"),
    ("↑▲▴", "^"),
    ("•●", "*"),
    ("×", "x"),
    ("⊘", "x"),
    ("“”„«»", '"'),
    ("‘’", "'"),
    ("\N{NO-BREAK SPACE}", " "),
)

_PLAIN: Final = {ord(glyph): plain for glyphs, plain in _GLYPHS for glyph in glyphs}
"""By code point."""


def plain(text: str) -> str:
    """*text* with the program's glyphs in ASCII; as many cells as before."""
    return text if text.isascii() else text.translate(_PLAIN)


class PlainGlyphs(LineFilter):
    """Has every line drawn in ``plain`` characters."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.text.isascii() else Segment(plain(segment.text), segment.style, segment.control)
            for segment in segments
        ]
