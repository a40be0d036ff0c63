"""The program's life on a terminal: starting and refusing to start, quitting, small and resized screens, and idling."""

from __future__ import annotations

import os
import random
import re
import subprocess
import threading

from tests.pty.harness import Terminal
from tests.pty.program import MILLION, NARROW, WIDE, Home, command, cursor_line, leave, start, title, wait_for_row, written
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer

RESIZES = 200
_COLOUR = re.compile(rb"\x1b\[[\d;:]*m")
_SETS_COLOUR = re.compile(r"(?:^|;)(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:$|;|:)")


# Leaving


def test_q_leaves_with_0_and_the_terminal_as_it_was(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        terminal.press("q")
        assert terminal.wait_for_exit_at_once() == 0
        terminal.assert_restored()


def test_ctrl_q_typed_in_one_go_with_a_name_to_save_prints_nothing(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        terminal.send("wWest\r\x11")
        assert terminal.wait_for_exit() == 0
        terminal.assert_restored()
        assert not terminal.text.strip()


def test_ctrl_c_stops_what_runs_and_never_quits(home: Home, server: ConvosoServer) -> None:
    released = threading.Event()
    with start(home, server) as terminal:
        server.always = faults.held(released)
        terminal.press("G")
        server.wait_for_requests(3)
        terminal.wait_for("loading")
        terminal.press("ctrl+c")
        terminal.wait_for(lambda t: "loading" not in t.text)
        server.always = None
        released.set()
        terminal.press("r")
        wait_for_row(terminal, MILLION)
        terminal.press("ctrl+c")
        terminal.settle()
        wait_for_row(terminal, MILLION)
        leave(terminal)


# Starting


def test_without_a_terminal_it_says_what_works_there(home: Home, server: ConvosoServer) -> None:
    done = subprocess.run(
        command(f"--base-url={server.base_url}", "status=NEW"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=home.environment(),
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"lead-tui search" in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert not server.requests


def test_with_its_standard_input_elsewhere_it_says_what_works_there(home: Home, server: ConvosoServer) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        with home.open(server, stdin=nothing) as terminal:
            assert terminal.wait_for_exit() == 2
            assert "lead-tui search" in " ".join(terminal.text.split())
            assert not terminal.alternate
    finally:
        os.close(nothing)


def test_a_terminal_that_cannot_be_drawn_on_is_refused(home: Home, server: ConvosoServer) -> None:
    with home.open(server, environ={"TERM": "dumb"}) as terminal:
        assert terminal.wait_for_exit() == 2
        assert "lead-tui search" in " ".join(terminal.text.split())
        assert b"\x1b" not in terminal.raw


def test_no_color_even_empty_means_none_and_the_cursor_is_still_seen(home: Home, server: ConvosoServer) -> None:
    with start(home, server, size=WIDE, environ={"NO_COLOR": ""}) as terminal:
        terminal.press("j")
        wait_for_row(terminal, 2)
        leave(terminal)
        looks = {each[2:-1].decode() for each in _COLOUR.findall(bytes(terminal.raw))}
        assert not [look for look in looks if _SETS_COLOUR.search(look)]


def test_with_ascii_everything_but_data_is_ascii(home: Home) -> None:
    with home.open(None, "--ascii", "state=ZZ", size=WIDE) as terminal:
        terminal.wait_for(" Row 0 of 0")
        terminal.settle()
        drawn = terminal.text
        terminal.press("?")
        terminal.settle()
        drawn += terminal.text
        terminal.press("q")
        terminal.settle()
        leave(terminal)
    assert {character for character in drawn if not character.isascii()} == set()


def test_without_the_mouse_the_terminal_keeps_its_own(home: Home, server: ConvosoServer) -> None:
    with start(home, server, "--no-mouse") as terminal:
        leave(terminal)
        assert not re.search(rb"\x1b\[\?100[0236]h", terminal.raw)


def test_the_mouse_works(home: Home, server: ConvosoServer) -> None:
    def click(column: int, line: int) -> None:
        terminal.send(f"\x1b[<0;{column};{line}M\x1b[<0;{column};{line}m")

    with start(home, server) as terminal:
        # The first row is on the fourth line.
        click(20, 8)
        wait_for_row(terminal, 5)
        terminal.send("\x1b[<65;20;8M" * 10)
        terminal.wait_for(lambda t: written(5) not in t.text)
        bottom = max(number for number, line in enumerate(terminal.lines, 1) if line.startswith("╰")) - 1
        click(79, bottom)
        terminal.wait_for(written(MILLION))
        leave(terminal)


# Sizes


def test_a_terminal_that_is_too_small_says_so_and_is_taken_up_once_it_grows(home: Home, server: ConvosoServer) -> None:
    with home.open(server, size=(1, 1)) as terminal:
        server.wait_for_requests(1)
        terminal.settle()
        for size in ((2, 1), (1, 24), (59, 24), (80, 14)):
            terminal.resize(*size)
            if size[0] > 40:
                terminal.wait_for(re.compile("60.15"))
                assert "Leads" not in terminal.text
            else:
                terminal.settle(0.1)
            terminal.resize(*NARROW)
            wait_for_row(terminal, 1)
        terminal.press("G")
        wait_for_row(terminal, MILLION)
        leave(terminal)


def test_200_sizes_one_after_another_leave_a_whole_screen_with_the_cursor_on_it(home: Home, server: ConvosoServer) -> None:
    chance = random.Random(7)
    with start(home, server) as terminal:
        terminal.send(":4321\r")
        wait_for_row(terminal, 4321)
        for number in range(RESIZES):
            terminal.resize(chance.randint(1, 220), chance.randint(1, 70))
            if number % 5 == 0:
                terminal.press(chance.choice(("j", "k", "f", "?", "enter", "o", "w", ":")) if number % 2 else "j")
                terminal.press("escape", "escape")
            terminal.pump(0.01)
        terminal.resize(*WIDE)
        terminal.settle()
        terminal.press("escape")
        terminal.settle()
        terminal.send(":4321\r")
        wait_for_row(terminal, 4321)
        terminal.wait_for(title(4321))
        frame = terminal.lines
        assert frame[1].count("╭") == 3
        assert frame[-2].count("╰") == 3
        leave(terminal)


def test_the_cursor_stays_in_view_when_the_screen_shrinks_and_grows(home: Home, server: ConvosoServer) -> None:
    with start(home, server, size=(100, 40)) as terminal:
        for key, row in (("G", MILLION), ("g", 1)):
            terminal.press(key)
            wait_for_row(terminal, row)
            for lines in (20, 50, 16, 24):
                terminal.resize(100, lines)
                terminal.wait_for(re.compile(rf"\A(?:.*\n){{{lines - 1}}} Row"))
                wait_for_row(terminal, row)
        leave(terminal)


# Idleness


def test_nothing_is_written_and_next_to_nothing_done_while_idle(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        for pressed in ("", "enter"):
            if pressed:
                terminal.press(pressed)
                terminal.wait_for(title(1))
            terminal.settle(0.5)
            # The time first: to read it reads what has been written.
            clock = local_time(terminal)
            asked, written_before, used = len(server.requests), len(terminal.raw), terminal.cpu_seconds()
            terminal.watch(2.0)
            if local_time(terminal) == clock:
                assert len(terminal.raw) == written_before
            assert terminal.cpu_seconds() - used < 0.1
            assert len(server.requests) == asked
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0


def local_time(terminal: Terminal) -> str:
    """Return the local time that the detail shows, the one thing that changes by itself."""
    found = re.search(r"\d+:\d\d local", terminal.text)
    return found[0] if found else ""


def test_keys_held_down_end_where_they_should(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        for _ in range(40):
            terminal.press("down")
            terminal.pump(0.02)
        wait_for_row(terminal, 41)
        assert cursor_line(terminal)
        leave(terminal)
