"""The columns of the table of leads, and its header and rows: the name in bold, the status with its mark, then the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from textual.reactive import Reactive
from textual.strip import Strip

from lead_tui.leads.decode import Row, id_number, row_number
from lead_tui.leads.fields import COMPUTED, DEFAULT_COLUMNS, shows_any
from lead_tui.leads.formatting import StatusMarks, column_text, is_do_not_call, status_mark
from lead_tui.leads.lead import Lead
from lead_tui.leads.page import Rows, RowState
from lead_tui.leads.text import fit, fit_with_end
from lead_tui.ui.widgets.columns import GAP, Column, place, wanted_width
from lead_tui.ui.widgets.drawn_list import CURSOR, MASK, Drawn, Run

_GUTTER: Final = 2

_EMPTY: Final = {"name": "(no name)"}
"""Shown in cells that identify the row; other empty cells are empty."""

REPEATED: Final = "="
NEW: Final = "+"
CHANGED: Final = "~"
MARKED: Final = "*"
DO_NOT_CALL: Final = "⊘"
"""Beside a lead that came before, one that a refresh brought or changed, that the user marked, and that must not be called."""

PLACEHOLDER: Final = "· · ·"
"""A cell of a row that is not loaded yet."""


class TableRows(Drawn):
    """Draws the header and the rows in ``columns``; those that do not fit are counted in the lower border."""

    DEFAULT_CSS = """
    TableRows {
        & > .table--header { text-style: underline; color: $text-muted; }
        & > .table--name { text-style: bold; }
        & > .table--cursor { text-style: reverse; }
        & > .table--cursor-blurred { text-style: bold; }
        & > .table--waiting { color: $text-disabled; }
        & > .table--alert { color: $text-error; text-style: bold; }
        & > .table--red { color: $error; }
        & > .table--yellow { color: $warning; }
        & > .table--green { color: $success; }
        & > .table--blue { color: $secondary; }
        & > .table--thumb { color: $foreground-muted; }
    }
    """

    arrows: Reactive[Mapping[str, str]] = Reactive({})
    """The direction in which the rows are sorted, as an arrow, by column."""

    STYLES = "table--"

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self.retry_hint = ""
        """Shown after a row that failed to load: the key that retries."""
        self.labels: Mapping[str, str] = {}
        """Names of custom attributes by key."""
        self.masked: frozenset[str] = frozenset()
        """Keys whose values are masked: they are revealed in the detail, a lead at a time."""
        self.marks: Collection[int] = ()
        """Id numbers of the marked leads."""
        self.changes: Mapping[int, frozenset[str]] = {}
        """By the id number of a lead, the keys of values that an automatic refresh changed; none for a new lead."""
        self.status_marks = StatusMarks()
        self.do_not_call: frozenset[str] = frozenset()
        """Statuses that forbid calls, beside those whose codes say so."""
        self.columns: tuple[str, ...] = DEFAULT_COLUMNS
        self.widths: Mapping[str, int] = {}
        self._skip = 0
        self._placed: list[Column] = []
        self._placed_in = 0
        self._strips: dict[tuple[int, str], Strip] = {}
        """Lines drawn, by row and the look of the cursor on it."""

    # Columns

    def show_columns(self, keys: Sequence[str], widths: Mapping[str, int]) -> None:
        """Show the columns *keys*; *widths* are those that the user has set, in cells."""
        self.columns, self.widths = tuple(keys) or DEFAULT_COLUMNS, widths
        self._skip = 0
        self.lay_out()

    def scroll_columns(self, by: int) -> None:
        """Move the columns after the first one by *by*."""
        skip = min(max(0, self._skip + by), max(0, len(self.columns) - 2))
        is_narrowed = any(last.width < wanted_width(last.key, self.widths, self.labels) for last in self._placed[-1:])
        if skip != self._skip and (by < 0 or self._hidden or is_narrowed):
            self._skip = skip
            self.lay_out()

    @property
    def _hidden(self) -> int:
        """How many columns are out of view at the right."""
        return len(self.columns) - self._skip - len(self._placed)

    def lay_out(self) -> None:
        self._placed_in = self.size.width
        self._placed = place(self.columns, max(1, self._placed_in - _GUTTER - 1), self._skip, self.widths, self.labels)
        self._strips.clear()
        self.refresh()
        beside = f"‹ {self._skip}" if self._skip else "", f"{self._hidden} ›" if self._hidden else ""
        self.write_titles("Leads", "  ".join(filter(None, beside)) if self._placed_in else "")

    # Lines

    def header(self, width: int) -> Strip:
        titles = (
            fit_with_end(column.title, f" {self.arrows[column.key]}" if column.key in self.arrows else "", column.width)
            for column in self._placed
        )
        return self.heading((" " * GAP).join(titles), width)

    def heading(self, text: str, width: int) -> Strip:
        return self.strip([("header", fit(" " * _GUTTER + text, width))], width)

    def row_strip(self, rows: Rows, row: int, look: str, width: int) -> Strip:
        """Return the line of *row*; *look* is the style of the cursor on it, "" without one."""
        lead = rows.lead(row)
        changed = self.changes.get(id_number(lead.lead_id)) if lead is not None and self.changes else None
        change = "" if changed is None else CHANGED if changed else NEW
        gutter = self._marks_of(lead, rows.row(row), CURSOR if look else change or (REPEATED if rows.repeats(row) else ""))
        if lead is None:
            runs = [("waiting", gutter + self._unloaded(rows, row, width))]
        elif lead.problem:
            runs = [("alert", f"{gutter}! {lead.problem}")]
        else:
            runs = [("", gutter), *self._cells(lead, changed or frozenset())]
            # Which field a look-up matched stands at the line's end, over the cells there.
            if note := rows.note(row):
                runs = [("", fit_with_end("".join(text for _, text in runs), f" ‹{note}›", width))]
        if look or len(runs) == 1:
            runs = [(look or runs[0][0], fit("".join(text for _, text in runs), width))]
        return self.strip(runs, width)

    def _marks_of(self, lead: Lead | None, row: Row | None, first: str) -> str:
        """Return *first* and the marks of *lead*; where there is no room for all, *first* goes."""
        is_marked = row is not None and bool(self.marks) and row_number(row) in self.marks
        do_not_call = lead is not None and is_do_not_call(lead.line("status"), self.do_not_call)
        return f"{first}{MARKED if is_marked else ''}{DO_NOT_CALL if do_not_call else ''}"[-_GUTTER:].ljust(_GUTTER)

    def _cells(self, lead: Lead, changed: frozenset[str]) -> list[Run]:
        now, lead = self._now(), lead.with_masked(self.masked)
        runs: list[Run] = []
        for column in self._placed:
            text, width = self._cell(lead, column.key, now) or _EMPTY.get(column.key, ""), column.width
            if runs:
                # A changed value has its mark before it, in the gap.
                runs.append(("", (CHANGED if shows_any(column.key, changed) else "").rjust(GAP)))
            if column.key in ("status", "status_name") and self.status_marks:
                # Statuses stand in a column, whether or not they have a mark.
                mark, cells = status_mark(lead, self.status_marks), self.status_marks.width
                colored, rest = mark.parts if mark else ("", "")
                runs += [(mark.color if mark else "", colored), ("", rest.ljust(cells - len(colored)))]
                width -= cells
            runs.append(("name" if column.key == "name" else "", fit(text, max(0, width))))
        return runs

    def _cell(self, lead: Lead, key: str, now: datetime) -> str:
        if lead.masked and shows_any(key, lead.masked):
            return MASK if column_text(lead.with_masked(frozenset()), key, now) else ""
        return column_text(lead, key, now)

    def _unloaded(self, rows: Rows, row: int, width: int) -> str:
        match rows.state(row):
            case RowState.FAILED:
                room = max(1, width - _GUTTER)
                return fit_with_end(f"! {rows.note(row)}", f" · {self.retry_hint}" if self.retry_hint else "", room)
            case RowState.TOO_DEEP:
                return "! No results past here · narrow the search"
            case _:
                return (" " * GAP).join(fit(PLACEHOLDER, column.width) for column in self._placed)


def shows_time(columns: Sequence[str]) -> bool:
    """Whether one of *columns* is computed from the clock."""
    return COMPUTED[1] in columns
