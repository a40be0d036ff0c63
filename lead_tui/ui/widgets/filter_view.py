"""How the filter panel is drawn: the form, the list of suggestions over it, a foot with keys, and one editor.

Two dozen inputs would take half of the startup time. So every filter is a drawn line, and the one editor lies over that in focus.
While something else has the focus, the editor is out of view.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from lead_tui.keys.catalogue import Pane, actions_of, shown
from lead_tui.leads.text import cell_width, fit, one_line, truncate, wrap
from lead_tui.ui.widgets.drawn_list import CURSOR, RULE, DrawnLine, DrawnList, Run
from lead_tui.ui.widgets.filter_fields import ADD, LOOK_UP, FilterField, FilterFields, SuggestionList

if TYPE_CHECKING:
    from lead_tui.ui.widgets.line_input import LineInput

_OUT_OF_VIEW = -3
"""A line above the content."""

_LABEL_WIDTH = 12  # cells for labels in a sidebar; they leave the ten that a date or a phone needs
_WIDE_LABEL_WIDTH = 14
_WIDE = 34
"""Width in cells from which labels have all the room they need."""
_EDGE = "│"
"""The mark to the left of each suggestion: color alone does not tell the list from the filters below it."""
_LOOK_UP_HINTS = ("phone, email, id or name", "phone or name", "phone…")


class FilterView(DrawnList):
    """Draws *form*: the field at ``_index`` is marked while the panel is active, and ``_list`` lies below it."""

    DEFAULT_CSS = """
    FilterView {
        height: 1fr;
        overflow: hidden hidden;
        & > .filters--label { color: $text-muted; }
        & > .filters--current { color: $foreground; text-style: bold; }
        & > .filters--value { color: $foreground; text-style: bold; }
        & > .filters--dim { color: $text-disabled; }
        & > .filters--mark { color: $text-primary; }
        & > .filters--heading { color: $text-primary; }
        & > .filters--rule { color: $border-blurred; }
        & > .filters--thumb { color: $foreground-muted; }
        &:ansi > .filters--heading { text-style: bold; }
        & > .filters--error { color: $text-error; text-style: bold; }
        & > .filters--suggestion { color: $foreground; background: $panel; }
        & > .filters--chosen { color: $foreground; background: $panel; text-style: reverse; }
        & > LineInput { position: absolute; offset: 0 -3; width: 1; }
    }
    """

    STYLES = "filters--"

    def __init__(self, form: FilterFields) -> None:
        super().__init__()
        self.border_title = Content("Filters")
        self.form = form
        self.keys: Mapping[str, str] = actions_of(Pane.FILTERS)
        self._width = 0  # cells of the form
        self._look_up = ""
        """The text by which the rows in view were looked up, shown on the first line; "" for the rows of a search."""
        self._index = 1
        self._list = SuggestionList()
        self._is_active = False  # whether the editor has the focus, or is about to
        self._line: LineInput | None = None  # the editor, once a field has been edited

    @property
    def _field(self) -> FilterField:
        """The field that has the focus, or had it last."""
        return self.form.fields[self._index]

    def lay_out(self) -> None:
        if self._width != (width := max(1, self.size.width - 1)):
            self._width = width
            self._fill_editor()
        self._draw_form()

    def on_resize(self) -> None:
        # Not while it is being drawn: Textual forgets a layout that is requested then.
        self._place_editor()

    def scroll_lines(self, by: int) -> None:
        super().scroll_lines(by)
        self._place_editor()

    # The editor

    def _fill_editor(self) -> None:
        """Put the value of the field in focus into the editor."""
        line, field = self._line, self._field
        if line is None:
            return
        line.placeholder = self._look_up_text(field)[1] if field.name == LOOK_UP else self._placeholder(field)
        line.read_paste = field.read_paste
        line.put(one_line(field.text))

    def _place_editor(self) -> None:
        """Put the editor over the value in focus.

        Nothing else here needs a layout, and this only if the editor moves.
        """
        if self._line is None:
            return
        width, y = self._room(self._field), self._line_of_field(self._lines) - self.top
        is_in_view = self._is_active and 0 <= y < self.page
        self._line.styles.offset = (self._width - width, y if is_in_view else _OUT_OF_VIEW)
        self._line.styles.width = max(1, width)

    def _line_of_field(self, lines: Sequence[DrawnLine]) -> int:
        return next((at for at, line in enumerate(lines) if line.field == self._index), 0)

    # What fits on a field's line

    def _label(self, field: FilterField) -> str:
        """Return what precedes the value: the label in its column, in which "by id" becomes "by" if there is no room for more.

        The value of the look-up line starts earlier, since a formatted phone has more than ten characters; the custom line has no
        label.
        """
        if field.name == ADD:
            return ""
        width = _WIDE_LABEL_WIDTH if self._width >= _WIDE else min(_LABEL_WIDTH, max(0, self._width // 2))
        if field.name == LOOK_UP:
            width = len(field.label) + 1
        label = field.label if cell_width(field.label) <= width else field.label.removesuffix(" id")
        return f"{fit(label, width)} "

    def _room(self, field: FilterField) -> int:
        """Return the number of cells for the value of *field*, on the right."""
        return max(1, self._width - 1 - cell_width(self._label(field)))

    def _placeholder(self, field: FilterField) -> str:
        """Return as much of the hint of the empty *field* as fits, in whole parts if possible."""
        width, hint = self._room(field), field.hint
        while cell_width(hint) > width and ", " in hint:
            hint = hint.rpartition(", ")[0]
        return truncate(hint, width)

    def _further_hint(self, field: FilterField) -> str:
        """Return the hint of *field*, or what the placeholder had no room for if it is too long; "" if nothing is missing."""
        placeholder, hint, room = self._placeholder(field), field.hint, self._width - 1
        if placeholder == hint:
            return ""
        # The rest alone, such as "this week", is understood less well so far below the placeholder.
        return truncate(hint if cell_width(hint) <= room else hint.removeprefix(f"{placeholder}, "), room)

    def _look_up_text(self, field: FilterField) -> Run:
        """Return what the first line shows: what was looked up, else what can be."""
        room = self._room(field)
        if self._look_up:
            return "value", truncate(one_line(self._look_up), room)
        return "dim", next((hint for hint in _LOOK_UP_HINTS if len(hint) <= room), "")

    # Drawing

    def _redraw(self) -> None:
        """Bring what is shown up to date, with the field in focus in view."""
        self._draw_form()
        self._place_editor()

    def _draw_form(self) -> None:
        if not self.size.area:
            # Not displayed: without a height, the view could end up anywhere. It is laid out when it is displayed.
            self._laid_out_in = self.size
            return
        lines = list(self._form_lines())
        first = self._line_of_field(lines)
        last = next((at for at in range(first, len(lines)) if lines[at].field != self._index), len(lines)) - 1
        # The list covers the lines below the field.
        listed = list(self._list_lines())
        lines[first + 1 : first + 1 + len(listed)] = listed
        last = max(last, first + len(listed))
        if first and lines[first - 1].field < 0:
            first -= 1
        top = self.top_showing(first, last, len(lines)) if self._is_active else self.top
        self.show_lines(lines, self._foot_line(), top)

    def _form_lines(self) -> Iterator[DrawnLine]:
        """Yield the lines of the form: headings and fields, each with its error or the day that it means."""
        group, width = "", self._width
        for index, field in enumerate(self.form.fields):
            if field.group != group:
                group = field.group
                rule = RULE * (width - len(group) - 4)
                yield DrawnLine((("rule", f" {RULE} "), ("heading", group), ("rule", f" {rule}")))
            day = self.form.day_of(field)
            day_beside = self._day_beside(field, day)
            is_marked = self._is_active and index == self._index
            # The value under the editor is left blank.
            value = () if is_marked else self._value(field, day_beside)
            # One run, not two, if nothing is marked: on a slow link a line costs what its changes of style cost.
            start = (("mark", CURSOR), ("current", self._label(field))) if is_marked else (("label", f" {self._label(field)}"),)
            yield DrawnLine((*start, *value), index)
            if sentence := field.error or field.remark:
                style, mark = ("error", "! ") if field.error else ("dim", "")
                for number, text in enumerate(wrap(sentence, width - 2 - len(mark))):
                    yield DrawnLine(((style, f"  {' ' * len(mark) if number else mark}{text}"),), index)
            elif day and not day_beside:
                yield DrawnLine((("dim", truncate(f"{day} {self.form.zone}".rstrip(), width).rjust(width)),), index)

    def _value(self, field: FilterField, day: str) -> tuple[Run, ...]:
        """Return the value of *field*, or what replaces it, and *day* to its right."""
        room = self._room(field)
        if field.name == LOOK_UP:
            return (self._look_up_text(field),)
        if not field.text:
            label = f"{field.label} ({field.hint})"
            return (("dim", label if len(label) <= room else field.label),) if field.name == ADD else ()
        mark = "! " if field.error and room > 2 else ""
        value = mark + truncate(one_line(field.text), room - len(mark))
        runs = (("error" if mark else "value", value),)
        return (*runs, ("dim", day.rjust(room - cell_width(value)))) if day else runs

    def _day_beside(self, field: FilterField, day: str) -> str:
        """Return *day*, with the zone if there is one, if it fits to the right of the value of *field*; else ""."""
        left = self._room(field) - cell_width(one_line(field.text))
        ways = (f"{each} {self.form.zone}".rstrip() for each in (day, day[len("YYYY-") :]) if day)
        return next((way for way in ways if len(way) < left), "")

    def _list_lines(self) -> Iterator[DrawnLine]:
        for index in self._list.in_view:
            each = self._list.suggestions[index]
            count = f" {each.count:,} " if each.count else " "
            text = fit(f" {each.shown}", self._width - 1 - len(count)) + count
            mark, style = (CURSOR, "chosen") if index == self._list.highlighted else (_EDGE, "suggestion")
            yield DrawnLine((("mark", mark), (style, text)), suggestion=index)

    def _foot_line(self) -> DrawnLine:
        """Return the line below the form: a hint on the left, keys on the right if there is room."""
        if not self._is_active:
            return DrawnLine(())
        key, listed = self._key_of, self._list
        if listed.highlighted >= 0:
            hint, keys = f"{key('search')} accept", f"{listed.highlighted + 1:,} of {len(listed.suggestions):,}"
        elif listed.suggestions:
            hint, keys = f"{key('next_field')} choose", f"{key('take')} complete"
        else:
            hint = "" if self._field.text else self._further_hint(self._field)
            hint, keys = hint or f"{key('search')} search", f"{key('find')} find"
        room = self._width - 1
        hint = truncate(hint, room)
        left = room - cell_width(hint) - cell_width(keys)
        return DrawnLine((("dim", f" {hint}{' ' * left + keys if left > 0 else ''}"),))

    def _key_of(self, action: str) -> str:
        return shown(next((key for key, named in self.keys.items() if named == action), ""), plain=self.app.has_class("-ascii"))
