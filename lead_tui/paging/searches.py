"""The searches of a session, its look-ups before Enter, and the leads that the user has marked.

Each search is a generation of its own: responses to an older one are dropped. A listener shows changes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import date
from functools import partial, partialmethod
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from lead_tui import limits
from lead_tui.leads.errors import Cancelled, SearchError
from lead_tui.leads.fields import fields_of
from lead_tui.leads.lead import Row, row_number
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.page import Page, PageSource, Position
from lead_tui.leads.query import Query
from lead_tui.paging.page_sources import abandon
from lead_tui.paging.search import Search

if TYPE_CHECKING:
    # The first rows come without what narrows, sorts and loads all.
    from lead_tui.paging.read_all import LoadAll
    from lead_tui.paging.snapshot import Snapshot


class SearchListener(Protocol):
    """Shows the current search. Called on the event loop."""

    def search_shown(self, search: Search) -> None:
        """Show another search, or other rows of the same one, at ``search.position``, and set the height of the view there."""

    def rows_changed(self, search: Search, span: range) -> None:
        """Rows of the current search were received or failed; the span is empty if something else about it changed."""


class Searches:
    """Starts searches, and keeps them for going back and forward."""

    def __init__(self, source: PageSource, today: Callable[[], date], cache_bytes: int, listener: SearchListener) -> None:
        self._listener = listener
        self._search = partial(Search, source, today, cache_bytes, self._shown, self._changed)
        self.current = self._search(Query())
        """The search that is shown; before the first one, a search that requests nothing."""
        self._kept = [self.current]
        self.columns_in_use: set[tuple[str, ...]] = set()
        """The columns by which leads of this session have been sorted, narrowed or counted: read while leads are being loaded."""

    def start(self, query: Query, name: str = "", sort: tuple[str, ...] = (), columns: tuple[str, ...] = ()) -> Search:
        """Show what matches *query*, with *sort* and *columns* of the saved query *name*; stop loading the previous search."""
        search = self._search(query, name, given_sort=sort, columns=columns)
        self._enter(search)
        return search

    def _enter(self, search: Search) -> None:
        before = self.current
        # Searches ahead are kept, but one step back leads to the search that is being left.
        self._kept.remove(before)
        self._kept.append(before)
        self._leave(before, search)
        self._kept.append(search)
        del self._kept[: -limits.SEARCHES_KEPT]
        self._show(search)

    def _leave(self, search: Search, to: Search) -> None:
        """Stop loading *search*, and keep only its rows in view; drop it if it has not been answered. *to* is shown next.

        Its snapshot and what was loaded for it are kept, and of the others small ones.
        """
        search.pause()
        if not search.whole.answered:
            self._kept.remove(search)
            return
        for each in self._kept:
            if each not in (search, to) and len(each.snapshot_rows or ()) > limits.SNAPSHOT_ROWS_KEPT:
                each.drop_snapshot()
        search.whole.shrink(search.loader.view)

    def look_up(self, lookup: LookUp, when_sent: Callable[[Callable[[], None]], object] = lambda show: show()) -> Search:
        """Look up *lookup*: a single field is an ordinary search; several are requested together, and their leads merged.

        *when_sent* receives a function that shows the search, to be called once the requests have been sent.
        """
        query = lookup.parts[0][1] if len(lookup.parts) == 1 else Query()
        search = self._search(query, lookup=lookup)
        self.current.pause()
        search.position.height = self.current.position.height
        search.show()
        when_sent(lambda: self._enter(search))
        return search

    @property
    def recent(self) -> list[Search]:
        """The searches that are kept, the newest first."""
        return self._kept[::-1]

    @property
    def has_earlier(self) -> bool:
        return self.current is not self._kept[0]

    def _step(self, by: int) -> bool:
        """Show the search *by* steps ahead at its position, requesting only what is missing in view. Return False without one."""
        at = self._kept.index(self.current) + by
        if is_there := 0 <= at < len(self._kept):
            self.go_to(self._kept[at])
        return is_there

    back = partialmethod(_step, -1)
    forward = partialmethod(_step, 1)

    def go_to(self, search: Search) -> None:
        """Show *search*, which is kept, at its position."""
        if self.current is not search:
            self._leave(self.current, search)
        self._show(search)

    def load_all(self, limit: int) -> LoadAll:
        """Load all of the current search, which is in one field, at most *limit* rows; resume a load that failed or was stopped."""
        from lead_tui.leads.columns import SortKey
        from lead_tui.paging.read_all import LoadAll
        from lead_tui.paging.snapshot import SnapshotRows

        search = self.current
        if search.load is None or search.load.finished:
            result = search.whole
            self.columns_in_use.update(fields_of(SortKey.of(each).key) for each in search.given_sort)
            progressed = partial(self._changed, search, range(0))
            is_compressed = min(limit, result.total or limit) > limits.PLAIN_ROWS
            rows = SnapshotRows(result.total, is_compressed=is_compressed, in_use=self.columns_in_use)
            search.load = LoadAll(search.source, result.query, rows, limit, progressed)
        if search.load_task is None or search.load_task.done() or search.load_task.cancelling():
            search.load_task = asyncio.create_task(search.load.run())
        self._changed(search, range(0))
        return search.load

    def show_snapshot(self, search: Search, snapshot: Snapshot, cursor: int = 0) -> None:
        """Show *snapshot* of *search* with the cursor on row *cursor*, unless another search is current by now."""
        if search is self.current:
            snapshot.position = Position(cursor, cursor, search.loader.position.height)
            search.snapshot = snapshot
            self._show(search)

    def leave_snapshot(self) -> None:
        """Show the whole result again at its position, if a snapshot is shown."""
        if self.current.snapshot is not None:
            self.current.snapshot = None
            self._show(self.current)

    def learn_total(self, query: Query, total: int) -> None:
        """Note that *total* leads match *query*, whose dates are fixed: a file's are counted while its first rows are read."""
        for search in self._kept:
            if search.whole.query == query:
                search.whole.total = total
                self._changed(search, range(0))
                if search is self.current:
                    search.show()

    def stop(self) -> bool:
        """Stop loading the current search; received rows stay. Return False if nothing was loading."""
        if was_loading := self.current.loading:
            self.current.cancel()
        return was_loading

    def close(self) -> None:
        for search in self._kept:
            search.pause()

    def _show(self, search: Search) -> None:
        self.current = search
        self._listener.search_shown(search)
        search.show()

    def _shown(self, search: Search) -> None:
        if search is self.current:
            self._show(search)

    def _changed(self, search: Search, span: range) -> None:
        if search is self.current:
            self._listener.rows_changed(search, span)


class EarlyLookUps(Struct, eq=False):
    """The pages of *source*; the pages of a look-up can be requested before the user submits it.

    ``fetch`` then waits for the request in progress or returns its result. Early requests are sent by *fetch_once*, without
    retries, and only while there are ``EARLY_PERMITS``.
    """

    source: PageSource
    fetch_once: Callable[[Query, int, int], Awaitable[Page]]
    permits_in_hand: Callable[[], float]
    seconds: float = limits.EARLY_SECONDS  # for which a result may wait for ``fetch``

    _early: dict[Query, asyncio.Task[Page]] = {}
    _requested_at: float = 0.0

    def request(self, lookup: LookUp, today: date) -> bool:
        """Request what *lookup* will fetch; return False if the pace does not have enough permits."""
        self.discard()
        if self.permits_in_hand() < limits.EARLY_PERMITS:
            return False
        self._requested_at = time.monotonic()
        for _, query in lookup.parts[: limits.LOOK_UP_REQUESTS]:
            dated = query.dated(today)
            self._early[dated] = asyncio.ensure_future(self.fetch_once(dated, 0, limits.PAGE_ROWS))
        return True

    async def peek(self, query: Query, offset: int, limit: int) -> Page:
        """Return the page of *query* that was requested early, and leave it for ``fetch``. Raises ``SearchError``."""
        if (early := self._early.get(query)) is None:
            raise Cancelled
        return await asyncio.shield(early)

    def discard(self) -> None:
        abandon(self._early.values())
        self._early = {}

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        early = self._early.pop(query, None) if (offset, limit) == (0, limits.PAGE_ROWS) else None
        if early is not None and time.monotonic() - self._requested_at < self.seconds:
            # After a failure it is requested again, with retries.
            with suppress(SearchError):
                return await early
        elif early is not None:
            abandon([early])
        return await self.source.fetch(query, offset, limit)


class Marks(dict[int, Row]):
    """At most *most* marked leads, by number (``lead.row_number``) in the order in which they were marked, as they were then."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    @property
    def is_full(self) -> bool:
        return len(self) >= self._most

    def toggle(self, row: Row) -> bool:
        """Mark the lead in *row*, or unmark it; return False if too many are marked already."""
        return self.pop(row_number(row), None) is not None or bool(self.add([row]))

    def add(self, rows: Iterable[Row]) -> int:
        """Mark the leads in *rows*; return how many were not marked before."""
        before = len(self)
        for row in rows:
            if self.is_full:
                break
            if (number := row_number(row)) not in self:
                # Copied, since a slice would keep the whole page in memory.
                self[number] = row.copy()
        return len(self) - before
