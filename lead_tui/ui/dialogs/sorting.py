"""The choice of the columns to sort by, and their directions: a list in which a key turns a column up, down and off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.leads.cells import fit
from lead_tui.leads.fields import COMPUTED, FIELDS, column_of
from lead_tui.leads.formatting import label
from lead_tui.leads.lead import key_text
from lead_tui.leads.sorting import SortKey
from lead_tui.ui.dialogs.base import Dialog
from lead_tui.ui.widgets.drawn_list import DrawnLine, DrawnList

DIGITS = "123456789"
"""Each turns its line."""

_DIRECTION = 8
_MAX_LINES = 16
_PLACES = ("1st", "2nd", "3rd")


def sortable(columns: Sequence[str], met: Sequence[str]) -> tuple[str, ...]:
    """The keys to choose from: those of the table, then the computed and documented ones, then attributes, as far as *met*."""
    documented = [field.key for field in FIELDS if field.key in set(met)]
    return tuple(dict.fromkeys([*columns, *COMPUTED, *documented, *map(column_of, met)]))


def direction(key: SortKey, *, ascii_only: bool = False) -> str:
    """The arrow of *key*: up where the smallest is first."""
    arrows = "^v" if ascii_only else "↑↓"
    return arrows[key.descending]


class _Fields(DrawnList, can_focus=True):
    """The fields, a line each."""

    STYLES = "sorting--"
    DEFAULT_CSS = """
    _Fields {
        width: 100%;
        & > .sorting--marked { text-style: reverse; }
        & > .sorting--chosen { text-style: bold; }
        & > .sorting--key { color: $text-muted; }
        & > .sorting--mark { color: $text-primary; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"sorting--marked", "sorting--chosen", "sorting--key", "sorting--mark"}


class Sorting(Dialog[tuple[SortKey, ...] | None]):
    """Asks by which of *fields* to sort, initially by *order*; the result is None on cancel, and () for no order at all."""

    DEFAULT_CSS = """
    Sorting {
        & > .box { width: 64; }
    }
    """

    AUTO_FOCUS = "_Fields"

    def __init__(
        self,
        fields: Sequence[str],
        order: Sequence[SortKey] = (),
        labels: Mapping[str, str] | None = None,
        keys: Sequence[Key] = CATALOGUE,
    ) -> None:
        super().__init__(Pane.SORTING, keys)
        self._actions.update({digit: f"turn_digit('{digit}')" for digit in DIGITS})
        self._fields = tuple(dict.fromkeys([*fields, *(each.key for each in order)]))
        self._order: dict[str, SortKey] = {each.key: each for each in order}
        self._had_order = bool(order)
        self._labels = labels or {}
        self._at = 0
        self._list = _Fields()

    def compose(self) -> ComposeResult:
        self._list.thumb = "#" if self.is_ascii else "█"
        self._list.styles.height = min(len(self._fields), _MAX_LINES, max(3, self.app.size.height - 4)) + 1
        box = Vertical(self._list, classes="box")
        box.border_title = Content("Sort by")
        yield box

    def on_mount(self) -> None:
        self.be_ready()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        lines = [self._line(number, key) for number, key in enumerate(self._fields)]
        top = self._list.top_showing(self._at, self._at, len(lines))
        hints = [
            hint(self.keys, "sorting.apply"),
            f"1–{min(len(DIGITS), len(self._fields))} {hint(self.keys, 'sorting.turn', 'up, down, off')}",
            hint(self.keys, "sorting.clear"),
            hint(self.keys, "dialog.close", "leave"),
        ]
        foot = DrawnLine((("key", " · ".join(filter(None, hints))),))
        self._list.show_lines(lines, foot, top)

    def _line(self, number: int, key: str) -> DrawnLine:
        width = max(20, self._list.size.width - 1)
        name = label(key, self._labels)
        raw = key_text(key) if name != key_text(key) else ""
        digit = str(number + 1) if number < len(DIGITS) else " "
        chosen = self._order.get(key)
        words = ""
        if chosen is not None:
            place = list(self._order).index(key)
            words = f"{direction(chosen, ascii_only=self.is_ascii)} {_PLACES[place] if place < len(_PLACES) else f'{place + 1}th'}"
        room = width - 3 - _DIRECTION
        first = room * 3 // 5
        left, middle, right = f"{digit}  {fit(name, first)}", f" {fit(raw, room - first - 1)}", fit(words, _DIRECTION)
        if number == self._at:
            return DrawnLine((("marked", left + middle + right),))
        bold = "chosen" if chosen is not None else ""
        return DrawnLine(((bold, left), ("key", middle), (bold, right)))

    def _turn(self, number: int) -> None:
        """Up, down, off; the column that was turned first weighs most."""
        if not 0 <= number < len(self._fields):
            return
        key = self._fields[number]
        before = self._order.get(key)
        if before is None:
            self._order[key] = SortKey(key)
        elif not before.descending:
            self._order[key] = SortKey(key, descending=True)
        else:
            del self._order[key]
        self._at = number
        self._draw()

    def action_turn_digit(self, digit: str) -> None:
        self._turn(DIGITS.index(digit))

    def action_turn(self) -> None:
        self._turn(self._at)

    def action_clear(self) -> None:
        self._order.clear()
        self._draw()

    def action_apply(self) -> None:
        if not self._order and not self._had_order:
            self.finish((SortKey(self._fields[self._at]),))
        else:
            self.finish(tuple(self._order.values()))

    def action_close(self) -> None:
        self.finish(None)

    def _mark(self, number: int) -> None:
        self._at = max(0, min(number, len(self._fields) - 1))
        self._draw()

    def action_down(self) -> None:
        self._mark(self._at + 1)

    def action_up(self) -> None:
        self._mark(self._at - 1)

    def action_page_down(self) -> None:
        self._mark(self._at + self._list.page)

    def action_page_up(self) -> None:
        self._mark(self._at - self._list.page)

    def action_top(self) -> None:
        self._mark(0)

    def action_bottom(self) -> None:
        self._mark(len(self._fields) - 1)

    def on_click(self, event: events.Click) -> None:
        """A click turns a line."""
        offset = event.get_content_offset(self._list) if event.widget is self._list else None
        if offset is not None and self._list.line_at(offset.y) is not None:
            self._turn(self._list.top + offset.y)
