"""Sizes that change while dialogs come and go."""

from __future__ import annotations

from pathlib import Path

from textual.events import Resize
from textual.geometry import Size

from tests.app.bench import NARROW, TINY, WIDE, running


async def test_a_size_that_comes_late_is_not_the_one_that_counts(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        for size in (TINY, (60, 67), NARROW):
            # As a dialog does that was still being made when the terminal had another size.
            bench.main._screen_resized(Size(*size))
            bench.main.post_message(Resize(Size(*size), Size(*size)))
            await bench.settled()
            await bench.settled()
            assert bench.main.size == Size(*WIDE)
            assert bench.main.has_class("-wide", "-high")
            assert len(bench.screen().splitlines()) == WIDE[1]


async def test_a_size_that_changed_below_a_dialog_counts_when_that_closes(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        for size, name in ((NARROW, "-narrow"), (WIDE, "-wide"), (TINY, "-tiny")):
            await bench.press("question_mark")
            await bench.sees("Keys: table")
            await bench.pilot.resize_terminal(*size)
            await bench.press("escape")
            await bench.sees_no_more("Keys: table")
            await bench.sees("needs 60" if size == TINY else "Row 1 of 3,000")
            assert bench.main.has_class(name)
            assert bench.main.size == Size(*size)
