"""Reading a lead in the app: finding fields, empty and raw values, masks, and warnings."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from lead_tui.config.settings import Settings
from tests.app.bench import WIDE, Bench, DemoSource, running

SIZES = (WIDE, (60, 15))

LEAD: dict[str, object] = {
    "lead_id": "1000234",
    "first_name": "Jane",
    "last_name": "Public",
    "phone_number": "3010010000",
    "alt_phone_1": "",
    "phone_code": "1",
    "email": "jane@example.com",
    "city": "Springfield",
    "status": "DNCL",
    "status_name": "Do Not Call",
    "last_called": "0000-00-00 00:00:00",
    "gmt_offset_now": "-7.00",
    "field_3": "tier-3",
    "Springs": "none",
}


def one_lead(**changed: object) -> DemoSource:
    source = DemoSource()
    entry = {**LEAD, **changed}
    source.answer = lambda parameters: (
        200,
        msgspec.json.encode({"success": True, "data": {"total": "1", "entries": [entry]}}),
    )
    return source


def field(bench: Bench) -> str | None:
    key: str | None = bench.main.detail.key
    return key


@pytest.mark.parametrize("size", SIZES)
async def test_a_field_is_found_and_n_walks_those_that_match_until_another_lead_or_pane(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with running(tmp_path, size, one_lead()) as bench:
        await bench.press("enter", "F")
        await bench.type("spring")
        await bench.press("enter")
        await bench.sees('Match 1 of 2 for "spring" · n next')
        assert field(bench) == "city"
        assert bench.app.focused is bench.main.detail
        await bench.press("n")
        await bench.sees('Match 2 of 2 for "spring"')
        assert field(bench) == "Springs"
        await bench.press("N")
        assert field(bench) == "city"
        await bench.press("F", "escape", "n")
        assert field(bench) == "Springs"
        await bench.press("escape", "enter", "n")
        await bench.sees("Narrow  ")
        assert field(bench) == "phone_number"


async def test_a_find_ends_with_another_lead(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("enter", "F", *"city", "enter", "n")
        await bench.sees("Match ")
        await bench.press("]", "n")
        await bench.sees("Load all 3,000 leads first?")


async def test_text_in_no_field_is_reported_and_the_cursor_stays(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead()) as bench:
        await bench.press("enter", "j", "z", "F", *"[bold]x", "enter")
        await bench.sees('No field matches "[bold]x"')
        assert field(bench) == "phone_code"


async def test_z_hides_what_is_empty_and_says_how_much(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead()) as bench:
        await bench.sees("Phone 2        –")
        await bench.press("enter", "z")
        await bench.sees("Phones, 1 hidden")
        assert "alt_phone_1" not in bench.screen()
        await bench.press("z")
        await bench.sees("Phone 2        –")


async def test_v_shows_keys_and_values_as_they_came(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead()) as bench:
        await bench.sees("never")
        await bench.press("enter", "v")
        await bench.sees("Lead 1000234 · raw", "phone_number   3010010000", "0000-00-00 00:00:00")


@pytest.mark.parametrize("size", SIZES)
async def test_a_lead_that_must_not_be_called_says_so_first(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size, one_lead()) as bench:
        await bench.press("enter")
        await bench.sees("DO NOT CALL · Do Not Call", "11:30 local")


async def test_labels_of_the_configuration_stand_beside_the_keys(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead(), settings=Settings(labels={"field_3": "Solidity"})) as bench:
        await bench.sees("Solidity       tier-3        field_3")


@pytest.mark.parametrize("size", SIZES)
async def test_a_masked_field_is_masked_everywhere_until_it_is_revealed(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size, one_lead(), masked=frozenset({"phone_number", "last_name"})) as bench:
        await bench.sees("••••")
        assert "3010010000" not in bench.screen().replace(") ", "").replace("-", "").replace("(", "")
        assert "Public" not in bench.screen()
        await bench.press("enter")
        await bench.sees("Jane ••••")
        assert "Public" not in bench.screen()
        await bench.press("u")
        await bench.sees("Jane Public", "(301) 001-0000")
        await bench.press("u")
        await bench.sees_no_more("Public")


async def test_masked_fields_are_not_found_by_value(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead(), masked=frozenset({"email"})) as bench:
        await bench.press("enter", "F", *"jane@", "enter")
        await bench.sees('No field matches "jane@"')


async def test_values_are_read_found_and_narrowed_as_people_mean_them_and_raw_as_they_were_sent(tmp_path: Path) -> None:
    source = one_lead(first_name="José", last_name="O&#039;Brien", name="custom name", amount=1, local_time="14:00 promised")
    answer = source.answer

    def with_numbers(parameters: dict[str, str]) -> tuple[int, bytes]:
        code, body = answer(parameters)
        return code, body.replace(b'"amount":1,', b'"amount":100.10,')

    source.answer = with_numbers
    async with running(tmp_path, WIDE, source, columns=("name", "+name", "+local_time", "amount")) as bench:
        await bench.sees("José O'Brien", "custom name", "14:00 promised", "100.10", "(decoded)")
        await bench.press("enter", "v")
        await bench.sees("O&#039;Brien")
        await bench.press("v", "F", *"o'brien", "enter")
        assert bench.main.detail.key == "last_name"
        await bench.press("escape", "n", *"jose +name:custom o'b", "enter")
        await bench.sees("of 1 ", "narrowed from 1")
