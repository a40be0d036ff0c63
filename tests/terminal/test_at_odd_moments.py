"""The terminal code when something is missing: a stream, an error, a screen, a driver."""

from __future__ import annotations

import resource
import signal
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.events import Paste
from textual.filter import Monochrome, NoColor

from lead_tui.terminal import crash_report, process
from lead_tui.terminal.escape import KeyParser
from lead_tui.terminal.host import HostedApp


def test_hooks_do_their_work_without_a_listener_and_without_anything_to_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hooks: None
) -> None:
    log = tmp_path / "log"
    crash_report.report_uncaught(log)
    monkeypatch.setattr(sys, "__stderr__", None)
    sys.excepthook(ValueError, ValueError("SECRET"), None)
    assert "ValueError" in log.read_text()
    assert "SECRET" not in log.read_text()
    whole = log.read_text()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    threading.excepthook(cast("Any", SimpleNamespace(exc_type=None, exc_value=None, exc_traceback=None, thread=None)))
    sys.unraisablehook(cast("Any", SimpleNamespace(exc_type=None, exc_value=None, exc_traceback=None, err_msg=None, object=None)))
    assert log.read_text() == whole


def test_a_log_that_cannot_be_written_is_not_named(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        assert "log" not in crash_report.report(ValueError(), tmp_path / "log")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_in_front_it_stays_whatever_the_terminal_sends() -> None:
    before = signal.getsignal(signal.SIGTSTP)
    try:
        process.stay_in_front()
        assert signal.getsignal(signal.SIGTSTP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTSTP, before)


def test_where_no_library_can_be_called_tracing_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ctypes", None)
    process.forbid_tracing()


# Keys


def test_a_function_key_of_the_console_and_an_old_mouse_are_whole_sequences() -> None:
    parser = KeyParser()
    events = [event for data in ("\x1b[[A", "\x1b[M !!", "x") for event in parser.feed(data)]
    assert [getattr(event, "key", "") for event in events if hasattr(event, "key")] == ["f1", "x"]


def test_a_paste_that_never_ends_keeps_its_beginning() -> None:
    parser = KeyParser()
    events = list(parser.feed("\x1b[200~"))
    for _ in range(5):
        events += parser.feed("x" * (1 << 18))
    events += parser.feed("\x1b[201~")
    (paste,) = events
    assert isinstance(paste, Paste)
    assert 1_000_000 < len(paste.text) <= 1 << 20
    assert [getattr(event, "key", "") for event in parser.feed("y")] == ["y"]


# The app


async def test_without_colors_what_is_drawn_has_none_and_stays_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = HostedApp[None]()
    assert not any(isinstance(each, Monochrome) for each in app._filters)
    assert app.no_color is False or any(isinstance(each, NoColor) for each in app._filters)


async def test_before_it_runs_a_copy_is_kept_for_pasting_and_a_resumption_draws_nothing() -> None:
    app = HostedApp[None]()
    app.copy_to_clipboard("3010010000")
    assert app.clipboard == "3010010000"
    app._screen_stacks.clear()
    app._screen_stacks[app._current_mode] = []
    app.on_driver_signal_resume()


async def fails_twice(app: HostedApp[None]) -> None:
    async with app.run_test():
        app._handle_exception(ValueError("first"))
        app._handle_exception(KeyError("second"))


async def test_a_second_error_does_not_take_the_place_of_the_first() -> None:
    app = HostedApp[None]()
    with pytest.raises(ValueError, match="first"):
        await fails_twice(app)
    assert isinstance(app.crash, ValueError)
    assert str(app.crash) == "first"
