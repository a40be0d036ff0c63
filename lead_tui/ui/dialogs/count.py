"""The dialog of counts: how many leads have each value of a field, with shares and bars."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.leads.columns import Count, Tally, bar, share
from lead_tui.leads.fields import COMPUTED, NAME_OF, key_of
from lead_tui.leads.formatting import label, line_text
from lead_tui.leads.lead import Lead, key_text
from lead_tui.leads.names import ranked
from lead_tui.leads.text import cell_width, counted, fit, one_line
from lead_tui.ui.dialogs.list_dialog import ListDialog, SearchDialog
from lead_tui.ui.widgets.drawn_list import DrawnLine

CountLeads = Callable[[str], Awaitable[tuple[Tally, list[Count]]]]
"""Count the leads by a column; return the tally and its highest counts."""

_GAP: Final = "  "
_MAX_BAR: Final = 30
_MIN_BAR: Final = 6
_MIN_TEXT, _MAX_TEXT = 12, 40


class CountChoice(Struct, frozen=True):
    """What to do with the counts by *column*: show the leads with *value*; if that is None, load all leads and count again."""

    column: str
    value: str | None = None
    text: str = ""
    """The value as it was shown."""


def counted_by(column: str, labels: Mapping[str, str]) -> str:
    """Return the label of *column* in counts: a status, list or person is shown by name."""
    return label(NAME_OF.get(column) or key_of(column), labels)


class CountDialog(ListDialog[Count, CountChoice]):
    """Counts by one of *columns*, at first the first one. *leads* says which leads; *can_load* whether more can be loaded."""

    def __init__(
        self,
        columns: Sequence[str],
        count: CountLeads,
        leads: str,
        labels: Mapping[str, str],
        *,
        can_load: bool = False,
        keys: Sequence[Key] = CATALOGUE,
    ) -> None:
        super().__init__(Pane.COUNT, keys)
        self._columns = columns
        self._column = columns[0]
        self._count_leads = count
        self._leads = leads
        self._labels = labels
        self._can_load = can_load
        self._total = 0
        self._texts: list[tuple[str, str]] = []
        self._widths = 0, 0, 0

    def begin(self) -> None:
        self._show(self._column)

    # Counting

    def _show(self, column: str) -> None:
        """Count by *column*; keys wait until that is done."""
        self._column = column
        self.be_busy()
        self.run_worker(self._count())

    async def _count(self) -> None:
        tally, self.items = await self._count_leads(self._column)
        self._total = tally.total
        self._texts = [self._text(each) for each in self.items]
        value_width, code_width = (max((cell_width(texts[at]) for texts in self._texts), default=0) for at in (0, 1))
        number_width = len(f"{max((each.count for each in self.items), default=0):,}")
        self._widths = min(_MAX_TEXT, value_width), min(_MAX_TEXT // 2, code_width), number_width
        title = f"Count by {counted_by(self._column, self._labels)}"
        self.set_titles(title, f"{self._leads} · {counted(tally.values, 'value')}")
        self.fit_height()
        self.mark(0)
        self.call_after_refresh(self.draw)
        self.be_ready()

    def _text(self, count: Count) -> tuple[str, str]:
        """Return what a value is called, and its code if that is something else."""
        if not count.value:
            return "(empty)", ""
        shown, key = one_line(count.value, _MAX_TEXT), key_of(self._column)
        if count.name and self._column not in COMPUTED:
            return count.name, shown
        return shown if self._column in COMPUTED else line_text(Lead({key: count.value}), key), ""

    # The lines

    def line(self, index: int, width: int) -> DrawnLine:
        count, (text, code) = self.items[index], self._texts[index]
        text_width, code_width, number_width = self._widths
        middle = f"{_GAP}{fit(code, code_width)}" if code_width else ""
        right = f"{_GAP}{count.count:>{number_width},}{_GAP}{share(count.count, self._total):>6}"
        room = width - cell_width(middle + right + _GAP)
        left = fit(text, min(text_width, max(_MIN_TEXT, room - _MIN_BAR)))
        room = min(_MAX_BAR, room - cell_width(left))
        drawn = bar(count.count, self.items[0].count, room) if room >= _MIN_BAR else ""
        return DrawnLine((("", left), ("faint", middle), ("", right), ("mark", _GAP + drawn)))

    def hints(self) -> list[str]:
        previous, following = hint(self.keys, "count.previous_field", " ").strip(), hint(self.keys, "count.next_field")
        return [
            hint(self.keys, "count.filter"),
            " ".join(filter(None, (previous, following))),
            hint(self.keys, "count.find_field", "find"),
            hint(self.keys, "count.load_all") if self._can_load else "",
            hint(self.keys, "dialog.close"),
        ]

    # Keys

    def action_next_field(self) -> None:
        self._step(1)

    def action_previous_field(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        self._show(self._columns[(self._columns.index(self._column) + by) % len(self._columns)])

    def action_find_field(self) -> None:
        def chosen(column: str | None) -> None:
            if column is not None:
                self._show(column)

        fields = {column: counted_by(column, self._labels) for column in self._columns}
        self.app.push_screen(FieldChoice(fields, self.keys), chosen)

    def action_filter(self) -> None:
        if self.current is not None:
            self.finish(CountChoice(self._column, self.current.value or "", self._texts[self.marked][0]))

    def clicked(self, index: int) -> None:
        if index == self.marked:
            self.action_filter()
        else:
            self.mark(index)

    def action_load_all(self) -> None:
        if self._can_load:
            self.finish(CountChoice(self._column))


class FieldChoice(SearchDialog[str, str]):
    """Finds by label or key one of *fields*, whose labels are given by key; the result is None on cancel."""

    WIDTH = 64

    def __init__(self, fields: Mapping[str, str], keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(keys, "Field  ", list(fields))
        self._names = fields
        self.set_titles("Count by which field?")

    def line(self, index: int, width: int) -> DrawnLine:
        name, key = self._names[self.items[index]], key_text(self.items[index])
        left, right = fit(name, width * 3 // 5), f" {fit(key if key != name else '', width * 2 // 5 - 1)}"
        return DrawnLine((("", left), ("faint", right)))

    def hints(self) -> list[str]:
        return [
            "" if self.items else "No such field",
            hint(self.keys, "count.filter", "choose"),
            hint(self.keys, "dialog.close", "cancel"),
        ]

    def find(self, text: str) -> None:
        found = ranked(text, self._names, lambda key: ((self._names[key],), key_text(key)), letters=True)
        self.items = [key for key, _ in found]
