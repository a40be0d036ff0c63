"""The keys of the main screen: where each one applies, and what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING, Final

from textual import events

from lead_tui.keys.catalogue import ASK_FOR_TEXT, MOVEMENTS, Key, Pane, shown
from lead_tui.leads.query import Query
from lead_tui.leads.text import counted, joined
from lead_tui.paging.search import Search
from lead_tui.storage.state import WELCOME
from lead_tui.ui.screens.look_up_and_read import FIRST_CHARACTERS, DetailController, LookUpController
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.session import Session
from lead_tui.ui.widgets.key_queue import Ready

if TYPE_CHECKING:
    from lead_tui.ui.screens.features import Features

_MAX_ROW_DIGITS = 18
_BEGIN_LOOK_UP = "begin look-up"  # what the first character of a look-up does on the table


class MainCommands(MainContext, inherit_bindings=False):
    """Runs the commands of the keys, mostly by calling ``features``."""

    def __init__(self, session: Session, below: MainCommands | None) -> None:
        super().__init__(session, below)
        self.below = below  # the screen under this one, to which ``b`` leads when there is no earlier result; None for none
        self.look_ups = LookUpController(self)
        self.reading = DetailController(self, lambda: self.features.lead_records.check_lead())
        self._ids: dict[Pane, dict[str, str]] = {pane: {} for pane in Pane}  # of the commands, by key
        for key in (*session.keys, *session.forbidden):
            self._ids[key.pane].update(dict.fromkeys(key.keys, key.id))
        self._unbound: set[str] = set()  # unbound keys that were reported, so that each is reported once
        self._for_rows: list[Callable[[], None]] = []  # actions on the rows of the current search, requested before any had arrived
        self._ask: Callable[[Search], None] | None = None  # opens a prompt or a dialog about those rows; typed keys wait for that

    @cached_property
    def features(self) -> Features:
        from lead_tui.ui.screens.features import Features

        return Features(self, self.look_ups.look_up, self.below.features if self.below is not None else None)

    @property
    def is_line(self) -> bool:
        # A line has the focus, or is about to get it.
        return super().is_line or self.panes.focused is Pane.FILTERS

    def _meaning(self, key: events.Key) -> str:
        """The id of the command that *key* runs now, unless a line takes the key; "" for none."""
        in_table = self.focused in (self.table, None)
        pane = Pane.TABLE if in_table else Pane.DETAIL if self.focused is self.detail else Pane.MAIN
        meaning = self._ids[pane].get(key.key, "")
        if not meaning or (meaning in ("detail.find_next", "detail.find_previous") and not self.reading.sought):
            # The key of the next match narrows, unless a find can be repeated.
            meaning = self._ids[Pane.MAIN].get(key.key, "")
        return meaning or (_BEGIN_LOOK_UP if in_table and key.character in FIRST_CHARACTERS else "")

    def opens_line(self, key: events.Key) -> bool:
        return self._meaning(key) in (_BEGIN_LOOK_UP, *ASK_FOR_TEXT)

    def moves(self, key: events.Key) -> bool:
        return self._meaning(key).partition(".")[2] in MOVEMENTS

    def end_wait(self, key: events.Key) -> bool:
        is_escape = self._ids[Pane.MAIN].get(key.key) == "main.escape"
        if self._ask is None or not (is_escape or key.key in self._ids[Pane.APP]):
            return False
        self.forget_waiting()
        self.status.end_message()
        return True

    async def end_notices(self) -> None:
        """Remove the message of the status line, and the welcome of the first start: the user did something."""
        self.status.end_message()
        if WELCOME not in self.memory.state.shown_notices:
            self.memory.change(shown_notices=(WELCOME,))
            await self.query("#welcome").remove()

    async def process_key(self, event: events.Key) -> bool:
        # The line that has the focus comes first, then the pane, then the screen.
        await self.end_notices()
        has_line, meaning = self.is_line, self._meaning(event)
        if await super().process_key(event):
            return True
        if meaning == _BEGIN_LOOK_UP:
            self.look_ups.open(event.character or "")
        elif not has_line and self.panes.focused is Pane.FILTERS:
            # The focus is about to move to a line, which takes letters.
            return False
        elif meaning:
            await self._run_command(meaning)
        else:
            if not has_line and event.key not in self._unbound:
                self._unbound.add(event.key)
                name = event.character if event.is_printable and event.character else shown(event.key)
                self.say(f"No command bound to {name}", self.hint("main.help", "help"))
            return False
        return True

    @property
    def panes_of_commands(self) -> tuple[Pane, ...]:
        """The panes whose commands the palette lists: those in view, and the detail, which opens."""
        return (Pane.MAIN, Pane.TABLE, *([Pane.FILTERS] if self.filters.display else []), Pane.DETAIL)

    async def perform_action(self, key: Key) -> None:
        """Run the command of *key* in its pane, which is visible but need not have the focus."""
        if key.id == "table.open_detail":
            self._once_rows_are_here(lambda: self.reading.open(from_top=True))
        elif key.pane is Pane.FILTERS:
            self.filters.focus()
            self.filters.perform_action(key.action)
        else:
            if key.pane is Pane.DETAIL and not self.detail.display:
                self._once_rows_are_here(lambda: self.reading.open(from_top=False))
            await self._run_command(key.id)

    async def _run_command(self, key_id: str) -> None:
        if not self.is_allowed(key_id):
            return
        pane, _, action = key_id.partition(".")
        if pane == "table":
            self._once_rows_are_here(lambda: self._perform_in_table(action))
        elif (command := COMMANDS.get(action)) is None:
            self.detail.perform_action(action)
            if action == "toggle_empty":
                self.memory.change(hide_empty=self.detail.look.hide_empty)
        elif (outcome := command(self)) is not None:
            await outcome

    def _perform_in_table(self, action: str) -> None:
        if action != "open_detail":
            self.table.move(action)
            # The message of the table arrives later, and its line and the status line are drawn in one frame.
            self.reading.cursor_moved()
        elif self.panes.focused is Pane.TABLE and not self.prompt.purpose:
            self.reading.open(from_top=True)

    async def process_paste(self, event: events.Paste) -> bool:
        """Look up pasted text, unless a line has the focus: an agent need only paste a number."""
        await self.end_notices()
        if not await super().process_paste(event) and event.text.strip():
            self.look_ups.submit(event.text)
        return True

    # Rows

    def _ask_row(self) -> None:
        rows = f"1 to {self.table.length:,}" if self.table.length else ""
        self.prompt.show("row", "Row", self._go_to_row, hint=joined(rows, "⏎", "esc"))

    def _go_to_row(self, text: str) -> None:
        """Go to the row whose number is *text*; ``q`` quits, as ``:q`` does elsewhere."""
        if text.strip() in ("q", "q!", "quit"):
            self.prompt.hide()
            self.quit()
            return
        number = text.strip().replace(",", "").replace(".", "")
        if not (number.isascii() and number.isdigit()):
            self.prompt.fail("Enter a row number")
            return
        self.prompt.hide()
        self._once_rows_are_here(lambda: self.table.aim(int(number[:_MAX_ROW_DIGITS]) - 1))

    def _once_rows_are_here(self, act: Callable[[], None]) -> None:
        """Call *act*, which needs rows: now, or when the first rows of the current search have arrived; without any, say so."""
        if not self.search.has_outcome:
            self._for_rows.append(act)
        elif self.table.length:
            act()
        else:
            self.say(self.table.absence)

    def ask_once_rows_are_here(self, ask: Callable[[Search], None]) -> None:
        """Call *ask*, which opens a prompt or a dialog about the rows of the current search: now, or when its first page is here.

        What is typed until then is for that, and must not run commands.
        """
        search = self.search
        if not search.has_first_page:
            self._ask, self.keys_wait = ask, True
            self.say("Waiting for the first leads", self.hint("main.escape", "cancel"))
        elif search.whole.answered:
            ask(search)
        else:
            self.say("No leads are loaded")

    def run_waiting(self, search: Search) -> None:
        """Run the actions that waited for rows of *search* which are here now, or which failed."""
        if search.has_outcome:
            waiting, self._for_rows = self._for_rows, []
            for act in waiting:
                self._once_rows_are_here(act)
        if self._ask is not None and search.has_first_page:
            # In the app's turn, so that an answer is handled there too, before the keys typed after it.
            self.app.call_next(self._ask_now)

    def _ask_now(self) -> None:
        if (ask := self._ask) is not None:
            self._ask, self.keys_wait = None, False
            self.status.end_message()
            self.ask_once_rows_are_here(ask)
            if not self.keys_wait:
                # Otherwise they wait for many rows to be gathered.
                if not self.prompt.purpose and self.is_on_top:
                    self.typed.clear()
                self.app.post_message(Ready())

    def forget_waiting(self) -> None:
        """Drop the actions that wait for rows, and what was typed for them."""
        self._for_rows.clear()
        if self._ask is not None:
            self._ask = None
            self.typed.clear()
            self.resume_input()

    # Commands

    def _again(self) -> None:
        if self.status.waiting is not None and (client := self.session.client) is not None:
            client.waits.retry_now()
        else:
            self.features.narrow_sort.again()

    def _mark(self) -> None:
        if (row := self.search.rows.row(self.table.cursor)) is None:
            self.say(self.table.absence)
            return
        if not self.memory.marks.toggle(row):
            self._say_full()
        self.show_marks()
        if self.panes.focused is Pane.DETAIL:
            self.reading.walk(1)
        else:
            self._perform_in_table("down")

    def _mark_all(self) -> None:
        """Mark the leads in view or, if they are marked already, all loaded ones."""
        table, marks = self.table, self.memory.marks
        in_view = map(self.search.rows.row, range(table.top, min(table.top + table.page_rows, table.length)))
        added = marks.add([row for row in in_view if row is not None])
        if not added:
            marks.add(self.search.loaded_rows())
        self.show_marks()
        if marks.is_full:
            self._say_full()
        elif added and table.length > table.page_rows:
            self.say(self.hint("main.mark_all", "again marks all loaded"))

    def _say_full(self) -> None:
        self.say(f"No more than {counted(len(self.memory.marks))} can be marked")

    def _unmark_all(self) -> None:
        count = len(self.memory.marks)
        self.memory.marks.clear()
        self.show_marks()
        self.say(f"{count:,} unmarked" if count else "No lead is marked")

    def _go_back(self) -> None:
        """Show the earlier result; without one, a screen above another closes."""
        if not self.searches.back():
            if self.below is None:
                self.say("No earlier result")
            else:
                self.quit()

    def _go_forward(self) -> None:
        if not self.searches.forward():
            self.say("No later result")

    def _clear_filters(self) -> None:
        self.searches.start(Query())
        self.say("Filters cleared", self.hint("main.back", "back"))

    def _choose_columns(self) -> None:
        self.features.suggestions.study()
        self.features.columns.choose(self.search, self.features.suggestions.index.custom_keys)

    def _turn_to_pane(self, steps: int) -> None:
        panes = (Pane.FILTERS, Pane.TABLE, Pane.DETAIL)
        at = panes.index(self.panes.focused) + steps
        if panes[at % 3] is Pane.DETAIL and not self.table.length:
            at += steps
        pane = panes[at % 3]
        self.panes.go_to_table()
        if pane is Pane.FILTERS:
            self.panes.go_to_filters()
        elif pane is Pane.DETAIL:
            self.reading.open(from_top=False)

    def _close_overlay(self) -> bool:
        """Close the prompt and the pane over the table, and focus the table; return whether one of them was open."""
        prompted = bool(self.prompt.purpose)
        self.prompt.hide()
        return self.panes.go_to_table() or prompted

    def _escape(self) -> None:
        self.forget_waiting()
        at_table = self.panes.focused is Pane.TABLE
        if self._close_overlay() or not at_table:
            return
        if self.search.loading_all:
            self.searches.stop()
        elif not self.features.narrow_sort.cancel():
            self.searches.leave_snapshot()

    def _close_or_quit(self) -> None:
        if not self._close_overlay():
            self.quit()

    def quits(self, key: str) -> bool:
        return self._ids[Pane.MAIN].get(key) == "main.quit"

    def quit(self) -> None:
        question = self.status.quit_question()
        if not question:
            self.app.exit(0)
            return
        from lead_tui.ui.dialogs.dialog import Confirm

        dialog = Confirm(question, yes="quit", no="stay", keys=self.session.keys)
        dialog.fits_any_window = True
        self.ask(dialog, lambda quits: self.app.exit(0) if quits else None)

    def stop_searching(self) -> bool:
        """Cancel what is loading, else another task in progress; return False if there was none."""
        self.forget_waiting()
        self.say("Canceled")
        return self.searches.stop() or self.status.cancel_task()


COMMANDS: Final[dict[str, Callable[[MainCommands], Awaitable[object] | None]]] = {
    "look_up": lambda screen: screen.look_ups.open(),
    "filters": lambda screen: screen.panes.go_to_filters(),
    "go_to_row": MainCommands._ask_row,
    "again": MainCommands._again,
    "auto_refresh": lambda screen: screen.features.auto_refresh.toggle(),
    "back": MainCommands._go_back,
    "forward": MainCommands._go_forward,
    "recent": lambda screen: screen.features.saved_and_recent.open_recent(),
    "save_query": lambda screen: screen.features.saved_and_recent.ask_name(),
    "open_query": lambda screen: screen.features.saved_and_recent.open_saved(),
    "copy_phone": lambda screen: screen._once_rows_are_here(lambda: screen.features.copy.copy("phone")),
    "copy_email": lambda screen: screen._once_rows_are_here(lambda: screen.features.copy.copy("email")),
    "copy": lambda screen: screen.features.copy.choose(),
    "columns": MainCommands._choose_columns,
    "narrow": lambda screen: screen.ask_once_rows_are_here(screen.features.narrow_sort.ask_narrowing),
    "sort": lambda screen: screen.ask_once_rows_are_here(screen.features.narrow_sort.ask_order),
    "mark": lambda screen: screen._once_rows_are_here(screen._mark),
    "mark_all": lambda screen: screen._once_rows_are_here(screen._mark_all),
    "unmark_all": MainCommands._unmark_all,
    "count": lambda screen: screen.ask_once_rows_are_here(screen.features.count.open),
    "export": lambda screen: screen.ask_once_rows_are_here(screen.features.export.ask),
    "clear_filters": MainCommands._clear_filters,
    "next_lead": lambda screen: screen._once_rows_are_here(lambda: screen.reading.walk(1)),
    "previous_lead": lambda screen: screen._once_rows_are_here(lambda: screen.reading.walk(-1)),
    "help": lambda screen: screen.app.run_action("help"),
    "next_pane": lambda screen: screen._turn_to_pane(1),
    "previous_pane": lambda screen: screen._turn_to_pane(-1),
    "escape": MainCommands._escape,
    "quit": MainCommands._close_or_quit,
    "find": lambda screen: screen.reading.ask_find(),
    "find_next": lambda screen: screen.reading.find_again(1),
    "find_previous": lambda screen: screen.reading.find_again(-1),
    "same_value": lambda screen: screen.features.count.find_similar(),
    "copy_field": lambda screen: screen.features.copy.copy("field"),
    "check_do_not_call": lambda screen: screen.features.lead_records.check(),
    "history": lambda screen: screen.features.lead_records.open_history(screen.features.copy.recording),
    "toggle_column": lambda screen: screen.features.columns.toggle(screen.detail.key),
}
"""By action, what the keys of ``Pane.MAIN`` do, and those of ``Pane.DETAIL`` that the detail does not handle itself."""
