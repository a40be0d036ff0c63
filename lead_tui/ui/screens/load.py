"""The rows to narrow, sort or count: those that are loaded, or all of them, which are loaded first; and the work on them.

Few rows are handled immediately, more of them in turns with the keys.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, TypeVar

from textual import events

from lead_tui import limits
from lead_tui.keys.catalogue import CATALOGUE, Key, Pane
from lead_tui.leads.columns import Steps, run
from lead_tui.leads.text import counted
from lead_tui.paging.loader import report_failure
from lead_tui.paging.read_all import LoadAll, in_turns
from lead_tui.paging.search import Search
from lead_tui.paging.snapshot import SnapshotRows
from lead_tui.ui.dialogs.questions import Offer
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.status import progress_text
from lead_tui.ui.widgets.key_queue import Typed

T = TypeVar("T")
Next = Callable[[SnapshotRows], None]
"""What to do with the rows once they are there."""
Opens = Literal["prompt", "dialog", ""]
"""What the continuation opens."""


class LoadController:
    """Gathers or loads the rows of the current search, and works on them; a background task meanwhile."""

    is_awaited = True

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._work: asyncio.Task[object] | None = None
        """The task that gathers, narrows or sorts; ``_doing`` says which."""
        self._doing = ""
        self._is_gathering = False
        """Whether keys wait for it."""
        self._end_of_load: asyncio.Task[None] | None = None
        self._limit = main.session.settings.table.load_all_limit
        main.status.register(self)
        main.closing.callback(self._cancel_tasks)

    # A background task

    def progress_text(self) -> str:
        search = self._main.search
        if search.loading_all and search.load is not None:
            return progress_text(search.load.progress, self._cancel_hint)
        return self._doing

    @property
    def _cancel_hint(self) -> str:
        # Escape closes what is over the table first.
        is_alone = self._main.pane is Pane.TABLE and not self._main.prompt.purpose
        return self._main.hint("main.escape" if is_alone else "app.stop", "cancel")

    def quit_question(self) -> str:
        return "Quit while leads are being loaded?" if self._main.search.loading_all else ""

    def cancel(self) -> bool:
        """Cancel the work; a load is cancelled with its search."""
        is_working = self.is_working
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

    def _cancel_tasks(self) -> None:
        for task in filter(None, (self._work, self._end_of_load)):
            task.cancel()

    # The rows

    def offer(self, search: Search, then: Next, opens: Opens = "") -> None:
        """Continue with the rows to narrow or sort, after offering to load all. *then* *opens* something for which keys wait."""
        result = search.whole
        total = result.length if result.has_end else None
        has_all = search.is_merged or (search.load and search.load.finished) or (total is not None and search.loaded >= total)
        if search.loading_all:
            self._main.say("Loading all leads", self._cancel_hint)
        elif search.snapshot is not None or has_all:
            self.gather(search, then)
        else:
            offer = LoadOffer(search.loaded, total, self._limit, self._main.session.keys, for_text=opens == "prompt")
            load_all = partial(self.load, opens=opens)
            self._main.ask(offer, lambda answer: (load_all if answer == "all" else self.gather)(search, then))

    @property
    def is_working(self) -> bool:
        """Whether rows are being gathered, narrowed or sorted."""
        return self._work is not None

    def busy_with(self, search: Search) -> str:
        """Return what is being done with the rows of *search* if gathering them again would cancel that: a first sort."""
        return self._doing if search.snapshot_rows is None else ""

    def gather(self, search: Search, then: Next) -> None:
        """Continue with the rows that are loaded now, or those that were before they were narrowed or sorted."""

        def gathered(rows: SnapshotRows) -> None:
            if len(rows):
                then(rows)
            else:
                self._main.say("No leads loaded yet" if search.rows.length else "There are no leads")

        if search.snapshot_rows is not None:
            then(search.snapshot_rows)
        elif busy := self.busy_with(search):
            self._main.say(busy, self._cancel_hint)
        else:
            self.work(search, search.take_snapshot(self._limit), search.whole.loaded, gathered)

    def load(self, search: Search, then: Next, opens: Opens = "") -> None:
        """Load all rows, and continue with them; but nothing *opens* for a user who has done something else meanwhile."""
        load = self._main.searches.load_all(self._limit)
        if load is not None and search.load_task is not None:
            if self._end_of_load is not None:
                self._end_of_load.cancel()
            since = self._main.memory.acted_at if opens else math.inf
            self._end_of_load = asyncio.create_task(self._finish(search, load, search.load_task, then, since))
            self._end_of_load.add_done_callback(report_failure)

    async def _finish(self, search: Search, load: LoadAll, task: asyncio.Task[None], then: Next, since: float) -> None:
        """Report the end of *load*, and continue if the user is in the table, and has not acted after *since* but to cancel it."""
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
            main.say(*failed, alert=True)
        elif not (load.finished and rows.is_whole):
            main.say(f"Only the first {loaded}" if load.finished else f"Canceled · {loaded}")
        is_canceled = load.error is None and not load.finished
        if len(rows) and main.is_in_table and (is_canceled or main.memory.acted_at <= since):
            then(rows)
        elif len(rows) and load.error is None:
            main.say(loaded, main.hint("main.narrow", "narrow"), main.hint("main.sort", "sort"))

    # The work on them

    def work(self, search: Search, steps: Steps[T], rows: int, then: Callable[[T], None], doing: str = "") -> None:
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


class LoadOffer(Offer):
    """Asks whether to load all leads before they are narrowed or sorted, since both use only loaded leads.

    There are *total* leads (None if unknown), *loaded* of them are here, and at most *limit* can be loaded. *for_text* is whether
    a text is asked for next.
    """

    def __init__(
        self, loaded: int, total: int | None, limit: int, keys: Sequence[Key] = CATALOGUE, *, for_text: bool = False
    ) -> None:
        leads = f"all {total:,}" if total is not None and total <= limit else f"up to {limit:,}"
        of_total = f" of {total:,}" if total is not None and total > limit else ""
        here = f"{counted(loaded)} loaded{'; the total is unknown' if total is None else ''}."
        answers = {"loaded": f"the {loaded:,} loaded", "all": "load first"}
        detail = f"{here} Narrow and sort use the loaded leads only."
        super().__init__(Pane.OFFER, keys, f"Load {leads}{of_total} leads first?", detail, answers)
        self._for_text = for_text

    def hints(self) -> list[list[str]]:
        others = [[f"Other letters begin the text for {self.answers['loaded']}"]] if self._for_text else []
        return [*super().hints(), *others]

    def passes_on(self, event: Typed) -> bool:
        """Choose what is loaded when a text begins: with a key typed before the offer was shown, or with one that is no answer."""
        if isinstance(event, events.Key):
            is_text = event.is_printable and (self.is_early(event) or (self._for_text and event.key not in self._actions))
        else:
            is_text = self._for_text and not isinstance(event, events.MouseEvent)
        if is_text:
            self.finish("loaded")
        return is_text
