"""The dialog for the columns of the table: choose, order, width, for all searches or for the current one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint, shown
from lead_tui.leads.cells import cell_width, fit
from lead_tui.leads.fields import COMPUTED, FIELDS, column_of
from lead_tui.leads.formatting import label
from lead_tui.leads.lead import key_text
from lead_tui.leads.text import fold
from lead_tui.ui.dialogs.list_dialog import SearchDialog
from lead_tui.ui.widgets.columns import wanted_width
from lead_tui.ui.widgets.drawn_list import DrawnLine

_MARK = 4
_LABEL = 22
_KEY = 20
_WIDTH = 5

MIN_WIDTH: Final = 3
MAX_WIDTH: Final = 80
"""Cells: a column as wide as most screens."""


@dataclass(slots=True)
class Entry:
    """A column that may be shown."""

    key: str
    label: str
    shown: bool = False

    def matches(self, sought: str) -> bool:
        """Whether *sought*, which is folded, is in its label or key."""
        return sought in fold(self.label) or sought in fold(key_text(self.key))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What came of it."""

    columns: tuple[str, ...]
    widths: Mapping[str, int]
    own: bool = False
    """Whether they are for the search in sight alone."""


class ColumnChoice:
    """Columns that are shown, first and in their order; behind them the computed ones, the documented ones, and those *observed*.

    Rows stay where they are when a column is shown or not, so that several can be chosen in passing; the order of the columns
    is the order of the rows.
    """

    def __init__(
        self,
        columns: Sequence[str],
        widths: Mapping[str, int],
        observed: Iterable[str] = (),
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self._labels = labels or {}
        self.widths = dict(widths)
        known = dict.fromkeys((*columns, *COMPUTED, *(field.key for field in FIELDS), *self._labels, *map(column_of, observed)))
        shown = frozenset(columns)
        self.entries = [Entry(key, label(key, self._labels), key in shown) for key in known]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(entry.key for entry in self.entries if entry.shown)

    def width(self, entry: Entry) -> int:
        """Cells of the column: its own, or what it wants."""
        return wanted_width(entry.key, self.widths, self._labels)

    def toggle(self, entry: Entry) -> bool:
        """Show *entry*, or no longer; False where it is the last one."""
        if entry.shown and len(self.columns) == 1:
            return False
        entry.shown = not entry.shown
        return True

    def move(self, entry: Entry, by: int) -> bool:
        """Move *entry*, which is shown, behind the next one shown (*by* 1) or before the one before (-1); False where it cannot."""
        at = self.entries.index(entry)
        places = range(at + 1, len(self.entries)) if by > 0 else range(at - 1, -1, -1)
        to = next((index for index in places if self.entries[index].shown), None)
        if not entry.shown or to is None:
            return False
        self.entries.insert(to, self.entries.pop(at))
        return True

    def widen(self, entry: Entry, by: int) -> None:
        self.widths[entry.key] = max(MIN_WIDTH, min(MAX_WIDTH, self.width(entry) + by))

    def widen_automatically(self, entry: Entry) -> None:
        self.widths.pop(entry.key, None)

    def reset(self, columns: Sequence[str]) -> None:
        """Show *columns* in their order, all with the widths they want."""
        self.widths.clear()
        by_key = {entry.key: entry for entry in self.entries}
        first = [by_key.get(key) or Entry(key, label(key, self._labels)) for key in columns]
        self.entries = [*first, *(entry for entry in self.entries if entry.key not in columns)]
        for entry in self.entries:
            entry.shown = entry in first


class Columns(SearchDialog[Chosen]):
    """Edits *choice*; the result is None on cancel. *example* returns a clean sample value of a field.

    *name* is the quoted saved query in sight, "" for none; *own* says whether the search has columns of its own now, and *usual*
    are those that ``reset`` goes back to.
    """

    MAX_LINES: ClassVar[int] = 34

    def __init__(
        self,
        choice: ColumnChoice,
        example: Callable[[str], str],
        *,
        name: str,
        own: bool,
        usual: Sequence[str],
        keys: Sequence[Key] = CATALOGUE,
    ) -> None:
        super().__init__(keys, "Search  ", pane=Pane.COLUMNS)
        self._choice = choice
        self._entries = choice.entries
        self._example = example
        self._query_name = name
        self._own = own
        self._usual = usual
        self._message = ""
        self._show_count()

    # The lines

    @property
    def count(self) -> int:
        return len(self._entries)

    @property
    def current(self) -> Entry | None:
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
            "mark": "",
            "move_down": "move",
            "wider": "width",
            "search": "find",
            "scope": "all searches" if self._own else "this search",
        }
        return [hint(self.keys, f"columns.{key}", label) for key, label in labels.items()]

    def _scope(self) -> str:
        if not self._own:
            return "For all searches"
        return f"For {self._query_name} only" if self._query_name else "For this search only"

    def _show_count(self) -> None:
        use, close = hint(self.keys, "columns.apply"), hint(self.keys, "dialog.close", "cancel")
        self.set_titles(f"Columns · {self._scope()}", " · ".join(filter(None, (f"{len(self._choice.columns)} shown", use, close))))

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
        self._choice.reset(self._usual)
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
