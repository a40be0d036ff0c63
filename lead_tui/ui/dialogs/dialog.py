"""Dialogs: a box over the main screen, with keys from the catalogue; and the questions that are asked in one.

They ask for yes or no, for one of several answers, or for the account's API token in a masked line.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partialmethod
from typing import cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import ModalScreen, ScreenResultType
from textual.widget import Widget
from textual.widgets import Input, Static

from lead_tui.keys.catalogue import ASK_FOR_TEXT, CATALOGUE, MOVEMENTS, Key, Pane, hint, of_pane, panes_in, shown
from lead_tui.leads.errors import TokenError, TokenMissing
from lead_tui.leads.permissions import Token
from lead_tui.leads.text import cell_width, clean, joined, one_line
from lead_tui.storage.token import checked_token
from lead_tui.ui.widgets.bars import cover_if_too_small
from lead_tui.ui.widgets.key_queue import KeyHandlerScreen
from lead_tui.ui.widgets.line_input import LineInput
from lead_tui.ui.widgets.textual_fixes import CorrectedScreen

_MISSING = (
    "lead-tui needs an API token for your Convoso account. Your Convoso administrator has it, or can create one; it must have "
    "access to leads/search. Without one, lead-tui --demo shows sample leads."
)


def plain(text: str) -> Content:
    """Return *text* cleaned, as ``Content`` without markup."""
    return Content(clean(text).replace("\t", " "))


class Dialog(CorrectedScreen, KeyHandlerScreen, ModalScreen[ScreenResultType], inherit_bindings=False):
    """A box, which a subclass composes with the class ``box``, over a screen that stays as drawn; *keys* are the effective ones."""

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
    fits_any_window = False  # whether it can be answered in a window that is too small for other screens
    answers: Collection[str] = ()  # actions that close the dialog with their own name as the result
    first_line: LineInput | None = None  # a line that has the focus from the start

    def __init__(self, pane: Pane, keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__()
        self.pane = pane
        self.keys = tuple(keys)
        self.panes_of_commands = panes_in(pane)[:-1]  # a key of the first of them acts there; the app handles its own
        own = [key for each in reversed(self.panes_of_commands) for key in of_pane(each, self.keys)]
        self._actions = {name: key.action for key in own for name in key.keys}

    def on_mount(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin handling keys; a dialog that has to read something first begins when that is done, and earlier keys wait."""
        if self.first_line is not None:
            # Textual would set the focus later, and letters are commands until then.
            self.set_focus(self.first_line)
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

    async def perform_action(self, key: Key) -> None:
        """Run the command of *key*, as the palette does."""
        await self.run_action(key.action)

    def opens_line(self, key: events.Key) -> bool:
        return any(f"{pane.value}.{self._actions.get(key.key)}" in ASK_FOR_TEXT for pane in self.panes_of_commands)

    def moves(self, key: events.Key) -> bool:
        return self._actions.get(key.key) in MOVEMENTS


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
        self.below: Sequence[Widget] = ()  # what is below the detail

    def compose(self) -> ComposeResult:
        yield Vertical(self._question, self._detail, *self.below, classes="box")


class Confirm(Question[bool]):
    """Asks for yes or no, labeled *yes* and *no*. ``no`` is marked at first, so closing or an accidental enter means no."""

    DEFAULT_CSS = """
    Confirm {
        & > .box { max-width: 76; }
        & .question, & .detail { max-height: 6; }
        & .answers { margin: 1 0 0 0; }
    }
    """

    def __init__(
        self, question: str, detail: str = "", yes: str = "yes", no: str = "no", *, keys: Sequence[Key] = CATALOGUE
    ) -> None:
        super().__init__(Pane.CONFIRM, keys, question, detail)
        self._yes, self._no = f" {self.hint('confirm.yes', yes) or yes} ", f" {self.hint('confirm.no', no) or no} "
        self._answers = Static(classes="answers")
        self.below = (self._answers,)
        self._mark(yes=False)

    def _mark(self, *, yes: bool) -> None:
        self._is_yes = yes
        marks = ("reverse", "") if yes else ("", "reverse")
        self._answers.update(Content.assemble((self._yes, marks[0]), "  ", (self._no, marks[1])))

    def on_click(self, event: events.Click) -> None:
        if (offset := event.get_content_offset(self._answers)) is not None:
            self.finish(offset.x < cell_width(self._yes))

    action_yes = partialmethod(Question.finish, True)
    action_no = action_close = partialmethod(Question.finish, False)

    def action_choose(self) -> None:
        self.finish(self._is_yes)

    def action_next_answer(self) -> None:
        self._mark(yes=not self._is_yes)

    action_previous_answer = action_next_answer  # there are two


class Offer(Question[str]):
    """Offers *answers*, which are labels by action; the result is one of the actions, or None on cancel."""

    answers: Mapping[str, str]

    def __init__(self, pane: Pane, keys: Sequence[Key], question: str, detail: str, answers: Mapping[str, str]) -> None:
        super().__init__(pane, keys, question, detail)
        self.answers = answers
        self.below = [Static(plain(joined(*hints)), classes="hints") for hints in self.hints()]

    def hints(self) -> list[list[str]]:
        """Return the hints, those of the answers first, a list for each line."""
        answers = [self.hint(f"{self.pane.value}.{action}", label) for action, label in self.answers.items()]
        return [[*answers, self.hint("dialog.close", "cancel")]]


class _MaskedInput(LineInput):
    """A line whose text only its owner can read."""

    def post_message(self, message: Message) -> bool:
        """Drop messages that contain the text: they could reach logs and other widgets."""
        carries_value = isinstance(message, Input.Changed | Input.Submitted | Input.Blurred)
        return not carries_value and super().post_message(message)

    def action_copy(self) -> None:
        """Do nothing: a secret is neither copied nor cut from here."""

    action_cut = action_copy


class AskToken(Question[Token]):
    """Asks for the token of *account* at *host*, after *problem*; None if the user skips. *remedy* says how to store a token."""

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
        self._line = self.first_line = _MaskedInput(self)
        self._line.password = True
        self._line.placeholder = "type or paste the token"
        self._note = Static("", classes="note alert", markup=False)
        self.below = (self._line, self._note, Static(plain(f"{self.name_of('enter')} sign in · esc skip"), classes="hints"))

    async def process_paste(self, event: events.Paste) -> bool:
        """Accept a token whatever has the focus: it must not be shown elsewhere."""
        return await self._line.process_paste(event)

    def key_pressed(self, key: str) -> bool:
        if key == "escape":
            self.action_close()
        elif key == "enter":
            try:
                self.finish(checked_token(self._line.value, "The line"))
            except TokenError as error:
                self._note.update(Content(f"! {error}"))
        # There is nothing else to go to.
        return key in ("escape", "enter", "tab", "shift+tab")

    def text_changed(self, text: str) -> None:
        self._note.update("")

    def finish(self, result: Token | None) -> None:
        self._line.put("")
        super().finish(result)
