"""Automatic refresh in the app: what is marked, and when no request is sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lead_tui import limits
from lead_tui.config.screen_settings import RefreshSettings
from lead_tui.config.settings import Settings
from lead_tui.leads.errors import ServerError, TokenError
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.app.bench import NARROW, WIDE, Bench, DemoSource, FakeClient, running
from tests.app.test_app_narrowing import Account


class Growing(DemoSource):
    """An account in which leads are added at the top and change their status."""

    def __init__(self) -> None:
        super().__init__(1)
        self.added = 0
        self.statuses: dict[int, str] = {}
        self.cities: dict[int, str] = {}
        self.refreshed: list[tuple[int, int]] = []
        self.answer = self._answer

    def _answer(self, parameters: dict[str, str]) -> tuple[int, bytes]:
        offset, limit = int(parameters["offset"]), int(parameters["limit"])
        account = Account(1_287)
        everyone = [*range(5_000 + self.added, 5_000, -1), *range(1_287)]
        entries = [
            account.lead(each) | {"status": self.statuses.get(each, "NEW"), "city": self.cities.get(each, "Miami")}
            for each in everyone[offset : offset + limit]
        ]
        return 200, json.dumps({"success": True, "data": {"total": str(len(everyone)), "entries": entries}}).encode()

    async def refresh(self, query: Query, offset: int, limit: int) -> Page:
        self.refreshed.append((offset, limit))
        return await self.fetch(query, offset, limit)


@asynccontextmanager
async def refreshing(tmp_path: Path, size: tuple[int, int] = NARROW) -> AsyncIterator[tuple[Bench, Growing]]:
    """Run the app with automatic refresh on; the tests make time pass."""
    source, client = Growing(), FakeClient([])
    client.refresh = source.refresh  # type: ignore[attr-defined]
    async with running(tmp_path, size, source, client=client, settings=Settings(refresh=RefreshSettings(3_600))) as bench:
        await bench.press("j", "R")
        await bench.sees("refresh every 3600 s")
        yield bench, source


async def pass_time(bench: Bench) -> None:
    """Let the time between two refreshes pass."""
    bench.main.features.auto_refresh._refresh_if_seen()
    await bench.settled()


async def test_new_and_changed_leads_are_marked_and_the_cursor_stays_on_its_lead(tmp_path: Path) -> None:
    async with refreshing(tmp_path, NARROW) as (bench, source):
        await pass_time(bench)
        assert source.refreshed == [(0, 200)]
        source.added, source.statuses, source.cities = 2, {3: "DNC"}, {4: "Boston"}
        await pass_time(bench)
        await bench.sees("2 new · 2 changed", "Row 4 of 1,289", "▌ Jane1 Public")
        await bench.press("k", "k", "k", "k")
        await bench.sees("▌ Jane5002 Public", "│+ Jane5001 Public", "│~⊘Jane3 Public", "│~ Jane4 Public")
        await bench.sees(" ~Boston ")
        source.added = 3
        await pass_time(bench)
        await bench.sees("1 new", "│+ Jane5003 Public", "│▌ Jane5002 Public", "│  Jane5001 Public", "│⊘ Jane3 Public")
        assert len(source.refreshed) == 3
        assert len(source.asked) == len(source.refreshed) + 2
        await bench.press("R")
        await bench.sees("Automatic refresh off")
        assert "│+" not in bench.screen()
        assert bench.main.features.auto_refresh._timer is None


async def test_nothing_is_requested_while_a_dialog_is_open_the_focus_is_elsewhere_or_leads_are_narrowed(tmp_path: Path) -> None:
    async with refreshing(tmp_path) as (bench, source):
        for opening, closing in (("question_mark", "escape"), ("slash", "escape"), ("t", "escape")):
            await bench.press(opening)
            await pass_time(bench)
            await bench.press(closing)
        bench.app.app_focus = False
        await pass_time(bench)
        bench.app.app_focus = True
        await bench.press("n", "l", *"tier-1", "enter")
        await pass_time(bench)
        assert source.refreshed == []
        await bench.press("escape")
        await pass_time(bench)
        assert source.refreshed == [(0, 200)]


async def test_an_error_pauses_it_and_ten_minutes_without_input_end_it(tmp_path: Path) -> None:
    async with refreshing(tmp_path) as (bench, source):
        source.refuses = lambda query, offset: ServerError("The server is busy (HTTP 503)")
        await pass_time(bench)
        await bench.sees("Automatic refresh paused: The server is busy (HTTP 503) · R resume")
        assert "every" not in bench.screen()
        source.refuses = lambda query, offset: None
        await bench.press("R")
        await bench.sees("refresh every 3600 s")
        bench.main.memory.input_at -= limits.REFRESH_INPUT_SECONDS
        await pass_time(bench)
        await bench.sees("Automatic refresh off after 10 minutes without input · R on")
        assert len(source.refreshed) == 1


async def test_a_rejected_token_pauses_it_until_another_is_given(tmp_path: Path) -> None:
    async with refreshing(tmp_path) as (bench, source):
        source.refuses = lambda query, offset: TokenError("The server rejected the token")
        await pass_time(bench)
        await bench.sees("rejected the token", "API token for ")
        source.refuses = lambda query, offset: None
        await bench.press("enter", *"abc", "enter", "R")
        await bench.sees("refresh every 3600 s")
        await pass_time(bench)
        assert len(source.refreshed) == 2
        assert bench.main.session.client.tokens == [Token("abc")]


async def test_a_search_that_takes_several_requests_is_not_refreshed(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        for text in ("2135550100", "+44 20 7946 0958"):
            await bench.press("slash", *text, "enter", "escape", "R")
            await bench.sees("Not refreshed automatically: this search takes several requests · r refresh")


async def test_the_status_line_says_where_nothing_refreshes(tmp_path: Path) -> None:
    async with refreshing(tmp_path, WIDE) as (bench, _):
        await bench.press("n", "l", *"tier-1", "enter")
        await bench.sees("narrowed from 200", "refresh paused")
        await bench.press("escape")
        await bench.sees("refresh every 3600 s")
        await bench.press(*"2135550100", "enter")
        await bench.sees("look-up", "refresh paused")
        await bench.press("b")
        await bench.sees("refresh every 3600 s")
