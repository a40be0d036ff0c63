"""The command palette: the actions of all visible panes, found by the words people use for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from rich.style import Style
from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.command import CommandInput, CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.containers import Horizontal, Vertical
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import LoadingIndicator

from lead_tui.keys.catalogue import Key, Pane, names, of_pane
from lead_tui.keys.palette_words import WORDS, is_movement, rank, score
from lead_tui.leads.text import one_line
from lead_tui.ui.dialogs.base import Dialog
from lead_tui.ui.dialogs.help import NAMES
from lead_tui.ui.screens.main import MainScreen
from lead_tui.ui.widgets.key_queue import KeyHandler, Ready
from lead_tui.ui.widgets.textual_fixes import CurrentSize, PageKeys

_LEFT_OUT = frozenset({"app.command_palette", "queries.run_digit", "main.escape"})
"""Open already, in need of a digit, or done by closing the palette."""


class Command(NamedTuple):
    """An entry of the palette: its sentence, its pane and key, the words it is found by, and the call that runs it."""

    sentence: str
    where: str
    words: str
    run: Callable[[], object]


_MARKED = Style(reverse=True)

_ACTIONS = {
    "up": "command_list('cursor_up')",
    "down": "cursor_down",
    "pageup": "command_list('page_up')",
    "pagedown": "command_list('page_down')",
    "ctrl+home": "command_list('first')",
    "shift+home": "command_list('first')",
    "ctrl+end": "command_list('last')",
    "shift+end": "command_list('last')",
    "escape": "escape",
}
"""Textual's actions by the keys of its palette, which are those of no pane."""

_gather: Callable[[CommandPalette, str], Awaitable[None]] = CommandPalette._gather_commands.__wrapped__  # type: ignore[attr-defined]
"""Textual's, without what makes a worker of it."""


class _CommandLines(PageKeys, CommandList):
    """The list; ``OptionList`` cannot reverse the marked command, whose two texts have colours of their own."""

    def render_line(self, y: int) -> Strip:
        """The line as ``OptionList`` draws it, reversed where it is marked."""
        strip = super().render_line(y)
        at = self.scroll_offset.y + y
        marked = at < len(self._lines) and self._lines[at][0] == self.highlighted
        return strip.apply_style(_MARKED) if marked else strip


class Palette(CurrentSize, CommandPalette, KeyHandler, inherit_bindings=False):
    """Textual's, in the program's own look: what is below stays as it was drawn, and the marked line is reversed."""

    DEFAULT_CSS = """
    Palette {
        background: transparent;
        & > Vertical, &:dark > Vertical { margin: 1 2; background: transparent; }
        & #--input, & #--input.--list-visible { height: 3; background: $background; border: round $border; }
        & CommandInput, & CommandInput:focus { height: 1; border: none; padding: 0 1; background: $background; }
        & #--results { background: $background; }
        & CommandList, & CommandList:focus, & CommandList.--populating {
            max-height: 60vh;
            background: $background;
            border: round $border-blurred;
            scrollbar-size-vertical: 1;
            scrollbar-color: $primary;
            scrollbar-background: $background;
            scrollbar-background-hover: $background;
            scrollbar-background-active: $background;
            & > .option-list--option { padding: 0 1; text-style: none; }
            & > .option-list--option-highlighted, &:ansi > .option-list--option-highlighted {
                color: $foreground;
                background: $background;
                text-style: none;
            }
            & > .option-list--option-hover { background: $background; }
        }
        & LoadingIndicator { display: none; }
        & > .command-palette--help-text { color: $text-muted; text-style: none; }
    }
    """

    _has_begun = False

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__([CommandSearch])
        self.commands = commands

    @property
    def waits(self) -> bool:
        return not self._has_begun

    @property
    def is_line(self) -> bool:
        return True

    async def process_key(self, event: events.Key) -> bool:
        if self.focused is None:
            self.set_focus(self.query_one(CommandInput))
        if action := _ACTIONS.get(event.key):
            await self.run_action(action)
            return True
        return False

    async def process_paste(self, event: events.Paste) -> bool:
        line = next((line.strip() for line in event.text.splitlines() if line.strip()), "")
        self.query_one(CommandInput).insert_text_at_cursor(one_line(line))
        return True

    def on_descendant_focus(self) -> None:
        self._has_begun = True
        self.app.post_message(Ready())

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)
    async def _gather_commands(self, search_value: str) -> None:
        """As Textual's; what it misses because the palette is being taken away is no fault."""
        try:
            await _gather(self, search_value)
        except NoMatches:
            if self.is_current and self.app.is_running:
                raise

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close; once only, whatever is clicked meanwhile. Textual would close what is on top by then."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    def compose(self) -> ComposeResult:
        """As Textual's, without its icon, and with nothing that moves in sight."""
        with Vertical(id="--container"):
            with Horizontal(id="--input"):
                yield CommandInput(placeholder="Type a command", select_on_focus=False)
            with Vertical(id="--results"):
                yield _CommandLines()
                yield LoadingIndicator()


class CommandSearch(Provider):
    """What the palette lists and finds: the best match first, the more common command first among equals."""

    async def discover(self) -> Hits:
        for command in self._offered():
            yield DiscoveryHit(command.sentence, command.run, help=command.where)

    async def search(self, query: str) -> Hits:
        for number, command in enumerate(self._offered()):
            if found := score(query, command.words, command.sentence):
                # Textual sorts by this figure alone.
                yield Hit(found - number / 1000, Text(command.sentence), command.run, help=command.where)

    def _offered(self) -> Sequence[Command]:
        palette = self.app.screen
        return palette.commands if isinstance(palette, Palette) else ()


def commands(screen: Screen[object], keys: Sequence[Key]) -> list[Command]:
    """Return the commands on *screen*: the common ones first, then in the order of the catalogue."""
    if isinstance(screen, MainScreen):
        panes = [Pane.MAIN, Pane.TABLE]
        panes += [pane for pane, widget in ((Pane.FILTERS, screen.filters), (Pane.DETAIL, screen.detail)) if widget.display]
    elif isinstance(screen, Dialog):
        panes = [screen.pane, Pane.DIALOG]
    else:
        panes = []
    offered = [
        key
        for pane in dict.fromkeys((*panes, Pane.APP))
        for key in of_pane(pane, keys)
        if key.id not in _LEFT_OUT and not is_movement(key.action)
    ]
    return [
        Command(
            key.sentence,
            f"{NAMES[key.pane]}{f' · {names(key)}' if key.keys else ''}",
            WORDS.get(key.id, key.label),
            _runner(screen, key),
        )
        for key in sorted(offered, key=lambda key: rank(key.id))
    ]


def _runner(screen: Screen[object], key: Key) -> Callable[[], object]:
    async def run() -> None:
        if key.pane is Pane.APP:
            await screen.app.run_action(key.action)
        elif isinstance(screen, MainScreen):
            await screen.perform_action(key)
        else:
            await screen.run_action(key.action)

    return run
