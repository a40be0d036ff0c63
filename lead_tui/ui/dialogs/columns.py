"""The dialog for the columns of the table: choose, order, width, for all searches or for the current one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from msgspec import Struct
from textual import events

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint, shown
from lead_tui.leads.cells import cell_width, fit
from lead_tui.leads.lead import key_text
from lead_tui.leads.text import fold
from lead_tui.ui.dialogs.column_choice import Chosen, ColumnChoice, Entry
from lead_tui.ui.dialogs.list_dialog import SearchDialog
from lead_tui.ui.widgets.drawn_list import DrawnLine

_MARK = 4
_LABEL = 22
_KEY = 20
_WIDTH = 5


class Subject(Struct, frozen=True):
    """What the columns are for."""

    name: str
    """The saved query in sight, quoted; "" for a search without a name."""
    own: bool
    """Whether it has columns of its own now."""
    usual: tuple[str, ...]
    """What ``reset`` goes back to."""


class Columns(SearchDialog[Chosen]):
    """Edits *choice*; the result is the new one, or None on cancel. *example* returns a clean sample value of a field."""

    MAX_LINES: ClassVar[int] = 34

    def __init__(
        self, choice: ColumnChoice, subject: Subject, example: Callable[[str], str], *, keys: Sequence[Key] = CATALOGUE
    ) -> None:
        super().__init__(keys, "Search  ", pane=Pane.COLUMNS)
        self._choice = choice
        self._entries: Sequence[Entry] = choice.entries
        self._subject = subject
        self._example = example
        self._own = subject.own
        self._message = ""
        self._show_count()

    # The lines

    @property
    def count(self) -> int:
        return len(self._entries)

    @property
    def current(self) -> Entry | None:
        """The column under the mark; None where there is none."""
        return self._entries[self.marked] if self._entries else None

    def line(self, index: int, width: int) -> DrawnLine:
        entry = self._entries[index]
        cells = f"{self._choice.width(entry)}{'*' if entry.key in self._choice.widths else ' '}".rjust(_WIDTH)
        start = f"{'[x]' if entry.shown else '[ ]'} {fit(entry.label, _LABEL)}"
        rest = f"  {fit(key_text(entry.key), _KEY)}  {cells}  {self._example(entry.key)}"
        rest = fit(rest, max(0, width - cell_width(start)))
        return DrawnLine((("bold" if entry.shown else "", start), ("faint", rest)))

    def hints(self) -> list[str]:
        if self._message:
            return [self._message]
        if self.is_searching:
            # The line's own keys, whatever those of the list are.
            up, down = (shown(each, plain=self.keys[0].plain) for each in ("up", "down"))
            return ["" if self._entries else "No such column", f"{up} {down} move", "tab to the list", "esc show all"]
        labels = {
            "scope": "for all" if self._own else "for this search",
            "mark": "",
            "move_down": "move",
            "wider": "width",
            "search": "",
        }
        return [self._scope(), *(hint(self.keys, f"columns.{key}", label) for key, label in labels.items())]

    def _scope(self) -> str:
        if not self._own:
            return "For all searches"
        return f"For {self._subject.name} only" if self._subject.name else "For this search only"

    def _show_count(self) -> None:
        use, close = hint(self.keys, "columns.apply"), hint(self.keys, "dialog.close", "cancel")
        self.set_titles("Columns", " · ".join(filter(None, (f"{len(self._choice.columns)} shown", use, close))))

    # Changing

    def _show(self, entry: Entry | None = None, message: str = "") -> None:
        """Draw what has changed, with the mark on *entry*."""
        self._message = message
        self._show_count()
        self.mark(next((index for index, each in enumerate(self._entries) if each is entry), self.marked))

    def mark(self, index: int) -> None:
        super().mark(index)
        self._message = ""

    def action_mark(self) -> None:
        if (entry := self.current) is not None:
            done = self._choice.toggle(entry)
            self._show(entry, "" if done else "At least one column is required: show another one first")

    def action_move_down(self) -> None:
        self._move(1)

    def action_move_up(self) -> None:
        self._move(-1)

    def _move(self, by: int) -> None:
        if (entry := self.current) is not None:
            moved = self._choice.move(entry, by)
            self.find(self.sought)
            self._show(entry, "" if moved or entry.shown else f"Hidden column: {hint(self.keys, 'columns.mark')}")

    def action_wider(self) -> None:
        self._widen(1)

    def action_narrower(self) -> None:
        self._widen(-1)

    def _widen(self, by: int) -> None:
        if entry := self.current:
            self._choice.widen(entry, by)
            self._show(entry)

    def action_automatic(self) -> None:
        if entry := self.current:
            self._choice.widen_automatically(entry)
            self._show(entry)

    def action_scope(self) -> None:
        self._own = not self._own
        self._show(self.current)

    def action_reset(self) -> None:
        self._choice.reset(self._subject.usual)
        self.find(self.sought)
        self._show(message="Columns and widths reset to defaults")

    def on_click(self, event: events.Click) -> None:
        """Mark the line; on its box, or twice: show the column, or no longer."""
        super().on_click(event)
        offset = event.get_content_offset(self.lines) if event.widget is self.lines else None
        if offset is not None and (offset.x < _MARK or event.chain == 2):
            self.action_mark()

    def clicked(self, index: int) -> None:
        self.mark(index)

    # Searching and ending

    def find(self, text: str) -> None:
        current, sought = self.current, fold(text.strip())
        self._entries = [entry for entry in self._choice.entries if entry.matches(sought)] if sought else self._choice.entries
        self.marked = next((index for index, entry in enumerate(self._entries) if entry is current), 0)

    def choose(self) -> None:
        self.show_list()

    def action_apply(self) -> None:
        self.finish(Chosen(self._choice.columns, dict(self._choice.widths), self._own))
