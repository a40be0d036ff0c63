"""The base class of dialogs: a box over the main screen, with keys from the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from textual import events
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, ScreenResultType

from lead_tui.keys.catalogue import ASK_FOR_TEXT, CATALOGUE, LISTS, MOVEMENTS, Key, Pane, hint, of_pane, shown
from lead_tui.leads.text import clean
from lead_tui.ui.widgets.bars import cover_if_too_small
from lead_tui.ui.widgets.key_queue import KeyHandlerScreen
from lead_tui.ui.widgets.textual_fixes import CorrectedScreen


def plain(text: str) -> Content:
    """Return *text* cleaned, as ``Content`` without markup."""
    return Content(clean(text).replace("\t", " "))


class Dialog(CorrectedScreen, KeyHandlerScreen, ModalScreen[ScreenResultType], inherit_bindings=False):
    """A box, which a subclass composes with the class ``box``, over a screen that stays as it was drawn.

    The keys of *pane* and of ``Pane.DIALOG`` apply; *keys* are the effective ones.
    """

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        layers: notice;
        overflow: hidden hidden;
        background: transparent;
        & > .box {
            width: 76;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            /* The title, with the account, and the status line stay in view. */
            margin: 1 0;
            padding: 0 1;
            background: $background;
            color: $foreground;
            border: round $border;
            border-title-color: $foreground;
            border-title-style: bold;
            border-subtitle-color: $text-muted;
        }
        & .hints { color: $text-muted; }
        & .alert { color: $text-error; text-style: bold; }
        & .doubt { color: $text-warning; text-style: bold; }
    }
    """

    keys_wait = True  # until ``begin``

    fits_any_window = False
    """Whether it can be answered in a window that is too small for other screens."""

    answers: Collection[str] = ()
    """Actions that close the dialog with their own name as the result."""

    def __init__(self, pane: Pane, keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__()
        self.pane = pane
        self.keys = tuple(keys)
        panes = (Pane.DIALOG, *([Pane.LIST] if pane in LISTS else []), pane)
        self._actions = {name: key.action for each in panes for key in of_pane(each, self.keys) for name in key.keys}

    def on_mount(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin handling keys; a dialog that has to read something first begins when that is done, and earlier keys wait."""
        self.resume_input()

    def on_resize(self) -> None:
        if not self.fits_any_window:
            cover_if_too_small(self)

    def finish(self, result: ScreenResultType | None) -> None:
        """Close with *result*, once only, whatever is typed or clicked in the meantime."""
        if self.is_current:
            self.dismiss(result)

    def action_close(self) -> None:
        self.finish(None)

    def hint(self, key_id: str, label: str = "") -> str:
        """``r retry``: the effective key of *key_id* with *label*, or its own label; "" if it has no key."""
        return hint(self.keys, key_id, label)

    def name_of(self, key: str) -> str:
        """Return the name of *key*, one of a line's own, which ``[keys]`` does not change."""
        return shown(key, plain=self.keys[0].plain)

    # Keys

    async def action_help(self) -> None:
        # The app's, since the help is a dialog too.
        await self.app.run_action("help")

    async def run_action(self, action: str, namespaces: Mapping[str, DOMNode] | None = None) -> None:
        if action in self.answers:
            self.finish(cast("ScreenResultType", action))
        else:
            await super().run_action(action, namespaces)

    async def process_key(self, event: events.Key) -> bool:
        if await super().process_key(event):
            return True
        if action := self._actions.get(event.key):
            await self.run_action(action)
        return bool(action)

    @property
    def panes_of_commands(self) -> tuple[Pane, ...]:
        """The panes whose commands the palette lists."""
        return (self.pane,) if self.pane is Pane.DIALOG else (self.pane, Pane.DIALOG)

    async def perform_action(self, key: Key) -> None:
        """Run the command of *key*, as the palette does."""
        await self.run_action(key.action)

    def opens_line(self, key: events.Key) -> bool:
        return any(f"{pane.value}.{self._actions.get(key.key)}" in ASK_FOR_TEXT for pane in (self.pane, Pane.DIALOG))

    def moves(self, key: events.Key) -> bool:
        return self._actions.get(key.key) in MOVEMENTS
