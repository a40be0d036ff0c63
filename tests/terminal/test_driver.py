"""How the driver holds frames back, apart from any terminal. That it does so on real ones is tried in tests/pty."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import RenderableType
from textual._compositor import ChopsUpdate
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen

from lead_tui.terminal.driver import TerminalDriver
from lead_tui.terminal.host import HostedApp
from lead_tui.tuning import UNWRITTEN_BYTES


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
    """Textual's drivers take signals over when they are made."""
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
    """The number of frames when no more come."""
    frames = -1
    while frames != app.frames:
        frames = app.frames
        await pilot.pause(0.1)
    return frames


def behind(app: Drawn) -> TerminalDriver:
    """A driver whose terminal has not taken what was drawn."""
    driver = TerminalDriver(app)
    driver._drawing = True
    driver.line.sent += UNWRITTEN_BYTES + 1
    driver.line.probed()
    driver.flush()
    return driver


def catch_up(driver: TerminalDriver) -> None:
    driver.line.taken = driver.line.sent
    driver._look()


async def test_while_the_terminal_is_behind_nothing_is_drawn_and_afterwards_what_changed() -> None:
    app = Drawn()
    async with app.run_test() as pilot:
        drawn = await at_rest(app, pilot)
        driver = behind(app)
        assert driver.is_behind
        app.screen.refresh()
        assert await at_rest(app, pilot) == drawn
        catch_up(driver)
        assert not driver.is_behind
        assert await at_rest(app, pilot) > drawn


async def test_catching_up_draws_nothing_where_nothing_changed() -> None:
    app = Drawn()
    async with app.run_test() as pilot:
        drawn = await at_rest(app, pilot)
        driver = behind(app)
        catch_up(driver)
        assert await at_rest(app, pilot) == drawn


async def test_a_frame_that_was_thrown_away_meanwhile_is_made_good() -> None:
    app = Drawn()
    async with app.run_test() as pilot:
        drawn = await at_rest(app, pilot)
        driver = behind(app)
        driver.frame_dropped([Region(0, 0, 1, 1)])
        catch_up(driver)
        assert await at_rest(app, pilot) > drawn


async def test_no_more_is_drawn_again_than_was_thrown_away() -> None:
    app = Drawn()
    async with app.run_test() as pilot:
        await at_rest(app, pilot)
        driver = behind(app)
        driver.frame_dropped([Region(3, 1, 4, 1), Region(0, 2, 5, 1)])
        catch_up(driver)
        await at_rest(app, pilot)
        assert isinstance(app.drawn, ChopsUpdate)
        assert app.drawn.spans == [(1, 3, 7), (2, 0, 5)]


async def test_a_frame_thrown_away_by_a_batch_of_the_app_itself_is_the_apps_affair() -> None:
    app = Drawn()
    async with app.run_test() as pilot:
        driver = TerminalDriver(app)
        driver.frame_dropped([Region(0, 0, 1, 1)])
        drawn = await at_rest(app, pilot)
        driver = behind(app)
        catch_up(driver)
        assert await at_rest(app, pilot) == drawn


async def test_a_hold_that_outlives_the_app_ends_quietly() -> None:
    app = Drawn()
    async with app.run_test():
        driver = behind(app)
    catch_up(driver)
    assert not driver.is_behind
