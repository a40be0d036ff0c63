"""The command palette: the commands of all visible panes, found by the words people use for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from textual.screen import Screen

from lead_tui.keys.catalogue import CATALOGUE, MOVEMENTS, Key, Pane, names, of_pane
from lead_tui.leads.text import cell_width, fit, match
from lead_tui.ui.dialogs.base import Dialog
from lead_tui.ui.dialogs.list_dialog import SearchDialog
from lead_tui.ui.screens.main import MainScreen
from lead_tui.ui.widgets.drawn_list import DrawnLine

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


RANKS: Final = {identity: number for number, identity in enumerate(WORDS)}

MOVES: Final = (MOVEMENTS - {"next_lead", "previous_lead"}) | {
    *("next_pane", "previous_pane", "next_field", "previous_field", "first_field", "last_field"),
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
    def names(self) -> list[str]:
        """Words that find it besides the sentence."""
        return f"{self.title} {self.words}".replace("…", "").split()

    @property
    def text(self) -> str:
        """The entry on one line, without the key and without repeating words: ``Export… — leads to a file``."""
        rest = self.sentence.removeprefix(self.title.removesuffix("…"))
        if rest == self.sentence or rest[:1].isalnum():
            rest = self.sentence[:1].lower() + self.sentence[1:] if self.sentence[1:2].islower() else self.sentence
        return f"{self.title} — {rest.lstrip('…:;, ')}"


class Palette(SearchDialog[PaletteEntry, PaletteEntry]):
    """Lists *commands*; the result is the one to run, or None."""

    def __init__(self, commands: Sequence[PaletteEntry], keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(keys, "> ", commands, "Type a command")
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
        places = {command: each[0] for command in self._commands if (each := match(text, command.names, command.sentence))}
        # Among equal matches the more common command comes first.
        self.items = sorted(places, key=places.__getitem__)


def commands(screen: Screen[object], keys: Sequence[Key]) -> list[PaletteEntry]:
    """Return the commands on *screen*: the common ones first, then in the order of the catalogue."""
    if isinstance(screen, MainScreen):
        panes = [Pane.MAIN, Pane.TABLE, *([Pane.FILTERS] if screen.filters.display else []), Pane.DETAIL]
    elif isinstance(screen, Dialog):
        panes = [screen.pane, Pane.DIALOG]
    else:
        panes = []
    offered = [
        key
        for pane in dict.fromkeys((*panes, Pane.APP))
        for key in of_pane(pane, keys)
        if key.id not in LEFT_OUT and key.action not in MOVES
    ]
    return [
        PaletteEntry(_title(key), key.sentence, names(key), WORDS.get(key.id, ""), partial(_run, screen, key))
        for key in sorted(offered, key=lambda key: RANKS.get(key.id, len(RANKS)))
    ]


def _title(key: Key) -> str:
    text = key.title or key.label
    return text[:1].upper() + text[1:]


async def _run(screen: Screen[object], key: Key) -> None:
    if key.pane is Pane.APP:
        await screen.app.run_action(key.action)
    elif isinstance(screen, MainScreen):
        await screen.perform_action(key)
    else:
        await screen.run_action(key.action)
