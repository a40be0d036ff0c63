"""Read a lead's history from the account's other endpoints: calls, callbacks and recordings, each of which may be forbidden."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from msgspec import Struct

from lead_tui import limits
from lead_tui.leads.errors import SearchError
from lead_tui.leads.lead import Lead
from lead_tui.leads.records import Event, EventKind, Records, RecordsQuery, Section, history


class RecordsSource(Protocol):
    """The source of records: the client of the API, or a fake in tests."""

    async def records(self, query: RecordsQuery) -> Records:
        """Return the records of *query*. Raises ``SearchError``."""
        ...


class LeadHistory(Struct, frozen=True):
    """What could be read of a lead's history."""

    events: list[Event]
    """The newest first."""
    problems: list[tuple[Section, SearchError]]
    """The sections that could not be read, and why."""
    missing: int = 0
    """Calls beyond those that one request returns."""


async def read_history(
    source: RecordsSource,
    lead_id: str,
    now: datetime,
    zone: tzinfo | None,
    days: int = limits.HISTORY_DAYS,
    *,
    masked: frozenset[str] = frozenset(),
    with_recordings: bool = True,
) -> LeadHistory:
    """Read the last *days* of the history of *lead_id* in one request for each section. *now* is aware; *zone* is the account's.

    Raises ``ValueError`` for an id that the API takes for all leads.
    """
    lead = ("lead_id", lead_id)
    local = now.astimezone(zone)
    first, last = local - timedelta(days=days), local + timedelta(days=1)
    span = (("start_time", f"{first:%Y-%m-%d} 00:00:00"), ("end_time", f"{last:%Y-%m-%d} 23:59:59"))
    queries = [
        RecordsQuery(Section.CALLS, (lead, *span), limits.HISTORY_CALLS),
        RecordsQuery(Section.CALLBACKS, (lead,), limits.HISTORY_OTHERS),
    ]
    if with_recordings:
        queries.append(RecordsQuery(Section.RECORDINGS, (lead,), limits.HISTORY_OTHERS))
    problems: list[tuple[Section, SearchError]] = []
    missing = 0

    async def rows(query: RecordsQuery) -> list[Lead]:
        nonlocal missing
        try:
            records = await source.records(query)
            found = records.rows
            if query.section is Section.CALLS:
                missing = max(0, (records.total or 0) - len(found))
            # A server that ignores the lead's id sends those of others.
            return [each.with_masked(masked) for each in found if each.line("lead_id") in ("", lead_id)]
        except SearchError as error:
            problems.append((query.section, error))
            return []

    calls, callbacks, *recordings = await asyncio.gather(*map(rows, queries))
    events = history(calls, callbacks, recordings[0] if recordings else (), now, zone)
    # By the order in which they are asked for, whichever failed first.
    # Calls are asked for by their time, recordings cannot be.
    start = first.replace(hour=0, minute=0, second=0, tzinfo=None)
    events = [each for each in events if each.kind is not EventKind.RECORDING or not each.moment or each.moment >= start]
    return LeadHistory(events, sorted(problems, key=lambda problem: [each.section for each in queries].index(problem[0])), missing)
