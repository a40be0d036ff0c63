"""Narrowing and sorting as a person does it: over what is loaded, after the offer to load all; a step back to the whole result.

``n`` and ``s`` come here, and what they lead to: the offer, the load with its progress, the prompt, the choice of columns, and in
the end a snapshot in place of the result.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from lead_tui import limits
from lead_tui.keys.catalogue import Key, hint
from lead_tui.leads import filter_language as narrow
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import tells_of
from lead_tui.leads.filter_language import Narrowing
from lead_tui.leads.formatting import label
from lead_tui.leads.names import FieldNames
from lead_tui.leads.sorting import SortKey, Steps, open_order, run
from lead_tui.leads.text import one_line
from lead_tui.paging.load_all import LoadAll, Progress
from lead_tui.paging.result import Result
from lead_tui.paging.search import Search
from lead_tui.paging.snapshot import Snapshot, SnapshotRows, arrange
from lead_tui.paging.turns import in_turns
from lead_tui.ui.dialogs.sorting import Sorting, direction, sortable
from lead_tui.ui.screens.main_context import NARROW, MainContext
from lead_tui.ui.screens.status_text import joined

T = TypeVar("T")
Then = Callable[[Search, SnapshotRows], None]

_BAR_CELLS = 16
_MAX_SHOWN = 40


class NarrowSortController:
    """Carries out what narrows and sorts the search in sight; belongs to the main screen."""

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._work: asyncio.Task[Any] | None = None
        self._doing = ""
        self._narrowed: list[str] = []
        self._asked: tuple[Search, SnapshotRows] | None = None
        """What the prompt is about."""

    # What the screen asks

    @property
    def loading(self) -> bool:
        """Whether all leads of the search in sight are being loaded."""
        search = self._main.search
        return search is not None and search.loading_all

    def words(self) -> str:
        """What is under way, for the status line; "" for nothing."""
        search = self._main.search
        if search is not None and search.loading_all and search.load is not None:
            stop = self._main.hint("main.escape", "stops")
            return progress_words(search.load.progress, stop, ascii_only=self._main.is_ascii)
        return self._doing

    def facts(self, search: Search) -> tuple[str, ...]:
        """What a snapshot holds and how it is arranged, for the status line; nothing where none is shown."""
        if search.snapshot is None:
            return ()
        snapshot = search.snapshot
        return tuple(filter(None, (held_words(snapshot), uncompared_words(snapshot), self._sorted_words(snapshot.order))))

    def title(self, search: Search) -> str:
        """How *search* is narrowed and sorted, for the title; "" where it is not."""
        if search.snapshot is None:
            return ""
        narrowed = one_line(search.snapshot.narrowing.text, _MAX_SHOWN)
        parts = [f"narrowed to {narrowed}" if narrowed else "", self._sorted_words(search.snapshot.order)]
        return " · ".join(filter(None, parts))

    # What a person asks

    def ask_narrowing(self) -> None:
        """Ask what to narrow to; first offer to load all."""
        self._with_held(self._open_prompt)

    def ask_order(self) -> None:
        """Ask what to sort by; first offer to load all."""
        self._with_held(self._open_choice)

    def submit(self, text: str) -> None:
        """Narrow to *text*, typed in the prompt; "" is everything again."""
        search, held = self._asked or (None, None)
        if search is None or held is None or search is not self._main.search:
            self._main.prompt.hide()
            return
        try:
            narrowing = self._parsed(text, FieldNames(held.met, self._main.session.labels))
        except UsageError as error:
            self._main.prompt.fail(str(error))
            return
        self._main.prompt.hide()
        if text:
            self._narrowed = [*(each for each in self._narrowed if each != text), text]
        self._arrange(search, held, narrowing, search.snapshot.order if search.snapshot is not None else ())

    def narrow(self, text: str) -> None:
        """Narrow what is loaded to *text*, with no question asked. Raises ``UsageError``."""
        search = self._main.search
        if search is None:
            return
        lead = search.rows.lead(self._main.table.cursor)
        narrowing = self._parsed(text, FieldNames(lead.sent if lead is not None else (), self._main.session.labels))
        self._hold(search, lambda search, held: self._arrange(search, held, narrowing, _order_of(search)))

    def again(self) -> bool:
        """Go on with a load that failed; whether there was one, or one is under way."""
        search = self._main.search
        if self.loading:
            # Requests are under way still; what failed among them is told at the end.
            return True
        if search is None or search.load is None or search.load.error is None or not search.load.can_go_on:
            return False
        snapshot = search.snapshot

        def rearrange(search: Search, held: SnapshotRows) -> None:
            if snapshot is not None:
                self._arrange(search, held, snapshot.narrowing, snapshot.order)

        self._load(search, rearrange)
        return True

    def escape(self) -> bool:
        """Stop what runs, and keep what came; else leave the snapshot. Whether there was anything to do."""
        if self.loading:
            return self._main.searches.stop()
        return self.stop() or self._main.searches.leave_snapshot()

    def stop(self) -> bool:
        """Stop sorting or narrowing; whether that was under way."""
        if not self._doing or self._work is None:
            return False
        self._work.cancel()
        self._doing = ""
        self._main.tell()
        return True

    def close(self) -> None:
        """Give everything up."""
        if self._work is not None:
            self._work.cancel()

    def rows_came(self, search: Search) -> None:
        """Sort as its saved query says, where all of *search* is here; where it is longer than a page, say how."""
        result = search.whole
        if not search.given_sort or search.sort_told or not isinstance(result, Result) or not result.answered or search.snapshot:
            return
        order = open_order((SortKey.of(text) for text in search.given_sort), self._main.session.concealed)
        if not order:
            return
        if not result.end_is_sure or result.length > limits.PAGE_ROWS:
            search.sort_told = True
            self._main.say(joined(self._sorted_words(order, "to be sorted"), self._main.hint("main.sort", "sorts")))
        elif result.loaded == result.length:
            search.sort_told = True
            if result.length:
                self._hold(search, lambda search, held: self._arrange(search, held, None, order))

    # What to hold

    def _with_held(self, then: Then) -> None:
        search = self._main.search
        if search is None or not search.answered:
            self._main.say("No leads have come yet")
        elif search.loading_all:
            self._main.say(joined("All leads are being loaded", self._main.hint("main.escape", "stops")))
        elif search.snapshot is not None:
            then(search, search.snapshot.held)
        elif search.held is not None:
            then(search, search.held)
        elif self._has_more(search):
            self._offer(search, then)
        else:
            self._hold(search, then)

    @staticmethod
    def _has_more(search: Search) -> bool:
        result = search.whole
        return isinstance(result, Result) and (not result.end_is_sure or result.loaded < result.length)

    def _offer(self, search: Search, then: Then) -> None:
        from lead_tui.ui.dialogs.load_offer import LoadOffer

        result = search.whole
        if not isinstance(result, Result):
            return

        def answered(answer: str | None) -> None:
            if search is not self._main.search:
                return
            if answer == "all":
                self._load(search, then)
            elif answer == "loaded":
                self._hold(search, then)

        total = result.length if result.end_is_sure else None
        offer = LoadOffer(result.loaded, total, self._main.session.load_all_limit, self._main.session.keys)
        self._main.screen.app.push_screen(offer, answered)

    def _hold(self, search: Search, then: Then) -> None:
        """Take what is loaded now."""

        def held(held: SnapshotRows) -> None:
            if held.rows:
                then(search, held)
            else:
                self._main.say("No leads are loaded here yet")

        if search.held is not None:
            then(search, search.held)
            return
        result = search.whole
        self._carry_out(search, search.hold_loaded(self._main.session.load_all_limit), _loaded(result), held, "Gathering")

    def _load(self, search: Search, then: Then) -> None:
        """Load all, and go on with that."""
        load = self._main.searches.load_all(self._main.session.load_all_limit)
        if load is None or search.load_task is None:
            return
        self._begin(self._loaded(search, load, search.load_task, then)).add_done_callback(_surface)

    async def _loaded(self, search: Search, load: LoadAll, task: asyncio.Task[None], then: Then) -> None:
        await asyncio.wait([task])
        if not task.cancelled():
            # What nobody foresaw is not to end in silence.
            task.result()
        if search is not self._main.search:
            return
        held = await in_turns(load.hold())
        if search is not self._main.search:
            return
        search.held = held if held.rows else None
        self._main.tell()
        told, alert = _told(load, held, self._main.session.keys)
        if told:
            self._main.say(told, alert=alert)
        if held.rows and self._is_idle():
            then(search, held)
        elif held.rows and not alert:
            keys = self._main.session.keys
            what_now = (hint(keys, "main.narrow", "narrows"), hint(keys, "main.sort", "sorts"))
            self._main.say(joined(f"{len(held.rows):,} leads are loaded", *what_now))

    def _is_idle(self) -> bool:
        """Whether nobody is busy with something else: then a prompt or a dialog may open by itself."""
        screen = self._main.screen
        return screen.is_current and not self._main.prompt.purpose and screen.focused in (None, self._main.table)

    # What to ask

    def _open_prompt(self, search: Search, held: SnapshotRows) -> None:
        self._asked = search, held
        text = search.snapshot.narrowing.text if search.snapshot is not None else ""
        self._main.prompt.show(NARROW, "Narrow", text, history=self._narrowed, hint=narrow.GRAMMAR, may_be_blank=True)

    def _open_choice(self, search: Search, held: SnapshotRows) -> None:
        def chosen(order: tuple[SortKey, ...] | None) -> None:
            if order is not None and search is self._main.search:
                if not order:
                    search.given_sort = ()
                self._arrange(search, held, search.snapshot.narrowing if search.snapshot is not None else None, order)

        concealed = self._main.session.concealed
        fields = [key for key in sortable(self._main.table.columns, held.met) if not tells_of(key, concealed)]
        order = _order_of(search) or open_order((SortKey.of(text) for text in search.given_sort), concealed)
        self._main.screen.app.push_screen(Sorting(fields, order, self._main.session.labels, self._main.session.keys), chosen)

    def _parsed(self, text: str, names: FieldNames) -> Narrowing:
        return narrow.parse(text, names, self._main.session.today(), self._main.session.zone, self._main.session.concealed)

    # What to show

    def _arrange(self, search: Search, held: SnapshotRows, narrowing: Narrowing | None, order: tuple[SortKey, ...]) -> None:
        """Show *held*, narrowed and in order, once that is done; the result itself where there is nothing to do."""
        order = open_order(order, self._main.session.concealed)
        if not narrowing and not order:
            self._main.searches.leave_snapshot()
            return
        lead = search.rows.lead(self._main.table.cursor)
        keeps_order = order == _order_of(search)

        def show(snapshot: Snapshot) -> None:
            # Narrowed, the cursor stays on its lead where that is still shown; sorted, what is first matters.
            cursor = snapshot.find(lead.lead_id) if lead is not None and keeps_order else None
            self._main.searches.show_snapshot(search, snapshot, cursor or 0)

        doing = "Sorting" if order else "Narrowing"
        self._carry_out(search, arrange(held, narrowing, order, self._main.session.zone), len(held.rows), show, doing)

    def _carry_out(self, search: Search, steps: Steps[T], rows: int, then: Callable[[T], None], doing: str) -> None:
        """Do work on *rows* rows: at once where there are few, so that keys typed behind find it done; else in turns."""
        if rows <= limits.ROWS_AT_ONCE:
            then(run(steps))
            return

        def finish(task: asyncio.Task[T]) -> None:
            if task is not self._work or task.cancelled():
                # It was stopped, or other work took its place.
                return
            self._work, self._doing = None, ""
            done = task.result()
            if search is self._main.search:
                self._main.tell()
                then(done)

        # The outcome is taken in a callback, which the loop calls later even where an eager task is done by now.
        self._begin(in_turns(steps)).add_done_callback(finish)
        self._doing = f"{doing} {rows:,} leads…"
        self._main.tell()

    def _begin(self, work: Coroutine[object, object, T]) -> asyncio.Task[T]:
        if self._work is not None:
            self._work.cancel()
        self._work = task = asyncio.create_task(work)
        return task

    def _sorted_words(self, order: tuple[SortKey, ...], verb: str = "sorted") -> str:
        """``sorted by Created ↓, Last name ↑``; "" for no order."""
        columns = [
            f"{one_line(label(key.key, self._main.session.labels), _MAX_SHOWN)} {direction(key, ascii_only=self._main.is_ascii)}"
            for key in order
        ]
        return f"{verb} by {', '.join(columns)}" if columns else ""


def _order_of(search: Search) -> tuple[SortKey, ...]:
    return search.snapshot.order if search.snapshot is not None else ()


def _loaded(rows: object) -> int:
    return rows.loaded if isinstance(rows, Result) else 0


def _told(load: LoadAll, held: SnapshotRows, keys: Iterable[Key]) -> tuple[str, bool]:
    """What came of a load, and whether it is an alert; "" where all is there. *keys* are the effective ones."""
    kept = f"{len(held.rows):,} leads are loaded"
    if load.error is not None and load.finished:
        return joined(str(load.error), kept), True
    if load.error is not None:
        return joined(load.error.message, kept, hint(keys, "main.again", "goes on")), True
    if not load.finished:
        return f"Stopped: {kept}", False
    if not held.is_whole:
        return f"The first {len(held.rows):,} leads are loaded", False
    return "", False


def progress_words(progress: Progress, stop: str, *, ascii_only: bool = False, verb: str = "loaded") -> str:
    """A bar, the rows, the rate, the time left, and *stop*, which says how to end it; *verb* is what happens to them."""
    parts = []
    if progress.wanted:
        full = min(_BAR_CELLS, _BAR_CELLS * progress.loaded // progress.wanted)
        done, left = ("#", "-") if ascii_only else ("█", "░")
        parts.append(f"{done * full}{left * (_BAR_CELLS - full)} {progress.loaded:,} of {progress.wanted:,}")
    else:
        parts.append(f"{progress.loaded:,} {verb}")
    if progress.rate:
        parts.append(f"{progress.rate:,.0f}/s")
    if (seconds := progress.seconds_left) is not None:
        parts.append(f"{seconds:.0f} s left" if seconds < 100 else f"{seconds / 60:.0f} min left")
    return joined(*parts, stop)


def held_words(snapshot: Snapshot) -> str:
    """What *snapshot* shows, of how many: ``narrowed to 37 of 400 loaded of 1,287``."""
    held = snapshot.held
    loaded = f"{len(held.rows):,}"
    if not held.is_whole:
        loaded += " loaded" + (f" of {held.total:,}" if held.total is not None else "")
    if snapshot.narrowing:
        return f"narrowed to {snapshot.length:,} of {loaded}"
    return f"all {loaded}" if held.is_whole else loaded


def uncompared_words(snapshot: Snapshot) -> str:
    """How many values the narrowing of *snapshot* could not compare: ``3 values could not be compared``; "" for none."""
    count = snapshot.uncompared
    return f"{count:,} value{'s' if count != 1 else ''} could not be compared" if count else ""


def _surface(task: asyncio.Task[None]) -> None:
    """Hand an error that nobody foresaw to the loop's handler."""
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "narrowing or sorting failed", "exception": error, "task": task})
