"""The pace that hosts share through Redis: it never stops an agent, and look-ups come first."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.api.pace import Bucket, Urgency
from lead_tui.api.redis_pace import Answer, RedisBucket, RedisPermits, RedisUnavailable
from lead_tui.api.shared_pace import bucket_name
from lead_tui.config.settings import Pace
from lead_tui.leads.query import Query
from lead_tui.leads.token import Token
from tests.servers.clocks import HandClock
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account

ADDRESS = "redis://127.0.0.1:6379"
TOKEN = Token("plainly0synthetic0token000000001")
PACE = Pace(3.0, 6, 3, redis=ADDRESS)


class Bucketful(RedisBucket):
    """A bucket that answers what the test says, in place of Redis."""

    def __init__(self) -> None:
        super().__init__(PACE, "account")
        self.answers: list[Answer | RedisUnavailable] = []
        self.asked: list[Urgency] = []

    def connect(self) -> Answer:
        return self._next() if self.answers else Answer(0.0, 0.0)

    def acquire(self, urgency: Urgency) -> Answer:
        self.asked.append(urgency)
        return self._next()

    def _next(self) -> Answer:
        answer = self.answers.pop(0)
        if isinstance(answer, RedisUnavailable):
            raise answer
        return answer


class Session:
    """Permits with a bucket and a host of the test's own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "REDIS_START_SECONDS", 0.0)
        self.clock = HandClock()
        self.bucket = Bucketful()
        self.said: list[str] = []
        self.of_host = Bucket(Pace(1.0, 1), self.clock)
        self.permits = RedisPermits(self.bucket, self.of_host, self.clock, self.said.append)

    async def settle(self) -> None:
        """Return once Redis has answered."""
        await asyncio.sleep(0.001)
        while self.permits._question is not None and not self.permits._question.done():
            await asyncio.sleep(0.001)

    async def acquire(self, urgency: Urgency = Urgency.LOOK_UP) -> float:
        """The wait that a request is told, once Redis has been asked."""
        self.permits.acquire(urgency=urgency)
        await self.settle()
        return self.permits.acquire(urgency=urgency)


@pytest.fixture
async def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    return Session(monkeypatch)


async def test_the_hosts_limiter_is_in_force_until_redis_is_connected(session: Session) -> None:
    assert session.permits.acquire() == 0.0
    assert session.permits.acquire() == 1.0
    await session.settle()
    session.bucket.answers = [Answer(0.0, 0.3)]
    # Connected: what Redis says counts, and the host's limiter would have refused.
    assert await session.acquire() == 0.0
    assert session.permits.in_hand() == pytest.approx(PACE.burst - 0.3 * PACE.requests_per_second, abs=0.001)
    assert session.said == []


@pytest.mark.parametrize(
    ("problems", "reason"),
    [
        ([RedisUnavailable("is full")], "is full"),
        ([RedisUnavailable("does not answer", is_late=True)] * limits.MAX_LATE_ANSWERS, "does not answer"),
    ],
)
async def test_a_redis_in_trouble_is_left_at_once_and_returned_to(
    session: Session, problems: list[RedisUnavailable], reason: str
) -> None:
    await session.settle()
    session.bucket.answers = [*problems]
    for _ in problems:
        await session.acquire()
    assert session.said == [f"Redis on 127.0.0.1 {reason}: this host keeps to its share of the pace"]
    session.clock.time += 1
    assert session.permits.acquire(urgency=Urgency.BULK) > 0
    assert session.permits.acquire() == 0.0
    assert session.permits.acquire() > 0
    session.clock.time += limits.BULK_PAUSE_SECONDS
    # Exports pay double, so that look-ups have more than the host's part.
    assert session.permits.acquire(urgency=Urgency.BULK) == 0.0
    assert session.permits.acquire() == 2.0
    session.permits.acquire()
    await session.settle()
    session.bucket.answers = [Answer(0.0, 0.0)]
    assert await session.acquire() == 0.0
    assert session.said[1:] == ["The pace is shared by all hosts again"]


async def test_one_late_answer_is_forgiven(session: Session) -> None:
    await session.settle()
    late = RedisUnavailable("does not answer", is_late=True)
    session.bucket.answers = [late, Answer(0.0, 0.0), late, Answer(0.0, 0.0)]
    for _ in range(2):
        session.permits.acquire()
        await session.settle()
        assert await session.acquire() == 0.0
    assert session.said == []


async def test_a_look_up_does_not_wait_for_what_an_export_was_told(session: Session) -> None:
    await session.settle()
    session.bucket.answers = [Answer(2.0, 2.0), Answer(0.0, 2.3)]
    session.permits.acquire(urgency=Urgency.BULK)
    session.permits.acquire(urgency=Urgency.BULK)
    await session.settle()
    assert await session.acquire(Urgency.LOOK_UP) == 0.0
    assert session.bucket.asked == [Urgency.BULK, Urgency.LOOK_UP]


@given(st.integers(1, 100), st.floats(0.1, 100))
def test_the_more_urgent_a_request_the_fewer_permits_it_needs(burst: int, rate: float) -> None:
    bucket = RedisBucket(Pace(rate, burst, redis=ADDRESS), "account")
    least = [bucket._least(urgency) for urgency in Urgency]
    assert least == sorted(least)
    assert least[0] == 1
    assert least[-1] <= bucket.capacity <= burst


async def test_without_the_library_requests_go_on_and_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(limits, "REDIS_START_SECONDS", 0.0)
    monkeypatch.setitem(sys.modules, "throttled", None)
    said: list[str] = []
    with ConvosoServer(account(10)) as server:
        client = Client(server.base_url, TOKEN, pace=Pace(50, 6, 3, redis=ADDRESS), pace_directory=tmp_path)
        client.on_notice = said.append
        while not said:
            await client.fetch(Query(), 0, 10)
        client.close()
    assert said[0].startswith("Redis on 127.0.0.1 cannot be used: run: pip install 'lead-tui[redis]'")


# With a real server


@pytest.fixture
def redis() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("no Redis or Valkey server is installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        while True:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.01)
        yield f"redis://127.0.0.1:{port}", running
        running.send_signal(signal.SIGCONT)
        running.kill()


def until(answer: Callable[[], Answer]) -> Answer:
    """The answer once the server, on a busy machine, is in time."""
    while True:
        with suppress(RedisUnavailable):
            return answer()


def command(address: str, *words: str) -> Any:
    import redis

    client = redis.Redis.from_url(address)
    try:
        return client.execute_command(*words)  # type: ignore[no-untyped-call]
    finally:
        client.close()


def test_hosts_share_the_permits_and_exports_leave_some(redis: tuple[str, subprocess.Popen[bytes]]) -> None:
    address, _ = redis
    pace = Pace(0.01, 5, 3, redis=address)
    name = bucket_name("https://api.example.com/v1", TOKEN)
    one, other = RedisBucket(pace, name), RedisBucket(pace, name)
    assert until(one.connect).until_full == 0.0
    capacity = one.capacity
    assert until(lambda: one.acquire(Urgency.BULK)).wait == 0.0
    assert until(lambda: other.acquire(Urgency.BULK)).wait > 0
    for bucket in [one, other] * capacity:
        answer = until(lambda bucket=bucket: bucket.acquire(Urgency.LOOK_UP))  # type: ignore[misc]
    # A permit is regained in 100 s.
    assert 0 < answer.wait <= 100
    keys = command(address, "KEYS", "*")
    assert keys == [f"throttled:v1:gcra:lead-tui:{name}".encode()]
    assert TOKEN.reveal().encode() not in keys[0]


def test_what_is_wrong_with_redis_is_named(redis: tuple[str, subprocess.Popen[bytes]]) -> None:
    address, running = redis
    bucket = RedisBucket(Pace(3.0, 6, redis=address), "account")
    until(bucket.connect)

    def assert_named(expected: str) -> None:
        named: set[str] = set()
        # On a busy machine an answer may be late.
        while not named - {"does not answer"} and (named != {expected}):
            try:
                bucket.acquire(Urgency.LOOK_UP)
            except RedisUnavailable as error:
                named.add(str(error))
        assert expected in named

    command(address, "CONFIG", "SET", "maxmemory", "1")
    assert_named("is full")
    command(address, "CONFIG", "SET", "maxmemory", "0")
    command(address, "REPLICAOF", "127.0.0.1", "1")
    assert_named("is read-only")
    running.send_signal(signal.SIGSTOP)
    assert_named("does not answer")
    running.send_signal(signal.SIGCONT)
    running.kill()
    running.wait()
    assert_named("cannot be reached")
