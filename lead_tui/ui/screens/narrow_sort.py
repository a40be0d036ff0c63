"""Narrowing and sorting the current result: the prompt, the dialog, and the way back.

The keys ``n`` and ``s`` end here. A snapshot, narrowed or sorted, is then shown in place of the result.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Final

from lead_tui import limits
from lead_tui.keys.catalogue import CATALOGUE, Key, Pane
from lead_tui.leads import filter_language
from lead_tui.leads.columns import SortKey, open_order
from lead_tui.leads.errors import Cancelled, UsageError
from lead_tui.leads.fields import FieldNames, shows_any, sortable
from lead_tui.leads.filter_language import Narrowing
from lead_tui.leads.lead import Lead, key_text
from lead_tui.leads.text import fit, ordinal
from lead_tui.leads.values import label
from lead_tui.paging.search import Search
from lead_tui.paging.snapshot import Snapshot, SnapshotRows, arrange
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.screens.load import LoadController
from lead_tui.ui.screens.main_context import NARROW, MainContext
from lead_tui.ui.screens.status import sorted_by
from lead_tui.ui.widgets.bars import with_latest
from lead_tui.ui.widgets.drawn_list import DrawnLine

DIGITS: Final = "123456789"
"""Each turns its line of the dialog."""

_DIRECTION: Final = 8
"""Cells of a direction and its place in the order."""


class NarrowSortController:
    """Narrows and sorts the current search."""

    def __init__(self, main: MainContext, load: LoadController) -> None:
        self._main = main
        self._load = load
        self._history: list[str] = []
        self._target: tuple[Search, Narrowing | None, tuple[SortKey, ...]] | None = None
        """The search narrowed or sorted last, what it was narrowed to, and the order."""

    # Keys

    def ask_narrowing(self, search: Search) -> None:
        if not self._main.session.concealed:
            self._main.searches.expect_words()
        self._load.offer(search, partial(self._open_prompt, search), "prompt")

    def ask_order(self, search: Search) -> None:
        self._load.offer(search, partial(self._open_dialog, search), "dialog")

    def sort_by(self, search: Search, key: str) -> None:
        """Sort by the column *key* alone, descending if it is sorted by that already."""
        if not shows_any(key, self._main.session.concealed):
            order = (SortKey(key, self._wanted(search)[1] == (SortKey(key),)),)
            self._load.offer(search, lambda rows: self._arrange(search, rows, self._wanted(search)[0], order))

    def narrow(self, text: str, keys: Collection[str]) -> None:
        """Narrow the loaded leads to *text*, which names fields among *keys*, without an offer or a prompt, and focus the table.

        Raises ``UsageError``.
        """
        search, narrowing = self._main.search, self._parsed(text, keys)
        if busy := self._load.busy_with(search):
            raise UsageError(busy)
        self._load.gather(search, lambda rows: self._arrange(search, rows, narrowing, self._wanted(search)[1]))
        self._main.panes.go_to_table()

    def again(self) -> None:
        """Resume a load that failed, unless it is still running; else retry what failed, or search again."""
        search, load = self._main.search, self._main.search.load
        if search.loading_all:
            # Requests are still in progress; those that failed are reported at the end.
            return
        # Its rows would be shown in place of newer ones.
        self._load.cancel()
        if load is None or load.error is None or load.finished:
            self._main.searches.current.again()
        else:
            # All leads, as the loaded ones before them, if they are narrowed or sorted then.
            self._load.load(search, lambda rows: self._arrange(search, rows, search.narrowing, search.order))

    def escape(self) -> None:
        """Cancel what is running and keep the leads that arrived, else show the whole result again."""
        if self._main.search.loading_all:
            self._main.searches.stop()
        elif not self._load.cancel():
            self._main.searches.leave_snapshot()

    def apply_saved_sort(self, search: Search) -> None:
        """Sort *search* as its saved query says if all of it fits one page and has arrived; if it is longer, show how to."""
        result, order = search.whole, self._given_order(search)
        if not order or search.is_sort_done or not result.answered or search.snapshot:
            return
        if not result.has_end or result.length > limits.PAGE_ROWS:
            search.is_sort_done = True
            saved = sorted_by(order, self._main.session.settings.labels, prefix="Saved sort: by")
            self._main.say(saved, self._main.hint("main.sort", "sort"))
        elif result.loaded == result.length:
            search.is_sort_done = True
            if result.length:
                self._load.gather(search, lambda rows: self._arrange(search, rows, None, order))

    def _given_order(self, search: Search) -> tuple[SortKey, ...]:
        return open_order((SortKey.of(text) for text in search.given_sort), self._main.session.concealed)

    # The prompt and the dialog

    def _open_prompt(self, search: Search, rows: SnapshotRows) -> None:
        anchor = search.rows.lead(self._main.table.cursor)
        wanted, _ = self._wanted(search)
        before = wanted.text if wanted is not None else ""
        # More leads may have been loaded since those that are narrowed now.
        shown = before if search.snapshot is None or search.snapshot.base is rows else None

        def narrow_to(text: str) -> None:
            """Show what *text* means, unless that is shown. Raises ``UsageError``."""
            nonlocal shown
            if search is self._main.search:
                narrowing = self._parsed(text, rows.observed_keys)
                if narrowing.text != shown:
                    shown = narrowing.text
                    self._arrange(search, rows, narrowing, self._wanted(search)[1], anchor)

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

        self._main.panes.go_to_table()
        history, hint = self._history, filter_language.GRAMMAR
        self._main.prompt.show(NARROW, "Narrow", submit, before, history=history, hint=hint, may_be_blank=True, on_text=typed)

    def _open_dialog(self, search: Search, rows: SnapshotRows) -> None:
        def chosen(order: tuple[SortKey, ...]) -> None:
            self._main.panes.go_to_table()
            search.given_sort = search.given_sort if order else ()
            self._arrange(search, rows, self._wanted(search)[0], order)

        session = self._main.session
        fields = [key for key in sortable(self._main.table.columns, rows.observed_keys) if not shows_any(key, session.concealed)]
        order = self._wanted(search)[1] or self._given_order(search)
        self._main.ask(Sorting(fields, order, session.settings.labels, session.keys), chosen)

    def _parsed(self, text: str, keys: Collection[str]) -> Narrowing:
        session = self._main.session
        names = FieldNames(keys, session.settings.labels)
        return filter_language.parse(text, names, session.today(), session.zone, session.concealed)

    # The work

    def _wanted(self, search: Search) -> tuple[Narrowing | None, tuple[SortKey, ...]]:
        """Return what *search* is narrowed to and sorted by, or will be after the work in progress, which other work replaces."""
        if self._load.is_working and self._target is not None and self._target[0] is search:
            return self._target[1:]
        return search.narrowing, search.order

    def _arrange(
        self, search: Search, rows: SnapshotRows, narrowing: Narrowing | None, order: tuple[SortKey, ...], lead: Lead | None = None
    ) -> None:
        """Narrow and sort *rows*, and show the outcome; if there is nothing to do, show the result itself.

        The cursor stays on *lead*, or else on the lead that it is on.
        """
        order = open_order(order, self._main.session.concealed)
        if not narrowing and not order:
            self._load.cancel()
            self._main.searches.leave_snapshot()
            return
        # Otherwise its rows would replace these, neither narrowed nor sorted.
        search.end_refresh(Cancelled())
        lead = lead or search.rows.lead(self._main.table.cursor)
        keeps_order = order == search.order

        def show(snapshot: Snapshot) -> None:
            # After narrowing, the cursor stays on its lead if that is still shown; after sorting, what is first matters.
            cursor = snapshot.find(lead.lead_id) if lead is not None and keeps_order else None
            self._main.searches.show_snapshot(search, snapshot, cursor or 0)

        self._target = search, narrowing, order
        doing = "Sorting" if order else "Narrowing"
        self._load.work(search, arrange(rows, narrowing, order, self._main.session.zone), len(rows), show, doing)


class Sorting(ListDialog[str, tuple[SortKey, ...]]):
    """Asks by which of *fields* to sort, initially by *order*; the result is None on cancel, and () for no order."""

    WIDTH = 64

    def __init__(
        self,
        fields: Sequence[str],
        order: Sequence[SortKey] = (),
        labels: Mapping[str, str] | None = None,
        keys: Sequence[Key] = CATALOGUE,
    ) -> None:
        super().__init__(Pane.SORTING, keys, tuple(dict.fromkeys([*fields, *(each.key for each in order)])))
        self._actions.update({digit: f"turn_digit('{digit}')" for digit in DIGITS})
        self._order = {each.key: each for each in order}
        self._had_order = bool(order)
        self._labels = labels or {}
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
        chosen, words = self._order.get(key), ""
        if chosen is not None:
            place = list(self._order).index(key)
            words = f"{chosen.arrow} {ordinal(place + 1)}"
        digit = str(index + 1) if index < len(DIGITS) else " "
        room = width - 3 - _DIRECTION
        first = room * 3 // 5
        left, middle, right = f"{digit}  {fit(name, first)}", f" {fit(raw, room - first - 1)}", fit(words, _DIRECTION)
        bold = "bold" if chosen is not None else ""
        return DrawnLine(((bold, left), ("faint", middle), (bold, right)))

    def _turn(self, number: int) -> None:
        """Go from up to down to off; the column that was turned on first has the most weight."""
        if number >= len(self.items):
            return
        key = self.items[number]
        before = self._order.get(key)
        if before is None:
            self._order[key] = SortKey(key)
        elif not before.descending:
            self._order[key] = SortKey(key, descending=True)
        else:
            del self._order[key]
        self.mark(number)

    def action_turn_digit(self, digit: str) -> None:
        self._turn(DIGITS.index(digit))

    def action_turn(self) -> None:
        self._turn(self.marked)

    def action_clear(self) -> None:
        self._order.clear()
        self.draw()

    def action_apply(self) -> None:
        is_unchanged = not self._order and not self._had_order
        self.finish((SortKey(self.items[self.marked]),) if is_unchanged else tuple(self._order.values()))

    def clicked(self, index: int) -> None:
        self._turn(index)
