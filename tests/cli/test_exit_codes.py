"""Every end of the command has its exit code and one sentence on standard error."""

from __future__ import annotations

import signal
import subprocess
import threading
from pathlib import Path

import pytest

from lead_tui.cli import main, run_command
from lead_tui.leads.fields import FIELD_BY_KEY
from tests.cli.command import PATIENCE, Command, Ended, ended
from tests.pty.harness import module_command
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Fault


def refused(done: Ended, code: int, said: str) -> None:
    """*done* ended with *code*, nothing on standard output and one sentence that holds *said*."""
    assert (done.code, done.out) == (code, b""), done.err
    assert done.err.startswith("lead-tui: ")
    assert done.err.count("\n") == 1
    assert said in done.err


def test_done_is_0_also_when_nothing_matched(command: Command, server: ConvosoServer) -> None:
    server.always = faults.application_error(6000, "Missing lists")
    done = command.call("search", "status=NEW")
    assert (done.code, done.lines, done.err) == (0, [",".join(FIELD_BY_KEY)], "lead-tui: No leads match (status): Missing lists\n")
    assert command.call("search", "--format=json").out == b"[]\n"


@pytest.mark.parametrize(
    "arguments", [("stat=NEW",), ("search", "owner_id=Atlantis"), ("--tokn=x",), ("serach",), ("search", "--limit=0")]
)
def test_wrong_usage_is_2(command: Command, arguments: tuple[str, ...]) -> None:
    refused(command.run(*arguments), 2, "")


def test_a_date_that_no_calendar_has_is_2(command: Command, server: ConvosoServer) -> None:
    refused(command.call("search", "created_at_start_date=2026-02-30"), 2, "no such day")
    assert not server.requests


@pytest.mark.parametrize("arguments", [(), ("--demo",), ("--lookup=3010010000",)])
def test_no_terminal_is_2_and_names_search(command: Command, arguments: tuple[str, ...]) -> None:
    refused(command.run(*arguments), 2, "lead-tui search")


@pytest.mark.parametrize("url", ["http://example.com/v1", "https://example.com", "ftp://x/v1", "https://u:SECRET@x.example/v1"])
def test_a_base_url_given_and_refused_is_2(command: Command, url: str) -> None:
    for done in (command.call("search", "--base-url", url), command.call("search", LEAD_TUI_BASE_URL=url)):
        refused(done, 2, "base URL")
        assert "SECRET" not in done.err


def test_an_unknown_profile_is_2(command: Command) -> None:
    command.configure('[profiles.west]\nbase_url = "https://west.example/v1"\n')
    refused(command.call("search", "--profile=wset"), 2, "west")


def test_a_missing_token_is_3(command: Command, server: ConvosoServer) -> None:
    refused(command.run("search", token=""), 3, "CONVOSO_AUTH_TOKEN")
    assert not server.requests


def test_a_profiles_token_does_not_go_to_an_address_that_is_given(command: Command, server: ConvosoServer) -> None:
    command.write("token", "profileprofileprofile")
    command.configure('[profiles.main]\nauth_token_file = "token"\nbase_url = "https://main.example/v1"\n')
    refused(command.call("search", "--base-url", server.base_url, token=""), 3, "its own base URL only")
    assert not server.requests


@pytest.mark.parametrize(
    "fault",
    [
        faults.status(401),
        faults.status(403),
        faults.application_error(5001, "Auth token is invalid"),
        faults.application_error(403, "Forbidden"),
    ],
)
def test_a_refused_token_is_3(command: Command, server: ConvosoServer, fault: Fault) -> None:
    server.always = fault
    refused(command.call("search"), 3, "token")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [
        faults.redirect("https://elsewhere.example/v1"),
        faults.application_error(7231, "Invalid offset value"),
        faults.html(401),
        faults.html(403),
        faults.status(414),
    ],
)
def test_a_server_that_fails_is_4(command: Command, server: ConvosoServer, fault: Fault) -> None:
    server.always = fault
    refused(command.run("search"), 4, "")
    assert len(server.requests) == 1


def test_the_first_wait_that_the_server_specifies_is_reported_even_where_nobody_watches(
    command: Command, server: ConvosoServer
) -> None:
    server.next(faults.too_many("0.1"), faults.too_many("0.1"))
    ended = command.run("search", "--limit=1", "--columns=city")
    assert (ended.code, ended.err) == (0, "lead-tui: The server wants fewer requests (HTTP 429): trying again in 1 s\n")


def test_a_php_notice_is_reported_once_and_the_leads_are_written(command: Command, server: ConvosoServer) -> None:
    right = server.answer
    server.answer = lambda asked: (200, b"\nNotice: Undefined key in /srv/x.php on line 42\n" + right(asked)[1])
    done = command.call("search", "--limit=3000", "--columns=lead_id")
    assert (done.code, len(done.lines)) == (0, 3_001)
    assert done.err.count("PHP notice: Undefined key, line 42") == 1


def test_retries_spent_are_4(command: Command, server: ConvosoServer) -> None:
    server.always = faults.status(502)
    refused(command.call("search"), 4, "502")
    assert len(server.requests) == 4


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "table"])
def test_what_came_before_a_failure_is_printed_whole_and_told(command: Command, server: ConvosoServer, form: str) -> None:
    server.fault_for = lambda asked: faults.redirect("https://elsewhere.example/v1") if asked["offset"] != "0" else None
    done = command.call("search", "--limit=3000", f"--format={form}", "--columns=lead_id")
    assert done.code == 4
    around = {"csv": 1, "table": 1, "json": 2, "jsonl": 0}[form]
    assert len(done.lines) == 2_000 + around
    if form == "json":
        assert done.lines[-1] == "]"
    assert done.err.startswith("lead-tui: After 2,000 leads, which are written: ")
    assert done.err.count("\n") == 1


def test_a_row_that_is_no_lead_is_4_and_the_others_are_printed(command: Command, server: ConvosoServer) -> None:
    server.answer = lambda parameters: (200, b'{"success": true, "data": {"total": 2, "entries": [{"id": 1}, "x"]}}')
    done = command.call("search", "--format=jsonl")
    assert (done.code, done.out) == (4, b'{"id":1}\n')
    assert "1 lead left out" in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("profile =", "line 1"),
        ('[pace]\nburst = "many"\n', "line 2: pace.burst"),
        ("[pase]\n", "did you mean pace"),
        ('[profiles.main]\nbase_url = "http://example.com/v1"\n', "line 2: profiles.main.base_url"),
        ('[network]\nca_file = "not-there.pem"\n', "line 2: network.ca_file"),
        ('[network]\nproxy = "https://proxy.example/ x"\n', "network.proxy"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_5_with_file_line_and_key(command: Command, text: str, said: str) -> None:
    command.configure(text)
    done = command.call("search")
    refused(done, 5, said)
    assert "config.toml" in done.err


def test_a_configuration_that_others_can_write_to_is_5(command: Command) -> None:
    command.configure("")
    (command.config_dir / "config.toml").chmod(0o666)
    refused(command.run("search"), 5, "chmod go-w")


def test_queries_that_cannot_be_read_are_5_where_one_is_asked_for(command: Command, server: ConvosoServer) -> None:
    command.write("queries.toml", "[[query")
    refused(command.call("search", "--query=x"), 5, "queries.toml")
    assert command.call("search", "--limit=1").code == 0


@pytest.mark.parametrize("arguments", [("search", "--demo=50"), ("--help",), ("--version",), ("where",)])
def test_a_full_disk_is_6(command: Command, arguments: tuple[str, ...]) -> None:
    done = command.run_on_a_full_disk(*arguments)
    assert done.code == 6
    assert done.err == "lead-tui: Cannot write the output (the disk is full): check where standard output goes\n"


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "table"])
def test_a_pipe_that_is_closed_is_6_and_ends_the_search(command: Command, server: ConvosoServer, form: str) -> None:
    with command.start("search", "--limit=5000", f"--format={form}", "--columns=lead_id,notes") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        process.wait(PATIENCE)
    refused(ended(process, b"", said), 6, "closed before everything was written")
    assert len(server.requests) == 1


def test_standard_output_that_is_closed_from_the_start_is_6(command: Command) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *module_command("search", "--demo=50")],
        stderr=subprocess.PIPE, env=command.environment(), timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 6
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_search_with_its_code(command: Command, server: ConvosoServer, number: signal.Signals, code: int) -> None:
    released = threading.Event()
    server.always = faults.held(released)
    with command.start("search") as process:
        server.wait_for_requests(1)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    released.set()
    done = ended(process, out, err)
    assert (done.code, done.out) == (code, b"")
    assert done.err.count("\n") <= 1


def test_a_fault_of_the_programs_own_is_one_sentence_and_a_report_without_values(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        secret = "SECRET-7"
        raise RuntimeError(secret)

    monkeypatch.setattr(run_command, "_search", fail)
    monkeypatch.setattr("lead_tui.terminal.secrecy.harden", lambda: None)
    monkeypatch.setattr("lead_tui.terminal.crash.install", lambda _: None)
    assert main.main(["search", "--log", str(tmp_path / "log")]) == main.INTERNAL_ERROR
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "RuntimeError" in said.err
    report = (tmp_path / "log").read_text()
    assert "RuntimeError" in report
    assert "lead_tui/cli/main.py" in report
    assert "SECRET" not in said.err + report
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600
