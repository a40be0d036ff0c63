"""A look-up in several fields at once: the answers of all, merged by lead id, each lead with the fields that matched."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

from lead_tui import limits
from lead_tui.leads.decode import Row, decode_row, id_number
from lead_tui.leads.errors import SearchError, UnreadableAnswer
from lead_tui.leads.fields import PHONE_FIELDS, label_of
from lead_tui.leads.lead import Lead
from lead_tui.leads.page import UNSENDABLE, Page, PageSource, RowState
from lead_tui.leads.query import Query
from lead_tui.paging.grid import Span
from lead_tui.paging.id_lists import read_pages
from lead_tui.paging.phone_codes import has_phone_code


class Merged:
    """The leads that a look-up found, in the order in which its fields found them. Satisfies ``leads.page.Rows``."""

    def __init__(self) -> None:
        self.failures: list[tuple[str, SearchError]] = []
        """The fields that could not be looked in, with why."""
        self.cut: list[str] = []
        """The fields in which more leads match than were asked for."""
        self.left_out = 0
        """Leads that were left out for another country code."""
        self.seconds = 0.0
        """What the slowest answer took."""
        self._rows: list[Row] = []
        self._matched: list[list[str]] = []
        self._place: dict[int, int] = {}

    @property
    def length(self) -> int:
        """How many leads were found."""
        return len(self._rows)

    @property
    def total(self) -> int | None:
        """How many leads match: unknown while a field failed, or holds more than were asked for."""
        return None if self.failures or self.cut else len(self._rows)

    @property
    def rows(self) -> Sequence[Row]:
        """The leads as they came, for an export."""
        return self._rows

    def state(self, index: int) -> RowState:
        """Every row is loaded."""
        return RowState.LOADED

    def lead(self, index: int) -> Lead | None:
        """The lead in the row *index*."""
        return decode_row(self._rows[index]) if 0 <= index < len(self._rows) else None

    def row(self, index: int) -> Row | None:
        """The lead in the row *index* as it came."""
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def note(self, index: int) -> str:
        """The labels of the fields that matched."""
        return ", ".join(label_of(field) for field in sorted(dict.fromkeys(self._matched[index]), key=_place_of))

    def repeats(self, index: int) -> bool:
        """Never: leads are merged by id."""
        return False

    def find(self, lead_id: str, near: Span) -> int | None:
        """The row that holds the lead *lead_id*, however far from *near*: there are few."""
        return self._place.get(id_number(lead_id))

    def add(self, field: str, page: Page, country_code: str = "") -> None:
        """Merge the leads of *page*, which match in *field*; only those of *country_code*, where it is given."""
        self.seconds = max(self.seconds, page.seconds)
        self.left_out += page.left_out
        if page.total is not None and page.total > len(page.rows):
            self.cut.append(field)
        if page.unsendable:
            which = "a lead" if len(page.unsendable) == 1 else f"{len(page.unsendable):,} leads"
            self.failures.append((field, UnreadableAnswer(f"The server cannot send {which}", remedy="contact its administrator")))
        for row, identity in zip(page.rows, page.ids, strict=True):
            if row is UNSENDABLE:
                continue
            if country_code and not has_phone_code(row, (country_code,)):
                self.left_out += 1
                continue
            place = self._place.get(identity) if identity else None
            if place is not None:
                self._matched[place].append(field)
                continue
            if identity:
                self._place[identity] = len(self._rows)
            self._rows.append(row)
            self._matched.append([field])


def _place_of(field: str) -> int:
    return PHONE_FIELDS.index(field) if field in PHONE_FIELDS else -1


async def ask_all(
    source: PageSource,
    parts: Sequence[tuple[str, Query]],
    today: date,
    country_code: str = "",
    *,
    limit: int | None = limits.PAGE_ROWS,
) -> Merged:
    """Ask every field of *parts* at once, for *limit* leads each, None for all, and merge what they find.

    A field that fails leaves the others' leads; where all fail, the first error is raised (``SearchError``).
    """
    merged = Merged()
    requests = [_pages(source, query.dated(today), limit) for _, query in parts]
    answers = await asyncio.gather(*requests, return_exceptions=True)
    for (field, _), answer in zip(parts, answers, strict=True):
        if isinstance(answer, SearchError):
            merged.failures.append((field, answer))
        elif isinstance(answer, BaseException):
            raise answer
        else:
            for page in answer:
                merged.add(field, page, country_code)
    if all(isinstance(answer, SearchError) for answer in answers):
        raise merged.failures[0][1]
    return merged


async def _pages(source: PageSource, query: Query, limit: int | None) -> Sequence[Page]:
    return await read_pages(source, query) if limit is None else [await source.fetch(query, 0, limit)]
