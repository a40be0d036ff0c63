"""The cost of a page's arrival: from bytes to a page, and the event loop's longest stall while four big pages arrive.

    python -m tests.bench.pages [--rounds N] [--leads N]

Each compared with ``json.loads`` of one such page, in interleaved rounds; the server is a separate process. Prints a table.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from lead_tui.api.client import Client
from lead_tui.api.parsing import Reply, parse_page
from lead_tui.config.settings import Pace
from lead_tui.leads.lead import decode_row, row_ids, split
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.servers.leads import account

HEARTBEAT = 0.001
"""Seconds between two clock readings in the event loop."""

DELAY = 100
"""Milliseconds that the server takes for an answer."""

SIDE_BY_SIDE = 4
"""Pages that arrive at once."""

IDLE = "loop's longest stall, idle"
BUSY = f"loop's longest stall, {SIDE_BY_SIDE} pages arrive"


@contextmanager
def server(delay_ms: int = DELAY) -> Iterator[str]:
    """The base URL of a server in a separate process."""
    command = [sys.executable, "-m", "tests.servers.convoso_server", "--leads", "1000000", "--delay-ms", str(delay_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def timed(call: Callable[[], object]) -> float:
    """Return the milliseconds that *call* takes."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1_000


async def felt(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Return the seconds that *work* takes, and the loop's longest stall meanwhile in milliseconds."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(HEARTBEAT)
            longest = max(longest, time.perf_counter() - before - HEARTBEAT)

    beating = asyncio.create_task(beat())
    await asyncio.sleep(2 * HEARTBEAT)
    started = time.perf_counter()
    await work()
    seconds = time.perf_counter() - started
    await asyncio.sleep(2 * HEARTBEAT)
    beating.cancel()
    return seconds, longest * 1_000


async def longest_stall(client: Client, leads: int, pages: int) -> float:
    """Return the longest stall in milliseconds while *pages* pages of *leads* arrive in parallel; with 0, during the same time."""

    async def arrive() -> None:
        await asyncio.gather(*(client.fetch(Query(), number * leads, leads) for number in range(pages)))

    return (await felt(arrive if pages else lambda: asyncio.sleep(2 * DELAY / 1_000)))[1]


async def measured(rounds: int, leads: int) -> dict[str, list[float]]:
    """Return milliseconds by measurement."""
    _, body = account(1_000_000)({"offset": "5000", "limit": str(leads)})
    calls: dict[str, Callable[[], object]] = {
        "json.loads (base)": lambda: json.loads(body),
        "bytes to the first usable row": lambda: decode_row(split(body).rows[0]),
        "bytes to rows and all ids": lambda: row_ids(split(body).rows),
        "bytes to a page, as the client does it": lambda: parse_page(Reply(200, body, 0.0), 0, leads, lambda: False),
    }
    found: dict[str, list[float]] = {name: [] for name in calls}
    found |= {IDLE: [], BUSY: []}
    with server() as base_url:
        client = Client(base_url, Token("benchmark"), pace=Pace(0, 1, SIDE_BY_SIDE))
        await longest_stall(client, 1, SIDE_BY_SIDE)
        for _ in range(rounds):
            for name, call in calls.items():
                found[name].append(timed(call))
            found[IDLE].append(await longest_stall(client, leads, 0))
            found[BUSY].append(await longest_stall(client, leads, SIDE_BY_SIDE))
        client.close()
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pages", description="The arrival of big pages.")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--leads", type=int, default=2_000)
    given = parser.parse_args()
    found = asyncio.run(measured(given.rounds, given.leads))
    base = statistics.median(found["json.loads (base)"])
    print(f"{'':44}{'median ms':>10}{'worst ms':>10}{'of base':>9}")
    for name, times in found.items():
        median = statistics.median(times)
        print(f"{name:44}{median:10.2f}{max(times):10.2f}{median / base:8.2f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
