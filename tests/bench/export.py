"""A whole account exported by the command, beside a plain loop that does the same.

    python -m tests.bench.export [--leads N] [--rounds N]

The loop asks one page after another with httpx, reads it with ``json.loads`` and writes the columns with ``csv.writer``: what
somebody writes in ten lines. Both are processes of their own, from the first import to the last byte in a file, and take turns; the
server is a process too, on loopback, with no limit of pace. JSON lines are compared with the loop that writes all columns, as they
hold them all.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.leads import MAX_LIMIT

TOKEN = "benchmarkbenchmarkbenchmarkbench"

TEN = ("lead_id", "first_name", "last_name", "phone_number", "email", "status", "city", "state", "created_at", "plan_sold")


@dataclass(frozen=True)
class Run:
    """What a process took."""

    seconds: float
    cpu: float
    """Seconds of a processor."""
    megabytes: float
    """Memory at its peak."""


def plain_loop(base_url: str, path: str, columns: Sequence[str]) -> None:
    """What ours is compared with. Without *columns* it writes those of the first lead."""
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
    """*command* from its beginning to its end, which must be a good one."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def measured(leads: int, rounds: int, folder: Path) -> dict[str, list[Run]]:
    """Runs by what was run."""
    serve = [sys.executable, "-m", "tests.servers.convoso_server", "--leads", str(leads)]
    environment = {**os.environ, "CONVOSO_AUTH_TOKEN": TOKEN, "LEAD_TUI_CONFIG_DIR": str(folder)}
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            base_url = server.stdout.readline().strip()
            (folder / "config.toml").write_text(f'[profiles.main]\nbase_url = "{base_url}"\n[pace]\nrequests_per_second = 0\n')
            out = str(folder / "leads")
            loop = [sys.executable, "-m", "tests.bench.export", "--loop", base_url, out]
            ours = [sys.executable, "-m", "lead_tui", "search", "--all", "--force", "-o", out]
            commands = {
                "plain loop, all columns": loop,
                "JSON lines": [*ours, "--format=jsonl"],
                "CSV, every field met": [*ours, "--format=csv"],
                "plain loop, ten columns": [*loop, *TEN],
                "CSV, ten columns": [*ours, "--format=csv", f"--columns={','.join(TEN)}"],
            }
            found: dict[str, list[Run]] = {name: [] for name in commands}
            for _ in range(rounds):
                for name, command in commands.items():
                    found[name].append(run(command, environment))
                    (folder / "leads").unlink()
            return found
        finally:
            server.terminate()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.export", description="A whole account, exported.")
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loop", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.loop:
        plain_loop(given.loop[0], given.loop[1], given.loop[2:])
        return 0
    with tempfile.TemporaryDirectory() as folder:
        found = measured(given.leads, given.rounds, Path(folder))
    print(f"{'':26}{'rows/s':>10}{'of loop':>9}{'CPU a row':>12}{'of loop':>9}{'peak MB':>9}")
    base: Run | None = None
    for name, runs in found.items():
        middle = Run(
            statistics.median(each.seconds for each in runs),
            statistics.median(each.cpu for each in runs),
            max(each.megabytes for each in runs),
        )
        base = middle if base is None or name.startswith("plain loop") else base
        print(
            f"{name:26}{given.leads / middle.seconds:10,.0f}{base.seconds / middle.seconds:8.2f}x"
            f"{middle.cpu / given.leads * 1e6:9.2f} µs{middle.cpu / base.cpu:8.2f}x{middle.megabytes:9.0f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
