"""Saved searches as a person keeps them: saving the one in sight under a name, and picking one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from lead_tui.leads.errors import LeadTuiError
from lead_tui.paging.searches import Search, Searches
from lead_tui.screens.session import Session
from lead_tui.storage.saved import SavedQuery
from lead_tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from lead_tui.screens.query_edits import LastDeleted

SAVE = "save"
"""What the prompt is asked for."""


class Keeping:
    """Saves the search in sight of *searches*, and opens saved ones; belongs to the main screen."""

    def __init__(
        self,
        screen: Screen[Any],
        session: Session,
        searches: Searches,
        prompt: Prompt,
        say: Callable[..., None],
        renamed: Callable[[Search], None],
    ) -> None:
        """*say* tells a sentence; *renamed* hears of a search that has another name now."""
        self._screen = screen
        self._session = session
        self._searches = searches
        self._prompt = prompt
        self._say = say
        self._renamed = renamed
        self._last_deleted: LastDeleted | None = None

    def ask_name(self) -> None:
        """Ask for the name to save under."""
        self._prompt.show(SAVE, "Save as", hint="a name · ⏎ · esc")

    def save(self, name: str) -> None:
        """Save under *name*, typed in the prompt."""
        self._screen.run_worker(self._save(name))

    async def _save(self, name: str) -> None:
        from lead_tui.screens.saving import save_search

        search = self._searches.current
        if search is None:
            self._prompt.hide()
            return
        try:
            said = await save_search(self._session.store, search, name, search.columns, self._ask_to_overwrite)
        except LeadTuiError as error:
            if self._prompt.purpose:
                self._prompt.fail(str(error))
            else:
                self._say(str(error), alert=True)
            return
        self._prompt.hide()
        if said:
            self._renamed(search)
            self._say(said)

    async def _ask_to_overwrite(self, question: str, detail: str) -> bool:
        from lead_tui.screens.confirm import Confirm

        self._prompt.hide()
        confirm = Confirm(question, detail, yes="overwrite", no="keep", keys=self._session.keys)
        return await self._screen.app.push_screen_wait(confirm)

    def pick(self, then: Callable[[SavedQuery], None]) -> None:
        """Have one picked, and *then* do something with it."""
        from lead_tui.screens.query_edits import LastDeleted
        from lead_tui.screens.saved_queries import SavedQueries

        def picked(saved: SavedQuery | None) -> None:
            if saved is not None:
                then(saved)

        if self._last_deleted is None:
            self._last_deleted = LastDeleted()
        self._screen.app.push_screen(SavedQueries(self._session.store, self._last_deleted, keys=self._session.keys), picked)
