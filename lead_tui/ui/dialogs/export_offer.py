"""The question before an export: which leads, and which of their fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.ui.dialogs.offer import Offer
from lead_tui.ui.widgets.bindings import bindings_of


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be exported."""

    all: bool
    """Every lead that matches; else those that are here."""
    by_columns: bool
    """The columns of the table; else every field that comes."""


class ExportOffer(Offer[Choice | None]):
    """Asks which leads: *every* says how all of them are called, "" where there are no others; *here* those that are here.

    *may_have_all_fields* is false where some are concealed: then the table's columns are all there is. Gives None where the person
    leaves.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(Pane.EXPORT)]

    def __init__(self, every: str, here: str, *, may_have_all_fields: bool = True, keys: Sequence[Key] = CATALOGUE) -> None:
        leads = (
            hint(keys, "export.all", every) if every else "",
            hint(keys, "export.loaded", here) if here else "",
        )
        others = (
            hint(keys, "export.columns", "changes the fields") if may_have_all_fields else "",
            hint(keys, "dialog.close", "leave"),
        )
        by_columns = not may_have_all_fields
        super().__init__(Pane.EXPORT, keys, "Write which leads to a file?", _fields(by_columns), leads, others)
        self._every = every
        self._here = here
        self._may_have_all_fields = may_have_all_fields
        self._by_columns = by_columns

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
            self.tell(_fields(self._by_columns))

    def action_close(self) -> None:
        """Write nothing."""
        self.finish(None)


def _fields(by_columns: bool) -> str:
    return "With the table's columns." if by_columns else "With every field that comes."
