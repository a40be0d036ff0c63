"""The help: which keys it shows, their layout, and scrolling if it does not fit on a page."""

from __future__ import annotations

import re

import pytest

from lead_tui.keys.catalogue import CATALOGUE, KEY_BY_ID, Key, Pane
from lead_tui.keys.keymap import effective
from lead_tui.ui.dialogs.commands import Help, columns_of, entries_of, sections_of
from tests.ui.dialogs.dialog_host import Host, press, screen_text, settled


def ids(pane: Pane) -> set[str]:
    return {key.id for keys in sections_of(pane, CATALOGUE).values() for key in keys}


@pytest.mark.parametrize("pane", Pane)
def test_every_key_of_a_pane_is_in_its_sheet_with_one_to_three_words(pane: Pane) -> None:
    entries = list(entries_of(sections_of(pane, CATALOGUE)))
    assert all(1 <= len(entry.words.split()) <= 3 for entry in entries)
    names = {part for entry in entries for name in entry.names for part in name.split("/")} | {"/"}
    assert {KEY_BY_ID[each].first for each in ids(pane) if "digit" not in each} <= names


def test_the_pane_comes_first_then_what_it_lies_in() -> None:
    assert list(sections_of(Pane.DETAIL, CATALOGUE)) == [Pane.DETAIL, Pane.MAIN, Pane.APP]
    assert list(sections_of(Pane.COUNT, CATALOGUE)) == [Pane.COUNT, Pane.LIST, Pane.DIALOG, Pane.APP]
    # Letters are text there.
    assert list(sections_of(Pane.FILTERS, CATALOGUE)) == [Pane.FILTERS, Pane.APP]
    assert {"queries.rename", "list.down", "dialog.close", "app.leave"} <= ids(Pane.QUERIES)


def test_opposites_share_an_entry_and_a_key_that_was_taken_away_has_none() -> None:
    keys = effective({"table.top": (), "table.down": ("down", "j"), "table.up": ("up",)})
    entries = {entry.words: entry.names for entry in entries_of(sections_of(Pane.TABLE, keys))}
    assert entries["down, up"] == ("↓/↑", "j")
    assert entries["bottom"] == ("G", "End")


@pytest.mark.parametrize(("width", "height"), [(55, 10), (75, 19), (95, 35)])
def test_entries_keep_their_order_in_columns_and_no_heading_ends_one(width: int, height: int) -> None:
    entries = list(entries_of(sections_of(Pane.DETAIL, CATALOGUE)))
    columns = columns_of(entries, width, height)
    assert [entry for column in columns for entry in column] == entries
    assert all(column[-1].names for column in columns)
    assert len(columns) >= 2


@pytest.mark.parametrize("pane", [Pane.TABLE, Pane.FILTERS, Pane.DETAIL, Pane.QUERIES, Pane.COLUMNS, Pane.COUNT])
async def test_it_is_one_page_at_80_by_24(pane: Pane) -> None:
    async with Host(Help(pane)).opened() as host:
        shown = screen_text(host)
    assert " of " not in shown
    for entry in entries_of(sections_of(pane, CATALOGUE)):
        assert entry.words in shown
        assert "".join(entry.names[:1]) in shown


async def test_keys_given_are_the_ones_that_are_shown() -> None:
    changed = tuple(Key(key.id, ("ctrl+y",), key.label, key.sentence) if key.id == "table.top" else key for key in CATALOGUE)
    async with Host(Help(Pane.TABLE, changed)).opened() as host:
        assert "ctrl+y/G" in screen_text(host)


async def test_a_small_screen_scrolls_by_the_keys_of_lists_and_another_size_lays_it_out_again() -> None:
    async with Host(Help(Pane.DETAIL)).opened((60, 15)) as host:

        async def place(*keys: str) -> str:
            await press(host, *keys)
            found = re.search(r"(\d+)–\d+ of \d+", screen_text(host))
            assert found is not None
            return found[1]

        assert await place() == "1"
        assert await place("j", "down") == "3"
        # Nothing is marked here by a click.
        await host.pilot.click("MarkedList", offset=(5, 4))
        assert await place() == "3"
        assert await place("k", "up", "up") == "1"
        bottom = await place("G")
        assert int(bottom) > 3
        assert await place("g") == "1"
        assert int(await place("pagedown")) > 3
        await host.pilot.resize_terminal(80, 24)
        await settled(host)
        assert "Keys: lead" in screen_text(host)
        assert " of " not in screen_text(host)


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_it_closes(key: str) -> None:
    async with Host(Help(Pane.TABLE)).opened() as host:
        await press(host, key)
        assert host.screen is not host.dialog
    assert host.results == [None]
