"""A look-up in several fields shows and opens the first lead found while it waits for the other fields."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lead_tui.leads.errors import ServerError
from lead_tui.leads.lead import row_ids
from lead_tui.leads.page import Page
from lead_tui.leads.query import Query
from tests.app.bench import NARROW, WIDE, DemoSource, running
from tests.paging.fake_source import row

PHONE = "(301) 001-0000"


class Fields(DemoSource):
    """Answers by the field requested, each when its event is set, with the leads of the ids given for it."""

    def __init__(self, **ids: list[int]) -> None:
        super().__init__(1)
        self.ids = ids
        self.may_answer = {name: asyncio.Event() for name in ("phone_number", "alt_phone_1", "alt_phone_2")}
        self.cancelled: list[str] = []

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        name, _ = query.filters[0]
        self.asked.append((query, offset, limit))
        try:
            await self.may_answer[name].wait()
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise
        if error := self.refuses(query, offset):
            raise error
        rows = [row(identity, first_name=f"Ada{identity}") for identity in self.ids.get(name, [])]
        return Page(offset, limit, rows, row_ids(rows), len(rows), seconds=0.05)

    def answer_in(self, *names: str) -> None:
        for name in names:
            self.may_answer[name].set()


async def test_the_first_hit_is_shown_and_opened_while_a_slow_field_is_waited_for(tmp_path: Path) -> None:
    source = Fields(phone_number=[7])
    source.answer_in("phone_number", "alt_phone_1")
    async with running(tmp_path, WIDE, source, PHONE, first="") as bench:
        await bench.sees("Ada7", "Lead 7", "Row 1 of 1+", "still searching Phone 3…")
        assert bench.app.focused is bench.main.detail
        source.answer_in("alt_phone_2")
        await bench.sees_no_more("still searching")
        await bench.sees("Row 1 of 1 ", "Lead 7")


async def test_a_later_hit_is_added_and_neither_the_cursor_nor_the_open_lead_moves(tmp_path: Path) -> None:
    source = Fields(phone_number=[7], alt_phone_1=[3, 7])
    source.answer_in("phone_number")
    async with running(tmp_path, WIDE, source, PHONE, first="") as bench:
        await bench.sees("Lead 7", "still searching Phone 2, Phone 3…")
        source.answer_in("alt_phone_1", "alt_phone_2")
        await bench.sees("Row 1 of 2 ", "Ada3", "Lead 7", "Found in Phone, Phone 2", "‹Phone 2›")
        assert bench.main.table.cursor == 0
        assert bench.app.focused is bench.main.detail


async def test_a_lead_that_was_closed_meanwhile_is_not_opened_again(tmp_path: Path) -> None:
    source = Fields(phone_number=[7])
    source.answer_in("phone_number")
    async with running(tmp_path, NARROW, source, PHONE, first="") as bench:
        await bench.sees("Lead 7")
        await bench.press("escape")
        source.answer_in("alt_phone_1", "alt_phone_2")
        await bench.sees_no_more("still searching")
        await bench.sees("Row 1 of 1 ")
        assert bench.app.focused is bench.main.table


async def test_ctrl_c_cancels_the_remaining_fields_and_says_so(tmp_path: Path) -> None:
    source = Fields(phone_number=[7])
    source.answer_in("phone_number")
    async with running(tmp_path, WIDE, source, PHONE, first="") as bench:
        await bench.sees("Lead 7", "still searching")
        await bench.press("ctrl+c")
        await bench.sees("Row 1 of 1+", "Phone 2, Phone 3 could not be searched: Canceled · r retry")
        await bench.sees_no_more("still searching")
        assert source.cancelled == ["alt_phone_1", "alt_phone_2"]
        source.answer_in("alt_phone_1", "alt_phone_2")
        await bench.press("r")
        await bench.sees("Row 1 of 1 ")
        # Only what was canceled has been requested again.
        assert len(source.asked) == 5


async def test_ctrl_c_before_any_hit_says_that_it_was_canceled(tmp_path: Path) -> None:
    source = Fields(phone_number=[7])
    async with running(tmp_path, WIDE, source, PHONE, first="") as bench:
        await bench.sees("Searching…", "look-up (301)")
        await bench.press("ctrl+c")
        await bench.sees("Canceled · r retry")
        assert "Searching…" not in bench.screen()
        source.answer_in("phone_number", "alt_phone_1", "alt_phone_2")
        await bench.press("r")
        await bench.sees("Lead 7", "Row 1 of 1 ")


async def test_a_field_that_failed_is_not_reported_as_having_no_lead(tmp_path: Path) -> None:
    source = Fields()
    source.answer_in("phone_number", "alt_phone_1", "alt_phone_2")
    source.refuses = lambda query, offset: ServerError("It broke") if query.value("alt_phone_2") else None
    async with running(tmp_path, WIDE, source, PHONE, first="") as bench:
        await bench.sees("No leads found so far", "Row 0 of 0+", "Phone 3 could not be searched: It broke · r retry")
