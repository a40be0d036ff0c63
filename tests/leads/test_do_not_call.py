"""The do-not-call check of a phone: never "not listed" unless the server said so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lead_tui.leads.lead import Lead
from lead_tui.leads.phones import Phone
from lead_tui.leads.records import NO_NUMBER, PhoneCheck, check_lines, check_of, entries_of, phones_of, read_records

SAMPLES = Path(__file__).parents[1] / "samples"
NUMBER = Phone("2135550177")
ENTRY = {"id": "5083", "phone_number": "2135550177", "campaign_id": "0", "insert_date": "2026-03-03", "campaign_name": "Global DNC"}


ZEROS = ("000-000-0000", "1"), ("+1 (000) 000-0000", "1"), ("000 000 0000", "44"), ("+44 000000000", "1")


def test_an_entry_is_read_as_it_is_documented() -> None:
    records = read_records((SAMPLES / "47_dnc_search.json").read_bytes())
    assert check_of(records, NUMBER, "10:31") == PhoneCheck(True, "listed since 2026-03-03")


def check(answer: object) -> PhoneCheck:
    return check_of(read_records(json.dumps(answer).encode()), NUMBER, "10:31")


@pytest.mark.parametrize(
    ("entry", "since"),
    [
        (ENTRY, "listed since 2026-03-03"),
        ({**ENTRY, "insert_date": "2026-03-03 10:30:00", "phone_number": "+1 (213) 555-0177"}, "listed since 2026-03-03"),
        ({**ENTRY, "campaign_id": "111", "campaign_name": "Sales"}, "listed since 2026-03-03"),
        ({"id": 1}, "listed"),
    ],
)
def test_an_entry_means_that_it_is_listed(entry: dict[str, object], since: str) -> None:
    for data in ({"total": 1, "entries": [entry]}, {"entries": {"5083": entry}}, [entry]):
        assert check({"data": data}) == PhoneCheck(True, since)


@pytest.mark.parametrize(
    "answer",
    [
        {"success": False, "code": 6003, "text": "Phone Number Not Found"},
        {"success": True, "data": {"total": "0", "entries": []}},
        {"success": True, "data": []},
    ],
)
def test_it_is_not_listed_where_the_server_says_so(answer: object) -> None:
    assert check(answer) == PhoneCheck(False, "not listed (checked 10:31)")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"success": True},
        {"success": True, "data": {"offset": 0, "limit": 10}},
        {"success": True, "data": {"total": 1, "entries": []}},
        {"success": True, "data": {"entries": ["2135550177"]}},
        {"success": True, "data": {"entries": [{**ENTRY, "phone_number": "2135550178"}]}},
    ],
    ids=json.dumps,
)
def test_anything_else_is_not_an_answer(answer: object) -> None:
    assert check(answer).is_listed is None
    assert check(answer).detail.startswith("not checked: ")


def test_each_number_of_a_lead_is_asked_for_once_as_the_api_has_it() -> None:
    lead = Lead(
        {"phone_number": "12135550177", "alt_phone_1": "(213) 555-0177", "alt_phone_2": "+44 20 7946 0019", "phone_code": "1"}
    )
    assert phones_of(lead) == {"phone_number": NUMBER, "alt_phone_2": Phone("2079460019", "44")}
    assert phones_of(Lead({"phone_number": "2079460019", "phone_code": "44", "alt_phone_1": "0", "alt_phone_2": None})) == {
        "phone_number": Phone("2079460019", "44")
    }
    # The first digit is no country code here.
    for text in ("15112345678", "1511 234-5678", 15112345678, "+49 1511 2345678"):
        assert phones_of(Lead({"phone_number": text, "phone_code": "49"})) == {"phone_number": Phone("15112345678", "49")}
    for text, code in (("ask Dana", "1"), ("213555017", "1"), ("+999", "1"), ("2079460019 ext 5", "44"), ("", "44"), *ZEROS):
        assert {phone.national for phone in phones_of(Lead({"phone_number": text, "phone_code": code})).values()} <= {""}
    assert entries_of(NUMBER).parameters() == {"phone_number": "2135550177", "phone_code": "1", "campaign_id": "0", "limit": "10"}


def test_the_words_name_the_phones_and_begin_with_those_that_are_listed() -> None:
    lead = Lead({"phone_number": "2135550177", "alt_phone_1": "2135550178", "alt_phone_2": "2135550179"})
    first, second, third = phones_of(lead).values()
    off = PhoneCheck(False, "not listed (checked 10:31)")
    assert check_lines(lead, {}, {}) == []
    assert check_lines(lead, {first: off, second: PhoneCheck(True, "listed since 2026-03-03"), third: off}, {}) == [
        ("DO NOT CALL · Phone 2 listed since 2026-03-03", True),
        ("DNC list: Phone, Phone 3 not listed (checked 10:31)", False),
    ]
    refused, failed = PhoneCheck(None, "not checked: this token has no access"), PhoneCheck(None, "not checked: The server failed")
    assert check_lines(lead, {first: refused, second: failed, third: NO_NUMBER}, {}) == [
        ("DNC list: Phone not checked: this token has no access", None),
        ("DNC list: Phone 2 not checked: The server failed", None),
        ("DNC list: Phone 3 not checked: no phone number", None),
    ]
    one = Lead({"phone_number": "2135550177"})
    assert check_lines(one, {NUMBER: off}, {}) == [("DNC list: not listed (checked 10:31)", False)]
