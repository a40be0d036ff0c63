"""Cleaning text: nothing that a terminal would obey or hide remains."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from lead_tui.leads.text import MAX_MARKS_IN_A_ROW, clean, one_line, unprintable_escaped, without_controls

_ANYTHING = st.text(st.characters(codec=None), max_size=80)


@given(_ANYTHING)
def test_clean_text_holds_no_control_but_line_breaks_and_tabs(text: str) -> None:
    cleaned = clean(text)
    assert all(
        character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for character in cleaned
    )
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")


@given(_ANYTHING, st.integers(2, 20))
def test_one_line_is_one_and_no_longer_than_requested(text: str, most: int) -> None:
    line = one_line(text, most)
    assert "\n" not in line
    assert "\t" not in line
    assert len(line) <= most


def test_escape_sequences_become_text() -> None:
    assert one_line("a\x1b[31mb\x9bc\x00d") == "a\N{REPLACEMENT CHARACTER}[31mb\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}d"


def test_bidi_overrides_and_zero_width_characters_are_replaced() -> None:
    assert clean("a\u202eb\u200bc\u2028d") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}d"


def test_stacked_marks_are_capped_and_variation_selectors_dropped() -> None:
    assert clean("e" + "\u0301" * 50) == "e" + "\u0301" * MAX_MARKS_IN_A_ROW
    assert clean("\u2764\ufe0f") == "\u2764"


def test_accents_wide_characters_and_emoji_stay() -> None:
    assert clean("José 山田 😀") == "José 山田 😀"


def test_line_breaks_of_every_system_are_one() -> None:
    assert clean("a\r\nb\rc\nd") == "a\nb\nc\nd"


@given(_ANYTHING)
def test_escaped_text_shows_everything_and_holds_nothing_unprintable(text: str) -> None:
    escaped = unprintable_escaped(text)
    assert all(
        character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for character in escaped
    )


def test_what_is_copied_is_the_value_without_control_characters() -> None:
    assert without_controls("a\x1b[31mb\tc\r\nd\u200b") == "a[31mb\tc\nd\u200b"
