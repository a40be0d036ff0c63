"""Endurance of the app: hours of clock ticks and repeated searches leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
from datetime import datetime, timedelta
from pathlib import Path

from lead_tui.paging.loader import Loader
from tests.app.bench import NOW, running


async def test_an_hour_of_minutes_redraws_the_time_and_nothing_piles_up(tmp_path: Path) -> None:
    minute = 0

    def just_before_it_turns() -> datetime:
        return NOW + timedelta(minutes=minute, seconds=59.98)

    async with running(tmp_path, now=just_before_it_turns) as bench:
        await bench.press("enter")
        await bench.sees("local (UTC")
        asked = len(bench.source.asked)
        times: set[str] = set()
        for minute in range(1, 61):
            there = f"{(NOW.minute + minute) % 60:02} local (UTC"
            await bench.sees(there)
            times.add(next(line for line in bench.screen().splitlines() if there in line))
        assert len(times) == 60
        assert len(bench.source.asked) == asked
        gc.collect()
        assert sum("minute" in repr(timer._callback) for timer in bench.main._timers) == 1


async def test_searching_again_and_again_keeps_one_result(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        for _ in range(20):
            asked = len(bench.source.asked)
            await bench.press("r")
            await bench.sees("Searched again")
            assert len(bench.source.asked) > asked
        await bench.sees_no_more("loading")
        gc.collect()
        assert sum(isinstance(each, Loader) for each in gc.get_objects()) <= 2
        assert len(asyncio.all_tasks()) < 40
