"""Results of servers that page, count and refuse in many ways: read to the end, shown in a table, and loaded."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from contextlib import aclosing
from datetime import date
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from lead_tui import limits
from lead_tui.leads.page import RowState
from lead_tui.leads.query import Query
from lead_tui.paging.page_sources import CombinedSearches
from lead_tui.paging.read_all import ReadAll
from tests.paging.fake_source import settled
from tests.paging.simulated_server import SimulatedServer, Stored, random_server
from tests.paging.test_rows_in_view import User

TODAY = date(2026, 3, 9)


async def read(source: SimulatedServer, draw: random.Random, limit: int | None) -> tuple[list[int], ReadAll]:
    """Read *source* with a few interruptions, after each of which the reading is resumed."""
    found: list[int] = []
    place: Mapping[str, object] | None = None
    page_rows = draw.choice([2_000, 100, 20])
    for stop in (*(draw.randint(1, 6) for _ in range(draw.choice([0, 0, 1, 2]))), None):
        reading = ReadAll(source, Query(), limit, draw.randint(1, 4), TODAY, place, found, page_rows)
        async with aclosing(reading.parts()) as parts:
            count = 0
            async for part in parts:
                found, place, count = [*found, *part.numbers], json.loads(json.dumps(part.after)), count + 1
                if count == stop:
                    break
            else:
                break
    return found, reading


@given(seed=st.integers(0, 1_000_000))
@example(seed=454)  # leads whose rows fall into two windows
@example(seed=49)  # pages of 50 that are counted alone
async def test_every_lead_comes_once_or_is_reported(seed: int) -> None:
    source, draw = random_server(seed), random.Random(seed)
    limit = draw.choice([None, None, 100, draw.randint(1, 400)])
    found, reading = await read(source, draw, limit)
    leads = {row.identity for row in source.rows}
    wanted = len(leads) if limit is None else min(limit, len(leads))
    assert len(found) == len(set(found)) <= wanted
    assert set(found) <= leads
    shortfall = reading.shortfall()
    if source.deep == "none" and source.totals != "too low":
        # A page of 50 leads and more is believed if fewer are wanted than all.
        is_believed = limit is not None and source.totals == "of the page" and source.most_rows not in limits.PAGE_CAPS
        assert len(found) == wanted or is_believed
        assert shortfall is None or (source.totals, limit == wanted) == ("too high", False)
    elif source.totals == "right":
        assert (len(found) == wanted) is (shortfall is None)
    is_read_once = source.deep == "none" and source.totals != "too high"
    assert len(source.asked) <= (200 if is_read_once else 2_000)


async def at_rest(user: User) -> None:
    """Wait until nothing is loading, and the table has shown what changed."""
    for _ in range(3):
        await settled(lambda: not user.search.loading)
        await asyncio.sleep(0)


@given(seed=st.integers(0, 1_000_000), way=st.sampled_from(["end", "down", "jump"]))
@example(seed=3, way="down")  # counts more than it sends
@example(seed=110, way="jump")
async def test_the_table_ends_with_the_last_row(seed: int, way: str) -> None:
    with patch.object(limits, "FLING_REST", 0.0):
        source, draw = random_server(seed, may_repeat=False), random.Random(seed)
        user = User(source)  # type: ignore[arg-type]
        await at_rest(user)
        for _ in range(30 if way == "down" else 1):
            await user.do(way, draw.randint(0, 2_000))
            await at_rest(user)
    result, count = user.search.whole, len(source.rows)
    states = {result.state(index) for index in range(*user.search.loader.view) if index < result.length}
    assert states <= {RowState.LOADED, RowState.TOO_DEEP}
    if source.deep == "none" and source.totals != "too low":
        # A jump to a row that exists does not look for the end.
        assert result.length == count or way == "jump"
        assert not result.end_is_sure or result.length == count or source.totals == "too high"
        assert way == "jump" or result.end_is_sure or source.totals == "too high"
    assert len(source.asked) <= 60 + 2 * count // source.most_rows
    user.searches.close()


@given(seed=st.integers(0, 1_000_000), ends=st.booleans())
@example(seed=81, ends=False)  # counts fewer than it sends
async def test_the_table_agrees_with_a_load_of_all(seed: int, ends: bool) -> None:
    source = random_server(seed, may_repeat=False)
    source.deep = "none"
    user = User(source)  # type: ignore[arg-type]
    await at_rest(user)
    load = user.searches.load_all(limits.LOAD_ALL_LIMIT)
    await at_rest(user)
    if ends:
        await user.do("end", 0)
        await at_rest(user)
    assert load is not None
    if load.error is None:
        result = user.search.whole
        assert (result.length, result.end_is_sure, load.rows.is_whole) == (load.end, True, True)
    user.searches.close()


async def test_a_server_that_has_counted_more_than_a_page_is_believed() -> None:
    source = SimulatedServer([Stored(number, "", "1") for number in range(1, 31)])
    combined = CombinedSearches(source)
    assert not (await combined.fetch(Query(), 0, 100)).is_counted
    # A page past the end shows that, too.
    await combined.fetch(Query(), 30, 100)
    assert (await combined.fetch(Query(), 0, 100)).is_counted
    source.asked.clear()
    async for _ in ReadAll(combined, Query()).parts():
        pass
    assert len(source.asked) == 1
