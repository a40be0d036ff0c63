"""One search: its query or look-up, its result, and the user's position in it.

It is loading until the first response arrives; then the whole result is shown, or instead a snapshot of it, narrowed or sorted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.errors import Cancelled, SearchError
from lead_tui.leads.lead import Row
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.page import Page, PageSource, Position, Rows
from lead_tui.leads.query import Query
from lead_tui.paging.loader import Loader
from lead_tui.paging.page_sources import FieldSearches, plausible_total
from lead_tui.paging.result import Result, changes_in

if TYPE_CHECKING:
    # The first rows come without what narrows, sorts and loads all.
    from lead_tui.leads.columns import SortKey
    from lead_tui.leads.filter_language import Narrowing
    from lead_tui.paging.read_all import LoadAll
    from lead_tui.paging.snapshot import Snapshot, SnapshotRows


class Search(Struct, eq=False):
    """A search of *source* for *query*, or *lookup*, as of *today*. The listeners are called on the event loop."""

    source: PageSource
    today: Callable[[], date]
    cache_bytes: int  # of rows that are kept
    shown: Callable[[Search], None]  # called when other rows should be shown
    changed: Callable[[Search, range], None]  # called when some of the rows changed
    query: Query  # its dates may be relative
    name: str = ""  # of its saved query, "" without one
    lookup: LookUp | None = None
    given_sort: tuple[str, ...] = ()  # the columns by which its saved query is sorted, descending ones with a leading ``-``
    columns: tuple[str, ...] = ()  # the columns to show; none for those of every search

    is_merged: bool = False  # whether it finds leads in several fields at the same time
    is_sort_done: bool = False  # whether ``given_sort`` has been applied, or offered
    opened: bool = False  # whether its only hit has been opened
    refresh_error: SearchError | None = None  # why the last refresh did not replace the rows
    news: str = ""  # a message to show once
    snapshot: Snapshot | None = None  # shown instead of the whole result
    load: LoadAll | None = None  # is loading the whole result, or has loaded it
    load_task: asyncio.Task[None] | None = None
    refresh: Loader | None = None  # requests the same search again, while the earlier rows are still shown
    loader: Loader = None  # type: ignore[assignment]  # created below

    def __post_init__(self) -> None:
        self.is_merged = self.lookup is not None and len(self.lookup.parts) > 1
        self.loader = self._new_loader()

    # What is shown

    @property
    def rows(self) -> Rows:
        return self.snapshot or self.whole

    @property
    def position(self) -> Position:
        """The user's position in the rows that are shown."""
        return (self.snapshot or self.loader).position

    @property
    def whole(self) -> Result:
        """The rows of the whole result, even while a snapshot is shown."""
        return self.loader.rows

    @property
    def has_outcome(self) -> bool:
        """Whether the first rows, or a failure, have arrived."""
        return self.whole.answered or self.loader.error is not None

    @property
    def has_first_page(self) -> bool:
        """Whether a page of rows has arrived, or all that comes of it: the first request is for less than a page."""
        is_short = self.whole.loaded < limits.PAGE_ROWS and self.loader.error is None and not self.is_merged
        return self.snapshot is not None or (self.has_outcome and not (is_short and self.loader.loading))

    @property
    def loading(self) -> bool:
        """Whether anything is in progress for it."""
        return self.loader.loading or self.refresh is not None or self.loading_all

    @property
    def loading_all(self) -> bool:
        return self.load_task is not None and not self.load_task.done()

    @property
    def snapshot_rows(self) -> SnapshotRows | None:
        """The leads to narrow, sort and count: those that ``load`` loaded, once it has ended, else those of the snapshot, of which
        the result may have dropped some since; None without both."""
        if self.load is not None and not self.loading_all and len(self.load.rows):
            return self.load.rows
        return self.snapshot.base if self.snapshot is not None else None

    @property
    def loaded(self) -> int:
        """How many leads are loaded: those that ``load`` loaded, else those received to be shown."""
        return len(self.snapshot_rows) if self.snapshot_rows is not None else self.whole.loaded

    @property
    def has_all(self) -> bool:
        """Whether no other lead can be loaded."""
        is_finished = self.load is not None and self.load.finished
        return self.is_merged or is_finished or (self.whole.has_end and self.loaded >= self.whole.length)

    @property
    def order(self) -> tuple[SortKey, ...]:
        """The columns by which the snapshot is sorted; none without one."""
        return () if self.snapshot is None else self.snapshot.order

    @property
    def narrowing(self) -> Narrowing | None:
        return None if self.snapshot is None else self.snapshot.narrowing

    # In view and out of view

    def show(self) -> None:
        """Request what is missing in view: it is shown, or its view moved."""
        if self.snapshot is None:
            self.loader.show()

    def pause(self) -> None:
        """Stop loading, since another search is shown."""
        self._stop_beside()
        self.loader.pause()

    def cancel(self) -> None:
        """Stop loading because the user canceled; received rows stay, the others say so."""
        self._stop_beside(Cancelled())
        if self.loader.loading:
            self.loader.cancel()
        self.changed(self, self.loader.view)

    def _stop_beside(self, error: SearchError | None = None) -> None:
        self.end_refresh(error)
        if self.load_task is not None:
            self.load_task.cancel()

    def end_refresh(self, error: SearchError | None = None) -> None:
        """Keep the rows that are shown; *error* says why."""
        if self.refresh is not None:
            self.refresh.pause()
            self.refresh, self.refresh_error = None, error

    # Refresh

    def again(self) -> None:
        """Retry what failed; if nothing did, run the same search again and keep the lead under the cursor."""
        self.refresh_error = None
        was_snapshot = self.snapshot is not None
        self.drop_snapshot()
        if was_snapshot:
            self.shown(self)
        if self.loader.error is not None or not self.whole.answered or self.whole.has_failures:
            self.loader.retry()
        elif self.refresh is None:
            refresh = self.refresh = self._new_loader()
            refresh.position = replace(self.loader.position)
            refresh.show()
        self.changed(self, range(0))

    def _new_loader(self) -> Loader:
        today = self.today()
        parts = self.lookup.parts if self.is_merged and self.lookup is not None else ()
        source = FieldSearches(self.source, parts, today) if parts else self.source
        result = Result(self.query.dated(today), self.cache_bytes)
        loader: Loader = Loader(source, result, lambda span: self._loader_changed(loader, span))
        return loader

    def _loader_changed(self, loader: Loader, span: range) -> None:
        if loader is self.refresh:
            if loader.rows.answered and not loader.rows.fields.waits_for:
                self._show_refresh(loader)
            elif loader.error is not None:
                self.end_refresh(loader.error)
                self.changed(self, range(0))
        elif self.lookup is not None and self.lookup.otherwise and self.whole.answered and not self.whole.length:
            self._search_next_field(self.lookup)
        else:
            # Beside a snapshot, the new rows belong to the whole result, which is not shown.
            self.changed(self, range(0) if self.snapshot is not None else span)

    def _show_refresh(self, loader: Loader) -> None:
        """Replace the rows with the newer ones; the cursor stays on its lead if that is near."""
        self.refresh = self.snapshot = None
        if not self.loading_all:
            # A load that was started after the refresh is as new.
            self.drop_snapshot()
        before, self.loader = self.loader, loader
        before.pause()
        old, new = before.rows, loader.rows
        self.news = "Searched again"
        if None not in (old.total, new.total) and old.total != new.total and not (old.fields.lacks_leads or new.fields.lacks_leads):
            self.news += f": the total changed from {old.total:,} to {new.total:,}"
        position = loader.position = replace(before.position)
        self._follow(old.id_at(position.cursor), range(position.cursor - limits.PAGE_ROWS, position.cursor + limits.PAGE_ROWS))
        self.shown(self)

    def add_refresh(self, page: Page) -> dict[int, frozenset[str]]:
        """Replace rows with those of *page*, a newer one; the cursor stays on its lead. Return the changes (``changes_in``)."""
        result = self.whole
        known = {identity: row for rows, ids in result.parts() for row, identity in zip(rows, ids, strict=True) if identity}
        changes = changes_in(page, known, result.total)
        is_in_place = plausible_total(page) == result.total and all(
            result.id_at(index) in (None, identity) for index, identity in enumerate(page.ids, page.offset)
        )
        if is_in_place and not changes:
            return changes
        lead = result.id_at(self.loader.position.cursor)
        if not is_in_place:
            # Leads were inserted or deleted: the rows of other pages have moved.
            result.shrink(None)
        span = result.add_page(page)
        result.moved_from = None
        self._follow(lead, span)
        self.changed(self, span)
        self.loader.show()
        return changes

    def _follow(self, lead: int | None, near: range) -> None:
        """Move the cursor, and the view with it, to the row of the *lead* with this number if that is within *near*."""
        position, result = self.loader.position, self.whole
        row = next((index for index in near if lead and result.id_at(index) == lead), None)
        if row is not None:
            # At the top the view stays there, so that new leads come into view.
            if position.top or row >= position.height:
                position.top = max(0, position.top + row - position.cursor)
            position.cursor = row

    def _search_next_field(self, lookup: LookUp) -> None:
        """Search the next field of *lookup*, since nothing matches in the first one."""
        self.loader.pause()
        (_, self.query), *rest = lookup.otherwise
        self.lookup = replace(lookup, parts=(*lookup.parts, lookup.otherwise[0]), otherwise=tuple(rest))
        position, self.loader = self.loader.position, self._new_loader()
        self.loader.position = position
        self.shown(self)

    # Snapshots

    def loaded_rows(self) -> Sequence[Row]:
        """Return those of the rows shown that are loaded, without repeated leads."""
        from lead_tui.leads.columns import run
        from lead_tui.paging.snapshot import Snapshot, take_snapshot

        shown = self.snapshot or Snapshot(self.snapshot_rows or run(take_snapshot(self.whole, limits.LOAD_ALL_LIMIT)))
        return shown.rows

    def drop_snapshot(self) -> None:
        """Leave the snapshot, and free the rows that were loaded, or are being loaded, for snapshots."""
        self.snapshot = None
        if self.load_task is not None:
            self.load_task.cancel()
        self.load = None
