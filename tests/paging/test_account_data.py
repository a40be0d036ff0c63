"""The account's codes and names: read in every shape, requested at most once, empty if they cannot be read. Values to suggest."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lead_tui import limits
from lead_tui.leads.errors import SearchError, SectionForbidden
from lead_tui.leads.lead import Answer, Lead
from lead_tui.leads.records import Records, RecordsQuery, Section, read_records
from lead_tui.paging.account_data import AccountNames, ValueIndex, is_elsewhere, read_history

SAMPLES = Path(__file__).parents[1] / "samples"
NAMED = {
    Section.USERS: ("40_users_search.json", {"50021": "Priya Nair", "50022": "Tom"}),
    Section.CAMPAIGNS: ("41_campaigns_search.json", {"111": "Main Outbound", "222": "Reactivation", "333": "Medicare AEP"}),
    Section.LISTS: ("42_lists_search.json", {"4107": "Spring Web Leads", "4110": "Health Quotes Live", "4120": "Aged Q1"}),
    Section.STATUSES: ("43_status_search.json", {"NEW": "New Lead", "DNC": "Do NOT Call"}),
}


class Account:
    """Answers with the samples; forbids what is *forbidden*."""

    def __init__(self, *forbidden: Section) -> None:
        self.forbidden = forbidden
        self.requests: list[dict[str, str]] = []
        self.learned: list[Section] = []
        self.failures: list[SearchError] = []
        self.names = AccountNames(self, self.learned.append, self.failures.append)

    async def records(self, query: RecordsQuery) -> Records:
        self.requests.append(query.parameters())
        if query.section in self.forbidden:
            raise SectionForbidden(f"This token may not read {query.section}")
        return read_records((SAMPLES / NAMED[query.section][0]).read_bytes())


@pytest.mark.parametrize("section", NAMED)
async def test_a_section_is_requested_when_it_is_needed_and_once(section: Section) -> None:
    account = Account()
    names = account.names
    assert (names.known(section), account.requests) == ({}, [])
    assert names.of(section) == {}
    assert await names.read(section) == NAMED[section][1]
    assert (names.of(section), names.known(section)) == (NAMED[section][1],) * 2
    # If no limit is documented, none is sent.
    assert account.requests == [{"limit": "500"} if section is Section.USERS else {}]
    assert (account.learned, account.failures) == ([section], [])


async def test_statuses_tell_which_forbid_calls_and_campaigns_the_time_zone() -> None:
    names = Account().names
    await names.read(Section.STATUSES)
    await names.read(Section.CAMPAIGNS)
    assert names.do_not_call == {"DNC"}
    assert names.zone == "America/Denver"


@pytest.mark.parametrize("section", NAMED)
async def test_a_forbidden_section_is_reported_once_and_not_requested_again(section: Section) -> None:
    account = Account(section)
    for _ in range(2):
        assert await account.names.read(section) == {}
        assert account.names.of(section) == {}
    assert len(account.requests) == len(account.failures) == 1
    assert account.learned == []


async def test_without_a_source_there_are_no_names() -> None:
    names = AccountNames(None, lambda _: None, lambda _: None)
    assert await names.read(Section.USERS) == names.of(Section.USERS) == {}
    names.close()


def test_an_unknown_zone_does_not_count_as_elsewhere() -> None:
    now = datetime(2026, 3, 9, tzinfo=UTC)
    assert not is_elsewhere("Moon/Tycho", now)
    assert is_elsewhere("Asia/Kathmandu", now)


@pytest.mark.parametrize(("of_lead", "missing"), [("7", 8), ("9", 0)])
async def test_calls_that_a_request_leaves_out_are_counted_unless_they_may_be_those_of_others(of_lead: str, missing: int) -> None:
    class Log:
        async def records(self, query: RecordsQuery) -> Records:
            if query.section is not Section.CALLS:
                raise SectionForbidden(f"This token may not read {query.section}")
            rows = tuple(Lead({"lead_id": each, "call_date": "2026-03-01 10:00:00"}) for each in ("7", of_lead))
            return Records(Answer(True), rows, 10)

    found = await read_history(Log(), "7", datetime(2026, 3, 9, tzinfo=UTC), None)
    assert (len(found.events), found.missing) == (2 if of_lead == "7" else 1, missing)
    assert [section for section, _ in found.problems] == [Section.CALLBACKS, Section.RECORDINGS]


# Values to suggest


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
    assert list(seen_in({"campaign_name": "", "source_name": None}).keys) == []


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
