"""Many users on one host: what a session costs in memory and at rest, and how long another one takes to start."""

from __future__ import annotations

import gc
import os
import statistics
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import psutil

from tests.bench.figures import as_table
from tests.bench.programs import Programs
from tests.bench.timed import Timed

_REST: Final = 30.0
"""Idle seconds over which processor time is measured."""
_STARTS: Final = 5
_QUIET: Final = 0.5


@dataclass(frozen=True)
class Sizing:
    """Measure *sessions* in parallel, each showing its first page."""

    sessions: int
    resident: float
    """Megabytes of a session, what it shares with others counted whole."""
    proportional: float
    """Megabytes of a session, what it shares with others counted in part: times the sessions, that is what the host needs."""
    processor: float
    """Milliseconds of processor time that a session takes in a minute of rest."""
    row: float
    """Milliseconds from the shell to the first row of one more session."""
    cores: int


def _memory(terminal: Timed) -> tuple[float, float]:
    used = psutil.Process(terminal.pid).memory_full_info()
    return used.rss / 1_000_000, used.pss / 1_000_000


def _starts(programs: Programs) -> float:
    times = []
    for _ in range(_STARTS):
        with programs.ours.open() as terminal:
            times.append((terminal.wait_for_frame(programs.ours.first_row) - terminal.started) * 1_000)
            terminal.wait_for_quiet(_QUIET)
            terminal.press(programs.ours.leaves)
            assert terminal.wait_for_exit() == 0
    return statistics.median(times)


def _side_by_side(programs: Programs, count: int) -> Sizing:
    with ExitStack() as stack:
        terminals: list[Timed] = []
        for _ in range(count):
            terminal = stack.enter_context(programs.ours.open())
            terminal.wait_for_frame(programs.ours.first_row)
            terminal.wait_for_quiet(_QUIET)
            terminals.append(terminal)
        done = threading.Event()

        def read() -> None:
            # A local time may change with the minute; a terminal that is not read would block the session.
            while not done.wait(0.5):
                for each in terminals:
                    while each.pump(0.0):
                        pass

        reading = threading.Thread(target=read)
        reading.start()
        try:
            before = sum(terminal.cpu_seconds() for terminal in terminals)
            time.sleep(_REST)
            used = sum(terminal.cpu_seconds() for terminal in terminals) - before
            memory = [_memory(terminal) for terminal in terminals]
            row = _starts(programs)
        finally:
            done.set()
            reading.join()
        resident, proportional = (statistics.fmean(column) for column in zip(*memory, strict=True))
        gc.collect()
        return Sizing(count, resident, proportional, used / count / _REST * 60 * 1_000, row, os.cpu_count() or 1)


def measured(programs: Programs, most: int) -> list[Sizing]:
    """One session, a quarter of *most*, and *most*."""
    return [_side_by_side(programs, count) for count in sorted({1, max(1, most // 4), most})]


def table(sizings: list[Sizing]) -> str:
    """The sizing table."""
    heading = ("sessions", "memory a session (PSS)", "resident (RSS)", "all of them", "processor at rest", "first row of one more")
    return as_table(
        heading,
        (
            (
                f"{each.sessions}",
                f"{each.proportional:.0f} MB",
                f"{each.resident:.0f} MB",
                f"{each.proportional * each.sessions / 1_000:.2f} GB",
                f"{each.processor:.0f} ms a minute and session",
                f"{each.row:.0f} ms",
            )
            for each in sizings
        ),
    )
