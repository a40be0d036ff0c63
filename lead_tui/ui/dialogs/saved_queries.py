"""The picker of saved queries: run one, search them, rename, delete and bring back, mark the one to start with.

The list has the focus, so that letters are commands as in the rest of the program; behind ``/`` they are text that searches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum, auto

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint, names, shown
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.text import one_line
from lead_tui.storage.saved_queries import SavedQuery, name_key
from lead_tui.ui.dialogs.base import Dialog, plain
from lead_tui.ui.dialogs.fuzzy import ranked
from lead_tui.ui.dialogs.query_edits import Done, LastDeleted, QueryEdits, Store, quoted
from lead_tui.ui.dialogs.query_list import NAME_AT, QueryList, Row, summary_of
from lead_tui.ui.widgets.line_input import LineInput

_DIGITS = "0123456789"
_NOTICES_SHOWN = 2


class _Mode(Enum):
    """What keys mean at the moment."""

    PICKING = auto()
    SEARCHING = auto()
    RENAMING = auto()
    GIVING_DIGIT = auto()


class SavedQueries(Dialog[SavedQuery | None]):
    """Gives the query that was picked, or None. What it changes is written at once through *store*."""

    # Of auto height each: Textual forgets the list's maximum when one of the others has a fixed height.
    DEFAULT_CSS = """
    SavedQueries {
        & > .box { width: 100; }
        & #queries-notices { max-height: 40vh; }
        &.-notices #queries-list, &.-notices QueryList { max-height: 33vh; }
        & #queries-search { height: auto; display: none; }
        & #queries-search > Static { width: auto; color: $text-muted; }
        & #queries-search > LineInput { width: 1fr; }
        &.-searching #queries-search { display: block; }
        & #queries-list { height: auto; max-height: 60vh; }
        & #queries-rename { position: absolute; display: none; background: $background; }
        &.-renaming #queries-rename { display: block; }
        & #queries-foot { margin: 1 0 0 0; }
    }
    """

    AUTO_FOCUS = "QueryList"

    def __init__(self, store: Store, last_deleted: LastDeleted | None = None, *, keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(Pane.QUERIES, keys)
        self._actions.update({digit: f"run_digit('{digit}')" for digit in _DIGITS})
        self._edits = QueryEdits(store, last_deleted if last_deleted is not None else LastDeleted())
        self._queries: tuple[SavedQuery, ...] = ()
        self._is_loaded = False
        self._mode = _Mode.PICKING
        self._sought = ""
        self._box = Vertical(classes="box")
        self._notices = Static(id="queries-notices", classes="doubt", markup=False)
        self._list = QueryList(id="queries-rows")
        self._search_line = LineInput(self, id="queries-sought")
        self._name_line = LineInput(self, id="queries-rename")
        self._foot = Static(id="queries-foot", markup=False)

    def compose(self) -> ComposeResult:
        self._box.border_title = Content("Saved queries")
        self._notices.display = False
        with self._box:
            yield self._notices
            with Horizontal(id="queries-search"):
                yield Static("Search  ", markup=False)
                yield self._search_line
            with Container(id="queries-list"):
                yield self._list
                yield self._name_line
            yield self._foot

    def on_mount(self) -> None:
        self._show_message()
        self.run_worker(self._begin())

    async def _begin(self) -> None:
        if await self._load():
            self._show_message()
        self.be_ready()

    # What is shown

    async def _load(self, stand_on: str = "") -> bool:
        """Read the queries again and show them, with *stand_on* marked if it is given; return False on failure."""
        try:
            loaded = await asyncio.to_thread(self._edits.load)
        except LeadTuiError as error:
            self._show_message(str(error), alert=True)
            return False
        self._queries, self._is_loaded = loaded.queries, True
        self._show_notices(loaded.notices)
        self._show(stand_on)
        return True

    def _show_notices(self, notices: Sequence[str]) -> None:
        lines = [f"! {notice}" for notice in notices[:_NOTICES_SHOWN]]
        if more := len(notices) - len(lines):
            lines.append(f"! and {more} more")
        self._notices.update(plain("\n".join(lines)))
        self._notices.display = bool(lines)
        self.set_class(bool(lines), "-notices")

    def _show(self, stand_on: str = "") -> None:
        """Show the queries that the search finds, all without one."""
        sought = self._sought.strip()
        if sought:
            found = ranked(sought, self._queries, lambda saved: (one_line(saved.name), summary_of(saved)))
            rows = [Row(saved, match.positions) for saved, match in found]
        else:
            rows = [Row(saved) for saved in self._queries]
        at = self._list.highlighted or 0
        if stand_on:
            wanted = name_key(stand_on)
            at = next((index for index, row in enumerate(rows) if name_key(row.saved.name) == wanted), at)
        self._list.show(rows, self._queries, at, self._empty_note(bool(sought)))
        self._show_place()
        if self._mode is _Mode.RENAMING:
            self._place_name_line()

    def _empty_note(self, is_searching: bool) -> str:
        if not self._is_loaded:
            return ""
        if is_searching:
            return "No query has these letters."
        save = next((names(key) for key in self.keys if key.id == "main.save_query"), "")
        return f"No saved queries yet. Press {save} on the main screen to save the current search."

    def _show_place(self) -> None:
        rows = len(self._list.rows)
        found = "" if rows == len(self._queries) else " found"
        place = f"{(self._list.highlighted or 0) + 1} of {rows}{found}" if rows else ""
        close = "" if self._sought or self._mode in (_Mode.SEARCHING, _Mode.RENAMING) else hint(self.keys, "dialog.close")
        self._box.border_subtitle = Content(" · ".join(part for part in (place, close) if part))

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._show_place()

    def _show_message(self, text: str = "", *, alert: bool = False) -> None:
        """Show *text* below the list; if it is empty, the keys."""
        self._foot.set_class(alert, "alert")
        self._foot.set_class(not text, "hints")
        self._foot.update(plain(f"! {text}" if alert else text or self._hints()))

    def _hints(self) -> str:
        # A line has keys of its own, whatever those of the list are.
        enter = shown("enter", plain=self.keys[0].plain)
        match self._mode:
            case _Mode.SEARCHING:
                hints = [f"{enter} run", "↑ ↓ move", "tab to the list", "esc show all"]
            case _Mode.RENAMING:
                hints = [f"{enter} rename", "esc cancel"]
            case _:
                ids = ["search", "rename", "delete", "start", "give_digit"] if self._queries else []
                if self._edits.last_deleted.deleted is not None:
                    ids.append("undo")
                hints = [hint(self.keys, f"queries.{each}") for each in ids]
                if self._queries:
                    digits = f"{_DIGITS[0]}–{_DIGITS[-1]} " if any(saved.key for saved in self._queries) else ""
                    run = hint(self.keys, "queries.run")
                    hints.insert(0, run.replace(" ", f" {digits}", 1))
        return "  ".join(each for each in hints if each)

    # Moving and running

    def action_run(self) -> None:
        self._pick(self._list.current)

    def action_run_digit(self, digit: str) -> None:
        if self._mode is _Mode.GIVING_DIGIT:
            self._give_digit(digit)
            return
        found = next((saved for saved in self._queries if saved.key == digit), None)
        if found is None and self._is_loaded:
            give = hint(self.keys, "queries.give_digit", "assign it")
            self._show_message(" · ".join(part for part in (f"No query has the digit {digit}", give) if part))
        self._pick(found)

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        if self._mode is _Mode.RENAMING:
            self._leave_rename()
        else:
            self.action_run()

    def _pick(self, saved: SavedQuery | None) -> None:
        if saved is not None:
            self.finish(saved)

    def action_down(self) -> None:
        self._move(self._list.action_cursor_down)

    def action_up(self) -> None:
        self._move(self._list.action_cursor_up)

    def action_page_down(self) -> None:
        self._move(self._list.action_page_down)

    def action_page_up(self) -> None:
        self._move(self._list.action_page_up)

    def action_top(self) -> None:
        self._move(self._list.action_first)

    def action_bottom(self) -> None:
        self._move(self._list.action_last)

    def _move(self, movement: Callable[[], None]) -> None:
        self._stop_asking_for_digit()
        if self._list.rows:
            movement()

    # Modes

    def _set_mode(self, mode: _Mode) -> None:
        self._mode = mode
        self.set_class(mode is _Mode.RENAMING, "-renaming")
        self.set_class(mode is _Mode.SEARCHING or bool(self._sought), "-searching")
        self._show_place()
        self._show_message()

    def _stop_asking_for_digit(self) -> None:
        if self._mode is _Mode.GIVING_DIGIT:
            self._set_mode(_Mode.PICKING)

    def key_pressed(self, key: str) -> bool:
        renaming = self._mode is _Mode.RENAMING
        match key:
            case "enter" if renaming:
                self._rename()
            case "enter":
                self.action_run()
            case "escape" if renaming:
                self._leave_rename()
            case "escape":
                self._end_search()
            case "up" | "down" | "pageup" | "pagedown" | "tab" | "shift+tab" if renaming:
                # The name stands where it stands until it is done with.
                pass
            case "up":
                self.action_up()
            case "down":
                self.action_down()
            case "pageup":
                self.action_page_up()
            case "pagedown":
                self.action_page_down()
            case "tab" | "shift+tab":
                self._set_mode(_Mode.PICKING)
                self._focus_list()
            case _:
                return False
        return True

    def text_changed(self, text: str) -> None:
        if self._mode is _Mode.SEARCHING and text != self._sought:
            self._sought = text
            self._list.highlighted = None
            self._show()
        elif self._mode is _Mode.RENAMING and self._foot.has_class("alert"):
            self._show_message()

    def _focus_list(self) -> None:
        self.set_focus(self._list, scroll_visible=False)

    def action_close(self) -> None:
        if self._mode is _Mode.GIVING_DIGIT:
            self._set_mode(_Mode.PICKING)
        elif self._sought:
            self._end_search()
        else:
            self.finish(None)

    # Searching

    def action_search(self) -> None:
        self._set_mode(_Mode.SEARCHING)
        self.set_focus(self._search_line, scroll_visible=False)

    def _end_search(self) -> None:
        """Show all queries, the mark where it is."""
        current = self._list.current
        self._sought = ""
        self._set_mode(_Mode.PICKING)
        self._search_line.put("")
        self._focus_list()
        self._show(current.name if current is not None else "")

    # Changing

    def _changeable(self) -> SavedQuery | None:
        """Return the marked query if it can be changed; otherwise show why not."""
        self._stop_asking_for_digit()
        saved = self._list.current
        if saved is not None and saved.read_only:
            self._show_message(
                f"{quoted(saved.name)} is read-only: it is the site's, or a newer version wrote its file", alert=True
            )
            return None
        return saved

    def action_rename(self) -> None:
        saved = self._changeable()
        if saved is None:
            return
        self._set_mode(_Mode.RENAMING)
        self._name_line.put(one_line(saved.name), select=True)
        self._place_name_line()
        self.set_focus(self._name_line, scroll_visible=False)

    def _place_name_line(self) -> None:
        self._name_line.styles.offset = (NAME_AT, self._list.current_line)
        self._name_line.styles.width = max(1, self._list.size.width - NAME_AT)

    def on_resize(self) -> None:
        if self._mode is _Mode.RENAMING:
            self.call_after_refresh(self._place_name_line)

    def _leave_rename(self) -> None:
        self._set_mode(_Mode.PICKING)
        self._focus_list()

    def _rename(self) -> None:
        saved, name = self._list.current, self._name_line.value.strip()
        if saved is None or name == one_line(saved.name):
            self._leave_rename()
            return
        self._write(lambda: self._edits.rename(saved, name), then=self._leave_rename)

    def action_start(self) -> None:
        if saved := self._changeable():
            self._write(lambda: self._edits.set_start(saved, not saved.start))

    def action_give_digit(self) -> None:
        if saved := self._changeable():
            self._set_mode(_Mode.GIVING_DIGIT)
            away = f" · {saved.key} removes it" if saved.key else ""
            self._show_message(f"Shortcut for {quoted(saved.name)}: 0–9{away} · esc cancel")

    def _give_digit(self, digit: str) -> None:
        if saved := self._changeable():
            key = "" if saved.key == digit else digit
            self._write(lambda: self._edits.give_digit(saved, key))

    def action_delete(self) -> None:
        saved = self._changeable()
        if saved is None:
            return
        from lead_tui.ui.dialogs.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self._write(lambda: self._edits.delete(saved), more=hint(self.keys, "queries.undo", "brings it back"))

        question = f"Delete the saved query {quoted(saved.name)}?"
        self.app.push_screen(Confirm(question, summary_of(saved), yes="delete it", no="keep it", keys=self.keys), answered)

    def action_undo(self) -> None:
        self._stop_asking_for_digit()
        self._write(self._edits.undo)

    def _write(self, work: Callable[[], Done], *, more: str = "", then: Callable[[], None] | None = None) -> None:
        """Do *work* in a thread, and show its message and *more*, or the error. Keys wait: they are for the new list."""
        self._show_message("Saving…")
        self.be_busy()
        self.run_worker(self._written(work, more, then))

    async def _written(self, work: Callable[[], Done], more: str, then: Callable[[], None] | None) -> None:
        try:
            done = await asyncio.to_thread(work)
            if then is not None:
                then()
            if await self._load(done.name):
                self._show_message(" · ".join(part for part in (done.said, more) if part))
        except LeadTuiError as error:
            await self._load()
            self._show_message(str(error), alert=True)
        finally:
            self.be_ready()
