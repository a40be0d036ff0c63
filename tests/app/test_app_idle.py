"""An app with ``[terminal] idle_exit`` exits by itself once no one has typed for that long."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

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


async def test_typing_and_work_in_progress_keep_it_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, settings=Settings(terminal=TerminalSettings(idle_exit=10))) as bench:
        app, memory, now = bench.app, bench.app.main.memory, asyncio.get_running_loop().time
        memory.input_at = now() - 599
        await bench.press("j")
        assert now() - memory.input_at < 599
        app._leave_if_idle()
        assert not app.farewell
        memory.input_at = now() - 601
        with monkeypatch.context() as patch:
            patch.setattr(type(app.main.status), "quit_question", lambda _: "An export is running")
            app._leave_if_idle()
        assert not app.farewell
        app._leave_if_idle()
        assert app.farewell


async def test_it_checks_again_when_the_time_since_the_last_input_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, settings=Settings(terminal=TerminalSettings(idle_exit=10))) as bench:
        loop, waits = asyncio.get_running_loop(), list[float]()
        bench.app.main.memory.input_at = loop.time() - 200
        with monkeypatch.context() as patch:
            patch.setattr(loop, "call_later", lambda seconds, _: waits.append(seconds))
            bench.app._leave_if_idle()
        assert waits == [pytest.approx(400, abs=60)]
