"""A file of a million leads in the app and in VisiData: ``python -m tests.bench.open_file``.

It installs VisiData in a temporary environment, so it needs a package index. The file takes 1.6 GB, and VisiData 11 GB of memory.
``G`` is pressed as soon as the first rows are shown, and again until the last row is: VisiData goes to its last loaded row.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from lead_tui.demo.endpoint import Demo
from lead_tui.leads.lead import split
from tests.bench.figures import HEADING, Figure, as_table
from tests.bench.programs import COLUMNS, LINES, command, environment
from tests.bench.timed import Timed
from tests.pty.harness import clean_environment

_PATIENCE = 300.0
_AGAIN = 0.25
"""Seconds between two presses of G."""


class Visit(NamedTuple):
    """Seconds to the first row and from there to the last one, and megabytes then."""

    first: float
    last: float
    memory: float


def write_file(path: Path, count: int) -> None:
    """Write *count* leads of the demo, each with its number."""
    _, body = Demo(2_000, today=date(2026, 3, 9)).answer({"offset": "0", "limit": "2000"})
    known = ("lead_id", "first_name", "last_name")
    leads = [{key: value for key, value in msgspec.json.decode(row).items() if key not in known} for row in split(body).rows]
    tails = [msgspec.json.encode(lead)[1:] for lead in leads]
    with path.open("wb") as file:
        for number in range(1, count + 1):
            file.write(b'{"lead_id":"%d","first_name":"No%d","last_name":"Public",' % (number, number))
            file.write(tails[number % len(tails)] + b"\n")


def visit(words: Sequence[str], environ: Mapping[str, str], count: int) -> Visit:
    """Open the file with the program *words*, and go to its last row."""
    begun = time.monotonic()
    with Timed(words, environ=environ, columns=COLUMNS, lines=LINES) as terminal:
        first = terminal.wait_for_frame(rb"No1\b")
        since = pressed = time.monotonic()
        terminal.press("G")
        # Searched on the screen, since curses writes only what differs from the previous screen.
        while f"No{count} " not in terminal.text:
            assert time.monotonic() - since < _PATIENCE, terminal.text
            terminal.pump(_AGAIN)
            if time.monotonic() - pressed > _AGAIN:
                pressed = time.monotonic()
                terminal.press("G")
        found = Visit(first - begun, terminal.last_output - since, terminal.memory_bytes() / 1_000_000)
        terminal.press("q")
        return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.open_file")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with environment("visidata") as python, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        path = home / "leads.jsonl"
        write_file(path, given.rows)
        environ = clean_environment(home)
        ours, theirs = [], []
        for _ in range(given.rounds):
            ours.append(visit([*command(sys.executable), "open", str(path)], environ, given.rows))
            theirs.append(visit([str(Path(python).parent / "vd"), "-N", str(path)], environ, given.rows))
            print(ours[-1], theirs[-1], file=sys.stderr)
    rows, base = f"{given.rows:,} rows of JSON lines", "VisiData"
    figures = [
        Figure(f"open {rows}: first rows", "s", [each.first for each in ours], base, [each.first for each in theirs], 1.0),
        Figure("then G: the last row", "s", [each.last for each in ours], base, [each.last for each in theirs], 0.1),
        Figure("memory then", "MB", [each.memory for each in ours], base, [each.memory for each in theirs], 0.1),
    ]
    print(as_table(HEADING, [each.cells() for each in figures]))


if __name__ == "__main__":
    main()
