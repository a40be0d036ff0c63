"""Base classes of widgets that draw their own lines, and a list of lines above a fixed foot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from msgspec import Struct
from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from lead_tui.leads.text import cell_width
from lead_tui.ui.widgets.textual_fixes import OneLayout

if TYPE_CHECKING:
    from lead_tui.ui.widgets.line_input import LineInput, LineOwner

# The app draws these in ASCII if it must (``terminal.frames``).
CURSOR = "▌"
RULE = "─"
THUMB = "█"

_WHEEL_LINES = 3

Run = tuple[str, str]  # the name of a style, and text in that style


class DrawnLine(Struct, frozen=True):
    """A line, one cell narrower than the widget. Equal lines look the same."""

    runs: tuple[Run, ...] = ()
    field: int = -1  # the index of the field it belongs to; -1 for a heading, a note or an empty line
    suggestion: int = -1  # the index of the suggestion it shows


def steps(page: int, count: int) -> dict[str, int]:
    """Return by how many lines each movement in the catalogue of keys goes down a list of *count* lines, *page* of them in view."""
    half = page // 2
    pages = {"page_down": page, "page_up": -page, "half_page_down": half, "half_page_up": -half}
    return {"down": 1, "up": -1, "top": -count, "bottom": count, **pages}


def within(line: int, count: int, page: int = 1) -> int:
    """Return the line nearest to *line* that can be the first of *page* lines in view, of *count* in all."""
    return max(0, min(line, count - page))


def is_thumb(line: int, top: int, page: int, count: int) -> bool:
    """Return whether the scroll bar's thumb is on *line* of the *page* lines in view, with *top* the first in view of *count*."""
    if count <= page:
        return False
    size = max(1, page * page // count)
    start = (top * (page - size) + (count - page) // 2) // (count - page)
    return start <= line < start + size


class Drawn(OneLayout, Widget):
    """A widget that gets its size from the layout, and draws its lines in styles that are component classes."""

    DEFAULT_CSS = """
    Drawn {
        width: 1fr;
        height: 1fr;
        overflow: hidden hidden;
        & > LineInput { position: absolute; offset: 0 -3; width: 1; }
        & > .drawn--bold { text-style: bold; }
        & > .drawn--reverse { text-style: reverse; }
        & > .drawn--muted { color: $text-muted; }
        & > .drawn--accent { color: $text-accent; text-style: bold; }
        & > .drawn--warning { color: $text-warning; text-style: bold; }
        & > .drawn--alert { color: $text-error; text-style: bold; }
        & > .drawn--banner { color: $text-error; text-style: bold reverse; }
        & > .drawn--call { text-style: bold reverse; }
        & > .drawn--header { color: $text-muted; text-style: underline; }
        & > .drawn--heading { color: $text-primary; text-style: bold; }
        & > .drawn--rule { color: $border-blurred; }
        & > .drawn--mark { color: $text-primary; }
        & > .drawn--suggestion { background: $panel; }
        & > .drawn--chosen { background: $panel; text-style: reverse; }
        & > .drawn--red { color: $error; }
        & > .drawn--yellow { color: $warning; }
        & > .drawn--green { color: $success; }
        & > .drawn--blue { color: $secondary; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = set(re.findall(r"drawn--[a-z]+", DEFAULT_CSS))  # a run names one without its prefix
    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self._drawn_styles: dict[str, Style] = {}
        self._laid_out_in = Size()
        self._editor: LineInput | None = None

    @property
    def editor(self) -> LineInput:
        """The line to type into, in a widget that has one: made on first use, since the first paint does not need it."""
        if self._editor is None:
            from lead_tui.ui.widgets.line_input import LineInput

            self._editor = LineInput(cast("LineOwner", self))
            self.mount(self._editor)
        return self._editor

    def lay_out(self) -> None:
        """Make everything that depends on the size."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the widget with its border, whose titles ``lay_out``, which is called first in a new size, may write."""
        if self.size != self._laid_out_in:
            # If the lines were made for the new size later, one more frame would be sent.
            self._laid_out_in = self.size
            self.lay_out()
        return super().render_lines(crop)

    def style(self, name: str) -> Style:
        """Return the style *name*; for "" that of the widget."""
        if name not in self._drawn_styles:
            # Textual forgets them whenever the widget is drawn again.
            self._drawn_styles[name] = self.get_component_rich_style(f"drawn--{name}") if name else self.rich_style
        return self._drawn_styles[name]

    def strip(self, *runs: Run, end: Run = ("", "")) -> Strip:
        """Return a line, as wide as the widget, of *runs*, and of *end* at the right."""
        # Textual works the size out each time that it is read.
        width = (self._laid_out_in or self.size).width
        room, used = width - cell_width(end[1]), sum(cell_width(text) for _, text in runs)
        shown = (*runs, ("", " " * (room - used)), end) if used <= room else runs
        strip = Strip([Segment(text, self.style(name)) for name, text in shown if text], max(used, width))
        if used > room:
            strip = Strip([*strip.crop(0, room), Segment(end[1], self.style(end[0]))], width)
        return strip.simplify()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn_styles.clear()

    def write_titles(self, title: str, subtitle: str) -> None:
        """Write *title*, clean, into the upper border and *subtitle* into the lower one."""
        self.border_title, self.border_subtitle = Content(title), Content(subtitle)

    def scroll_lines(self, by: int) -> None:
        """Move the view by *by* lines."""

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_lines(_WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_lines(-_WHEEL_LINES)


class DrawnList(Drawn):
    """A list of given lines, with a scroll bar as the last column, above a fixed foot."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[DrawnLine] = ()
        self._foot = DrawnLine()
        self.top = 0  # the first line in view; ``show_lines`` sets it

    @property
    def page(self) -> int:
        """Lines in view: all but the foot."""
        return max(1, self.size.height - 1)

    def top_showing(self, first: int, last: int, count: int) -> int:
        """Return the first line of *count* in view that shows the lines *first* to *last*: unchanged if they already are."""
        return within(min(max(self.top, last - self.page + 1), first), count, self.page)

    def show_lines(self, lines: Sequence[DrawnLine], foot: DrawnLine, top: int) -> None:
        """Show *lines* from *top*, and *foot* below them."""
        self._lines, self._foot, self.top = lines, foot, within(top, len(lines), self.page)
        self.refresh()

    def line_at(self, y: int) -> DrawnLine | None:
        """Return the line drawn *y* lines below the top of the content; None for the foot and for blank ones."""
        at = self.top + y
        return self._lines[at] if 0 <= y < self.page and at < len(self._lines) else None

    def render_line(self, y: int) -> Strip:
        page = self.page
        line = self._foot if y == page else self.line_at(y) or DrawnLine()
        has_thumb = y < page and is_thumb(y, self.top, page, len(self._lines))
        # The last run continues to the edge, which saves a change of style.
        *runs, (name, text) = [run for run in line.runs if run[1]] or [("", "")]
        room = self.size.width - has_thumb - sum(cell_width(text) for _, text in runs)
        runs.append((name, set_cell_size(text, max(0, room))))
        return self.strip(*runs, end=("muted", THUMB if has_thumb else ""))

    def scroll_lines(self, by: int) -> None:
        self.show_lines(self._lines, self._foot, self.top + by)
