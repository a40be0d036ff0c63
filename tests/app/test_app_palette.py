"""The palette, where somebody clicks faster than it closes."""

from __future__ import annotations

from pathlib import Path

from textual.events import Paste

from lead_tui.screens.palette import Palette
from tests.app.bench import running


async def test_a_palette_that_is_closed_twice_closes_nothing_else(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("ctrl+p")
        await bench.sees("some letters of what to do")
        palette = bench.app.screen
        assert isinstance(palette, Palette)
        palette.dismiss()
        palette.dismiss()
        await bench.sees("Row 1 of")
        assert bench.app.screen is bench.main


async def test_a_click_beside_a_palette_that_has_closed_does_not_close_the_next_one(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("ctrl+p")
        await bench.sees("some letters of what to do")
        first = bench.app.screen
        assert isinstance(first, Palette)
        first.dismiss()
        await bench.app.run_action("command_palette")
        second = bench.app.screen
        first.dismiss()
        await bench.sees("some letters of what to do")
        assert bench.app.screen is second
        assert bench.app.crash is None


async def test_what_is_pasted_into_the_palette_is_one_clean_line(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("ctrl+p")
        await bench.sees("some letters of what to do")
        bench.app.post_message(Paste("\n s\u202eor\u200bt\n second"))
        await bench.sees("s\ufffdor\ufffdt")
        assert "\u202e" not in bench.screen()


async def test_page_keys_do_no_harm_where_the_terminal_leaves_the_commands_no_room(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("ctrl+p")
        await bench.sees("A page down")
        await bench.pilot.resize_terminal(2, 40)
        await bench.press("pagedown", "pageup", "pagedown", "down")
        await bench.pilot.resize_terminal(120, 40)
        await bench.sees("main screen · ")
