"""Searches of several parts, each with requests of its own: long lists of ids, and a name in two fields."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections import OrderedDict
from collections.abc import Sequence

from msgspec import Struct, structs

from lead_tui import limits
from lead_tui.leads.decode import Row, id_number
from lead_tui.leads.errors import SearchError
from lead_tui.leads.page import UNSENDABLE, Page, PageSource
from lead_tui.leads.query import Query

_LISTS = ("lead_id", "list_id")
"""The parameters that take several ids. Ids travel in the URL, of which servers take about 8 KB: nine hundred ids of ten digits are
refused (HTTP 414). A lead has one of each, so that no lead is in two parts."""

RowAndId = tuple[Row, int]
"""A row, and the number of its id."""


def is_one_request(query: Query) -> bool:
    """Whether *query* goes to the source as it is."""
    return not (query.also_in or _long_list(query))


def _long_list(query: Query) -> str:
    """Return the parameter with too many ids for one request; "" for none."""
    return next((name for name in _LISTS if query.value(name).count(",") >= limits.MAX_IDS_PER_REQUEST), "")


class _Whole(Struct):
    """All leads of one search, read or being read."""

    task: asyncio.Task[Page]
    waiting: int = 0
    """Callers that wait for it; without any, it is cancelled."""


class SearchParts:
    """A ``PageSource`` over *source* that makes several searches of one that takes several; everything else goes there as it is.

    Leads by their ids are read whole with the first page, in the order of the ids, and kept for the last few searches. Other parts
    are paged, one after the other; the total counts all of them. Leads of a part that came wait at most *seconds* for the first
    answer to the next part.
    """

    def __init__(self, source: PageSource, seconds: float = math.inf) -> None:
        self._source = source
        self._seconds = seconds
        self._kept: OrderedDict[Query, _Whole] = OrderedDict()
        self._begun: OrderedDict[Query, list[asyncio.Task[Page]]] = OrderedDict()
        """The first page of each part."""

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        if query.also_in:
            return await self._in_order(query, query.in_each_field, offset, limit)
        name = _long_list(query)
        if not name:
            return await self._source.fetch(query, offset, limit)
        if name == "list_id":
            return await self._in_order(query, _with_fewer_ids(query, name), offset, limit)
        page = await self._whole(query, name)
        leads = list(zip(page.rows, page.ids, strict=True))[offset : offset + limit]
        return structs.replace(page_of(leads, [page], offset, limit), total=page.total, text=page.text)

    # Parts that follow each other

    async def _in_order(self, query: Query, parts: Sequence[Query], offset: int, limit: int) -> Page:
        firsts = self._begun.get(query) if offset else None
        is_new = firsts is None
        if firsts is None:
            # A search in two fields waits for no count: its first pages are those that are shown.
            rows = limit if query.also_in and not offset else 1
            firsts = [asyncio.ensure_future(self._source.fetch(part, 0, rows)) for part in parts]
        try:
            page, others_from = await self._pages_in_order(parts, firsts, offset, limit)
        except BaseException:
            if self._begun.get(query) is firsts:
                del self._begun[query]
            for task in firsts:
                task.add_done_callback(retrieve_error)
                if is_new:
                    task.cancel()
            raise
        # Only now: they are cancelled with the caller that began them, and others would be with it.
        if is_new or query not in self._begun:
            self._begun[query] = firsts
        self._begun.move_to_end(query)
        while len(self._begun) > limits.COMPARED_SEARCHES_KEPT:
            self._begun.popitem(last=False)
        return structs.replace(page, others_from=others_from) if query.also_in else page

    async def _pages_in_order(
        self, parts: Sequence[Query], firsts: Sequence[asyncio.Task[Page]], offset: int, limit: int
    ) -> tuple[Page, int]:
        """The page at *offset* of all *parts*, whose first pages are *firsts*, and where the first part ends.

        It ends where a part comes shorter than requested.
        """
        found: list[Page] = []
        ends: list[int] = []
        total: int | None = 0
        text, is_short = "", False
        for part, task in zip(parts, firsts, strict=True):
            start, has_rows = ends[-1] if ends else 0, bool(found)
            done, _ = await asyncio.wait([task], timeout=self._seconds if has_rows and not offset else None)
            if has_rows and (not done or task.exception() is not None):
                # Of what failed there is a row, which is requested next and tells why.
                total = start + 1 if done else None
                break
            first = task.result()
            # Without a total, a part is assumed to end with its first page.
            count = len(first.rows) if first.total is None else first.total
            begin, end = max(offset - start, 0), min(offset + limit - start, count)
            ends.append(start + count)
            total, text = start + count, text or first.text
            if begin < end and not is_short:
                is_there = begin == 0 and end <= first.limit
                found.append(
                    page_of(_leads([first])[:end], [first]) if is_there else await self._source.fetch(part, begin, end - begin)
                )
                is_short = len(found[-1].rows) < end - begin
        page = structs.replace(page_of(_leads(found), found, offset, limit), total=total, text="" if total != 0 else text)
        return page, ends[0]

    # Leads by their ids

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
        reading = [asyncio.ensure_future(read_pages(self._source, part)) for part in _with_fewer_ids(query, name)]
        try:
            read = await asyncio.gather(*reading)
        except BaseException:
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)
            raise
        order = {id_number(each): place for place, each in enumerate(_ids(query, name))}
        pages = [page for pages in read for page in pages]
        found: dict[object, RowAndId] = {}
        for page in pages:
            for place, (row, number) in enumerate(_leads([page])):
                # Leads that the server cannot send are as many as there are rows for them.
                found.setdefault((id(page), place) if row is UNSENDABLE else number or bytes(row), (row, number))
        return page_of(sorted(found.values(), key=lambda lead: order.get(lead[1], len(order))), pages)


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


def retrieve_error(task: asyncio.Task[Page]) -> None:
    """Retrieve the error of *task*, which is done and awaited by no caller: asyncio would log it otherwise."""
    if not task.cancelled():
        task.exception()


def _ids(query: Query, name: str) -> list[str]:
    return list(dict.fromkeys(query.value(name).split(",")))


def _with_fewer_ids(query: Query, name: str) -> list[Query]:
    """The searches that *query* is split into: by its ids in *name*, each once."""
    ids, size = _ids(query, name), limits.MAX_IDS_PER_REQUEST
    values = [",".join(ids[start : start + size]) for start in range(0, len(ids), size)]
    return [query.with_checked([(name, value)]) for value in values]


def _leads(pages: Sequence[Page]) -> list[RowAndId]:
    return [lead for page in pages for lead in zip(page.rows, page.ids, strict=True)]


def page_of(leads: Sequence[RowAndId], pages: Sequence[Page], offset: int = 0, limit: int = 0) -> Page:
    """One page of all *leads*, which *pages* brought."""
    return Page(
        offset,
        limit or max(1, len(leads)),
        [row for row, _ in leads],
        array("q", (number for _, number in leads)),
        len(leads),
        next((page.text for page in pages if page.text), "") if not leads else "",
        max((page.seconds for page in pages), default=0.0),
        sum(page.size for page in pages),
        tuple(place for place, (row, _) in enumerate(leads, offset) if row is UNSENDABLE),
        next((page.notice for page in pages if page.notice), ""),
    )
