"""The detail: every field of one lead, with a cursor on a field, below a header that stays in view.

There is no scroll bar, which would change with each lead: the detail follows the table's cursor, and every byte travels over SSH.
The lower border says how much is below the view.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from lead_tui.leads.lead import Lead
from lead_tui.leads.values import MASKED
from lead_tui.ui.widgets.detail_page import DetailPage, Look
from lead_tui.ui.widgets.drawn_list import CURSOR, Drawn, DrawnLine, steps, within

_GUTTERS = 2  # cells beside the text: the cursor's at the left, an empty one at the right

_UNTIL_LAID_OUT = Size(60, 20)  # before the first layout: keys typed right after the one that opens the detail act at once
_MIN_FIELD_LINES = 2  # lines that the header leaves for the fields, however low the pane is


class Detail(Drawn, can_focus=True):
    """Shows a lead, or a note if there is none. Call ``rebuild`` after changing ``look``."""

    class FieldChosen(Message):
        """The user has moved the cursor in this lead for the first time, or another lead is shown."""

    def __init__(self, now: Callable[[], datetime], look: Look = Look(), *, may_reveal: bool = True) -> None:  # noqa: B008 - frozen
        """*now* is the clock, aware and in UTC; *look* says how leads are shown; its width is ignored."""
        super().__init__()
        self.now = now
        self.look = look
        self.may_reveal = may_reveal
        self.lead: Lead | None = None
        self._note = ""
        self._revealed = False
        self.page = DetailPage(None, "", now(), Look())
        self._height = 1  # lines of the view, which is below the header
        self._top = 0  # the first line in view
        self._cursor = 0  # the field under the cursor: an index into ``page.keys``
        self._wanted_key: str | None = None  # of the field on which the cursor stays from lead to lead
        self._header: list[DrawnLine] = []
        self._is_finding = self._was_chosen = False

    @property
    def key(self) -> str | None:
        """The key of the field under the cursor."""
        return self.page.keys[self._cursor] if self.page.keys else None

    @property
    def is_chosen(self) -> bool:
        """Whether the cursor was moved since a lead was shown from its top."""
        return self._wanted_key is not None

    def masked_keys(self, lead: Lead | None) -> frozenset[str]:
        """Return the keys whose values are masked in *lead*; revealed values are those of the lead that is shown."""
        return self._look().masked if self._is_shown(lead) else self.look.masked

    def _is_shown(self, lead: Lead | None) -> bool:
        shown = self.lead
        return lead is not None and shown is not None and bool(lead.lead_id) and lead.lead_id == shown.lead_id

    def show(self, lead: Lead | None, note: str = "", *, from_top: bool = False) -> None:
        """Show *lead*, with *note* about it; if it is None, only *note*, the reason why there is none (clean text).

        View and cursor stay where they are if this lead has the field, unless it is shown *from_top*. In another lead, revealed
        values are masked again.
        """
        if not self._is_shown(lead):
            self._revealed = False
        self.lead, self._note = lead, note
        self.rebuild(from_top=from_top)

    def rebuild(self, *, from_top: bool = False) -> None:
        """Build the lines again from the lead and the look, as ``show`` does."""
        if from_top:
            self._cursor, self._top, self._wanted_key = 0, 0, None
        page = self.page = DetailPage(self.lead, self._note, self.now(), self._look())
        height = (self.size or _UNTIL_LAID_OUT).height
        self._header = page.header[: max(0, height - _MIN_FIELD_LINES)]
        self._height = height - len(self._header)
        if self._wanted_key in page.keys:
            self._cursor = page.keys.index(self._wanted_key)
        else:
            self._cursor = within(self._cursor, len(page.keys))
        self._top = page.top_near(self._top, self._height)
        self._show_cursor()
        self._paint()

    def find(self, text: str, step: int = 0) -> tuple[int, int]:
        """Go to a field that contains *text* in its label, key or value: from the cursor on, or with a *step* of 1 after it, or
        with -1 before it. Hidden fields are not searched.

        Return the place of the field among those that match, counted from 1 (0 if none does), and their number.
        """
        # While the prompt has the focus. Once it has returned, only the focus decides whether the cursor is shown.
        self._is_finding = not self.has_focus
        matching = self.page.matching(text)
        if matching:
            ahead = [field for field in matching if (field - self._cursor) * (step or 1) >= abs(step)]
            self._go((ahead or matching)[-1 if step < 0 else 0])
        self._paint()
        return (matching.index(self._cursor) + 1 if matching else 0), len(matching)

    def perform_action(self, action: str) -> None:
        """Do *action*, one of the pane ``detail`` in the catalogue of keys; those that need more than the detail are ignored."""
        match action:
            case "toggle_empty":
                self.look = replace(self.look, hide_empty=not self.look.hide_empty)
                self.rebuild()
            case "toggle_raw":
                self.look = replace(self.look, raw=not self.look.raw)
                self.rebuild()
            case "reveal" if self.may_reveal:
                self._revealed = not self._revealed
                self.rebuild()
            case "cursor_down" | "cursor_up":
                self._go(self._cursor + (1 if action == "cursor_down" else -1))
            case "page_down" | "page_up" | "half_page_down" | "half_page_up":
                self._turn(steps(max(2, self._height - 1), 0)[action])
            case "next_group" | "previous_group":
                self._go(self.page.group_start(self._cursor, 1 if action == "next_group" else -1))
            case "top":
                self._top = 0
                self._go(0)
            case "bottom":
                self._top = self.page.top_near(len(self.page.lines), self._height)
                self._stand_on(len(self.page.keys) - 1)
        self._paint()

    def _show_cursor(self) -> None:
        """Bring the cursor's field into view if it is marked and nothing of it is visible."""
        if self._is_marking and self.page.keys and all(line.field != self._cursor for line in self._view):
            self._top = self.page.top_for(self._cursor, self._top, self._height)

    def _go(self, field: int) -> None:
        """Put the cursor on *field* and bring all of it into view."""
        if self.page.keys:
            self._stand_on(field)
            self._top = self.page.top_for(self._cursor, self._top, self._height)

    def _turn(self, lines: int) -> None:
        """Move the view by *lines*, and the cursor with it; at either end, move the cursor to the last or first field."""
        top, self._top = self._top, self.page.top_near(self._top + lines, self._height)
        fields = [line.field for line in self._view if line.field >= 0]
        if self._top == top:
            self._go(len(self.page.keys) - 1 if lines > 0 else 0)
        elif fields and self._cursor not in fields:
            self._stand_on(fields[0])

    def _stand_on(self, field: int) -> None:
        """Put the cursor on *field*, or the nearest one."""
        if self.page.keys:
            self._cursor = within(field, len(self.page.keys))
            self._wanted_key = self.page.keys[self._cursor]

    def _look(self) -> Look:
        width = max(1, (self.size or _UNTIL_LAID_OUT).width - _GUTTERS)
        return replace(self.look, width=width, masked=frozenset() if self._revealed else self.look.masked)

    @property
    def _is_marking(self) -> bool:
        return self.has_focus or self._is_finding

    @property
    def _view(self) -> list[DrawnLine]:
        """The lines in view, without the header."""
        return self.page.lines[self._top : self._top + self._height]

    def _paint(self) -> None:
        look, lead_id = self.page.look, self.lead.lead_id if self.lead is not None else ""
        if lead_id and not look.masked.isdisjoint(("lead_id", "id")):
            lead_id = MASKED
        title = f"Lead {lead_id}".rstrip() + (" · raw" if look.raw else "")
        self.write_titles(title, self.page.below(self._top + self._height))
        if self._was_chosen != self.is_chosen:
            self._was_chosen = self.is_chosen
            self.post_message(self.FieldChosen())
        if not self.size:
            # Not displayed: the lines are made when they are displayed, in the size of that time.
            self._laid_out_in = self.size
        self.refresh()

    def lay_out(self) -> None:
        self.rebuild()

    def render_line(self, y: int) -> Strip:
        header, lines = self._header, self.page.lines
        at = self._top + y - len(header)
        line = header[y] if y < len(header) else lines[at] if at < len(lines) else DrawnLine()
        is_marked = self._is_marking and line.field == self._cursor
        # A space looks the same in any color, unless that is reversed; every change of style costs bytes.
        first = next((name for name, _ in line.runs if name != "banner"), "")
        return self.strip(("accent", CURSOR) if is_marked else (first, " "), *line.runs)

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self._is_finding &= not _has_focus
        self._show_cursor()
        self._paint()

    def scroll_lines(self, by: int) -> None:
        # The cursor stays on its field.
        self._top = self.page.top_near(self._top + by, self._height)
        self._paint()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        y, window = offset.y - len(self._header), self._view
        if 0 <= y < len(window) and window[y].field >= 0:
            self._go(window[y].field)
            self._paint()
