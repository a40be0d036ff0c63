"""Which pages are requested as the view moves."""

from __future__ import annotations

import pytest

from lead_tui import limits
from lead_tui.leads.errors import NetworkError, OffsetRefused
from lead_tui.leads.page import Page, Position, RowState
from lead_tui.leads.query import Query
from lead_tui.paging.loader import Loader
from lead_tui.paging.result import Result
from tests.paging.fake_source import FakeSource, go_to, page, settled

pytestmark = pytest.mark.usefixtures("task_factory")

_SCREEN = 36


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class _Bench:
    """A loader over a fake source, with a clock that stands still until advanced."""

    def __init__(self, total: int) -> None:
        self.source = FakeSource(total)
        self.result = Result(Query())
        self.clock = _Clock()
        self.changed: list[range] = []
        self.loader = Loader(self.source, self.result, self.changed.append, self.clock)

    async def show(self, first: int, *, after: float = 10.0) -> None:
        self.clock.now += after
        go_to(self.loader, first, _SCREEN)

    async def quiet(self) -> None:
        await settled(lambda: not self.loader.loading)


async def test_the_first_request_is_small_and_the_rest_of_its_block_follows() -> None:
    bench = _Bench(1_000_000)
    await bench.show(0)
    await bench.quiet()
    assert bench.source.asked == [range(0, limits.FIRST_ROWS), range(limits.FIRST_ROWS, limits.PAGE_ROWS)]
    assert bench.result.length == 1_000_000
    assert bench.loader.seconds == 0.01


async def test_nothing_is_requested_again_while_the_view_stays_on_loaded_rows() -> None:
    bench = _Bench(1_000_000)
    await bench.show(0)
    await bench.quiet()
    asked = len(bench.source.asked)
    for first in range(0, 60, 5):
        await bench.show(first)
        await bench.quiet()
    assert len(bench.source.asked) == asked


async def test_the_block_ahead_is_fetched_before_it_is_in_view() -> None:
    bench = _Bench(1_000_000)
    await bench.show(0)
    await bench.quiet()
    await bench.show(90)
    await bench.quiet()
    assert bench.result.state(200) is RowState.LOADED
    assert bench.source.asked[-1] == range(200, 400)


async def test_a_jump_asks_at_once_for_what_is_in_view() -> None:
    bench = _Bench(1_000_000)
    await bench.show(0)
    await bench.quiet()
    await bench.show(1_000_000 - _SCREEN)
    assert bench.loader.loading
    await bench.quiet()
    assert bench.source.asked[-1] == range(999_800, 1_000_000)
    assert bench.result.state(999_999) is RowState.LOADED


async def test_a_fling_asks_for_nothing_until_it_rests() -> None:
    bench = _Bench(1_000_000)
    await bench.show(0)
    await bench.quiet()
    asked = len(bench.source.asked)
    first = 0
    for _ in range(2_000):
        first += _SCREEN
        await bench.show(first, after=0.001)
    flown_over = first
    await settled(lambda: bench.result.state(first) is RowState.LOADED)
    fetched = sum(len(span) for span in bench.source.asked[asked:])
    assert fetched * 10 <= flown_over
    assert bench.result.state(first + _SCREEN - 1) is RowState.LOADED


async def test_a_request_for_rows_out_of_sight_is_abandoned() -> None:
    bench = _Bench(1_000_000)
    await bench.show(0)
    await bench.quiet()
    bench.source.gate.clear()
    await bench.show(500_000)
    await settled(lambda: bench.source.asked[-1].start == 500_000)
    await bench.show(900_000)
    await settled(lambda: range(500_000, 500_200) in bench.source.given_up)
    bench.source.gate.set()
    await settled(lambda: bench.result.state(900_000) is RowState.LOADED)
    assert bench.result.state(500_000) is RowState.WAITING
    await bench.show(500_000)
    await settled(lambda: bench.result.state(500_000) is RowState.LOADED)


async def test_a_paused_loader_ignores_answers() -> None:
    bench = _Bench(1_000_000)
    bench.source.gate.clear()
    await bench.show(0)
    await settled(lambda: bool(bench.source.asked))
    bench.loader.pause()
    bench.source.gate.set()
    await settled(lambda: bool(bench.source.given_up))
    assert not bench.result.answered


async def test_a_failed_page_is_not_requested_again_until_told() -> None:
    bench = _Bench(1_000)
    await bench.show(0)
    await bench.quiet()
    bench.source.refuses = lambda offset: NetworkError("The line is down") if offset == 400 else None
    await bench.show(420)
    await bench.quiet()
    assert bench.result.state(420) is RowState.FAILED
    assert str(bench.loader.error) == "The line is down"
    asked = len(bench.source.asked)
    await bench.show(425)
    await bench.quiet()
    assert len(bench.source.asked) == asked
    bench.source.refuses = lambda offset: None
    bench.loader.retry()
    await bench.quiet()
    assert bench.result.state(420) is RowState.LOADED
    assert bench.loader.error is None


async def test_a_first_request_that_fails_leaves_an_empty_result_and_r_begins_again() -> None:
    bench = _Bench(1_000)
    bench.source.refuses = lambda offset: NetworkError("The line is down")
    await bench.show(0)
    await bench.quiet()
    assert (bench.result.length, bench.source.asked) == (0, [range(0, limits.FIRST_ROWS)])
    bench.source.refuses = lambda offset: None
    bench.loader.retry()
    await bench.quiet()
    assert bench.result.length == 1_000


async def test_the_rest_of_a_short_page_is_asked_for_from_where_it_ended() -> None:
    bench = _Bench(1_000)
    bench.source.most_rows = 120
    await bench.show(0)
    await bench.quiet()
    assert bench.source.asked == [range(0, 50), range(50, 200), range(170, 200)]


async def test_rows_before_others_for_which_nothing_comes_have_failed() -> None:
    class Holed(FakeSource):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            found = await super().fetch(query, offset, limit)
            return found if offset >= 600 else page(offset, limit, list(found.ids)[: max(0, 50 - offset)], 1_000)

    bench = _Bench(1_000)
    bench.loader = Loader(Holed(1_000), bench.result, bench.changed.append, bench.clock)
    await bench.show(700)
    await bench.quiet()
    await bench.show(0)
    await bench.quiet()
    assert bench.result.length == 1_000
    assert (bench.result.state(50), "fewer leads than it counts" in bench.result.note(50)) == (RowState.FAILED, True)


async def test_an_offset_the_server_refuses_makes_the_rows_after_it_too_deep() -> None:
    bench = _Bench(1_000_000)
    bench.source.refuses = lambda offset: OffsetRefused("too deep") if offset >= 50_000 else None
    await bench.show(0)
    await bench.quiet()
    await bench.show(900_000)
    await bench.quiet()
    assert bench.result.state(900_000) is RowState.TOO_DEEP
    assert bench.result.state(0) is RowState.LOADED


async def test_a_result_without_a_total_is_read_to_its_end() -> None:
    bench = _Bench(430)
    bench.source.says_total = lambda: None
    await bench.show(0)
    await bench.quiet()
    for first in range(0, 430, 20):
        await bench.show(first)
        await bench.quiet()
    assert (bench.result.length, bench.result.has_end) == (430, True)


async def test_rows_after_a_total_that_is_too_low_are_shown() -> None:
    bench = _Bench(300)
    bench.source.says_total = lambda: 243
    await bench.show(0)
    await bench.quiet()
    await bench.show(207)
    await bench.quiet()
    await bench.show(264)
    await bench.quiet()
    assert (bench.result.length, bench.result.has_end, bench.result.loaded) == (300, True, 300)


async def test_a_search_requested_again_from_deep_in_it_begins_there() -> None:
    bench = _Bench(1_000_000)
    await bench.show(600_000)
    await bench.quiet()
    assert bench.source.asked[0] == range(600_000, 600_000 + limits.FIRST_ROWS)
    assert bench.result.state(600_000) is RowState.LOADED


async def test_the_end_of_the_search_for_the_last_row_is_reported() -> None:
    total = 450
    bench = _Bench(total)
    bench.source.says_total = lambda: None
    await bench.show(0)
    await bench.quiet()
    reported: list[tuple[int, bool]] = []
    bench.loader = Loader(
        bench.source, bench.result, lambda _: reported.append((bench.result.length, bench.loader.loading)), bench.clock
    )
    # The cursor is there already, and stays.
    bench.loader.position = Position(total - 1, max(0, total - _SCREEN), _SCREEN, seeks_end=True)
    bench.loader.show()
    await bench.quiet()
    assert reported[-1] == (total, False)


async def test_a_total_that_may_count_only_the_page_is_right_if_the_server_refuses_what_is_past_it() -> None:
    bench = _Bench(20)
    bench.source.refuses = lambda offset: OffsetRefused("Invalid offset value") if offset >= 20 else None
    await bench.show(0)
    await bench.quiet()
    assert (bench.result.total, bench.loader.error) == (20, None)


async def test_a_server_that_counts_the_leads_of_each_page_is_read_on() -> None:
    bench = _Bench(35)
    bench.source.most_rows = 10
    bench.source.says_total = lambda: min(10, 35 - bench.source.asked[-1].start)
    await bench.show(0)
    await bench.quiet()
    assert (bench.result.loaded, bench.result.length, bench.result.has_end) == (35, 35, True)
