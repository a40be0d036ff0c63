"""A question that is answered with yes or no, where an accidental enter means no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.ui.dialogs.base import Dialog, plain


class _Answer(Static, can_focus=True):
    """An answer in words behind its key; reversed while it is the marked one."""

    ALLOW_SELECT: ClassVar[bool] = False


class Confirm(Dialog[bool]):
    """Asks *question*, with *detail* below it; the result is True for yes only. ``no`` is marked at first, and closing means no.

    *yes* and *no* label the answers in a word or two. Texts may contain untrusted input.
    """

    DEFAULT_CSS = """
    Confirm {
        & > .box { width: auto; min-width: 40; max-width: 76; }
        & #confirm-question { width: auto; max-width: 100%; max-height: 6; text-style: bold; }
        & #confirm-detail { width: auto; max-width: 100%; max-height: 6; }
        & #confirm-answers { width: auto; height: 1; margin: 1 0 0 0; }
        & _Answer { width: auto; margin: 0 2 0 0; }
        & _Answer:focus { text-style: reverse; }
    }
    """

    AUTO_FOCUS = "#confirm-answers > .no"

    def __init__(
        self, question: str, detail: str = "", yes: str = "yes", no: str = "no", *, keys: Sequence[Key] = CATALOGUE
    ) -> None:
        super().__init__(Pane.CONFIRM, keys)
        self._question = question
        self._detail = detail
        self._yes = _Answer(plain(f" {hint(keys, 'confirm.yes', yes) or yes} "))
        self._no = _Answer(plain(f" {hint(keys, 'confirm.no', no) or no} "), classes="no")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(plain(self._question), id="confirm-question")
            if self._detail:
                yield Static(plain(self._detail), id="confirm-detail")
            with Horizontal(id="confirm-answers"):
                yield self._yes
                yield self._no

    def on_click(self, event: events.Click) -> None:
        for answer in (self._yes, self._no):
            if event.get_content_offset(answer) is not None:
                self.finish(answer is self._yes)

    def action_yes(self) -> None:
        self.finish(True)

    def action_no(self) -> None:
        self.finish(False)

    action_close = action_no

    def action_choose(self) -> None:
        self.finish(self.focused is self._yes)

    def action_next_answer(self) -> None:
        self.focus_next(_Answer)

    def action_previous_answer(self) -> None:
        self.focus_previous(_Answer)


class ConfirmQuit(Confirm):
    """The question before quitting."""

    fits_any_window = True
