"""The masked prompt for a token: its result, its warnings, and that the token is never visible."""

from __future__ import annotations

import logging

import pytest
from textual import events
from textual.message import Message
from textual.widgets import Input

from lead_tui.leads.errors import TokenError, TokenMissing
from lead_tui.leads.permissions import Token
from lead_tui.ui.dialogs.dialog import AskToken
from tests.ui.dialogs.dialog_host import Host, press, screen_text, settled, words

USUAL = "0123456789abcdefghijklmnopqrstuv"


class Watching(Host[Token]):
    """Records the repr of every message."""

    def __init__(self, dialog: AskToken) -> None:
        super().__init__(dialog)
        self.described: list[str] = []

    async def on_event(self, event: events.Event) -> None:
        self.described.append(repr(event) if not isinstance(event, (events.Key, events.Paste)) else "")
        await super().on_event(event)

    def post_message(self, message: Message) -> bool:
        if not isinstance(message, (events.Key, events.Paste)):
            self.described.append(f"{message!r} {vars(message)!r}")
        return super().post_message(message)


def ask(account: str = "main", problem: str = "The server refused the token") -> AskToken:
    return AskToken(account, "api.convoso.com", TokenError(problem), "run lead-tui setup, or set CONVOSO_AUTH_TOKEN")


async def paste(host: Host[Token], text: str) -> None:
    host.post_message(events.Paste(text))


async def test_it_says_for_whom_why_and_how_not_to_be_asked_again() -> None:
    async with Host(ask()).opened((60, 15)) as host:
        shown = words(host)
    for said in ("The server refused the token", "main", "api.convoso.com", "To store it, run lead-tui setup, or set CONVOSO"):
        assert said in shown
    assert "memory" in shown


async def test_a_new_user_learns_where_a_token_comes_from_and_how_to_look_around_without_one() -> None:
    problem = TokenMissing("No API token")
    async with Host(AskToken("main", "api.convoso.com", problem, "set the profile's auth_token_file")).opened() as host:
        shown = words(host)
    for said in ("Your Convoso administrator has it", "leads/search", "lead-tui --demo", "set the profile's auth_token_file"):
        assert said in shown


async def test_the_typed_token_is_returned_and_never_shown() -> None:
    async with Watching(ask()).opened() as host:
        await press(host, *USUAL[:4])
        await paste(host, USUAL[4:])
        await settled(host)
        shown = screen_text(host)
        assert "•" * 32 in shown
        assert "0123" not in shown
        await press(host, "enter")
        assert USUAL not in repr(list(host.dialog.walk_children()))
        assert USUAL not in screen_text(host)
    assert host.results == [Token(USUAL)]
    assert USUAL not in repr(host.results)
    assert not any("0123" in described for described in host.described)


async def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with Host(ask()).opened() as host:
        await paste(host, USUAL)
        await settled(host)
        await press(host, "enter")
    assert host.results == [Token(USUAL)]
    assert "0123" not in caplog.text


async def test_letters_that_close_other_dialogs_are_typed() -> None:
    async with Host(ask()).opened() as host:
        await press(host, "q", "y", "n", "slash", "enter")
    assert host.results == [Token("qyn/")]


@pytest.mark.parametrize("text", [f"  {USUAL}  ", f"{USUAL}\n", f"\n\n {USUAL}\r\n", f"{USUAL}\nand more below"])
async def test_pasted_text_is_trimmed(text: str) -> None:
    async with Host(ask()).opened() as host:
        await paste(host, text)
        await settled(host)
        await press(host, "enter")
    assert host.results == [Token(USUAL)]


async def test_a_token_pasted_while_nothing_has_the_focus_is_not_shown_elsewhere() -> None:
    async with Host(ask()).opened() as host:
        host.screen.set_focus(None)
        await paste(host, USUAL)
        host.screen.set_focus(host.screen.query_one(Input))
        await press(host, "enter")
    assert host.results == [Token(USUAL)]


@pytest.mark.parametrize(
    "text", ["two words", "bearer:\x1b[31mred", "tökén", "a" * 513], ids=["words", "escape", "letters", "length"]
)
async def test_an_impossible_token_is_refused_and_stays_for_correction(text: str) -> None:
    async with Host(ask()).opened() as host:
        await paste(host, text)
        await press(host, "enter")
        assert "The line does not contain a token" in words(host)
        assert text not in screen_text(host)
        assert host.results == []
        await press(host, "ctrl+u", "a", "b", "enter")
    assert host.results == [Token("ab")]


async def test_enter_without_a_token_asks_for_one() -> None:
    async with Host(ask()).opened() as host:
        await press(host, "enter")
        assert "The line does not contain a token" in words(host)
    assert host.results == []


async def test_escape_gives_none() -> None:
    async with Host(ask()).opened() as host:
        await press(host, "a", "escape")
    assert host.results == [None]


async def test_the_token_cannot_be_copied_to_a_clipboard() -> None:
    async with Host(ask()).opened() as host:
        await paste(host, USUAL)
        await settled(host)
        await press(host, "shift+home", "ctrl+x", "ctrl+c", "super+c")
        assert host.clipboard == ""
        await press(host, "enter")
    assert host.results == [Token(USUAL)]


async def test_names_and_problems_are_text() -> None:
    async with Host(ask("[bold]x[/] \x1b[31m", "It said [/nope] [@click=app.quit]no[/]")).opened() as host:
        shown = screen_text(host)
    assert "[bold]x[/]" in shown
    assert "It said [/nope] [@click=app.quit]no[/]" in shown
    assert "\x1b" not in shown


async def test_ascii_where_the_app_has_it() -> None:
    async with Host(ask(), ascii_only=True).opened() as host:
        await press(host, "a", "b")
        shown = screen_text(host)
    assert "**" in shown
    assert not set("•⏎╭─│") & set(shown)
