"""What changed between two answers to the same search: new leads, and leads with other values. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.page import Page


class Changes(Struct, frozen=True):
    """What changed, by the id number of a lead (``decode.id_number``)."""

    new: frozenset[int] = frozenset()
    changed: Mapping[int, frozenset[str]] = {}
    """The keys with other values."""

    def __bool__(self) -> bool:
        return bool(self.new or self.changed)


def changes_in(page: Page, before: Mapping[int, Row], had: int | None) -> Changes:
    """Return what *page* has that the rows *before*, by id number, had not; *had* is how many leads matched then, None if unknown.

    Leads that only follow known ones have moved up from rows that were not loaded, unless the result ends there and has grown.
    """
    known = [place for place, identity in enumerate(page.ids) if identity in before]
    is_end = page.total is not None and page.offset + len(page.rows) >= page.total
    has_grown = had is not None and page.total is not None and page.total > had
    stop = len(page.ids) if is_end and has_grown else max(known, default=0)
    new = {identity for identity in page.ids[:stop] if identity and identity not in before}
    pairs = [(page.ids[place], before[page.ids[place]], page.rows[place]) for place in known]
    changed = {identity: keys for identity, old, row in pairs if old != row and (keys := _changed_keys(old, row))}
    return Changes(frozenset(new), changed)


def _changed_keys(old: Row, new: Row) -> frozenset[str]:
    before, now = decode_row(old).sent, decode_row(new).sent
    return frozenset(key for key in {**before, **now} if before.get(key) != now.get(key))
