"""The cost of a key: time to the last byte and bytes, one at a time, held, and many in one write; of idling; and of memory."""

from __future__ import annotations

import re
import statistics
import time
from typing import Final

from tests.bench.figures import Figure
from tests.bench.programs import LEADS, Program, Programs, at_cursor, row
from tests.bench.timed import Timed

_KEYS: Final = 15
_HELD: Final = 100
_RATE: Final = 30
"""Keys a second, as a keyboard repeats."""
_BURST: Final = 200
_IDLE: Final = 5.0
_ANSWERED: Final = 0.03
"""Seconds without a byte after which a key has been answered; the detail follows later."""
_AT_REST: Final = 0.25
"""Seconds without a byte after which all has been drawn, the detail too."""
_LOADED: Final = 0.6

_POSITION: Final = re.compile(rb"Row ([\d,]+) of")


def one_visit(program: Program) -> dict[str, float]:
    """Return the measurements of one run of *program*: milliseconds, bytes, megabytes and seconds by name."""
    found: dict[str, float] = {}
    with program.open() as terminal:
        terminal.wait_for_frame(program.first_row)
        terminal.wait_for_quiet(_LOADED)
        found["memory"] = terminal.memory_bytes() / 1_000_000
        found |= _single(terminal, "down")
        if program.rows:
            found |= _single(terminal, "pagedown")
            found |= _held(terminal)
            found["burst"] = _burst(terminal) * 1_000
            found |= _idle(terminal)
        terminal.press(program.leaves)
        assert terminal.wait_for_exit() == 0
    return found


def _single(terminal: Timed, key: str) -> dict[str, float]:
    times, sizes = [], []
    for _ in range(_KEYS):
        seconds, size = terminal.answer_to(key, quiet=_ANSWERED)
        times.append(seconds * 1_000)
        sizes.append(size)
        terminal.wait_for_quiet(_AT_REST)
    return {key: statistics.median(times), f"{key} bytes": statistics.median(sizes)}


def hold_down(terminal: Timed, presses: int) -> float:
    """Press Down *presses* times, as a held key; return when the last one was pressed."""
    due = time.monotonic()
    for _ in range(presses):
        while (left := due - time.monotonic()) > 0:
            terminal.pump(left)
        pressed = time.monotonic()
        terminal.press("down")
        due += 1 / _RATE
    return pressed


def _held(terminal: Timed) -> dict[str, float]:
    before, used = len(terminal.raw), terminal.cpu_seconds()
    hold_down(terminal, _HELD)
    terminal.wait_for_quiet(_AT_REST)
    return {"held bytes": len(terminal.raw) - before, "held processor": (terminal.cpu_seconds() - used) * 1_000}


def _burst(terminal: Timed) -> float:
    """Return the seconds from many keys in one write until the cursor is where they lead, as shown if the program shows it."""
    before, positions = len(terminal.raw), _POSITION.findall(terminal.raw)
    if not positions:
        seconds, _ = terminal.answer_to(*["down"] * _BURST, quiet=_AT_REST)
        return seconds
    target = int(positions[-1].replace(b",", b"")) + _BURST
    pressed = time.monotonic()
    terminal.press(*["down"] * _BURST)
    # The cursor is in the same frame. The lead in its row may be on its way still: DataTable has had them all from the start.
    stands = terminal.wait_for_frame(row(target), since=before)
    terminal.wait_for_quiet(_AT_REST)
    return stands - pressed


def _idle(terminal: Timed) -> dict[str, float]:
    """Return the bytes and milliseconds of processor time of some idle seconds, not when the minute and so a local time changes."""
    while (left := 60 - time.time() % 60) < _IDLE + 0.5:
        terminal.pump(left + 0.5)
    terminal.wait_for_quiet(_AT_REST)
    before, used, until = len(terminal.raw), terminal.cpu_seconds(), time.monotonic() + _IDLE
    while (left := until - time.monotonic()) > 0:
        terminal.pump(left)
    return {"idle bytes": len(terminal.raw) - before, "idle processor": (terminal.cpu_seconds() - used) * 1_000}


def _dialogs(program: Program) -> dict[str, float]:
    """Return the bytes of opening and of closing dialogs over the table."""
    found: dict[str, float] = {}
    with program.open() as terminal:
        terminal.wait_for_frame(program.first_row)
        terminal.wait_for_quiet(_LOADED)
        for name, key in (("help", "?"), ("palette", "ctrl+p"), ("columns", "c")):
            _, found[f"open {name}"] = terminal.answer_to(key, quiet=_AT_REST)
            _, found[f"close {name}"] = terminal.answer_to("escape", quiet=_AT_REST)
        terminal.press(program.leaves)
        assert terminal.wait_for_exit() == 0
    return found


def measured(programs: Programs, rounds: int) -> list[Figure]:
    """*rounds* interleaved visits to each program, after one start of each that is not counted."""
    found: dict[str, list[dict[str, float]]] = {program.name: [] for program in programs.all}
    for program in programs.all:
        with program.open() as terminal:
            terminal.wait_for_frame(program.first_row)
    for _ in range(rounds):
        for program in programs.all:
            found[program.name].append(one_visit(program))

    def of(program: Program | None, what: str) -> list[float]:
        return [visit[what] for visit in found[program.name]] if program is not None else []

    ours, bare, usual = programs.ours, programs.bare, programs.usual
    less, visidata = programs.less, programs.visidata
    figures = [
        Figure("memory with the first page shown", "MB", of(ours, "memory"), bare.name, of(bare, "memory"), 1.55),
        Figure("cursor down, key to last byte, detail aside", "ms", of(ours, "down"), bare.name, of(bare, "down"), 2.0),
        Figure("bytes of a cursor down, detail aside", "B", of(ours, "down bytes"), limit=400),
        Figure("page down, key to last byte, detail aside", "ms", of(ours, "pagedown"), usual.name, of(usual, "pagedown")),
        Figure("bytes of a page down, detail aside", "B", of(ours, "pagedown bytes"), "less", of(less, "pagedown bytes"), 2.0),
        Figure("bytes of holding Down over 100 rows", "B", of(ours, "held bytes"), "less", of(less, "held bytes"), 8.0),
        Figure("200 Downs in one write, until the cursor stands", "ms", of(ours, "burst"), usual.name, of(usual, "burst"), 0.6),
        Figure("bytes in 5 s of rest", "B", of(ours, "idle bytes"), limit=0),
        Figure("processor in 5 s of rest", "ms", of(ours, "idle processor"), limit=25),
    ]
    dialogs = _dialogs(ours)
    figures += [Figure(f"bytes to {what}", "B", [size], limit=10_000) for what, size in dialogs.items()]
    for name, base in ((usual.name, usual), ("visidata", visidata)):
        figures += [
            Figure(f"memory, beside {name}", "MB", of(ours, "memory"), name, of(base, "memory")),
            Figure(f"cursor down, beside {name}", "ms", of(ours, "down"), name, of(base, "down")),
            Figure(f"bytes of a cursor down, beside {name}", "B", of(ours, "down bytes"), name, of(base, "down bytes")),
            Figure(f"bytes of a page down, beside {name}", "B", of(ours, "pagedown bytes"), name, of(base, "pagedown bytes")),
            Figure(f"bytes of holding Down, beside {name}", "B", of(ours, "held bytes"), name, of(base, "held bytes")),
            Figure(f"processor of holding Down, beside {name}", "ms", of(ours, "held processor"), name, of(base, "held processor")),
        ]
    return figures


_PAGES = 300
_STRIDE = 7_919
"""Rows between two places: far apart, throughout the result, and never the same twice."""


def _journey(programs: Programs) -> tuple[float, float]:
    """Return the megabytes with the first page, and after going to places throughout the result."""
    with programs.ours.open() as terminal:
        terminal.wait_for_frame(programs.ours.first_row)
        terminal.wait_for_quiet(_LOADED)
        before = terminal.memory_bytes() / 1_000_000
        for number in range(1, _PAGES):
            target = number * _STRIDE % LEADS + 1
            since = len(terminal.raw)
            terminal.press(":", *str(target), "enter")
            terminal.wait_for_frame(row(target), at_cursor(target), since=since)
        terminal.wait_for_quiet(_LOADED)
        after = terminal.memory_bytes() / 1_000_000
        terminal.press(programs.ours.leaves)
        assert terminal.wait_for_exit() == 0
        return before, after


def measured_memory(programs: Programs, rounds: int) -> list[Figure]:
    """Memory after pages from throughout the result, compared with memory after one: *rounds* journeys."""
    journeys = [_journey(programs) for _ in range(rounds)]
    before, after = [each for each, _ in journeys], [each for _, each in journeys]
    return [Figure(f"memory after {_PAGES} pages all over the result", "MB", after, "the same after one", before, 1.3)]
