"""Narrowing and sorting the current result: the offer to load all leads first, the prompt, the dialog, and the way back.

``n`` and ``s`` come here. In the end a snapshot, narrowed or sorted, is shown in place of the result.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from lead_tui import limits
from lead_tui.leads import filter_language
from lead_tui.leads.columns import Steps, run
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import shows_any
from lead_tui.leads.filter_language import Narrowing
from lead_tui.leads.lead import Lead
from lead_tui.leads.names import FieldNames
from lead_tui.leads.sorting import SortKey, open_order
from lead_tui.leads.text import joined
from lead_tui.paging.load_all import LoadAll
from lead_tui.paging.loader import report_failure
from lead_tui.paging.result import Result
from lead_tui.paging.search import Search
from lead_tui.paging.snapshot import Snapshot, arrange, in_turns
from lead_tui.paging.snapshot_rows import SnapshotRows
from lead_tui.ui.dialogs.questions import LoadOffer
from lead_tui.ui.dialogs.sorting import Sorting, sortable
from lead_tui.ui.screens.main_context import NARROW, MainContext
from lead_tui.ui.screens.status import progress_text, sorted_by

T = TypeVar("T")
Next = Callable[[Search, SnapshotRows], None]
"""What to do once the leads to narrow or sort are there."""


class NarrowSortController:
    """Narrows and sorts the current search; a background task while it loads or sorts."""

    is_awaited = True

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._task: asyncio.Task[Any] | None = None
        self._doing = ""
        self._history: list[str] = []
        main.status.register(self)

    # A background task

    @property
    def is_loading(self) -> bool:
        """Whether all leads of the current search are being loaded."""
        return self._main.search is not None and self._main.search.loading_all

    def progress_text(self) -> str:
        search = self._main.search
        if search is not None and search.loading_all and search.load is not None:
            return progress_text(search.load.progress, self._main.hint("main.escape", "cancel"))
        return self._doing

    def quit_question(self) -> str:
        return "Quit while leads are being loaded?" if self.is_loading else ""

    def cancel(self) -> bool:
        """Cancel sorting or narrowing; a load is cancelled with its search."""
        if not self._doing or self._task is None:
            return False
        self._task.cancel()
        self._doing = ""
        self._main.status.refresh()
        return True

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    # Keys

    def ask_narrowing(self) -> None:
        if not self._main.session.concealed:
            self._main.searches.expect_words()
        self._with_rows(self._open_prompt)

    def ask_order(self) -> None:
        self._with_rows(self._open_dialog)

    def narrow(self, text: str) -> None:
        """Narrow the loaded leads to *text* without an offer or a prompt, and focus the table. Raises ``UsageError``."""
        search, table = self._main.search, self._main.table
        if search is not None:
            lead = search.rows.lead(table.cursor)
            narrowing = self._parsed(text, FieldNames(lead.sent if lead is not None else (), self._main.session.settings.labels))
            self.with_loaded(search, lambda search, rows: self._arrange(search, rows, narrowing, _order_of(search)))
        self._main.panes.go_to_table()

    def retry(self) -> bool:
        """Resume a load that failed; False where there is none to resume, and none is running."""
        search = self._main.search
        if self.is_loading:
            # Requests are still in progress; what failed among them is reported at the end.
            return True
        if search is None or search.load is None or search.load.error is None or search.load.finished:
            return False
        snapshot = search.snapshot

        def rearrange(search: Search, rows: SnapshotRows) -> None:
            if snapshot is not None:
                self._arrange(search, rows, snapshot.narrowing, snapshot.order)

        self.load(search, rearrange)
        return True

    def escape(self) -> None:
        """Cancel what runs and keep the leads that came, else show the whole result again."""
        if self.is_loading:
            self._main.searches.stop()
        elif not self.cancel():
            self._main.searches.leave_snapshot()

    def apply_saved_sort(self, search: Search) -> None:
        """Sort *search* as its saved query says if all of it fits one page and has come; show how, if it is longer."""
        result = search.whole
        if not search.given_sort or search.is_sort_done or not isinstance(result, Result) or not result.answered or search.snapshot:
            return
        order = self._given_order(search)
        if order and (not result.end_is_sure or result.length > limits.PAGE_ROWS):
            search.is_sort_done = True
            saved = sorted_by(order, self._main.session.settings.labels, prefix="Saved sort: by")
            self._main.say(joined(saved, self._main.hint("main.sort", "sort")))
        elif order and result.loaded == result.length:
            search.is_sort_done = True
            if result.length:
                self.with_loaded(search, lambda search, rows: self._arrange(search, rows, None, order))

    def _given_order(self, search: Search) -> tuple[SortKey, ...]:
        return open_order((SortKey.of(text) for text in search.given_sort), self._main.session.concealed)

    # The rows to narrow or sort

    def _with_rows(self, then: Next) -> None:
        """Continue with the rows to narrow or sort; first offer to load all."""
        search, session = self._main.search, self._main.session
        if search is None or not search.answered:
            self._main.say("No leads loaded yet")
            return
        if search.loading_all:
            self._main.say(joined("Loading all leads", self._main.hint("main.escape", "cancel")))
            return
        if search.snapshot is not None:
            then(search, search.snapshot.base)
            return
        result = search.whole
        total = result.length if isinstance(result, Result) and result.end_is_sure else None
        if search.snapshot_rows is not None or not isinstance(result, Result) or (total is not None and result.loaded >= total):
            self.with_loaded(search, then)
            return

        def answered(answer: str) -> None:
            if search is self._main.search:
                (self.load if answer == "all" else self.with_loaded)(search, then)

        self._main.ask(LoadOffer(result.loaded, total, session.settings.table.load_all_limit, session.keys), answered)

    def with_loaded(self, search: Search, then: Next) -> None:
        """Continue with the rows that are loaded now."""

        def gathered(rows: SnapshotRows) -> None:
            if len(rows):
                then(search, rows)
            else:
                self._main.say("No leads loaded yet")

        if search.snapshot_rows is not None:
            then(search, search.snapshot_rows)
        else:
            loaded = search.whole.loaded if isinstance(search.whole, Result) else 0
            self._run(search, search.take_snapshot(self._main.session.settings.table.load_all_limit), loaded, gathered, "Gathering")

    def load(self, search: Search, then: Next) -> None:
        """Load all rows, and continue with those."""
        load = self._main.searches.load_all(self._main.session.settings.table.load_all_limit)
        if load is not None and search.load_task is not None:
            self._start(self._finish_load(search, load, search.load_task, then)).add_done_callback(report_failure)

    async def _finish_load(self, search: Search, load: LoadAll, task: asyncio.Task[None], then: Next) -> None:
        await asyncio.wait([task])
        if not task.cancelled():
            # An unexpected error must not end in silence.
            task.result()
        if search is not self._main.search:
            return
        rows = load.rows
        search.snapshot_rows = rows if len(rows) else None
        self._main.status.refresh()
        text, alert = self._load_text(load, rows)
        if text:
            self._main.say(text, alert=alert)
        main = self._main
        # A prompt or a dialog opens by itself only where the user is in the table.
        if len(rows) and main.is_on_top and not main.prompt.purpose and main.screen.focused in (None, main.table):
            then(search, rows)
        elif len(rows) and not alert:
            main.say(joined(f"{len(rows):,} leads loaded", main.hint("main.narrow", "narrow"), main.hint("main.sort", "sort")))

    def _load_text(self, load: LoadAll, rows: SnapshotRows) -> tuple[str, bool]:
        """What came of *load*, and whether it is an alert; "" where everything is loaded."""
        loaded = f"{len(rows):,} leads loaded"
        if load.error is not None and load.finished:
            return joined(str(load.error), loaded), True
        if load.error is not None:
            return joined(load.error.message, loaded, self._main.hint("main.again", "retry")), True
        if not load.finished:
            return f"Cancelled · {loaded}", False
        return ("" if rows.is_whole else f"Only the first {loaded}"), False

    # The prompt and the dialog

    def _open_prompt(self, search: Search, rows: SnapshotRows) -> None:
        anchor = search.rows.lead(self._main.table.cursor)
        shown = search.snapshot.narrowing.text if search.snapshot is not None else ""

        def narrow_to(text: str) -> None:
            """Show what *text* means, unless that is shown. Raises ``UsageError``."""
            nonlocal shown
            if search is self._main.search:
                narrowing = self._parsed(text, FieldNames(rows.observed_keys, self._main.session.settings.labels))
                if narrowing.text != shown:
                    shown = narrowing.text
                    self._arrange(search, rows, narrowing, _order_of(search), anchor)

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
                self._history = [*(each for each in self._history if each != text), text]

        history, hint = self._history, filter_language.GRAMMAR
        self._main.prompt.show(NARROW, "Narrow", submit, shown, history=history, hint=hint, may_be_blank=True, on_text=typed)

    def _open_dialog(self, search: Search, rows: SnapshotRows) -> None:
        def chosen(order: tuple[SortKey, ...]) -> None:
            if search is self._main.search:
                search.given_sort = search.given_sort if order else ()
                self._arrange(search, rows, search.snapshot.narrowing if search.snapshot is not None else None, order)

        session = self._main.session
        fields = [key for key in sortable(self._main.table.columns, rows.observed_keys) if not shows_any(key, session.concealed)]
        order = _order_of(search) or self._given_order(search)
        self._main.ask(Sorting(fields, order, session.settings.labels, session.keys), chosen)

    def _parsed(self, text: str, names: FieldNames) -> Narrowing:
        session = self._main.session
        return filter_language.parse(text, names, session.today(), session.zone, session.concealed)

    # The work

    def _arrange(
        self, search: Search, rows: SnapshotRows, narrowing: Narrowing | None, order: tuple[SortKey, ...], lead: Lead | None = None
    ) -> None:
        """Narrow and sort *rows*, then show it; the result itself where there is nothing to do.

        The cursor stays on *lead*, or else on the lead that it is on.
        """
        order = open_order(order, self._main.session.concealed)
        if not narrowing and not order:
            self.cancel()
            self._main.searches.leave_snapshot()
            return
        lead = lead or search.rows.lead(self._main.table.cursor)
        keeps_order = order == _order_of(search)

        def show(snapshot: Snapshot) -> None:
            # Narrowed, the cursor stays on its lead where that is still shown; sorted, what is first matters.
            cursor = snapshot.find(lead.lead_id) if lead is not None and keeps_order else None
            self._main.searches.show_snapshot(search, snapshot, cursor or 0)

        doing = "Sorting" if order else "Narrowing"
        self._run(search, arrange(rows, narrowing, order, self._main.session.zone), len(rows), show, doing)

    def _run(self, search: Search, steps: Steps[T], rows: int, then: Callable[[T], None], doing: str) -> None:
        """Work on *rows* rows: at once if there are few, so that the keys typed next find the outcome; else in turns."""
        if rows <= limits.ROWS_AT_ONCE:
            then(run(steps))
            return

        def finish(task: asyncio.Task[T]) -> None:
            if task is not self._task or task.cancelled():
                # It was cancelled, or other work took its place.
                return
            self._task, self._doing = None, ""
            outcome = task.result()
            if search is self._main.search:
                self._main.status.refresh()
                then(outcome)

        # The outcome is taken in a callback, which the loop calls later even where an eager task is done by now.
        self._start(in_turns(steps)).add_done_callback(finish)
        self._doing = f"{doing} {rows:,} leads…"
        self._main.status.refresh()

    def _start(self, work: Coroutine[object, object, T]) -> asyncio.Task[T]:
        if self._task is not None:
            self._task.cancel()
        self._task = task = asyncio.create_task(work)
        return task


def _order_of(search: Search) -> tuple[SortKey, ...]:
    return search.snapshot.order if search.snapshot is not None else ()
