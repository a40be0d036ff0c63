"""Which leads match: filters as bytes, one a lead, made of repeated patterns and joined by one ``&`` of long integers.

Text matches exactly but for upper and lower case and blanks around it (names, city and email as well as every other field), as
the usual collations of MySQL have it; a date of birth is compared by its day. ``lead_id`` and ``list_id`` take values separated by
commas. What can be computed backwards (ids, phones, emails) needs no bytes: the few leads that may match are looked at one by one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol

from lead_tui.demo.facets import Facet
from lead_tui.demo.invented import COMPUTED, REPEATS, ROUND, InventedLeads
from lead_tui.demo.times import CLASSES
from lead_tui.leads.fields import is_custom
from lead_tui.leads.filters import FILTER_BY_NAME

_SEVERAL = frozenset({"lead_id", "list_id"})
_RANGES = {name: name.removesuffix("_date").rpartition("_") for name in FILTER_BY_NAME if name.endswith("_date")}
"""``created_at_start_date`` is (``created_at``, ``_``, ``start``)."""


class Search(NamedTuple):
    """Filters as they are compared, in one order whatever the order they came in: a key for what is remembered."""

    equal: tuple[tuple[str, frozenset[str]], ...]
    created: range | None
    """Indexes of the leads created in the asked time."""
    updated: range | None
    """Ranks (``times``) of the asked time."""


def comparable(key: str, value: object) -> str | None:
    """*value* of *key* as it is compared; None where no filter matches it."""
    if not isinstance(value, str):
        return None
    text = value.strip().casefold()
    return text[:10] if key == "date_of_birth" else text


def search(leads: InventedLeads, parameters: Mapping[str, str]) -> Search:
    """What *parameters* ask for: documented filters and custom attributes that somebody has; blank and other ones are ignored."""
    equal: dict[str, frozenset[str]] = {}
    ends: dict[str, dict[str, str]] = {}
    custom = custom_keys(leads)
    for name, value in parameters.items():
        if not value.strip():
            continue
        if name in _RANGES:
            field, _, end = _RANGES[name]
            ends.setdefault(field, {})[end] = value
        elif name in FILTER_BY_NAME or name in custom:
            values = value.split(",") if name in _SEVERAL else [value]
            equal[name] = frozenset(text for each in values if (text := comparable(name, each)))
    between = {field: leads.clock.between(given.get("start", ""), given.get("end", "")) for field, given in ends.items()}
    return Search(tuple(sorted(equal.items(), key=lambda item: item[0])), between.get("created_at"), between.get("updated_at"))


def custom_keys(leads: InventedLeads) -> frozenset[str]:
    """The custom attributes that some lead may have."""
    facets = (*leads.tables.of_people, *leads.facets_of_leads)
    return frozenset(key for each in facets for key in each.keys if is_custom(key))


class Matches(Protocol):
    """The leads that match a search, in the order of the answer."""

    @property
    def total(self) -> int: ...

    def page(self, offset: int, limit: int) -> Iterable[int]:
        """The indexes of at most *limit* leads from *offset* on."""
        ...


class Listed:
    """Matches that are few, or all."""

    def __init__(self, indexes: Sequence[int]) -> None:
        self._indexes = indexes
        self.total = len(indexes)

    def page(self, offset: int, limit: int) -> Sequence[int]:
        return self._indexes[offset : offset + limit]


_BLOCK = 4096


class Marked:
    """Matches as bytes, 1 where the lead of that place matches; counted by blocks, so that any page is found at once.

    A place is a lead's index or, where *ranked* is given, a rank from *first* on.
    """

    def __init__(self, marks: bytes | bytearray, first: int = 0, ranked: InventedLeads | None = None) -> None:
        self._marks = marks
        self._first = first
        self._ranked = ranked
        counts = (marks.count(1, start, start + _BLOCK) for start in range(0, len(marks), _BLOCK))
        self._before = list(accumulate(counts, initial=0))
        """Matches before each block."""
        self.total = self._before[-1]

    def page(self, offset: int, limit: int) -> list[int]:
        if offset >= self.total:
            return []
        block = bisect_right(self._before, offset) - 1
        place = block * _BLOCK - 1
        for _ in range(offset - self._before[block]):
            place = self._marks.find(1, place + 1)
        found = []
        for _ in range(min(limit, self.total - offset)):
            place = self._marks.find(1, place + 1)
            found.append(place + self._first)
        return [self._ranked.clock.index(rank) for rank in found] if self._ranked else found


def match(leads: InventedLeads, asked: Search) -> Matches:
    """The leads that *asked* asks for: by ascending id, or by ascending update time where that is asked for."""
    for key, wanted in asked.equal:
        if key in COMPUTED:
            return Listed(_looked_at(leads, asked, {index for value in wanted for index in leads.candidates(key, value)}))
    marks: bytes | bytearray | None = None
    for key, wanted in asked.equal:
        marks = _both(marks, _marks(leads, key, wanted))
    if asked.created is not None:
        marks = _both(marks, _created(leads, asked.created))
    if asked.updated is not None:
        return _by_update(leads, marks, asked.updated)
    return Listed(range(leads.leads)) if marks is None else Marked(marks)


def _looked_at(leads: InventedLeads, asked: Search, candidates: Iterable[int]) -> list[int]:
    """Those of *candidates* that match, looked at one by one."""
    rank = leads.clock.rank
    found = []
    for index in candidates:
        lead = leads.lead(index)
        if (
            all(comparable(key, lead.get(key)) in wanted for key, wanted in asked.equal)
            and (asked.created is None or (index in asked.created and not _is_zero(lead["created_at"])))
            and (asked.updated is None or (rank(index) in asked.updated and not _is_zero(lead["updated_at"])))
        ):
            found.append(index)
    return sorted(found) if asked.updated is None else sorted(found, key=rank)


def _is_zero(value: object) -> bool:
    return str(value).startswith("0000")


def _both(one: bytes | bytearray | None, other: bytearray) -> bytes | bytearray:
    if one is None:
        return other
    return (int.from_bytes(one, "little") & int.from_bytes(other, "little")).to_bytes(len(one), "little")


def _marks(leads: InventedLeads, key: str, wanted: frozenset[str]) -> bytearray:
    """The leads that have one of *wanted* in *key*: facet laid over facet, as ``InventedLeads.lead`` does."""
    marks = bytearray(leads.leads)
    for facet in leads.tables.of_people:
        _lay(marks, facet, key, wanted)
    for residue, back in REPEATS.items():
        first = back + (residue - back) % ROUND
        if first < len(marks):
            marks[first::ROUND] = marks[first - back : len(marks) - back : ROUND]
    for facet in leads.facets_of_leads:
        _lay(marks, facet, key, wanted)
    return marks


def _lay(marks: bytearray, facet: Facet, key: str, wanted: frozenset[str]) -> None:
    if key not in facet.keys:
        return
    rows, period = facet.rows, len(facet.rows)
    if all(key in row for row in rows):
        pattern = bytes(comparable(key, row[key]) in wanted for row in rows)
        marks[:] = (pattern * (len(marks) // period + 1))[: len(marks)]
        return
    for residue, row in enumerate(rows):
        if key in row:
            mark = b"\1" if comparable(key, row[key]) in wanted else b"\0"
            marks[residue::period] = mark * len(range(residue, len(marks), period))


def _without_zero(leads: InventedLeads, marks: bytearray, key: str) -> None:
    """Unmark leads whose *key* is a zero date: they lie outside every range."""
    _lay(marks, leads.tables.odd, key, frozenset())


def _created(leads: InventedLeads, asked: range) -> bytearray:
    first, last = min(asked.start, leads.leads), min(asked.stop, leads.leads)
    marks = bytearray(first) + b"\1" * (last - first) + bytes(leads.leads - last)
    _without_zero(leads, marks, "created_at")
    return marks


def _by_update(leads: InventedLeads, marks: bytes | bytearray | None, asked: range) -> Marked:
    """Those of *marks* whose ranks are *asked*, by rank: each class of leads moves by its shift."""
    clock = leads.clock
    kept = bytearray(b"\1" * leads.leads if marks is None else marks)
    _without_zero(leads, kept, "updated_at")
    ranked = bytearray(clock.ranks)
    for number, shift in enumerate(clock.shifts):
        moved = kept[number::CLASSES]
        ranked[number + shift : number + shift + CLASSES * len(moved) : CLASSES] = moved
    return Marked(ranked[asked.start : asked.stop], asked.start, leads)
