"""The time from the shell to the first frame, the first paint and the first row, and back to the shell; and of other commands."""

from __future__ import annotations

import subprocess
import time

from tests.bench.figures import Figure
from tests.bench.programs import Program, Programs, command

_QUIET = 0.3
"""Seconds without a byte after which nothing more belongs to the start."""


def one_start(program: Program) -> dict[str, float]:
    """Return the milliseconds of one start: ``frame``, ``paint`` and ``row`` from the shell, ``leave`` from the key to the end."""
    with program.open() as terminal:
        frame = terminal.wait_for_frame(program.begins or program.painted) - terminal.started
        paint = terminal.wait_for_frame(program.painted) - terminal.started
        row = terminal.wait_for_frame(program.first_row) - terminal.started
        terminal.wait_for_quiet(_QUIET)
        pressed = time.monotonic()
        terminal.press(program.leaves)
        assert terminal.wait_for_exit() == 0
        left = time.monotonic() - pressed
        return {name: 1_000 * taken for name, taken in (("frame", frame), ("paint", paint), ("row", row), ("leave", left))}


def measured(programs: Programs, rounds: int) -> list[Figure]:
    """*rounds* interleaved starts of each program, after one that is not counted."""
    found: dict[str, list[dict[str, float]]] = {program.name: [] for program in programs.all}
    for number in range(rounds + 1):
        for program in programs.all:
            one = one_start(program)
            if number:
                found[program.name].append(one)
    ours, bare = found[programs.ours.name], found[programs.bare.name]

    def beside(name: str, what: str, base: list[dict[str, float]], base_name: str, limit: float | None = None) -> Figure:
        return Figure(name, "ms", [one[what] for one in ours], base_name, [one[what] for one in base], limit)

    figures = [
        beside("something visible, from the shell", "frame", bare, programs.bare.name, 0.35),
        beside("first paint of the whole interface", "paint", bare, programs.bare.name, 1.3),
        beside("first row of data, from the shell", "row", bare, programs.bare.name, 2.0),
    ]
    figures += [
        beside(f"first row of data, of {program.rows:,} in {program.name}", "row", found[program.name], program.name)
        for program in programs.others
    ]
    return [*figures, beside("leaving, from q to the shell", "leave", bare, programs.bare.name, 1.2)]


def measured_commands(programs: Programs, python: str, rounds: int) -> list[Figure]:
    """*rounds* interleaved runs of the version, the help, and an interpreter that does nothing, after one that is not counted."""
    runs = {"pass": [python, "-c", "pass"], **{f"--{name}": [*command(python), f"--{name}"] for name in ("version", "help")}}
    found: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, words in runs.items():
            started = time.perf_counter()
            subprocess.run(words, env=dict(programs.ours.environ), stdout=subprocess.DEVNULL, check=True)
            if number:
                found[name].append((time.perf_counter() - started) * 1_000)
    limits = {"--version": 3.0, "--help": 4.0}
    return [Figure(f"lead-tui {name}", "ms", found[name], "python -c pass", found["pass"], limit) for name, limit in limits.items()]
