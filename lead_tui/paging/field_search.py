"""A look-up in several fields: one request for each; the leads are merged by id, each with the fields that matched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from lead_tui import limits
from lead_tui.leads.decode import Row, id_number
from lead_tui.leads.errors import Cancelled, SearchError, UnreadableAnswer
from lead_tui.leads.fields import PHONE_FIELDS, label_of
from lead_tui.leads.lookup import LookUp, Part
from lead_tui.leads.page import UNSENDABLE, Page, PageSource, Position, Rows, Span
from lead_tui.leads.text import counted
from lead_tui.paging.loader import page_or_error
from lead_tui.paging.page_sources import read_whole


class MergedRows(Rows):
    """The leads that a look-up found, in the order in which its fields found them."""

    def __init__(self) -> None:
        self.failures: list[tuple[str, SearchError]] = []  # the fields that could not be searched, and why
        self.cut: list[str] = []  # the fields in which more leads match than were requested, or may match without a total
        self.left_out = 0  # leads that were left out for another country code
        self.seconds = 0.0  # how long the slowest response took
        self.rows: list[Row] = []  # the leads as they were received
        self._matched: list[list[str]] = []
        self._place: dict[int, int] = {}

    @property
    def length(self) -> int:
        return len(self.rows)

    @property
    def total(self) -> int | None:
        """How many leads match; None while a field has failed, or has more leads than were requested."""
        return None if self.failures or self.cut else len(self.rows)

    def row(self, index: int) -> Row | None:
        return self.rows[index] if 0 <= index < len(self.rows) else None

    def note(self, index: int) -> str:
        """Return the labels of the fields that matched."""
        return ", ".join(label_of(field) for field in sorted(dict.fromkeys(self._matched[index]), key=_field_rank))

    def find(self, lead_id: str, near: Span) -> int | None:
        """Return the row of the lead *lead_id*, however far from *near* it is: there are few rows."""
        return self._place.get(id_number(lead_id))

    def add(self, field: str, page: Page) -> None:
        """Merge the leads on *page*, which match in *field*."""
        self.seconds = max(self.seconds, page.seconds)
        self.left_out += page.left_out
        is_cut = len(page.rows) >= page.limit if page.total is None else page.total > len(page.rows)
        if is_cut and field not in self.cut:
            self.cut.append(field)
        if page.unsendable:
            which = "a lead" if len(page.unsendable) == 1 else f"{len(page.unsendable):,} leads"
            self.failures.append((field, UnreadableAnswer(f"The server cannot send {which}", remedy="contact its administrator")))
        for row, identity in zip(page.rows, page.ids, strict=True):
            if row is UNSENDABLE:
                continue
            place = self._place.get(identity) if identity else None
            if place is not None:
                self._matched[place].append(field)
                continue
            if identity:
                self._place[identity] = len(self.rows)
            self.rows.append(row)
            self._matched.append([field])


def _field_rank(field: str) -> int:
    return PHONE_FIELDS.index(field) if field in PHONE_FIELDS else -1


async def look_up_all(
    source: PageSource,
    parts: Sequence[Part],
    today: date,
    *,
    limit: int | None = limits.PAGE_ROWS,
) -> MergedRows:
    """Search all fields of *parts* at the same time, for *limit* leads each, None for all, and merge the results.

    If a field fails, the leads of the others stay; if all fail, the first error is raised (``SearchError``).
    """
    merged = MergedRows()
    queries = [query.dated(today) for _, query in parts]
    answers = await asyncio.gather(*(read_whole(source, each, limit) for each in queries), return_exceptions=True)
    for (field, _), answer in zip(parts, answers, strict=True):
        if isinstance(answer, SearchError):
            merged.failures.append((field, answer))
        elif isinstance(answer, BaseException):
            raise answer
        else:
            merged.add(field, answer)
            not_sent = min(answer.total or 0, answer.total or 0 if limit is None else limit) - len(answer.rows)
            if not_sent > 0:
                message = f"the server counts {counted(not_sent)} more than it sent"
                merged.failures.append((field, SearchError(message, remedy="search again")))
    if all(isinstance(answer, SearchError) for answer in answers):
        raise merged.failures[0][1]
    return merged


class LookUpLoader:
    """Requests all parts of *lookup* from *source* at the same time, and reports changed rows to *changed*, on the event loop.

    Leads are appended as they arrive.
    """

    def __init__(self, source: PageSource, lookup: LookUp, today: date, changed: Callable[[Span], None]) -> None:
        self.rows = MergedRows()
        self.position = Position()
        self.answered = False  # whether any part has been answered
        self._source = source
        self._lookup = lookup
        self._today = today
        self._changed = changed
        self._open = list(lookup.parts)  # the parts to request
        self._requests: dict[Part, asyncio.Task[Page]] = {}
        self._failed: dict[Part, SearchError] = {}

    @property
    def error(self) -> SearchError | None:
        """The first error, if all parts have failed; else None."""
        return next(iter(self._failed.values()), None) if len(self._failed) == len(self._lookup.parts) else None

    @property
    def seconds(self) -> float | None:
        """How long the slowest response took."""
        return self.rows.seconds if self.answered else None

    @property
    def loading(self) -> bool:
        return bool(self._requests)

    @property
    def has_failures(self) -> bool:
        return bool(self._failed) or self.loading or not self.answered

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The fields that have not been answered yet."""
        return tuple(dict.fromkeys(part[0] for part in self._lookup.parts if part in self._requests))

    def show(self) -> None:
        """Request the parts that have not been answered."""
        parts, self._open = self._open, []
        for part in parts:
            task = asyncio.create_task(self._source.fetch(part[1].dated(self._today), 0, limits.PAGE_ROWS))
            self._requests[part] = task
            task.add_done_callback(partial(self._finish, part))
        if parts:
            self._changed(Span(0, 0))

    def retry(self) -> None:
        """Request what failed again."""
        self._open += self._failed
        self.rows.failures = [each for each in self.rows.failures if each[1] not in self._failed.values()]
        self._failed.clear()
        self.show()

    def pause(self) -> None:
        """Drop every request; ``show`` makes them again."""
        self._open += self._drop_all()

    def cancel(self) -> None:
        """Drop every request at the user's wish."""
        for part in self._drop_all():
            self._fail(part, Cancelled())
        self._changed(Span(0, 0))

    close = pause

    def _drop_all(self) -> list[Part]:
        dropped, self._requests = self._requests, {}
        for task in dropped.values():
            task.cancel()
        return list(dropped)

    def _fail(self, part: Part, error: SearchError) -> None:
        self._failed[part] = error
        self.rows.failures.append((part[0], error))

    def _finish(self, part: Part, task: asyncio.Task[Page]) -> None:
        outcome = page_or_error(task)
        if self._requests.get(part) is not task:
            return
        del self._requests[part]
        if isinstance(outcome, SearchError):
            self._fail(part, outcome)
        else:
            self.answered = True
            self.rows.add(part[0], outcome)
        # An earlier lead may have been found in one more field.
        self._changed(Span(0, self.rows.length))
