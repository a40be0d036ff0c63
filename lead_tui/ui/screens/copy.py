"""Copying to the terminal's clipboard: the phone or the field at once, anything else from a menu. Messages say what is known."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from msgspec.structs import replace

from lead_tui.keys.catalogue import Key, Pane
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.text import cell_width, fit, joined
from lead_tui.terminal.capabilities import dropped_by, is_in_tmux, is_over_mosh
from lead_tui.terminal.host import HostedApp
from lead_tui.ui.dialogs.base import ListDialog
from lead_tui.ui.screens.copy_texts import FORMATS, Copy, CopyTexts
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.widgets.drawn_list import DrawnLine

_LABEL_WIDTH = 22


class CopyController:
    """Copies texts of the lead, the marked leads and the search."""

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._turn = asyncio.Lock()
        self._last = ""
        """The text sent last."""

    def copy(self, name: str, note: str = "") -> None:
        """Copy what *name* of the menu copies, or the email; *note* ends the message."""
        if self._main.is_allowed("may_copy"):
            copy = self._texts().make(name)
            self._send(replace(copy, shown=joined(copy.shown, note)))

    def recording(self, address: str) -> None:
        if self._main.is_allowed("may_copy"):
            self._send(Copy(address, address))

    def choose(self) -> None:
        if self._main.is_allowed("may_copy"):
            texts = self._texts()
            menu = CopyMenu(texts.choices, self._main.session.keys)
            self._main.ask(menu, lambda name: self._send(texts.make(name, menu.form)))

    def _texts(self) -> CopyTexts:
        main, table, detail = self._main, self._main.table, self._main.detail
        table.settle()
        field = detail.key if main.panes.focused is Pane.DETAIL else None
        session, search, marked = main.session, main.search, main.marks.rows
        lead = (table.rows, table.cursor, table.columns, field, detail.masked_keys)
        return CopyTexts(session, search, *lead, marked=marked, is_raw=detail.look.raw)

    def _send(self, copy: Copy) -> None:
        if copy.refused:
            self._fail(copy.refused)
        elif is_in_tmux(os.environ) and self._main.session.capabilities.may_start_programs:
            self._main.screen.run_worker(self._send_by_tmux(copy))
        else:
            self._send_to_terminal(copy)

    def _fail(self, why: object) -> None:
        self._main.say(f"Not copied: {why}", alert=True)

    async def _send_by_tmux(self, copy: Copy) -> None:
        """Copy by a command of tmux, one after the other; by OSC 52 if tmux is too old for that."""
        app = cast("HostedApp[object]", self._main.screen.app)
        try:
            async with self._turn:
                is_sent = await app.copy_by_tmux(copy.text)
        except LeadTuiError as error:
            self._fail(error)
            return
        if is_sent:
            self._main.say(f"Sent to the terminal's clipboard by tmux: {copy.shown}")
        else:
            self._send_to_terminal(copy)

    def _send_to_terminal(self, copy: Copy) -> None:
        try:
            self._main.screen.app.copy_to_clipboard(copy.text)
        except LeadTuiError as error:
            self._fail(error)
            return
        known = ""
        if is_over_mosh():
            known = "mosh passes the same text on only once" if copy.text == self._last else ""
        elif terminal := dropped_by(os.environ):
            known = f"{terminal} drops it unless set up"
        self._last = copy.text
        self._main.say(joined(f"Sent to the terminal's clipboard: {copy.shown}", known))


class CopyMenu(ListDialog[str, str]):
    """Asks what to copy, in which ``form``; the result is its name. *choices* returns what can be copied in a format, by name."""

    def __init__(self, choices: Callable[[str], Mapping[str, Copy]], keys: Sequence[Key]) -> None:
        super().__init__(Pane.COPY, keys)
        self._in_format = choices
        self._show_format(FORMATS[0])
        self._first = {key.action: key.first for key in self.keys if key.pane is Pane.COPY}
        self.set_titles("Copy to the terminal's clipboard")

    def line(self, index: int, width: int) -> DrawnLine:
        choice = self._choices[index]
        left = f" {fit(self._first.get(self.items[index], ''), 3)}{fit(choice.label, _LABEL_WIDTH)} "
        preview = fit(choice.refused or choice.preview or choice.shown, width - cell_width(left))
        return DrawnLine((("", left), ("faint" if choice.refused else "", preview)))

    def hints(self) -> list[str]:
        return [self.hint("copy.choose"), self.hint("copy.format"), self.hint("dialog.close", "cancel")]

    def _show_format(self, form: str) -> None:
        self.form, choices = form, self._in_format(form)
        self.items = self.answers = list(choices)
        self._choices = list(choices.values())

    def action_format(self) -> None:
        self._show_format(FORMATS[(FORMATS.index(self.form) + 1) % len(FORMATS)])
        self.draw()

    def action_choose(self) -> None:
        self.choose()

    def clicked(self, index: int) -> None:
        self.finish(self.items[index])

    def action_next(self) -> None:
        self.mark((self.marked + 1) % len(self.items))

    def action_previous(self) -> None:
        self.mark((self.marked - 1) % len(self.items))
