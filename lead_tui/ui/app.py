"""The Textual application: themes, keys that work everywhere, the command palette, and what may leave the program."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events
from textual.filter import LineFilter
from textual.screen import Screen

from lead_tui.keys.catalogue import Key, Pane, actions_of, beside_text, hint
from lead_tui.leads.lookup import in_one_line
from lead_tui.limits import THEMES
from lead_tui.terminal.driver import TerminalDriver
from lead_tui.terminal.frames import PlainGlyphs, correct_widths
from lead_tui.terminal.host import HostedApp
from lead_tui.ui import themes
from lead_tui.ui.screens.main import MainScreen, main_screens
from lead_tui.ui.screens.session import Session
from lead_tui.ui.widgets.bars import is_too_small
from lead_tui.ui.widgets.key_queue import KeyQueueApp, Ready, Typed

if TYPE_CHECKING:
    from lead_tui.terminal.lifeline import FirstFrame
    from lead_tui.ui.dialogs.commands import PaletteEntry
    from lead_tui.ui.screens.calls import CallController


_PASTING: Final = (2, 3)  # the middle and the right mouse button, with which terminals paste


class LeadTui(KeyQueueApp[int], HostedApp[int]):
    """The user interface for one *session*."""

    CSS_PATH = "styles.tcss"
    TITLE = "lead-tui"
    AT_ONCE: ClassVar[frozenset[str]] = frozenset({"stop", "leave"})

    def __init__(
        self,
        session: Session,
        *,
        theme: str = "",
        ascii_borders: bool = False,
        log: Path | None = None,
        first_frame: FirstFrame | None = None,
    ) -> None:
        super().__init__(log=log, first_frame=first_frame)
        correct_widths()
        self._session = session
        self.own_actions = actions_of(Pane.APP, (*session.keys, *session.forbidden))
        self.set_class(ascii_borders, "-ascii")
        # In the app's turn, as a key is.
        self._main = MainScreen(session, on_call=lambda text: self.call_later(lambda: self.calls.receive(text)))
        self._glyphs = [PlainGlyphs()] if ascii_borders else []
        self.farewell = ""  # message for standard error once the interface has ended
        stock = list(self.available_themes)
        for each in themes.ALL:
            self.register_theme(each)
        self.theme = theme if theme in THEMES else THEMES[0]
        for name in stock:
            # They send half as much again per screen, and their contrast is untested.
            self.unregister_theme(name)
        self.animation_level = "none"

    @property
    def main(self) -> MainScreen:
        """The main screen, or the screen of an incoming call over it."""
        return [self._main, *main_screens(self)][-1]

    @cached_property
    def calls(self) -> CallController:
        # Imported here, with the first call.
        from lead_tui.ui.screens.calls import CallController

        return CallController(self._main)

    def refresh_css(self, animate: bool = True) -> None:
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            # Textual would parse the styles for the theme, discard the rules, and parse them again for the first screen.
            self.stylesheet.set_variables(self.get_css_variables())

    def get_default_screen(self) -> Screen[None]:
        return self._main

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self._glyphs]

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._loop_failed)
        self._main.memory.input_at = loop.time()
        if minutes := self._session.settings.terminal.idle_exit:
            self.set_timer(60 * minutes, self._leave_if_idle)

    def _leave_if_idle(self) -> None:
        """End a session without input for the configured time, unless work would be lost; else check again when it can be over."""
        minutes = self._session.settings.terminal.idle_exit
        is_busy = any(each.status.quit_question() for each in main_screens(self))
        idle = 0 if is_busy else asyncio.get_running_loop().time() - self._main.memory.input_at
        if idle < 60 * minutes:
            self.set_timer(60 * minutes - idle, self._leave_if_idle)
        else:
            self.farewell = f"session ended after {minutes:g} minutes without input ([terminal] idle_exit)"
            self.exit(0)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, Typed):
            self._main.memory.input_at = asyncio.get_running_loop().time()
        if isinstance(event, events.MouseDown | events.MouseUp) and event.button in _PASTING:
            if isinstance(event, events.MouseDown):
                self.main.say("To paste, hold Shift and click")
            return
        await super().on_event(event)

    # Failures

    @property
    def has_screen(self) -> bool:
        return self._main.has_begun and bool(self.screen_stack)

    def report_failure(self, sentence: str) -> None:
        self.main.refuse(sentence)
        self._key_handler().resume_input()
        self.post_message(Ready())

    def _loop_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self._handle_exception(error)

    # Keys

    def intercept(self, event: Typed) -> bool:
        """While the window is too small, only keys that quit work, and the question that these may ask."""
        if not is_too_small(self.size) or getattr(self.screen, "fits_any_window", False):
            return False
        if isinstance(event, events.Key) and self.own_actions.get(event.key) == "leave":
            self.action_leave()
        elif isinstance(event, events.Key) and self.main.quits(event.key):
            self.main.quit()
        return True

    async def action_open_call(self) -> None:
        if self.main.is_allowed("app.open_call"):
            await self.calls.open()

    def action_look_up_anywhere(self) -> None:
        self.take_text("")

    def take_text(self, text: str) -> None:
        """Close all dialogs, without an answer, and put *text* in the look-up box."""
        while self.screen is not self.main:
            self.screen.dismiss(None)
        self.main.look_ups.open(in_one_line(text))

    def action_help(self) -> None:
        # Imported here, as all dialogs are: the first paint does not need them.
        from lead_tui.ui.dialogs.commands import Help
        from lead_tui.ui.dialogs.dialog import Dialog

        screen = self.screen
        if isinstance(screen, MainScreen | Dialog) and not isinstance(screen, Help):
            keys = self._session.keys
            self.push_screen(Help(screen.pane, beside_text(keys) if screen.is_line else keys))

    def action_command_palette(self) -> None:
        from lead_tui.ui.dialogs.commands import Palette

        async def chosen(command: PaletteEntry | None) -> None:
            if command is not None:
                await command.run()

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(self.palette_commands(self.screen), self._session.keys), chosen)

    def palette_commands(self, screen: Screen[object]) -> list[PaletteEntry]:
        """Return everything that keys can do on *screen*, and the themes, but nothing that writes the screen to a file."""
        from lead_tui.ui.dialogs.commands import PaletteEntry, commands
        from lead_tui.ui.dialogs.dialog import Dialog

        async def run(key: Key) -> None:
            if key.pane is Pane.APP:
                await self.run_action(key.action)
            elif isinstance(screen, MainScreen | Dialog):
                await screen.perform_action(key)

        async def use(theme: str) -> None:
            self.theme = theme

        panes = screen.panes_of_commands if isinstance(screen, MainScreen | Dialog) else ()
        entries = commands((*panes, Pane.APP), self._session.keys, run)
        for name in THEMES:
            colors = "Colors, the current ones" if name == self.theme else "Colors"
            entries.append(PaletteEntry(f"Theme {name}", colors, "", "theme color colour settings", partial(use, name)))
        return entries

    def action_stop(self) -> None:
        if not self.main.stop_searching():
            self.main.say("Nothing to cancel", hint(self._session.keys, "app.leave", "quit"))

    def action_leave(self) -> None:
        self.exit(0)

    def watch_theme(self, name: str) -> None:
        if self.is_running:
            self.main.memory.change(theme=name)

    # What leaves the program. Textual's own ways to do so can be reached by more than the keys of the catalogue.

    def copy_to_clipboard(self, text: str) -> None:
        if self._session.capabilities.may_copy:
            super().copy_to_clipboard(text)
        else:
            # It can be pasted within the program only.
            self._clipboard = text

    def action_suspend_process(self) -> None:
        driver = self._driver
        if self.main.is_allowed("app.suspend_process") and isinstance(driver, TerminalDriver) and not driver.suspend_job():
            self.main.say("No shell to return to")

    def save_screenshot(self, *arguments: Any, **named: Any) -> str:
        return super().save_screenshot(*arguments, **named) if self._session.capabilities.may_leave_traces else ""

    def deliver_text(self, *arguments: Any, **named: Any) -> str | None:
        return super().deliver_text(*arguments, **named) if self._session.capabilities.may_leave_traces else None

    def deliver_binary(self, *arguments: Any, **named: Any) -> str | None:
        return super().deliver_binary(*arguments, **named) if self._session.capabilities.may_leave_traces else None

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        if self._session.capabilities.may_start_programs:
            super().open_url(url, new_tab=new_tab)
