"""Phone numbers: how they are looked up and formatted."""

from __future__ import annotations

import pytest

from lead_tui.leads.phones import Phone, as_written, parse_phone


@pytest.mark.parametrize(
    "text",
    [
        "3010010000",
        "(301) 001-0000",
        "301.001.0000",
        "+1 301 001 0000",
        "1-301-001-0000",
        "301\u2011001\u20110000",
        "001 301 001 0000",
    ],
)
def test_ten_digits_in_any_punctuation_are_one_number(text: str) -> None:
    assert parse_phone(text) == Phone("3010010000")


def test_a_number_of_another_country_is_its_national_digits_and_the_code() -> None:
    assert parse_phone("+91 98455 50112") == Phone("9845550112", "91")
    assert parse_phone("0044 20 7946 0018") == Phone("2079460018", "44")


@pytest.mark.parametrize("text", ["", "301", "30100100000", "23010010000", "301-001-000x", "+999 123", "+1 301 555"])
def test_text_that_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"phone number|country code"):
        parse_phone(text)


def test_digits_are_written_as_people_write_them() -> None:
    assert as_written("8182621448") == "(818) 262-1448"
    assert as_written("18182621448") == "(818) 262-1448"
    assert as_written("9845550112", "91") == "+91 9845550112"
    assert as_written("12345") == "12345"
    assert as_written("call me") == "call me"
