"""Snapshots: which leads they contain, which they show, and in which order."""

from __future__ import annotations

import asyncio
from datetime import date

from lead_tui.leads.columns import run
from lead_tui.leads.fields import FieldNames
from lead_tui.leads.filter_language import Narrowing
from lead_tui.leads.filter_language import parse as parse_narrowing
from lead_tui.leads.page import RowState
from lead_tui.leads.query import Query
from lead_tui.paging.read_all import in_turns
from lead_tui.paging.result import Result
from lead_tui.paging.snapshot import Snapshot, SnapshotRows, arrange, take_snapshot
from tests.paging.arranged import order_of
from tests.paging.fake_source import page, row

NAMES = FieldNames(("score", "tier"))


def held(count: int, total: int | None = None) -> SnapshotRows:
    rows = [row(1000 + index, score=str(index * 7 % count), tier=f"tier-{index % 3}") for index in range(count)]
    snapshot = SnapshotRows(total)
    run(snapshot.add(rows, range(1000, 1000 + count)))
    return snapshot


def ids(snapshot: Snapshot) -> list[str]:
    leads = [snapshot.lead(index) for index in range(snapshot.length)]
    return [lead.lead_id for lead in leads if lead is not None]


def meaning(text: str) -> Narrowing:
    return parse_narrowing(text, NAMES, date(2026, 3, 9))


def test_it_holds_the_rows_in_order_each_lead_once_and_at_most_so_many() -> None:
    result = Result(Query())
    result.add_page(page(0, 2, [1, 2], 5))
    assert not run(take_snapshot(result, 10)).is_whole
    result.add_page(page(2, 3, [2, 3, 4], 5))
    assert ids(Snapshot(run(take_snapshot(result, 10)))) == ["1", "2", "3", "4"]
    assert ids(Snapshot(run(take_snapshot(result, 3)))) == ["1", "2", "3"]
    result.add_page(page(0, 200, [1, 2, 3, 4], 4))
    assert not run(take_snapshot(result, 3)).is_whole
    assert run(take_snapshot(result, 10)).is_whole


def test_leads_without_an_id_are_all_kept() -> None:
    result = Result(Query())
    result.add_page(page(0, 2, [0, 0], 2))
    assert len(run(take_snapshot(result, 10))) == 2


def test_it_knows_the_observed_attributes() -> None:
    snapshot = SnapshotRows()
    run(snapshot.add([row(1, plan="Gold"), row(2, plan="Silver", score="3")], [1, 2]))
    assert snapshot.observed_keys == ("lead_id", "plan", "score")


def test_every_row_of_it_is_loaded_whatever_the_cache_lets_go() -> None:
    result = Result(Query(), cache_bytes=1)
    result.add_page(page(0, 400, range(1000, 1400), 1000))
    snapshot = Snapshot(run(take_snapshot(result, 1000)))
    result.add_page(page(400, 400, range(1400, 1800), 1000))
    result.touch(range(600, 620))
    assert result.lead(0) is None
    assert (snapshot.length, snapshot.state(0), snapshot.base.total) == (400, RowState.LOADED, 1000)
    assert ids(snapshot) == [str(1000 + index) for index in range(400)]
    assert snapshot.lead(400) is None


def test_narrowing_and_order_show_the_right_leads_in_the_right_order() -> None:
    base = held(100, 100)
    shown = run(arrange(base, meaning("tier:tier-1 score>40"), order_of("-score")))
    expected = sorted(
        (index for index in range(100) if index % 3 == 1 and index * 7 % 100 > 40), key=lambda index: -(index * 7 % 100)
    )
    assert ids(shown) == [str(1000 + index) for index in expected]
    assert shown.find(str(1000 + expected[5])) == 5
    assert shown.find("1000") is None
    assert shown.find("") is None
    assert [bytes(each) for each in shown.rows] == [bytes(base[index]) for index in expected]


def test_another_view_goes_over_the_same_rows() -> None:
    base = held(50)
    few = run(arrange(base, meaning("score:7"), ()))
    assert few.length == 1
    again = run(arrange(few.base, None, order_of("lead_id")))
    assert again.length == 50
    assert again.base is base


async def test_other_work_comes_in_between() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    base = held(8_000)
    turns = 0
    shown = await in_turns(arrange(base, meaning("tier"), order_of("tier -score")))
    counting.cancel()
    assert shown.length == 8_000
    assert turns > 2
