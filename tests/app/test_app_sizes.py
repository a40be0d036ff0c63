"""Resizing while dialogs open and close."""

from __future__ import annotations

from pathlib import Path

from textual.events import Resize
from textual.geometry import Size

from tests.app.bench import NARROW, TINY, WIDE, running


async def test_a_size_that_comes_late_is_not_the_one_that_counts(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        for size in (TINY, (60, 67), NARROW):
            # Like a dialog that was still being created when the terminal had another size.
            bench.main._screen_resized(Size(*size))
            bench.main.post_message(Resize(Size(*size), Size(*size)))
            await bench.settled()
            await bench.settled()
            assert bench.main.size == Size(*WIDE)
            assert bench.main.has_class("-wide")
            assert len(bench.screen().splitlines()) == WIDE[1]


async def test_a_new_size_counts_below_a_dialog_too(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        for key in ("c", "x"):
            await bench.press(key)
            for size, columns in ((WIDE, 53), (NARROW, 80)) * 4:
                await bench.pilot.resize_terminal(*size)
                await bench.settled()
                assert bench.main.table.outer_size.width == columns
                assert bench.main.detail.lead is not None
            await bench.press("escape")


async def test_in_a_new_size_the_borders_count_what_is_out_of_view_in_it(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        for size, border in (
            ((60, 15), "─ 3 › ─╯"),
            ((119, 24), "──────────╯"),
            (NARROW, "─ 1 › ─╯"),
            ((120, 20), "─ 3 › ─╯╰─── Custom attributes (15) ↓ 60 more ─╯"),
        ):
            await bench.pilot.resize_terminal(*size)
            await bench.sees(f"{border}\n")


async def test_a_detail_that_comes_into_view_with_a_new_size_shows_the_lead_under_the_cursor(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        await bench.press("enter")
        await bench.sees("Lead 1000001")
        await bench.press("escape", "j")
        await bench.pilot.resize_terminal(*WIDE)
        await bench.sees("Lead 1000002")


async def test_the_pane_in_which_the_user_is_stays_in_view_in_a_narrow_window(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        for pane, keys, shown in ((bench.main.filters, "7d", "Created to   7d"), (bench.main.detail, "j", "Lead 1000001")):
            await bench.pilot.click(pane, offset=(5, 5))
            await bench.press(*keys)
            for size in (NARROW, (60, 15)):
                await bench.pilot.resize_terminal(*size)
                await bench.sees(shown)
            await bench.pilot.resize_terminal(*WIDE)
            await bench.press("escape")


async def test_in_a_narrow_window_the_prompt_returns_to_the_pane_it_came_from(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        await bench.pilot.click(bench.main.filters, offset=(5, 5))
        await bench.press("ctrl+f", *"zip")
        await bench.pilot.resize_terminal(*NARROW)
        await bench.press("enter", *"90210")
        await bench.sees("▌ZIP          90210", "esc to table")


async def test_in_a_new_size_the_line_that_is_edited_keeps_its_place(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        await bench.press("f", *"Raquel")
        await bench.press("escape", "f", "down", *"XYZ")
        for size in ((130, 30), NARROW, WIDE):
            await bench.pilot.resize_terminal(*size)
            await bench.settled()
            line, panel = bench.app.focused, bench.main.filters
            assert line is not None
            assert line.region.right == panel.content_region.right - 1, size
        await bench.press("escape", "colon", "7")
        for size in (NARROW, (130, 30)):
            await bench.pilot.resize_terminal(*size)
            await bench.sees(" Row  7 ", "1 to 3,000 · ⏎ · esc")
            assert bench.app.focused is not None
            assert bench.app.focused.region.right < bench.screen().splitlines()[1].index("1 to"), size


async def test_a_size_that_changed_below_a_dialog_counts_when_that_closes(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        for size, name in ((NARROW, "-narrow"), (WIDE, "-wide"), (TINY, "-narrow")):
            await bench.press("question_mark")
            await bench.sees("Keys: table")
            await bench.pilot.resize_terminal(*size)
            await bench.press("escape")
            await bench.sees_no_more("Keys: table")
            await bench.sees("needs 60" if size == TINY else "Row 1 of 3,000")
            assert bench.main.has_class(name)
            assert bench.main.size == Size(*size)


async def test_a_dialog_in_too_small_a_window_accepts_only_the_keys_that_quit(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        await bench.press("c", "slash", *"ema")
        await bench.sees("[ ] Email")
        await bench.pilot.resize_terminal(*TINY)
        await bench.sees("This window is 50×20: lead-tui needs 60×15")
        assert "Email" not in bench.screen()
        await bench.press("x", "down", "enter", "escape", "ctrl+p", "ctrl+c", "f2")
        await bench.pilot.resize_terminal(*NARROW)
        # The text and its cursor are as they were.
        await bench.sees("[ ] Email", "ema")
        await bench.type("i")
        await bench.sees("  emai ")
        await bench.pilot.resize_terminal(*TINY)
        await bench.sees("needs 60×15")
        await bench.press("q")
        assert not bench.app.is_running


async def test_the_question_before_quitting_can_be_answered_in_a_window_too_small(tmp_path: Path) -> None:
    async with running(tmp_path, TINY, first="needs 60×15") as bench:
        bench.main.status.quit_question = lambda: "Stop the export?"
        await bench.press("q")
        await bench.sees("Stop the export?")
        await bench.press("n")
        await bench.sees_no_more("Stop the export?")
        await bench.press("q", "y")
        assert not bench.app.is_running
