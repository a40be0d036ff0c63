"""The key queue: keys, pastes and clicks are handled one at a time, in the order in which they arrived.

A key goes to the line that has the focus, else to the screen, once the key before it is completely done: while something is about
to open, or a text has no outcome yet, ``keys_wait`` is set, and what is typed meanwhile stays in the queue. Text that was pasted
without brackets arrives as keys, and must not run commands: if the first one opens an input, the rest goes there; else the app
receives the text (``take_text``).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar, cast

from textual import events, on
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

from lead_tui.terminal.escape import Burst, printable
from lead_tui.ui.widgets.textual_fixes import ScreenBase

ReturnT = TypeVar("ReturnT")
Typed = events.Key | events.Paste | events.MouseEvent | Burst


class Ready(Message):
    """Posted to the app by a handler that made keys wait: the next one can be handled now."""


class LinesDropped(Message):
    """Only the first of *count* pasted lines was used."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


class KeyHandler:
    """A widget or a screen that handles keys itself, before Textual forwards them."""

    keys_wait = False  # whether keys wait, until ``resume_input``, for what is about to be shown here or to have an outcome

    @property
    def is_line(self) -> bool:
        """Whether characters typed here are text."""
        return False

    def opens_line(self, key: events.Key) -> bool:
        """Whether *key* opens an input here, which receives what is typed after it."""
        return False

    def moves(self, key: events.Key) -> bool:
        """Whether *key* only moves a cursor here."""
        return False

    def end_wait(self, key: events.Key) -> bool:
        """Stop waiting if *key* interrupts that, and return whether it does: then the keys that wait are discarded."""
        return False

    def resume_input(self) -> None:
        """Handle keys from now on, starting with those that wait."""
        if self.keys_wait:
            self.keys_wait = False
            cast("MessagePump", self).app.post_message(Ready())

    async def process_key(self, event: events.Key) -> bool:
        """Handle *event*; return False if it has no meaning here."""
        return False

    async def process_paste(self, event: events.Paste) -> bool:
        """Insert what was pasted; return False if nothing here accepts it."""
        return False


def focused_handler(screen: Screen[Any]) -> KeyHandler:
    """Return the focused widget of *screen* if it handles keys, else a handler that handles none."""
    return screen.focused if isinstance(screen.focused, KeyHandler) else KeyHandler()


class KeyHandlerScreen(KeyHandler, ScreenBase):
    """A mixin for screens whose focused widget handles keys first. It precedes ``Screen`` among the bases of a class."""

    @property
    def is_line(self) -> bool:
        return focused_handler(self).is_line

    def resume_input(self) -> None:
        super().resume_input()
        focused_handler(self).resume_input()

    async def process_key(self, event: events.Key) -> bool:
        return await focused_handler(self).process_key(event)

    async def process_paste(self, event: events.Paste) -> bool:
        return await focused_handler(self).process_paste(event)

    def watch_focused(self, before: object, now: object) -> None:
        """A widget that lost the focus must not make keys wait: nothing might ever end that."""
        if before is not now and isinstance(before, KeyHandler):
            before.resume_input()


class KeyQueueApp(App[ReturnT], inherit_bindings=False):
    """An app that handles keys, pastes and clicks in the order in which they arrived.

    Textual's bindings are left empty, here and in the screens: a key is dispatched once, from the catalogue.
    """

    ENABLE_COMMAND_PALETTE = False  # Textual would bind a key to it; the catalogue has its own

    AT_ONCE: ClassVar[frozenset[str]] = frozenset()
    """Actions whose keys skip the queue and discard what waits in it, like a terminal's interrupt."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.own_actions: Mapping[str, str] = {}  # of the app, by key; they precede those of a text input
        self.typed: deque[Typed] = deque()  # what waits to be handled

    async def on_event(self, event: events.Event) -> None:
        if event.is_forwarded or not isinstance(event, Typed) or isinstance(event, events.MouseMove):
            await super().on_event(event)
            return
        if not isinstance(event, events.MouseEvent):
            # A terminal that reported losing the focus may not report getting it back; typing proves that it has.
            self.app_focus = True
        if isinstance(event, events.Key) and (
            self.own_actions.get(event.key) in self.AT_ONCE or (self.screen_stack and self._key_handler().end_wait(event))
        ):
            self.typed.clear()
            await self._dispatch_input(event)
        else:
            self.typed.append(event)
            await self._process_next()

    @on(Ready)
    async def _process_next(self) -> None:
        # If there is no screen, the app is exiting.
        while self.typed and self.screen_stack:
            screen = self.screen
            if self._key_handler().keys_wait or focused_handler(screen).keys_wait:
                return
            await self._dispatch_input(self.typed.popleft())
            if self.screen_stack and self.screen is not screen:
                # The answer of a dialog that has closed arrives before the next key is handled. A task that awaits it gets it
                # within a turn of the loop. Callbacks are called now: Textual would call them after this message or, if this
                # is called by one itself, after the next one, which may be a key.
                await asyncio.sleep(0)
                await self._flush_next_callbacks()

    def _key_handler(self) -> KeyHandler:
        screen = self.screen
        return screen if isinstance(screen, KeyHandler) else focused_handler(screen)

    def intercept(self, event: Typed) -> bool:
        """Handle *event* before the screen and the app's own actions do; return whether it was handled."""
        return False

    async def _dispatch_input(self, event: Typed) -> None:
        if self.intercept(event):
            return
        handler, is_taken = self._key_handler(), False
        if isinstance(event, Burst):
            self._unpack(event)
            return
        if isinstance(event, events.Paste):
            if not (is_taken := await handler.process_paste(event)) and event.text.strip():
                # As if it had no brackets. Textual would insert it a second time, where the focus is after that.
                self.take_text(event.text)
                is_taken = True
        elif isinstance(event, events.Key):
            if action := self.own_actions.get(event.key):
                is_taken = await self.run_action(action)
            else:
                is_taken = await handler.process_key(event)
        if not is_taken:
            await super().on_event(event)

    def _unpack(self, burst: Burst) -> None:
        """Queue the beginning of *burst* as keys, with the rest to be unpacked after them; or take all of it as text."""
        handler, first, line = self._key_handler(), burst.keys[0], burst.line
        opener = None
        if not first.is_printable:
            typed = line[:1]
        elif handler.is_line or all(handler.moves(key) for key in printable(line)):
            typed = line
        elif burst.opener is None and handler.opens_line(first):
            typed, opener = line[:1], first
        elif burst.opener is not None or burst.is_text:
            self.take_text(burst.text)
            return
        else:
            typed = burst.keys
        if rest := burst.keys[len(typed) :]:
            self.typed.appendleft(Burst(rest, opener))
        self.typed.extendleft(reversed(typed))

    def take_text(self, text: str) -> None:
        """Receive *text*, which was pasted where nothing accepts it, or without brackets where its keys would have run commands."""
