"""What is drawn when the line is slower than the program, with the real driver."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from lead_tui.limits import LINE_WINDOW_BYTES, PROBE_SECONDS, UNWRITTEN_BYTES
from tests.pty.harness import Terminal, app_command, clean_environment
from tests.pty.slow_line import SlowTerminal

PRESSES = 60
FRAME = 6 * 1024
"""Bytes of one frame of the app at 120x40, rounded up."""
PSEUDO_TERMINAL = 24 * 1024
"""Bytes that the kernel's pseudo-terminal takes before a writer waits, rounded up."""
RATE = 60_000


def start(folder: Path, *, eager: bool = True, answers: bool = True, kind: str = "hosted") -> SlowTerminal:
    terminal = SlowTerminal(
        app_command("rows", kind), environ=clean_environment(folder), columns=120, lines=40, rate=RATE, eager=eager, answers=answers
    )
    terminal.wait_for("Row 1 ")
    terminal.settle()
    return terminal


def hold_down(terminal: SlowTerminal, presses: int = PRESSES) -> int:
    """Press Down 30 times a second; return the most bytes that were on their way to the terminal."""
    most = 0
    due = time.monotonic()
    for _ in range(presses):
        terminal.press("down")
        due += 1 / 30
        while (left := due - time.monotonic()) > 0:
            terminal.pump(left)
            most = max(most, terminal.queued)
    return most


def test_where_the_terminal_answers_little_is_in_progress_however_much_the_line_would_swallow(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        before = terminal.raw.count(b"\x1b[?2026h")
        assert hold_down(terminal) <= LINE_WINDOW_BYTES + 2 * FRAME
        terminal.wait_for(f"Row {PRESSES + 1} ")
        assert terminal.raw.count(b"\x1b[?2026h") - before < PRESSES
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_without_an_answer_no_more_piles_up_than_the_pseudo_terminal_takes(tmp_path: Path) -> None:
    with start(tmp_path, eager=False, answers=False) as terminal:
        hold_down(terminal)
        came = len(terminal.raw)
        terminal.wait_for(f"Row {PRESSES + 1} ")
        # What came after the last key was waiting somewhere before it.
        assert len(terminal.raw) - came < PSEUDO_TERMINAL + UNWRITTEN_BYTES + 4 * FRAME


def test_a_terminal_that_stops_answering_is_drawn_on_anyway(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        hold_down(terminal, 5)
        terminal.answers = False
        hold_down(terminal, 15)
        terminal.wait_for("Row 21 ")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize("answers", [True, False])
def test_a_new_size_while_frames_are_held_back_leaves_a_whole_screen(tmp_path: Path, answers: bool) -> None:
    command, environ = app_command("rows"), clean_environment(tmp_path)
    with Terminal(command, environ=environ, columns=209, lines=30, answers=answers) as terminal:
        terminal.wait_for("Row 1 ")
        terminal.settle()
        for _ in range(10):
            terminal.press("down")  # nothing reads what it draws, until the last
            terminal.wait_until_at_rest(0.03)
        terminal.resize(209, 40)
        terminal.wait_until_at_rest(PROBE_SECONDS * 1.5)
        terminal.wait_for("Row 11 ")
        terminal.settle()
        lines = terminal.lines
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
    assert lines[0] == "Row 11"
    assert lines[-1] == "foot"
    assert all(re.fullmatch(r"(\d{20} ){8}\d{20}", line) for line in lines[1:-1])
    numbers = [line.split()[0] for line in lines[1:-1]]
    assert numbers == [f"{number * 2654435761 % 2**64:020}" for number in range(12, 50)]


def test_answers_in_progress_when_it_leaves_are_not_left_for_the_shell(tmp_path: Path) -> None:
    # After the app, what comes within a second is shown as a shell would get it.
    code = f"{' '.join(app_command('rows'))}; stty -icanon -echo min 0 time 10; echo left:; cat -v; echo end"
    with SlowTerminal(["/bin/sh", "-c", code], environ=clean_environment(tmp_path), columns=120, lines=40, delay=0.1) as terminal:
        terminal.wait_for("Row 1 ")
        terminal.settle()
        terminal.press("down")
        terminal.wait_for(lambda t: terminal.queued > 0)
        Terminal.send(terminal, "q")  # there before the answer to what is on its way
        assert terminal.wait_for_exit() == 0
        left = terminal.raw[terminal.raw.rfind(b"left:") :]
        assert terminal.raw.count(b"\x1b[5n") > 1
        assert left == b"left:\r\nend\r\n"


@pytest.mark.parametrize("kind", ["hosted", "stock"])
def test_on_a_fast_line_every_key_is_drawn_as_before(tmp_path: Path, kind: str) -> None:
    with Terminal(app_command("rows", kind), environ=clean_environment(tmp_path), columns=120, lines=40) as terminal:
        terminal.wait_for("Row 1 ")
        for row in range(2, 22):
            terminal.press("down")
            terminal.wait_for(f"Row {row} ")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
