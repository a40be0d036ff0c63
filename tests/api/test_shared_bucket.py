"""The token bucket that processes share: never more than the pace allows, in order, whatever the file contains."""

from __future__ import annotations

import fcntl
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui import limits
from lead_tui.api.pace import SharedBucket, bucket_name
from lead_tui.leads.permissions import Token

COST = 1 / 3
SLACK = COST * 5


class Clock:
    def __init__(self) -> None:
        self.time = 1_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.pace"


def bucket(path: Path, clock: Clock) -> SharedBucket:
    return SharedBucket(path, clock=clock)


def first_wait(bucket: SharedBucket) -> float:
    """The seconds to wait for one permit, reserved now."""
    return bucket.reserve(COST, SLACK)[0]


def test_two_processes_share_the_burst_and_then_queue_in_order(path: Path, clock: Clock) -> None:
    one, other = bucket(path, clock), bucket(path, clock)
    waits = [first_wait(each) for each in (one, other) * 4]
    assert waits[:6] == [0] * 6
    assert waits[6:] == [pytest.approx(COST, abs=1e-5), pytest.approx(2 * COST, abs=1e-5)]


def test_reading_ahead_takes_nothing_while_a_user_waits(path: Path, clock: Clock) -> None:
    one = bucket(path, clock)
    for _ in range(8):
        one.reserve(COST, SLACK)
    assert one.acquire(COST, SLACK) == pytest.approx(3 * COST, abs=1e-5)
    clock.time += 3 * COST
    assert one.acquire(COST, SLACK) == 0


def test_reading_ahead_leaves_permits_for_a_look_up(path: Path, clock: Clock) -> None:
    one = bucket(path, clock)
    smaller = SLACK - limits.PERMITS_FOR_LOOK_UPS * COST
    taken = 0
    while not one.acquire(COST, smaller):
        taken += 1
    assert taken == 3
    assert [first_wait(one) for _ in range(3)] == [0, 0, 0]


def test_a_look_up_reserves_its_permits_together(path: Path, clock: Clock) -> None:
    one, other = bucket(path, clock), bucket(path, clock)
    for _ in range(6):
        one.reserve(COST, SLACK)
    waits = one.reserve(COST, SLACK, 3)
    assert waits == [pytest.approx(place * COST, abs=1e-5) for place in (1, 2, 3)]
    assert first_wait(other) == pytest.approx(4 * COST, abs=1e-5)


@pytest.mark.parametrize("text", ["", "nonsense", "1e400", "nan", "-5", str(10**9), "9" * 200, "\0" * 64])
def test_whatever_the_file_holds_the_bucket_works(path: Path, clock: Clock, text: str) -> None:
    path.write_text(text)
    one = bucket(path, clock)
    assert [first_wait(one) for _ in range(6)] == [0] * 6
    assert first_wait(one) == pytest.approx(COST, abs=1e-5)


def test_a_restart_of_the_host_leaves_no_line(path: Path, clock: Clock) -> None:
    clock.time = 900_000.0
    one = bucket(path, clock)
    for _ in range(20):
        one.reserve(COST, SLACK)
    clock.time = 12.0
    assert first_wait(one) == 0


def test_a_held_lock_is_not_waited_for(path: Path, clock: Clock) -> None:
    one = bucket(path, clock)
    one.reserve(COST, SLACK)
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(OSError):
            one.reserve(COST, SLACK)
    assert first_wait(one) == 0


def test_a_link_or_a_pipe_is_not_used(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "target").write_text("keep")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "target/x"):
        with pytest.raises(OSError):
            bucket(tmp_path / name, clock).reserve(COST, SLACK)
    assert (tmp_path / "target").read_text() == "keep"


def test_the_directory_is_made_private(tmp_path: Path, clock: Clock) -> None:
    bucket(tmp_path / "a" / "x", clock).reserve(COST, SLACK)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700


def test_the_directory_of_a_group_is_not_made_since_the_group_could_not_use_it(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(OSError):
        SharedBucket(tmp_path / "a" / "x", 0o660, clock).reserve(COST, SLACK)
    assert not (tmp_path / "a").exists()


def test_the_file_is_private_and_says_nothing(path: Path, clock: Clock) -> None:
    bucket(path, clock).reserve(COST, SLACK)
    assert path.stat().st_mode & 0o777 == 0o600
    assert math.isfinite(float(path.read_text()))
    token = Token("plainly0synthetic0token000000001")
    name = bucket_name("https://api.example.com/v1", token)
    assert "token" not in name
    assert name == bucket_name("https://api.example.com/v1", Token("plainly0synthetic0token000000001"))
    assert name != bucket_name("https://api.example.com/v1", Token("plainly0synthetic0token000000002"))
    assert name != bucket_name("https://api.example.com/v2", token)


def test_a_file_for_a_group_can_be_written_by_it(path: Path, clock: Clock) -> None:
    SharedBucket(path, 0o660, clock).reserve(COST, SLACK)
    assert path.stat().st_mode & 0o777 == 0o660


@settings(max_examples=30)
@given(
    visits=st.lists(st.tuples(st.floats(0, 2), st.booleans()), max_size=40),
    rate=st.sampled_from([0.5, 3, 7]),
    burst=st.integers(1, 6),
)
def test_no_window_holds_more_than_the_pace_allows(
    tmp_path_factory: pytest.TempPathFactory, visits: list[tuple[float, bool]], rate: float, burst: int
) -> None:
    clock, cost = Clock(), 1 / rate
    one = bucket(tmp_path_factory.mktemp("pace") / "x", clock)
    slack = cost * (burst - 1)
    times = []
    for rest, is_urgent in visits:
        clock.time += rest
        if is_urgent:
            times += [clock.time + wait for wait in one.reserve(cost, slack)]
        elif not one.acquire(cost, slack):
            times.append(clock.time)
    times.sort()
    for first in range(len(times)):
        for last in range(first, len(times)):
            assert last - first + 1 <= burst + (times[last] - times[first]) * rate + 1e-4


_RESERVES = """
import sys
from pathlib import Path
from lead_tui.api.pace import SharedBucket
bucket, taken = SharedBucket(Path(sys.argv[1]), clock=lambda: 5.0), 0
while taken < 50:
    try:
        print(bucket.reserve(0.1, 0.4)[0])
        taken += 1
    except OSError:
        pass
"""


def test_processes_that_reserve_at_the_same_time_get_different_permits(path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", _RESERVES, str(path)], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    waits = sorted(float(line) for each in running for line in each.communicate()[0].split())
    assert waits == [pytest.approx(max(0.0, (number - 4) * 0.1), abs=1e-3) for number in range(100)]
