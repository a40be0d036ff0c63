"""Searches at odd moments: when something else is in view, nothing has loaded yet, or there is nothing to do."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import msgspec
import pytest

from lead_tui import limits
from lead_tui.leads.columns import run
from lead_tui.leads.errors import NetworkError, OffsetRefused
from lead_tui.leads.lookup import look_up
from lead_tui.leads.page import Page, RowState
from lead_tui.leads.query import Query
from lead_tui.paging.loader import Loader
from lead_tui.paging.page_sources import look_up_all
from lead_tui.paging.result import Result
from lead_tui.paging.searches import Searches
from lead_tui.paging.snapshot import SnapshotRows, arrange, take_snapshot
from tests.paging.arranged import order_of
from tests.paging.fake_source import FakeScreen, FakeSource, go_to, page, quiet, settled

pytestmark = pytest.mark.usefixtures("task_factory")

_TODAY = date(2026, 3, 9)


def searches_over(source: FakeSource) -> tuple[Searches, FakeScreen]:
    screen = FakeScreen()
    return Searches(source, lambda: _TODAY, 1_000_000, screen), screen


async def test_before_the_first_search_there_is_nothing_to_do() -> None:
    searches, screen = searches_over(FakeSource(10))
    assert not searches.back()
    assert not searches.forward()
    assert not searches.stop()
    searches.leave_snapshot()
    searches.close()
    assert not screen.told


async def test_a_load_that_begins_while_the_search_is_run_again_keeps_telling_how_far_it_is() -> None:
    source = FakeSource(10_000)
    searches, _ = searches_over(source)
    search = await quiet(searches.start(Query()))
    source.gate.clear()
    searches.current.again()
    load = searches.load_all(10_000)
    source.gate.set()
    await settled(lambda: search.refresh is None)
    assert search.load is load
    await quiet(search)
    assert load is not None
    assert load.finished


async def test_a_look_up_in_several_fields_is_all_there_is_and_is_held_with_its_notes() -> None:
    searches, _ = searches_over(FakeSource(3))
    search = searches.look_up(look_up("(301) 001-0000"))
    await quiet(search)
    held = run(take_snapshot(search.whole, 100))
    assert len(held) == 3
    assert held.notes[0] == "Phone, Phone 2, Phone 3"
    assert held.is_whole


async def test_a_look_up_that_fails_is_tried_again_whole() -> None:
    source = FakeSource(3)
    source.refuses = lambda offset: NetworkError("The line is down")
    searches, _ = searches_over(source)
    search = searches.look_up(look_up("(301) 001-0000"))
    await settled(lambda: search.loader.error is not None and not search.loading)
    assert search.loader.error is search.loader.error
    assert not search.whole.answered
    source.refuses = lambda offset: None
    searches.current.again()
    await quiet(search)
    assert search.loader.error is None
    assert search.rows.length == 3


async def test_an_answer_to_a_look_up_that_was_left_is_shown_to_no_one() -> None:
    source = FakeSource(3)
    source.gate.clear()
    searches, screen = searches_over(source)
    first = searches.look_up(look_up("(301) 001-0000"))
    await settled(lambda: len(source.asked) == 3)
    second = searches.start(Query())
    source.gate.set()
    await quiet(second)
    await settled(lambda: len(source.given_up) == 3)
    told = screen.told[screen.told.index(second) :]
    assert first not in told


async def test_a_refresh_during_a_refresh_sends_no_further_request() -> None:
    source = FakeSource(1_000)
    searches, _ = searches_over(source)
    search = await quiet(searches.start(Query()))
    source.gate.clear()
    searches.current.again()
    await settled(lambda: search.refresh is not None)
    refresh, asked = search.refresh, len(source.asked)
    searches.current.again()
    assert search.refresh is refresh
    source.gate.set()
    await quiet(search)
    assert len(source.asked) <= asked + 2


async def test_a_load_continues_in_silence_when_another_search_is_in_view() -> None:
    source = FakeSource(6_000)
    searches, screen = searches_over(source)
    search = await quiet(searches.start(Query()))
    load = searches.load_all(50_000)
    assert load is not None
    searches.current = searches_over(source)[0].current
    told = len(screen.told)
    await quiet(search)
    assert load.finished
    assert len(screen.told) == told


async def test_a_snapshot_of_another_search_is_not_shown() -> None:
    searches, _ = searches_over(FakeSource(300))
    first = await quiet(searches.start(Query()))
    held = run(take_snapshot(first.whole, 1_000))
    snapshot = run(arrange(held, None, order_of("-lead_id")))
    second = await quiet(searches.start(Query.of({"status": "NEW"})))
    searches.show_snapshot(first, snapshot)
    assert searches.current is second
    assert first.snapshot is None
    assert second.snapshot is None


async def test_rows_that_come_while_a_snapshot_is_shown_are_for_the_whole_result() -> None:
    source = FakeSource(1_000)
    searches, screen = searches_over(source)
    search = await quiet(searches.start(Query()))
    searches.show_snapshot(search, run(arrange(run(take_snapshot(search.whole, 1_000)), None, order_of("-lead_id"))))
    shown = search.rows
    assert search.loader is not None
    go_to(search.loader, 600)
    await settled(lambda: search.loader is not None and not search.loader.loading)
    assert search.rows is shown
    assert search.whole.lead(600) is not None
    assert screen.told[-1] is search
    # A second one replaces the first; leaving it shows the whole result.
    searches.show_snapshot(search, run(arrange(run(take_snapshot(search.whole, 1_000)), None, order_of("lead_id"))))
    searches.leave_snapshot()
    assert search.rows is search.whole


# Loaders and results


async def test_stopping_a_flight_that_has_not_come_to_rest_asks_for_nothing() -> None:
    source = FakeSource(1_000_000)
    times = iter(range(1_000))
    result = Result(Query())
    loader = Loader(source, result, lambda span: None, lambda: next(times) / 1_000)
    go_to(loader, 0)
    await settled(lambda: not loader.loading)
    for first in (100, 400, 700):
        go_to(loader, first)
    asked = len(source.asked)
    loader.cancel()
    await asyncio.sleep(2 * limits.FLING_REST)
    assert len(source.asked) == asked


async def answered_after_the_end(source: FakeSource) -> Loader:
    """A loader whose only request was answered after it had been canceled."""
    source.gate.clear()
    loader = Loader(source, Result(Query()), lambda span: None)
    go_to(loader, 0)
    await settled(lambda: bool(source.asked))
    task = next(iter(loader._requests.values()))
    loader._requests.clear()
    source.gate.set()
    await asyncio.wait([task])
    await asyncio.sleep(0)
    return loader


async def test_an_answer_that_comes_after_the_end_is_not_taken() -> None:
    loader = await answered_after_the_end(FakeSource(1_000))
    assert not loader.rows.answered


async def test_an_error_after_the_end_is_not_reported() -> None:
    source = FakeSource(1_000)
    source.refuses = lambda offset: NetworkError("The line is down")
    loader = await answered_after_the_end(source)
    assert loader.error is None


async def test_an_unexpected_error_goes_to_the_loops_handler() -> None:
    class Broken:
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            raise ZeroDivisionError

    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))
    loader = Loader(Broken(), Result(Query()), lambda span: None)
    go_to(loader, 0)
    await settled(lambda: bool(told))
    asyncio.get_running_loop().set_exception_handler(None)
    assert isinstance(told[0]["exception"], ZeroDivisionError)


def test_a_result_tells_what_failed_where_and_from_where_on_it_is_too_deep() -> None:
    result = Result(Query())
    result.add_page(page(0, 50, range(1, 51), 1_000))
    assert result.reach == 50
    line, deep = NetworkError("The line is down"), OffsetRefused("Too deep")
    result.fail(range(60, 70), line)
    result.fail(range(400, 500), deep)
    result.fail(range(300, 400), deep)
    states = [result.state(index) for index in (0, 55, 60, 69, 70, 299, 300, 450)]
    waiting, failed, too_deep = RowState.WAITING, RowState.FAILED, RowState.TOO_DEEP
    assert states == [RowState.LOADED, waiting, failed, failed, waiting, waiting, too_deep, too_deep]
    assert (result.note(60), result.note(55)) == ("The line is down", "")
    assert result.row(0) is not None
    assert (result.row(55), result.lead(55)) == (None, None)
    result.forget_failures()
    assert result.state(450) is waiting


def test_a_lead_that_moved_counts_as_one_where_its_first_place_holds_another_by_now() -> None:
    result = Result(Query())
    result.add_page(page(0, 3, [1, 2, 3], 10))
    result.add_page(page(0, 3, [4, 2, 3], 10))
    result.add_page(page(3, 3, [1, 5, 6], 10))
    assert result.repeated == 0
    result.add_page(page(6, 1, [5], 10))
    assert (result.repeated, result.repeats(6)) == (1, True)


# Merged look-ups and snapshots


async def test_an_unexpected_error_in_a_look_up_is_raised() -> None:
    class Broken:
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await look_up_all(Broken(), look_up("(301) 001-0000").parts, _TODAY)


def test_what_is_held_has_an_end_and_takes_rows_that_cannot_be_read() -> None:
    result = Result(Query())
    for offset in (0, 5, 10):
        result.add_page(page(offset, 5, range(offset + 1, offset + 6), 15))
    held = run(take_snapshot(result, 7))
    assert list(held.ids) == list(range(1, 8))
    assert not held.is_whole
    odd = SnapshotRows()
    run(odd.add([msgspec.Raw(b'{"a":NaN}'), msgspec.Raw(b"17")], [0, 0]))
    assert odd.observed_keys == ("a",)
    snapshot = run(arrange(odd, None, ()))
    assert (snapshot.row(5), snapshot.note(5), snapshot.find("")) == (None, "", None)
    assert not snapshot.repeats(0)
