"""A source of pages for tests: leads by index, with answers that can be delayed, cut short or refused."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec

from lead_tui.leads.errors import SearchError
from lead_tui.leads.lead import Row, row_ids
from lead_tui.leads.page import Page
from lead_tui.leads.query import Query
from lead_tui.paging.loader import Loader
from lead_tui.paging.search import Search


def row(identity: int, **fields: object) -> Row:
    """Return the bytes of a lead."""
    return msgspec.Raw(msgspec.json.encode({"lead_id": str(identity), **fields}))


def page(offset: int, limit: int, ids: Sequence[int], total: int | None, text: str = "") -> Page:
    """Return a page of leads that have only an id."""
    rows = list(map(_plain_row, ids))
    numbers = array("q", ids) if min(ids, default=0) >= 0 else row_ids(rows)
    return Page(offset, limit, rows, numbers, total, text, seconds=0.01)


_plain_row = lru_cache(50_000)(row)


class FakeSource:
    """Answers for *total* leads whose ids are 1000 plus the index. ``asked`` holds the requests."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.asked: list[range] = []
        self.queries: list[Query] = []
        self.given_up: list[range] = []
        self.gate = asyncio.Event()
        """Answers wait for it."""
        self.gate.set()
        self.refuses: Callable[[int], SearchError | None] = lambda offset: None
        self.identity: Callable[[int], int] = lambda index: 1000 + index
        self.most_rows = 2_000
        """Maximum rows in an answer, however many were requested."""
        self.says_total: Callable[[], int | None] = lambda: self.total

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        span = range(offset, offset + limit)
        self.asked.append(span)
        self.queries.append(query)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.given_up.append(span)
            raise
        if error := self.refuses(offset):
            raise error
        stop = min(offset + min(limit, self.most_rows), self.total)
        ids = [self.identity(index) for index in range(offset, stop)]
        return page(offset, limit, ids, self.says_total())


class FakeScreen:
    """Shows the current search as a table of *height* rows does. ``shown`` and ``told`` are the searches it was notified of."""

    def __init__(self, height: int = 36) -> None:
        self.height = height
        self.shown: list[Search] = []
        self.told: list[Search] = []

    def search_shown(self, search: Search) -> None:
        self.shown.append(search)
        self.told.append(search)
        search.position.height = self.height

    def rows_changed(self, search: Search, span: range) -> None:
        self.told.append(search)


def go_to(loading: Search | Loader, row: int, height: int = 36) -> None:
    """Move the view as a table does: *row* is the first in view."""
    loading.position.cursor = loading.position.top = row
    loading.position.height = height
    loading.show()


async def settled(condition: Callable[[], bool]) -> None:
    """Wait until *condition* holds; fails after a minute of the loop's time."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


async def quiet(search: Search) -> Search:
    """Wait until *search* loads nothing, and return it."""
    await settled(lambda: not search.loading)
    return search
