"""The dialog for the columns of the table: choose, order, width, for all searches or for the current one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partialmethod
from typing import ClassVar, Final, NamedTuple

from msgspec import Struct
from textual import events

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint, shown
from lead_tui.leads.fields import COMPUTED, DEFAULT_COLUMNS, FIELDS, column_of
from lead_tui.leads.formatting import label
from lead_tui.leads.lead import key_text
from lead_tui.leads.names import match
from lead_tui.leads.text import cell_width, fit
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


class ColumnEntry(Struct, eq=False):
    """A column that may be shown."""

    key: str
    label: str
    shown: bool = False


class Chosen(NamedTuple):
    """What came of it."""

    columns: tuple[str, ...]
    widths: Mapping[str, int]
    own: bool = False
    """Whether they are for the current search alone."""


class Columns(SearchDialog[ColumnEntry, Chosen]):
    """Edits the shown *columns* and the *widths* set for them; the result is None on cancel.

    The shown ones come first, in their order; behind them the computed ones, the documented ones, and those *observed*. Lines stay
    where they are when a column is shown or hidden, so that several can be chosen in passing; their order is that of the columns.
    """

    MAX_LINES: ClassVar[int] = 34

    def __init__(
        self,
        columns: Sequence[str],
        widths: Mapping[str, int],
        observed: Iterable[str] = (),
        labels: Mapping[str, str] | None = None,
        *,
        example: Callable[[str], str] = lambda _: "",
        name: str = "",
        own: bool = False,
        usual: Sequence[str] = DEFAULT_COLUMNS,
        keys: Sequence[Key] = CATALOGUE,
    ) -> None:
        """*example* returns a clean sample value of a field. *name* is the current saved query, quoted, "" for none.

        *own* says whether the search has columns of its own now; *usual* are those that ``reset`` goes back to.
        """
        super().__init__(keys, "Search  ", pane=Pane.COLUMNS)
        self._labels, self._widths = labels or {}, dict(widths)
        known = dict.fromkeys((*columns, *COMPUTED, *(field.key for field in FIELDS), *self._labels, *map(column_of, observed)))
        self._all = [ColumnEntry(key, label(key, self._labels), key in columns) for key in known]
        self.items = self._all
        self._example = example
        self._query_name = name
        self._own = own
        self._usual = usual
        self._message = ""
        self._show_count()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(entry.key for entry in self._all if entry.shown)

    # The lines

    def line(self, index: int, width: int) -> DrawnLine:
        entry = self.items[index]
        cells = f"{self._width(entry)}{'*' if entry.key in self._widths else ' '}".rjust(_WIDTH)
        start = f"{'[x]' if entry.shown else '[ ]'} {fit(entry.label, _LABEL)}"
        rest = f"  {fit(key_text(entry.key), _KEY)}  {cells}  {self._example(entry.key)}"
        rest = fit(rest, max(0, width - cell_width(start)))
        return DrawnLine((("bold" if entry.shown else "", start), ("faint", rest)))

    def _width(self, entry: ColumnEntry) -> int:
        return wanted_width(entry.key, self._widths, self._labels)

    def hints(self) -> list[str]:
        if self._message:
            return [self._message]
        if self.is_searching:
            # The line's own keys, whatever those of the list are.
            up, down = (shown(each, plain=self.keys[0].plain) for each in ("up", "down"))
            return ["" if self.items else "No such column", f"{up} {down} move", "tab to the list", "esc show all"]
        labels = {
            "mark": "",
            "move_down": "move",
            "wider": "width",
            "search": "find",
            "scope": "all searches" if self._own else "this search",
        }
        return [hint(self.keys, f"columns.{key}", label) for key, label in labels.items()]

    def _show_count(self) -> None:
        scope = f"for {self._query_name or 'this search'} only" if self._own else "for all searches"
        use, close = hint(self.keys, "columns.apply"), hint(self.keys, "dialog.close", "cancel")
        self.set_titles(f"Columns · {scope}", " · ".join(filter(None, (f"{len(self.columns)} shown", use, close))))

    # Changing

    def _show(self, entry: ColumnEntry | None = None, message: str = "") -> None:
        """Draw what has changed, with the mark on *entry*."""
        self._message = message
        self._show_count()
        self.mark(next((index for index, each in enumerate(self.items) if each is entry), self.marked))

    def mark(self, index: int) -> None:
        super().mark(index)
        self._message = ""

    def action_mark(self) -> None:
        if (entry := self.current) is not None:
            is_last = self.columns == (entry.key,)
            entry.shown = is_last or not entry.shown
            self._show(entry, "At least one column is required: show another one first" if is_last else "")

    def _move(self, by: int) -> None:
        """Move the marked column, if it is shown, past the next one shown, or with -1 past the one before."""
        if (entry := self.current) is None:
            return
        at = self._all.index(entry)
        places = range(at + 1, len(self._all)) if by > 0 else range(at - 1, -1, -1)
        to = next((index for index in places if self._all[index].shown), None)
        if entry.shown and to is not None:
            self._all.insert(to, self._all.pop(at))
        self.find(self.sought)
        self._show(entry, "" if entry.shown else f"Hidden column: {hint(self.keys, 'columns.mark')}")

    action_move_down = partialmethod(_move, 1)
    action_move_up = partialmethod(_move, -1)

    def _widen(self, by: int) -> None:
        if entry := self.current:
            self._widths[entry.key] = max(MIN_WIDTH, min(MAX_WIDTH, self._width(entry) + by))
            self._show(entry)

    action_wider = partialmethod(_widen, 1)
    action_narrower = partialmethod(_widen, -1)

    def action_automatic(self) -> None:
        if entry := self.current:
            self._widths.pop(entry.key, None)
            self._show(entry)

    def action_scope(self) -> None:
        self._own = not self._own
        self._show(self.current)

    def action_reset(self) -> None:
        self._widths.clear()
        by_key = {entry.key: entry for entry in self._all}
        first = [by_key.get(key) or ColumnEntry(key, label(key, self._labels)) for key in self._usual]
        self._all = [*first, *(entry for entry in self._all if entry.key not in self._usual)]
        for entry in self._all:
            entry.shown = entry in first
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
        current = self.current
        self.items = [entry for entry in self._all if match(text, (entry.label, key_text(entry.key)))]
        self.marked = next((index for index, entry in enumerate(self.items) if entry is current), 0)

    def choose(self) -> None:
        self.show_list()

    def action_apply(self) -> None:
        self.finish(Chosen(self.columns, self._widths, self._own))
