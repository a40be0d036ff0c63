from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from lead_tui.leads.errors import ConfigurationError
from lead_tui.terminal import crash_report

SECRET = "token-" + "5" * 8
URL = f"https://api.example.com/v1/leads/search?auth_token={SECRET}"


def fail() -> None:
    token = SECRET
    try:
        raise ValueError(f"bad answer from {URL} for {token}")
    except ValueError as error:
        raise RuntimeError(SECRET) from error


def caught() -> Exception:
    with pytest.raises(RuntimeError) as failed:
        fail()
    return failed.value


def test_the_report_tells_types_and_places_and_nothing_else(tmp_path: Path) -> None:
    log = tmp_path / "crash.log"
    sentence = crash_report.report(caught(), log)
    text = log.read_text()
    assert "RuntimeError" in text
    assert "caused by ValueError" in text
    assert f"test_crash:{fail.__code__.co_firstlineno + 5} fail" in text
    for secret in (SECRET, URL, "bad answer", str(tmp_path), os.getcwd()):
        assert secret not in text
    assert str(log) in sentence
    assert "RuntimeError" in sentence
    assert SECRET not in sentence
    assert "\n" not in sentence


def test_the_report_is_for_its_owner_alone_and_grows(tmp_path: Path) -> None:
    log = tmp_path / "crash.log"
    log.touch(0o666)
    log.chmod(0o666)
    crash_report.report(caught(), log)
    crash_report.report(caught(), log)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert log.read_text().count("caused by ValueError") == 2


def test_a_link_a_pipe_or_a_folder_in_the_reports_place_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "other"
    target.write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(target)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    for log in (link, pipe, tmp_path, tmp_path / "missing" / "crash.log"):
        assert str(log) not in crash_report.report(caught(), log)
    os.close(reader)
    assert target.read_text() == "mine"


def test_our_own_errors_keep_their_message(tmp_path: Path) -> None:
    sentence = crash_report.report(
        ConfigurationError("config.toml, line 3: no such key", remedy="remove it"), tmp_path / "crash.log"
    )
    assert sentence == "config.toml, line 3: no such key: remove it"


def test_without_a_log_the_sentence_names_none() -> None:
    assert "written" not in crash_report.report(caught(), None)


def test_a_context_is_followed_and_a_circle_ends() -> None:
    first, second = KeyError(SECRET), OSError(SECRET)
    first.__context__, second.__context__ = second, first
    told = list(crash_report.report_lines(first))
    assert told[1:4] == ["KeyError", "while handling OSError", "while handling KeyError"]
    assert len(told) < 50


def test_endless_recursion_is_reported_in_few_lines() -> None:
    def again(depth: int) -> int:
        return again(depth + 1) + 1

    with pytest.raises(RecursionError) as failed:
        again(0)
    told = list(crash_report.report_lines(failed.value))
    assert len(told) < 250


def test_uncaught_errors_are_reported_on_standard_error_without_traceback(
    tmp_path: Path, hooks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "stderr").open("w") as stderr:
        monkeypatch.setattr(sys, "__stderr__", stderr)
        crash_report.report_uncaught(tmp_path / "crash.log")
        error = caught()
        sys.excepthook(type(error), error, error.__traceback__)
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert (tmp_path / "stderr").read_text().count("\n") == 1
    assert SECRET not in (tmp_path / "stderr").read_text()
    assert "caused by ValueError" in (tmp_path / "crash.log").read_text()


def test_an_error_in_a_thread_is_logged_without_output_on_standard_error(
    tmp_path: Path, hooks: None, capfd: pytest.CaptureFixture[str]
) -> None:
    crash_report.report_uncaught(tmp_path / "crash.log")
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "RuntimeError" in (tmp_path / "crash.log").read_text()
    assert SECRET not in (tmp_path / "crash.log").read_text()
    assert capfd.readouterr() == ("", "")


def test_an_error_while_something_is_discarded_is_only_reported(
    tmp_path: Path, hooks: None, capfd: pytest.CaptureFixture[str]
) -> None:
    class Fails:
        def __del__(self) -> None:
            raise OSError(SECRET)

    crash_report.report_uncaught(tmp_path / "crash.log")
    Fails()
    assert "OSError" in (tmp_path / "crash.log").read_text()
    assert SECRET not in (tmp_path / "crash.log").read_text()
    assert capfd.readouterr() == ("", "")
