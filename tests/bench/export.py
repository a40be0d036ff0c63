"""Exporting a whole account with the command, compared with a plain loop, another build, and other tools for such files.

    python -m tests.bench.export [--leads N] [--rounds N] [--base DIR] [--programs DIR]

The loop requests one page after another with httpx, reads it with ``json.loads`` and writes the columns with ``csv.writer``: what
people write in ten lines. *--base* is another checkout, to compare JSON lines and workbooks with; *--programs* is a
folder with a python that has DuckDB, and ``sqlite-utils``: they make Parquet and SQLite from our JSON lines. All are processes of
their own, from the first import to the last byte in a file, and take turns; the server, on loopback, has no rate limit and sends
prebuilt pages.
"""

from __future__ import annotations

import argparse
import csv
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import Figure
from tests.servers.leads import MAX_LIMIT

TOKEN = "benchmarkbenchmarkbenchmarkbench"

TEN = ("lead_id", "first_name", "last_name", "phone_number", "email", "status", "city", "state", "created_at", "plan_sold")


@dataclass(frozen=True)
class Run:
    """The time and memory of a process."""

    seconds: float
    cpu: float
    """Seconds of a processor."""
    megabytes: float
    """Memory at its peak."""


def plain_loop(base_url: str, path: str, columns: Sequence[str]) -> None:
    """The plain loop that ours is compared with. Without *columns* it writes those of the first lead."""
    import json

    import httpx

    with open(path, "w", newline="", encoding="utf-8") as file, httpx.Client(timeout=60) as client:
        writer = csv.writer(file)
        offset, total = 0, 1
        while offset < total:
            asked: dict[str, str | int] = {"auth_token": TOKEN, "offset": offset, "limit": MAX_LIMIT}
            data = json.loads(client.get(f"{base_url}/leads/search", params=asked).content)["data"]
            entries, total = data["entries"], int(data["total"])
            columns = columns or list(entries[0])
            if not offset:
                writer.writerow(columns)
            for lead in entries:
                writer.writerow([lead.get(column) for column in columns])
            offset += len(entries)


def run(command: Sequence[str], environment: dict[str, str]) -> Run:
    """Run *command* to its end, which must be successful."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


PARQUET = """
import duckdb, sys
duckdb.sql(f"COPY (FROM read_json('{sys.argv[1]}')) TO '{sys.argv[1]}.parquet' (FORMAT parquet)")
"""

LOOP, LOOP_TEN = "plain loop, all columns", "plain loop, ten columns"
JSON_LINES, CSV, CSV_TEN, WORKBOOK, PARQUET_FILE, SQLITE = (
    "JSON lines", "CSV, every field", "CSV, ten columns", "workbook", "Parquet", "SQLite",
)  # fmt: skip
BASE_JSON_LINES, BASE_CSV, BASE_CSV_TEN, BASE_WORKBOOK = (
    f"the other build: {each}" for each in (JSON_LINES, CSV, CSV_TEN, WORKBOOK)
)
BY_DUCKDB, BY_SQLITE_UTILS = "JSON lines, then DuckDB", "JSON lines, then sqlite-utils"

COMPARED = (
    (JSON_LINES, BASE_JSON_LINES, 1.4), (JSON_LINES, LOOP, None), (CSV, LOOP, 1.2), (CSV, BASE_CSV, 1.0),
    (CSV_TEN, LOOP_TEN, None), (CSV_TEN, BASE_CSV_TEN, 1.0),
    (WORKBOOK, BASE_WORKBOOK, 8.0), (WORKBOOK, CSV, 0.5), (PARQUET_FILE, BY_DUCKDB, 1 / 0.7), (SQLITE, BY_SQLITE_UTILS, 2.0),
)  # fmt: skip
"""Which are compared, and the minimum ratio of their rows a second."""

MAX_MEGABYTES = {PARQUET_FILE: 250, SQLITE: 150}
"""Maximum of peak memory."""


def commands_for(base_url: str, folder: Path, base: Path | None, programs: Path | None) -> dict[str, list[str]]:
    """Return the commands by name."""
    out = str(folder / "leads")
    loop = [sys.executable, "-m", "tests.bench.export", "--loop", base_url, out]
    ours = [sys.executable, "-m", "lead_tui", "search", "--all", "--force", "-o", out]
    commands = {
        LOOP: loop,
        JSON_LINES: [*ours, "--format=jsonl"],
        CSV: [*ours, "--format=csv"],
        LOOP_TEN: [*loop, *TEN],
        CSV_TEN: [*ours, "--format=csv", f"--columns={','.join(TEN)}"],
    }
    if base is not None:
        theirs = ["env", f"PYTHONPATH={base}", sys.executable, "-P", *ours[1:]]
        commands |= {
            BASE_JSON_LINES: [*theirs, "--format=jsonl"],
            BASE_CSV: [*theirs, "--format=csv"],
            BASE_CSV_TEN: [*theirs, "--format=csv", f"--columns={','.join(TEN)}"],
            BASE_WORKBOOK: [*theirs, "--format=xlsx"],
        }
        commands[WORKBOOK] = [*ours, "--format=xlsx"]
    if programs is not None:
        begin = f"{shlex.join(commands[JSON_LINES])} && "
        to_parquet = shlex.join([f"{programs}/python", "-c", PARQUET, out])
        to_sqlite = f"{programs}/sqlite-utils insert {out}.db leads {out} --nl --silent"
        commands |= {
            PARQUET_FILE: [*ours, "--format=parquet"],
            BY_DUCKDB: ["sh", "-c", begin + to_parquet],
            SQLITE: [*ours, "--format=sqlite"],
            BY_SQLITE_UTILS: ["sh", "-c", begin + to_sqlite],
        }
    return commands


def runs_of(
    leads: int, rounds: int, folder: Path, base: Path | None = None, programs: Path | None = None, only: Sequence[str] = ()
) -> dict[str, list[Run]]:
    """Return the runs by command."""
    serve = [sys.executable, "-m", "tests.servers.convoso_server", "--prebuilt", "--leads", str(leads)]
    environment = {**os.environ, "CONVOSO_AUTH_TOKEN": TOKEN, "LEAD_TUI_CONFIG_DIR": str(folder)}
    for each in filter(None, (Path(), base)):
        # Like an installed program: otherwise each run may compile all it imports.
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(each / "lead_tui"), str(each / "tests")], check=True)
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            base_url = server.stdout.readline().strip()
            (folder / "config.toml").write_text(f'[profiles.main]\nbase_url = "{base_url}"\n[pace]\nrequests_per_second = 0\n')
            commands = commands_for(base_url, folder, base, programs)
            commands = {name: command for name, command in commands.items() if not only or name in only}
            found: dict[str, list[Run]] = {name: [] for name in commands}
            for _ in range(rounds):
                for name, command in commands.items():
                    found[name].append(run(command, environment))
                    for each in folder.glob("leads*"):
                        each.unlink()
            return found
        finally:
            server.terminate()


def measured(rounds: int) -> list[Figure]:
    """Return the seconds of exports of 200,000 leads, from the command to its end, compared with the plain loop."""
    leads, beside = 200_000, {JSON_LINES: LOOP, CSV: LOOP, CSV_TEN: LOOP_TEN}
    with tempfile.TemporaryDirectory() as folder:
        found = runs_of(leads, rounds, Path(folder), only=(*beside, *beside.values()))
    seconds = {name: [each.seconds for each in runs] for name, runs in found.items()}
    return [Figure(f"exporting {leads:,} leads: {name}", "s", seconds[name], base, seconds[base]) for name, base in beside.items()]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.export", description="A whole account, exported.")
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--base", type=Path, help="another checkout")
    parser.add_argument("--programs", type=Path, help="a folder with python, which has DuckDB, and sqlite-utils")
    parser.add_argument("--only", nargs="+", default=(), help="names of what to run")
    parser.add_argument("--loop", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.loop:
        plain_loop(given.loop[0], given.loop[1], given.loop[2:])
        return 0
    with tempfile.TemporaryDirectory() as folder:
        found = runs_of(given.leads, given.rounds, Path(folder), given.base, given.programs, given.only)
    print("| {} leads | rows a second | processor a row | peak |\n| --- | --- | --- | --- |".format(f"{given.leads:,}"))
    for name, runs in found.items():
        seconds, cpu = (statistics.median(values) for values in zip(*((each.seconds, each.cpu) for each in runs), strict=True))
        peak = max(each.megabytes for each in runs)
        print(f"| {name} | {given.leads / seconds:,.0f} | {cpu / given.leads * 1e6:.1f} µs | {peak:.0f} MB |")
    print("\n| compared | measured | processor time | limit | met |\n| --- | --- | --- | --- | --- |")
    for name, base, least in COMPARED:
        if name in found and base in found:
            pairs = list(zip(found[name], found[base], strict=True))
            rate = statistics.median(theirs.seconds / ours.seconds for ours, theirs in pairs)
            cpu = statistics.median(ours.cpu / theirs.cpu for ours, theirs in pairs)
            limit = f"at least {least:.2f}x | {'yes' if rate >= least else 'no'}" if least else " | "
            print(f"| {name}: rows a second, beside {base} | {rate:.2f}x | {cpu:.2f}x | {limit} |")
    for name, most in MAX_MEGABYTES.items():
        if name in found:
            peak = max(each.megabytes for each in found[name])
            print(f"| {name}: memory at the peak | {peak:.0f} MB | | at most {most} MB | {'yes' if peak <= most else 'no'} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
