"""``lead-tui history``: print the calls, callbacks and recordings of a lead, the newest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Protocol

import msgspec

from lead_tui.export.formats import Format, open_writer
from lead_tui.export.sink import Sink
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.errors import SearchError
from lead_tui.leads.history import Event, duration, local_moment
from lead_tui.leads.lead import Lead
from lead_tui.leads.page import PageSource
from lead_tui.leads.query import Query
from lead_tui.paging.lead_history import RecordsSource, read_history

COLUMNS = ("when", "local", "event", "who", "status", "status_name", "length", "note")
"""The columns of the table and of CSV."""


class Source(RecordsSource, PageSource, Protocol):
    """The source of records and leads: the client of the API."""


async def print_history(
    source: Source,
    lead_id: str,
    sink: Sink,
    form: Format,
    days: int,
    now: datetime,
    zone: tzinfo | None,
    note: Callable[[str], None],
    *,
    with_recordings: bool = True,
) -> None:
    """Write the events to *sink* as *form*, and what could not be read to *note*. Raises ``OutputError``, and the first problem."""
    found = await read_history(source, lead_id, now, zone, days, with_recordings=with_recordings)
    columns = (*COLUMNS, "recording") if with_recordings else COLUMNS
    writer = open_writer(form, sink, now, columns=columns, raw_csv=False, labels={})
    lead = await _lead(source, lead_id) if zone is not None and found.events else None
    writer.write([_row(event, _local(event, lead, now, zone), with_recordings) for event in found.events])
    writer.close()
    if found.missing:
        note(f"{found.missing:,} calls more: choose fewer --days")
    for _, problem in found.problems[1:]:
        note(str(problem))
    if found.problems:
        raise found.problems[0][1]
    if not found.events:
        note(f"No calls, callbacks or recordings of lead {lead_id} in the last {days} days")


async def _lead(source: PageSource, lead_id: str) -> Lead | None:
    """Return the lead, whose clock the local times go by; None if it cannot be read."""
    try:
        page = await source.fetch(Query().with_checked([("lead_id", lead_id)]), 0, 1)
    except SearchError:
        return None
    return next((lead for lead in map(decode_row, page.rows) if lead.lead_id == lead_id), None)


def _local(event: Event, lead: Lead | None, now: datetime, zone: tzinfo | None) -> str:
    found = local_moment(event, lead, now, zone) if lead is not None else None
    return "" if found is None else f"{found[0]:%Y-%m-%d %H:%M}"


def _row(event: Event, local: str, with_recordings: bool) -> Row:
    """Return *event* as the writers take leads."""
    values = {
        "when": event.when,
        "local": local,
        "event": f"{event.kind} (due)" if event.is_due else str(event.kind),
        "who": event.who,
        "status": event.status,
        "status_name": event.status_name,
        "length": duration(event.seconds),
        "note": event.note,
    }
    return Row(msgspec.json.encode(values | {"recording": event.recording} if with_recordings else values))
