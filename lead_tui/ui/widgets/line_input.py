"""The text input of the filter panel, the prompt and the dialogs: Textual's ``Input`` as one bare line.

Textual handles an input's keys once they have bubbled up to the app, so a letter typed (or sent by a script) right after a
backspace or an arrow overtakes it. Here a key has been handled before the next one is read.

This module is imported when a line is first edited: the first paint does not need it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol

from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from lead_tui.leads.text import one_line
from lead_tui.ui.widgets.key_queue import KeyHandler, LinesDropped


class LineOwner(Protocol):
    """What shows a line. Both methods are called within the input's own events, so that nothing happens in between."""

    def key_pressed(self, key: str) -> bool:
        """Handle *key* unless it edits the line; return whether it was handled."""

    def text_changed(self, text: str) -> None:
        """Handle a change of the line's text to *text*, typed or not."""


_EDITS = {
    key: binding.action
    for binding in Input.BINDINGS
    if isinstance(binding, Binding) and binding.action != "submit"
    for key in binding.key.split(",")
} | {"ctrl+u": "clear_line", "ctrl+h": "delete_left", "ctrl+backspace": "delete_left_word"}
"""The actions of the line, by key."""


class LineInput(Input, KeyHandler, inherit_bindings=False):
    DEFAULT_CSS = """
    LineInput {
        height: 1;
        border: none;
        padding: 0;
        background: transparent;
        &:focus { border: none; background-tint: transparent; }
        &:ansi { background: transparent; }
    }
    """

    ALLOW_SELECT: ClassVar[bool] = False

    # As in Textual, but without the layout of the whole screen for each key: a line without scroll bars keeps its size.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def __init__(self, owner: LineOwner) -> None:
        # There are no validators, and the classes for their outcome would cost a style update per key.
        super().__init__(compact=True, select_on_focus=False, validate_on=())
        # Nothing repaints while idle.
        self.cursor_blink = False
        self._owner = owner
        self.read_paste: Callable[[str], str] | None = None
        """Makes one line of several pasted ones; if it is None, only the first one is used, which is reported."""

    def put(self, text: str, *, select: bool = False) -> None:
        """Set *text*, with the cursor at its end, or with all of it selected, so that typing replaces it."""
        self.value = text
        if select:
            self.select_all()
        else:
            self.cursor_position = len(text)

    @property
    def is_line(self) -> bool:
        return True

    def watch_value(self, value: str) -> None:
        self._owner.text_changed(value)

    async def process_key(self, event: events.Key) -> bool:
        if self._owner.key_pressed(event.key):
            return True
        if edit := _EDITS.get(event.key):
            await self.run_action(edit)
        elif event.is_printable and event.character is not None:
            self.replace(event.character, *self.selection)
        else:
            return False
        return True

    async def process_paste(self, event: events.Paste) -> bool:
        self._insert_line(event.text)
        return True

    def action_clear_line(self) -> None:
        self.clear()

    def action_paste(self) -> None:
        self._insert_line(self.app.clipboard)

    def _insert_line(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if not lines:
            return
        self.replace(one_line(lines[0] if self.read_paste is None else self.read_paste(text)), *self.selection)
        if len(lines) > 1 and self.read_paste is None:
            self.post_message(LinesDropped(len(lines)))
