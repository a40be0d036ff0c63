"""The filter panel as it is drawn: the form, the list of suggestions over it, a foot with keys, and one editor.

Two dozen inputs would cost half of the startup time. So every filter is a drawn line, repainted where it differs, and the one
editor lies over the line in focus. While something else has the focus, the editor is out of view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from lead_tui.keys.catalogue import Pane, actions_of, shown
from lead_tui.leads.cells import truncate
from lead_tui.leads.text import one_line
from lead_tui.limits import SUGGESTION_LINES
from lead_tui.ui.widgets.drawn_list import CURSOR, DrawnLine, DrawnList
from lead_tui.ui.widgets.filter_fields import LOOK_UP, FilterField, FilterFields
from lead_tui.ui.widgets.filter_lines import MARK_WIDTH, FormLayout
from lead_tui.ui.widgets.suggestion import SuggestionList
from lead_tui.ui.widgets.textual_fixes import OneLayout

if TYPE_CHECKING:
    from lead_tui.ui.widgets.line_input import LineInput

_FIND_LABEL = "Find "
_OUT_OF_VIEW = -3
"""A line above the content."""


class _EditorPlace(OneLayout, Widget):
    """Holds the editor, which is mounted late: mounted into the panel itself it would have all of that repainted, twice."""

    DEFAULT_CSS = """
    _EditorPlace { position: absolute; offset: 0 -3; width: 1; height: 1; overflow: hidden hidden; }
    """


class FilterView(DrawnList):
    """Draws *form*: the field at ``_index`` is marked while the panel is active, and ``_list`` lies below it."""

    DEFAULT_CSS = """
    FilterView {
        width: 27;
        height: 1fr;
        overflow: hidden hidden;
        border: round $border-blurred;
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
    }
    """

    STYLES = "filters--"

    def __init__(self, form: FilterFields) -> None:
        super().__init__()
        self.border_title = Content("Filters")
        self.form = form
        self.keys: Mapping[str, str] = actions_of(Pane.FILTERS)
        self._form_layout = FormLayout(0)
        self._look_up = ""
        """What the rows in view were looked up by, shown on the first line; "" where they are a search's."""
        self._index = 1
        self._origin: int | None = None
        """The field to return to, while the find box is open."""
        self._found: list[int] = []
        """The fields found there."""
        self._list = SuggestionList()
        self._is_active = False
        """Whether the editor has the focus, or is about to."""
        self._editor_place = _EditorPlace()
        self._line: LineInput | None = None
        """The editor, once a field has been edited."""

    def compose(self) -> ComposeResult:
        yield self._editor_place

    @property
    def _field(self) -> FilterField:
        """The field in focus, or that had it last."""
        return self.form[self._index]

    def _fill_editor(self) -> None:
        """Have the editor hold the value in focus, or nothing yet while finding."""
        line, field, layout = self._line, self._field, self._form_layout
        if line is None:
            return
        line.ghost = ""
        if self._origin is not None:
            line.placeholder, line.read_paste = "part of a name", None
            line.put("")
            return
        look_up = truncate(one_line(self._look_up), layout.room(field)) or layout.look_up_hint(field)
        line.placeholder = look_up if field.name == LOOK_UP else layout.placeholder(field)
        line.read_paste = field.read_paste
        line.put(one_line(field.text))

    def _place_editor(self) -> None:
        """Put the editor over the value in focus, or over the foot while finding.

        The one thing here that needs a layout, if the editor moves.
        """
        if self._line is None:
            return
        width, y = self._form_layout.room(self._field), self._line_of_field(self._lines) - self.top
        is_in_view = self._is_active and 0 <= y < self.page
        if self._origin is not None:
            width, y, is_in_view = self._form_layout.width - MARK_WIDTH - len(_FIND_LABEL), self.page, self._is_active
        self._editor_place.styles.offset = (self._form_layout.width - width, y if is_in_view else _OUT_OF_VIEW)
        self._editor_place.styles.width = max(1, width)

    def _line_of_field(self, lines: Sequence[DrawnLine]) -> int:
        return next((at for at, line in enumerate(lines) if line.field == self._index), 0)

    def lay_out(self) -> None:
        if self._form_layout != (layout := FormLayout(max(1, self.size.width - 1))):
            self._form_layout = layout
            self._fill_editor()
        self._redraw()

    def _redraw(self) -> None:
        """Bring what is shown up to date, with the field in focus in view."""
        if not self.size.area:
            # Not displayed: with no lines to be seen in, the view would end up anywhere.
            return
        marked = self._index if self._is_active else -1
        lines = self._form_layout.lines(self.form, self._look_up, marked, edited=self._is_active and self._origin is None)
        first = self._line_of_field(lines)
        last = next((at for at in range(first, len(lines)) if lines[at].field != self._index), len(lines)) - 1
        if first and lines[first - 1].field < 0:
            first -= 1
        top = self.top_showing(first, last, len(lines)) if self._is_active else self.top
        self._draw_list(lines, top)
        self.show_lines(lines, self._foot_line(), top)
        self._place_editor()

    def _draw_list(self, lines: list[DrawnLine], top: int) -> None:
        """Lay the suggestions over the lines below the field in focus, or over those above it where there is more room."""
        at = self._line_of_field(lines)
        below, above = top + self.page - at - 1, at - top
        wanted = min(SUGGESTION_LINES, len(self._list.suggestions))
        is_below = below >= min(wanted, above)
        over = self._form_layout.suggestions(self._list, min(wanted, below if is_below else above))
        first = at + 1 if is_below else at - len(over)
        lines[first : first + len(over)] = over

    def _foot_line(self) -> DrawnLine:
        if self._origin is not None:
            return DrawnLine((("mark", CURSOR), ("current", _FIND_LABEL)))
        if not self._is_active:
            return DrawnLine(())
        foot, key = self._form_layout.foot, self._key_of
        if self._list.highlighted >= 0:
            return foot(f"{key('search')} accept", f"{self._list.highlighted + 1:,} of {len(self._list.suggestions):,}")
        if self._list.suggestions:
            return foot(f"{key('next_field')} choose", f"{key('take')} complete")
        hint = "" if self._field.text else self._form_layout.further_hint(self._field)
        return foot(hint or f"{key('search')} search", f"{key('find')} find")

    def _key_of(self, action: str) -> str:
        return shown(next((key for key, named in self.keys.items() if named == action), ""), plain=self.app.has_class("-ascii"))

    def on_resize(self) -> None:
        self.lay_out()

    def scroll_lines(self, by: int) -> None:
        super().scroll_lines(by)
        self._place_editor()
