"""The command palette: typing, pasting and clicking in it, and how it finds commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import AppBlur, MouseDown, MouseUp, Paste

from tests.app.bench import DemoSource, running


async def test_text_pasted_into_the_palette_becomes_one_clean_line(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("ctrl+p")
        await bench.sees("Type a command")
        bench.app.post_message(Paste("\n s\u202eor\u200bt\n second"))
        await bench.sees("s\ufffdor\ufffdt")
        assert "\u202e" not in bench.screen()


async def test_page_keys_do_no_harm_where_the_terminal_leaves_the_commands_no_room(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("ctrl+p")
        await bench.sees("Filters — Go to")
        await bench.pilot.resize_terminal(2, 40)
        await bench.press("pagedown", "pageup", "pagedown", "down")
        await bench.pilot.resize_terminal(120, 40)
        await bench.press("ctrl+home")
        await bench.sees("Filters — Go to")


@pytest.mark.parametrize("button", [2, 3])
async def test_a_middle_or_right_click_selects_nothing_and_says_how_to_paste(tmp_path: Path, button: int) -> None:
    async with running(tmp_path) as bench:
        await bench.sees("Row 1 of")
        for kind in (MouseDown, MouseUp):
            bench.app.post_message(kind(None, 40, 8, 0, 0, button, False, False, False))
        await bench.sees("Row 1 of", "To paste, hold Shift and click")


async def test_a_terminal_that_lost_the_focus_accepts_keys_anyway(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("slash")
        bench.app.post_message(AppBlur())
        await bench.settled()
        await bench.type("jane")
        await bench.sees("Look up  jane")
        await bench.press("escape", "ctrl+p")
        await bench.sees("Type a command")
        bench.app.post_message(AppBlur())
        await bench.settled()
        await bench.type("sort")
        await bench.sees("> sort", "Sort… — the loaded leads")


@pytest.mark.parametrize(("keys", "none"), [(("ctrl+p",), "No such command"), (("t", "slash"), "No such field")])
async def test_where_nothing_is_found_enter_is_no_hint(tmp_path: Path, keys: tuple[str, ...], none: str) -> None:
    async with running(tmp_path, source=DemoSource(60)) as bench:
        await bench.press(*keys)
        await bench.type("zzz")
        await bench.sees(f"{none} · esc")
