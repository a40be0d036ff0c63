"""Which rows of a result to request next: the pages in and ahead of the view, and probes for the last row. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lead_tui import limits
from lead_tui.leads.page import Page, Span
from lead_tui.paging.result import Result


def on_grid(span: Span, block: int, length: int) -> Span:
    """*span* widened to whole blocks of *block* rows, within *length* rows."""
    start = max(0, span.start // block * block)
    stop = -(-span.stop // block) * block
    return Span(start, min(stop, length))


def missing(span: Span, is_there: Callable[[int], bool], most: int) -> list[Span]:
    """The spans within *span* whose rows are missing, each of at most *most* rows."""
    found: list[Span] = []
    start: int | None = None
    for index in range(span.start, span.stop + 1):
        wanted = index < span.stop and not is_there(index)
        if wanted and start is None:
            start = index
        elif start is not None and (not wanted or index - start == most):
            found.append(Span(start, index))
            start = index if wanted else None
    return found


def nearest_first(spans: Iterable[Span], view: Span) -> list[Span]:
    """*spans*, those in *view* first, then by their distance from it."""

    def distance(span: Span) -> int:
        if span.overlaps(view):
            return 0
        return span.start - view.stop + 1 if span.start >= view.stop else view.start - span.stop + 1

    return sorted(spans, key=distance)


class LastRowSearch:
    """The search for the last row where the server gives no total: doubling, then halving.

    Rows are known to exist below the floor, and none from the ceiling on. Far from the end it requests single rows, which are not
    kept; near it, ordinary pages.
    """

    def __init__(self) -> None:
        self.probe: Span | None = None
        """The last request."""
        self._is_lost = False
        """Whether it cannot be found: the server repeats leads, pages no deeper, or has no end."""
        self._floor = 0
        self._ceiling: int | None = None
        self._is_refused = False
        """Whether the ceiling is where the server pages no deeper, and not the end."""
        self._seen: set[int] = set()

    def next_probe(self, reach: int) -> Span | None:
        """The next request, where rows have come up to *reach*; None at the end of the search."""
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

    def take_probe(self, span: Span, page: Page, result: Result) -> bool:
        """Learn from *page*, the response to the request for *span*; whether it was only a probe, whose rows are not kept."""
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
            result.add_page(page)
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
