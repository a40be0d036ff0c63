"""Questions with a key for each answer: yes or no, or one of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partialmethod
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ScreenResultType
from textual.widgets import Static

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.leads.text import joined
from lead_tui.ui.dialogs.base import Dialog, plain


class Question(Dialog[ScreenResultType]):
    """Asks *question*, with *detail* below it. Both may contain untrusted input."""

    DEFAULT_CSS = """
    Question {
        & > .box { width: auto; min-width: 40; }
        & Static { width: auto; max-width: 100%; }
        & .question { text-style: bold; }
    }
    """

    def __init__(self, pane: Pane, keys: Sequence[Key], question: str, detail: str) -> None:
        super().__init__(pane, keys)
        self._question = Static(plain(question), classes="question")
        self._detail = Static(plain(detail), classes="detail")
        self._detail.display = bool(detail)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield self._question
            yield self._detail
            yield from self.compose_answers()

    def compose_answers(self) -> ComposeResult:
        raise NotImplementedError


class _Answer(Static, can_focus=True):
    """An answer in words after its key, reversed while it is the marked one."""

    ALLOW_SELECT: ClassVar[bool] = False


class Confirm(Question[bool]):
    """Asks for yes or no; the result is True only for yes. ``no`` is marked at first, so closing or an accidental enter means no.

    *yes* and *no* label the answers in a word or two.
    """

    DEFAULT_CSS = """
    Confirm {
        & > .box { max-width: 76; }
        & .question, & .detail { max-height: 6; }
        & .answers { width: auto; height: 1; margin: 1 0 0 0; }
        & _Answer { margin: 0 2 0 0; }
        & _Answer:focus { text-style: reverse; }
    }
    """

    AUTO_FOCUS = ".no"

    def __init__(
        self, question: str, detail: str = "", yes: str = "yes", no: str = "no", *, keys: Sequence[Key] = CATALOGUE
    ) -> None:
        super().__init__(Pane.CONFIRM, keys, question, detail)
        self._yes = _Answer(plain(f" {hint(keys, 'confirm.yes', yes) or yes} "))
        self._no = _Answer(plain(f" {hint(keys, 'confirm.no', no) or no} "), classes="no")

    def compose_answers(self) -> ComposeResult:
        yield Horizontal(self._yes, self._no, classes="answers")

    def on_click(self, event: events.Click) -> None:
        for answer in (self._yes, self._no):
            if event.get_content_offset(answer) is not None:
                self.finish(answer is self._yes)

    def _answer(self, yes: bool) -> None:
        self.finish(yes)

    action_yes = partialmethod(_answer, True)
    action_no = action_close = partialmethod(_answer, False)

    def action_choose(self) -> None:
        self.finish(self.focused is self._yes)

    def action_next_answer(self) -> None:
        self.focus_next(_Answer)

    def action_previous_answer(self) -> None:
        self.focus_previous(_Answer)


class Offer(Question[str]):
    """Offers *answers*, which are labels by action; the result is one of the actions, or None on cancel."""

    answers: Mapping[str, str]

    def __init__(self, pane: Pane, keys: Sequence[Key], question: str, detail: str, answers: Mapping[str, str]) -> None:
        super().__init__(pane, keys, question, detail)
        self.answers = answers

    def hints(self) -> list[list[str]]:
        """Return the hints below the answers, a list for each line."""
        answers = [self.hint(f"{self.pane.value}.{action}", label) for action, label in self.answers.items()]
        return [[*answers, self.hint("dialog.close", "cancel")]]

    def compose_answers(self) -> ComposeResult:
        for hints in self.hints():
            yield Static(plain(joined(*hints)), classes="hints")
