"""Narrowing: the meaning of each form of the language, and that the fast and the plain implementation agree."""

from __future__ import annotations

import json
from datetime import date, timedelta, timezone

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import FieldNames
from lead_tui.leads.filter_language import Narrowing, exactly, parse
from lead_tui.leads.lead import Lead, decode_row
from tests.leads.plain_narrowing import holds
from tests.paging.arranged import selected

TODAY = date(2026, 3, 9)
LABELS = {"field_3": "Solidity", "plan_sold": "Plan"}
NAMES = FieldNames(("plan_sold", "field_3", "household_income", "signed"), LABELS)
PACIFIC = timezone(timedelta(hours=-8))

JANE = Lead(
    {
        "lead_id": "700101",
        "first_name": "Jane",
        "last_name": "Public",
        "email": "",
        "phone_number": "8182621448",
        "alt_phone_1": "3010010000",
        "phone_code": "1",
        "status": "NEW",
        "status_name": "New Lead",
        "city": "Los Angeles",
        "state": "CA",
        "called_count": "11",
        "is_contacted": "N",
        "gender": "F",
        "owner_id": "0",
        "created_at": "2026-03-02 09:14:05",
        "modified_at": "2026-03-03T01:30:00-0500",
        "last_called": "0000-00-00 00:00:00",
        "gmt_offset_now": "-7.00",
        "locale_gmt": "-0700",
        "date_of_birth": "1980-02-29T00:00:00Z",
        "plan_sold": "Gold PPO",
        "field_3": "12",
        "household_income": "$45,000",
        "signed": "2/28/2026",
        "notes": "Called back,\nthen “null and void”",
        "nested": {"tags": ["vip", "late"]},
    }
)


def narrowed(text: str) -> Narrowing:
    return parse(text, NAMES, TODAY, PACIFIC)


@pytest.mark.parametrize(
    "text",
    [
        "jane",
        "PUBLIC gold",
        '"jane public"',
        '"los angeles"',
        '"back, then"',
        "vip",
        "-bronze",
        '-"los gatos" gold',
        "818-262-1448",
        "(818) 262-1448",
        "+18182621448",
        "1448",
        "city:angeles",
        "CITY:Los",
        "status:new",
        '"status":new',
        "plan:gold",
        '"plan":"gold ppo"',
        "solidity:12",
        "solidity=12.0",
        "called_count:11",
        "calls>9",
        "called_count>=11",
        "called_count<100",
        "-called_count>11",
        "household_income>9000",
        "household_income=45000",
        "gmt_offset_now<-5",
        "locale_gmt<-5",
        "locale_gmt>-8",
        "date_of_birth:1980-02-29",
        "date_of_birth<1980-03-01",
        "lead_id:700101",
        "created_at>2026-03-01",
        "created_at>=2026-03-02",
        "created_at<=2026-03-02",
        "created_at<2026-03-03",
        "created_at:2026-03-02",
        'created_at>"2026-03-02 09:13"',
        'created_at:"2026-03-02 09:14"',
        "created_at<=-7d",
        "created_at:2026-03",
        "modified_at:2026-03-02",
        "created>2026-02-01",
        "signed>2026-02-27",
        "signed:2026-02-28",
        "last_called:never",
        "owner_id:–",
        "is_contacted:no",
        "gender:f",
        "gender:female",
        'email:""',
        '-city:""',
        'notes:"“null and"',
        "phone:262",
        "phone:3010010000",
        "phone_number=(818)262-1448",
        'name:"jane public"',
        "last_name>Miller",
        "",
    ],
)
def test_a_lead_is_selected(text: str) -> None:
    assert holds(narrowed(text), JANE)
    assert selected(narrowed(text), msgspec.Raw(json.dumps(JANE.sent).encode()))


@pytest.mark.parametrize(
    "text",
    [
        "john",
        "jane john",
        "-jane",
        '"public jane"',
        '"new lead los"',
        "8182621449",
        "city:gatos",
        "status:lead",
        "called_count:1",
        "called_count>11",
        "called_count<9",
        "solidity:1",
        "created_at>2026-03-02",
        "created_at<2026-03-02",
        "created_at>-7d",
        "modified_at>2026-03-02",
        "last_called<2026-01-01",
        "last_called>2026-01-01",
        "last_called:2026-01-01",
        "gender:male",
        "gender:m",
        "is_contacted:y",
        'city:""',
        "phone_number:301",
        "plan_sold=gold",
        "last_name<Miller",
        "null-and-void",
    ],
)
def test_a_lead_is_not_selected(text: str) -> None:
    assert not holds(narrowed(text), JANE)
    assert not selected(narrowed(text), msgspec.Raw(json.dumps(JANE.sent).encode()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("citty:x", "did you mean city"),
        ("qqqqqqq:x", "quotation marks"),
        ('"los angeles', "quotation mark is missing"),
        ("city:", "stand for empty"),
        ('called_count>""', "value is missing"),
        ("called_count>many", "takes a number"),
        ("created_at<soon", "takes a number, or a date"),
        ("local_time:9", "gmt_offset_now"),
    ],
)
def test_an_invalid_expression_is_reported_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        narrowed(text)


def test_a_quotation_mark_in_a_phrase_is_written_twice() -> None:
    lead = Lead({"notes": 'Ola "the boss" Stone'})
    assert holds(narrowed('"the boss"'), lead)
    assert holds(narrowed('"ola ""the boss"" stone"'), lead)
    assert holds(narrowed(exactly("notes", lead.sent["notes"])), lead)


def test_text_that_only_looks_like_a_field_is_a_word() -> None:
    lead = Lead({"notes": "meet at 9:30, see //host/a=b?"})
    assert holds(narrowed("9:30"), lead)
    assert holds(narrowed("//host"), lead)


def test_an_escaped_or_folded_letter_hides_no_word() -> None:
    for body in (b'{"notes":"\\u0067old"}', '{"notes":"STRAẞE GOLD"}'.encode(), b'{"notes":"g\\u006Fld"}'):
        assert selected(narrowed("gold"), msgspec.Raw(body))
    assert selected(narrowed("strasse"), msgspec.Raw('{"notes":"Straße"}'.encode()))
    assert selected(narrowed("kelvin"), msgspec.Raw('{"notes":"\N{KELVIN SIGN}elvin"}'.encode()))


def test_a_phrase_is_found_however_much_space_lies_between_its_words() -> None:
    for notes in ("call  back", "call\u00a0 back", "Call \n Back"):
        assert holds(narrowed('"call back"'), Lead({"notes": notes}))
        assert selected(narrowed('"call back"'), msgspec.Raw(json.dumps({"notes": notes}).encode()))
    assert selected(narrowed('"call back"'), msgspec.Raw(b'{"first_name":" Call ","last_name":"Back"}'))


@pytest.mark.parametrize("text", ["2079460018", "+44 20 7946 0018", "7946 0018", "+442079460018"])
def test_a_phone_is_found_with_the_country_code_that_is_shown_with_it(text: str) -> None:
    lead = Lead({"phone_number": "2079460018", "phone_code": "44"})
    for narrowing in (f'"{text}"', f'phone:"{text}"', f'phone_number="{text}"' if len(text) > 9 else ""):
        assert holds(narrowed(narrowing), lead)
        assert selected(narrowed(narrowing), msgspec.Raw(json.dumps(lead.sent).encode()))
        hidden = parse(narrowing, NAMES, TODAY, PACIFIC, frozenset({"phone_code"}))
        assert holds(hidden, lead) is bool(selected(hidden, msgspec.Raw(json.dumps(lead.sent).encode()))) is ("+" not in narrowing)


def test_a_key_is_not_a_word_of_the_lead() -> None:
    assert not selected(narrowed("plan_sold"), msgspec.Raw(b'{"plan_sold":"Gold"}'))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        ["Gold", "GOLD ppo", "null", " NULL ", "Los\nAngeles", "tab\there", "8182621448", "12", "2026-03-02", "ſtone", "a\\b"]
    )
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)
KEYS = st.sampled_from(["first_name", "last_name", "phone_number", "plan_sold", "field_3", "called_count", "created_at", "notes"])
LEADS = st.dictionaries(KEYS | st.text(min_size=1, max_size=5), VALUES, max_size=8)
WORDS = st.sampled_from(
    [
        "gold",
        '"gold ppo"',
        "null",
        "true",
        "1e",
        "12",
        "818",
        "stone",
        "e",
        "-gold",
        "los",
        '"los angeles"',
        "plan_sold:gold",
        'notes:""',
        "field_3>5",
        "called_count<=12",
        "-field_3:12",
        "created_at:2026-03-02",
        '"tab here"',
        "a\\b",
    ]
) | st.text(st.characters(exclude_characters='"\0', exclude_categories=["Cs"]), min_size=1, max_size=4).map(
    lambda text: f'"{text}"'
)


CONCEALED = frozenset({"email", "first_name", "city", "phone_number", "plan_sold"})
SECRETIVE = Lead({**JANE.sent, "email": "jane@example.com"})


def open_to(text: str) -> Narrowing:
    return parse(text, NAMES, TODAY, PACIFIC, CONCEALED)


@pytest.mark.parametrize("text", ["jane", '"jane public"', "example.com", "angeles", "8182621448", '"(818) 262-1448"'])
def test_a_word_is_not_looked_for_in_what_is_concealed(text: str) -> None:
    body = msgspec.Raw(json.dumps(SECRETIVE.sent).encode())
    for narrowing, found in ((parse(text, NAMES, TODAY, PACIFIC), True), (open_to(text), False)):
        assert holds(narrowing, SECRETIVE) is bool(selected(narrowing, body)) is found
    # Nor does its absence reveal anything.
    assert holds(open_to(f"-{text}"), SECRETIVE)
    assert selected(open_to(f"-{text}"), body)


@pytest.mark.parametrize("text", ["public", "3010010000", "state:ca", "phone:3010010000", "called_count>3", "last_name=Public"])
def test_the_rest_of_a_lead_is_narrowed_by_as_ever(text: str) -> None:
    assert holds(open_to(text), SECRETIVE)
    assert selected(open_to(text), msgspec.Raw(json.dumps(SECRETIVE.sent).encode()))


@pytest.mark.parametrize(
    "text", ["email:jane", 'email:""', "-email:x", "first_name=Jane", "name:public", "Plan:gold", "city>K", "phone_number:818"]
)
def test_concealed_fields_cannot_be_requested(text: str) -> None:
    with pytest.raises(UsageError, match="is masked: leads are not narrowed by it here"):
        open_to(text)


def test_a_phone_in_any_field_is_looked_for_in_those_that_are_open() -> None:
    assert not holds(open_to("phone:8182621448"), SECRETIVE)
    assert holds(open_to("phone:3010010000"), SECRETIVE)


@given(LEADS, st.lists(WORDS, min_size=1, max_size=3), st.booleans())
@example({"phone_number": [249.0]}, ['"\x19"'], False)
def test_the_quick_way_and_the_plain_way_agree(sent: dict[str, object], words: list[str], escaped: bool) -> None:
    try:
        body = json.dumps(sent, ensure_ascii=escaped).encode()
    except UnicodeEncodeError:
        body = json.dumps(sent).encode()
    narrowing = narrowed(" ".join(words))
    assert bool(selected(narrowing, msgspec.Raw(body))) is holds(narrowing, decode_row(msgspec.Raw(body)))


@given(KEYS, VALUES)
def test_the_narrowing_to_a_value_keeps_the_lead_it_was_taken_from(key: str, value: object) -> None:
    assert holds(narrowed(exactly(key, value)), Lead({key: value}))


def test_a_day_finds_itself_whatever_time_follows_it() -> None:
    lead = Lead({"date_of_birth": "1980-02-29T05:00:00-0800"})
    assert holds(narrowed(exactly("date_of_birth", lead.sent["date_of_birth"])), lead)


@pytest.mark.parametrize("value", ["2026-01-29T14:09:57-0800", "\u00ad", "\u00af", "O`Brien"])
def test_an_odd_value_finds_itself_wherever_the_account_is(value: str) -> None:
    for hours in (-8, 5):
        zone = timezone(timedelta(hours=hours))
        assert holds(parse(exactly("signed", value), NAMES, TODAY, zone), Lead({"signed": value}))
    assert holds(parse("signed=O'Brien", NAMES, TODAY), Lead({"signed": value})) is (value == "O`Brien")
