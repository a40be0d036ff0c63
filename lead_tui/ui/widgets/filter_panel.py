"""The filter panel: what keys, typing and the mouse do in the form, and the messages that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Self

from textual import events
from textual.message import Message

from lead_tui.leads.errors import FilterError
from lead_tui.leads.query import Query
from lead_tui.leads.text import one_line
from lead_tui.limits import MAX_SUGGESTIONS, SUGGESTION_LINES
from lead_tui.ui.widgets.drawn_list import DrawnLine
from lead_tui.ui.widgets.filter_fields import LOOK_UP, FilterFields, Suggest, Suggestion, SuggestionList, matching
from lead_tui.ui.widgets.filter_view import FilterView

if TYPE_CHECKING:
    from lead_tui.ui.widgets.line_input import LineInput


class FilterPanel(FilterView, can_focus=True):
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
        super().__init__(FilterFields(today, zone))
        self.suggest: Suggest = lambda _name, _typed: ()
        """Called with a parameter's name and the text typed so far, the last one of several ids. The line for custom filters
        has the name ``ADD``; a value suggested there ends in ``=``."""

    def show_query(self, query: Query, look_up: str = "") -> None:
        """Show the filters of *query*, and no others; or *look_up*, the text that was looked up. Posts nothing."""
        self._look_up = look_up
        name = self._field.name
        self.form.show(query)
        self._edit_field(name)

    # Keys and typing

    def key_pressed(self, key: str) -> bool:
        """Handle *key* if it is one of the panel's, and return whether it was. Called by the editor."""
        return self.perform_action(self.keys.get(key, ""), at_end_only=key == "right")

    def perform_action(self, action: str, *, at_end_only: bool = False) -> bool:
        """Do *action*, one of the pane ``filters`` in the catalogue of keys; return whether it did something.

        *at_end_only* leaves keys that would complete the text to the cursor unless it is at the end.
        """
        if self._list.suggestions and self._perform_in_list(action):
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
                self._editor.clear()
            case "find":
                self._post_and_pause(self.FindWanted())
            case "take":
                return self._complete(at_end_only=at_end_only)
            case "leave":
                self.go(index)
                self._post_and_pause(self.Left())
            case _:
                return False
        return True

    def text_changed(self, text: str) -> None:
        """Take over the editor's text. Called by the editor."""
        field = self._field
        if field.name == LOOK_UP:
            if text:
                self._editor.clear()
                self._post_and_pause(self.LookUpWanted(text))
        elif text != one_line(field.text):
            field.text = text
            field.error = field.remark = ""
            if text:
                self._open_list()
            else:
                self._close_list()

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
        if self.screen.focused is self._editor:
            self._editor.pause_input()

    # Moving

    def go(self, index: int) -> None:
        """Validate the field in focus, and move to the one at *index*, or the nearest one."""
        name = self.form.fields[max(0, min(index, len(self.form.fields) - 1))].name
        self.form.validate(self._field)
        self._edit_field(name)

    def find(self, text: str) -> bool:
        """Go to the filter that matches *text* best; return whether one does."""
        found = self.form.find(text)
        if found:
            self.go(found[0])
        return bool(found)

    def _edit_field(self, name: str) -> None:
        """Put the editor on the field *name* now that fields may have been added or removed; if it was removed, on the one in its
        place."""
        index = self.form.index_of(name)
        self._index = min(self._index, len(self.form.fields) - 1) if index is None else index
        self._list = SuggestionList()
        self._fill_editor()
        self._redraw()

    # Suggestions

    def _typed(self) -> str:
        """Return the text to be completed: the last one of several ids."""
        text = self._field.text
        return text.rpartition(",")[2].lstrip() if self._field.takes_many else text

    def _open_list(self) -> None:
        """List below the field what completes it, unless that is only what was typed."""
        typed = self._typed()
        self._list = SuggestionList(matching(self.suggest(self._field.name, typed), typed, MAX_SUGGESTIONS), typed, is_open=True)
        if [each.value for each in self._list.suggestions] == [typed]:
            self._list.suggestions = ()
        self._redraw()

    def suggestions_changed(self) -> None:
        """Update the list of what completes the text, if it is open and nothing is chosen in it: more is known now."""
        if self._list.is_open and self._list.highlighted < 0:
            self._open_list()

    def _close_list(self) -> None:
        self._list = SuggestionList()
        self._redraw()

    def _perform_in_list(self, action: str) -> bool:
        highlighted = self._list.highlighted
        moves = {"next_field": 1, "next_group": SUGGESTION_LINES}
        if highlighted >= 0:
            moves |= {"previous_field": -1, "previous_group": -min(SUGGESTION_LINES, highlighted)}
        if action in moves:
            self._list.move(moves[action])
            self._redraw()
        elif action in ("search", "take") and highlighted >= 0:
            self._accept(self._list.suggestions[highlighted])
        elif action == "leave":
            self._close_list()
        else:
            return False
        return True

    def _complete(self, *, at_end_only: bool) -> bool:
        """Complete the text with the best suggestion, or list suggestions for an empty field."""
        editor, best = self._editor, self._list.best
        if at_end_only and not editor.cursor_at_end:
            return False
        if best is not None and best.value != self._list.typed:
            self._accept(best)
        elif at_end_only and not editor.value and self._field.name != LOOK_UP:
            self._open_list()
        else:
            return False
        return True

    def _accept(self, suggestion: Suggestion) -> None:
        text = self._field.text
        self._editor.put(text[: len(text) - len(self._typed())] + suggestion.value)
        if not suggestion.value.endswith("="):
            self._list = SuggestionList()
        self._redraw()

    # The editor

    @property
    def _editor(self) -> LineInput:
        """The editor, made when it is first needed."""
        if self._line is None:
            from lead_tui.ui.widgets.line_input import LineInput

            self._line = LineInput(self)
            self.mount(self._line)
            self._fill_editor()
            # From now on, tab and mouse go to the editor.
            self.can_focus = False
        return self._line

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the editor immediately: keys that are already on their way find it there."""
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
            self.go(self._index)

    # Events

    def on_focus(self) -> None:
        if self.screen.focused is self:
            self.focus()

    def on_descendant_focus(self) -> None:
        self._activate(True)

    def on_descendant_blur(self) -> None:
        self._activate(False)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to the field, accept the suggestion, or ask for the name of a filter."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        line = self.line_at(offset.y) or DrawnLine(())
        suggestions = self._list.suggestions
        self.focus()
        if line.suggestion >= 0:
            self._accept(suggestions[line.suggestion])
        elif line.field >= 0:
            self.go(line.field)
            if self._field.name == LOOK_UP:
                self.post_message(self.LookUpWanted(""))
        elif offset.y == self.page:
            self.perform_action("find")
