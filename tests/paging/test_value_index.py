"""Values observed in leads, for suggestions."""

from __future__ import annotations

from lead_tui import limits
from lead_tui.leads.lead import Lead
from lead_tui.paging.account_data import ValueIndex


def seen_in(*leads: dict[str, object], masked: frozenset[str] = frozenset()) -> ValueIndex:
    seen = ValueIndex(masked)
    for sent in leads:
        seen.add(Lead(sent))
    return seen


def test_codes_come_with_their_names_the_most_frequent_first() -> None:
    new: dict[str, object] = {"status": "NEW", "status_name": "New Lead"}
    sale: dict[str, object] = {"status": "SALE", "status_name": "Sale Made"}
    assert seen_in(sale, new, new).values("status") == [("NEW", "New Lead"), ("SALE", "Sale Made")]


def test_ids_come_with_their_names_and_user_0_is_not_a_value() -> None:
    seen = seen_in(
        {"list_id": "2705", "directory_name": "API Lead Insert", "owner_id": "0", "user_id": 15, "user_name": "Ann Example"},
        {"list_id": 2705, "owner_id": None, "user_id": ""},
    )
    assert seen.values("list_id") == [("2705", "API Lead Insert")]
    assert seen.values("owner_id") == []
    assert seen.values("user_id") == [("15", "Ann Example")]


def test_states_have_their_names() -> None:
    assert seen_in({"state": "CA"}).values("state") == [("CA", "California")]


def test_masked_values_are_neither_values_nor_names() -> None:
    lead: dict[str, object] = {"owner_id": "7", "owner_name": "Ann Example", "city": "Ojai", "plan_sold": "Gold"}
    seen = seen_in(lead, masked=frozenset({"owner_name", "city", "plan_sold"}))
    assert seen.values("owner_id") == [("7", "")]
    assert seen.values("city") == seen.values("plan_sold") == seen.values("owner_name") == []
    assert seen.custom_keys == ("plan_sold",)


def test_an_attribute_with_few_different_values_is_a_category_and_one_with_many_is_not() -> None:
    leads: list[dict[str, object]] = [
        {"plan_sold": ("Gold", "Silver")[number % 2], "member_id": str(number)} for number in range(limits.MAX_SEEN_CATEGORIES + 1)
    ]
    seen = seen_in(*leads)
    assert seen.values("plan_sold") == [("Gold", ""), ("Silver", "")]
    assert seen.values("member_id") == []
    seen.add(Lead({"member_id": "0"}))
    assert seen.values("member_id") == []


def test_campaigns_and_sources_are_categories_and_names_of_people_are_none() -> None:
    seen = seen_in({"campaign_name": "Auto", "source_name": "Web", "first_name": "Ann", "email": "ann@example.com"})
    assert list(seen.keys) == ["campaign_name", "source_name"]
    assert seen.values("campaign_name") == [("Auto", "")]
    assert seen.values("first_name") == []


def test_memory_is_bounded_whatever_comes() -> None:
    seen = ValueIndex()
    for number in range(limits.MAX_SEEN_VALUES + 50):
        seen.add(Lead({"status": f"S{number}", f"key_{number}": "x" * 5_000, "city": "y" * 5_000}))
    assert len(seen.values("status")) == limits.MAX_SEEN_VALUES
    assert seen.values("city") == []
    assert len(seen.custom_keys) == limits.MAX_SEEN_KEYS
    assert all(seen.values(key) == [] for key in seen.custom_keys)


def test_a_value_is_suggested_as_the_server_has_it() -> None:
    seen = seen_in({"city": "Coeur d&#039;Alene", "status": "CB", "status_name": "Call &amp; Back"})
    assert seen.values("city") == [("Coeur d&#039;Alene", "")]
    assert seen.values("status") == [("CB", "Call & Back")]
