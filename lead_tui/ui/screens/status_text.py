"""What the status line says of a search: its length, what is loaded, what went wrong. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lead_tui.keys.catalogue import Key, hint
from lead_tui.leads.errors import Cancelled, OffsetRefused, TokenError
from lead_tui.leads.fields import label_of
from lead_tui.paging.merged import Merged
from lead_tui.paging.result import Result
from lead_tui.paging.search import Search


def total_text(search: Search) -> str:
    """The T of ``Row R of T``: with ``+`` while the total is missing or cannot be trusted; dots before any answer."""
    rows = search.rows
    if not search.answered:
        return "…"
    if isinstance(rows, Result) and not rows.end_is_sure:
        return f"{rows.reach:,}+"
    # Country codes are compared here, and a lead may hold a wrong one or none.
    compares = isinstance(rows, Result) and bool(search.query.phone_codes)
    lacks_parts = isinstance(rows, Merged) and (search.loading or rows.total is None)
    return f"{rows.length:,}{'+' if compares or lacks_parts else ''}"


def received(search: Search) -> int:
    """How many rows have come of *search*."""
    rows = search.rows
    return rows.loaded if isinstance(rows, Result) else rows.length


def facts(search: Search, seconds_waited: int = 0) -> tuple[str, ...]:
    """What is loaded or loading, what repeats, and how long the last answer took, or how long the next one has taken so far."""
    told: list[str] = []
    rows = search.rows
    if isinstance(rows, Result) and rows.answered:
        told.append(f"{rows.loaded:,} loaded")
        if rows.repeated:
            told.append(f"{rows.repeated:,} {'repeats' if rows.repeated == 1 else 'repeat'}")
    if isinstance(rows, Result | Merged) and rows.left_out:
        told.append(f"{rows.left_out:,} left out: other country code")
    if search.loading:
        doing = f"still searching {', '.join(map(label_of, search.waits_for))}…" if search.waits_for else "loading…"
        told.append(f"{doing} {seconds_waited} s" if seconds_waited else doing)
    elif (seconds := search.reader.seconds) is not None:
        told.append(f"{seconds * 1000:,.0f} ms" if seconds < 10 else f"{seconds:,.0f} s")
    return tuple(told)


def message(search: Search, keys: Iterable[Key]) -> tuple[str, bool]:
    """What takes the place of the hints, and whether it is an alert: a failure with its remedy, or news about the result.

    *keys* are the effective ones.
    """
    retry = hint(keys, "main.again", "retry")
    problem = search.problem
    if problem is not None:
        return joined(str(problem), "" if isinstance(problem, TokenError) else retry), not isinstance(problem, Cancelled)
    rows = search.rows
    if isinstance(rows, Merged) and rows.failures:
        return joined(_not_searched(rows), retry), True
    if search.notice:
        return search.notice, False
    if isinstance(rows, Merged) and rows.cut:
        return f"More leads match in {', '.join(map(label_of, rows.cut))} than are shown", False
    if isinstance(rows, Result) and rows.moved_from is not None:
        return f"The total moved from {rows.moved_from:,} to {rows.total or 0:,}", False
    return "", False


def found_in(search: Search, row: int) -> str:
    """By which field a look-up found the lead in *row*; "" where nothing was looked up."""
    if search.asked is None:
        return ""
    if search.loader is None:
        return f"Found in {search.rows.note(row)}" if row < search.rows.length else ""
    return f"Found in {label_of(search.asked.parts[-1][0])}"


def empty_note(search: Search, keys: Iterable[Key], observed: Callable[[], Sequence[tuple[str, str]]] = tuple) -> str:
    """What stands in the table where there is no row; *keys* are the effective ones.

    *observed* gives the statuses in loaded leads, codes with labels.
    """
    problem = search.problem
    if search.loading or (problem is None and not search.answered):
        fields = ", ".join(map(label_of, search.waits_for))
        return f"Still searching {fields}…" if fields else "Searching…"
    if isinstance(problem, OffsetRefused):
        return "The server pages no deeper: narrow the search"
    if isinstance(problem, Cancelled):
        return joined("Cancelled", hint(keys, "main.again", "searches again"))
    if problem is not None:
        return f"! {problem.message}"
    if search.snapshot is not None:
        none = f"None of {len(search.snapshot.held.rows):,} loaded leads are meant"
        return joined(none, hint(keys, "main.narrow", "changes that"), hint(keys, "main.escape", "leaves it"))
    if search.rows.length:
        return ""
    # Imported here: most searches find something.
    from lead_tui.leads.nothing_found import no_lead_for, no_leads_match

    rows = search.rows
    said = f"the server says: {rows.text}" if isinstance(rows, Result) and rows.text else ""
    left_out = rows.left_out if isinstance(rows, Result | Merged) else 0
    others = f"{left_out:,} with this number and another country code" if left_out else ""
    back = hint(keys, "main.back", "back")
    if isinstance(rows, Merged) and rows.failures:
        return joined("No lead found so far", _not_searched(rows), hint(keys, "main.again", "retry"))
    if search.asked is not None:
        return joined(*no_lead_for(search.asked), said, others, hint(keys, "main.look_up", "look up"), back)
    filters = hint(keys, "main.filters", "filters") if search.query else ""
    return joined(*no_leads_match(search.query, observed()), said, others, filters, back if search.query else "")


def joined(*parts: str) -> str:
    """*parts* in a line; a hint for what has no key is "", and left out."""
    return " · ".join(part for part in parts if part)


def _not_searched(rows: Merged) -> str:
    """Which fields of a look-up failed, and why."""
    fields = ", ".join(dict.fromkeys(label_of(field) for field, _ in rows.failures))
    return f"{fields} could not be searched: {rows.failures[0][1].message}"
