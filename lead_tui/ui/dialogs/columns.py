"""The dialog for the columns of the table: choose, order, width, for all searches or for the one in sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint, shown
from lead_tui.leads.text import fold
from lead_tui.ui.dialogs.base import Dialog, plain
from lead_tui.ui.dialogs.column_choice import Chosen, ColumnChoice, Entry
from lead_tui.ui.dialogs.column_list import ColumnList
from lead_tui.ui.widgets.line_input import LineInput

_HINTS = ("mark", "move_down", "move_up", "narrower", "wider", "automatic", "scope", "search")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the columns are for."""

    name: str
    """The saved query in sight, quoted; "" for a search without a name."""
    own: bool
    """Whether it has columns of its own now."""
    usual: tuple[str, ...]
    """What ``reset`` goes back to."""


class Columns(Dialog[Chosen | None]):
    """Edits *choice*; the result is the new one, or None on cancel. *example* returns a clean sample value of a field."""

    DEFAULT_CSS = """
    Columns {
        & > .box { width: 76; height: 40; }
        & #columns-search { height: auto; display: none; }
        & #columns-search > Static { width: auto; color: $text-muted; }
        & #columns-search > LineInput { width: 1fr; }
        &.-searching #columns-search { display: block; }
        & #columns-foot { height: auto; }
    }
    """

    AUTO_FOCUS = "ColumnList"

    def __init__(
        self, choice: ColumnChoice, subject: Subject, example: Callable[[str], str], *, keys: Sequence[Key] = CATALOGUE
    ) -> None:
        super().__init__(Pane.COLUMNS, keys)
        self._choice = choice
        self._subject = subject
        self._own = subject.own
        self._sought = ""
        self._is_searching = False
        self._box = Vertical(classes="box")
        self._list = ColumnList(choice, example)
        self._line = LineInput(self, id="columns-sought")
        self._foot = Static(id="columns-foot", markup=False)

    def compose(self) -> ComposeResult:
        self._box.border_title = Content("Columns")
        if self.is_ascii:
            self._list.thumb = "#"
        with self._box:
            with Horizontal(id="columns-search"):
                yield Static("Search  ", markup=False)
                yield self._line
            yield self._list
            yield self._foot

    def on_mount(self) -> None:
        self._show()
        self._say()
        self.be_ready()

    # What is shown

    def _show(self, stand_on: Entry | None = None) -> None:
        sought = fold(self._sought.strip())
        entries = [entry for entry in self._choice.entries if entry.matches(sought)] if sought else self._choice.entries
        self._list.show(entries, stand_on or self._list.current, self._note())
        close = "" if self._sought or self._is_searching else hint(self.keys, "dialog.close", "cancel")
        use = hint(self.keys, "columns.apply")
        count = f"{len(self._choice.columns)} shown"
        self._box.border_subtitle = Content(" · ".join(part for part in (count, use, close) if part))

    def _note(self) -> str:
        if not self._own:
            return "For all searches without columns of their own"
        return f"For {self._subject.name} only" if self._subject.name else "For this search only; saved with it"

    def _say(self, text: str = "") -> None:
        """Show *text* below the list; if it is empty, the keys."""
        self._foot.set_class(not text, "hints")
        self._foot.update(plain(text or self._hints()))

    def _hints(self) -> str:
        if self._is_searching:
            # The line's own keys, whatever those of the list are.
            up, down = (shown(each, plain=self.keys[0].plain) for each in ("up", "down"))
            return f"{up} {down} move  tab to the list  esc show all"
        other = "for all" if self._own else "for this search"
        hints = (hint(self.keys, f"columns.{each}", other if each == "scope" else "") for each in _HINTS)
        return "  ".join(each for each in hints if each)

    # Changing

    def action_mark(self) -> None:
        if (entry := self._list.current) is None:
            return
        done = self._choice.toggle(entry)
        self._show()
        self._say("" if done else "At least one column is required: show another one first")

    def action_move_down(self) -> None:
        self._move(1)

    def action_move_up(self) -> None:
        self._move(-1)

    def _move(self, by: int) -> None:
        if (entry := self._list.current) is None:
            return
        moved = self._choice.move(entry, by)
        self._show(entry)
        self._say("" if moved or entry.shown else f"Hidden column: {hint(self.keys, 'columns.mark')}")

    def action_wider(self) -> None:
        self._widen(1)

    def action_narrower(self) -> None:
        self._widen(-1)

    def _widen(self, by: int) -> None:
        if entry := self._list.current:
            self._choice.widen(entry, by)
            self._show()
            self._say()

    def action_automatic(self) -> None:
        if entry := self._list.current:
            self._choice.widen_automatically(entry)
            self._show()
            self._say()

    def action_scope(self) -> None:
        self._own = not self._own
        self._show()
        self._say()

    def action_reset(self) -> None:
        self._choice.reset(self._subject.usual)
        self._show()
        self._say("Columns and widths reset to defaults")

    @on(ColumnList.Clicked)
    def _clicked(self, message: ColumnList.Clicked) -> None:
        if message.on_mark:
            self.action_mark()

    # Moving and ending

    def action_down(self) -> None:
        self._go(1)

    def action_up(self) -> None:
        self._go(-1)

    def action_page_down(self) -> None:
        self._go(max(1, self._list.page - 1))

    def action_page_up(self) -> None:
        self._go(-max(1, self._list.page - 1))

    def action_top(self) -> None:
        self._list.go(0)

    def action_bottom(self) -> None:
        self._list.go(len(self._list.entries))

    def _go(self, by: int) -> None:
        self._list.go(self._list.cursor + by)
        self._say()

    def action_apply(self) -> None:
        self.finish(Chosen(self._choice.columns, dict(self._choice.widths), self._own))

    def action_close(self) -> None:
        if self._sought:
            self._end_search()
        else:
            self.finish(None)

    # Searching

    def action_search(self) -> None:
        self._search(True)
        self.set_focus(self._line, scroll_visible=False)

    def _search(self, searching: bool) -> None:
        self._is_searching = searching
        self.set_class(searching or bool(self._sought), "-searching")
        self._show()
        self._say()

    def _end_search(self) -> None:
        """Show all columns, the cursor where it is."""
        current, self._sought = self._list.current, ""
        self._line.put("")
        self._search(False)
        self._show(current)
        self.set_focus(self._list, scroll_visible=False)

    def key_pressed(self, key: str) -> bool:
        match key:
            case "escape":
                self._end_search()
            case "enter" | "tab" | "shift+tab":
                self._search(False)
                self.set_focus(self._list, scroll_visible=False)
            case "up":
                self.action_up()
            case "down":
                self.action_down()
            case "pageup":
                self.action_page_up()
            case "pagedown":
                self.action_page_down()
            case _:
                return False
        return True

    def text_changed(self, text: str) -> None:
        if text != self._sought:
            self._sought = text
            self._show()
