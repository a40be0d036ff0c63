"""The hosts of ``many_hosts`` in simulated time: the same sessions, gates and permits, with a simulated Redis and server.

A second of 160 sessions takes milliseconds: enough runs to see rare events (``python -m tests.bench.many_hosts --simulate``).
"""

from __future__ import annotations

import asyncio
import random
import selectors
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from lead_tui import limits
from lead_tui.api import client as client_module
from lead_tui.api import redis_pace
from lead_tui.api.client import Client
from lead_tui.api.pace import Clock
from lead_tui.api.redis_pace import BucketAnswer, RedisBucket, RedisUnavailable
from lead_tui.api.threads import IsCancelled
from lead_tui.config.settings import Pace
from lead_tui.leads.permissions import Token
from tests.bench.many_hosts import OUTAGE_SECONDS, OUTAGES, Run, criteria, host, percentile
from tests.bench.shared_pace import BURST, RATE, TOKEN, StrictServer

Result = TypeVar("Result")

TRAVEL, ANSWER, REDIS = 0.03, 0.05, 0.002
"""Seconds: of a request to the server, of its answer, and of Redis."""


class JumpingSelector(selectors.SelectSelector):
    """A selector that does not wait, but advances the clock by the timeout."""

    time = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        assert timeout is not None, "nothing is left to wait for"
        self.time += max(0.0, timeout)
        return []


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.time


class LoopTime(Clock):
    """The clock of the running loop."""

    def __init__(self, loop: JumpingLoop) -> None:
        self._loop = loop

    def now(self) -> float:
        return self._loop.time()


class SimulatedHosts:
    """One run; *seed* decides when look-ups come and how long everything takes."""

    def __init__(self, hosts: int, seconds: float, every: float, seed: int, *, has_trouble: bool) -> None:
        self._hosts, self._seconds, self._every, self._seed = hosts, seconds, every, seed
        self._has_trouble = has_trouble
        self._loop = JumpingLoop()
        self._strict = StrictServer(0.0, self._loop.time, leads=10)
        self._chance = random.Random(seed)
        self._redis_is = "up"
        self._full_at = 0.0
        self._changes: list[float] = []

    def run(self) -> Run:
        random.seed(self._seed)
        with (
            tempfile.TemporaryDirectory() as directory,
            patch.object(client_module, "in_thread", self._request),
            patch.object(redis_pace, "in_thread", self._question),
            patch.object(RedisBucket, "connect", lambda _: BucketAnswer(self._until_full())),
            patch.object(RedisBucket, "acquire", lambda *asked: self._acquire(*asked)),
            asyncio.Runner(loop_factory=lambda: self._loop) as runner,
        ):
            hosts = runner.run(self._all(directory))
        return Run(self._strict.log, hosts, self._changes)

    async def _all(self, directory: str) -> list[dict[str, Any]]:
        def connect(number: int) -> Client:
            pace = Pace(RATE, BURST, 3, redis="redis://127.0.0.1", hosts=self._hosts)
            path = Path(directory, str(number))
            return Client(
                "",
                Token(TOKEN),
                pace=pace,
                pace_directory=path,
                handler=lambda _, parameters: self._strict(parameters),
                clock=LoopTime(self._loop),
            )

        trouble = asyncio.ensure_future(self._trouble() if self._has_trouble else asyncio.sleep(0))
        runs = [
            host(lambda number=number: connect(number), self._seconds, self._every, self._seed * 1_000 + number)  # type: ignore[misc]
            for number in range(self._hosts)
        ]
        results = await asyncio.gather(*runs)
        await trouble
        return results

    async def _trouble(self) -> None:
        for part, what in OUTAGES:
            await asyncio.sleep(part * self._seconds - self._loop.time())
            for self._redis_is in (what, "up"):
                self._changes.append(self._loop.time())
                if what == "killed":
                    self._full_at = 0.0
                await asyncio.sleep(OUTAGE_SECONDS if self._redis_is == what else 0.0)

    async def _request(self, send: Callable[[IsCancelled], Result], _name: str) -> Result:
        await asyncio.sleep(TRAVEL * self._chance.uniform(0.3, 1.7))
        result = send(lambda: False)
        await asyncio.sleep(ANSWER)
        return result

    async def _question(self, ask: Callable[[IsCancelled], BucketAnswer], _name: str) -> BucketAnswer:
        await asyncio.sleep(REDIS * self._chance.uniform(0.5, 1.5))
        if self._redis_is == "killed":
            raise RedisUnavailable("cannot be reached")
        if self._redis_is == "stopped":
            await asyncio.sleep(limits.REDIS_TIMEOUT)
            raise RedisUnavailable("does not answer")
        return ask(lambda: False)

    def _until_full(self) -> float:
        return max(0.0, self._full_at - self._loop.time())

    def _acquire(self, bucket: RedisBucket, urgency: int, count: int) -> BucketAnswer:
        """Reserve like the script of throttled-py."""
        over = self._until_full() - (bucket.bursts[urgency] - count) * bucket.interval
        if over > 1e-9:
            return BucketAnswer(self._until_full(), over)
        self._full_at = max(self._full_at, self._loop.time()) + count * bucket.interval
        return BucketAnswer(self._until_full())


def simulate(seconds: float, every: float, runs: int) -> None:
    """Print how many of *runs* meet each limit, and then the waits for other numbers of hosts."""
    met: dict[str, list[tuple[float, float, bool]]] = {}
    for seed in range(runs):
        calm, troubled = (SimulatedHosts(4, seconds, every, seed, has_trouble=has).run() for has in (False, True))
        for text, figure, limit, is_met in criteria(calm, troubled):
            met.setdefault(text, []).append((figure, limit, is_met))
    print(f"simulation: {runs} runs of {seconds:g} s, a look-up every {every:g} s in each of 4 x 40 sessions")
    for text, outcomes in met.items():
        figures = sorted(figure for figure, _, _ in outcomes)
        print(f"  {text.format(figures[runs // 2], outcomes[0][1])} - median; met in {sum(each[2] for each in outcomes)} of {runs}")
    print("| hosts of 40 | a look-up every | of the pace | look-ups: median | 95th percentile | exports |")
    print("| --- | --- | --- | --- | --- | --- |")
    for hosts in (1, 4, 16):
        for minutes in (2, 8, 32):
            share = 3 * hosts * 40 / (60 * minutes) / RATE
            cells = "grows without end | – | none"
            if share < 0.95:
                run = SimulatedHosts(hosts, 900, 60 * minutes, 1, has_trouble=False).run()
                waits, pages = run.waits, sum(each["pages"] for each in run.hosts)
                cells = f"{percentile(waits, 0.5):.1f} s | {percentile(waits, 0.95):.1f} s | {pages / 900:.1f} requests a second"
            print(f"| {hosts} | {minutes} min | {share:.0%} | {cells} |")
