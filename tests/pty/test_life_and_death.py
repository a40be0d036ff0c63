"""Failures of the terminal, the process or the disk: the program ends at once, restores the terminal, and leaves files complete."""

from __future__ import annotations

import os
import pty
import random
import shlex
import signal
import threading
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil
import pytest

from tests.pty.harness import Terminal
from tests.pty.program import MILLION, NARROW, WIDE, Home, at_row, command, cursor_line, leave, question, start, title, wait_for_row
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer

# The other end vanishes


def idle(terminal: Terminal, server: ConvosoServer) -> None:
    """Nothing is in progress."""


def typing(terminal: Terminal, server: ConvosoServer) -> None:
    """A line is being edited."""
    terminal.send("/3010")
    terminal.wait_for("Look up  3010")


def in_a_dialog(terminal: Terminal, server: ConvosoServer) -> None:
    """A dialog is open."""
    terminal.press("o")
    terminal.wait_for("Saved queries")


def in_the_palette(terminal: Terminal, server: ConvosoServer) -> None:
    """The palette is open."""
    terminal.press("ctrl+p")
    terminal.wait_for("Type a command")


def while_a_request_hangs(terminal: Terminal, server: ConvosoServer) -> None:
    """A thread waits for an answer that never arrives."""
    server.always = faults.held(threading.Event())
    terminal.press("G")
    server.wait_for_requests(3)


def while_an_answer_drips(terminal: Terminal, server: ConvosoServer) -> None:
    """A thread reads an endless answer."""
    server.always = faults.drip(0.05)
    terminal.press("G")
    server.wait_for_requests(3)


def while_a_retry_waits(terminal: Terminal, server: ConvosoServer) -> None:
    """The next attempt is in a minute."""
    server.always = faults.too_many("60")
    terminal.press("G")
    terminal.wait_for("attempt 2 of 4")


def while_all_is_loaded(terminal: Terminal, server: ConvosoServer) -> None:
    """Large pages arrive one after another."""
    terminal.press("s")
    terminal.wait_for("the 200 loaded")
    asked = len(server.requests)
    server.always = faults.held(threading.Event())
    terminal.press("a")
    server.wait_for_requests(asked + 3)


def while_nothing_is_read(terminal: Terminal, server: ConvosoServer) -> None:
    """The terminal stops reading output."""
    terminal.answers = False
    for _ in range(6):
        terminal.press("pagedown")
        time.sleep(0.05)


def while_stopped(terminal: Terminal, server: ConvosoServer) -> None:
    """The process is suspended, as by ctrl+z."""
    terminal.signal(signal.SIGTSTP)
    terminal.wait_for(lambda t: t.process.status() == psutil.STATUS_STOPPED)


TIMES: Final[tuple[Callable[[Terminal, ConvosoServer], None], ...]] = (
    idle, typing, in_a_dialog, in_the_palette, while_a_request_hangs, while_an_answer_drips, while_a_retry_waits,
    while_all_is_loaded, while_nothing_is_read, while_stopped,
)  # fmt: skip


@pytest.mark.parametrize("when", TIMES, ids=lambda when: when.__name__)
def test_it_exits_within_two_seconds_of_its_terminal(
    home: Home, server: ConvosoServer, when: Callable[[Terminal, ConvosoServer], None]
) -> None:
    with start(home, server) as terminal:
        when(terminal, server)
        terminal.hang_up()
        assert terminal.wait_for_exit_at_once() == 129


@pytest.mark.long
def test_ten_times_out_of_ten(home: Home, server: ConvosoServer) -> None:
    for _ in range(10):
        with home.open(server) as terminal:
            terminal.wait_for(at_row(1))
            terminal.hang_up()
            assert terminal.wait_for_exit_at_once() == 129


def test_it_exits_even_if_started_to_survive_a_hang_up(home: Home, server: ConvosoServer) -> None:
    started = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *command(f"--base-url={server.base_url}")]
    with Terminal(started, environ=home.environment(), columns=NARROW[0], lines=NARROW[1]) as terminal:
        terminal.wait_for(at_row(1))
        terminal.hang_up()
        assert terminal.wait_for_exit_at_once() == 129


def test_a_standard_input_that_dies_alone_ends_it(home: Home, server: ConvosoServer) -> None:
    master, slave = pty.openpty()
    with home.open(server, stdin=slave) as terminal:
        os.close(slave)
        terminal.wait_for(at_row(1))
        os.close(master)
        assert terminal.wait_for_exit_at_once() == 129
        assert not terminal.alternate


# Signals


@pytest.mark.parametrize(
    ("when", "number", "code"),
    [
        (in_a_dialog, signal.SIGTERM, 143),
        (in_the_palette, signal.SIGHUP, 129),
        (while_a_retry_waits, signal.SIGINT, 130),
        (while_all_is_loaded, signal.SIGTERM, 143),
        (while_a_request_hangs, signal.SIGTERM, 143),
        (while_a_request_hangs, signal.SIGHUP, 129),
    ],
)
def test_a_signal_ends_it_at_once_and_the_terminal_is_as_it_was(
    home: Home, server: ConvosoServer, when: Callable[[Terminal, ConvosoServer], None], number: signal.Signals, code: int
) -> None:
    with start(home, server) as terminal:
        when(terminal, server)
        terminal.signal(number)
        assert terminal.wait_for_exit_at_once() == code
        terminal.assert_restored()


def test_suspended_the_terminal_is_as_it_was_and_resumed_it_continues_where_it_was(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        terminal.send(":4321\r")
        wait_for_row(terminal, 4321)
        for _ in range(2):
            while_stopped(terminal, server)
            terminal.settle(0.1)
            terminal.assert_restored()
            terminal.cells.reset()
            terminal.signal(signal.SIGCONT)
            wait_for_row(terminal, 4321)
            assert terminal.alternate
        terminal.press("j")
        wait_for_row(terminal, 4322)
        leave(terminal)
        terminal.assert_restored()


def test_the_suspend_key_returns_to_the_shell_and_back(home: Home, server: ConvosoServer) -> None:
    program = shlex.join(command(f"--base-url={server.base_url}"))
    # A script that started the program is stopped with it: the shell waits for both.
    script = shlex.join(["/bin/sh", "-c", f"{program}; echo left with $?"])
    shell = ["bash", "-c", f"set -m; {script}; echo stopped; read x; fg >/dev/null"]
    with Terminal(shell, environ=home.environment()) as terminal:
        terminal.wait_for(at_row(1))
        terminal.send(":4321\r")
        wait_for_row(terminal, 4321)
        terminal.press("ctrl+z")
        terminal.wait_for("stopped")
        terminal.assert_restored()
        terminal.send("\n")
        wait_for_row(terminal, 4321)
        terminal.press("q")
        terminal.wait_for("left with 0")
        terminal.assert_restored()


@pytest.mark.parametrize(
    "resumed", ["", "bg; until jobs %1 | grep -q Stopped; do sleep 0.1; done; "], ids=["stopped", "in_the_background"]
)
def test_ended_while_suspended_it_leaves_the_terminal_to_the_shell(home: Home, server: ConvosoServer, resumed: str) -> None:
    program = shlex.join(command(f"--base-url={server.base_url}"))
    ended = "kill %1; while kill -0 $job 2>/dev/null; do sleep 0.1; done"
    shell = ["bash", "-c", f"set -m; {program}; job=$(jobs -p); echo stopped; stty -echo; read x; {resumed}{ended}; stty -a"]
    with Terminal(shell, environ=home.environment()) as terminal:
        terminal.wait_for(at_row(1))
        terminal.press("ctrl+z")
        terminal.wait_for("stopped")
        written = len(terminal.raw)
        terminal.send("\n")
        terminal.wait_for(" Exit 143 ")
        terminal.wait_for(" -echo ")
        assert b"\x1b" not in terminal.raw[written:]


def test_without_a_shell_to_return_to_the_suspend_key_says_so(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        terminal.press("ctrl+z")
        terminal.wait_for("No shell to return to")
        leave(terminal)


def test_what_has_it_ignore_being_suspended_is_heeded(home: Home, server: ConvosoServer) -> None:
    # The program would stop, and the one that waits for it would not: no key would do anything any more.
    script = f"trap '' TSTP; {shlex.join(command(f'--base-url={server.base_url}'))}"
    with Terminal(["bash", "-c", f"set -m; {shlex.join(['/bin/sh', '-c', script])}"], environ=home.environment()) as terminal:
        terminal.wait_for(at_row(1))
        os.kill(terminal.process.children(recursive=True)[-1].pid, signal.SIGTSTP)
        terminal.press("ctrl+z")
        terminal.wait_for("No shell to return to")
        leave(terminal)


# Sizes


def test_it_survives_two_hundred_quick_resizes_down_to_a_single_cell(home: Home, server: ConvosoServer) -> None:
    chance = random.Random(11)
    with start(home, server) as terminal:
        terminal.send(":4321\r")
        wait_for_row(terminal, 4321)
        terminal.emulates = False
        for number in range(200):
            size = (1, 1) if number % 10 == 0 else (chance.randint(1, 250), chance.randint(1, 80))
            terminal.resize(*size)
            terminal.pump(0.005)
        terminal.settle()
        terminal.emulates = True
        terminal.resize(*WIDE)
        terminal.settle()
        terminal.send(":4322\r")
        wait_for_row(terminal, 4322)
        terminal.wait_for(title(4322))
        terminal.settle()
        used = terminal.cpu_seconds()
        terminal.watch(1.0)
        assert terminal.cpu_seconds() - used < 0.2
        leave(terminal)


def test_every_screen_lives_in_a_single_cell(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        for number, keys in enumerate(("", "/", "f", "?", "\r", "c", "\x10", "Y"), 70):
            terminal.send(keys)
            terminal.settle(0.05)
            for size in ((1, 1), (2, 40), (200, 1), (1, 1)):
                terminal.resize(*size)
                terminal.settle(0.05)
            terminal.press("down", "pagedown", "up", "pageup", "home", "end")
            terminal.settle(0.05)
            terminal.resize(*NARROW)
            terminal.settle(0.1)
            terminal.press("escape", "escape", "escape")
            terminal.settle(0.1)
            terminal.send(f":{number}\r")
            wait_for_row(terminal, number)
        leave(terminal)


# Saving


def save(terminal: Terminal, name: str) -> None:
    terminal.press("w")
    terminal.wait_for(lambda t: bool(question(t, "Save as")))
    terminal.send(f"{name}\r")


def saved(home: Home) -> list[str]:
    """Return the names in the file, having checked that it is complete."""
    if not home.queries_file.exists():
        return []
    return [each["name"] for each in tomllib.loads(home.queries_file.read_text())["query"]]


def test_killed_while_it_saves_files_are_whole_and_the_next_one_saves(home: Home, server: ConvosoServer) -> None:
    chance = random.Random(5)
    for turn in range(4):
        before = saved(home)
        with start(home, server) as terminal:
            # Importing what writes takes longest: the moments around the write are what counts.
            save(terminal, f"before {turn}")
            terminal.wait_for("Saved as")
            terminal.send(f"w\x15killed {turn}\r")
            time.sleep(chance.uniform(0.0, 0.03))
            terminal.signal(signal.SIGKILL)
            assert terminal.wait_for_exit() == -signal.SIGKILL
        after = saved(home)
        assert after[: len(before)] == before
        assert set(after) - set(before) <= {f"before {turn}", f"killed {turn}"}
    with start(home, server) as terminal:
        save(terminal, "at last")
        terminal.wait_for("Saved as at last")
        leave(terminal)
    assert "at last" in saved(home)
    assert [path.name for path in home.config_dir.iterdir() if path.name.endswith(".new")] == []


def test_on_a_full_disk_saving_is_refused_the_file_stays_and_it_continues(home: Home, server: ConvosoServer) -> None:
    with start(home, server, size=WIDE) as terminal:
        save(terminal, "kept")
        terminal.wait_for("Saved as kept")
        whole = home.queries_file.read_text()
        # A limit on the size of files makes a write fail in its middle, as a full disk does.
        unlimited = terminal.process.rlimit(psutil.RLIMIT_FSIZE)
        terminal.process.rlimit(psutil.RLIMIT_FSIZE, (20, unlimited[1]))
        save(terminal, "lost")
        terminal.wait_for("Cannot write")
        assert home.queries_file.read_text() == whole
        terminal.press("escape")
        terminal.settle()
        terminal.press("j")
        wait_for_row(terminal, 2)
        terminal.process.rlimit(psutil.RLIMIT_FSIZE, unlimited)
        save(terminal, "found")
        terminal.wait_for("Saved as found")
        leave(terminal)
    assert saved(home) == ["kept", "found"]


def leave_with_something_to_remember(terminal: Terminal) -> None:
    """Change what the detail shows, and quit, which is done at once."""
    terminal.press("enter")
    terminal.wait_for(title(1))
    terminal.press("z")
    terminal.settle()
    terminal.press("ctrl+q")
    assert terminal.wait_for_exit_at_once() == 0
    terminal.assert_restored()


def test_a_disk_that_is_full_when_it_leaves_does_not_keep_it(home: Home, server: ConvosoServer) -> None:
    state = home.path / ".local" / "state" / "lead-tui"
    with start(home, server) as terminal:
        terminal.process.rlimit(psutil.RLIMIT_FSIZE, (0, terminal.process.rlimit(psutil.RLIMIT_FSIZE)[1]))
        leave_with_something_to_remember(terminal)
    assert not list(state.glob("*.new")) if state.exists() else True


def test_the_rows_are_there_and_no_core_spins_while_the_server_is_gone(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        server.close()
        terminal.press("G")
        terminal.wait_for("refuses connections")
        terminal.wait_for(lambda t: "attempt" not in t.text)
        terminal.press("g")
        wait_for_row(terminal, 1)
        assert cursor_line(terminal)
        terminal.settle()
        used = terminal.cpu_seconds()
        terminal.watch(1.0)
        assert terminal.cpu_seconds() - used < 0.1
        server.start()
        terminal.press("r")
        terminal.press("G")
        wait_for_row(terminal, MILLION)
        leave(terminal)


def test_a_home_that_cannot_be_written_to_does_not_prevent_look_ups(home: Home, server: ConvosoServer, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    nowhere.write_text("a file where a folder should be")
    with home.open(server, environ={"XDG_STATE_HOME": str(nowhere), "XDG_CACHE_HOME": str(nowhere)}) as terminal:
        terminal.wait_for(at_row(1))
        leave_with_something_to_remember(terminal)
