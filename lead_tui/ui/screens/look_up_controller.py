"""Look-ups: the box in which a phone, email, lead id or name is typed or pasted, and what a look-up finds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from lead_tui import limits
from lead_tui.keys.catalogue import Pane
from lead_tui.leads.errors import UsageError
from lead_tui.leads.lookup import LookUp, in_one_line, whole_phone
from lead_tui.leads.lookup import look_up as parse_look_up
from lead_tui.paging.search import Search
from lead_tui.paging.searches import EarlyLookUps
from lead_tui.ui.screens.main_context import LOOK_UP, MainContext
from lead_tui.ui.widgets.bars import with_latest

FIRST_CHARACTERS: Final = frozenset("0123456789+(#")
"""Characters that open the box when they are typed on the table."""


class LookUpController:
    """Opens the box, looks up what is submitted there, and opens the only hit."""

    def __init__(self, main: MainContext, open_detail: Callable[[], None]) -> None:
        self._main = main
        self._open_detail = open_detail
        self._text = ""
        """The text in the box, until it is submitted."""
        self._may_be_early = False
        """Whether the box has not sent a look-up ahead yet."""

    def open(self, text: str = "") -> None:
        """Open the box with *text* in it, the beginning of what the user types; without one, the text in it is selected."""
        if self._main.prompt.purpose != LOOK_UP:
            self._may_be_early = True
            self._main.session.warm(limits.LOOK_UP_REQUESTS)
        hint = "phone · email · #id · name · ↑ earlier · ⏎ · esc"
        self._main.prompt.show(
            LOOK_UP,
            "Look up",
            self.submit,
            text,
            history=tuple(self._main.memory.look_ups),
            hint=hint,
            typed=True,
            read_paste=in_one_line,
            on_text=self._text_changed,
        )

    def submit(self, text: str) -> None:
        """Look *text* up, or show in the box why that cannot be done."""
        try:
            lookup = parse_look_up(text)
        except UsageError as error:
            self._main.refuse(str(error))
            return
        self._text = ""
        self.look_up(lookup, lookup.ignored_text())

    def look_up(self, lookup: LookUp, message: str) -> None:
        """Send the requests of *lookup*, then draw what changes on the screen, with *message*, if any."""
        self.remember(lookup.text)
        self._main.keys_wait = True
        self._main.searches.look_up(lookup, lambda show: self._main.run_worker(self._show(show, message)))

    async def _show(self, show: Callable[[], None], message: str) -> None:
        """Show the search once its requests are sent, a few turns of the event loop later, and draw nothing until then."""
        with self._main.app.batch_update():
            for _ in range(limits.TURNS_TO_SEND):
                await asyncio.sleep(0)
            if not self._main.prompt.is_attached:
                # The app is closing.
                return
            try:
                self._main.prompt.hide()
                self._main.panes.go_to_table()
                show()
                if message:
                    self._main.say(message)
            finally:
                self._main.resume_input()

    def _text_changed(self, text: str) -> None:
        """Prepare the look-up of *text*, which is in the box: connections, and the result once it is a complete number."""
        self._text = text
        if (early := self._main.session.early) is not None:
            early.discard()
        if text:
            self._main.session.warm(limits.LOOK_UP_REQUESTS)
        if early is not None and self._may_be_early and (lookup := whole_phone(text)) is not None:
            self._main.set_timer(limits.EARLY_REST_SECONDS, lambda: self._look_up_early(early, lookup, text))

    def _look_up_early(self, early: EarlyLookUps, lookup: LookUp, text: str) -> None:
        if self._may_be_early and text == self._text and self._main.prompt.purpose == LOOK_UP:
            self._may_be_early = not early.request(lookup, self._main.session.today())

    def remember(self, text: str) -> None:
        """Let ``↑`` recall *text*."""
        recent = self._main.memory.look_ups
        recent[:] = with_latest(recent, text)[-limits.MAX_RECENT_LOOK_UPS :]

    def open_only_hit(self, search: Search) -> None:
        """Open the lead that is the only hit of *search*, once, but not while the user is typing something else."""
        if search.lookup is None or search.opened or search.snapshot is not None or not search.answered or search.rows.length != 1:
            return
        if search.rows.lead(0) is not None:
            search.opened = True
            if not self._main.prompt.purpose and self._main.panes.focused is not Pane.FILTERS:
                self._open_detail()
