"""The one-line editor of the filter panel and the prompt: Textual's ``Input`` without a frame, which carries out keys at once.

Textual carries out an input's keys once they have bubbled up to the app, so that a letter typed (or sent by a script) right behind
a backspace or an arrow overtakes it. Here a key has been carried out before the next one is looked at. Where a key takes the focus
away, those that were on their way here go on to whoever has it then: none is lost, and none becomes text that was not meant.

This module is imported when a line is first edited: the first paint does without it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, Protocol

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widgets import Input

from lead_tui.leads.text import one_line


class LineOwner(Protocol):
    """Who shows a line. Both are called in the midst of the input's own events, so that nothing comes between."""

    def key_pressed(self, key: str) -> bool:
        """Carry out *key* unless the line should have it; whether that was done."""

    def text_changed(self, text: str) -> None:
        """Take note that the line holds *text* now, whoever put it there."""


_Edit = Callable[["LineInput"], None]

_EDITS: dict[str, _Edit] = {
    "left": lambda line: line.action_cursor_left(),
    "right": lambda line: line.action_cursor_right(),
    "home": lambda line: line.action_home(),
    "end": lambda line: line.action_end(),
    "ctrl+a": lambda line: line.action_home(),
    "ctrl+e": lambda line: line.action_end(),
    "shift+left": lambda line: line.action_cursor_left(True),
    "shift+right": lambda line: line.action_cursor_right(True),
    "shift+home": lambda line: line.action_home(True),
    "shift+end": lambda line: line.action_end(True),
    "ctrl+left": lambda line: line.action_cursor_left_word(),
    "ctrl+right": lambda line: line.action_cursor_right_word(),
    "backspace": lambda line: line.action_delete_left(),
    "ctrl+h": lambda line: line.action_delete_left(),
    "delete": lambda line: line.action_delete_right(),
    "ctrl+d": lambda line: line.action_delete_right(),
    "ctrl+w": lambda line: line.action_delete_left_word(),
    "ctrl+backspace": lambda line: line.action_delete_left_word(),
    "ctrl+k": lambda line: line.action_delete_right_all(),
    "ctrl+u": lambda line: line.clear(),
    "ctrl+v": lambda line: line.action_paste(),
}


class LineInput(Input):
    """An ``Input`` of one bare line. ``ghost`` is dim text behind the cursor, there for the eye only."""

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

    # As in Textual, but for the layout of the whole screen that each key would cost: a line without scroll bars keeps its size.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def __init__(self, owner: LineOwner, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        # No validators are run here, and the classes that tell their outcome would cost a style update a key.
        super().__init__(compact=True, select_on_focus=False, validate_on=(), id=id)
        # Nothing repaints while idle.
        self.cursor_blink = False
        self._owner = owner
        self._ghost = ""
        self._held: list[events.Key] | None = None
        self._scrolled_in = 0
        """The width in which the cursor was brought in sight."""

    @property
    def ghost(self) -> str:
        """What stands dim behind the text while the cursor is at its end; one clean line."""
        return self._ghost

    @ghost.setter
    def ghost(self, text: str) -> None:
        if text != self._ghost:
            self._ghost = text
            self.refresh()

    def put(self, text: str) -> None:
        """Have the line hold *text*, with the cursor at its end."""
        self.value = text
        self.cursor_position = len(text)

    def hold(self) -> None:
        """Keep further keys: the focus is about to leave, or it turns out that it stays and ``let_go`` is called."""
        self._held = []

    def let_go(self) -> None:
        """Send the keys that were kept to whoever has the focus now, and keep no more."""
        held, self._held = self._held, None
        for key in held or ():
            self.app.post_message(events.Key(key.key, key.character))

    def watch_value(self, value: str) -> None:
        """Tell the owner."""
        self._owner.text_changed(value)

    def on_key(self, event: events.Key) -> None:
        """Ask the owner first, then edit; printable keys are left to ``Input``."""
        if self._held is not None or self.app.focused is not self:
            event.stop()
            event.prevent_default()
            if self._held is None:
                self.app.post_message(events.Key(event.key, event.character))
            else:
                self._held.append(event)
            return
        edit: Callable[[], None] | None = None
        if not self._owner.key_pressed(event.key):
            if event.key not in _EDITS:
                return
            edit = partial(_EDITS[event.key], self)
        event.stop()
        event.prevent_default()
        if edit is not None:
            edit()

    def on_focus(self) -> None:
        """Begin anew."""
        self.let_go()

    def on_blur(self) -> None:
        """Hand on what was kept for whoever has the focus now."""
        self.let_go()

    def on_paste(self, event: events.Paste) -> None:
        """Insert the first line that is not blank, clean."""
        event.stop()
        event.prevent_default()
        self._insert_line(event.text)

    def action_paste(self) -> None:
        """Insert what was last copied here, as a paste."""
        self._insert_line(self.app.clipboard)

    def _insert_line(self, text: str) -> None:
        line = next((line.strip() for line in text.splitlines() if line.strip()), "")
        if line:
            self.replace(one_line(line), *self.selection)

    def on_resize(self) -> None:
        """Show the cursor in the new width."""
        self._scrolled_in = self.size.width
        cursor = cell_len(self.value[: self.cursor_position])
        self.scroll_to_region(Region(cursor, 0, 2 if self.cursor_at_end else 1, 1), force=True, animate=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep it here: the owner has been told."""
        event.stop()

    def on_input_blurred(self, event: Input.Blurred) -> None:
        """Keep it here: whoever cares hears of the focus itself."""
        event.stop()

    def render_line(self, y: int) -> Strip:
        """The line as ``Input`` draws it, and the ghost behind it."""
        if self.size.width != self._scrolled_in:
            # Textual sends no Resize to what is in its map already; Input puts all there when it tells where its cursor is.
            self.call_later(self.on_resize)
        strip = super().render_line(y)
        if not self._ghost or y or not self.has_focus or not self.cursor_at_end:
            return strip
        width = self.scrollable_content_region.width
        used = cell_len(self.value) - self.scroll_offset.x
        ghost = self._ghost
        room = width - used
        if room <= 0:
            return strip
        first, behind = ghost[:1], set_cell_size(ghost[1:], max(0, room - cell_len(ghost[:1])))
        return Strip(
            [
                *strip.crop(0, used),
                Segment(first, self.get_component_rich_style("input--cursor")),
                Segment(behind, self.get_component_rich_style("input--suggestion")),
            ]
        )
