"""What changed between two answers to the same search: new leads, and leads with other values. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from lead_tui.leads.decode import Row
from lead_tui.leads.page import Page


class Changes(Struct, frozen=True):
    """Id numbers (``decode.id_number``) of leads."""

    new: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()

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
    changed = {page.ids[place] for place in known if page.rows[place] != before[page.ids[place]]}
    return Changes(frozenset(new), frozenset(changed))
