"""Searches for more ids than fit into one request: asked in several requests, answered as one result in the order of the ids.

Ids travel in the address of a request, of which servers take about 8 KB: nine hundred ids of ten digits are refused (HTTP 414).
"""

from __future__ import annotations

import asyncio
from array import array
from collections import OrderedDict
from collections.abc import Sequence

from msgspec import Struct

from lead_tui import tuning
from lead_tui.leads.decode import Row, id_number
from lead_tui.leads.page import Page, PageSource
from lead_tui.leads.query import Query

_SPLIT = ("lead_id", "list_id")
"""The parameters that take several ids; a lead has one of each, so that no lead is in two parts."""


class _Whole(Struct):
    """All leads of one search, read or being read."""

    task: asyncio.Task[Page]
    waiting: int = 0
    """Callers that wait for it; without any, reading is given up."""


class IdLists:
    """A ``PageSource`` over *source* that splits long lists of ids. Everything else goes to *source* as it is.

    The leads of such a search are read whole with its first page, and kept for the last few searches. They come in the order in
    which their ids were given, each once; the total counts all parts.
    """

    def __init__(self, source: PageSource) -> None:
        self._source = source
        self._kept: OrderedDict[Query, _Whole] = OrderedDict()

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        name = next((name for name in _SPLIT if query.value(name).count(",") >= tuning.MAX_IDS_PER_REQUEST), "")
        if not name:
            return await self._source.fetch(query, offset, limit)
        all_leads = await self._whole(query, name)
        rows, ids = all_leads.rows[offset : offset + limit], all_leads.ids[offset : offset + limit]
        return Page(offset, limit, rows, ids, all_leads.total, all_leads.text, all_leads.seconds, all_leads.size)

    async def _whole(self, query: Query, name: str) -> Page:
        whole = self._kept.get(query)
        if whole is None:
            whole = self._kept[query] = _Whole(asyncio.ensure_future(self._read(query, name)))
            while len(self._kept) > tuning.ID_LISTS_KEPT:
                self._kept.popitem(last=False)
        whole.waiting += 1
        try:
            return await asyncio.shield(whole.task)
        except BaseException:
            # A failure is not kept; neither is what nobody waits for any more.
            if whole.task.done() or whole.waiting == 1:
                whole.task.cancel()
                if self._kept.get(query) is whole:
                    del self._kept[query]
            raise
        finally:
            whole.waiting -= 1

    async def _read(self, query: Query, name: str) -> Page:
        ids = list(dict.fromkeys(query.value(name).split(",")))
        size = tuning.MAX_IDS_PER_REQUEST
        parts = [_with_value(query, name, ",".join(ids[start : start + size])) for start in range(0, len(ids), size)]
        reading = [asyncio.ensure_future(read_pages(self._source, part)) for part in parts]
        try:
            read = await asyncio.gather(*reading)
        except BaseException:
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)
            raise
        order = {id_number(each): place for place, each in enumerate(ids)} if name == "lead_id" else {}
        return _merged([page for pages in read for page in pages], order)


async def read_pages(source: PageSource, query: Query) -> Sequence[Page]:
    """Return all pages of *query*, which matches few leads. Raises ``SearchError``."""
    pages = [await source.fetch(query, 0, tuning.MOST_LIMIT)]
    read = len(pages[0].rows)
    while pages[-1].rows and (pages[-1].total is None or read < pages[-1].total):
        page = await source.fetch(query, read, tuning.MOST_LIMIT)
        if page.rows and page.ids == pages[-1].ids:
            # A server that ignores the offset sends the same page for ever.
            break
        pages.append(page)
        read += len(page.rows)
    return pages


def _with_value(query: Query, name: str, value: str) -> Query:
    return Query(tuple((each, value if each == name else old) for each, old in query))


def _merged(pages: Sequence[Page], order: dict[int, int]) -> Page:
    """One page of all leads, each once, in *order* where it knows their ids and behind that as they came."""
    found: dict[object, tuple[Row, int]] = {}
    for page in pages:
        for row, number in zip(page.rows, page.ids, strict=True):
            found.setdefault(number or bytes(row), (row, number))
    leads = sorted(found.values(), key=lambda lead: order.get(lead[1], len(order)))
    text = next((page.text for page in pages if page.text), "") if not leads else ""
    return Page(
        0,
        max(1, len(leads)),
        [row for row, _ in leads],
        array("q", (number for _, number in leads)),
        len(leads),
        text,
        max(page.seconds for page in pages),
        sum(page.size for page in pages),
    )
