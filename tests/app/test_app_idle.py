"""An app with ``[terminal] idle_exit`` exits by itself once no one has typed for that long."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lead_tui.config.screen_settings import TerminalSettings
from lead_tui.config.settings import Settings
from tests.app.bench import PATIENCE, running


async def test_an_idle_app_ends_with_a_sentence(tmp_path: Path) -> None:
    async with running(tmp_path, first="", settings=Settings(terminal=TerminalSettings(idle_exit=0.005))) as bench:
        async with asyncio.timeout(PATIENCE):
            while bench.app.is_running:
                await asyncio.sleep(0.02)
        assert bench.app.return_code == 0
        assert "without input" in bench.app.farewell
        assert "idle_exit" in bench.app.farewell


async def test_typing_keeps_it_running(tmp_path: Path) -> None:
    async with running(tmp_path, settings=Settings(terminal=TerminalSettings(idle_exit=10))) as bench:
        idle = bench.app._idle_exit
        assert idle is not None
        before = idle._last_input
        await bench.press("j")
        assert idle._last_input > before
        assert bench.app.is_running
