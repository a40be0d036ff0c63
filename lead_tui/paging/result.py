"""A result: the sparse rows of one query by absolute index, as pages of it come and go.

Rows stay the bytes that came and are decoded when looked at. Squares of the grid that have not been seen for longest are let go
when the rows held weigh more than the cache allows, so that memory stays flat over a million leads.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.leads.decode import Row, decode_row, id_number
from lead_tui.leads.errors import OffsetRefused, SearchError
from lead_tui.leads.lead import Lead
from lead_tui.leads.page import UNSENDABLE, Page, RowState
from lead_tui.leads.query import Query
from lead_tui.paging.grid import Span


class _Block(Struct):
    """What is held of ``PAGE_ROWS`` rows of the grid."""

    rows: list[Row | None] = field(default_factory=lambda: [None] * limits.PAGE_ROWS)
    ids: array[int] = field(default_factory=lambda: array("q", bytes(8 * limits.PAGE_ROWS)))
    size: int = 0
    """Bytes of the rows held."""


class Result:
    """The rows of *query*, whose dates have been fixed. Satisfies ``leads.page.Rows``. Knows no network and no clock."""

    def __init__(self, query: Query, cache_bytes: int = limits.CACHE_MB * 1_000_000) -> None:
        self.query = query
        self.answered = False
        """Whether any page has come."""
        self.total: int | None = None
        """How many leads match, as the server said last; None while it has not said, or not as a count."""
        self.moved_from: int | None = None
        """The total before the last one, when they differ."""
        self.text = ""
        """The server's words where it said that nothing matches."""
        self.left_out = 0
        """Leads that were left out for another country code."""
        self.loaded = 0
        """Rows held now."""
        self.repeated = 0
        """Rows seen whose lead had been seen in another row."""
        self._cache_bytes = cache_bytes
        self._held_bytes = 0
        self._squares: OrderedDict[int, _Block] = OrderedDict()
        self._failed: dict[int, list[tuple[Span, SearchError]]] = {}
        self._unsendable: set[int] = set()
        self._reach = 0
        self._most_rows = 0
        """Rows of the largest page that came."""
        self._end: int | None = None
        self._total_lies = False
        self._deepest: int | None = None
        self._ids: OrderedDict[int, int] = OrderedDict()
        self._repeats: dict[int, int] = {}

    # What the table reads

    @property
    def length(self) -> int:
        """Number of rows to show: the total or, while it cannot be trusted, the rows that came and a page more."""
        if self.total_is_sure:
            return self.total or 0
        if self._end is not None:
            return self._end
        return self._reach + limits.PAGE_ROWS if self.answered else 0

    @property
    def reach(self) -> int:
        """Behind the last row that has ever come."""
        return self._reach

    @property
    def total_is_sure(self) -> bool:
        """Whether the server's total can be believed. Else a status line writes ``T+``."""
        return self.total is not None and not self._total_lies

    @property
    def end_is_sure(self) -> bool:
        """Whether ``length`` is where the result ends."""
        return self.total_is_sure or self._end is not None

    def state(self, index: int) -> RowState:
        """What is known of the row *index*."""
        if self._row(index) is not None:
            return RowState.LOADED
        if index in self._unsendable or self._failure(index) is not None:
            return RowState.FAILED
        if self._deepest is not None and index >= self._deepest:
            return RowState.TOO_DEEP
        return RowState.WAITING

    def lead(self, index: int) -> Lead | None:
        """The lead in the row *index*, decoded now; None unless it is loaded."""
        row = self._row(index)
        return None if row is None else decode_row(row)

    def row(self, index: int) -> Row | None:
        """The bytes of the row *index*; None unless it is loaded."""
        return self._row(index)

    def parts(self) -> list[tuple[list[Row], list[int]]]:
        """The rows held now, in order, in parts: each with its rows, and their ids' numbers."""
        found: list[tuple[list[Row], list[int]]] = []
        for _, square in sorted(self._squares.items()):
            pairs = [(row, identity) for row, identity in zip(square.rows, square.ids, strict=True) if row is not None]
            found.append(([row for row, _ in pairs], [identity for _, identity in pairs]))
        return found

    def note(self, index: int) -> str:
        """Why the row *index* failed, or ""."""
        if index in self._unsendable:
            return "The server cannot send this lead"
        failure = self._failure(index)
        return "" if failure is None else failure.message

    def repeats(self, index: int) -> bool:
        """Whether the lead in this row stands in an earlier row too."""
        return index in self._repeats

    # What loading reads and writes

    def is_settled(self, index: int) -> bool:
        """Whether there is nothing to ask for in the row *index*: it is loaded, has failed or lies too deep."""
        return self.state(index) is not RowState.WAITING

    @property
    def failures(self) -> list[SearchError]:
        """What failed, the newest last."""
        return [error for failed in self._failed.values() for _, error in failed]

    def take(self, page: Page) -> Span:
        """Put the rows of *page* where they belong; gives the rows that changed."""
        self.answered = True
        self.text = page.text
        self.left_out = page.left_out
        reach = page.offset + len(page.rows)
        self._learn_total(page, reach)
        self._unsendable.difference_update(range(page.offset, reach))
        self._unsendable.update(page.unsendable)
        for position, row in enumerate(page.rows):
            if row is not UNSENDABLE:
                self._place(page.offset + position, row, page.ids[position])
        return Span(page.offset, max(reach, page.offset + page.limit))

    def fail(self, span: Span, error: SearchError) -> None:
        """Mark the rows of *span* that have not come as failed, or all from there on as too deep where *error* says so."""
        if isinstance(error, OffsetRefused) and span.start > 0:
            self._deepest = span.start if self._deepest is None else min(self._deepest, span.start)
            return
        for number in _squares_of(span):
            self._failed.setdefault(number, []).append((span, error))

    def end_at(self, row: int) -> None:
        """Take note that *row* is known to be behind the last one."""
        self._end = row

    def knows(self, identity: int) -> bool:
        """Whether the lead with this id number has come lately, in any row."""
        return identity in self._ids

    def forget_failures(self) -> None:
        """Take every failure back, so that those rows are asked for again."""
        self._failed.clear()
        self._deepest = None

    def touch(self, needed: Span) -> None:
        """Note that the rows of *needed* are in view or just ahead; evict what was not for longest, but none of these."""
        kept = set(_squares_of(needed))
        for number in kept:
            if number in self._squares:
                self._squares.move_to_end(number)
        for number in list(self._squares):
            if self._held_bytes <= self._cache_bytes:
                break
            if number not in kept:
                self._let_go(number)

    def shrink(self, view: Span) -> None:
        """Let everything go but the squares of *view*: for a result that waits in the background."""
        keep = set(_squares_of(view))
        for number in [number for number in self._squares if number not in keep]:
            self._let_go(number)

    def find(self, lead_id: str, near: Span) -> int | None:
        """The loaded row within *near* that holds the lead *lead_id*."""
        identity = id_number(lead_id)
        for index in range(max(0, near.start), min(near.stop, self.length)):
            square = self._squares.get(index // limits.PAGE_ROWS)
            if square is not None and identity and square.ids[index % limits.PAGE_ROWS] == identity:
                return index
        return None

    # Within

    def _row(self, index: int) -> Row | None:
        square = self._squares.get(index // limits.PAGE_ROWS)
        return None if square is None else square.rows[index % limits.PAGE_ROWS]

    def _failure(self, index: int) -> SearchError | None:
        for span, error in self._failed.get(index // limits.PAGE_ROWS, ()):
            if span.start <= index < span.stop:
                return error
        return None

    def _learn_total(self, page: Page, reach: int) -> None:
        """Believe the newest total, unless rows came beyond it.

        Without one, a page without a row is the end, or one that has fewer rows than were asked for and than the server can send.
        """
        if page.total is not None and page.total <= limits.MAX_ROWS:
            lied = self._total_lies and page.total == self.total
            self.moved_from = self.total if self.total not in (None, page.total) else None
            self.total = page.total
            self._total_lies = lied or (reach > page.total and bool(page.rows))
        if page.rows:
            self._reach = max(self._reach, reach)
        if not self.total_is_sure:
            if len(page.rows) < min(page.limit, self._most_rows) or not page.rows:
                if page.rows or page.offset <= self._reach:
                    self._end = self._reach
            elif reach > (self._end or 0):
                self._end = None
        self._most_rows = max(self._most_rows, len(page.rows))

    def _place(self, index: int, row: Row, identity: int) -> None:
        number, position = divmod(index, limits.PAGE_ROWS)
        square = self._squares.get(number)
        if square is None:
            square = self._squares[number] = _Block()
        before = square.rows[position]
        if before is None:
            self.loaded += 1
        else:
            square.size -= _size(before)
            self._held_bytes -= _size(before)
        square.rows[position] = row
        square.ids[position] = identity
        square.size += _size(row)
        self._held_bytes += _size(row)
        self._notice_repeat(index, identity)

    def _notice_repeat(self, index: int, identity: int) -> None:
        """Mark the row when its lead has been seen in another row that still stands, as far as is known."""
        self._repeats.pop(index, None)
        if not identity:
            return
        before = self._ids.get(identity)
        if before is not None and before != index and self._may_hold(before, identity):
            self._repeats[max(index, before)] = min(index, before)
            self._ids[identity] = min(index, before)
        else:
            self._ids[identity] = index
            if len(self._ids) > limits.MAX_IDS_REMEMBERED:
                # From the front of a dict this would take 28 times as long: it steps over all that was deleted there.
                self._ids.popitem(last=False)
        self.repeated = len(self._repeats)

    def _may_hold(self, index: int, identity: int) -> bool:
        square = self._squares.get(index // limits.PAGE_ROWS)
        if square is None or square.rows[index % limits.PAGE_ROWS] is None:
            return True
        return square.ids[index % limits.PAGE_ROWS] == identity

    def _let_go(self, number: int) -> None:
        square = self._squares.pop(number)
        self._held_bytes -= square.size
        self.loaded -= sum(row is not None for row in square.rows)


def _squares_of(span: Span) -> range:
    return range(span.start // limits.PAGE_ROWS, -(-max(span.stop, span.start + 1) // limits.PAGE_ROWS))


def _size(row: Row) -> int:
    return memoryview(row).nbytes
