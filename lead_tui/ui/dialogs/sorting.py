"""The dialog that asks by which columns to sort, and in which direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane
from lead_tui.leads.formatting import label
from lead_tui.leads.lead import key_text
from lead_tui.leads.sorting import SortKey
from lead_tui.leads.text import fit, ordinal
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.widgets.drawn_list import DrawnLine

DIGITS = "123456789"
"""Each turns its line."""

_DIRECTION = 8


class Sorting(ListDialog[str, tuple[SortKey, ...]]):
    """Asks by which of *fields* to sort, initially by *order*; the result is None on cancel, and () for no order."""

    WIDTH = 64

    def __init__(
        self,
        fields: Sequence[str],
        order: Sequence[SortKey] = (),
        labels: Mapping[str, str] | None = None,
        keys: Sequence[Key] = CATALOGUE,
    ) -> None:
        super().__init__(Pane.SORTING, keys, tuple(dict.fromkeys([*fields, *(each.key for each in order)])))
        self._actions.update({digit: f"turn_digit('{digit}')" for digit in DIGITS})
        self._order = {each.key: each for each in order}
        self._had_order = bool(order)
        self._labels = labels or {}
        self.set_titles("Sort by")

    def hints(self) -> list[str]:
        return [
            self.hint("sorting.apply"),
            f"1–{min(len(DIGITS), len(self.items))} {self.hint('sorting.turn', 'up, down, off')}",
            self.hint("sorting.clear"),
            self.hint("dialog.close", "cancel"),
        ]

    def line(self, index: int, width: int) -> DrawnLine:
        key = self.items[index]
        name = label(key, self._labels)
        raw = key_text(key) if name != key_text(key) else ""
        chosen, words = self._order.get(key), ""
        if chosen is not None:
            place = list(self._order).index(key)
            words = f"{chosen.arrow} {ordinal(place + 1)}"
        digit = str(index + 1) if index < len(DIGITS) else " "
        room = width - 3 - _DIRECTION
        first = room * 3 // 5
        left, middle, right = f"{digit}  {fit(name, first)}", f" {fit(raw, room - first - 1)}", fit(words, _DIRECTION)
        bold = "bold" if chosen is not None else ""
        return DrawnLine(((bold, left), ("faint", middle), (bold, right)))

    def _turn(self, number: int) -> None:
        """Go from up to down to off; the column that was turned on first has the most weight."""
        if number >= len(self.items):
            return
        key = self.items[number]
        before = self._order.get(key)
        if before is None:
            self._order[key] = SortKey(key)
        elif not before.descending:
            self._order[key] = SortKey(key, descending=True)
        else:
            del self._order[key]
        self.mark(number)

    def action_turn_digit(self, digit: str) -> None:
        self._turn(DIGITS.index(digit))

    def action_turn(self) -> None:
        self._turn(self.marked)

    def action_clear(self) -> None:
        self._order.clear()
        self.draw()

    def action_apply(self) -> None:
        is_unchanged = not self._order and not self._had_order
        self.finish((SortKey(self.items[self.marked]),) if is_unchanged else tuple(self._order.values()))

    def clicked(self, index: int) -> None:
        self._turn(index)
