"""Marking leads: the marks on the screen, what they survive, and exporting only the marked leads."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from lead_tui.config.screen_settings import TableSettings
from tests.app.bench import NARROW, SETTINGS, DemoSource, running
from tests.app.one_lead import one_lead
from tests.app.test_app_narrowing import account


async def test_marks_stay_on_their_leads_however_these_are_shown(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, account(1_287)) as bench:
        await bench.press("m", "j", "m")
        await bench.sees("2 marked", "Row 4 of", "│* Jane0 Public", "│* Jane2 Public")
        # The same key removes a mark.
        await bench.press("k", "m", "k", "k", "m")
        await bench.sees("2 marked", "│* Jane1 Public", "│▌ Jane2 Public")
        # Narrowed, and sorted the other way round.
        await bench.press("n", "l", *"tier-1", "enter")
        await bench.sees("│▌*Jane1 Public", "│  Jane6 Public", "2 marked · narrowed")
        await bench.press("escape", "s", "l", "1", "1", "enter")
        await bench.sees("sorted by Name ↓")
        await bench.press("G")
        await bench.sees("│* Jane1 Public", "│▌*Jane0 Public", "2 marked")
        # In another search, and back.
        await bench.press(*"/Public", "enter")
        await bench.sees("│▌*Jane0 Public")
        await bench.press("U")
        await bench.sees("2 unmarked")
        assert "│*" not in bench.screen()
        assert "▌*" not in bench.screen()


async def test_all_in_view_are_marked_then_all_that_are_loaded(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, account(1_287)) as bench:
        await bench.press("M")
        await bench.sees("19 marked", "M again marks all loaded")
        await bench.press("M")
        await bench.sees("200 marked")
        # In rows out of view as well.
        await bench.press("pagedown", "pagedown", "U", "g")
        assert "│* " not in bench.screen()
        await bench.press("n", "l", *"tier-1", "enter", "M", "M")
        await bench.sees("40 marked · narrowed")


async def test_as_many_can_be_marked_as_loaded(tmp_path: Path) -> None:
    settings = replace(SETTINGS, table=TableSettings(load_all_limit=1))
    async with running(tmp_path, NARROW, account(300), settings=settings) as bench:
        for keys in ("M", "jm"):
            await bench.press(*keys)
            await bench.sees("1 marked", "No more than 1 lead can be marked")


async def test_the_detail_marks_its_lead_and_goes_to_the_next(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, account(300)) as bench:
        await bench.press("enter", "m")
        await bench.sees("Lead 1000001", "1 marked")
        await bench.press("escape")
        await bench.sees("│* Jane0 Public")


async def test_a_lead_without_an_id_is_marked_as_well(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, one_lead(lead_id="")) as bench:
        await bench.press("m")
        await bench.sees("1 marked")
        await bench.press("m")
        await bench.sees_no_more("1 marked")


async def test_the_marked_leads_are_exported_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home := tmp_path / "home").mkdir(mode=0o700)
    monkeypatch.chdir(home)
    async with running(tmp_path, NARROW, DemoSource(3_000)) as bench:
        await bench.press("j", "m", "G", "m", "g", "x")
        await bench.sees("⏎ the 2 marked · a all 3,000 that match")
        await bench.press("enter", "ctrl+u", *"marked.csv", "enter")
        await bench.sees("2 leads written to marked.csv")
    written = list(csv.DictReader((home / "marked.csv").read_text().splitlines()))
    entries = json.loads(DemoSource(3_000).answer({"offset": "0", "limit": "2000"})[1])["data"]["entries"]
    assert written[0]["phone_number"] == entries[1]["phone_number"]
    assert len(written) == 2


async def test_the_status_line_follows_a_cursor_that_comes_back_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press_at_once("m", "U", "home")
        await bench.sees("Row 1 of 3,000")
