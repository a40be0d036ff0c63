"""``python -m tests.bench``: measure the program beside others, print a table, and write it as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psutil

from tests.bench import commands, data, far_away, fresh, keys, memory, sessions, start
from tests.bench.figures import HEADING, Figure, as_table
from tests.bench.programs import Programs, programs

_HERE: Final = Path(__file__).resolve().parent
PARTS: Final[Mapping[str, str]] = {
    "start": "start-up and leaving",
    "keys": "keys, rest and memory",
    "far": "a terminal far away",
    "memory": "memory after 300 pages",
    "data": "pages and snapshots",
    "commands": "--version and --help",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure lead-tui beside others.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure, all unless given: {', '.join(PARTS)}")
    parser.add_argument(
        "--rounds", type=int, default=7, help="rounds of a visit to each program (7); starts take three times as many"
    )
    parser.add_argument("--python", help="the interpreter to start programs with; a fresh environment unless given")
    parser.add_argument("--sessions", type=int, metavar="N", help="measure N sessions side by side instead")
    parser.add_argument("--json", type=Path, help="where to write the JSON")
    parser.add_argument("--readme", action="store_true", help="put the tables into this folder's README")
    return parser


def _run(names: Iterable[str], found: Programs, python: str, rounds: int) -> list[Figure]:
    parts: dict[str, Callable[[], list[Figure]]] = {
        "start": lambda: start.measured(found, 3 * rounds),
        "keys": lambda: keys.measured(found, rounds),
        "far": lambda: far_away.measured(found, rounds),
        "memory": lambda: memory.measured(found, max(1, rounds // 3)),
        "data": lambda: data.measured(rounds),
        "commands": lambda: commands.measured(found, python, 3 * rounds),
    }
    figures = []
    for name in names:
        print(f"{PARTS[name]} …", file=sys.stderr, flush=True)
        figures += parts[name]()
    return figures


def _machine() -> dict[str, str]:
    """What was measured on and with; nothing that names the host."""
    cores, size = os.cpu_count() or 1, psutil.virtual_memory().total / 2**30
    found = {
        "machine": f"{platform.system()} on {platform.machine()}, {cores} cores, {size:.0f} GB",
        "Python": platform.python_version(),
    }
    found |= {name: version(name) for name in ("textual", "httpx", "msgspec")}
    for name, words in {"less": ["less", "--version"], "visidata": ["vd", "--version"]}.items():
        if shutil.which(words[0]) is None:
            found[name] = "not there"
            continue
        said = subprocess.run(words, capture_output=True, text=True, check=False)
        number = re.search(r"\d[\d.]*", said.stdout + said.stderr)
        found[name] = number[0] if number else "there"
    return found


def _put(heading: str, text: str) -> None:
    """Replace what stands in the README between the two marks of *heading*."""
    readme = _HERE / "README.md"
    begin, end = f"<!-- {heading} -->\n", f"\n<!-- end of {heading} -->"
    before, _, rest = readme.read_text().partition(begin)
    _, _, after = rest.partition(end)
    readme.write_text(before + begin + text + end + after)


def main() -> int:
    """Measure what is asked for."""
    parser = _parser()
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    machine = _machine()
    said = f"Measured on {date.today()}: " + ", ".join(
        value if name == "machine" else f"{name} {value}" for name, value in machine.items()
    )
    with nullcontext(given.python) if given.python else fresh.environment() as python, programs(python) as found:
        if given.sessions:
            sizings = sessions.measured(found, given.sessions)
            heading, name, table = "sizing", "sessions.json", sessions.table(sizings)
            content: list[dict[str, object]] = [vars(each) for each in sizings]
        else:
            figures = _run(given.parts or PARTS, found, python, given.rounds)
            heading, name, table = "figures", "figures.json", as_table(HEADING, (figure.cells() for figure in figures))
            content = [figure.as_json() for figure in figures]
    print(f"{said}.\n\n{table}")
    if given.json or given.readme:
        path = given.json or _HERE / name
        path.write_text(json.dumps({"measured": f"{date.today()}", "with": machine, heading: content}, indent=1) + "\n")
    if given.readme:
        _put(heading, f"\n{said}.\n\n{table}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
