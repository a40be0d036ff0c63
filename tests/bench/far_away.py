"""A distant terminal: how long after a key was held for two seconds the screen shows where the cursor is."""

from __future__ import annotations

from tests.bench.figures import Figure
from tests.bench.keys import hold_down
from tests.bench.programs import Program, Programs, at_cursor, detail_of, row

_PRESSES = 60
_QUIET = 0.6
"""Seconds without a byte, on a line of 100 ms of round trip, after which nothing is on its way."""


def one_hold(program: Program) -> dict[str, float]:
    """Milliseconds from the last press until the cursor stands, and of this program from there until its detail does."""
    with program.open_far_away() as terminal:
        terminal.wait_for_frame(program.first_row)
        terminal.wait_for_quiet(_QUIET)
        before = len(terminal.raw)
        pressed = hold_down(terminal, _PRESSES)
        terminal.settle(_QUIET)
        found = {"stands": (terminal.last_output - pressed) * 1_000}
        if program.marks_cursor:
            stands = terminal.wait_for_frame(row(_PRESSES + 1), at_cursor(_PRESSES + 1), since=before)
            detail = terminal.wait_for_frame(detail_of(_PRESSES + 1), since=before)
            found = {"stands": (stands - pressed) * 1_000, "detail": (detail - stands) * 1_000}
        terminal.press(program.leaves)
        assert terminal.wait_for_exit() == 0
        return found


def measured(programs: Programs, rounds: int) -> list[Figure]:
    """*rounds* interleaved holds of each program with rows."""
    there = [program for program in programs.all if program.rows]
    found: dict[str, list[dict[str, float]]] = {program.name: [] for program in there}
    for _ in range(rounds):
        for program in there:
            found[program.name].append(one_hold(program))
    ours = found[programs.ours.name]
    stands = [one["stands"] for one in ours]
    held = "100 ms away, 1 Mbit/s: Down held for 2 s, until the cursor stands"
    figures = [
        Figure(held, "ms", stands, "less", [one["stands"] for one in found.get("less", ())], 1.5),
        Figure("the same: the detail after that", "ms", [one["detail"] for one in ours], limit=100),
    ]
    return figures + [
        Figure(f"the same, beside {program.name}", "ms", stands, program.name, [one["stands"] for one in found[program.name]])
        for program in programs.others
        if program.name != "less"
    ]
