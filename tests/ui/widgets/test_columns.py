"""Distributing the table's width among its columns."""

from __future__ import annotations

import pytest

from lead_tui.leads.fields import DEFAULT_COLUMNS
from lead_tui.ui.widgets.columns import GAP, place


@pytest.mark.parametrize("width", [1, 5, 20, 40, 48, 75, 117, 300])
@pytest.mark.parametrize("skip", [0, 1, 5])
def test_columns_never_take_more_than_there_is(width: int, skip: int) -> None:
    placed = place(DEFAULT_COLUMNS, width, skip)
    assert placed[0].key == "name"
    assert sum(column.width for column in placed) + GAP * (len(placed) - 1) <= width
    assert all(column.width >= 1 for column in placed)


def test_a_narrow_table_shows_the_name_the_number_and_the_status() -> None:
    assert [column.key for column in place(DEFAULT_COLUMNS, 45)] == ["name", "phone_number", "status_name"]


def test_columns_after_the_first_move_out_of_the_way() -> None:
    assert [column.key for column in place(DEFAULT_COLUMNS, 45, 2)][:2] == ["name", "city"]


def test_an_undocumented_key_is_its_own_title_made_safe() -> None:
    placed = place(("[bold]x\x1b",), 40)
    assert placed[0].title == "[bold]x\N{REPLACEMENT CHARACTER}"


def test_a_column_that_does_not_fit_is_cut_and_those_before_it_keep_their_widths() -> None:
    whole = place(DEFAULT_COLUMNS[:5], 73)
    cut = place(DEFAULT_COLUMNS[:5], 72)
    assert [column.key for column in cut] == list(DEFAULT_COLUMNS[:5])
    assert [column.width for column in whole[:4]] == [column.width for column in cut[:4]]
    assert cut[4].width == whole[4].width - 1
