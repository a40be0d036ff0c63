"""A look-up in several fields: one request for each; the leads are merged by id, each with the fields that matched."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import date

from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.errors import SearchError, UnreadableAnswer
from lead_tui.leads.fields import PHONE_FIELDS, label_of
from lead_tui.leads.lookup import Part
from lead_tui.leads.page import UNSENDABLE, FieldOutcomes, Page, PageSource
from lead_tui.leads.query import Query
from lead_tui.leads.text import counted
from lead_tui.paging.page_sources import RowAndId, page_of, read_whole, retrieve_error


class FieldSearches:
    """The ``PageSource`` of one look-up: all leads that match in any of *parts*, *limit* of each field, None for all.

    All fields are searched at the same time. Each page has all leads found so far, in the order in which the fields found them, and
    says in ``Page.fields`` which fields have not been answered yet: those leads are on the next page that is requested. With
    *all_at_once*, the only page has the leads of all fields, in the order of *parts*.
    """

    def __init__(
        self,
        source: PageSource,
        parts: Sequence[Part],
        today: date,
        limit: int | None = limits.PAGE_ROWS,
        *,
        all_at_once: bool = False,
    ) -> None:
        self._source = source
        self._queries = {part: part[1].dated(today) for part in parts}
        self._limit = limit
        self._return_when = asyncio.ALL_COMPLETED if all_at_once else asyncio.FIRST_COMPLETED
        self._requests: dict[Part, asyncio.Task[Page]] = {}
        self._found: dict[Part, Page] = {}
        self._failed: dict[Part, SearchError] = {}  # why a field could not be searched, or leads of it are missing

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        """Return all leads found so far, as soon as another field has been answered; if none is being searched, request those that
        failed again.

        Raises the first error (``SearchError``) if all fields fail.
        """
        if not self._requests:
            for part, dated in self._queries.items():
                if part not in self._found or part in self._failed:
                    self._requests[part] = asyncio.create_task(read_whole(self._source, dated, self._limit))
        try:
            while self._requests:
                done, _ = await asyncio.wait(self._requests.values(), return_when=self._return_when)
                for part in [part for part, task in self._requests.items() if task in done]:
                    self._take(part, self._requests.pop(part))
                if self._found:
                    break
        except BaseException:
            for task in self._requests.values():
                task.add_done_callback(retrieve_error)
                task.cancel()
            self._requests = {}
            raise
        if not self._found:
            raise next(iter(self._failed.values()))
        return self._merged()

    def _take(self, part: Part, task: asyncio.Task[Page]) -> None:
        self._failed.pop(part, None)
        try:
            page = self._found[part] = task.result()
        except SearchError as error:
            self._failed[part] = error
            return
        not_sent = min(page.total or 0, self._limit or limits.MAX_ROWS) - len(page.rows)
        if page.unsendable:
            which = "a lead" if len(page.unsendable) == 1 else f"{len(page.unsendable):,} leads"
            self._failed[part] = UnreadableAnswer(f"The server cannot send {which}", remedy="contact its administrator")
        elif not_sent > 0:
            self._failed[part] = SearchError(f"the server counts {counted(not_sent)} more than it sent", remedy="search again")

    def _merged(self) -> Page:
        leads: dict[object, RowAndId] = {}
        matched: dict[object, set[str]] = {}
        for (field, _), page in self._found.items():
            for place, (row, number) in enumerate(zip(page.rows, page.ids, strict=True)):
                if row is not UNSENDABLE:
                    # Leads without an id are all kept.
                    lead = number or (id(page), place)
                    leads.setdefault(lead, (row, number))
                    matched.setdefault(lead, set()).add(field)
        pages = list(self._found.values())
        # Those whose requests another caller has cancelled wait, too.
        waiting = [part for part in self._queries if part in self._requests or not (part in self._found or part in self._failed)]
        fields = FieldOutcomes(
            list(map(_labels, matched.values())),
            tuple(dict.fromkeys(field for field, _ in waiting)),
            tuple((part[0], error) for part, error in self._failed.items() if part not in waiting),
            tuple(dict.fromkeys(field for (field, _), page in self._found.items() if _is_cut(page))),
        )
        whole = page_of(list(leads.values()), pages)
        return replace(whole, is_fixed=True, left_out=sum(page.left_out for page in pages), fields=fields)


def _is_cut(page: Page) -> bool:
    """Return whether more leads match than were requested, or may match without a total."""
    return len(page.rows) >= page.limit if page.total is None else page.total > len(page.rows)


def _labels(fields: Collection[str]) -> str:
    return ", ".join(map(label_of, sorted(fields, key=lambda field: PHONE_FIELDS.index(field) if field in PHONE_FIELDS else -1)))


async def look_up_all(source: PageSource, parts: Sequence[Part], today: date, *, limit: int | None = limits.PAGE_ROWS) -> Page:
    """Return the page of all leads that match in any of *parts*, *limit* of each field, None for all.

    If a field fails, the leads of the others stay; if all fail, the first error is raised (``SearchError``).
    """
    return await FieldSearches(source, parts, today, limit, all_at_once=True).fetch(Query(), 0, limits.MAX_LIMIT)
