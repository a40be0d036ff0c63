"""What the dialogs share: a box over the main screen, the keys that close it, and keys taken in the order they were typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen, ScreenResultType

from lead_tui.keys import CATALOGUE, Key, Pane, of_pane
from lead_tui.leads.text import clean
from lead_tui.widgets.bindings import bindings_of, rebind


def plain(text: str) -> Content:
    """*text* as text: cleaned, and no markup."""
    return Content(clean(text).replace("\t", " "))


def hint(keys: Iterable[Key], key_id: str, label: str = "") -> str:
    """``r rename`` for the key *key_id* of *keys*; "" where it has none. *label* is said in place of the catalogue's."""
    for key in keys:
        if key.id == key_id and key.keys:
            return f"{key.first} {label or key.label}"
    return ""


class Dialog(ModalScreen[ScreenResultType]):
    """A box, which a subclass composes with the class ``box``, over what is below it, which stays as it was drawn.

    The keys of *pane* and of ``Pane.DIALOG`` act; *keys* are the effective ones. A subclass calls ``take_early_keys`` once it can
    carry out keys.
    """

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > .box {
            width: 76;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            /* The title, with the account, and the status line stay in sight. */
            margin: 1 0;
            padding: 0 1;
            background: $background;
            color: $foreground;
            border: round $border;
            border-title-color: $foreground;
            border-title-style: bold;
            border-subtitle-color: $text-muted;
        }
        &.-ascii > .box { border: ascii $border; }
        & .hints { color: $text-muted; }
        & .alert { color: $error; text-style: bold; }
        & .doubt { color: $warning; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(Pane.DIALOG)]

    def __init__(self, pane: Pane, keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__()
        self.pane = pane
        self.keys = tuple(keys)
        self._actions = {name: key.action for each in (Pane.DIALOG, pane) for key in of_pane(each, self.keys) for name in key.keys}
        self._early: list[events.Key] | None = []
        rebind(self, self.keys, Pane.DIALOG, pane)

    @property
    def is_ascii(self) -> bool:
        """Whether the terminal is to be sent ASCII only."""
        return self.app.has_class("-ascii")

    def on_mount(self) -> None:
        """Take the borders that the app has."""
        self.set_class(self.is_ascii, "-ascii")

    def finish(self, result: ScreenResultType) -> None:
        """Close with *result*; once only, whatever is typed or clicked meanwhile."""
        if self.is_current:
            self.dismiss(result)

    # Keys

    async def take_key(self, event: events.Key) -> bool:
        """Carry out a key before the next one is looked at; whether it was the dialog's. Text in an input is never taken.

        What is typed before the dialog can act (the keys behind the one that opened it came along) waits until it can, and is for
        whoever comes next where one of those keys closes the dialog.
        """
        focused = self.focused
        if focused is not None and (focused.check_consume_key(event.key, event.character) or self.takes_text):
            return False
        if self._early is not None:
            self._early.append(event)
            return True
        action = self._actions.get(event.key)
        if action is None:
            return False
        await self.run_action(action)
        return True

    @property
    def takes_text(self) -> bool:
        """Whether an input has the focus, which is asked about its keys first."""
        from lead_tui.widgets.line_input import LineInput

        return isinstance(self.focused, LineInput)

    def take_early_keys(self) -> None:
        """From now on keys are carried out; those that came early are."""
        if self._early:
            self.call_next(self._carry_out)
        else:
            self._early = None

    async def _carry_out(self) -> None:
        while self._early:
            key = self._early.pop(0)
            if self.is_current and not self.takes_text and (action := self._actions.get(key.key)):
                await self.run_action(action)
            else:
                self.app.post_message(events.Key(key.key, key.character))
        self._early = None
