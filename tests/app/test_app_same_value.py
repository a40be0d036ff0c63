"""Searching by a value of the detail: to the leads with the same value, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.bench import WIDE, Bench, running


async def go_to_field(bench: Bench, key: str) -> str:
    """Put the detail's cursor on the field *key*, and return its value."""
    await bench.press("enter", "g")
    detail = bench.main.detail
    for _ in detail.lead.sent:
        if detail.key == key:
            return str(detail.lead.sent[key])
        await bench.press("j")
    raise AssertionError(f"there is no field {key}")


@pytest.mark.parametrize("size", [WIDE, (60, 15)])
async def test_enter_searches_for_the_leads_with_the_same_value_and_b_goes_back(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size) as bench:
        await bench.press("j", "j")
        city = await go_to_field(bench, "city")
        await bench.press("enter")
        await bench.sees(f"Searching City {city} · b back")
        assert bench.source.asked[-1][0].parameters() == {"city": city}
        assert bench.app.focused is bench.main.table
        await bench.sees_no_more("loading")
        asked = len(bench.source.asked)
        await bench.press("b")
        await bench.sees("Row 3 of 3,000")
        assert bench.app.focused is bench.main.table
        assert len(bench.source.asked) == asked


async def test_a_name_is_searched_for_by_its_id(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        name = await go_to_field(bench, "directory_name")
        list_id = bench.main.detail.lead.line("list_id")
        await bench.press("enter")
        await bench.sees(f"Searching List {name}", f"list id {list_id}")
        assert bench.source.asked[-1][0].parameters() == {"list_id": list_id}


async def test_a_date_is_searched_for_by_its_day(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        day = (await go_to_field(bench, "created_at"))[:10]
        await bench.press("enter")
        await bench.sees(f"Searching Created {day}")
        assert bench.source.asked[-1][0].parameters() == {"created_at_start_date": day, "created_at_end_date": day}


async def test_a_phone_is_looked_up_in_every_field(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await go_to_field(bench, "phone_number")
        asked = len(bench.source.asked)
        await bench.press("enter")
        await bench.sees("look-up (", "in any field · b back")
        assert {name for query, _, _ in bench.source.asked[asked:] for name, _ in query} == {
            "phone_number",
            "alt_phone_1",
            "alt_phone_2",
        }


async def test_a_custom_attribute_narrows_what_is_loaded_and_asks_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        key = "plan_sold"
        await go_to_field(bench, key)
        while not (value := bench.main.detail.lead.line(key)):
            await bench.press("]")
        asked = len(bench.source.asked)
        await bench.press("enter")
        await bench.sees(f"Loaded leads with Plan sold {value}", "narrowed to")
        assert len(bench.source.asked) == asked
        shown = bench.main.table.rows
        assert 0 < shown.length < 200
        assert {shown.lead(row).sent[key] for row in range(shown.length)} == {value}
        assert bench.app.focused is bench.main.table
        await bench.press("escape")
        await bench.sees("Row 1 of 3,000")


async def test_a_masked_value_is_not_searched_for_until_it_is_revealed(tmp_path: Path) -> None:
    async with running(tmp_path, masked=frozenset({"city"})) as bench:
        await go_to_field(bench, "city")
        asked = len(bench.source.asked)
        await bench.press("enter")
        await bench.sees("Cannot search by a masked value")
        assert len(bench.source.asked) == asked
        await bench.press("u", "enter")
        await bench.sees("· b back")


async def test_enter_finds_nothing_before_a_field_is_chosen(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        asked = len(bench.source.asked)
        await bench.press("enter", "enter")
        await bench.sees("↓ choose a field")
        await bench.press("j", "escape", "j", "enter", "enter")
        await bench.sees("↓ choose a field")
        assert len(bench.source.asked) == asked
        # The cursor stays on the field that was chosen while the user goes from lead to lead.
        await bench.press("}", "}", "]", "enter")
        await bench.sees("Searching Address")
