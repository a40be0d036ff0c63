"""One search: what was asked, what came of it, and where the user stands in it.

It is loading until the first response comes; then the whole result is shown, or a snapshot of it, narrowed or sorted, in its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.decode import row_ids
from lead_tui.leads.errors import SearchError
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.page import Position, Rows
from lead_tui.leads.query import Query
from lead_tui.paging.grid import Span
from lead_tui.paging.loader import Loader
from lead_tui.paging.parts import PartsLoader
from lead_tui.paging.result import Result

if TYPE_CHECKING:
    # The first rows come without what narrows, sorts and loads all.
    from lead_tui.leads.sorting import Steps
    from lead_tui.paging.load_all import LoadAll
    from lead_tui.paging.snapshot import Snapshot, SnapshotRows

Reader = Loader | PartsLoader
"""What loads a result: by pages, or the parts of a look-up."""

Read = Callable[[Query | LookUp, Callable[[Span], None]], Reader]
"""Makes what loads a query or a look-up in several fields, and reports the rows that changed."""


class State(Enum):
    """What of a search is shown."""

    LOADING = auto()
    """Nothing has come yet."""
    WHOLE = auto()
    SNAPSHOT = auto()


class Search:
    """A search for *query*, or for what the look-up *asked* asks; *read* makes what loads it.

    *shown* is called on the event loop when other rows are to be shown, *changed* when some of them are different now.
    """

    def __init__(
        self,
        read: Read,
        shown: Callable[[Search], None],
        changed: Callable[[Search, Span], None],
        query: Query,
        name: str = "",
        asked: LookUp | None = None,
        sort: tuple[str, ...] = (),
        columns: tuple[str, ...] = (),
    ) -> None:
        self.query = query
        """As it was meant: relative dates are kept."""
        self.name = name
        """Of the saved query it came from."""
        self.asked = asked
        """The look-up it belongs to."""
        self.columns = columns
        """The columns it is shown with; none for those of every search."""
        self.given_sort = sort
        """The columns by which its saved query is to be sorted, descending ones led by ``-``."""
        self.sort_told = False
        """Whether that has been done, or offered."""
        self.opened = False
        """Whether its only hit has been opened."""
        self.notice = ""
        """Something to tell once, in words."""
        self.snapshot: Snapshot | None = None
        """What is shown in place of the whole result."""
        self.load: LoadAll | None = None
        """Loads all of it, or has."""
        self.load_task: asyncio.Task[None] | None = None
        self.held: SnapshotRows | None = None
        """What that brought."""
        self.refresh: Reader | None = None
        """Asks for the same search again, while the rows that came before are still shown."""
        self._read = read
        self._shown = shown
        self._changed = changed
        self._snapshot_position = Position()
        self.reader = self._new_reader(asked if asked is not None and len(asked.parts) > 1 else query)

    # What is shown

    @property
    def state(self) -> State:
        """What of it is shown."""
        if self.snapshot is not None:
            return State.SNAPSHOT
        return State.WHOLE if self.reader.answered else State.LOADING

    @property
    def rows(self) -> Rows:
        """The rows that are shown."""
        return self.whole if self.snapshot is None else self.snapshot

    @property
    def position(self) -> Position:
        """Where the user stands in them."""
        return self.reader.position if self.snapshot is None else self._snapshot_position

    @property
    def whole(self) -> Rows:
        """The rows of the whole result, a snapshot shown or not."""
        return self.reader.rows

    @property
    def loader(self) -> Loader | None:
        """What loads it by pages; None for a look-up in several fields."""
        return self.reader if isinstance(self.reader, Loader) else None

    @property
    def answered(self) -> bool:
        """Whether any response has come."""
        return self.state is not State.LOADING

    @property
    def loading(self) -> bool:
        """Whether anything is in progress for it."""
        return self.reader.loading or self.refresh is not None or self.loading_all

    @property
    def loading_all(self) -> bool:
        """Whether all of it is being loaded."""
        return self.load_task is not None and not self.load_task.done()

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The fields of a look-up that have not been answered, while others have."""
        return self.reader.waits_for if isinstance(self.reader, PartsLoader) and self.reader.answered else ()

    @property
    def problem(self) -> SearchError | None:
        """The last failure that has not been made good."""
        return self.reader.error

    @property
    def sort(self) -> tuple[str, ...]:
        """The columns by which it is sorted, or is to be."""
        return self.given_sort if self.snapshot is None else tuple(map(str, self.snapshot.order))

    # In view and out of view

    def show(self) -> None:
        """It is shown, or its view moved: request what is missing in view."""
        if self.snapshot is None:
            self.reader.show()

    def pause(self) -> None:
        """Another search is shown: stop loading."""
        self._stop_beside()
        self.reader.pause()

    def cancel(self) -> None:
        """Stop loading at the user's wish; what came stays, and what did not says why."""
        if self.refresh is not None:
            self.notice = "Refresh cancelled · these are the rows from before"
        self._stop_beside()
        if self.reader.loading:
            self.reader.cancel()
        self._changed(self, Span(self.position.top, self.position.top + self.position.height))

    def close(self) -> None:
        """Stop loading for good."""
        self._stop_beside()
        self.reader.close()

    def _stop_beside(self) -> None:
        if self.refresh is not None:
            self.refresh.close()
            self.refresh = None
        if self.load_task is not None:
            self.load_task.cancel()

    def shrink(self) -> None:
        """Keep only the pages in view, for a search that waits in the background."""
        if isinstance(self.reader, Loader):
            self.reader.result.shrink(self.reader.view)

    # Again

    def again(self) -> None:
        """Retry what failed; where nothing has, run the same search again and keep to the lead under the cursor."""
        self.notice = ""
        was_snapshot = self.snapshot is not None
        self.forget_held()
        if was_snapshot:
            self._shown(self)
        if self.reader.has_failures:
            self.reader.retry()
        elif self.refresh is None:
            refresh = self.refresh = self._new_reader(self.query if self.loader is not None or self.asked is None else self.asked)
            refresh.position = replace(self.reader.position)
            refresh.show()
        self._changed(self, Span(0, 0))

    def _new_reader(self, asked: Query | LookUp) -> Reader:
        reader: Reader = self._read(asked, lambda span: self._reader_changed(reader, span))
        return reader

    def _reader_changed(self, reader: Reader, span: Span) -> None:
        if reader is self.refresh:
            self._refresh_changed(reader)
        elif reader is not self.reader:
            return
        elif self.snapshot is not None:
            # The rows that came are of the whole result, which is not shown.
            self._changed(self, Span(0, 0))
        elif self.asked is not None and self.asked.otherwise and self._found_nothing:
            self._look_elsewhere(self.asked)
        else:
            self._changed(self, span)

    @property
    def _found_nothing(self) -> bool:
        return self.loader is not None and self.answered and not self.whole.length

    def _refresh_changed(self, reader: Reader) -> None:
        if reader.answered and not (reader.loading and isinstance(reader, PartsLoader)):
            self._take_refresh(reader)
        elif reader.error is not None:
            self.notice = f"{reader.error} · these are the rows from before"
            self.refresh = None
            reader.close()
            self._changed(self, Span(0, 0))

    def _take_refresh(self, reader: Reader) -> None:
        """Put the newer rows in the place of the older, and the cursor on the same lead where that is near."""
        self.refresh = None
        self.leave()
        if not self.loading_all:
            # A load that was begun since reads the same search, and is as new.
            self.forget_held()
        before, self.reader = self.reader, reader
        before.close()
        told = []
        old, new = before.rows, reader.rows
        if old.total is not None and new.total is not None and old.total != new.total:
            told.append(f"the total moved from {old.total:,} to {new.total:,}")
        position = reader.position = replace(before.position)
        lead = old.lead(position.cursor)
        if lead is not None and lead.lead_id:
            near = Span(position.cursor - limits.PAGE_ROWS, position.cursor + limits.PAGE_ROWS)
            row = new.find(lead.lead_id, near)
            if row is None:
                told.append("the lead is no longer near, the cursor stays on its row")
            else:
                position.top = max(0, position.top + row - position.cursor)
                position.cursor = row
        self.notice = f"Searched again: {', '.join(told)}" if told else "Searched again"
        self._shown(self)

    def _look_elsewhere(self, asked: LookUp) -> None:
        """A look-up's first field holds nothing: ask the next one."""
        self.reader.close()
        (_, self.query), *rest = asked.otherwise
        self.asked = replace(asked, parts=(*asked.parts, asked.otherwise[0]), otherwise=tuple(rest))
        position, self.reader = self.reader.position, self._new_reader(self.query)
        self.reader.position = position
        self._shown(self)

    # Snapshots

    def hold_loaded(self, most: int) -> Steps[SnapshotRows]:
        """What is loaded now, *most* rows at most."""
        from lead_tui.paging.snapshot import hold

        rows = self.reader.rows
        if isinstance(rows, Result):
            return hold(rows.parts(), most, rows.total if rows.total_is_sure else None)
        notes = {index: rows.note(index) for index in range(rows.length)}
        return hold([(rows.rows, row_ids(rows.rows))], most, rows.length, notes)

    def enter(self, snapshot: Snapshot, cursor: int = 0) -> None:
        """Show *snapshot* in place of the result, or of another snapshot."""
        self.snapshot = snapshot
        self._snapshot_position = Position(cursor, cursor, self.reader.position.height)

    def leave(self) -> bool:
        """Show the whole result again, where it was; whether a snapshot was shown."""
        was_shown, self.snapshot = self.snapshot is not None, None
        return was_shown

    def forget_held(self) -> None:
        """Leave the snapshot, and let go of what is held for one."""
        self.leave()
        self.load = self.held = None
