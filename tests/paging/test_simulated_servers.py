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
from lead_tui.paging.read_all import ReadAll
from tests.paging.fake_source import settled
from tests.paging.simulated_server import SimulatedServer, random_server
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
@example(seed=4989)  # a page of one row, whose lead came before
async def test_every_lead_comes_once_or_is_reported(seed: int) -> None:
    source, draw = random_server(seed), random.Random(seed)
    limit = draw.choice([None, None, 100, draw.randint(1, 400)])
    found, reading = await read(source, draw, limit)
    leads = {row.identity for row in source.rows}
    wanted = len(leads) if limit is None else min(limit, len(leads))
    assert len(found) == len(set(found)) <= wanted
    assert set(found) <= leads
    shortfall = reading.shortfall()
    if source.deep == "none":
        assert len(found) == wanted
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
    states = {result.state(index) for index in user.search.loader.view if index < result.length}
    assert states <= {RowState.LOADED, RowState.TOO_DEEP, RowState.FAILED}
    if source.deep == "none" and source.totals != "too high":
        # A jump to a row that exists does not look for the end.
        assert result.length == count or way == "jump"
        assert way == "jump" or result.has_end
    assert len(source.asked) <= 60 + 2 * count // source.most_rows
    user.searches.close()
