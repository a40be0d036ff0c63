"""The recent look-ups and searches: a list of them, the latest first, from which each is shown again at its position."""

from __future__ import annotations

from collections.abc import Sequence

from lead_tui.keys.catalogue import Pane, hint
from lead_tui.leads.text import fit, one_line
from lead_tui.paging.search import Search
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.status_text import joined, search_title, total_text
from lead_tui.ui.widgets.drawn_list import DrawnLine


class Recent(ListDialog[Search, Search]):
    """Asks which of *searches*, of which *current* is shown, to show again."""

    def __init__(self, searches: Sequence[Search], main: MainContext) -> None:
        super().__init__(Pane.RECENT, main.session.keys, searches)
        self._current = main.search
        self._titles = [joined(one_line(each.name), search_title(each, main.session)) or "all leads" for each in searches]
        totals = [total_text(each) for each in searches]
        self._totals = _aligned([f"{total} {'lead' if total == '1' else 'leads'}" for total in totals])
        self._rows = _aligned([f"row {each.position.cursor + 1:,}" if each.rows.length else "" for each in searches])
        self.set_titles("Recent look-ups and searches")
        # The current one is shown already: the one before it is what the user looks for.
        self.marked = 1 if len(searches) > 1 and searches[0] is self._current else 0

    def line(self, index: int, width: int) -> DrawnLine:
        right = f"  {self._totals[index]}  {self._rows[index]}"
        left = fit(self._titles[index], max(1, width - len(right)))
        return DrawnLine((("bold" if self.items[index] is self._current else "", left), ("faint", right)))

    def hints(self) -> list[str]:
        return [hint(self.keys, "recent.open"), hint(self.keys, "dialog.close")]

    def clicked(self, index: int) -> None:
        self.finish(self.items[index])

    def action_open(self) -> None:
        self.choose()


def open_recent(main: MainContext) -> None:
    """Open the list of the searches of the session that are kept; nothing of them is written to disk."""
    main.table.settle()

    def chosen(search: Search) -> None:
        if search in main.searches.recent:
            main.panes.go_to_table()
            main.searches.go_to(search)

    main.ask(Recent(main.searches.recent, main), chosen)


def _aligned(texts: Sequence[str]) -> list[str]:
    width = max(map(len, texts), default=0)
    return [text.rjust(width) for text in texts]
