"""The filter panel: every filter as a drawn line, and one editor that moves to the line in focus.

Two dozen inputs would cost half of the start-up. So the form is drawn, and repainted where it differs; there is no input before a
field is edited, and one after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual import events
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from lead_tui.keys import catalogue as catalogue
from lead_tui.leads.cells import truncate
from lead_tui.leads.errors import FilterError
from lead_tui.leads.query import Query
from lead_tui.leads.text import one_line
from lead_tui.limits import SUGGESTIONS_SHOWN
from lead_tui.ui.widgets.drawn_list import Line
from lead_tui.ui.widgets.filter_fields import LOOK_UP, Field, FilterFields
from lead_tui.ui.widgets.filter_lines import MARK_WIDTH, FormLayout, Marks
from lead_tui.ui.widgets.line_editor import LineEditor
from lead_tui.ui.widgets.suggestion import Suggest, Suggestion, matching, no_suggestions, rest

if TYPE_CHECKING:
    from lead_tui.ui.widgets.line_input import LineInput

_FIND_LABEL = "Find "


class _Finding(Struct):
    """The find box is open."""

    origin: int
    """The field to go back to."""
    found: list[int]
    at: int = 0


class FilterPanel(LineEditor):
    """All filters, and ``name=value`` for others. Posts what a person decides; searches nothing.

    Letters are always text. ``keys`` names the action of the pane ``filters`` in the catalogue by key. A key that carries out
    nothing here bubbles on, as ``tab`` does while no suggestion is shown.
    """

    DEFAULT_CSS = """
    FilterPanel {
        width: 27;
        height: 1fr;
        border: round $border-blurred;
        & > .filters--label { color: $text-muted; }
        & > .filters--current { color: $foreground; text-style: bold; }
        & > .filters--value { color: $foreground; text-style: bold; }
        & > .filters--dim { color: $text-disabled; }
        & > .filters--mark { color: $primary; }
        & > .filters--error { color: $text-error; }
        & > .filters--suggestion { color: $foreground; background: $panel; }
        &:ansi > .filters--suggestion { text-style: reverse; }
    }
    """

    STYLES = "filters--"

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "filters--label",
        "filters--current",
        "filters--value",
        "filters--dim",
        "filters--mark",
        "filters--error",
        "filters--suggestion",
    }

    class Submitted(Message):
        """A search is wanted with these filters, all of them checked."""

        def __init__(self, query: Query) -> None:
            super().__init__()
            self.query = query

    class LookUpWanted(Message):
        """The look-up box is wanted, with *text* in it."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The person left the filters; what was typed stays."""

    @property
    def status_code(self) -> Callable[[str], str]:
        """Gives the code for a status as a table shows it, where leads have told it."""
        return self._form.status_code

    @status_code.setter
    def status_code(self, status_code: Callable[[str], str]) -> None:
        self._form.status_code = status_code

    def __init__(
        self,
        *,
        today: Callable[[], date] = date.today,
        zone: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        """*today* gives the account's day, which relative dates count from; *zone* is shown with them, if given."""
        super().__init__(id=id)
        self.border_title = Content("Filters")
        self.suggest: Suggest = no_suggestions
        """Asked with a parameter's name and what is typed of its value, of several ids the last one. On the line for custom filters
        the name is ``ADD``, and a value suggested ends in ``=``."""
        self.keys: Mapping[str, str] = {
            key: entry.action for entry in catalogue.of_pane(catalogue.Pane.FILTERS) for key in entry.keys
        }
        self._marks = Marks()
        self._form = FilterFields(today, zone)
        self._layout_of_form = FormLayout(0)
        self._look_up = ""
        self._index = 1
        self._finding: _Finding | None = None
        self._suggestions: tuple[Suggestion, ...] = ()

    # What it holds

    @property
    def look_up(self) -> str:
        """What the rows in sight were looked up by, shown on the first line; "" where they are a search's."""
        return self._look_up

    @look_up.setter
    def look_up(self, text: str) -> None:
        if text != self._look_up:
            self._look_up = text
            if self._field.name == LOOK_UP:
                self.fill_editor()
            self._redraw()

    @property
    def marks(self) -> Marks:
        """The characters that are not letters."""
        return self._marks

    @marks.setter
    def marks(self, marks: Marks) -> None:
        self._marks = marks
        self.thumb = marks.thumb
        self._lay_out()
        self.refresh()

    def show_query(self, query: Query) -> None:
        """Show the filters of *query*, and no others. Posts nothing."""
        self._stop_finding()
        name = self._field.name
        self._form.show(query)
        self._stand_on(name)

    def current_query(self) -> Query:
        """The query that the filters make, with what is being typed. Raises ``FilterError`` for the first that is wrong."""
        name = self._field.name
        try:
            return self._form.query()
        finally:
            self._stand_on(name)

    def clear(self) -> None:
        """Empty all filters."""
        self.show_query(Query())

    def focus_filter(self, name: str) -> None:
        """Give the focus to the filter *name*; ``LOOK_UP`` and ``ADD`` are the first and last line. Unknown: to where it was."""
        index = self._form.index_of(name)
        if index is not None:
            self._stop_finding()
            self._go(index)
        self.focus()

    # Keys and typing

    def key_pressed(self, key: str) -> bool:
        """Called by the editor: carry out *key* if it is one of the panel's; whether it was."""
        return self.carry_out(self.keys.get(key, ""), at_end_only=key == "right")

    def carry_out(self, action: str, *, at_end_only: bool = False) -> bool:
        """Do *action*, one of the pane ``filters`` in the catalogue of keys; whether it was one that does something now.

        *at_end_only* leaves what would complete the text to the cursor, unless that is at its end.
        """
        if self._finding is not None:
            return self._key_while_finding(self._finding, action)
        match action:
            case "search":
                self._search()
            case "next_field":
                self._go(self._index + 1)
            case "previous_field":
                self._go(self._index - 1)
            case "next_group":
                self._go(self._next_group())
            case "previous_group":
                self._go(self._previous_group())
            case "first_field":
                self._go(0)
            case "last_field":
                self._go(len(self._form) - 1)
            case "empty":
                self.editor().clear()
            case "find":
                self._start_finding()
            case "take":
                return self._take_best(at_end_only=at_end_only)
            case "leave":
                self._stand_on(self._settled())
                self._part_with(self.Left())
            case _:
                return False
        return True

    def text_changed(self, text: str) -> None:
        """Called by the editor: *text* is in it now."""
        if self._finding is not None:
            self._find(self._finding, text)
            return
        field = self._field
        if field.name == LOOK_UP:
            if text:
                self.editor().clear()
                self._part_with(self.LookUpWanted(text))
        elif text != one_line(field.text):
            field.text = text
            field.error = field.remark = ""
            self._offer(self._suggested() if text else ())

    def _search(self) -> None:
        if self._field.name == LOOK_UP:
            self._part_with(self.LookUpWanted(""))
            return
        name = self._field.name
        self._offer(())
        try:
            query = self._form.query()
        except FilterError as error:
            self._stand_on(error.name)
        else:
            self._stand_on(name)
            self._part_with(self.Submitted(query))

    def _part_with(self, message: Message) -> None:
        """Post *message*, upon which the focus goes elsewhere, and what is typed from now on with it."""
        self.post_message(message)
        if self.screen.focused is self.editor():
            self.editor().hold()

    # Moving

    @property
    def _field(self) -> Field:
        """The field in focus, or that had it last."""
        return self._form[self._index]

    def _go(self, index: int) -> None:
        """Leave the field in focus for the one at *index*, or the nearest there is."""
        name = self._form[max(0, min(index, len(self._form) - 1))].name
        self._settled()
        self._stand_on(name)

    def _settled(self) -> str:
        """Check the field in focus as if it were left; its name."""
        self._stop_finding()
        self._suggestions = ()
        name = self._field.name
        self._form.settle(self._field)
        return name

    def _stand_on(self, name: str) -> None:
        """Put the editor on the field *name* now that fields may have come or gone; if it is gone, on what has its place."""
        index = self._form.index_of(name)
        self._index = min(self._index, len(self._form) - 1) if index is None else index
        self._suggestions = ()
        self.fill_editor()
        self._redraw()

    def _next_group(self) -> int:
        group = self._field.group
        return next((at for at in range(self._index, len(self._form)) if self._form[at].group != group), len(self._form) - 1)

    def _previous_group(self) -> int:
        """The first field of this group, or of the one before where that is in focus already."""
        firsts = [at for at in range(self._index) if at == 0 or self._form[at].group != self._form[at - 1].group]
        return firsts[-1] if firsts else 0

    # Suggestions

    def _part(self) -> str:
        """What is being completed: of several ids the last."""
        text = self._field.text
        return text.rpartition(",")[2].lstrip() if self._field.takes_many else text

    def _suggested(self) -> tuple[Suggestion, ...]:
        typed = self._part()
        return matching(self.suggest(self._field.name, typed), typed, SUGGESTIONS_SHOWN)

    def _offer(self, found: tuple[Suggestion, ...]) -> None:
        """Show *found* below the field, and the best behind the cursor; of a value known already just what it stands for."""
        typed = self._part()
        exact = next((each for each in found if each.value == typed), None)
        self._suggestions = () if exact is not None else found
        best = exact or next(iter(found), None)
        self.editor().ghost = rest(best, typed) if best is not None else ""
        self._redraw()

    def _take_best(self, *, at_end_only: bool) -> bool:
        editor = self.editor()
        if at_end_only and not editor.cursor_at_end:
            return False
        if self._suggestions:
            self._take(self._suggestions[0])
        elif at_end_only and not editor.value and self._field.name != LOOK_UP:
            # Nothing is typed yet: show what there is to choose from.
            self._offer(self._suggested())
        else:
            return False
        return True

    def _take(self, suggestion: Suggestion) -> None:
        text = self._field.text
        self.editor().put(text[: len(text) - len(self._part())] + suggestion.value)

    # Finding a filter

    def _start_finding(self) -> None:
        self._stand_on(self._settled())
        self._finding = _Finding(self._index, [])
        self.fill_editor()
        self._redraw()

    def _stop_finding(self) -> None:
        if self._finding is not None:
            self._finding = None
            self.fill_editor()
            self._redraw()

    def _find(self, finding: _Finding, text: str) -> None:
        finding.found, finding.at = self._form.find(text), 0
        self._index = finding.found[0] if finding.found else finding.origin
        self.editor().ghost = " · none" if text.strip() and not finding.found else ""
        self._redraw()

    def _key_while_finding(self, finding: _Finding, action: str) -> bool:
        match action:
            case "search" | "take":
                self._stop_finding()
            case "leave":
                self._index = finding.origin
                self._stop_finding()
            case "next_field" | "previous_field" | "find" if finding.found:
                finding.at = (finding.at + (-1 if action == "previous_field" else 1)) % len(finding.found)
                self._index = finding.found[finding.at]
                self._redraw()
            case "empty":
                self.editor().clear()
            case _:
                return bool(action)
        return True

    # The editor

    def fill(self, editor: LineInput) -> None:
        """Have *editor* hold the value in focus, or nothing yet while finding."""
        editor.ghost = ""
        editor.read_paste = self._field.read_paste if self._finding is None else None
        if self._finding is not None:
            editor.placeholder = "part of a name"
            editor.put("")
            return
        field = self._field
        if field.name == LOOK_UP:
            look_up = truncate(one_line(self._look_up), self._layout_of_form.editor(field)[1])
            editor.placeholder = look_up or self._layout_of_form.look_up_hint(field)
        else:
            editor.placeholder = self._layout_of_form.placeholder(field)
        editor.put(one_line(field.text))

    def place(self) -> tuple[int, int, int]:
        """Over the value in focus, or over the foot while finding."""
        if self._finding is not None:
            start = MARK_WIDTH + len(_FIND_LABEL)
            return start, self.page, self._layout_of_form.width - start
        x, width = self._layout_of_form.editor(self._field)
        y = self._line_of_field(self._lines) - self.top
        return x, y if y < self.page else -1, width

    def activity_changed(self) -> None:
        """Mark the field in focus, or check the one that was left."""
        if self.is_active:
            self._redraw()
        else:
            self._stand_on(self._settled())

    # Drawing

    def _line_of_field(self, lines: Sequence[Line]) -> int:
        return next((at for at, line in enumerate(lines) if line.field == self._index), 0)

    def _lay_out(self, *, drawing: bool = False) -> None:
        width = max(1, self.size.width - 1)
        if self._layout_of_form != (layout := FormLayout(width, self._marks)):
            self._layout_of_form = layout
            self.fill_editor()
        self._redraw(drawing=drawing)

    def _redraw(self, *, drawing: bool = False) -> None:
        """Bring what is shown up to date, with the field in focus in sight."""
        if not self.size.area:
            # Out of sight: with no lines to be seen in, the view would end up anywhere.
            return
        marked = self._index if self.is_active else -1
        lines = self._layout_of_form.lines(self._form, self._look_up, marked, edited=self.is_active and not self._finding)
        first = self._line_of_field(lines)
        last = next((at for at in range(first, len(lines)) if lines[at].field != self._index), len(lines)) - 1
        if first and lines[first - 1].field < 0:
            first -= 1
        top = self.top_showing(first, last, len(lines)) if self.is_active else self.top
        self._suggest_over(lines, top)
        self.show_lines(lines, self._foot_now(), top, drawing=drawing)
        self.place_editor()

    def _suggest_over(self, lines: list[Line], top: int) -> None:
        """Lay the suggestions over the lines below the field in focus, or over those above it where there is no room below."""
        if not self._suggestions:
            return
        over = self._layout_of_form.suggestions(self._suggestions, self._key_of("take"))
        at = self._line_of_field(lines)
        below = at + 1
        first = below if below + len(over) <= min(len(lines), top + self.page) else max(0, at - len(over))
        lines[first : first + len(over)] = over

    def _foot_now(self) -> Line:
        if self._finding is not None:
            return Line((("mark", self._marks.cursor), ("current", _FIND_LABEL)))
        if not self.is_active:
            return Line(())
        hint = "" if self._field.text else self._layout_of_form.further_hint(self._field)
        return self._layout_of_form.foot(hint or f"{self._key_of('search')} search", f"{self._key_of('find')} find")

    def _key_of(self, action: str) -> str:
        key = next((key for key, named in self.keys.items() if named == action), "")
        return catalogue.shown(key, plain=self._marks.cursor.isascii())

    # Events

    def on_resize(self) -> None:
        """Lay the lines out for the new width."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """A line; the first time around the lines are made first."""
        if self._layout_of_form.width != self.size.width - 1:
            # All of it is being drawn.
            self._lay_out(drawing=True)
        return super().render_line(y)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to the field, take the suggestion, or open the find box."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        line = self.line_at(offset.y)
        suggestion = self._suggestions[line.suggestion] if line is not None and line.suggestion >= 0 else None
        self.focus()
        if suggestion is not None:
            self._take(suggestion)
        elif line is not None and line.field >= 0:
            self._go(line.field)
            if self._field.name == LOOK_UP:
                self.post_message(self.LookUpWanted(""))
        elif offset.y == self.page:
            self._start_finding()
