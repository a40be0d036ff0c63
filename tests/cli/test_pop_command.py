"""``lead-tui pop``: its messages, its exit codes, and how little it imports."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from lead_tui.config.paths import Paths
from tests.cli.command import Command, refused
from tests.cli.test_restricted_command import Site, site
from tests.cli.test_start import imported

__all__ = ["site"]


@pytest.fixture
def session(command: Command, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A socket like that of a session of the profile main; the working directory is its folder, since the path may be too long."""
    folder = Paths.of(command.config_dir).host_dir("sessions")
    folder.mkdir(mode=0o700, parents=True)
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(60)
        receiver.bind("main-41.socket")
        yield receiver


@pytest.mark.parametrize(
    ("arguments", "stdin", "text"),
    [
        (("+1 (301) 555-0123",), b"", "+1 (301) 555-0123"),
        (("301", "555", "0123", "--session", "main"), b"", "301 555 0123"),
        (("-",), b"  301-555-0123\r\nmore\n", "301-555-0123"),
        (("-", "--session=41"), b"\xff1", "\N{REPLACEMENT CHARACTER}1"),
    ],
)
def test_the_number_reaches_the_session(
    command: Command, session: socket.socket, arguments: tuple[str, ...], stdin: bytes, text: str
) -> None:
    done = command.call("pop", *arguments, stdin=stdin)
    assert (done.code, done.out, done.err) == (0, b"", "")
    assert session.recv(1_000).decode() == text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("3015550123",), 4, "No session is running: start lead-tui, as the same user on this host"),
        ((), 2, "pop requires a number: add it, or - to read it from standard input"),
        ((" ",), 2, "pop requires a number: add it, or - to read it from standard input"),
        (("-",), 2, "Standard input is empty: it must contain the number"),
        (("1", "--sesion", "x"), 2, "lead-tui pop has no option --sesion: did you mean --session?"),
        (("1", "--profile", "x"), 2, "lead-tui pop has no option --profile: "),
    ],
)
def test_an_error_is_one_sentence(command: Command, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = command.call("pop", *arguments)
    assert (done.code, done.out) == (code, b"")
    assert done.err.startswith(f"lead-tui: {said}")
    assert done.err.count("\n") == 1
    assert "3015550123" not in done.err


def test_a_state_directory_that_cannot_be_used_has_no_session(command: Command) -> None:
    command.config_dir.write_text("not a directory")
    refused(command.call("pop", "3015550123"), 4, "No session is running")


def test_it_imports_no_more_than_it_needs(command: Command, session: socket.socket) -> None:
    code, names = imported(command, "pop", "1")
    assert code == 0
    unneeded = {"textual", "rich", "http", "asyncio", "msgspec", "ssl", "logging", "argparse", "platformdirs"}
    assert not names & unneeded


def test_a_policy_decides_whether_a_restricted_session_is_called(site: Site) -> None:
    for text, code, said in (
        ("", 2, "Receiving incoming calls is not allowed here: this session is restricted: contact the administrator of this host"),
        ("[allow]\nincoming = true\n", 4, "No session is running"),
    ):
        site.lay_down(text)
        done = site.run("pop", "3015550123")
        assert (done.code, said in done.err) == (code, True), done.err


def test_a_policy_that_cannot_be_looked_for_stops_it(site: Site) -> None:
    site.path.parent.mkdir()
    site.path.parent.chmod(0o777)
    refused(site.run("pop", "3015550123"), 5, "Others can write to")
