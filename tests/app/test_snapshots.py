"""Whole screens, compared with reviewed snapshots.

``--snapshot-update`` takes new ones; ``snapshot_report.html`` shows what differs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.ui.app import LeadTui
from tests.app.bench import NARROW, SETTINGS, WIDE, Bench, DemoSource, session_of

Matches = Callable[..., bool]


@pytest.fixture
def matches(snap_compare: Matches, tmp_path: Path) -> Matches:
    """Compares the app after some steps with its snapshot."""

    def compare(size: tuple[int, int], *steps: Callable[[Bench], Awaitable[None]], beginning: SavedQuery | None = None) -> bool:
        source = DemoSource()
        session = session_of(tmp_path, source, beginning=beginning, settings=replace(SETTINGS, labels={"member_id": "Member"}))
        app = LeadTui(session)

        async def take(pilot: Pilot[int]) -> None:
            bench = Bench(app, pilot, source, session.store, [])
            await bench.sees("Row 1 of ")
            for step in steps:
                await step(bench)

        return snap_compare(app, terminal_size=size, run_before=take)

    return compare


async def open_detail(bench: Bench) -> None:
    await bench.press("enter")
    await bench.sees("Lead 10", "▌Phone ")


async def run_to_completion(bench: Bench) -> None:
    await bench.press("G")
    await bench.sees_no_more("more ─╯")


async def to_the_middle(bench: Bench) -> None:
    await bench.press("colon", *"1500", "enter")
    await bench.sees("Row 1,500 of 3,000")


async def a_wrong_filter(bench: Bench) -> None:
    await bench.press("f", "ctrl+f", *"birth", "enter", *"1999-99", "enter")
    await bench.sees("! A date is")


def test_three_panes_stand_side_by_side(matches: Matches) -> None:
    query = Query.of({"state": "CA", "created_at_start_date": "-1y"})
    assert matches(WIDE, open_detail, run_to_completion, beginning=SavedQuery("All of California", query))


def test_the_table_has_a_narrow_screen_to_itself(matches: Matches) -> None:
    assert matches(NARROW, to_the_middle)


def test_the_detail_slides_over_the_table(matches: Matches) -> None:
    assert matches(NARROW, open_detail)


def test_the_filters_slide_over_the_table_and_say_what_is_wrong(matches: Matches) -> None:
    assert matches(NARROW, a_wrong_filter)
