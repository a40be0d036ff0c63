"""The table of leads: as long as the answer says, drawing only the lines in view.

A row is an index; its line is made from ``leads.page.Rows`` and kept until something in it changes. The cursor and the first row in
view are in the ``Position`` that comes with the rows; the table moves that and has no other. Bytes are what a slow line feels, so
moving the cursor repaints two lines, nothing else is repainted that has not changed, and when the cursor runs over the edge the
view moves by half a page. The scroll bar is a column of the lines themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from lead_tui.leads.cells import fit, fit_with_end, wrap
from lead_tui.leads.decode import id_number
from lead_tui.leads.fields import COMPUTED, DEFAULT_COLUMNS, tells_of
from lead_tui.leads.formatting import column_text, is_do_not_call
from lead_tui.leads.lead import Lead
from lead_tui.leads.page import Position, Rows, RowState
from lead_tui.ui.widgets.columns import GAP, Column, place, wanted_width
from lead_tui.ui.widgets.drawn_list import CURSOR, MASK, PAGES, THUMB, Drawn, is_thumb

_GUTTER = 2
_MAX_STRIPS = 600
"""Lines kept: some screens. A line is about a kilobyte."""

_EMPTY_NOTE_LINE = 2

_EMPTY = {"name": "(no name)"}
"""Shown in cells that identify the row; other empty cells are empty."""

REPEATED = "="
NEW, CHANGED = "+", "~"
MARKED = "*"
DO_NOT_CALL = "⊘"
"""Beside a lead that came before, one that a refresh brought or changed, that the user marked, and that must not be called."""

PLACEHOLDER = "· · ·"
"""A cell of a row that is not loaded yet."""


class LeadTable(Drawn, can_focus=True):
    """Shows ``rows`` in ``columns`` with a cursor. Reports that the cursor or the view moved; decides nothing about loading."""

    DEFAULT_CSS = """
    LeadTable {
        height: 1fr;
        width: 1fr;
        & > .table--header { text-style: bold; color: $text-muted; }
        & > .table--cursor { text-style: reverse; }
        & > .table--cursor-blurred { text-style: bold; }
        & > .table--waiting { color: $text-disabled; }
        & > .table--alert { color: $text-error; text-style: bold; }
        & > .table--thumb { color: $text-primary; }
    }
    """

    STYLES = "table--"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--cursor",
        "table--cursor-blurred",
        "table--waiting",
        "table--alert",
        "table--thumb",
    }

    class CursorMoved(Message):
        """The cursor is on another row."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LeadTable.CursorMoved)

    class ViewMoved(Message):
        """Other rows are in view, or the last one is wanted."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LeadTable.ViewMoved)

    class LeadOpened(Message):
        """The user wants to read the lead under the cursor."""

    def __init__(self, now: Callable[[], datetime], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.keys: Mapping[str, str] = {}
        """The name of a movement by the key that makes it (``down``, ``page_up``, …)."""
        self.retry_hint = ""
        """Shown behind a row that failed to load: the key that retries."""
        self.scroll_by_half = True
        """Whether the view moves by half a page when the cursor runs over its edge; else line by line."""
        self._now = now
        self._empty_note = ""
        self._rows: Rows | None = None
        self.labels: Mapping[str, str] = {}
        """Names of custom attributes by key."""
        self.masked: frozenset[str] = frozenset()
        """Keys whose values are masked: they are revealed in the detail, a lead at a time."""
        self.marks: Collection[int] = ()
        """Id numbers of the marked leads."""
        self.changes: Mapping[int, frozenset[str]] = {}
        """By the id number of a lead, the keys of values that an automatic refresh changed; none for a new lead."""
        self._columns: tuple[str, ...] = DEFAULT_COLUMNS
        self._widths: Mapping[str, int] = {}
        self._skip = 0
        self._placed: list[Column] = []
        self._placed_in = 0
        self._position = Position()
        self._drawn = (0, 0)
        """The cursor and the top that are on the screen."""
        self._will_settle = False
        self._strips: dict[tuple[int, int], Strip] = {}
        self._dragging = False

    # What it shows

    @property
    def cursor(self) -> int:
        """The row of the cursor, moves that have not been drawn included."""
        return self._position.cursor

    @property
    def rows(self) -> Rows | None:
        return self._rows

    @property
    def columns(self) -> tuple[str, ...]:
        return self._columns

    @columns.setter
    def columns(self, keys: Sequence[str]) -> None:
        self._columns = tuple(keys) or DEFAULT_COLUMNS
        self._skip = 0
        self._lay_out()

    @property
    def widths(self) -> Mapping[str, int]:
        """Widths in cells that the user has set, by column."""
        return self._widths

    @widths.setter
    def widths(self, widths: Mapping[str, int]) -> None:
        self._widths = widths
        self._lay_out()

    def show(self, rows: Rows, position: Position) -> None:
        """Show *rows* at *position*, which from now on moves with the cursor and the view."""
        is_blank = not self.length and not rows.length
        self._rows, self._position = rows, position
        self._fit()
        if not is_blank:
            self._redraw()
        self.post_message(self.CursorMoved())

    def _fit(self) -> None:
        """Bring the position within the rows and the height there are, and the cursor within the view."""
        self._position.cursor = self._clamped(self._position.cursor)
        self._keep_in_view(self._position.cursor)

    def _keep_in_view(self, top: int) -> None:
        """Fit the view to the height; where the cursor is not in it, begin it with the row *top*."""
        position = self._position
        position.height = self.page_rows
        position.top = self._top_for(position.top)
        if not position.top <= position.cursor < position.top + position.height:
            position.top = self._top_for(top)
        self._drawn = position.cursor, position.top

    @property
    def was_moved(self) -> bool:
        """Whether something else than the table moved the position, and that is not on the screen yet."""
        return not self._will_settle and self._drawn != (self._position.cursor, self._position.top)

    def refresh_rows(self, first: int, stop: int) -> None:
        """Redraw the rows in view from *first* up to *stop*."""
        for row in range(max(first, self.top), min(stop, self.top + self.page_rows)):
            for look in range(3):
                self._strips.pop((row, look), None)
            self.refresh(self._line_of(row))

    def refresh_length(self) -> None:
        """Redraw for another number of rows, or a position that was moved."""
        self._fit()
        self._redraw()
        self.post_message(self.ViewMoved())
        self.post_message(self.CursorMoved())

    def note_empty(self, note: str) -> None:
        """Show *note*, clean text, where there is no row."""
        if note != self._empty_note:
            self._empty_note = note
            if not self.length:
                self.refresh(Region(0, _EMPTY_NOTE_LINE, self.size.width, max(1, self.size.height - _EMPTY_NOTE_LINE)))

    @property
    def length(self) -> int:
        """Number of rows."""
        return self._rows.length if self._rows is not None else 0

    @property
    def page_rows(self) -> int:
        """Rows that fit below the header."""
        return max(1, self.size.height - 1)

    @property
    def top(self) -> int:
        """The first row in view."""
        return self._position.top

    # Moving

    def move(self, movement: str) -> None:
        """Make a movement by its name in the catalogue of keys."""
        here = self.cursor
        match movement:
            case "down":
                self.aim(here + 1)
            case "up":
                self.aim(here - 1)
            case "page_down" | "page_up" | "half_page_down" | "half_page_up":
                self.aim(here + int(max(1, self.page_rows - 1) * PAGES[movement]))
            case "top":
                self.aim(0)
            case "bottom":
                self.aim(self.length - 1)
                self._position.seeks_end = True
            case "left":
                self.scroll_columns(-1)
            case "right":
                self.scroll_columns(1)

    def aim(self, row: int) -> None:
        """Move the cursor to *row*, or the nearest there is. Movements that come fast are drawn together."""
        self._position.cursor = self._clamped(row)
        self._position.seeks_end = False
        if not self._will_settle:
            self._will_settle = True
            asyncio.get_running_loop().call_soon(self.settle)

    def settle(self) -> None:
        """Draw the movements of the cursor."""
        if not self._will_settle:
            return
        self._will_settle = False
        position, (before, _) = self._position, self._drawn
        top = self._top_showing(position.cursor)
        has_moved, position.top = top != position.top, top
        self._drawn = position.cursor, top
        if has_moved:
            self.refresh()
        elif position.cursor != before:
            self.refresh(self._line_of(before), self._line_of(position.cursor))
        if has_moved or position.seeks_end:
            self.post_message(self.ViewMoved())
        if position.cursor != before:
            self.post_message(self.CursorMoved())

    def scroll_columns(self, by: int) -> None:
        """Move the columns behind the first one by *by*."""
        skip = min(max(0, self._skip + by), max(0, len(self._columns) - 2))
        shows_last = self._placed and self._placed[-1].key == self._columns[-1] and not self._is_narrowed()
        if skip != self._skip and not (by > 0 and shows_last):
            self._skip = skip
            self._lay_out()

    def _is_narrowed(self) -> bool:
        return bool(self._placed) and self._placed[-1].width < wanted_width(self._placed[-1].key, self._widths, self.labels)

    def scroll_lines(self, by: int) -> None:
        """Move the view by *by* rows, the cursor along only as far as it must to stay in view."""
        self.settle()
        position = self._position
        top = self._top_for(position.top + by)
        if top == position.top:
            return
        position.top, position.seeks_end = top, False
        cursor = self._clamped(min(max(position.cursor, top), top + self.page_rows - 1))
        if cursor != position.cursor:
            position.cursor = cursor
            self.post_message(self.CursorMoved())
        self._drawn = cursor, top
        self.refresh()
        self.post_message(self.ViewMoved())

    def _top_showing(self, row: int) -> int:
        """Return the first row in view once *row* is: the same if it is already, else half a page on, or where a jump ends."""
        page = self.page_rows
        if self.top <= row < self.top + page:
            return self.top
        if not self.scroll_by_half:
            near = row if row < self.top else row - page + 1
            return self._top_for(near)
        half = max(1, page // 2)
        if row < self.top:
            return self._top_for(min(self.top - half, row) if self.top - row <= page else row)
        return self._top_for(max(self.top + half, row - page + 1))

    def _top_for(self, row: int) -> int:
        return max(0, min(row, self.length - self.page_rows))

    def _clamped(self, row: int) -> int:
        return max(0, min(row, self.length - 1))

    # Drawing

    def _line_of(self, row: int) -> Region:
        return Region(0, row - self.top + 1, self.size.width, 1)

    def _redraw(self) -> None:
        self._strips.clear()
        self.refresh()

    def _lay_out(self) -> None:
        self._place_columns()
        self._redraw()

    def _place_columns(self) -> None:
        self._placed_in = self.size.width
        self._placed = place(self._columns, max(1, self._placed_in - _GUTTER - 1), self._skip, self._widths, self.labels)
        self._strips.clear()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if width != self._placed_in:
            self._place_columns()
        if y == 0:
            return self._header(width)
        row = self.top + y - 1
        thumb = is_thumb(y - 1, self.top, self.page_rows, self.length)
        rows = self._rows
        if rows is None or row >= rows.length:
            notes = [] if self.length else ["", *wrap(self._empty_note, width - 4)]
            note = notes[y - 1] if y <= len(notes) else ""
            return Strip([Segment(fit(f"  {note}", width), self.style("waiting"))], width)
        at_cursor = row == self._position.cursor
        look = (2 if self.has_focus else 1) if at_cursor else 0
        strip = self._strips.get((row, look))
        if strip is None:
            if len(self._strips) > _MAX_STRIPS:
                self._strips.clear()
            strip = self._strips[(row, look)] = self._row_strip(rows, row, look, width - 1)
        end = Segment(THUMB if thumb else " ", self.style("thumb") if thumb else self.style(""))
        return Strip([*strip, end], width)

    def _header(self, width: int) -> Strip:
        titles = (" " * GAP).join(fit(column.title, column.width) for column in self._placed)
        return Strip([Segment(fit(" " * _GUTTER + titles, width), self.style("header"))], width)

    def _row_strip(self, rows: Rows, row: int, look: int, width: int) -> Strip:
        lead = rows.lead(row)
        style = self.style(("", "cursor-blurred", "cursor")[look])
        changed = self.changes.get(id_number(lead.lead_id)) if lead is not None and self.changes else None
        change = "" if changed is None else CHANGED if changed else NEW
        gutter = self._marks_of(lead, CURSOR if look else change or (REPEATED if rows.repeats(row) else ""))
        if lead is None:
            text, style = self._unloaded(rows, row), self.style("waiting") if not look else style
        elif lead.problem:
            text, style = f"! {lead.problem}", self.style("alert") if not look else style
        else:
            text = self._cells(lead, rows.note(row), changed or frozenset())
        return Strip([Segment(fit(gutter + text, width), style)], width)

    def _marks_of(self, lead: Lead | None, first: str) -> str:
        """Return *first* and the marks of *lead*; where there is no room for all, *first* goes."""
        is_marked = lead is not None and bool(self.marks) and id_number(lead.lead_id) in self.marks
        do_not_call = lead is not None and is_do_not_call(lead.line("status"))
        return f"{first}{MARKED if is_marked else ''}{DO_NOT_CALL if do_not_call else ''}"[-_GUTTER:].ljust(_GUTTER)

    def _cells(self, lead: Lead, note: str, changed: frozenset[str]) -> str:
        now = self._now()
        lead = lead.covering(self.masked)
        line = ""
        for column in self._placed:
            # A changed value has its mark before it, in the gap.
            gap = (CHANGED if tells_of(column.key, changed) else "").rjust(GAP) if line else ""
            line += gap + fit(self._cell(lead, column.key, now) or _EMPTY.get(column.key, ""), column.width)
        # Which field a look-up matched stands at the line's end, over the cells there.
        if note:
            room = max(0, self.size.width - _GUTTER - 1 - len(note) - 3)
            line = f"{fit(line, room)} ‹{note}›"
        return line

    def _cell(self, lead: Lead, key: str, now: datetime) -> str:
        if lead.covered and tells_of(key, lead.covered):
            return MASK if column_text(lead.covering(frozenset()), key, now) else ""
        return column_text(lead, key, now)

    def _unloaded(self, rows: Rows, row: int) -> str:
        match rows.state(row):
            case RowState.FAILED:
                room = max(1, self.size.width - _GUTTER - 1)
                return fit_with_end(f"! {rows.note(row)}", f" · {self.retry_hint}" if self.retry_hint else "", room)
            case RowState.TOO_DEEP:
                return "! No results past here · narrow the search"
            case _:
                return (" " * GAP).join(fit(PLACEHOLDER, column.width) for column in self._placed)

    # Events

    def on_resize(self) -> None:
        self.settle()
        before = self.top
        self._keep_in_view(self.cursor - self.page_rows + 1)
        if self.top != before:
            self.refresh()
        self.post_message(self.ViewMoved())

    def on_focus(self) -> None:
        self.refresh(self._line_of(self.cursor))

    def on_blur(self) -> None:
        self.refresh(self._line_of(self.cursor))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.x == self.size.width - 1 and self.length > self.page_rows:
            self._dragging = True
            self.capture_mouse()
            self._drag_to(offset.y - 1)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragging:
            self._drag_to(event.get_content_offset_capture(self).y - 1)

    def on_mouse_up(self) -> None:
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def _drag_to(self, line: int) -> None:
        span = max(1, self.page_rows - 1)
        line = max(0, min(line, span))
        self.scroll_lines(line * (self.length - self.page_rows) // span - self.top)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y == 0 or offset.x == self.size.width - 1:
            return
        row = self.top + offset.y - 1
        if row >= self.length:
            return
        self.aim(row)
        if event.chain == 2:
            self.settle()
            self.post_message(self.LeadOpened())


def shows_time(columns: Sequence[str]) -> bool:
    """Whether one of *columns* is computed from the clock."""
    return COMPUTED[1] in columns
