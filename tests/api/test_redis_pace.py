"""The pace that hosts share through Redis: it never stops an agent, and look-ups come first."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.api.pace import Bucket, BucketPermits, Urgency, bucket_name
from lead_tui.api.redis_pace import BucketAnswer, RedisBucket, RedisPermits, RedisUnavailable
from lead_tui.config.settings import Pace
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.bench.many_hosts import criteria
from tests.bench.simulated_hosts import SimulatedHosts
from tests.servers.clocks import HandClock
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account

ADDRESS = "redis://127.0.0.1:6379"
TOKEN = Token("plainly0synthetic0token000000001")
PACE = Pace(3.0, 6, 3, redis=ADDRESS)


class Bucketful(RedisBucket):
    """A bucket that answers as the test specifies, in place of Redis."""

    def __init__(self) -> None:
        super().__init__(PACE, "account")
        self.answers: list[BucketAnswer | RedisUnavailable] = []
        self.asked: list[tuple[Urgency, int]] = []

    def connect(self) -> BucketAnswer:
        return self._next() if self.answers else BucketAnswer(0.0)

    def acquire(self, urgency: Urgency, count: int) -> BucketAnswer:
        self.asked.append((urgency, count))
        return self._next()

    def _next(self) -> BucketAnswer:
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
        exports = BucketPermits(Bucket(self.clock.now), Pace(0.1, 1), self.clock)
        own = Bucket(self.clock.now)
        self.permits = RedisPermits(self.bucket, own, exports, Pace(1.0, 1), self.clock, self.said.append)
        self.permits.in_hand()

    async def settle(self) -> None:
        """Return once Redis has answered."""
        await asyncio.sleep(0.001)
        while self.permits._question is not None and not self.permits._question.done():
            await asyncio.sleep(0.001)

    async def acquire(self, urgency: Urgency = Urgency.LOOK_UP) -> float:
        """Return the wait that a request is given, once Redis has been asked."""
        self.permits.acquire(urgency=urgency)
        await self.settle()
        return self.permits.acquire(urgency=urgency)


@pytest.fixture
async def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    return Session(monkeypatch)


async def test_the_permits_in_hand_are_those_in_redis(session: Session) -> None:
    await session.settle()
    session.bucket.answers = [BucketAnswer(0.3)]
    assert await session.acquire() == 0.0
    assert session.permits.in_hand() == pytest.approx(0.7, abs=0.001)


async def test_the_hosts_limiter_is_in_force_until_redis_is_connected(session: Session) -> None:
    assert session.permits.acquire() == 0.0
    assert session.permits.acquire() > 0.0
    # Exports wait: each host may have one.
    assert session.permits.acquire(urgency=Urgency.BULK) > 0.0
    await session.settle()
    session.bucket.answers = [BucketAnswer(0.3)]
    # Connected: Redis decides, and the host's limiter would have refused.
    assert await session.acquire() == 0.0
    assert session.said == []


@pytest.mark.parametrize(
    ("problems", "reason"),
    [
        ([RedisUnavailable("is full")], "is full"),
        ([RedisUnavailable("does not answer")], "does not answer"),
    ],
)
async def test_a_redis_in_trouble_is_left_at_once_and_returned_to(
    session: Session, problems: list[RedisUnavailable], reason: str
) -> None:
    await session.settle()
    session.bucket.answers = [*problems]
    for _ in problems:
        await session.acquire()
    assert session.said == [f"Redis on 127.0.0.1 {reason}: this host keeps its own pace"]
    # The permit that the host gave before Redis was connected is back.
    session.clock.time += 1
    assert session.permits.acquire() == 0.0
    assert session.permits.acquire() > 0
    assert session.permits.acquire(urgency=Urgency.BULK) > 0
    session.bucket.answers = [RedisUnavailable("cannot be reached")]
    await session.settle()
    session.clock.time += 1.2 * limits.BULK_PAUSE_SECONDS
    # A second failure does not restart the pause; the wait is cut short to see Redis return.
    assert session.permits.acquire(urgency=Urgency.BULK) == 0.0
    assert session.permits.acquire(urgency=Urgency.BULK) == limits.REDIS_RETRY_SECONDS
    await session.settle()
    session.clock.time += limits.REDIS_RETRY_SECONDS
    session.permits.acquire()
    await session.settle()
    session.bucket.answers = [BucketAnswer(0.3)]
    assert await session.acquire() == 0.0
    assert session.said[1:] == ["The pace is shared by all hosts again"]
    # The account's bucket may be emptier than Redis knows.
    assert session.permits.acquire(urgency=Urgency.BULK) > 0


async def test_a_machine_without_threads_stops_no_request(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    await session.settle()
    monkeypatch.setattr(threading.Thread, "start", none_left)
    assert await session.acquire() == 0.0
    assert session.said == ["Redis on 127.0.0.1 cannot be queried: this host keeps its own pace"]


async def test_a_look_up_does_not_wait_for_the_delay_of_an_export(session: Session) -> None:
    await session.settle()
    session.clock.time += 2
    session.bucket.answers = [BucketAnswer(2.0, 2.0), BucketAnswer(0.3)]
    assert await session.acquire(Urgency.BULK) >= 2.0
    assert await session.acquire(Urgency.LOOK_UP) == 0.0
    assert session.bucket.asked == [(Urgency.BULK, 1), (Urgency.LOOK_UP, 1)]


async def test_the_requests_of_a_look_up_have_their_turn_together(session: Session) -> None:
    await session.settle()
    # Six permits less the margin: the bucket has one and a half, and the third permit comes half an interval later.
    session.bucket.answers = [BucketAnswer(2 + 0.5 / 3)]
    session.permits.acquire(waiting=3)
    await session.settle()
    waits = [session.permits.acquire(waiting=left) for left in (3, 2, 1)]
    assert waits[0] == 0.0
    assert session.bucket.asked == [(Urgency.LOOK_UP, 3)]
    session.bucket.answers = [RedisUnavailable("cannot be reached")]
    session.clock.time += 1
    # Reservations stay valid whatever happens to Redis.
    assert [session.permits.acquire() for _ in waits[1:] if waits[1]] == [0.0, 0.0]


async def test_the_host_knows_what_the_account_has_used_when_redis_fails(session: Session) -> None:
    await session.settle()
    session.bucket.answers = [BucketAnswer(5.0, 4.0), RedisUnavailable("is full")]
    await session.acquire(Urgency.FIRST_PAGE)
    session.clock.time += 1
    assert await session.acquire() > 0.0
    assert session.said
    session.clock.time += 5
    assert session.permits.acquire() == 0.0


@settings(max_examples=30)
@given(st.integers(1, 100), st.floats(0.1, 100))
def test_the_less_urgent_a_request_the_more_permits_it_leaves(burst: int, rate: float) -> None:
    bursts = RedisBucket(Pace(rate, burst, redis=ADDRESS), "account").bursts
    assert bursts == sorted(bursts, reverse=True)
    assert bursts[0] >= burst
    assert 1 <= bursts[-1] <= burst


async def test_without_the_library_requests_continue_and_the_remedy_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
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


def test_in_simulated_time_four_hosts_keep_to_the_limits_while_redis_comes_and_goes() -> None:
    calm, troubled = (SimulatedHosts(4, 165, 600, 0, has_trouble=has_trouble).run() for has_trouble in (False, True))
    assert len(troubled.changes) == 8
    assert [text.format(figure, limit) for text, figure, limit, is_met in criteria(calm, troubled) if not is_met] == []


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


def until(answer: Callable[[], BucketAnswer]) -> BucketAnswer:
    """Return the answer once the server, on a busy machine, is in time."""
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
    assert until(lambda: one.acquire(Urgency.BULK, 1)).retry_after == 0.0
    # A permit is regained in 100 s.
    assert 0 < until(lambda: other.acquire(Urgency.BULK, 1)).retry_after <= 100
    assert until(lambda: other.acquire(Urgency.MORE_ROWS, 1)).retry_after == 0.0
    for bucket in (one, other):
        answer = until(lambda bucket=bucket: bucket.acquire(Urgency.LOOK_UP, 3))  # type: ignore[misc]
        assert answer.retry_after == 0.0
    # Look-ups of both hosts queue.
    assert 700 < answer.until_full <= 800
    keys = command(address, "KEYS", "*")
    assert keys == [f"throttled:v1:gcra:lead-tui:{name}".encode()]
    assert TOKEN.reveal().encode() not in keys[0]


def test_problems_with_redis_are_named(redis: tuple[str, subprocess.Popen[bytes]]) -> None:
    address, running = redis
    bucket = RedisBucket(Pace(3.0, 6, redis=address), "account")
    until(bucket.connect)

    def assert_named(expected: str) -> None:
        named: set[str] = set()
        # On a busy machine an answer may be late.
        while not named - {"does not answer"} and (named != {expected}):
            try:
                bucket.acquire(Urgency.LOOK_UP, 1)
            except RedisUnavailable as error:
                named.add(str(error))
        assert expected in named

    command(address, "CONFIG", "SET", "maxmemory", "1")
    assert_named("cannot be used (OutOfMemoryError)")
    command(address, "CONFIG", "SET", "maxmemory", "0")
    command(address, "REPLICAOF", "127.0.0.1", "1")
    assert_named("cannot be used (ReadOnlyError)")
    running.send_signal(signal.SIGSTOP)
    assert_named("does not answer")
    running.send_signal(signal.SIGCONT)
    running.kill()
    running.wait()
    assert_named("cannot be used (ConnectionError)")
