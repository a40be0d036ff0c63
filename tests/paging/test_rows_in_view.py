"""Whatever the user does, once loading is done, rows in view are loaded, say why they are not, or are past the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Final
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui import limits
from lead_tui.leads.columns import run
from lead_tui.leads.errors import Cancelled, NetworkError, OffsetRefused, SearchError
from lead_tui.leads.lookup import look_up
from lead_tui.leads.page import RowState
from lead_tui.leads.query import Query
from lead_tui.paging.search import Search
from lead_tui.paging.searches import Searches
from lead_tui.paging.snapshot import arrange, take_snapshot
from tests.paging.arranged import order_of
from tests.paging.fake_source import FakeSource, settled

CACHE_BYTES: Final = 20_000
"""A few pages of the fake leads, so that pages are evicted."""

PHONE: Final = look_up("(301) 001-0000")
NAME: Final = look_up("Public")


class Table:
    """Moves the position of the current search as the real table does, and reports that in a later turn of the loop."""

    def __init__(self) -> None:
        self.height = 36
        self.search: Search | None = None
        self.length = 0

    def search_shown(self, search: Search) -> None:
        self.search, self.length = search, search.rows.length
        self.fit()

    def rows_changed(self, search: Search, span: range) -> None:
        if search.rows.length != self.length:
            self.length = search.rows.length
            self.fit()
            self.view_moved()

    def fit(self) -> None:
        assert self.search is not None
        position = self.search.position
        position.height = self.height
        position.cursor = max(0, min(position.cursor, self.length - 1))
        position.top = max(0, min(position.top, self.length - self.height))
        if not position.top <= position.cursor < position.top + self.height:
            position.top = max(0, min(position.cursor, self.length - self.height))

    def view_moved(self) -> None:
        search = self.search

        def show() -> None:
            if search is not None and search is self.search:
                search.show()

        asyncio.get_running_loop().call_soon(show)

    def go(self, row: int, *, seeks_end: bool = False) -> None:
        if self.search is None:
            return
        self.search.position.cursor = row
        self.search.position.seeks_end = seeks_end
        self.fit()
        self.view_moved()


class User:
    """Performs the steps that a test draws."""

    def __init__(self, source: FakeSource) -> None:
        self.source = source
        self.table = Table()
        self.searches = Searches(source, lambda: date(2026, 3, 9), CACHE_BYTES, self.table)
        self.searches.start(Query())

    @property
    def search(self) -> Search:
        assert self.searches.current is not None
        return self.searches.current

    async def do(self, action: str, number: int) -> None:
        source, position = self.source, self.search.position
        match action:
            case "search":
                self.searches.start(Query.of({"status": "NEW"}))
            case "look up":
                self.searches.look_up(PHONE if number % 2 else NAME)
            case "back":
                self.searches.back()
            case "refresh":
                self.searches.current.again()
            case "cancel":
                self.searches.stop()
            case "down":
                self.table.go(position.cursor + 30)
            case "up":
                self.table.go(position.cursor - 30)
            case "jump":
                self.table.go(number)
            case "end":
                self.table.go(self.table.length - 1, seeks_end=True)
            case "resize":
                self.table.height = 1 + number % 120
                self.table.go(position.cursor)
            case "hold":
                source.gate.clear()
            case "answer":
                source.gate.set()
            case "break":
                source.refuses = lambda offset: NetworkError("The line is down") if offset >= number % 3_000 else None
            case "mend":
                source.refuses = lambda offset: None
            case "grow":
                source.total += number % 50
            case "shrink":
                source.total = max(0, source.total - number % 500)
            case "sort":
                held = run(take_snapshot(self.search.whole, 1_000))
                self.searches.show_snapshot(self.search, run(arrange(held, None, order_of("-lead_id"))))
            case "whole":
                self.searches.leave_snapshot()
            case "load all":
                self.searches.load_all(3_000)
            case "wait":
                for _ in range(number % 20):
                    await asyncio.sleep(0)


ACTIONS: Final = (
    *("search", "look up", "back", "back", "refresh", "cancel", "down", "up", "jump", "end", "resize"),
    *("hold", "answer", "break", "mend", "grow", "shrink", "sort", "whole", "load all", "wait", "wait"),
)


def deep(offset: int) -> SearchError | None:
    """Return the refusal of a server that pages no deeper than 700 rows."""
    return OffsetRefused("Invalid offset") if offset > 700 else None


def source_of(kind: str) -> FakeSource:
    """Return a source that is right, or wrong in one way."""
    source = FakeSource(2_450)
    match kind:
        case "no total":
            source.says_total = lambda: None
        case "total zero":
            source.says_total = lambda: 0
        case "total too large":
            source.says_total = lambda: 3_000
        case "at most 100 rows":
            source.most_rows = 100
        case "at most 100 rows and no total":
            source.most_rows = 100
            source.says_total = lambda: None
        case "deep":
            source.refuses = deep
        case "the same page always":
            source.identity = lambda index: 1_000 + index % 200
            source.says_total = lambda: None
    return source


KINDS: Final = (
    *("right", "no total", "total zero", "total too large", "at most 100 rows", "at most 100 rows and no total"),
    *("deep", "the same page always"),
)


async def every_row_in_view_is_accounted_for(kind: str, actions: list[tuple[str, int]]) -> None:
    user = User(source_of(kind))
    for action, number in actions:
        await user.do(action, number)
    user.source.gate.set()
    await settled(lambda: not user.search.loading)
    # The table reports a change of length one turn later.
    await asyncio.sleep(0)
    await settled(lambda: not user.search.loading)
    search = user.search
    position, rows = search.position, search.rows
    assert search.whole.answered or search.loader.error is not None
    assert 0 <= position.top <= max(0, rows.length - 1)
    waiting = [
        index
        for index in range(position.top, min(position.top + position.height, rows.length))
        if rows.state(index) is RowState.WAITING
    ]
    assert not waiting
    assert user.table.length == rows.length
    user.searches.close()


def run_on(factory: object, work: Callable[[], object]) -> None:
    """Run *work*, which returns a coroutine, on a loop with that task factory."""
    with asyncio.Runner() as runner, patch.object(limits, "FLING_REST", 0.0):
        runner.get_loop().set_task_factory(factory)  # type: ignore[arg-type]
        runner.run(work())  # type: ignore[arg-type]


FACTORIES: Final = [None, *filter(None, [getattr(asyncio, "eager_task_factory", None)])]


@pytest.mark.parametrize("factory", FACTORIES)
@given(kind=st.sampled_from(KINDS), actions=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 5_000)), max_size=25))
@settings(max_examples=50)
def test_whatever_the_user_does(factory: object, kind: str, actions: list[tuple[str, int]]) -> None:
    run_on(factory, lambda: every_row_in_view_is_accounted_for(kind, actions))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_look_up_before_the_last_page_has_come_and_back(kind: str) -> None:
    await every_row_in_view_is_accounted_for(
        kind, [("wait", 19), ("hold", 0), ("end", 0), ("wait", 5), ("look up", 0), ("wait", 5), ("back", 0)]
    )


async def test_back_in_a_terminal_of_90_rows() -> None:
    actions = [("resize", 89), ("wait", 19), ("wait", 19), ("jump", 1_200), ("wait", 19), ("search", 0), ("wait", 19), ("back", 0)]
    await every_row_in_view_is_accounted_for("right", actions)


async def test_rows_in_view_say_that_they_were_canceled_and_r_loads_them() -> None:
    user = User(FakeSource(2_450))
    await settled(lambda: not user.search.loading)
    await user.do("hold", 0)
    await user.do("jump", 1_200)
    await user.do("wait", 3)
    await user.do("cancel", 0)
    search = user.search
    assert isinstance(search.loader.error, Cancelled)
    assert search.rows.state(1_200) is RowState.FAILED
    assert search.rows.note(1_200) == "Canceled"
    await user.do("answer", 0)
    await user.do("refresh", 0)
    await settled(lambda: not search.loading)
    assert search.rows.state(1_200) is RowState.LOADED
    assert search.loader.error is None


@pytest.mark.parametrize("total", [1, 30, 50, 199, 200, 450, 2_450, 100_003])
@pytest.mark.parametrize("most_rows", [2_000, 100])
async def test_without_a_total_the_last_row_is_reached_in_one_press(total: int, most_rows: int) -> None:
    user = User(FakeSource(total))
    user.source.says_total = lambda: None
    user.source.most_rows = most_rows
    await settled(lambda: not user.search.loading)
    user.source.asked.clear()
    await user.do("end", 0)
    await asyncio.sleep(0)
    await settled(lambda: not user.search.loading)
    search = user.search
    assert (search.rows.length, search.position.cursor) == (total, total - 1)
    assert search.rows.state(total - 1) is RowState.LOADED
    assert len(user.source.asked) <= 30


async def test_a_server_that_repeats_its_first_page_is_not_asked_for_its_last_row_forever() -> None:
    user = User(source_of("the same page always"))
    user.source.total = 10**9
    await settled(lambda: not user.search.loading)
    await user.do("end", 0)
    await asyncio.sleep(0)
    await settled(lambda: not user.search.loading)
    assert len(user.source.asked) < 10
    assert user.search.position.cursor < 1_000


async def test_a_second_press_waits_for_the_answer_that_the_first_one_requested() -> None:
    user = User(FakeSource(430))
    user.source.says_total = lambda: None
    await settled(lambda: not user.search.loading)
    await asyncio.sleep(0)
    user.source.asked.clear()
    await user.do("end", 0)
    await user.do("end", 0)
    await asyncio.sleep(0)
    await settled(lambda: not user.search.loading)
    assert (user.search.rows.length, user.search.position.cursor) == (430, 429)
    assert [span.start for span in user.source.asked] == [400, 802, 601, 401, 200]
