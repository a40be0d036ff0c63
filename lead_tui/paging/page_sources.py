"""Page sources in front of the client: searches and look-ups that take the API several requests."""

from __future__ import annotations

import asyncio
from array import array
from collections import OrderedDict
from collections.abc import Coroutine, Iterable, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.errors import SearchError, UnreadableAnswer
from lead_tui.leads.fields import label_of
from lead_tui.leads.lead import Row, decode_row, id_number, row_number
from lead_tui.leads.lookup import FieldQuery
from lead_tui.leads.page import UNSENDABLE, FieldOutcomes, Page, PageSource
from lead_tui.leads.query import Query
from lead_tui.leads.text import counted

# The parameters that accept several ids. They are part of the URL, of which servers accept about 8 KB: 900 ids of ten digits are
# refused (HTTP 414). A lead has one of each, so that no lead is in two parts.
_LISTS = ("lead_id", "list_id")
RowAndId = tuple[Row, int]  # a row, and the number of its id


def is_one_request(query: Query) -> bool:
    """Return whether *query* can be sent to the source as it is."""
    return not (_parts_of(query) or query.phone_codes)


def _parts_of(query: Query) -> Sequence[Query]:
    """Return the queries whose leads follow each other: for each field of a name, or for part of a long list of ids; else none."""
    if query.also_in:
        return query.in_each_field
    size = limits.MAX_IDS_PER_REQUEST
    for name in _LISTS:
        ids = list(dict.fromkeys(query.value(name).split(",")))
        if len(ids) > size:
            return [query.with_checked([(name, ",".join(ids[start : start + size]))]) for start in range(0, len(ids), size)]
    return ()


class CombinedSearches:
    """A ``PageSource`` over *source* that does what the API cannot; everything else is passed on unchanged.

    The leads of a long list of ids, and those with a name in either of two fields, are paged, part after part; the total counts all
    of them. For a foreign number the API matches only the national digits: leads with another country code are left out. So all are
    read with the first page. What the first page required is kept for the last few searches; a request for the first lead reads it
    again, as a refresh does. If first names are slow or fail, the first page has the last names alone, and no total.
    """

    def __init__(self, source: PageSource) -> None:
        self._source = source
        self._kept: OrderedDict[Query, Sequence[asyncio.Task[Page]]] = OrderedDict()
        """Those that read the first page of each part; the only one with all leads of a foreign number."""

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        parts = _parts_of(query)
        if not (parts or query.phone_codes):
            return await self._source.fetch(query, offset, limit)
        # A request for a single lead is for the total.
        is_early = bool(query.also_in) and not offset and limit > 1
        tasks = self._kept.get(query) if offset else None
        if tasks is None or any(task.done() and task.exception() for task in tasks):
            requests = [self._first_page(part, 1 if offset else limit) for part in parts] or [self._with_phone_code(query)]
            tasks = await _started(requests, 1 if is_early else len(requests))
            self._kept[query] = tasks
        self._kept.move_to_end(query)
        while len(self._kept) > limits.COMBINED_SEARCHES_KEPT:
            self._kept.popitem(last=False)
        if is_early and (last_names := tasks[0].result()).rows and not (tasks[1].done() and tasks[1].exception() is None):
            return replace(last_names, total=None, others_from=last_names.total)
        firsts = await asyncio.gather(*map(asyncio.shield, tasks))
        if not parts:
            page = page_of(_leads(firsts)[offset : offset + limit], firsts, offset, limit)
            return replace(page, total=firsts[0].total, text=firsts[0].text, left_out=firsts[0].left_out)
        page = await self._page(parts, firsts, offset, limit)
        return replace(page, others_from=firsts[0].total) if query.also_in else page

    async def _first_page(self, part: Query, rows: int) -> Page:
        """Return the first page of *part*; all of it if the server does not say how many leads match."""
        page = await self.fetch(part, 0, rows)
        return page if known_total(page) is not None or not page.rows else await read_whole(self, part, first=page)

    async def _with_phone_code(self, query: Query) -> Page:
        whole = await read_whole(self._source, query)
        codes = {*query.phone_codes}
        # A lead that cannot be sent may have the code.
        leads = [lead for lead in _leads([whole]) if lead[0] is UNSENDABLE or {decode_row(lead[0]).country_code} == codes]
        left_out = len(whole.rows) - len(leads)
        return replace(page_of(leads, [whole]), total=(whole.total or 0) - left_out, left_out=left_out)

    async def _page(self, parts: Sequence[Query], firsts: Sequence[Page], offset: int, limit: int) -> Page:
        """Return the page at *offset* of all *parts*, whose first pages are *firsts*; it ends where a part's page is short."""
        found: list[Page] = []
        start, is_short = 0, False
        for part, first in zip(parts, firsts, strict=True):
            count = first.total or 0
            begin, end = max(offset - start, 0), min(offset + limit - start, count)
            start += count
            if begin < end and not is_short:
                is_there = begin == 0 and end <= first.limit
                found.append(page_of(_leads([first])[:end], [first]) if is_there else await self.fetch(part, begin, end - begin))
                is_short = len(found[-1].rows) < end - begin
        page = page_of(_leads(found), found, offset, limit)
        text = next((first.text for first in firsts if first.text), "")
        return replace(page, total=start, text="" if start else text, left_out=sum(first.left_out for first in firsts))


async def _started(requests: Sequence[Coroutine[Any, Any, Page]], awaited: int) -> list[asyncio.Task[Page]]:
    """Start *requests*; return them once the first *awaited* are done or one of these failed, and soon after that at the latest."""
    tasks = [asyncio.create_task(each) for each in requests]
    for task in tasks:
        task.add_done_callback(_retrieve_error)
    try:
        await asyncio.wait(tasks[:awaited], return_when=asyncio.FIRST_EXCEPTION)
        await asyncio.wait(tasks, timeout=limits.FIRST_NAMES_SECONDS)
    except asyncio.CancelledError:
        abandon(tasks)
        raise
    return tasks


async def read_whole(source: PageSource, query: Query, most: int | None = None, first: Page | None = None) -> Page:
    """Return all leads of *query*, which matches few, or *most* of them, as one page after *first*. Raises ``SearchError``."""
    pages = [first] if first else []
    read = len(first.rows) if first else 0
    while True:
        page = await source.fetch(query, read, limits.MAX_LIMIT if most is None else most - read)
        # A server that ignores the offset sends the same page forever.
        is_over = not page.rows or bool(pages and list(numbers_of(page)) == list(numbers_of(pages[-1])))
        if not (is_over and pages):
            pages.append(page)
            read += len(page.rows)
        if read > limits.MAX_LEADS_COMPARED:
            raise SearchError(f"More than {limits.MAX_LEADS_COMPARED:,} leads match", remedy="add a filter")
        is_counted = known_total(page) is not None
        if is_over or read == known_total(page) or (most is not None and (read >= most or not (is_counted or page.others_from))):
            whole = page_of(_leads(pages), pages, 0, most or 0)
            total = max(read, known_total(page) or 0) if is_counted or most is None else None
            return replace(whole, total=total, left_out=page.left_out)


def plausible_total(page: Page) -> int | None:
    """Return the total of *page*; None if the rows contradict it, or it is too large for a count of leads."""
    least = page.offset + len(page.rows) if page.rows else min(page.offset, 1)
    return page.total if page.total is not None and least <= page.total <= limits.MAX_ROWS else None


def known_total(page: Page, before: int | None = None) -> int | None:
    """Return the total of *page*; None as well if it may count only the rows sent so far, unless it was *before*, too."""
    # A page's rows are as many as were requested, or as the server sends at most.
    count = len(page.rows)
    is_counted = not count or page.is_fixed or page.total in (before, None) or page.total not in (count, page.offset + count)
    return plausible_total(page) if is_counted or count not in (page.limit, *limits.USUAL_PAGE_SIZES) else None


def numbers_of(page: Page) -> Sequence[int]:
    """Return a number for each row: its id's, or a digest of its bytes without an id, or of its offset if it is no lead's."""
    if 0 not in page.ids:
        return page.ids
    return [
        each or (row_number(row) if bytes(row).startswith(b"{") else id_number(f"offset {offset}"))
        for offset, (row, each) in enumerate(zip(page.rows, page.ids, strict=True), page.offset)
    ]


def add_new(known: set[int], numbers: Sequence[int]) -> list[int]:
    """Add *numbers* to *known* and return the positions of those that were not in it, 0 always; of equal numbers, the first."""
    new = []
    for position, number in enumerate(numbers):
        if not number or number not in known:
            known.add(number)
            new.append(position)
    return new


def abandon(tasks: Iterable[asyncio.Task[Page]]) -> None:
    """Cancel *tasks*, which nothing awaits any longer."""
    for task in tasks:
        task.add_done_callback(_retrieve_error)
        task.cancel()


def _retrieve_error(task: asyncio.Task[Page]) -> None:
    # Otherwise asyncio would log it.
    if not task.cancelled():
        task.exception()


def _leads(pages: Sequence[Page]) -> list[RowAndId]:
    return [lead for page in pages for lead in zip(page.rows, page.ids, strict=True)]


def page_of(leads: Sequence[RowAndId], pages: Sequence[Page], offset: int = 0, limit: int = 0) -> Page:
    """Return one page of all *leads*, which are from *pages*."""
    return Page(
        offset,
        limit or max(1, len(leads)),
        [row for row, _ in leads],
        array("q", (number for _, number in leads)),
        total=len(leads),
        text="" if leads else next(filter(None, (page.text for page in pages)), ""),
        seconds=max((page.seconds for page in pages), default=0.0),
        unsendable=tuple(place for place, (row, _) in enumerate(leads, offset) if row is UNSENDABLE),
    )


# Look-ups in several fields


class FieldSearches(Struct, eq=False):
    """The ``PageSource`` of one look-up: all leads that match in any of *parts*, *limit* of each field, None for all.

    All fields are searched at the same time. Each page has all leads found so far, in the order in which the fields found them, and
    says in ``Page.fields`` which fields have not been answered yet: those leads are on the next page that is requested. With
    *all_at_once*, the only page has the leads of all fields, in the order of *parts*.
    """

    source: PageSource
    parts: Sequence[FieldQuery]
    today: date
    limit: int | None = limits.PAGE_ROWS
    all_at_once: bool = False

    _requests: dict[FieldQuery, asyncio.Task[Page]] = {}
    _found: dict[FieldQuery, Page] = {}
    _failed: dict[FieldQuery, SearchError] = {}  # why a field could not be searched, or leads of it are missing

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        """Return all leads found so far, once another field was answered. Raises ``SearchError`` if all fields fail."""
        if not self._requests:
            for part in self.parts:
                if part not in self._found or part in self._failed:
                    whole = read_whole(self.source, part[1].dated(self.today), self.limit)
                    self._requests[part] = asyncio.create_task(whole)
        return_when = asyncio.ALL_COMPLETED if self.all_at_once else asyncio.FIRST_COMPLETED
        try:
            while self._requests:
                done, _ = await asyncio.wait(self._requests.values(), return_when=return_when)
                for part in [part for part, task in self._requests.items() if task in done]:
                    self._take(part, self._requests.pop(part))
                if self._found:
                    break
        except BaseException:
            abandon(self._requests.values())
            self._requests = {}
            raise
        if self._found:
            return self._merged()
        if self._failed:
            raise next(iter(self._failed.values()))
        # Another caller was canceled, and with it the requests.
        return await self.fetch(query, offset, limit)

    def _take(self, part: FieldQuery, task: asyncio.Task[Page]) -> None:
        self._failed.pop(part, None)
        try:
            page = self._found[part] = task.result()
        except SearchError as error:
            self._failed[part] = error
            return
        not_sent = min(page.total or 0, self.limit or limits.MAX_ROWS) - len(page.rows)
        if page.unsendable:
            which = counted(len(page.unsendable))
            self._failed[part] = UnreadableAnswer(f"The server cannot send {which}", remedy="contact its administrator")
        elif not_sent > 0:
            self._failed[part] = SearchError(f"the server counts {counted(not_sent)} more than it sent", remedy="search again")

    def _merged(self) -> Page:
        leads: dict[object, RowAndId] = {}
        matched: dict[object, list[str]] = {}
        for (field, _), page in self._found.items():
            for place, (row, number) in enumerate(zip(page.rows, page.ids, strict=True)):
                if row is not UNSENDABLE:
                    # Leads without an id are all kept.
                    lead = number or (id(page), place)
                    leads.setdefault(lead, (row, number))
                    matched.setdefault(lead, []).append(field)
        pages = list(self._found.values())
        # Those whose requests another caller has canceled wait, too.
        waiting = [part for part in self.parts if part in self._requests or not (part in self._found or part in self._failed)]
        fields = [field for field, _ in self.parts]
        outcomes = FieldOutcomes(
            matched=[", ".join(map(label_of, sorted(set(each), key=fields.index))) for each in matched.values()],
            waits_for=tuple(dict.fromkeys(field for field, _ in waiting)),
            failures=tuple((part[0], error) for part, error in self._failed.items() if part not in waiting),
            cut=tuple(dict.fromkeys(field for (field, _), page in self._found.items() if _is_cut(page))),
        )
        whole = page_of(list(leads.values()), pages)
        return replace(whole, is_fixed=True, left_out=sum(page.left_out for page in pages), fields=outcomes)


def _is_cut(page: Page) -> bool:
    """Return whether more leads match than were requested, or may match without a total."""
    return len(page.rows) >= page.limit if page.total is None else page.total > len(page.rows)


async def look_up_all(
    source: PageSource, parts: Sequence[FieldQuery], today: date, *, limit: int | None = limits.PAGE_ROWS
) -> Page:
    """Return all leads that match in any of *parts*, at once (``FieldSearches``). Raises ``SearchError`` if all fields fail."""
    return await FieldSearches(source, parts, today, limit, all_at_once=True).fetch(Query(), 0, limits.MAX_LIMIT)
