"""The detail of a lead as blocks of lines, headings and fields, and the cursor and the view in it. Pure.

Blocks are built when they come into view. A place is a block and a line in it, so that nothing has to be counted from the top: a
lead of 5,000 keys or a megabyte costs what is seen of it.
"""

from __future__ import annotations

from lead_tui.leads.fields import CUSTOM, GROUPS, group_of
from lead_tui.leads.lead import Lead, is_empty
from lead_tui.leads.local_time import LocalTime
from lead_tui.leads.text import fold
from lead_tui.ui.widgets.detail_lines import BLANK, DetailLine, Look, field_lines, header_lines, heading_line, matches, note_lines
from lead_tui.ui.widgets.drawn_list import PAGES

Place = tuple[int, int]
"""A block's index, and the index of a line in it."""

START: Place = (0, 0)

NO_FIELD = -1


class DetailPage:
    """The lines of *lead* in one *look*, *note* above its groups; without a lead, those of *note*."""

    def __init__(self, lead: Lead | None, note: str, time: LocalTime, look: Look) -> None:
        self.lead, self.look = lead, look
        self.header: list[DetailLine] = []
        """Above the fields, which scroll below it."""
        self.keys: list[str] = []
        """Of the fields, in the order in which they are shown."""
        self.hidden = 0
        """Empty fields that are not shown."""
        self.custom = 0, 0
        """The block of the heading of the custom attributes; and their number, hidden ones included."""
        self._fields: list[int] = []
        """The field of each block, NO_FIELD for notes and headings."""
        self._blocks: list[int] = []
        """The block of each field."""
        self._lines: dict[int, list[DetailLine]] = {}
        """The blocks that have been built; notes and headings are from the start."""
        message = (note or "No lead") if lead is None else lead.problem or note
        if message:
            self._add(note_lines(message, look))
        if lead is not None and not lead.problem:
            self.header = header_lines(lead, time, look)
            self._add_groups(lead)

    def _add(self, lines: list[DetailLine]) -> None:
        self._lines[len(self._fields)] = lines or [BLANK]
        self._fields.append(NO_FIELD)

    def _add_groups(self, lead: Lead) -> None:
        groups: dict[str, list[str]] = {name: [] for name in GROUPS}
        for key in (*lead.documented_keys(), *lead.custom_keys()):
            groups[group_of(key)].append(key)
        for name, keys in groups.items():
            if name == CUSTOM:
                self.custom = len(self._fields), len(keys)
                name = f"{CUSTOM} ({len(keys):,})"
            elif not keys:
                continue
            shown = [key for key in keys if not is_empty(lead.sent[key])] if self.look.hide_empty else keys
            hidden = len(keys) - len(shown)
            self.hidden += hidden
            self._add([heading_line(name, hidden, self.look)])
            self._blocks.extend(range(len(self._fields), len(self._fields) + len(shown)))
            self._fields.extend(range(len(self.keys), len(self.keys) + len(shown)))
            self.keys.extend(shown)

    # Fields

    def place_of(self, field: int) -> Place:
        return self._blocks[field], 0

    def group_start(self, field: int, step: int) -> int:
        """Return the first field of the next group; with a *step* of -1 of this one or the previous; else *field*."""
        starts = [each for each, block in enumerate(self._blocks) if self._fields[block - 1] == NO_FIELD]
        ahead = [each for each in starts if (each - field) * step > 0]
        return ahead[0 if step > 0 else -1] if ahead else field

    def matching(self, text: str) -> list[int]:
        """Return the fields that hold *text* in label, key or value, with any accents and in any case."""
        needle, lead = fold(text).strip(), self.lead
        if not needle or lead is None:
            return []
        return [index for index, key in enumerate(self.keys) if matches(lead, key, needle, self.look)]

    # Lines

    def lines_of(self, block: int) -> list[DetailLine]:
        """Return the lines of a block, at least one."""
        lines = self._lines.get(block)
        if lines is None:
            assert self.lead is not None  # noqa: S101 - only a lead has fields
            lines = self._lines[block] = field_lines(self.lead, self.keys[self._fields[block]], self.look)
        return lines

    def window(self, top: Place, height: int) -> list[tuple[DetailLine, int]]:
        """Return at most *height* lines from *top* on, each with its field."""
        block, first = top
        shown: list[tuple[DetailLine, int]] = []
        while len(shown) < height and block < len(self._fields):
            field = self._fields[block]
            shown.extend((line, field) for line in self.lines_of(block)[first : first + height - len(shown)])
            block, first = block + 1, 0
        return shown

    def after(self, place: Place, count: int) -> Place:
        """Return the place *count* lines further down, at most the last one."""
        block, line = place
        line += count
        while line >= (length := len(self.lines_of(block))):
            if block + 1 == len(self._fields):
                return block, length - 1
            line -= length
            block += 1
        return block, line

    def before(self, place: Place, count: int) -> Place:
        """Return the place *count* lines further up, at least the first one."""
        block, line = place
        line -= count
        while line < 0:
            if not block:
                return START
            block -= 1
            line += len(self.lines_of(block))
        return block, line

    def end(self) -> Place:
        last = len(self._fields) - 1
        return last, len(self.lines_of(last)) - 1

    def last_top(self, height: int) -> Place:
        """Return the first line in view when the last one is at the bottom of *height* lines."""
        return self.before(self.end(), height - 1)

    def nearest(self, place: Place) -> Place:
        """Return *place*, which may be of another page, or the nearest one that this page has."""
        block = min(place[0], len(self._fields) - 1)
        return block, min(place[1], len(self.lines_of(block)) - 1)

    def top_for(self, field: int, top: Place, height: int) -> Place:
        """Return the first line in view for the whole *field* to be in *height* lines: *top* where it is already.

        Else the view moves by half a page, which is repainted less often than line by line; a field taller than that starts at the
        top. With a group's first field comes its heading, with the very first one all that is above it.
        """
        start, _ = place = self.place_of(field)
        wanted = (start - 1, 0) if self._fields[start - 1] == NO_FIELD else place
        if field == 0 and self.after(START, height - 1) >= place:
            wanted = START
        lines, half = len(self.lines_of(start)), height // 2
        if wanted >= top and (start, lines - 1) <= self.after(top, height - 1):
            return top
        return min(self.before(wanted, half) if lines <= half else wanted, self.last_top(height))


class DetailView:
    """The cursor and the lines in view of *page* in *height* lines, both of which ``replace`` changes."""

    def __init__(self, page: DetailPage, height: int) -> None:
        self.page = page
        self.height = height
        self.cursor = 0
        """The field under the cursor: an index into ``page.keys``."""
        self.top: Place = START
        """The first line in view."""
        self._wanted_key: str | None = None
        self._row: int | None = None
        """The line of the view on which the cursor stays while other leads, or notes, are shown."""
        self._needle = ""
        self._matches: list[int] | None = None

    @property
    def key(self) -> str | None:
        return self.page.keys[self.cursor] if self.page.keys else None

    @property
    def is_chosen(self) -> bool:
        """Whether the cursor was moved since a lead was shown from its top on."""
        return self._wanted_key is not None

    @property
    def lines(self) -> list[tuple[DetailLine, int]]:
        return self.page.window(self.top, self.height)

    def replace(self, page: DetailPage, height: int, *, shows_cursor: bool, from_top: bool = False) -> None:
        """Show *page* in *height* lines: the cursor on the same field, at the same line, where that page has it; or *from_top* on.

        With *shows_cursor* the cursor is in view afterwards.
        """
        if from_top:
            self.cursor, self.top, self._row, self._wanted_key = 0, START, None, None
        elif self.page.keys:
            self._row = self._row_of_cursor()
        self.page, self.height, self._matches = page, height, None
        if self._wanted_key in page.keys:
            self.cursor = page.keys.index(self._wanted_key)
        else:
            self.cursor = max(0, min(self.cursor, len(page.keys) - 1))
        if page.keys and self._row is not None:
            self.top = page.before(page.place_of(self.cursor), self._row)
        if self.top != START:
            self.top = min(page.nearest(self.top), page.last_top(height))
        if shows_cursor:
            self.show_cursor()

    def _row_of_cursor(self) -> int | None:
        """Return the line of a scrolled view on which the cursor's field starts; None where that is not in view."""
        if self.top == START or self.page.place_of(self.cursor) < self.top:
            return None
        fields = [field for _, field in self.lines]
        return fields.index(self.cursor) if self.cursor in fields else None

    # Moving

    def show_cursor(self) -> None:
        """Bring the cursor into view, if no line of its field is."""
        if self.page.keys and not self._is_in_view(self.cursor):
            self.top = self.page.top_for(self.cursor, self.top, self.height)

    def go(self, field: int) -> None:
        """Put the cursor on *field* and bring all of it into view."""
        self._stand_on(field)
        if self.page.keys:
            self.top = self.page.top_for(self.cursor, self.top, self.height)

    def move(self, movement: str) -> None:
        """Carry out *movement*, one of the actions of the pane ``detail``."""
        match movement:
            case "cursor_down":
                self._down()
            case "cursor_up":
                self._up()
            case "page_down" | "page_up" | "half_page_down" | "half_page_up":
                self._turn(PAGES[movement])
            case "next_group" | "previous_group":
                self.go(self.page.group_start(self.cursor, 1 if movement == "next_group" else -1))
            case "top":
                self.top = START
                self.go(0)
            case "bottom":
                self.top = self.page.last_top(self.height)
                self._stand_on(len(self.page.keys) - 1)

    def _down(self) -> None:
        """Go to the next field; within one taller than the view, to its next line."""
        page = self.page
        if not page.keys:
            self.scroll(1)
            return
        block = page.place_of(self.cursor)[0]
        if page.after(self.top, self.height - 1) < (block, len(page.lines_of(block)) - 1) and self._is_in_view(self.cursor):
            self.scroll(1)
        else:
            self.go(min(self.cursor + 1, len(page.keys) - 1))

    def _up(self) -> None:
        """Go to the previous field; within one taller than the view, to its previous line."""
        if not self.page.keys or (self.page.place_of(self.cursor) < self.top and self._is_in_view(self.cursor)):
            self.scroll(-1)
        else:
            self.go(max(self.cursor - 1, 0))

    def _turn(self, pages: float) -> None:
        """Move the view by *pages*, one line kept, and the cursor along; at the end of the view, the cursor to the last field."""
        top, lines = self.top, int((self.height - 1) * pages)
        self.scroll(lines or (1 if pages > 0 else -1))
        if self.top == top:
            self.go(len(self.page.keys) - 1 if pages > 0 else 0)
            return
        fields = [field for _, field in self.lines if field != NO_FIELD]
        if fields and self.cursor not in fields:
            starts = [field for field in fields if self.page.place_of(field) >= self.top]
            self._stand_on(starts[0] if starts else fields[0])

    def scroll(self, lines: int) -> None:
        """Move the view by *lines*; the cursor stays on its field."""
        page = self.page
        if lines < 0:
            self.top = page.before(self.top, -lines)
        else:
            self.top = max(self.top, min(page.after(self.top, lines), page.last_top(self.height)))

    def _stand_on(self, field: int) -> None:
        if self.page.keys:
            self.cursor = max(0, field)
            self._wanted_key = self.page.keys[self.cursor]

    def _is_in_view(self, field: int) -> bool:
        return self.top[0] <= self.page.place_of(field)[0] <= self.page.after(self.top, self.height - 1)[0]

    # Finding

    def find(self, text: str) -> None:
        """Go to the field that holds *text* in its label, key or value, from the cursor on; "" ends it.

        The same *text* again goes to the next one. Hidden fields are not searched.
        """
        again = bool(text) and text == self._needle
        if not again:
            self._needle, self._matches = text, None
        self.find_again(1, past=again)

    @property
    def found(self) -> tuple[int, int]:
        """The place of the cursor among the fields that match, from 1, 0 for none of them; and their number."""
        matching = self._matching()
        return (matching.index(self.cursor) + 1 if self.cursor in matching else 0), len(matching)

    def _matching(self) -> list[int]:
        if self._matches is None:
            self._matches = self.page.matching(self._needle)
        return self._matches

    def find_again(self, step: int, *, past: bool = True) -> None:
        """Go to the next field with the same text, or with a *step* of -1 to the previous one."""
        if matching := self._matching():
            start = self.cursor
            ahead = [field for field in matching if (field - start) * step > 0 or (field == start and not past)]
            self.go((ahead or matching)[0 if step > 0 else -1])
