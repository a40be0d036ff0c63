"""Which suggestions are shown for what is typed, and the completion after the cursor."""

from __future__ import annotations

import pytest

from lead_tui.ui.widgets.filter_fields import Suggestion, matching, rest

CITIES = tuple(map(Suggestion, ("San José", "Sankt Gallen", "Coeur d’Alene", "Gießen", "Łódź")))

LISTS = (
    Suggestion("2705", "API Lead Insert"),
    Suggestion("2706", "Web forms"),
    Suggestion("31", "Insert by hand"),
    Suggestion("4270", "Old"),
)


def test_accents_and_apostrophes_do_not_matter() -> None:
    assert [each.value for each in matching(CITIES, "san jose", 5)] == ["San José"]
    assert [each.value for each in matching(CITIES, "coeur d'a", 5)] == ["Coeur d’Alene"]
    assert [each.value for each in matching(CITIES, "GIESSEN", 5)] == ["Gießen"]
    assert [each.value for each in matching(CITIES, "lodz", 5)] == ["Łódź"]
    assert [each.value for each in matching((Suggestion("7", "Núñez"),), "nunez", 5)] == ["7"]


def test_the_completion_is_the_rest_of_the_value_or_all_of_it() -> None:
    assert rest(CITIES[0], "san jo") == "sé"
    assert rest(CITIES[0], "san jose") == ""
    assert rest(CITIES[3], "giesse") == " Gießen"


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("27", ["2705", "2706", "4270"]),
        ("web", ["2706"]),
        ("insert", ["31", "2705"]),
        ("nsert", ["2705", "31"]),
        ("nothing", []),
        ("", ["2705", "2706", "31"]),
    ],
)
def test_values_come_before_labels_and_beginnings_before_the_rest(typed: str, values: list[str]) -> None:
    assert [each.value for each in matching(LISTS, typed, 3)] == values


def test_among_equals_the_order_given_stays() -> None:
    assert [each.value for each in matching([Suggestion("NEWB"), Suggestion("NEW")], "n", 3)] == ["NEWB", "NEW"]


def test_a_value_that_could_not_be_typed_is_left_out() -> None:
    hostile = [
        Suggestion("NEW\x1b[31m", "New"),
        Suggestion("", "nothing"),
        Suggestion("N\u202e", "turned"),
        Suggestion("NEW", "New"),
    ]
    assert matching(hostile, "n", 3) == (Suggestion("NEW", "New"),)


def test_a_label_is_shown_clean_and_in_one_line() -> None:
    assert Suggestion("NEW", "[b]New[/b]\n\x1b[31mLead").shown == "NEW · [b]New[/b] \N{REPLACEMENT CHARACTER}[31mLead"


def test_after_the_cursor_is_the_rest_of_the_value_or_all_of_it() -> None:
    assert rest(Suggestion("NEW", "New Lead"), "ne") == "W · New Lead"
    assert rest(Suggestion("NEW"), "N") == "EW"
    assert rest(LISTS[0], "api") == " 2705 · API Lead Insert"
