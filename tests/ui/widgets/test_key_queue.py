"""The key queue: keys, pastes and clicks are handled one by one in order, and wait for a receiver that is not ready."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from lead_tui.terminal.escape import Burst
from lead_tui.ui.widgets.key_queue import KeyHandler, KeyHandlerScreen, KeyQueueApp, focused_handler
from lead_tui.ui.widgets.line_input import LineInput
from tests.key_feeder import settled


class Slow(ModalScreen[str], KeyHandler):
    """A dialog that takes keys once it is told to; ``q`` closes it with the keys it received."""

    def __init__(self) -> None:
        super().__init__()
        self.had = ""
        self.keys_wait = True

    async def process_key(self, event: events.Key) -> bool:
        if event.key == "q":
            self.dismiss(self.had)
        else:
            self.had += event.character or ""
        return True

    def be_ready(self) -> None:
        self.resume_input()


class Below(KeyHandlerScreen, Screen[None]):
    """A screen with a line."""

    def compose(self) -> ComposeResult:
        yield LineInput(self)

    def key_pressed(self, key: str) -> bool:
        return False

    def text_changed(self, text: str) -> None:
        """Not drawn."""

    async def process_key(self, event: events.Key) -> bool:
        return await focused_handler(self).process_key(event)


class Main(KeyQueueApp[None]):
    """Has a line; ``!`` opens the dialog, ``enter`` in the line has further keys wait for ``heard``."""

    AT_ONCE: ClassVar[frozenset[str]] = frozenset({"interrupt"})
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.own_actions = {"exclamation_mark": "open", "ctrl+c": "interrupt"}
        self.line = LineInput(self)
        self.dialog = Slow()
        self.told: list[str] = []
        self.texts: list[str] = []

    def take_text(self, text: str) -> None:
        self.texts.append(text)

    def compose(self) -> ComposeResult:
        yield Static("below")
        yield self.line

    def key_pressed(self, key: str) -> bool:
        if key != "enter":
            return False
        self.line.keys_wait = True
        return True

    def text_changed(self, text: str) -> None:
        """Not drawn."""

    def action_open(self) -> None:
        self.push_screen(self.dialog, lambda had: self.told.append(f"{had} then {self.line.value}"))

    def action_interrupt(self) -> None:
        self.told.append("interrupted")

    def type(self, *keys: str) -> None:
        """Send events as a terminal does, at once."""
        for key in keys:
            character = {"exclamation_mark": "!"}.get(key, key if len(key) == 1 else None)
            self.post_message(events.Key(key, character))


async def test_keys_after_the_one_that_opens_a_dialog_wait_for_it_and_the_rest_for_the_screen_below() -> None:
    app = Main()
    async with app.run_test() as pilot:
        app.line.focus()
        await settled(pilot.app)
        app.type("a", "exclamation_mark", "b", "c", "q", "d")
        await settled(pilot.app)
        assert (app.line.value, app.dialog.had) == ("a", "")
        app.dialog.be_ready()
        await settled(pilot.app)
        assert app.dialog.had == "bc"
        assert app.line.value == "ad"
        # The answer was handled before the key after the one that closed the dialog.
        assert app.told == ["bc then a"]


async def test_keys_typed_while_a_line_waits_for_its_result_are_handled_after_it_in_order() -> None:
    app = Main()
    async with app.run_test() as pilot:
        app.line.focus()
        await settled(pilot.app)
        app.type("a", "enter", "b", "left", "c")
        app.post_message(events.Paste("pasted\n"))
        app.type("d")
        await settled(pilot.app)
        assert app.line.value == "a"
        app.line.resume_input()
        await settled(pilot.app)
        assert app.line.value == "acpasteddb"


def click(app: Main, widget: Widget) -> None:
    x, y = widget.region.offset
    for kind in (events.MouseDown, events.MouseUp):
        app.post_message(kind(None, x, y, 0, 0, 1, False, False, False))


async def test_a_click_is_handled_between_the_keys_before_and_after_it() -> None:
    app = Main()
    async with app.run_test() as pilot:
        other = LineInput(app)
        await app.mount(other)
        app.line.focus()
        await settled(pilot.app)
        app.type("a", "enter", "b")
        click(app, other)
        app.type("c")
        await settled(pilot.app)
        assert (app.focused, app.line.value) == (app.line, "a")
        app.line.resume_input()
        await settled(pilot.app)
        assert (app.focused, app.line.value, other.value) == (other, "ab", "c")


async def test_a_mouse_that_moves_waits_for_nothing() -> None:
    app = Main()
    async with app.run_test() as pilot:
        app.line.keys_wait = True
        app.post_message(events.MouseMove(None, 3, 2, 1, 1, 0, False, False, False))
        await settled(pilot.app)
        assert app.mouse_position == (3, 2)


async def test_a_line_that_lost_the_focus_and_got_it_back_at_once_does_not_make_the_user_wait() -> None:
    app = Main()
    async with app.run_test() as pilot:
        await app.push_screen(Below())
        line = app.screen.query_one(LineInput)
        line.focus()
        await settled(pilot.app)
        line.keys_wait = True
        app.screen.set_focus(None)
        app.screen.set_focus(line)
        assert not line.keys_wait
        app.type("x")
        await settled(pilot.app)
        assert line.value == "x"


async def test_an_interrupt_waits_for_nothing_and_forgets_what_waits() -> None:
    app = Main()
    async with app.run_test() as pilot:
        app.line.focus()
        await settled(pilot.app)
        app.type("enter", "b", "ctrl+c")
        await settled(pilot.app)
        assert app.told == ["interrupted"]
        app.line.resume_input()
        app.type("c")
        await settled(pilot.app)
        assert app.line.value == "c"


@pytest.mark.parametrize("waits", [False, True])
async def test_without_a_key_handler_keys_go_to_the_focused_widget(waits: bool) -> None:
    app = Main()
    async with app.run_test() as pilot:
        plain = ModalScreen[None]()
        await app.push_screen(plain)
        if waits:
            app.line.keys_wait = True
        app.type("exclamation_mark")
        await settled(pilot.app)
        assert app.screen is app.dialog


class Keys(Screen[None], KeyHandler):
    """Records its keys; ``/`` opens the line, if it does; ``j`` and ``k`` move."""

    def __init__(self, *, has_line: bool = True) -> None:
        super().__init__()
        self.line = LineInput(self)
        self.has_line = has_line
        self.had: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.line

    def key_pressed(self, key: str) -> bool:
        if key == "enter":
            self.had.append(f"({self.line.value})")
            self.line.put("")
            self.set_focus(None)
        return key == "enter"

    def text_changed(self, text: str) -> None:
        """Not drawn."""

    @property
    def is_line(self) -> bool:
        return self.focused is self.line

    def opens_line(self, key: events.Key) -> bool:
        return key.key == "slash"

    def moves(self, key: events.Key) -> bool:
        return key.key in "jk"

    async def process_key(self, event: events.Key) -> bool:
        if self.is_line:
            return await self.line.process_key(event)
        self.had.append(event.key)
        if event.key == "slash" and self.has_line:
            self.set_focus(self.line)
        return True


def burst(typed: str) -> Burst:
    names = {"/": "slash", "\r": "enter", "\t": "tab", ":": "colon", " ": "space"}
    return Burst([events.Key(names.get(each, each), None if each in "\r\t" else each) for each in typed])


@pytest.mark.parametrize(
    ("typed", "had", "text"),
    [
        ("Raquel", "", "Raquel"), ("Ann\rBob\r", "", "Ann\nBob\n"), ("Ann\tPlain", "", "Ann\tPlain"),
        ("jjjjjjkkkj", "j j j j j j k k k j", ""), ("qqqqqq", "q q q q q q", ""), ("abcd", "a b c d", ""),
        ("/Raquel", "slash", ""), ("/Raquel\rjjkkj", "slash (Raquel) j j k k j", ""), ("/a\rQuiet\r", "slash (a)", "Quiet\n"),
        ("/a\r/b\r", "slash (a) slash (b)", ""), ("jjj\rabcd", "j j j enter a b c d", ""), ("jjj\rabcde", "j j j enter", "abcde"),
        ("\t\rRaquel", "tab enter", "Raquel"),
    ],
)  # fmt: skip
async def test_keys_of_one_read_are_a_scripts_or_text(typed: str, had: str, text: str) -> None:
    app = Main()
    async with app.run_test() as pilot:
        await app.push_screen(screen := Keys())
        screen.set_focus(None)
        app.post_message(burst(typed))
        await pilot.pause()
        assert screen.had == had.split()
        assert "".join(app.texts) == text


async def test_text_after_a_key_that_failed_to_open_an_input_does_not_act_as_keys() -> None:
    app = Main()
    async with app.run_test() as pilot:
        await app.push_screen(screen := Keys(has_line=False))
        screen.set_focus(None)
        app.post_message(burst("/abc"))
        await pilot.pause()
        assert screen.had == ["slash"]
        assert app.texts == ["/abc"]
