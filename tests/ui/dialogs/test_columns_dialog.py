"""The choice of columns, before it is drawn."""

from __future__ import annotations

from lead_tui.ui.dialogs.columns import ColumnChoice
from lead_tui.ui.dialogs.sorting import sortable


def test_an_attribute_named_like_a_computed_column_can_be_chosen_beside_it() -> None:
    choice = ColumnChoice(("name",), {}, ("name", "local_time", "plan_sold"))
    keys = [entry.key for entry in choice.entries]
    assert {"name", "+name", "local_time", "+local_time", "plan_sold"} <= set(keys)
    choice.toggle(next(entry for entry in choice.entries if entry.key == "+name"))
    assert choice.columns == ("name", "+name")
    assert {"name", "+name", "plan_sold"} <= set(sortable(("name",), ("name", "plan_sold")))


def test_a_column_is_found_without_its_accents() -> None:
    choice = ColumnChoice(("name",), {}, ("größe",), {"field_3": "Año"})
    assert [entry.key for entry in choice.entries if entry.matches("grosse")] == ["größe"]
    assert [entry.key for entry in choice.entries if entry.matches("ano")] == ["field_3"]
