"""Incoming calls: the banner with the number, the look-up in the background, and the screen on which its lead opens.

The latest call replaces the previous one. Nothing here takes the focus, and without a call there is no timer.
"""

from __future__ import annotations

import asyncio
import math
from functools import partial

from msgspec import Struct
from msgspec.structs import replace
from textual import events
from textual.worker import Worker

from lead_tui import limits
from lead_tui.keys.catalogue import hint
from lead_tui.leads.errors import SearchError, UsageError
from lead_tui.leads.fields import PHONE_FIELDS
from lead_tui.leads.lead import decode_row
from lead_tui.leads.lookup import LookUp, look_up
from lead_tui.leads.page import PageSource
from lead_tui.leads.phones import as_written, parse_phone
from lead_tui.leads.text import counted, one_line
from lead_tui.paging.page_sources import look_up_all
from lead_tui.paging.searches import EarlyLookUps
from lead_tui.ui.screens.main import MainScreen, main_screens
from lead_tui.ui.screens.session import Session


class Call(Struct, eq=False):
    caller: str  # the number as people write it, or the text received instead of one. Clean, in one line.
    lookup: LookUp | None  # None for a text that is not a number
    outcome: str = ""  # the lead's name, how many there are, or that there is none; "" until that is known


class CallController:
    """Shows the calls that arrive in the app whose lowest main screen is *base*."""

    def __init__(self, base: MainScreen) -> None:
        self._app, self._base, self._session = base.app, base, base.session
        self._call: Call | None = None
        source = base.session.source
        self._answers = EarlyLookUps(source, source.fetch, lambda: math.inf, limits.CALL_SHOWN_SECONDS)
        self._showing: Worker[None] | None = None
        self._looked_up_at = -math.inf

    def receive(self, text: str) -> None:
        """Show the call from *text*, as given to ``lead-tui pop``, in place of the previous one, and look it up."""
        call = _call_from(text)
        if self._call is not None and call.caller == self._call.caller:
            # The dialer reports the same call again.
            return
        self._forget()
        self._call = call
        if call.lookup is not None:
            self._base.look_ups.remember(call.caller)
        self._draw()
        self._showing = self._app.run_worker(partial(self._show, call))

    async def open(self) -> None:
        call, top = self._call, main_screens(self._app)[-1]
        if call is None or call.lookup is None:
            top.say("No incoming call" if call is None else "This call has no phone number to look up", alert=True)
            return
        await top.end_notices()
        if isinstance(top, CallScreen) and len(main_screens(self._app)) > limits.MAX_CALL_SCREENS:
            while self._app.screen is not top:
                self._app.screen.dismiss(None)
            top.prompt.hide()
            top.look_ups.submit(call.caller)
        else:
            self._app.push_screen(CallScreen(self._session, self._answers, call.caller, top))
        self._forget()

    def _forget(self) -> None:
        """Remove the banner. Responses already received are kept for the lead that is opened."""
        self._call = None
        self._draw()
        if self._showing is not None:
            self._showing.cancel()

    async def _show(self, call: Call) -> None:
        """Look *call* up, once the previous look-up is long enough ago, and remove the banner after a while."""
        loop = asyncio.get_running_loop()
        end = loop.time() + limits.CALL_SHOWN_SECONDS
        if call.lookup is not None:
            await asyncio.sleep(self._looked_up_at + limits.CALL_LOOK_UP_SECONDS - loop.time())
            self._looked_up_at = loop.time()
            count = await self._look_up(call, call.lookup)
            self._draw()
            if count and self._session.settings.incoming.open and main_screens(self._app)[-1].is_in_table:
                await self.open()
        await asyncio.sleep(end - loop.time())
        self._forget()

    async def _look_up(self, call: Call, lookup: LookUp) -> int:
        """Look *call* up, and note the outcome; return how many leads there are."""
        today = self._session.today()
        self._answers.request(lookup, today)
        try:
            found = await look_up_all(_Peeking(self._answers), lookup.parts, today)
        except SearchError:
            call.outcome = "look-up failed"
            return 0
        count = len(found.rows)
        name = decode_row(found.rows[0]).with_masked(self._session.settings.masked).name if count == 1 else ""
        if not count:
            call.outcome = "look-up failed" if found.fields.failures else "no lead"
        else:
            call.outcome = name or (f"{count:,}+ leads" if found.fields.cut else counted(count))
        return count

    def _draw(self) -> None:
        call, banner = self._call, None
        if call is not None:
            key = hint(self._session.keys, "app.open_call") if call.lookup is not None else ""
            banner = (f"Incoming {call.caller}", call.outcome, key)
        for screen in main_screens(self._app):
            screen.title_bar.call = banner


class _Peeking:
    """The ``PageSource`` of the look-up sent ahead, which is kept for the screen that opens it."""

    def __init__(self, answers: EarlyLookUps) -> None:
        self.fetch = answers.peek


def _call_from(text: str) -> Call:
    """Return the call from the untrusted *text*: the first number in it, parsed like a pasted one; else only the text."""
    try:
        field, query = look_up(text).parts[0]
        if field in PHONE_FIELDS:
            phone = parse_phone(query.value(field))
            caller = phone.canonical if phone.is_exact else as_written(phone.national, phone.country_code)
            return Call(caller, look_up(caller))
    except (UsageError, ValueError):
        pass
    return Call(one_line(" ".join(text.split()), limits.MAX_CALL_CHARACTERS) or "call", None)


class CallScreen(MainScreen):
    """Shows the leads found for the number *caller* in *source*, over the screen *below*, whose memory it shares.

    Nothing below it is changed, neither a dialog nor a text nor a search, so that ``b`` returns to exactly where the user was.
    """

    below: MainScreen

    def __init__(self, session: Session, source: PageSource, caller: str, below: MainScreen) -> None:
        super().__init__(replace(session, source=source, beginning=caller), below)
        self.table.look, self.detail.look = below.table.look, below.detail.look

    def quit(self) -> None:
        """Return to where the user was, unless that would cancel something."""
        if self.status.quit_question():
            self.say("A load or an export is running here", self.hint("app.stop", "cancel"), alert=True)
            return
        app, size = self.app, self.app.size
        self.dismiss(None)
        if app.screen.size != size:
            # Textual does not send a new size to screens below an opaque one.
            app.screen.post_message(events.Resize(size, size))
        # Columns, marks and whether empty fields are hidden may have been changed here.
        below = self.below
        below.show_columns(below.search)
        below.show_marks()
        below.detail.look = replace(below.detail.look, hide_empty=self.detail.look.hide_empty)
        below.detail.rebuild()
