"""The lines that the filter panel draws: headings, fields, errors and suggestions as runs of text in named styles. Pure."""

from __future__ import annotations

from msgspec import Struct

from lead_tui.leads.cells import cell_width, fit, truncate, wrap
from lead_tui.leads.text import one_line
from lead_tui.ui.widgets.drawn_list import CURSOR, RULE, DrawnLine, Run
from lead_tui.ui.widgets.filter_fields import ADD, LOOK_UP, FilterField, FilterFields
from lead_tui.ui.widgets.suggestion import SuggestionList

MARK_WIDTH = 1
GAP = 1
_EDGE = "│"
"""Left of each suggestion: color alone does not tell the list from the filters below it."""

_LABEL_WIDTH = 12
"""Cells for labels in a sidebar; a date or a phone has the ten it needs."""

_WIDE = 34
"""Cells from which labels have all the room they need."""

_LOOK_UP_HINTS = ("phone, email, id or name", "phone or name", "phone…")


class FormLayout(Struct, frozen=True):
    """The layout of the form in *width* cells."""

    width: int

    @property
    def label_width(self) -> int:
        return 14 if self.width >= _WIDE else min(_LABEL_WIDTH, max(0, self.width // 2))

    def room(self, field: FilterField) -> int:
        """Return the cells for the value of *field*, at the right."""
        return max(1, self.width - MARK_WIDTH - cell_width(self.label(field)))

    def label(self, field: FilterField) -> str:
        """Return what stands before the value: the label in its column, where "by id" is "by" if there is no room for more.

        The look-up line's value starts earlier, since a formatted phone has more than ten characters; the custom line has no label.
        """
        if field.name == ADD:
            return ""
        width = len(field.label) + GAP if field.name == LOOK_UP else self.label_width
        label = field.label if cell_width(field.label) <= width else field.label.removesuffix(" id")
        return fit(label, width) + " " * GAP

    def placeholder(self, field: FilterField) -> str:
        """Return what fits of the hint of the empty *field*: whole parts first."""
        width, hint = self.room(field), field.hint
        while cell_width(hint) > width and ", " in hint:
            hint = hint.rpartition(", ")[0]
        return truncate(hint, width)

    def further_hint(self, field: FilterField) -> str:
        """Return what the placeholder of *field* had no room for; "" where nothing is missing."""
        placeholder, hint, room = self.placeholder(field), field.hint, self.width - MARK_WIDTH
        if placeholder == hint:
            return ""
        return truncate(hint if cell_width(hint) <= room else hint.removeprefix(f"{placeholder}, "), room)

    def look_up_hint(self, field: FilterField) -> str:
        return next((hint for hint in _LOOK_UP_HINTS if len(hint) <= self.room(field)), "")

    # Lines

    def lines(self, form: FilterFields, look_up: str, marked: int, *, edited: bool) -> list[DrawnLine]:
        """Return the lines of *form*, with the field *marked* (-1 for none) highlighted.

        Where that one is *edited* its value is left blank: the editor lies over it, and typing then repaints nothing else.
        """
        lines: list[DrawnLine] = []
        group = ""
        for index, field in enumerate(form.fields):
            if field.group != group:
                group = field.group
                rule = RULE * (self.width - len(group) - 4)
                lines.append(DrawnLine((("rule", f" {RULE} "), ("heading", group), ("rule", f" {rule}"))))
            value = () if edited and marked == index else self._value(form, field, look_up)
            # One run, not two, where nothing is marked: what a line costs on a slow link is its changes of style.
            plain = (("label", " " * MARK_WIDTH + self.label(field)),)
            start = (("mark", CURSOR), ("current", self.label(field))) if marked == index else plain
            lines.append(DrawnLine((*start, *value), index))
            if field.error:
                lines.extend(self._below("error", "! ", field.error, index))
            elif field.remark:
                lines.extend(self._below("dim", "", field.remark, index))
            elif (day := form.day_of(field)) and not self._day_beside(form, field, day):
                day = f"{day} {form.zone}".rstrip()
                lines.append(DrawnLine((("dim", truncate(day, self.width).rjust(self.width)),), index))
        return lines

    def _value(self, form: FilterFields, field: FilterField, look_up: str) -> tuple[Run, ...]:
        room = self.room(field)
        if field.name == LOOK_UP:
            return (("value", truncate(one_line(look_up), room)),) if look_up else (("dim", self.look_up_hint(field)),)
        if not field.text:
            label = f"{field.label} ({field.hint})"
            return (("dim", label if len(label) <= room else field.label),) if field.name == ADD else ()
        mark = "! " if field.error and room > 2 else ""
        value = mark + truncate(one_line(field.text), room - len(mark))
        left = room - cell_width(value)
        if day := self._day_beside(form, field, form.day_of(field)):
            return (("value", value), ("dim", " " * (left - len(day)) + day))
        return (("error" if mark else "value", value),)

    def _day_beside(self, form: FilterFields, field: FilterField, day: str) -> str:
        """Return *day*, with the zone if there is one, as far as it fits at the right of the value of *field*; else ""."""
        left = self.room(field) - cell_width(one_line(field.text))
        ways = (f"{each} {form.zone}".rstrip() for each in (day, day[len("YYYY-") :]) if day)
        return next((way for way in ways if len(way) < left), "")

    def _below(self, style: str, mark: str, sentence: str, index: int) -> list[DrawnLine]:
        """Return the lines of a *sentence* about the field *index*, the first with *mark*."""
        indent = " " * (MARK_WIDTH + 1)
        return [
            DrawnLine(((style, f"{indent}{mark if number == 0 else ' ' * len(mark)}{text}"),), index)
            for number, text in enumerate(wrap(sentence, self.width - len(indent) - len(mark)))
        ]

    def suggestions(self, listed: SuggestionList, lines: int) -> list[DrawnLine]:
        """Return the *lines* lines of *listed* in view: value and label at the left, how often it was observed at the right."""
        drawn = []
        for index in listed.in_view(lines):
            each = listed.suggestions[index]
            count = f" {each.count:,} " if each.count else " "
            text = fit(f" {each.shown}", self.width - MARK_WIDTH - len(count)) + count
            mark, style = (CURSOR, "chosen") if index == listed.highlighted else (_EDGE, "suggestion")
            drawn.append(DrawnLine((("mark", mark), (style, text)), suggestion=index))
        return drawn

    def foot(self, hint: str, keys: str) -> DrawnLine:
        """Return the line below the form: *hint* at its left, *keys* at its right if there is room."""
        hint = truncate(hint, self.width - MARK_WIDTH)
        left = self.width - MARK_WIDTH - cell_width(hint) - cell_width(keys)
        return DrawnLine((("dim", " " * MARK_WIDTH + hint + (" " * left + keys if left > 0 or not hint else "")),))
