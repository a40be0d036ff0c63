"""Choosing columns in the dialog, without drawing."""

from __future__ import annotations

from lead_tui.leads.fields import sortable
from lead_tui.ui.screens.columns import Columns
from tests.ui.dialogs.dialog_host import Host, press, screen_text


async def test_an_attribute_named_like_a_computed_column_can_be_chosen_beside_it() -> None:
    dialog = Columns(("name",), {}, ("name", "local_time", "plan_sold"))
    async with Host(dialog).opened() as host:
        assert {"name", "+name", "local_time", "+local_time", "plan_sold"} <= set(dialog.items)
        dialog.mark(dialog.items.index("+name"))
        await press(host, "space")
    assert dialog.columns == ("name", "+name")
    assert {"name", "+name", "plan_sold"} <= set(sortable(("name",), ("name", "plan_sold")))


async def test_a_column_is_found_without_its_accents() -> None:
    dialog = Columns(("name",), {}, ("größe",), {"field_3": "Año"})
    dialog.find("grosse")
    assert dialog.items == ["größe"]
    dialog.find("ano")
    assert dialog.items == ["field_3"]


async def test_the_border_names_the_keys_of_the_list_only_while_they_work() -> None:
    dialog = Columns(("name",), {})
    async with Host(dialog).opened() as host:
        keys = "⏎ use them · esc cancel"
        assert keys in str(dialog.box.border_subtitle)
        await press(host, "slash", "z")
        assert keys not in str(dialog.box.border_subtitle)
        await press(host, "tab")
        assert keys in str(dialog.box.border_subtitle)


async def test_widths_are_whole_where_there_is_no_room_for_examples() -> None:
    dialog = Columns(("name",), {}, example=lambda _: "Jane Public")
    async with Host(dialog).opened((60, 15)) as host:
        assert " 18 " in screen_text(host)
        assert "…" not in screen_text(host)
