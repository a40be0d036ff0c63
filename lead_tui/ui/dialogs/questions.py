"""The questions of the program: yes or no, one of several answers, and the account's API token in a masked line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partialmethod
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ScreenResultType
from textual.widgets import Input, Static

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.leads.errors import TokenError, TokenMissing
from lead_tui.leads.permissions import Token
from lead_tui.leads.text import joined, one_line
from lead_tui.storage.token import checked_token
from lead_tui.ui.dialogs.base import Dialog, plain
from lead_tui.ui.widgets.line_input import LineInput, LineOwner

_MISSING = (
    "lead-tui needs an API token of your Convoso account. Your Convoso administrator has it, or can create one; it must have "
    "access to leads/search. Without one, lead-tui --demo shows sample leads."
)


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

    action_yes = partialmethod(Question.finish, True)
    action_no = action_close = partialmethod(Question.finish, False)

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


class _MaskedInput(LineInput):
    """A line that shows a mark for each character; only its owner can read its text."""

    def __init__(self, owner: LineOwner) -> None:
        super().__init__(owner)
        self.password = True

    def post_message(self, message: Message) -> bool:
        """Drop messages that contain the text: they could reach logs and other widgets."""
        carries_value = isinstance(message, Input.Changed | Input.Submitted | Input.Blurred)
        return not carries_value and super().post_message(message)

    def action_copy(self) -> None:
        """Do nothing: a secret is neither copied nor cut from here."""

    action_cut = action_copy


class AskToken(Question[Token]):
    """Asks for the token of *account* at *host*, after *problem*; the result is None if the user skips.

    *remedy* says how to store the token.
    """

    DEFAULT_CSS = """
    AskToken {
        & > .box { width: 76; }
        & _MaskedInput { margin: 1 0 0 0; }
        & .note { min-height: 1; }
    }
    """

    def __init__(self, account: str, host: str, problem: TokenError, remedy: str, keys: Sequence[Key] = CATALOGUE) -> None:
        reason = _MISSING if isinstance(problem, TokenMissing) else str(problem)
        kept = f"The token is kept in memory for this session only. To store it, {remedy}."
        super().__init__(Pane.DIALOG, keys, f"API token for {one_line(account)} at {one_line(host)}", f"{reason}\n\n{kept}")
        self._line = _MaskedInput(self)
        self._note = Static("", classes="note alert", markup=False)

    def compose_answers(self) -> ComposeResult:
        yield self._line
        yield self._note
        yield Static(plain(f"{self.name_of('enter')} sign in · esc skip"), classes="hints")

    def begin(self) -> None:
        # Textual would set the focus later.
        self.set_focus(self._line)
        super().begin()

    async def process_paste(self, event: events.Paste) -> bool:
        """Accept a token whatever has the focus: it must not be shown elsewhere."""
        return await self._line.process_paste(event)

    def key_pressed(self, key: str) -> bool:
        match key:
            case "enter":
                self._use()
            case "escape":
                self.action_close()
            case _:
                # There is nothing else to go to.
                return key in ("tab", "shift+tab")
        return True

    def text_changed(self, text: str) -> None:
        self._note.update("")

    def _use(self) -> None:
        try:
            token = checked_token(self._line.value, "The line")
        except TokenError as error:
            self._note.update(Content(f"! {error}"))
        else:
            self.finish(token)

    def finish(self, result: Token | None) -> None:
        self._line.put("")
        super().finish(result)
