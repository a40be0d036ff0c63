"""The table of leads: as long as the response says, drawing only the lines in view.

A row is an index; its line is made from ``leads.page.Rows`` when it is drawn. The cursor and the first row in view are in the
``Position`` that is given with the rows; the table has no other. What counts on a slow line is bytes, so when the cursor runs over
the edge the view moves by half a page. The scroll bar is a column of the lines themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.reactive import Reactive
from textual.strip import Strip

from lead_tui.leads.fields import DEFAULT_COLUMNS
from lead_tui.leads.lead import Lead, id_number, row_number
from lead_tui.leads.page import Position, Rows, RowState
from lead_tui.leads.text import fit, fit_with_end, wrap_hints
from lead_tui.leads.values import is_do_not_call
from lead_tui.ui.widgets.columns import CHANGED, GAP, PLACEHOLDER, Column, cells, column_at, place
from lead_tui.ui.widgets.detail_page import Look
from lead_tui.ui.widgets.drawn_list import CURSOR, THUMB, Drawn, Run, is_thumb, steps, within

REPEATED: Final = "="
NEW: Final = "+"
MARKED: Final = "*"
DO_NOT_CALL: Final = "⊘"
"""The marks of a lead that came before, one that a refresh brought, one the user marked, and one that must not be called."""

_GUTTER: Final = 2


class _Latest(Message):
    """A message that replaces an earlier one that has not been handled yet."""

    def can_replace(self, message: Message) -> bool:
        return type(message) is type(self)


class LeadTable(Drawn, can_focus=True):
    """Shows ``rows`` in ``columns`` with a cursor. Reports when the cursor or the view moves; decides nothing about loading."""

    class CursorMoved(_Latest):
        """The cursor is on another row."""

    class ViewMoved(_Latest):
        """Other rows are in view, or the last one is wanted."""

    class LeadOpened(Message):
        """The user wants to read the lead under the cursor."""

    class TitleClicked(Message):
        """The user wants the rows sorted by the column *key*."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    empty_note: Reactive[str] = Reactive("")  # what is shown if there are no rows: clean text
    arrows: Reactive[Mapping[str, str]] = Reactive({})  # the direction in which the rows are sorted, by column

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self.retry_hint = ""  # shown after a row that failed to load: the key that retries
        self.scroll_by_half = True  # whether the view moves by half a page when the cursor leaves it; else line by line
        self.look = Look()  # column labels, masked fields (which the detail reveals, one lead at a time), and marks beside statuses
        self.columns: tuple[str, ...] = DEFAULT_COLUMNS
        self.widths: Mapping[str, int] = {}
        self.marks: Collection[int] = ()  # the ids of the marked leads, as numbers
        self.changes: Mapping[int, frozenset[str]] = {}  # by lead id, the keys whose values a refresh changed; none for a new lead
        self.rows: Rows | None = None
        self._position = Position()
        self._shown = (0, 0, 0)  # the cursor, the top and the number of rows that are on the screen
        self._skip = 0
        self._placed: list[Column] = []

    @property
    def cursor(self) -> int:
        return self._position.cursor

    @property
    def top(self) -> int:
        return self._position.top

    @property
    def length(self) -> int:
        return self.rows.length if self.rows is not None else 0

    @property
    def lead(self) -> Lead | None:
        """The lead under the cursor; None if there is none or it is not loaded yet."""
        return self.rows.lead(self.cursor) if self.rows is not None and self.length else None

    @property
    def absence(self) -> str:
        """Why no lead can be read under the cursor; "" if one can."""
        if self.rows is None or not self.length:
            return "No lead here"
        if (lead := self.lead) is not None:
            return lead.problem
        return self.rows.note(self.cursor) or f"Row {self.cursor + 1:,} is not loaded yet"

    @property
    def page_rows(self) -> int:
        """Rows that fit below the header, and below a heading between rows if that is in view."""
        return max(1, self.size.height - 1 - (self.rows is not None and self.rows.heading is not None))

    def show(self, rows: Rows, position: Position) -> None:
        """Show *rows* at *position*, which from now on moves with the cursor and the view."""
        self.rows, self._position = rows, position
        self._fit()
        self.refresh()
        self.post_message(self.CursorMoved())

    def rows_changed(self) -> None:
        """Draw again after rows have changed; their number, or the position, may have changed with them."""
        if self._shown != (self.cursor, self.top, self.length):
            self._fit()
            self.post_message(self.ViewMoved())
            self.post_message(self.CursorMoved())
        self.refresh()

    def show_columns(self, keys: Sequence[str], widths: Mapping[str, int]) -> None:
        """Show the columns *keys*; *widths* are those set by the user, in cells."""
        self.columns, self.widths = tuple(keys) or DEFAULT_COLUMNS, widths
        self._skip = 0
        self.lay_out()

    def lay_out(self) -> None:
        width = self.size.width
        self._placed = place(self.columns, max(1, width - _GUTTER - 1), self._skip, self.widths, self.look.labels)
        self._fit()
        self.refresh()
        self.post_message(self.ViewMoved())
        hidden = len(self.columns) - self._skip - len(self._placed)
        beside = f"‹ {self._skip}" if self._skip else "", f"{hidden} ›" if hidden else ""
        self.write_titles("Leads", "  ".join(filter(None, beside)) if width else "")

    def move(self, movement: str) -> None:
        if movement in ("left", "right"):
            # The first column stays.
            self._skip = within(self._skip + (1 if movement == "right" else -1), len(self.columns) - 1)
            self.lay_out()
        else:
            by = steps(max(1, self.page_rows - 1), self.length)[movement]
            self.aim(self.cursor + by, seeks_end=movement == "bottom")

    def aim(self, row: int, *, seeks_end: bool = False) -> None:
        """Move the cursor to *row*, or the nearest one; *seeks_end* is whether the last row is wanted, whatever its number."""
        position = self._position
        position.cursor, position.seeks_end = within(row, self.length), seeks_end
        position.top = self._top_showing(position.cursor)
        self._draw_movement()

    def scroll_lines(self, by: int) -> None:
        """Move the view by *by* rows, and the cursor only as far as it must to stay in view."""
        position = self._position
        if (top := within(position.top + by, self.length, self.page_rows)) != position.top:
            position.top, position.seeks_end = top, False
            position.cursor = within(min(max(position.cursor, top), top + self.page_rows - 1), self.length)
            self._draw_movement()

    def _draw_movement(self) -> None:
        """Draw and report what has moved since the last drawing."""
        (before, top_before, _), position = self._shown, self._position
        self._shown = position.cursor, position.top, self.length
        if has_moved := position.top != top_before:
            self.refresh()
        elif position.cursor != before:
            self.refresh(self._line_of(before), self._line_of(position.cursor))
        if has_moved or position.seeks_end:
            self.post_message(self.ViewMoved())
        if position.cursor != before:
            self.post_message(self.CursorMoved())

    def _fit(self) -> None:
        """Bring the position within the rows and the height, with the cursor in view."""
        position = self._position
        position.cursor, position.height = within(position.cursor, self.length), self.page_rows
        position.top = self._top_showing(position.cursor)
        self._shown = position.cursor, position.top, self.length

    def _top_showing(self, row: int) -> int:
        """Return the first row in view that shows *row*: unchanged if it does, else half a page on, or where a jump ends."""
        page, top = self.page_rows, self.top
        half = max(1, page // 2) if self.scroll_by_half else 0
        if row < top:
            top = min(top - half, row)
        elif row >= top + page:
            top = max(top + half, row - page + 1)
        return within(top, self.length, page)

    @property
    def _heading_line(self) -> int:
        """The line of the heading; less than 1 if it is out of view or there is none."""
        heading = self.rows.heading if self.rows is not None else None
        return heading[0] - self.top + 1 if heading is not None else 0

    def _line_of(self, row: int) -> Region:
        line = row - self.top + 1
        return Region(0, line + (0 < self._heading_line <= line), self.size.width, 1)

    def _row_at(self, line: int) -> int:
        """Return the row on *line*, which is not the heading's."""
        return self.top + line - 1 - (0 < self._heading_line < line)

    def render_line(self, y: int) -> Strip:
        width, gutter = self.size.width, " " * _GUTTER
        if y == 0:
            arrows = {key: f" {arrow}" for key, arrow in self.arrows.items()}
            titles = (fit_with_end(each.title, arrows.get(each.key, ""), each.width) for each in self._placed)
            return self.strip(("header", fit(gutter + (" " * GAP).join(titles), width)))
        row, rows = self._row_at(y), self.rows
        end = ("muted", THUMB) if is_thumb(y - 1, self.top, self.page_rows, self.length) else ("", " ")
        if rows is not None and rows.heading is not None and y == self._heading_line:
            return self.strip(("header", fit(gutter + rows.heading[1], width - 1)), end=end)
        if rows is None or row >= rows.length:
            notes = [] if self.length else ["", *wrap_hints(self.empty_note, width - 4)]
            return self.strip(("muted", gutter + notes[y - 1] if y <= len(notes) else ""))
        look = "" if row != self.cursor else "reverse" if self.has_focus else "bold"
        return self.strip(*self._row_runs(rows, row, look, width - 1), end=end)

    def _row_runs(self, rows: Rows, row: int, look: str, width: int) -> list[Run]:
        """Return the line of *row*; *look* is the style of the cursor on it, "" without one."""
        lead, encoded = rows.lead(row), rows.row(row)
        changed = self.changes.get(id_number(lead.lead_id)) if lead is not None and self.changes else None
        change = "" if changed is None else CHANGED if changed else NEW
        is_marked = encoded is not None and bool(self.marks) and row_number(encoded) in self.marks
        do_not_call = lead is not None and is_do_not_call(lead.line("status"), self.look.do_not_call)
        sign = CURSOR if look else change or (REPEATED if rows.repeats(row) else "")
        # If there is no room for all of them, the first is left out.
        gutter = f"{sign}{MARKED * is_marked}{DO_NOT_CALL * do_not_call}"[-_GUTTER:].ljust(_GUTTER)
        if lead is None:
            text = (" " * GAP).join(fit(PLACEHOLDER, each.width) for each in self._placed)
            if (state := rows.state(row)) in (RowState.FAILED, RowState.TOO_DEEP):
                hint = f" · {self.retry_hint}" if state is RowState.FAILED and self.retry_hint else ""
                text = fit_with_end(f"! {rows.note(row)}", hint, max(1, width - _GUTTER))
            runs = [("muted", gutter + text)]
        elif lead.problem:
            runs = [("alert", f"{gutter}! {lead.problem}")]
        else:
            runs = [("", gutter), *cells(lead, self._placed, self._now(), self.look, changed or frozenset())]
            # The field that a look-up matched is shown at the line's end, over the cells there.
            if note := rows.note(row):
                runs = [("", fit_with_end("".join(text for _, text in runs), f" ‹{note}›", width))]
        if look or len(runs) == 1:
            runs = [(look or runs[0][0], fit("".join(text for _, text in runs), width))]
        return runs

    def on_focus(self) -> None:
        self.refresh(self._line_of(self.cursor))

    on_blur = on_focus

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Scroll to the place on the scroll bar that was clicked."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.x == self.size.width - 1 and self.length > self.page_rows:
            line = max(0, offset.y - 1)
            self.scroll_lines(line * (self.length - self.page_rows) // max(1, self.page_rows - 1) - self.top)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.x == self.size.width - 1 or 0 < offset.y == self._heading_line:
            return
        if offset.y == 0:
            if key := column_at(offset.x - _GUTTER, self._placed):
                self.post_message(self.TitleClicked(key))
        elif (row := self._row_at(offset.y)) < self.length:
            self.aim(row)
            if event.chain == 2:
                self.post_message(self.LeadOpened())
