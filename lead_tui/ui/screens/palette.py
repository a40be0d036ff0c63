"""The command palette: the commands of all visible panes, found by the words people use for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import NamedTuple

from textual.screen import Screen

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint, names, of_pane
from lead_tui.keys.palette_words import WORDS, is_movement, phrase, rank, title
from lead_tui.leads.cells import cell_width, fit
from lead_tui.leads.ranking import match
from lead_tui.ui.dialogs.base import Dialog
from lead_tui.ui.dialogs.list_dialog import SearchDialog
from lead_tui.ui.screens.main import MainScreen
from lead_tui.ui.widgets.drawn_list import DrawnLine

LEFT_OUT = frozenset({"app.command_palette", "app.help", "app.look_up_anywhere", "queries.run_digit", "main.escape"})
"""Open already, twice in the list, in need of a digit, or done by closing the palette."""


class PaletteEntry(NamedTuple):
    """An entry of the palette: title, sentence and key, the words it is found by besides the title, and the call that runs it."""

    title: str
    sentence: str
    key: str
    words: str
    run: Callable[[], Awaitable[None]]

    @property
    def names(self) -> list[str]:
        """What it is found by besides the sentence."""
        return f"{self.title} {self.words}".replace("…", "").split()

    @property
    def text(self) -> str:
        """The entry in a line, without the key: ``Export… — leads to a file``."""
        return f"{self.title} — {phrase(self.title, self.sentence)}"


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
        return ["" if self.items else "No such command", hint(self.keys, "count.filter", "run"), hint(self.keys, "dialog.close")]

    def find(self, text: str) -> None:
        places = {command: each.place for command in self._commands if (each := match(text, command.names, command.sentence))}
        # Among equals the more common command comes first.
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
        if key.id not in LEFT_OUT and not is_movement(key.action)
    ]
    return [
        PaletteEntry(title(key), key.sentence, names(key), WORDS.get(key.id, ""), partial(_run, screen, key))
        for key in sorted(offered, key=lambda key: rank(key.id))
    ]


async def _run(screen: Screen[object], key: Key) -> None:
    if key.pane is Pane.APP:
        await screen.app.run_action(key.action)
    elif isinstance(screen, MainScreen):
        await screen.perform_action(key)
    else:
        await screen.run_action(key.action)
