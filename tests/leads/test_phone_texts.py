"""A phone number gives the same digits wherever it is typed, whatever stands around it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.fields import PHONE_FIELDS
from lead_tui.leads.lookup import in_one_line, look_up
from lead_tui.leads.phones import find_phones, parse_phone
from lead_tui.leads.query import Query
from tests.leads.look_up_texts import EMAILS, NOT_ONE_NUMBER, PHONES, TOO_SHORT, PhoneText

each_phone = pytest.mark.parametrize("phone", PHONES, ids=[ascii(each.text) for each in PHONES])


@each_phone
def test_a_look_up_and_a_filter_read_the_same_number(phone: PhoneText) -> None:
    asked = look_up(phone.text)
    expected = [((field, phone.canonical),) for field in PHONE_FIELDS]
    assert [query.filters for _, query in asked.parts] == expected
    assert [query.filters for _, query in look_up(in_one_line(phone.text)).parts] == expected
    query = Query.of({"phone_number": phone.text})
    assert query.filters == expected[0]
    assert query.parameters() == {"phone_number": phone.sent}


@each_phone
def test_ignored_text_is_reported(phone: PhoneText) -> None:
    assert look_up(phone.text).ignored == phone.ignored
    assert (f"“{phone.ignored}”" in look_up(phone.text).ignored_text()) == bool(phone.ignored)


@pytest.mark.parametrize(("text", "ignored"), EMAILS)
def test_a_text_with_an_address_is_an_email(text: str, ignored: str) -> None:
    asked = look_up(text)
    assert [query.filters for _, query in asked.parts] == [(("email", "jane@example.com"),)]
    assert asked.ignored == ignored
    assert Query.of({"email": text}).filters == (("email", "jane@example.com"),)


@pytest.mark.parametrize("piece", ["a", "a@", "1 ", "+", "1,000", "1/1/2000"])
def test_a_huge_text_is_read_in_no_time(piece: str) -> None:
    for name in ("email", "phone_number", "lead_id"):
        with suppress(FilterError):
            Query.of({name: piece * 20_000 + "@"})


@pytest.mark.parametrize("text", TOO_SHORT)
def test_digits_with_punctuation_are_too_short_for_a_phone_and_no_lead_id(text: str) -> None:
    with pytest.raises(UsageError, match="too short for a phone"):
        look_up(text)


@pytest.mark.parametrize("text", ["020 (7946) 0018", "020 7946 0018"])
def test_digits_that_are_too_many_for_a_phone_say_how_others_are_written(text: str) -> None:
    with pytest.raises(UsageError, match="this has 11; other countries' numbers start with"):
        look_up(text)


@pytest.mark.parametrize("text", NOT_ONE_NUMBER)
def test_a_number_that_may_be_another_persons_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        look_up(text)
    with pytest.raises(FilterError):
        Query.of({"phone_number": text})


@pytest.mark.parametrize("mark", [" ", "/", " / ", "|", "·", "_", "-", " - ", ", ", "\t", "\n"])
@pytest.mark.parametrize(
    "form",
    ["3015550{}", "301-555-0{}", "301.555.0{}", "301 555 0{}", "(301) 555-0{}", "(301)5550{}", "1 301 555 0{}", "+1 301 555 0{}"],
)
def test_several_numbers_are_all_looked_up_whatever_is_between_them(form: str, mark: str) -> None:
    asked = look_up(form.format(123) + mark + form.format(124))
    assert [value for _, query in asked.parts for _, value in query] == ["3015550123"] * 3 + ["3015550124"] * 3


@pytest.mark.parametrize(
    "text", ["301-555-0123, 301-555-0124", "301-555-0123 301-555-0124", "3015550123\n3015550124", "+1 301 555 0123 301 555 0124"]
)
def test_several_numbers_are_all_looked_up(text: str) -> None:
    for each in (text, in_one_line(text)):
        asked = look_up(each)
        numbers = [value for _, query in asked.parts for _, value in query]
        assert numbers == ["3015550123"] * 3 + ["3015550124"] * 3


@pytest.mark.parametrize("text", ["94110|011 44 20 7946 0018", "12345 67890 301 555 0123", "30155 50123 301 555 0124 5"])
def test_digits_in_other_groups_are_not_divided_into_numbers(text: str) -> None:
    with pytest.raises(UsageError):
        look_up(text)


def test_numbers_of_several_countries_each_keep_their_code() -> None:
    asked = look_up("+44 20 7946 0018 / +49 1511 2345678")
    assert {query.phone_codes for _, query in asked.parts} == {frozenset({"44"}), frozenset({"49"})}


def test_a_number_and_an_address_are_both_looked_up() -> None:
    asked = look_up("Jane Public\n(301) 555-0123\njane@example.com")
    assert [field for field, _ in asked.parts] == [*PHONE_FIELDS, "email"]
    assert "Jane Public" in asked.ignored


def test_a_pasted_column_of_numbers_is_refused_before_it_is_hundreds_of_requests() -> None:
    with pytest.raises(UsageError, match="look up at most 10"):
        look_up("\n".join(f"30155501{number:02}" for number in range(11)))


@pytest.mark.parametrize(
    ("typed", "tried"),
    [
        ("Jane O\u2019Brien", ["O\u2019Brien", "O'Brien"]),
        ("Jane O'Brien", ["O'Brien", "O\u2019Brien"]),
        ("Jane O&#039;Brien", ["O'Brien", "O\u2019Brien"]),
        ("Jane Public", ["Public"]),
    ],
)
def test_a_name_is_tried_with_each_apostrophe_that_may_be_stored(typed: str, tried: list[str]) -> None:
    asked = look_up(typed)
    assert [query.value("last_name") for _, query in (*asked.parts, *asked.otherwise)] == tried


def test_a_name_of_one_word_is_tried_in_both_fields_and_each_spelling() -> None:
    asked = look_up("O\u2019Neil")
    tried = [each.filters[0] for _, query in (*asked.parts, *asked.otherwise) for each in query.in_each_field]
    assert tried == [
        ("last_name", "O\u2019Neil"),
        ("first_name", "O\u2019Neil"),
        ("last_name", "O'Neil"),
        ("first_name", "O'Neil"),
    ]


def test_a_name_is_sent_composed_and_without_invisible_marks() -> None:
    assert look_up("\u202aJose\u0301 Nu\u0301n\u0303ez\u202c").parts[0][1].parameters() == {
        "first_name": "Jos\u00e9",
        "last_name": "N\u00fa\u00f1ez",
    }


phone_like = st.text(st.sampled_from("0123456789+()-. \t\n,;x#=/|_\u202a"), max_size=40)


@given(st.one_of(phone_like, st.text(max_size=40)))
def test_whatever_is_read_as_a_number_reads_the_same_again(text: str) -> None:
    for phone in find_phones(text).phones:
        assert parse_phone(phone.canonical) == phone


@given(st.one_of(phone_like, st.text(max_size=60)))
def test_a_look_up_understands_a_text_or_says_why_not(text: str) -> None:
    try:
        asked = look_up(text)
    except UsageError:
        return
    for _, query in (*asked.parts, *asked.otherwise):
        assert query
        assert Query.of(dict(query)).filters == query.filters


@given(st.text(st.characters(categories=["L", "P", "Z", "Cf"]), max_size=15), st.text(st.sampled_from(" ,;:\t\n"), min_size=1))
def test_ten_digits_are_found_among_any_words(words: str, gap: str) -> None:
    if "@" in words or "#" in words or words.strip().startswith("="):
        return
    asked = look_up(f"{words}{gap}3015550123")
    assert ("phone_number", "3015550123") in {pair for _, query in asked.parts for pair in query}
