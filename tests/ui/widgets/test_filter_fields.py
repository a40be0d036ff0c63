"""The fields of the filter panel, and what may complete them."""

from __future__ import annotations

from datetime import date

import pytest

from lead_tui.leads.errors import FilterError
from lead_tui.leads.query import FILTERS, Query
from lead_tui.ui.widgets.filter_fields import ADD, LOOK_UP, FilterField, FilterFields, Suggestion, matching

TODAY = date(2026, 1, 15)


def form() -> FilterFields:
    return FilterFields(lambda: TODAY)


def field(fields: FilterFields, name: str) -> FilterField:
    index = fields.index_of(name)
    assert index is not None
    return fields.fields[index]


def leave(fields: FilterFields, name: str, text: str) -> FilterField:
    """Type *text* into the field *name*, and leave it."""
    typed = field(fields, name)
    typed.text = text
    fields.validate(typed)
    return typed


def test_every_documented_filter_is_there_in_its_order_between_look_up_and_custom() -> None:
    assert [each.name for each in form().fields] == [LOOK_UP, *(each.name for each in FILTERS), ADD]


def test_a_query_is_shown_and_comes_back_with_relative_dates_as_typed() -> None:
    query = Query.of({"status": "NEW", "created_at_start_date": "-7d", "+plan_sold": "Gold"})
    fields = form()
    fields.show(query)
    assert fields.query() == query


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("phone_number", "+1 (301) 001-0000", "3010010000"),
        ("state", " california ", "CA"),
        ("gender", "female", "F"),
        ("list_id", "2705, 2706", "2705,2706"),
        ("created_at_start_date", " This  WEEK ", "this week"),
        ("first_name", "  Jane ", "Jane"),
    ],
)
def test_a_value_is_normalised_when_the_field_is_left(name: str, typed: str, kept: str) -> None:
    assert leave(form(), name, typed).text == kept


def test_a_wrong_value_stays_as_typed_with_a_sentence() -> None:
    fields = form()
    phone = leave(fields, "phone_number", "301-001")
    assert phone.text == "301-001"
    assert phone.error == "This is too short for a phone number, which has 10 digits"
    with pytest.raises(FilterError) as caught:
        fields.query()
    assert caught.value.name == "phone_number"


def test_the_first_wrong_field_is_found() -> None:
    fields = form()
    field(fields, "user_id").text = "me"
    field(fields, "email").text = "a b"
    with pytest.raises(FilterError) as raised:
        fields.query()
    assert raised.value.name == "email"


@pytest.mark.parametrize("kind", ["created", "updated"])
@pytest.mark.parametrize("end", ["start", "end"])
def test_a_span_fills_both_ends(kind: str, end: str) -> None:
    fields = form()
    leave(fields, f"{kind}_at_{end}_date", "last month")
    assert fields.query() == Query.of({f"{kind}_at_start_date": "last month", f"{kind}_at_end_date": "last month"})


@pytest.mark.parametrize(
    ("typed", "ends"),
    [("", {}), ("this week", {"start": "this week", "end": "this week"}), ("-30d", {"start": "-30d", "end": "last week"})],
)
def test_the_end_of_a_span_goes_with_it(typed: str, ends: dict[str, str]) -> None:
    fields = form()
    fields.show(Query.of({"created_at_start_date": "last week"}))
    leave(fields, "created_at_start_date", typed)
    assert fields.query() == Query.of({f"created_at_{end}_date": day for end, day in ends.items()})


def test_an_end_changed_by_hand_is_kept() -> None:
    fields = form()
    fields.show(Query.of({"created_at_start_date": "last week"}))
    leave(fields, "created_at_end_date", "today")
    assert fields.query() == Query.of({"created_at_start_date": "last week", "created_at_end_date": "today"})


def test_a_relative_date_tells_its_day() -> None:
    fields = form()
    assert fields.day_of(leave(fields, "created_at_start_date", "-7d")) == "2026-01-08"
    assert fields.day_of(leave(fields, "created_at_end_date", "this month")) == "2026-01-31"
    assert fields.day_of(leave(fields, "updated_at_start_date", "2026-01-02")) == ""
    assert fields.day_of(leave(fields, "status", "NEW")) == ""
    # While it is typed, too.
    birth = field(fields, "date_of_birth")
    birth.text = "1/2/1960"
    assert fields.day_of(birth) == "1960-01-02"


@pytest.mark.parametrize("typed", ["plan_sold=Gold PPO", "+plan_sold = Gold PPO"])
def test_a_name_and_value_become_a_custom_filter(typed: str) -> None:
    fields = form()
    assert leave(fields, ADD, typed).text == ""
    custom = field(fields, "+plan_sold")
    assert (custom.label, custom.group, custom.text) == ("plan_sold", "Custom", "Gold PPO")
    assert fields.query() == Query.of({"+plan_sold": "Gold PPO"})


def test_a_value_may_hold_an_equals_sign() -> None:
    fields = form()
    leave(fields, ADD, "utm=a=b")
    assert fields.query() == Query.of({"+utm": "a=b"})


def test_the_same_custom_name_again_takes_the_place_of_its_value() -> None:
    fields = form()
    leave(fields, ADD, "tier=1")
    leave(fields, ADD, "tier=2")
    assert fields.query() == Query.of({"+tier": "2"})


def test_a_documented_name_typed_as_custom_goes_to_its_own_field() -> None:
    fields = form()
    leave(fields, ADD, "state=california")
    leave(fields, ADD, "+created_at_start_date=this week")
    assert fields.query() == Query.of(
        {"created_at_start_date": "this week", "created_at_end_date": "this week", "state": "CA"},
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("plan_sold", "name=value"),
        ("=Gold", "name=value"),
        ("plan_sold=", "name=value"),
        ("limit=5", "not a filter"),
        ("plan sold=Gold", "letters, digits"),
        ("user_id=me", "digits only"),
    ],
)
def test_what_is_not_a_custom_filter_is_reported_and_kept(typed: str, said: str) -> None:
    fields = form()
    add = leave(fields, ADD, typed)
    assert said in add.error
    assert add.text == typed
    with pytest.raises(FilterError):
        fields.query()


def test_a_custom_filter_that_is_emptied_goes() -> None:
    fields = form()
    leave(fields, ADD, "tier=1")
    leave(fields, "+tier", " ")
    assert fields.index_of("+tier") is None
    assert fields.query() == Query()


def test_clearing_leaves_nothing_behind() -> None:
    fields = form()
    fields.show(Query.of({"status": "NEW", "+tier": "1"}))
    leave(fields, "user_id", "me")
    fields.show(Query())
    assert fields.query() == Query()
    assert [each.name for each in fields.fields] == [each.name for each in form().fields]


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("pho", "phone_number"),
        ("zip", "postal_code"),
        ("postal", "postal_code"),
        ("postal_c", "postal_code"),
        ("DATE OF", "date_of_birth"),
        ("birth", "date_of_birth"),
        ("to", "created_at_end_date"),
        ("own", "owner_id"),
        ("look", LOOK_UP),
        ("tier", "+tier"),
        ("custom", "+tier"),
        ("other", ADD),
    ],
)
def test_a_filter_is_found_by_a_part_of_its_label_or_parameter(wanted: str, first: str) -> None:
    fields = form()
    leave(fields, ADD, "tier=1")
    assert fields.fields[fields.find(wanted)[0]].name == first


def test_nothing_is_found_for_nothing_or_what_no_filter_has() -> None:
    assert form().find("  ") == []
    assert form().find("xyzzy") == []


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
