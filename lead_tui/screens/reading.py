"""Reading a lead: what keys of the detail do beyond the detail itself. Finding a field, going on from a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lead_tui.keys import Key
from lead_tui.leads.errors import UsageError
from lead_tui.leads.text import one_line
from lead_tui.screens.going_on import Explorer, go_on
from lead_tui.widgets.detail import Detail
from lead_tui.widgets.prompt import Prompt

FIND = "find"
"""What the prompt is asked for."""

_MOST_SHOWN = 40


class Reading:
    """Carries out the keys of *detail*; belongs to the main screen."""

    def __init__(
        self,
        explorer: Explorer,
        detail: Detail,
        prompt: Prompt,
        say: Callable[..., None],
        labels: Mapping[str, str],
        keys: Sequence[Key],
        go_to_table: Callable[[], object],
    ) -> None:
        self._explorer = explorer
        self._detail = detail
        self._prompt = prompt
        self._say = say
        self._labels = labels
        self._keys = keys
        self._go_to_table = go_to_table
        self._sought: list[str] = []

    async def carry_out(self, action: str) -> None:
        """Do what a key of the detail does, at once: what asks for a text has the keys that follow."""
        match action:
            case "find":
                self.ask_what_to_find()
            case "find_next" | "find_previous" if not self._sought:
                self.ask_what_to_find()
            case "find_next":
                self._detail.find_next()
                self._tell_found()
            case "find_previous":
                self._detail.find_previous()
                self._tell_found()
            case "go_on":
                self.go_on()
            case _:
                await self._detail.run_action(action)

    def ask_what_to_find(self) -> None:
        """Ask for a text that a field holds."""
        self._prompt.show(FIND, "Field", history=self._sought, hint="label, key or value · ↑ earlier · ⏎ · esc")

    def find(self, text: str) -> None:
        """Go to the first field from the cursor on that holds *text*, which was typed in the prompt."""
        self._prompt.hide()
        self._sought = [*(each for each in self._sought if each != text), text]
        self._detail.find(text)
        self._tell_found()

    def _tell_found(self) -> None:
        place, count = self._detail.found
        sought = one_line(self._sought[-1], _MOST_SHOWN)
        if not count:
            hidden = f", the {self._detail.hidden:,} hidden ones left out" if self._detail.hidden else ""
            self._say(f"No field holds {sought}{hidden}")
        else:
            self._say(f"Field {place:,} of {count:,} with {sought}")

    def go_on(self) -> None:
        """Show the leads with the same value in the field under the cursor."""
        lead, key = self._detail.lead, self._detail.current_field
        if lead is None or key is None:
            return
        if self._detail.is_masked(key):
            how = ": reveal it first" if self._detail.may_reveal else ""
            self._say(f"What is masked is not searched for{how}", alert=True)
            return
        try:
            told = go_on(self._explorer, lead, key, self._labels, self._keys, self._detail.covered(lead))
        except UsageError as error:
            self._say(str(error), alert=True)
            return
        self._go_to_table()
        self._say(told)
