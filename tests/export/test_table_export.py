"""Exports as a table for people to read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui.export.writer import GAP, MAX_CELL_CHARACTERS, Writer, shared_width
from lead_tui.leads.lead import Row
from lead_tui.leads.text import cell_width, fit
from tests.export.exports import exported, rows


def table(leads: list[Row], *columns: str, **more: Any) -> tuple[list[str], Writer]:
    content, writer = exported("table", [leads], *columns, **more)
    return content.decode().splitlines(), writer


def test_a_header_and_a_line_for_each_lead_in_columns() -> None:
    leads = rows(
        {"lead_id": "7", "first_name": "Jane", "last_name": "Public", "phone_number": "3015550123", "gmt_offset_now": "-7"},
        {"lead_id": "1000008", "first_name": "Ola", "last_name": None, "phone_number": "", "gmt_offset_now": ""},
    )
    assert table(leads, "lead_id", "name", "phone_number", "local_time")[0] == [
        "Lead id  Name         Phone           Local time",
        "7        Jane Public  (301) 555-0123  11:02",
        "1000008  Ola                          unknown",
    ]


def test_values_are_written_as_people_read_them() -> None:
    lead = rows({"last_called": "0000-00-00 00:00:00", "called_count": "1200", "owner_id": "0", "plan_sold": "0"})
    lines, _ = table(lead, "last_called", "called_count", "owner_id", "plan_sold")
    assert lines[1].split() == ["never", "1,200", "–", "0"]


def test_custom_attributes_have_the_labels_of_the_configuration() -> None:
    lead = rows({"field_3": "x", "plan_sold": "Gold"})
    assert table(lead, "field_3", "plan_sold", labels={"field_3": "Solidity"})[0][0] == "Solidity  Plan sold"


def test_everything_unprintable_is_an_escape_and_every_lead_one_line() -> None:
    lead = rows({"city": "a\x1b[31mb\u202ec\r\nd\te\x00"}, {"city": "f\ng"})
    assert table(lead, "city")[0] == ["City", "a\\x1b[31mb\\u202ec d e\\x00", "f g"]


def test_joiners_of_names_and_emoji_are_left_out_as_on_the_screen() -> None:
    lead = rows({"city": "علی\u200cرضا 👩\u200d👧"})
    assert table(lead, "city")[0] == ["City", "علیرضا 👩👧"]


def test_a_key_that_holds_controls_is_not_a_control_in_the_header() -> None:
    lines, _ = table(rows({"a\x1b]0;x\x07": "1"}), "a\x1b]0;x\x07")
    assert lines[0].isprintable()


def test_wide_characters_keep_the_columns_in_line() -> None:
    lines, _ = table(rows({"city": "日本", "state": "x"}, {"city": "Zoe\u0308", "state": "y"}), "city", "state")
    assert lines == ["City  State", "日本  x", "Zoe\u0308   y"]
    assert [cell_width(line) for line in lines[1:]] == [7, 7]


def test_a_narrow_terminal_takes_from_the_widest_columns() -> None:
    lead = rows({"city": "Llanfairpwllgwyngyll", "state": "WA", "notes": "n" * 300})
    lines, writer = table(lead, "state", "city", "notes", width=40)
    assert lines == ["State  City              Notes", "WA     Llanfairpwllgwy…  nnnnnnnnnnnnnn…"]
    assert all(cell_width(line) <= 40 for line in lines)
    assert writer.notes == []


def test_columns_that_would_say_nothing_are_left_out_and_known() -> None:
    lead = rows({"city": "Los Angeles", "state": "CA", "country": "US", "notes": "hello"})
    lines, writer = table(lead, "city", "state", "country", "notes", width=16)
    assert lines == ["City  Sta…  Cou…", "Los…  CA    US"]
    assert writer.notes == ["Too narrow for Notes: choose columns with --columns"]


def test_elsewhere_than_on_a_terminal_nothing_is_cut_but_endless_values() -> None:
    lines, _ = table(rows({"notes": "x" * 150, "city": "y" * 1_000_000}), "notes", "city")
    assert lines[1] == "x" * 150 + "  " + "y" * (MAX_CELL_CHARACTERS - 1) + "…"


def test_a_look_up_tells_where_each_lead_was_found() -> None:
    lines, _ = table(rows({"lead_id": 3}, {"lead_id": "7"}), "lead_id", found_in={3: "Phone", 7: "Phone, Phone 3"})
    assert lines == ["Lead id  Found in", "3        Phone", "7        Phone, Phone 3"]


def test_the_first_page_settles_the_widths_for_those_that_follow() -> None:
    pages = [rows({"city": "Rome", "state": "NY"}), rows({"city": "Los Angeles", "state": "CA"})]
    lines = exported("table", pages, "city", "state")[0].decode().splitlines()
    assert lines == ["City  State", "Rome  NY", "Los…  CA"]


def test_no_match_gives_no_output() -> None:
    assert table([], "city")[0] == []


@settings(max_examples=40)
@given(st.lists(st.integers(1, 250), min_size=1, max_size=12), st.integers(1, 200))
def test_shared_widths_fit_and_use_the_room_there_is(natural: list[int], room: int) -> None:
    widths = shared_width(natural, room)
    taken = sum(widths) + len(GAP) * (len(widths) - 1)
    assert 1 <= len(widths) <= len(natural)
    assert all(1 <= width <= wanted for width, wanted in zip(widths, natural, strict=False))
    assert taken <= room
    if len(widths) == len(natural):
        assert taken == room or widths == natural


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=("C", "Z", "M"))), st.integers(1, 30))
def test_a_fitted_text_has_exactly_its_width(text: str, width: int) -> None:
    assert cell_width(fit(text, width)) == width


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("🎉", 2), ("", 0), ("ｆ", 2)])
def test_cells_are_those_that_a_terminal_uses(text: str, cells: int) -> None:
    assert cell_width(text) == cells


def test_nothing_is_kept_after_a_wide_character_that_has_no_room() -> None:
    assert fit("a小bc", 3) == "a… "
    assert fit("a小bc", 4) == "a小…"
