"""A source whose result changes while it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from lead_tui.leads.page import Page
from lead_tui.leads.query import Query
from tests.paging.fake_source import page


class ShiftingSource:
    """Answers for the leads *ids*; *change* is called with the number of each request, before it is answered."""

    def __init__(self, ids: Sequence[int], change: Callable[[ShiftingSource, int], None] = lambda source, number: None) -> None:
        self.ids = list(ids)
        self.asked: list[range] = []
        self.most_rows = 1 << 30
        self.total_of: Callable[[int], int | None] = lambda count: count
        self._change = change

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        self.asked.append(range(offset, offset + limit))
        number = len(self.asked)
        # Requests in flight are answered at different moments.
        for _ in range(number % 3):
            await asyncio.sleep(0)
        self._change(self, number)
        found = self.ids[offset : offset + min(limit, self.most_rows)]
        return page(offset, limit, found, self.total_of(len(self.ids)))
