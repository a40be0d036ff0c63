"""The status line: where the cursor is, what is loaded, and the keys or else what went wrong.

``Row R of T`` stands first and alone in its cells, so that a move of the cursor repaints those and nothing else.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from lead_tui.leads.cells import cell_width, fit, fit_with_end
from lead_tui.ui.widgets.one_layout import OneLayout

_SEPARATOR = " · "
_MIN_START = 16
"""Cells that the start of a message keeps at least: what happened, in a word or two."""


class StatusLine(OneLayout, Widget):
    """One line, or two while a message does not fit beside the rest."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        dock: bottom;
        & > .status--hints { color: $text-muted; }
        & > .status--alert { color: $error; text-style: bold; }
        &.-two { height: 2; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"status--hints", "status--alert"}

    def __init__(self, standing: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """*standing* is what it says of the session all the time, first of the facts; "" for nothing."""
        super().__init__(id=id)
        self._standing = standing
        self._position = ""
        self._position_cells = 0
        self._facts = f"{_SEPARATOR}{standing}" if standing else ""
        self._hints: tuple[str, ...] = ()
        self._message = ""
        self._alert = False
        self._looks: dict[str, Style] = {}

    def show_position(self, row: int, length: int, total: str) -> None:
        """``Row R of T``: *row* counts from 1, 0 for none; *total* is T as it is written."""
        position = f" Row {row:,} of {total}"
        # As wide as the last row's would be: what stands behind it keeps its place.
        cells = max(cell_width(position), cell_width(f" Row {length:,} of {total}"))
        if position == self._position:
            return
        self._position = position
        if cells != self._position_cells:
            self._position_cells = cells
            self.refresh()
        else:
            self.refresh(Region(0, 0, cells, 1))

    def show_facts(self, *facts: str) -> None:
        """What is loaded or loading, and the last answer's time. Clean text."""
        text = "".join(f"{_SEPARATOR}{fact}" for fact in (self._standing, *facts) if fact)
        if text != self._facts:
            self._facts = text
            self._fit()
            self.refresh()

    def show_hints(self, *hints: str) -> None:
        """The keys worth knowing here, the most useful first; as many are shown as fit."""
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def show_message(self, text: str, *, alert: bool = False) -> None:
        """Something to tell in place of the hints; "" for nothing. Clean text. An *alert* is marked with ``!``."""
        if (text, alert) != (self._message, self._alert):
            self._message, self._alert = text, alert
            self._fit()
            self.refresh()

    @property
    def text(self) -> str:
        """What is on the line now."""
        return "".join(self.render_line(y).text for y in range(self.size.height))

    def on_resize(self) -> None:
        """See whether the message fits beside the rest."""
        self._fit()

    def notify_style_update(self) -> None:
        """Take the theme's colours anew."""
        super().notify_style_update()
        self._looks.clear()

    def _style(self, name: str) -> Style:
        if name not in self._looks:
            self._looks[name] = self.get_component_rich_style(f"status--{name}") if name else self.rich_style
        return self._looks[name]

    def _told(self) -> str:
        return f"! {self._message}" if self._alert else self._message

    def _left_cells(self) -> int:
        return self._position_cells + cell_width(self._facts)

    def _fit(self) -> None:
        fits = self._left_cells() + 2 + cell_width(self._told()) <= self.size.width
        self.set_class(bool(self._message) and not fits, "-two")

    def render_line(self, y: int) -> Strip:
        """The line with the position; below it, where there are two, the message."""
        width = self.size.width
        look = self._style("alert" if self._alert else "hints" if not self._message else "")
        if y == 1:
            start, end = _divided(f" {self._told()}", width)
            return Strip([Segment(fit_with_end(start, end, width), look)], width)
        position = fit(self._position, min(self._position_cells, width))
        room = max(0, width - len(position))
        facts = fit(self._facts, min(cell_width(self._facts), room))
        room -= cell_width(facts)
        right = (
            self._told() if self._message and not self.has_class("-two") else "" if self._message else self._fitting_hints(room - 3)
        )
        gap = max(0, room - cell_width(right) - 1) if right else room
        base = self._style("")
        segments = [Segment(position, base), Segment(facts + " " * gap, base)]
        if right:
            segments.append(Segment(fit(f"{right} ", room - gap), look))
        return Strip(segments).adjust_cell_length(width, base)

    def _fitting_hints(self, room: int) -> str:
        shown: list[str] = []
        for hint in self._hints:
            if cell_width("  ".join([*shown, hint])) > room:
                break
            shown.append(hint)
        return "  ".join(shown)


def _divided(text: str, width: int) -> tuple[str, str]:
    """*text* as a start, which is cut on a narrow screen, and an end, which is not: the attempt, the seconds, the keys."""
    parts = text.split(_SEPARATOR)
    for first in range(1, len(parts)):
        end = _SEPARATOR + _SEPARATOR.join(parts[first:])
        if cell_width(end) <= width - _MIN_START:
            return _SEPARATOR.join(parts[:first]), end
    return text, ""
