"""The searches of a session: the one that is shown, and those before it to go back to.

Each search is a generation of its own: responses to an older one are never taken. Nothing here knows the screen; a listener is told
what changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Protocol

from lead_tui import limits
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.page import PageSource
from lead_tui.leads.query import Query
from lead_tui.paging.grid import Span
from lead_tui.paging.loader import Loader
from lead_tui.paging.parts import PartsLoader
from lead_tui.paging.result import Result
from lead_tui.paging.search import Reader, Search

if TYPE_CHECKING:
    # The first rows come without what narrows, sorts and loads all.
    from lead_tui.paging.load_all import LoadAll
    from lead_tui.paging.snapshot import Snapshot


class SearchListener(Protocol):
    """Shows the current search. Called on the event loop."""

    def search_shown(self, search: Search) -> None:
        """Show another search, or other rows of the same one, at ``search.position``, and set the height of the view there."""
        ...

    def rows_changed(self, search: Search, span: Span) -> None:
        """Rows of the current search came or failed; an empty span when only something about it changed."""
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
        """Show what matches *query*; loading an older search is stopped.

        *sort* is how the saved query *name* is to be sorted. Raises ``FilterError`` for a relative date that no calendar has.
        """
        search = Search(self._read, self._shown, self._changed, query, name, asked, sort, columns)
        before = self.current
        if before is not None:
            before.pause()
            if before.answered:
                # The rows of one snapshot in the background are enough to hold.
                for each in self._before if before.snapshot is not None else [before]:
                    each.forget_held()
                before.shrink()
                self._before.append(before)
                del self._before[: -limits.SEARCHES_KEPT]
            else:
                before.close()
        self._show(search)
        return search

    def look_up(self, asked: LookUp) -> Search:
        """Look *asked* up. A single field is a search as any other; several are requested at once, and their leads merged."""
        return self.start(asked.parts[0][1] if len(asked.parts) == 1 else Query(), asked=asked)

    def back(self) -> bool:
        """Show the search before again, as it stood; only what is missing in view is requested. False where there is none."""
        if not self._before:
            return False
        if self.current is not None:
            self.current.close()
        self._show(self._before.pop())
        return True

    def again(self) -> None:
        """Retry what failed; where nothing has, run the same search again and keep to the lead under the cursor."""
        if self.current is not None:
            self.current.again()

    def load_all(self, limit: int) -> LoadAll | None:
        """Begin to load all of the current search, *limit* rows at most; or continue, where that failed or was stopped.

        None where it cannot be loaded: a look-up in several fields is all there is.
        """
        from lead_tui.paging.load_all import LoadAll

        search = self.current
        if search is None or search.loader is None:
            return None
        is_running = search.load_task is not None and not search.load_task.done() and not search.load_task.cancelling()
        if search.load is None or not search.load.can_go_on:
            if search.load_task is not None:
                search.load_task.cancel()
            is_running = False
            result = search.loader.result
            total = result.total if result.total_is_sure else None
            search.load = LoadAll(self._source, result.query, limit, total, lambda: self._changed(search, Span(0, 0)))
        if not is_running:
            search.load_task = asyncio.create_task(search.load.run())
        self._changed(search, Span(0, 0))
        return search.load

    def show_snapshot(self, search: Search, snapshot: Snapshot, cursor: int = 0) -> None:
        """Show *snapshot* of *search* with the cursor on row *cursor*, unless another search is shown by now."""
        if search is self.current:
            search.enter(snapshot, cursor)
            self._show(search)

    def leave_snapshot(self) -> bool:
        """Show the whole result again, where it was; whether a snapshot was shown."""
        search = self.current
        if search is None or not search.leave():
            return False
        self._show(search)
        return True

    def stop(self) -> bool:
        """Stop loading the current search; what came stays. False where nothing was loading."""
        search = self.current
        if search is None or not search.loading:
            return False
        search.cancel()
        return True

    def close(self) -> None:
        """Stop everything."""
        for search in [*self._before, *([self.current] if self.current else [])]:
            search.close()

    def _show(self, search: Search) -> None:
        self.current = search
        self._listener.search_shown(search)
        search.show()

    def _shown(self, search: Search) -> None:
        if search is self.current:
            self._show(search)

    def _changed(self, search: Search, span: Span) -> None:
        if search is self.current:
            self._listener.rows_changed(search, span)

    def _read(self, asked: Query | LookUp, changed: Callable[[Span], None]) -> Reader:
        if isinstance(asked, LookUp):
            return PartsLoader(self._source, asked, self._today(), changed)
        return Loader(self._source, Result(asked.dated(self._today()), self._cache_bytes), changed)
