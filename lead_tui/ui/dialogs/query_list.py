"""The list of saved queries: a line for each, with its digit, its name, what it asks, and its marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.content import Content, Span
from textual.strip import Strip
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from lead_tui.leads.cells import cell_width, fit
from lead_tui.leads.text import one_line
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.ui.widgets.textual_fixes import PageKeys

_MARKED = Style(reverse=True)

_GAP = 2
_DIGIT = 1
NAME_AT = _DIGIT + _GAP
"""The cell at which names begin."""

_MIN_NAME = 8
_MIN_SUMMARY = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A query in the list."""

    saved: SavedQuery
    positions: tuple[int, ...] = ()
    """Of the characters of its name that a search found."""


@dataclass(frozen=True, slots=True)
class Widths:
    """Cells of the columns behind the digit; 0 where one is not shown."""

    name: int
    summary: int
    marks: int


def marks_of(saved: SavedQuery) -> str:
    """``start``, ``read-only``, both or "", in words."""
    return " ".join(mark for mark, holds in (("start", saved.start), ("read-only", saved.read_only)) if holds)


def summary_of(saved: SavedQuery) -> str:
    """What the query asks, in a line."""
    return one_line(saved.query.summary()) or "all leads"


def widths_for(queries: Sequence[SavedQuery], width: int) -> Widths:
    """How *width* cells are shared out: marks whole, names up to half of the rest, then the summary."""
    marks = max((cell_width(marks_of(saved)) for saved in queries), default=0)
    rest = max(1, width - NAME_AT - (marks + _GAP if marks else 0))
    longest = max((cell_width(one_line(saved.name)) for saved in queries), default=0)
    name = min(max(longest, _MIN_NAME), max(_MIN_NAME, rest // 2))
    summary = rest - name - _GAP
    return Widths(min(rest, longest), 0, marks) if summary < _MIN_SUMMARY else Widths(name, summary, marks)


def line_of(row: Row, widths: Widths) -> Content:
    """*row* in a line."""
    saved = row.saved
    name = one_line(saved.name)
    parts = [saved.key or " ", fit(name, widths.name)]
    if widths.summary:
        parts.append(fit(summary_of(saved), widths.summary))
    if widths.marks:
        parts.append(marks_of(saved).rjust(widths.marks))
    shown = len(fit(name, widths.name).rstrip())
    # The ellipsis of a name that was cut is no character of it.
    whole = shown if cell_width(name) <= widths.name else shown - 1
    spans = [Span(NAME_AT + at, NAME_AT + at + 1, "underline") for at in row.positions if at < whole]
    return Content((" " * _GAP).join(parts), [Span(NAME_AT, NAME_AT + shown, "bold"), *spans])


class QueryList(PageKeys, OptionList, inherit_bindings=False):
    """Shows rows, one of them marked. The dialog decides which keys move the mark."""

    DEFAULT_CSS = """
    QueryList {
        height: auto;
        min-height: 1;
        max-height: 60vh;
        padding: 0;
        border: none;
        background: transparent;
        scrollbar-size-vertical: 1;
        scrollbar-color: $primary;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        &:focus { border: none; background-tint: transparent; }
        & > .option-list--option-highlighted {
            color: $foreground;
            background: transparent;
        }
        &:focus > .option-list--option-highlighted {
            color: $foreground;
            background: transparent;
        }
        & > .option-list--option-disabled { color: $text-muted; }
        & > .option-list--option-hover { background: transparent; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._rows: tuple[Row, ...] = ()
        self._note = ""
        self._among: tuple[SavedQuery, ...] = ()
        self._laid_out = 0

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._rows

    @property
    def current(self) -> SavedQuery | None:
        """The marked query."""
        at = self.highlighted
        return self._rows[at].saved if at is not None and at < len(self._rows) else None

    @property
    def widths(self) -> Widths:
        """The widths of the columns, which hold for all queries, found by the search or not."""
        return widths_for(self._among, max(1, self._laid_out))

    @property
    def current_line(self) -> int:
        """The visible line of the marked query, from 0."""
        return (self.highlighted or 0) - self.scroll_offset.y

    def show(self, rows: Sequence[Row], among: Sequence[SavedQuery], at: int = 0, note: str = "") -> None:
        """Show *rows*, which were found *among* all queries, the row *at* marked; *note* stands where there is none."""
        self._rows, self._among, self._note = tuple(rows), tuple(among), note
        self._lay_out(at)

    def on_resize(self) -> None:
        if self.scrollable_content_region.width != self._laid_out:
            self._lay_out(self.highlighted or 0)

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        marked = bool(self._rows) and self.highlighted == self.scroll_offset.y + y
        return strip.apply_style(_MARKED) if marked else strip

    def _lay_out(self, at: int) -> None:
        self._laid_out = self.scrollable_content_region.width
        widths = self.widths
        if self._rows:
            # An option is a line, whatever a name holds: a wrapped one would put the rename's line elsewhere.
            self.set_options([Option(line_of(row, widths)) for row in self._rows])
            self.highlighted = max(0, min(at, len(self._rows) - 1))
        else:
            self.set_options([Option(Content(self._note), disabled=True)] if self._note else [])
