"""A result row by row: which rows changed, which total counts, and when a lead counts as repeated."""

from __future__ import annotations

import pytest

from lead_tui import limits
from lead_tui.leads.errors import NetworkError
from lead_tui.leads.page import RowState
from lead_tui.leads.query import Query
from lead_tui.paging.result import Result
from tests.paging.fake_source import page

WHOLE = limits.PAGE_ROWS


def test_rows_that_were_asked_for_changed_whether_they_came_or_not() -> None:
    result = Result(Query())
    assert result.add_page(page(0, 50, [1, 2, 3], 100)) == range(0, 50)
    assert result.add_page(page(50, 50, range(51, 101), 100)) == range(50, 100)
    assert result.add_page(page(10, 2, [11, 12, 13], 100)) == range(10, 13)


def test_a_total_counts_up_to_the_most_that_rows_may_be() -> None:
    result = Result(Query())
    result.add_page(page(0, 1, [1], limits.MAX_ROWS))
    assert result.total == limits.MAX_ROWS
    result.add_page(page(0, 1, [1], limits.MAX_ROWS + 1))
    assert result.total is None


def test_a_total_has_moved_when_it_is_another_one_than_before() -> None:
    result = Result(Query())
    moved = []
    for total in (100, 100, 90, None, 90, 95):
        result.add_page(page(0, 1, [1], total))
        moved.append(result.moved_from)
    assert moved == [None, None, 100, None, None, 90]


def test_without_a_total_a_page_that_is_not_full_is_the_end_until_rows_come_after_it() -> None:
    result = Result(Query())
    result.add_page(page(0, 50, range(1, 51), None))
    assert (result.length, result.has_end) == (50 + WHOLE, False)
    result.add_page(page(50, 50, range(51, 61), None))
    assert (result.length, result.has_end) == (60, True)
    result.add_page(page(0, 60, range(1, 61), None))
    assert (result.length, result.has_end) == (60, True)
    result.add_page(page(60, 10, range(61, 71), None))
    assert (result.length, result.has_end) == (70 + WHOLE, False)
    # An empty page far past the end says nothing about the rows between.
    result.add_page(page(500, 50, [], None))
    assert not result.has_end


def test_a_lead_is_repeated_while_its_first_place_holds_it_or_may_do_so() -> None:
    result = Result(Query(), cache_bytes=1)
    result.add_page(page(0, WHOLE, range(1, WHOLE + 1), 1_000))
    result.touch(range(3 * WHOLE, 3 * WHOLE + 1))
    assert result.state(5) is RowState.WAITING
    # Its first place has been released, and may still have it.
    result.add_page(page(WHOLE, 1, [6], 1_000))
    assert (result.repeated, result.repeats(WHOLE), result.repeats(5)) == (1, True, False)
    result.add_page(page(5, 1, [777], 1_000))
    result.add_page(page(WHOLE, 1, [6], 1_000))
    assert (result.repeated, result.repeats(WHOLE)) == (0, False)


def test_the_earlier_of_two_places_is_the_lead_s_own_whichever_came_first() -> None:
    result = Result(Query())
    result.add_page(page(300, 1, [9], 1_000))
    result.add_page(page(20, 1, [9], 1_000))
    assert (result.repeats(300), result.repeats(20)) == (True, False)
    result.add_page(page(40, 1, [9], 1_000))
    assert result.repeats(40)
    assert result.repeated == 2


@pytest.mark.parametrize("total", [None, 0])
@pytest.mark.parametrize("count", [1, 3])
def test_leads_of_earlier_rows_past_the_end_end_a_result_that_is_not_counted(count: int, total: int | None) -> None:
    result = Result(Query())
    result.add_page(page(0, 50, range(1, count + 1), total))
    result.add_page(page(count, 200, [count], total))
    assert (result.length, result.has_end, result.loaded, result.repeated) == (count, True, count, 0)
    result.add_page(page(0, 50, range(1, 51), total))
    assert not result.has_end


def test_a_failure_is_noted_in_every_block_it_lies_in_and_in_no_other() -> None:
    result = Result(Query())
    result.add_page(page(0, 1, [1], 5 * WHOLE))
    result.fail(range(WHOLE - 1, 2 * WHOLE), NetworkError("The line is down"))
    states = [result.state(index) for index in (WHOLE - 2, WHOLE - 1, WHOLE, 2 * WHOLE - 1, 2 * WHOLE)]
    failed, waiting = RowState.FAILED, RowState.WAITING
    assert states == [waiting, failed, failed, failed, waiting]


def test_what_is_held_is_counted_when_it_comes_again_and_when_it_goes() -> None:
    result = Result(Query(), cache_bytes=0)
    result.add_page(page(0, 10, range(1, 11), 1_000))
    result.add_page(page(0, 10, range(1, 11), 1_000))
    assert result.loaded == 10
    result.add_page(page(2 * WHOLE, 10, range(401, 411), 1_000))
    result.touch(range(2 * WHOLE, 2 * WHOLE + 5))
    assert result.loaded == 10
    assert result.state(0) is RowState.WAITING
    result.shrink(range(0, 10))
    assert result.loaded == 0
    assert result._held_bytes == 0
