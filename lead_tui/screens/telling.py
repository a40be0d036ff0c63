"""What the status line says of a search: its length, what is loaded, what went wrong. Pure."""

from __future__ import annotations

from lead_tui.leads.errors import OffsetRefused, TokenError
from lead_tui.leads.fields import label_of
from lead_tui.paging.merged import Merged
from lead_tui.paging.result import Result
from lead_tui.paging.searches import Search


def total_text(search: Search) -> str:
    """The T of ``Row R of T``: with ``+`` while the total is missing or cannot be trusted; dots before any answer."""
    rows = search.rows
    if not search.answered:
        return "…"
    if isinstance(rows, Result) and not rows.end_is_sure:
        return f"{rows.reach:,}+"
    return f"{rows.length:,}"


def facts(search: Search) -> tuple[str, ...]:
    """What is loaded or loading, what repeats, and how long the last answer took."""
    told: list[str] = []
    rows = search.rows
    if isinstance(rows, Result) and rows.answered:
        told.append(f"{rows.loaded:,} loaded")
        if rows.repeated:
            told.append(f"{rows.repeated:,} {'repeats' if rows.repeated == 1 else 'repeat'}")
    if search.loading:
        told.append("loading…")
    elif (seconds := _seconds(search)) is not None:
        told.append(f"{seconds * 1000:,.0f} ms" if seconds < 10 else f"{seconds:,.0f} s")
    return tuple(told)


def message(search: Search) -> tuple[str, bool]:
    """What takes the place of the hints, and whether it is an alert: a failure with its remedy, or news about the result."""
    problem = search.problem
    if problem is not None:
        retry = "" if isinstance(problem, TokenError) else "r retry"
        return " · ".join(part for part in (str(problem), "" if "r tries" in str(problem) else retry) if part), True
    rows = search.rows
    if isinstance(rows, Merged) and rows.failures:
        fields = ", ".join(label_of(field) for field, _ in rows.failures)
        return f"Not looked in {fields}: {rows.failures[0][1].message} · r retry", True
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


def empty_note(search: Search) -> str:
    """What stands in the table where there is no row."""
    if search.loading:
        return "Searching…"
    problem = search.problem
    if isinstance(problem, OffsetRefused):
        return "The server pages no deeper: narrow the search"
    if problem is not None:
        return f"! {problem.message}"
    if not search.answered:
        return "Stopped · r searches again"
    if search.snapshot is not None:
        return f"None of {len(search.snapshot.held.rows):,} loaded leads are meant · n changes that · esc leaves it"
    if search.asked is not None:
        return f"Nobody found in {search.asked.fields_said()} for {search.asked.text}"
    said = search.rows.text if isinstance(search.rows, Result) else ""
    return f"No leads match{f' · the server says: {said}' if said else ''}"


def _seconds(search: Search) -> float | None:
    if search.loader is not None:
        return search.loader.seconds
    return search.rows.seconds if isinstance(search.rows, Merged) and search.answered else None
