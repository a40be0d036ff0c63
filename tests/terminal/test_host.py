from __future__ import annotations

import pytest

from lead_tui.leads.errors import OutputError
from lead_tui.terminal.driver import TerminalDriver
from lead_tui.terminal.host import HostedApp

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
