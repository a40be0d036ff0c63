"""Searching, scrolling and reading, with the app at its three sizes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lead_tui.leads.errors import NetworkError, OffsetRefused
from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from tests.app.bench import NARROW, TINY, TODAY, WIDE, DemoSource, running
from tests.key_feeder import focus_filter, press_at_once


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_started_with_nothing_it_shows_all_leads_and_the_table_has_the_focus(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size) as bench:
        await bench.sees("Row 1 of 3,000", "200 loaded")
        assert " ms" not in bench.screen()
        assert bench.app.focused is bench.main.table
        assert bench.source.asked[0][1:] == (0, 50)


async def test_a_wide_terminal_shows_the_three_panes_side_by_side(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        await bench.sees("Filters", "Look up", "Leads", "Lead 1000001", "Custom attributes")


async def test_a_narrow_terminal_shows_the_table_and_slides_the_others_over_it(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        assert "Filters" not in bench.screen()
        await bench.press("f")
        await bench.sees("Filters", "First name")
        await bench.press("escape")
        await bench.sees_no_more("Filters")
        await bench.press("enter")
        await bench.sees("Lead 1000001")
        assert bench.app.focused is bench.main.detail
        await bench.press("q")
        await bench.sees_no_more("Lead 1000001")
        assert bench.app.focused is bench.main.table


async def test_a_terminal_too_small_says_so_and_recovers_when_it_grows(tmp_path: Path) -> None:
    async with running(tmp_path, TINY, first="needs 60×15") as bench:
        await bench.pilot.resize_terminal(*NARROW)
        await bench.sees("Row 1 of 3,000")
        await bench.pilot.resize_terminal(80, 10)
        await bench.sees("This window is 80×10: lead-tui needs 60×15")
        await bench.press("j", "enter", "slash", "f2", "ctrl+p", "question_mark", "f", "5")
        assert len(bench.app.screen_stack) == 1
        await bench.pilot.resize_terminal(*NARROW)
        await bench.sees("Row 1 of 3,000")
        assert bench.app.focused is bench.main.table
        assert not bench.main.prompt.purpose
        await bench.pilot.resize_terminal(80, 10)
        await bench.press("q")
        assert not bench.app.is_running


async def test_any_row_is_reached_at_once(tmp_path: Path) -> None:
    async with running(tmp_path, source=DemoSource(1_000_000)) as bench:
        await bench.press("G")
        await bench.sees("Row 1,000,000 of 1,000,000", "Lead 2000000")
        await bench.press(*":500000", "enter")
        await bench.sees("Row 500,000 of 1,000,000", "Lead 1500000")
        await bench.press("g")
        await bench.sees("Row 1 of 1,000,000", "Lead 1000001")
        assert sum(limit for _, _, limit in bench.source.asked) <= 1_600


async def test_scrolling_loads_further_pages_and_the_detail_follows(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        for _ in range(12):
            await bench.press("pagedown")
        row = bench.main.table.cursor + 1
        await bench.sees(f"Row {row} of 3,000", f"Lead {1_000_000 + row}")


async def test_filters_are_sent_as_they_were_typed_and_nothing_else(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("f")
        focus_filter(bench.main.filters, "state")
        await bench.type("california")
        focus_filter(bench.main.filters, "status")
        await bench.type("NEW")
        await bench.press("enter")
        await bench.sees("status NEW · state CA")
        assert bench.app.focused is bench.main.table
        assert bench.source.asked[-1][0].parameters() == {"state": "CA", "status": "NEW"}


async def test_a_wrong_value_is_reported_at_the_field_and_nothing_is_sent(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        asked = len(bench.source.asked)
        await bench.press("f")
        focus_filter(bench.main.filters, "phone_number")
        await bench.type("555")
        await bench.press("enter")
        await bench.sees("10 digits")
        assert len(bench.source.asked) == asked


async def test_no_match_is_reported_in_words(tmp_path: Path) -> None:
    async with running(
        tmp_path, beginning=SavedQuery("", Query.of({"last_name": "Nobody-by-this-name"})), first="No leads match"
    ) as bench:
        await bench.sees("Row 0 of 0")


async def test_a_failed_search_says_in_full_what_to_do_next(tmp_path: Path) -> None:
    source = DemoSource()
    source.refuses = lambda query, offset: NetworkError("The line is down", remedy="check it" + " or wait" * 12)
    async with running(tmp_path, (60, 15), source, first="") as bench:
        await bench.sees("│  ! The line is down: check it or wait", "wait · r retry   ")


async def test_rows_that_have_not_come_are_distinguished_from_those_that_failed(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        bench.source.gate.clear()
        await bench.press("G")
        await bench.sees("· · ·", "loading…")
        bench.source.refuses = lambda query, offset: NetworkError("The line is down", remedy="check it")
        bench.source.gate.set()
        await bench.sees("! The line is down · r retry", "The line is down: check it")
        bench.source.refuses = lambda query, offset: None
        await bench.press("r")
        await bench.sees("Lead 1003000")
        assert "The line is down" not in bench.screen()


async def test_rows_that_come_while_others_are_in_view_are_there_when_one_returns(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        bench.source.gate.clear()
        await bench.press("G")
        await bench.sees("│  · · ·")
        await bench.press("g")
        bench.source.gate.set()
        await bench.sees("400 loaded")
        await bench.press("G")
        await bench.sees("Row 3,000 of 3,000")
        assert "· · ·" not in bench.screen()


async def test_rows_after_the_depth_of_the_server_say_so(tmp_path: Path) -> None:
    source = DemoSource(1_000_000)
    source.refuses = lambda query, offset: OffsetRefused("Invalid offset") if offset > 50_000 else None
    async with running(tmp_path, source=source) as bench:
        await bench.press("G")
        await bench.sees("No results past here: narrow the search")


async def test_back_shows_the_result_before_at_its_row_and_asks_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press(*":1500", "enter")
        await bench.sees("Lead 1001500")
        bench.main.searches.start(Query.of({"status": "NEW"}))
        await bench.sees("status NEW", "Row 1 of")
        await bench.sees_no_more("loading")
        asked = len(bench.source.asked)
        await bench.press("b")
        await bench.sees("Row 1,500 of 3,000", "Lead 1001500")
        assert len(bench.source.asked) == asked


async def test_again_runs_the_same_search_and_keeps_the_lead(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press(*"jjj")
        asked = len(bench.source.asked)
        await bench.press("r")
        await bench.sees("Searched again", "Row 4 of 3,000")
        assert len(bench.source.asked) > asked
        await bench.press("j")
        await bench.sees("Row 5 of 3,000", "/ look up")


async def test_walking_the_leads_from_the_detail_keeps_it_open(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        await bench.press("enter")
        await bench.sees("Lead 1000001")
        await bench.press(*"]]]")
        await bench.sees("Lead 1000004")
        await bench.press("[")
        await bench.sees("Lead 1000003")
        assert bench.app.focused is bench.main.detail


async def test_tab_goes_round_the_panes(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("tab")
        assert bench.app.focused is bench.main.detail
        await bench.press("tab")
        assert bench.app.focused in bench.main.filters.walk_children()
        await bench.press("tab")
        assert bench.app.focused is bench.main.table


async def test_q_quits_from_the_table_but_not_in_an_input(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("slash")
        await bench.type("q")
        await bench.sees("Look up  q")
        await bench.press("escape")
        await bench.press("q")
        assert bench.app.return_code == 0


async def test_a_failed_search_is_not_retried_automatically(tmp_path: Path) -> None:
    source = DemoSource()
    source.refuses = lambda query, offset: NetworkError("The line is down", remedy="check it")
    async with running(tmp_path, source=source, first="The line is down: check it") as bench:
        told = bench.main.rows_changed
        calls = 0

        def counted(*arguments: object) -> None:
            nonlocal calls
            calls += 1
            told(*arguments)

        bench.main.rows_changed = counted
        await bench.press("j", "k", "G")
        assert (len(source.asked), calls) == (1, 0)


async def test_the_cursor_stays_in_view_when_a_message_takes_a_line_from_the_table(tmp_path: Path) -> None:
    source = DemoSource(1_000_000)
    async with running(tmp_path, NARROW, source=source) as bench:
        await bench.sees("200 loaded")
        sentence = "The server is being moved to another place and answers nobody until that is done"
        source.refuses = lambda query, offset: NetworkError(sentence, remedy="try again later")
        await bench.press("G")
        await bench.sees("▌ ! The server is being moved", "· r retry", "Row 1,000,000 of 1,000,000")


async def test_the_title_tells_the_day_of_a_relative_date_and_a_zone_in_doubt(tmp_path: Path) -> None:
    beginning = SavedQuery("", Query.of({"created_at_start_date": "-7d"}))
    async with running(tmp_path, WIDE, beginning=beginning, zone_in_doubt="UTC") as bench:
        await bench.sees(f"created −7d ({TODAY - timedelta(days=7)} UTC)")


@pytest.mark.parametrize("keys", [[*":5", "enter"], ["M"], ["m"], ["y"]])
async def test_a_command_for_leads_says_that_there_are_none(tmp_path: Path, keys: list[str]) -> None:
    async with running(tmp_path, beginning=SavedQuery("", Query.of({"status": "ZZZ"})), first="No leads match") as bench:
        await bench.press(*keys)
        await bench.sees("No lead here")


async def test_a_filter_is_found_by_its_name_in_the_prompt_and_takes_what_is_typed_next(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        await bench.press("f", "ctrl+f", *"zzz", "enter")
        await bench.sees(" Filter  zzz", "! No filter has such a name")
        await press_at_once(bench.app, "ctrl+u", *"birth", "enter", *"1999-99", "escape")
        await bench.press("f")
        await bench.sees("▌Birth date   1999-99", "! A date is")
        await bench.press("ctrl+f", "escape", "x")
        await bench.sees("▌Birth date   1999-99x")
