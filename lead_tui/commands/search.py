"""``lead-tui search``: the leads that match, to a writer; what has to be said about them, to whoever reads standard error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lead_tui import tuning
from lead_tui.commands.reading import Reading
from lead_tui.export.writer import Writer
from lead_tui.leads.decode import id_number
from lead_tui.leads.errors import FilterError, SearchError, UnreadableAnswer
from lead_tui.leads.fields import COMPUTED, FIELD_BY_KEY, label_of
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.page import PageSource
from lead_tui.leads.query import Query
from lead_tui.leads.text import one_line
from lead_tui.paging.merged import Merged, ask_all

OpenWriter = Callable[[Mapping[int, str] | None], Writer]
"""Gives the writer, told by lead id where a look-up in several fields found each lead; None for anything else."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Whom the command talks to."""

    note: Callable[[str], None]
    """Takes a sentence that a script's log should hold."""
    hint: Callable[[str], None]
    """Takes a sentence for somebody who is watching."""


async def search(
    source: PageSource,
    query: Query,
    today: date,
    limit: int,
    open_writer: OpenWriter,
    teller: Teller,
    look_up: LookUp | None = None,
) -> None:
    """Write the leads that match *query*, and *look_up* where there is one: *limit* of them at most.

    What came before a failure is written all the same. Raises ``SearchError``, ``OutputError``, and ``FilterError`` before
    anything is asked.
    """
    query = query.dated(today)
    if look_up is None:
        await _in_sequence(source, query, limit, open_writer, teller)
        return
    parts = [(name, _both(part, query)) for name, part in look_up.parts]
    otherwise = [(name, _both(part, query)) for name, part in look_up.otherwise]
    if len(parts) > 1:
        await _in_several_fields(source, parts, today, limit, look_up, open_writer, teller)
        return
    looked_in: list[str] = []
    for name, part in (*parts, *otherwise):
        looked_in.append(name)
        last = len(looked_in) == len(parts) + len(otherwise)
        nothing = f"No lead found in {', '.join(map(label_of, looked_in))}" if last else ""
        if await _in_sequence(source, part, limit, open_writer, teller, nothing):
            return


async def _in_sequence(
    source: PageSource, query: Query, limit: int, open_writer: OpenWriter, teller: Teller, nothing: str = "No lead matches"
) -> int:
    """How many leads were written. *nothing* is said where there are none; "" leaves them to another search."""
    reading = Reading(source, query, limit)
    failure: SearchError | None = None
    with open_writer(None) as writer:
        try:
            async for rows in reading.pages():
                writer.write(rows)
        except SearchError as error:
            if not reading.given:
                raise
            failure = error
        if not reading.given:
            if not nothing:
                return 0
            teller.note(f"{nothing} ({reading.text})" if reading.text else nothing)
        writer.close()
    _tell(writer, reading.given, teller)
    if reading.repeated:
        teller.note(f"Left out, having come before: {_leads(reading.repeated)}")
    if failure is not None:
        failure.message = f"After {_leads(reading.given)}, which are written: {failure.message}"
        raise failure
    if reading.total is not None and limit == reading.given < reading.total:
        teller.hint(f"{reading.given:,} of {_leads(reading.total)}: --limit asks for more")
    _refuse_unreadable(writer)
    return reading.given


async def _in_several_fields(
    source: PageSource,
    parts: Sequence[tuple[str, Query]],
    today: date,
    limit: int,
    look_up: LookUp,
    open_writer: OpenWriter,
    teller: Teller,
) -> None:
    found = await ask_all(source, parts, today, look_up.country_code, limit=min(limit, tuning.MOST_LIMIT))
    rows = found.rows[:limit]
    with open_writer(_found_in(found)) as writer:
        writer.write(rows)
        writer.close()
    if not rows and not found.failures:
        teller.note(f"No lead found in {look_up.fields_said()}")
    _tell(writer, len(rows), teller)
    if found.failures:
        missing = ", ".join(label_of(name) for name, _ in found.failures)
        error = found.failures[0][1]
        raise SearchError(f"Without {missing}, where there was no answer ({error.message})", remedy=error.remedy)
    if found.cut or len(found.rows) > len(rows):
        teller.hint("More leads match than were asked for: --limit asks for more")
    _refuse_unreadable(writer)


def _found_in(found: Merged) -> dict[int, str]:
    places: dict[int, str] = {}
    for index in range(found.length):
        lead = found.lead(index)
        if lead is not None:
            places[id_number(lead.lead_id)] = found.note(index)
    return places


def _both(part: Query, query: Query) -> Query:
    """What matches *part* of a look-up and *query*: filters are ANDed by the server."""
    for name, _ in query:
        if part.value(name):
            raise FilterError(name, f"{name} is what --lookup looks in: leave one of them out")
    return Query((*part.filters, *query.filters))


def _tell(writer: Writer, written: int, teller: Teller) -> None:
    if writer.hidden:
        teller.hint(f"Too narrow for {', '.join(writer.hidden)}: --columns chooses")
    if written:
        for column in writer.unmet:
            teller.note(f"No lead written has {one_line(column, 80)}{_nearest(column)}")


def _nearest(column: str) -> str:
    # Imported here: it is needed for a mistake only.
    import difflib

    near = difflib.get_close_matches(column.lower(), (*FIELD_BY_KEY, *COMPUTED), n=1)
    return f": did you mean {near[0]}" if near else ""


def _refuse_unreadable(writer: Writer) -> None:
    if writer.unreadable:
        raise UnreadableAnswer(
            f"{_leads(writer.unreadable)} left out, since what the server sent for them is no JSON object", remedy="try again"
        )


def _leads(count: int) -> str:
    return "1 lead" if count == 1 else f"{count:,} leads"
