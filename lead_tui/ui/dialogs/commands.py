"""What the keys do: the help, a cheat sheet of one pane's keys, and the palette, which finds commands by the words people use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate, zip_longest
from typing import Final, NamedTuple

from rich.cells import set_cell_size

from lead_tui.keys.catalogue import CATALOGUE, MOVEMENTS, Key, Pane, names, of_pane, panes_in
from lead_tui.leads.text import cell_width, fit, ranked
from lead_tui.ui.dialogs.list_dialog import ListDialog, SearchDialog
from lead_tui.ui.widgets.drawn_list import DrawnLine, Run

# The help

_NAMES: Final = {
    Pane.APP: "everywhere",
    Pane.MAIN: "main screen",
    Pane.DETAIL: "lead",
    Pane.DIALOG: "dialogs",
    Pane.CONFIRM: "question",
    Pane.QUERIES: "saved queries",
    Pane.OFFER: "load all",
    Pane.SORTING: "sort",
    Pane.COPY: "copy menu",
    Pane.LIST: "lists",
    Pane.COUNT: "counts",
    Pane.RECENT: "recent searches",
}
"""Names of panes that differ from those in the ids of keys."""

_OPPOSITES: Final = {"next": "previous", "down": "up", "top": "bottom", "left": "right", "first": "last", "wider": "narrower"}
"""Words in the names of actions that may share an entry."""

_KEY_WIDTH: Final = 12  # cells for keys: second names of a key that do not fit are left to the documents
_WORDS_WIDTH: Final = 13
_MIN_COLUMN: Final = 23
_GAP: Final = 2


class HelpEntry(NamedTuple):
    """A line of a column: the names of a key and what it does; without names, the heading of a section."""

    names: tuple[str, ...]
    words: str


def sections_of(pane: Pane, keys: Sequence[Key]) -> dict[Pane, list[Key]]:
    """Return the keys that act in *pane*, its own first; in the filters, letters are text."""
    panes = panes_in(pane) if pane is not Pane.FILTERS else (pane, Pane.APP)
    return {each: found for each in panes if (found := [key for key in of_pane(each, keys) if key.keys])}


def entries_of(sections: Mapping[Pane, Sequence[Key]]) -> Iterator[HelpEntry]:
    """Yield a heading for each section and an entry for each key; opposites such as ``down`` and ``up`` share one."""
    for pane, keys in sections.items():
        yield HelpEntry((), _NAMES.get(pane, pane.value).capitalize())
        by_action = {key.action: key for key in keys}
        for key in keys:
            if key.action not in by_action:
                continue
            opposites = (key.action.replace(one, other) for one, other in _OPPOSITES.items() if one in key.action)
            opposite = next((by_action.pop(each) for each in opposites if each in by_action), None)
            pairs = zip_longest(*(names(each).split() for each in (key, opposite) if each))
            words = key.short_title
            if opposite is not None and " " not in words:
                words = f"{words}, {opposite.short_title}"
            yield HelpEntry(tuple("/".join(filter(None, pair)) for pair in pairs), words)


def columns_of(entries: Sequence[HelpEntry], width: int, height: int) -> list[list[HelpEntry]]:
    """Lay *entries* out in columns for *width* cells: in two, or more if two need more than *height* lines."""
    most = max(1, (width + _GAP) // (_MIN_COLUMN + _GAP))
    lines = -(-len(entries) // min(most, max(2, -(-len(entries) // height))))
    while True:
        columns = [list(entries[start : start + lines]) for start in range(0, len(entries), lines)]
        if all(column[-1].names for column in columns):
            return columns
        # A heading is never alone at the foot of a column.
        lines += 1


class Help(ListDialog[DrawnLine, None]):
    """Shows the effective *keys* that act in *pane*."""

    WIDTH = 100
    has_mark = False

    def __init__(self, pane: Pane, keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(Pane.LIST, keys)
        self._entries = list(entries_of(sections_of(pane, self.keys)))
        self.set_titles(f"Keys: {_NAMES.get(pane, pane.value)}")

    def fit_height(self) -> None:
        width = min(self.WIDTH, self.app.size.width) - 5
        height = self.app.size.height - 5
        columns = columns_of(self._entries, width, height)
        cell = (width - _GAP * (len(columns) - 1)) // len(columns)
        self.items = [DrawnLine(tuple(_row(row, cell))) for row in zip_longest(*columns)]
        self.lines.styles.height = max(1, min(len(self.items), height)) + 1

    def line(self, index: int, width: int) -> DrawnLine:
        return self.items[index]

    def hints(self) -> list[str]:
        page, count = self.lines.page, len(self.items)
        place = f"{self.marked + 1}–{min(count, self.marked + page)} of {count}" if count > page else ""
        return [place, self.hint("dialog.close"), self.hint("app.command_palette", "all commands")]


def _row(entries: Sequence[HelpEntry | None], width: int) -> Iterator[Run]:
    for entry in entries:
        names, words = entry or ((), "")
        if words and not names:
            yield "bold", set_cell_size(f"─ {words} {'─' * width}", width)
        else:
            # As many names as fit, but at least the first: a long one takes room from the words.
            room = min(_KEY_WIDTH, width - _WORDS_WIDTH - 1)
            texts = [*accumulate(names, "{} {}".format)]
            text = next((each for each in reversed(texts) if cell_width(each) <= room), "".join(names[:1]))
            keys = set_cell_size(text, max(room, cell_width(text)))
            yield "bold", f"{keys} "
            yield "", fit(words, width - cell_width(keys) - 1)
        yield "", " " * _GAP


# The palette

LEFT_OUT = frozenset({"app.command_palette", "app.help", "app.look_up_anywhere", "queries.run_digit", "main.escape"})
"""Commands that are already open, listed twice, in need of a digit, or done by closing the palette."""

WORDS: Final[Mapping[str, str]] = {
    "main.look_up": "search phone number find lookup dial caller contact paste",
    "main.filters": "filter search query criteria status state",
    "main.narrow": "narrow find within results grep",
    "main.sort": "sort order by",
    "main.export": "export csv download save as file excel xlsx spreadsheet json sqlite parquet database",
    "main.mark": "mark select pick tag check",
    "main.mark_all": "mark select all",
    "main.unmark_all": "unmark deselect none",
    "main.count": "count tally group by statistics stats how many summary breakdown pivot total",
    "main.copy_phone": "copy phone clipboard yank",
    "main.copy_email": "copy email clipboard yank",
    "main.copy": "copy clipboard yank json tsv template curl",
    "main.again": "refresh reload retry again update rerun",
    "main.auto_refresh": "automatic auto refresh live watch monitor follow",
    "main.back": "undo back previous return",
    "main.forward": "redo forward next",
    "main.recent": "history recent earlier searches lookups",
    "main.open_query": "saved queries open load favorites bookmarks",
    "main.save_query": "save query bookmark",
    "main.columns": "columns fields settings layout width",
    "main.clear_filters": "clear reset all",
    "main.go_to_row": "go to row line number jump",
    "main.help": "help keys shortcuts settings cheat sheet ?",
    "main.quit": "exit quit close logout",
    "app.open_call": "incoming call caller phone ring screen pop",
    "app.leave": "quit at once",
    "app.stop": "cancel stop abort interrupt",
    "app.suspend_process": "suspend shell background",
    "table.open_detail": "open lead detail view record",
    "filters.search": "search run submit",
    "detail.history": "calls callbacks recordings outcome log who called",
    "detail.check_do_not_call": "dnc do not call list check may i call compliance opt out",
    "detail.find": "find field search",
    "detail.same_value": "same value similar search by filter by",
    "detail.copy_field": "copy field value clipboard yank",
    "detail.toggle_column": "column add show as column",
    "detail.toggle_empty": "hide show empty fields",
    "detail.toggle_raw": "raw values",
    "detail.reveal": "reveal unmask show masked",
}
"""Words for a command, by its id; the most common commands first."""

MOVES: Final = (MOVEMENTS - {"next_lead", "previous_lead"}) | {
    *("next_pane", "previous_pane", "next_field", "previous_field", "first_field", "last_field")
}
"""Actions that only move a cursor: the palette does not list them."""


class PaletteEntry(NamedTuple):
    """An entry of the palette: title, sentence and key, further words that find it, and the call that runs it."""

    title: str
    sentence: str
    key: str
    words: str
    run: Callable[[], Awaitable[None]]

    @property
    def text(self) -> str:
        """The entry on one line, without the key and without repeating words: ``Export… — leads to a file``."""
        rest = self.sentence.removeprefix(self.title.removesuffix("…"))
        return f"{self.title} — {rest.lstrip('…:;, ')}"


class Palette(SearchDialog[PaletteEntry, PaletteEntry]):
    """Lists *commands*; the result is the one to run, or None."""

    def __init__(self, commands: Sequence[PaletteEntry], keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(keys, "> ", commands)
        self.search_line.placeholder = "Type a command"
        self._commands = commands
        self.set_titles("Commands")

    def line(self, index: int, width: int) -> DrawnLine:
        command = self.items[index]
        key = f" {command.key} "
        text = fit(command.text, width - cell_width(key))
        title = text[: len(command.title)]
        return DrawnLine((("bold", title), ("", text[len(title) :]), ("bold", key)))

    def hints(self) -> list[str]:
        return [f"{self.name_of('enter')} run" if self.items else "No such command", "esc close"]

    def find(self, text: str) -> None:
        def texts(command: PaletteEntry) -> tuple[list[str], str]:
            return f"{command.title} {command.words}".replace("…", "").split(), command.sentence

        # Among equal matches the more common command comes first.
        self.items = ranked(text, self._commands, texts)


def commands(panes: Iterable[Pane], keys: Sequence[Key], run: Callable[[Key], Awaitable[None]]) -> list[PaletteEntry]:
    """Return the commands of *panes*, which *run* runs: the common ones first, then in the order of the catalogue."""
    offered = [key for pane in panes for key in of_pane(pane, keys) if key.id not in LEFT_OUT and key.action not in MOVES]
    common = list(WORDS)
    offered.sort(key=lambda key: common.index(key.id) if key.id in common else len(common))

    def entry(key: Key) -> PaletteEntry:
        title = key.title or key.label
        return PaletteEntry(title[:1].upper() + title[1:], key.sentence, names(key), WORDS.get(key.id, ""), partial(run, key))

    return list(map(entry, offered))
