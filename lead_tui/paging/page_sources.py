"""Page sources in front of the client: comparison of country codes, and look-ups before Enter."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.errors import Cancelled, SearchError
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.page import UNSENDABLE, Page, PageSource
from lead_tui.leads.query import Query
from lead_tui.paging.search_parts import RowAndId, page_of, retrieve_error

FetchOnce = Callable[[Query, int, int], Awaitable[Page]]

# Numbers abroad


def has_phone_code(row: Row, codes: Collection[str]) -> bool:
    """Whether ``phone_code`` of *row* equals each of *codes*, however it is written; that of a lead that cannot be sent may."""
    if row is UNSENDABLE:
        return True
    code = decode_row(row).line("phone_code").lstrip("+0")
    return all(code == each for each in codes)


class _Matches(Struct):
    """The leads of *query* with its country code, as far as the server's pages have been read."""

    query: Query
    leads: list[RowAndId] = field(default_factory=list)
    """Those that the server could not send, too: they may have the code."""
    left_out: int = 0
    offset: int = 0
    """Where the server's next page begins."""
    is_whole: bool = False
    last_ids: array[int] = field(default_factory=lambda: array("q"))
    text: str = ""
    notice: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def page(self, source: PageSource, offset: int, limit: int) -> Page:
        """At most *limit* of the matching leads from *offset* on; the total is None until the server's last page was read."""
        read: list[Page] = []
        async with self.lock:
            while not self.is_whole and len(self.leads) < offset + limit:
                read.append(await source.fetch(self.query, self.offset, max(limit, limits.PAGE_ROWS)))
                self._add(read[-1])
        page = page_of(self.leads[offset : offset + limit], read, offset, limit)
        total = len(self.leads) if self.is_whole else None
        return replace(page, total=total, text=self.text, notice=self.notice, left_out=self.left_out)

    def _add(self, page: Page) -> None:
        codes, before = self.query.phone_codes, len(self.leads)
        self.leads += [lead for lead in zip(page.rows, page.ids, strict=True) if has_phone_code(lead[0], codes)]
        self.left_out += len(page.rows) - (len(self.leads) - before)
        if len(self.leads) > limits.MAX_LEADS_COMPARED:
            raise SearchError(f"More than {limits.MAX_LEADS_COMPARED:,} leads have this number", remedy="add a filter")
        self.offset += len(page.rows)
        self.text, self.notice = page.text, page.notice
        # A server that ignores the offset sends the same page for ever.
        repeats = bool(page.rows) and page.ids == self.last_ids
        self.is_whole = self.offset == page.total or repeats or not page.rows
        self.last_ids = page.ids


class PhoneCodes:
    """A ``PageSource`` that compares country codes where a query has one: the API matches national digits only.

    Any other query goes to *source* as it is. A request for the first lead starts again, as a refresh does; later pages continue.
    """

    def __init__(self, source: PageSource) -> None:
        self._source = source
        self._read: OrderedDict[Query, _Matches] = OrderedDict()

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        if not query.phone_codes:
            return await self._source.fetch(query, offset, limit)
        if query not in self._read or offset == 0:
            self._read[query] = _Matches(query)
        matches = self._read[query]
        self._read.move_to_end(query)
        while len(self._read) > limits.COMPARED_SEARCHES_KEPT:
            self._read.popitem(last=False)
        return await matches.page(self._source, offset, limit)


# Look-ups before Enter


class EarlyLookUps:
    """The pages of *source*; those of a look-up can be requested before the user submits it.

    ``fetch`` then joins the request in progress or returns its result. Requests sent before are those of *fetch_once*, without
    retries, and only while there are ``EARLY_PERMITS``.
    """

    def __init__(
        self,
        source: PageSource,
        fetch_once: FetchOnce,
        permits_in_hand: Callable[[], float],
        seconds: float = limits.EARLY_SECONDS,
    ) -> None:
        """*seconds* is for how long a result may wait for ``fetch``."""
        self._source = source
        self._fetch_once = fetch_once
        self._permits_in_hand = permits_in_hand
        self._seconds = seconds
        self._early: dict[Query, asyncio.Task[Page]] = {}
        self._requested_at = 0.0

    def request(self, lookup: LookUp, today: date) -> bool:
        """Request what *lookup* will fetch; whether the pace has enough permits for that."""
        self.discard()
        if self._permits_in_hand() < limits.EARLY_PERMITS:
            return False
        self._requested_at = time.monotonic()
        for _, query in lookup.parts[: limits.LOOK_UP_REQUESTS]:
            dated = query.dated(today)
            self._early[dated] = asyncio.ensure_future(self._fetch_once(dated, 0, limits.PAGE_ROWS))
        return True

    async def peek(self, query: Query, offset: int, limit: int) -> Page:
        """Return the page of *query* that was requested before, and leave it for ``fetch``. Raises ``SearchError``."""
        if (early := self._early.get(query)) is None:
            raise Cancelled
        return await asyncio.shield(early)

    def discard(self) -> None:
        """Forget what was requested."""
        for task in self._early.values():
            task.cancel()
            task.add_done_callback(retrieve_error)
        self._early = {}

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        early = self._early.pop(query, None) if (offset, limit) == (0, limits.PAGE_ROWS) else None
        if early is not None and time.monotonic() - self._requested_at < self._seconds:
            try:
                return await early
            except SearchError:
                # Requested again, with retries.
                pass
        return await self._source.fetch(query, offset, limit)
