"""The picker of saved queries: run one, search them, rename, delete, restore, assign a digit, choose the one to start with.

Letters are commands as in the rest of the program; after ``/`` they are search text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from textual import events
from textual.widgets import Static

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, names
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.text import cell_width, counted, fit, joined, one_line, ranked
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.saved_queries import DIGITS, SavedQuery, quoted
from lead_tui.ui.dialogs.dialog import Confirm
from lead_tui.ui.dialogs.list_dialog import SearchDialog
from lead_tui.ui.widgets.bars import ALERT
from lead_tui.ui.widgets.drawn_list import DrawnLine

_SEARCH = "Search  "
_NOTICES_SHOWN = 2

_GAP = "  "
NAME_AT = 1 + len(_GAP)  # the cell at which names begin, after the digit


def summary_of(saved: SavedQuery) -> str:
    return one_line(saved.query.summary()) or "all leads"


class QueryLines:
    """Makes the lines of *queries*; the columns stay the same whichever queries a search finds."""

    def __init__(self, queries: Sequence[SavedQuery] = ()) -> None:
        self._longest_name = max((cell_width(one_line(each.name)) for each in queries), default=0)
        self._longest_marks = max((len(each.marks) for each in queries), default=0)

    def line(self, saved: SavedQuery, width: int) -> DrawnLine:
        """Return the line of *saved*: all of its marks, the name in up to half of the rest, then the summary."""
        marks = f"{_GAP}{saved.marks:>{self._longest_marks}}" if self._longest_marks else ""
        rest = max(1, width - NAME_AT - len(marks))
        name_width = min(self._longest_name, -(-rest // 2))
        summary = fit(f"{_GAP}{summary_of(saved)}", rest - name_width)
        name = fit(one_line(saved.name), name_width)
        return DrawnLine((("", f"{saved.key or ' '}{_GAP}"), ("bold", name), ("", summary + marks)))


class SavedQueries(SearchDialog[SavedQuery, SavedQuery]):
    """Asks which query to run; the result is None on cancel. Changes made here are written to *store* immediately."""

    WIDTH = 100

    def __init__(self, store: QueryStore, *, keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(keys, _SEARCH, pane=Pane.QUERIES)
        self._actions.update({digit: f"run_digit('{digit}')" for digit in DIGITS})
        self._store = store
        self._queries: tuple[SavedQuery, ...] = ()
        self._lines = QueryLines()
        self._is_loaded = False
        self._asks_digit = False
        self._is_renaming = False  # whether the line is for a new name of the marked query
        self._message = ""
        self._notices: tuple[str, ...] = ()
        self._notice_line = Static(classes="doubt", markup=False)
        self._message_line = Static(markup=False)
        self.parts = [self._notice_line, *self.parts, self._message_line]

    def begin(self) -> None:
        self.run_worker(self._load())

    async def _load(self, name: str = "", message: str = "") -> None:
        """Read the queries again and show them, with *name* marked if it is given, and *message*."""
        loaded = await asyncio.to_thread(self._store.load)
        self._queries, self._is_loaded, self._lines = loaded.queries, True, QueryLines(loaded.queries)
        self._notices = loaded.notices
        self.find(self.sought, name)
        self._message = message
        self.mark(self.marked)
        self.resume_input()

    def fit_height(self) -> None:
        message = self._message or self._keys()
        self._message_line.set_classes("hints" if not self._message else "alert" if message.startswith(ALERT) else "")
        more = len(self._notices) - _NOTICES_SHOWN
        others = f"and {counted(more, 'more notice')}: lead-tui queries list" if more > 0 else ""
        notices = (*(f"{ALERT}{notice}" for notice in self._notices[:_NOTICES_SHOWN]), others)
        # With the line of the search.
        self.other_lines = 1 + self.fill(self._notice_line, *notices) + self.fill(self._message_line, message)
        super().fit_height()

    def line(self, index: int, width: int) -> DrawnLine:
        # One cell before the scroll bar stays free.
        return self._lines.line(self.items[index], width - 1)

    def hints(self) -> list[str]:
        # The keys are below, where there is room for long messages.
        return ["No query has these letters."] if self._queries and not self.items else []

    def draw(self) -> None:
        self.fit_height()
        super().draw()
        among = "" if len(self.items) == len(self._queries) else " found"
        place = f"{self.marked + 1} of {len(self.items)}{among}" if self.items else ""
        self.set_titles("Saved queries", joined(place, "" if self.sought or self.is_line else self.hint("dialog.close")))

    def _show_message(self, text: str = "") -> None:
        """Show *text* below the list until the next key; if it is empty, the keys."""
        self._message = text
        self.draw()

    def _keys(self) -> str:
        enter = self.name_of("enter")
        if self._is_renaming:
            return f"{enter} rename  esc cancel"
        if self.is_line:
            return "  ".join((*([f"{enter} run"] if self.items else []), *self.search_hints))
        keys = [self.hint("queries.undo") if self._store.deleted is not None else ""]
        if self.items:
            keys[:0] = (self.hint(f"queries.{each}") for each in ("run", "search", "rename", "delete", "start", "give_digit"))
        elif self._queries:
            keys[:0] = self.hint("queries.search"), "esc show all"
        elif self._is_loaded:
            save = next((names(key) for key in self.keys if key.id == "main.save_query"), "")
            keys[:0] = (f"No saved queries yet. Press {save} on the main screen to save the current search.",)
        return "  ".join(filter(None, keys))

    def find(self, text: str, name: str = "") -> None:
        name = name or (self.current.name if self.current is not None else "")
        self.items = ranked(text, self._queries, lambda saved: ((one_line(saved.name),), summary_of(saved)), letters=True)
        self.marked = next((at for at, each in enumerate(self.items) if each.name == name), self.marked)

    action_run = SearchDialog.choose

    def action_run_digit(self, digit: str) -> None:
        found = next((saved for saved in self._queries if saved.key == digit), None)
        if found is not None:
            self.finish(found)
        elif self._queries:
            self._show_message(joined(f"No query has the digit {digit}", self.hint("queries.give_digit", "assign it")))

    async def process_key(self, event: events.Key) -> bool:
        if self._message:
            self._show_message()
        if not self._asks_digit:
            return await super().process_key(event)
        # Any key other than a digit assigns none.
        self._asks_digit = False
        saved = self.current
        if event.key in DIGITS and saved is not None:
            digit, name = "" if saved.key == event.key else event.key, quoted(saved.name)
            self._change(saved, f"{digit} runs {name}" if digit else f"{name} has no digit now", key=digit)
        return True

    def _changeable(self) -> SavedQuery | None:
        """Return the marked query if it can be changed; otherwise say why it cannot."""
        saved = self.current
        if saved is not None and saved.read_only:
            self._show_message(f"{ALERT}{quoted(saved.name)} is read-only: its file is not changed from here")
            return None
        return saved

    def action_start(self) -> None:
        if saved := self._changeable():
            message = f"{quoted(saved.name)} {'no longer runs' if saved.start else 'runs'} at startup"
            self._change(saved, message, start=not saved.start)

    def action_give_digit(self) -> None:
        if saved := self._changeable():
            self._asks_digit = True
            away = f" · {saved.key} removes it" if saved.key else ""
            self._show_message(f"Shortcut for {quoted(saved.name)}: 0–9{away} · esc cancel")

    def action_delete(self) -> None:
        if (saved := self._changeable()) is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                message = joined(f"Deleted {quoted(saved.name)}", self.hint("queries.undo", "restores it"))
                self._write(lambda: self._store.delete(saved.name), message)

        question = f"Delete the saved query {quoted(saved.name)}?"
        self.app.push_screen(Confirm(question, summary_of(saved), yes="delete it", no="keep it", keys=self.keys), answered)

    def action_undo(self) -> None:
        if (deleted := self._store.deleted) is None:
            self._show_message(f"{ALERT}Nothing to restore")
        else:
            name = deleted.saved.name
            self._write(lambda: self._store.restore(deleted), f"Restored {quoted(name)}", name)

    def _change(self, saved: SavedQuery, message: str, **changes: Any) -> None:
        """Write *changes*, fields of *saved*."""
        self._write(lambda: self._store.change(saved.name, **changes), message, changes.get("name", saved.name))

    def _write(self, change: Callable[[], str | None], message: str, name: str = "") -> None:
        """Make the *change* in a thread, mark the query *name*, and show the notice that *change* returns, else *message*; or the
        error. Keys wait: they are for the new list."""

        async def write() -> None:
            try:
                notice = await asyncio.to_thread(change)
            except LeadTuiError as error:
                await self._load("", f"{ALERT}{error}")
            else:
                self._end_renaming()
                await self._load(name, notice or message)

        self._show_message("Saving…")
        self.keys_wait = True
        self.run_worker(write())

    def action_rename(self) -> None:
        if saved := self._changeable():
            self._is_renaming = True
            self.label.update("New name  ")
            self.search_line.put(one_line(saved.name), select=True)
            self.action_search()

    def _end_renaming(self) -> None:
        if self._is_renaming:
            self._is_renaming = False
            self.label.update(_SEARCH)
            self.search_line.put(self.sought)
            self.show_list()

    def key_pressed(self, key: str) -> bool:
        if not self._is_renaming:
            return super().key_pressed(key)
        saved, name = self.current, self.search_line.value.strip()
        if key == "enter" and saved is not None and name != one_line(saved.name):
            self._change(saved, f"Renamed to {quoted(name)}", name=name)
        elif key in ("enter", "escape"):
            self._end_renaming()
        else:
            # The mark stays on the query until renaming is over.
            return key in ("up", "down", "pageup", "pagedown", "tab", "shift+tab")
        return True

    def text_changed(self, text: str) -> None:
        if not self._is_renaming:
            super().text_changed(text)
