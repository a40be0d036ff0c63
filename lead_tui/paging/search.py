"""One search: its query or look-up, its result, and the user's position in it.

It is loading until the first response arrives; then the whole result is shown, or instead a snapshot of it, narrowed or sorted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.decode import Row, row_ids
from lead_tui.leads.errors import Cancelled, SearchError
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.page import Page, Position, Rows, Span
from lead_tui.leads.query import Query
from lead_tui.paging.field_search import LookUpLoader
from lead_tui.paging.loader import Loader
from lead_tui.paging.result import Changes, Result, changes_in

if TYPE_CHECKING:
    # The first rows come without what narrows, sorts and loads all.
    from lead_tui.leads.columns import Steps
    from lead_tui.leads.filter_language import Narrowing
    from lead_tui.leads.sorting import SortKey
    from lead_tui.paging.snapshot import LoadAll, Snapshot
    from lead_tui.paging.snapshot_rows import SnapshotRows

Reader = Loader | LookUpLoader

Read = Callable[[Query | LookUp, Callable[[Span], None]], Reader]
"""Creates the loader of a query, or of a look-up in several fields; it reports the rows that changed to the callback."""


class Search:
    """A search for *query*, or for *lookup*; *read* creates its loader.

    *shown* is called on the event loop when other rows should be shown, *changed* when some of the rows changed.
    """

    def __init__(
        self,
        read: Read,
        shown: Callable[[Search], None],
        changed: Callable[[Search, Span], None],
        query: Query,
        name: str = "",
        lookup: LookUp | None = None,
        sort: tuple[str, ...] = (),
        columns: tuple[str, ...] = (),
    ) -> None:
        self.query = query  # its dates may be relative
        self.name = name  # of its saved query, "" without one
        self.lookup = lookup
        self.columns = columns  # the columns to show; none for those of every search
        self.given_sort = sort  # the columns by which its saved query is sorted, descending ones with a leading ``-``
        self.is_sort_done = False  # whether that sort has been applied, or offered
        self.opened = False  # whether its only hit has been opened
        self.refresh_error: SearchError | None = None  # why the last refresh did not replace the rows
        self.news = ""  # a message to show once
        self.snapshot: Snapshot | None = None  # shown instead of the whole result
        self.load: LoadAll | None = None  # is loading the whole result, or has loaded it
        self.load_task: asyncio.Task[None] | None = None
        self.refresh: Reader | None = None  # requests the same search again, while the earlier rows are still shown
        self._read = read
        self._shown = shown
        self._changed = changed
        self._snapshot_position = Position()
        self.reader = self._new_reader(lookup if lookup is not None and len(lookup.parts) > 1 else query)

    # What is shown

    @property
    def rows(self) -> Rows:
        """The rows that are shown."""
        return self.whole if self.snapshot is None else self.snapshot

    @property
    def position(self) -> Position:
        """The user's position in the rows that are shown."""
        return self.reader.position if self.snapshot is None else self._snapshot_position

    @property
    def whole(self) -> Rows:
        """The rows of the whole result, even while a snapshot is shown."""
        return self.reader.rows

    @property
    def filters(self) -> Query:
        """``query`` in one field: for a name in two, the field of first names if no lead has the name as a last name."""
        rows = self.whole
        has_others_only = isinstance(rows, Result) and rows.others_from == 0 and rows.length > 0
        return self.query.in_each_field[-1 if has_others_only else 0]

    @property
    def loader(self) -> Loader | None:
        """Its loader, if it is loaded by pages; None for a look-up in several fields."""
        return self.reader if isinstance(self.reader, Loader) else None

    @property
    def answered(self) -> bool:
        return self.snapshot is not None or self.reader.answered

    @property
    def has_outcome(self) -> bool:
        """Whether the first rows, or a failure, have arrived."""
        return self.answered or self.problem is not None

    @property
    def has_first_page(self) -> bool:
        """Whether a page of rows has arrived, or all that comes of it: the first request is for less than a page."""
        rows = self.whole
        is_short = isinstance(rows, Result) and rows.loaded < limits.PAGE_ROWS and self.problem is None
        return self.snapshot is not None or (self.has_outcome and not (is_short and self.reader.loading))

    @property
    def loading(self) -> bool:
        """Whether anything is in progress for it."""
        return self.reader.loading or self.refresh is not None or self.loading_all

    @property
    def loading_all(self) -> bool:
        return self.load_task is not None and not self.load_task.done()

    @property
    def received(self) -> int:
        """How many rows were received to be shown, and are kept."""
        return self.whole.loaded if isinstance(self.whole, Result) else self.whole.length

    @property
    def snapshot_rows(self) -> SnapshotRows | None:
        """The leads to narrow, sort and count: those that ``load`` loaded, once it has ended, else those of the snapshot, of which
        the result may have dropped some since; None without both."""
        if self.load is not None and not self.loading_all and len(self.load.rows):
            return self.load.rows
        return self.snapshot.base if self.snapshot is not None else None

    @property
    def rows_held(self) -> int:
        """How many leads are kept for narrowing and sorting."""
        rows = self.load.rows if self.load is not None else self.snapshot.base if self.snapshot is not None else ()
        return len(rows)

    @property
    def loaded(self) -> int:
        """How many leads are loaded: those that ``load`` loaded, else those received to be shown."""
        return len(self.snapshot_rows) if self.snapshot_rows is not None else self.received

    @property
    def has_loaded_all(self) -> bool:
        """Whether all leads were loaded, up to the limit."""
        return self.load is not None and self.load.finished

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The fields of a look-up that have not been answered yet, while others have."""
        return self.reader.waits_for if isinstance(self.reader, LookUpLoader) and self.reader.answered else ()

    @property
    def problem(self) -> SearchError | None:
        """The last failure that has not been resolved."""
        return self.reader.error

    @property
    def sort(self) -> tuple[str, ...]:
        """The columns by which it is, or will be, sorted."""
        return tuple(map(str, self.order)) or self.given_sort

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
            self.reader.show()

    def pause(self) -> None:
        """Stop loading, since another search is shown."""
        self._stop_beside()
        self.reader.pause()

    def cancel(self) -> None:
        """Stop loading because the user cancelled; received rows stay, the others say so."""
        self.cancel_refresh()
        self._stop_beside()
        if self.reader.loading:
            self.reader.cancel()
        self._changed(self, Span(self.position.top, self.position.top + self.position.height))

    def cancel_refresh(self) -> None:
        """Keep the rows that are shown, since they are being narrowed or sorted."""
        self._end_refresh(Cancelled())

    def close(self) -> None:
        """Stop loading for good."""
        self._stop_beside()
        self.reader.close()

    def _stop_beside(self) -> None:
        self._end_refresh()
        if self.load_task is not None:
            self.load_task.cancel()

    def _end_refresh(self, error: SearchError | None = None) -> None:
        if self.refresh is not None:
            self.refresh.close()
            self.refresh, self.refresh_error = None, error

    def shrink(self, *, view: bool = True) -> None:
        """Keep only the pages in *view*, or none, for a search that waits in the background: they can be requested again."""
        if isinstance(self.reader, Loader):
            self.reader.rows.shrink(self.reader.view if view else None)

    # Refresh

    def again(self) -> None:
        """Retry what failed; if nothing did, run the same search again and keep the lead under the cursor."""
        self.refresh_error = None
        was_snapshot = self.snapshot is not None
        self.drop_snapshot()
        if was_snapshot:
            self._shown(self)
        if self.reader.has_failures:
            self.reader.retry()
        elif self.refresh is None:
            refresh = self.refresh = self._new_reader(self.query if self.loader is not None or self.lookup is None else self.lookup)
            refresh.position = replace(self.reader.position)
            refresh.show()
        self._changed(self, Span(0, 0))

    def _new_reader(self, request: Query | LookUp) -> Reader:
        reader: Reader = self._read(request, lambda span: self._reader_changed(reader, span))
        return reader

    def _reader_changed(self, reader: Reader, span: Span) -> None:
        if reader is self.refresh:
            self._refresh_changed(reader)
        elif reader is not self.reader:
            return
        elif self.snapshot is not None:
            # The new rows belong to the whole result, which is not shown.
            self._changed(self, Span(0, 0))
        elif self.lookup is not None and self.lookup.otherwise and self._found_nothing:
            self._search_next_field(self.lookup)
        else:
            self._changed(self, span)

    @property
    def _found_nothing(self) -> bool:
        return self.loader is not None and self.answered and not self.whole.length

    def _refresh_changed(self, reader: Reader) -> None:
        if reader.answered and not (reader.loading and isinstance(reader, LookUpLoader)):
            self._show_refresh(reader)
        elif reader.error is not None:
            self._end_refresh(reader.error)
            self._changed(self, Span(0, 0))

    def _show_refresh(self, reader: Reader) -> None:
        """Replace the rows with the newer ones; the cursor stays on its lead if that is near."""
        self.refresh = None
        self.leave()
        if not self.loading_all:
            # A load that was started after the refresh is as new.
            self.drop_snapshot()
        before, self.reader = self.reader, reader
        before.close()
        notes = []
        old, new = before.rows, reader.rows
        counts = [None if isinstance(rows, Result) and not rows.total_is_sure else rows.total for rows in (old, new)]
        if None not in counts and counts[0] != counts[1]:
            notes.append(f"the total changed from {counts[0]:,} to {counts[1]:,}")
        position = reader.position = replace(before.position)
        lead = old.lead(position.cursor)
        if lead is not None and lead.lead_id:
            near = Span(position.cursor - limits.PAGE_ROWS, position.cursor + limits.PAGE_ROWS)
            row = new.find(lead.lead_id, near)
            if row is None:
                notes.append("the lead has moved away, the cursor stays on its row")
            else:
                position.top = max(0, position.top + row - position.cursor)
                position.cursor = row
        self.news = f"Searched again: {', '.join(notes)}" if notes else "Searched again"
        self._shown(self)

    def add_refresh(self, page: Page) -> Changes:
        """Replace rows with those of *page*, a newer response for the query; the cursor stays on its lead. Return the changes."""
        loader = self.loader
        if loader is None:
            return Changes()
        result, position = loader.rows, loader.position
        known = {identity: row for rows, ids in result.parts() for row, identity in zip(rows, ids, strict=True) if identity}
        changes = changes_in(page, known, result.total)
        old = enumerate(page.ids, page.offset)
        is_in_place = page.total == result.total and all(result.id_at(index) in (None, identity) for index, identity in old)
        if is_in_place and not changes:
            return changes
        lead = result.lead(position.cursor)
        if not is_in_place:
            # Leads were inserted or deleted: the rows of other pages have moved.
            result.shrink(None)
        span = result.add_page(page)
        result.moved_from = None
        row = result.find(lead.lead_id, span) if lead is not None and lead.lead_id else None
        if row is not None:
            # At the top it stays there, so that new leads come into view.
            if position.top or row >= position.height:
                position.top = max(0, position.top + row - position.cursor)
            position.cursor = row
        self._changed(self, span)
        loader.show()
        return changes

    def _search_next_field(self, lookup: LookUp) -> None:
        """Search the next field of *lookup*, since nothing matches in the first one."""
        self.reader.close()
        (_, self.query), *rest = lookup.otherwise
        self.lookup = replace(lookup, parts=(*lookup.parts, lookup.otherwise[0]), otherwise=tuple(rest))
        position, self.reader = self.reader.position, self._new_reader(self.query)
        self.reader.position = position
        self._shown(self)

    # Snapshots

    def loaded_rows(self) -> Sequence[Row]:
        """Return those of the rows shown that are loaded, without repeated leads."""
        rows = self.snapshot or self.snapshot_rows or self.reader.rows
        if not isinstance(rows, Result):
            return rows.rows
        known: dict[object, Row] = {}
        for row, number in (pair for part in rows.parts() for pair in zip(*part, strict=True)):
            # Leads without an id are all kept, since repeats cannot be recognized.
            known.setdefault(number or object(), row)
        return list(known.values())

    def take_snapshot(self, most: int) -> Steps[SnapshotRows]:
        """Return a snapshot of the loaded rows, at most *most*."""
        from lead_tui.paging.snapshot_rows import take_snapshot

        rows = self.reader.rows
        if isinstance(rows, Result):
            return take_snapshot(rows.parts(), most, rows.length if rows.end_is_sure else None)
        notes = {index: rows.note(index) for index in range(rows.length)}
        return take_snapshot([(rows.rows, row_ids(rows.rows))], most, None if self.reader.loading else rows.total, notes)

    def enter(self, snapshot: Snapshot, cursor: int = 0) -> None:
        """Show *snapshot* instead of the result or of another snapshot."""
        self.snapshot = snapshot
        self._snapshot_position = Position(cursor, cursor, self.reader.position.height)

    def leave(self) -> bool:
        """Show the whole result again at its position; return whether a snapshot was shown."""
        was_shown, self.snapshot = self.snapshot is not None, None
        return was_shown

    def drop_snapshot(self) -> None:
        """Leave the snapshot, and free the rows that were loaded, or are being loaded, for snapshots."""
        self.leave()
        if self.load_task is not None:
            self.load_task.cancel()
        self.load = None
