"""The searches of a session, and going back to earlier ones."""

from __future__ import annotations

import asyncio
from array import array
from datetime import date

import pytest

from lead_tui import limits
from lead_tui.leads.errors import NetworkError
from lead_tui.leads.lead import row_number
from lead_tui.leads.lookup import look_up
from lead_tui.leads.page import UNSENDABLE, Page, RowState
from lead_tui.leads.query import Query
from lead_tui.paging.result import Result
from lead_tui.paging.search import Search
from lead_tui.paging.searches import Searches
from tests.paging.fake_source import FakeScreen, FakeSource, go_to, settled

pytestmark = pytest.mark.usefixtures("task_factory")


class _Bench:
    def __init__(self, total: int) -> None:
        self.source = FakeSource(total)
        self.screen = FakeScreen()
        self.searches = Searches(self.source, lambda: date(2026, 3, 9), 1_000_000, self.screen)

    async def quiet(self) -> Search:
        search = self.searches.current
        assert search is not None
        await settled(lambda: not search.loading)
        return search


async def test_relative_dates_are_fixed_when_the_search_starts_and_kept_in_the_request() -> None:
    bench = _Bench(10)
    query = Query.of({"created_at_start_date": "-7d"})
    search = bench.searches.start(query)
    await bench.quiet()
    assert bench.source.queries[0].filters == (("created_at_start_date", "2026-03-02"),)
    assert search.query == query


async def test_a_new_search_gives_the_old_one_up_and_its_answer_is_never_taken() -> None:
    bench = _Bench(1_000)
    bench.source.gate.clear()
    first = bench.searches.start(Query())
    await settled(lambda: len(bench.source.asked) == 1)
    bench.searches.start(Query.of({"status": "NEW"}))
    await settled(lambda: bool(bench.source.given_up))
    bench.source.gate.set()
    second = await bench.quiet()
    assert second.whole.answered
    assert not first.whole.answered


async def test_a_user_who_goes_elsewhere_at_the_moment_the_newer_rows_come_stays_there() -> None:
    bench = _Bench(100_000)
    search = bench.searches.start(Query())
    await bench.quiet()
    bench.searches.current.again()
    # No message from the table has arrived yet.
    search.position.cursor, search.position.top = 700, 690
    await bench.quiet()
    assert search.news == "Searched again"
    assert (search.position.cursor, search.position.top) == (700, 690)


async def test_back_shows_the_result_before_where_it_was_and_asks_nothing() -> None:
    bench = _Bench(100_000)
    bench.searches.start(Query())
    first = await bench.quiet()
    go_to(first, 50_000)
    first.position.cursor = 50_010
    await bench.quiet()
    bench.searches.start(Query.of({"status": "NEW"}))
    await bench.quiet()
    asked = len(bench.source.asked)
    assert bench.searches.back()
    assert bench.searches.current is first
    assert (first.position.cursor, first.position.top) == (50_010, 50_000)
    assert first.rows.state(50_035) is RowState.LOADED
    await bench.quiet()
    assert len(bench.source.asked) == asked
    assert not bench.searches.back()


async def test_forward_shows_the_result_that_back_left_and_asks_nothing() -> None:
    bench = _Bench(100_000)
    searches = [bench.searches.start(Query())]
    await bench.quiet()
    searches.append(bench.searches.start(Query.of({"status": "NEW"})))
    go_to(await bench.quiet(), 700)
    await bench.quiet()
    asked = len(bench.source.asked)
    assert not bench.searches.forward()
    assert bench.searches.back()
    assert bench.searches.forward()
    assert bench.searches.current is searches[1]
    assert searches[1].position.top == 700
    await bench.quiet()
    assert len(bench.source.asked) == asked
    # A new search from the first one: one step back is where it was started from, and the other is not lost.
    bench.searches.back()
    searches.append(bench.searches.start(Query.of({"status": "DNC"})))
    await bench.quiet()
    assert bench.searches.recent == [searches[2], searches[0], searches[1]]
    bench.searches.back()
    assert bench.searches.current is searches[0]
    bench.searches.go_to(searches[2])
    assert not bench.searches.forward()


async def test_a_search_that_was_left_before_its_answer_is_not_kept() -> None:
    bench = _Bench(10)
    first = bench.searches.start(Query())
    await bench.quiet()
    bench.source.gate.clear()
    bench.searches.start(Query.of({"status": "NEW"}))
    assert bench.searches.back()
    assert not bench.searches.forward()
    assert bench.searches.recent == [first]


async def test_so_many_searches_can_be_returned_to() -> None:
    bench = _Bench(10_000)
    for _ in range(limits.SEARCHES_KEPT + 5):
        bench.searches.start(Query())
        await bench.quiet()
    steps = 0
    while bench.searches.back():
        steps += 1
    assert steps == limits.SEARCHES_KEPT - 1


async def test_again_keeps_the_cursor_on_its_lead_and_tells_that_the_total_moved() -> None:
    bench = _Bench(1_000)
    bench.searches.start(Query())
    search = await bench.quiet()
    search.position.cursor, search.position.top = 20, 5
    bench.source.total = 1_003
    bench.source.identity = lambda index: 1000 + index - 3
    bench.searches.current.again()
    await bench.quiet()
    assert (search.position.cursor, search.position.top) == (23, 8)
    assert "changed from 1,000 to 1,003" in search.news
    assert bench.screen.shown[-1] is search


async def test_again_stays_on_the_row_where_the_lead_has_gone() -> None:
    bench = _Bench(1_000)
    bench.searches.start(Query())
    search = await bench.quiet()
    search.position.cursor = 20
    bench.source.identity = lambda index: 500_000 + index
    bench.searches.current.again()
    await bench.quiet()
    assert search.position.cursor == 20


async def test_again_that_fails_keeps_the_rows_from_before_and_says_why() -> None:
    bench = _Bench(1_000)
    bench.searches.start(Query())
    search = await bench.quiet()
    bench.source.refuses = lambda offset: NetworkError("The line is down")
    bench.searches.current.again()
    await bench.quiet()
    assert search.rows.state(0) is RowState.LOADED
    assert "The line is down" in str(search.refresh_error)


async def test_again_tries_what_failed_as_long_as_anything_has() -> None:
    bench = _Bench(1_000)
    bench.source.refuses = lambda offset: NetworkError("The line is down")
    bench.searches.start(Query())
    search = await bench.quiet()
    assert search.loader.error is not None
    bench.source.refuses = lambda offset: None
    bench.searches.current.again()
    await bench.quiet()
    assert search.loader.error is None
    assert search.whole.answered


async def test_stop_abandons_what_is_in_progress_and_keeps_what_came() -> None:
    bench = _Bench(1_000)
    bench.searches.start(Query())
    search = await bench.quiet()
    bench.source.gate.clear()
    assert search.loader is not None
    go_to(search, 600)
    await settled(lambda: bench.source.asked[-1].start == 600)
    assert bench.searches.stop()
    assert not search.loading
    assert search.rows.state(0) is RowState.LOADED
    assert not bench.searches.stop()


async def test_a_name_is_looked_up_with_each_apostrophe_until_one_finds_a_lead() -> None:
    bench = _Bench(0)
    search = bench.searches.look_up(look_up("O'Neil"))
    await settled(lambda: len(bench.source.queries) == 2 and not search.loading)
    assert [query.value("last_name") for query in bench.source.queries] == ["O'Neil", "O\u2019Neil"]
    assert isinstance(search.rows, Result)
    assert search.lookup is not None


async def test_a_phone_is_one_look_up_of_three_requests() -> None:
    bench = _Bench(1)
    search = bench.searches.look_up(look_up("301 001 0000"))
    await settled(lambda: search.whole.answered)
    assert len(bench.source.asked) == 3
    assert search.rows.length == 1


async def test_a_look_up_that_fails_can_be_tried_again() -> None:
    bench = _Bench(1)
    bench.source.refuses = lambda offset: NetworkError("The line is down")
    search = bench.searches.look_up(look_up("301 001 0000"))
    await bench.quiet()
    assert search.loader.error is not None
    bench.source.refuses = lambda offset: None
    bench.searches.current.again()
    await settled(lambda: search.whole.answered)
    assert search.rows.length == 1


async def test_a_look_up_reports_leads_that_the_server_cannot_send() -> None:
    class Unsendable(FakeSource):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            found = await super().fetch(query, offset, limit)
            if query.filters[0][0] != "alt_phone_1":
                return found
            return Page(0, limit, [UNSENDABLE], array("q", [0]), 1, unsendable=(0,))

    searches = Searches(Unsendable(1), lambda: date(2026, 3, 9), 1_000_000, FakeScreen())
    search = searches.look_up(look_up("301 001 0000"))
    await settled(lambda: not search.loading)
    assert [field for field, _ in search.whole.fields.failures] == ["alt_phone_1"]
    assert search.rows.length == 1


async def test_a_lead_that_repeats_is_among_the_loaded_rows_once() -> None:
    bench = _Bench(40)
    bench.source.identity = lambda index: 1000 + index % 30
    search = bench.searches.start(Query())
    await bench.quiet()
    assert search.whole.loaded == 40
    assert [row_number(row) for row in search.loaded_rows()] == [*range(1000, 1030)]


async def test_keys_about_rows_need_not_wait_for_a_field_of_a_look_up_that_is_slow() -> None:
    class Slow(FakeSource):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            if query.filters[0][0] == "alt_phone_2":
                await asyncio.Event().wait()
            return await super().fetch(query, offset, limit)

    searches = Searches(Slow(1), lambda: date(2026, 3, 9), 1_000_000, FakeScreen())
    search = searches.look_up(look_up("301 001 0000"))
    await settled(lambda: search.whole.fields.waits_for == ("alt_phone_2",))
    assert (search.loading, search.has_first_page) == (True, True)
    searches.close()
