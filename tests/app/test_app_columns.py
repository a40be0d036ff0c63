"""Choosing columns: in the dialog, saved for all searches or with a saved query, and kept between runs."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from lead_tui.config.paths import Paths
from lead_tui.config.screen_settings import Colors, TableSettings
from lead_tui.config.settings import Settings
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import sortable
from lead_tui.leads.query import Query
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.storage.state import ScreenState, load_state, save_state
from lead_tui.ui.screens.columns import Columns
from tests.app.bench import NARROW, WIDE, Bench, DemoSource, running
from tests.app.one_lead import one_lead
from tests.drawn import strips_of

COLUMNS = ("name", "phone_number", "city")


def remembering(tmp_path: Path) -> dict[str, Any]:
    """Return a session that remembers its state, as the program's does."""
    paths = Paths.of(tmp_path)
    state = load_state(paths)
    return {
        "state": state,
        "remember": partial(save_state, paths),
        "columns": state.columns or COLUMNS,
        "settings": Settings(table=TableSettings(columns=COLUMNS)),
    }


async def find(bench: Bench, text: str) -> None:
    """Put the cursor of the dialog on the only column with *text*."""
    await bench.press("slash", *text, "enter")


async def test_a_custom_attribute_is_chosen_by_keyboard_alone_and_kept_for_the_next_run(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, **remembering(tmp_path)) as bench:
        await bench.press("c")
        await bench.sees("Columns", "[x] Name", "3 shown")
        await find(bench, "plan_sold")
        await bench.press("space", "escape")
        await bench.sees("[x] Plan sold", "4 shown")
        await bench.press("K", "K", "enter")
        await bench.sees_no_more("4 shown")
        assert bench.main.table.columns == ("name", "plan_sold", "phone_number", "city")
        await bench.sees("plan_sold")
    assert load_state(Paths.of(tmp_path)).columns == ("name", "plan_sold", "phone_number", "city")
    async with running(tmp_path, NARROW, **remembering(tmp_path)) as bench:
        assert bench.main.table.columns == ("name", "plan_sold", "phone_number", "city")


async def test_widths_are_set_seen_and_kept(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, **remembering(tmp_path)) as bench:
        before = next(column.width for column in bench.main.table._placed if column.key == "phone_number")
        await bench.press("c")
        await bench.sees("Columns")
        await bench.press("j", "l", "l", "greater_than_sign", "enter")
        await bench.sees_no_more("3 shown")
        assert dict(bench.main.table.widths) == {"phone_number": before + 3}
        assert [column.width for column in bench.main.table._placed if column.key == "phone_number"] == [before + 3]
        await bench.press("c")
        await bench.sees(f"{before + 3}*")
        await bench.press("j", "h", "equals_sign", "enter")
        await bench.sees_no_more("3 shown")
        assert not bench.main.table.widths
    assert not load_state(Paths.of(tmp_path)).widths


async def test_leaving_the_dialog_leaves_everything_as_it_was(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, **remembering(tmp_path)) as bench:
        await bench.press("c")
        await bench.sees("Columns")
        await bench.press("j", "space", "l", "escape")
        await bench.sees_no_more("3 shown")
        assert bench.main.table.columns == COLUMNS
        assert not bench.main.table.widths
    assert load_state(Paths.of(tmp_path)) == ScreenState(shown_notices=("welcome",))


async def test_the_last_column_stays(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, columns=("name",)) as bench:
        await bench.press("c")
        await bench.sees("1 shown")
        await bench.press("space")
        await bench.sees("1 shown")
        await bench.press("R", "enter")
        await bench.sees_no_more("Columns")
        assert len(bench.main.table.columns) > 1


async def test_configured_labels_name_the_columns_and_masked_values_are_not_used_as_examples(tmp_path: Path) -> None:
    fields: dict[str, Any] = {
        "columns": ("name", "field_3"),
        "settings": Settings(labels={"field_3": "Solidity"}),
        "masked": frozenset({"name"}),
    }
    async with running(tmp_path, NARROW, **fields) as bench:
        await bench.sees("Solidity")
        lead = bench.main.table.rows.lead(0)
        await bench.press("c")
        await bench.sees("[x] Solidity", "field_3")
        dialog = bench.app.screen
        assert isinstance(dialog, Columns)
        assert dialog._example("name") == ""
        assert dialog._example("city") == lead.line("city")


async def test_a_saved_query_keeps_the_columns_chosen_for_it_and_others_keep_theirs(tmp_path: Path) -> None:
    store = QueryStore(Paths.of(tmp_path))
    store.save(SavedQuery("Mine", Query.of({"status": "NEW"})))
    store.save(SavedQuery("Other", Query.of({"state": "CA"})))
    async with running(tmp_path, NARROW, **remembering(tmp_path)) as bench:
        await bench.press("o")
        await bench.sees("Mine", "Other")
        await bench.press("enter")
        await bench.sees("status NEW")
        await bench.press("c")
        await bench.sees("for all searches")
        await bench.press("t")
        await bench.sees("for “Mine” only")
        await find(bench, "email")
        await bench.press("space", "escape", "enter")
        await bench.sees("Columns saved with “Mine”")
        own = bench.main.table.columns
        assert set(own) == {*COLUMNS, "email"}
        await bench.press("o")
        await bench.sees("Other")
        await bench.press("j", "enter")
        await bench.sees("state CA")
        assert bench.main.table.columns == COLUMNS
        await bench.press("b")
        await bench.sees("status NEW")
        assert bench.main.table.columns == own
        await bench.press("c", "t", "enter")
        await bench.sees("uses the columns of all searches")
    assert load_state(Paths.of(tmp_path)).columns == own
    mine = store.load().named("Mine")
    assert mine.columns == ()


async def test_columns_chosen_for_a_search_are_saved_with_it_and_come_back(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, **remembering(tmp_path)) as bench:
        await bench.press("c")
        await bench.sees("Columns")
        await bench.press("j", "space", "t")
        await bench.sees("2 shown")
        await bench.press("enter")
        await bench.sees_no_more("2 shown")
        await bench.press("w", *"Short", "enter")
        await bench.sees("Saved as Short")
    saved = QueryStore(Paths.of(tmp_path)).load().named("Short")
    assert saved.columns == ("name", "city")
    assert load_state(Paths.of(tmp_path)).columns == ()
    beginning = SavedQuery(saved.name, saved.query, columns=saved.columns)
    async with running(tmp_path, NARROW, beginning=beginning, **remembering(tmp_path)) as bench:
        assert bench.main.table.columns == ("name", "city")


async def test_a_query_of_the_site_keeps_its_own_and_says_so(tmp_path: Path) -> None:
    class Site(QueryStore):
        def load(self):  # type: ignore[no-untyped-def]
            loaded = super().load()
            return type(loaded)((SavedQuery("Site", Query.of({"status": "NEW"}), read_only=True),))

    async with running(tmp_path, NARROW, columns=COLUMNS, store=Site(Paths.of(tmp_path))) as bench:
        await bench.press("o")
        await bench.sees("Site")
        await bench.press("enter")
        await bench.sees("status NEW")
        await bench.press("c", "t", "j", "space", "enter")
        await bench.sees("The columns apply until the next search")
        assert bench.main.table.columns == ("name", "city")


async def test_a_failure_to_remember_state_is_reported(tmp_path: Path) -> None:
    def refuse(before: ScreenState, state: ScreenState) -> None:
        raise OutputError("The disk is full")

    async with running(tmp_path, NARROW, columns=COLUMNS, remember=refuse) as bench:
        await bench.press("c", "j", "space", "enter")
        await bench.sees("Not saved for the next session: The disk is full")
        assert bench.main.table.columns == ("name", "city")


async def test_empty_fields_stay_hidden_the_next_time(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, **remembering(tmp_path)) as bench:
        assert not bench.main.detail.look.hide_empty
        await bench.press("enter", "z")
        await bench.sees("hidden")
    async with running(tmp_path, WIDE, **remembering(tmp_path)) as bench:
        assert bench.main.detail.look.hide_empty
        await bench.press("enter", "z")
        await bench.sees_no_more("hidden")
    assert not load_state(Paths.of(tmp_path)).hide_empty


async def test_columns_out_of_view_are_counted_and_the_sorted_one_has_an_arrow(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, DemoSource(150)) as bench:
        await bench.sees("State │", " 1 › ─╯")
        await bench.press("l")
        await bench.sees(" ‹ 1 ─╯")
        await bench.press("h", "s", "enter")
        await bench.sees("Name ↑", " 1 › ─╯")
        await bench.press("escape")
        await bench.sees_no_more("Name ↑")


async def test_names_are_bold_and_statuses_have_colored_marks(tmp_path: Path) -> None:
    settings = Settings(colors=Colors(status={"NEW": "green", "DNC*": "red !"}))
    async with running(tmp_path, WIDE, settings=settings) as bench:
        # A character is text: the color comes in addition.
        await bench.sees("●  New Lead", "●! Do NOT")
        segments = [segment for strip in strips_of(bench.app) for segment in strip]
        bold = [segment.text.strip() for segment in segments if segment.style and segment.style.bold]
        assert "Lars Bianchi" in bold
        numbers = {each.style.color.number for each in segments if each.text == "●" and each.style and each.style.color}
        assert numbers == {2, 9}
        await bench.sees("Nancy O'Brien             ● New Lead")


async def test_fields_added_in_quick_succession_are_all_added_and_saved(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        bench.store.save(SavedQuery("Own", Query(), columns=("name", "phone_number")))
        await bench.press("o", "enter")
        await bench.sees("Own")
        await bench.press("enter", "down", "down")
        await bench.press_at_once("plus", "down", "plus", "plus")
        await bench.sees("Columns saved with “Own”")
        assert len(bench.main.table.columns) == 3
        await bench.press_at_once("plus", "down", "plus")
        while len(bench.store.load().queries[0].columns) != 5:
            await asyncio.sleep(0.005)
        assert bench.main.table.columns == bench.store.load().queries[0].columns


async def columns_dialog(bench: Bench) -> Columns:
    """Open the dialog."""
    await bench.press("c")
    await bench.sees("[x] Name")
    assert isinstance(bench.app.screen, Columns)
    return bench.app.screen


async def test_an_attribute_named_like_a_computed_column_can_be_chosen_beside_it(tmp_path: Path) -> None:
    source = one_lead(name="Own", local_time="Own")
    async with running(tmp_path, WIDE, source, columns=("name",)) as bench:
        dialog = await columns_dialog(bench)
        assert {"name", "+name", "local_time", "+local_time", "plan_sold"} <= set(dialog.items)
        dialog.mark(dialog.items.index("+name"))
        await bench.press("space", "enter")
        assert bench.main.table.columns == ("name", "+name")
    assert {"name", "+name", "plan_sold"} <= set(sortable(("name",), ("name", "plan_sold")))


async def test_a_column_is_found_without_its_accents(tmp_path: Path) -> None:
    settings = Settings(labels={"field_3": "Año"})
    async with running(tmp_path, WIDE, one_lead(größe="1"), columns=("name",), settings=settings) as bench:
        dialog = await columns_dialog(bench)
        for typed, found in ("grosse", "größe"), ("ano", "field_3"):
            await find(bench, typed)
            assert dialog.items == [found]
            await bench.press("escape")


async def test_the_border_names_the_keys_of_the_list_only_while_they_work(tmp_path: Path) -> None:
    keys = "⏎ use them · esc cancel"
    async with running(tmp_path, WIDE, one_lead()) as bench:
        await columns_dialog(bench)
        await bench.sees(keys)
        await bench.press("slash", "z")
        assert keys not in bench.screen()
        await bench.press("tab")
        await bench.sees(keys)


async def test_widths_are_whole_where_there_is_no_room_for_examples(tmp_path: Path) -> None:
    async with running(tmp_path, (60, 15), one_lead(), columns=("name",)) as bench:
        await columns_dialog(bench)
        await bench.sees(" 16 ")
        assert "…" not in bench.screen()


async def test_a_click_on_a_line_shows_or_hides_the_column(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, one_lead(), columns=("name", "city")) as bench:
        dialog = await columns_dialog(bench)
        await bench.pilot.click(dialog.lines, offset=(8, 1))
        await bench.sees("1 shown")
        await bench.pilot.click(dialog.lines, offset=(8, 1))
        await bench.sees("2 shown")
