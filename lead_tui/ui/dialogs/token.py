"""The masked prompt for an account's API token."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from lead_tui import limits
from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, shown
from lead_tui.leads.errors import TokenError, TokenMissing
from lead_tui.leads.text import counted, one_line
from lead_tui.leads.token import Token
from lead_tui.ui.dialogs.base import Dialog, plain
from lead_tui.ui.widgets.line_input import LineInput, LineOwner

_USUAL = re.compile(r"[a-z0-9]{32}")
"""The form of a token (the API's document: 32 lower-case letters and digits)."""

_MISSING = (
    "lead-tui needs an API token of your Convoso account. Your Convoso administrator has it, or can create one; it must have "
    "access to leads/search. Without one, lead-tui --demo shows sample leads."
)

_CARRY_VALUE = (Input.Changed, Input.Submitted, Input.Blurred)


def doubt_about(token: str) -> str:
    """What is unusual about *token*, "" for nothing. Says how long it is, never what it is."""
    if not token or _USUAL.fullmatch(token):
        return ""
    return f"{counted(len(token), 'character')}: Convoso's tokens are 32 lower-case letters and digits"


def refusal_of(token: str) -> str:
    """Why *token* cannot be sent at all, "" where it can."""
    if not token:
        return "Paste or type the token"
    if len(token) > limits.MAX_TOKEN_CHARACTERS or not token.isascii() or not token.isprintable() or " " in token:
        return "Not a token: a token is one word of letters and digits"
    return ""


class _MaskedInput(LineInput):
    """A line that shows a mark for each character, and whose text only its owner can read."""

    def __init__(self, owner: LineOwner) -> None:
        super().__init__(owner)
        self.password = True
        self.mark = "•"

    def post_message(self, message: Message) -> bool:
        """Drop the messages that contain the text: they could reach logs and other widgets."""
        return False if isinstance(message, _CARRY_VALUE) else super().post_message(message)

    def action_copy(self) -> None:
        """A secret is not copied from here."""

    def action_cut(self) -> None:
        """Nor cut."""

    @property
    def _value(self) -> Text:
        return Text(self.mark * len(self.value), no_wrap=True, overflow="ignore", end="")


class AskToken(Dialog[Token | None]):
    """Asks for the token of *account* at *host*, after *problem*; the result is None if the user skips."""

    DEFAULT_CSS = """
    AskToken {
        & > .box { width: 76; }
        & .gap { margin: 1 0 0 0; }
        & .entry { height: 1; }
        & .label { width: 10; color: $text-muted; }
        & _MaskedInput { width: 1fr; }
        & #token-note { margin: 0 0 0 10; min-height: 1; }
    }
    """

    AUTO_FOCUS = "_MaskedInput"

    def __init__(self, account: str, host: str, problem: TokenError, *, keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(Pane.DIALOG, keys)
        self._account = account
        self._host = host
        self._problem = problem
        self._line = _MaskedInput(self)
        self._note = Static("", id="token-note", markup=False)

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box")
        box.border_title = Content("Token")
        box.border_subtitle = Content(f"{shown('enter', plain=self.keys[0].plain)} sign in · esc skip")
        with box:
            if isinstance(self._problem, TokenMissing):
                yield Static(_MISSING, markup=False)
            else:
                yield Static(plain(str(self._problem)), classes="alert")
            yield self._entry("Account", self._account, first=True)
            yield self._entry("Host", self._host)
            with Horizontal(classes="entry"):
                yield Static("Token", classes="label", markup=False)
                yield self._line
            yield self._note
            yield Static(
                "It is kept in memory for this session only. To store it, run lead-tui setup, or set CONVOSO_AUTH_TOKEN.",
                classes="hints",
                markup=False,
            )

    @staticmethod
    def _entry(label: str, text: str, *, first: bool = False) -> Horizontal:
        return Horizontal(
            Static(label, classes="label", markup=False),
            Static(Content(one_line(text))),
            classes="entry gap" if first else "entry",
        )

    def on_mount(self) -> None:
        self.set_focus(self._line)
        self.be_ready()

    def key_pressed(self, key: str) -> bool:
        match key:
            case "enter":
                self._use()
            case "escape":
                self.action_close()
            case "tab" | "shift+tab":
                # There is nothing else to go to.
                pass
            case _:
                return False
        return True

    def text_changed(self, text: str) -> None:
        self._show_note(doubt_about(text.strip()), "doubt")

    def _use(self) -> None:
        token = self._line.value.strip()
        if problem := refusal_of(token):
            self._show_note(problem, "alert")
            return
        self._line.put("")
        self.finish(Token(token))

    def _show_note(self, problem: str, look: str) -> None:
        self._note.set_class(look == "alert", "alert")
        self._note.set_class(look == "doubt", "doubt")
        self._note.update(Content(f"! {problem}" if problem else ""))

    def action_close(self) -> None:
        self._line.put("")
        self.finish(None)
