"""The watchdog of the process, in this process; tests/pty tests that the process really ends."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import termios
import threading
import tty
from collections.abc import Iterator

import pytest

from lead_tui.terminal import lifeline

PATIENCE = 60.0
NEVER = 600.0


class Ended(threading.Event):
    """A substitute for the end of the process; ``code`` is what it would have ended with."""

    code: int | None = None

    def exit(self, code: int) -> None:
        self.code = code
        self.set()


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Ended:
    ended = Ended()
    monkeypatch.setattr(os, "_exit", ended.exit)
    return ended


@pytest.fixture(autouse=True)
def lines() -> Iterator[list[lifeline.Lifeline]]:
    """Make watchdogs that stop after the test; in the product each lasts as long as its process."""
    before = {number: signal.getsignal(number) for number in lifeline.HANDLED}
    _STARTED.clear()
    yield _STARTED
    for number, handler in before.items():
        signal.signal(number, handler)
    for line in _STARTED:
        line._end = lambda: None  # type: ignore[method-assign]
        line._deadline = 0.0
        os.write(line._wake_write, b"\0")
        line._thread.join()
        os.close(line._wake_read)
        os.close(line._wake_write)


_STARTED: list[lifeline.Lifeline] = []


def started(line: lifeline.Lifeline) -> lifeline.Lifeline:
    line.start()
    _STARTED.append(line)
    return line


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the process time to end by itself, unless a test changes that."""
    monkeypatch.setattr(lifeline, "LEAVE_SECONDS", NEVER)


@pytest.fixture
def terminal(terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Return the ends of a terminal that is standard input and standard error."""
    monkeypatch.setattr(lifeline, "_STDIN", terminal[1])
    monkeypatch.setattr(lifeline, "_STDERR", terminal[1])
    return terminal


def install(told: asyncio.Future[int]) -> lifeline.Lifeline:
    return started(lifeline.Lifeline(asyncio.get_running_loop(), told.set_result))


@pytest.mark.parametrize("number", lifeline.HANDLED)
async def test_a_signal_tells_the_loop_once_and_the_first_code_stands(terminal: tuple[int, int], number: signal.Signals) -> None:
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    install(told)
    signal.raise_signal(number)
    signal.raise_signal(signal.SIGTERM)
    assert await told == 128 + number


async def test_a_terminal_that_hangs_up_is_noticed(terminal: tuple[int, int]) -> None:
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    install(told)
    os.close(terminal[0])
    assert await asyncio.wait_for(told, PATIENCE) == 129


async def test_when_the_orderly_way_hangs_the_terminal_is_restored_and_the_process_ends(
    terminal: tuple[int, int], ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    master, slave = terminal
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    before = termios.tcgetattr(slave)
    monkeypatch.setattr(lifeline, "LEAVE_SECONDS", 0.01)
    line = install(told)
    tty.setraw(slave)
    line.leave(143)
    assert await asyncio.to_thread(ended.wait, PATIENCE)
    assert ended.code == 143
    assert termios.tcgetattr(slave) == before
    assert os.read(master, 4096) == lifeline.RESTORE.encode()


async def test_while_the_interface_is_shown_the_screen_is_emptied_first(
    terminal: tuple[int, int], ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    master, slave = terminal
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    monkeypatch.setattr(lifeline, "LEAVE_SECONDS", 0.01)
    line = install(told)
    line.shows_interface = True
    tty.setraw(slave)
    line.leave(143)
    assert await asyncio.to_thread(ended.wait, PATIENCE)
    assert os.read(master, 4096).decode() == f"\x1b[?2026l{lifeline.ERASE}{lifeline.RESTORE}"


async def test_a_terminal_that_reads_nothing_does_not_delay_the_exit(
    terminal: tuple[int, int], ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    slave = terminal[1]
    os.set_blocking(slave, False)
    while select.select([], [slave], [], 0)[1]:
        os.write(slave, b"x" * 4096)
    os.set_blocking(slave, True)
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    monkeypatch.setattr(lifeline, "LEAVE_SECONDS", 0.0)
    line = install(told)
    line.arm(0)
    assert await asyncio.to_thread(ended.wait, PATIENCE)
    assert ended.code == 0
    termios.tcflush(slave, termios.TCOFLUSH)  # lets the thread that waits to write go


async def test_without_a_terminal_the_process_ends_anyway(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    for name, value in (("LEAVE_SECONDS", 0.0), ("_STDIN", reading), ("_STDERR", writing)):
        monkeypatch.setattr(lifeline, name, value)
    line = install(told)
    line.arm(6)
    line.arm(0)
    assert await asyncio.to_thread(ended.wait, PATIENCE)
    assert ended.code == 6
    assert not select.select([reading], [], [], 0)[0]
    os.close(reading)
    os.close(writing)


def test_a_signal_after_the_loop_has_ended_still_sets_the_deadline(
    terminal: tuple[int, int], ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.new_event_loop()
    monkeypatch.setattr(lifeline, "LEAVE_SECONDS", 0.0)
    line = started(lifeline.Lifeline(loop, lambda _: None))
    loop.close()
    line.leave(143)
    assert ended.wait(PATIENCE)
    assert ended.code == 143


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_without_an_interface_a_signal_unwinds_what_is_in_progress(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    unwound: list[str] = []

    def export() -> None:
        with lifeline.signals_raise():
            try:
                signal.raise_signal(number)
            finally:
                unwound.append("temporary file removed")

    with pytest.raises(SystemExit) as left:
        export()
    assert left.value.code == 128 + number
    assert unwound
    assert signal.getsignal(number) == before


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_ends_a_commands_event_loop_between_two_callbacks(number: signal.Signals) -> None:
    happened: list[str] = []

    def callback() -> None:
        signal.raise_signal(number)
        happened.append("the callback ended")

    async def export() -> None:
        asyncio.get_running_loop().call_soon(callback)
        try:
            await asyncio.Event().wait()
        finally:
            happened.append("temporary file removed")

    with pytest.raises(SystemExit) as left, lifeline.signals_raise():
        asyncio.run(export())
    assert (left.value.code, happened) == (128 + number, ["the callback ended", "temporary file removed"])


def test_what_is_ignored_as_nohup_does_ends_no_command() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with lifeline.signals_raise():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
