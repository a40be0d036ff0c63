"""A look-up in several fields, merged by lead id."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from msgspec.structs import replace

from lead_tui.leads.errors import NetworkError, ServerError
from lead_tui.leads.fields import PHONE_FIELDS
from lead_tui.leads.lead import decode_row, row_ids
from lead_tui.leads.lookup import look_up
from lead_tui.leads.page import UNSENDABLE, Page
from lead_tui.leads.query import Query
from lead_tui.paging.loader import Loader
from lead_tui.paging.page_sources import CombinedSearches, FieldSearches, look_up_all
from lead_tui.paging.result import Result
from tests.paging.fake_source import FakeSource, go_to, row, settled

_TODAY = date(2026, 3, 9)


class _Fields:
    """Answers by the requested field, with the leads given for it, once its gate, if it has one, is open."""

    def __init__(self, **leads: list[dict[str, str]] | Exception) -> None:
        self.leads = leads
        self.asked: list[Query] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        self.asked.append(query)
        field = query.filters[0][0]
        if field in self.gates:
            await self.gates[field].wait()
        found = self.leads.get(field, [])
        if isinstance(found, Exception):
            raise found
        rows = [row(int(lead["lead_id"]), **{key: value for key, value in lead.items() if key != "lead_id"}) for lead in found]
        return Page(offset, limit, rows, row_ids(rows), len(rows))


def _ids(page: Page) -> list[str]:
    return [decode_row(each).lead_id for each in page.rows]


async def _ask(source: _Fields, text: str) -> Page:
    return await look_up_all(CombinedSearches(source), look_up(text).parts, _TODAY)


async def test_a_phone_is_looked_for_in_three_fields_and_each_lead_says_which_matched() -> None:
    source = _Fields(phone_number=[{"lead_id": "3"}], alt_phone_2=[{"lead_id": "7"}, {"lead_id": "3"}])
    merged = await _ask(source, "(301) 001-0000")
    assert [query.filters for query in source.asked] == [
        (("phone_number", "3010010000"),),
        (("alt_phone_1", "3010010000"),),
        (("alt_phone_2", "3010010000"),),
    ]
    assert _ids(merged) == ["3", "7"]
    assert merged.fields.matched == ["Phone, Phone 3", "Phone 3"]


async def test_one_field_that_fails_leaves_what_the_others_found() -> None:
    source = _Fields(phone_number=ServerError("It broke"), alt_phone_2=[{"lead_id": "7"}])
    merged = await _ask(source, "3010010000")
    assert len(merged.rows) == 1
    assert [(field, str(error)) for field, error in merged.fields.failures] == [("phone_number", "It broke")]


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
    assert _ids(merged) == ["3"]


async def test_leads_without_an_id_are_all_shown() -> None:
    nameless: list[dict[str, str]] = [{"lead_id": "0"}, {"lead_id": "0"}]
    merged = await _ask(_Fields(phone_number=nameless, alt_phone_1=nameless), "3010010000")
    assert len(merged.rows) == 4


async def test_leads_that_cannot_be_sent_are_a_partial_failure_of_their_field() -> None:
    class Source(_Fields):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            page = await super().fetch(query, offset, limit)
            if offset:
                return page
            return replace(page, rows=[*page.rows, UNSENDABLE], ids=row_ids([*page.rows, UNSENDABLE]), unsendable=(len(page.rows),))

    merged = await _ask(Source(phone_number=[{"lead_id": "7"}]), "3015550142")
    assert (len(merged.rows), len(merged.fields.failures)) == (1, 3)
    assert merged.fields.failures[0][1].message == "The server cannot send 1 lead"


async def test_a_field_whose_pages_are_short_is_read_up_to_the_limit() -> None:
    source = FakeSource(35)
    source.most_rows = 10
    merged = await look_up_all(source, look_up("3015550142").parts[:1], _TODAY, limit=30)
    assert (len(merged.rows), merged.fields.cut, merged.fields.failures) == (30, ("phone_number",), ())


@pytest.mark.parametrize("limit", [None, 30])
async def test_leads_that_the_server_counts_but_does_not_send_are_a_failure_of_their_field(limit: int | None) -> None:
    source = FakeSource(2)
    source.says_total = lambda: 3
    merged = await look_up_all(source, look_up("3015550142").parts[:1], _TODAY, limit=limit)
    assert len(merged.rows) == 2
    assert [error.message for _, error in merged.fields.failures] == ["the server counts 1 lead more than it sent"]


async def test_a_field_that_is_read_whole_lacks_nothing_however_many_pages_it_takes() -> None:
    source = FakeSource(250)
    source.most_rows = 100
    merged = await look_up_all(source, look_up("3015550142").parts[:1], _TODAY, limit=None)
    assert (len(merged.rows), merged.fields.lacks_leads) == (250, False)


@pytest.mark.parametrize("total", [None, 250])
async def test_fields_with_more_leads_than_were_requested_are_named_once(total: int | None) -> None:
    source = FakeSource(250)
    source.says_total = lambda: total
    parts = [*look_up("3015550142").parts[:1], *look_up("3015550143").parts[:1]]
    merged = await look_up_all(source, parts, _TODAY, limit=100)
    assert (len(merged.rows), merged.fields.cut) == (100, ("phone_number",))
    assert (await look_up_all(source, parts, _TODAY, limit=251)).fields.cut == ()


# As it is shown, field after field


def _slow(**leads: list[dict[str, str]] | Exception) -> _Fields:
    source = _Fields(**leads)
    source.gates = {field: asyncio.Event() for field in PHONE_FIELDS}
    return source


def _fields_asked(source: _Fields) -> list[str]:
    return [query.filters[0][0] for query in source.asked]


def _shown(source: _Fields) -> tuple[Loader, list[range]]:
    changed: list[range] = []
    searches = FieldSearches(source, look_up("3010010000").parts, _TODAY)
    loader = Loader(searches, Result(Query()), changed.append)
    go_to(loader, 0)
    return loader, changed


def _rows(loader: Loader) -> list[tuple[str, str]]:
    leads = ((loader.rows.lead(index), loader.rows.note(index)) for index in range(loader.rows.length))
    return [(lead.lead_id, note) for lead, note in leads if lead is not None]


async def test_leads_are_shown_as_they_arrive_and_those_shown_stay_where_they_are() -> None:
    source = _slow(phone_number=[{"lead_id": "3"}], alt_phone_2=[{"lead_id": "7"}, {"lead_id": "3"}])
    loader, changed = _shown(source)
    source.gates["alt_phone_2"].set()
    await settled(lambda: loader.rows.answered)
    assert _rows(loader) == [("7", "Phone 3"), ("3", "Phone 3")]
    assert (loader.loading, loader.rows.fields.waits_for) == (True, ("phone_number", "alt_phone_1"))
    changed.clear()
    # Both at the same moment: neither waits for the other to be handled.
    source.gates["alt_phone_1"].set()
    source.gates["phone_number"].set()
    await settled(lambda: not loader.loading)
    assert _rows(loader) == [("7", "Phone 3"), ("3", "Phone, Phone 3")]
    assert not loader.rows.fields.lacks_leads
    assert loader.rows.moved_from is None
    assert any(span.start == 0 and span.stop >= 2 for span in changed)
    assert len(source.asked) == 3


async def test_an_answer_that_comes_while_another_is_handled_is_shown_at_once() -> None:
    source = _slow(phone_number=[{"lead_id": "3"}], alt_phone_1=[{"lead_id": "7"}])
    searches = FieldSearches(source, look_up("3010010000").parts, _TODAY)
    source.gates["phone_number"].set()
    assert len((await searches.fetch(Query(), 0, 50)).rows) == 1
    source.gates["alt_phone_1"].set()
    for _ in range(5):
        await asyncio.sleep(0)
    # The third field is never answered.
    assert len((await searches.fetch(Query(), 0, 50)).rows) == 2
    cancelled = asyncio.ensure_future(searches.fetch(Query(), 0, 50))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.wait([cancelled])


async def test_a_canceled_look_up_keeps_its_leads_and_a_retry_requests_only_the_other_fields() -> None:
    source = _slow(phone_number=[{"lead_id": "3"}], alt_phone_1=ServerError("It broke"), alt_phone_2=[{"lead_id": "7"}])
    loader, _ = _shown(source)
    source.gates["phone_number"].set()
    source.gates["alt_phone_1"].set()
    await settled(lambda: len(loader.rows.fields.failures) == 1)
    loader.cancel()
    failures = [(field, error.message) for field, error in loader.rows.fields.failures]
    assert failures == [("alt_phone_1", "It broke"), ("alt_phone_2", "Canceled")]
    assert (loader.loading, loader.error, loader.rows.has_failures, _rows(loader)) == (False, None, True, [("3", "Phone")])
    source.asked.clear()
    source.leads["alt_phone_1"] = []
    source.gates["alt_phone_2"].set()
    loader.retry()
    assert loader.loading
    await settled(lambda: not loader.loading)
    assert (_fields_asked(source), _rows(loader)) == (["alt_phone_1", "alt_phone_2"], [("3", "Phone"), ("7", "Phone 3")])
    assert not loader.rows.fields.lacks_leads


async def test_a_look_up_that_is_left_and_returned_to_requests_what_has_not_been_answered() -> None:
    source = _slow(phone_number=[{"lead_id": "3"}])
    loader, _ = _shown(source)
    source.gates["phone_number"].set()
    await settled(lambda: loader.rows.answered)
    loader.pause()
    assert not loader.loading
    loader.rows.shrink(None)
    for gate in source.gates.values():
        gate.set()
    source.asked.clear()
    loader.show()
    await settled(lambda: not loader.loading)
    assert _fields_asked(source) == ["alt_phone_1", "alt_phone_2"]
    # All have been answered: the rows that were evicted meanwhile cost no request.
    loader.rows.shrink(None)
    loader.show()
    await settled(lambda: loader.rows.loaded == 1)
    assert len(source.asked) == 2


async def test_the_last_row_of_a_look_up_is_the_last_lead_found() -> None:
    source = _slow(phone_number=[{"lead_id": str(each)} for each in range(1, 21)], alt_phone_1=ServerError("It broke"))
    loader, _ = _shown(source)
    for gate in source.gates.values():
        gate.set()
    await settled(lambda: not loader.loading)
    asked = len(source.asked)
    loader.position.seeks_end = True
    loader.show()
    await settled(lambda: not loader.loading)
    assert (loader.position.cursor, len(source.asked)) == (19, asked)


async def test_a_caller_who_cancels_takes_no_field_from_another() -> None:
    source = _slow(phone_number=[{"lead_id": "3"}], alt_phone_1=ServerError("It broke"))
    searches = FieldSearches(source, look_up("3010010000").parts, _TODAY)
    source.gates["phone_number"].set()
    source.gates["alt_phone_1"].set()
    await searches.fetch(Query(), 0, 50)
    one, other = (asyncio.ensure_future(searches.fetch(Query(), 0, 50)) for _ in range(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    one.cancel()
    fields = (await other).fields
    assert {*fields.waits_for, *(field for field, _ in fields.failures)} == {"alt_phone_1", "alt_phone_2"}


async def test_a_caller_gets_the_leads_though_another_cancels_before_any_has_arrived() -> None:
    source = _slow(phone_number=[{"lead_id": "3"}])
    searches = FieldSearches(source, look_up("3010010000").parts, _TODAY)
    one, other = (asyncio.ensure_future(searches.fetch(Query(), 0, 50)) for _ in range(2))
    await asyncio.sleep(0)
    one.cancel()
    for gate in source.gates.values():
        gate.set()
    assert _ids(await other) == ["3"]
