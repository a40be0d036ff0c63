"""Several clients of one account on one host: one pace, look-ups first, and what happens where it cannot be shared."""

from __future__ import annotations

import asyncio
import fcntl
from pathlib import Path
from typing import Any

import pytest

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.api.pace import BucketPermits, Gate, SharedBucket, Urgency, bucket_name
from lead_tui.api.retry import Waiting
from lead_tui.config.settings import Pace
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.servers.clocks import HandClock, InstantClock, settled
from tests.servers.convoso_server import ConvosoServer
from tests.servers.faults import status
from tests.servers.leads import account

PACE = Pace(2.0, 4, 10)
TOKEN = Token("plainly0synthetic0token000000001")


def gate(path: Path, clock: HandClock) -> Gate:
    made = Gate(PACE, clock)
    made.permits = BucketPermits(SharedBucket(path, 0o600, clock.now), PACE, clock)
    return made


class Visits:
    """Requests through several gates, with the time at which each passed."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.passed: list[tuple[str, float]] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def make(self, gate: Gate, *names: str, urgency: Urgency = Urgency.LOOK_UP) -> None:
        for name in names:
            self.tasks[name] = asyncio.create_task(self._visit(gate, name, urgency))
        await settled()

    async def _visit(self, gate: Gate, name: str, urgency: Urgency) -> None:
        async with gate.turn(urgency):
            self.passed.append((name, self.clock.now()))

    def names(self) -> str:
        return "".join(name for name, _ in self.passed)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


async def test_sessions_share_the_burst_and_wait_in_the_order_in_which_they_came(tmp_path: Path, clock: HandClock) -> None:
    gates = [gate(tmp_path / "x", clock) for _ in range(6)]
    visits = Visits(clock)
    for one, name in zip(gates, "abcdef", strict=True):
        await visits.make(one, name)
    assert visits.names() == "abc"  # the margin holds back the fourth of the burst
    await clock.advance(limits.SHARED_MARGIN_SECONDS)
    assert visits.names() == "abcd"
    await clock.advance(1.0)
    assert visits.names() == "abcdef"


async def test_a_look_up_passes_before_exports_of_other_sessions(tmp_path: Path, clock: HandClock) -> None:
    exporting, looking_up = gate(tmp_path / "x", clock), gate(tmp_path / "x", clock)
    visits = Visits(clock)
    await visits.make(exporting, *"pqrst", urgency=Urgency.BULK)
    before = visits.names()
    await visits.make(looking_up, *"abc")
    assert visits.names() == before + "ab"
    await clock.advance(1.0)
    assert visits.names().index("c") < len(before) + 3
    await clock.advance(60)
    assert sorted(visits.names()) == sorted("pqrstabc")


async def test_a_look_up_passes_before_the_session_s_own_export(tmp_path: Path, clock: HandClock) -> None:
    one = gate(tmp_path / "x", clock)
    visits = Visits(clock)
    await visits.make(one, *"pqrst", urgency=Urgency.BULK)
    before = visits.names()
    await visits.make(one, "a")
    assert visits.names() == before + "a"
    await clock.advance(60)
    assert len(visits.passed) == 6


async def test_a_lock_that_is_held_leaves_the_session_its_own_pace(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "x"
    path.touch()
    visits = Visits(clock)
    one = gate(path, clock)
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        await visits.make(one, "a")
        assert visits.names() == "a"


async def test_a_directory_that_cannot_be_used_leaves_the_session_its_own_pace(tmp_path: Path, clock: HandClock) -> None:
    (tmp_path / "file").touch()
    one = gate(tmp_path / "file" / "x", clock)
    visits = Visits(clock)
    await visits.make(one, *"abcdef")
    assert visits.names() == "abcd"


async def test_a_refusal_for_pace_slows_the_process_down_and_answers_speed_it_up(tmp_path: Path, clock: HandClock) -> None:
    one = gate(tmp_path / "x", clock)
    visits = Visits(clock)
    for _ in range(3):
        one.slow_down()
    await visits.make(one, *"abcdefgh")
    await clock.advance(3)
    slow = len(visits.passed)
    for _ in range(60):
        one.speed_up()
    await clock.advance(3)
    assert slow < 6 < len(visits.passed) + 1
    assert len(visits.passed) == 8


def client(url: str, directory: Path | None, clock: Any = None, **more: Any) -> Client:
    return Client(url, TOKEN, pace=PACE, pace_directory=directory, clock=clock, **more)


async def test_clients_of_one_token_share_a_file_that_names_neither_token_nor_address(tmp_path: Path) -> None:
    with ConvosoServer(account(50)) as server:
        clients = [client(server.base_url, tmp_path / "pace") for _ in range(2)]
        for each in clients:
            await each.fetch(Query(), 0, 5)
            each.close()
    (file,) = (tmp_path / "pace").iterdir()
    assert TOKEN.reveal() not in file.read_text() + file.name
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "pace").stat().st_mode & 0o777 == 0o700


async def test_a_refusal_by_the_server_slows_the_client_down(tmp_path: Path) -> None:
    with ConvosoServer(account(50)) as server:
        clock = InstantClock()
        one = client(server.base_url, tmp_path, clock)
        await one.fetch(Query(), 0, 5)
        server.next(status(429))
        await one.fetch(Query(), 0, 5)
        assert one._gate._cost > 1.5
        one.close()


async def test_a_wait_for_the_shared_pace_is_reported_with_its_seconds(tmp_path: Path) -> None:
    told: list[Waiting | None] = []
    with ConvosoServer(account(50)) as server:
        clock = HandClock()
        one = client(server.base_url, tmp_path, clock)
        one.waits.on_waiting = told.append
        await one.fetch(Query(), 0, 5)
        other = BucketPermits(SharedBucket(tmp_path / bucket_name(server.base_url, TOKEN), 0o600, clock.now), PACE, clock)
        for _ in range(8):
            other.acquire()
            other._reserved.clear()
        task = asyncio.create_task(one.fetch(Query(), 0, 5))
        await settled()
        (waiting,) = told
        assert waiting is not None
        assert waiting.attempt == 1
        assert 2.0 < waiting.seconds < 4.5
        assert "rate limit" in waiting.error.message
        await clock.advance(5)
        await task
        assert told[-1] is None
        one.close()


async def test_a_look_up_has_its_turn_as_a_whole(tmp_path: Path, clock: HandClock) -> None:
    one, other = gate(tmp_path / "x", clock), gate(tmp_path / "x", clock)
    visits = Visits(clock)
    await visits.make(one, *"abcd")
    await visits.make(other, *"pqr")
    await visits.make(one, *"xyz")
    await clock.advance(60)
    names = visits.names()
    assert max(map(names.index, "pqr")) - min(map(names.index, "pqr")) == 2


async def test_a_permit_is_not_lost_with_the_look_up_that_waited_for_it(tmp_path: Path, clock: HandClock) -> None:
    one, other = gate(tmp_path / "x", clock), gate(tmp_path / "x", clock)
    visits = Visits(clock)
    await visits.make(one, *"abcd")  # one, which has three, waits for the fourth
    await visits.make(other, *"pqr")
    visits.tasks["d"].cancel()
    await settled()
    await visits.make(one, "e")
    await clock.advance(limits.SHARED_MARGIN_SECONDS)
    assert visits.names() == "abce"


async def test_many_sessions_that_change_their_minds_use_the_whole_pace(tmp_path: Path, clock: HandClock) -> None:
    gates = [gate(tmp_path / "x", clock) for _ in range(10)]
    visits = Visits(clock)
    for moment in range(30):
        for number, one in enumerate(gates):
            for name in (f"{moment - 1} {number} {part}" for part in range(3)):
                if name in visits.tasks:
                    visits.tasks[name].cancel()
            await settled()
            await visits.make(one, *(f"{moment} {number} {part}" for part in range(3)))
        await clock.advance(2)
    assert len(visits.passed) > 0.8 * 60 * PACE.requests_per_second


async def test_the_refreshes_of_all_sessions_take_a_fifth_of_the_pace_at_most(tmp_path: Path) -> None:
    clock = HandClock()
    with ConvosoServer(account(10)) as server:
        clients = [client(server.base_url, tmp_path, clock) for _ in range(3)]

        async def refreshed() -> int:
            return sum([await each.refresh(Query(), 0, 10) is not None for each in clients])

        # Two requests a second are the pace: a refresh every 2.5 seconds.
        passed = []
        for _ in range(8):
            passed.append(await refreshed())
            clock.time += 1.25
        assert passed == [1, 0, 1, 0, 1, 0, 1, 0]
        # Without a directory each session has its own share.
        alone = client(server.base_url, None, clock)
        assert await alone.refresh(Query(), 0, 10) is not None
        assert await alone.refresh(Query(), 0, 10) is None
        for each in (*clients, alone):
            each.close()


def test_the_permits_in_hand_are_those_that_the_sessions_have_left(tmp_path: Path, clock: HandClock) -> None:
    one, other = gate(tmp_path / "x.pace", clock), gate(tmp_path / "x.pace", clock)
    assert int(one.permits_in_hand()) == PACE.burst
    assert other.permits.acquire() == 0.0
    assert int(one.permits_in_hand()) == PACE.burst - 1
    clock.time += 60
    assert int(one.permits_in_hand()) == PACE.burst
    # If the file cannot be used, none are known to be left.
    (tmp_path / "a directory.pace").mkdir()
    assert gate(tmp_path / "a directory.pace", clock).permits_in_hand() == 0
