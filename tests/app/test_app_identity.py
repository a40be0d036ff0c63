"""Who the lead is stays in view, and a lead that must not be called is marked wherever it is shown."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from tests.app.bench import WIDE, DemoSource, running

LEADS = [
    {
        "lead_id": str(number),
        "first_name": "Jane",
        "last_name": f"Public{number}",
        "phone_number": "3010010000",
        "status": "DNC" if number == 2 else "NEW",
        "status_name": "Do Not Call" if number == 2 else "New Lead",
        **{f"attr_{index}": f"value {index}" for index in range(60)},
    }
    for number in (1, 2, 3)
]


def source_of_three() -> DemoSource:
    """Three leads, or the one with the requested id."""
    source = DemoSource()

    def answer(parameters: dict[str, str]) -> tuple[int, bytes]:
        found = [lead for lead in LEADS if parameters.get("lead_id") in (None, lead["lead_id"])]
        offset = int(parameters["offset"])
        return 200, msgspec.json.encode({"success": True, "data": {"total": str(len(found)), "entries": found[offset:]}})

    source.answer = answer
    return source


@pytest.mark.parametrize("size", [WIDE, (60, 15)])
async def test_only_the_keys_for_the_next_and_previous_lead_keep_the_scroll_position(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size, source_of_three()) as bench:
        detail = bench.main.detail
        await bench.press("enter", "G")
        await bench.sees("Jane Public1", "value 59")
        await bench.press("right_square_bracket")
        await bench.sees("Jane Public2", "value 59")
        assert detail.key == "lead_id"
        await bench.press("escape", "enter")
        await bench.sees("Jane Public2")
        assert detail.key == "phone_number"
        await bench.press("G", "escape", "j", "enter")
        await bench.sees("Jane Public3")
        assert detail.key == "phone_number"
        await bench.press("G", "escape")
        bench.main.searches.start(Query.of({"lead_id": "1"}))
        await bench.sees("Row 1 of 1 ")
        await bench.press("enter")
        await bench.sees("Jane Public1")
        assert detail.key == "phone_number"
        await bench.press("G", "slash", *"#2", "enter")
        await bench.sees("Lead 2", "DO NOT CALL")
        assert detail.key == "phone_number"


async def test_a_refresh_keeps_the_place_in_the_lead_that_is_shown(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, source_of_three()) as bench:
        await bench.press("enter", "G", "r")
        await bench.sees("Searched again")
        assert bench.main.detail.key == "lead_id"


async def test_a_lead_that_must_not_be_called_is_marked_in_the_table(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, source_of_three()) as bench:
        await bench.sees("▌ Jane Public1", "⊘ Jane Public2", "  Jane Public3")
        await bench.press("j")
        await bench.sees("▌⊘Jane Public2")


async def test_the_mark_is_an_ascii_letter_where_only_ascii_is_drawn(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, source_of_three(), ascii_borders=True) as bench:
        await bench.sees("> Jane Public1", "x Jane Public2")


async def test_the_mark_is_there_without_the_status_column_and_where_the_status_is_masked(tmp_path: Path) -> None:
    beginning = SavedQuery("", columns=("phone_number",))
    async with running(tmp_path, WIDE, source_of_three(), beginning, masked=frozenset({"status", "status_name"})) as bench:
        await bench.sees("⊘ (301) 001-0000")
