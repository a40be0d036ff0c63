"""How the process ends from outside, and how it crashes, with the real driver."""

from __future__ import annotations

import ctypes
import os
import pty
import signal
import stat
import termios
import time
from pathlib import Path

import psutil
import pytest

from lead_tui.limits import LEAVE_SECONDS
from tests.pty.harness import PATIENCE, Terminal, app_command, clean_environment

SECRET = b"token-55555555"


def start(folder: Path, *, stdin: int | None = None) -> Terminal:
    terminal = Terminal(app_command("minimal"), environ=clean_environment(folder), stdin=stdin)
    terminal.wait_for("ready")
    assert terminal.alternate
    return terminal


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order_with_its_code(tmp_path: Path, number: signal.Signals) -> None:
    with start(tmp_path) as terminal:
        terminal.signal(number)
        assert terminal.wait_for_exit() == 128 + number
        terminal.assert_restored()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_ends_it_although_its_loop_hangs(tmp_path: Path, number: signal.Signals) -> None:
    with start(tmp_path) as terminal:
        terminal.press("H")
        terminal.wait_for(lambda t: t.process.status() == psutil.STATUS_SLEEPING)
        terminal.settle()
        terminal.signal(number)
        assert terminal.wait_for_exit() == 128 + number
        terminal.assert_restored()


def test_a_signal_ends_it_even_if_the_terminal_reads_nothing(tmp_path: Path) -> None:
    with Terminal(app_command("rows"), environ=clean_environment(tmp_path), columns=200, lines=60, fresh=True) as terminal:
        terminal.wait_for("Row 1 ")
        terminal.settle()
        terminal.stop_output()
        terminal.press("pagedown")
        terminal.wait_until_at_rest()
        told = time.monotonic()
        terminal.signal(signal.SIGTERM)
        assert terminal.process.wait(PATIENCE) == 128 + signal.SIGTERM
        assert time.monotonic() - told > LEAVE_SECONDS / 2  # it does try the orderly way


def test_a_key_ends_it_even_if_the_terminal_reads_nothing(tmp_path: Path) -> None:
    with Terminal(app_command("rows"), environ=clean_environment(tmp_path), columns=200, lines=60, fresh=True) as terminal:
        terminal.wait_for("Row 1 ")
        terminal.settle()
        terminal.stop_output()
        terminal.press("pagedown")
        terminal.wait_until_at_rest()
        terminal.press("q")
        assert terminal.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("attempt", range(3))
def test_it_exits_when_the_other_end_of_its_terminal_vanishes(tmp_path: Path, attempt: int) -> None:
    with start(tmp_path) as terminal:
        terminal.hang_up()
        assert terminal.wait_for_exit() == 129


def test_it_exits_when_its_terminal_vanishes_while_its_loop_hangs(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        terminal.press("H")
        terminal.settle()
        terminal.hang_up()
        assert terminal.wait_for_exit() == 129


def test_a_standard_input_that_dies_without_a_signal_is_a_hang_up(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    try:
        with start(tmp_path, stdin=slave) as terminal:
            os.close(slave)
            os.close(master)
            assert terminal.wait_for_exit() == 129
            assert not terminal.alternate
    finally:
        for descriptor in (master, slave):
            try:
                os.close(descriptor)
            except OSError:
                continue


@pytest.mark.parametrize("key", ["W", "E"])
def test_threads_that_do_not_end_do_not_delay_the_prompt(tmp_path: Path, key: str) -> None:
    with start(tmp_path) as terminal:
        terminal.press(key)
        assert terminal.wait_for_exit() == 0
        terminal.assert_restored()


def test_suspended_and_resumed_it_is_as_it_was(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        terminal.press("j")
        terminal.wait_for("ready j")
        terminal.signal(signal.SIGTSTP)
        terminal.wait_for(lambda t: t.process.status() == psutil.STATUS_STOPPED)
        terminal.settle(0.1)
        terminal.assert_restored()
        terminal.cells.reset()
        terminal.signal(signal.SIGCONT)
        terminal.wait_for("ready j")
        assert terminal.alternate
        terminal.press("k", "ctrl+q")
        assert terminal.wait_for_exit() == 0
        terminal.assert_restored()


@pytest.mark.parametrize("in_a_thread", [False, True], ids=["main thread", "another thread"])
def test_stopped_and_continued_from_outside_it_draws_again_and_continues(tmp_path: Path, in_a_thread: bool) -> None:
    with start(tmp_path) as terminal:
        terminal.press("j")
        terminal.wait_for("ready j")
        terminal.settle()  # nothing else wakes the loop then
        threads = [thread.id for thread in terminal.process.threads()]
        terminal.signal(signal.SIGSTOP)
        terminal.wait_for(lambda t: t.process.status() == psutil.STATUS_STOPPED)
        shell = os.open(terminal._name, os.O_RDWR | os.O_NOCTTY)
        termios.tcsetattr(shell, termios.TCSANOW, terminal.attributes_before)
        terminal.cells.reset()
        # The system chooses the thread that receives a signal.
        ctypes.CDLL(None).tgkill(threads[0], threads[-1 if in_a_thread else 0], signal.SIGCONT)
        terminal.wait_for("ready j")
        # What is drawn may have been on its way before the stop.
        terminal.wait_for(lambda t: not termios.tcgetattr(shell)[3] & termios.ICANON)
        os.close(shell)
        assert terminal.process.num_threads() == len(threads)
        terminal.press("k")
        terminal.wait_for("ready j k")
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0
        terminal.assert_restored()


def test_an_internal_error_ends_it_with_one_sentence_without_data(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        terminal.press("X")
        assert terminal.wait_for_exit() == 1
        terminal.assert_restored()
        ended = terminal.raw[terminal.raw.rfind(b"\x1b[?1049l") :]
        assert ended.count(b"\n") == 1
        assert b"lead-tui: internal error (ValueError)" in ended
        assert SECRET not in terminal.raw
    log = tmp_path / "crash.log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "on_key" in log.read_text()
    assert SECRET.decode() not in log.read_text()


def test_an_error_in_a_thread_is_written_down_and_the_app_continues(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        terminal.press("T", "j")
        terminal.wait_for("ready T j")
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0
        assert SECRET not in terminal.raw
        assert b"Traceback" not in terminal.raw
    assert "KeyError" in (tmp_path / "crash.log").read_text()


def test_an_error_of_the_thread_that_reads_keys_ends_it(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        terminal.press("R")
        terminal.wait_for("ready R")
        terminal.press("j")
        assert terminal.wait_for_exit() == 1
        terminal.assert_restored()
        assert b"lead-tui: internal error (KeyError)" in terminal.raw


def test_a_terminal_without_a_size_counts_as_the_usual_one(tmp_path: Path) -> None:
    with Terminal(app_command("rows"), environ=clean_environment(tmp_path), columns=0, lines=0) as terminal:
        terminal.wait_for_bytes(b"\x1b[24;1H")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
