"""Cleaning and formatting text in detail: what is unchanged, and where exactly text is truncated."""

from __future__ import annotations

import pytest

from lead_tui.leads.errors import UsageError
from lead_tui.leads.lookup import look_up
from lead_tui.leads.phones import as_written
from lead_tui.leads.text import clean, one_line, unprintable_escaped, without_controls

PLAIN = "Jane Q. Public [x] 7"
BAD = "a\x1b[31mb\x07"
"""Plain ASCII, but unsafe for a terminal."""
MARK = "\u0301"


def test_plain_text_stays_as_it_is_everywhere() -> None:
    assert clean(PLAIN) == one_line(PLAIN) == unprintable_escaped(PLAIN) == without_controls(PLAIN) == PLAIN


def test_ascii_alone_is_not_a_reason_to_trust_a_text() -> None:
    assert clean(BAD) == one_line(BAD) == "a\ufffd[31mb\ufffd"
    assert unprintable_escaped(BAD) == "a\\x1b[31mb\\x07"
    assert without_controls(BAD) == "a[31mb"


def test_printable_characters_of_all_languages_are_not_escaped_and_line_breaks_neither() -> None:
    assert unprintable_escaped("José 山田\n😀\x9b\u202e") == "José 山田\n😀\\x9b\\u202e"


@pytest.mark.parametrize("base", ["", "e", "\n", "\t", "\x1b", "\u202e"])
def test_each_character_may_have_three_marks(base: str) -> None:
    shown = "\ufffd" if base in ("\x1b", "\u202e") else base
    assert clean(f"xx{MARK * 2}{base}{MARK * 9}") == f"xx{MARK * 2}{shown}{MARK * 3}" if base else f"xx{MARK * 3}"


def test_marks_with_nothing_below_them_are_capped_too() -> None:
    assert clean(MARK * 9) == MARK * 3


def test_a_line_is_cut_only_where_it_is_longer_than_requested() -> None:
    assert one_line("abcde", 5) == "abcde"
    assert one_line("abcdef", 5) == "abcd…"
    assert one_line("a\tb\nc", 5) == "a b c"


def test_a_number_of_another_country_is_written_with_its_code() -> None:
    assert as_written("15112345678", "49") == "+49 15112345678"
    assert as_written("2025550123", "49") == "+49 2025550123"
    assert as_written("1512", "1") == "1512"
    assert as_written("12025550123") == "(202) 555-0123"
    assert as_written("12025550123", "49") == "+49 12025550123"


@pytest.mark.parametrize("text", ["1", "12"])
def test_two_digits_are_neither_a_lead_nor_a_phone(text: str) -> None:
    with pytest.raises(UsageError, match=r"type #\d+ for lead id "):
        look_up(text)


def test_a_plus_makes_seven_digits_a_number_of_another_country() -> None:
    assert look_up("+372 7123456").parts[0][1].phone_codes == {"372"}
