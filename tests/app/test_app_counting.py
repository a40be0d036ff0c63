"""Counting in the app: by a field over the loaded leads, and from a value to its leads."""

from __future__ import annotations

import json
from pathlib import Path

from textual.events import Key

from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.terminal.escape import Burst
from lead_tui.ui.screens.count import FieldChoice
from tests.app.bench import NARROW, WIDE, Bench, DemoSource, running
from tests.app.one_lead import one_lead
from tests.app.test_app_narrowing import Account, account, shown_ids


async def count_by(bench: Bench, field: str) -> None:
    """Open the counts by *field*."""
    await bench.press("t", "slash", *field, "enter")


async def test_one_key_counts_by_status_and_enter_filters_within_the_search(tmp_path: Path) -> None:
    beginning = SavedQuery("", Query.of({"created_at_start_date": "-30d"}))
    async with running(tmp_path, NARROW, beginning=beginning) as bench:
        await bench.press("t")
        await bench.sees("Count by Status", "New Lead", "NEW", "%  █", "all 167 · 13 values")
        requests = len(bench.source.asked)
        await bench.press("j", "k", "enter")
        await bench.sees("Status: New Lead · b back", "status NEW")
        assert bench.source.asked[requests][0].parameters().keys() == {"status", "created_at_start_date"}
        await bench.press("b")
        await bench.sees_no_more("status NEW")


async def test_a_value_that_the_api_cannot_search_for_narrows_the_loaded_leads(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, account(1_287)) as bench:
        requests = len(bench.source.asked)
        await count_by(bench, "tier")
        await bench.sees("Count by Tier", "tier-0  40   20.0%", "200 loaded of 1,287 · 5 values")
        await bench.press("G", "enter")
        await bench.sees("of 40 ", "narrowed to tier=tier-4")
        # Only narrowed leads are counted, and narrowed further.
        await count_by(bench, "score")
        await bench.sees("40 narrowed", "(empty)  3    7.5%")
        await bench.press("enter")
        await bench.sees("of 3 ", 'tier=tier-4 score=""')
        assert shown_ids(bench) == [str(1_000_000 + index) for index in range(200) if index % 5 == 4 and index % 11 == 0]
        await bench.press("escape")
        await bench.sees("Row 1 of 1,287")
        assert len(bench.source.asked) == requests


async def test_an_attribute_that_the_lead_under_the_cursor_lacks_narrows_the_loaded_leads(tmp_path: Path) -> None:
    leads, source = Account(20), DemoSource(1)
    entries = [{key: value for key, value in leads.lead(index).items() if index or key != "tier"} for index in range(20)]
    source.answer = lambda asked: (200, json.dumps({"success": True, "data": {"total": "20", "entries": entries}}).encode())
    async with running(tmp_path, NARROW, source) as bench:
        await count_by(bench, "tier")
        await bench.sees("Count by Tier", "tier-1   4")
        await bench.press("enter")
        await bench.sees("of 4 ", "narrowed to tier=tier-1")


async def test_all_can_be_loaded_from_the_counts_and_are_counted_again(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(3_000)) as bench:
        await count_by(bench, "tier")
        await bench.press("a")
        await bench.sees("Count by Tier", "tier-3  600   20.0%", "all 3,000 · 5 values")
        assert "load all" not in bench.screen()
        await bench.press("left", "right", "right", "left", "escape")
        await bench.sees_no_more("Count by")


async def test_all_are_counted_though_some_were_narrowed_during_the_load(tmp_path: Path) -> None:
    source = account(3_000)
    async with running(tmp_path, WIDE, source) as bench:
        await count_by(bench, "tier")
        source.gate.clear()
        await bench.press("a")
        bench.main.features.narrow_sort.narrow("tier=tier-3", ("tier",), "")
        await bench.sees("narrowed from 200")
        source.gate.set()
        await bench.sees("Count by Tier", "tier-3  600   20.0%", "all 3,000 · 5 values")
        await bench.press("enter")
        await bench.sees("of 600 ", "narrowed to tier=tier-0")


async def test_a_value_shows_as_many_leads_as_were_counted_after_going_back_to_them(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, account(1_287)) as bench:
        await bench.press("G")
        await count_by(bench, "tier")
        await bench.press("enter")
        await bench.sees("of 58 ", "narrowed from 287 loaded")
        # Of the result, only the rows in view are kept.
        await bench.press("slash", *"Ada", "enter")
        await bench.sees("look-up Ada")
        await bench.press("b")
        await count_by(bench, "score")
        await bench.sees("58 narrowed", "(empty)  6   10.3%")
        await bench.press("enter")
        await bench.sees("of 6 ", "narrowed from 287 loaded")


async def test_all_leads_can_be_counted_if_the_server_does_not_count_them(tmp_path: Path) -> None:
    source = account(450)
    counted = source.answer
    source.answer = lambda asked: (200, counted(asked)[1].replace(b'"total"', b'"sum"'))
    async with running(tmp_path, WIDE, source) as bench:
        await bench.sees("Row 1 of 200+", "200 loaded")
        await bench.press("t", "a")
        await bench.sees("all 450 · ")


async def test_moments_are_counted_and_searched_by_day(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(16)) as bench:
        await count_by(bench, "created_at")
        await bench.sees("2026-03-08  2   12.5%", "8 values")
        await bench.press("enter")
        await bench.sees("created 2026-03-01 · created to 2026-03-01")


async def test_masked_fields_are_not_counted(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, masked=frozenset({"city", "first_name"})) as bench:
        await bench.press("t", "slash")
        choice = bench.app.screen
        assert isinstance(choice, FieldChoice)
        offered = {column for index in range(len(choice.items)) for column in choice.line(index, 80).runs[-1][1].split()}
        assert "last_name" in offered
        assert {"city", "first_name", "name"}.isdisjoint(offered)


async def test_the_leads_of_a_look_up_are_counted(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, one_lead(), "3010010000", first="Lead 1000234") as bench:
        await bench.press("escape", "t")
        await bench.sees("all 1 ·", "100.0%")
        await bench.press("enter")
        await bench.sees("narrowed from")


async def test_a_field_that_is_typed_in_one_write_with_its_key_is_found(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        await bench.press("t")
        bench.app.post_message(Burst([Key("slash", "/"), *(Key(each, each) for each in "state"), Key("enter", "\r")]))
        await bench.sees("Count by State")
