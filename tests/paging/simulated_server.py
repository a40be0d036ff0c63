"""A server that may page, count and refuse in any of the ways that servers are known to do."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec import Struct, field

from lead_tui.leads.errors import OffsetRefused
from lead_tui.leads.lead import Row, row_ids
from lead_tui.leads.page import Page
from lead_tui.leads.query import Query
from tests.paging.fake_source import row

TOTALS: Final = ("right", "right", "none", "zero", "too high", "page")
DEPTHS: Final = ("none", "none", "refused")
_FROM, _TO = "created_at_start_date", "created_at_end_date"


class Stored(NamedTuple):
    """A row as the server stores it."""

    identity: int
    created: str
    list_id: str


class SimulatedServer(Struct, eq=False):
    """Answers from *rows*, in their order; *totals* is one of ``TOTALS``, *deep* one of ``DEPTHS``."""

    rows: list[Stored]
    most_rows: int = 2_000
    totals: str = "right"
    deep: str = "none"
    depth: int = 0
    excess: int = 0  # by how much the total is too high
    asked: list[tuple[Query, range]] = field(default_factory=list)

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        self.asked.append((query, range(offset, offset + limit)))
        if self.deep == "refused" and offset >= self.depth:
            raise OffsetRefused("Invalid offset value")
        found = self._matching(query)
        stop = offset + min(limit, self.most_rows)
        here = found[offset:stop]
        rows: list[Row] = [row(each.identity, list_id=each.list_id) for each in here]
        return Page(offset, limit, rows, row_ids(rows), self._total(len(found), len(here)), seconds=0.01)

    def _matching(self, query: Query) -> Sequence[Stored]:
        if not query:
            return self.rows
        sent = query.parameters()
        start, end = sent.get(_FROM, ""), sent.get(_TO, "9")
        end += " 23:59:59" if len(end) == 10 else ""
        return [each for each in self.rows if start <= each.created <= end and sent.get("list_id", each.list_id) == each.list_id]

    def _total(self, count: int, sent: int) -> int | None:
        match self.totals:
            case "none":
                return None
            case "zero":
                return 0
            case "too high":
                return count + self.excess if count else 0
            case "page":
                return sent
        return count


def random_server(seed: int, most: int = 600, *, may_repeat: bool = True) -> SimulatedServer:
    """Return a server as *seed* says, with at most *most* rows; some of them may repeat a lead."""
    draw = random.Random(seed)
    count = draw.choice([draw.randint(0, 60), draw.randint(0, most)])
    every = draw.choice([0.1, 60, 10_000])
    begin = datetime(2025, 3, 9)
    rows = [
        Stored(1_000 + number, str(begin + timedelta(seconds=int(number * every))), str(number % 3 + 1)) for number in range(count)
    ]
    if may_repeat and draw.random() < 0.3 and rows:
        # Some leads are in two rows.
        rows += [draw.choice(rows) for _ in range(draw.randint(1, 1 + count // 10))]
        rows.sort(key=lambda each: each.created)
    most_rows = draw.choice([2_000, 2_000, 400, 100, 50, 25, 10])
    return SimulatedServer(
        rows, most_rows, draw.choice(TOTALS), draw.choice(DEPTHS), draw.randint(10, most), draw.randint(1, 1 + count)
    )
