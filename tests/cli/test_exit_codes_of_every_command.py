"""The contract's exit codes, each from each command that can end with it: success, output and signals as a process.

What is behind each code in detail is in ``test_exit_codes.py``; how the app ends when its terminal goes, in ``tests/pty``.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from collections.abc import Callable

import pytest

from tests.cli.command import PATIENCE, TOKEN, Command, Ended, ended
from tests.pty.harness import Terminal
from tests.pty.program import command as installed
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Fault

QUERIES = '[[query]]\nname = "New"\nfilters = { status = "NEW" }\n'


def run(command: Command, *arguments: str, token: str = TOKEN, stdout: int = subprocess.PIPE, **environment: str) -> Ended:
    """The installed command from its beginning to its end, with nothing on standard input."""
    given = command.environment(**({"CONVOSO_AUTH_TOKEN": token} if token else {}), **environment)
    done = subprocess.run(
        installed(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=given,
        cwd=command.home,
        timeout=PATIENCE,
        check=False,
    )
    told = Ended(done.returncode, done.stdout or b"", done.stderr.decode())
    assert "Traceback" not in told.err
    assert TOKEN not in told.err + told.out.decode()
    return told


def call(command: Command, *arguments: str, token: str = TOKEN) -> Ended:
    """The same in this process, for codes that a process proves no better."""
    with contextlib.chdir(command.home):
        return command.call(*arguments, token=token)


def complains(done: Ended, code: int) -> None:
    """*done* ended with *code* and one sentence on standard error."""
    assert done.code == code, done.err
    assert done.err.startswith("lead-tui: ")
    assert done.err.count("\n") == 1


SEARCH = ("search", "--limit=2", "--columns=lead_id")


@pytest.mark.parametrize(
    "arguments",
    [
        SEARCH,
        ("search", "--query=New", "--limit=1"),
        ("queries", "list"),
        ("queries", "show", "New"),
        ("queries", "export"),
        ("doctor",),
        ("where",),
        ("completion", "bash"),
        ("--version",),
        ("--help",),
    ],
)
def test_done_is_0(command: Command, server: ConvosoServer, arguments: tuple[str, ...]) -> None:
    command.write("queries.toml", QUERIES)
    done = run(command, *arguments)
    assert done.code == 0, done.err
    assert done.out


@pytest.mark.parametrize("code", [6000, 6001])
@pytest.mark.parametrize("arguments", [SEARCH, ("doctor",)])
def test_nothing_that_matches_is_0(command: Command, server: ConvosoServer, arguments: tuple[str, ...], code: int) -> None:
    server.always = faults.application_error(code, "Nothing there")
    assert call(command, *arguments).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("stat=NEW",),
        ("search", "--limit=0"),
        ("search", "--query=nowhere"),
        ("search", "--base-url=http://example.com/v1"),
        ("queries", "show", "nowhere"),
        ("queries", "delete", "nowhere"),
        ("queries", "import", "nowhere.toml"),
        ("doctor", "status=NEW"),
        ("doctor", "--base-url=http://example.com/v1"),
        ("doctor", "--profile=nobody"),
        ("completion", "tcsh"),
    ],
)
def test_what_cannot_be_carried_out_as_it_stands_is_2(command: Command, server: ConvosoServer, arguments: tuple[str, ...]) -> None:
    complains(call(command, *arguments), 2)
    assert not server.requests


@pytest.mark.parametrize("arguments", [SEARCH, ("doctor",)])
def test_a_token_that_is_missing_or_refused_is_3(command: Command, server: ConvosoServer, arguments: tuple[str, ...]) -> None:
    complains(call(command, *arguments, token=""), 3)
    assert not server.requests
    server.always = faults.status(401)
    complains(call(command, *arguments), 3)


@pytest.mark.parametrize(
    "fault", [faults.redirect("https://elsewhere.example/v1"), faults.application_error(7231, "Invalid offset")]
)
@pytest.mark.parametrize("arguments", [SEARCH, ("doctor",)])
def test_a_server_that_fails_is_4(command: Command, server: ConvosoServer, arguments: tuple[str, ...], fault: Fault) -> None:
    server.always = fault
    complains(call(command, *arguments), 4)
    assert len(server.requests) == 1


def test_a_network_that_fails_is_4(command: Command) -> None:
    complains(call(command, "doctor", "--base-url=https://nobody.invalid/v1"), 4)


def test_one_part_of_a_look_up_that_fails_is_4_and_what_came_is_printed(command: Command, server: ConvosoServer) -> None:
    server.fault_for = lambda asked: faults.application_error(9, "Nope") if asked.get("alt_phone_1") else None
    done = call(command, "search", "--lookup=3010010000", "--columns=lead_id")
    assert done.code == 4
    assert done.out


@pytest.mark.parametrize(
    "config",
    [
        "profile =",
        '[profiles.main]\nbase_url = "http://example.com/v1"\n',
        '[profiles.main]\nauth_token_file = "open"\n',
    ],
)
@pytest.mark.parametrize("arguments", [SEARCH, ("doctor",)])
def test_a_configuration_that_cannot_be_used_is_5(command: Command, arguments: tuple[str, ...], config: str) -> None:
    command.configure(config)
    command.write("open", TOKEN)
    (command.config_dir / "open").chmod(0o644)
    complains(call(command, *arguments, token=""), 5)


@pytest.mark.parametrize(
    "arguments", [("queries", "list"), ("queries", "show", "New"), ("queries", "export"), ("search", "--query=New"), ("doctor",)]
)
def test_saved_queries_that_cannot_be_read_are_5(command: Command, server: ConvosoServer, arguments: tuple[str, ...]) -> None:
    command.write("queries.toml", "[[query")
    complains(call(command, *arguments), 5)


def test_a_configuration_that_cannot_be_used_is_5_for_where_too(command: Command) -> None:
    command.configure("profile =")
    complains(call(command, "where"), 5)


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "--demo=50"),
        ("queries", "list"),
        ("queries", "show", "New"),
        ("queries", "export"),
        ("doctor", "--base-url=http://127.0.0.1:9/v1"),
        ("where",),
        ("completion", "zsh"),
        ("--help",),
        ("--version",),
    ],
)
def test_output_that_cannot_be_written_is_6(command: Command, arguments: tuple[str, ...]) -> None:
    command.write("queries.toml", QUERIES)
    with open("/dev/full", "wb") as full:
        complains(run(command, *arguments, stdout=full.fileno()), 6)


def test_output_that_exists_or_has_no_place_is_6(command: Command) -> None:
    command.write("queries.toml", QUERIES)
    (command.home / "there").write_text("precious")
    complains(run(command, "queries", "export", "there"), 6)
    complains(run(command, "queries", "export", "no/such/folder/file"), 6)
    assert (command.home / "there").read_text() == "precious"


def interrupted(command: Command, server: ConvosoServer, arguments: tuple[str, ...], number: signal.Signals) -> Ended:
    """*arguments*, to which the signal *number* is sent while the server is asked."""
    released = threading.Event()
    server.always = faults.held(released)
    with subprocess.Popen(
        installed(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=command.environment(CONVOSO_AUTH_TOKEN=TOKEN),
    ) as process:
        server.wait_for_requests(1)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    released.set()
    return ended(process, out, err)


@pytest.mark.parametrize("arguments", [SEARCH, ("doctor",)])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_has_its_code(
    command: Command, server: ConvosoServer, arguments: tuple[str, ...], number: signal.Signals, code: int
) -> None:
    done = interrupted(command, server, arguments, number)
    assert done.code == code
    assert done.err.count("\n") <= 1


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda terminal: terminal.press("q"), 0),
        (lambda terminal: terminal.press("ctrl+q"), 0),
        (lambda terminal: terminal.signal(signal.SIGTERM), 143),
        (lambda terminal: terminal.hang_up(), 129),
    ],
    ids=["q", "ctrl+q", "terminated", "hung up"],
)
def test_the_app_ends_with_its_code(command: Command, end: Callable[[Terminal], None], code: int) -> None:
    with Terminal(installed("--demo=100"), environ=command.environment(), cwd=command.home) as terminal:
        terminal.wait_for("Row 1 of 100")
        end(terminal)
        assert terminal.wait_for_exit() == code


@pytest.mark.parametrize(("config", "code"), [("profile =", 5), ('[theme]\nname = "nowhere"\n', 5)])
def test_an_app_that_cannot_start_has_its_code(command: Command, config: str, code: int) -> None:
    command.configure(config)
    with Terminal(installed(), environ=command.environment(CONVOSO_AUTH_TOKEN=TOKEN), cwd=command.home) as terminal:
        assert terminal.wait_for_exit() == code
        assert "config.toml" in terminal.text.replace("\n", "")
