"""Many sessions of one token against a server that refuses requests above its rate: ``python -m tests.bench.shared_pace``.

Each session is a process with its own client. It looks up a number in three fields at random moments, as an agent does, and
cancels a look-up when the next one begins. The server counts as strictly as a limiter can: six at once, three a second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from lead_tui.api.client import Client
from lead_tui.api.retry import Waiting
from lead_tui.config.settings import Pace
from lead_tui.leads.errors import SearchError
from lead_tui.leads.lookup import look_up
from lead_tui.leads.permissions import Token
from lead_tui.paging.page_sources import look_up_all
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account

TOKEN = "plainly0synthetic0token000000001"
RATE, BURST = 3.0, 6


class StrictServer:
    """Answers up to the rate, else with 429."""

    def __init__(self, delay: float, clock: Callable[[], float] = time.monotonic, leads: int = 1_000) -> None:
        self._answer = account(leads)
        self._delay = delay
        self._clock = clock
        self._lock = threading.Lock()
        self._full_at = 0.0
        self.log: list[tuple[float, bool]] = []
        """When each request came, and whether it was refused."""

    @property
    def refused(self) -> int:
        return sum(was_refused for _, was_refused in self.log)

    def __call__(self, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        with self._lock:
            now = self._clock()
            is_refused = self._full_at - now > (BURST - 1) / RATE
            self.log.append((now, is_refused))
            if is_refused:
                return 429, b'{"success":false,"code":429,"text":"Too many requests"}'
            self._full_at = max(self._full_at, now) + 1 / RATE
        time.sleep(self._delay)
        return self._answer(parameters)


PACE = Pace(RATE, BURST, 3)


async def session(client: Client, seconds: float, every: float, seed: int) -> dict[str, Any]:
    """One session: the seconds that each look-up took, None if it was not finished; how many failed; waits and notices shown."""
    chance = random.Random(seed)
    clock = asyncio.get_running_loop().time
    waits: list[Waiting] = []
    client.waits.on_waiting = lambda waiting: waits.extend([waiting] if waiting else [])
    notices: list[str] = []
    client.on_notice = notices.append
    client.permits_in_hand()
    took: list[float | None] = []
    failed = 0
    begin = clock()
    following = chance.uniform(0, every)
    while following < seconds:
        await asyncio.sleep(max(0.0, begin + following - clock()))
        following += chance.uniform(0.5, 1.5) * every
        asked = look_up(f"301555{chance.randint(0, 9999):04}")
        took.append(None)
        started = clock()
        try:
            async with asyncio.timeout_at(max(started + 0.1, begin + following)):
                merged = await look_up_all(client, asked.parts, date(2026, 1, 1))
            failed += bool(merged.fields.failures)
            took[-1] = clock() - started
        except TimeoutError:
            continue
        except SearchError:
            failed += 1
    client.close()
    return {"took": took, "failed": failed, "waits": len(waits), "notices": len(notices)}


async def alone(url: str, directory: str, seconds: float, every: float, seed: int) -> dict[str, Any]:
    client = Client(url, Token(TOKEN), pace=PACE, pace_directory=Path(directory) if directory else None)
    return await session(client, seconds, every, seed)


def run(sessions: int, seconds: float, every: float, *, is_shared: bool) -> str:
    """One row of the table."""
    strict = StrictServer(0.1)
    with tempfile.TemporaryDirectory() as directory, ConvosoServer(strict) as server:
        command = [sys.executable, "-m", "tests.bench.shared_pace", "--session", server.base_url]
        command += [
            "--seconds",
            str(seconds),
            "--every",
            str(every),
            "--directory",
            str(Path(directory, "pace")) if is_shared else "",
        ]
        running = [subprocess.Popen([*command, "--seed", str(seed)], stdout=subprocess.PIPE, text=True) for seed in range(sessions)]
        results = [json.loads(each.communicate()[0]) for each in running]
    begun = sum(len(result["took"]) for result in results)
    took = sorted(second for result in results for second in result["took"] if second is not None)
    waited = sum(result["waits"] > 0 for result in results)
    middle, late = (took[int(len(took) * part)] if took else 0.0 for part in (0.5, 0.95))
    share = 100 * strict.refused / max(1, len(strict.log))
    cells = (
        "shared" if is_shared else "each its own",
        f"{sessions}",
        f"{every:g} s",
        f"{len(strict.log):,}",
        f"{strict.refused:,} ({share:.1f} %)",
        f"{len(took):,} of {begun:,}",
        f"{middle:.1f} s",
        f"{late:.1f} s",
        f"{waited}",
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--every", type=float, default=60)
    parser.add_argument("--own", action="store_true", help="each session keeps to its own pace, as before")
    parser.add_argument("--session", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--directory", default="", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.session:
        print(json.dumps(asyncio.run(alone(given.session, given.directory, given.seconds, given.every, given.seed))))
        return
    print(
        "| pace | sessions | a look-up every | requests | refused | look-ups finished | median | 95th percentile | showed a wait |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    print(run(given.sessions, given.seconds, given.every, is_shared=not given.own))


if __name__ == "__main__":
    main()
