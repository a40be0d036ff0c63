"""Narrowing and sorting the leads that are loaded or, after an offer, all of them; and getting these leads, also to count them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Final, TypeVar

from lead_tui import limits
from lead_tui.keys.catalogue import Key, Pane
from lead_tui.leads import filter_language
from lead_tui.leads.columns import SortKey, Steps, open_order, run
from lead_tui.leads.errors import Cancelled, UsageError
from lead_tui.leads.fields import FieldNames, shows_any, sortable
from lead_tui.leads.filter_language import Narrowing
from lead_tui.leads.lead import key_text
from lead_tui.leads.text import counted, fit
from lead_tui.leads.values import label
from lead_tui.paging.read_all import LoadAll, in_turns
from lead_tui.paging.search import Search
from lead_tui.paging.snapshot import TEXT, Snapshot, SnapshotRows, arrange, take_snapshot
from lead_tui.ui.dialogs.dialog import Offer
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.screens.main_context import NARROW, MainContext
from lead_tui.ui.screens.status import progress_text, sorted_by
from lead_tui.ui.widgets.drawn_list import DrawnLine

T = TypeVar("T")
Next = Callable[[SnapshotRows], None]  # what to do with the rows once they are there

DIGITS: Final = "123456789"  # each turns its line of the dialog

_DIRECTION: Final = 8  # cells of a direction and its place in the order


class NarrowSortController:
    """Gathers or loads the rows of the current search, narrows and sorts them; a background task meanwhile."""

    is_awaited = True

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._work: asyncio.Task[object] | None = None  # the task that gathers, narrows or sorts; ``_doing`` says which
        self._doing = ""
        self._is_gathering = False  # whether keys wait for it
        self._limit = main.session.settings.table.load_all_limit
        main.closing.callback(self.cancel)

    # Keys

    def ask_narrowing(self, search: Search) -> None:
        if not self._main.session.concealed:
            # Words will be searched for in the text of the leads.
            self._main.searches.columns_in_use.add(TEXT)
        self.offer(search, partial(self._open_prompt, search))

    def ask_order(self, search: Search) -> None:
        self.offer(search, partial(self._open_dialog, search))

    def sort_by(self, search: Search, key: str) -> None:
        """Sort by the column *key* alone, descending if it is sorted by that already."""
        if not shows_any(key, self._main.session.concealed):
            order = (SortKey(key, search.order == (SortKey(key),)),)
            self.offer(search, lambda rows: self._arrange(search, rows, search.narrowing, order))

    def narrow(self, text: str, keys: Collection[str], message: str) -> None:
        """Narrow the loaded leads to *text*, which names fields among *keys*, without an offer or a prompt; then say *message*."""
        search = self._main.search

        def narrow(rows: SnapshotRows) -> None:
            problem = self._narrow_to(text, search, rows, keys)
            self._main.say(problem or message, alert=bool(problem))

        self._main.panes.go_to_table()
        self.gather(search, narrow)

    def again(self) -> None:
        """Resume a load that failed, unless it is still running; else retry what failed, or search again."""
        search, load = self._main.search, self._main.search.load
        if search.loading_all:
            # Requests are still in progress; those that failed are reported at the end.
            return
        # Its rows would be shown in place of newer ones.
        self.cancel()
        if load is not None and load.error is not None and not load.finished:
            self.load(search, lambda rows: self._arrange(search, rows, search.narrowing, search.order))
        else:
            search.again()

    def apply_saved_sort(self, search: Search) -> None:
        """Sort *search* as its saved query says if all of it fits one page and has arrived; if it is longer, show how to."""
        result, order = search.whole, open_order(map(SortKey.of, search.given_sort), self._main.session.concealed)
        if not order or search.is_sort_done or not result.answered or search.snapshot:
            return
        if not result.has_end or result.length > limits.PAGE_ROWS:
            search.is_sort_done = True
            saved = sorted_by(order, self._main.session.settings.labels, prefix="Saved sort: by")
            self._main.say(saved, self._main.hint("main.sort", "sort"))
        elif 0 < result.loaded == result.length:
            search.is_sort_done = True
            self.gather(search, lambda rows: self._arrange(search, rows, None, order))

    # The rows

    def offer(self, search: Search, then: Next) -> None:
        """Continue with the rows to narrow or sort, after offering to load all."""
        result = search.whole
        total = result.length if result.has_end else None
        if search.loading_all:
            self._main.say("Loading all leads", self._main.hint("app.stop", "cancel"))
        elif search.snapshot is not None or search.has_all or self._main.typed:
            # What was typed in one go with the key is the text, not an answer.
            self.gather(search, then)
        else:
            offer = LoadOffer(search.loaded, total, self._limit, self._main.session.keys)
            self._main.ask(offer, lambda answer: (self.load if answer == "all" else self.gather)(search, then))

    def gather(self, search: Search, then: Next) -> None:
        """Continue with the rows that are loaded now, or were loaded before they were narrowed or sorted."""

        def gathered(rows: SnapshotRows) -> None:
            if len(rows):
                then(rows)
            else:
                self._main.say("No leads are loaded")

        if search.snapshot_rows is not None:
            then(search.snapshot_rows)
        elif self._work is not None:
            # Gathering again would cancel a first sort.
            self._main.say(self._doing, self._main.hint("app.stop", "cancel"))
        else:
            self.work(search, take_snapshot(search.whole, self._limit), search.whole.loaded, gathered)

    def load(self, search: Search, then: Next) -> None:
        """Load all rows, and continue with them if the user is in the table then."""
        load = self._main.searches.load_all(self._limit)
        if search.load_task is not None:
            # Only the latest key that loads is continued.
            self._main.run_worker(self._finish(search, load, search.load_task, then), group="load", exclusive=True)

    async def _finish(self, search: Search, load: LoadAll, task: asyncio.Task[None], then: Next) -> None:
        """Report the end of *load*, and continue with the rows that came."""
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
            main.say(str(load.error), loaded, "" if load.finished else main.hint("main.again", "retry"), alert=True)
        elif not load.finished:
            main.say("Canceled", loaded)
        elif not (rows.is_whole and main.is_in_table):
            main.say(loaded if rows.is_whole else f"Only the first {loaded}")
        if len(rows) and main.is_in_table:
            then(rows)

    # The work on them

    def work(self, search: Search, steps: Steps[T], rows: int, then: Callable[[T], None], doing: str = "") -> None:
        """Work on *rows* rows, in place of any other work: immediately if there are few, else in turns.

        Keys typed next find the outcome of little work already there, and wait for rows to be gathered, for which *doing* is "".
        """
        self.cancel()
        if rows <= limits.ROWS_AT_ONCE:
            then(run(steps))
            return

        def finish(task: asyncio.Task[T]) -> None:
            if task is not self._work or task.cancelled():
                # It was canceled or replaced by other work.
                return
            self.cancel()
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

    def _arrange(self, search: Search, rows: SnapshotRows, narrowing: Narrowing | None, order: tuple[SortKey, ...]) -> None:
        """Narrow and sort *rows*, and show the outcome, unless it is shown; if there is nothing to do, show the result itself."""
        order, text = open_order(order, self._main.session.concealed), narrowing.text if narrowing else ""
        self.cancel()
        if (shown := search.snapshot) is not None and (shown.base, shown.narrowing.text, shown.order) == (rows, text, order):
            return
        if not text and not order:
            self._main.searches.leave_snapshot()
            return
        # Otherwise its rows would replace these, neither narrowed nor sorted.
        search.end_refresh(Cancelled())
        # After narrowing, the cursor stays on its lead if that is still shown; after sorting, what is first matters.
        lead = search.rows.lead(self._main.table.cursor) if order == search.order else None

        def show(snapshot: Snapshot) -> None:
            cursor = snapshot.find(lead.lead_id) if lead is not None else None
            self._main.searches.show_snapshot(search, snapshot, cursor or 0)

        doing = "Sorting" if order else "Narrowing"
        self.work(search, arrange(rows, narrowing, order, self._main.session.zone), len(rows), show, doing)

    # The prompt and the dialog

    def _open_prompt(self, search: Search, rows: SnapshotRows) -> None:
        def narrow_to(text: str) -> str:
            return self._narrow_to(text, search, rows, rows.observed_keys)

        def submit(text: str) -> None:
            if problem := narrow_to(text):
                self._main.prompt.fail(problem)
            else:
                self._main.prompt.hide()

        self._main.panes.go_to_table()
        text, hint = search.narrowing.text if search.narrowing else "", filter_language.GRAMMAR
        self._main.prompt.show(NARROW, "Narrow", submit, text, hint=hint, may_be_blank=True, on_text=narrow_to)

    def _narrow_to(self, text: str, search: Search, rows: SnapshotRows, keys: Collection[str]) -> str:
        """Narrow *rows* to *text*, which names fields among *keys*; return why that cannot be done, as while it is being typed."""
        session, names = self._main.session, FieldNames(keys, self._main.session.settings.labels)
        try:
            narrowing = filter_language.parse(text.strip(), names, session.today(), session.zone, session.concealed)
        except UsageError as error:
            return str(error)
        if search is self._main.search:
            self._arrange(search, rows, narrowing, search.order)
        return ""

    def _open_dialog(self, search: Search, rows: SnapshotRows) -> None:
        def chosen(order: tuple[SortKey, ...]) -> None:
            self._main.panes.go_to_table()
            search.given_sort = search.given_sort if order else ()
            self._arrange(search, rows, search.narrowing, order)

        session = self._main.session
        fields = [key for key in sortable(self._main.table.columns, rows.observed_keys) if not shows_any(key, session.concealed)]
        order = search.order or open_order(map(SortKey.of, search.given_sort), session.concealed)
        self._main.ask(Sorting(fields, order, session.settings.labels, session.keys), chosen)

    # A background task

    def progress_text(self) -> str:
        search = self._main.search
        if search.loading_all and search.load is not None:
            return progress_text(search.load.progress, self._main.hint("app.stop", "cancel"))
        return self._doing

    def quit_question(self) -> str:
        return "Quit while leads are being loaded?" if self._main.search.loading_all else ""

    def cancel(self) -> bool:
        """Cancel the work, if there is any; a load is canceled with its search."""
        if self._work is None:
            return False
        self._work.cancel()
        self._work, self._doing = None, ""
        if self._is_gathering:
            self._is_gathering = False
            self._main.resume_input()
        self._main.status.refresh()
        return True


class LoadOffer(Offer):
    """Asks whether to load all *total* leads (None if unknown), or *limit*, before the *loaded* ones are narrowed or sorted."""

    def __init__(self, loaded: int, total: int | None, limit: int, keys: Sequence[Key]) -> None:
        if total is None or total > limit:
            leads = f"up to {limit:,}" + (f" of {total:,}" if total is not None else "")
        else:
            leads = f"all {total:,}"
        unknown = "; the total is unknown" if total is None else ""
        detail = f"{counted(loaded)} loaded{unknown}. Narrow and sort use the loaded leads only."
        answers = {"loaded": f"the {loaded:,} loaded", "all": "load first"}
        super().__init__(Pane.OFFER, keys, f"Load {leads} leads first?", detail, answers)


class Sorting(ListDialog[str, tuple[SortKey, ...]]):
    """Asks by which of *fields* to sort, initially by *order*; the result is None on cancel, and () for no order."""

    WIDTH = 64

    def __init__(self, fields: Sequence[str], order: Sequence[SortKey], labels: Mapping[str, str], keys: Sequence[Key]) -> None:
        super().__init__(Pane.SORTING, keys, tuple(dict.fromkeys([*fields, *(each.key for each in order)])))
        self._actions.update({digit: f"turn_digit('{digit}')" for digit in DIGITS})
        self._order = {each.key: each for each in order}
        self._had_order = bool(order)
        self._labels = labels
        self.set_titles("Sort by")

    def hints(self) -> list[str]:
        return [
            self.hint("sorting.apply"),
            f"1–{min(len(DIGITS), len(self.items))} {self.hint('sorting.turn', 'up, down, off')}",
            self.hint("sorting.clear"),
            self.hint("dialog.close", "cancel"),
        ]

    def line(self, index: int, width: int) -> DrawnLine:
        key = self.items[index]
        name = label(key, self._labels)
        raw = key_text(key) if name != key_text(key) else ""
        chosen = self._order.get(key)
        words = f"{chosen.arrow} {list(self._order).index(key) + 1}" if chosen is not None else ""
        digit = str(index + 1) if index < len(DIGITS) else " "
        room = width - 3 - _DIRECTION
        first = room * 3 // 5
        left, middle, right = f"{digit}  {fit(name, first)}", f" {fit(raw, room - first - 1)}", fit(words, _DIRECTION)
        bold = "bold" if chosen is not None else ""
        return DrawnLine(((bold, left), ("muted", middle), (bold, right)))

    def clicked(self, index: int) -> None:
        """Go from up to down to off; the column that was turned on first has the most weight."""
        key = self.items[index]
        before = self._order.get(key)
        if before is not None and before.descending:
            del self._order[key]
        else:
            self._order[key] = SortKey(key, descending=before is not None)
        self.mark(index)

    def action_turn_digit(self, digit: str) -> None:
        if int(digit) <= len(self.items):
            self.clicked(int(digit) - 1)

    def action_turn(self) -> None:
        self.clicked(self.marked)

    def action_clear(self) -> None:
        self._order.clear()
        self.draw()

    def action_apply(self) -> None:
        is_unchanged = not self._order and not self._had_order
        self.finish((SortKey(self.items[self.marked]),) if is_unchanged else tuple(self._order.values()))
