"""Which spans of rows are requested."""

from lead_tui.leads.page import Span
from lead_tui.paging.request_plan import missing, nearest_first, on_grid


def test_a_span_is_widened_to_whole_blocks_within_the_result() -> None:
    assert on_grid(Span(150, 210), 200, 1_000) == Span(0, 400)
    assert on_grid(Span(950, 990), 200, 993) == Span(800, 993)
    assert on_grid(Span(-30, 10), 200, 1_000) == Span(0, 200)


def test_missing_rows_are_joined_to_spans_of_at_most_the_given_size() -> None:
    there = {3, 4}
    assert missing(Span(0, 10), there.__contains__, 4) == [Span(0, 3), Span(5, 9), Span(9, 10)]
    assert missing(Span(3, 5), there.__contains__, 4) == []
    assert missing(Span(0, 8), lambda index: False, 4) == [Span(0, 4), Span(4, 8)]


def test_spans_in_view_come_before_those_ahead_and_behind() -> None:
    view = Span(400, 440)
    assert nearest_first([Span(0, 200), Span(600, 800), Span(400, 600)], view) == [Span(400, 600), Span(600, 800), Span(0, 200)]
