"""``lead-tui history``: print the calls, callbacks and recordings of a lead, the newest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

import msgspec

from lead_tui.export.formats import Format, open_writer
from lead_tui.export.sink import Sink
from lead_tui.leads.decode import Row
from lead_tui.leads.history import Event, duration
from lead_tui.paging.lead_history import RecordsSource, read_history

COLUMNS = ("when", "event", "who", "status", "status_name", "length", "note")
"""The columns of the table and of CSV."""


async def print_history(
    source: RecordsSource,
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
    writer.write([_row(event, with_recordings) for event in found.events])
    writer.close()
    for _, problem in found.problems[1:]:
        note(str(problem))
    if found.problems:
        raise found.problems[0][1]
    if not found.events:
        note(f"No calls, callbacks or recordings of lead {lead_id} in the last {days} days")


def _row(event: Event, with_recordings: bool) -> Row:
    """Return *event* as the writers take leads."""
    values = {
        "when": event.when,
        "event": f"{event.kind} (due)" if event.is_due else str(event.kind),
        "who": event.who,
        "status": event.status,
        "status_name": event.status_name,
        "length": duration(event.seconds),
        "note": event.note,
    }
    return Row(msgspec.json.encode(values | {"recording": event.recording} if with_recordings else values))
