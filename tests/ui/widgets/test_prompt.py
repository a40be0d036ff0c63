"""The prompt in an app: questions, answers, canceling, history, errors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from textual import events
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, Static

from lead_tui.ui.widgets.bars import Prompt
from lead_tui.ui.widgets.filter_panel import FilterPanel
from lead_tui.ui.widgets.key_queue import KeyQueueApp
from lead_tui.ui.widgets.line_input import LineInput
from tests.key_feeder import focus_filter, press, settled

WIDE, NARROW = (120, 40), (80, 24)


class PromptApp(KeyQueueApp[None]):
    """A prompt at the top of something that has the focus at start."""

    CSS = "Prompt { dock: top; }"
    AUTO_FOCUS = "#table"

    def __init__(self, prompt: Prompt | None = None) -> None:
        super().__init__()
        self.prompt = prompt or Prompt()
        self.answers: list[str] = []

    def compose(self) -> ComposeResult:
        table = Static("table", id="table")
        table.can_focus = True
        yield table
        yield FilterPanel()
        yield self.prompt

    def line(self, y: int = 0) -> str:
        return self.screen._compositor.render_strips()[y].text.rstrip()

    @property
    def focused_id(self) -> str | None:
        return self.focused.id if self.focused is not None else None


async def until(pilot: Pilot[None], seen: Callable[[], bool]) -> None:
    """Wait until *seen* is true."""
    async with asyncio.timeout(60):
        while not seen():
            await pilot.pause(0.01)


async def test_nothing_is_shown_or_mounted_before_the_first_question() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot.app)
        assert app.line() == "table"
        assert not app.prompt.query(Input)
        assert app.prompt.purpose == ""


async def test_the_question_is_in_one_line_with_its_hint_at_the_right() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("look-up", "Look up", app.answers.append, "818", hint="phone · email · #id · name")
        await settled(pilot.app)
        hint = "phone · email · #id · name"
        assert app.line() == f"{' Look up  818':<{79 - len(hint)}}{hint}"
        assert app.line(1) == "table"
        # So is the next one, with a label of another length.
        await press(pilot.app, "escape")
        app.prompt.show("row", "Row", app.answers.append, "7", hint="1 to 700")
        await settled(pilot.app)
        assert app.line() == f"{' Row  7':<{79 - len('1 to 700')}}1 to 700"


async def test_a_hint_without_room_is_left_out() -> None:
    app = PromptApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.prompt.show("look-up", "Look up", app.answers.append, "818", hint="phone · email · #id · name")
        await settled(pilot.app)
        assert app.line() == " Look up  818"


async def test_enter_submits_what_was_typed_and_leaves_the_prompt_up() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("save", "Save as", app.answers.append)
        await press(pilot.app, *" My q:w/?", "enter")
        assert app.answers == ["My q:w/?"]
        assert app.prompt.display
        app.prompt.hide()
        await settled(pilot.app)
        assert app.focused_id == "table"
        assert app.line() == "table"


async def test_keys_that_follow_at_once_find_the_prompt() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("look-up", "Look up", app.answers.append, "8", typed=True)
        for key in (*"18x", "backspace", *"262", "enter"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settled(pilot.app)
        assert app.answers == ["818262"]


async def test_repeating_the_same_question_adds_what_was_typed_meanwhile() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("look-up", "Look up", app.answers.append, "8")
        app.prompt.show("look-up", "Look up", app.answers.append, "1")
        await press(pilot.app, "8", "enter")
        assert app.answers == ["818"]


async def test_another_question_takes_the_place_of_the_first() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("look-up", "Look up", app.answers.append, "8")
        app.prompt.show("row", "Row", app.answers.append)
        await press(pilot.app, "5", "enter")
        assert app.answers == ["5"]
        app.prompt.hide()
        assert app.focused_id == "table"


@pytest.mark.parametrize("keys", [("x", "escape"), ("enter",), ("space", "enter"), ("x", "ctrl+u", "enter")])
async def test_escape_and_a_blank_answer_cancel_and_give_the_focus_back(keys: tuple[str, ...]) -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("row", "Row", app.answers.append)
        await press(pilot.app, *keys)
        assert not app.answers
        assert not app.prompt.purpose
        assert app.focused_id == "table"
        assert not app.prompt.display


async def test_the_focus_goes_back_into_the_filter_it_came_from() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        panel = app.query_one(FilterPanel)
        focus_filter(panel, "city")
        app.prompt.show("look-up", "Look up", app.answers.append)
        await press(pilot.app, "x", "escape", *"Reno")
        assert panel.form.query().value("city") == "Reno"


async def test_hiding_does_not_take_the_focus_from_the_widget_that_has_it_now() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("look-up", "Look up", app.answers.append)
        await settled(pilot.app)
        panel = app.query_one(FilterPanel)
        panel.focus()
        app.prompt.hide()
        await press(pilot.app, "x")
        assert panel.form.query().value("status") == "x"


async def test_an_error_is_below_the_line_until_the_text_changes() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("row", "Row", app.answers.append, hint="1 to 1,000")
        await press(pilot.app, "x", "enter")
        app.prompt.fail("A row is a [b]number[/b]")
        await settled(pilot.app)
        assert app.line().startswith(" Row  x ")
        assert app.line().endswith("1 to 1,000")
        assert app.line(1) == " ! A row is a [b]number[/b]"
        await press(pilot.app, "backspace")
        assert app.line(1) == "table"


async def test_a_long_error_is_wrapped() -> None:
    app = PromptApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.prompt.show("look-up", "Look up", app.answers.append, "12", hint="phone")
        app.prompt.fail("A lead id has 3 digits or more here: type #12 for lead 12, or a whole number")
        await settled(pilot.app)
        assert [app.line(y) for y in range(4)] == [
            f"{' Look up  12':<54}phone",
            " ! A lead id has 3 digits or more here: type #12 for lead",
            "   12, or a whole number",
            "table",
        ]
        await press(pilot.app, "3")
        assert app.line(1) == "table"


async def test_arrows_go_through_what_was_answered_before_and_back_to_the_draft() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("look-up", "Look up", app.answers.append, history=["Jane", "818"])
        await press(pilot.app, "x", "up")
        assert app.line() == " Look up  818"
        await press(pilot.app, "up", "up")
        assert app.line() == " Look up  Jane"
        await press(pilot.app, "down", "down", "down")
        assert app.line() == " Look up  x"


async def test_history_is_not_kept_by_the_prompt() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("look-up", "Look up", app.answers.append, history=["818 262 1448"])
        await press(pilot.app, "escape")
        app.prompt.show("row", "Row", app.answers.append)
        await press(pilot.app, "up")
        assert app.line() == " Row"
        assert "818 262 1448" not in repr(vars(app.prompt))


async def test_a_paste_puts_its_first_line_in_clean() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("look-up", "Look up", app.answers.append)
        await settled(pilot.app)
        app.post_message(events.Paste("\n 818 262 1448\x1b[0m\nand more"))
        await press(pilot.app, "enter")
        assert app.answers == ["818 262 1448\ufffd[0m"]


async def test_tab_does_not_leave_an_open_question() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("row", "Row", app.answers.append)
        await press(pilot.app, "tab", "shift+tab", "7", "enter")
        assert app.answers == ["7"]


async def test_hostile_labels_and_texts_are_shown_as_text() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("save", "Save [b]\x1b]0;x", app.answers.append, "[red]\u202e", hint="[/nope]")
        await settled(pilot.app)
        assert app.line().startswith(" Save [b]\ufffd]0;x  [red]\ufffd")
        assert app.line().endswith("[/nope]")


async def test_a_long_text_is_shown_to_its_end() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("save", "Save as", app.answers.append, "x" * 100 + "END", hint="a name")
        await until(pilot, lambda: "END" in app.line())


async def test_a_hint_is_shown_as_far_as_there_is_room() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("look-up", "Look up", app.answers.append, hint="phone · email · #id · name · ↑ earlier · ⏎ · esc")
        await settled(pilot.app)
        assert app.line().rstrip().endswith("  phone · email · #id · name · ↑ earlier · ⏎")


async def test_keys_after_the_one_that_submits_wait_for_what_becomes_of_the_text() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("row", "Row", app.answers.append)
        await press(pilot.app, *"x", "enter", *"yz")
        assert app.line() == " Row  x"
        app.prompt.fail("A row is a number")
        await until(pilot, lambda: app.line() == " Row  xyz")


async def test_what_the_prompt_is_filled_with_is_selected_and_typing_replaces_it_but_not_what_was_typed() -> None:
    app = PromptApp()
    async with app.run_test(size=NARROW) as pilot:
        app.prompt.show("export", "Save as", app.answers.append, "leads.csv")
        await pilot.press("a")
        assert app.prompt.query_one(LineInput).value == "a"
        app.prompt.show("look-up", "Look up", app.answers.append, "3", typed=True)
        await pilot.press("0", "/", "1")
        assert app.prompt.query_one(LineInput).value == "30/1"
        # Requested again with nothing typed for it, as F2 does.
        app.prompt.show("look-up", "Look up", app.answers.append)
        await pilot.press("7")
        assert app.prompt.query_one(LineInput).value == "7"
