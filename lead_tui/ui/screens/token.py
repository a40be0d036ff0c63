"""Asking for an account's API token, in a masked line, after the server rejected the current one, if the user may give one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from lead_tui.config.address import host_of
from lead_tui.keys.catalogue import CATALOGUE, Key, Pane
from lead_tui.leads.errors import TokenError, TokenMissing
from lead_tui.leads.permissions import Token
from lead_tui.leads.text import one_line
from lead_tui.storage.token import checked_token
from lead_tui.ui.dialogs.base import Dialog, plain
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.widgets.line_input import LineInput, LineOwner

_MISSING = (
    "lead-tui needs an API token of your Convoso account. Your Convoso administrator has it, or can create one; it must have "
    "access to leads/search. Without one, lead-tui --demo shows sample leads."
)


class TokenController:
    """Opens the dialog, once for each rejection, and calls *again* to repeat what failed with the new token."""

    def __init__(self, main: MainContext, again: Callable[[], object]) -> None:
        self._main = main
        self._again = again
        self._is_asking = False
        self._last_problem: TokenError | None = None

    def ask(self, problem: TokenError) -> None:
        """Ask for a token because of *problem*, unless the user has been asked: one who skips is asked again after a retry."""
        if not self._is_asking and problem is not self._last_problem and self._main.session.capabilities.may_give_token:
            self._is_asking, self._last_problem = True, problem
            self._main.run_worker(self._ask(problem))

    async def _ask(self, problem: TokenError) -> None:
        session = self._main.session
        try:
            remedy = session.client.setup_remedy if session.client is not None else ""
            # Nothing typed is for anything else before the first key of the session.
            is_first = not self._main.memory.acted_at
            dialog = AskToken(session.account, host_of(session.base_url), problem, remedy, session.keys, is_acknowledged=is_first)
            token: Token | None = await self._main.app.push_screen_wait(dialog)
        finally:
            # Also after the dialog failed: the next rejection asks again.
            self._is_asking = False
        if token is not None and session.client is not None:
            session.client.use_token(token)
            # It says that the previous token was rejected, and how to retry.
            self._main.status.end_message()
            self._again()


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

    @property
    def _value(self) -> Text:
        return Text("•" * len(self.value), no_wrap=True, overflow="ignore", end="")


class AskToken(Dialog[Token | None]):
    """Asks for the token of *account* at *host*, after *problem*; the result is None if the user skips.

    *remedy* says how to store the token.
    """

    DEFAULT_CSS = """
    AskToken {
        & > .box { width: 76; }
        & .entry { height: 1; }
        & .entry:first-of-type { margin: 1 0 0 0; }
        & .label { width: 10; color: $text-muted; }
        & _MaskedInput { width: 1fr; }
        & #token-note { margin: 0 0 0 10; min-height: 1; }
        & .hidden { display: none; }
    }
    """

    AUTO_FOCUS = ""

    def __init__(
        self,
        account: str,
        host: str,
        problem: TokenError,
        remedy: str,
        keys: Sequence[Key] = CATALOGUE,
        *,
        is_acknowledged: bool = True,
    ) -> None:
        super().__init__(Pane.DIALOG, keys)
        self.is_acknowledged = is_acknowledged
        self._account = account
        self._host = host
        self._problem = problem
        self._remedy = remedy
        self._line = _MaskedInput(self)
        self._entry = Horizontal(Static("Token", classes="label", markup=False), self._line, classes="entry hidden")
        self._box = Vertical(classes="box")
        self._note = Static("", id="token-note", classes="alert", markup=False)

    def compose(self) -> ComposeResult:
        self._box.border_title = Content("Token")
        self._box.border_subtitle = Content(f"{self.name_of('enter')} enter a token · esc skip")
        is_missing = isinstance(self._problem, TokenMissing)
        account, host = (Static(Content(one_line(text))) for text in (self._account, self._host))
        with self._box:
            yield Static(plain(_MISSING if is_missing else str(self._problem)), classes="" if is_missing else "alert")
            for label, widget in (("Account", account), ("Host", host)):
                yield Horizontal(Static(label, classes="label", markup=False), widget, classes="entry")
            yield self._entry
            yield self._note
            yield Static(plain(f"It is kept in memory for this session only. To store it, {self._remedy}."), classes="hints")

    def begin(self) -> None:
        if self.is_acknowledged:
            self.acknowledge()
        super().begin()

    def acknowledge(self) -> None:
        super().acknowledge()
        self._entry.remove_class("hidden")
        self._box.border_subtitle = Content(f"{self.name_of('enter')} sign in · esc skip")
        self.set_focus(self._line)

    async def process_paste(self, event: events.Paste) -> bool:
        """Accept a token whatever has the focus: it must not be shown elsewhere."""
        return not self.is_acknowledged or await self._line.process_paste(event)

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
        self._note.update("")

    def _use(self) -> None:
        try:
            token = checked_token(self._line.value, "The line")
        except TokenError as error:
            self._note.update(Content(f"! {error}"))
            return
        self._line.put("")
        self.finish(token)

    def action_close(self) -> None:
        self._line.put("")
        self.finish(None)
