from __future__ import annotations

import asyncio

import pytest
from textual.worker import WorkerFailed

from lead_tui.leads.errors import ConfigurationError, OutputError
from lead_tui.terminal.driver import TerminalDriver
from lead_tui.terminal.host import HostedApp
from lead_tui.terminal.lifeline import Lifeline

SECRET = "token-" + "5" * 8


class Fails(HostedApp[None]):
    def on_mount(self) -> None:
        raise ValueError(SECRET)


async def test_an_error_is_kept_and_raised_to_tests_and_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    app = Fails()
    with pytest.raises(ValueError, match=SECRET):
        async with app.run_test():
            pass
    assert isinstance(app.crash, ValueError)
    assert app.return_code == 1
    assert SECRET not in "".join(capfd.readouterr())


async def test_a_panic_ends_it_without_showing_what_it_was_given(capfd: pytest.CaptureFixture[str]) -> None:
    app = HostedApp[None]()
    async with app.run_test():
        app.panic(SECRET)
        app._fatal_error()
    assert app.crash is not None
    assert app.return_code == 1
    assert SECRET not in "".join(capfd.readouterr())


async def test_a_failure_in_a_worker_is_reported_with_its_cause() -> None:
    app = HostedApp[None]()
    with pytest.raises(KeyError):
        async with app.run_test():
            app._handle_exception(WorkerFailed(KeyError(SECRET)))
    assert isinstance(app.crash, KeyError)


async def test_it_requests_its_own_driver() -> None:
    app = HostedApp[None]()
    assert app.driver_class is TerminalDriver


def test_what_is_copied_is_kept_also_before_there_is_a_terminal() -> None:
    app = HostedApp[None]()
    app.copy_to_clipboard("(301) 001-0000")
    assert app.clipboard == "(301) 001-0000"
    with pytest.raises(OutputError):
        app.copy_to_clipboard("x" * 1_000_000)
    assert app.clipboard == "(301) 001-0000"


# The exit code is decided once


def watched(app: HostedApp[None]) -> Lifeline:
    """Give *app*, which runs, a watch as it has on a terminal; its thread, which ends the process, is not started."""
    app._lifeline = Lifeline(asyncio.get_running_loop(), lambda code: app.exit(return_code=code))
    return app._lifeline


async def test_a_key_that_is_handled_after_a_hang_up_does_not_change_the_exit_code() -> None:
    app = HostedApp[None]()
    async with app.run_test():
        lifeline = watched(app)
        lifeline.leave(129)
        await asyncio.sleep(0)  # the loop begins to end the app
        app.exit()  # as ``q`` does, which was typed before
    assert (app.return_code, lifeline.code) == (129, 129)


async def test_a_key_that_quits_before_a_hang_up_decides_the_exit_code() -> None:
    app = HostedApp[None]()
    async with app.run_test():
        lifeline = watched(app)
        app.exit()
        lifeline.leave(129)
    assert (app.return_code, lifeline.code) == (0, 0)


async def test_a_signal_decides_the_exit_code_before_the_loop_learns_of_it() -> None:
    app = HostedApp[None]()
    watched(app).leave(143)
    assert app.return_code == 143


@pytest.mark.parametrize(("error", "code"), [(ValueError(), 1), (ConfigurationError("no"), 5)])
async def test_a_crash_has_its_own_exit_code_unless_a_hang_up_came_first(error: Exception, code: int) -> None:
    for before in (None, 129):
        app = HostedApp[None]()
        async with app.run_test():
            lifeline = watched(app)
            if before is not None:
                lifeline.leave(before)
            app.crash = error
            app.panic()
        assert app.crash is error
        assert (app.return_code, lifeline.code) == ((before or code),) * 2
