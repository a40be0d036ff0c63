"""Four hosts of 40 sessions that share one account's pace through Redis or Valkey: ``python -m tests.bench.many_hosts``.

Each host is a process with its own pace directory. Its sessions look up numbers at random moments while two of them export
without end. The server is the strict one of ``shared_pace``. With ``--trouble``, the look-ups are repeated while Redis is killed
and stopped (SIGSTOP), each twice for ten seconds. ``--server`` names another program, such as valkey-server.
``--simulate`` does the same in simulated time, many times, and for other numbers of hosts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from lead_tui.api.client import Client
from lead_tui.config.settings import Pace
from lead_tui.leads.errors import SearchError
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.bench.shared_pace import BURST, RATE, TOKEN, StrictServer, session
from tests.servers.convoso_server import ConvosoServer

HOSTS, SESSIONS, EXPORTS = 4, 40, 2
OUTAGES = ((0.12, "killed"), (0.33, "stopped"), (0.55, "killed"), (0.76, "stopped"))
"""When each begins, as a part of the run."""
OUTAGE_SECONDS, WINDOW = 10.0, 5.0


class Run(NamedTuple):
    """The results of one run."""

    log: list[tuple[float, bool]]
    """Of the server: when each request came, and whether it was refused."""
    hosts: list[dict[str, Any]]
    changes: list[float]
    """When Redis went away or came back."""

    @property
    def took(self) -> dict[tuple[int, int, int], float | None]:
        """The seconds of each look-up, by host, session and number."""
        return {
            (host, number, place): seconds
            for host, result in enumerate(self.hosts)
            for number, each in enumerate(result["sessions"])
            for place, seconds in enumerate(each["took"])
        }

    @property
    def waits(self) -> list[float]:
        return sorted(seconds for seconds in self.took.values() if seconds is not None)

    @property
    def lost(self) -> int:
        """Failed requests, and look-ups that did not end."""
        failed: int = sum(host["failed"] + sum(each["failed"] for each in host["sessions"]) for host in self.hosts)
        return failed + len(self.took) - len(self.waits)

    @property
    def throughput(self) -> float:
        """Accepted requests, as a part of those that the server allows from the first to the last."""
        return sum(not refused for _, refused in self.log) / (RATE * (self.log[-1][0] - self.log[0][0]) + BURST)

    def refused(self, windows: list[tuple[float, float]] | None = None) -> float:
        counted = [refused for at, refused in self.log if windows is None or any(begin <= at < end for begin, end in windows)]
        return sum(counted) / max(1, len(counted))

    def refused_after_changes(self) -> float:
        return self.refused([(at, at + WINDOW) for at in self.changes])

    def most_added(self, calm: Run) -> float:
        """Return the most by which a look-up took longer than in a run without trouble."""
        pairs = ((seconds, calm.took[key]) for key, seconds in self.took.items())
        return max(seconds - without for seconds, without in pairs if seconds is not None and without is not None)


def percentile(waits: list[float], part: float) -> float:
    return waits[min(len(waits) - 1, int(len(waits) * part))]


def criteria(calm: Run, troubled: Run | None = None) -> list[tuple[str, float, float, bool]]:
    """Return the requirements: a description with a place for figures, the figure, its limit, and whether it is met."""
    late = percentile(calm.waits, 0.95)
    wanted = [
        ("refused {:.1%}, at most {:.0%}", calm.refused(), 0.01, calm.refused() <= 0.01),
        ("95th percentile of look-ups {:.2f} s, at most {:.0f} s", late, 2.0, late <= 2.0),
        ("throughput {:.0%}, at least {:.0%}", calm.throughput, 0.9, calm.throughput >= 0.9),
    ]
    if troubled is not None:
        after, added = troubled.refused_after_changes(), troubled.most_added(calm)
        wanted += [
            ("requests lost in trouble {:.0f}, at most {:.0f}", troubled.lost, 0, not troubled.lost),
            ("refused in the 5 s after the changes {:.1%}, at most {:.0%}", after, 0.05, after <= 0.05),
            ("a look-up took longer by {:.2f} s, at most {:.0f} s", added, 1.0, added <= 1.0),
        ]
    return wanted


def report(name: str, run: Run) -> None:
    notices = sum(each["notices"] for host in run.hosts for each in host["sessions"])
    print(
        f"  {name}: {len(run.log)} requests, {run.throughput:.0%} of what is allowed, {run.refused():.1%} refused; {len(run.waits)}"
        f" look-ups, median {percentile(run.waits, 0.5):.2f} s, 95th percentile {percentile(run.waits, 0.95):.2f} s, longest"
        f" {run.waits[-1]:.2f} s; {sum(host['pages'] for host in run.hosts)} pages exported; {notices} notices in the sessions;"
        f" {run.lost} lost"
    )


class Redis:
    """A server on loopback that keeps nothing on disk."""

    def __init__(self, program: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.1).close()
                return
            except OSError:
                time.sleep(0.01)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def redis_running(program: str) -> Iterator[Redis]:
    redis = Redis(program)
    try:
        yield redis
    finally:
        redis.kill()


async def export(client: Client, seconds: float) -> tuple[int, int]:
    """Read pages of 1,000 leads without end; return how many arrived and how many failed."""
    pages = failed = 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    await client.fetch(Query(), 0, 1_000)
                    pages += 1
                except SearchError:
                    failed += 1
    except TimeoutError:
        client.close()
    return pages, failed


async def host(connect: Callable[[], Client], seconds: float, every: float, seed: int) -> dict[str, Any]:
    """One host's sessions."""
    look_ups = [session(connect(), seconds, every, seed * SESSIONS + number) for number in range(SESSIONS)]
    exports = [export(connect(), seconds) for _ in range(EXPORTS)]
    sessions, exported = await asyncio.gather(asyncio.gather(*look_ups), asyncio.gather(*exports))
    return {"sessions": sessions, "pages": sum(pages for pages, _ in exported), "failed": sum(failed for _, failed in exported)}


async def host_process(url: str, redis: str, directory: str, seconds: float, every: float, seed: int) -> dict[str, Any]:
    pace = Pace(RATE, BURST, 3, redis=redis, hosts=HOSTS)
    return await host(lambda: Client(url, Token(TOKEN), pace=pace, pace_directory=Path(directory)), seconds, every, seed)


def trouble(redis: Redis, seconds: float, changes: list[float]) -> None:
    """Make Redis unavailable at times; *changes* gets the times."""
    begin = time.monotonic()
    for part, what in OUTAGES:
        time.sleep(begin + part * seconds - time.monotonic())
        changes.append(time.monotonic())
        if what == "killed":
            redis.kill()
        else:
            redis.process.send_signal(signal.SIGSTOP)
        time.sleep(OUTAGE_SECONDS)
        changes.append(time.monotonic())
        if what == "killed":
            redis.start()
        else:
            redis.process.send_signal(signal.SIGCONT)


def run(program: str, seconds: float, every: float, *, has_trouble: bool) -> Run:
    strict = StrictServer(0.05)
    changes: list[float] = []
    with tempfile.TemporaryDirectory() as directory, ConvosoServer(strict) as server, redis_running(program) as redis:
        command = [sys.executable, "-m", "tests.bench.many_hosts", "--host", server.base_url, "--seconds", str(seconds)]
        command += ["--every", str(every), "--redis", f"redis://127.0.0.1:{redis.port}"]
        hosts = [
            subprocess.Popen(
                [*command, "--seed", str(number), "--directory", str(Path(directory, str(number)))],
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(HOSTS)
        ]
        if has_trouble:
            threading.Thread(target=trouble, args=(redis, seconds, changes), daemon=True).start()
        results = [json.loads(each.communicate()[0]) for each in hosts]
    return Run(strict.log, results, changes)


def measure(program: str, seconds: float, every: float, *, has_trouble: bool) -> None:
    print(f"{program}, {HOSTS} x {SESSIONS} sessions, {HOSTS} x {EXPORTS} exports, a look-up every {every:g} s in each session")
    calm = run(program, seconds, every, has_trouble=False)
    report("without trouble", calm)
    troubled = run(program, seconds, every, has_trouble=True) if has_trouble else None
    if troubled is not None:
        report("with trouble", troubled)
    for text, figure, limit, is_met in criteria(calm, troubled):
        print(f"  {text.format(figure, limit)} - met: {'yes' if is_met else 'no'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="redis-server")
    parser.add_argument("--seconds", type=float, default=165)
    parser.add_argument("--every", type=float, default=600)
    parser.add_argument("--trouble", action="store_true")
    parser.add_argument("--simulate", action="store_true")
    parser.add_argument("--runs", type=int, default=30, help="of the simulation")
    parser.add_argument("--host", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--redis", default="", help=argparse.SUPPRESS)
    parser.add_argument("--directory", default="", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.simulate:
        # Imported here: it imports this module.
        from tests.bench.simulated_hosts import simulate

        simulate(given.seconds, given.every, given.runs)
    elif given.host:
        print(
            json.dumps(asyncio.run(host_process(given.host, given.redis, given.directory, given.seconds, given.every, given.seed)))
        )
    else:
        measure(given.server, given.seconds, given.every, has_trouble=given.trouble)


if __name__ == "__main__":
    main()
