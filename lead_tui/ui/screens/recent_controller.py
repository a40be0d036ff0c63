"""The recent look-ups and searches: a list of them, from which each is shown again at its position."""

from __future__ import annotations

from lead_tui.leads.text import one_line
from lead_tui.ui.dialogs.recent import Recent, RecentSearch
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.status_text import joined, search_title, total_text


class RecentController:
    """Lists the searches of the session that are kept; nothing of them is written to disk."""

    def __init__(self, main: MainContext) -> None:
        self._main = main

    def open(self) -> None:
        """Open the list."""
        main = self._main
        main.table.settle()
        searches = main.searches.recent
        listed = [
            RecentSearch(
                joined(one_line(each.name), search_title(each, main.session)) or "all leads",
                total_text(each),
                each.position.cursor + 1 if each.rows.length else 0,
                is_current=each is main.search,
            )
            for each in searches
        ]

        def chosen(index: int | None) -> None:
            if index is not None and searches[index] in main.searches.recent:
                main.panes.go_to_table()
                main.searches.go_to(searches[index])

        main.screen.app.push_screen(Recent(listed, main.session.keys), chosen)
