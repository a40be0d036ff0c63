"""Which texts match the typed text, and which come first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_tui.leads.text import ELSEWHERE, INSIDE, START, WHOLE, match, ranked


def found(typed: str, *names: str) -> list[str]:
    return ranked(typed, names, lambda name: ((name,), ""), letters=True)


def test_a_name_is_found_by_letters_in_their_order() -> None:
    assert found("nca", "New in California", "Texas") == ["New in California"]


def test_letters_in_another_order_do_not_match() -> None:
    assert found("acn", "New in Cali") == []


def test_the_start_of_a_name_goes_before_a_word_s_then_the_inside_then_scattered_letters() -> None:
    names = ("c-a-l", "Scald", "New in California", "Call backs")
    assert found("cal", *names) == ["Call backs", "New in California", "Scald", "c-a-l"]


def test_equals_stay_in_their_order() -> None:
    assert found("call", "Call 2", "Call 1", "Call 3") == ["Call 2", "Call 1", "Call 3"]


def test_each_word_is_searched_for_itself() -> None:
    assert found("cal new", "New in California", "Newport", "California") == ["New in California"]


def test_what_was_typed_as_a_whole_goes_before_its_words_one_by_one() -> None:
    assert found("new y", "New Haven Yard", "New York") == ["New York", "New Haven Yard"]


def test_names_go_before_another_text() -> None:
    names, sentence = ["Export", "csv", "download"], "Export leads to a file"
    places = [each[0] for typed in ("csv", "dow", "xpo", "leads") if (each := match(typed, names, sentence))]
    assert places == [WHOLE, START, INSIDE, ELSEWHERE]
    assert match("csv zebra", names, sentence) is None
    assert match("CSV Leads", names, sentence) == match("leads", names, sentence)


def test_case_does_not_matter() -> None:
    assert found("CALI", "new in california") == ["new in california"]


def test_accents_and_apostrophes_do_not_matter() -> None:
    assert found("nunez", "Núñez leads", "Texas") == ["Núñez leads"]
    assert found("o'n", "O’Neil") == ["O’Neil"]


def test_what_is_elsewhere_is_found_last_and_only_whole() -> None:
    items = [("Everything", "status NEW"), ("News", "all leads"), ("n e w", "")]
    found = ranked("new", items, lambda item: ((item[0],), item[1]), letters=True)
    assert [name for name, _ in found] == ["News", "n e w", "Everything"]
    assert match("nw", ["Everything"], "status NEW", letters=True) is None


@given(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=30), st.data())
def test_any_letters_of_a_name_in_their_order_find_it(name: str, data: st.DataObject) -> None:
    picked = sorted(data.draw(st.sets(st.integers(0, len(name) - 1), min_size=1)))
    assert match("".join(name[at] for at in picked), [name], letters=True) is not None


@pytest.mark.parametrize("typed", ["aaaaaaaaaaaaaaaab", "abababababababab"])
def test_a_name_of_one_letter_over_and_over_is_looked_through_once(typed: str) -> None:
    assert match(typed, ["aX" * 5_000], letters=True) is None
