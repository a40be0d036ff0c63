"""The request plan row by row: what is missing."""

from __future__ import annotations

import pytest

from lead_tui.leads.page import Position
from lead_tui.leads.query import Query
from lead_tui.paging.loader import Loader, missing
from lead_tui.paging.result import Result
from tests.paging.fake_source import FakeSource, page


@pytest.mark.parametrize(
    ("top", "travel", "length", "needed"),
    [
        (70, -1, 1_000, range(0, 200)),
        (300, -1, 1_000, range(200, 400)),
        (99, 1, 1_000, range(0, 200)),
        (100, 1, 1_000, range(0, 400)),
        (999, 0, 1_000, range(800, 1_000)),
        (650, 0, 690, range(600, 690)),
    ],
)
def test_whole_blocks_lie_within_what_there_is(top: int, travel: int, length: int, needed: range) -> None:
    result = Result(Query())
    result.add_page(page(0, 1, [1], length))
    loader = Loader(FakeSource(0), result, lambda span: None, position=Position(top, top, 1))
    loader._travel = travel
    assert loader.needed() == needed


def test_what_is_missing_ends_where_something_is_and_at_the_end() -> None:
    there = {0, 1, 5, 9}
    assert missing(range(0, 10), there.__contains__, 100) == [range(2, 5), range(6, 9)]
    assert missing(range(2, 5), there.__contains__, 100) == [range(2, 5)]
    assert missing(range(10, 17), there.__contains__, 3) == [range(10, 13), range(13, 16), range(16, 17)]
    assert missing(range(10, 16), there.__contains__, 3) == [range(10, 13), range(13, 16)]
    assert missing(range(0, 2), there.__contains__, 3) == []
