"""Reading a result from its first lead on, page after page, as far as it is wanted.

The next page begins after the entries received; the end is where the total is reached, an empty page, or one without a new id
(the API's paging).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from lead_tui import tuning
from lead_tui.leads.decode import Row, id_number
from lead_tui.leads.page import Page, PageSource
from lead_tui.leads.query import Query


class Reading:
    """The leads that match *query*, whose dates have been fixed: *limit* different ones at most.

    Iterate over it once; the attributes tell what has been met so far.
    """

    def __init__(self, source: PageSource, query: Query, limit: int) -> None:
        self.total: int | None = None
        """What the last page said of it."""
        self.text = ""
        """The server's words, where it had any instead of leads."""
        self.given = 0
        """Leads handed on."""
        self.repeated = 0
        """Leads that came again, and were left out."""
        self._source = source
        self._query = query
        self._limit = limit
        self._seen: set[int] = set()

    async def pages(self) -> AsyncIterator[list[Row]]:
        """The leads, a page at a time, each lead once. Raises ``SearchError``."""
        offset = 0
        while self.given < self._limit:
            page = await self._source.fetch(self._query, offset, min(self._limit - self.given, tuning.MOST_LIMIT))
            self.total, self.text = page.total, page.text
            offset += len(page.rows)
            new = self._new(page)
            if not new:
                return
            # A server may send more than it was asked for.
            new = new[: self._limit - self.given]
            self.given += len(new)
            yield new
            if self.total is not None and offset >= self.total:
                return

    def _new(self, page: Page) -> list[Row]:
        new: list[Row] = []
        for row, identity in zip(page.rows, page.ids, strict=True):
            # Without an id it is known by its bytes.
            known_by = identity or id_number(f"row {bytes(row)!r}")
            if known_by not in self._seen:
                self._seen.add(known_by)
                new.append(row)
        self.repeated += len(page.rows) - len(new)
        return new
