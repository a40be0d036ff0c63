"""The filter panel: the form, the list of suggestions over it, a foot with keys, and one editor.

Two dozen inputs would take half of the startup time. So every filter is a drawn line, and the one editor lies over the focused one.
While something else has the focus, the editor is out of view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Self

from textual import events
from textual.content import Content
from textual.message import Message

from lead_tui.keys.catalogue import Pane, actions_of, shown
from lead_tui.leads.errors import FilterError
from lead_tui.leads.query import Query
from lead_tui.leads.text import cell_width, fit, one_line, truncate, wrap
from lead_tui.limits import MAX_SUGGESTIONS, SUGGESTION_LINES
from lead_tui.ui.widgets.drawn_list import CURSOR, RULE, DrawnLine, DrawnList, Run, within
from lead_tui.ui.widgets.filter_fields import ADD, LOOK_UP, FilterField, FilterFields, Suggest, Suggestion, matching

_OUT_OF_VIEW = -3  # a line above the content
_LABEL_WIDTH = 12  # cells; in a sidebar they leave the ten that a date or a phone needs
_MAX_LABEL_WIDTH = 14  # of a longer label, which takes cells of its value: an id or a custom value
_EDGE = "│"  # left of each suggestion: color alone does not tell the list from the filters below it


class FilterPanel(DrawnList):
    """All filters, and ``name=value`` for others. Posts what the user decides; searches nothing.

    Letters are always text. ``keys`` maps keys to actions of the pane ``filters`` in the catalogue. A key that does nothing here
    bubbles, as ``tab`` does if nothing can be completed.
    """

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

    class FindWanted(Message):
        """The user wants to find a filter by its name."""

    class Left(Message):
        """The user left the filters; what was typed stays."""

    def __init__(self, *, today: Callable[[], date] = date.today, zone: str = "") -> None:
        """*today* returns the account's day, from which relative dates count; *zone*, if given, is shown with them."""
        super().__init__()
        self.border_title = Content("Filters")
        self.form = FilterFields(today)
        self.keys: Mapping[str, str] = actions_of(Pane.FILTERS)
        self.suggest: Suggest = lambda _name, _typed: ()
        """Called with a parameter's name and the text typed so far, the last one of several ids. The line for custom filters
        has the name ``ADD``; a name suggested there ends in ``=``."""
        self._zone = zone
        self._width = 0  # cells of the form
        self._look_up = ""  # by which the rows in view were looked up, shown on the first line; "" for those of a search
        self._index = 1  # of the field that has the focus, or had it last
        self._line = 0  # of that field
        self._suggestions: tuple[Suggestion, ...] = ()  # in the list below the field: what completes its text
        self._highlighted = -1  # the index of one of them; -1 while the cursor is in the text
        self._first_listed = 0  # the index of the first in view
        self._is_active = False  # whether the editor has the focus, or is about to

    @property
    def _field(self) -> FilterField:
        return self.form.fields[self._index]

    def show_query(self, query: Query, look_up: str = "") -> None:
        """Show the filters of *query*, and no others; or *look_up*, the text that was looked up. Posts nothing."""
        self._look_up = look_up
        name = self._field.name
        self.form.show(query)
        self._edit_field(name)

    def key_pressed(self, key: str) -> bool:
        action = self.keys.get(key, "")
        if (key, action) == ("right", "take"):
            if not self.editor.cursor_at_end:
                return False
            if not (self._field.text or self._suggestions or self._field.name == LOOK_UP):
                self._open_list()
                return True
        return self.perform_action(action)

    def perform_action(self, action: str) -> bool:
        """Do *action*, one of the pane ``filters`` in the catalogue of keys; return whether it did something."""
        if self._suggestions and self._perform_in_list(action):
            return True
        index = self._index
        match action:
            case "next_field" | "previous_field":
                self.go(index + (1 if action == "next_field" else -1))
            case "next_group" | "previous_group":
                self.go(self.form.group_start(index, 1 if action == "next_group" else -1))
            case "first_field" | "last_field":
                self.go(0 if action == "first_field" else len(self.form.fields))
            case "search":
                self._search()
            case "empty":
                self.editor.clear()
            case "find":
                self._post_and_pause(self.FindWanted())
            case "leave":
                self.go(index)
                self._post_and_pause(self.Left())
            case _:
                return False
        return True

    def text_changed(self, text: str) -> None:
        field = self._field
        if field.name == LOOK_UP:
            if text:
                self.editor.clear()
                self._post_and_pause(self.LookUpWanted(text))
        elif text != one_line(field.text):
            field.text = text
            field.error = field.remark = ""
            if text:
                self._open_list()
            else:
                self._show_list()

    def _search(self) -> None:
        name = self._field.name
        if name == LOOK_UP:
            self._post_and_pause(self.LookUpWanted(""))
            return
        try:
            query = self.form.query()
        except FilterError as error:
            self._edit_field(error.name)
        else:
            self._edit_field(name)
            self._post_and_pause(self.Submitted(query))

    def _post_and_pause(self, message: Message) -> None:
        """Post *message*, after which the focus, and what is typed from now on, goes elsewhere."""
        self.post_message(message)
        if self.screen.focused is self.editor:
            self.editor.keys_wait = True

    def go(self, index: int) -> None:
        """Validate the field in focus, and move to the one at *index*, or the nearest one."""
        name = self.form.fields[within(index, len(self.form.fields))].name
        self.form.validate(self._field)
        self._edit_field(name)

    def find(self, text: str) -> bool:
        """Go to the filter that matches *text* best; return whether one does."""
        found = self.form.find(text)
        if found:
            self.go(found[0])
        return bool(found)

    def _edit_field(self, name: str) -> None:
        """Put the editor on the field *name*; if it was removed, on the one in its place."""
        index = self.form.index_of(name)
        self._index = min(self._index, len(self.form.fields) - 1) if index is None else index
        self._fill_editor()
        self._show_list()

    def _typed(self) -> str:
        """Return the text to be completed: the last one of several ids."""
        text = self._field.text
        return text.rpartition(",")[2].lstrip() if self._field.takes_many else text

    def _open_list(self) -> None:
        """List below the field what completes it, unless that is only what was typed."""
        typed = self._typed()
        found = matching(self.suggest(self._field.name, typed), typed, MAX_SUGGESTIONS)
        self._show_list(found if [each.value for each in found] != [typed] else ())

    def suggestions_changed(self) -> None:
        """Complete the text that is being typed with what is known now."""
        if self._is_active and self._field.text and self._highlighted < 0:
            self._open_list()

    def _show_list(self, suggestions: tuple[Suggestion, ...] = ()) -> None:
        """List *suggestions* below the field; without any, close the list."""
        self._suggestions, self._highlighted, self._first_listed = suggestions, -1, 0
        self._redraw()

    def _perform_in_list(self, action: str) -> bool:
        is_choosing = self._highlighted >= 0
        best = self._suggestions[max(0, self._highlighted)]
        by = {"next_field": 1, "next_group": SUGGESTION_LINES, "previous_field": -1, "previous_group": -SUGGESTION_LINES}
        if action in by and (is_choosing or by[action] > 0):
            # The line above the first suggestion is the text.
            chosen = self._highlighted = max(-1, min(self._highlighted + by[action], len(self._suggestions) - 1))
            self._first_listed = min(max(self._first_listed, chosen - SUGGESTION_LINES + 1), max(0, chosen))
            self._redraw()
        elif (is_choosing and action in ("search", "take")) or (action == "take" and best.value != self._typed()):
            self._accept(best)
        elif action == "leave":
            self._show_list()
        else:
            return False
        return True

    def _accept(self, suggestion: Suggestion) -> None:
        text = self._field.text
        # This opens a list: of values, after the name of a custom filter; a complete value needs none.
        self.editor.put(text[: len(text) - len(self._typed())] + suggestion.value)
        if not suggestion.value.endswith("="):
            self._show_list()

    def _fill_editor(self) -> None:
        """Put the value of the field in focus into the editor."""
        field, editor = self._field, self._editor
        if editor is not None:
            editor.placeholder = self._placeholder(field)
            editor.read_paste = field.read_paste
            editor.put(one_line(field.text))

    def _place_editor(self) -> None:
        """Put the editor over the value in focus: nothing else here needs a layout, and this only if the editor moves."""
        editor, width, y = self._editor, self._room(self._field), self._line - self.top
        if editor is not None:
            is_in_view = self._is_active and 0 <= y < self.page
            editor.styles.offset = (self._width - width, y if is_in_view else _OUT_OF_VIEW)
            editor.styles.width = width

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the editor immediately: keys that are already on their way find it there."""
        if self.is_attached:
            editor = self.editor
            self._activate(True)
            self.screen.set_focus(editor, scroll_visible=False)
            editor.resume_input()
        return self

    def _activate(self, active: bool) -> None:
        if active != self._is_active:
            self._is_active = active
            self.go(self._index)

    def _label(self, field: FilterField) -> str:
        """Return what precedes the value; that of the look-up line starts early: a formatted phone has over ten characters."""
        if field.name == ADD:
            return ""
        width = cell_width(field.label)
        return f"{fit(field.label, width + 1 if field.name == LOOK_UP else max(_LABEL_WIDTH, min(width, _MAX_LABEL_WIDTH)))} "

    def _room(self, field: FilterField) -> int:
        """Return the number of cells for the value of *field*, on the right."""
        return max(1, self._width - 1 - cell_width(self._label(field)))

    def _placeholder(self, field: FilterField) -> str:
        """Return what is shown in the empty *field*: its hint, or the first part of it; on the first line, what was looked up."""
        room = self._room(field)
        if field.name == LOOK_UP and self._look_up:
            return truncate(one_line(self._look_up), room)
        return field.hint if cell_width(field.hint) <= room else truncate(field.hint.partition(", ")[0], room)

    def lay_out(self) -> None:
        self._width = max(1, self.size.width - 1)
        self._draw_form()

    def on_resize(self) -> None:
        # Not while it is being drawn: Textual forgets a layout that is requested then.
        self._fill_editor()
        self._place_editor()

    def scroll_lines(self, by: int) -> None:
        super().scroll_lines(by)
        self._place_editor()

    def _redraw(self) -> None:
        """Bring what is shown up to date, with the focused field in view."""
        self._draw_form()
        self._place_editor()

    def _draw_form(self) -> None:
        if not self.size.area:
            # Not displayed: without a height, the view could end up anywhere. It is laid out when it is displayed.
            self._laid_out_in = self.size
            return
        lines = list(self._form_lines())
        first, *below = (at for at, line in enumerate(lines) if line.field == self._index)
        # The list covers the lines below the field.
        listed = list(self._list_lines())
        lines[first + 1 : first + 1 + len(listed)] = listed
        self._line, last = first, max(first + len(listed), *below, first)
        if first and lines[first - 1].field < 0:
            first -= 1
        top = self.top_showing(first, last, len(lines)) if self._is_active else self.top
        self.show_lines(lines, self._foot_line(), top)

    def _form_lines(self) -> Iterator[DrawnLine]:
        """Yield the lines of the form: headings and fields, each with its error or the day that it means below."""
        group, width = "", self._width
        for index, field in enumerate(self.form.fields):
            if field.group != group:
                group = field.group
                yield DrawnLine((("rule", f" {RULE} "), ("heading", group), ("rule", f" {RULE * (width - len(group) - 4)}")))
            if self._is_active and index == self._index:
                # The value is in the editor.
                yield DrawnLine((("mark", CURSOR), ("bold", self._label(field))), index)
            else:
                yield DrawnLine((("muted", f" {self._label(field)}"), self._value(field)), index)
            if sentence := field.error or field.remark:
                style, mark = ("alert", "! ") if field.error else ("muted", "")
                for number, text in enumerate(wrap(sentence, width - 2 - len(mark))):
                    yield DrawnLine(((style, f"  {' ' * len(mark) if number else mark}{text}"),), index)
            elif day := self.form.day_of(field):
                yield DrawnLine((("muted", f"{day} {self._zone}".rstrip().rjust(width)),), index)

    def _value(self, field: FilterField) -> Run:
        """Return the value of *field*, or what replaces it."""
        if field.name == LOOK_UP:
            return "bold" if self._look_up else "muted", self._placeholder(field)
        if field.name == ADD and not field.text:
            return "muted", field.label
        return "alert" if field.error else "bold", truncate(one_line(field.text), self._room(field))

    def _list_lines(self) -> Iterator[DrawnLine]:
        first = self._first_listed
        for index, each in enumerate(self._suggestions[first : first + SUGGESTION_LINES], first):
            count = f" {each.count:,} " if each.count else " "
            text = fit(f" {each.shown}", self._width - 1 - len(count)) + count
            mark, style = (CURSOR, "chosen") if index == self._highlighted else (_EDGE, "suggestion")
            yield DrawnLine((("mark", mark), (style, text)), suggestion=index)

    def _foot_line(self) -> DrawnLine:
        """Return the line below the form: the keys of the list, a hint with no room in its field, or the form's keys."""
        key, field = self._key_of, self._field
        if not self._is_active:
            return DrawnLine()
        if self._highlighted >= 0:
            left, right = f"{key('search')} accept", f"{self._highlighted + 1:,} of {len(self._suggestions):,}"
        elif self._suggestions:
            left, right = f"{key('next_field')} choose", f"{key('take')} complete"
        elif not field.text and field.hint != self._placeholder(field) and field.name != LOOK_UP:
            left, right = field.hint.removeprefix(f"{self._placeholder(field)}, "), ""
        else:
            left, right = f"{key('search')} search", f"{key('find')} find"
        room = self._width - 1 - cell_width(right)
        return DrawnLine((("muted", f" {fit(left, room)}{right}"),))

    def _key_of(self, action: str) -> str:
        return shown(next((key for key, named in self.keys.items() if named == action), ""), plain=self.app.has_class("-ascii"))

    def on_descendant_focus(self) -> None:
        self._activate(True)

    def on_descendant_blur(self) -> None:
        self._activate(False)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        line = self.line_at(offset.y) or DrawnLine()
        suggestions = self._suggestions
        self.focus()
        if line.suggestion >= 0:
            self._accept(suggestions[line.suggestion])
        elif line.field >= 0:
            self.go(line.field)
            if self._field.name == LOOK_UP:
                self.post_message(self.LookUpWanted(""))
