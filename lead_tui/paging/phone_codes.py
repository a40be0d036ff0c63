"""Search for phone numbers abroad: the API matches national digits, so the country code of each lead is compared on our side."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Collection

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.errors import SearchError
from lead_tui.leads.page import UNSENDABLE, Page, PageSource
from lead_tui.leads.query import Query


def has_phone_code(row: Row, codes: Collection[str]) -> bool:
    """Whether ``phone_code`` of *row* is each of *codes*, however it is written; a lead that the server cannot send may have it."""
    if row is UNSENDABLE:
        return True
    code = decode_row(row).line("phone_code").lstrip("+0")
    return all(code == each for each in codes)


class _Matching(Struct):
    """The leads of a query that have the country code, as far as the server's pages have been read."""

    query: Query
    rows: list[Row] = field(default_factory=list)
    ids: array[int] = field(default_factory=lambda: array("q"))
    left_out: int = 0
    offset: int = 0
    """Where the server's next page begins."""
    is_whole: bool = False
    last_ids: array[int] = field(default_factory=lambda: array("q"))
    text: str = ""
    notice: str = ""
    unsendable: list[int] = field(default_factory=list)
    """The rows of leads that the server could not send: they may have the code."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def page(self, source: PageSource, offset: int, limit: int) -> Page:
        """At most *limit* of the matching leads from *offset* on; the total is None until the server's last page was read."""
        seconds, size = 0.0, 0
        async with self.lock:
            while not self.is_whole and len(self.rows) < offset + limit:
                page = await source.fetch(self.query, self.offset, max(limit, limits.PAGE_ROWS))
                seconds, size = seconds + page.seconds, size + page.size
                self._take(page)
        rows, ids = self.rows[offset : offset + limit], self.ids[offset : offset + limit]
        return Page(
            offset,
            limit,
            rows,
            ids,
            len(self.rows) if self.is_whole else None,
            self.text,
            seconds,
            size,
            unsendable=tuple(row for row in self.unsendable if offset <= row < offset + limit),
            notice=self.notice,
            left_out=self.left_out,
        )

    def _take(self, page: Page) -> None:
        codes = self.query.phone_codes
        for place, (row, identity) in enumerate(zip(page.rows, page.ids, strict=True), page.offset):
            if place in page.unsendable:
                self.unsendable.append(len(self.rows))
            if has_phone_code(row, codes):
                self.rows.append(row)
                self.ids.append(identity)
            else:
                self.left_out += 1
        if len(self.rows) > limits.MAX_LEADS_COMPARED:
            raise SearchError(f"More than {limits.MAX_LEADS_COMPARED:,} leads have this number", remedy="add a filter")
        self.offset += len(page.rows)
        self.text, self.notice = page.text, page.notice
        # A server that ignores the offset sends the same page for ever.
        repeats = bool(page.rows) and page.ids == self.last_ids
        counted = page.total is not None and self.offset == page.total
        self.is_whole = counted or repeats or not page.rows
        self.last_ids = page.ids


class PhoneCodes:
    """A ``PageSource`` that compares country codes where a query asks for one; any other query goes straight to *source*.

    A request for the first lead starts again, as a refresh does; later pages continue from there.
    """

    def __init__(self, source: PageSource) -> None:
        self._source = source
        self._readings: dict[Query, _Matching] = {}

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        """The page at *offset* of the leads that match *query*. Raises ``SearchError``."""
        if not query.phone_codes:
            return await self._source.fetch(query, offset, limit)
        reading = self._readings.pop(query, None)
        if reading is None or offset == 0:
            reading = _Matching(query)
        # The one used last stands last.
        self._readings[query] = reading
        for old in list(self._readings)[: -limits.COMPARED_SEARCHES_KEPT]:
            del self._readings[old]
        return await reading.page(self._source, offset, limit)
