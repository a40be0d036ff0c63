"""Frames: of what Textual draws, send only the cells that differ from those on the terminal.

Textual 8.2.8 draws the whole screen again and again around a dialog: when it is pushed (``App.push_screen`` refreshes the screen
below), when it has been laid out, when it resumes, and twice when it is popped (a layout, then ``Screen._on_screen_resume``). On a
slow line that is most of a second. Here each of these frames is compared with what was sent before.

Uses of Textual's ``_compositor``: ``CompositorUpdate``, ``LayoutUpdate`` and ``ChopsUpdate``, which are the frames.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip


class Run(NamedTuple):
    """Cells of the line *y* from the column *x* on."""

    x: int
    y: int
    strip: Strip


class Frame(CompositorUpdate):
    """A frame of *runs*."""

    def __init__(self, runs: list[Run]) -> None:
        self.runs = runs

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.render_segments(console)

    def render_segments(self, console: Console) -> str:
        return "".join(f"{Control.move_to(x, y).segment.text}{strip.render(console)}" for x, y, strip in self.runs)


class ShownCells:
    """What is on the terminal, as far as it is known."""

    def __init__(self) -> None:
        self._lines: defaultdict[int, dict[int, Strip]] = defaultdict(dict)
        """By line, strips side by side by the column in which they begin: as Textual cuts the line."""

    def forget(self) -> None:
        """Know nothing: the next frames are sent in full."""
        self._lines.clear()

    def changes(self, update: LayoutUpdate | ChopsUpdate) -> Frame:
        """Return what differs between *update* and the terminal, and take it as shown from now on."""
        return Frame([changed for run in _runs(update) if (changed := self._take(run)) is not None])

    def _take(self, run: Run) -> Run | None:
        x, y, strip = run
        if not strip.cell_length:
            return None
        strip = _without_default_colors(strip)
        line = self._lines[y]
        before = line.get(x)
        if before is None or before.cell_length != strip.cell_length:
            before = self._cut(y, x, x + strip.cell_length)
        self._lines[y][x] = strip
        if before is None:
            return Run(x, y, strip)
        if before is strip or before == strip:
            return None
        first, last = _differing(before, strip)
        return Run(x + first, y, strip.crop(first, last)) if first < last else None

    def _cut(self, y: int, start: int, end: int) -> Strip | None:
        """Cut the line *y* so that a strip goes from *start* to *end*; return that, or None where it is not known whole."""
        cut: dict[int, Strip] = {}
        for x, strip in self._lines[y].items():
            is_cut = any(x < at < x + strip.cell_length for at in (start, end))
            if is_cut and any(cell_len(character) != 1 for character in strip.text):
                # What a terminal makes of the half of a wide character is not known.
                continue
            for first, last in ((x, start), (start, end), (end, x + strip.cell_length)):
                part = strip.crop(max(first, x) - x, max(0, last - x))
                if part.cell_length:
                    cut[max(first, x)] = part
        self._lines[y] = cut
        within = [cut.pop(x) for x in sorted(cut) if start <= x < end]
        before = Strip.join(within)
        return before if before.cell_length == end - start else None


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


def _without_default_colors(strip: Strip) -> Strip:
    """Return *strip* without colors that are the terminal's own: they need no bytes, and are none in what lies below a dialog."""
    return Strip([Segment(text, _bare(style)) for text, style, _ in strip], strip.cell_length).simplify()


@lru_cache(maxsize=1_000)
def _bare(style: Style | None) -> Style | None:
    if style is None:
        return None
    color, background = style.color, style.bgcolor
    bare = Style(
        color=None if color is None or color.is_default else color,
        bgcolor=None if background is None or background.is_default else background,
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=style.underline or None,
        reverse=style.reverse or None,
        strike=style.strike or None,
    )
    return bare or None


def _differing(before: Strip, after: Strip) -> tuple[int, int]:
    """Return the first cell in which two strips of the same length differ, and the one after the last."""
    old, new = list(before.simplify()), list(after.simplify())
    first = _common_cells(old, new)
    if first == after.cell_length:
        return first, first
    old.reverse()
    new.reverse()
    return first, after.cell_length - _common_cells(old, new)


def _common_cells(old: list[Segment], new: list[Segment]) -> int:
    cells = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        cells += cell_len(one.text)
    return cells
