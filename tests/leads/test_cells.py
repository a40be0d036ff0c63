"""Wrapping, truncating and padding text by terminal cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lead_tui.leads.text import clean, fit, one_line, truncate, wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("short", 5, ["short"]),
        ("two words", 5, ["two", "words"]),
        ("two words here", 9, ["two words", "here"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("one\n\ntwo", 9, ["one", "", "two"]),
        ("trailing ", 8, ["trailing"]),
        ("  indented text", 9, ["  indente", "d text"]),
        ("a\tb", 9, ["a    b"]),
        ("日本語のテキスト", 7, ["日本語", "のテキ", "スト"]),
        ("日本 語", 5, ["日本", "語"]),
        ("日本", 1, ["日", "本"]),
        ("e\u0301" * 3, 2, ["e\u0301" * 2, "e\u0301"]),
        ("text", 0, ["t", "e", "x", "t"]),
    ],
)
def test_lines_end_between_words_where_they_can(text: str, width: int, lines: list[str]) -> None:
    assert list(wrap(text, width)) == lines


@given(st.text(max_size=90), st.integers(2, 40))
def test_no_line_is_too_wide_and_nothing_but_space_is_lost(text: str, width: int) -> None:
    text = clean(text)
    lines = list(wrap(text, width))
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(alphabet="ab \u65e5\u0301\U0001f389", max_size=40), st.integers(1, 20))
def test_a_fitted_line_fits(text: str, width: int) -> None:
    line = truncate(text, width)
    assert cell_len(line) <= width
    assert line == text or line.endswith("…")


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Mn", "Me", "Mc"))), st.integers(1, 30))
def test_a_cell_has_exactly_its_width_in_cells(text: str, width: int) -> None:
    assert cell_len(fit(one_line(text), width)) == width
