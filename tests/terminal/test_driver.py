"""How the driver delays frames and reads keys, in this process; tests/pty tests it on real terminals."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rich.console import RenderableType
from textual._compositor import LayoutUpdate
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Resize
from textual.geometry import Size
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen

from lead_tui.limits import LINE_WINDOW_BYTES, UNWRITTEN_BYTES
from lead_tui.terminal.driver import TerminalDriver
from lead_tui.terminal.escape import Burst
from lead_tui.terminal.host import HostedApp


class Drawn(HostedApp[None]):
    """Counts its frames."""

    frames = 0
    drawn: RenderableType | None = None
    """What was drawn last."""

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        self.drawn = renderable or self.drawn
        super()._display(screen, renderable)

    def post_display_hook(self) -> None:
        self.frames += 1


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Restore the signal handlers, which Textual's drivers replace."""
    numbers = (signal.SIGTSTP, signal.SIGCONT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def standard_input(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with open("/dev/null") as nothing:
        monkeypatch.setattr("sys.__stdin__", nothing)
        yield


async def at_rest(app: Drawn, pilot: Pilot[None]) -> int:
    """Return the number of frames when no more come."""
    frames = -1
    while frames != app.frames:
        frames = app.frames
        await pilot.pause(0.1)
    return frames


def behind(app: Drawn) -> TerminalDriver:
    """Return a driver whose terminal has not read what was drawn."""
    driver = TerminalDriver(app)
    driver._drawing = True
    driver.backlog.sent += UNWRITTEN_BYTES + 1
    driver.backlog.probed()
    driver.flush()
    return driver


def catch_up(driver: TerminalDriver) -> None:
    driver.backlog.taken = driver.backlog.sent
    driver._release_if_caught_up()


async def test_while_the_terminal_is_behind_nothing_is_drawn_and_afterwards_what_changed() -> None:
    app = Drawn()
    async with app.run_test() as pilot:
        drawn = await at_rest(app, pilot)
        driver = behind(app)
        assert driver._batch
        app.screen.refresh()
        assert await at_rest(app, pilot) == drawn
        catch_up(driver)
        assert driver._batch is None
        assert await at_rest(app, pilot) > drawn


async def test_catching_up_draws_nothing_where_nothing_changed() -> None:
    app = Drawn()
    async with app.run_test() as pilot:
        drawn = await at_rest(app, pilot)
        driver = behind(app)
        catch_up(driver)
        assert await at_rest(app, pilot) == drawn


async def test_coming_back_from_a_suspension_draws_everything() -> None:
    app = Drawn()
    async with app.run_test() as pilot:
        drawn = await at_rest(app, pilot)
        app.post_message(Driver.SignalResume())
        assert await at_rest(app, pilot) > drawn


def discard_frame(app: Drawn) -> None:
    """Do what Textual does for a layout or a new size that comes during a batch."""
    app._display(app.screen, app.screen._compositor.render_update(full=True))


async def test_a_frame_that_was_discarded_while_the_terminal_was_behind_is_redrawn() -> None:
    app = Drawn()
    async with app.run_test() as pilot:
        drawn = await at_rest(app, pilot)
        driver = behind(app)
        discard_frame(app)
        drawn += 1
        catch_up(driver)
        assert await at_rest(app, pilot) > drawn


async def test_a_frame_that_was_discarded_in_any_batch_is_redrawn_once_the_last_one_ends() -> None:
    app = Drawn()
    async with app.run_test() as pilot:
        drawn = await at_rest(app, pilot)
        with app.batch_update():
            with app.batch_update():
                discard_frame(app)
            assert await at_rest(app, pilot) == drawn + 1
        assert await at_rest(app, pilot) > drawn + 1


@pytest.mark.parametrize(("columns", "known"), [(40, True), (30, False)])
async def test_what_a_frame_for_another_size_left_on_the_terminal_is_not_known(
    columns: int, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = HostedApp[None]()
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.pause()
        frame = app.screen._compositor.render_update(full=True)
        assert isinstance(frame, LayoutUpdate)
        with monkeypatch.context() as patch:
            patch.setattr(app, "_driver", TerminalDriver(app))
            patch.setattr(TerminalDriver, "is_headless", True)
            patch.setattr(HostedApp, "size", Size(columns, 5))
            app._display(app.screen, frame)
        assert (not app._shown_cells.changes(frame).runs) is known


async def test_the_size_is_that_of_the_terminal_now_whatever_the_last_event_says(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Drawn()
    async with app.run_test(size=(40, 5)) as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(app, "_driver", TerminalDriver(app))
            patch.setattr(TerminalDriver, "is_headless", True)
            patch.setattr(TerminalDriver, "_get_terminal_size", lambda _: (60, 7))
            for size in Size(60, 7), Size(30, 6):
                app.post_message(Resize(size, size))
            await at_rest(app, pilot)
            assert app.screen.size == Size(60, 7)


async def test_a_hold_that_outlives_the_app_ends_quietly() -> None:
    app = Drawn()
    async with app.run_test():
        driver = behind(app)
    catch_up(driver)
    assert driver._batch is None


# Apart from frames


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Yield the other end of a terminal that is standard input and standard error."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    with os.fdopen(slave, "r+b", buffering=0) as end:
        monkeypatch.setattr("sys.__stdin__", end)
        monkeypatch.setattr("sys.__stderr__", Stream(slave))
        yield master
    os.close(master)


class Stream:
    """The part of a text stream that drawing needs."""

    encoding = "utf-8"

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor


@contextmanager
def reading(driver: TerminalDriver) -> Iterator[list[Message]]:
    """Have *driver* read keys in a thread; return the resulting events."""
    heard: list[Message] = []
    driver.process_message = heard.append  # type: ignore[assignment,method-assign]
    reader = threading.Thread(target=driver._run_input_thread)
    reader.start()
    try:
        yield heard
    finally:
        os.write(driver._wake_write, b"\0")
        reader.join()


async def until(holds: Callable[[], object]) -> None:
    while not holds():
        await asyncio.sleep(0.005)


def keys_of(messages: list[Message]) -> list[str]:
    return [message.key for message in messages if isinstance(message, Key)]


async def test_keys_are_read_until_it_is_told_to_stop(terminal: int) -> None:
    app = Drawn()
    async with app.run_test():
        with reading(TerminalDriver(app)) as heard:
            for sent in (b"a", b"\xc3", b"\xa9", b"\x1b"):
                os.write(terminal, sent)
            # The Escape is one only once nothing follows it.
            await until(lambda: "escape" in keys_of(heard))
    assert keys_of(heard) == ["a", "é", "escape"]


async def test_an_end_of_the_input_is_a_hang_up(terminal: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[int, int]] = []
    app = Drawn()
    async with app.run_test():
        driver = TerminalDriver(app)
        monkeypatch.setattr(os, "kill", lambda *given: sent.append(given))
        monkeypatch.setattr(os, "read", gone)
        with reading(driver):
            os.write(terminal, b"x")
            await until(lambda: sent)
    assert sent == [(os.getpid(), signal.SIGHUP)]


async def test_keys_that_another_process_took_are_no_hang_up(terminal: int, monkeypatch: pytest.MonkeyPatch) -> None:
    read, app = os.read, Drawn()

    def too_late(descriptor: int, _: int) -> bytes:
        monkeypatch.setattr(os, "read", read)
        read(descriptor, 1)
        raise BlockingIOError

    async with app.run_test():
        monkeypatch.setattr(os, "read", too_late)
        with reading(TerminalDriver(app)) as heard:
            os.write(terminal, b"x")
            await until(lambda: os.read is read)
            os.write(terminal, b"y")
            await until(lambda: heard)
    assert keys_of(heard) == ["y"]


def gone(descriptor: int, _: int) -> bytes:
    raise OSError(5, "Input/output error")


async def test_an_error_while_keys_are_read_is_reported_and_the_next_key_is_read(
    terminal: int, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Drawn()
    errors: list[Exception] = []
    monkeypatch.setattr(app, "_handle_exception", errors.append)
    async with app.run_test():
        driver = TerminalDriver(app)
        with reading(driver) as heard:

            def refuse(_: Message) -> None:
                driver.process_message = heard.append  # type: ignore[assignment,method-assign]
                raise ValueError("SECRET")

            driver.process_message = refuse  # type: ignore[assignment,method-assign]
            os.write(terminal, b"x")
            await until(lambda: errors)
            os.write(terminal, b"y")
            await until(lambda: keys_of(heard))
    assert [type(error) for error in errors] == [ValueError]
    assert keys_of(heard) == ["y"]
    assert "SECRET" not in "".join(capfd.readouterr())


async def test_an_answer_to_the_question_releases_what_was_held_back(terminal: int) -> None:
    app = Drawn()
    async with app.run_test():
        driver = behind(app)
        driver.backlog.taken = driver.backlog.sent
        driver.backlog.answers = True
        driver.backlog.sent += LINE_WINDOW_BYTES + 1
        driver.backlog.taken = driver.backlog.sent
        driver.backlog.probed()
        assert driver._batch
        with reading(driver) as heard:
            os.write(terminal, b"\x1b[0n\x1b[0n")
            await until(lambda: driver._batch is None)
    assert heard == []
    assert len(driver.backlog.questions) == 0


async def test_a_terminal_that_stops_answering_is_not_waited_for_but_one_that_stops_reading_is() -> None:
    app = Drawn()
    async with app.run_test():
        driver = behind(app)
        driver.backlog.answers = True
        held = driver._batch
        assert held
        driver._on_probe_timeout(held)
        assert driver._batch is held
        assert not driver.backlog.answers
        driver._on_taken(driver.backlog.sent)
        await until(lambda: driver._batch is None)
        driver.backlog.answers = True
        driver._on_probe_timeout(held)
        assert driver.backlog.answers


async def test_what_is_taken_when_nothing_is_held_back_wakes_no_one() -> None:
    app = Drawn()
    async with app.run_test():
        driver = TerminalDriver(app)
        driver._on_taken(7)
        driver._on_status()
    assert driver.backlog.taken == 7


async def test_before_the_shell_has_the_terminal_answers_in_progress_are_taken(terminal: int) -> None:
    app = Drawn()
    async with app.run_test():
        driver = TerminalDriver(app)
        driver.backlog.probed()
        driver._probed_at = time.monotonic() + 1_000
        waiting = threading.Thread(target=driver._await_answers)
        waiting.start()
        with reading(driver):
            os.write(terminal, b"\x1b[0n")
            # Otherwise it would wait for a quarter of an hour.
            await asyncio.to_thread(waiting.join)
    assert len(driver.backlog.questions) == 0
    assert driver.backlog.answers


async def test_a_terminal_that_timed_out_is_not_waited_for() -> None:
    app = Drawn()
    async with app.run_test():
        driver = TerminalDriver(app)
        driver.backlog.probed()
        driver._await_answers()
    assert len(driver.backlog.questions) == 1


async def test_the_size_is_that_of_the_terminal_drawn_on_else_of_the_one_keys_come_from_else_the_usual(
    terminal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Drawn()
    sizes: dict[int, tuple[int, int]] = {}

    def size_of(descriptor: int) -> os.terminal_size:
        if descriptor not in sizes:
            raise OSError(25, "Inappropriate ioctl for device")
        return os.terminal_size(sizes[descriptor])

    async with app.run_test():
        driver = TerminalDriver(app)
        driver.fileno = 1_000
        monkeypatch.setattr(os, "get_terminal_size", size_of)
        assert driver._get_terminal_size() == (80, 24)
        sizes[1_000] = (100, 30)
        assert driver._get_terminal_size() == (100, 30)
        sizes[driver._writer.fileno()] = (0, 0)
        assert driver._get_terminal_size() == (100, 30)
        sizes[driver._writer.fileno()] = (120, 40)
        assert driver._get_terminal_size() == (120, 40)


async def test_continued_after_a_stop_it_could_not_see_it_only_draws_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Drawn()
    begun: list[bool] = []
    monkeypatch.setattr(LinuxDriver, "_sigcont_application", lambda *_: begun.append(True))
    async with app.run_test() as pilot:
        driver = TerminalDriver(app)
        drawn = await at_rest(app, pilot)
        driver._drawing = True
        driver._sigcont_application()
        assert await at_rest(app, pilot) > drawn
        assert begun == []
        # After suspending itself it takes over the terminal again.
        driver._drawing, driver._must_signal_resume = False, True
        driver._sigcont_application()
        assert begun == [True]


async def test_text_that_comes_in_one_read_stays_together(terminal: int) -> None:
    app = Drawn()
    async with app.run_test():
        with reading(TerminalDriver(app)) as heard:
            os.write(terminal, b"\x1b[BRaquel\tQ\r\x1b[Aj")
            await until(lambda: len(heard) == 4)
    down, burst, up, key = heard
    assert isinstance(burst, Burst)
    assert burst.text == "Raquel\tQ\n"
    assert keys_of([down, up, key]) == ["down", "up", "j"]
