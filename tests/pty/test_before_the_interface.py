"""The first frame in a terminal: keys typed and faults that occur until the interface takes over."""

from __future__ import annotations

import json
import shlex
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.pty.harness import PATIENCE, Terminal, module_command
from tests.pty.program import Home, at_row, command
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account

HELD = """
import os, signal, sys, time
from lead_tui.terminal import environment
prepare = environment.prepare_environment
def hold(environ):
    prepare(environ)
    while not os.path.exists(sys.argv[-1]):
        time.sleep(0.01)
    {}
environment.prepare_environment = hold
from lead_tui.cli.main import main
sys.exit(main(sys.argv[1:-1]))
"""
"""Holds the start before Textual is imported, until there is a file; then something happens."""


def held(home: Home, server: ConvosoServer, sign: Path, then: str = "pass", **environ: str) -> Terminal:
    command = [sys.executable, "-c", HELD.format(then), f"--base-url={server.base_url}", str(sign)]
    return Terminal(command, environ=home.environment(**environ))


def test_keys_typed_at_the_first_frame_are_not_shown_and_act_once_the_interface_is_ready(
    home: Home, server: ConvosoServer, tmp_path: Path
) -> None:
    sign = tmp_path / "sign"
    with held(home, server, sign) as terminal:
        terminal.wait_for("Connecting to 127.0.0.1")
        assert terminal.alternate
        drawn = len(terminal.raw)
        terminal.press("j", "j")
        terminal.send("\x1c\x1a")  # keys that would end or stop a program
        terminal.watch(0.1)
        terminal.resize(120, 40)
        assert len(terminal.raw) == drawn
        sign.touch()
        terminal.wait_for(at_row(3))
        assert "Connecting" not in terminal.text
        # Twice would clear the frame.
        assert terminal.raw.count(b"\x1b[?1049h") == 1
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        terminal.assert_restored()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("jj\x13j", at_row(4)),  # ctrl+s, which stops the output of a terminal
        ("jj\x7fj", at_row(4)),  # backspace, which edits the line that a terminal keeps
        (":3\x16\r", at_row(3)),  # ctrl+v, after which a terminal takes a key for text
    ],
    ids=["ctrl+s", "backspace", "ctrl+v"],
)
def test_at_the_first_frame_keys_are_the_interfaces_and_not_the_terminals(
    home: Home, server: ConvosoServer, tmp_path: Path, typed: str, shown: str
) -> None:
    sign = tmp_path / "sign"
    with held(home, server, sign) as terminal:
        terminal.wait_for("Connecting to")
        terminal.send(typed)
        sign.touch()
        terminal.wait_for(shown)
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0


def test_ctrl_q_typed_at_the_first_frame_quits(home: Home, server: ConvosoServer, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    with held(home, server, sign) as terminal:
        terminal.wait_for("Connecting to")
        terminal.press("ctrl+q")
        sign.touch()
        assert terminal.wait_for_exit() == 0
        terminal.assert_restored()


def test_the_first_request_is_sent_before_the_interface_which_takes_the_response(home: Home, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    # A separate server, to which no other program connects.
    with ConvosoServer(account(9)) as server, held(home, server, sign) as terminal:
        terminal.wait_for(lambda _: len(server.requests) == 1)
        sign.touch()
        terminal.wait_for(at_row(1, 9))
        assert len(server.requests) == server.connections == 1
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_without_a_token_nothing_is_connected_to(home: Home) -> None:
    with ConvosoServer(account(10)) as server, home.open(server, environ={"CONVOSO_AUTH_TOKEN": ""}) as terminal:
        terminal.wait_for("token")
        assert server.connections == 0


@pytest.mark.parametrize(
    ("then", "code"),
    [
        ("os.kill(os.getpid(), signal.SIGTERM)", 143),
        ("os.kill(os.getpid(), signal.SIGHUP)", 129),
        ("os.kill(os.getpid(), signal.SIGINT)", 130),
        ("raise ValueError", 1),
    ],
)
def test_a_start_that_fails_leaves_the_terminal_as_it_was(
    home: Home, server: ConvosoServer, tmp_path: Path, then: str, code: int
) -> None:
    sign = tmp_path / "sign"
    with held(home, server, sign, then) as terminal:
        terminal.wait_for("Connecting to")
        sign.touch()
        assert terminal.wait_for_exit() == code
        assert not terminal.alternate
        assert terminal.attributes() == terminal.attributes_before
        assert terminal.raw.rfind(b"\x1b[?25h") > terminal.raw.rfind(b"\x1b[?25l")
        assert "Connecting" not in terminal.text


IN_BACKGROUND = "set -m; {} & until jobs %1 | grep -q Stopped; do sleep 0.1; done; "


@pytest.mark.parametrize("lines", [24, 12], ids=["first_frame", "no_first_frame"])
def test_started_in_the_background_it_can_be_ended(home: Home, server: ConvosoServer, lines: int) -> None:
    script = IN_BACKGROUND.format(shlex.join(command(f"--base-url={server.base_url}")))
    script += "kill %1; while kill -0 $!; do sleep 0.1; done"
    with Terminal(["bash", "-c", script], environ=home.environment(), lines=lines) as terminal:
        terminal.wait_for(" Exit 143 ")
        assert b"\x1b" not in terminal.raw
        assert b"error" not in terminal.raw


@pytest.mark.parametrize("lines", [24, 12], ids=["first_frame", "no_first_frame"])
def test_started_in_the_background_it_continues_in_the_foreground(home: Home, server: ConvosoServer, lines: int) -> None:
    script = IN_BACKGROUND.format(shlex.join(command(f"--base-url={server.base_url}")))
    with Terminal(["bash", "-c", f"{script}fg"], environ=home.environment(), lines=lines) as terminal:
        terminal.wait_for(at_row(1) if lines == 24 else "This window is")
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0
        terminal.assert_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_a_start_even_if_the_terminal_accepts_nothing(home: Home, tmp_path: Path, number: signal.Signals) -> None:
    with Terminal(module_command("--demo"), environ=home.environment(), fresh=True) as terminal:
        terminal.stop_output()
        terminal.wait_until_at_rest()
        terminal.signal(number)
        assert terminal.process.wait(PATIENCE) == 128 + number


def test_stopped_before_the_interface_has_the_terminal_it_continues(home: Home, server: ConvosoServer, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    stop = """
    from lead_tui.terminal.driver import TerminalDriver
    start = TerminalDriver.start_application_mode
    def stop_first(driver):
        TerminalDriver.start_application_mode = start
        os.kill(os.getpid(), signal.SIGTSTP)
        start(driver)
    TerminalDriver.start_application_mode = stop_first
"""
    with held(home, server, sign, stop) as terminal:
        terminal.wait_for("Connecting to")
        sign.touch()
        terminal.wait_for(lambda t: t.process.status() == psutil.STATUS_STOPPED)
        terminal.signal(signal.SIGCONT)
        terminal.wait_for(at_row(1))
        terminal.press("j")
        terminal.wait_for(at_row(2))
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        terminal.assert_restored()


WHILE_EXCEPTIONS_ARE_IGNORED = """
    import weakref
    dies = type("Dies", (), {{}})()
    noticed = weakref.ref(dies, lambda _: signal.raise_signal(signal.{}))
    del dies
"""


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_signal_at_the_first_frame_raises_nothing_in_the_code_that_it_interrupts(
    home: Home, server: ConvosoServer, tmp_path: Path, name: str, code: int
) -> None:
    sign = tmp_path / "sign"
    with held(home, server, sign, WHILE_EXCEPTIONS_ARE_IGNORED.format(name)) as terminal:
        terminal.wait_for("Connecting to")
        sign.touch()
        assert terminal.wait_for_exit() == code
        terminal.assert_restored()


INTERRUPTED = """
import signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == sys.argv[1]:
            sys.meta_path.remove(self)
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Finder())
from lead_tui.cli.main import main
sys.exit(main(sys.argv[2:]))
"""
"""Interrupts the start when it imports a module."""


@pytest.mark.parametrize("words", [("--demo",), ("search", "--demo")], ids=["app", "search"])
@pytest.mark.parametrize("module", ["lead_tui.cli.parser", "lead_tui.config.settings", "lead_tui.leads.lead"])
def test_an_interrupt_at_any_import_ends_the_start_with_a_sentence(home: Home, module: str, words: tuple[str, ...]) -> None:
    with Terminal([sys.executable, "-c", INTERRUPTED, module, *words], environ=home.environment()) as terminal:
        assert terminal.wait_for_exit() == 130
        assert "lead-tui: interrupted" in terminal.text
        assert "Traceback" not in terminal.text
        assert not terminal.alternate
        assert terminal.attributes() == terminal.attributes_before


def test_a_start_that_waits_for_a_token_command_can_be_ended(home: Home, server: ConvosoServer, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    words = ["sh", "-c", f"echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 600"]
    home.write("config.toml", f'[profiles.main]\nbase_url = "{server.base_url}"\nauth_token_command = {json.dumps(words)}\n')
    with home.open(server, environ={"CONVOSO_AUTH_TOKEN": ""}, fresh=True) as terminal:
        terminal.wait_for(lambda _: pid.exists())
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_for_exit() == 143
        terminal.assert_restored()
    psutil.Process(int(pid.read_text())).kill()


def test_there_is_no_first_frame_on_a_dumb_terminal(home: Home, server: ConvosoServer) -> None:
    with home.open(server, environ={"TERM": "dumb"}) as terminal:
        assert terminal.wait_for_exit() == 2
        assert b"\x1b" not in terminal.raw


def test_an_error_of_the_account_is_printed_after_the_screen_is_restored(home: Home, server: ConvosoServer) -> None:
    home.write("config.toml", f'[profiles.main]\nbase_url = "{server.base_url}"\nauth_token_command = ["false"]\n')
    with home.open(server, environ={"CONVOSO_AUTH_TOKEN": ""}) as terminal:
        assert terminal.wait_for_exit() == 3
        terminal.assert_restored()
        assert terminal.raw.rfind(b"gave no token") > terminal.raw.rfind(b"\x1b[?1049l")
