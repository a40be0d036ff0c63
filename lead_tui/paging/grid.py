"""The grid on which pages lie: which spans of rows to ask for, given what is there and what is in sight. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """Rows from *start* up to, not including, *stop*."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        """How many rows."""
        return self.stop - self.start

    def meets(self, other: Span) -> bool:
        """Whether the two have a row in common."""
        return self.start < other.stop and other.start < self.stop


def on_grid(span: Span, square: int, length: int) -> Span:
    """*span* widened to whole squares of *square* rows, within *length* rows."""
    start = max(0, span.start // square * square)
    stop = -(-span.stop // square) * square
    return Span(start, min(stop, length))


def missing(span: Span, is_there: Callable[[int], bool], most: int) -> list[Span]:
    """The spans within *span* whose rows are not there, each of at most *most* rows."""
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
        if span.meets(view):
            return 0
        return span.start - view.stop + 1 if span.start >= view.stop else view.start - span.stop + 1

    return sorted(spans, key=distance)
