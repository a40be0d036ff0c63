"""Which search, look-up or narrowing finds the leads that have the same value."""

from __future__ import annotations

from datetime import date

import pytest

from lead_tui.leads.fields import FIELDS, FieldNames
from lead_tui.leads.filter_language import parse, same_value
from lead_tui.leads.lead import Lead
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.query import Query
from lead_tui.leads.values import line_text
from tests.leads.plain_narrowing import holds

LEAD: dict[str, object] = {
    "lead_id": "1000234",
    "id": "1000234",
    "first_name": "Jane",
    "last_name": "O'Hara ",
    "email": "jane@example.com",
    "gender": "F",
    "date_of_birth": "1980-02-29 00:00:00",
    "phone_number": "3010010000",
    "phone_code": "1",
    "address1": "1 Main St",
    "city": "Los Angeles",
    "state": "CA",
    "province": "",
    "postal_code": "90001",
    "country": "US",
    "status": "NEW",
    "status_name": "New Lead",
    "owner_id": "77",
    "owner_name": "Ann Lee",
    "user_id": "0",
    "user_name": "",
    "list_id": "2705",
    "directory_name": "API Lead Insert",
    "source_id": "2705",
    "source_name": "API Lead Insert",
    "created_by": "666666",
    "created_by_user_name": "System User",
    "last_modified_by": "81",
    "last_modified_by_name": "Bo",
    "created_at": "2026-03-02 10:11:12",
    "updated_at": "2015-01-29T14:09:57-0800",
    "modified_at": "2015-01-29 22:00:00",
    "campaign_name": "Spring",
    "called_count": "3",
    "plan_sold": "Gold PPO",
}


def filters(key: str, **changed: object) -> dict[str, str]:
    query = same_value(Lead({**LEAD, **changed}), key)
    assert isinstance(query, Query)
    return dict(query.filters)


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("first_name", {"first_name": "Jane"}),
        ("last_name", {"last_name": "O'Hara"}),
        ("email", {"email": "jane@example.com"}),
        ("gender", {"gender": "F"}),
        ("date_of_birth", {"date_of_birth": "1980-02-29"}),
        ("address1", {"address1": "1 Main St"}),
        ("city", {"city": "Los Angeles"}),
        ("state", {"state": "CA"}),
        ("postal_code", {"postal_code": "90001"}),
        ("country", {"country": "US"}),
        ("status", {"status": "NEW"}),
        ("status_name", {"status": "NEW"}),
        ("owner_name", {"owner_id": "77"}),
        ("owner_id", {"owner_id": "77"}),
        ("directory_name", {"list_id": "2705"}),
        ("created_by_user_name", {"created_by": "666666"}),
        ("last_modified_by_name", {"last_modified_by": "81"}),
        ("created_at", {"created_at_start_date": "2026-03-02", "created_at_end_date": "2026-03-02"}),
        ("updated_at", {"updated_at_start_date": "2015-01-29", "updated_at_end_date": "2015-01-29"}),
        ("id", {"lead_id": "1000234"}),
    ],
)
def test_a_field_that_the_api_filters_on_is_searched_for(key: str, asked: dict[str, str]) -> None:
    assert filters(key) == asked


@pytest.mark.parametrize("key", ["phone_number", "alt_phone_1", "alt_phone_2"])
def test_a_phone_is_looked_for_in_all_three_fields(key: str) -> None:
    asked = same_value(Lead({**LEAD, key: "+1 (301) 001-0000"}), key)
    assert isinstance(asked, LookUp)
    assert asked.text == "(301) 001-0000"
    assert [query.filters for _, query in asked.parts] == [
        (("phone_number", "3010010000"),),
        (("alt_phone_1", "3010010000"),),
        (("alt_phone_2", "3010010000"),),
    ]
    assert not asked.parts[0][1].phone_codes


def test_a_phone_that_a_spreadsheet_wrote_as_a_number_is_shown_and_looked_for_as_one() -> None:
    lead = Lead({"phone_number": "3010010000.0"})
    asked = same_value(lead, "phone_number")
    assert isinstance(asked, LookUp)
    assert asked.parts[0][1].value("phone_number") == "3010010000"
    assert line_text(lead, "phone_number") == asked.text == "(301) 001-0000"


def test_a_phone_of_another_country_is_compared_with_its_code() -> None:
    asked = same_value(Lead({"phone_number": "2079460000", "phone_code": "44"}), "phone_number")
    assert isinstance(asked, LookUp)
    assert (asked.parts[0][1].value("phone_number"), asked.parts[0][1].phone_codes) == ("+44 2079460000", {"44"})


def test_a_phone_of_an_odd_length_is_looked_for_as_it_is() -> None:
    asked = same_value(Lead({"phone_number": "301-001"}), "phone_number")
    assert isinstance(asked, LookUp)
    assert asked.parts[0][1].parameters() == {"phone_number": "301001"}


@pytest.mark.parametrize(("number", "code"), [("442079460019", "44"), ("13015550125", "1"), ("02079460020", "44")])
def test_a_number_that_is_stored_with_more_digits_finds_itself(number: str, code: str) -> None:
    asked = same_value(Lead({"phone_number": number, "phone_code": code}), "phone_number")
    assert isinstance(asked, LookUp)
    assert asked.parts[0][1].parameters() == {"phone_number": number}


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("plan_sold", {}),
        ("campaign_name", {}),
        ("called_count", {}),
        ("province", {}),
        ("user_name", {}),
        ("user_id", {}),
        ("phone_number", {"phone_number": "call me"}),
        ("city", {"city": "Los\nAngeles"}),
        ("state", {"state": "california"}),
        ("email", {"email": "a b@example.com"}),
        ("gender", {"gender": "female"}),
        ("owner_name", {"owner_id": "0"}),
        ("owner_name", {"owner_id": "7,8"}),
        ("owner_name", {"owner_id": None}),
        ("source_name", {}),
        ("modified_at", {}),
        ("created_at", {"created_at": "0000-00-00 00:00:00"}),
        ("created_at", {"created_at": "yesterday"}),
        ("date_of_birth", {"date_of_birth": "-7d"}),
        ("status_name", {"status": ""}),
        ("", {"": "empty key"}),
    ],
)
def test_what_the_api_cannot_find_is_a_narrowing_that_holds_for_the_lead_itself(key: str, changed: dict[str, object]) -> None:
    lead = Lead({**LEAD, **changed})
    found = same_value(lead, key)
    assert isinstance(found, str)
    assert holds(parse(found, FieldNames(lead.sent), date(2026, 3, 9)), lead)


def test_a_lead_without_its_public_id_is_searched_for_by_the_internal_one() -> None:
    assert filters("id", lead_id=None) == {"lead_id": "1000234"}


@pytest.mark.parametrize(
    "value", [None, "", "0", "x", "0000-00-00", 5, 5.5, True, ["a"], {"a": 1}, "\x1b[31m", 'a"b', "-7d", "\ud800", "a" * 5_000]
)
def test_a_way_is_found_whatever_came(value: object) -> None:
    for key in (*(field.key for field in FIELDS), "plan_sold", 'Odd key: "x"', ""):
        assert same_value(Lead({key: value}), key), key
