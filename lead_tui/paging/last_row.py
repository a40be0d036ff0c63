"""Finding the last row of a result whose total the server does not say, in few requests: doubling, then halving. Pure."""

from __future__ import annotations

from lead_tui import limits
from lead_tui.leads.page import Page
from lead_tui.paging.grid import Span
from lead_tui.paging.result import Result


class LastRow:
    """A search for the last row: rows are known to exist below the floor, and none from the ceiling on.

    Far from the end it asks for single rows, which are not kept; near it, for pages like any others.
    """

    def __init__(self) -> None:
        self.probe: Span | None = None
        """The last request that it asked for."""
        self._is_lost = False
        """Whether it cannot be found: the server repeats leads, pages no deeper, or has no end."""
        self._floor = 0
        self._ceiling: int | None = None
        self._is_refused = False
        """Whether the ceiling is where the server pages no deeper, and not the end."""
        self._seen: set[int] = set()

    def next_probe(self, reach: int) -> Span | None:
        """The next request to make, where rows have come up to *reach*; None where there is none to make."""
        self._floor = max(self._floor, reach)
        if self._ceiling is None:
            start, size = (2 * self._floor, 1) if self.probe is not None else (self._floor, limits.MAX_SPAN_ROWS)
            self._is_lost = self._is_lost or start > limits.MAX_ROWS
        elif self._ceiling - self._floor <= limits.MAX_SPAN_ROWS:
            start, size = self._floor, self._ceiling - self._floor
            self._is_lost = self._is_lost or not size
        else:
            start, size = (self._floor + self._ceiling) // 2, 1
        self.probe = None if self._is_lost else Span(start, start + size)
        return self.probe

    def takes(self, span: Span, page: Page, result: Result) -> bool:
        """Learn from *page*, the response to the request for *span*; whether its rows are not for *result*."""
        if span != self.probe:
            return False
        if not page.rows:
            self._lower(page.offset)
        elif span.size > 1:
            self._floor = max(self._floor, page.offset + len(page.rows))
        elif page.ids[0] and (page.ids[0] in self._seen or result.knows(page.ids[0])):
            self._is_lost = True
        else:
            self._seen.add(page.ids[0])
            self._floor = max(self._floor, page.offset + 1)
        if self._ceiling is not None and self._floor >= self._ceiling and not self._is_refused and span.size > 1:
            result.take(page)
            result.end_at(self._ceiling)
            return True
        return span.size == 1 or not page.rows

    def refused(self, span: Span) -> None:
        """The server pages no deeper than *span*."""
        self._is_refused = True
        self._lower(span.start)

    def _lower(self, offset: int) -> None:
        if self._ceiling is None or offset <= self._ceiling:
            self._ceiling = offset
