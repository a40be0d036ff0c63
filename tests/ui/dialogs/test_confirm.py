"""The dialog that asks a yes or no question."""

from __future__ import annotations

import pytest

from lead_tui.keys.catalogue import CATALOGUE, Key
from lead_tui.ui.dialogs.dialog import Confirm
from tests.ui.dialogs.dialog_host import BELOW, Host, burst, press, screen_text, settled


def question(detail: str = "status NEW") -> Confirm:
    return Confirm("Delete the saved query “New”?", detail, yes="delete it", no="keep it")


async def answer(*keys: str) -> list[bool | None]:
    async with Host(question()).opened() as host:
        await press(host, *keys)
    return host.results


@pytest.mark.parametrize(
    ("keys", "given"),
    [
        (["y"], True),
        (["n"], False),
        (["escape"], False),
        (["q"], False),
        (["enter"], False),
        (["left", "enter"], True),
        (["h", "enter"], True),
        (["tab", "enter"], True),
        (["tab", "tab", "enter"], False),
        (["left", "right", "enter"], False),
        (["shift+tab", "l", "enter"], False),
    ],
)
async def test_a_key_answers(keys: list[str], given: bool) -> None:
    assert await answer(*keys) == [given]


async def test_a_second_enter_does_not_answer_a_question() -> None:
    assert await answer("enter", "enter") == [False]


async def test_other_keys_answer_nothing() -> None:
    assert await answer("x", "space", "Y", "backspace") == []


async def test_both_answers_are_words_after_their_keys() -> None:
    async with Host(question()).opened() as host:
        shown = screen_text(host)
    assert "Delete the saved query “New”?" in shown
    assert "status NEW" in shown
    assert "y delete it" in shown
    assert "n keep it" in shown
    assert BELOW in shown


@pytest.mark.parametrize(("words", "given"), [("y delete it", True), ("n keep it", False)])
async def test_the_mouse_answers(words: str, given: bool) -> None:
    async with Host(question()).opened() as host:
        lines = screen_text(host).split("\n")
        row = next(at for at, line in enumerate(lines) if words in line)
        await host.pilot.click(offset=(lines[row].index(words) + 3, row))
        await settled(host)
    assert host.results == [given]


async def test_untrusted_text_is_shown_as_text() -> None:
    host = Host(Confirm("Delete “[bold]x[/] [@click=app.quit]y[/]”?", "city \x1b]52;c;eA==\x07\u202e[/nope]"))
    async with host.opened():
        shown = screen_text(host)
    assert "Delete “[bold]x[/] [@click=app.quit]y[/]”?" in shown
    assert "[/nope]" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("size", [(80, 24), (30, 8)])
async def test_a_long_detail_leaves_room_for_the_answers(size: tuple[int, int]) -> None:
    async with Host(question("city " + "San Antonio " * 200)).opened(size) as host:
        await press(host, "y")
    assert host.results == [True]


async def test_a_long_detail_is_cut_and_the_answers_stay_in_view() -> None:
    async with Host(question("city " + "San Antonio " * 200)).opened() as host:
        shown = screen_text(host)
    assert "y delete it" in shown


async def test_ascii_borders_where_the_app_has_them() -> None:
    async with Host(question(), ascii_only=True).opened() as host:
        shown = screen_text(host)
    assert "+----" in shown
    assert not {"╭", "─", "│"} & set(shown)


async def test_keys_given_are_the_ones_that_count_and_that_are_shown() -> None:
    changed = tuple(Key(key.id, ("j",), key.label, key.sentence) if key.id == "confirm.yes" else key for key in CATALOGUE)
    async with Host(Confirm("Sure?", keys=changed)).opened() as host:
        assert "j yes" in screen_text(host)
        await press(host, "j")
    assert host.results == [True]


async def test_keys_typed_before_the_question_is_drawn_answer_it() -> None:
    async with Host(question()).opened() as host:
        second: list[bool | None] = []
        host.push_screen(question(), second.append)
        await burst(host, "left", "enter")
    assert second == [True]
