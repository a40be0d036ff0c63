"""The one input of the filter panel: made when a field is first edited, and moved over the field in focus."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.widget import Widget

from lead_tui.ui.widgets.textual_fixes import OneLayout

if TYPE_CHECKING:
    from lead_tui.ui.widgets.line_input import LineInput, LineOwner

_OUT_OF_VIEW = -3
"""A line above the content, where nothing of the input is seen."""


class FieldEditor(OneLayout, Widget):
    """The input's place: a widget mounted into the panel itself later would have all of it repainted, twice."""

    DEFAULT_CSS = """
    FieldEditor { position: absolute; offset: 0 -3; width: 1; height: 1; overflow: hidden hidden; }
    """

    line: LineInput | None = None

    def make(self, owner: LineOwner) -> LineInput:
        """Make the input, whose keys and text go to *owner*."""
        from lead_tui.ui.widgets.line_input import LineInput

        self.line = LineInput(owner)
        self.mount(self.line)
        return self.line

    def fill(self, text: str, placeholder: str, read_paste: Callable[[str], str] | None = None) -> None:
        """Put *text* into the input, with *placeholder* where it is blank."""
        if self.line is not None:
            self.line.ghost = ""
            self.line.placeholder = placeholder
            self.line.read_paste = read_paste
            self.line.put(text)

    def place(self, x: int, y: int | None, width: int) -> None:
        """Show the input at *x*, *y* in the panel, *width* cells wide; out of view where *y* is None."""
        if self.line is not None:
            self.styles.offset = (x, _OUT_OF_VIEW if y is None else y)
            self.styles.width = max(1, width)
