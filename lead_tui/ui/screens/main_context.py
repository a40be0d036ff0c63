"""What the main screen shares with its controllers: the session, searches, panes, prompt, title and status line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeVar

from msgspec import Struct
from textual.screen import Screen

from lead_tui import limits
from lead_tui.keys.catalogue import hint
from lead_tui.leads.errors import UsageError
from lead_tui.leads.permissions import refusal
from lead_tui.leads.query import Query
from lead_tui.leads.text import one_line
from lead_tui.paging.search import Search
from lead_tui.paging.searches import Searches
from lead_tui.ui.screens.panes import Panes
from lead_tui.ui.screens.session import Session
from lead_tui.ui.screens.status import Status
from lead_tui.ui.screens.status_text import search_title
from lead_tui.ui.widgets.bars import TitleBar
from lead_tui.ui.widgets.detail import Detail
from lead_tui.ui.widgets.lead_table import LeadTable
from lead_tui.ui.widgets.prompt import Prompt

T = TypeVar("T")

LOOK_UP: Final = "look-up"
NARROW: Final = "narrow"
"""Purposes of the prompt."""


class MainContext(Struct, frozen=True, eq=False):
    """The parts of the main screen with which its controllers work."""

    screen: Screen[Any]
    """Opens dialogs over itself, and runs workers."""
    session: Session
    searches: Searches
    panes: Panes
    prompt: Prompt
    title_bar: TitleBar
    status: Status

    @property
    def table(self) -> LeadTable:
        return self.panes.table

    @property
    def detail(self) -> Detail:
        return self.panes.detail

    @property
    def search(self) -> Search | None:
        return self.searches.current

    @property
    def is_on_top(self) -> bool:
        """Whether no dialog is open; Textual's ``is_current`` holds below a dialog too."""
        return self.screen.app.screen is self.screen

    def start(self, query: Query, name: str = "", columns: tuple[str, ...] = (), sort: tuple[str, ...] = ()) -> None:
        """Show what matches *query*, with the *columns* and the *sort* of the saved query *name*, if it comes from one."""
        try:
            self.searches.start(query, name, columns=columns, sort=sort)
        except UsageError as error:
            self.say(str(error), alert=True)

    def show_title(self, search: Search) -> None:
        self.title_bar.search = one_line(search.name, 60), search_title(search, self.session)

    def hint(self, key_id: str, label: str) -> str:
        """``r retry``: the effective key of *key_id* with *label*; "" where there is none."""
        return hint(self.session.keys, key_id, label)

    def ask(self, dialog: Screen[T], then: Callable[[T], object]) -> None:
        """Open *dialog*, and call *then* with its result unless it is cancelled."""

        def answered(result: T | None) -> None:
            if result is not None:
                then(result)

        self.screen.app.push_screen(dialog, answered)

    def when_sent(self, act: Callable[[], object]) -> None:
        """Call *act* once the requests of this turn of the event loop are sent, a few turns later, and draw nothing until then."""
        batch, loop = self.screen.app.batch_update(), asyncio.get_running_loop()
        batch.__enter__()

        def wait(turns: int) -> None:
            if turns:
                loop.call_soon(wait, turns - 1)
                return
            try:
                act()
            finally:
                batch.__exit__(None, None, None)

        wait(limits.TURNS_TO_SEND)

    async def confirm(self, question: str, detail: str = "", *, yes: str, no: str) -> bool:
        """Ask *question*, with *detail* below it; *yes* and *no* label the answers. Called by a worker."""
        # Imported here, as all dialogs: the first paint comes without them.
        from lead_tui.ui.dialogs.questions import Confirm

        return bool(await self.screen.app.push_screen_wait(Confirm(question, detail, yes=yes, no=no, keys=self.session.keys)))

    def say(self, text: str, *, alert: bool = False) -> None:
        """Show *text* in the status line until the next key."""
        self.status.say(text, alert=alert)

    def is_allowed(self, capability: str) -> bool:
        """Whether the session has *capability*, a field of ``Capabilities``; if not, say so."""
        is_allowed: bool = getattr(self.session.capabilities, capability)
        if not is_allowed:
            self.say(refusal(capability), alert=True)
        return is_allowed

    def refuse(self, text: str) -> None:
        """Show why something cannot be done: in the prompt where it is open, else as an alert."""
        if self.prompt.purpose:
            self.prompt.fail(text)
        else:
            self.say(text, alert=True)
