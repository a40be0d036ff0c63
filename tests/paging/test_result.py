"""The sparse rows of a result."""

import pytest
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.errors import NetworkError, OffsetRefused
from lead_tui.leads.page import UNSENDABLE, RowState
from lead_tui.leads.query import Query
from lead_tui.paging.result import Result
from tests.paging.fake_source import page


def _result(cache_bytes: int = 10_000_000) -> Result:
    return Result(Query(), cache_bytes)


def _ids(start: int, count: int) -> list[int]:
    return list(range(1000 + start, 1000 + start + count))


def test_rows_stand_at_their_absolute_index_and_the_rest_waits() -> None:
    result = _result()
    result.add_page(page(999_700, 200, _ids(999_700, 200), 1_000_000))
    assert result.length == 1_000_000
    lead = result.lead(999_899)
    assert lead is not None
    assert lead.lead_id == str(1000 + 999_899)
    assert result.state(999_899) is RowState.LOADED
    assert result.state(0) is RowState.WAITING
    assert result.lead(0) is None
    assert result.loaded == 200


def test_a_lead_that_the_server_cannot_send_is_a_failed_row_until_it_comes() -> None:
    result = _result()
    whole = page(0, 3, _ids(0, 3), 3)
    result.add_page(replace(whole, rows=[whole.rows[0], UNSENDABLE, whole.rows[2]], unsendable=(1,)))
    assert [result.state(index) for index in range(3)] == [RowState.LOADED, RowState.FAILED, RowState.LOADED]
    assert (result.note(1), result.lead(1), result.loaded) == ("The server cannot send this lead", None, 2)
    # A retry of what failed has nothing to do here: r runs the search again.
    assert (result.has_failures, result.is_settled(1)) == (False, True)
    result.add_page(whole)
    assert (result.state(1), result.note(1)) == (RowState.LOADED, "")


def test_nothing_is_known_before_the_first_answer() -> None:
    result = _result()
    assert (result.length, result.answered, result.has_end) == (0, False, False)


def test_without_a_total_the_result_grows_by_a_page_until_one_is_not_full() -> None:
    result = _result()
    result.add_page(page(0, 50, _ids(0, 50), None))
    assert not result.has_end
    assert result.length == 50 + limits.PAGE_ROWS
    result.add_page(page(50, 150, _ids(50, 30), None))
    assert result.has_end
    assert result.length == 80


def test_an_empty_page_after_the_last_row_is_the_end() -> None:
    result = _result()
    result.add_page(page(0, 50, _ids(0, 50), None))
    result.add_page(page(50, 150, [], None))
    assert (result.length, result.has_end) == (50, True)


def test_a_total_smaller_than_what_came_is_not_believed() -> None:
    result = _result()
    result.add_page(page(0, 50, _ids(0, 50), 10))
    assert result.total is None
    assert result.length > 50


def test_a_total_that_counts_the_leads_sent_so_far_is_not_the_end() -> None:
    result = _result()
    for offset in (0, 100):
        result.add_page(page(offset, 200, _ids(offset, 100), offset + 100))
        assert not result.has_end
    result.add_page(page(200, 200, _ids(200, 30), 230))
    assert (result.length, result.has_end) == (230, True)


def test_a_total_no_list_could_have_is_not_believed() -> None:
    result = _result()
    result.add_page(page(0, 50, _ids(0, 50), 10**17))
    assert result.total is None


def test_a_total_that_moves_is_noticed() -> None:
    result = _result()
    result.add_page(page(0, 50, _ids(0, 50), 1_000))
    assert result.moved_from is None
    result.add_page(page(50, 150, _ids(50, 150), 997))
    assert (result.moved_from, result.length) == (1_000, 997)


def test_pages_not_seen_for_longest_are_released_and_those_in_view_kept() -> None:
    result = _result(cache_bytes=3 * limits.PAGE_ROWS * len(b'{"lead_id":"1000000"}'))
    for square in range(10):
        start = square * limits.PAGE_ROWS
        result.add_page(page(start, limits.PAGE_ROWS, _ids(start, limits.PAGE_ROWS), 100_000))
        result.touch(range(start, start + 30))
    assert result.loaded <= 4 * limits.PAGE_ROWS
    assert result.state(9 * limits.PAGE_ROWS) is RowState.LOADED
    assert result.state(0) is RowState.WAITING


def test_a_view_larger_than_the_cache_stays_whole() -> None:
    result = _result(cache_bytes=1)
    result.add_page(page(0, 400, _ids(0, 400), 400))
    result.touch(range(150, 260))
    assert result.loaded == 400


def test_in_the_background_only_the_view_is_kept() -> None:
    result = _result()
    result.add_page(page(0, 1_000, _ids(0, 1_000), 1_000))
    result.shrink(range(210, 250))
    assert result.loaded == limits.PAGE_ROWS
    assert result.state(210) is RowState.LOADED


def test_nothing_repeats_where_nothing_is_kept() -> None:
    result = _result()
    result.add_page(page(0, 3, [1000, 1001, 1000], 1_000))
    assert (result.repeated, result.repeats(2)) == (1, True)
    result.shrink(None)
    assert (result.repeated, result.repeats(2)) == (0, False)


def test_failed_rows_say_why_until_the_failure_is_taken_back() -> None:
    result = _result()
    result.add_page(page(0, 50, _ids(0, 50), 1_000))
    result.fail(range(50, 200), NetworkError("The line is down"))
    assert result.state(60) is RowState.FAILED
    assert result.note(60) == "The line is down"
    assert result.state(10) is RowState.LOADED
    assert result.state(200) is RowState.WAITING
    result.forget_failures()
    assert result.state(60) is RowState.WAITING


def test_rows_that_came_after_all_have_not_failed() -> None:
    result = _result(cache_bytes=0)
    result.add_page(page(0, 50, _ids(0, 50), 1_000))
    result.fail(range(50, 200), NetworkError("The line is down"))
    result.add_page(page(0, 200, _ids(0, 200), 1_000))
    assert (result.note(60), result.has_failures) == ("", False)
    result.touch(range(600, 620))
    assert result.state(60) is RowState.WAITING


def test_rows_after_a_refused_offset_are_too_deep() -> None:
    result = _result()
    result.add_page(page(0, 50, _ids(0, 50), 1_000_000))
    result.fail(range(600_000, 600_200), OffsetRefused("too deep"))
    assert result.state(600_000) is RowState.TOO_DEEP
    assert result.state(999_999) is RowState.TOO_DEEP
    assert result.state(599_999) is RowState.WAITING


def test_a_lead_that_is_in_two_rows_is_noticed_in_the_later_one() -> None:
    result = _result()
    result.add_page(page(0, 200, _ids(0, 200), 1_000))
    result.add_page(page(200, 200, [1198, 1199, *_ids(200, 198)], 1_000))
    assert result.repeated == 2
    assert result.repeats(200)
    assert result.repeats(201)
    assert not result.repeats(198)
    assert not result.repeats(202)


def test_the_same_page_again_repeats_nothing() -> None:
    result = _result()
    result.add_page(page(0, 200, _ids(0, 200), 1_000))
    result.add_page(page(0, 200, _ids(0, 200), 1_000))
    assert result.repeated == 0


def test_a_lead_that_has_moved_is_not_a_repeat() -> None:
    result = _result()
    result.add_page(page(0, 200, _ids(0, 200), 1_000))
    result.add_page(page(0, 200, _ids(3, 200), 1_000))
    assert result.repeated == 0


def test_only_the_leads_that_came_last_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_IDS_REMEMBERED", 300)
    result = _result()
    for start in range(0, 1000, 200):
        result.add_page(page(start, 200, _ids(start, 200), 10_000))
    result.add_page(page(1000, 4, [1000, 1699, 1710, 1999], 10_000))
    assert [result.repeats(1000 + index) for index in range(4)] == [False, False, True, True]


def test_leads_without_an_id_never_repeat() -> None:
    result = _result()
    result.add_page(page(0, 3, [0, 0, 0], 3))
    assert result.repeated == 0


def test_a_total_learned_while_the_page_of_a_file_was_read_stays() -> None:
    result = _result()
    result.total = 500
    result.add_page(replace(page(0, 200, _ids(0, 200), None), is_fixed=True))
    assert (result.length, result.has_end) == (500, True)
