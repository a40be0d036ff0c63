"""Endurance: whatever the keys, sizes and answers, the program survives and its memory does not grow."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.pty.harness import Terminal
from tests.pty.monkey import Monkey, random_faults
from tests.pty.program import WIDE, Home, at_row, command, title
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account

LEADS: Final = 5_000
FAULTY: Final = 0.15
"""The share of requests that fail."""

GROWTH: Final = 1.25
"""Maximum ratio of the memory at the end to that after the first part."""


@contextmanager
def at_work(home: Home, server: ConvosoServer, *, is_early: bool = False) -> Iterator[Terminal]:
    """Run the program in an empty folder, with a log into which it must write nothing. *is_early*: as it starts."""
    home.write("config.toml", "[pace]\nrequests_per_second = 0\n[table]\nload_all_limit = 2000\n")
    folder, log = home.path / "work", home.path / "log"
    folder.mkdir(exist_ok=True)
    with Terminal(
        command(f"--base-url={server.base_url}", f"--log={log}"),
        environ=home.environment(),
        columns=WIDE[0],
        lines=WIDE[1],
        cwd=folder,
    ) as terminal:
        if not is_early:
            terminal.wait_for(at_row(1, LEADS))
        yield terminal
        assert not written(log), written(log)


def written(log: Path) -> str:
    return log.read_text() if log.exists() else ""


def assert_alive(terminal: Terminal, server: ConvosoServer) -> None:
    """Check that it looks up leads, whatever it was doing."""
    faulty, server.fault_for = server.fault_for, lambda asked: None
    terminal.emulates = True
    terminal.resize(*WIDE)
    terminal.settle()
    for row in (42, 43):
        terminal.press("f2")
        terminal.settle()
        terminal.send(f"\x15#10000{row - 1}\r")
        terminal.wait_for(title(row))
    terminal.emulates = False
    server.fault_for = faulty


def leave(terminal: Terminal) -> None:
    """Check that it quits when told to, without an error."""
    terminal.press("ctrl+q")
    assert terminal.wait_for_exit() == 0
    assert not terminal.alternate
    assert b"Traceback" not in terminal.raw
    # What is behind the interface is the shell's.
    assert b"lead-tui" not in terminal.raw[terminal.raw.rfind(b"\x1b[?1049l") :]


@contextmanager
def alive_after(monkey: Monkey, server: ConvosoServer, home: Home) -> Iterator[None]:
    """Check that the program is alive after the keys pressed inside; print what was pressed if it is not."""
    terminal = monkey.terminal
    try:
        yield
        assert not terminal.ended, f"gone with {terminal.wait_for_exit()}"
        assert b"Traceback" not in terminal.raw
        assert_alive(terminal, server)
    except AssertionError:
        print(f"it pressed {monkey.pressed} keys, the last ones {monkey.last}")
        print(bytes(terminal.raw[-1_000:]))
        print(written(home.path / "log"))
        raise


def roam(home: Home, seed: int, keys: int, parts: int = 10) -> None:
    """Let the monkey press *keys* keys, and check after each of *parts* that the program is alive."""
    print(f"the monkey's seed is {seed}")
    with ConvosoServer(account(LEADS)) as server, at_work(home, server) as terminal:
        server.fault_for = random_faults(seed, FAULTY)
        terminal.emulates = False
        monkey = Monkey(terminal, seed)
        sizes: list[int] = []
        for _part in range(parts):
            with alive_after(monkey, server, home):
                monkey.go_on(keys // parts)
            sizes.append(terminal.memory_bytes())
            del terminal.raw[: -(1 << 16)]
        print(f"memory: {[round(size / 1e6) for size in sizes]} MB")
        leave(terminal)
        # In the first parts everything happens for the first time.
        assert max(sizes[parts * 7 // 10 :]) < GROWTH * max(sizes[parts * 2 // 10 : parts // 2])


@pytest.mark.long
def test_a_monkey_leaves_a_living_app(home: Home) -> None:
    roam(home, 20_261_123, 2_000, parts=5)


def type_early(home: Home, seed: int, keys: int) -> None:
    """Let the monkey press *keys* keys from the first millisecond of the start, and check that the program is alive."""
    print(f"the monkey's seed is {seed}")
    with ConvosoServer(account(LEADS)) as server, at_work(home, server, is_early=True) as terminal:
        terminal.emulates = False
        monkey = Monkey(terminal, seed, is_early=True)
        with alive_after(monkey, server, home):
            # The server answers correctly until there is a screen: earlier failures are reported in its place.
            monkey.go_on(keys // 10)
            server.fault_for = random_faults(seed, FAULTY)
            monkey.go_on(keys - keys // 10)
        leave(terminal)


def test_a_monkey_at_the_keys_while_it_starts_leaves_a_living_app(home: Home) -> None:
    type_early(home, 20_261_128, 150)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_a_monkey_that_types_from_the_first_millisecond_leaves_a_living_app(home: Home, seed: int) -> None:
    type_early(home, seed, 2_000)


@pytest.mark.long
def test_a_monkey_that_has_time_leaves_a_living_app(home: Home) -> None:
    given = os.environ.get("MONKEY_SEED")
    roam(home, int(given) if given else random.SystemRandom().randrange(1 << 32), 20_000, parts=50)


@pytest.mark.long
def test_refreshing_all_day_changes_nothing(home: Home) -> None:
    """Like a user who presses r twice a minute for hours, on the first row and on the last."""
    with ConvosoServer(account(LEADS)) as server, at_work(home, server) as terminal:
        terminal.emulates = False
        sizes: list[int] = []
        for _part in range(6):
            for number in range(20):
                asked = len(server.requests)
                terminal.press("r" if number % 4 else "G" if number % 8 else "g", "r")
                server.wait_for_requests(asked + 1)
                terminal.settle(0.02)
            sizes.append(terminal.memory_bytes())
            del terminal.raw[: -(1 << 16)]
        print(f"memory: {[round(size / 1e6) for size in sizes]} MB")
        assert sizes[-1] < 1.05 * sizes[2]
        assert_alive(terminal, server)
        leave(terminal)
