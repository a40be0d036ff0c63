"""Narrowing and sorting the current result: the offer to load all leads first, the prompt, and the way back.

The keys ``n`` and ``s`` end here. A snapshot, narrowed or sorted, is then shown in place of the result.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import TypeVar

from lead_tui import limits
from lead_tui.keys.catalogue import Pane
from lead_tui.leads import filter_language
from lead_tui.leads.columns import Steps, run
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import shows_any, sortable
from lead_tui.leads.filter_language import Narrowing
from lead_tui.leads.lead import Lead
from lead_tui.leads.names import FieldNames
from lead_tui.leads.sorting import SortKey, open_order
from lead_tui.leads.text import joined
from lead_tui.paging.loader import report_failure
from lead_tui.paging.result import Result
from lead_tui.paging.search import Search
from lead_tui.paging.snapshot import LoadAll, Snapshot, arrange, in_turns
from lead_tui.paging.snapshot_rows import SnapshotRows
from lead_tui.ui.dialogs.questions import LoadOffer
from lead_tui.ui.dialogs.sorting import Sorting
from lead_tui.ui.screens.main_context import NARROW, MainContext
from lead_tui.ui.screens.status import progress_text, sorted_by
from lead_tui.ui.widgets.prompt import with_latest

T = TypeVar("T")
Next = Callable[[Search, SnapshotRows], None]
"""What to do once the leads to narrow or sort are there."""


class NarrowSortController:
    """Narrows and sorts the current search; a background task while it loads or sorts."""

    is_awaited = True

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._work: asyncio.Task[object] | None = None
        """The task that gathers, narrows or sorts; ``_doing`` says which."""
        self._doing = ""
        self._is_gathering = False
        """Whether keys wait for it."""
        self._end_of_load: asyncio.Task[None] | None = None
        self._history: list[str] = []
        self._limit = main.session.settings.table.load_all_limit
        main.status.register(self)

    # A background task

    @property
    def is_loading(self) -> bool:
        """Whether all leads of the current search are being loaded."""
        return self._main.search is not None and self._main.search.loading_all

    def progress_text(self) -> str:
        search = self._main.search
        if search is not None and search.loading_all and search.load is not None:
            return progress_text(search.load.progress, self._cancel_hint)
        return self._doing

    @property
    def _cancel_hint(self) -> str:
        # Escape closes what is over the table first.
        return self._main.hint("main.escape" if self._main.pane is Pane.TABLE else "app.stop", "cancel")

    def quit_question(self) -> str:
        return "Quit while leads are being loaded?" if self.is_loading else ""

    def cancel(self) -> bool:
        """Cancel sorting or narrowing; a load is cancelled with its search."""
        is_working = self._work is not None
        if is_working:
            self._end_work()
            self._main.status.refresh()
        return is_working

    def _end_work(self) -> None:
        if self._work is not None:
            self._work.cancel()
        self._work, self._doing = None, ""
        if self._is_gathering:
            self._is_gathering = False
            self._main.release_keys()

    def close(self) -> None:
        for task in filter(None, (self._work, self._end_of_load)):
            task.cancel()

    # Keys

    def ask_narrowing(self) -> None:
        if not self._main.session.concealed:
            self._main.searches.expect_words()
        self._with_rows(self._open_prompt)

    def ask_order(self) -> None:
        self._with_rows(self._open_dialog)

    def sort_by(self, key: str) -> None:
        """Sort by the column *key* alone, descending if it is sorted by that already."""

        def sort(search: Search, rows: SnapshotRows) -> None:
            order = (SortKey(key, search.order == (SortKey(key),)),)
            self._arrange(search, rows, search.narrowing, order)

        if not shows_any(key, self._main.session.concealed):
            self._with_rows(sort)

    def narrow(self, text: str) -> None:
        """Narrow the loaded leads to *text* without an offer or a prompt, and focus the table. Raises ``UsageError``."""
        search, lead = self._main.search, self._main.table.lead
        if search is not None:
            narrowing = self._parsed(text, lead.sent if lead is not None else ())
            self.with_loaded(search, lambda search, rows: self._arrange(search, rows, narrowing, search.order))
        self._main.panes.go_to_table()

    def retry(self) -> bool:
        """Resume a load that failed; return False if there is none to resume, and none is running."""
        search = self._main.search
        if self.is_loading:
            # Requests are still in progress; those that failed are reported at the end.
            return True
        # Its rows would be shown in place of newer ones.
        self.cancel()
        if search is None or search.load is None or search.load.error is None or search.load.finished:
            return False
        # All leads, as the loaded ones before them, if they are narrowed or sorted then.
        self.load(search, lambda search, rows: self._arrange(search, rows, search.narrowing, search.order))
        return True

    def escape(self) -> None:
        """Cancel what is running and keep the leads that arrived, else show the whole result again."""
        if self.is_loading:
            self._main.searches.stop()
        elif not self.cancel():
            self._main.searches.leave_snapshot()

    def apply_saved_sort(self, search: Search) -> None:
        """Sort *search* as its saved query says if all of it fits one page and has arrived; if it is longer, show how to."""
        result, order = search.whole, self._given_order(search)
        if not order or search.is_sort_done or not isinstance(result, Result) or not result.answered or search.snapshot:
            return
        if not result.end_is_sure or result.length > limits.PAGE_ROWS:
            search.is_sort_done = True
            saved = sorted_by(order, self._main.session.settings.labels, prefix="Saved sort: by")
            self._main.say(joined(saved, self._main.hint("main.sort", "sort")))
        elif result.loaded == result.length:
            search.is_sort_done = True
            if result.length:
                self.with_loaded(search, lambda search, rows: self._arrange(search, rows, None, order))

    def _given_order(self, search: Search) -> tuple[SortKey, ...]:
        return open_order((SortKey.of(text) for text in search.given_sort), self._main.session.concealed)

    # The rows to narrow or sort

    def _with_rows(self, then: Next) -> None:
        """Continue with the rows to narrow or sort, after offering to load all."""
        search = self._main.search
        if search is None or not search.answered:
            self._main.say("No leads loaded yet")
            return
        if search.loading_all:
            self._main.say(joined("Loading all leads", self._cancel_hint))
            return
        if search.snapshot is not None:
            then(search, search.snapshot.base)
            return
        result = search.whole
        total = result.length if isinstance(result, Result) and result.end_is_sure else None
        if search.has_loaded_all or search.loader is None or (total is not None and search.loaded >= total):
            self.with_loaded(search, then)
            return

        def answered(answer: str) -> None:
            if search is self._main.search:
                (self.load if answer == "all" else self.with_loaded)(search, then)

        self._main.ask(LoadOffer(search.loaded, total, self._limit, self._main.session.keys), answered)

    def with_loaded(self, search: Search, then: Next) -> None:
        """Continue with the rows that are loaded now."""

        def gathered(rows: SnapshotRows) -> None:
            if len(rows):
                then(search, rows)
            else:
                self._main.say("No leads loaded yet" if search.rows.length else "There are no leads")

        if search.snapshot_rows is not None:
            gathered(search.snapshot_rows)
        else:
            loaded = search.whole.loaded if isinstance(search.whole, Result) else 0
            self._run(search, search.take_snapshot(self._limit), loaded, gathered)

    def load(self, search: Search, then: Next) -> None:
        """Load all rows, and continue with them."""
        load = self._main.searches.load_all(self._limit)
        if load is not None and search.load_task is not None:
            if self._end_of_load is not None:
                self._end_of_load.cancel()
            self._end_of_load = asyncio.create_task(self._finish_load(search, load, search.load_task, then))
            self._end_of_load.add_done_callback(report_failure)

    async def _finish_load(self, search: Search, load: LoadAll, task: asyncio.Task[None], then: Next) -> None:
        await asyncio.wait([task])
        if not task.cancelled():
            # An unexpected error must not end in silence.
            task.result()
        if search is not self._main.search or search.load is not load:
            return
        main, rows = self._main, load.rows
        main.status.refresh()
        loaded = f"{len(rows):,} leads loaded"
        if load.error is not None:
            failed = (str(load.error), loaded) if load.finished else (load.error.message, loaded, main.hint("main.again", "retry"))
            main.say(joined(*failed), alert=True)
        elif not (load.finished and rows.is_whole):
            main.say(f"Only the first {loaded}" if load.finished else f"Canceled · {loaded}")
        # A prompt or a dialog opens by itself only if the user is in the table.
        if len(rows) and main.is_on_top and not main.prompt.purpose and main.screen.focused in (None, main.table):
            then(search, rows)
        elif len(rows) and load.error is None:
            main.say(joined(loaded, main.hint("main.narrow", "narrow"), main.hint("main.sort", "sort")))

    # The prompt and the dialog

    def _open_prompt(self, search: Search, rows: SnapshotRows) -> None:
        anchor = search.rows.lead(self._main.table.cursor)
        shown = search.narrowing.text if search.narrowing is not None else ""

        def narrow_to(text: str) -> None:
            """Show what *text* means, unless that is shown. Raises ``UsageError``."""
            nonlocal shown
            if search is self._main.search:
                narrowing = self._parsed(text, rows.observed_keys)
                if narrowing.text != shown:
                    shown = narrowing.text
                    self._arrange(search, rows, narrowing, search.order, anchor)

        def typed(text: str) -> None:
            # A text that is not complete yet changes nothing.
            with contextlib.suppress(UsageError):
                narrow_to(text.strip())

        def submit(text: str) -> None:
            try:
                narrow_to(text)
            except UsageError as error:
                self._main.prompt.fail(str(error))
                return
            self._main.prompt.hide()
            if text:
                self._history = with_latest(self._history, text)

        self._main.panes.uncover_table()
        history, hint = self._history, filter_language.GRAMMAR
        self._main.prompt.show(NARROW, "Narrow", submit, shown, history=history, hint=hint, may_be_blank=True, on_text=typed)

    def _open_dialog(self, search: Search, rows: SnapshotRows) -> None:
        def chosen(order: tuple[SortKey, ...]) -> None:
            if search is self._main.search:
                self._main.panes.uncover_table()
                search.given_sort = search.given_sort if order else ()
                self._arrange(search, rows, search.narrowing, order)

        session = self._main.session
        fields = [key for key in sortable(self._main.table.columns, rows.observed_keys) if not shows_any(key, session.concealed)]
        order = search.order or self._given_order(search)
        self._main.ask(Sorting(fields, order, session.settings.labels, session.keys), chosen)

    def _parsed(self, text: str, keys: Collection[str]) -> Narrowing:
        session = self._main.session
        names = FieldNames(keys, session.settings.labels)
        return filter_language.parse(text, names, session.today(), session.zone, session.concealed)

    # The work

    def _arrange(
        self, search: Search, rows: SnapshotRows, narrowing: Narrowing | None, order: tuple[SortKey, ...], lead: Lead | None = None
    ) -> None:
        """Narrow and sort *rows*, and show the outcome; if there is nothing to do, show the result itself.

        The cursor stays on *lead*, or else on the lead that it is on.
        """
        order = open_order(order, self._main.session.concealed)
        if not narrowing and not order:
            self.cancel()
            self._main.searches.leave_snapshot()
            return
        # Otherwise its rows would replace these, neither narrowed nor sorted.
        search.cancel_refresh()
        lead = lead or search.rows.lead(self._main.table.cursor)
        keeps_order = order == search.order

        def show(snapshot: Snapshot) -> None:
            # After narrowing, the cursor stays on its lead if that is still shown; after sorting, what is first matters.
            cursor = snapshot.find(lead.lead_id) if lead is not None and keeps_order else None
            self._main.searches.show_snapshot(search, snapshot, cursor or 0)

        doing = "Sorting" if order else "Narrowing"
        self._run(search, arrange(rows, narrowing, order, self._main.session.zone), len(rows), show, doing)

    def _run(self, search: Search, steps: Steps[T], rows: int, then: Callable[[T], None], doing: str = "") -> None:
        """Work on *rows* rows, in place of any other work: immediately if there are few, else in turns.

        Keys typed next find the outcome of little work already there, and wait for rows to be gathered, for which *doing* is "".
        """
        self._end_work()
        if rows <= limits.ROWS_AT_ONCE:
            then(run(steps))
            return

        def finish(task: asyncio.Task[T]) -> None:
            if task is not self._work or task.cancelled():
                # It was cancelled or replaced by other work.
                return
            self._end_work()
            self._main.status.refresh()
            outcome = task.result()
            # A call may have been opened in the meantime, over which no prompt or dialog opens.
            if search is self._main.search and (doing or self._main.is_on_top):
                then(outcome)

        # The outcome is taken in a callback, which the loop calls later even where an eager task is done by now.
        self._work = asyncio.create_task(in_turns(steps))
        self._work.add_done_callback(finish)
        self._is_gathering = self._main.keys_wait = not doing
        self._doing = f"{doing or 'Gathering'} {rows:,} leads…"
        self._main.status.refresh()
