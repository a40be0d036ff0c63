"""The dialog before an export: which leads, and which of their fields."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.ui.dialogs.offer import Offer


class Choice(Struct, frozen=True):
    """What to export."""

    all: bool
    """Every lead that matches; else those that are loaded."""
    by_columns: bool
    """The columns of the table; else every field."""


class ExportOffer(Offer[Choice | None]):
    """Asks which leads: *every* is what all that match are called, *here* those that are loaded; "" for none.

    *may_have_all_fields* is false if some fields are concealed: then only the table's columns can be exported. Returns None if the
    user cancels.
    """

    def __init__(self, every: str, here: str, *, may_have_all_fields: bool = True, keys: Sequence[Key] = CATALOGUE) -> None:
        leads = (
            hint(keys, "export.all", every) if every else "",
            hint(keys, "export.loaded", here) if here else "",
        )
        others = (
            hint(keys, "export.columns", "changes the fields") if may_have_all_fields else "",
            hint(keys, "dialog.close", "cancel"),
        )
        by_columns = not may_have_all_fields
        super().__init__(Pane.EXPORT, keys, "Export which leads?", _fields(by_columns), leads, others)
        self._every = every
        self._here = here
        self._may_have_all_fields = may_have_all_fields
        self._by_columns = by_columns

    def action_all(self) -> None:
        self.finish(Choice(bool(self._every), self._by_columns))

    def action_loaded(self) -> None:
        if self._here:
            self.finish(Choice(False, self._by_columns))

    def action_columns(self) -> None:
        if self._may_have_all_fields:
            self._by_columns = not self._by_columns
            self.tell(_fields(self._by_columns))

    def action_close(self) -> None:
        self.finish(None)


def _fields(by_columns: bool) -> str:
    return "With the table's columns." if by_columns else "With every field."
