"""The filter panel: every filter as a drawn line, and one editor that moves to the line in focus.

Two dozen inputs would cost half of the start-up. So the form is drawn, and repainted where it differs; the one input is made when a
field is first edited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lead_tui.keys.catalogue import Pane, shown
from lead_tui.leads.cells import truncate
from lead_tui.leads.errors import FilterError
from lead_tui.leads.query import Query
from lead_tui.leads.text import one_line
from lead_tui.limits import SUGGESTIONS_SHOWN
from lead_tui.ui.widgets.bindings import actions_of
from lead_tui.ui.widgets.drawn_list import CURSOR, DrawnLine, DrawnList
from lead_tui.ui.widgets.filter_fields import LOOK_UP, FilterField, FilterFields
from lead_tui.ui.widgets.filter_lines import MARK_WIDTH, FormLayout
from lead_tui.ui.widgets.suggestion import Suggest, Suggestion, matching, no_suggestions, rest
from lead_tui.ui.widgets.textual_fixes import OneLayout

if TYPE_CHECKING:
    from lead_tui.ui.widgets.line_input import LineInput

_FIND_LABEL = "Find "

_OUT_OF_VIEW = -3
"""A line above the content, where nothing of the editor is seen."""


class _Slot(OneLayout, Widget):
    """The editor's place: a widget mounted into the panel later would have all of it repainted, twice."""


class _Finding(Struct):
    """The state of the find box while it is open."""

    origin: int
    """The field to return to."""
    found: list[int]
    at: int = 0


class FilterPanel(DrawnList, can_focus=True):
    """All filters, and ``name=value`` for others. Posts what the user decides; searches nothing.

    Letters are always text. ``keys`` names the action of the pane ``filters`` in the catalogue by key. A key that does nothing here
    bubbles on, as ``tab`` does while no suggestion is shown.

    While something else has the focus, the editor is out of view and the lines are all there is; it keeps its place among the stops
    of the tab key, and gets the focus back when the terminal does.
    """

    DEFAULT_CSS = """
    FilterPanel {
        width: 27;
        height: 1fr;
        overflow: hidden hidden;
        border: round $border-blurred;
        & > .slot { position: absolute; offset: 0 -3; width: 1; height: 1; overflow: hidden hidden; }
        & > .filters--label { color: $text-muted; }
        & > .filters--current { color: $foreground; text-style: bold; }
        & > .filters--value { color: $foreground; text-style: bold; }
        & > .filters--dim { color: $text-disabled; }
        & > .filters--mark { color: $text-primary; }
        & > .filters--error { color: $text-error; text-style: bold; }
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
        """The user left the filters; what was typed stays."""

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
        self.form = FilterFields(today, zone)
        self.suggest: Suggest = no_suggestions
        """Called with a parameter's name and what is typed of its value, of several ids the last one. The line for custom filters
        has the name ``ADD``; a value suggested there ends in ``=``."""
        self.keys: Mapping[str, str] = actions_of(Pane.FILTERS)
        self._form_layout = FormLayout(0)
        self._look_up = ""
        self._index = 1
        self._finding: _Finding | None = None
        self._suggestions: tuple[Suggestion, ...] = ()
        self._is_active = False
        """Whether the editor has the focus, or is about to."""
        self._slot = _Slot(classes="slot")
        self._made_editor: LineInput | None = None

    def compose(self) -> ComposeResult:
        yield self._slot

    # What it holds

    @property
    def look_up(self) -> str:
        """What the rows in view were looked up by, shown on the first line; "" where they are a search's."""
        return self._look_up

    @look_up.setter
    def look_up(self, text: str) -> None:
        if text != self._look_up:
            self._look_up = text
            if self._field.name == LOOK_UP:
                self._fill_editor()
            self._redraw()

    def show_query(self, query: Query) -> None:
        """Show the filters of *query*, and no others. Posts nothing."""
        self._stop_finding()
        name = self._field.name
        self.form.show(query)
        self._stand_on(name)

    # Keys and typing

    def key_pressed(self, key: str) -> bool:
        """Carry out *key* if it is one of the panel's; whether it was. Called by the editor."""
        return self.perform_action(self.keys.get(key, ""), at_end_only=key == "right")

    def perform_action(self, action: str, *, at_end_only: bool = False) -> bool:
        """Do *action*, one of the pane ``filters`` in the catalogue of keys; whether it was one that does something now.

        *at_end_only* leaves what would complete the text to the cursor, unless that is at its end.
        """
        if self._finding is not None:
            return self._perform_finding(self._finding, action)
        match action:
            case "search":
                self._search()
            case "next_field":
                self.go(self._index + 1)
            case "previous_field":
                self.go(self._index - 1)
            case "next_group":
                self.go(self.form.next_group(self._index))
            case "previous_group":
                self.go(self.form.previous_group(self._index))
            case "first_field":
                self.go(0)
            case "last_field":
                self.go(len(self.form) - 1)
            case "empty":
                self._editor.clear()
            case "find":
                self._start_finding()
            case "take":
                return self._take_best(at_end_only=at_end_only)
            case "leave":
                self._stand_on(self._settle())
                self._part_with(self.Left())
            case _:
                return False
        return True

    def text_changed(self, text: str) -> None:
        """Take over what is in the editor now. Called by the editor."""
        if self._finding is not None:
            self._find(self._finding, text)
            return
        field = self._field
        if field.name == LOOK_UP:
            if text:
                self._editor.clear()
                self._part_with(self.LookUpWanted(text))
        elif text != one_line(field.text):
            field.text = text
            field.error = field.remark = ""
            self._offer(self._suggested() if text else ())

    def _search(self) -> None:
        name = self._field.name
        if name == LOOK_UP:
            self._part_with(self.LookUpWanted(""))
            return
        self._offer(())
        try:
            query = self.form.query()
        except FilterError as error:
            self._stand_on(error.name)
        else:
            self._stand_on(name)
            self._part_with(self.Submitted(query))

    def _part_with(self, message: Message) -> None:
        """Post *message*, upon which the focus goes elsewhere, and what is typed from now on with it."""
        self.post_message(message)
        if self.screen.focused is self._editor:
            self._editor.pause_input()

    # Moving

    @property
    def _field(self) -> FilterField:
        """The field in focus, or that had it last."""
        return self.form[self._index]

    def go(self, index: int) -> None:
        """Leave the field in focus for the one at *index*, or the nearest there is."""
        name = self.form[max(0, min(index, len(self.form) - 1))].name
        self._settle()
        self._stand_on(name)

    def _settle(self) -> str:
        """Check the field in focus as if it were left; return its name."""
        self._stop_finding()
        self._suggestions = ()
        name = self._field.name
        self.form.settle(self._field)
        return name

    def _stand_on(self, name: str) -> None:
        """Put the editor on the field *name* now that fields may have come or gone; if it is gone, on what has its place."""
        index = self.form.index_of(name)
        self._index = min(self._index, len(self.form) - 1) if index is None else index
        self._suggestions = ()
        self._fill_editor()
        self._redraw()

    # Suggestions

    def _typed(self) -> str:
        """Return what is being completed: of several ids the last."""
        text = self._field.text
        return text.rpartition(",")[2].lstrip() if self._field.takes_many else text

    def _suggested(self) -> tuple[Suggestion, ...]:
        typed = self._typed()
        return matching(self.suggest(self._field.name, typed), typed, SUGGESTIONS_SHOWN)

    def _offer(self, found: tuple[Suggestion, ...]) -> None:
        """Show *found* below the field, and the best behind the cursor; of a known value just its label."""
        typed = self._typed()
        exact = next((each for each in found if each.value == typed), None)
        self._suggestions = () if exact is not None else found
        best = exact or next(iter(found), None)
        self._editor.ghost = rest(best, typed) if best is not None else ""
        self._redraw()

    def _take_best(self, *, at_end_only: bool) -> bool:
        editor = self._editor
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
        self._editor.put(text[: len(text) - len(self._typed())] + suggestion.value)

    # Finding a filter

    def _start_finding(self) -> None:
        self._stand_on(self._settle())
        self._finding = _Finding(self._index, [])
        self._fill_editor()
        self._redraw()

    def _stop_finding(self) -> None:
        if self._finding is not None:
            self._finding = None
            self._fill_editor()
            self._redraw()

    def _find(self, finding: _Finding, text: str) -> None:
        finding.found, finding.at = self.form.find(text), 0
        self._index = finding.found[0] if finding.found else finding.origin
        self._editor.ghost = " · none" if text.strip() and not finding.found else ""
        self._redraw()

    def _perform_finding(self, finding: _Finding, action: str) -> bool:
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
                self._editor.clear()
            case _:
                return bool(action)
        return True

    # The editor

    @property
    def _editor(self) -> LineInput:
        """The editor, made when it is first needed."""
        if self._made_editor is None:
            from lead_tui.ui.widgets.line_input import LineInput

            self._made_editor = LineInput(self)
            self._fill_editor()
            self._slot.mount(self._made_editor)
            # From here on the editor is the stop for tab and mouse.
            self.can_focus = False
        return self._made_editor

    def _fill_editor(self) -> None:
        """Have the editor, if there is one, hold the value in focus, or nothing yet while finding."""
        editor, field = self._made_editor, self._field
        if editor is None:
            return
        editor.ghost = ""
        editor.read_paste = None
        if self._finding is not None:
            editor.placeholder = "part of a name"
            editor.put("")
            return
        editor.read_paste = field.read_paste
        if field.name == LOOK_UP:
            look_up = truncate(one_line(self._look_up), self._form_layout.editor(field)[1])
            editor.placeholder = look_up or self._form_layout.look_up_hint(field)
        else:
            editor.placeholder = self._form_layout.placeholder(field)
        editor.put(one_line(field.text))

    def _place_editor(self) -> None:
        """Put the editor, if there is one, over the value in focus, or over the foot while finding.

        The one thing here that needs a layout, if the editor moves.
        """
        if self._made_editor is None:
            return
        if self._finding is not None:
            x, y = MARK_WIDTH + len(_FIND_LABEL), self.page
            width = self._form_layout.width - x
        else:
            x, width = self._form_layout.editor(self._field)
            y = self._line_of_field(self._lines) - self.top
        is_in_view = self._is_active and y >= 0 and (y < self.page or self._finding is not None)
        self._slot.styles.offset = (x, y if is_in_view else _OUT_OF_VIEW)
        self._slot.styles.width = max(1, width)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the editor, and at once: keys that are on their way find it there."""
        if self.is_attached:
            editor = self._editor
            self._activate(True)
            self.screen.set_focus(editor, scroll_visible=False)
            editor.resume_input()
        return self

    def _activate(self, active: bool) -> None:
        if active == self._is_active:
            return
        self._is_active = active
        if active:
            self._redraw()
        else:
            self._stand_on(self._settle())

    # Drawing

    def _line_of_field(self, lines: Sequence[DrawnLine]) -> int:
        return next((at for at, line in enumerate(lines) if line.field == self._index), 0)

    def _lay_out(self, *, drawing: bool = False) -> None:
        width = max(1, self.size.width - 1)
        if self._form_layout != (layout := FormLayout(width)):
            self._form_layout = layout
            self._fill_editor()
        self._redraw(drawing=drawing)

    def _redraw(self, *, drawing: bool = False) -> None:
        """Bring what is shown up to date, with the field in focus in view."""
        if not self.size.area:
            # Not displayed: with no lines to be seen in, the view would end up anywhere.
            return
        marked = self._index if self._is_active else -1
        lines = self._form_layout.lines(self.form, self._look_up, marked, edited=self._is_active and not self._finding)
        first = self._line_of_field(lines)
        last = next((at for at in range(first, len(lines)) if lines[at].field != self._index), len(lines)) - 1
        if first and lines[first - 1].field < 0:
            first -= 1
        top = self.top_showing(first, last, len(lines)) if self._is_active else self.top
        self._suggest_over(lines, top)
        self.show_lines(lines, self._foot_line(), top, drawing=drawing)
        self._place_editor()

    def _suggest_over(self, lines: list[DrawnLine], top: int) -> None:
        """Lay the suggestions over the lines below the field in focus, or over those above it where there is no room below."""
        if not self._suggestions:
            return
        over = self._form_layout.suggestions(self._suggestions, self._key_of("take"))
        at = self._line_of_field(lines)
        below = at + 1
        first = below if below + len(over) <= min(len(lines), top + self.page) else max(0, at - len(over))
        lines[first : first + len(over)] = over

    def _foot_line(self) -> DrawnLine:
        if self._finding is not None:
            return DrawnLine((("mark", CURSOR), ("current", _FIND_LABEL)))
        if not self._is_active:
            return DrawnLine(())
        hint = "" if self._field.text else self._form_layout.further_hint(self._field)
        return self._form_layout.foot(hint or f"{self._key_of('search')} search", f"{self._key_of('find')} find")

    def _key_of(self, action: str) -> str:
        key = next((key for key, named in self.keys.items() if named == action), "")
        return shown(key, plain=self.app.has_class("-ascii"))

    def render_line(self, y: int) -> Strip:
        if self._form_layout.width != self.size.width - 1:
            # The first time around, or in another width: all of it is being drawn.
            self._lay_out(drawing=True)
        return super().render_line(y)

    # Events

    def on_resize(self) -> None:
        self._lay_out()

    def scroll_lines(self, by: int) -> None:
        super().scroll_lines(by)
        self._place_editor()

    def on_focus(self) -> None:
        """Hand the focus on to the editor, if it is still here: a key may have taken it elsewhere meanwhile."""
        if self.screen.focused is self:
            self.focus()

    def on_descendant_focus(self) -> None:
        self._activate(True)

    def on_descendant_blur(self) -> None:
        self._activate(False)

    def on_key(self, event: events.Key) -> None:
        """Carry out what arrived here while the focus was being handed on."""
        if self.has_focus:
            if event.is_printable and event.character is not None:
                self._editor.insert_text_at_cursor(event.character)
                event.stop()
            elif self.key_pressed(event.key):
                event.stop()

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
            self.go(line.field)
            if self._field.name == LOOK_UP:
                self.post_message(self.LookUpWanted(""))
        elif offset.y == self.page:
            self._start_finding()
