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


async def test_the_time_begins_again_with_each_input_and_while_work_would_be_lost(tmp_path: Path) -> None:
    async with running(tmp_path, settings=Settings(terminal=TerminalSettings(idle_exit=10))) as bench:
        bench.main.memory.input_at -= 700
        await bench.press("j")
        bench.app._leave_if_idle()
        bench.main.memory.input_at -= 700
        bench.main.status.quit_question = lambda: "Quit while leads are being exported?"
        bench.app._leave_if_idle()
        assert bench.app.is_running
        assert not bench.app.farewell
        del bench.main.status.quit_question
        bench.app._leave_if_idle()
        assert "10 minutes without input" in bench.app.farewell
