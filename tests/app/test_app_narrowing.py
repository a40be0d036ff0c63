"""Narrowing and sorting in the app: the offer to load, the load, the snapshot, and going back."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from lead_tui import limits
from lead_tui.config.screen_settings import TableSettings
from lead_tui.config.settings import Settings
from lead_tui.demo.endpoint import Demo
from lead_tui.leads.errors import NetworkError
from lead_tui.leads.lead import Row, decode_row, split
from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from tests.app.bench import NARROW, TODAY, WIDE, Bench, DemoSource, running


class Account:
    """Leads with two custom attributes: a score, which is a number as text or empty, and a tier."""

    def __init__(self, count: int) -> None:
        self.count = count

    def lead(self, index: int) -> dict[str, str]:
        score = "" if index % 11 == 0 else str(index * 7919 % self.count)
        return {
            "lead_id": str(1_000_000 + index),
            "first_name": f"Jane{index}",
            "last_name": "Public",
            "status": "NEW",
            "created_at": f"2026-03-{1 + index % 8:02} 09:00:00",
            "score": score,
            "tier": f"tier-{index % 5}",
        }

    def answer(self, parameters: dict[str, str]) -> tuple[int, bytes]:
        offset, limit = int(parameters["offset"]), int(parameters["limit"])
        entries = [self.lead(index) for index in range(offset, min(offset + limit, self.count))]
        return 200, json.dumps({"success": True, "data": {"total": str(self.count), "entries": entries}}).encode()


def account(count: int) -> DemoSource:
    source = DemoSource(1)
    source.answer = Account(count).answer
    return source


async def load_until(bench: Bench, last: int) -> None:
    """Begin to load all; requests after the one from the offset *last* wait for the source's gate."""
    await bench.press("n")
    await bench.sees("Load all")
    bench.source.refuses = lambda query, offset: bench.source.gate.clear() if offset == last else None
    await bench.press("a")


def shown_ids(bench: Bench) -> list[str]:
    rows = bench.main.table.rows
    return [rows.lead(index).lead_id for index in range(rows.length)]


def demo_rows(count: int) -> list[Row]:
    demo = Demo(count, today=TODAY)
    _, body = demo.answer({"offset": "0", "limit": str(count)})
    return list(split(body).rows)


async def test_all_are_loaded_first_then_narrowed_and_sorted_and_escape_goes_back_to_where_one_was(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, account(1_287)) as bench:
        await bench.press(*":100", "enter", "up", "up")
        await bench.sees("Row 98 of 1,287")
        top = bench.main.table.top
        await bench.press("n")
        await bench.sees("Load all 1,287 leads first?", "⏎ the 200 loaded", "a load first")
        await bench.press("a")
        await bench.sees("Narrow  ")
        await bench.type("tier:tier-3 score>=1200")
        await bench.press("enter")
        expected = [i for i in range(1_287) if i % 5 == 3 and i % 11 and i * 7919 % 1_287 >= 1_200]
        await bench.sees(f"of {len(expected)} ", "narrowed from 1,287")
        assert shown_ids(bench) == [str(1_000_000 + i) for i in expected]
        requests = len(bench.source.asked)
        await bench.press("G", "g")
        await bench.press("s")
        await bench.sees("Sort by")
        await bench.press("G", "up", "enter")
        await bench.sees("sorted by Score ↑")
        expected.sort(key=lambda i: i * 7919 % 1_287)
        assert shown_ids(bench) == [str(1_000_000 + i) for i in expected]
        assert len(bench.source.asked) == requests
        await bench.press("escape")
        await bench.sees("Row 98 of 1,287", "1,287 loaded")
        assert bench.main.table.top == top
        # The loaded leads are still there: nothing is offered again.
        await bench.press("n")
        await bench.sees("Narrow  ")
        assert len(bench.source.asked) == requests


async def test_only_what_is_loaded_can_be_taken_and_the_status_line_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(3_000)) as bench:
        await bench.sees("200 loaded")
        await bench.press("n")
        await bench.sees("Load all 3,000 leads first?", "⏎ the 200 loaded")
        await bench.press("enter")
        await bench.type("tier-4")
        await bench.press("enter")
        await bench.sees("of 40 ", "narrowed from 200 loaded of 3,000", "narrowed to tier-4")
        await bench.press("n")
        await bench.press("ctrl+u")
        await bench.press("enter")
        await bench.sees("Row 1 of 3,000")
        assert all(limit <= 400 for _, _, limit in bench.source.asked)


async def test_fifty_thousand_leads_are_sorted_by_one_attribute_and_narrowed_by_another(tmp_path: Path) -> None:
    source = account(50_000)
    async with running(tmp_path, WIDE, source) as bench:
        await bench.press("s")
        await bench.sees("Load all 50,000 leads first?")
        await bench.press("a")
        await bench.sees("Sort by")
        await bench.press("G", "up", "space", "space", "enter")
        await bench.sees("sorted by Score ↓")
        await bench.press("n")
        await bench.type("tier:tier-2")
        await bench.press("enter")
        await bench.sees("of 10,000 ", "narrowed from 50,000", "sorted by Score ↓")
        meant = [i for i in range(50_000) if i % 5 == 2]
        scores = {i: -1 if i % 11 == 0 else i * 7919 % 50_000 for i in meant}
        expected = sorted(meant, key=lambda i: -scores[i])
        assert shown_ids(bench) == [str(1_000_000 + i) for i in expected]
        assert max(limit for _, _, limit in source.asked) == 2_000


async def test_of_more_leads_than_the_limit_the_first_are_loaded_after_a_question(tmp_path: Path) -> None:
    async with running(
        tmp_path, WIDE, DemoSource(1_000_000), settings=Settings(table=TableSettings(load_all_limit=2_000))
    ) as bench:
        await bench.press("n")
        await bench.sees("Load up to 2,000 of 1,000,000 leads first?")
        await bench.press("a")
        await bench.sees("Narrow  ")
        await bench.type("ca")
        await bench.press("enter")
        await bench.sees("narrowed from 2,000 loaded of 1,000,000")


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_a_load_shows_its_progress_and_stopped_keeps_what_came(tmp_path: Path, key: str) -> None:
    source = account(40_000)
    async with running(tmp_path, WIDE, source) as bench:
        await load_until(bench, 7_996)
        await bench.sees("of 40,000", "█", "s left", "ctrl+c cancel")
        await bench.sees("9,996 of 40,000")
        await bench.press(key)
        await bench.sees("leads loaded", "Narrow  ")
        source.gate.set()
        await bench.type("tier-1")
        await bench.press("enter")
        await bench.sees("narrowed to", "loaded of 40,000")
        held = bench.main.searches.current.snapshot.base
        assert len(held) == 9_996


async def test_an_empty_table_names_no_letter_as_a_key_while_letters_are_text(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, account(20)) as bench:
        await bench.press("n")
        await bench.type("zzz")
        await bench.sees("No match among the 20 loaded leads · esc show all")
        await bench.press("enter")
        await bench.sees("No match among the 20 loaded leads · n edit · esc show all")
        await bench.press("f")
        await bench.sees_no_more("n edit")


async def test_what_is_loaded_is_shown_on_a_narrow_screen(tmp_path: Path) -> None:
    source = account(40_000)
    async with running(tmp_path, (60, 15), source) as bench:
        await load_until(bench, 7_996)
        await bench.sees("9,996 of 40,000 leads", "s left · ctrl+c cancel")


async def test_the_rate_of_a_load_for_which_nothing_arrives_falls(tmp_path: Path) -> None:
    source = account(9_000)
    async with running(tmp_path, WIDE, source) as bench:
        await load_until(bench, 3_998)
        await bench.sees("5,998 of 9,000", "/s · ")
        await bench.settled()
        rate = bench.screen().partition("/s · ")[0].rpartition(" ")[2]
        await bench.sees_no_more(f" {rate}/s · ")
        await bench.sees("5,998 of 9,000", "/s · ")
        source.gate.set()


async def test_after_a_cancelled_load_the_rest_is_offered_again(tmp_path: Path) -> None:
    source = account(9_000)
    async with running(tmp_path, WIDE, source) as bench:
        await load_until(bench, 3_998)
        await bench.sees("5,998 of 9,000")
        await bench.press("escape")
        await bench.sees("leads loaded", "Narrow  ")
        await bench.press("escape", "t")
        await bench.sees("5,998 loaded of 9,000", "load all")
        await bench.press("escape", "s")
        await bench.sees("Load all 9,000 leads first?", "⏎ the 5,998 loaded")
        await bench.press("enter")
        await bench.sees("Sort by")
        await bench.press("escape", "n")
        await bench.sees("⏎ the 5,998 loaded")
        source.gate.set()
        source.refuses = lambda query, offset: None
        requests = len(source.asked)
        await bench.press("a")
        await bench.sees("Narrow  ")
        await bench.type("tier-1")
        await bench.sees("narrowed from 9,000")
        assert len(source.asked) - requests == 2
        await bench.press("enter", "escape", "s")
        await bench.sees("Sort by")


async def test_rows_from_before_a_refresh_are_not_kept_where_it_ends_a_load(tmp_path: Path) -> None:
    source = account(40_000)
    async with running(tmp_path, WIDE, source) as bench:
        await load_until(bench, 7_996)
        await bench.sees("9,996 of 40,000")
        source.refuses = lambda query, offset: None
        bench.main.searches.current.again()
        source.gate.set()
        await bench.sees("Searched again")
        await bench.settled()
        assert bench.main.searches.current.snapshot_rows is None


async def test_a_load_that_fails_keeps_what_came_says_so_and_r_resumes(tmp_path: Path) -> None:
    source = account(9_000)
    async with running(tmp_path, WIDE, source) as bench:
        source.refuses = lambda query, offset: NetworkError("No answer") if offset >= 3_998 else None
        await bench.press("s")
        await bench.press("a")
        await bench.sees("No answer · 3,999 leads loaded · r retry", "Sort by")
        await bench.press("G", "up", "enter")
        await bench.sees("3,999 loaded of 9,000", "sorted by Score ↑")
        source.refuses = lambda query, offset: None
        await bench.press("r")
        await bench.sees("all 9,000", "sorted by Score ↑")


async def test_a_load_that_a_look_up_interrupted_is_resumed_after_going_back(tmp_path: Path) -> None:
    source = account(9_000)
    async with running(tmp_path, WIDE, source) as bench:
        await load_until(bench, 3_998)
        await bench.sees("5,998 of 9,000")
        await bench.press("slash", *"#1000007", "enter")
        source.refuses = lambda query, offset: None
        source.gate.set()
        await bench.sees("look-up #1000007", "200 loaded")
        await bench.press("escape", "b")
        await bench.sees("5,998 loaded")
        await bench.press("n")
        await bench.sees("5,998 leads loaded")
        asked = len(source.asked)
        await bench.press("a")
        await bench.sees("Narrow  ", "9,000 loaded")
        assert all(offset >= 3_998 for _, offset, _ in source.asked[asked:])
        await bench.press("escape", "slash", *"#1000007", "enter")
        await bench.sees("look-up #1000007", "200 loaded")
        await bench.press("escape", "b")
        await bench.sees("9,000 loaded")
        asked = len(source.asked)
        await bench.press("n")
        await bench.sees("Narrow  ")
        assert len(source.asked) == asked


async def test_quitting_while_a_load_runs_asks_first(tmp_path: Path) -> None:
    source = account(9_000)
    async with running(tmp_path, WIDE, source) as bench:
        await bench.press("n")
        await bench.sees("Load all")
        source.gate.clear()
        await bench.press("a")
        await bench.sees("ctrl+c cancel")
        await bench.press("q")
        await bench.sees("Quit while leads are being loaded?")
        await bench.press("n")
        await bench.press("escape")
        source.gate.set()
        await bench.sees_no_more("Quit while")


async def test_an_invalid_expression_is_reported_in_the_prompt_and_nothing_changes(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(120)) as bench:
        await bench.sees("120 loaded")
        await bench.press("n")
        await bench.type("teir:3")
        await bench.press("enter")
        await bench.sees("did you mean tier?")
        await bench.press("ctrl+u", *"tier:nowhere", "enter")
        await bench.sees("No match among the 120 loaded leads", "Row 0 of 0")
        await bench.press("escape")
        await bench.sees("Row 1 of 120")


@pytest.mark.parametrize("rows", [120, 3_000])
async def test_each_key_narrows_enter_keeps_that_and_escape_shows_all(tmp_path: Path, rows: int) -> None:
    async with running(tmp_path, WIDE, account(rows)) as bench:
        await bench.press(*":100", "enter", "n")
        if rows > 200:
            await bench.press("a")
        await bench.sees("Narrow  ", "esc cancel")
        await bench.type("tier-")
        await bench.sees(f"narrowed from {rows:,}", "esc show all")
        await bench.type("2")
        await bench.sees(f"of {rows // 5:,} ", "narrowed to tier-2")
        await bench.press("backspace", *'1 "')
        await bench.sees("narrowed to tier-1")
        assert bench.main.prompt.purpose
        await bench.press("escape")
        await bench.sees(f"Row 100 of {rows:,}")
        await bench.press("n", *"tier-4", "enter")
        await bench.sees(f"Row 20 of {rows // 5:,} ", "narrowed to tier-4")
        assert not bench.main.prompt.purpose
        assert all(limit <= 2_000 for _, _, limit in bench.source.asked)


async def test_keys_typed_at_once_find_the_prompt_and_the_dialog(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(120)) as bench:
        await bench.sees("120 loaded")
        await bench.press("n", *"tier-2", "enter", "s", "1", "1", "enter")
        await bench.sees("of 24 ", "narrowed from 120", "sorted by Name ↓")


async def test_r_leaves_a_snapshot_and_searches_again_and_b_comes_back_to_one(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(120)) as bench:
        await bench.sees("120 loaded")
        await bench.press("n", *"tier-2", "enter")
        await bench.sees("of 24 ", "narrowed from 120")
        bench.main.searches.start(Query.of({"status": "NEW"}))
        await bench.sees("Row 1 of 120")
        await bench.press("b")
        await bench.sees("of 24 ", "narrowed from 120")
        await bench.press("r")
        await bench.sees("Searched again", "Row 1 of 120")


async def test_b_comes_back_to_what_was_narrowed_two_searches_ago(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(120)) as bench:
        await bench.sees("120 loaded")
        await bench.press("n", *"tier-2", "enter")
        await bench.sees("narrowed to tier-2")
        bench.main.searches.start(Query.of({"status": "NEW"}))
        await bench.sees("status NEW", "120 loaded")
        await bench.press("n", *"tier-3", "enter")
        await bench.sees("narrowed to tier-3")
        bench.main.searches.start(Query.of({"status": "CB"}))
        await bench.sees("status CB", "120 loaded")
        await bench.press("b")
        await bench.sees("narrowed to tier-3")
        await bench.press("b")
        await bench.sees("of 24 ", "narrowed to tier-2")


async def test_a_click_on_a_title_sorts_by_that_column_and_another_the_other_way_round(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, account(120)) as bench:
        await bench.sees("120 loaded")
        title = bench.screen().splitlines()[2].index("Name")
        for arrow, first in (("↑", "Jane0 Public"), ("↓", "Jane99 Public")):
            assert await bench.pilot.click(offset=(title + 1, 2))
            await bench.sees(f"sorted by Name {arrow}", f"Name {arrow}", f"▌ {first}")
        await bench.press("escape")
        await bench.sees("Row 1 of 120")


async def test_a_saved_sort_is_saved_and_applied_where_all_is_one_page(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(120)) as bench:
        await bench.sees("120 loaded")
        await bench.press("s", "G", "up", "space", "space", "enter")
        await bench.sees("sorted by Score ↓")
        await bench.press("w", *"Best", "enter")
        await bench.sees("Saved as Best")
        saved = bench.store.load().named("Best")
        assert saved is not None
        assert saved.sort == ("-score",)
    beginning = SavedQuery(saved.name, saved.query, sort=saved.sort)
    async with running(tmp_path, WIDE, account(120), beginning) as bench:
        await bench.sees("sorted by Score ↓")
        await bench.press("escape")
        await bench.sees_no_more("sorted by")


async def test_the_sort_of_a_long_saved_query_is_offered(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(2_500)) as bench:
        bench.store.save(SavedQuery("Latest", Query(), sort=("-created_at",)))
        await bench.press("o")
        await bench.sees("Latest")
        await bench.press("enter")
        await bench.sees("Saved sort: by Created ↓ · s sort")
        await bench.press("s")
        await bench.sees("Load all 2,500 leads first?")
        await bench.press("a")
        await bench.sees("Created", "↓ 1")
        await bench.press("enter")
        await bench.sees("all 2,500", "sorted by Created ↓")


async def test_a_value_without_a_filter_narrows_what_is_loaded(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(120)) as bench:
        await bench.sees("120 loaded")
        bench.main.features.narrow_sort.narrow("tier=tier-3", ("tier",), "")
        await bench.sees("of 24 ", "narrowed from 120")


async def test_what_is_narrowed_during_a_load_covers_all_leads_once_they_are_loaded(tmp_path: Path) -> None:
    source = account(9_000)
    async with running(tmp_path, WIDE, source) as bench:
        await load_until(bench, 3_998)
        await bench.sees("5,998 of 9,000")
        bench.main.features.narrow_sort.narrow("tier=tier-3", ("tier",), "")
        await bench.sees("narrowed from 200 loaded")
        source.refuses = lambda query, offset: None
        source.gate.set()
        await bench.sees("Narrow  tier=tier-3")
        await bench.press("enter")
        await bench.sees("of 1,800 ", "narrowed from 9,000")


async def test_the_demo_is_narrowed_like_any_account(tmp_path: Path) -> None:
    rows = demo_rows(150)
    meant = sum(decode_row(row).line("state") == "CA" for row in rows)
    async with running(tmp_path, WIDE, DemoSource(150)) as bench:
        await bench.sees("150 loaded")
        await bench.press("n", *"state=CA", "enter")
        await bench.sees(f"of {meant} ", "narrowed from 150")


async def test_the_loop_is_never_held_while_leads_are_arranged(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(20_000)) as bench:
        await bench.press("s")
        await bench.sees("Load all 20,000 leads first?")
        await bench.press("a")
        await bench.sees("Sort by")
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        await bench.press("1", "enter")
        await bench.sees("sorted by Name ↑")
        counting.cancel()
        assert turns > 10


async def test_values_that_cannot_be_compared_are_reported(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, account(12)) as bench:
        await bench.press("n", *"tier>3", "enter")
        await bench.sees("of 0 ", "narrowed from 12", "12 values could not be compared")


# Work in progress meanwhile


def slow_down(monkeypatch: pytest.MonkeyPatch, turns: int = 300) -> None:
    """Have the work on any row take many *turns* of the event loop."""
    monkeypatch.setattr(limits, "ROWS_AT_ONCE", 0)
    monkeypatch.setattr(limits, "TURN_SECONDS", 0)
    monkeypatch.setattr(limits, "PASSES_BETWEEN_TURNS", turns)


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (("n", "enter", *"tier-3"), "Narrow  tier-3"),
        (("t", "question_mark"), "Keys: counts"),
        (("x", "l", "ctrl+u", *"my.csv"), "Save as  my.csv"),
    ],
)
async def test_keys_wait_until_the_loaded_leads_are_gathered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...], shown: str
) -> None:
    async with running(tmp_path, NARROW, account(3_000)) as bench:
        slow_down(monkeypatch)
        await bench.press_at_once(*keys)
        await bench.sees(shown)


async def test_a_load_that_follows_a_sort_leaves_no_message_of_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, NARROW, account(3_000)) as bench:
        slow_down(monkeypatch, 3_000)
        await bench.press("s", "enter")
        await bench.sees("Sort by")
        await bench.press("enter")
        await bench.sees("Sorting 200 leads…")
        bench.source.gate.clear()
        await bench.press("n", "a")
        slow_down(monkeypatch, 1)
        bench.source.gate.set()
        await bench.sees("Narrow  ")
        await bench.press("escape")
        await bench.sees_no_more("Sorting")


@pytest.mark.parametrize("key", ["t", "n", "s"])
async def test_a_key_that_gathers_the_leads_again_does_not_cancel_a_sort(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    async with running(tmp_path, NARROW, account(180)) as bench:
        await bench.press("s")
        slow_down(monkeypatch, 3_000)
        await bench.press("enter")
        await bench.sees("Sorting 180 leads…")
        await bench.press_at_once(key)
        await bench.sees("Sorting 180 leads… · ctrl+c cancel")
        slow_down(monkeypatch, 1)
        await bench.sees("sorted by Name ↑")
        assert bench.app.screen is bench.main


async def test_rows_from_before_a_refresh_are_not_shown_sorted_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, NARROW, account(180)) as bench:
        await bench.press("s")
        slow_down(monkeypatch)
        await bench.press_at_once("enter", "r")
        await bench.sees("Searched again")
        await asyncio.gather(*(task for task in asyncio.all_tasks() if "in_turns" in repr(task)), return_exceptions=True)
        await bench.settled()
        assert "sorted by" not in bench.screen()


async def test_narrowing_cancels_a_refresh_so_that_the_rows_stay_as_the_prompt_has_them(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, account(180)) as bench:
        bench.source.gate.clear()
        await bench.press("r", "n", *"tier-3")
        bench.source.gate.set()
        await bench.settled()
        await bench.sees("narrowed from 180")
        await bench.press("enter")
        await bench.sees("narrowed from 180")


async def test_a_sort_is_cancelled_by_going_to_another_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, NARROW, account(180)) as bench:
        await bench.press("s")
        slow_down(monkeypatch, 3_000)
        await bench.press("enter")
        await bench.sees("Sorting 180 leads…")
        await bench.press("slash", *"#1000003", "enter")
        await bench.sees("look-up #1000003")
        await bench.press("escape")
        await bench.sees_no_more("Sorting")
        assert bench.main.status.cancel_task() is False


OPENED = {"n": ("Narrow  body",), "s": ("Sort by",), "t": ("Count by",), "x": ("Export which leads",)}


@pytest.mark.parametrize("key", OPENED)
async def test_what_is_typed_before_the_first_page_is_for_the_prompt_or_dialog_of_the_key_before(tmp_path: Path, key: str) -> None:
    # The first request is for 50 leads.
    source = account(120)
    source.gate.clear()
    async with running(tmp_path, NARROW, source, first="") as bench:
        await bench.sees("loading…")
        await bench.press_at_once(key, *"body")
        await bench.sees("Waiting for the first leads · esc cancel")
        source.gate.set()
        await bench.sees(*OPENED[key])


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_what_is_typed_before_the_first_leads_is_dropped_with_the_wait(tmp_path: Path, key: str) -> None:
    source = account(40)
    source.gate.clear()
    async with running(tmp_path, NARROW, source, first="") as bench:
        await bench.sees("loading…")
        await bench.press("n", *"bo", key)
        await bench.sees_no_more("Waiting for the first leads")
        source.gate.set()
        await bench.press("r")
        await bench.sees("40 loaded")
        assert not bench.main.prompt.purpose
        assert bench.app.screen is bench.main
        await bench.press("j")
        await bench.sees("Row 2 of 40")


FROM_ANYWHERE = {"f2": "Look up  ", "f1": "Keys", "ctrl+p": "Type a command", "f4": "No incoming call"}


@pytest.mark.parametrize("key", FROM_ANYWHERE)
async def test_a_key_that_works_anywhere_does_not_wait_for_the_first_leads(tmp_path: Path, key: str) -> None:
    source = account(40)
    source.gate.clear()
    async with running(tmp_path, NARROW, source, first="") as bench:
        await bench.sees("loading…")
        await bench.press("n", *"bo", key)
        await bench.sees(FROM_ANYWHERE[key])
        await bench.sees_no_more("Waiting for the first leads")
        source.gate.set()
        await bench.sees("Row 1 of 40")
        await bench.sees_no_more("Narrow  ")


async def test_what_is_typed_before_a_search_fails_is_dropped(tmp_path: Path) -> None:
    source = account(40)
    source.gate.clear()
    source.refuses = lambda query, offset: NetworkError("The line is down", remedy="check it")
    async with running(tmp_path, NARROW, source, first="") as bench:
        await bench.sees("loading…")
        await bench.press("n", *"body")
        source.gate.set()
        await bench.sees("The line is down")
        assert not bench.main.prompt.purpose
        assert bench.app.screen is bench.main
        source.refuses = lambda query, offset: None
        await bench.press("r", "n")
        await bench.sees("Narrow  ")


@pytest.mark.parametrize(("keys", "shown"), [("ntier-2", "narrowed to tier-2"), ("s1", "sorted by Name ↑")])
async def test_what_is_narrowed_or_sorted_from_the_detail_comes_into_view(tmp_path: Path, keys: str, shown: str) -> None:
    async with running(tmp_path, NARROW, account(120)) as bench:
        await bench.press("enter", *keys, "enter")
        await bench.sees(shown, "Row 1 of")
        assert bench.app.focused is bench.main.table


@pytest.mark.parametrize("key", ["n", "s", "t"])
async def test_an_empty_result_is_neither_narrowed_sorted_nor_counted(tmp_path: Path, key: str) -> None:
    async with running(tmp_path, NARROW, account(0), first="No leads match") as bench:
        await bench.press(key)
        await bench.sees("No leads are loaded")
        assert not bench.main.prompt.purpose
        assert bench.app.screen is bench.main


async def test_a_cancelled_narrowing_is_not_applied_by_the_next_sort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, WIDE, account(180)) as bench:
        await bench.press("n", *"tier", "enter")
        await bench.sees("narrowed to tier")
        slow_down(monkeypatch, 3_000)
        await bench.press_at_once("n", *"new", "enter")
        await bench.sees("Narrowing 180 leads…")
        slow_down(monkeypatch, 1)
        await bench.press("escape", "s", "enter")
        await bench.sees("narrowed to tier · sorted by Name ↑")
