"""The application: theme, keys in order, the palette, and an end that shows nothing it should not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.theme import Theme

from lead_tui.keys import CATALOGUE, Pane
from lead_tui.screens.dialog import Dialog
from lead_tui.screens.main import MainScreen
from lead_tui.screens.session import Session
from lead_tui.terminal.host import HostedApp
from lead_tui.widgets.bindings import bindings_of, rebind

TERMINAL_THEME = Theme(
    name="terminal",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "border": "ansi_blue",
        "border-blurred": "ansi_bright_black",
        "text-muted": "ansi_bright_black",
        "text-disabled": "ansi_bright_black",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
    },
)
"""The default: the terminal's own background and 16 colours. Short sequences, and at home in any terminal."""


class LeadTui(HostedApp[int]):
    """The program on the screen, for one *session*."""

    CSS_PATH = "styles.tcss"
    TITLE = "lead-tui"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(Pane.APP)]

    def __init__(self, session: Session, *, theme: str = "", ascii_borders: bool = False) -> None:
        super().__init__()
        self._session = session
        rebind(self, session.keys, Pane.APP)
        self.set_class(ascii_borders, "-ascii")
        self._main = MainScreen(session)
        self.register_theme(TERMINAL_THEME)
        self.theme = theme if theme in self.available_themes else TERMINAL_THEME.name
        self.animation_level = "none"

    @property
    def main(self) -> MainScreen:
        """The main screen."""
        return self._main

    def get_default_screen(self) -> Screen[None]:
        """The main screen is the bottom one."""
        return self._main

    def on_mount(self) -> None:
        """Let no error on the loop pass in silence."""
        asyncio.get_running_loop().set_exception_handler(self._loop_failed)

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Take keys in the order in which they were typed: one that moves the focus acts before the next is looked at."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        screen = self.screen
        if not isinstance(screen, (MainScreen, Dialog)) or not await screen.take_key(event):
            await super().on_event(event)

    def action_look_up_anywhere(self) -> None:
        """Look up from anywhere: dialogs are closed, and whoever waits for their answer gets none."""
        while self.screen is not self._main:
            self.screen.dismiss(None)
        self._main.open_look_up()

    def action_stop(self) -> None:
        """Stop what runs."""
        if not self._main.stop_searching():
            self._main.status.show_message("Nothing is running · q quits")

    def action_leave(self) -> None:
        """Quit at once."""
        self.exit(0)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every command of the catalogue that the main screen carries out; none that writes the screen to a file."""
        for key in CATALOGUE:
            if key.pane is Pane.MAIN:
                yield SystemCommand(key.label.capitalize(), key.sentence, self._runner(screen, key.action))
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)

    @staticmethod
    def _runner(screen: Screen[object], action: str) -> Callable[[], object]:
        async def run() -> None:
            await screen.run_action(action)

        return run

    def _loop_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self._handle_exception(error)
