"""Filters: the available names, and which values can be sent."""

from __future__ import annotations

from datetime import date

import pytest

from lead_tui.leads import query as filters
from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.query import Query

_DOCUMENTED = {
    "lead_id", "list_id", "user_id", "owner_id", "status", "created_by", "last_modified_by", "email", "first_name", "last_name",
    "phone_number", "alt_phone_1", "alt_phone_2", "address1", "address2", "city", "state", "province", "postal_code", "country",
    "gender", "date_of_birth", "created_at_start_date", "created_at_end_date", "updated_at_start_date", "updated_at_end_date",
}  # fmt: skip


def test_every_documented_parameter_is_a_filter() -> None:
    assert set(filters.FILTER_BY_NAME) == _DOCUMENTED
    assert {each.group for each in filters.FILTERS} == set(filters.GROUPS)


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("phone_number", "+1 (818) 262-1448", "8182621448"),
        ("lead_id", "#0012", "12"),
        ("lead_id", "12, 13 ,", "12,13"),
        ("owner_id", " 77 ", "77"),
        ("state", "California", "CA"),
        ("state", "ny", "NY"),
        ("state", "N.Y.", "NY"),
        ("state", "NSW", "NSW"),
        ("state", "Greater London", "Greater London"),
        ("gender", "X", "X"),
        ("status", "Call Back", "CALLBK"),
        ("status", "call back", "CALLBK"),
        ("status", "new", "NEW"),
        ("status", "Hot Lead", "Hot Lead"),
        ("lead_id", "Lead #1003", "1003"),
        ("lead_id", "1003\n1004\r\n1003\n", "1003,1004"),
        ("list_id", "2705; 2706", "2705,2706"),
        ("phone_number", "+49 1511 2345678", "+49 15112345678"),
        ("phone_number", "+44 (0)20 7946 0018", "+44 2079460018"),
        ("phone_number", "=44 2079-460019", "=442079460019"),
        ("email", "Jane <jane@example.com>", "jane@example.com"),
        ("last_name", "Nu\u0301n\u0303ez", "N\u00fa\u00f1ez"),
        ("gender", "female", "F"),
        ("email", " a@example.com ", "a@example.com"),
        ("created_at_start_date", "-7D", "-7d"),
        ("created_at_end_date", "Last  Month", "last month"),
        ("status", " NEW ", "NEW"),
        ("city", "   ", ""),
        ("+plan_sold", " Gold PPO ", "Gold PPO"),
    ],
)
def test_a_value_is_reduced_to_what_is_sent(name: str, typed: str, kept: str) -> None:
    assert filters.checked_value(name, typed) == kept


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("phone_number", "555-0143"),
        ("lead_id", "0"),
        ("owner_id", "12,13"),
        ("owner_id", "abc"),
        ("email", "a b"),
        ("email", "a@example.com b@example.com"),
        ("phone_number", "301-555-0123, 301-555-0124"),
        ("phone_number", "=one"),
        ("phone_number", "+1 301 555"),
        ("list_id", ","),
        ("lead_id", " , "),
        ("lead_id", "1,000"),
        ("lead_id", "1 003"),
        ("lead_id", "301 555 0123"),
        ("city", "\ud800"),
        ("date_of_birth", "this week"),
        ("created_at_start_date", "soon"),
        ("first_name", "a\nb"),
        ("city", "a\x1b[2Jb"),
    ],
)
def test_a_wrong_value_is_refused_with_its_filter_named(name: str, typed: str) -> None:
    with pytest.raises(FilterError) as caught:
        filters.checked_value(name, typed)
    assert caught.value.name == name
    assert len(typed) < 4 or typed not in str(caught.value)


@pytest.mark.parametrize("text", ["1,000", "12,045,678"])
def test_an_id_with_a_thousands_separator_is_refused_as_that(text: str) -> None:
    with pytest.raises(FilterError, match="no thousands separator"):
        filters.checked_value("lead_id", text)
    assert filters.checked_value("lead_id", "123,456") == "123,456"


@pytest.mark.parametrize(
    ("value", "sent", "codes"),
    [
        ("+49 1511 2345678", "15112345678", {"49"}),
        ("301 555 0123", "3015550123", set()),
        ("+1 301 555 0123", "3015550123", set()),
        ("=442079460019", "442079460019", set()),
    ],
)
def test_a_phone_is_sent_as_national_digits_and_its_country_code_is_kept(value: str, sent: str, codes: set[str]) -> None:
    query = Query.of({"phone_number": value})
    assert query.parameters() == {"phone_number": sent}
    assert query.phone_codes == codes


@pytest.mark.parametrize(
    ("name", "value", "is_unusual"),
    [("state", "NSW", True), ("state", "CA", False), ("gender", "X", True), ("gender", "F", False), ("city", "NSW", False)],
)
def test_values_sent_as_typed_get_a_hint(name: str, value: str, is_unusual: bool) -> None:
    assert ("sent as typed" in filters.remark_on(name, value)) == is_unusual


def test_an_unknown_name_suggests_the_nearest_and_the_mark_for_custom_ones() -> None:
    with pytest.raises(UsageError, match=r"did you mean first_name.*\+firstname="):
        filters.checked_name("firstname")


@pytest.mark.parametrize("name", ["+auth_token", "+auth.token", "+limit", "+offset[x]", "+", "+a b", "+a&b=c", "auth_token"])
def test_a_name_that_is_not_a_filter_cannot_be_made_one(name: str) -> None:
    with pytest.raises(UsageError):
        filters.checked_name(name)


def test_a_documented_name_after_the_mark_is_the_documented_filter() -> None:
    assert filters.checked_name("+status") == "status"


def test_a_query_sends_its_filters_and_nothing_else() -> None:
    query = Query.of({"status": "NEW", "state": "CA", "city": "", "+member_id": "77"})
    assert query.parameters() == {"status": "NEW", "state": "CA", "member_id": "77"}


def test_relative_dates_are_kept_and_fixed_for_one_search() -> None:
    query = Query.of({"created_at_start_date": "last month", "created_at_end_date": "last month"})
    assert dict(query.filters) == {"created_at_start_date": "last month", "created_at_end_date": "last month"}
    assert query.dated(date(2026, 3, 9)).parameters() == {
        "created_at_start_date": "2026-02-01",
        "created_at_end_date": "2026-02-28",
    }


def test_a_time_goes_with_the_ends_of_ranges_when_it_is_wanted() -> None:
    query = Query.of({"created_at_start_date": "2026-03-01", "created_at_end_date": "2026-03-02", "date_of_birth": "1980-01-01"})
    assert query.parameters(with_time=True) == {
        "created_at_start_date": "2026-03-01 00:00:00",
        "created_at_end_date": "2026-03-02 23:59:59",
        "date_of_birth": "1980-01-01",
    }


def test_a_query_is_updated_by_name_and_a_blank_takes_a_filter_away() -> None:
    query = Query.of({"+status": "NEW", "state": "CA"})
    assert query.with_checked({"state": "", "status": "SALE"}.items()).filters == (("status", "SALE"),)


def test_the_summary_is_one_clean_line() -> None:
    query = Query.of({"status": "NEW", "created_at_start_date": "-7d", "+x": "[red]\u202e"})
    assert query.summary() == "status NEW · created −7d · x [red]\N{REPLACEMENT CHARACTER}"


def test_a_span_of_days_has_both_ends_of_its_range() -> None:
    both = {"created_at_start_date": "last week", "created_at_end_date": "last week"}
    assert dict(Query.of({"created_at_start_date": "Last Week"})) == both
    assert dict(Query.of({"created_at_end_date": "last week", "created_at_start_date": " "})) == both
    assert dict(Query.of({"created_at_start_date": "last week", "created_at_end_date": "today"}))["created_at_end_date"] == "today"
    assert dict(Query.of({"last_name": "this week"})) == {"last_name": "this week"}
    for end in both:
        assert dict(Query.of(both).with_checked([(end, "")])) == {}
        assert dict(Query.of(both).with_checked([(end, "today")])) == {**both, end: "today"}


def test_a_summary_tells_the_days_that_dates_stand_for() -> None:
    query = Query.of(
        {"created_at_start_date": "this week", "updated_at_start_date": "\N{MINUS SIGN}7d", "updated_at_end_date": "6/2/2025"}
    )
    assert query.summary() == "created this week · updated −7d · updated to 2025-06-02"
    assert query.summary(query.dated(date(2026, 11, 28)), "UTC") == (
        "created this week (2026-11-23 … 2026-11-29 UTC) · updated −7d (2026-11-21 UTC) · updated to 2025-06-02"
    )
    mixed = Query.of({"created_at_start_date": "last 7 days", "created_at_end_date": "yesterday"})
    assert mixed.summary(mixed.dated(date(2026, 11, 28))) == "created last 7 days (2026-11-22) · created to yesterday (2026-11-27)"
