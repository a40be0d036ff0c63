"""Every exit code of the contract, from every command that can end with it: first a table, then whole processes.

Most run in this process; only signals, closed streams, full disks and terminals need one of their own. How the app ends when its
terminal goes away in other ways is in ``tests/pty``.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple
from unittest.mock import Mock

import pytest

from lead_tui import limits
from lead_tui.cli import main, search
from lead_tui.cli.options import EXIT_CODES
from lead_tui.leads.fields import FIELD_BY_KEY
from lead_tui.terminal.crash_report import INTERNAL_ERROR
from tests.cli.command import PATIENCE, TOKEN, Command, Ended, ended, refused
from tests.pty.harness import Terminal, module_command
from tests.pty.program import command as installed
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Fault
from tests.servers.leads import lead_id, phone

Prepare = Callable[[Command, ConvosoServer], None]

QUERIES = '[[query]]\nname = "New"\nfilters = { status = "NEW" }\n'
WRONG_TOKEN = "wrong" * 6 + "wr"

SEARCH = ("search", "--limit=2", "--columns=lead_id")
TO_FILE = ("search", "--all", "-o", "leads.csv")
COUNT = ("search", "--count")
DOCTOR = ("doctor",)
ASK_THE_SERVER = (SEARCH, TO_FILE, COUNT, DOCTOR)
READ_QUERIES = (
    ("queries", "list"), ("queries", "show", "New"), ("queries", "export"), ("search", "--query=New"), DOCTOR,
)  # fmt: skip


class End(NamedTuple):
    """A command that fails with one sentence on standard error, which contains *said*, and nothing on standard output."""

    code: int
    arguments: tuple[str, ...]
    said: str = ""
    prepare: Prepare = lambda *_: None
    token: str = TOKEN
    requests: int | None = None
    """How many requests the server must have received."""
    base_url: str = ""
    """Of the environment."""


def answers(fault: Fault) -> Prepare:
    """The server answers every request with *fault*."""
    return lambda _, server: setattr(server, "always", fault)


def configured(text: str) -> Prepare:
    """``config.toml`` holds *text*; a file that others can read is next to it."""

    def prepare(command: Command, _: ConvosoServer) -> None:
        command.configure(text)
        command.write("open", TOKEN)
        (command.config_dir / "open").chmod(0o644)

    return prepare


def others_can_write(command: Command, _: ConvosoServer) -> None:
    command.configure("")
    (command.config_dir / "config.toml").chmod(0o666)


BAD_ADDRESSES = ("http://example.com/v1", "https://example.com", "ftp://x/v1", "https://u:SECRET@x.example/v1")

WRONG_USAGE = (
    *[
        End(2, arguments, requests=0)
        for arguments in (
            ("stat=NEW",),
            ("--tokn=x",),
            ("serach",),
            ("Jane",),
            ("1003914",),
            ("search", "--everything"),
            ("search", "--limit=0"),
            ("search", "owner_id=Atlantis"),
            ("search", "--query=nowhere"),
            ("queries", "show", "nowhere"),
            ("queries", "delete", "nowhere"),
            ("queries", "import", "nowhere.toml"),
            ("doctor", "status=NEW"),
            ("doctor", "--profile=nowhere"),
            ("completion", "tcsh"),
        )
    ],
    *[
        End(2, arguments, "lead-tui search", requests=0)
        for arguments in ((), ("--demo",), ("--lookup=3010010000",), ("3010010000",))
    ],
    End(2, ("search", "created_at_start_date=2026-02-30"), "no such day", requests=0),
    End(2, ("search", "--profile=wset"), "west", configured('[profiles.west]\nbase_url = "https://west.example/v1"\n')),
    *[End(2, (verb, "--base-url", url), "base URL", requests=0) for url in BAD_ADDRESSES for verb in ("search", "doctor")],
    *[End(2, (verb,), "base URL", requests=0, base_url=url) for url in BAD_ADDRESSES for verb in ("search", "doctor")],
)

TOKEN_FAILURES = (
    *[End(3, arguments, "CONVOSO_AUTH_TOKEN", token="", requests=0) for arguments in ASK_THE_SERVER],
    *[End(3, arguments, token=WRONG_TOKEN, requests=1) for arguments in ASK_THE_SERVER],
    *[
        End(3, SEARCH, "token", answers(fault), requests=1)
        for fault in (
            faults.status(401),
            faults.status(403),
            faults.application_error(5001, "Auth token is invalid"),
            faults.application_error(403, "Forbidden"),
        )
    ],
)

SERVER_FAILURES = (
    *[End(4, arguments, "", answers(faults.redirect("https://elsewhere.example/v1")), requests=1) for arguments in ASK_THE_SERVER],
    *[
        End(4, SEARCH, "", answers(fault), requests=1)
        for fault in (
            faults.application_error(7231, "Invalid offset value"),
            faults.application_error(9, "Out of order"),
            faults.html(401),
            faults.html(403),
            faults.status(414),
        )
    ],
    End(4, ("search",), "502", answers(faults.status(502)), requests=4),
    End(4, ("doctor", "--base-url=https://not-there.invalid/v1")),
)

BAD_CONFIGURATIONS = (
    ("profile =\n", "line 1"),
    ('[pace]\nburst = "many"\n', "line 2: pace.burst"),
    ("[pase]\n", "did you mean pace"),
    ('[profiles.main]\nbase_url = "http://example.com/v1"\n', "line 2: profiles.main.base_url"),
    ('[network]\nca_file = "not-there.pem"\n', "not-there.pem: no such file or directory"),
    ('[network]\nca_file = "config.toml"\n', "line 2: network.ca_file cannot be used: "),
    ('[network]\nproxy = "https://proxy.example/ x"\n', "network.proxy"),
)

CONFIGURATION_FAILURES = (
    *[End(5, arguments, said, configured(text), requests=0) for text, said in BAD_CONFIGURATIONS for arguments in (SEARCH, DOCTOR)],
    *[
        End(5, arguments, "open", configured('[profiles.main]\nauth_token_file = "open"\n'), token="")
        for arguments in (SEARCH, COUNT, DOCTOR)
    ],
    End(5, ("where",), "config.toml", configured("profile =")),
    End(5, ("search",), "chmod go-w", others_can_write),
    *[End(5, arguments, "queries.toml", lambda command, _: command.write("queries.toml", "[[query")) for arguments in READ_QUERIES],
)

OUTPUT_FAILURES = tuple(
    End(6, (*arguments, path), prepare=lambda command, _: command.write("queries.toml", QUERIES))
    for arguments in (("search", "-o"), ("queries", "export"))
    for path in ("there.csv", "no/such/folder.csv")
)

FAILURES = (*WRONG_USAGE, *TOKEN_FAILURES, *SERVER_FAILURES, *CONFIGURATION_FAILURES, *OUTPUT_FAILURES)
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.fixture(autouse=True)
def _retried_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RETRY_FIRST_WAIT", 0.001)


@pytest.mark.parametrize("end", [pytest.param(end, id=f"{end.code} {' '.join(end.arguments)}") for end in FAILURES])
def test_a_failure_has_its_code_and_one_sentence(command: Command, server: ConvosoServer, end: End) -> None:
    (command.home / "there.csv").write_text("mine")
    end.prepare(command, server)
    with contextlib.chdir(command.home):
        call = partial(command.call, *end.arguments, token=end.token)
        done = call(LEAD_TUI_BASE_URL=end.base_url) if end.base_url else call()
    if end.arguments[:1] in (DOCTOR, ("where",)):  # print what they have found so far
        done = Ended(done.code, b"", done.err)
    refused(done, end.code, end.said)
    assert "SECRET" not in done.err
    assert end.requests is None or len(server.requests) == end.requests
    assert (command.home / "there.csv").read_text() == "mine"
    assert not (command.home / "leads.csv").exists()


def test_every_code_of_the_manual_is_tested() -> None:
    of_the_manual = {int(word) for code, sentence in EXIT_CODES for word in (code, *sentence.split()) if word.isdigit()}
    assert {0, *(end.code for end in FAILURES), *SIGNALS.values()} == of_the_manual


@pytest.mark.parametrize(
    "arguments",
    [
        SEARCH,
        COUNT,
        ("search", "--query=New", "--limit=1"),
        ("queries", "list"),
        ("queries", "show", "New"),
        ("queries", "export"),
        DOCTOR,
        ("where",),
        ("completion", "bash"),
        ("--version",),
        ("--help",),
    ],
)
def test_done_is_0(command: Command, server: ConvosoServer, arguments: tuple[str, ...]) -> None:
    command.write("queries.toml", QUERIES)
    done = command.call(*arguments)
    assert done.code == 0, done.err
    assert done.out


@pytest.mark.parametrize("arguments", [SEARCH, COUNT, DOCTOR])
@pytest.mark.parametrize("code", [6000, 6001])
def test_nothing_that_matches_is_0(command: Command, server: ConvosoServer, arguments: tuple[str, ...], code: int) -> None:
    server.always = faults.application_error(code, "Nothing there")
    assert command.call(*arguments).code == 0


def test_nothing_that_matches_is_reported_with_the_servers_words(command: Command, server: ConvosoServer) -> None:
    server.always = faults.application_error(6000, "Missing lists")
    done = command.call("search", "status=NEW")
    assert (done.code, done.lines, done.err) == (0, [",".join(FIELD_BY_KEY)], "lead-tui: No leads match (status): Missing lists\n")
    assert command.call("search", "--format=json").out == b"[]\n"


def test_a_profiles_token_does_not_go_to_an_address_that_is_given(command: Command, server: ConvosoServer) -> None:
    command.write("token", "profileprofileprofile")
    command.configure('[profiles.main]\nauth_token_file = "token"\nbase_url = "https://main.example/v1"\n')
    refused(command.call("search", "--base-url", server.base_url, token=""), 3, "its own base URL only")
    assert not server.requests


def test_the_first_wait_that_the_server_specifies_is_reported_off_a_terminal_too(command: Command, server: ConvosoServer) -> None:
    server.next(faults.too_many("1"), faults.too_many("1"))
    done = command.call("search", "--limit=1", "--columns=city")
    assert (done.code, done.err) == (0, "lead-tui: Rate limit reached (HTTP 429): trying again in 1 s\n")


def test_a_php_notice_is_reported_once_and_the_leads_are_written(command: Command, server: ConvosoServer) -> None:
    right = server.answer
    server.answer = lambda asked: (200, b"\nNotice: Undefined key in /srv/x.php on line 42\n" + right(asked)[1])
    done = command.call("search", "--limit=3000", "--columns=lead_id")
    assert (done.code, len(done.lines)) == (0, 3_001)
    assert done.err.count("PHP notice: Undefined key, line 42") == 1


@pytest.mark.parametrize(("form", "around"), [("csv", 1), ("table", 1), ("json", 2), ("jsonl", 0)])
def test_leads_received_before_a_failure_are_written_and_counted(
    command: Command, server: ConvosoServer, form: str, around: int
) -> None:
    server.fault_for = lambda asked: faults.redirect("https://elsewhere.example/v1") if asked["offset"] != "0" else None
    done = command.call("search", "--limit=3000", f"--format={form}", "--columns=lead_id")
    assert (done.code, len(done.lines)) == (4, 2_000 + around)
    if form == "json":
        assert done.lines[-1] == "]"
    assert done.err.startswith("lead-tui: After 2,000 leads (the leads so far are written): ")
    assert done.err.count("\n") == 1


def test_one_part_of_a_look_up_that_fails_is_4_and_what_came_is_printed(command: Command, server: ConvosoServer) -> None:
    server.fault_for = lambda asked: faults.application_error(9, "Nope") if asked.get("alt_phone_1") else None
    done = command.call("search", f"--lookup={phone(7)}", "--columns=lead_id")
    assert (done.code, done.lines) == (4, ["lead_id", lead_id(7)])
    assert done.err.count("\n") == 1


def test_a_row_that_is_not_a_lead_is_4_and_the_others_are_printed(command: Command, server: ConvosoServer) -> None:
    server.answer = lambda parameters: (200, b'{"success": true, "data": {"total": 2, "entries": [{"id": 1}, "x"]}}')
    done = command.call("search", "--format=jsonl")
    assert (done.code, done.out) == (4, b'{"id": 1}\n')
    assert "1 lead left out" in done.err


def test_queries_that_cannot_be_read_do_not_stop_a_search_without_one(command: Command, server: ConvosoServer) -> None:
    command.write("queries.toml", "[[query")
    assert command.call("search", "--limit=1").code == 0


def test_an_internal_error_is_one_sentence_and_a_report_without_values(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        secret = "SECRET-7"
        raise RuntimeError(secret)

    monkeypatch.setattr(search, "run", fail)
    monkeypatch.setattr("lead_tui.terminal.process.harden", lambda: None)
    monkeypatch.setattr("lead_tui.terminal.crash_report.report_uncaught", lambda _: None)
    assert main.main(["search", "--log", str(tmp_path / "log")]) == INTERNAL_ERROR
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "RuntimeError" in said.err
    report = (tmp_path / "log").read_text()
    assert "RuntimeError" in report
    assert "lead_tui.cli.main:" in report
    assert "SECRET" not in said.err + report
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_a_log_that_cannot_be_written_is_reported_and_stops_nothing(command: Command, tmp_path: Path) -> None:
    done = command.call("queries", "list", "--log", str(tmp_path))
    assert (done.code, done.err.splitlines()[0]) == (0, f"lead-tui: {tmp_path} cannot be written: errors are not logged")


# Processes


@pytest.mark.parametrize(("arguments", "code"), [(TO_FILE, 0), (("search", "-o", "no/such/file.csv"), 6)])
def test_the_installed_command_passes_the_code_to_the_shell(
    command: Command, server: ConvosoServer, arguments: tuple[str, ...], code: int
) -> None:
    done = subprocess.run(
        installed(*arguments), stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False,
        env=command.environment(CONVOSO_AUTH_TOKEN=TOKEN), cwd=command.home,
    )  # fmt: skip
    assert done.returncode == code
    assert done.stderr.startswith(b"lead-tui: ") or not done.stderr
    assert done.stderr.count(b"\n") <= 1
    assert b"Traceback" not in done.stderr
    assert TOKEN.encode() not in done.stdout + done.stderr
    assert (command.home / "leads.csv").exists() is (code == 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "--demo=50"),
        ("search", "--demo=50", "--count"),
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
def test_a_full_disk_is_6(command: Command, arguments: tuple[str, ...]) -> None:
    command.write("queries.toml", QUERIES)
    # The buffer of standard output is flushed when the process ends.
    is_buffered = arguments == ("--help",)
    done = command.run_on_a_full_disk(*arguments) if is_buffered else command.call_on_a_full_disk(*arguments)
    assert done.code == 6
    assert done.err == "lead-tui: Cannot write the output (the disk is full): check where standard output goes\n"


def test_a_message_that_cannot_be_written_does_not_change_the_code(command: Command) -> None:
    with open("/dev/full", "wb") as full:
        words = module_command("search", "stauts=NEW")
        done = subprocess.run(words, stderr=full, env=command.environment(), timeout=PATIENCE, check=False)
    assert done.returncode == 2


@pytest.mark.parametrize("form", ["csv", "table"])
def test_a_pipe_that_is_closed_is_6_and_ends_the_search(command: Command, server: ConvosoServer, form: str) -> None:
    with command.start("search", "--limit=5000", f"--format={form}", "--columns=lead_id,notes") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        process.wait(PATIENCE)
    refused(ended(process, b"", said), 6, "closed before everything was written")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("search", "--demo=50"), 6),
        (("search", "--demo=50", "--count", "-o", "number"), 0),
        (("queries", "export", "queries.toml"), 0),
    ],
)
def test_standard_output_that_is_closed_from_the_start_is_6_where_it_is_needed(
    command: Command, arguments: tuple[str, ...], code: int
) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *module_command(*arguments)],
        stderr=subprocess.PIPE, env=command.environment(), cwd=command.home, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert done.stderr.count(b"\n") <= 1


def test_without_a_working_directory_a_file_there_is_6(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = command.home / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for arguments in (("search", "--demo=5", "lead_id=1,2", "--missing=m", "-o", "o"), ("queries", "export", "q.toml")):
        refused(command.call(*arguments), 6, "The working directory no longer exists")


@pytest.mark.parametrize(
    ("arguments", "number"), [(("search",), signal.SIGINT), (DOCTOR, signal.SIGINT), *((TO_FILE, number) for number in SIGNALS)]
)
def test_a_signal_has_its_code(command: Command, server: ConvosoServer, arguments: tuple[str, ...], number: signal.Signals) -> None:
    released = threading.Event()
    server.always = faults.held(released)
    with command.start(*arguments) as process:
        server.wait_for_requests(1)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    released.set()
    done = ended(process, out, err)
    assert done.code == SIGNALS[number]
    assert not done.out or arguments == DOCTOR
    assert done.err.count("\n") <= 1
    assert done.err or number is not signal.SIGINT
    assert not (command.home / "leads.csv").exists()


def test_an_interrupt_before_the_event_loop_runs_says_nothing_else(
    command: Command, server: ConvosoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Python warns of a coroutine that has not begun, and pytest turns that into an error.
    monkeypatch.setattr("asyncio.run", Mock(side_effect=KeyboardInterrupt))
    done = command.call("search")
    assert (done.code, done.err) == (130, "lead-tui: interrupted\n")


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda terminal: terminal.press("q"), 0),
        (lambda terminal: terminal.signal(signal.SIGTERM), 143),
        (lambda terminal: terminal.hang_up(), 129),
    ],
    ids=["q", "terminated", "hung up"],
)
def test_the_app_ends_with_its_code(command: Command, end: Callable[[Terminal], None], code: int) -> None:
    with Terminal(installed("--demo=100"), environ=command.environment(), cwd=command.home) as terminal:
        terminal.wait_for("Row 1 of 100")
        end(terminal)
        assert terminal.wait_for_exit() == code


@pytest.mark.parametrize("config", ["profile =", '[theme]\nname = "nowhere"\n'])
def test_an_app_that_cannot_start_is_5(command: Command, config: str) -> None:
    command.configure(config)
    with Terminal(installed(), environ=command.environment(CONVOSO_AUTH_TOKEN=TOKEN), cwd=command.home) as terminal:
        assert terminal.wait_for_exit() == 5
        assert "config.toml" in terminal.text.replace("\n", "")
