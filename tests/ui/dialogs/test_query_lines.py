"""The lines of the list of saved queries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lead_tui.leads.text import one_line
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.ui.dialogs.saved_queries import NAME_AT, QueryLines, summary_of
from tests.ui.dialogs.dialog_host import saved

QUERIES = (
    saved("New in California", {"status": "NEW", "state": "CA", "created_at_start_date": "-7d"}, key="1", start=True),
    saved("Everything"),
    saved("日本語の名前" * 10, {"city": "日本語" * 20}),
    saved("x" * 100, {"status": "DNC"}, read_only=True),
)


def text_of(query: SavedQuery, width: int, among: tuple[SavedQuery, ...] = QUERIES) -> str:
    return "".join(text for _, text in QueryLines(among).line(query, width).runs)


@pytest.mark.parametrize("width", [1, 5, 10, 20, 40, 56, 76, 96, 200])
def test_no_line_is_longer_than_the_list_is_wide_where_that_can_be(width: int) -> None:
    least = NAME_AT + 1 + 2 + len("read-only")
    assert all(cell_len(text_of(each, width)) <= max(width, least) for each in QUERIES)


@pytest.mark.parametrize("width", [76, 96])
def test_a_line_has_digit_name_summary_and_marks(width: int) -> None:
    line = text_of(QUERIES[0], width)
    assert line.startswith("1  New in California")
    assert "status NEW" in line
    assert line.endswith(" start")


def test_names_begin_in_one_column_with_a_digit_or_without() -> None:
    assert text_of(QUERIES[0], 76)[NAME_AT:].startswith("New in")
    assert text_of(QUERIES[1], 76)[NAME_AT:].startswith("Everything")


def test_marks_are_words() -> None:
    assert QUERIES[0].marks == "start"
    assert QUERIES[3].marks == "read-only"
    assert saved("x", start=True, read_only=True).marks == "start read-only"


def test_a_query_without_filters_is_all_leads() -> None:
    assert summary_of(QUERIES[1]) == "all leads"


@given(st.text(min_size=1, max_size=40), st.integers(20, 120))
def test_whatever_a_name_holds_the_line_is_clean_and_fits(name: str, width: int) -> None:
    query = saved(name, {"last_name": "[/nope]"})
    line = "".join(text for _, text in QueryLines([query]).line(query, width).runs)
    assert one_line(line) == line
    assert cell_len(line) <= width
