"""The main screen: it passes events between the filters, the table, the detail, the searches and the controllers of features."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Self

from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Static

from lead_tui import limits
from lead_tui.api.retry import Waiting
from lead_tui.config.settings import host_of
from lead_tui.keys.catalogue import Pane, hints_of
from lead_tui.leads.errors import TokenError
from lead_tui.leads.permissions import Token
from lead_tui.paging.search import Search
from lead_tui.storage.state import WELCOME
from lead_tui.ui.screens.main_commands import MainCommands
from lead_tui.ui.screens.main_context import NARROW
from lead_tui.ui.screens.session import Session
from lead_tui.ui.screens.status import LOADING, SEARCHING, empty_note
from lead_tui.ui.widgets.bars import TooSmall, cover_if_too_small, is_too_small
from lead_tui.ui.widgets.filter_panel import FilterPanel
from lead_tui.ui.widgets.key_queue import LinesDropped
from lead_tui.ui.widgets.lead_table import LeadTable
from lead_tui.ui.widgets.textual_fixes import CorrectedScreen, OneLayout, paint_together

_WELCOME = "Paste a phone number, or press / to look up a lead.\n? shows the keys, ctrl+p finds every command by name."
_ABOUT_LEADS = frozenset({"table.open_detail", "main.sort", "main.narrow", "main.export"})  # they need loaded leads


class MainScreen(OneLayout, CorrectedScreen, MainCommands, inherit_bindings=False):
    """Shows one search at a time of *session*."""

    AUTO_FOCUS = "LeadTable"
    keys_wait = True  # until the first paint is out
    # The focused widget repaints itself; Textual's own reactive repaints the whole screen, 10 KB on a slow line.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, session: Session, below: MainScreen | None = None, on_call: Callable[[str], object] | None = None) -> None:
        """*below* is the main screen under this one, if there is one. *on_call* gets the text of a call, not cleaned."""
        super().__init__(session, below)
        self._on_call = on_call
        self.has_begun = False  # whether the first paint is out
        self._answered = False
        self._shown: Search | None = None
        self._rejection: TokenError | None = None
        """The latest one of a search, so that the user is asked once for each; one who skips is asked again after a retry."""
        self.filters.suggest = lambda name, typed: self.features.suggestions(name, typed)
        self.filters.form.status_code = lambda text: self.features.suggestions.status_code(text)

    def compose(self) -> ComposeResult:
        self._set_width_classes()
        yield self.title_bar
        yield self.panes
        yield self.status_line
        yield self.prompt
        if WELCOME not in self.memory.state.shown_notices:
            yield Static(_WELCOME, id="welcome", markup=False)
        if is_too_small(self.app.size):
            yield TooSmall()

    def on_resize(self) -> None:
        cover_if_too_small(self)
        self.panes.keep_open(self.prompt.came_from or self.focused)
        if self.has_begun:
            # While out of view the detail has not followed the cursor; there may be room for it now.
            self.reading.catch_up()

    def on_mount(self) -> None:
        self.status_line.show_position(0, 0, "…")
        self.status_line.show_facts(LOADING)
        self.table.empty_note = SEARCHING
        self._show_hints()
        # Modules that the search needs are loaded once the first paint is out, not before.
        self.call_after_refresh(self._begin)

    def _set_width_classes(self) -> None:
        """Before each layout: Textual's own breakpoints take effect after it, which is too late below a dialog."""
        is_wide = self.app.size.width >= limits.WIDE_COLUMNS
        self.update_classes({"-wide": is_wide, "-narrow": not is_wide}, animate=False)

    def _screen_resized(self, size: Size) -> None:
        self._set_width_classes()
        # Textual does the layout for the size of the first paint a second time.
        if self.has_begun or self.size != self.app.size:
            super()._screen_resized(size)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        # Before the first paint everything has just got its styles: Textual must not work them out a second time.
        event.refresh_styles = self.has_begun
        self.ask_for_token()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Like a widget's; but the first layout has painted everything, and Textual would paint all of it again immediately."""
        if self.has_begun or regions or layout or recompose:
            super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def on_unmount(self) -> None:
        self.closing.close()

    def _begin(self) -> None:
        self.has_begun = True
        self.resume_input()
        client, file, beginning = self.session.client, self.session.file, self.session.beginning
        if client is not None and self.below is None:
            client.waits.on_waiting, client.on_notice = self._show_wait, self.say
        if file is not None:
            file.on_notice, file.on_total = self.say, self.searches.learn_total
        if isinstance(beginning, str):
            self.look_ups.submit(beginning)
        else:
            self.searches.start(beginning.query, beginning.name, beginning.sort, beginning.columns)
        self.reading.start_clock()
        if self.session.receive_calls is not None and self._on_call is not None:
            self.closing.callback(self.session.receive_calls(self._on_call))

    def _show_wait(self, waiting: Waiting | None) -> None:
        for screen in main_screens(self.app):
            screen.status.show_waiting(waiting)

    # Messages of the searches

    def search_shown(self, search: Search) -> None:
        if search is not self._shown:
            self._shown = search
            self.panes.go_to_table()
            self.forget_waiting()
            self.status.leave_search()
            self.filters.show_query(search.query, search.lookup.text if search.lookup is not None else "")
        self.show_columns(search)
        self.table.show(search.rows, search.position)
        self.show_title(search)
        self._show_status(search)
        self.reading.show_search()
        self.reading.open_only_hit(search)

    def rows_changed(self, search: Search, span: range) -> None:
        """Rows of the current search arrived or failed."""
        if not self.panes.is_attached:
            # The app is closing: its widgets are removed before its screens.
            return
        self.table.rows_changed()
        self._show_status(search)
        if self.table.cursor in span:
            self.reading.follow(at_once=True)
        self.reading.open_only_hit(search)
        if search.given_sort:
            self.features.narrow_sort.apply_saved_sort(search)
        paint_together(self.table, self.detail, self.status_line)

    def _show_status(self, search: Search) -> None:
        if not self._answered and search.has_outcome:
            self._answered = True
            asyncio.get_running_loop().call_later(limits.START_SECONDS, self._end_start)
        self.run_waiting(search)
        can_go_back = self.below is not None or self.searches.has_earlier
        # The suggestions are imported only if there are no rows.
        self.table.empty_note = empty_note(
            search, self.status.keys, lambda: self.features.suggestions.index.values("status"), can_go_back=can_go_back
        )
        self._show_hints()
        self.status.refresh()
        self.ask_for_token()

    def _end_start(self) -> None:
        if self.below is None:
            self.session.first_answer()
            if self.is_running:
                self.run_worker(self._show_notice())

    async def _show_notice(self) -> None:
        """Show the first notice about the files of saved queries, which were read before there was a status line, or not yet."""
        notices = (await asyncio.to_thread(self.session.store.load)).notices
        if notices:
            more = f"and {len(notices) - 1} more" if len(notices) > 1 else ""
            self.say(notices[0], more, self.hint("main.open_query", "saved queries"))

    def ask_for_token(self) -> None:
        """Ask for another token if one was rejected and the user may give one, unless a dialog is open or text is being typed."""
        search = self.search
        problem = search.loader.error or search.refresh_error or (search.load and search.load.error)
        if isinstance(problem, TokenError) and problem is not self._rejection:
            self._rejection = self.memory.rejection = problem
        if not self.session.capabilities.may_give_token:
            self.memory.rejection = None
        elif self.memory.rejection is not None and self.is_on_top and not self.is_line:
            self.call_next(self._open_token_dialog)

    def _open_token_dialog(self) -> None:
        # Imported here, as all dialogs are.
        from lead_tui.ui.dialogs.dialog import AskToken

        session, client, problem, search = self.session, self.session.client, self.memory.rejection, self.search
        if client is None or problem is None or not self.is_on_top:
            # It was opened in the meantime.
            return
        self.memory.rejection = None

        def answered(token: Token | None) -> None:
            if token is not None:
                client.use_token(token)
                # It says that the previous token was rejected, and how to retry.
                self.status.end_message()
                if problem is self._rejection and search is self.search:
                    self.features.narrow_sort.again()

        dialog = AskToken(session.account, host_of(session.base_url), problem, client.setup_remedy, session.keys)
        self.app.push_screen(dialog, answered)

    # Messages of the widgets

    async def on_mouse_up(self) -> None:
        # Not before: what is below the mouse may move then, and the click would be on something else.
        await self.end_notices()

    def on_lead_table_cursor_moved(self) -> None:
        self.reading.cursor_moved()

    def on_lead_table_view_moved(self) -> None:
        if self.search.rows is self.table.rows:
            self.search.show()

    def on_lead_table_lead_opened(self) -> None:
        self.reading.open(from_top=True)

    def on_lead_table_title_clicked(self, message: LeadTable.TitleClicked) -> None:
        self.ask_once_rows_are_here(lambda search: self.features.narrow_sort.sort_by(search, message.key))

    def on_filter_panel_submitted(self, message: FilterPanel.Submitted) -> None:
        self.searches.start(message.query)

    def on_filter_panel_look_up_wanted(self, message: FilterPanel.LookUpWanted) -> None:
        self.look_ups.open(message.text)

    def on_filter_panel_find_wanted(self) -> None:
        def find(text: str) -> None:
            if self.filters.find(text):
                self.prompt.hide()
            else:
                self.prompt.fail("No filter has such a name")

        self.prompt.show("find filter", "Filter", find, hint="part of its name · ⏎ · esc")

    def on_filter_panel_left(self) -> None:
        self.panes.go_to_table()

    def on_detail_field_chosen(self) -> None:
        self._show_hints()

    def on_lines_dropped(self, message: LinesDropped) -> None:
        self.say(f"This takes one value: only the first of {message.count:,} pasted lines was used")

    def on_descendant_focus(self) -> None:
        if self.panes.focused is Pane.FILTERS:
            self.session.warm(1)
        if self.has_begun:
            self._show_status(self.search)

    def _show_hints(self) -> None:
        search, pane, hint = self.search, self.panes.focused, self.hint
        if self.pane is Pane.APP:
            # Letters are text here, and the prompt shows its own keys.
            escape = hint("main.escape", "show all" if search.narrowing else "cancel") if self.prompt.purpose == NARROW else ""
            self.status_line.show_hints(escape, hint("app.help", "help"))
            return
        unusable = _ABOUT_LEADS if search.whole.answered and not search.rows.length and not search.snapshot else frozenset()
        if not self.detail.is_chosen:
            unusable |= {"detail.same_value"}
        keys = [key for key in self.session.keys if key.id not in unusable]
        show_all = hint("main.escape", "show all") if search.snapshot is not None and pane is Pane.TABLE else ""
        back = hint("main.back", "back") if self.below is not None or (search.lookup and self.searches.has_earlier) else ""
        self.status_line.show_hints(show_all, back, *hints_of(pane, keys))


def main_screens(app: App[Any]) -> list[MainScreen]:
    """Return the main screens of *app*; the last one is in view."""
    return [screen for screen in app.screen_stack if isinstance(screen, MainScreen)]
