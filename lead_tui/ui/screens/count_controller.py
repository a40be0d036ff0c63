"""Counting the loaded leads by a field; from there, show the leads with one of its values, or load all leads first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from lead_tui.leads.columns import Count, Tally, run
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import COMPUTED, NAME_OF, key_of, shows_any
from lead_tui.leads.filter_language import exactly
from lead_tui.leads.matching import same_value
from lead_tui.leads.query import Query
from lead_tui.limits import MAX_COUNTS_SHOWN, ROWS_AT_ONCE
from lead_tui.paging.search import Search
from lead_tui.paging.snapshot import Snapshot, count_by, in_turns, row_with
from lead_tui.paging.snapshot_rows import SnapshotRows
from lead_tui.ui.dialogs.count import CountChoice, CountDialog, counted_by
from lead_tui.ui.dialogs.sorting import sortable
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.narrow_sort import NarrowSortController
from lead_tui.ui.screens.status_text import joined, total_text

_FIRST: Final = ("status", "list_id", "owner_id", "state")
"""What supervisors count by."""


class CountController:
    """Counts the leads of the visible search that are loaded, or those of its snapshot."""

    def __init__(self, main: MainContext, narrow_sort: NarrowSortController) -> None:
        """*narrow_sort* gathers, loads and narrows leads."""
        self._main = main
        self._narrow_sort = narrow_sort

    def open(self) -> None:
        search = self._main.search
        if search is None or not search.answered:
            self._main.say("No leads loaded yet")
        elif search.snapshot is not None:
            self._open(search, search.snapshot.base)
        else:
            self._narrow_sort.with_loaded(search, self._open)

    def _open(self, search: Search, rows: SnapshotRows, column: str = "") -> None:
        session, snapshot = self._main.session, search.snapshot
        view = snapshot if snapshot is not None else Snapshot(rows)
        columns = [each for each in _columns(self._main.table.columns, rows.observed_keys) if not shows_any(each, session.masked)]
        if not columns:
            self._main.say("There is no field to count by")
            return
        # What was chosen before comes first; a stable sort keeps the others in their order.
        columns.sort(key=lambda each: each != column)

        tally: Tally | None = None

        async def count(column: str) -> tuple[Tally, list[Count]]:
            nonlocal tally
            counting = count_by(column, view, session.now(), MAX_COUNTS_SHOWN)
            counted = run(counting) if view.length <= ROWS_AT_ONCE else await in_turns(counting)
            tally = counted[0]
            return counted

        def chosen(choice: CountChoice) -> None:
            if search is not self._main.search:
                return
            if choice.value is None or tally is None:
                self._narrow_sort.load(search, partial(self._open, column=choice.column))
            else:
                self._select(search, row_with(choice.value, tally, view), choice)

        is_part = snapshot is None and not (rows.is_whole or rows.by_loading)
        dialog = CountDialog(
            columns,
            count,
            _which(search, rows),
            session.settings.labels,
            can_load=is_part and search.loader is not None,
            keys=session.keys,
        )
        self._main.ask(dialog, chosen)

    def _select(self, search: Search, row: Row | None, choice: CountChoice) -> None:
        """Search for the leads with the value of *choice*, which *row* has; if the API cannot, narrow the loaded ones."""
        name = counted_by(choice.column, self._main.session.settings.labels)
        query = self._query(search, row, choice)
        if query is not None:
            self._main.start(query)
            self._main.say(joined(f"{name}: {choice.text}", self._main.hint("main.back", "back")))
            return
        before = search.snapshot.narrowing.text if search.snapshot is not None else ""
        try:
            self._narrow_sort.narrow(f"{before} {exactly(choice.column, choice.value)}".strip())
        except UsageError as error:
            self._main.say(str(error), alert=True)
        else:
            self._main.say(joined(f"{name}: {choice.text}, among the loaded leads", self._main.hint("main.escape", "show all")))

    def _query(self, search: Search, row: Row | None, choice: CountChoice) -> Query | None:
        """Return the query of *search* with a filter for the value; None if the API has none, or leads are narrowed."""
        narrowed = search.snapshot is not None and search.snapshot.narrowing
        if narrowed or search.loader is None or search.query.also_in or choice.column in COMPUTED:
            return None
        masked = self._main.session.masked
        found = same_value(decode_row(row).with_masked(masked), key_of(choice.column)).query if row is not None else None
        if found is None or not masked.isdisjoint(name for name, _ in found):
            return None
        return search.query.with_checked(found)


def _columns(shown: Sequence[str], observed_keys: Sequence[str]) -> list[str]:
    """Return what leads can be counted by: the usual fields first, then the table's, then the others; a name comes with its id."""
    first = [key for key in _FIRST if key in observed_keys]
    by_id = {NAME_OF[key] for key in NAME_OF if key in observed_keys}
    others = [key for key in sortable(shown, observed_keys) if key not in by_id and key != "local_time"]
    return list(dict.fromkeys([*first, *others]))


def _which(search: Search, rows: SnapshotRows) -> str:
    """Return which leads are counted: ``200 loaded of 100,000``, ``all 3,000``, ``82 narrowed``."""
    if search.snapshot is not None and search.snapshot.narrowing:
        return f"{search.snapshot.length:,} narrowed"
    if rows.is_whole:
        return f"all {len(rows):,}"
    return f"{len(rows):,} loaded of {total_text(search) if rows.total is None else f'{rows.total:,}'}"
