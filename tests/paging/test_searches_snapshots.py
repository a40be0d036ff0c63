"""Snapshots among the searches of a session: shown, left, returned to, and released."""

from __future__ import annotations

from datetime import date

import pytest

from lead_tui import limits
from lead_tui.leads.columns import run
from lead_tui.leads.errors import NetworkError
from lead_tui.leads.lookup import look_up
from lead_tui.leads.query import Query
from lead_tui.paging.search import Search
from lead_tui.paging.searches import Searches
from lead_tui.paging.snapshot import arrange, take_snapshot
from tests.paging.arranged import order_of
from tests.paging.fake_source import FakeScreen, FakeSource, go_to, quiet, settled

pytestmark = pytest.mark.usefixtures("task_factory")


async def begun(total: int = 1_000) -> tuple[Searches, Search, FakeSource]:
    source = FakeSource(total)
    searches = Searches(source, lambda: date(2026, 3, 9), 1_000_000, FakeScreen())
    return searches, await quiet(searches.start(Query())), source


def show(searches: Searches, search: Search) -> None:
    held = run(take_snapshot(search.whole, 50_000))
    searches.show_snapshot(search, run(arrange(held, None, order_of("-lead_id"))))


async def test_it_is_shown_and_left_and_the_result_is_where_it_was() -> None:
    searches, search, source = await begun()
    go_to(search, 100)
    await quiet(search)
    whole, search.position.cursor = search.rows, 120
    asked = len(source.asked)
    show(searches, search)
    assert search.rows is search.snapshot
    assert (search.position.cursor, search.rows.length, search.order) == (0, 400, tuple(order_of("-lead_id")))
    searches.leave_snapshot()
    assert search.rows is whole
    assert (search.position.cursor, search.position.top, search.snapshot, search.order) == (120, 100, None, ())
    searches.leave_snapshot()
    assert len(source.asked) == asked


async def test_going_back_comes_to_the_snapshot_without_asking() -> None:
    searches, search, source = await begun()
    show(searches, search)
    await quiet(searches.start(Query.of({"status": "NEW"})))
    asked = len(source.asked)
    assert searches.back()
    assert searches.current is search
    assert search.snapshot is not None
    assert len(source.asked) == asked


async def test_going_back_several_times_comes_to_each_snapshot() -> None:
    searches, first, source = await begun()
    show(searches, first)
    for status in ("NEW", "SALE", "DNC"):
        show(searches, await quiet(searches.start(Query.of({"status": status}))))
    asked = len(source.asked)
    while searches.back():
        assert searches.current is not None
        assert searches.current.snapshot is not None
    assert searches.current is first
    assert len(source.asked) == asked


async def test_the_last_snapshot_is_kept_and_of_the_others_those_with_few_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SNAPSHOT_ROWS_KEPT", 100)
    searches, first, source = await begun()
    show(searches, first)
    kept = [first]
    for rows in (400, 50, 1_000):
        source.total = rows
        kept.append(await quiet(searches.start(Query.of({"status": "NEW"}))))
        show(searches, kept[-1])
    await quiet(searches.start(Query()))
    assert [len(each.snapshot.base) if each.snapshot is not None else 0 for each in kept] == [0, 0, 50, 200]
    assert first.rows is first.whole


async def test_going_back_from_one_snapshot_to_another_shows_that() -> None:
    searches, first, _ = await begun()
    show(searches, first)
    second = await quiet(searches.start(Query.of({"status": "NEW"})))
    show(searches, second)
    assert searches.back()
    assert first.snapshot is not None
    assert second.snapshot is not None
    searches.forward()
    assert (searches.current, searches.current.rows if searches.current else None) == (second, second.snapshot)


async def test_a_snapshot_of_all_rows_is_whole_without_a_total_too() -> None:
    searches, search, source = await begun(30)
    source.says_total = lambda: None
    search = await quiet(searches.start(Query()))
    assert run(take_snapshot(search.whole, 50_000)).is_whole
    searches, search, source = await begun(300)
    assert not run(take_snapshot(search.whole, 50_000)).is_whole


async def test_a_snapshot_of_a_look_up_is_not_whole_while_a_field_is_missing() -> None:
    searches, _, source = await begun(3)
    source.refuses = lambda offset: NetworkError("The line is down") if len(source.asked) % 3 == 0 else None
    search = await quiet(searches.look_up(look_up("(301) 001-0000")))
    assert search.rows.length == 3
    assert not run(take_snapshot(search.whole, 50_000)).is_whole


async def test_searching_again_leaves_it_and_releases_what_was_held() -> None:
    searches, search, source = await begun()
    load = searches.load_all(50_000)
    assert load is not None
    await settled(lambda: load.finished)
    await settled(lambda: search.snapshot_rows is load.rows)
    show(searches, search)
    asked = len(source.asked)
    searches.current.again()
    await settled(lambda: search.news != "")
    assert search.snapshot is None
    assert search.snapshot_rows is None
    assert len(source.asked) > asked


async def test_searching_again_ends_a_load() -> None:
    searches, search, source = await begun(9_000)
    source.refuses = lambda offset: source.gate.clear() if offset == 1_999 else None
    searches.load_all(50_000)
    await settled(lambda: len(source.asked) >= 6)
    searches.current.again()
    await settled(lambda: not search.loading_all)
    assert (search.load, search.refresh is None) == (None, False)


async def test_another_search_stops_a_load() -> None:
    searches, search, source = await begun(9_000)
    source.gate.clear()
    assert searches.load_all(50_000) is not None
    await settled(lambda: len(source.asked) >= 4)
    assert search.loading_all
    searches.start(Query.of({"status": "NEW"}))
    await settled(lambda: not search.loading_all)
    assert len(source.given_up) == 3


async def test_a_load_that_was_stopped_continues_where_it_was() -> None:
    searches, search, source = await begun(9_000)
    source.refuses = lambda offset: source.gate.clear() if offset == 1_999 else None
    load = searches.load_all(50_000)
    assert load is not None
    await settled(lambda: load.progress.done == 3_999)
    assert searches.stop()
    await settled(lambda: not search.loading_all)
    source.gate.set()
    source.asked.clear()
    assert searches.load_all(50_000) is load
    await settled(lambda: load.finished)
    assert sum(len(span) for span in source.asked) <= 6_000
    assert len(load.rows) == 9_000


@pytest.mark.parametrize("limit", [450, 440, 50])
async def test_where_a_result_ends_is_not_known_from_a_load_up_to_its_limit(limit: int) -> None:
    searches, _, source = await begun()
    source.total, source.says_total = 451, lambda: None
    search = await quiet(searches.start(Query()))
    searches.load_all(limit)
    await quiet(search)
    assert search.loader is not None
    assert not search.loader.rows.has_end


async def test_rows_that_were_never_requested_do_not_show_for_a_load_that_ends() -> None:
    searches, _, source = await begun()
    source.gate.clear()
    search = searches.start(Query())
    assert searches.stop()
    source.gate.set()
    searches.load_all(50_000)
    await quiet(search)
    assert (search.whole.length, search.loaded) == (0, 1_000)


async def test_a_load_that_is_in_progress_is_not_begun_a_second_time() -> None:
    searches, search, source = await begun(10_000)
    source.gate.clear()
    source.refuses = lambda offset: NetworkError("The line is down") if offset == 0 else None
    load = searches.load_all(50_000)
    assert load is not None
    task = search.load_task
    await settled(lambda: len(source.asked) >= 5)
    assert searches.load_all(50_000) is load
    assert search.load_task is task
    source.gate.set()
    await quiet(search)
    assert load.error is not None
    source.refuses = lambda offset: None
    assert searches.load_all(50_000) is load
    await quiet(search)
    assert load.finished
    assert load.progress.done == 10_000


async def test_a_load_that_was_stopped_a_moment_ago_continues() -> None:
    searches, search, source = await begun(10_000)
    source.gate.clear()
    load = searches.load_all(50_000)
    assert load is not None
    await settled(lambda: len(source.asked) >= 5)
    assert searches.stop()
    assert searches.load_all(50_000) is load
    source.gate.set()
    await quiet(search)
    assert load.finished
    assert load.progress.done == 10_000
