"""The list of the session's look-ups and searches, the latest first."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.leads.cells import fit
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.widgets.drawn_list import DrawnLine

_GAP = "  "


class RecentSearch(Struct, frozen=True):
    """A line of the list. Clean text."""

    title: str
    total: str
    row: int
    """The cursor's, from 1; 0 for none."""
    is_current: bool


class Recent(ListDialog[int | None]):
    """Asks which of *searches* to show again; the result is its index, or None on cancel."""

    DEFAULT_CSS = """
    Recent {
        & > .box { width: 76; }
    }
    """

    def __init__(self, searches: Sequence[RecentSearch], keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(Pane.RECENT, keys)
        self._searches = searches
        self._totals = [f"{each.total} {'lead' if each.total == '1' else 'leads'}" for each in searches]
        self._rows = [f"row {each.row:,}" if each.row else "" for each in searches]
        self.set_titles("Recent look-ups and searches")
        # The current one is shown already: the one before it is what the user looks for.
        self.marked = 1 if len(searches) > 1 and searches[0].is_current else 0

    @property
    def count(self) -> int:
        return len(self._searches)

    def line(self, index: int, width: int) -> DrawnLine:
        total = f"{self._totals[index]:>{max(map(len, self._totals))}}"
        row = f"{self._rows[index]:>{max(map(len, self._rows))}}"
        right = f"{_GAP}{total}{_GAP}{row}"
        search = self._searches[index]
        left = fit(search.title, max(1, width - len(right)))
        return DrawnLine((("bold" if search.is_current else "", left), ("faint", right)))

    def hints(self) -> list[str]:
        return [hint(self.keys, "recent.open"), hint(self.keys, "dialog.close")]

    def clicked(self, index: int) -> None:
        self.finish(index)

    def action_open(self) -> None:
        self.finish(self.marked)
