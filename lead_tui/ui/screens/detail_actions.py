"""Reading a lead: what keys of the detail do beyond the detail itself. Finding a field, going on from a value."""

from __future__ import annotations

from lead_tui.leads.errors import UsageError
from lead_tui.leads.text import one_line
from lead_tui.ui.screens.main_context import FIND, MainContext
from lead_tui.ui.screens.search_by_value import LeadSearch, go_on

_MAX_SHOWN = 40


class DetailActions:
    """Carries out the keys of the detail; belongs to the main screen."""

    def __init__(self, main: MainContext, explorer: LeadSearch) -> None:
        """*explorer* shows other leads."""
        self._main = main
        self._explorer = explorer
        self._sought: list[str] = []

    def carry_out(self, action: str) -> None:
        """Do what a key of the detail does, at once: what asks for a text has the keys that follow."""
        match action:
            case "find":
                self.ask_what_to_find()
            case "find_next" | "find_previous" if not self._sought:
                self.ask_what_to_find()
            case "find_next" | "find_previous":
                self._main.detail.find_again(1 if action == "find_next" else -1)
                self._tell_found()
            case "go_on":
                self.go_on()
            case _:
                self._main.detail.carry_out(action)

    def ask_what_to_find(self) -> None:
        """Ask for a text that a field holds."""
        self._main.prompt.show(FIND, "Field", history=self._sought, hint="label, key or value · ↑ earlier · ⏎ · esc")

    def find(self, text: str) -> None:
        """Go to the first field from the cursor on that holds *text*, which was typed in the prompt."""
        self._main.prompt.hide()
        self._sought = [*(each for each in self._sought if each != text), text]
        self._main.detail.find(text)
        self._tell_found()

    def _tell_found(self) -> None:
        place, count = self._main.detail.found
        sought = one_line(self._sought[-1], _MAX_SHOWN)
        if not count:
            hidden = f", the {self._main.detail.hidden:,} hidden ones left out" if self._main.detail.hidden else ""
            self._main.say(f"No field holds {sought}{hidden}")
        else:
            self._main.say(f"Field {place:,} of {count:,} with {sought}")

    def go_on(self) -> None:
        """Show the leads with the same value in the field under the cursor."""
        lead, key = self._main.detail.lead, self._main.detail.current_field
        if lead is None or key is None:
            return
        if self._main.detail.is_masked(key):
            how = ": reveal it first" if self._main.detail.may_reveal else ""
            self._main.say(f"What is masked is not searched for{how}", alert=True)
            return
        session = self._main.session
        try:
            told = go_on(self._explorer, lead, key, session.labels, session.keys, self._main.detail.masked_keys(lead))
        except UsageError as error:
            self._main.say(str(error), alert=True)
            return
        self._main.panes.go_to_table()
        self._main.say(told)
