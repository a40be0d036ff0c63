"""Page sources in front of the client: comparison of country codes, long lists of ids, and look-ups before Enter."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date

from msgspec import Struct, field, structs

from lead_tui import limits
from lead_tui.leads.decode import Row, decode_row, id_number
from lead_tui.leads.errors import Cancelled, SearchError
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.page import UNSENDABLE, Page, PageSource
from lead_tui.leads.query import Query

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
                self._add(page)
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

    def _add(self, page: Page) -> None:
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


# Long lists of ids

_SPLIT = ("lead_id", "list_id")
"""The parameters that take several ids. Ids travel in the URL, of which servers take about 8 KB: nine hundred ids of ten digits are
refused (HTTP 414). A lead has one of each, so that no lead is in two parts."""


class _Whole(Struct):
    """All leads of one search, read or being read."""

    task: asyncio.Task[Page]
    waiting: int = 0
    """Callers that wait for it; without any, it is cancelled."""


class _Counted(Struct, frozen=True):
    """How many leads each part of a search has, and the server's message."""

    counts: Sequence[int]
    text: str


class IdLists:
    """A ``PageSource`` over *source* that splits long lists of ids into several requests; everything else goes there as it is.

    Leads come in the order in which their ids were given, each once; the total counts all parts. A search by lead ids is read whole
    with its first page, and kept for the last few searches. Lists may have any number of leads: they are paged, part after part.
    """

    def __init__(self, source: PageSource) -> None:
        self._source = source
        self._kept: OrderedDict[Query, _Whole] = OrderedDict()
        self._counted: OrderedDict[Query, _Counted] = OrderedDict()

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        name = next((name for name in _SPLIT if query.value(name).count(",") >= limits.MAX_IDS_PER_REQUEST), "")
        if not name:
            return await self._source.fetch(query, offset, limit)
        if name == "list_id":
            return await self._paged(query, name, offset, limit)
        all_leads = await self._whole(query, name)
        rows, ids = all_leads.rows[offset : offset + limit], all_leads.ids[offset : offset + limit]
        return structs.replace(
            all_leads,
            offset=offset,
            limit=limit,
            rows=rows,
            ids=ids,
            unsendable=tuple(each for each in all_leads.unsendable if offset <= each < offset + limit),
        )

    async def _paged(self, query: Query, name: str, offset: int, limit: int) -> Page:
        """The page at *offset* of all parts, one after the other; it ends where a part comes shorter than requested."""
        parts = _parts(query, name)
        counted = self._counted.get(query)
        if counted is None or offset == 0:
            pages = await asyncio.gather(*(self._source.fetch(part, 0, 1) for part in parts))
            # Without a total, a part is assumed to end with its first page.
            counts = [len(page.rows) if page.total is None else page.total for page in pages]
            counted = self._counted[query] = _Counted(counts, next((page.text for page in pages if page.text), ""))
            while len(self._counted) > limits.SEARCHES_KEPT:
                self._counted.popitem(last=False)
        found: list[Page] = []
        start = 0
        for part, count in zip(parts, counted.counts, strict=True):
            first, last = max(offset - start, 0), min(offset + limit - start, count)
            start += count
            if first >= last:
                continue
            found.append(await self._source.fetch(part, first, last - first))
            if len(found[-1].rows) < last - first:
                break
        rows = [(row, number) for page in found for row, number in zip(page.rows, page.ids, strict=True)]
        page, total = _page(rows, found), sum(counted.counts)
        text = "" if total else counted.text
        return structs.replace(page, offset=offset, limit=limit, total=total, text=text, unsendable=_unsendable(rows, offset))

    async def _whole(self, query: Query, name: str) -> Page:
        whole = self._kept.get(query)
        if whole is None:
            whole = self._kept[query] = _Whole(asyncio.ensure_future(self._read(query, name)))
            while len(self._kept) > limits.ID_LISTS_KEPT:
                self._kept.popitem(last=False)
        whole.waiting += 1
        try:
            return await asyncio.shield(whole.task)
        except BaseException:
            # A failure is not kept; neither is a read whose last caller was cancelled.
            if whole.task.done() or whole.waiting == 1:
                whole.task.cancel()
                if self._kept.get(query) is whole:
                    del self._kept[query]
            raise
        finally:
            whole.waiting -= 1

    async def _read(self, query: Query, name: str) -> Page:
        reading = [asyncio.ensure_future(read_pages(self._source, part)) for part in _parts(query, name)]
        try:
            read = await asyncio.gather(*reading)
        except BaseException:
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)
            raise
        order = {id_number(each): place for place, each in enumerate(_ids(query, name))}
        return _merged([page for pages in read for page in pages], order)


async def read_pages(source: PageSource, query: Query) -> Sequence[Page]:
    """Return all pages of *query*, which matches few leads. Raises ``SearchError``."""
    pages = [await source.fetch(query, 0, limits.MAX_LIMIT)]
    read = len(pages[0].rows)
    while pages[-1].rows and (pages[-1].total is None or read < pages[-1].total):
        page = await source.fetch(query, read, limits.MAX_LIMIT)
        if page.rows and page.ids == pages[-1].ids:
            # A server that ignores the offset sends the same page for ever.
            break
        pages.append(page)
        read += len(page.rows)
        if read > limits.MAX_LEADS_COMPARED:
            raise SearchError(f"More than {limits.MAX_LEADS_COMPARED:,} leads match", remedy="add a filter")
    return pages


def _ids(query: Query, name: str) -> list[str]:
    return list(dict.fromkeys(query.value(name).split(",")))


def _parts(query: Query, name: str) -> list[Query]:
    """The searches that *query* is split into: by its ids in *name*, each once."""
    ids, size = _ids(query, name), limits.MAX_IDS_PER_REQUEST
    values = [",".join(ids[start : start + size]) for start in range(0, len(ids), size)]
    return [Query(tuple((each, value if each == name else old) for each, old in query)) for value in values]


def _merged(pages: Sequence[Page], order: Mapping[int, int]) -> Page:
    """One page of all leads, each once, in *order* where it knows their ids and behind that as they came."""
    found: dict[object, tuple[Row, int]] = {}
    for page in pages:
        for place, (row, number) in enumerate(zip(page.rows, page.ids, strict=True)):
            # Leads that the server cannot send are as many as there are rows for them.
            found.setdefault((id(page), place) if row is UNSENDABLE else number or bytes(row), (row, number))
    return _page(sorted(found.values(), key=lambda lead: order.get(lead[1], len(order))), pages)


def _page(leads: Sequence[tuple[Row, int]], pages: Sequence[Page]) -> Page:
    """One page of all *leads*, rows with the numbers of their ids, which *pages* brought."""
    return Page(
        0,
        max(1, len(leads)),
        [row for row, _ in leads],
        array("q", (number for _, number in leads)),
        len(leads),
        next((page.text for page in pages if page.text), "") if not leads else "",
        max((page.seconds for page in pages), default=0.0),
        sum(page.size for page in pages),
        _unsendable(leads),
        next((page.notice for page in pages if page.notice), ""),
    )


def _unsendable(leads: Sequence[tuple[Row, int]], offset: int = 0) -> tuple[int, ...]:
    return tuple(place for place, (row, _) in enumerate(leads, offset) if row is UNSENDABLE)


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
            task.add_done_callback(_retrieve)
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


def _retrieve(task: asyncio.Task[Page]) -> None:
    """Retrieve the error of *task*, which asyncio would log otherwise."""
    if not task.cancelled():
        task.exception()
