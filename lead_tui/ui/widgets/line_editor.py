"""Drawn lines with one editor among them: made when it is first needed, and moved to the line in focus.

An input a line would be dear to mount. While something else has the focus, the editor is out of sight and the lines are all there
is; it keeps its place among the stops of the tab key, and gets the focus back when the terminal does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget

from lead_tui.ui.widgets.drawn_list import DrawnList
from lead_tui.ui.widgets.textual_fixes import OneLayout

if TYPE_CHECKING:
    from lead_tui.ui.widgets.line_input import LineInput

_OUT_OF_SIGHT = -3
"""A line above the content, where nothing of the editor is seen."""


class _Slot(OneLayout, Widget):
    """Where the editor is."""


class LineEditor(DrawnList, can_focus=True):
    """Who draws the lines, fills and places the editor, and carries out its keys (``LineOwner``), is a subclass."""

    DEFAULT_CSS = """
    LineEditor {
        overflow: hidden hidden;
        & > .slot { position: absolute; offset: 0 -3; width: 1; height: 1; overflow: hidden hidden; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.is_active = False
        """Whether the editor has the focus, or is about to."""
        # The editor's place: a widget mounted into this one later would have all of it repainted, twice.
        self._slot = _Slot(classes="slot")
        self._editor: LineInput | None = None

    def compose(self) -> ComposeResult:
        """The editor's place, empty as yet."""
        yield self._slot

    # For subclasses

    def key_pressed(self, key: str) -> bool:
        """Called by the editor: carry out *key* unless the line should have it; whether that was done."""
        raise NotImplementedError

    def text_changed(self, text: str) -> None:
        """Called by the editor: *text* is in it now."""
        raise NotImplementedError

    def fill(self, editor: LineInput) -> None:
        """Have *editor* hold what the line in focus holds."""
        raise NotImplementedError

    def place(self) -> tuple[int, int, int]:
        """Where the editor belongs: column, line of the content, and width. A line below 0 is out of sight."""
        raise NotImplementedError

    def activity_changed(self) -> None:
        """Called after ``is_active`` changed."""
        raise NotImplementedError

    # The editor

    def editor(self) -> LineInput:
        """The editor, made when it is first needed."""
        if self._editor is None:
            from lead_tui.ui.widgets.line_input import LineInput

            self._editor = LineInput(self)
            self.fill(self._editor)
            self._slot.mount(self._editor)
            # From here on the editor is the stop for tab and mouse.
            self.can_focus = False
        return self._editor

    def fill_editor(self) -> None:
        """Have the editor, if there is one, hold what the line in focus holds."""
        if self._editor is not None:
            self.fill(self._editor)

    def place_editor(self) -> None:
        """Put the editor, if there is one, where it belongs. The one thing here that needs a layout, if it moves."""
        if self._editor is not None:
            x, y, width = self.place()
            self._slot.styles.offset = (x, y if self.is_active and y >= 0 else _OUT_OF_SIGHT)
            self._slot.styles.width = max(1, width)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the editor, and at once: keys that are on their way find it there."""
        if self.is_attached:
            editor = self.editor()
            self._activate(True)
            self.screen.set_focus(editor, scroll_visible=False)
            editor.let_go()
        return self

    def _activate(self, active: bool) -> None:
        if active != self.is_active:
            self.is_active = active
            self.activity_changed()

    def scroll_lines(self, by: int) -> None:
        """Move the view, and the editor with it."""
        super().scroll_lines(by)
        self.place_editor()

    def on_focus(self) -> None:
        """Hand the focus on to the editor, if it is still here: a key may have taken it elsewhere meanwhile."""
        if self.screen.focused is self:
            self.focus()

    def on_descendant_focus(self) -> None:
        """Take note that the editor has the focus."""
        self._activate(True)

    def on_descendant_blur(self) -> None:
        """Take note that the editor lost the focus."""
        self._activate(False)

    def on_key(self, event: events.Key) -> None:
        """Carry out what arrived here while the focus was being handed on."""
        if self.has_focus:
            if event.is_printable and event.character is not None:
                self.editor().insert_text_at_cursor(event.character)
                event.stop()
            elif self.key_pressed(event.key):
                event.stop()
