"""The palette's ranking: the words people use lead to the right command."""

from __future__ import annotations

import asyncio

import pytest

from lead_tui.keys.catalogue import CATALOGUE, KEY_BY_ID, Pane
from lead_tui.ui.dialogs.commands import MOVES, WORDS, Palette, commands


def test_every_command_with_words_is_in_the_catalogue() -> None:
    assert set(WORDS) <= set(KEY_BY_ID)
    assert MOVES.isdisjoint(KEY_BY_ID[each].action for each in WORDS)


def test_going_from_lead_to_lead_is_a_command_of_the_palette() -> None:
    # On many keyboards the brackets need AltGr.
    assert MOVES.isdisjoint({"next_lead", "previous_lead"})


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("export", "main.export"),
        ("csv", "main.export"),
        ("download", "main.export"),
        ("save as", "main.export"),
        ("copy", "main.copy_phone"),
        ("refresh", "main.again"),
        ("reload", "main.again"),
        ("help", "main.help"),
        ("exit", "main.quit"),
        ("search", "main.look_up"),
        ("dial", "main.look_up"),
        ("settings", "main.columns"),
        ("columns", "main.columns"),
        ("history", "main.recent"),
        ("undo", "main.back"),
        ("recent", "main.recent"),
        ("clear", "main.clear_filters"),
        ("filter", "main.filters"),
        ("auto", "main.auto_refresh"),
        ("count", "main.count"),
        ("mark", "main.mark"),
        ("select", "main.mark"),
        ("group by", "main.count"),
        ("sort", "main.sort"),
        ("order by", "main.sort"),
        ("save", "main.save_query"),
        ("bookmark", "main.save_query"),
    ],
)
def test_a_word_people_use_finds_its_command_first(typed: str, first: str) -> None:
    panes = (Pane.MAIN, Pane.TABLE, Pane.APP)
    palette = Palette(commands(panes, CATALOGUE, lambda key: asyncio.sleep(0, None)))
    by_title = {key.id: entry for key in CATALOGUE for entry in palette._commands if entry.sentence == key.sentence}
    palette.find(typed)
    assert palette.items[0] == by_title[first]
