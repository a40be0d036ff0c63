"""Four hosts of 40 sessions that share one account's pace through Redis or Valkey: ``python -m tests.bench.many_hosts``.

Each host is a process with a pace directory of its own. Its sessions look numbers up at random moments while two of them export
without end. The server is the strict one of ``shared_pace``. With ``--trouble``, Redis is killed and started again during the run,
then stopped for a while (SIGSTOP). ``--server`` names another program, such as valkey-server. ``--simulate`` calculates the waits
for other numbers of hosts, without a server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lead_tui.api.client import Client
from lead_tui.config.settings import Pace
from lead_tui.leads.errors import SearchError
from lead_tui.leads.query import Query
from lead_tui.leads.token import Token
from tests.bench.shared_pace import BURST, RATE, TOKEN, StrictServer, session
from tests.servers.convoso_server import ConvosoServer

HOSTS, SESSIONS, EXPORTS = 4, 40, 2
PERMITS = 4
"""Of the shared bucket: the burst without the margin (``RedisBucket.capacity``)."""
OUTAGE, STALL = 10.0, 10.0
"""Seconds without Redis, and with a stopped one."""


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


async def export(url: str, directory: str, seconds: float, pace: Pace) -> dict[str, int]:
    """Pages of 1,000 leads without end: how many came, how many failed."""
    client = Client(url, Token(TOKEN), pace=pace, pace_directory=Path(directory))
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
    return {"pages": pages, "export_failed": failed}


async def host(url: str, redis: str, directory: str, seconds: float, every: float, seed: int) -> dict[str, object]:
    """One host's sessions."""
    pace = Pace(RATE, BURST, 3, redis=redis, hosts=HOSTS)
    look_ups = [session(url, directory, seconds, every, seed * SESSIONS + number, pace) for number in range(SESSIONS)]
    exports = [export(url, directory, seconds, pace) for _ in range(EXPORTS)]
    results, pages = await asyncio.gather(asyncio.gather(*look_ups), asyncio.gather(*exports))
    return {
        "took": [second for result in results for second in result["took"]],  # type: ignore[attr-defined]
        "begun": sum(result["begun"] for result in results),  # type: ignore[misc]
        "failed": sum(result["failed"] for result in results),  # type: ignore[misc]
        "notices": sum(result["notices"] for result in results),  # type: ignore[misc]
        "pages": sum(each["pages"] for each in pages),
        "export_failed": sum(each["export_failed"] for each in pages),
    }


def trouble(redis: Redis, strict: StrictServer, seconds: float, seen: dict[str, str]) -> None:
    """Kill Redis after a third of the time, stop it after two thirds; *seen* gets the refusals in 5 s after each."""
    for part, name in ((1 / 3, "killed"), (2 / 3, "stopped")):
        time.sleep(max(0.0, started + part * seconds - time.monotonic()) if (started := seen_start[0]) else 0.0)
        before = (strict.requests, strict.refused)
        if name == "killed":
            redis.kill()
        else:
            redis.process.send_signal(signal.SIGSTOP)
        time.sleep(5)
        seen[name] = f"{strict.refused - before[1]} of {strict.requests - before[0]}"
        time.sleep(OUTAGE - 5 if name == "killed" else STALL - 5)
        before = (strict.requests, strict.refused)
        if name == "killed":
            redis.start()
        else:
            redis.process.send_signal(signal.SIGCONT)
        time.sleep(5)
        seen[f"after {name}"] = f"{strict.refused - before[1]} of {strict.requests - before[0]}"


seen_start: list[float] = []


def run(program: str, seconds: float, every: float, *, has_trouble: bool) -> None:
    strict = StrictServer(0.05)
    seen: dict[str, str] = {}
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
        seen_start[:] = [time.monotonic()]
        if has_trouble:
            threading.Thread(target=trouble, args=(redis, strict, seconds, seen), daemon=True).start()
        results = [json.loads(each.communicate()[0]) for each in hosts]
        elapsed = time.monotonic() - seen_start[0]
    took = sorted(second for result in results for second in result["took"])
    middle, late = (took[int(len(took) * part)] for part in (0.5, 0.95))
    allowed = RATE * elapsed + BURST
    failed = sum(result["failed"] + result["export_failed"] for result in results)
    print(
        f"{program}, {HOSTS} x {SESSIONS} sessions, a look-up every {every:g} s in each, {'with' if has_trouble else 'no'} trouble"
    )
    print(f"  requests {strict.requests:,}, {100 * strict.requests / allowed:.0f} % of what is allowed")
    print(f"  refused {strict.refused} ({100 * strict.refused / max(1, strict.requests):.1f} %), failed {failed}")
    print(f"  look-ups finished {len(took)} of {sum(result['begun'] for result in results)}, median {middle:.2f} s", end=", ")
    print(f"95th percentile {late:.2f} s, longest {took[-1]:.2f} s; pages exported {sum(result['pages'] for result in results)}")
    print(f"  changes between Redis and the host's own limiter: {sum(result['notices'] for result in results)}")
    for name, refusals in seen.items():
        print(f"  refused in the 5 s {'after it was ' + name if name in ('killed', 'stopped') else name}: {refusals}")


def simulated(hosts: int, every: float, look_ups: int = 100_000) -> tuple[float, float, float]:
    """Return the share of the pace that look-ups need, and the median and 95th percentile of their waits, in seconds.

    Look-ups of three requests come at random moments, and permits are given in the order in which they are asked for. Exports do
    not count: they take what is left.
    """
    chance = random.Random(1)
    arrivals = SESSIONS * hosts / every
    slack = (PERMITS - 1) / RATE
    now = full_at = 0.0
    waits = []
    for _ in range(look_ups):
        now += chance.expovariate(arrivals)
        for _ in range(3):
            full_at = max(full_at, now) + 1 / RATE
        waits.append(max(0.0, full_at - 1 / RATE - slack - now))
    waits.sort()
    return 3 * arrivals / RATE, waits[look_ups // 2], waits[look_ups * 95 // 100]


def simulate() -> None:
    print("| hosts of 40 | a look-up every | of the pace | wait, median | 95th percentile |\n| --- | --- | --- | --- | --- |")
    for hosts in (1, 4, 16):
        for minutes in (2, 8, 32):
            share, middle, late = simulated(hosts, 60 * minutes)
            waits = f"{middle:.1f} s | {late:.1f} s" if share < 0.95 else "grows without end | –"
            print(f"| {hosts} | {minutes} min | {100 * share:.0f} % | {waits} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="redis-server")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--every", type=float, default=480)
    parser.add_argument("--trouble", action="store_true")
    parser.add_argument("--simulate", action="store_true")
    parser.add_argument("--host", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--redis", default="", help=argparse.SUPPRESS)
    parser.add_argument("--directory", default="", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.simulate:
        simulate()
        return
    if given.host:
        print(json.dumps(asyncio.run(host(given.host, given.redis, given.directory, given.seconds, given.every, given.seed))))
        return
    run(given.server, given.seconds, given.every, has_trouble=given.trouble)


if __name__ == "__main__":
    main()
