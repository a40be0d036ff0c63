"""Saved queries: save the current search under a name, save its columns, and pick a saved one to run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.fields import label_of
from lead_tui.leads.text import one_line
from lead_tui.paging.search import Search
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.saved_queries import SavedQuery, matching, name_key, quoted
from lead_tui.ui.screens.main_context import MainContext

if TYPE_CHECKING:
    from lead_tui.ui.dialogs.query_edits import QueryEdits

_SAVE = "save"  # the purpose of the prompt


class SavedQueryController:
    """Saves the current search, and picks saved ones. The store is used in threads: another session may hold its lock."""

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._edits: QueryEdits | None = None

    def ask_name(self) -> None:
        def submit(name: str) -> None:
            self._main.screen.run_worker(self._save_as(name))

        self._main.prompt.show(_SAVE, "Save as", submit, hint="a name · ⏎ · esc")

    async def _save_as(self, name: str) -> None:
        search = self._main.search
        if search is None:
            self._main.prompt.hide(_SAVE)
            return
        try:
            message = await self._save(search, name)
        except LeadTuiError as error:
            self._main.refuse(str(error))
            return
        # By now the prompt may be open for something else: the question to overwrite is a dialog.
        self._main.prompt.hide(_SAVE)
        if message:
            self._main.show_title(search)
            self._main.say(message)

    async def _save(self, search: Search, name: str) -> str:
        """Save *search*; return the message, "" if the user would not overwrite. Raises ``LeadTuiError``.

        A query that is overwritten keeps its columns where *search* has none of its own. The present sort is saved with it. Of a
        name that is searched for in two fields, one is saved.
        """
        if search.loader is None:
            raise LeadTuiError("A look-up in several fields cannot be saved, only a search can")
        store, query = self._main.session.store, search.filters
        loaded = await asyncio.to_thread(store.load)
        own = {known.name: known for known in loaded.queries if not known.read_only}
        same_name = matching(own, name)
        overwrite = len(same_name) == 1
        if overwrite:
            before = own[same_name[0]]
            self._main.prompt.hide()
            question = f"Overwrite the saved query {quoted(before.name)}?"
            if not await self._main.confirm(question, query.summary(), yes="overwrite", no="keep"):
                return ""
            saved = replace(before, query=query, columns=search.columns or before.columns, sort=search.sort)
        else:
            saved = SavedQuery(name, query, search.columns, search.sort)
        notice = await asyncio.to_thread(lambda: store.save(saved, overwrite=overwrite))
        search.name = one_line(saved.name)
        only = f", {label_of(query.filters[0][0]).lower()} only" if search.query.also_in else ""
        return notice or f"Saved as {one_line(saved.name, 60)}{only}"

    def open(self) -> None:
        from lead_tui.ui.dialogs.query_edits import QueryEdits
        from lead_tui.ui.dialogs.saved_queries import SavedQueries

        def run(saved: SavedQuery) -> None:
            self._main.panes.go_to_table()
            self._main.start(saved.query, saved.name, saved.columns, saved.sort)

        session = self._main.session
        if self._edits is None:
            self._edits = QueryEdits(session.store)
        self._main.ask(SavedQueries(self._edits, keys=session.keys), run)


def save_columns(store: QueryStore, name: str, columns: tuple[str, ...]) -> str:
    """Save *columns* with the query *name*, none for those of all searches; return the message. Not on an event loop.

    Raises ``LeadTuiError``.
    """
    saved = next((known for known in store.load().queries if name_key(known.name) == name_key(name)), None)
    if saved is None:
        return f"{quoted(name)} is no longer saved; the columns apply until the next search"
    if saved.read_only:
        return f"{quoted(name)} is read-only; the columns apply until it runs again"
    notice = store.save(replace(saved, columns=columns), overwrite=True)
    return notice or (f"Columns saved with {quoted(name)}" if columns else f"{quoted(name)} uses the columns of all searches")
