"""``lead-tui setup`` at a terminal: what it asks, tests and writes, and that nothing is left half-written."""

from __future__ import annotations

import signal
from pathlib import Path
from unittest.mock import patch

import pytest

from lead_tui.config.settings import load_settings
from tests.cli.command import TOKEN, Command
from tests.pty.harness import Terminal
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account

WRONG_TOKEN = "wrong" * 6 + "wr"
ADDRESS, ASKS_TOKEN, ZONE = "Address of the API", "(not shown): ", "time zone, such as"


@pytest.fixture
def unused(command: Command) -> Path:
    """The directory of the configuration, which does not exist yet."""
    return command.config_dir


def answer(shown: Terminal, prompt: str, line: str) -> None:
    """Wait for *prompt*, and type *line* after it."""
    shown.wait_for(prompt)
    shown.settle(0.05)
    shown.send(f"{line}\r")


def test_it_asks_tests_and_writes_what_the_next_start_uses(command: Command, unused: Path) -> None:
    with ConvosoServer(account(5_000, token=TOKEN)) as server:
        with command.open("setup", token="") as shown:
            answer(shown, ADDRESS, "http://example.com/v1")
            answer(shown, "The base URL must be https://", server.base_url)
            answer(shown, ASKS_TOKEN, "two words")
            answer(shown, "The answer does not contain a token", TOKEN)
            answer(shown, ZONE, "America/Los_Angelos")
            answer(shown, "The answer must be a time zone that this host knows: did you mean", "America/Los_Angeles")
            assert shown.wait_for_exit() == 0
            assert "It works: 1 lead of 5,000" in shown.text
            assert TOKEN.encode() not in shown.raw
        assert [(asked["limit"], asked["auth_token"]) for asked in server.requests] == [("1", TOKEN)]
        settings = load_settings(unused / "config.toml")
        assert (settings.account.timezone, settings.profile_named().base_url) == ("America/Los_Angeles", server.base_url)
        assert (unused / "token").read_text() == f"{TOKEN}\n"
        assert {path.name: path.stat().st_mode & 0o777 for path in (unused, unused / "config.toml", unused / "token")} == {
            unused.name: 0o700, "config.toml": 0o600, "token": 0o600,
        }  # fmt: skip
        assert command.call("search", "--count", token="").out == b"5000\n"
        assert command.call("doctor", token="").code == 0


@pytest.mark.parametrize(("answers", "zone"), [("n", ""), ("y", "America/Denver")])
def test_the_time_zone_of_the_account_is_offered(command: Command, unused: Path, answers: str, zone: str) -> None:
    campaigns = (Path(__file__).parents[1] / "samples" / "41_campaigns_search.json").read_bytes()
    with ConvosoServer(account(10, token=TOKEN)) as server, command.open("setup", token="") as shown:
        server.sections["campaigns/search"] = lambda _: (200, campaigns)
        answer(shown, ADDRESS, server.base_url)
        answer(shown, ASKS_TOKEN, TOKEN)
        answer(shown, ZONE, "")
        answer(shown, "The account is in America/Denver. Use that time zone? [y/N]", answers)
        assert shown.wait_for_exit() == 0
    assert load_settings(unused / "config.toml").account.timezone == zone


@pytest.mark.parametrize(("answers", "code"), [("n", 3), ("y", 0)])
def test_a_failed_test_is_explained_and_asks_whether_to_write(command: Command, unused: Path, answers: str, code: int) -> None:
    with ConvosoServer(account(10, token=TOKEN)) as server, command.open("setup", token="") as shown:
        answer(shown, ADDRESS, server.base_url)
        answer(shown, ASKS_TOKEN, WRONG_TOKEN)
        answer(shown, ZONE, "")
        answer(shown, "Write the files anyway? [y/N]", answers)
        assert shown.wait_for_exit() == code
        assert "The server rejected the token" in shown.text
        assert WRONG_TOKEN.encode() not in shown.raw
    assert unused.exists() is (answers == "y")
    assert "Nothing was written" in shown.text or answers == "y"
    if answers == "y":
        assert load_settings(unused / "config.toml").account.timezone == ""


@pytest.mark.parametrize(
    ("prompt", "key"),
    [(ADDRESS, "ctrl+d"), (ASKS_TOKEN, "ctrl+c"), (ASKS_TOKEN, "ctrl+d"), (ZONE, "ctrl+c"), ("anyway?", "ctrl+d")],
)
def test_it_can_be_canceled_at_every_question(command: Command, unused: Path, prompt: str, key: str) -> None:
    with ConvosoServer(account(10, token=TOKEN)) as server, command.open("setup", token="") as shown:
        echo = shown.attributes()[3]
        for each, line in ((ADDRESS, server.base_url), (ASKS_TOKEN, WRONG_TOKEN), (ZONE, "")):
            if each == prompt:
                break
            answer(shown, each, line)
        shown.wait_for(prompt)
        shown.settle(0.05)
        shown.press(key)
        # The end of the input answers a question with no.
        assert shown.wait_for_exit() == (3 if (prompt, key) == ("anyway?", "ctrl+d") else 130)
        assert "nothing was written" in shown.text.lower()
        assert "Traceback" not in shown.text
        assert shown.attributes()[3] == echo
    assert not unused.exists()


def test_a_signal_ends_it_without_a_trace(command: Command, unused: Path) -> None:
    with command.open("setup", token="") as shown:
        answer(shown, ADDRESS, "")
        shown.wait_for(ASKS_TOKEN)
        shown.signal(signal.SIGTERM)
        assert shown.wait_for_exit() == 143
    assert not unused.exists()


@pytest.mark.parametrize(("name", "said"), [("config.toml", "edit it"), ("token", "edit it")])
def test_it_overwrites_nothing(command: Command, name: str, said: str) -> None:
    command.write(name, "[theme]\n")
    with command.open("setup", token="", columns=200) as shown:
        assert shown.wait_for_exit() == 6
        assert f"{name} already exists, and setup overwrites nothing: {said}" in shown.text
    assert [(path.name, path.read_text()) for path in command.config_dir.iterdir()] == [(name, "[theme]\n")]


def test_it_needs_a_terminal_and_takes_no_arguments(command: Command) -> None:
    assert (
        command.call("setup").err == "lead-tui: lead-tui setup asks its questions at a terminal: log in with one, as ssh -t does\n"
    )
    assert command.call("setup", "NEW").code == 2


def test_a_restricted_session_has_no_setup(command: Command) -> None:
    with patch("lead_tui.terminal.process.stay_in_front"):
        done = command.call("setup", "--restricted")
    assert (done.code, "not allowed here" in done.err) == (2, True)
