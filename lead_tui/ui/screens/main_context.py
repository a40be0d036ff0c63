"""What the main screen and its controllers share: the session, its searches, the panes, the prompt, and how to tell a person."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct
from textual.screen import Screen

from lead_tui.keys.catalogue import hint
from lead_tui.paging.search import Search
from lead_tui.paging.searches import Searches
from lead_tui.ui.screens.panes import Panes
from lead_tui.ui.screens.session import Session
from lead_tui.ui.screens.status import Status
from lead_tui.ui.widgets.detail import Detail
from lead_tui.ui.widgets.lead_table import LeadTable
from lead_tui.ui.widgets.prompt import Prompt

# What the prompt is asked for.
LOOK_UP: Final = "look-up"
ROW: Final = "row"
SAVE: Final = "save"
NARROW: Final = "narrow"
FIND: Final = "find"
EXPORT: Final = "export"


class MainContext(Struct, frozen=True, eq=False):
    """The parts of the main screen with which its controllers work."""

    screen: Screen[Any]
    """Over which dialogs are opened, and which runs the workers."""
    session: Session
    searches: Searches
    panes: Panes
    prompt: Prompt
    status: Status

    @property
    def table(self) -> LeadTable:
        """The table of the panes."""
        return self.panes.table

    @property
    def detail(self) -> Detail:
        """The detail of the panes."""
        return self.panes.detail

    @property
    def search(self) -> Search | None:
        """The search in sight."""
        return self.searches.current

    @property
    def is_ascii(self) -> bool:
        """Whether to draw with the characters that every terminal has."""
        return self.screen.app.has_class("-ascii")

    def hint(self, key_id: str, does: str) -> str:
        """``r tries again``: the key in effect for *key_id*, and what it does; "" where there is none."""
        return hint(self.session.keys, key_id, does)

    def say(self, text: str, *, alert: bool = False) -> None:
        """Tell *text* until the next key."""
        self.status.say(text, alert=alert)

    def refuse(self, text: str) -> None:
        """Tell why something cannot be done: beside what was typed where the prompt is open, else as an alert."""
        if self.prompt.purpose:
            self.prompt.fail(text)
        else:
            self.say(text, alert=True)

    def tell(self) -> None:
        """Have the status line tell of the search in sight, and of what is under way, anew."""
        self.status.tell_current()
