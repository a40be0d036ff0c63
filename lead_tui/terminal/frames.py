"""Frames for the terminal: only the cells that changed, as wide as terminals draw them, in ASCII if necessary.

Textual 8.2.8 draws the whole screen again and again around a dialog: when it is pushed (``App.push_screen`` refreshes the screen
below), when it has been laid out, when it resumes, and twice when it is popped (a layout, then ``Screen._on_screen_resume``). On a
slow line that is most of a second. Here each of these frames is compared with what was sent before.

Uses of Textual's ``_compositor``: ``CompositorUpdate``, ``LayoutUpdate`` and ``ChopsUpdate``, which are the frames.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple, cast

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

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
_PLAIN: Final = {ord(glyph): plain for glyphs, plain in _GLYPHS for glyph in glyphs}  # by code point


class Run(NamedTuple):
    """Cells of the line *y* from the column *x* on."""

    x: int
    y: int
    strip: Strip


class Frame(CompositorUpdate):
    def __init__(self, runs: list[Run]) -> None:
        self.runs = runs

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.render_segments(console)

    def render_segments(self, console: Console) -> str:
        return "".join(f"{Control.move_to(x, y).segment.text}{strip.render(console)}" for x, y, strip in self.runs)


class ShownCells:
    """The known cells on the terminal."""

    def __init__(self) -> None:
        self._lines: defaultdict[int, tuple[list[str | None], list[Style | None]]] = defaultdict(lambda: ([], []))
        """By line, the text and the style of each cell, as ``_cells`` returns them; None for an unknown text."""

    def forget(self) -> None:
        """Forget all cells: the next frames are sent in full."""
        self._lines.clear()

    def changes(self, update: LayoutUpdate | ChopsUpdate) -> Frame:
        """Return the cells of *update* that differ from the terminal's, and note them as shown."""
        return Frame([changed for run in _runs(update) if (changed := self._take(run)) is not None])

    def _take(self, run: Run) -> Run | None:
        x, y, strip = run
        # The terminal's own colors need no bytes, and below a dialog they are missing.
        bare = [Segment(text, _bare(style)) for text, style, _ in strip]
        texts, styles = _cells(bare)
        end = x + len(texts)
        shown_texts, shown_styles = self._lines[y]
        unknown: list[None] = [None] * (end - len(shown_texts))
        shown_texts += unknown
        shown_styles += unknown
        before, styles_before = shown_texts[x:end], shown_styles[x:end]
        if before == texts and styles_before == styles:
            return None
        cells = enumerate(zip(texts, before, styles, styles_before, strict=True))
        changed = [at for at, (text, old, style, old_style) in cells if text != old or style != old_style]
        for half in (x, end):
            if half < len(shown_texts) and shown_texts[half] == "":
                # What a terminal shows for half a wide character is not known.
                shown_texts[half - 1] = shown_texts[half] = None
        shown_texts[x:end], shown_styles[x:end] = texts, styles
        first, last = changed[0], changed[-1] + 1
        # Whole segments, and with them whole characters and words.
        while first and styles[first - 1] == styles[first]:
            first -= 1
        while last < len(texts) and styles[last] == styles[last - 1]:
            last += 1
        return Run(x + first, y, Strip(bare, len(texts)).simplify().crop(first, last))


def _runs(update: LayoutUpdate | ChopsUpdate) -> Iterator[Run]:
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield Run(x, y, strip)
                x += strip.cell_length
        return
    for y, first, last in update.spans:
        for end, (x, piece) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if piece is not None and x <= last and end > first:
                yield Run(x, y, piece if x >= first and end <= last else piece.crop(0, min(end, last) - x))


def _cells(segments: Iterable[Segment]) -> tuple[list[str], list[Style | None]]:
    """Return the text and the style of each cell of *segments*; the text of a wide character stands in its first cell."""
    texts: list[str] = []
    styles: list[Style | None] = []
    for text, style, _ in segments:
        cells = len(text) if text.isascii() else cell_len(text)
        if not cells:
            # A combining mark is drawn on the previous character, whatever its style.
            texts[-1:] = [f"{each}{text}" for each in texts[-1:]]
            continue
        widths = () if text.isascii() else [*map(cell_len, text)]
        if not widths or max(widths) == min(widths) == 1:
            texts += text
        elif sum(widths) == cells and min(widths):
            texts += [part for each, width in zip(text, widths, strict=True) for part in (each, *[""] * (width - 1))]
        else:
            # Characters that combine stay together.
            texts += [text, *[""] * (cells - 1)]
        styles += [style] * cells
    return texts, styles


@lru_cache(maxsize=1_000)
def _bare(style: Style | None) -> Style | None:
    if style is None:
        return None
    color, background = style.color, style.bgcolor
    bare = Style(
        color=None if color is None or color.is_default else color,
        bgcolor=None if background is None or background.is_default else background,
        **{name: getattr(style, name) or None for name in ("bold", "dim", "italic", "underline", "reverse", "strike")},
    )
    return bare or None


# Characters


def correct_widths() -> None:
    """Make Rich count as many cells for a character as terminals do, and forget what it has measured.

    Rich 15 gives the spacing vowel signs of Indian scripts (category Mc) no cell, following the wcwidth project; tmux, xterm, VTE,
    konsole, alacritty and PuTTY give them one, so that a name in Devanagari would push the rest of its row to the right. Textual
    draws by Rich's table alone, which can only be corrected where it is.
    """
    with suppress(ImportError):  # a Rich before 14.3, whose table is another
        from rich import cells
        from rich._unicode_data import load

        table = cast("list[tuple[int, int, int]]", load("auto").widths)
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
        return [each if each.text.isascii() else Segment(plain(each.text), each.style, each.control) for each in segments]
