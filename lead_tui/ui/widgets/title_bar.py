"""The title bar: the program, the account, and what is being shown."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from lead_tui.leads.cells import cell_width, fit
from lead_tui.ui.widgets.one_layout import OneLayout

_MIN_ACCOUNT = 20
_MIN_SUMMARY = 34
"""Cells of a narrow title for the program's name and the filters."""


class TitleBar(OneLayout, Widget):
    """One line: name and account at the left, the saved query's name in the middle, the filters at the right."""

    DEFAULT_CSS = """
    TitleBar {
        height: 1;
        dock: top;
    }
    """

    def __init__(self, account: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._account = account
        self._heading = ""
        self._summary = ""

    def show(self, name: str, summary: str) -> None:
        """Tell what is shown: the saved query's *name*, "" for none, and the filters' *summary*. Clean text."""
        if (name, summary) != (self._heading, self._summary):
            self._heading, self._summary = name, summary
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line; what does not fit goes from the middle first, then the filters are cut."""
        width = self.size.width
        # Whose account it is comes first of all: where even that does not fit whole, its start is there.
        most = max(_MIN_ACCOUNT, width - _MIN_SUMMARY)
        left = f" lead-tui  {fit(self._account, min(cell_width(self._account), most))}"
        room = max(0, width - cell_width(left) - 3)
        right = fit(self._summary, min(cell_width(self._summary), room)) if room else ""
        room -= cell_width(right) + 2
        middle = self._heading if 0 < cell_width(self._heading) <= room else ""
        gap = width - cell_width(left) - cell_width(middle) - cell_width(right) - 1
        before = max(1, gap // 2) if middle else max(0, gap)
        after = max(0, gap - before) if middle else 0
        base = self.rich_style
        bold = base + Style(bold=True)
        segments = [
            Segment(" lead-tui", bold),
            Segment(left.removeprefix(" lead-tui") + " " * before, base),
            Segment(middle, bold),
            Segment(" " * after + right, base),
        ]
        return Strip([segment for segment in segments if segment.text]).adjust_cell_length(width, base)
