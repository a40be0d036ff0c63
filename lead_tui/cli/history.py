"""``lead-tui history``: print the calls, callbacks and recordings of a lead, the newest first."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, tzinfo

import msgspec

from lead_tui import limits
from lead_tui.cli.console import complain, find_or_ask_token, standard_output
from lead_tui.context import AppContext, now
from lead_tui.export.formats import open_writer
from lead_tui.export.writer import Layout
from lead_tui.invocation import Command
from lead_tui.leads.errors import SearchError
from lead_tui.leads.lead import Lead, Row, decode_row
from lead_tui.leads.query import Query
from lead_tui.leads.records import Event, duration, local_moment
from lead_tui.leads.text import counted
from lead_tui.paging.account_data import LeadHistory, read_history
from lead_tui.terminal.process import forbid_tracing

COLUMNS = ("when", "local", "event", "who", "status", "status_name", "length", "note")  # the columns of the table and of CSV


def run(command: Command) -> None:
    """Print the events, and report what could not be read. Raises ``LeadTuiError``."""
    sink, context = standard_output(), AppContext.of(command.account)
    lead_id, days = command.words[0], min(command.options.days, limits.MAX_HISTORY_DAYS)
    moment, zone, may = now(), context.settings.zone(), context.capabilities
    with_recordings = may.may_get_recordings and may.may_copy
    client = context.client(find_or_ask_token(context))
    forbid_tracing()

    async def read() -> tuple[LeadHistory, Lead | None]:
        """Return the events, and the lead if it can be read, whose local time is shown with each."""
        found = await read_history(client, lead_id, moment, zone, days, with_recordings=with_recordings)
        leads: list[Lead] = []
        if zone is not None and found.events:
            with suppress(SearchError):
                leads += map(decode_row, (await client.fetch(Query().with_checked([("lead_id", lead_id)]), 0, 1)).rows)
        return found, next((lead for lead in leads if lead.lead_id == lead_id), None)

    try:
        found, lead = asyncio.run(read())
    finally:
        client.close()
    columns = (*COLUMNS, "recording") if with_recordings else COLUMNS
    form = command.options.format or ("table" if sink.terminal else "csv")
    writer = open_writer(form, sink, moment, Layout(columns))
    writer.write([_row(event, lead, moment, zone) for event in found.events])
    writer.close()
    if found.missing:
        complain(f"{found.missing:,} more calls: choose fewer --days")
    for sentence in list(dict.fromkeys(str(problem) for _, problem in found.problems))[1:]:
        complain(sentence)
    if found.problems:
        raise found.problems[0][1]
    if not found.events:
        complain(f"No calls, callbacks or recordings of lead {lead_id} in the last {counted(days, 'day')}")


def _row(event: Event, lead: Lead | None, now: datetime, zone: tzinfo | None) -> Row:
    local = local_moment(event, lead, now, zone) if lead is not None else None
    values = {
        "when": event.when,
        "local": "" if local is None else f"{local[0]:%Y-%m-%d %H:%M}",
        "event": f"{event.kind} (due)" if event.is_due else event.kind,
        "who": event.who,
        "status": event.status,
        "status_name": event.status_name,
        "length": duration(event.seconds),
        "note": event.note,
        "recording": event.recording,
    }
    return Row(msgspec.json.encode(values))
