"""The help: which keys it tells of, how they are laid out, and getting about in it."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, names, of_pane
from lead_tui.ui.dialogs.help import Help, help_lines, sections_of
from tests.ui.dialogs.dialog_host import Host, press, screen_text, settled

PANES = (Pane.TABLE, Pane.FILTERS, Pane.DETAIL)


async def whole_help(dialog: Help, size: tuple[int, int]) -> str:
    """All that is seen while scrolling to the end."""
    host = Host(dialog)
    async with host.run_test(size=size) as pilot:
        await settled(pilot)
        seen = [screen_text(host)]
        for _ in range(4):
            await press(pilot, "pagedown")
            seen.append(screen_text(host))
    return "\n".join(seen)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize("pane", PANES)
async def test_every_key_that_counts_in_the_pane_is_told(pane: Pane, size: tuple[int, int]) -> None:
    seen = await whole_help(Help(pane), size)
    for key in (*of_pane(pane), *of_pane(Pane.MAIN), *of_pane(Pane.APP)):
        assert key.sentence[:40] in seen
        assert any(f"{names(key)} " in line for line in seen.split("\n"))
    assert "lead-tui where" in seen


def test_the_pane_comes_first_then_the_main_screen_then_everywhere() -> None:
    titles = [section.title for section in sections_of(Pane.DETAIL, CATALOGUE)]
    assert titles == ["In the detail of a lead", "On the main screen", "Everywhere, text inputs and dialogs included"]


def test_in_the_filters_letters_are_text_and_the_main_screen_s_keys_count_outside() -> None:
    titles = [section.title for section in sections_of(Pane.FILTERS, CATALOGUE)]
    assert titles[:2] == ["In the filters", "Outside text inputs"]


def test_a_dialog_has_no_keys_of_the_main_screen() -> None:
    keys = {key.id for section in sections_of(Pane.QUERIES, CATALOGUE) for key in section.keys}
    assert "queries.rename" in keys
    assert "dialog.close" in keys
    assert "app.leave" in keys
    assert not any(key.startswith("main.") for key in keys)


def test_other_panes_keys_are_left_out() -> None:
    keys = {key.id for section in sections_of(Pane.TABLE, CATALOGUE) for key in section.keys}
    assert not any(key.startswith(("detail.", "filters.", "queries.")) for key in keys)


def test_a_key_that_was_taken_away_is_not_told() -> None:
    keys = tuple(Key(key.id, (), key.label, key.sentence) if key.id == "table.top" else key for key in CATALOGUE)
    assert "table.top" not in {key.id for section in sections_of(Pane.TABLE, keys) for key in section.keys}


@pytest.mark.parametrize("width", [20, 40, 56, 72, 116])
@pytest.mark.parametrize("pane", list(Pane))
def test_sentences_stand_in_one_column_and_no_line_is_too_long(pane: Pane, width: int) -> None:
    lines = help_lines(sections_of(pane, CATALOGUE), width)
    assert all(cell_len(left) + cell_len(said) <= width for left, said in lines)
    starts = {cell_len(left) for left, said in lines if said and left}
    assert len(starts) == 1


async def test_keys_given_are_the_ones_that_are_told() -> None:
    changed = tuple(Key(key.id, ("ctrl+y",), key.label, key.sentence) if key.id == "table.top" else key for key in CATALOGUE)
    assert "ctrl+y" in await whole_help(Help(Pane.TABLE, changed), (80, 24))


async def test_the_title_says_which_pane() -> None:
    host = Host(Help(Pane.DETAIL))
    async with host.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "Keys: lead" in screen_text(host)


async def test_one_gets_about_by_arrows_and_by_vim_s_letters() -> None:
    host = Host(Help(Pane.TABLE))
    async with host.run_test(size=(80, 24)) as pilot:
        await settled(pilot)

        async def place(*keys: str) -> str:
            await press(pilot, *keys)
            found = re.search(r"(\d+)–\d+ of \d+", screen_text(host))
            assert found is not None
            return found[1]

        assert await place() == "1"
        assert await place("j", "down") == "3"
        assert await place("k") == "2"
        assert await place("up", "up", "up") == "1"
        bottom = await place("G")
        assert int(bottom) > 3
        assert await place("g") == "1"
        assert await place("end") == bottom
        assert await place("home") == "1"
        below = await place("pagedown")
        assert int(below) > 3
        assert await place("pageup") == "1"
        assert await place("space") == below


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_it_closes(key: str) -> None:
    host = Host(Help(Pane.TABLE))
    async with host.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, key)
        assert host.screen is not host.dialog
    assert host.results == [None]


async def test_where_everything_is_in_sight_no_place_is_told() -> None:
    host = Host(Help(Pane.CONFIRM))
    async with host.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        shown = screen_text(host)
    assert "esc close" in shown
    assert "–" not in shown.partition("Keys: question")[2].split("\n")[-1]


async def test_another_size_lays_it_out_anew() -> None:
    host = Host(Help(Pane.TABLE))
    async with host.run_test(size=(120, 80)) as pilot:
        await settled(pilot)
        assert "1–" not in screen_text(host)
        await pilot.resize_terminal(60, 15)
        await settled(pilot)
        shown = screen_text(host)
    assert "1–" in shown
    assert "Open lead" in shown


async def test_ascii_borders_where_the_app_has_them() -> None:
    host = Host(Help(Pane.TABLE), ascii_only=True)
    async with host.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        shown = screen_text(host)
    assert "- In the table of leads ---" in shown
    assert not {"╭", "─", "│", "▅"} & set(shown)
