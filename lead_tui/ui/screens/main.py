"""The main screen: it passes events between the filters, the table, the detail, the searches and the controllers of features.

A search takes one straight path: the filter panel's ``Submitted`` becomes a new search of ``Searches``; the table shows its rows at
its position, and moves that; its loader fetches the rows in view; what came is drawn, line by line, and the status line is updated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Self

from textual import events, on
from textual.app import ComposeResult
from textual.geometry import Region
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from lead_tui import limits
from lead_tui.keys.catalogue import ASK_FOR_TEXT, MOVEMENTS, Key, Pane
from lead_tui.leads.errors import TokenError, UsageError
from lead_tui.leads.lookup import LookUp, in_one_line
from lead_tui.leads.lookup import look_up as parse_look_up
from lead_tui.leads.page import Span
from lead_tui.leads.permissions import standing
from lead_tui.leads.query import Query
from lead_tui.leads.text import one_line
from lead_tui.paging.search import Search
from lead_tui.paging.searches import Searches
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.ui.screens import main_context, status_text
from lead_tui.ui.screens.columns_controller import ColumnsController
from lead_tui.ui.screens.detail_controller import DetailController
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.panes import Panes
from lead_tui.ui.screens.saved_query_controller import SavedQueryController
from lead_tui.ui.screens.session import Memory, Session
from lead_tui.ui.screens.status import Countdown, Status
from lead_tui.ui.screens.token_controller import TokenController
from lead_tui.ui.widgets.bars import StatusLine, TitleBar
from lead_tui.ui.widgets.bindings import actions_of, hints_of
from lead_tui.ui.widgets.detail import Detail
from lead_tui.ui.widgets.filter_panel import FilterPanel
from lead_tui.ui.widgets.key_queue import KeyHandlerScreen, LinesDropped, Ready, focused_handler
from lead_tui.ui.widgets.lead_table import LeadTable
from lead_tui.ui.widgets.prompt import Prompt
from lead_tui.ui.widgets.textual_fixes import CurrentSize, OneLayout, set_breakpoint_classes

if TYPE_CHECKING:
    from lead_tui.ui.screens.copy import CopyController
    from lead_tui.ui.screens.count_controller import CountController
    from lead_tui.ui.screens.export import ExportController
    from lead_tui.ui.screens.narrow_sort import NarrowSortController
    from lead_tui.ui.screens.suggestions import Suggestions

_ROW_MOST_DIGITS = 18
_BEGINS_A_LOOK_UP = frozenset("0123456789+(#")


class MainScreen(OneLayout, CurrentSize, KeyHandlerScreen, Screen[None], inherit_bindings=False):
    """Shows one search at a time of *session*."""

    AUTO_FOCUS = "LeadTable"
    # Whatever has the focus repaints itself; Textual's own reactive repaints the whole screen, 10 KB on a slow line.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual annotates it as an instance's
        (0, "-tiny"),
        (limits.MIN_COLUMNS, "-narrow"),
        (limits.WIDE_COLUMNS, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (limits.MIN_LINES, "-high")]  # noqa: RUF012

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._searches = Searches(session.source, session.today, session.cache_bytes, self)
        self._actions: Mapping[str, str] = actions_of(Pane.MAIN, session.keys)
        self._in_detail: Mapping[str, str] = actions_of(Pane.DETAIL, session.keys)
        self._begun = False
        self._answered = False
        self._for_rows: list[Callable[[], None]] = []
        """Actions about the rows of the current search, requested before any had come."""
        self._shown_length = 0
        self._shown: Search | None = None
        self._looked_up: list[str] = []
        self.panes = Panes(session, id="panes")
        self.filters, self.table, self.detail = self.panes.filters, self.panes.table, self.panes.detail
        self.prompt = Prompt(id="prompt")
        self.status = StatusLine(standing(session.capabilities), id="status")
        self.title_bar = TitleBar(session.account, id="title")
        self._status = Status(self.status, self._searches, self.table, session)
        self._main = MainContext(self, session, self._searches, self.panes, self.prompt, self._status)
        self._say = self._main.say
        self._countdown = Countdown(self._status.show_waiting, self._main.hint("main.again", "retry now"))
        self._token_controller = TokenController(self._main)
        self._saved_query_controller = SavedQueryController(self._main, self._show_title)
        self._detail = DetailController(self._main, self)
        self.memory = Memory(session.state, session.remember, self._say)
        self._columns = ColumnsController(self._main, self.memory)
        self.filters.suggest = lambda name, typed: self._suggestions(name, typed)
        self.filters.form.status_code = lambda text: self._suggestions.status_code(text)

    def compose(self) -> ComposeResult:
        set_breakpoint_classes(self)
        yield self.title_bar
        yield self.panes
        yield self.status
        # The prompt lies over the title.
        yield self.prompt
        yield Static(f"lead-tui needs {limits.MIN_COLUMNS}×{limits.MIN_LINES} cells or more", id="too-small", markup=False)

    def on_mount(self) -> None:
        self.status.show_position(0, 0, "…")
        # What the search needs is loaded once the first paint is out, not before.
        self.call_after_refresh(self._begin)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        # Before the first paint everything has just got its styles: Textual must not work them out a second time.
        event.refresh_styles = self._begun

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """As a widget's; but the first layout has painted everything, and Textual would have all of it painted again at once."""
        if self._begun or regions or layout or recompose:
            super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    @property
    def has_begun(self) -> bool:
        """Whether the first paint is out."""
        return self._begun

    def report_failure(self, sentence: str) -> None:
        """Show *sentence* beside a text that waits for its outcome, else in the status line."""
        if self.prompt.waits:
            self.prompt.fail(sentence)
        self._say(sentence, alert=True)

    def on_unmount(self) -> None:
        self._countdown.stop()
        self._status.close()
        self._detail.close()
        self._suggestions.stop()
        self._status.tasks.close()
        self._searches.close()

    @property
    def has_background_work(self) -> bool:
        """Whether leaving would lose a load or an export that is running."""
        return bool(self._status.tasks.quit_question())

    def _begin(self) -> None:
        self._begun = True
        self._session.hear_waits(self._countdown.start)
        self._session.hear_notices(self._say)
        beginning = self._session.beginning
        if beginning.look_up:
            self._submit_look_up(beginning.look_up)
        else:
            self.search(beginning.query, beginning.name, beginning.columns, beginning.sort)
        self._detail.start_clock()
        # What was typed until now waits.
        self.app.post_message(Ready())

    # Controllers that most sessions need late or never: they are imported when they are first used.

    @cached_property
    def _narrow_sort(self) -> NarrowSortController:
        from lead_tui.ui.screens.narrow_sort import NarrowSortController

        return NarrowSortController(self._main)

    @cached_property
    def _count(self) -> CountController:
        from lead_tui.ui.screens.count_controller import CountController

        return CountController(self._main, self._narrow_sort, self)

    @cached_property
    def _export(self) -> ExportController:
        from lead_tui.ui.screens.export import ExportController

        return ExportController(self._main)

    @cached_property
    def _suggestions(self) -> Suggestions:
        from lead_tui.ui.screens.suggestions import Suggestions

        return Suggestions(self._session, self.table)

    # Searching

    def search(self, query: Query, name: str = "", columns: tuple[str, ...] = (), sort: tuple[str, ...] = ()) -> None:
        """Show what matches *query*, which came from the saved query *name* or from none, with *columns* where it has its own.

        *sort* is its order.
        """
        try:
            self._searches.start(query, name, columns=columns, sort=sort)
        except UsageError as error:
            self._say(str(error), alert=True)

    def _submit_look_up(self, text: str) -> None:
        """Look *text* up, or show in the prompt why that cannot be done."""
        try:
            lookup = parse_look_up(text)
        except UsageError as error:
            self._main.refuse(str(error))
            return
        self.prompt.hide()
        self.look_up(lookup)
        if ignored := lookup.ignored_said():
            self._say(ignored)

    def look_up(self, lookup: LookUp) -> None:
        if lookup.text in self._looked_up:
            self._looked_up.remove(lookup.text)
        self._looked_up.append(lookup.text)
        self.panes.go_to_table()
        self._searches.look_up(lookup)

    # What the searches tell

    def search_shown(self, search: Search) -> None:
        self._shown_length = search.rows.length
        if search is not self._shown:
            self._shown = search
            self._for_rows.clear()
            self._status.forget_message()
        self._note_empty(search)
        self._columns.show(search)
        self.table.show(search.rows, search.position)
        self._show_title(search)
        self.filters.show_query(search.query)
        self.filters.look_up = search.lookup.text if search.lookup is not None else ""
        self._tell(search)
        self._detail.show_search()
        self._open_only_hit(search)

    def _show_title(self, search: Search) -> None:
        dated = search.loader.result.query if search.loader is not None else None
        summary = search.query.summary(dated, self._session.zone_in_doubt)
        said = f"look-up {search.lookup.text}" if search.lookup is not None else summary
        if search.snapshot is not None:
            arranged = status_text.snapshot_title(search.snapshot, self._session.labels, ascii_only=self._main.is_ascii)
            said = status_text.joined(said, arranged)
        self.title_bar.show(one_line(search.name, 60), said)

    def _note_empty(self, search: Search) -> None:
        self.table.note_empty(status_text.empty_note(search, self._session.keys, lambda: self._suggestions.index.values("status")))

    def rows_changed(self, search: Search, span: Span) -> None:
        """Rows of the search in sight came or failed."""
        if span.size > 0:
            self._suggestions.page_came(search.rows, span)
        self._note_empty(search)
        if search.rows.length != self._shown_length or self.table.was_moved:
            self._shown_length = search.rows.length
            self.table.refresh_length()
        else:
            self.table.refresh_rows(span.start, span.stop)
        self._tell(search)
        if span.start <= self.table.cursor < span.stop:
            self._detail.follow(at_once=True)
        self._open_only_hit(search)
        if search.given_sort:
            self._narrow_sort.apply_saved_sort(search)

    def _open_only_hit(self, search: Search) -> None:
        """A look-up with exactly one hit opens it, once; not over somebody who has gone on to type meanwhile."""
        if search.lookup is None or search.opened or search.snapshot is not None or not search.answered or search.rows.length != 1:
            return
        if search.rows.lead(0) is not None:
            search.opened = True
            if not self.prompt.purpose and self.panes.focused is not Pane.FILTERS:
                self.action_open_detail()

    def _tell(self, search: Search) -> None:
        if not self._answered and (search.answered or search.problem is not None):
            self._answered = True
            self.call_after_refresh(self._session.first_answer)
        if self._for_rows and (search.answered or search.problem is not None):
            waiting, self._for_rows = self._for_rows, []
            for act in waiting:
                act()
        self._status.show(search)
        if isinstance(search.problem, TokenError):
            self._token_controller.ask(search.problem)

    def narrow(self, text: str) -> None:
        """Show those of the loaded leads that *text* means. Raises ``UsageError``."""
        self._narrow_sort.narrow(text)
        self.panes.go_to_table()

    # What the table tells

    @on(LeadTable.CursorMoved)
    def _cursor_moved(self) -> None:
        self._detail.cursor_moved()

    @on(LeadTable.ViewMoved)
    def _view_moved(self) -> None:
        search = self._searches.current
        if search is not None and search.rows is self.table.rows:
            search.show()

    @on(LeadTable.LeadOpened)
    def _lead_opened(self) -> None:
        self.action_open_detail()

    # What filters, detail and prompt tell

    @on(FilterPanel.Submitted)
    def _query_submitted(self, message: FilterPanel.Submitted) -> None:
        self.panes.go_to_table()
        self.search(message.query)

    @on(FilterPanel.LookUpWanted)
    def _look_up_wanted(self, message: FilterPanel.LookUpWanted) -> None:
        self.open_look_up(message.text)

    @on(FilterPanel.Left)
    def _filters_left(self) -> None:
        self.panes.go_to_table()

    @on(Detail.EmptyToggled)
    def _empty_toggled(self, message: Detail.EmptyToggled) -> None:
        self.memory.change(hide_empty=message.hidden)

    @on(Detail.RevealRefused)
    def _reveal_refused(self) -> None:
        self._say("Masked fields cannot be revealed here", alert=True)

    @on(Prompt.Submitted)
    def _prompt_submitted(self, message: Prompt.Submitted) -> None:
        match message.purpose:
            case main_context.LOOK_UP:
                self._submit_look_up(message.text)
            case main_context.ROW:
                self._go_to(message.text)
            case main_context.SAVE:
                self._saved_query_controller.submit(message.text)
            case main_context.NARROW:
                self._narrow_sort.submit(message.text)
            case main_context.FIND:
                self._detail.find(message.text)
            case main_context.EXPORT:
                self._export.submit(message.text)

    def _go_to(self, text: str) -> None:
        number = text.strip().replace(",", "").replace(".", "")
        if not (number.isascii() and number.isdigit()):
            self.prompt.fail("Enter a row number")
            return
        self.prompt.hide()
        self._once_rows_are_here(lambda: self.table.aim(int(number[:_ROW_MOST_DIGITS]) - 1))

    def _once_rows_are_here(self, act: Callable[[], None]) -> None:
        """Do *act*, which is about rows: now, or when the first rows of the search in sight have come."""
        search = self._searches.current
        if search is None or self.table.length or search.answered or search.problem is not None:
            act()
        else:
            self._for_rows.append(act)

    # Keys

    @property
    def waits(self) -> bool:
        return not self._begun or super().waits

    @property
    def is_line(self) -> bool:
        # A line has the focus, or is about to get it.
        return super().is_line or self.panes.focused is Pane.FILTERS

    def opens_line(self, key: events.Key) -> bool:
        in_detail = self.focused is self.detail and f"detail.{self._in_detail.get(key.key)}" in ASK_FOR_TEXT
        return in_detail or self._begins_look_up(key) or f"main.{self._actions.get(key.key)}" in ASK_FOR_TEXT

    def moves(self, key: events.Key) -> bool:
        keys = self._in_detail if self.focused is self.detail else self.table.keys
        return (keys.get(key.key) or self._actions.get(key.key)) in MOVEMENTS

    def _begins_look_up(self, key: events.Key) -> bool:
        """Whether *key*, on the table, is the first character of a look-up."""
        return self.focused in (self.table, None) and key.character in _BEGINS_A_LOOK_UP and key.key not in self._actions

    async def process_key(self, event: events.Key) -> bool:
        # The line that has the focus comes first, then the pane, then the screen.
        self._status.end_message()
        taker, focused = focused_handler(self), self.focused
        if taker is not None and await taker.process_key(event):
            return True
        if focused is self.table or focused is None:
            if movement := self.table.keys.get(event.key):
                self._once_rows_are_here(lambda: self._perform_in_table(movement))
                return True
            if event.character and self._begins_look_up(event):
                self.open_look_up(event.character)
                return True
        if focused is self.detail and (in_detail := self._in_detail.get(event.key)):
            self._detail.perform_action(in_detail)
            return True
        if taker is None and self.panes.focused is Pane.FILTERS:
            # The focus is about to be handed on to a line, which takes letters.
            return False
        if action := self._actions.get(event.key):
            await self.run_action(action)
            return True
        if refused := self._session.refusal_of(event.key, self.panes.focused, Pane.MAIN, Pane.APP):
            self._say(refused, alert=True)
            return True
        return False

    def _perform_in_table(self, action: str) -> None:
        if action != "open_detail":
            self.table.move(action)
            self._detail.follow_soon()
        elif self.panes.focused is Pane.TABLE and not self.prompt.purpose:
            self.action_open_detail()

    async def perform_action(self, key: Key) -> None:
        """Do what *key* does in its pane, which is in sight."""
        match key.pane:
            case Pane.TABLE if key.action == "open_detail":
                self.action_open_detail()
            case Pane.TABLE:
                self.table.move(key.action)
            case Pane.FILTERS:
                self.filters.focus()
                self.filters.perform_action(key.action)
            case Pane.DETAIL:
                self._detail.perform_action(key.action)
            case _:
                await self.run_action(key.action)

    async def process_paste(self, event: events.Paste) -> bool:
        """Look up what was pasted, unless a line has the focus: a number on its own is all an agent needs to paste."""
        taker = focused_handler(self)
        if taker is not None:
            return await taker.process_paste(event)
        if event.text.strip():
            self._submit_look_up(event.text)
        return True

    @on(LinesDropped)
    def _lines_dropped(self, message: LinesDropped) -> None:
        self._say(f"Only the first of {message.count:,} pasted lines was used")

    def on_descendant_focus(self) -> None:
        self.status.show_hints(*hints_of(self.panes.focused, self._session.keys))

    def open_look_up(self, text: str = "") -> None:
        """Open the look-up box with *text* in it, the beginning of what the user types; without one, what is in it is selected."""
        hint = "phone · email · #id · name · ↑ earlier · ⏎ · esc"
        self.prompt.show(
            main_context.LOOK_UP, "Look up", text, history=self._looked_up, hint=hint, typed=True, read_paste=in_one_line
        )

    def action_look_up(self) -> None:
        self.open_look_up()

    def action_go_to_row(self) -> None:
        self.prompt.show(main_context.ROW, "Row", hint=f"1 to {self.table.length:,} · ⏎ · esc")

    def action_save_query(self) -> None:
        self._saved_query_controller.ask_name()

    def action_filters(self) -> None:
        self.panes.go_to_filters()

    def action_open_detail(self) -> None:
        self._detail.open(from_top=True)

    def action_next_lead(self) -> None:
        self._once_rows_are_here(lambda: self._detail.walk(1))

    def action_previous_lead(self) -> None:
        self._once_rows_are_here(lambda: self._detail.walk(-1))

    def action_again(self) -> None:
        if self._countdown.is_running:
            self._session.retry_now()
        elif not self._narrow_sort.retry():
            self._searches.again()

    def action_narrow(self) -> None:
        self._narrow_sort.ask_narrowing()

    def action_sort(self) -> None:
        self._narrow_sort.ask_order()

    def action_count(self) -> None:
        self._count.open()

    def action_export(self) -> None:
        self._export.ask()

    def action_back(self) -> None:
        if self._searches.back():
            self.panes.go_to_table()
        else:
            self._say("No earlier result")

    @cached_property
    def _copy(self) -> CopyController:
        from lead_tui.ui.screens.copy import CopyController

        return CopyController(self._main)

    def action_copy_phone(self) -> None:
        self._copy.phone()

    def action_copy(self) -> None:
        self._copy.choose()

    def action_clear_filters(self) -> None:
        self.filters.show_query(Query())
        hint = self._main.hint
        filters, then = hint("main.filters", "then"), hint("filters.search", "show all leads")
        self._say(status_text.joined("Filters cleared", f"{filters} {then}" if filters else "", hint("main.back", "back")))

    def action_open_query(self) -> None:
        self._saved_query_controller.pick(self._open_saved)

    def _open_saved(self, saved: SavedQuery) -> None:
        self.panes.go_to_table()
        self.search(saved.query, saved.name, saved.columns, saved.sort)

    def action_columns(self) -> None:
        search = self._searches.current
        if search is None:
            return
        self.table.settle()
        self._suggestions.study(search.rows, self.table.cursor)
        self._columns.choose(search, self._suggestions.index.custom_keys)

    def action_help(self) -> None:
        from lead_tui.ui.dialogs.help import Help

        self.app.push_screen(Help(self.panes.focused, self._session.keys))

    def action_next_pane(self) -> None:
        self._turn_to(self.panes.after(1))

    def action_previous_pane(self) -> None:
        self._turn_to(self.panes.after(-1))

    def _turn_to(self, pane: Pane) -> None:
        self.panes.go_to_table()
        if pane is Pane.FILTERS:
            self.action_filters()
        elif pane is Pane.DETAIL:
            self._detail.open(from_top=False)

    def action_escape(self) -> None:
        self._for_rows.clear()
        prompted, at_table = bool(self.prompt.purpose), self.panes.focused is Pane.TABLE
        self.prompt.hide()
        if not self.panes.go_to_table() and at_table and not prompted:
            self._narrow_sort.escape()

    def action_quit(self) -> None:
        prompted = bool(self.prompt.purpose)
        self.prompt.hide()
        if self.panes.go_to_table() or prompted:
            return
        question = self._status.tasks.quit_question()
        if not question:
            self.app.exit(0)
            return
        from lead_tui.ui.dialogs.confirm import Confirm

        def answered(quits: bool | None) -> None:
            if quits:
                self.app.exit(0)

        self.app.push_screen(Confirm(question, yes="quit", no="stay", keys=self._session.keys), answered)

    def stop_searching(self) -> bool:
        """Cancel what is loading, else what is in progress beside it; False where nothing was."""
        self._for_rows.clear()
        search = self._searches.current
        if search is None or not self._searches.stop():
            return self._status.tasks.cancel()
        if not status_text.message(search, self._session.keys)[0]:
            self._say("Cancelled")
        return True
