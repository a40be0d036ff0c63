"""Looking up a caller in the app."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from lead_tui import limits
from lead_tui.leads.errors import ServerError
from tests.app.bench import NARROW, WIDE, Bench, DemoSource, running

SIZES = (WIDE, (60, 15))


def _answers(**leads: list[dict[str, str]]) -> DemoSource:
    """A source that finds the given leads by the requested parameter, and all of them without any."""
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


async def test_one_field_that_fails_leaves_the_others_and_is_reported(tmp_path: Path) -> None:
    source = _answers(alt_phone_2=[{"lead_id": "7"}])
    source.refuses = lambda query, offset: ServerError("It broke") if query.value("phone_number") else None
    async with running(tmp_path, source=source, beginning="3010010000", first="Row 1 of 1") as bench:
        await bench.sees("Lead 7", "Phone could not be searched: It broke")


async def test_one_hit_opens_its_detail_without_a_key(tmp_path: Path) -> None:
    source = _answers(alt_phone_1=[{"lead_id": "7", "first_name": "Bea"}])
    async with running(tmp_path, NARROW, source, "301 001 0000", first="Lead 7") as bench:
        assert bench.app.focused is bench.main.detail


async def test_no_lead_found_says_where_it_looked(tmp_path: Path) -> None:
    async with running(tmp_path, source=_answers(), beginning="3010010000", first="No lead with phone") as bench:
        await bench.sees("(Phone, Phone 2,", "/ look up", "Row 0 of 0")


async def test_a_digit_on_the_table_opens_the_box_and_keys_that_follow_at_once_go_there(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press(*"2135550100")
        await bench.sees("Look up  2135550100")
        await bench.press("enter")
        await bench.sees("look-up 2135550100")


async def test_a_text_that_cannot_be_understood_keeps_the_box_open(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("slash", *"12", "enter")
        await bench.sees("type #12 for lead id 12")
        await bench.press("escape")
        assert bench.app.focused is bench.main.table


async def test_a_paste_on_the_main_screen_looks_up(tmp_path: Path) -> None:
    from textual.events import Paste

    async with running(tmp_path) as bench:
        bench.app.post_message(Paste("(213) 555-0100\n"))
        await bench.sees("look-up (213) 555-0100")


@pytest.mark.parametrize("opens", [["s", "enter"], ["o"], ["t"], ["x"], ["question_mark"], ["s", "enter", "question_mark"]])
async def test_a_paste_in_a_dialog_without_a_line_closes_it_and_waits_in_the_look_up_box(tmp_path: Path, opens: list[str]) -> None:
    from textual.events import Paste

    async with running(tmp_path) as bench:
        await bench.press(*opens)
        await bench.settled()
        assert bench.app.screen is not bench.main
        bench.app.post_message(Paste("(213) 555-0100\n"))
        await bench.sees("Look up  (213) 555-0100")
        assert bench.app.screen is bench.main
        await bench.press("x")
        await bench.sees("Look up  (213) 555-0100x")


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


@pytest.mark.parametrize("size", SIZES)
async def test_letters_in_the_box_are_text_and_escape_goes_back_to_the_table(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size) as bench:
        asked = len(bench.source.asked)
        await bench.press("slash")
        await bench.type("qbj?Y")
        await bench.sees("Look up  qbj?Y")
        await bench.press("tab")
        await bench.sees("Look up  qbj?Y")
        await bench.press("escape")
        await bench.sees_no_more("qbj?Y")
        assert bench.app.focused is bench.main.table
        assert len(bench.source.asked) == asked
        await bench.press("slash", "enter")
        assert bench.app.focused is bench.main.table
        assert len(bench.source.asked) == asked


async def shown_in_filters(bench: Bench) -> str:
    """Return what the "Look up" line of the filters shows."""
    await bench.press("f")
    await bench.sees("Look up ")
    shown = re.search(r"Look up +(\S*) *[│ ]", bench.screen())
    assert shown is not None
    await bench.press("escape")
    return shown[1]


@pytest.mark.parametrize("size", SIZES)
async def test_several_hits_give_the_table_the_focus_and_b_goes_back_without_asking(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size) as bench:
        await bench.press("j", "j", "slash", *"Haddad", "enter")
        await bench.sees("look-up Haddad", "Row 1 of")
        assert bench.app.focused is bench.main.table
        await bench.sees_no_more("loading")
        asked = len(bench.source.asked)
        assert await shown_in_filters(bench) == "Haddad"
        await bench.press("b")
        await bench.sees("Row 3 of 3,000")
        assert len(bench.source.asked) == asked
        assert await shown_in_filters(bench) != "Haddad"


@pytest.mark.parametrize("size", SIZES)
async def test_the_only_hit_says_where_it_was_found_and_b_shows_the_table_again(tmp_path: Path, size: tuple[int, int]) -> None:
    source = _answers(alt_phone_1=[{"lead_id": "7", "first_name": "Bea"}])
    async with running(tmp_path, size, source, first="No leads match") as bench:
        await bench.press("slash", *"3010010000", "enter")
        await bench.sees("Lead 7", "Found in Phone 2")
        assert bench.app.focused is bench.main.detail
        await bench.press("b")
        await bench.sees("No leads match", "Row 0 of 0")
        assert bench.app.focused is bench.main.table


async def test_q_and_escape_close_the_only_hit_and_leave_its_row(tmp_path: Path) -> None:
    source = _answers(alt_phone_1=[{"lead_id": "7", "first_name": "Bea"}])
    for key in ("q", "escape"):
        async with running(tmp_path, SIZES[-1], source, "3010010000", first="Lead 7") as bench:
            await bench.press(key)
            await bench.sees_no_more("Lead 7")
            await bench.sees("Bea", "Row 1 of 1")
            assert bench.app.focused is bench.main.table
            assert bench.app.return_code is None


@pytest.mark.parametrize("size", SIZES)
async def test_a_hit_does_not_take_the_focus_from_a_user_who_types_on(tmp_path: Path, size: tuple[int, int]) -> None:
    source = _answers(alt_phone_1=[{"lead_id": "7", "first_name": "Bea"}])
    async with running(tmp_path, size, source, first="No leads match") as bench:
        source.gate.clear()
        await bench.press("slash", *"3010010000", "enter")
        await bench.press("slash", *"212")
        source.gate.set()
        await bench.sees("Row 1 of 1")
        await bench.type("555")
        await bench.sees("Look up  212555")


@pytest.mark.parametrize("width", [60, 80, 100, 120])
async def test_the_box_says_what_it_takes_as_far_as_there_is_room(tmp_path: Path, width: int) -> None:
    async with running(tmp_path, (width, 24)) as bench:
        await bench.press("slash")
        await bench.sees("Look up", "phone · email")


async def test_keys_in_one_burst_go_where_the_one_before_leads(tmp_path: Path) -> None:
    from textual.events import Key

    names = {"/": "slash", "\r": "enter", "\x1b": "escape", ":": "colon"}
    async with running(tmp_path) as bench:
        for character in "/301\x1bjj:9\rj\rFcity\rz":
            bench.app.post_message(Key(names.get(character, character), character))
        await bench.sees("Row 10 of 3,000", "hidden")
        assert bench.main.detail.key == "city"
        assert bench.app.focused is bench.main.detail


async def test_a_name_is_shown_as_a_last_name_and_then_as_a_first_name(tmp_path: Path) -> None:
    last_names = [{"lead_id": str(number), "first_name": "Ada", "last_name": f"Kim {number}"} for number in range(10, 40)]
    source = _answers(
        last_name=last_names, first_name=[{"lead_id": "70", "first_name": "Kim"}, {"lead_id": "71", "first_name": "Kim"}]
    )
    async with running(tmp_path, SIZES[-1], source, first="No leads match") as bench:
        await bench.press("slash", *"Kim", "enter")
        await bench.sees("Row 1 of 32", "Ada Kim 10")
        await bench.press("G")
        await bench.sees("Row 32 of 32", "First name Kim · 2 leads")
        # The heading takes a line of the table, but is not one of its rows.
        lines = [line.strip("│█▌ ") for line in bench.screen().splitlines()]
        heading = lines.index("First name Kim · 2 leads")
        assert [re.split(r"\s{2,}", line)[0] for line in lines[heading - 1 : heading + 3]] == [
            "Ada Kim 39",
            "First name Kim · 2 leads",
            "Kim",
            "Kim",
        ]
        await bench.press("up", "up")
        await bench.sees("Row 30 of 32")
        assert "▌ Ada Kim 39" in bench.screen()
        table = bench.main.table
        for line, row in ((heading - 1, 29), (heading + 1, 30)):
            await bench.pilot.click(table, offset=(5, line - table.region.y))
            assert table.cursor == row
        assert await bench.pilot.click(table, offset=(5, heading - table.region.y))
        assert table.cursor == 30


async def test_requests_are_sent_before_the_box_is_closed(tmp_path: Path) -> None:
    source = _answers(phone_number=[{"lead_id": "7", "first_name": "Bea"}])
    async with running(tmp_path, source=source, first="No leads match") as bench:
        seen: list[tuple[str, bool]] = []
        source.refuses = lambda query, offset: seen.append((bench.main.prompt.purpose, bench.main.keys_wait))
        # Keys after it wait until its result is shown.
        await bench.press("slash", *"3010010000", "enter", "z")
        await bench.sees("Lead 7")
        assert seen == [("look-up", True)] * 3


async def test_a_look_up_that_is_due_while_the_app_closes_shows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Otherwise it is shown before the widgets are removed.
    monkeypatch.setattr(limits, "TURNS_TO_SEND", 3_000)
    async with running(tmp_path) as bench:
        bench.main.look_ups.submit("#1000002")
        bench.app.exit()
    assert bench.app.failures == {}
