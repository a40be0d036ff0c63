"""Type-ahead: keys, pastes and clicks are looked at one by one, each once the one before it has been carried out.

Scripts, macro keys and fast typists send several keys at once, and the first may open the line or the dialog that the others are
for. Whoever takes them says while it cannot take the next one yet; what is typed meanwhile waits in one place, in its order. A
click waits with them: it may take the focus away, and with it what was typed before.

Text that was pasted without brackets arrives as such keys as well, and runs no commands: where the first key opens an input, the
rest is for that; else the app has the text (``take_text``).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events, on
from textual.app import App
from textual.message import Message
from textual.screen import Screen

from lead_tui.terminal.escape import Burst, printable

if TYPE_CHECKING:
    _Base = Screen[Any]
else:
    # Textual takes a class's style sheet from its first base that is a widget: that is to be the one beside the mixin.
    _Base = object

ReturnT = TypeVar("ReturnT")
_Typed = events.Key | events.Paste | events.MouseEvent | Burst


class Ready(Message):
    """Posted to the app by who made the keys wait: the next one can be carried out now."""


class LinesDropped(Message):
    """Of *count* pasted lines only the first one was used."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


class KeyHandler:
    """A widget or a screen that carries out keys itself, before anything else is asked about them."""

    @property
    def waits(self) -> bool:
        """Whether the next key cannot be carried out yet. Who was waiting posts ``Ready`` to the app when that is over."""
        return False

    @property
    def is_line(self) -> bool:
        """Whether characters that are typed here are text."""
        return False

    def opens_line(self, key: events.Key) -> bool:
        """Whether *key* opens an input here, which has what is typed behind it."""
        return False

    def moves(self, key: events.Key) -> bool:
        """Whether *key* only moves a cursor here."""
        return False

    def let_go(self) -> None:
        """Make nobody wait: the focus is elsewhere."""

    async def process_key(self, event: events.Key) -> bool:
        """Carry out *event*; False where it means nothing here."""
        return False

    async def process_paste(self, event: events.Paste) -> bool:
        """Take what was pasted; False where nothing here takes it."""
        return False


def focused_handler(screen: Screen[Any]) -> KeyHandler | None:
    """The widget of *screen* that is asked first."""
    focused = screen.focused
    return focused if isinstance(focused, KeyHandler) else None


class KeyHandlerScreen(KeyHandler, _Base):
    """A mixin for screens that ask what has the focus first. Before a ``Screen`` among the bases of a class."""

    @property
    def waits(self) -> bool:
        """Whether what was just entered is still being looked at."""
        taker = focused_handler(self)
        return taker is not None and taker.waits

    @property
    def is_line(self) -> bool:
        """Whether what has the focus takes text."""
        taker = focused_handler(self)
        return taker is not None and taker.is_line

    def let_go(self) -> None:
        """Have what has the focus make nobody wait."""
        if (taker := focused_handler(self)) is not None:
            taker.let_go()

    def watch_focused(self, before: object, now: object) -> None:
        """Whatever had the focus makes nobody wait once it has it no more: what it waits for may come when it has it again."""
        if before is not now and isinstance(before, KeyHandler):
            before.let_go()


class KeyQueueApp(App[ReturnT], inherit_bindings=False):
    """An app that handles keys, pastes and clicks in the order in which they arrived.

    Textual's bindings are left empty, here and in the screens: a key is dispatched once, from the catalogue.
    """

    ENABLE_COMMAND_PALETTE = False
    """Textual would bind a key to it; the catalogue has its own."""

    AT_ONCE: ClassVar[frozenset[str]] = frozenset()
    """Actions whose keys wait for nothing, and after which what was typed before counts no more: as a terminal's interrupt."""

    def __init__(self, **arguments: Any) -> None:
        """*arguments* are for the app."""
        super().__init__(**arguments)
        self.own_actions: Mapping[str, str] = {}
        """The actions of the app by their keys; they go before what a text input would do."""
        self._typed: deque[_Typed] = deque()

    async def on_event(self, event: events.Event) -> None:
        """Have keys, pastes and clicks wait for their turn; everything else is Textual's."""
        if event.is_forwarded or not isinstance(event, _Typed) or isinstance(event, events.MouseMove):
            await super().on_event(event)
            return
        if not isinstance(event, events.MouseEvent):
            # A terminal that said it lost the focus may not say that it has it again; whoever types there has.
            self.app_focus = True
        if isinstance(event, events.Key) and self.own_actions.get(event.key) in self.AT_ONCE:
            self._typed.clear()
            await self._carry_out(event)
        else:
            self._typed.append(event)
            await self._go_on()

    @on(Ready)
    async def _go_on(self) -> None:
        while self._typed and not self._waits():
            screen = self.screen
            await self._carry_out(self._typed.popleft())
            if self.screen_stack and self.screen is not screen:
                # Whoever opened a dialog that has closed hears of its answer before the next key is looked at: one that waits
                # for it in a task of its own within a turn of the loop, one that left a callback right after this message.
                await asyncio.sleep(0)
                self.call_next(self._go_on)
                return

    def _waits(self) -> bool:
        # Without a screen the app is on its way out.
        return not self.screen_stack or self._taker().waits

    def _taker(self) -> KeyHandler:
        screen = self.screen
        return screen if isinstance(screen, KeyHandler) else focused_handler(screen) or KeyHandler()

    async def _carry_out(self, event: _Typed) -> None:
        if isinstance(event, Burst):
            self._unpack(event)
            return
        taker = self._taker()
        if isinstance(event, events.MouseEvent):
            is_taken = False
        elif isinstance(event, events.Paste):
            is_taken = await taker.process_paste(event)
        elif action := self.own_actions.get(event.key):
            is_taken = await self.run_action(action)
        else:
            is_taken = await taker.process_key(event)
        if not is_taken:
            await super().on_event(event)

    def _unpack(self, burst: Burst) -> None:
        """Carry out the beginning of *burst* next: as keys, or all of it as text; what follows is looked at again then."""
        taker, first, line = self._taker(), burst.keys[0], burst.line
        opener = None
        if not first.is_printable:
            typed = line[:1]
        elif taker.is_line or all(taker.moves(key) for key in printable(line)):
            typed = line
        elif burst.opener is None and taker.opens_line(first):
            typed, opener = line[:1], first
        elif burst.opener is not None or burst.is_text:
            self.take_text(burst.text)
            return
        else:
            typed = burst.keys
        if rest := burst.keys[len(typed) :]:
            self._typed.appendleft(Burst(rest, opener))
        self._typed.extendleft(reversed(typed))

    def take_text(self, text: str) -> None:
        """Take *text*, which came without brackets where it would have been commands."""
