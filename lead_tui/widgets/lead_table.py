"""The table of leads: as long as the answer says, drawing only the lines in sight.

A row is an index; a line is made from the rows it is handed (``leads.rows.Rows``) and kept until something in it changes. Bytes are
what a slow line feels, so moving the cursor repaints two lines, nothing else is repainted that has not changed, and when the cursor
runs over the edge the view moves by half a page. The scroll bar is a column of the lines themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lead_tui.leads.fields import COMPUTED, DEFAULT_COLUMNS, tells_of
from lead_tui.leads.lead import Lead
from lead_tui.leads.rows import Rows, RowState
from lead_tui.leads.written import column_text
from lead_tui.widgets.columns import GAP, Column, fitted, fitted_with_end, place, wanted_width
from lead_tui.widgets.drawn_lines import is_thumb
from lead_tui.widgets.one_layout import OneLayout
from lead_tui.widgets.wrap import wrapped

_GUTTER = 2
_MOST_STRIPS = 600
"""Lines kept: some screens. A line is about a kilobyte."""

_WHEEL_ROWS = 3
_EMPTY_NOTE_LINE = 2

_EMPTY = {"name": "(no name)"}
"""What stands in a cell that would leave the reader without a hold; other empty cells are empty."""

TABLE_MARKS = ("▌", "=", "█")
ASCII_TABLE_MARKS = (">", "=", "#")
"""Cursor, repeated lead, thumb of the scroll bar."""

PLACEHOLDER = "· · ·"
"""A cell of a row that has not come yet."""

MASK = "••••"
"""A cell that is covered."""


class LeadTable(OneLayout, Widget, can_focus=True):
    """Shows ``rows`` in ``columns`` with a cursor. Tells where the cursor and the view are; decides nothing about loading."""

    DEFAULT_CSS = """
    LeadTable {
        height: 1fr;
        width: 1fr;
        & > .table--header { text-style: bold; color: $text-muted; }
        & > .table--cursor { text-style: reverse; }
        & > .table--cursor-blurred { text-style: bold; }
        & > .table--waiting { color: $text-disabled; }
        & > .table--alert { color: $error; }
        & > .table--thumb { color: $primary; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--cursor",
        "table--cursor-blurred",
        "table--waiting",
        "table--alert",
        "table--thumb",
    }

    class CursorMoved(Message):
        """The cursor stands on another row."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LeadTable.CursorMoved)

    class ViewMoved(Message):
        """Other rows are in sight: from *first* up to, not including, *end*."""

        def __init__(self, first: int, end: int) -> None:
            super().__init__()
            self.first = first
            self.end = end

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LeadTable.ViewMoved)

    class LeadOpened(Message):
        """The person wants to read the lead in *row*."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    def __init__(self, now: Callable[[], datetime], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.keys: Mapping[str, str] = {}
        """The name of a movement by the key that makes it (``down``, ``page_up``, …)."""
        self.retry_hint = ""
        """What stands behind a row that could not be had: the key that tries again."""
        self.scroll_by_half = True
        """Whether the view moves by half a page when the cursor runs over its edge; else line by line."""
        self.marks = TABLE_MARKS
        self._now = now
        self._empty_note = ""
        self._rows: Rows | None = None
        self.labels: Mapping[str, str] = {}
        """What custom attributes are called, by key."""
        self.masked: frozenset[str] = frozenset()
        """Keys whose values are covered: they are revealed in the detail, a lead at a time."""
        self._columns: tuple[str, ...] = DEFAULT_COLUMNS
        self._widths: Mapping[str, int] = {}
        self._skip = 0
        self._placed: list[Column] = []
        self._placed_in = 0
        self._cursor = 0
        self._goal: int | None = None
        self._top = 0
        self._strips: dict[tuple[int, int], Strip] = {}
        self._styles: dict[str, Style] = {}
        self._dragging = False

    # What it shows

    @property
    def cursor(self) -> int:
        """The row of the cursor, moves that have been asked for but not drawn included."""
        return self._cursor if self._goal is None else self._goal

    @property
    def rows(self) -> Rows | None:
        """What is shown."""
        return self._rows

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of the columns, in order."""
        return self._columns

    @columns.setter
    def columns(self, keys: Sequence[str]) -> None:
        self._columns = tuple(keys) or DEFAULT_COLUMNS
        self._skip = 0
        self._lay_out()

    @property
    def widths(self) -> Mapping[str, int]:
        """Widths in cells, by column, where somebody has set them."""
        return self._widths

    @widths.setter
    def widths(self, widths: Mapping[str, int]) -> None:
        self._widths = widths
        self._lay_out()

    def show(self, rows: Rows, cursor: int = 0, top: int | None = None) -> None:
        """Show *rows*, with the cursor on the row *cursor* and the row *top* as the first in sight."""
        is_blank = not self.length and not rows.length
        self._rows = rows
        self._goal = None
        self._cursor = self._clamped(cursor)
        self._top = self._top_for(self._cursor if top is None else top)
        if not self._top <= self._cursor < self._top + self.page_rows:
            self._top = self._top_for(self._cursor)
        if not is_blank:
            self._redraw()
        self.post_message(self.ViewMoved(self._top, self._end))
        self.post_message(self.CursorMoved(self._cursor))

    @property
    def view(self) -> tuple[int, int]:
        """The rows in sight: from the first up to, not including, the second."""
        return self._top, self._end

    def refresh_rows(self, first: int, stop: int) -> None:
        """Draw the rows from *first* up to *stop* anew, those in sight."""
        for row in range(max(first, self._top), min(stop, self._top + self.page_rows)):
            self._forget(row)
            self.refresh(self._line_of(row))

    def refresh_length(self) -> None:
        """Take note that there are more rows, or fewer."""
        cursor, top = self._clamped(self._cursor), self._top_for(self._top)
        moved = cursor != self._cursor
        self._cursor, self._top, self._goal = cursor, top, None
        self._redraw()
        self.post_message(self.ViewMoved(self._top, self._end))
        if moved:
            self.post_message(self.CursorMoved(cursor))

    def note_empty(self, note: str) -> None:
        """Let *note*, clean text, stand where there is no row."""
        if note != self._empty_note:
            self._empty_note = note
            if not self.length:
                self.refresh(Region(0, _EMPTY_NOTE_LINE, self.size.width, max(1, self.size.height - _EMPTY_NOTE_LINE)))

    @property
    def length(self) -> int:
        """How many rows there are."""
        return self._rows.length if self._rows is not None else 0

    @property
    def page_rows(self) -> int:
        """Rows that fit below the header."""
        return max(1, self.size.height - 1)

    @property
    def top(self) -> int:
        """The first row in sight."""
        return self._top

    @property
    def _end(self) -> int:
        return min(self.length, self._top + self.page_rows) if self.length else self._top + self.page_rows

    # Moving

    def move(self, movement: str) -> None:
        """Make a movement by its name in the catalogue of keys. Movements that come fast are drawn together."""
        here, page = self.cursor, max(1, self.page_rows - 1)
        match movement:
            case "down":
                self.aim(here + 1)
            case "up":
                self.aim(here - 1)
            case "page_down":
                self.aim(here + page)
            case "page_up":
                self.aim(here - page)
            case "top":
                self.aim(0)
            case "bottom":
                self.aim(self.length - 1)
            case "left":
                self.scroll_columns(-1)
            case "right":
                self.scroll_columns(1)

    def aim(self, row: int) -> None:
        """Bring the cursor to *row*, or the nearest there is, before the loop's next turn ends."""
        if self._goal is None:
            asyncio.get_running_loop().call_soon(self.settle)
        self._goal = self._clamped(row)

    def settle(self) -> None:
        """Carry out the movements asked for."""
        if self._goal is None:
            return
        goal, self._goal = self._goal, None
        before = self._cursor
        if goal == before:
            return
        self._cursor = goal
        top = self._top_showing(goal)
        if top == self._top:
            self.refresh(self._line_of(before), self._line_of(goal))
        else:
            self._top = top
            self.refresh()
            self.post_message(self.ViewMoved(self._top, self._end))
        self.post_message(self.CursorMoved(goal))

    def scroll_columns(self, by: int) -> None:
        """Move the columns behind the first one by *by*."""
        skip = min(max(0, self._skip + by), max(0, len(self._columns) - 2))
        shows_last = self._placed and self._placed[-1].key == self._columns[-1] and not self._is_narrowed()
        if skip != self._skip and not (by > 0 and shows_last):
            self._skip = skip
            self._lay_out()

    def _is_narrowed(self) -> bool:
        return bool(self._placed) and self._placed[-1].width < wanted_width(self._placed[-1].key, self._widths, self.labels)

    def scroll_view(self, by: int) -> None:
        """Move the view by *by* rows, the cursor along only as far as it must to stay in sight."""
        self.settle()
        top = self._top_for(self._top + by)
        if top == self._top:
            return
        self._top = top
        cursor = min(max(self._cursor, top), self._end - 1)
        if cursor != self._cursor:
            self._cursor = cursor
            self.post_message(self.CursorMoved(cursor))
        self.refresh()
        self.post_message(self.ViewMoved(self._top, self._end))

    def _top_showing(self, row: int) -> int:
        """The first row in sight once *row* is: the same if it is already, else half a page on, or where a jump ends."""
        page = self.page_rows
        if self._top <= row < self._top + page:
            return self._top
        if not self.scroll_by_half:
            near = row if row < self._top else row - page + 1
            return self._top_for(near)
        half = max(1, page // 2)
        if row < self._top:
            return self._top_for(min(self._top - half, row) if self._top - row <= page else row)
        return self._top_for(max(self._top + half, row - page + 1))

    def _top_for(self, row: int) -> int:
        return max(0, min(row, self.length - self.page_rows))

    def _clamped(self, row: int) -> int:
        return max(0, min(row, self.length - 1))

    # Drawing

    def _line_of(self, row: int) -> Region:
        return Region(0, row - self._top + 1, self.size.width, 1)

    def _forget(self, row: int) -> None:
        for look in range(4):
            self._strips.pop((row, look), None)

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
        """Take the theme's colours anew."""
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self._styles[name] = self.get_component_rich_style(f"table--{name}") if name else self.rich_style
        return style

    def render_line(self, y: int) -> Strip:
        """The header, or the line of a row."""
        width = self.size.width
        if width != self._placed_in:
            self._place_columns()
        if y == 0:
            return self._header(width)
        row = self._top + y - 1
        thumb = is_thumb(y - 1, self._top, self.page_rows, self.length)
        rows = self._rows
        if rows is None or row >= rows.length:
            notes = list(wrapped(self._empty_note, width - 4)) if y >= _EMPTY_NOTE_LINE and self.length == 0 else []
            note = notes[y - _EMPTY_NOTE_LINE] if _EMPTY_NOTE_LINE <= y < _EMPTY_NOTE_LINE + len(notes) else ""
            return Strip([Segment(fitted(f"  {note}", width), self._style("waiting"))], width)
        at_cursor = row == self._cursor
        look = (2 if self.has_focus else 1) if at_cursor else 0
        strip = self._strips.get((row, look))
        if strip is None:
            if len(self._strips) > _MOST_STRIPS:
                self._strips.clear()
            strip = self._strips[(row, look)] = self._row_strip(rows, row, look, width - 1)
        end = Segment(self.marks[2] if thumb else " ", self._style("thumb") if thumb else self._style(""))
        return Strip([*strip, end], width)

    def _header(self, width: int) -> Strip:
        titles = (" " * GAP).join(fitted(column.title, column.width) for column in self._placed)
        return Strip([Segment(fitted(" " * _GUTTER + titles, width), self._style("header"))], width)

    def _row_strip(self, rows: Rows, row: int, look: int, width: int) -> Strip:
        lead = rows.lead(row)
        style = self._style(("", "cursor-blurred", "cursor")[look])
        gutter = (self.marks[0] if look else self.marks[1] if rows.repeats(row) else " ").ljust(_GUTTER)
        if lead is None:
            text, style = self._unloaded(rows, row), self._style("waiting") if not look else style
        elif lead.problem:
            text, style = f"! {lead.problem}", self._style("alert") if not look else style
        else:
            text = self._cells(lead, rows.note(row))
        return Strip([Segment(fitted(gutter + text, width), style)], width)

    def _cells(self, lead: Lead, note: str) -> str:
        now = self._now()
        lead = lead.covering(self.masked)
        cells = [fitted(self._cell(lead, column.key, now) or _EMPTY.get(column.key, ""), column.width) for column in self._placed]
        line = (" " * GAP).join(cells)
        # What a look-up found the lead by stands at the line's end, over whatever would be there.
        if note:
            room = max(0, self.size.width - _GUTTER - 1 - len(note) - 3)
            line = f"{fitted(line, room)} ‹{note}›"
        return line

    def _cell(self, lead: Lead, key: str, now: datetime) -> str:
        if lead.covered and tells_of(key, lead.covered):
            return MASK if column_text(lead.covering(frozenset()), key, now) else ""
        return column_text(lead, key, now)

    def _unloaded(self, rows: Rows, row: int) -> str:
        match rows.state(row):
            case RowState.FAILED:
                room = max(1, self.size.width - _GUTTER - 1)
                return fitted_with_end(f"! {rows.note(row)}", f" · {self.retry_hint}" if self.retry_hint else "", room)
            case RowState.TOO_DEEP:
                return "! The server pages no deeper · narrow the search"
            case _:
                return (" " * GAP).join(fitted(PLACEHOLDER, column.width) for column in self._placed)

    # Events

    def on_resize(self) -> None:
        """Keep the cursor in sight, and say what is."""
        before = self._top
        self._top = self._top_for(self._top)
        if not self._top <= self._cursor < self._top + self.page_rows:
            self._top = self._top_for(self._cursor - self.page_rows + 1)
        if self._top != before:
            self.refresh()
        self.post_message(self.ViewMoved(self._top, self._end))

    def on_focus(self) -> None:
        """Draw the cursor as the one that keys move."""
        self.refresh(self._line_of(self._cursor))

    def on_blur(self) -> None:
        """Draw the cursor as one at rest."""
        self.refresh(self._line_of(self._cursor))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the view."""
        event.stop()
        self.scroll_view(_WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the view."""
        event.stop()
        self.scroll_view(-_WHEEL_ROWS)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """On the scroll bar: take hold of it."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.x == self.size.width - 1 and self.length > self.page_rows:
            self._dragging = True
            self.capture_mouse()
            self._drag_to(offset.y - 1)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the scroll bar."""
        if self._dragging:
            self._drag_to(event.get_content_offset_capture(self).y - 1)

    def on_mouse_up(self) -> None:
        """Let go of the scroll bar."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def _drag_to(self, line: int) -> None:
        span = max(1, self.page_rows - 1)
        line = max(0, min(line, span))
        self.scroll_view(line * (self.length - self.page_rows) // span - self._top)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; a second one opens the lead."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y == 0 or offset.x == self.size.width - 1:
            return
        row = self._top + offset.y - 1
        if row >= self.length:
            return
        self.aim(row)
        if event.chain == 2:
            self.settle()
            self.post_message(self.LeadOpened(row))


def shows_time(columns: Sequence[str]) -> bool:
    """Whether one of *columns* is computed from the clock."""
    return COMPUTED[1] in columns
