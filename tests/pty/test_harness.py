from __future__ import annotations

import json
import re
import signal
import socket
from pathlib import Path

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fork_server import ForkedProcess, ForkServer
from tests.pty.harness import APPS, PATIENCE, Screen, Terminal, clean_environment
from tests.pty.slow_line import SlowTerminal

ESC = "\x1b"
STATUS = f"{ESC}[1;8R{ESC}[0n{ESC}[?64;1;2;6;22c{ESC}[>41;390;0c{ESC}[8;24;80t"
ANSWERS = f"{STATUS}{ESC}[?2026;2$y{ESC}[?2048;0$y{ESC}]11;rgb:0000/0000/0000{ESC}\\"


def shell(code: str) -> list[str]:
    return ["/bin/sh", "-c", code]


def test_it_answers_what_a_program_asks_and_shows_what_it_writes(tmp_path: Path) -> None:
    command = ["/bin/sh", str(APPS / "questions.sh"), str(len(ANSWERS))]
    with Terminal(command, environ=clean_environment(tmp_path), lines=24) as terminal:
        terminal.wait_for("done")
        shown = "".join(terminal.lines).removesuffix("done")
        assert shown == "ready ▌" + ANSWERS.replace(ESC, "^[")
        assert terminal.cells.buffer[0][0].fg == "red"
        assert terminal.wait_for_exit() == 7
        assert terminal.clipboard == [b"YWJj"]
        assert not terminal.alternate


def test_a_silent_terminal_answers_nothing(tmp_path: Path) -> None:
    code = "stty raw -echo; printf 'asked \\033[5n'; dd bs=1 count=1 2>/dev/null | cat -v"
    with Terminal(shell(code), environ=clean_environment(tmp_path), answers=False) as terminal:
        terminal.wait_for("asked")
        terminal.send("j")
        assert terminal.wait_for_exit() == 0
        assert terminal.lines[0] == "asked j"


def test_keys_text_and_pastes_arrive_in_one_write_each(tmp_path: Path) -> None:
    typed = f"{ESC}[B{ESC}[6~\x11é{ESC}[200~x{ESC}[201~"
    code = f"stty raw -echo; printf ready; dd bs=1 count={len(typed.encode())} 2>/dev/null | od -A n -c | tr -d ' \\r\\n'"
    with Terminal(shell(code), environ=clean_environment(tmp_path)) as terminal:
        terminal.wait_for("ready")
        terminal.press("down", "pagedown", "ctrl+q", "é")
        terminal.paste("x")
        assert terminal.wait_for_exit() == 0
        assert terminal.lines[0] == ("ready033[B033[6~021303251033[200~x033[201~")


def test_a_new_size_reaches_the_command(tmp_path: Path) -> None:
    code = "trap 'stty size; exit' WINCH; stty size; echo ready; while :; do sleep 0.05; done"
    with Terminal(shell(code), environ=clean_environment(tmp_path), columns=120, lines=40) as terminal:
        terminal.wait_for(re.compile("^40 120\nready", re.MULTILINE))
        terminal.resize(60, 15)
        terminal.wait_for("15 60")
        assert terminal.wait_for_exit() == 0
        assert len(terminal.lines) == 15


def test_a_missing_text_fails_with_the_screen_in_the_message(tmp_path: Path) -> None:
    with Terminal(shell("echo 'this came'; read x"), environ=clean_environment(tmp_path)) as terminal:
        terminal.wait_for("came")
        with pytest.raises(AssertionError, match=r"(?s)'that' is not on the screen \(not within 0.1 s\).*this came"):
            terminal.wait_for("that", patience=0.1)
        terminal.send("x\n")
        with pytest.raises(AssertionError, match=r"the command has ended"):
            terminal.wait_for(lambda _: False)
        with pytest.raises(AssertionError, match=r"was not written"):
            terminal.wait_for_bytes(b"that")


def test_a_frame_is_read_only_when_it_is_complete(tmp_path: Path) -> None:
    code = "stty -echo; printf '\\033[?2026hold\\033[H'; read x; printf 'new\\033[?2026l'; read x"
    with Terminal(shell(code), environ=clean_environment(tmp_path)) as terminal:
        terminal.wait_for_bytes(b"old")
        terminal.send("\n")
        terminal.wait_for(lambda t: bool(t.lines[0]))
        assert terminal.lines[0].startswith("new")


def test_settling_waits_for_what_is_still_being_written(tmp_path: Path) -> None:
    code = "stty -echo; echo ready; read x; for i in 1 2 3 4 5; do echo $i; sleep 0.05; done; read x"
    with Terminal(shell(code), environ=clean_environment(tmp_path)) as terminal:
        terminal.wait_for("ready")
        terminal.send("\n")
        terminal.wait_for("1")
        terminal.settle(1.0)
        assert terminal.lines[:6] == ["ready", "1", "2", "3", "4", "5"]


def test_hanging_up_ends_the_command_as_a_dropped_connection_does(tmp_path: Path) -> None:
    with Terminal(shell("echo ready; exec sleep 600"), environ=clean_environment(tmp_path)) as terminal:
        terminal.wait_for("ready")
        terminal.hang_up()
        assert terminal.wait_for_exit() == -signal.SIGHUP


def test_leaving_it_ends_what_still_runs(tmp_path: Path) -> None:
    with Terminal(shell("trap '' HUP TERM; echo ready; sleep 600"), environ=clean_environment(tmp_path)) as terminal:
        terminal.wait_for("ready")
        assert terminal.memory_bytes() > 0
        assert terminal.cpu_seconds() < PATIENCE
    assert not terminal.process.is_running()


def test_a_forked_process_with_the_id_of_one_that_has_ended_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: None)
    monkeypatch.setattr("atexit.register", lambda _: None)
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    monkeypatch.setattr(socket, "socketpair", lambda *_: (ours, ours.dup()))
    server = ForkServer()
    with ours, its:

        def start() -> ForkedProcess:
            its.send(json.dumps({"started": 77}).encode())
            return server.start(["python"], (0, 1, 2), {}, tmp_path)

        first = start()
        assert first.poll() is None
        its.send(json.dumps({"ended": 77, "code": 3}).encode())
        assert first.poll() == 3
        second = start()
        assert second.poll() is None
        its.send(json.dumps({"ended": 77, "code": -9}).encode())
        assert (first.wait(), second.wait()) == (3, -9)


@pytest.mark.parametrize("eager", [True, False])
def test_a_slow_line_delivers_everything_in_order_and_no_faster_than_it_is(tmp_path: Path, eager: bool) -> None:
    code = "stty -echo; echo ready; read x; seq -f %08g 1 8000; echo end; read x"
    with SlowTerminal(shell(code), environ=clean_environment(tmp_path), rate=200_000, delay=0.01, eager=eager) as terminal:
        terminal.wait_for("ready")
        terminal.send("\n")
        terminal.wait_for_bytes(b"00000001")
        began = terminal.last_output
        terminal.wait_for("end")
        assert terminal.last_output - began > 8000 * 10 / 200_000 * 0.8
        assert b"".join(b"%08d\r\n" % number for number in range(1, 8001)) in terminal.raw
        terminal.send("\n")
        assert terminal.wait_for_exit() == 0


WRITTEN = st.text("ab ─█é日\u0301\u200b\t") | st.sampled_from(
    ["\r\n", "\x1b[3;9H", "\x1b[31m", "\x1b[0;7m", "\x1b[4h", "\x1b[4l", "\x1b[?7l", "\x1b[?7h", "\x1b(0", "\x1b(B", "\x1b[2J"]
)


@given(st.lists(WRITTEN))
def test_a_run_drawn_at_once_looks_as_it_does_character_by_character(parts: list[str]) -> None:
    at_once, one_by_one = Screen(12, 4), pyte.Screen(12, 4)
    for screen in (at_once, one_by_one):
        pyte.ByteStream(screen).feed("".join(parts).encode())
    assert at_once.buffer == one_by_one.buffer
    assert (at_once.cursor.x, at_once.cursor.y) == (one_by_one.cursor.x, one_by_one.cursor.y)
