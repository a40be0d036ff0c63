"""How the look-up box interprets a text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import PHONE_FIELDS
from lead_tui.leads.lookup import look_up, no_lead_for, whole_phone
from lead_tui.leads.text import one_line


def _asked(text: str) -> list[dict[str, str]]:
    return [dict(query.filters) for _, query in look_up(text).parts]


@pytest.mark.parametrize("text", ["3010010000", "(301) 001-0000", "+1 301-001-0000", "1 301 001 0000"])
def test_a_phone_is_searched_in_three_fields(text: str) -> None:
    number = "3010010000"
    assert _asked(text) == [{"phone_number": number}, {"alt_phone_1": number}, {"alt_phone_2": number}]


def test_a_number_of_another_country_carries_its_code() -> None:
    asked = look_up("+49 151 12345678")
    assert asked.parts[0][1].phone_codes == {"49"}
    assert asked.parts[0][1].parameters() == {"phone_number": "15112345678"}


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("jane@example.com", {"email": "jane@example.com"}),
        ("#7", {"lead_id": "7"}),
        ("# 1000234", {"lead_id": "1000234"}),
        ("123", {"lead_id": "123"}),
        ("Lead 1000234", {"lead_id": "1000234"}),
        ("lead_id=1000234", {"lead_id": "1000234"}),
        ("1003, 1004", {"lead_id": "1003,1004"}),
        ("#12 #13", {"lead_id": "12,13"}),
        ("ticket about #1003", {"lead_id": "1003"}),
        ("1003.0", {"lead_id": "1003"}),
        ("Sean O&#039;Brien", {"first_name": "Sean", "last_name": "O'Brien"}),
        ("*Jane Public*", {"first_name": "Jane", "last_name": "Public"}),
        ("Lead IDs: 1003, 1004", {"lead_id": "1003,1004"}),
        ("'Jane Public'", {"first_name": "Jane", "last_name": "Public"}),
        ("Acme Corp.", {"first_name": "Acme", "last_name": "Corp."}),
        ("(Jane Public)", {"first_name": "Jane", "last_name": "Public"}),
        ("John 3rd", {"first_name": "John", "last_name": "3rd"}),
        ("Jane Public", {"first_name": "Jane", "last_name": "Public"}),
        ("Public, Jane", {"last_name": "Public", "first_name": "Jane"}),
        ("Public,", {"last_name": "Public"}),
        ("Maria de la Cruz", {"first_name": "Maria", "last_name": "de la Cruz"}),
        ("Søren  Åström ", {"first_name": "Søren", "last_name": "Åström"}),
    ],
)
def test_anything_else_is_an_email_an_id_or_a_name(text: str, asked: dict[str, str]) -> None:
    assert _asked(text) == [asked]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jane Public", ["Jane|Public"]),
        ("Mary Ann Smith", ["Mary|Ann Smith", "Mary Ann|Smith"]),
        ("Ms. Anita Haddad", ["Anita|Haddad"]),
        ("Mr. Public", ["|Public"]),
        ("Dr Jane Public, Jr.", ["Jane|Public Jr.", "Jane|Public"]),
        ("Maria de la Cruz", ["Maria|de la Cruz", "Maria de la|Cruz"]),
        ("Jane Public,", ["Jane|Public"]),
        ("Smith, Mary Ann", ["Mary Ann|Smith"]),
        ("Jane Public Jr.", ["Jane|Public Jr.", "Jane|Public"]),
        ("Mary Ann Smith Jr.", ["Mary|Ann Smith Jr.", "Mary|Ann Smith", "Mary Ann|Smith Jr.", "Mary Ann|Smith"]),
        ("Public Sr., Jane", ["Jane|Public Sr.", "Jane|Public"]),
        ("J Public", ["J|Public"]),
        ("Ann O'Neil Day", ["Ann|O'Neil Day", "Ann O'Neil|Day", "Ann|O\u2019Neil Day", "Ann O\u2019Neil|Day"]),
    ],
)
def test_a_name_of_several_words_is_divided_in_each_likely_way_until_one_finds_a_lead(text: str, names: list[str]) -> None:
    asked = look_up(text)
    assert len(asked.parts) == 1
    queries = [query for _, query in (*asked.parts, *asked.otherwise)]
    assert [f"{query.value('first_name')}|{query.value('last_name')}" for query in queries] == names
    assert no_lead_for(asked)[0].startswith(f"No lead with {'name' if names[0][0] != '|' else 'last or first name'} ")


@pytest.mark.parametrize("text", ["555-0123", "1003 1004", "0", "leads: 1003 1004"])
def test_a_lead_id_is_suggested_only_if_it_is_one(text: str) -> None:
    with pytest.raises(UsageError, match=r"too short for a phone number, which has 10 digits$"):
        look_up(text)


@pytest.mark.parametrize("text", ["Customer ID: 12345", "Policy number: 12345", "https://example.com/leads/view?id=12345"])
def test_the_id_of_something_else_is_no_lead_and_no_name(text: str) -> None:
    with pytest.raises(UsageError, match="type #12345 for lead id 12345"):
        look_up(text)


def test_an_empty_result_can_be_reported_without_what_was_looked_up() -> None:
    assert no_lead_for(look_up("3015550123"), with_values=False) == ("No lead with this phone (Phone, Phone 2, Phone 3)",)
    assert no_lead_for(look_up("#1003 #1004"), with_values=False) == ("No lead with any of these values",)
    assert no_lead_for(look_up("Public, Jane"), with_values=False) == ("No lead with this name",)


def test_one_word_is_a_last_name_and_a_first_name() -> None:
    asked = look_up("Public")
    assert [dict(query) for query in asked.parts[0][1].in_each_field] == [{"last_name": "Public"}, {"first_name": "Public"}]
    assert (len(asked.parts), asked.otherwise, asked.requests) == (1, (), 2)


@pytest.mark.parametrize(
    "text",
    ["", "   ", ",", "Dr. ,", "12", "30100100000000", "+999 1", "=12a", "1,234,567", "100 023 4", "Phone: 5550123", "x" * 5_000],
)
def test_invalid_input_is_reported(text: str) -> None:
    with pytest.raises(UsageError):
        look_up(text)


@pytest.mark.parametrize("text", ["3015550123", "(301) 555-0123", "+1 301 555 0123", " 301.555.0123 "])
def test_a_complete_phone_is_looked_up_before_enter(text: str) -> None:
    found = whole_phone(text)
    assert found is not None
    assert [(field, query.parameters()[field]) for field, query in found.parts] == [(field, "3015550123") for field in PHONE_FIELDS]


@pytest.mark.parametrize(
    "text",
    [
        "", "301555012", "1301555012", "13015550123", "0115550123", "0015550123", "30155501234", "3015550123 3015550124",
        "#3015550123", "id 3015550123", "=3015550123", "+44 20 7946 0018", "+4420794600", "2026-11-28 12", "ada 3015550123",
        "3015550123 ext 4", "ada@example.com", "Rivera",
    ],
)  # fmt: skip
def test_text_that_may_continue_or_is_not_a_phone_waits_for_enter(text: str) -> None:
    assert whole_phone(text) is None


_PIECES = st.sampled_from(
    [*"=,;|&{", " - ", "\n", "Jane", "Public", "O'Neil", "Md", "MD", "Jr.", "III", "van", "Dr.", "1.", "lead", "ID", "#1003",
     "1003", "3015550123", "*67", "1/2/60", "Name:", "First name:", "DOB:", '"JJ"', "(Jay)", "&#039;", "+44", "a@example.com"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=6), st.sampled_from(["", " "]))
def test_no_look_up_of_several_pieces_is_for_the_whole_account(pieces: list[str], gap: str) -> None:
    try:
        asked = look_up(gap.join(pieces))
    except UsageError:
        return
    assert all(query for _, query in (*asked.parts, *asked.otherwise))


@given(
    text=st.one_of(
        st.text(max_size=30),
        st.text(max_size=30).map(lambda text: f"{text}; {text}"),
        st.text(max_size=20).map("a{}@b".format),
    )
)
@example("Ann\U0010ce70 Lee; and others")
def test_what_is_said_of_any_text_can_be_shown(text: str) -> None:
    try:
        asked = look_up(text)
    except UsageError as error:
        said = [str(error)]
    else:
        said = [asked.text, asked.values_text(), asked.ignored_text(), *no_lead_for(asked)]
    assert said == list(map(one_line, said))
