"""A look-up in several fields, merged by lead id."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from lead_tui.leads.decode import row_ids
from lead_tui.leads.errors import NetworkError, ServerError
from lead_tui.leads.lookup import look_up
from lead_tui.leads.page import UNSENDABLE, Page
from lead_tui.leads.query import Query
from lead_tui.paging.field_search import MergedRows, look_up_all
from lead_tui.paging.page_sources import CombinedSearches
from tests.paging.fake_source import FakeSource, row

_TODAY = date(2026, 3, 9)


class _Fields:
    """Answers by the requested field, with the leads given for it."""

    def __init__(self, **leads: list[dict[str, str]] | Exception) -> None:
        self.leads = leads
        self.asked: list[Query] = []

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        self.asked.append(query)
        found = self.leads.get(query.filters[0][0], [])
        if isinstance(found, Exception):
            raise found
        rows = [row(int(lead["lead_id"]), **{key: value for key, value in lead.items() if key != "lead_id"}) for lead in found]
        return Page(offset, limit, rows, row_ids(rows), len(rows))


async def _ask(source: _Fields, text: str) -> MergedRows:
    return await look_up_all(CombinedSearches(source), look_up(text).parts, _TODAY)


async def test_a_phone_is_looked_for_in_three_fields_and_each_lead_says_which_matched() -> None:
    source = _Fields(phone_number=[{"lead_id": "3"}], alt_phone_2=[{"lead_id": "7"}, {"lead_id": "3"}])
    merged = await _ask(source, "(301) 001-0000")
    assert [query.filters for query in source.asked] == [
        (("phone_number", "3010010000"),),
        (("alt_phone_1", "3010010000"),),
        (("alt_phone_2", "3010010000"),),
    ]
    leads = [merged.lead(index) for index in range(merged.length)]
    assert [lead.lead_id for lead in leads if lead] == ["3", "7"]
    assert [merged.note(index) for index in range(2)] == ["Phone, Phone 3", "Phone 3"]


async def test_one_field_that_fails_leaves_what_the_others_found() -> None:
    source = _Fields(phone_number=ServerError("It broke"), alt_phone_2=[{"lead_id": "7"}])
    merged = await _ask(source, "3010010000")
    assert merged.length == 1
    assert [(field, str(error)) for field, error in merged.failures] == [("phone_number", "It broke")]


async def test_a_look_up_that_fails_everywhere_raises_the_first_error() -> None:
    down = NetworkError("The line is down")
    with pytest.raises(NetworkError, match="The line is down"):
        await _ask(_Fields(phone_number=down, alt_phone_1=down, alt_phone_2=down), "3010010000")


async def test_a_number_of_another_country_is_compared_by_its_code_here() -> None:
    source = _Fields(
        phone_number=[{"lead_id": "3", "phone_code": "91"}, {"lead_id": "4", "phone_code": "1"}, {"lead_id": "5"}],
    )
    merged = await _ask(source, "+91 98455 50112")
    assert source.asked[0].parameters() == {"phone_number": "9845550112"}
    assert merged.left_out == 2
    assert [lead.lead_id for index in range(merged.length) if (lead := merged.lead(index))] == ["3"]


async def test_leads_without_an_id_are_all_shown() -> None:
    merged = MergedRows()
    rows = [row(0), row(0)]
    merged.add("phone_number", Page(0, 200, rows, row_ids(rows), 2))
    assert merged.length == 2


async def test_leads_that_cannot_be_sent_are_a_partial_failure_of_their_field() -> None:
    class Source(_Fields):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            page = await super().fetch(query, offset, limit)
            if offset:
                return page
            return replace(page, rows=[*page.rows, UNSENDABLE], ids=row_ids([*page.rows, UNSENDABLE]), unsendable=(len(page.rows),))

    merged = await _ask(Source(phone_number=[{"lead_id": "7"}]), "3015550142")
    assert (merged.length, len(merged.failures)) == (1, 3)
    assert merged.failures[0][1].message == "The server cannot send a lead"


async def test_a_field_whose_pages_are_short_is_read_up_to_the_limit() -> None:
    source = FakeSource(35)
    source.most_rows = 10
    merged = await look_up_all(source, look_up("3015550142").parts[:1], _TODAY, limit=30)
    assert (merged.length, merged.cut, merged.failures) == (30, ["phone_number"], [])


@pytest.mark.parametrize("limit", [None, 30])
async def test_leads_that_the_server_counts_but_does_not_send_are_a_failure_of_their_field(limit: int | None) -> None:
    source = FakeSource(2)
    source.says_total = lambda: 3
    merged = await look_up_all(source, look_up("3015550142").parts[:1], _TODAY, limit=limit)
    assert merged.length == 2
    assert [error.message for _, error in merged.failures] == ["the server counts 1 lead more than it sent"]


async def test_a_field_that_is_read_whole_lacks_nothing_however_many_pages_it_takes() -> None:
    source = FakeSource(250)
    source.most_rows = 100
    merged = await look_up_all(source, look_up("3015550142").parts[:1], _TODAY, limit=None)
    assert (merged.length, merged.total, merged.cut) == (250, 250, [])


@pytest.mark.parametrize("total", [None, 250])
async def test_fields_with_more_leads_than_were_requested_are_named_once(total: int | None) -> None:
    source = FakeSource(250)
    source.says_total = lambda: total
    parts = [*look_up("3015550142").parts[:1], *look_up("3015550143").parts[:1]]
    merged = await look_up_all(source, parts, _TODAY, limit=100)
    assert (merged.length, merged.total, merged.cut) == (100, None, ["phone_number"])
    assert (await look_up_all(source, parts, _TODAY, limit=251)).cut == []
