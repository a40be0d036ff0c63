"""The notice that covers a screen while the window is too small for it: one sentence with the current size."""

from __future__ import annotations

from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip

from lead_tui import limits
from lead_tui.leads.cells import fit
from lead_tui.ui.widgets.drawn_list import Drawn


def is_too_small(size: Size) -> bool:
    return size.width < limits.MIN_COLUMNS or size.height < limits.MIN_LINES


class TooSmall(Drawn):
    """The notice, above everything else on its screen."""

    DEFAULT_CSS = """
    TooSmall {
        layer: notice;
        dock: top;
        width: 100%;
        height: 100%;
        background: $background;
    }
    """

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        text = f"This window is {width}×{height}: lead-tui needs {limits.MIN_COLUMNS}×{limits.MIN_LINES}"
        return self.strip([("", "" if y else fit(text, width))])


def cover_if_too_small(screen: Screen[object]) -> None:
    notices = screen.query(TooSmall)
    if not is_too_small(screen.app.size):
        notices.remove()
    elif screen.is_mounted and not notices:
        screen.mount(TooSmall())
