"""Looking leads up and reading them: the look-up box for a phone, email, lead id or name, and the detail of the lead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from lead_tui import limits
from lead_tui.keys.catalogue import Pane
from lead_tui.leads.errors import UsageError
from lead_tui.leads.lookup import LookUp, in_one_line, whole_phone
from lead_tui.leads.lookup import look_up as parse_look_up
from lead_tui.leads.page import Rows
from lead_tui.leads.text import one_line
from lead_tui.paging.search import Search
from lead_tui.paging.searches import EarlyLookUps
from lead_tui.ui.screens.main_context import LOOK_UP, MainContext
from lead_tui.ui.screens.status import found_in

FIRST_CHARACTERS: Final = frozenset("0123456789+(#")  # characters that open the box when they are typed on the table
_MAX_SHOWN: Final = 40


class LookUpController:
    """Opens the box, and looks up what is submitted there."""

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._may_be_early = False  # whether the box has not sent a look-up ahead yet

    def open(self, text: str = "") -> None:
        """Open the box with *text* in it, the beginning of what the user types; without one, the text in it is selected."""
        if self._main.prompt.purpose != LOOK_UP:
            self._may_be_early = True
            self._main.session.warm(limits.LOOK_UP_REQUESTS)
        self._main.prompt.show(
            LOOK_UP,
            "Look up",
            self.submit,
            text,
            history=tuple(self._main.memory.look_ups),
            hint="phone · email · #id · name · ↑ earlier · ⏎ · esc",
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
                show()
                if message:
                    self._main.say(message)
            finally:
                self._main.resume_input()

    def _text_changed(self, text: str) -> None:
        """Prepare the look-up of *text*, which is in the box: connections, and the result once it is a complete number."""
        if (early := self._main.session.early) is not None:
            early.discard()
        if text:
            self._main.session.warm(limits.LOOK_UP_REQUESTS)
        if early is not None and self._may_be_early and (lookup := whole_phone(text)) is not None:
            self._main.set_timer(limits.EARLY_REST_SECONDS, lambda: self._look_up_early(early, lookup, text))

    def _look_up_early(self, early: EarlyLookUps, lookup: LookUp, text: str) -> None:
        main = self._main
        is_open = main.prompt.purpose == LOOK_UP and not main.keys_wait
        if self._may_be_early and is_open and text == main.prompt.editor.value:
            self._may_be_early = not early.request(lookup, main.session.today())

    def remember(self, text: str) -> None:
        recent = self._main.memory.look_ups
        recent[:] = [*(each for each in recent if each != text), text][-limits.MAX_RECENT_LOOK_UPS :]


class DetailController:
    """Shows the lead under the cursor in the detail, and runs the commands of its keys."""

    def __init__(self, main: MainContext, check_phones: Callable[[], object]) -> None:
        """*check_phones* checks the phones of the lead in the detail."""
        self._main = main
        self._check_phones = check_phones
        self._is_walking = False  # whether the user goes from lead to lead in the detail, which then keeps its scroll position
        self._followed: tuple[Rows, int] | None = None  # the rows, and the index, of the lead that the detail shows
        self._rest: asyncio.TimerHandle | None = None
        self.sought = ""  # what was found last; "" once that cannot be repeated
        main.closing.callback(self._end_rest)

    def _end_rest(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def cursor_moved(self) -> None:
        """Follow the cursor to another row, unless that has been done or other rows are shown by now."""
        search, table = self._main.search, self._main.table
        if search.rows is table.rows:
            self._main.status.show_position(search)
            if self._followed != (search.rows, table.cursor):
                self._is_walking = False
                self.follow()

    def show_search(self) -> None:
        """Show the lead, from its top, of another search or of other rows of this one."""
        self._is_walking = False
        self.follow(at_once=True)

    def follow(self, *, at_once: bool = False) -> None:
        """Show the lead under the cursor if the detail is visible: immediately, or when the cursor has rested."""
        self._followed = (self._main.search.rows, self._main.table.cursor)
        self._end_rest()
        if at_once and self._main.detail.display:
            self.catch_up()
        elif self._main.detail.display:
            self._rest = asyncio.get_running_loop().call_later(limits.DETAIL_REST, self.catch_up)

    def walk(self, by: int) -> None:
        """Move the cursor by *by* leads; the detail follows immediately and keeps its scroll position."""
        table = self._main.table
        table.aim(table.cursor + by)
        self._main.status.show_position(self._main.search)
        self._is_walking = True
        self.follow(at_once=True)

    def open(self, *, from_top: bool) -> None:
        """Focus the detail with the lead under the cursor: opened at its top, or where it was."""
        self.sought = ""
        self._main.panes.go_to_detail()
        self.catch_up(from_top=from_top)
        if from_top and self._main.session.settings.lead.check_dnc:
            self._check_phones()

    def open_only_hit(self, search: Search) -> None:
        """Open the lead that is the only hit of *search*, once, but not while the user is typing something else."""
        if search.lookup is None or search.opened or search.snapshot is not None or search.rows.length != 1:
            return
        if search.rows.lead(0) is not None:
            search.opened = True
            if not self._main.prompt.purpose and self._main.panes.focused is not Pane.FILTERS:
                self.open(from_top=True)

    def catch_up(self, *, from_top: bool = False) -> None:
        """Show the lead under the cursor; if it is another lead, from its top, unless the user is going from lead to lead."""
        self._end_rest()
        search, detail = self._main.search, self._main.detail
        if not search.rows.length:
            detail.show(None, from_top=True)
            return
        row = self._main.table.cursor
        lead, before = search.rows.lead(row), detail.lead
        is_other = lead is None or before is None or not lead.lead_id or lead.lead_id != before.lead_id
        if is_other:
            self.sought = ""
        from_top = from_top or (is_other and not self._is_walking)
        detail.show(lead, self._main.table.absence or found_in(search, row), from_top=from_top)

    def start_clock(self) -> None:
        """Draw visible local times again when the minute turns; nothing else is repainted while idle."""
        self._main.set_timer(60 - self._main.session.now().timestamp() % 60, self._minute_turned)

    def _minute_turned(self) -> None:
        if self._main.detail.display:
            self._main.detail.rebuild()
        if "local_time" in self._main.table.columns:
            self._main.table.refresh()
        self.start_clock()

    def ask_find(self) -> None:
        self._main.prompt.show("find", "Field", self._find, hint="label, key or value · ⏎ · esc")

    def find_again(self, step: int) -> None:
        """Go to the next match, or with -1 to the previous one; ask what to find unless a find can be repeated."""
        if self.sought:
            self._go_to_match(step)
        else:
            self.ask_find()

    def _find(self, text: str) -> None:
        self._main.prompt.hide()
        # The same text again goes to the next match.
        step = 1 if text == self.sought else 0
        self.sought = text
        self._go_to_match(step)

    def _go_to_match(self, step: int) -> None:
        place, count = self._main.detail.find(self.sought, step)
        sought = one_line(self.sought, _MAX_SHOWN)
        if count:
            again = self._main.hint("detail.find_next", "next") if count > 1 else ""
            self._main.say(f'Match {place:,} of {count:,} for "{sought}"', again)
        else:
            self._main.say(f'No field matches "{sought}"')
