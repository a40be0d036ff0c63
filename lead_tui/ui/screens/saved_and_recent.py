"""Searches to return to: those saved under a name, and the recent ones of the session, each at its position."""

from __future__ import annotations

import asyncio

from lead_tui.keys.catalogue import Pane
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.fields import label_of
from lead_tui.leads.text import fit, joined, one_line
from lead_tui.paging.search import Search
from lead_tui.storage.saved_queries import SavedQuery, matching, quoted
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.dialogs.saved_queries import SavedQueries
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.status import LOADING, search_title, total_text
from lead_tui.ui.widgets.drawn_list import DrawnLine

_SAVE = "save"  # the purpose of the prompt


class SavedAndRecent:
    """Saves the current search, and picks earlier ones. The store is used in threads: another session may hold its lock."""

    def __init__(self, main: MainContext) -> None:
        self._main = main

    def ask_name(self) -> None:
        self._main.prompt.show(_SAVE, "Save as", lambda name: self._main.run_worker(self._save(name)), hint="a name · ⏎ · esc")

    async def _save(self, name: str) -> None:
        """Save the current search as *name*, with its sort.

        A query that is overwritten keeps its columns if the search has none. Of a name in two fields, one search is saved.
        """
        main, search = self._main, self._main.search
        store, sort = main.session.store, tuple(map(str, search.order)) or search.given_sort
        has_first_names_only = search.whole.others_from == 0 and search.whole.length > 0
        query = search.query.in_each_field[-1 if has_first_names_only else 0]
        try:
            if search.is_merged:
                raise LeadTuiError("A look-up in several fields cannot be saved, only a search can")
            loaded = await asyncio.to_thread(store.load)
            same_name = matching((known.name for known in loaded.queries if not known.read_only), name)
            if len(same_name) == 1:
                name = same_name[0]
                main.prompt.hide()
                question = f"Overwrite the saved query {quoted(name)}?"
                if not await main.confirm(question, query.summary(), yes="overwrite", no="keep"):
                    return
                columns = {"columns": search.columns} if search.columns else {}
                notice = await asyncio.to_thread(lambda: store.change(name, query=query, sort=sort, **columns))
            else:
                notice = await asyncio.to_thread(store.save, SavedQuery(name, query, search.columns, sort))
        except LeadTuiError as error:
            main.refuse(str(error))
            return
        search.name = one_line(name)
        only = f", {label_of(query.filters[0][0]).lower()} only" if search.query.also_in else ""
        whole = ", without the narrowing" if search.narrowing else ""
        # By now the prompt may be open for something else: the question to overwrite is a dialog.
        main.prompt.hide(_SAVE)
        main.show_title(search)
        main.say(notice or f"Saved as {one_line(name, 60)}{only}{whole}")

    def open_saved(self) -> None:
        main, dialog = self._main, SavedQueries(self._main.session.store, keys=self._main.session.keys)
        main.ask(dialog, lambda saved: main.searches.start(saved.query, saved.name, saved.sort, saved.columns))

    def open_recent(self) -> None:
        self._main.ask(Recent(self._main), self._main.searches.go_to)


class Recent(ListDialog[Search, Search]):
    """Asks which of the session's searches, which are kept in memory only, to show again; the latest is the first."""

    def __init__(self, main: MainContext) -> None:
        searches, self._current = main.searches.recent, main.search
        super().__init__(Pane.RECENT, main.session.keys, searches)
        self._titles = [joined(one_line(each.name), search_title(each, main.session)) or "all leads" for each in searches]
        self.set_titles("Recent look-ups and searches")
        # The current one is already shown: the user is looking for the one before it.
        self.marked = 1 if len(searches) > 1 and searches[0] is self._current else 0

    def line(self, index: int, width: int) -> DrawnLine:
        search, size = self.items[index], "not loaded"
        if search.whole.answered:
            total = total_text(search)
            size = f"{total} {'lead' if total == '1' else 'leads'}"
        elif search.loading:
            size = LOADING
        row = f" · row {search.position.cursor + 1:,}" if search.rows.length else ""
        right = f"  {size}{row}"
        left = fit(self._titles[index], max(1, width - len(right)))
        return DrawnLine((("bold" if search is self._current else "", left), ("muted", right)))

    def hints(self) -> list[str]:
        return [self.hint("recent.open"), self.hint("dialog.close")]

    action_open = ListDialog.choose
