"""The app on the loop that Textual gives it in a terminal, where tasks start at once on Python 3.12 and later."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

from textual.pilot import Pilot

from lead_tui.api.client import Client
from lead_tui.ui.app import LeadTui
from tests.app.bench import Bench, DemoSource, session_of


async def test_without_a_token_the_app_asks_for_one(tmp_path: Path) -> None:
    seen: list[str] = []
    with closing(Client("https://api.example.com/v1")) as client:
        session = session_of(tmp_path, client)  # type: ignore[arg-type]  # any PageSource will do
        app = LeadTui(session)

        async def look(pilot: Pilot[int]) -> None:
            bench = Bench(app, pilot, DemoSource(1), session.store, [])
            await bench.sees("No API token", "sign in")
            seen.append(bench.screen())
            app.exit(0)

        await app.run_async(headless=True, size=(120, 40), auto_pilot=look)  # type: ignore[arg-type]
    assert seen
    await asyncio.gather(*app.main.memory.writing)
