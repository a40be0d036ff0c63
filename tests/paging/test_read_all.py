"""Reading a result from its first lead: what is requested, what is skipped, where it ends."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lead_tui.leads.errors import ServerError
from lead_tui.leads.lead import Row, row_ids
from lead_tui.leads.page import UNSENDABLE, Page
from lead_tui.leads.query import Query
from lead_tui.limits import MAX_LIMIT
from lead_tui.paging.read_all import ReadAll
from tests.paging.fake_source import FakeSource


def rows(*ids: int | None) -> list[Row]:
    return [msgspec.Raw(json.dumps({} if each is None else {"lead_id": each}).encode()) for each in ids]


class Answers:
    """A source that gives *pages* one after another, each with the ids after those sent before, and the total it counts."""

    def __init__(self, *pages: tuple[Sequence[int | None], int | None]) -> None:
        self.pages = list(pages)
        self.asked: list[tuple[int, int]] = []
        self.sent: list[int | None] = []

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        self.asked.append((offset, limit))
        if not self.pages:
            raise ServerError("no more")
        ids, total = self.pages.pop(0)
        ids, self.sent = [*self.sent[offset:], *ids], [*self.sent, *ids]
        found = rows(*ids)
        return Page(offset, limit, found, row_ids(found), total, text="" if ids else "Missing lists")


async def read(source: Answers, limit: int = 100) -> tuple[list[int], ReadAll]:
    reading = ReadAll(source, Query(), limit)
    found: list[int] = []
    async for part in reading.parts():
        found.extend(row_ids(part.rows))
    return found, reading


async def test_the_next_page_begins_after_the_entries_received() -> None:
    source = Answers(([1, 2, 3], 5), ([4, 5], 5))
    found, reading = await read(source)
    assert found == [1, 2, 3, 4, 5]
    assert source.asked == [(0, 100), (2, 98)]
    assert (reading.given, reading.total, reading.repeated) == (5, 5, 0)


async def test_a_page_has_at_most_what_the_api_allows() -> None:
    source = Answers((range(1, MAX_LIMIT + 1), None), ([], None))
    await read(source, 5_000)
    assert source.asked == [(0, MAX_LIMIT), (MAX_LIMIT - 1, MAX_LIMIT)]


async def test_no_more_is_requested_than_wanted() -> None:
    source = Answers(([1, 2], 1_000))
    found, reading = await read(source, 2)
    assert found == [1, 2]
    assert source.asked == [(0, 2)]
    assert reading.total == 1_000


async def test_a_server_that_sends_more_than_requested_gives_no_more_leads_than_wanted() -> None:
    found, reading = await read(Answers(([1, 2, 3, 4], 9)), 3)
    assert found == [1, 2, 3]
    assert reading.given == 3


async def test_without_a_total_an_empty_page_is_the_end() -> None:
    found, _ = await read(Answers(([1, 2], None), ([3], None), ([], None)))
    assert found == [1, 2, 3]


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_without_a_total_no_lead_is_missed_where_few_match(count: int) -> None:
    source = FakeSource(count)
    source.says_total = lambda: None
    reading = ReadAll(source, Query())
    assert [number async for part in reading.parts() for number in part.numbers] == [*range(1000, 1000 + count)]
    assert reading.shortfall() is None
    assert len(source.asked) <= 4


async def test_a_page_that_adds_no_new_id_is_the_end() -> None:
    found, reading = await read(Answers(([1, 2], None), ([2, 1], None)))
    assert found == [1, 2]
    assert reading.repeated == 2
    assert reading.shortfall() is None


@pytest.mark.parametrize("total", [None, 0])
@pytest.mark.parametrize("count", [1, 2, 3])
async def test_a_server_that_sends_its_last_lead_for_every_offset_is_not_queried_forever(count: int, total: int | None) -> None:
    class Clamped(Answers):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            self.asked.append((offset, limit))
            found = rows(*range(min(offset, count - 1) + 1, count + 1))
            return Page(offset, limit, found, row_ids(found), total)

    source = Clamped()
    found, reading = await read(source)
    assert found == list(range(1, count + 1))
    assert reading.shortfall() is None
    assert len(source.asked) <= 5


@pytest.mark.parametrize("total", [None, 0])
async def test_the_only_lead_is_complete_if_a_server_without_a_count_says_that_there_is_no_further_one(total: int | None) -> None:
    class NoSuchLead(Answers):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            found = rows(1)[offset:]
            # The client makes the offset the total where the server says "No such Lead" (6001).
            return Page(offset, limit, found, row_ids(found), offset if offset else total)

    found, reading = await read(NoSuchLead())
    assert (found, reading.shortfall()) == ([1], None)


async def test_leads_that_come_again_are_left_out_and_counted_and_others_take_their_place() -> None:
    source = Answers(([1, 2], 9), ([2, 3], 9), ([4], 9))
    found, reading = await read(source, 4)
    assert found == [1, 2, 3, 4]
    assert reading.repeated == 1
    assert source.asked == [(0, 4), (1, 3), (3, 2)]


async def test_rows_that_repeat_a_lead_do_not_stand_for_wanted_ones_that_do_not_come() -> None:
    source = FakeSource(7)
    source.identity = lambda index: 1000 + index % 5
    source.says_total = lambda: 20
    reading = ReadAll(source, Query(), 6)
    assert [number async for part in reading.parts() for number in part.numbers] == [*range(1000, 1005)]
    error = reading.shortfall()
    assert error is not None
    assert error.message.startswith("1 lead of 20 could not be read")


async def test_leads_without_an_id_are_distinguished_by_what_they_hold() -> None:
    page = [msgspec.Raw(b'{"city": "A"}'), msgspec.Raw(b'{"city": "B"}')]

    class Source:
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            return Page(offset, limit, page[offset:], row_ids(page[offset:]))

    reading = ReadAll(Source(), Query(), 100)
    assert [len(part.rows) async for part in reading.parts()] == [2]
    assert reading.shortfall() is None


async def test_rows_that_are_not_objects_do_not_repeat_each_other() -> None:
    page = [msgspec.Raw(each) for each in (b"null", b"null", b'{"city": "A"}', b'{"city": "A"}', b"null")]

    class Source:
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            return Page(offset, limit, page[offset:], row_ids(page[offset:]), len(page))

    reading = ReadAll(Source(), Query())
    assert [bytes(row) for part in [part async for part in reading.parts()] for row in part.rows].count(b"null") == 3
    assert reading.repeated == 1


async def test_leads_before_a_failure_have_been_passed_on() -> None:
    reading = ReadAll(Answers(([1, 2], 9)), Query(), 100)
    given: list[int] = []
    parts = reading.parts()
    given.extend(row_ids((await anext(parts)).rows))
    with pytest.raises(ServerError):
        await anext(parts)
    assert given == [1, 2]
    assert reading.given == 2


# Leads that the server cannot send


class Unsendable:
    """A source of *total* leads with the ids 1, 2, …, except that it cannot send those at the offsets *bad*."""

    def __init__(self, total: int, bad: set[int]) -> None:
        self.total, self.bad = total, bad

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        places = range(offset, min(offset + limit, self.total))
        found = [UNSENDABLE if each in self.bad else rows(each + 1)[0] for each in places]
        return Page(offset, limit, found, row_ids(found), self.total, unsendable=tuple(sorted(self.bad & set(places))))


@settings(max_examples=30)
@given(
    total=st.integers(0, 60),
    bad=st.sets(st.integers(0, 59), max_size=20),
    page_rows=st.integers(10, 25),
    limit=st.integers(1, 80),
    stop=st.integers(0, 5),
)
@example(total=1, bad={0}, page_rows=10, limit=2, stop=0)
@example(total=23, bad={9}, page_rows=10, limit=24, stop=0)
async def test_leads_that_cannot_be_sent_are_named_by_row_also_after_resuming(
    total: int, bad: set[int], page_rows: int, limit: int, stop: int
) -> None:
    source = Unsendable(total, bad)
    found: list[int] = []
    place = None
    reading = ReadAll(source, Query(), limit, page_rows=page_rows)
    async for part in reading.parts():
        found.extend(part.numbers)
        place = json.loads(json.dumps(part.after))
        if not stop:
            break
        stop -= 1
    reading = ReadAll(source, Query(), limit, page_rows=page_rows, place=place, known=found)
    async for part in reading.parts():
        found.extend(part.numbers)
    wanted = range(min(total, limit))
    assert found == [each + 1 for each in wanted if each not in bad]
    assert reading.unsendable == [each + 1 for each in wanted if each in bad]
    assert reading.missing == 0
    assert (reading.shortfall() is None) is not bool(reading.unsendable)


@pytest.mark.parametrize("total", [None, 3, 20])
async def test_a_lead_that_cannot_be_sent_is_not_read_forever_from_a_server_that_ignores_the_offset(total: int | None) -> None:
    class First(Unsendable):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            assert offset < 50_000
            page = await super().fetch(query, 0, limit)
            return Page(offset, limit, page.rows, page.ids, total, unsendable=tuple(offset + each for each in page.unsendable))

    reading = ReadAll(First(3, {1}), Query())
    assert [number async for part in reading.parts() for number in part.numbers] == [1, 3]
    assert reading.shortfall() is not None


def test_of_many_rows_the_first_are_named() -> None:
    reading = ReadAll(Unsendable(0, set()), Query())
    reading.unsendable = list(range(1, 1_500, 100))
    assert str(reading.shortfall()) == (
        "15 leads could not be read: rows 1, 101, 201, 301, 401, 501, 601, 701, 801, 901, …: "
        "contact the administrator of the server"
    )
