"""The dialog that finds a field by its label or key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lead_tui.keys.catalogue import CATALOGUE, Key, hint
from lead_tui.leads.cells import fit
from lead_tui.leads.lead import key_text
from lead_tui.ui.dialogs.fuzzy import ranked
from lead_tui.ui.dialogs.list_dialog import SearchDialog
from lead_tui.ui.widgets.drawn_list import DrawnLine


class FieldChoice(SearchDialog[str]):
    """Asks for one of *fields*, whose labels are given by key; the result is None on cancel."""

    DEFAULT_CSS = """
    FieldChoice {
        & > .box { width: 64; }
    }
    """

    def __init__(self, fields: Mapping[str, str], keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(keys, "Field  ")
        self._texts = {key: (name, key_text(key)) for key, name in fields.items()}
        self.found = list(fields)
        self.set_titles("Count by which field?")

    def line(self, index: int, width: int) -> DrawnLine:
        name, key = self._texts[self.found[index]]
        left, right = fit(name, width * 3 // 5), f" {fit(key if key != name else '', width * 2 // 5 - 1)}"
        return DrawnLine((("", left), ("faint", right)))

    def hints(self) -> list[str]:
        return [
            "" if self.found else "No such field",
            hint(self.keys, "count.filter", "choose"),
            hint(self.keys, "dialog.close", "cancel"),
        ]

    def find(self, text: str) -> None:
        self.found = [each for each, _ in ranked(text, self._texts, self._texts.__getitem__)]
