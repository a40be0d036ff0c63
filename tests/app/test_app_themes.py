"""Themes, ASCII, and the palette that offers everything."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.color import Color

from lead_tui.config.paths import Paths
from lead_tui.keys.catalogue import CATALOGUE, Pane
from lead_tui.keys.keymap import effective
from lead_tui.leads.query import Query
from lead_tui.limits import THEMES
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.storage.state import ScreenState, load_state, save_state
from lead_tui.ui import themes
from lead_tui.ui.dialogs.commands import LEFT_OUT, MOVES, PaletteEntry
from tests.app.bench import NARROW, WIDE, Bench, running
from tests.drawn import strips_of

OURS = "─│╭╮╰╯█▌·…⏎−–“”‹›↓↑←→×•▇▔"
"""The program's own characters."""


def remembering(tmp_path: Path) -> dict[str, Any]:
    paths = Paths.of(tmp_path)
    state = load_state(paths)
    return {"state": state, "remember": partial(save_state, paths)}


def colors(bench: Bench) -> set[str]:
    """Return the colors on the screen, as Rich writes them; "default" is the terminal's own."""
    used: set[str] = set()
    for strip in strips_of(bench.app):
        for segment in strip:
            for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                if colour is not None:
                    used.add("rgb" if colour.triplet else "default" if colour.is_default else "ansi")
    return used


async def test_the_terminal_s_own_theme_is_the_default_and_sends_no_color_of_its_own(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        assert bench.app.theme == "terminal"
        assert "rgb" not in colors(bench)
        await bench.press("ctrl+p")
        await bench.sees("Type a command")
        assert "rgb" not in colors(bench)


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_other_themes_set_every_color(tmp_path: Path, theme: str) -> None:
    async with running(tmp_path, WIDE, theme=theme) as bench:
        assert bench.app.theme == theme
        assert colors(bench) == {"rgb"}


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=lambda theme: theme.name)
def test_text_can_be_read(theme: Any) -> None:
    def luminance(colour: Color) -> float:
        parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    behind = luminance(Color.parse(theme.background))
    texts = {theme.foreground, theme.error, theme.warning, theme.accent, theme.variables["text-muted"], theme.success}
    for text in texts:
        high, low = sorted((luminance(Color.parse(text)), behind), reverse=True)
        # 4.5 to 1 is what WCAG 2 asks of text.
        assert (high + 0.05) / (low + 0.05) >= 4.5, text


async def test_a_theme_is_chosen_in_the_palette_and_remembered(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, **remembering(tmp_path)) as bench:
        assert list(bench.app.available_themes) == list(THEMES)
        await bench.press("ctrl+p")
        await bench.sees("Type a command")
        await bench.type("theme dark")
        await bench.sees("Theme dark")
        await bench.press("enter")
        await bench.sees_no_more("Theme dark")
        assert bench.app.theme == "dark"
    assert load_state(Paths.of(tmp_path)) == ScreenState(theme="dark")


def offered_in(bench: Bench) -> list[PaletteEntry]:
    """Return the commands of the palette on the screen that is open, without the themes."""
    return [each for each in bench.app.palette_commands(bench.app.screen) if not each.title.startswith("Theme ")]


async def test_the_palette_offers_what_the_panes_in_view_can_do_and_nothing_of_textual_s(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        offered = offered_in(bench)
        shown = {key.sentence for key in CATALOGUE if key.pane in (Pane.MAIN, Pane.TABLE, Pane.FILTERS, Pane.DETAIL, Pane.APP)}
        left_out = {key.sentence for key in CATALOGUE if key.id in LEFT_OUT}
        movements = {key.sentence for key in CATALOGUE if key.action in MOVES}
        assert {command.sentence for command in offered} == shown - left_out - movements
        assert ("Clear filters — Clear all filters and show all leads", "C") in {(command.text, command.key) for command in offered}
        titles = [command.title for command in bench.app.palette_commands(bench.main)]
        assert not {"Screenshot", "Maximize", "Keys", "Theme"} & set(titles)
    async with running(tmp_path, NARROW) as bench:
        assert "Search with these filters" not in {command.sentence for command in offered_in(bench)}


@pytest.mark.parametrize(
    ("typed", "then"),
    [("saved queries", "Saved queries"), ("keys of the focused", "Keys: table"),
     ("look up a phone", "Look up"), ("columns of the table", "Columns"), ("go to the filters", "▌Status"),
     ("raw values", " · raw"), ("find field", "label, key or value")],
)  # fmt: skip
async def test_a_command_of_the_palette_does_what_its_key_does(tmp_path: Path, typed: str, then: str) -> None:
    async with running(tmp_path, NARROW) as bench:
        await bench.press("ctrl+p")
        await bench.sees("Type a command")
        await bench.type(typed)
        await bench.press("enter")
        await bench.sees(then)


async def test_the_palette_over_the_panes_and_over_a_dialog(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        by_sentence = {command.sentence: command.run for command in offered_in(bench)}
        await by_sentence["Toggle raw values and keys"]()
        assert bench.main.detail.look.raw
        await by_sentence["Go to the filters"]()
        assert bench.main.panes.focused is Pane.FILTERS
        await bench.press("escape", "c")
        await bench.sees("Columns")
        offered = {command.sentence for command in offered_in(bench)}
        assert "Make the column wider" in offered
        assert "Clear all filters" not in offered


async def test_in_ascii_nothing_of_the_program_s_own_is_beyond_it(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"keys": effective({}, plain=True), "ascii_borders": True}
    async with running(tmp_path, WIDE, **fields) as bench:
        assert "enter detail" in bench.screen()
        tours = (
            ["f"],
            ["escape", "enter"],
            ["escape", "slash"],
            ["escape", "question_mark"],
            ["escape", "o"],
            ["escape", "c"],
            ["escape", "ctrl+p"],
        )
        for keys in tours:
            await bench.press(*keys)
            found = {character for character in OURS if character in bench.screen()}
            assert not found, (keys, found, bench.screen())


async def test_the_account_is_in_view_whatever_lies_over_the_table(tmp_path: Path) -> None:
    account = "Western region, agents of the second shift"
    beginning = SavedQuery("New in California", Query.of({"status": "NEW", "state": "CA", "created_at_start_date": "-1y"}))
    async with running(tmp_path, NARROW, beginning=beginning, account=account) as bench:
        tours: tuple[list[str], ...] = (
            [],
            ["slash"],
            ["escape", "f"],
            ["escape", "enter"],
            ["escape", "question_mark"],
            ["escape", "c"],
            ["escape", "o"],
        )
        for keys in tours:
            await bench.press(*keys)
            assert account in bench.screen(), (keys, bench.screen())


async def test_of_an_account_with_an_endless_name_the_start_is_in_view(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, account="x" * 150, beginning=SavedQuery("", Query.of({"status": "NEW"}))) as bench:
        await bench.sees("x" * 40, "status NEW")
