"""Reading a result from its first lead on, as far as it is wanted, each lead once: by offsets, then in windows where those end.

It can go on where an earlier reading of the same result was left: from the place that came with its last part.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import date

from lead_tui import tuning
from lead_tui.leads.decode import decode_row, id_number
from lead_tui.leads.errors import ApplicationError
from lead_tui.leads.lead import first_id
from lead_tui.leads.page import Page, PageSource, Part
from lead_tui.leads.query import Query
from lead_tui.paging.in_order import WITHOUT_END, InOrder
from lead_tui.paging.known_ids import KnownIds
from lead_tui.paging.windows import VALUES, Window, whole


class Reading:
    """The leads that match *query*, whose dates have been fixed: *limit* different ones at most, None for all.

    Iterate over ``parts`` once; the attributes tell what has been met so far. *place* is the ``after`` of the last part of an
    earlier reading, and *known* the numbers of all leads that it handed on. *today* is the account's. Raises ``ValueError`` for a
    place that is none.
    """

    def __init__(
        self,
        source: PageSource,
        query: Query,
        limit: int | None = None,
        *,
        in_flight: int = tuning.REQUESTS_IN_FLIGHT,
        today: date | None = None,
        place: Mapping[str, object] | None = None,
        known: Iterable[int] = (),
    ) -> None:
        self.total: int | None = None
        """How many leads the server counted last; windows are not looked at."""
        self.first_total: int | None = None
        """How many it counted at first."""
        self.text = ""
        """The server's words, where it had any instead of leads."""
        self.given = 0
        """Leads handed on, those of the earlier reading included."""
        self.left_out = 0
        """Leads that were left out for another country code."""
        self.repeated = 0
        """Leads that came again at another offset, and were left out."""
        self.depth: int | None = None
        """The offset from which the server does not page; None where that was not met."""
        self._source = source
        self._query = query
        self._limit = WITHOUT_END if limit is None else limit
        self._in_flight = in_flight
        self._today = today or date.today()
        self._known = KnownIds(known)
        self._offset = 0
        self._windows: list[Window] = []
        """Those that are still to be read, the next one last."""
        if place is not None:
            self._go_on(place)

    @property
    def moved(self) -> bool:
        """Whether the server counted differently in the end."""
        return self.total != self.first_total and None not in (self.total, self.first_total)

    @property
    def missing(self) -> int:
        """Leads that the server counts, that were wanted, and that did not come."""
        return max(0, min(self.total or 0, self._limit) - self.given)

    async def parts(self) -> AsyncGenerator[Part]:
        """The leads, a page at a time. Raises ``SearchError``."""
        if self.depth is None:
            async with aclosing(self._by_offset()) as parts:
                async for part in parts:
                    yield part
        if self.depth is not None:
            async with aclosing(self._by_window()) as parts:
                async for part in parts:
                    yield part

    # By offset

    async def _by_offset(self) -> AsyncGenerator[Part]:
        pages = InOrder(
            self._source, self._query, self._offset, total=self.total, wanted=lambda: self._wanted, in_flight=self._in_flight
        )
        async with aclosing(pages.pages()) as found:
            async for page in found:
                self.total, self.text, self._offset = page.total, page.text, pages.offset
                self.left_out = page.left_out
                if self.first_total is None:
                    self.first_total = page.total
                part = self._part(page)
                pages.brought_new = bool(part.rows)
                if part.rows:
                    yield part
        if pages.depth is not None and self._wanted and self.total is not None and self.total > pages.depth:
            self.depth = pages.depth
            self._windows = [whole(self._query, self._today)]

    @property
    def _wanted(self) -> int:
        return self._limit - self.given

    def _part(self, page: Page, *, counts_repeated: bool = True) -> Part:
        rows, ids = page.rows, page.ids
        # Without an id it is known by its bytes.
        numbers = ids if 0 not in ids else [each or id_number(f"row {bytes(row)!r}") for row, each in zip(rows, ids, strict=True)]
        new = self._known.new(numbers)
        if len(new) < len(rows):
            if counts_repeated:
                self.repeated += len(rows) - len(new)
            rows, numbers = [rows[place] for place in new], [numbers[place] for place in new]
        # A server may send more than it was asked for.
        if len(rows) > self._wanted:
            rows, numbers = rows[: self._wanted], numbers[: self._wanted]
        self.given += len(rows)
        return Part(rows, numbers, self._place())

    # In windows

    async def _by_window(self) -> AsyncGenerator[Part]:
        while self._windows and self._wanted:
            window = self._windows[-1]
            if window.total is None:
                window = self._windows[-1] = await self._counted(window)
            if window.total == 0:
                self._windows.pop()
                continue
            if self._is_too_deep(window) and (halves := await self._halves(window)):
                self._windows[-1:] = reversed(halves)
                continue
            pages = self._pages_of(window)
            met: dict[str, dict[str, None]] = {name: {} for name in VALUES}
            async with aclosing(pages.pages()) as found:
                async for page in found:
                    part = self._part(page, counts_repeated=False)
                    if self._is_too_deep(window):
                        _note_values(page, met)
                    if part.rows:
                        yield part
            if pages.depth is not None:
                # Deeper here than elsewhere: looked at again with what is known now.
                self.depth = min(self.depth or pages.depth, pages.depth)
                self._windows[-1] = replace(window, total=max(window.total or 0, self.depth + 1))
            else:
                self._windows.pop()
                if self._is_too_deep(window):
                    self._windows += reversed(window.by_value(self._query, met))

    def _is_too_deep(self, window: Window) -> bool:
        return window.total is not None and self.depth is not None and window.total > self.depth

    def _pages_of(self, window: Window) -> InOrder:
        """The pages of *window*, those that can be had of one that is too deep."""
        most = self.depth if self._is_too_deep(window) and self.depth is not None else WITHOUT_END

        def wanted() -> int:
            return min(self._wanted, most - pages.offset)

        pages = InOrder(
            self._source,
            window.query(self._query),
            total=window.total,
            wanted=wanted,
            in_flight=self._in_flight,
            expects_new=False,
        )
        return pages

    async def _halves(self, window: Window) -> list[Window]:
        """The halves of *window*, counted; none where it has none, or where times mean nothing to the server."""
        if not window.can_be_halved:
            return []
        try:
            halves = [await self._counted(half) for half in window.halves()]
        except ApplicationError:
            return []
        return [] if all(half.total == window.total for half in halves) else halves

    async def _counted(self, window: Window) -> Window:
        page = await self._source.fetch(window.query(self._query), 0, 1)
        return replace(window, total=page.total)

    # Going on

    def _place(self) -> dict[str, object]:
        place: dict[str, object] = {
            "offset": self._offset,
            "total": self.total,
            "first_total": self.first_total,
            "given": self.given,
            "repeated": self.repeated,
        }
        if self.depth is not None:
            place |= {"depth": self.depth, "windows": [window.as_list() for window in self._windows]}
        return place

    def _go_on(self, place: Mapping[str, object]) -> None:
        self._offset, self.given, self.repeated = (_count(place, name) or 0 for name in ("offset", "given", "repeated"))
        self.total, self.first_total, self.depth = (_count(place, name) for name in ("total", "first_total", "depth"))
        windows = place.get("windows", [])
        if not isinstance(windows, list):
            raise ValueError("no windows")
        self._windows = [Window.of_list(each) for each in windows]


def _count(place: Mapping[str, object], name: str) -> int | None:
    value = place.get(name)
    if value is not None and not (isinstance(value, int) and value >= 0):
        raise ValueError(f"no count: {name}")
    return value


def _note_values(page: Page, met: Mapping[str, dict[str, None]]) -> None:
    for row in page.rows:
        sent = decode_row(row).sent
        for name, values in met.items():
            if text := first_id(sent.get(name)):
                values[text] = None
