"""The account's codes and names: read in every shape, requested at most once, and empty if they cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lead_tui.leads.decode import Answer
from lead_tui.leads.errors import SearchError, SectionForbidden
from lead_tui.leads.lead import Lead
from lead_tui.leads.records import Records, RecordsQuery, Section, read_records
from lead_tui.paging.account_data import AccountNames, is_elsewhere, read_history

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
