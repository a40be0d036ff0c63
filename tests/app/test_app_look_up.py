"""Looking a caller up."""

from __future__ import annotations

from pathlib import Path

import msgspec

from lead_tui.leads.errors import ServerError
from lead_tui.screens.session import Beginning
from tests.app.bench import NARROW, DemoSource, running


def _answers(**leads: list[dict[str, str]]) -> DemoSource:
    """A source that finds the given leads by the parameter they are asked by, and all of them without any."""
    source = DemoSource()

    def answer(parameters: dict[str, str]) -> tuple[int, bytes]:
        found = next((leads.get(name, []) for name in parameters if name not in ("offset", "limit")), [])
        return 200, msgspec.json.encode({"success": True, "data": {"total": str(len(found)), "entries": found}})

    source.answer = answer
    return source


async def test_a_phone_in_two_fields_shows_both_leads_and_says_which_field(tmp_path: Path) -> None:
    source = _answers(
        phone_number=[{"lead_id": "3", "first_name": "Ada", "phone_number": "3010010000"}],
        alt_phone_2=[{"lead_id": "7", "first_name": "Bea", "alt_phone_2": "3010010000"}],
    )
    async with running(tmp_path, source=source, first="No leads match") as bench:
        asked = len(source.asked)
        await bench.press("slash")
        await bench.type("(301) 001-0000")
        await bench.press("enter")
        await bench.sees("Row 1 of 2", "Ada", "Bea", "‹Phone›", "‹Phone 3›")
        assert len(source.asked) == asked + 3


async def test_one_field_that_fails_leaves_the_others_and_is_told(tmp_path: Path) -> None:
    source = _answers(alt_phone_2=[{"lead_id": "7"}])
    source.refuses = lambda query, offset: ServerError("It broke") if query.value("phone_number") else None
    async with running(tmp_path, source=source, beginning=Beginning(look_up="3010010000"), first="Row 1 of 1") as bench:
        await bench.sees("Lead 7", "Not looked in Phone", "It broke")


async def test_one_hit_opens_its_detail_without_a_key(tmp_path: Path) -> None:
    source = _answers(alt_phone_1=[{"lead_id": "7", "first_name": "Bea"}])
    async with running(tmp_path, NARROW, source, Beginning(look_up="301 001 0000"), first="Lead 7") as bench:
        assert bench.app.focused is bench.main.detail


async def test_nobody_found_says_where_it_looked(tmp_path: Path) -> None:
    async with running(tmp_path, source=_answers(), beginning=Beginning(look_up="3010010000"), first="Nobody found") as bench:
        await bench.sees("Phone, Phone 2, Phone 3", "Row 0 of 0")


async def test_a_digit_on_the_table_opens_the_box_and_keys_that_follow_at_once_go_there(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press(*"2135550100")
        await bench.sees("Look up  2135550100")
        await bench.press("enter")
        await bench.sees("look-up 2135550100")


async def test_a_text_that_cannot_be_understood_keeps_the_box_open(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("slash", *"12", "enter")
        await bench.sees("type #12 for lead 12")
        await bench.press("escape")
        assert bench.app.focused is bench.main.table


async def test_a_paste_on_the_main_screen_looks_up(tmp_path: Path) -> None:
    from textual.events import Paste

    async with running(tmp_path) as bench:
        bench.app.post_message(Paste("(213) 555-0100\n"))
        await bench.sees("look-up (213) 555-0100")


async def test_the_look_ups_before_are_on_the_up_arrow(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("slash", *"Haddad", "enter")
        await bench.sees("look-up Haddad")
        await bench.press("escape", "slash", "up")
        await bench.sees("Look up  Haddad")


async def test_f2_looks_up_from_an_input(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("f")
        await bench.type("Ada")
        await bench.press("f2")
        await bench.type("9")
        await bench.sees("Look up  9")
