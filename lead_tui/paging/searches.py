"""The searches of a session: the one in sight, and those before it to go back to.

Each search is a generation of its own: answers to an older one are never taken. Nothing here knows the screen; it is told what
changed through a listener.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from lead_tui import tuning
from lead_tui.leads.decode import row_ids
from lead_tui.leads.errors import SearchError
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.page import PageSource
from lead_tui.leads.query import Query
from lead_tui.leads.rows import Rows
from lead_tui.paging.grid import Span
from lead_tui.paging.loader import Loader
from lead_tui.paging.merged import Merged, ask_all
from lead_tui.paging.result import Result

if TYPE_CHECKING:
    # The first rows come without what narrows, sorts and loads all.
    from lead_tui.leads.ordering import Steps
    from lead_tui.paging.load_all import LoadAll
    from lead_tui.paging.snapshot import Held, Snapshot


class Search(Struct):
    """What was asked, what came of it so far, and where the person stands in it."""

    query: Query
    """As it was meant: relative dates are kept."""
    name: str = ""
    """Of the saved query it came from."""
    asked: LookUp | None = None
    """The look-up it belongs to."""
    rows: Rows = field(default_factory=Merged)
    loader: Loader | None = None
    """None for a look-up in several fields, which is asked once and merged."""
    error: SearchError | None = None
    """Why a merged look-up brought nothing at all."""
    notice: str = ""
    """Something to tell once, in words."""
    cursor: int = 0
    top: int = 0
    task: asyncio.Task[None] | None = None
    opened: bool = False
    """Whether its only hit has been opened."""
    columns: tuple[str, ...] = ()
    """The columns it is shown with; none for those of every search."""
    successor: Loader | None = None
    """Asks for the same search again, while the rows that came before are still shown."""
    given_sort: tuple[str, ...] = ()
    """The columns by which its saved query is to be sorted, descending ones led by ``-``."""
    sort_told: bool = False
    """Whether that has been done, or offered."""
    snapshot: Snapshot | None = None
    """What is shown in place of the whole result: ``rows``, then, is this."""
    load: LoadAll | None = None
    """Loads all of it, or has."""
    load_task: asyncio.Task[None] | None = None
    held: Held | None = None
    """What that brought."""
    left: tuple[Rows, int, int] | None = None
    """The whole result, its cursor and its top, while a snapshot is shown."""

    @property
    def loading(self) -> bool:
        """Whether anything is under way for it."""
        return bool(
            (self.loader is not None and self.loader.loading)
            or self.successor is not None
            or (self.task and not self.task.done())
            or self.loading_all
        )

    @property
    def loading_all(self) -> bool:
        """Whether all of it is being loaded."""
        return self.load_task is not None and not self.load_task.done()

    @property
    def whole(self) -> Rows:
        """The rows of the whole result, a snapshot shown or not."""
        return self.left[0] if self.left is not None else self.rows

    @property
    def sort(self) -> tuple[str, ...]:
        """The columns by which it is sorted, or is to be."""
        return self.given_sort if self.snapshot is None else tuple(map(str, self.snapshot.order))

    def hold_loaded(self, most: int) -> Steps[Held]:
        """What is loaded now, *most* rows at most."""
        from lead_tui.paging.snapshot import hold

        rows = self.whole
        if isinstance(rows, Result):
            return hold(rows.parts(), most, rows.total if rows.total_is_sure else None)
        merged = rows.rows if isinstance(rows, Merged) else []
        notes = {index: rows.note(index) for index in range(len(merged))}
        return hold([(merged, row_ids(merged))], most, len(merged), notes)

    def enter(self, snapshot: Snapshot, cursor: int = 0) -> None:
        """Show *snapshot* in place of the result, or of another snapshot."""
        if self.left is None:
            self.left = self.rows, self.cursor, self.top
        self.snapshot = self.rows = snapshot
        self.cursor = self.top = cursor

    def leave(self) -> bool:
        """Go back to the whole result, where it was; whether a snapshot was shown."""
        if self.left is None:
            return False
        self.rows, self.cursor, self.top = self.left
        self.left = self.snapshot = None
        return True

    def forget_held(self) -> None:
        """Leave the snapshot, and let go of what is held for one."""
        self.leave()
        self.load = self.held = None

    @property
    def answered(self) -> bool:
        """Whether any answer has come."""
        if self.snapshot is not None:
            return True
        if self.loader is not None:
            return self.loader.result.answered
        return self.task is not None and self.task.done() and self.error is None

    @property
    def problem(self) -> SearchError | None:
        """What failed last and has not been made good."""
        return self.error if self.loader is None else self.loader.error


class SearchListener(Protocol):
    """Who shows the search in sight. Called on the event loop."""

    def note_place(self, search: Search) -> None:
        """Set ``search.cursor`` and ``search.top`` to where the person stands now: other rows or another search are coming."""
        ...

    def search_shown(self, search: Search) -> None:
        """Another search is in sight, or other rows of the same one: at ``search.cursor`` and ``search.top``."""
        ...

    def rows_changed(self, search: Search, span: Span) -> None:
        """Rows of the search in sight came or failed; an empty span when only something about it changed."""
        ...


class Searches:
    """Starts searches, and keeps the ones before."""

    def __init__(self, source: PageSource, today: Callable[[], date], cache_bytes: int, listener: SearchListener) -> None:
        self.current: Search | None = None
        self._source = source
        self._today = today
        self._cache_bytes = cache_bytes
        self._listener = listener
        self._before: list[Search] = []

    def start(
        self, query: Query, name: str = "", asked: LookUp | None = None, sort: tuple[str, ...] = (), columns: tuple[str, ...] = ()
    ) -> Search:
        """Search for *query* in place of what is in sight; an older search still under way is given up.

        *sort* is how the saved query *name* is to be sorted. Raises ``FilterError`` for a relative date that no calendar has.
        """
        search = Search(query, name, asked, given_sort=sort, columns=columns)
        search.loader = self._loader(search, query.dated(self._today()))
        search.rows = search.loader.result
        self._put_in_sight(search)
        return search

    def look_up(self, asked: LookUp) -> Search:
        """Look *asked* up. A single field is a search as any other; several are asked at once and merged."""
        if len(asked.parts) == 1:
            return self.start(asked.parts[0][1], asked=asked)
        search = Search(Query(), asked=asked)
        search.task = asyncio.create_task(self._merge(search, asked))
        self._put_in_sight(search)
        return search

    def back(self) -> bool:
        """Put the search before in sight again, as it stood. Nothing is asked. False where there is none."""
        if not self._before:
            return False
        self._note_place()
        if self.current is not None:
            _give_up(self.current)
        self.current = self._before.pop()
        self._listener.search_shown(self.current)
        return True

    def again(self) -> None:
        """Try again what failed; where nothing has, run the same search again and keep to the lead under the cursor."""
        search = self.current
        if search is None:
            return
        search.notice = ""
        self._note_place()
        if search.leave():
            self._listener.search_shown(search)
        search.forget_held()
        if search.loader is None:
            if search.asked is not None:
                _give_up(search)
                search.error = None
                search.task = asyncio.create_task(self._merge(search, search.asked))
                self._listener.rows_changed(search, Span(0, 0))
        elif search.loader.result.failures or search.problem is not None or not search.answered:
            search.loader.retry()
        elif search.successor is None:
            search.successor = self._loader(search, search.query.dated(self._today()))
            search.successor.show(Span(search.top, search.top + tuning.FIRST_ROWS))
            self._listener.rows_changed(search, Span(0, 0))

    def load_all(self, limit: int) -> LoadAll | None:
        """Begin to load all of the search in sight, *limit* rows at most; or go on, where that failed or was stopped.

        None where it cannot be loaded: a look-up in several fields is all there is.
        """
        from lead_tui.paging.load_all import LoadAll

        search = self.current
        if search is None or search.loader is None:
            return None
        under_way = search.load_task is not None and not search.load_task.done() and not search.load_task.cancelling()
        if search.load is None or not search.load.can_go_on:
            if search.load_task is not None:
                search.load_task.cancel()
            under_way = False
            result = search.loader.result
            total = result.total if result.total_is_sure else None
            search.load = LoadAll(self._source, result.query, limit, total, lambda: self._tell_load(search))
        if not under_way:
            search.load_task = asyncio.create_task(search.load.run())
        self._tell_load(search)
        return search.load

    def show_snapshot(self, search: Search, snapshot: Snapshot, cursor: int = 0) -> None:
        """Show *snapshot* of *search* with the cursor on row *cursor*, unless another search is in sight by now."""
        if search is self.current:
            self._note_place()
            search.enter(snapshot, cursor)
            self._listener.search_shown(search)

    def leave_snapshot(self) -> bool:
        """Show the whole result again, where it was; whether a snapshot was shown."""
        search = self.current
        self._note_place()
        if search is None or not search.leave():
            return False
        self._listener.search_shown(search)
        return True

    def _tell_load(self, search: Search) -> None:
        if search is self.current:
            self._listener.rows_changed(search, Span(0, 0))

    def stop(self) -> bool:
        """Give up what is under way for the search in sight; what came stays. False where nothing was."""
        search = self.current
        if search is None or not search.loading:
            return False
        _give_up(search)
        self._listener.rows_changed(search, Span(0, 0))
        return True

    def close(self) -> None:
        """Give everything up."""
        for search in [*self._before, *([self.current] if self.current else [])]:
            _give_up(search)
            if search.loader is not None:
                search.loader.close()

    def _note_place(self) -> None:
        if self.current is not None:
            self._listener.note_place(self.current)

    def _put_in_sight(self, search: Search) -> None:
        self._note_place()
        before = self.current
        if before is not None:
            _give_up(before)
            if before.answered:
                # The rows of one snapshot in the background are enough to hold.
                for each in self._before if before.snapshot is not None else [before]:
                    each.forget_held()
                if before.loader is not None:
                    top = before.top if before.left is None else before.left[2]
                    before.loader.result.shrink(Span(top, top + tuning.FIRST_ROWS))
                self._before.append(before)
                del self._before[: -tuning.SEARCHES_KEPT]
        self.current = search
        self._listener.search_shown(search)

    def _loader(self, search: Search, query: Query) -> Loader:
        result = Result(query, self._cache_bytes)
        loader = Loader(self._source, result, lambda span: self._changed(search, loader, span))
        return loader

    def _changed(self, search: Search, loader: Loader, span: Span) -> None:
        if search is not self.current:
            return
        if loader is search.successor:
            if loader.result.answered:
                self._succeed(search, loader)
            elif loader.error is not None:
                search.notice = f"{loader.error} · these are the rows from before"
                search.successor = None
                loader.close()
                self._listener.rows_changed(search, Span(0, 0))
            return
        if search.snapshot is not None:
            # The rows that came are of the whole result, which is not in sight.
            self._listener.rows_changed(search, Span(0, 0))
            return
        if search.asked is not None and search.asked.otherwise and loader.result.answered and not loader.result.length:
            self._look_elsewhere(search, search.asked)
            return
        self._listener.rows_changed(search, span)

    def _look_elsewhere(self, search: Search, asked: LookUp) -> None:
        """A look-up's first field holds nothing: ask the next one."""
        if search.loader is not None:
            search.loader.close()
        (_, query), *rest = asked.otherwise
        search.query = query
        search.asked = replace(asked, parts=(*asked.parts, asked.otherwise[0]), otherwise=tuple(rest))
        search.loader = self._loader(search, query.dated(self._today()))
        search.rows = search.loader.result
        self._listener.search_shown(search)

    def _succeed(self, search: Search, loader: Loader) -> None:
        """Put the newer rows in the place of the older, and the cursor on the same lead where that is near."""
        self._note_place()
        if search.loading_all:
            # It was begun since: it reads the same search, and is as new.
            search.leave()
        else:
            search.forget_held()
        before, result = search.loader, loader.result
        search.successor, search.loader, search.rows = None, loader, result
        lead = before.result.lead(search.cursor) if before is not None else None
        told = []
        if before is not None:
            before.close()
            if before.result.total != result.total and before.result.total is not None and result.total is not None:
                told.append(f"the total moved from {before.result.total:,} to {result.total:,}")
        if lead is not None and lead.lead_id:
            near = Span(search.cursor - tuning.PAGE_ROWS, search.cursor + tuning.PAGE_ROWS)
            row = result.find(lead.lead_id, near)
            if row is None:
                told.append("the lead is no longer near, the cursor stays on its row")
            else:
                search.top = max(0, search.top + row - search.cursor)
                search.cursor = row
        search.notice = f"Searched again: {', '.join(told)}" if told else "Searched again"
        self._listener.search_shown(search)

    async def _merge(self, search: Search, asked: LookUp) -> None:
        try:
            found = await ask_all(self._source, asked.parts, self._today(), asked.country_code)
            search.forget_held()
            search.rows = found
        except SearchError as error:
            search.error = error
        if search is self.current:
            # The task counts as done once this has run.
            asyncio.get_running_loop().call_soon(self._tell_merged, search)

    def _tell_merged(self, search: Search) -> None:
        if search is self.current:
            self._listener.search_shown(search)


def _give_up(search: Search) -> None:
    if search.loader is not None:
        search.loader.stop()
    if search.successor is not None:
        search.successor.close()
        search.successor = None
    if search.load_task is not None:
        search.load_task.cancel()
    if search.task is not None:
        search.task.cancel()
