"""``python -m tests.bench``: measure the program and others, print a table, and write it as JSON."""

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
from typing import Any, Final

import psutil

from tests.bench import data, export, far_away, instant, keys, sessions, start
from tests.bench.figures import HEADING, Figure, as_table
from tests.bench.programs import Programs, environment, programs
from tests.pty.harness import ROOT

_HERE: Final = Path(__file__).resolve().parent
DOCUMENTS: Final = {"figures": _HERE / "README.md", "sizing": ROOT / "docs" / "many-users.md"}
PARTS: Final[Mapping[str, str]] = {
    "start": "start-up and leaving",
    "keys": "keys, rest and memory",
    "far": "a terminal far away",
    "memory": "memory after 300 pages",
    "data": "pages and snapshots",
    "export": "a whole account into a file",
    "commands": "--version and --help",
    "instant": "starts and look-ups far away, beside another checkout",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure lead-tui beside others.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure, all unless given: {', '.join(PARTS)}")
    parser.add_argument(
        "--rounds", type=int, default=7, help="rounds of a visit to each program (7); starts take three times as many"
    )
    parser.add_argument("--python", help="the interpreter to start programs with; a fresh environment unless given")
    parser.add_argument("--base", type=Path, metavar="DIR", help='the checkout for the part "instant"')
    parser.add_argument("--sessions", type=int, metavar="N", help="measure N sessions side by side instead")
    parser.add_argument("--json", type=Path, help="where to write the JSON")
    parser.add_argument(
        "--readme", action="store_true", help="put the table into its document, with the latest tables of the other parts"
    )
    return parser


def _run(names: Iterable[str], found: Programs, python: str, base: Path | None, rounds: int) -> dict[str, list[Figure]]:
    parts: dict[str, Callable[[], list[Figure]]] = {
        "start": lambda: start.measured(found, 3 * rounds),
        "keys": lambda: keys.measured(found, rounds),
        "far": lambda: far_away.measured(found, rounds),
        "memory": lambda: keys.measured_memory(found, max(1, rounds // 3)),
        "data": lambda: data.measured(rounds),
        "export": lambda: export.measured(max(1, rounds // 2)),
        "commands": lambda: start.measured_commands(found, python, 3 * rounds),
        "instant": lambda: instant.measured(python, base, rounds) if base else [],
    }
    figures = {}
    for name in names:
        print(f"{PARTS[name]} …", file=sys.stderr, flush=True)
        figures[name] = parts[name]()
    return figures


def _figures(told: Mapping[str, list[dict[str, Any]]]) -> str:
    """Return the table of all measured parts, from their JSON."""
    return as_table(HEADING, (Figure.of_json(each).cells() for name in PARTS for each in told.get(name, ())))


def _machine() -> dict[str, str]:
    """Return the machine and versions of a measurement, without anything that identifies the host."""
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
    """Replace the text between the two marks of *heading* in its document."""
    document = DOCUMENTS[heading]
    begin, end = f"<!-- {heading} -->\n", f"\n<!-- end of {heading} -->"
    before, _, rest = document.read_text().partition(begin)
    _, _, after = rest.partition(end)
    document.write_text(before + begin + text + end + after)


def main() -> int:
    """Run the requested measurements."""
    parser = _parser()
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    with nullcontext(given.python) if given.python else environment() as python, programs(python) as found:
        if given.sessions:
            heading, sizings = "sizing", sessions.measured(found, given.sessions)
            told: dict[str, Any] = {"sessions": [vars(each) for each in sizings]}
            table = sessions.table(sizings)
        else:
            heading, measured = "figures", _run(given.parts or PARTS, found, python, given.base, given.rounds)
            told = {name: [figure.as_json() for figure in figures] for name, figures in measured.items()}
            table = _figures(told)
    machine = _machine()
    print(f"{_said(machine)}\n\n{table}")
    if given.json:
        given.json.write_text(_written(machine, told))
    if given.readme:
        kept = _HERE / f"{heading}.json"
        if heading == "figures" and kept.exists():
            told = {**json.loads(kept.read_text())[heading], **told}
            table = _figures(told)
        kept.write_text(_written(machine, told, heading))
        _put(heading, f"\n{_said(machine)}\n\n{table}\n")
    return 0


def _said(machine: Mapping[str, str]) -> str:
    told = ", ".join(value if name == "machine" else f"{name} {value}" for name, value in machine.items())
    return f"Measured on {date.today()}: {told}."


def _written(machine: Mapping[str, str], told: Mapping[str, Any], heading: str = "figures") -> str:
    return json.dumps({"measured": f"{date.today()}", "with": machine, heading: told}, indent=1) + "\n"


if __name__ == "__main__":
    sys.exit(main())
