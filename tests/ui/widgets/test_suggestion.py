"""Which suggestions a typed text can become, and what stands behind it."""

from __future__ import annotations

from lead_tui.ui.widgets.suggestion import Suggestion, matching, rest

CITIES = tuple(map(Suggestion, ("San José", "Sankt Gallen", "Coeur d’Alene", "Gießen", "Łódź")))


def test_accents_and_apostrophes_do_not_matter() -> None:
    assert [each.value for each in matching(CITIES, "san jose", 5)] == ["San José"]
    assert [each.value for each in matching(CITIES, "coeur d'a", 5)] == ["Coeur d’Alene"]
    assert [each.value for each in matching(CITIES, "GIESSEN", 5)] == ["Gießen"]
    assert [each.value for each in matching(CITIES, "lodz", 5)] == ["Łódź"]
    assert [each.value for each in matching((Suggestion("7", "Núñez"),), "nunez", 5)] == ["7"]


def test_what_stands_behind_is_the_rest_of_the_value_or_the_whole_of_it() -> None:
    assert rest(CITIES[0], "san jo") == "sé"
    assert rest(CITIES[0], "san jose") == ""
    assert rest(CITIES[3], "giesse") == " Gießen"
