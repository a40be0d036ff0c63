"""Memory after pages from throughout the result, compared with memory after one."""

from __future__ import annotations

from tests.bench.figures import Figure
from tests.bench.programs import LEADS, Programs, at_cursor, row

_PAGES = 300
_STRIDE = 7_919
"""Rows between two places: far apart, throughout the result, and never the same twice."""
_QUIET = 0.6


def one_journey(programs: Programs) -> tuple[float, float]:
    """Return the megabytes with the first page, and after going to places throughout the result."""
    with programs.ours.open() as terminal:
        terminal.wait_for_frame(programs.ours.first_row)
        terminal.wait_for_quiet(_QUIET)
        before = terminal.memory_bytes() / 1_000_000
        for number in range(1, _PAGES):
            target = number * _STRIDE % LEADS + 1
            since = len(terminal.raw)
            terminal.press(":", *str(target), "enter")
            terminal.wait_for_frame(row(target), at_cursor(target), since=since)
        terminal.wait_for_quiet(_QUIET)
        after = terminal.memory_bytes() / 1_000_000
        terminal.press(programs.ours.leaves)
        assert terminal.wait_for_exit() == 0
        return before, after


def measured(programs: Programs, rounds: int) -> list[Figure]:
    """*rounds* journeys."""
    journeys = [one_journey(programs) for _ in range(rounds)]
    before, after = [each for each, _ in journeys], [each for _, each in journeys]
    return [Figure(f"memory after {_PAGES} pages all over the result", "MB", after, "the same after one", before, 1.3)]
