"""The dialog before an export: which leads, and which of their fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

from msgspec import Struct

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.ui.dialogs.offer import Offer

Leads = Literal["marked", "all", "loaded"]
_LEADS: Final[tuple[Leads, ...]] = get_args(Leads)


class Choice(Struct, frozen=True):
    """What to export."""

    leads: Leads
    by_columns: bool
    """The columns of the table; else every field."""


class ExportOffer(Offer[Choice | None]):
    """Asks which leads; *every* is what all that match are called, *here* those that are loaded, *marked* those; "" for none.

    *may_have_all_fields* is false if some fields are concealed: then only the table's columns can be exported. Returns None if the
    user cancels.
    """

    def __init__(
        self, every: str, here: str, marked: str = "", *, may_have_all_fields: bool = True, keys: Sequence[Key] = CATALOGUE
    ) -> None:
        offered = {"marked": marked, "all": every, "loaded": here}
        self._offered: list[Leads] = [leads for leads in _LEADS if offered[leads]]
        ids = dict(zip(self._offered, ("export.first", *(f"export.{each}" for each in self._offered[1:])), strict=False))
        leads = [hint(keys, key_id, offered[each]) for each, key_id in ids.items()]
        others = (
            hint(keys, "export.columns", "changes the fields") if may_have_all_fields else "",
            hint(keys, "dialog.close", "cancel"),
        )
        by_columns = not may_have_all_fields
        super().__init__(Pane.EXPORT, keys, "Export which leads?", _fields(by_columns), leads, others)
        self._may_have_all_fields = may_have_all_fields
        self._by_columns = by_columns

    def action_first(self) -> None:
        self._choose(self._offered[0])

    def action_marked(self) -> None:
        self._choose("marked")

    def action_all(self) -> None:
        self._choose("all")

    def action_loaded(self) -> None:
        self._choose("loaded")

    def _choose(self, leads: Leads) -> None:
        if leads in self._offered:
            self.finish(Choice(leads, self._by_columns))

    def action_columns(self) -> None:
        if self._may_have_all_fields:
            self._by_columns = not self._by_columns
            self.show_detail(_fields(self._by_columns))


def _fields(by_columns: bool) -> str:
    return "With the table's columns." if by_columns else "With every field."
