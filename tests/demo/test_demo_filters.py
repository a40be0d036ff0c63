"""Every filter of the demo, against a scan over its decoded leads."""

from __future__ import annotations

import random

import pytest

from lead_tui.demo.account import ATTRIBUTES
from lead_tui.demo.endpoint import Demo
from tests.demo.asking import (
    FILTER_NAMES,
    TODAY,
    ask,
    does_match,
    every,
    every_id,
    scanned,
    small,
    small_leads,
    value_for,
)

FIRST_LEADS = ask(small(), {"limit": "500"}).leads
CUSTOM_NAMES = sorted({key for lead in FIRST_LEADS for key in lead.custom_keys() if key in ATTRIBUTES})


def found(parameters: dict[str, str]) -> list[str]:
    return every_id(small(), parameters)


def values_of(name: str, most: int) -> list[str]:
    """Return up to *most* distinct values of the filter *name*, from leads throughout the demo."""
    leads = list(small_leads())
    random.Random(name).shuffle(leads)
    return list(dict.fromkeys(value for lead in leads if (value := value_for(name, lead))))[:most]


def assert_as_scanned(parameters: dict[str, str]) -> None:
    """Check that the demo finds the leads that a scan finds, in the documented order."""
    got, wanted = found(parameters), scanned(parameters)
    if any(name.startswith("updated_at") for name in parameters):
        # Leads updated in the same second may be in either order.
        assert sorted(got) == sorted(wanted), parameters
    else:
        assert got == wanted, parameters


@pytest.mark.parametrize("name", FILTER_NAMES)
def test_a_documented_filter_alone_finds_what_a_scan_finds(name: str) -> None:
    # A range finds half of all leads, which takes a while to read.
    values = values_of(name, 2 if name.endswith(("_start_date", "_end_date")) else 3)
    assert len(values) >= 2
    for value in values:
        assert_as_scanned({name: value})


@pytest.mark.parametrize("name", CUSTOM_NAMES[::3])
def test_a_custom_attribute_filters_by_its_key(name: str) -> None:
    for value in values_of(name, 2):
        assert_as_scanned({name: value})


@pytest.mark.parametrize("name", ["phone_number", "alt_phone_1", "alt_phone_2", "email"])
def test_a_phone_or_email_finds_all_its_leads(name: str) -> None:
    by_value: dict[str, list[str]] = {}
    for lead in small_leads():
        if value := lead.line(name).casefold():
            by_value.setdefault(value, []).append(lead.lead_id)
    assert len(by_value) > 300
    for value in random.Random(name).sample(sorted(by_value), 20):
        assert found({name: value}) == by_value[value]


@pytest.mark.parametrize("seed", range(20))
def test_filters_together_find_what_matches_all_of_them(seed: int) -> None:
    chance = random.Random(seed)
    lead = chance.choice(small_leads())
    names = [name for name in (*FILTER_NAMES, "field_3", "plan_sold", "publisher_name") if value_for(name, lead)]
    parameters = {name: value_for(name, lead) for name in chance.sample(names, chance.randint(2, 6))}
    assert_as_scanned(parameters)
    assert lead.lead_id in found(parameters)


def test_filters_that_no_lead_matches_together_find_nothing() -> None:
    answer = ask(small(), {"status": "NEW", "owner_id": "50021"})
    assert answer.total == 0
    assert answer.leads == []


@pytest.mark.parametrize("field", ["created_at", "updated_at"])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-02", "2026-03-09"),
        ("2026-02-01", "2026-02-01"),
        ("2025-12-24 12:00:00", "2025-12-25 09:30:00"),
        ("2026-03-02 00:00:00", "2026-03-08 23:59:59"),
        ("2020-01-01", "2024-12-31"),
        ("2027-01-01", "2028-01-01"),
        ("2026-03-09", "2026-03-01"),
    ],
)
def test_both_ends_of_a_range_are_included_with_and_without_a_time(field: str, start: str, end: str) -> None:
    parameters = {f"{field}_start_date": start, f"{field}_end_date": end}
    assert_as_scanned(parameters)
    assert_as_scanned({**parameters, "status": "NEW"})
    assert_as_scanned({**parameters, "email": value_for("email", small_leads()[2_990])})


def test_a_week_of_an_account_has_new_leads_in_it() -> None:
    demo = Demo(100_000, today=TODAY)
    answer = ask(demo, {"status": "NEW", "state": "CA", "created_at_start_date": "2026-03-02", "limit": "2000"})
    assert answer.total == len(answer.leads) > 20
    assert all(lead.line("created_at") >= "2026-03-02" for lead in answer.leads)
    assert {(lead.line("status"), lead.line("state")) for lead in answer.leads} == {("NEW", "CA")}
    assert ask(demo, {"created_at_start_date": TODAY.isoformat()}).total > 0


def test_leads_and_lists_are_asked_for_several_at_a_time() -> None:
    assert found({"lead_id": "1000007, 1000001,,1000007,99,x,2999999"}) == ["1000001", "1000007"]
    assert_as_scanned({"list_id": "4107,2705,77"})
    assert {lead.line("list_id") for lead in every(small(), {"list_id": "4107,2705"})} == {"4107", "2705"}


def test_upper_and_lower_case_are_the_same() -> None:
    lead = next(lead for lead in small_leads() if lead.line("email") and lead.line("city") == "San Francisco")
    for name in ("first_name", "last_name", "city", "email", "state", "status", "address1"):
        ids = found({name: lead.line(name)})
        assert lead.lead_id in ids
        assert found({name: lead.line(name).upper()}) == found({name: lead.line(name).lower()}) == ids


def test_part_of_a_value_is_not_a_match() -> None:
    assert found({"city": "San Fran"}) == []
    assert found({"status": "DN"}) == []
    assert found({"phone_number": small_leads()[0].line("phone_number")[:9]}) == []


def test_blank_and_unknown_parameters_and_the_token_are_ignored() -> None:
    ids = ask(small(), {"state": "CA"}).ids
    noise = {"auth_token": "x" * 32, "status": "", "city": "  ", "no_such_field": "1", "campaign_name": "Main Outbound"}
    assert ask(small(), {"state": "CA", **noise}).ids == ids


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date_of_birth", "never"),
        ("lead_id", "abc"),
        ("lead_id", "0"),
        ("lead_id", "-1"),
        ("lead_id", "9" * 5_000),
        ("lead_id", "١٠٠٠٠٠١"),
        ("lead_id", ","),
        ("list_id", "all"),
        ("owner_id", "nobody"),
        ("phone_number", "(213) 555-0100"),
        ("phone_number", "٢١٣٥٥٥٠١٠٠"),
        ("alt_phone_1", "+12135550100"),
        ("alt_phone_2", "1"),
        ("email", "@"),
        ("email", "nobody0@example.com"),
        ("email", "9" * 5_000 + "@example.com"),
        ("first_name", "\ud800"),
    ],
)
def test_what_no_lead_can_have_finds_nothing_and_raises_nothing(name: str, value: str) -> None:
    answer = ask(small(), {name: value})
    assert answer.total == 0
    assert answer.leads == []


def test_zero_dates_lie_outside_every_range() -> None:
    for field in ("created_at", "updated_at"):
        zero = {lead.lead_id for lead in small_leads() if lead.line(field).startswith("0000")}
        assert zero
        dated = set(found({f"{field}_start_date": "1970-01-01"}))
        assert dated == {lead.lead_id for lead in small_leads()} - zero
        assert found({f"{field}_start_date": "1970-01-01", "lead_id": ",".join(zero)}) == []


def test_an_attribute_that_a_lead_lacks_does_not_match() -> None:
    lacking = next(lead for lead in small_leads() if "publisher_name" not in lead.sent)
    assert not does_match(lacking, "publisher_name", "web-14")
    assert lacking.lead_id not in found({"publisher_name": "web-14"})
