"""A result: the sparse rows of one query by absolute index, as pages of it are loaded and evicted.

Rows stay bytes and are decoded when they are shown. The blocks of the grid that have been out of view longest are evicted when the
rows exceed the cache's size, so that memory stays flat over a million leads.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Mapping

from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.errors import OffsetRefused, SearchError
from lead_tui.leads.fields import label_of
from lead_tui.leads.lead import Row, decode_row
from lead_tui.leads.page import UNSENDABLE, FieldOutcomes, Page, Rows, RowState
from lead_tui.leads.query import Query
from lead_tui.leads.text import counted, one_line
from lead_tui.paging.page_sources import known_total, plausible_total


class Result(Rows):
    """The rows of *query*, whose dates are fixed. Uses no network and no clock."""

    def __init__(self, query: Query, cache_bytes: int = limits.CACHE_MB * 1_000_000) -> None:
        self.query = query
        self.answered = False  # whether any page has been received
        self.total: int | None = None  # how many leads match, by the server's last response; None if it cannot be trusted
        self.moved_from: int | None = None  # the total before the last one, if they differ
        self.text = ""  # the server's message that nothing matches
        self.others_from: int | None = None  # where the leads of ``query.also_in`` begin
        self.left_out = 0  # leads that were left out for another country code
        self.fields = FieldOutcomes()
        self.reach = 0  # the index after the last row ever received
        self._cache_bytes = cache_bytes
        self._held_bytes = 0
        self._blocks: OrderedDict[int, dict[int, tuple[Row, int]]] = OrderedDict()
        """For each block of ``PAGE_ROWS`` rows, those that are loaded, by index, with the numbers of their ids."""
        self._failed: dict[int, SearchError] = {}  # why rows could not be loaded
        self._unsendable: set[int] = set()
        self._max_page_rows = 0
        self.end: int | None = None  # how many rows there are, once a result without a total has been read to its end
        self.counted: int | None = None  # the server's last count, trusted or not
        self._distrusts_totals = False  # whether the rows have contradicted a total
        self._deepest = limits.MAX_ROWS  # the first offset that the server refuses
        self._empty_from = limits.MAX_ROWS  # the first offset at which there is no lead
        self._ids: OrderedDict[int, int] = OrderedDict()
        self._repeats: set[int] = set()  # rows whose lead is also in an earlier row

    # What the table reads

    @property
    def length(self) -> int:
        """Number of rows to show: the total or, while it cannot be trusted, the rows received and one page more."""
        known = self.end if self.total is None else self.total
        if known is None:
            return self.reach + limits.PAGE_ROWS if self.answered else 0
        return known

    @property
    def has_end(self) -> bool:
        """Whether nothing comes after ``length``; if not, the status line shows ``T+``."""
        return self.total is not None or self.end is not None

    def state(self, index: int) -> RowState:
        if self.row(index) is not None:
            return RowState.LOADED
        if index in self._unsendable or index in self._failed:
            return RowState.FAILED
        return RowState.TOO_DEEP if index >= self._deepest else RowState.WAITING

    def _held(self, index: int) -> tuple[Row, int] | tuple[None, None]:
        return self._blocks.get(index // limits.PAGE_ROWS, {}).get(index, (None, None))

    def row(self, index: int) -> Row | None:
        return self._held(index)[0]

    def id_at(self, index: int) -> int | None:
        """Return the number of the id in the row *index*, 0 without an id; None unless the row is loaded."""
        return self._held(index)[1]

    @property
    def loaded(self) -> int:
        """Number of rows that are loaded now."""
        return sum(map(len, self._blocks.values()))

    def parts(self) -> list[tuple[list[Row], list[int]]]:
        """Return the rows that are loaded now, in order, in parts: each with its rows and the numbers of their ids."""
        parts = ([block[index] for index in sorted(block)] for _, block in sorted(self._blocks.items()))
        return [([row for row, _ in part], [identity for _, identity in part]) for part in parts]

    def note(self, index: int) -> str:
        if index in self._unsendable:
            return "The server cannot send this lead"
        if (failure := self._failed.get(index)) is not None:
            return failure.message
        if index < len(self.fields.matched):
            return self.fields.matched[index]
        return "No results past here: narrow the search" if self.state(index) is RowState.TOO_DEEP else ""

    def repeats(self, index: int) -> bool:
        return index in self._repeats

    @property
    def repeated(self) -> int:
        """Number of rows whose lead is also in an earlier row."""
        return len(self._repeats)

    @property
    def heading(self) -> tuple[int, str] | None:
        if self.others_from is None or self.others_from >= self.length:
            return None
        value = one_line(self.query.filters[0][1], limits.MAX_HEADING_CHARACTERS)
        count = f" · {counted(self.length - self.others_from)}" if self.has_end else ""
        return self.others_from, f"{label_of(self.query.also_in)} {value}{count}"

    # What the loader reads and writes

    @property
    def ceiling(self) -> int:
        """The first row that is known not to be there, or that the server refuses to send."""
        return min(self._empty_from, self._deepest)

    def is_settled(self, index: int) -> bool:
        """Return whether the row *index* need not be requested: it is loaded, has failed or is too deep."""
        return self.state(index) is not RowState.WAITING

    @property
    def has_failures(self) -> bool:
        return bool(self._failed or self.fields.failures or self.fields.waits_for)

    def add_page(self, page: Page) -> range:
        """Store the rows of *page*; return the rows that changed."""
        is_beyond = known_total(page) is None and 0 < self.reach <= page.offset
        if is_beyond and page.rows and all(number in self._ids for number in page.ids):
            # A server without a total may send earlier leads for an offset past the end.
            page = replace(page, rows=(), ids=array("q"))
        self.answered = True
        self.text = page.text
        self.left_out, self.others_from, self.fields = page.left_out, page.others_from, page.fields
        reach = page.offset + len(page.rows)
        self._learn_total(page, reach)
        self._unsendable.difference_update(range(page.offset, reach))
        self._unsendable.update(page.unsendable)
        for index, (row, identity) in enumerate(zip(page.rows, page.ids, strict=True), page.offset):
            self._failed.pop(index, None)
            if row is not UNSENDABLE:
                before = self.row(index)
                self._blocks.setdefault(index // limits.PAGE_ROWS, {})[index] = row, identity
                self._held_bytes += _size(row) - (0 if before is None else _size(before))
                self._notice_repeat(index, identity)
        return range(page.offset, max(reach, page.offset + page.limit))

    def fail(self, span: range, error: SearchError) -> None:
        """Mark the rows of *span* as failed; if the server refuses the offset, all further ones as too deep."""
        if isinstance(error, OffsetRefused) and span.start > 0:
            self._deepest = min(self._deepest, span.start)
        else:
            self._failed.update(dict.fromkeys(span, error))

    def fail_fields(self, error: SearchError) -> None:
        """Mark the fields of a look-up that have not been answered as failed."""
        failures = ((field, error) for field in self.fields.waits_for)
        self.fields = replace(self.fields, waits_for=(), failures=(*self.fields.failures, *failures))

    def forget_failures(self) -> None:
        """Clear all failures, so that those rows and fields are requested again."""
        failed = (field for field, _ in self.fields.failures)
        self.fields = replace(self.fields, waits_for=(*self.fields.waits_for, *failed), failures=())
        self._failed.clear()
        self._deepest = limits.MAX_ROWS

    def touch(self, needed: range) -> None:
        """Note that the rows of *needed* are in view or just ahead; evict others, the least recently used first."""
        kept = set(_blocks_of(needed))
        for number in kept & self._blocks.keys():
            self._blocks.move_to_end(number)
        for number in [each for each in self._blocks if each not in kept]:
            if self._held_bytes <= self._cache_bytes:
                break
            self._evict(number)

    def shrink(self, view: range | None) -> None:
        """Evict all blocks except those of *view*, None for no exception: for a result in the background."""
        for number in self._blocks.keys() - set(_blocks_of(view) if view is not None else ()):
            self._evict(number)
        if view is None:
            self._ids.clear()
            self._repeats.clear()

    def _learn_total(self, page: Page, reach: int) -> None:
        """Trust the newest total, unless the rows have contradicted one.

        Without one, the result ends with a page that has no rows, or fewer than were requested and than the server can send.
        """
        before, self.counted = self.total, page.total
        self._distrusts_totals = self._distrusts_totals or (page.total is not None and plausible_total(page) is None)
        if page.rows:
            self.reach = max(self.reach, reach)
        # A page of a file may have been read before the total was learned.
        if page.total is not None or (page.rows and not page.is_fixed):
            self.total = None if self._distrusts_totals else known_total(page, before)
        has_moved = None not in (before, self.total) and before != self.total and not page.is_fixed
        self.moved_from = before if has_moved else None
        if not page.rows:
            self._empty_from = min(self._empty_from, page.offset)
        elif reach > self._empty_from:
            self._empty_from = limits.MAX_ROWS
        is_last = not page.rows or len(page.rows) < min(page.limit, self._max_page_rows)
        if (is_last and page.offset <= self.reach) or self.reach == self._empty_from:
            self.end = self.reach
        elif not is_last and reach > (self.end or 0):
            self.end = None
        self._max_page_rows = max(self._max_page_rows, len(page.rows))

    def _notice_repeat(self, index: int, identity: int) -> None:
        """Mark the row if its lead is known to be in another row, too."""
        self._repeats.discard(index)
        if not identity:
            return
        before = self._ids.get(identity)
        if before is not None and before != index and self.id_at(before) in (None, identity):
            self._repeats.add(max(index, before))
            self._ids[identity] = min(index, before)
        else:
            self._ids[identity] = index
            if len(self._ids) > limits.MAX_IDS_REMEMBERED:
                # In a dict this would take 28 times as long: it steps over all entries deleted at its front.
                self._ids.popitem(last=False)

    def _evict(self, number: int) -> None:
        self._held_bytes -= sum(_size(row) for row, _ in self._blocks.pop(number).values())


def _blocks_of(span: range) -> range:
    return range(span.start // limits.PAGE_ROWS, -(-max(span.stop, span.start + 1) // limits.PAGE_ROWS))


def _size(row: Row) -> int:
    return memoryview(row).nbytes


def changes_in(page: Page, before: Mapping[int, Row], had: int | None) -> dict[int, frozenset[str]]:
    """Return the keys whose values differ, for each lead on *page* that differs from the rows *before*; none for a new lead.

    Both are by id number; *had* leads matched before, None if unknown. Leads that only follow known ones have moved up from rows
    that were not loaded, unless the result ends there and has grown.
    """
    known = [place for place, identity in enumerate(page.ids) if identity in before]
    is_end = page.total is not None and page.offset + len(page.rows) >= page.total
    has_grown = had is not None and page.total is not None and page.total > had
    stop = len(page.ids) if is_end and has_grown else max(known, default=0)
    changes = {identity: frozenset[str]() for identity in page.ids[:stop] if identity and identity not in before}
    for place in known:
        identity, row = page.ids[place], page.rows[place]
        if row != before[identity]:
            old, new = decode_row(before[identity]).sent, decode_row(row).sent
            if keys := frozenset(key for key in {**old, **new} if old.get(key) != new.get(key)):
                changes[identity] = keys
    return changes
