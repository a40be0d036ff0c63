"""The sorting dialog: the choice of what to sort by, and the offer to load all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from lead_tui.keys.catalogue import CATALOGUE
from lead_tui.leads.columns import SortKey
from lead_tui.leads.fields import sortable
from lead_tui.ui.screens.narrow_sort import LoadOffer, Sorting
from tests.ui.dialogs.dialog_host import Host, burst, press, screen_text, settled, words

FIELDS = ("name", "phone_number", "created_at", "plan_sold")


def sorting(fields: Sequence[str], order: Sequence[SortKey] = (), labels: Mapping[str, str] | None = None) -> Sorting:
    return Sorting(fields, order, labels or {}, CATALOGUE)


def test_the_tables_columns_come_first_then_the_observed_fields() -> None:
    observed = ("lead_id", "city", "plan_sold", "status")
    assert sortable(("name", "city"), observed) == ("name", "city", "local_time", "status", "lead_id", "plan_sold")


async def test_a_digit_turns_its_column_up_down_and_off() -> None:
    async with Host(sorting(FIELDS, labels={"plan_sold": "Plan"})).opened((60, 15)) as host:
        assert "4 Plan plan_sold" in words(host)
        assert "3 Created created_at ↑ 1" in " ".join((await press(host, "3")).replace("│", " ").split())
        await press(host, "3")
        assert "3 Created created_at ↓ 1" in words(host)
        await press(host, "1")
        assert "1 Name name ↑ 2" in words(host)
        await press(host, "1", "1")
        assert "↑ 2" not in words(host)
        await press(host, "4", "enter")
    assert host.results == [(SortKey("created_at", True), SortKey("plan_sold"))]


async def test_without_a_choice_it_is_the_marked_column() -> None:
    async with Host(sorting(FIELDS)).opened() as host:
        await press(host, "down", "j", "up", "enter")
    assert host.results == [(SortKey("phone_number"),)]


async def test_the_previous_order_is_shown_and_can_be_removed() -> None:
    async with Host(sorting(FIELDS, (SortKey("score", True),))).opened() as host:
        assert "Score score ↓ 1" in words(host)
        await press(host, "0")
        assert "↓ 1" not in words(host)
        await press(host, "enter")
    assert host.results == [()]


async def test_escape_leaves_the_order_as_it_is() -> None:
    async with Host(sorting(FIELDS)).opened() as host:
        await press(host, "1", "escape")
    assert host.results == [None]


async def test_keys_that_come_at_once_all_act() -> None:
    async with Host(sorting(FIELDS)).opened() as host:
        await burst(host, "3", "3", "G", "space", "enter")
    assert host.results == [(SortKey("created_at", True), SortKey("plan_sold"))]


async def test_a_click_turns_a_line() -> None:
    async with Host(sorting(FIELDS)).opened() as host:
        await host.pilot.click("MarkedList", offset=(5, 2))
        await settled(host)
        assert "Created created_at ↑ 1" in words(host)


async def test_a_long_list_scrolls_with_the_mark_and_hostile_keys_are_text() -> None:
    fields = (*FIELDS, *(f"field_{number}" for number in range(40)), "[bold]x[/bold]", "\x1b[31mred")
    async with Host(sorting(fields)).opened() as host:
        await press(host, "G", "space")
        assert "[bold]x[/bold]" in screen_text(host)
        assert "\x1b" not in screen_text(host)
        await press(host, "pageup", "g", "enter")
    assert host.results == [(SortKey(fields[-1]),)]


async def test_ascii_terminals_get_ascii_arrows() -> None:
    async with Host(sorting(FIELDS), ascii_only=True).opened() as host:
        shown = await press(host, "1")
        assert "^ 1" in shown
        assert "↑" not in shown


@pytest.mark.parametrize(("keys", "answer"), [(("enter",), "loaded"), (("a",), "all"), (("escape",), None)])
async def test_the_offer_is_accepted_declined_or_canceled(keys: tuple[str, ...], answer: str | None) -> None:
    async with Host(LoadOffer(400, 1_287, 50_000, CATALOGUE)).opened((60, 15)) as host:
        assert "Load all 1,287 leads first?" in words(host)
        assert "⏎ the 400 loaded" in words(host)
        await press(host, *keys)
    assert host.results == [answer]


@pytest.mark.parametrize(
    ("total", "said"), [(1_000_000, "Load up to 50,000 of 1,000,000 leads first?"), (None, "Load up to 50,000 leads first?")]
)
async def test_the_offer_says_how_many_can_be_had(total: int | None, said: str) -> None:
    async with Host(LoadOffer(400, total, 50_000, CATALOGUE)).opened() as host:
        assert said in words(host)
