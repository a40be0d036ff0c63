"""The palette's ranking: the words people use lead to the right command."""

from __future__ import annotations

import pytest

from lead_tui.keys.catalogue import CATALOGUE, KEY_BY_ID
from lead_tui.leads.text import match
from lead_tui.ui.dialogs.commands import MOVES, RANKS, WORDS


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
        ("save", "main.export"),
        ("bookmark", "main.save_query"),
    ],
)
def test_a_word_people_use_finds_its_command_first(typed: str, first: str) -> None:
    of_main = (key for key in CATALOGUE if key.id.startswith(("main.", "table.", "app.")))
    offered = sorted(of_main, key=lambda key: RANKS.get(key.id, len(RANKS)))
    places = {key.id: each[0] for key in offered if (each := match(typed, WORDS.get(key.id, key.label).split(), key.sentence))}
    assert min(places, key=places.__getitem__) == first
