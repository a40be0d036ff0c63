"""The table of leads: as long as the response says, drawing only the lines in view.

A row is an index; its line is made from ``leads.page.Rows`` and kept until something in it changes. The cursor and the first row in
view are in the ``Position`` that comes with the rows; the table moves that and has no other. Bytes are what a slow line feels, so
moving the cursor repaints two lines, nothing else is repainted that has not changed, and when the cursor runs over the edge the
view moves by half a page. The scroll bar is a column of the lines themselves. ``table_rows`` has the columns and draws the rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from lead_tui.leads.page import Position, Rows
from lead_tui.leads.text import fit, wrap
from lead_tui.ui.widgets.drawn_list import PAGES, THUMB, is_thumb
from lead_tui.ui.widgets.table_rows import TableRows

_MAX_STRIPS = 600
"""Lines kept: some screens. A line is about a kilobyte."""

_EMPTY_NOTE_LINE = 2


class LeadTable(TableRows, can_focus=True):
    """Shows ``rows`` in ``columns`` with a cursor. Reports that the cursor or the view moved; decides nothing about loading."""

    DEFAULT_CSS = """
    LeadTable {
        height: 1fr;
        width: 1fr;
    }
    """

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

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self.keys: Mapping[str, str] = {}
        """The name of a movement by the key that makes it (``down``, ``page_up``, …)."""
        self.scroll_by_half = True
        """Whether the view moves by half a page when the cursor runs over its edge; else line by line."""
        self._empty_note = ""
        self.rows: Rows | None = None
        self._position = Position()
        self._drawn = (0, 0)
        """The cursor and the top that are on the screen."""
        self._will_settle = False
        self._dragging = False

    # What it shows

    @property
    def cursor(self) -> int:
        """The row of the cursor, moves that have not been drawn included."""
        return self._position.cursor

    def show(self, rows: Rows, position: Position) -> None:
        """Show *rows* at *position*, which from now on moves with the cursor and the view."""
        is_blank = not self.length and not rows.length
        self.rows, self._position = rows, position
        self._fit()
        if not is_blank:
            self.redraw_rows()
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
        for row in range(max(first, self.top), min(stop, self.top + self.size.height - 1)):
            for look in ("", "cursor-blurred", "cursor"):
                self._strips.pop((row, look), None)
            self.refresh(self._line_of(row))

    def refresh_length(self) -> None:
        """Redraw for another number of rows, or a position that was moved."""
        self._fit()
        self.redraw_rows()
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
        return self.rows.length if self.rows is not None else 0

    @property
    def page_rows(self) -> int:
        """Rows that fit below the header, with the heading of some of them in view."""
        return max(1, self.size.height - 1 - (self.rows is not None and self.rows.heading is not None))

    @property
    def top(self) -> int:
        return self._position.top

    # Moving

    def move(self, movement: str) -> None:
        here = self.cursor
        match movement:
            case "down" | "up":
                self.aim(here + (1 if movement == "down" else -1))
            case "page_down" | "page_up" | "half_page_down" | "half_page_up":
                self.aim(here + int(max(1, self.page_rows - 1) * PAGES[movement]))
            case "top" | "bottom":
                self.aim(0 if movement == "top" else self.length - 1)
                self._position.seeks_end = movement == "bottom"
            case "left" | "right":
                self.scroll_columns(1 if movement == "right" else -1)

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
        line = row - self.top + 1
        return Region(0, line + (0 < self._heading_line <= line), self.size.width, 1)

    @property
    def _heading_line(self) -> int:
        """The line of the heading; less than 1 where it is out of view or there is none."""
        heading = self.rows.heading if self.rows is not None else None
        return heading[0] - self.top + 1 if heading is not None else 0

    def _row_at(self, line: int) -> int:
        """Return the row in *line*, which is not the heading's."""
        return self.top + line - 1 - (0 < self._heading_line < line)

    def redraw_rows(self) -> None:
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def draw_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            return self.header(width)
        row, rows = self._row_at(y), self.rows
        thumb = is_thumb(y - 1, self.top, self.page_rows, self.length)
        end = Segment(THUMB if thumb else " ", self.style("thumb" if thumb else ""))
        if rows is not None and rows.heading is not None and y == self._heading_line:
            return Strip([*self.heading(rows.heading[1], width - 1), end], width)
        if rows is None or row >= rows.length:
            notes = [] if self.length else ["", *wrap(self._empty_note, width - 4)]
            note = notes[y - 1] if y <= len(notes) else ""
            return self.strip([("waiting", fit(f"  {note}", width))])
        at_cursor = row == self._position.cursor
        look = ("cursor" if self.has_focus else "cursor-blurred") if at_cursor else ""
        strip = self._strips.get((row, look))
        if strip is None:
            if len(self._strips) > _MAX_STRIPS:
                self._strips.clear()
            strip = self._strips[(row, look)] = self.row_strip(rows, row, look, width - 1)
        return Strip([*strip, end], width)

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

    on_blur = on_focus

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
        if offset is None or offset.y in (0, self._heading_line) or offset.x == self.size.width - 1:
            return
        row = self._row_at(offset.y)
        if row >= self.length:
            return
        self.aim(row)
        if event.chain == 2:
            self.settle()
            self.post_message(self.LeadOpened())
