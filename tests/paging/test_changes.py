"""Refreshing the rows in view: what changed, and where the cursor and the other rows are afterwards."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lead_tui.leads.lead import row_ids
from lead_tui.leads.page import Page, RowState
from lead_tui.leads.query import Query
from lead_tui.paging.result import changes_in
from lead_tui.paging.search import Search
from tests.paging.fake_source import go_to, row
from tests.paging.test_searches import _Bench

pytestmark = pytest.mark.usefixtures("task_factory")


def page(ids: Sequence[int], total: int | None, offset: int = 0, changed: Sequence[int] = ()) -> Page:
    rows = [row(each, status="DNC") if each in changed else row(each) for each in ids]
    return Page(offset, len(rows), rows, row_ids(rows), total)


@pytest.mark.parametrize(
    ("ids", "total", "new"),
    [
        ((3, 4, 5), 100, set()),
        ((1, 2, 3, 4, 5), 102, {1, 2}),
        # One lead was deleted, and another one moved up from rows that were not loaded.
        ((3, 5, 6), 99, set()),
        ((3, 4, 9, 5), 101, {9}),
        # At the end of the result, what follows is new if there are more leads than before.
        ((3, 4, 5, 6), 101, set()),
        ((7, 8), 100, set()),
    ],
)
def test_new_leads_are_those_before_a_known_one(ids: Sequence[int], total: int, new: set[int]) -> None:
    known = {each: row(each) for each in (3, 4, 5)}
    assert changes_in(page(ids, total), known, 100) == dict.fromkeys(new, frozenset())


def test_at_the_end_of_a_result_that_has_grown_the_last_leads_are_new() -> None:
    known = {each: row(each) for each in (3, 4, 5)}
    assert changes_in(page((3, 4, 5, 6), 4), known, 3) == {6: frozenset()}
    assert not changes_in(page((3, 4, 5), 3), known, 3)


def test_leads_with_other_values_have_changed_and_those_without_an_id_are_not_known() -> None:
    known = {each: row(each) for each in (3, 4)}
    assert changes_in(page((3, 0, 4), 3, changed=[4]), known, 3) == {4: {"status"}}


async def shown(total: int = 1_000, top: int = 0, cursor: int = 0) -> tuple[_Bench, Search]:
    bench = _Bench(total)
    search = bench.searches.start(Query())
    await bench.quiet()
    go_to(search, top)
    search.position.cursor = cursor
    await bench.quiet()
    return bench, search


async def test_a_refresh_without_changes_draws_nothing_and_requests_nothing() -> None:
    bench, search = await shown()
    told, asked = len(bench.screen.told), len(bench.source.asked)
    assert not search.add_refresh(page(range(1000, 1200), 1_000))
    assert len(bench.screen.told) == told
    assert len(bench.source.asked) == asked


async def test_values_change_in_place_and_other_pages_stay() -> None:
    bench, search = await shown(top=500, cursor=510)
    changes = search.add_refresh(page(range(1400, 1600), 1_000, 400, changed=[1510]))
    assert changes == {1510: {"status"}}
    assert (search.position.cursor, search.position.top) == (510, 500)
    lead = search.rows.lead(510)
    assert lead is not None
    assert lead.sent["status"] == "DNC"
    assert search.rows.state(10) is RowState.LOADED
    assert bench.screen.told[-1] is search


async def test_new_leads_move_the_cursor_with_its_lead_and_other_pages_are_requested_again() -> None:
    bench, search = await shown(cursor=5)
    asked = len(bench.source.asked)
    changes = search.add_refresh(page([7, 8, *range(1000, 1198)], 1_002))
    assert changes == dict.fromkeys((7, 8), frozenset())
    assert (search.position.cursor, search.position.top) == (7, 0)
    lead = search.rows.lead(7)
    assert lead is not None
    assert lead.lead_id == "1005"
    assert search.rows.length == 1_002
    assert search.rows.state(250) is RowState.WAITING
    await bench.quiet()
    assert len(bench.source.asked) == asked


async def test_the_cursor_stays_on_its_row_where_its_lead_is_gone() -> None:
    _, search = await shown(cursor=5)
    search.add_refresh(page([each for each in range(1000, 1201) if each != 1005], 999))
    assert search.position.cursor == 5
    assert search.rows.length == 999
