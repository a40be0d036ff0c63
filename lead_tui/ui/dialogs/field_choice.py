"""The dialog that finds a field by its label or key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.leads.cells import fit
from lead_tui.leads.lead import key_text
from lead_tui.ui.dialogs.fuzzy import ranked
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.widgets.drawn_list import DrawnLine
from lead_tui.ui.widgets.line_input import LineInput


class FieldChoice(ListDialog[str | None]):
    """Asks for one of *fields*, whose labels are given by key; the result is None on cancel."""

    DEFAULT_CSS = """
    FieldChoice {
        & > .box { width: 64; }
        & Horizontal { height: 1; }
        & Static { width: auto; }
        & LineInput { width: 1fr; }
    }
    """

    AUTO_FOCUS = "LineInput"

    def __init__(self, fields: Mapping[str, str], keys: Sequence[Key] = CATALOGUE) -> None:
        self._line = LineInput(self, id="field-sought")
        super().__init__(Pane.DIALOG, keys, Horizontal(Static("Field  ", markup=False), self._line))
        self._texts = {key: (name, key_text(key)) for key, name in fields.items()}
        self._found = list(fields)

    @property
    def count(self) -> int:
        return len(self._found)

    def line(self, index: int, width: int) -> DrawnLine:
        name, key = self._texts[self._found[index]]
        left, right = fit(name, width * 3 // 5), f" {fit(key if key != name else '', width * 2 // 5 - 1)}"
        return DrawnLine((("marked", left + right),) if index == self.marked else (("", left), ("faint", right)))

    def hints(self) -> list[str]:
        return [
            "" if self._found else "No such field",
            hint(self.keys, "count.filter", "choose"),
            hint(self.keys, "dialog.close", "cancel"),
        ]

    def compose(self) -> ComposeResult:
        self.set_titles("Count by which field?")
        yield from super().compose()

    def key_pressed(self, key: str) -> bool:
        match key:
            case "enter":
                if self._found:
                    self.finish(self._found[self.marked])
            case "escape":
                self.finish(None)
            case "up" | "down" | "pageup" | "pagedown":
                getattr(self, f"action_{key.replace('page', 'page_')}")()
            case _:
                return False
        return True

    def text_changed(self, text: str) -> None:
        self._found = [each for each, _ in ranked(text, self._texts, self._texts.__getitem__)]
        self.mark(0)
