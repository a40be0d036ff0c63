"""Saved searches as a person keeps them: saving the one in sight under a name, and picking one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lead_tui.leads.errors import LeadTuiError
from lead_tui.paging.search import Search
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.ui.screens.main_context import SAVE, MainContext

if TYPE_CHECKING:
    from lead_tui.ui.dialogs.query_edits import LastDeleted


class SavedQueryController:
    """Saves the search in sight, and opens saved ones; belongs to the main screen."""

    def __init__(self, main: MainContext, renamed: Callable[[Search], None]) -> None:
        """*renamed* hears of a search that has another name now."""
        self._main = main
        self._renamed = renamed
        self._last_deleted: LastDeleted | None = None

    def ask_name(self) -> None:
        """Ask for the name to save under."""
        self._main.prompt.show(SAVE, "Save as", hint="a name · ⏎ · esc")

    def save(self, name: str) -> None:
        """Save under *name*, typed in the prompt."""
        self._main.screen.run_worker(self._save(name))

    async def _save(self, name: str) -> None:
        from lead_tui.ui.screens.save_query import save_search

        search = self._main.search
        if search is None:
            self._main.prompt.hide(SAVE)
            return
        try:
            said = await save_search(self._main.session.store, search, name, search.columns, self._ask_to_overwrite)
        except LeadTuiError as error:
            self._main.refuse(str(error))
            return
        # By now the prompt may ask for something else: who overwrites is asked in a dialog, and can go on from there.
        self._main.prompt.hide(SAVE)
        if said:
            self._renamed(search)
            self._main.say(said)

    async def _ask_to_overwrite(self, question: str, detail: str) -> bool:
        from lead_tui.ui.dialogs.confirm import Confirm

        self._main.prompt.hide()
        confirm = Confirm(question, detail, yes="overwrite", no="keep", keys=self._main.session.keys)
        return await self._main.screen.app.push_screen_wait(confirm)

    def pick(self, then: Callable[[SavedQuery], None]) -> None:
        """Have one picked, and *then* do something with it."""
        from lead_tui.ui.dialogs.query_edits import LastDeleted
        from lead_tui.ui.dialogs.saved_queries import SavedQueries

        def picked(saved: SavedQuery | None) -> None:
            if saved is not None:
                then(saved)

        if self._last_deleted is None:
            self._last_deleted = LastDeleted()
        session = self._main.session
        self._main.screen.app.push_screen(SavedQueries(session.store, self._last_deleted, keys=session.keys), picked)
