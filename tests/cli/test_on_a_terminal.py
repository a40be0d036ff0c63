"""The command with a user watching: in a real pseudo-terminal."""

from __future__ import annotations

import io
import os
import sys
import threading

import pytest

from lead_tui.cli.console import ask, ask_line
from lead_tui.leads.text import cell_width
from tests.cli.command import TOKEN, Command
from tests.pty.harness import Terminal, module_command
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import lead_id, page, phone

HOSTILE = "a\x1b[2Jb\x1b]52;c;aGk=\x07c\x9bd\u202ee\x00f\tg"


def written(shown: Terminal) -> str:
    """Return all output, once the command has succeeded."""
    assert shown.wait_for_exit() == 0
    return shown.raw.decode().replace("\r\n", "\n")


def test_a_table_is_the_format_and_fits(command: Command, server: ConvosoServer) -> None:
    with command.open("search", "--limit=3", columns=70) as shown:
        lines = written(shown).splitlines()
    assert lines[0].split() == ["Name", "Phone", "Status", "City", "State", "Created"]
    assert max(map(cell_width, lines[:4])) <= 70
    assert lines[4:] == ["lead-tui: 3 of 5,000 leads written: use --limit N for more, or --all for all"]


def test_text_that_does_not_fit_at_all_is_reported(command: Command, server: ConvosoServer) -> None:
    with command.open("search", "--limit=1", "--columns=first_name,last_name,city,state,email", columns=20) as shown:
        assert "lead-tui: Too narrow for State, Email: choose columns with --columns\n" in written(shown)


def test_a_list_that_a_limit_cuts_says_so(command: Command, server: ConvosoServer) -> None:
    with command.open("search", f"lead_id={','.join(map(lead_id, range(3)))}", "--limit=2", "--columns=city") as shown:
        assert written(shown).splitlines()[-1] == "lead-tui: The first 2 leads written: use --limit N for more, or --all for all"


def test_nothing_in_a_lead_reaches_the_terminal_as_control_in_any_format(command: Command, server: ConvosoServer) -> None:
    server.answer = lambda parameters: page([{"lead_id": 1, "first_name": HOSTILE, "plan\x1b[31m": HOSTILE}])
    for form in ("table", "csv", "json", "jsonl"):
        with command.open("search", f"--format={form}") as shown:
            text = written(shown)
        assert text.replace("\n", "").isprintable(), form
        assert "u202e" in text, form


def test_a_search_goes_by_the_terminals_own_width_while_output_goes_elsewhere(command: Command, server: ConvosoServer) -> None:
    out = command.home / "out"
    with Terminal(["sh", "-c", f'exec "$@" > {out}', "sh", *module_command("search", "--format=table", "--limit=1")],
                  environ=command.environment(CONVOSO_AUTH_TOKEN=TOKEN), columns=30) as shown:  # fmt: skip
        assert "1 of 5,000 leads" in written(shown)
    assert len(out.read_text().splitlines()[0]) > 30


def test_the_progress_of_a_list_is_shown_while_its_leads_go_into_a_file(command: Command, server: ConvosoServer) -> None:
    numbers = command.home / "calls.txt"
    numbers.write_text("".join(f"{phone(index)}\n" for index in range(5)))
    arguments = ("search", "--lookup=-", "-o", str(command.home / "leads.csv"))
    with numbers.open() as stdin, command.open(*arguments, stdin=stdin.fileno()) as shown:
        assert "of 5 look-ups" in written(shown)


def test_a_terminal_that_can_only_print_lines_gets_no_line_that_is_redrawn(command: Command, server: ConvosoServer) -> None:
    environ = command.environment(CONVOSO_AUTH_TOKEN=TOKEN, TERM="dumb")
    with Terminal(module_command("search", "--all", "-o", str(command.home / "leads.csv")), environ=environ) as shown:
        assert written(shown) == ""


def test_a_user_at_the_terminal_is_asked_for_the_token_which_is_not_shown(command: Command, server: ConvosoServer) -> None:
    with command.open("search", "--limit=1", "--columns=city", token="") as shown:
        shown.wait_for(f"API token for 127.0.0.1:{server.port}:")
        shown.send(f"{TOKEN}\r")
        text = written(shown)
    assert "New York" in text
    assert TOKEN not in text
    assert server.requests[0]["auth_token"] == TOKEN


def test_an_answer_that_is_not_text_is_one_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xe9\n\xe9\n"), "utf-8"))
    assert not ask("Overwrite it?")
    assert ask_line("Address: ") == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("typed", "said"), [(b"\r", "No API token"), (b"\xe9\r", "does not contain a token"), (b"two words\r", "one word")]
)
def test_no_token_after_all_is_3(command: Command, server: ConvosoServer, typed: bytes, said: str) -> None:
    with command.open("search", token="") as shown:
        shown.wait_for("API token")
        shown.send(typed)
        assert shown.wait_for_exit() == 3
        assert said in shown.text.replace("\n", "")
    assert not server.requests


def test_a_wait_between_attempts_is_reported(command: Command, server: ConvosoServer) -> None:
    server.next(faults.status(503))
    with command.open("search", "--limit=1") as shown:
        assert "trying again in 1 s" in written(shown)


def test_an_interrupt_at_the_terminal_is_130(command: Command, server: ConvosoServer) -> None:
    released = threading.Event()
    server.always = faults.held(released)
    with command.open("search") as shown:
        server.wait_for_requests(1)
        shown.press("ctrl+c")
        assert shown.wait_for_exit() == 130
        assert shown.raw.endswith(b"lead-tui: interrupted\r\n")
    released.set()


def test_a_value_comes_through_a_pipe_and_the_app_has_the_terminal_anyway(command: Command) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"#1000007\n")
    os.close(writer)
    with command.open("--demo=1000", "--lookup=-", stdin=reader) as shown:
        os.close(reader)
        shown.wait_for("Lead 1000007")
        shown.press("ctrl+q")
        assert shown.wait_for_exit() == 0
