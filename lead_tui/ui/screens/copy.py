"""Copying: sending to the terminal's clipboard what is in sight, at once or by a menu.

The terminal never says whether it took what was sent, so nothing here says "copied".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from lead_tui.keys.catalogue import Key, Pane
from lead_tui.leads.cells import cell_width, fit
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.permissions import refusal
from lead_tui.ui.dialogs.base import Dialog
from lead_tui.ui.screens.copy_texts import Copy, LeadTexts
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.widgets.bindings import bindings_of

_GAP = 2
_WIDEST_LABEL = 20


class CopyController:
    """Sends to the terminal's clipboard; belongs to the main screen."""

    def __init__(self, main: MainContext) -> None:
        self._main = main

    def phone(self) -> None:
        """Send the phone in sight."""
        if self._may():
            self._send(self._in_sight().phone())

    def choose(self) -> None:
        """Have it chosen what to send."""
        if self._may():
            self._main.screen.app.push_screen(CopyMenu(self._in_sight().all(), self._main.session.keys), self._send)

    def _may(self) -> bool:
        may = self._main.session.capabilities.may_copy
        if not may:
            self._main.say(refusal("may_copy"), alert=True)
        return may

    def _in_sight(self) -> LeadTexts:
        main, table, detail = self._main, self._main.table, self._main.detail
        table.settle()
        field = detail.current_field if main.panes.focused is Pane.DETAIL else None
        return LeadTexts(main.session, main.search, table.rows, table.cursor, field, detail.masked_keys, detail.raw)

    def _send(self, copy: Copy | None) -> None:
        if copy is None:
            return
        if copy.refused:
            self._main.say(f"Nothing was sent: {copy.refused}", alert=True)
            return
        try:
            self._main.screen.app.copy_to_clipboard(copy.text)
        except LeadTuiError as error:
            self._main.say(f"Nothing was sent: {error}", alert=True)
        else:
            self._main.say(f"Sent to the terminal's clipboard: {copy.shown}")


class _Choice(Static, can_focus=True):
    """A line of the menu: key, name, and what would be sent."""

    ALLOW_SELECT: ClassVar[bool] = False

    @dataclass
    class Clicked(Message):
        """The mouse chose *copy*."""

        copy: Copy

    def __init__(self, key: str, copy: Copy, key_width: int) -> None:
        shown = copy.refused or copy.preview or copy.shown
        name = fit(copy.label, min(_WIDEST_LABEL, cell_width(copy.label)))
        left = f" {key}{' ' * (key_width - cell_width(key) + _GAP)}{name}{' ' * (_WIDEST_LABEL - cell_width(name) + _GAP)}"
        super().__init__(Content.assemble(left, (shown, "$text-muted") if copy.refused else shown))
        self.choice = copy

    def on_click(self) -> None:
        """Choose this one."""
        self.post_message(self.Clicked(self.choice))


class CopyMenu(Dialog[Copy | None]):
    """Asks which of *choices* to copy; gives None where the person leaves."""

    DEFAULT_CSS = """
    CopyMenu {
        & > .box { width: 76; }
        & _Choice { width: 100%; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & _Choice:focus { text-style: reverse; }
    }
    """

    AUTO_FOCUS = "_Choice"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(Pane.COPY)]

    def __init__(self, choices: Sequence[Copy], keys: Sequence[Key]) -> None:
        super().__init__(Pane.COPY, keys)
        first = {key.action: key.first for key in self.keys if key.pane is Pane.COPY}
        width = max(cell_width(first.get(copy.name, "")) for copy in choices)
        self._choices = [_Choice(first.get(copy.name, ""), copy, width) for copy in choices]

    def compose(self) -> ComposeResult:
        """The choices, a line each."""
        box = Vertical(*self._choices, classes="box")
        box.border_title = Content("Send to the terminal's clipboard")
        yield box

    def on_mount(self) -> None:
        """Keys act from here on."""
        self.be_ready()

    @on(_Choice.Clicked)
    def _clicked(self, message: _Choice.Clicked) -> None:
        self.finish(message.copy)

    def _take(self, name: str) -> None:
        self.finish(next(each.choice for each in self._choices if each.choice.name == name))

    def action_phone(self) -> None:
        """The phone."""
        self._take("phone")

    def action_field(self) -> None:
        """The field under the cursor."""
        self._take("field")

    def action_lead(self) -> None:
        """The lead as JSON."""
        self._take("lead")

    def action_search(self) -> None:
        """The search as a curl command."""
        self._take("search")

    def action_choose(self) -> None:
        """The marked line."""
        if isinstance(self.focused, _Choice):
            self.finish(self.focused.choice)

    def action_next(self) -> None:
        """Mark the next line."""
        self.focus_next(_Choice)

    def action_previous(self) -> None:
        """Mark the line before."""
        self.focus_previous(_Choice)

    def action_close(self) -> None:
        """Leave without sending anything."""
        self.finish(None)
