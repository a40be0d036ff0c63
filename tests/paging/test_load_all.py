"""Loading all of a result: in order, a few requests at a time, keeping the leads received whatever happens."""

from __future__ import annotations

import asyncio

import pytest

from lead_tui.leads.errors import NetworkError, OffsetRefused, SearchError
from lead_tui.leads.page import Progress
from lead_tui.leads.query import Query
from lead_tui.paging.read_all import LoadAll
from lead_tui.paging.snapshot import SnapshotRows
from tests.paging.fake_source import FakeSource, settled

pytestmark = pytest.mark.usefixtures("task_factory")


def ids(load: LoadAll) -> list[int]:
    return list(load.rows.ids)


def expected(*indices: range) -> list[int]:
    return [1000 + index for each in indices for index in each]


async def test_all_rows_come_in_big_requests_and_are_in_order() -> None:
    source = FakeSource(7_300)
    load = LoadAll(source, Query(), SnapshotRows(7_300))
    await load.run()
    assert source.asked == [range(0, 2_000), range(1_999, 3_999), range(3_998, 5_998), range(5_997, 7_997)]
    assert ids(load) == expected(range(7_300))
    held = load.rows
    assert (load.finished, load.error, held.is_whole) == (True, None, True)


async def test_a_few_requests_are_in_progress_at_a_time_and_may_be_answered_in_any_order() -> None:
    source = FakeSource(9_000)
    source.gate.clear()
    load = LoadAll(source, Query(), SnapshotRows(9_000))
    task = asyncio.create_task(load.run())
    await settled(lambda: len(source.asked) == 3)
    source.gate.set()
    await task
    assert ids(load) == expected(range(9_000))


async def test_no_more_than_the_limit_is_asked_for_and_kept() -> None:
    source = FakeSource(9_000)
    load = LoadAll(source, Query(), SnapshotRows(9_000), 5_000)
    await load.run()
    assert source.asked[-1] == range(3_998, 5_000)
    held = load.rows
    assert (len(held), held.total, held.is_whole) == (5_000, 9_000, False)


async def test_progress_tells_rows_rate_and_time_left() -> None:
    source = FakeSource(4_000)
    now = [100.0]
    told: list[list[str]] = []

    def note() -> None:
        now[0] += 2
        told.append(load.progress.parts())

    load = LoadAll(source, Query(), SnapshotRows(4_000), progressed=note, progress=Progress(clock=lambda: now[0]))
    assert load.progress.parts() == ["0 of 4,000 leads"]
    source.refuses = lambda offset: None
    await load.run()
    assert told[-1][0] == "4,000 of 4,000 leads"
    assert told[-1][1].endswith("/s")
    assert told[-1][2] == "0 s left"


async def test_canceled_it_keeps_what_came_and_can_continue() -> None:
    source = FakeSource(8_000)
    source.refuses = lambda offset: source.gate.clear() if offset > 0 else None
    load = LoadAll(source, Query(), SnapshotRows(8_000))
    load_task = asyncio.create_task(load.run())
    await settled(lambda: load.progress.done >= 2_000)
    load_task.cancel()
    await asyncio.wait([load_task])
    came = len(ids(load))
    assert came >= 2_000
    assert not load.finished
    source.refuses = lambda offset: None
    source.gate.set()
    await load.run()
    assert ids(load) == expected(range(8_000))


async def test_a_failure_keeps_what_came_and_is_reported_and_the_rest_can_be_requested() -> None:
    source = FakeSource(6_000)

    def refuse(offset: int) -> SearchError | None:
        return NetworkError("No answer") if offset == 1_999 else None

    source.refuses = refuse
    load = LoadAll(source, Query(), SnapshotRows(6_000))
    await load.run()
    assert isinstance(load.error, NetworkError)
    assert ids(load) == expected(range(2_000))
    assert not load.rows.is_whole
    source.refuses = lambda offset: None
    source.asked.clear()
    await load.run()
    assert source.asked == [range(1_999, 3_999), range(3_998, 5_998), range(5_997, 7_997)]
    assert load.error is None
    assert ids(load) == expected(range(6_000))


async def test_at_the_servers_depth_it_ends_with_the_leads_received() -> None:
    source = FakeSource(9_000)
    source.refuses = lambda offset: OffsetRefused("Too deep") if offset >= 4_000 else None
    load = LoadAll(source, Query(), SnapshotRows(9_000))
    await load.run()
    assert load.error is not None
    assert load.error.message.startswith("3,002 leads of 9,000 could not be read: the server pages no deeper than")
    assert load.finished
    assert ids(load) == expected(range(5_998))


async def test_a_lead_that_comes_twice_is_held_once() -> None:
    source = FakeSource(4_000)
    source.identity = lambda index: 1000 + (index if index != 2_500 else 3)
    load = LoadAll(source, Query(), SnapshotRows(4_000))
    await load.run()
    assert ids(load) == expected(range(2_500), range(2_501, 4_000))
    assert load.rows.is_whole


async def test_a_page_that_comes_short_has_its_rest_requested() -> None:
    source = FakeSource(5_000)
    source.most_rows = 700
    load = LoadAll(source, Query(), SnapshotRows(5_000))
    await load.run()
    assert load.error is None
    assert ids(load) == expected(range(5_000))


async def test_a_server_that_counts_more_than_it_sends_is_not_queried_forever() -> None:
    source = FakeSource(2_500)
    source.says_total = lambda: 4_000
    load = LoadAll(source, Query(), SnapshotRows(4_000))
    await load.run()
    assert load.error is not None
    assert load.error.message == "1,500 leads of 4,000 could not be read: the server counts more than the 2,500 it sent"
    assert ids(load) == expected(range(2_500))
    assert len(source.asked) < 25


async def test_without_a_total_it_reads_in_sequence_until_a_page_without_a_new_lead() -> None:
    source = FakeSource(5_000)
    source.says_total = lambda: None
    load = LoadAll(source, Query(), SnapshotRows())
    await load.run()
    assert source.asked == [range(0, 2_000), range(1_999, 3_999), range(3_998, 5_998), range(4_999, 6_999)]
    held = load.rows
    assert (list(held.ids), held.is_whole) == (expected(range(5_000)), True)


async def test_reading_from_a_server_that_repeats_its_last_page_ends() -> None:
    source = FakeSource(1_000_000)
    source.says_total = lambda: None
    source.identity = lambda index: 1000 + index % 2_000
    load = LoadAll(source, Query(), SnapshotRows())
    await load.run()
    assert len(source.asked) == 4
    assert ids(load) == expected(range(2_000))


async def test_rows_past_the_total_are_loaded() -> None:
    source = FakeSource(5_000)
    source.says_total = lambda: 3_000
    load = LoadAll(source, Query(), SnapshotRows(3_000))
    await load.run()
    assert ids(load) == expected(range(5_000))


async def test_a_total_that_shrinks_or_grows_while_loading_is_followed() -> None:
    for now in (3_100, 8_100):
        source = FakeSource(now)
        load = LoadAll(source, Query(), SnapshotRows(6_000))
        await load.run()
        assert load.error is None
        assert ids(load) == expected(range(now))
