"""The menu of what can be copied: a line each, with its key and what would be copied."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partialmethod

from msgspec import Struct

from lead_tui.keys.catalogue import Key, Pane, hint
from lead_tui.leads.cells import cell_width, fit
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.widgets.drawn_list import DrawnLine

_LABEL_WIDTH = 22


class CopyChoice(Struct, frozen=True):
    """A line of the menu. Clean text."""

    name: str
    """The action of the menu: ``phone``, ``field``, ``row`` …"""
    label: str
    preview: str
    """What would be copied, or why nothing can be."""
    is_refused: bool = False


class CopyMenu(ListDialog[str | None]):
    """Asks which of *choices* to copy; the result is its name, or None on cancel."""

    DEFAULT_CSS = """
    CopyMenu {
        & > .box { width: 76; }
    }
    """

    def __init__(self, choices: Sequence[CopyChoice], keys: Sequence[Key]) -> None:
        super().__init__(Pane.COPY, keys)
        self._choices = choices
        self._first = {key.action: key.first for key in self.keys if key.pane is Pane.COPY}
        self.set_titles("Copy to the terminal's clipboard")

    @property
    def count(self) -> int:
        return len(self._choices)

    def line(self, index: int, width: int) -> DrawnLine:
        choice = self._choices[index]
        left = f" {fit(self._first.get(choice.name, ''), 3)}{fit(choice.label, _LABEL_WIDTH)} "
        preview = fit(choice.preview, width - cell_width(left))
        return DrawnLine((("", left), ("faint" if choice.is_refused else "", preview)))

    def hints(self) -> list[str]:
        return [hint(self.keys, "copy.choose"), hint(self.keys, "dialog.close", "cancel")]

    def _take(self, name: str) -> None:
        if any(each.name == name for each in self._choices):
            self.finish(name)

    action_phone = partialmethod(_take, "phone")
    action_field = partialmethod(_take, "field")
    action_row = partialmethod(_take, "row")
    action_text = partialmethod(_take, "text")
    action_lead = partialmethod(_take, "lead")
    action_template = partialmethod(_take, "template")
    action_search = partialmethod(_take, "search")
    action_marked_phones = partialmethod(_take, "marked_phones")
    action_marked_ids = partialmethod(_take, "marked_ids")
    action_marked_rows = partialmethod(_take, "marked_rows")
    action_marked_template = partialmethod(_take, "marked_template")

    def action_choose(self) -> None:
        self.finish(self._choices[self.marked].name)

    def clicked(self, index: int) -> None:
        self.finish(self._choices[index].name)

    def action_next(self) -> None:
        self.mark((self.marked + 1) % self.count)

    def action_previous(self) -> None:
        self.mark((self.marked - 1) % self.count)
