"""What the main screen shares with its controllers: the session and its memory, searches, panes, prompt and status line."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Final, TypeVar, cast

from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget

from lead_tui.keys.catalogue import Pane, actions_of, hint
from lead_tui.leads.errors import TokenError
from lead_tui.leads.fields import DEFAULT_COLUMNS
from lead_tui.leads.permissions import EVERYTHING, RESTRICTED
from lead_tui.leads.text import joined, one_line
from lead_tui.leads.values import StatusMarks
from lead_tui.paging.search import Search
from lead_tui.paging.searches import Searches
from lead_tui.ui.screens.session import Memory, Session
from lead_tui.ui.screens.status import Status, search_title
from lead_tui.ui.widgets.bars import Prompt, StatusLine, TitleBar
from lead_tui.ui.widgets.detail import Detail
from lead_tui.ui.widgets.detail_page import Look
from lead_tui.ui.widgets.filter_panel import FilterPanel
from lead_tui.ui.widgets.key_queue import KeyHandlerScreen, KeyQueueApp, Typed
from lead_tui.ui.widgets.lead_table import LeadTable
from lead_tui.ui.widgets.textual_fixes import OneLayout

T = TypeVar("T")

LOOK_UP: Final = "look-up"
NARROW: Final = "narrow"  # purposes of the prompt

_OPEN = "-open"


class Panes(OneLayout, Horizontal):
    """Filters, table and detail: side by side if the screen is ``-wide``, else the table with one of the others over it."""

    def __init__(self, session: Session) -> None:
        self.filters = FilterPanel(today=session.today, zone=session.zone_in_doubt)
        self.table = LeadTable(session.now)
        look = Look(
            hide_empty=session.state.hide_empty,
            labels=session.settings.labels,
            masked=session.settings.masked,
            hours=session.settings.calling_window.hours(),
            marks=StatusMarks(session.settings.colors.status),
        )
        self.detail = Detail(session.now, look, may_reveal=session.capabilities.may_reveal)
        self.table.look = look
        self.table.retry_hint = hint(session.keys, "main.again", "retry")
        self.filters.keys = actions_of(Pane.FILTERS, session.keys)
        self.table.scroll_by_half = session.settings.table.scroll == "half"
        super().__init__(self.filters, self.table, self.detail)

    @property
    def focused(self) -> Pane:
        """The pane that has the focus; the table if none has it, as while the app is closing."""
        # Textual's own has_focus changes only with a later event; a burst of keys is faster.
        focused = self.screen.focused if self.is_attached else None
        around = () if focused is None else focused.ancestors_with_self
        return Pane.FILTERS if self.filters in around else Pane.DETAIL if self.detail in around else Pane.TABLE

    def go_to_filters(self) -> None:
        self._open(self.filters)
        self.filters.focus()

    def go_to_detail(self) -> None:
        self._open(self.detail)
        self.screen.set_focus(self.detail, scroll_visible=False)

    def keep_open(self, focused: Widget | None) -> None:
        """Open the pane that contains *focused*, if any: in a narrow terminal, a pane that is not open is hidden."""
        for pane in (self.filters, self.detail):
            if focused is not None and pane in focused.ancestors_with_self:
                self._open(pane)

    def go_to_table(self) -> bool:
        """Close the pane over the table and focus the table; return False if none was over it."""
        lay_over = not self.screen.has_class("-wide") and (self.filters.has_class(_OPEN) or self.detail.has_class(_OPEN))
        self._open(None)
        self.screen.set_focus(self.table, scroll_visible=False)
        return lay_over

    def _open(self, pane: Widget | None) -> None:
        for each in (self.filters, self.detail):
            each.set_class(each is pane, _OPEN)


class MainContext(KeyHandlerScreen, Screen[None], inherit_bindings=False):
    """The parts of the main screen with which its controllers work, and what they all need of it."""

    search_shown: Callable[[Search], None]
    rows_changed: Callable[[Search, range], None]
    ask_for_token: Callable[[], None]

    def __init__(self, session: Session, below: MainContext | None) -> None:
        """The memory is that of the screen *below*, if there is one."""
        super().__init__()
        self.session = session
        self.hint = partial(hint, session.keys)
        self.searches = Searches(session.source, session.today, session.settings.table.cache_mb * 1_000_000, self)
        self.panes = Panes(session)
        self.filters, self.table, self.detail = self.panes.filters, self.panes.table, self.panes.detail
        self.prompt = Prompt()
        self.title_bar = TitleBar(session.account)
        self.status_line = StatusLine(joined(session.file_title, "" if session.capabilities == EVERYTHING else RESTRICTED))
        self.status = Status(self.status_line, self.searches, self.table, session, lambda: self.pane)
        self.say = self.status.say
        self.closing = ExitStack()  # ends what runs in the background when the screen is removed
        self.closing.callback(self.searches.close)
        self.closing.callback(self.status.stop_timer)
        self.memory: Memory = below.memory if below is not None else Memory(session, self.say)
        self.table.marks = self.memory.marks
        # The columns of the first search, so that they need not be drawn again.
        self.table.columns, self.table.widths = self.memory.columns or DEFAULT_COLUMNS, self.memory.state.widths

    def token_rejected(self, problem: TokenError) -> None:
        """Ask for another token because of *problem*, once no dialog is open and no text is being typed."""
        self.memory.rejection = problem
        self.ask_for_token()

    @property
    def search(self) -> Search:
        return self.searches.current

    @property
    def pane(self) -> Pane:
        """The pane whose keys work: the focused one; ``APP`` while the prompt has the focus, in which letters are text."""
        return Pane.APP if self.prompt.has_focus_within else self.panes.focused

    @property
    def is_on_top(self) -> bool:
        """Whether no dialog is open; Textual's ``is_current`` is also true below a dialog."""
        return self.app.screen is self

    @property
    def is_in_table(self) -> bool:
        """Whether the user is in the table, and nothing is open, or about to open, for which keys are typed."""
        # While the app is closing, its widgets are removed before its screens.
        is_free = self.is_on_top and self.prompt.is_attached and not (self.keys_wait or self.prompt.purpose)
        return is_free and self.focused in (None, self.table)

    def show_columns(self, search: Search) -> None:
        """Give the table the columns of *search*, else those of all searches."""
        columns = search.columns or self.memory.columns or DEFAULT_COLUMNS
        widths = self.memory.state.widths
        if (columns, widths) != (self.table.columns, self.table.widths):
            self.table.show_columns(columns, widths)
        self.table.arrows = {key.key: key.arrow for key in search.order}

    def show_marks(self) -> None:
        """Show which leads are marked, which may have changed on another screen."""
        self.table.refresh()
        self.status.refresh()

    def show_title(self, search: Search) -> None:
        self.title_bar.search = one_line(search.name, 60), search_title(search, self.session)

    def ask(self, dialog: Screen[T], then: Callable[[T], object]) -> None:
        """Open *dialog*, and call *then* with its result unless it is canceled, or another search is shown by then."""
        search = self.search

        def answered(result: T | None) -> None:
            if result is not None and search is self.search:
                then(result)

        self.app.push_screen(dialog, answered)

    @property
    def typed(self) -> deque[Typed]:
        """What was typed after the key that is being handled, and waits."""
        return cast("KeyQueueApp[object]", self.app).typed

    async def confirm(self, question: str, detail: str = "", *, yes: str, no: str) -> bool:
        """Ask *question*, with *detail* below it; *yes* and *no* label the answers. Called by a worker."""
        # Imported here, as all dialogs are: the first paint does not need them.
        from lead_tui.ui.dialogs.dialog import Confirm

        return bool(await self.app.push_screen_wait(Confirm(question, detail, yes=yes, no=no, keys=self.session.keys)))

    def is_allowed(self, key_id: str) -> bool:
        """Return whether the command *key_id* may run; if not, say why."""
        if refused := self.session.refusal_of(key_id):
            self.say(refused, alert=True)
        return not refused

    def refuse(self, text: str) -> None:
        """Show why something cannot be done, or failed: in the prompt if it is open, else as an alert."""
        if self.prompt.purpose:
            self.prompt.fail(text)
        else:
            self.say(text, alert=True)
