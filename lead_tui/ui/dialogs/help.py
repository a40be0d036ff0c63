"""The help dialog: the keys that act in the pane from which it was opened, and everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from lead_tui.keys.catalogue import CATALOGUE, LISTS, Key, Pane, hint, names, of_pane
from lead_tui.leads.cells import cell_width, fit, wrap
from lead_tui.ui.dialogs.base import Dialog

TITLES = {
    Pane.APP: "Everywhere, text inputs and dialogs included",
    Pane.MAIN: "On the main screen",
    Pane.TABLE: "In the table of leads",
    Pane.FILTERS: "In the filters",
    Pane.DETAIL: "In the detail of a lead",
    Pane.DIALOG: "In any dialog",
    Pane.CONFIRM: "In a confirmation",
    Pane.HELP: "In this help",
    Pane.QUERIES: "In the saved queries",
    Pane.OFFER: "In the load dialog",
    Pane.EXPORT: "In the export dialog",
    Pane.SORTING: "In the sort dialog",
    Pane.COLUMNS: "In the column dialog",
    Pane.COPY: "In the copy menu",
    Pane.LIST: "In any list",
    Pane.COUNT: "In the counts",
    Pane.RECENT: "In the recent searches",
}

NAMES = {
    Pane.APP: "everywhere",
    Pane.MAIN: "main screen",
    Pane.TABLE: "table",
    Pane.FILTERS: "filters",
    Pane.DETAIL: "lead",
    Pane.DIALOG: "dialogs",
    Pane.CONFIRM: "question",
    Pane.HELP: "help",
    Pane.QUERIES: "saved queries",
    Pane.OFFER: "load all",
    Pane.EXPORT: "export",
    Pane.SORTING: "sort",
    Pane.COLUMNS: "columns",
    Pane.COPY: "copy menu",
    Pane.LIST: "lists",
    Pane.COUNT: "counts",
    Pane.RECENT: "recent searches",
}

_IN_DIALOGS = (
    Pane.DIALOG,
    Pane.CONFIRM,
    Pane.HELP,
    Pane.QUERIES,
    Pane.COLUMNS,
    Pane.COPY,
    Pane.OFFER,
    Pane.EXPORT,
    Pane.SORTING,
    *LISTS,
)

_WIDEST_KEYS = 24
_GAP = 2

_NOTES = (
    "Letters typed in a text input are always text.",
    "lead-tui where, in a shell, tells where settings and saved queries lie.",
)


@dataclass(frozen=True, slots=True)
class Section:
    """Keys that count in one place."""

    title: str
    keys: tuple[Key, ...]


def sections_of(pane: Pane, keys: Sequence[Key]) -> list[Section]:
    """The keys that act in *pane*: its own, then those of what it lies in."""
    around = (Pane.DIALOG, Pane.APP) if pane in _IN_DIALOGS else (Pane.MAIN, Pane.APP)
    found: list[Section] = []
    for each in dict.fromkeys((pane, *around)):
        title = "Outside text inputs" if each is Pane.MAIN and pane is Pane.FILTERS else TITLES[each]
        # A key that was taken away stands for nothing.
        if own := tuple(key for key in of_pane(each, keys) if key.keys):
            found.append(Section(title, own))
    return found


def help_lines(sections: Sequence[Section], width: int, rule: str = "─") -> list[tuple[str, str]]:
    """The help in lines of at most *width* cells, each as what stands left of its sentence and the sentence, or a part of it.

    A heading has only the left part, and begins with *rule*.
    """
    widest = max((cell_width(names(key)) for section in sections for key in section.keys), default=0)
    left = min(widest, _WIDEST_KEYS, max(1, width // 3)) + _GAP
    lines: list[tuple[str, str]] = []
    for section in sections:
        if lines:
            lines.append(("", ""))
        heading = f"{rule} {section.title} "
        lines.append((fit(heading + rule * max(0, width - cell_width(heading)), width), ""))
        for key in section.keys:
            said = list(wrap(key.sentence, max(1, width - left)))
            written = list(wrap(names(key), left - _GAP))
            lines.extend((fit(key_part, left), sentence) for key_part, sentence in zip_longest(written, said, fillvalue=""))
    lines.append(("", ""))
    lines.extend(("", line) for note in _NOTES for line in wrap(note, width))
    return lines


class _Lines(Widget):
    """The help, as long as it is."""

    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__()
        self._sections = sections
        self.rule = "─"

    def lines(self, width: int) -> list[tuple[str, str]]:
        """The help in lines of *width* cells."""
        return help_lines(self._sections, max(1, width), self.rule)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One for each line."""
        return len(self.lines(width))

    def render(self) -> Content:
        """Headings and keys bold."""
        parts: list[Content] = []
        for left, said in self.lines(self.size.width):
            parts.append(Content.assemble((left, "bold"), said))
        return Content("\n").join(parts)


class _Body(VerticalScroll, inherit_bindings=False):
    """What scrolls."""


class Help(Dialog[None]):
    """Shows the keys of *pane*, from the effective *keys*."""

    DEFAULT_CSS = """
    Help {
        & > .box { width: 76; height: auto; }
        & _Body {
            height: auto;
            max-height: 78vh;
            scrollbar-size-vertical: 1;
            scrollbar-color: $primary;
            scrollbar-background: $background;
            scrollbar-background-hover: $background;
            scrollbar-background-active: $background;
        }
        &.-ascii _Body { scrollbar-size-vertical: 0; }
        & _Lines { height: auto; width: 100%; }
    }
    """

    AUTO_FOCUS = "_Body"

    def __init__(self, pane: Pane, keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(Pane.HELP, keys)
        self._pane = pane
        self._box = Vertical(classes="box")
        self._body = _Body()
        self._lines = _Lines(sections_of(pane, self.keys))

    def compose(self) -> ComposeResult:
        self._lines.rule = "-" if self.is_ascii else "─"
        self._box.border_title = Content(f"Keys: {NAMES[self._pane]}")
        with self._box, self._body:
            yield self._lines

    def on_mount(self) -> None:
        self.watch(self._body, "scroll_y", self._tell_place, init=False)
        self.be_ready()

    def on_resize(self) -> None:
        self.call_after_refresh(self._tell_place)

    def _tell_place(self) -> None:
        length, page, top = self._body.virtual_size.height, self._body.size.height, round(self._body.scroll_offset.y)
        close = hint(self.keys, "dialog.close")
        if length > page > 0:
            moves = " ".join(hint(self.keys, f"help.{each}", " ").strip() for each in ("down", "up", "page_down"))
            said = f"{top + 1}–{min(length, top + page)} of {length} · {moves} · {close}"
        else:
            said = close
        self._box.border_subtitle = Content(said)

    def _scroll(self, by: int) -> None:
        self._body.scroll_relative(y=by, animate=False, immediate=True)

    def _page(self) -> int:
        return max(1, self._body.size.height - 1)

    def action_down(self) -> None:
        self._scroll(1)

    def action_up(self) -> None:
        self._scroll(-1)

    def action_page_down(self) -> None:
        self._scroll(self._page())

    def action_page_up(self) -> None:
        self._scroll(-self._page())

    def action_top(self) -> None:
        self._body.scroll_home(animate=False, immediate=True)

    def action_bottom(self) -> None:
        self._body.scroll_end(animate=False, immediate=True)

    def action_close(self) -> None:
        self.finish(None)
