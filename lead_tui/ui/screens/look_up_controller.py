"""Look-ups: the box in which a phone, email, lead id or name is typed or pasted, and what a look-up finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lead_tui.keys.catalogue import Pane
from lead_tui.leads.errors import UsageError
from lead_tui.leads.lookup import LookUp, in_one_line
from lead_tui.leads.lookup import look_up as parse_look_up
from lead_tui.paging.search import Search
from lead_tui.ui.screens.main_context import LOOK_UP, MainContext

FIRST_CHARACTERS: Final = frozenset("0123456789+(#")
"""Those that open the box when they are typed on the table."""


class LookUpController:
    """Opens the box, looks up what is submitted there, and opens the only hit."""

    def __init__(self, main: MainContext, open_detail: Callable[[], None]) -> None:
        self._main = main
        self._open_detail = open_detail
        self._recent: list[str] = []
        """The texts looked up in this session, the latest last; never written to disk."""

    def open(self, text: str = "") -> None:
        """Open the box with *text* in it, the beginning of what the user types; without one, what is in it is selected."""
        hint = "phone · email · #id · name · ↑ earlier · ⏎ · esc"
        self._main.prompt.show(LOOK_UP, "Look up", text, history=self._recent, hint=hint, typed=True, read_paste=in_one_line)

    def submit(self, text: str) -> None:
        """Look *text* up, or show in the box why that cannot be done."""
        try:
            lookup = parse_look_up(text)
        except UsageError as error:
            self._main.refuse(str(error))
            return
        self._main.prompt.hide()
        self.look_up(lookup)
        if ignored := lookup.ignored_said():
            self._main.say(ignored)

    def look_up(self, lookup: LookUp) -> None:
        """Show what the look-up *lookup* finds."""
        self._recent[:] = [*(text for text in self._recent if text != lookup.text), lookup.text]
        self._main.panes.go_to_table()
        self._main.searches.look_up(lookup)

    def open_only_hit(self, search: Search) -> None:
        """Open the lead that is the only hit of *search*, once; not while the user types something else."""
        if search.lookup is None or search.opened or search.snapshot is not None or not search.answered or search.rows.length != 1:
            return
        if search.rows.lead(0) is not None:
            search.opened = True
            if not self._main.prompt.purpose and self._main.panes.focused is not Pane.FILTERS:
                self._open_detail()
