"""The question before an export: which leads, and which of their fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from lead_tui.keys import CATALOGUE, Key, Pane, hint
from lead_tui.screens.dialog import Dialog, plain
from lead_tui.widgets.bindings import bindings_of


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be exported."""

    all: bool
    """Every lead that matches; else those that are here."""
    by_columns: bool
    """The columns of the table; else every field that comes."""


class ExportOffer(Dialog[Choice | None]):
    """Asks which leads: *every* says how all of them are called, "" where there are no others; *here* those that are here.

    *may_have_all_fields* is false where some are concealed: then the table's columns are all there is. Gives None where the person
    leaves.
    """

    DEFAULT_CSS = """
    ExportOffer {
        & > .box { width: auto; min-width: 40; max-width: 100%; }
        & Static { width: auto; max-width: 100%; }
        & .question { text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(Pane.EXPORT)]

    def __init__(self, every: str, here: str, *, may_have_all_fields: bool = True, keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(Pane.EXPORT, keys)
        self._every = every
        self._here = here
        self._may_have_all_fields = may_have_all_fields
        self._by_columns = not may_have_all_fields
        self._fields = Static(classes="fields")

    def compose(self) -> ComposeResult:
        """The question, the fields, and the keys."""
        hints = [
            hint(self.keys, "export.all", self._every) if self._every else "",
            hint(self.keys, "export.loaded", self._here) if self._here else "",
        ]
        others = [
            hint(self.keys, "export.columns", "changes the fields") if self._may_have_all_fields else "",
            hint(self.keys, "dialog.close", "leave"),
        ]
        with Vertical(classes="box"):
            yield Static(plain("Write which leads to a file?"), classes="question")
            yield self._fields
            yield Static(plain(" · ".join(filter(None, hints))), classes="hints")
            yield Static(plain(" · ".join(filter(None, others))), classes="hints")

    def on_mount(self) -> None:
        """Keys act from here on."""
        self._tell()
        self.be_ready()

    def _tell(self) -> None:
        self._fields.update(plain("With the table's columns." if self._by_columns else "With every field that comes."))

    def action_all(self) -> None:
        """All that match; where there are no others, those that are here."""
        self.finish(Choice(bool(self._every), self._by_columns))

    def action_loaded(self) -> None:
        """Those that are here."""
        if self._here:
            self.finish(Choice(False, self._by_columns))

    def action_columns(self) -> None:
        """The table's columns, or every field again."""
        if self._may_have_all_fields:
            self._by_columns = not self._by_columns
            self._tell()

    def action_close(self) -> None:
        """Write nothing."""
        self.finish(None)
