"""Dialogs with a list, whose mark the keys move, and with a line to search the list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partialmethod
from typing import Any, ClassVar, Final, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ScreenResultType
from textual.widget import Widget
from textual.widgets import Static

from lead_tui.keys.catalogue import Key, Pane
from lead_tui.leads.text import cell_width, clean, joined, truncate, wrap_hints
from lead_tui.ui.dialogs.dialog import Dialog
from lead_tui.ui.widgets.drawn_list import DrawnLine, DrawnList, steps, within
from lead_tui.ui.widgets.line_input import LineInput

Item = TypeVar("Item")

# The keys of a search line that move the mark.
_MOVES: Final = {"up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down"}


class MarkedList(DrawnList, can_focus=True):
    """The lines of *dialog*."""

    def __init__(self, dialog: ListDialog[Any, Any]) -> None:
        super().__init__()
        self._dialog = dialog

    def lay_out(self) -> None:
        self._dialog.draw()

    def scroll_lines(self, by: int) -> None:
        # The mark stays on its line.
        self._dialog.draw_from(self.top + by)


class ListDialog(Dialog[ScreenResultType], Generic[Item, ScreenResultType]):
    """Shows ``items``, each as a line that ``line`` makes, with a mark that the keys of ``Pane.LIST`` move."""

    AUTO_FOCUS = "MarkedList"
    has_mark: ClassVar[bool] = True  # whether a line is marked; else ``marked`` is the first line in view
    MAX_LINES: ClassVar[int] = 16
    WIDTH: ClassVar[int] = 76  # cells of the box, if the screen has them

    def __init__(self, pane: Pane, keys: Sequence[Key], items: Sequence[Item] = ()) -> None:
        super().__init__(pane, keys)
        self.items = items
        self.marked = 0  # the index of the marked line
        self.lines = MarkedList(self)
        self.parts: list[Widget] = [self.lines]  # what is in the box, from top to bottom
        self.box = Vertical(classes="box")
        self.box.styles.width = self.WIDTH
        self.other_lines = 0  # in the box, besides those of the list and its hints

    @property
    def current(self) -> Item | None:
        return self.items[self.marked] if self.marked < len(self.items) else None

    def line(self, index: int, width: int) -> DrawnLine:
        """Make the unmarked line of the item *index*, *width* cells wide."""
        raise NotImplementedError

    def hints(self) -> list[str]:
        """Return the parts of the line below the list; empty ones are left out."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        self.fit_height()
        with self.box:
            yield from self.parts

    def fill(self, widget: Static, *texts: str) -> int:
        """Show the *texts* that are not empty in *widget*, wrapped, and make it as high; return the height in lines."""
        width = min(self.WIDTH, self.app.size.width) - 4  # the border and the padding
        lines = [line for text in texts if text for line in wrap_hints(clean(text), width, "  ")]
        if widget.content != (content := Content("\n".join(lines))):
            widget.update(content)
        widget.styles.height = len(lines)
        return len(lines)

    def fit_height(self) -> None:
        """Make the box as high as its lines need, or as the screen allows."""
        self.lines.styles.height = max(1, min(len(self.items), self.MAX_LINES, self.app.size.height - 5 - self.other_lines)) + 1

    def on_resize(self) -> None:
        self.fit_height()

    def set_titles(self, text: str, subtitle: str = "") -> None:
        """Show *text* and *subtitle*, clean text, in the border."""
        self.box.border_title, self.box.border_subtitle = Content(text), Content(subtitle)

    def draw(self) -> None:
        self.draw_from(self.lines.top_showing(self.marked, self.marked, len(self.items)) if self.has_mark else self.marked)

    def draw_from(self, top: int) -> None:
        width, page, count = max(20, self.lines.size.width - 1), self.lines.page, len(self.items)
        top = within(top, count, page)
        if not self.has_mark:
            self.marked = top
        # Only the lines in view are made: a list may have thousands.
        lines = [DrawnLine()] * count
        for index in range(top, min(top + page, count)):
            line = self.line(index, width)
            if self.has_mark and index == self.marked:
                line = DrawnLine(tuple((name if name == "mark" else "reverse", text) for name, text in line.runs))
            lines[index] = line
        hints = [*filter(None, self.hints())]
        if (excess := cell_width(joined(*hints)) - width) > 0:
            # The longest is about the marked line.
            longest = hints.index(max(hints, key=cell_width))
            hints[longest] = truncate(hints[longest], cell_width(hints[longest]) - excess)
        self.lines.show_lines(lines, DrawnLine((("muted", joined(*hints)),)), top)

    def show_items(self) -> None:
        """Show ``items``, which have been replaced, from the first."""
        self.fit_height()
        self.mark(0)

    def mark(self, index: int) -> None:
        self.marked = within(index, len(self.items))
        self.draw()

    def choose(self) -> None:
        """Close with the marked item, if there is one."""
        if self.current is not None:
            # A subclass whose result is something else overrides this.
            self.finish(self.current)  # type: ignore[arg-type]

    def clicked(self, index: int) -> None:
        self.mark(index)
        self.choose()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self.lines) if self.has_mark and event.widget is self.lines else None
        if offset is not None and self.lines.line_at(offset.y) is not None:
            self.clicked(self.lines.top + offset.y)

    def move(self, movement: str) -> None:
        """Move the mark; *movement* is an action of ``Pane.LIST``."""
        self.mark(self.marked + steps(self.lines.page, len(self.items))[movement])

    action_down = partialmethod(move, "down")
    action_up = partialmethod(move, "up")
    action_page_down = partialmethod(move, "page_down")
    action_page_up = partialmethod(move, "page_up")
    action_top = partialmethod(move, "top")
    action_bottom = partialmethod(move, "bottom")


class SearchDialog(ListDialog[Item, ScreenResultType]):
    """A list with a search line above it; in a dialog with a *pane* of its own, where letters are keys, only during a search."""

    DEFAULT_CSS = """
    SearchDialog {
        & .search { height: 1; display: none; }
        & .search > Static { width: auto; }
        & .search > LineInput { width: 1fr; }
        &.-searching .search { display: block; }
    }
    """

    def __init__(self, keys: Sequence[Key], label: str, items: Sequence[Item] = (), pane: Pane = Pane.DIALOG) -> None:
        self.search_line = LineInput(self)
        self.sought = ""  # the text in the line
        super().__init__(pane, keys, items)
        self.other_lines = 1
        self.label = Static(label, markup=False)
        self.parts.insert(0, Horizontal(self.label, self.search_line, classes="search"))
        self.first_line = self.search_line if pane is Pane.DIALOG else None
        self.set_class(self.first_line is not None, "-searching")

    @property
    def search_hints(self) -> list[str]:
        """The keys of the line, besides enter, in a dialog in which letters are keys."""
        return [f"{self.name_of('up')} {self.name_of('down')} move", "tab to the list", "esc show all"]

    def find(self, text: str) -> None:
        """Put the items that match *text* into ``items``, all for "", and keep the mark on its item if that is among them."""
        raise NotImplementedError

    def action_search(self) -> None:
        self.add_class("-searching")
        self.set_focus(self.search_line, scroll_visible=False)
        self.draw()

    def show_list(self) -> None:
        """Focus the list; the items found stay."""
        self.set_class(bool(self.sought), "-searching")
        self.set_focus(self.lines, scroll_visible=False)
        self.draw()

    def end_search(self) -> None:
        self.sought = ""
        self.search_line.put("")
        self.find("")
        self.show_list()

    def key_pressed(self, key: str) -> bool:
        match key:
            case "enter":
                self.choose()
            case "escape" if self.first_line:
                self.finish(None)
            case "escape":
                self.end_search()
            case "tab" | "shift+tab":
                if not self.first_line:
                    self.show_list()
            case _ if key in _MOVES:
                self.move(_MOVES[key])
            case _:
                return False
        return True

    def text_changed(self, text: str) -> None:
        if text != self.sought:
            self.sought = text
            self.find(text)
            self.mark(0)

    def action_close(self) -> None:
        if self.sought and not self.first_line:
            self.end_search()
        else:
            self.finish(None)
