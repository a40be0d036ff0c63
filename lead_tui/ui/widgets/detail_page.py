"""A lead's detail: a header that stays in view, and blocks of lines that are built when they do: headings, fields in groups. Pure.

A place is a block and a line in it, so that nothing has to be counted from the top: a lead of 5,000 keys or a megabyte costs what
is seen of it.
"""

from __future__ import annotations

from lead_tui.leads.fields import CUSTOM, FIELD_BY_KEY, GROUPS
from lead_tui.leads.lead import Lead, is_empty
from lead_tui.leads.local_time import LocalTime
from lead_tui.leads.text import fold
from lead_tui.ui.widgets.detail_lines import BLANK, Line, Look, field_lines, header_lines, heading_line, matches, note_lines

Place = tuple[int, int]
"""A block's index, and the index of a line in it."""

START: Place = (0, 0)

NO_FIELD = -1


class Page:
    """The lines of *lead* in one *look*, *note* above its groups; of None, those of *note*."""

    def __init__(self, lead: Lead | None, note: str, time: LocalTime, look: Look) -> None:
        self.lead = lead
        self.look = look
        self.header: list[Line] = []
        """Who it is and whether it may be called: what the fields scroll below."""
        self.keys: list[str] = []
        """The fields, in the order in which they are shown."""
        self.hidden = 0
        """Empty fields that are not shown."""
        self.custom_count = 0
        """Custom attributes that came, hidden ones included."""
        self._fields: list[int] = []
        """The field of each block, NO_FIELD for another."""
        self._blocks: list[int] = []
        """The block of each field."""
        self._lines: dict[int, list[Line]] = {}
        """The blocks that have been built; headings are from the start."""
        self.custom_block: int | None = None
        """The block of the heading of the custom attributes."""
        said = (note or "No lead") if lead is None else lead.problem or note
        if said:
            self._add(note_lines(said, look))
        if lead is not None and not lead.problem:
            self.header = header_lines(lead, time, look)
            self._add_groups(lead)

    def _add(self, lines: list[Line]) -> None:
        self._lines[len(self._fields)] = lines or [BLANK]
        self._fields.append(NO_FIELD)

    def _add_groups(self, lead: Lead) -> None:
        groups: dict[str, list[str]] = {name: [] for name in GROUPS}
        for key in lead.documented_keys():
            groups[FIELD_BY_KEY[key].group].append(key)
        for name, keys in groups.items():
            if keys:
                self._add_group(lead, name, keys)
        custom = lead.custom_keys()
        self.custom_count = len(custom)
        self.custom_block = len(self._fields)
        self._add_group(lead, f"{CUSTOM} ({len(custom):,})", custom)

    def _add_group(self, lead: Lead, title: str, keys: list[str]) -> None:
        shown = [key for key in keys if not is_empty(lead.sent[key])] if self.look.hide_empty else keys
        hidden = len(keys) - len(shown)
        self.hidden += hidden
        self._add([heading_line(title, hidden, self.look)])
        for key in shown:
            self._blocks.append(len(self._fields))
            self._fields.append(len(self.keys))
            self.keys.append(key)

    # Fields

    def field_at(self, place: Place) -> int:
        """The field that *place* belongs to, NO_FIELD for none."""
        return self._fields[place[0]]

    def place_of(self, field: int) -> Place:
        """Where the field *field* starts."""
        return self._blocks[field], 0

    def matching(self, text: str) -> list[int]:
        """The fields that hold *text* in label, key or value, with any accents and in any case."""
        needle = fold(text).strip()
        lead = self.lead
        if not needle or lead is None:
            return []
        return [index for index, key in enumerate(self.keys) if matches(lead, key, needle, self.look)]

    # Lines

    def lines_of(self, block: int) -> list[Line]:
        """The lines of a block, at least one."""
        lines = self._lines.get(block)
        if lines is None:
            assert self.lead is not None  # noqa: S101 - only a lead has fields
            lines = self._lines[block] = field_lines(self.lead, self.keys[self._fields[block]], self.look)
        return lines

    def window(self, top: Place, height: int) -> list[tuple[Line, int]]:
        """At most *height* lines from *top* on, each with its field."""
        block, first = top
        shown: list[tuple[Line, int]] = []
        while len(shown) < height and block < len(self._fields):
            field = self._fields[block]
            shown.extend((line, field) for line in self.lines_of(block)[first : first + height - len(shown)])
            block, first = block + 1, 0
        return shown

    def after(self, place: Place, count: int) -> Place:
        """The place *count* lines further down, at most the last one."""
        block, line = place
        line += count
        while line >= (length := len(self.lines_of(block))):
            if block + 1 == len(self._fields):
                return block, length - 1
            line -= length
            block += 1
        return block, line

    def before(self, place: Place, count: int) -> Place:
        """The place *count* lines further up, at least the first one."""
        block, line = place
        line -= count
        while line < 0:
            if not block:
                return START
            block -= 1
            line += len(self.lines_of(block))
        return block, line

    def end(self) -> Place:
        """The last line."""
        last = len(self._fields) - 1
        return last, len(self.lines_of(last)) - 1

    def last_top(self, height: int) -> Place:
        """The first line in sight when the last one is at the bottom of *height* lines."""
        return self.before(self.end(), height - 1)

    def nearest(self, place: Place) -> Place:
        """*place*, or the nearest one that there is: a page made anew may have fewer blocks and lines."""
        block = min(place[0], len(self._fields) - 1)
        return block, min(place[1], len(self.lines_of(block)) - 1)

    def is_in_view(self, field: int, top: Place, height: int) -> bool:
        """Whether a line of the field *field* is among the *height* lines from *top* on."""
        return top[0] <= self._blocks[field] <= self.after(top, height - 1)[0]

    def top_for(self, field: int, top: Place, height: int) -> Place:
        """The first line in sight that shows the field *field* whole in *height* lines: *top* where that does already.

        Else the view moves by half a page, which is repainted less often than line by line; a field taller than that starts at the
        top. With a group's first field comes its heading, with the very first one all that is above it.
        """
        start = self.place_of(field)
        wanted = (start[0] - 1, 0) if self._fields[start[0] - 1] == NO_FIELD else start
        if field == 0 and self.after(START, height - 1) >= start:
            wanted = START
        last = start[0], len(self.lines_of(start[0])) - 1
        if wanted >= top and last <= self.after(top, height - 1):
            return top
        half = height // 2
        if len(self.lines_of(start[0])) <= half:
            wanted = self.before(wanted, half)
        return min(wanted, self.last_top(height))
