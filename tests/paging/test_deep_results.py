"""Results deeper than the server pages: read in windows of created_at, with nothing lost or repeated and the rest counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_tui.leads.errors import ApplicationError, OffsetRefused
from lead_tui.leads.lead import row_ids
from lead_tui.leads.page import UNSENDABLE, Page, Part
from lead_tui.leads.query import Query
from lead_tui.paging.read_all import FROM, TO, ReadAll, Window, widest_window
from tests.paging.fake_source import row

TODAY = date(2026, 3, 9)
BEGIN = datetime(2026, 1, 5, 9)


@dataclass(frozen=True)
class Known:
    """A lead as the server stores it."""

    identity: int
    created: str
    list_id: str = "1"
    status: str = "NEW"


@dataclass
class Deep:
    """Pages no deeper than *depth*, and compares times as text, as a database does."""

    leads: Sequence[Known]
    depth: int
    knows_times: bool = True
    is_silent: bool = False  # sends nothing from there on, rather than refuse
    unsendable: Collection[int] = ()
    asked: list[tuple[Query, int, int]] = field(default_factory=list)
    refuses: Callable[[Query], bool] = lambda query: False
    found: dict[Query, list[Known]] = field(default_factory=dict)

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        self.asked.append((query, offset, limit))
        sent = query.parameters()
        if self.refuses(query):
            raise ApplicationError("Invalid date")
        if offset >= self.depth and not self.is_silent:
            raise OffsetRefused("no deeper")
        start, end = sent.get(FROM, ""), sent.get(TO, "9")
        if not self.knows_times:
            start, end = start[:10], end[:10]
        if len(end) == 10:
            end += " 23:59:59"
        if query not in self.found:
            self.found[query] = [
                lead
                for lead in self.leads
                if start <= lead.created <= end
                and sent.get("list_id", lead.list_id) == lead.list_id
                and sent.get("status", lead.status) == lead.status
            ]
        found = self.found[query]
        stop = self.depth if self.is_silent else len(found)
        here = found[offset : min(offset + limit, stop)]
        cannot = tuple(place for place, lead in enumerate(here, offset) if lead.identity in self.unsendable)
        rows = [
            UNSENDABLE if place in cannot else row(lead.identity, list_id=lead.list_id, status=lead.status)
            for place, lead in enumerate(here, offset)
        ]
        return Page(offset, limit, rows, row_ids(rows), len(found), unsendable=cannot)


def leads(count: int, every: float, begin: datetime = BEGIN) -> list[Known]:
    """Return leads, one *every* so many seconds from *begin* on."""
    return [Known(number, str(begin + timedelta(seconds=int(number * every)))) for number in range(1, count + 1)]


async def parts_of(source: Deep, query: Query = Query(), **more: object) -> tuple[list[Part], ReadAll]:  # noqa: B008
    reading = ReadAll(source, query, today=TODAY, **more)  # type: ignore[arg-type]  # handed on
    return [part async for part in reading.parts()], reading


def ids_in(parts: Sequence[Part]) -> list[int]:
    return [number for part in parts for number in row_ids(part.rows)]


@pytest.mark.parametrize("every", [0.25, 1, 600, 86_400])
async def test_every_lead_comes_once(every: float) -> None:
    source = Deep(leads(10_000, every, datetime(1971, 1, 1)), 4_000)
    parts, reading = await parts_of(source)
    found = ids_in(parts)
    assert sorted(found) == list(range(1, 10_001))
    assert found[:4_000] == list(range(1, 4_001))
    assert (reading.missing, reading.repeated, reading.moved) == (0, 0, False)


async def test_leads_with_a_zero_date_and_from_tomorrow_are_within_the_outer_windows() -> None:
    odd = [Known(900_001, "0000-00-00 00:00:00"), Known(900_002, "2031-01-01 00:00:00")]
    parts, reading = await parts_of(Deep([*leads(10_000, 60), *odd], 2_000))
    assert {900_001, 900_002} < set(ids_in(parts))
    assert reading.missing == 0


async def test_leads_that_no_window_holds_are_counted() -> None:
    source = Deep([*leads(9_990, 60), *(Known(900_000 + each, "~") for each in range(10))], 2_000)
    for known in source.leads[-10:]:
        assert known.created > "9"
    everything = source.leads
    original = source.fetch

    async def fetch(query: Query, offset: int, limit: int) -> Page:
        page = await original(query, offset, limit)
        if query.value(FROM) or query.value(TO):
            return page
        return Page(page.offset, page.limit, page.rows, page.ids, len(everything))

    source.fetch = fetch  # type: ignore[method-assign]
    parts, reading = await parts_of(source)
    assert len(ids_in(parts)) == 9_990
    assert reading.missing == 10


async def test_the_querys_own_edges_are_sent_as_they_are_and_others_as_times() -> None:
    query = Query(((FROM, "2026-01-05"), (TO, "2026-01-20"), ("status", "NEW")))
    source = Deep(leads(20_000, 60), 4_000)
    parts, _ = await parts_of(source, query)
    assert sorted(ids_in(parts)) == list(range(1, 20_001))
    for asked, _, _ in source.asked:
        start, end = asked.value(FROM), asked.value(TO)
        assert start == "2026-01-05" or (len(start) == 19 and start > "2026-01-05")
        assert end == "2026-01-20" or (len(end) == 19 and end < "2026-01-20 23:59:59")
        assert asked.value("status") == "NEW"


async def test_leads_within_one_second_are_divided_by_list_and_then_by_status() -> None:
    at = "2026-01-05 09:00:00"
    crowd = [Known(number, at, str(number % 3 + 1), ("NEW", "CB", "NI")[number // 3 % 3]) for number in range(1, 9_001)]
    source = Deep(crowd, 2_000)
    parts, reading = await parts_of(source)
    assert sorted(ids_in(parts)) == list(range(1, 9_001))
    assert reading.missing == 0


@pytest.mark.parametrize("every", [60, 0])
async def test_rows_that_repeat_a_lead_are_not_missing(every: float) -> None:
    """Also where leads of one second are read by list, after those that the server pages without one."""
    stored = [replace(known, list_id=str(known.identity % 3 + 1)) for known in leads(9_000, every)]
    again = [known for known in stored if known.identity % 10 < 2]
    source = Deep(sorted([*stored, *again], key=lambda known: known.created), 4_000)
    parts, reading = await parts_of(source)
    assert sorted(ids_in(parts)) == list(range(1, 9_001))
    assert (reading.missing, reading.repeated, reading.shortfall()) == (0, 1_800, None)


async def test_repeated_rows_do_not_stand_for_leads_that_cannot_be_reached() -> None:
    crowd = [Known(100_000 + each, "2026-03-01 00:00:00") for each in range(4_000)]
    source = Deep([*leads(1_000, 1), *leads(1_000, 1), *leads(5_000, 60), *crowd], 2_000)
    parts, reading = await parts_of(source)
    assert len(ids_in(parts)) == 5_000 + 3_998
    assert (reading.missing, reading.repeated) == (2, 2_000)


@pytest.mark.parametrize("counts_one_lead", [True, False])
async def test_leads_that_cannot_be_divided_are_counted_as_missing(counts_one_lead: bool) -> None:
    class Counting(Deep):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            page = await super().fetch(query, offset, limit)
            return page if query or limit > 1 or counts_one_lead else msgspec.structs.replace(page, total=None)

    source = Counting([*leads(5_000, 60), *(Known(100_000 + each, "2026-03-01 00:00:00") for each in range(4_000))], 2_000)
    parts, reading = await parts_of(source)
    # The last request begins before 2,000.
    assert len(ids_in(parts)) == 5_000 + 3_998
    assert reading.missing == 2
    error = reading.shortfall()
    assert error is not None
    assert error.message.startswith("2 leads of 9,000 could not be read: the server pages no deeper than")


async def test_a_limit_ends_the_windows_although_leads_cannot_be_sent() -> None:
    source = Deep(leads(20_000, 60), 4_000, unsendable=range(4_000, 20_000, 50))
    _, reading = await parts_of(source, limit=9_100)
    assert 9_000 < reading.given <= 9_100
    assert (len(reading.unsendable), len(set(reading.unsendable)), len(source.asked)) == (104, 104, 46)


@pytest.mark.parametrize("every", [60, 0])
async def test_each_lead_that_the_server_cannot_send_is_counted_once(every: float) -> None:
    stored = [replace(known, list_id=str(known.identity % 6 + 1)) for known in leads(10_000, every)]
    # Some are read by offset before, and some are at the same offset of their windows.
    cannot = set(range(1, 10_000, 37))
    source = Deep(stored, 2_000, unsendable=cannot)
    whole_parts, reading = await parts_of(source)
    assert (len(reading.unsendable), reading.missing, reading.given) == (len(cannot), 0, 10_000 - len(cannot))
    for left in range(1, len(whole_parts), 2):
        before = whole_parts[:left]
        place = json.loads(json.dumps(before[-1].after))
        known = [number for part in before for number in part.numbers]
        rest, reading = await parts_of(source, place=place, known=known)
        assert sorted(ids_in([*before, *rest])) == sorted(ids_in(whole_parts))
        assert (len(reading.unsendable), reading.missing) == (len(cannot), 0)


@given(
    count=st.integers(0, 300),
    every=st.sampled_from([0, 0.05, 1, 60, 10_000]),
    again=st.lists(st.integers(1, 300), max_size=30),
    depth=st.integers(20, 100),
    knows_times=st.booleans(),
    is_silent=st.booleans(),
    stops=st.lists(st.integers(1, 9), max_size=2),
)
async def test_every_lead_comes_once_or_is_reported(
    count: int, every: float, again: list[int], depth: int, knows_times: bool, is_silent: bool, stops: list[int]
) -> None:
    stored = [replace(known, list_id=str(known.identity % 3 + 1)) for known in leads(count, every)]
    repeated = [stored[each - 1] for each in again if each <= count]
    source = Deep(sorted([*stored, *repeated], key=lambda known: known.created), depth, knows_times, is_silent)
    found: list[int] = []
    place: Mapping[str, object] | None = None
    for stop in (*stops, 1_000):
        reading = ReadAll(source, Query(), today=TODAY, page_rows=20, place=place, known=found)
        async with aclosing(reading.parts()) as parts:
            async for part in parts:
                found, place, stop = [*found, *part.numbers], part.after, stop - 1
                if not stop:
                    break
    assert len(found) == len(set(found))
    assert len(stored) <= len(found) + reading.missing <= len(source.leads)
    if knows_times and every and not is_silent:
        assert reading.shortfall() is None


@pytest.mark.parametrize("refused", [False, True])
async def test_where_times_mean_nothing_leads_of_a_day_are_divided_by_list_and_status(refused: bool) -> None:
    days = [Known(number, f"2026-02-{number % 20 + 1:02} 10:00:00", str(number % 5)) for number in range(1, 10_001)]
    crowded = [*days, *(Known(50_000 + each, "2026-03-01 12:00:00", str(each % 4 + 7)) for each in range(6_000))]
    source = Deep(crowded, 2_000, knows_times=False)
    if refused:
        source.refuses = lambda query: query.value(FROM)[11:] not in ("", "00:00:00")
    parts, reading = await parts_of(source)
    found = ids_in(parts)
    assert len(found) == len(set(found))
    if not refused:
        assert (len(found), reading.missing) == (16_000, 0)
    else:
        assert len(found) + reading.missing == 16_000


async def test_windows_are_not_halved_forever_where_times_mean_nothing_and_leads_keep_arriving() -> None:
    class Busy(Deep):
        async def fetch(self, query: Query, offset: int, limit: int) -> Page:
            self.leads = [*self.leads, Known(90_000 + len(self.asked), "2026-03-01 12:00:00", "9")]
            self.found.clear()
            return await super().fetch(query, offset, limit)

    crowded = [Known(50_000 + each, "2026-03-01 12:00:00", str(each % 4 + 7)) for each in range(6_000)]
    source = Busy(crowded, 2_000, knows_times=False)
    parts, _ = await parts_of(source)
    assert set(range(50_000, 56_000)) <= set(ids_in(parts))
    assert len(source.asked) < 100


async def test_windows_are_not_halved_forever_where_times_mean_nothing_and_are_not_counted() -> None:
    crowded = [Known(50_000 + each, "2026-03-01 12:00:00", str(each % 4 + 7)) for each in range(6_000)]
    source = Deep(crowded, 2_000, knows_times=False)
    original = source.fetch

    async def fetch(query: Query, offset: int, limit: int) -> Page:
        assert len(source.asked) < 400
        page = await original(query, offset, limit)
        return msgspec.structs.replace(page, total=None) if query.value(FROM) or query.value(TO) else page

    source.fetch = fetch  # type: ignore[method-assign]
    parts, reading = await parts_of(source)
    assert len(ids_in(parts)) + reading.missing == 6_000


async def test_a_result_that_is_no_deeper_than_is_wanted_needs_no_windows() -> None:
    source = Deep(leads(20_000, 60), 4_000)
    parts, reading = await parts_of(source, limit=4_000)
    assert len(ids_in(parts)) == 4_000
    assert reading.depth is None
    assert not any(asked.value(TO) for asked, _, _ in source.asked)


async def test_a_limit_ends_in_the_midst_of_the_windows() -> None:
    parts, reading = await parts_of(Deep(leads(20_000, 60), 4_000), limit=9_100)
    assert len(set(ids_in(parts))) == 9_100
    assert reading.missing == 0


async def test_it_continues_where_it_stopped_in_the_same_order() -> None:
    source = Deep(leads(20_000, 60), 4_000)
    whole_parts, _ = await parts_of(source)
    for left in (1, 3, 8):
        before = whole_parts[:left]
        place = json.loads(json.dumps(before[-1].after))
        known = [number for part in before for number in part.numbers]
        rest, reading = await parts_of(source, place=place, known=known)
        assert ids_in([*before, *rest]) == ids_in(whole_parts)
        assert reading.given == 20_000


def test_halves_are_a_window_and_meet_without_a_gap() -> None:
    query = Query(((FROM, "2026-03-01"), (TO, "2026-03-02")))
    earlier, later = widest_window(query, TODAY).halves()
    assert earlier.query(query, TODAY).parameters() == {FROM: "2026-03-01", TO: "2026-03-01 23:59:59"}
    assert later.query(query, TODAY).parameters() == {FROM: "2026-03-02 00:00:00", TO: "2026-03-02"}
    second = Window(datetime(2026, 3, 1), datetime(2026, 3, 1, 0, 0, 1))
    assert [half.low == half.high for half in second.halves()] == [True, True]
    assert msgspec.convert(json.loads(msgspec.json.encode(later)), Window) == later


def test_a_time_in_a_date_filter_gets_no_second_one() -> None:
    query = Query(((TO, "2026-03-02"),))
    sent = widest_window(query, TODAY).halves()[1].query(query, TODAY).parameters(with_time=True)
    assert sent[FROM].count(":") == 2
    assert sent[TO] == "2026-03-02 23:59:59"
