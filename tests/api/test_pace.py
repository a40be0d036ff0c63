"""The gate: limited requests per second and at a time, the most urgent first, whichever of them leave the queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui.api.pace import Clock, Gate, Urgency
from lead_tui.config.settings import Pace
from tests.servers.clocks import HandClock, InstantClock, settled


class Visitors:
    """Tasks that pass a gate, and when each did. They stay inside until they are released."""

    def __init__(self, gate: Gate, clock: HandClock) -> None:
        self.gate, self.clock = gate, clock
        self.passed: list[tuple[str, float]] = []
        self._leave: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *names: str, stay: bool = False, urgency: Urgency = Urgency.LOOK_UP) -> None:
        for name in names:
            self._leave[name] = asyncio.Event()
            if not stay:
                self._leave[name].set()
            self.tasks[name] = asyncio.create_task(self._visit(name, urgency))
        await settled()

    async def leave(self, *names: str) -> None:
        for name in names:
            self._leave[name].set()
        await settled()

    async def cancel(self, name: str) -> None:
        self.tasks[name].cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.tasks[name]
        await settled()

    async def _visit(self, name: str, urgency: Urgency) -> None:
        async with self.gate.turn(urgency):
            self.passed.append((name, self.clock.now()))
            await self._leave[name].wait()

    @property
    def names(self) -> str:
        return "".join(name for name, _ in self.passed)


@asynccontextmanager
async def visitors(pace: Pace) -> AsyncIterator[Visitors]:
    clock = HandClock()
    made = Visitors(Gate(pace, clock), clock)
    yield made
    for task in made.tasks.values():
        task.cancel()
    await asyncio.gather(*made.tasks.values(), return_exceptions=True)


async def test_a_burst_passes_at_once_and_the_rest_at_the_pace() -> None:
    async with visitors(Pace(2, 3, 10)) as made:
        await made.come(*"abcdef")
        assert made.names == "abc"
        await made.clock.advance(10)
        assert made.passed[3:] == [("d", 0.5), ("e", 1.0), ("f", 1.5)]


async def test_a_rest_fills_the_burst_and_no_more() -> None:
    async with visitors(Pace(2, 3, 10)) as made:
        await made.come(*"abc")
        await made.clock.advance(60)
        await made.come(*"defgh")
        assert made.names == "abcdef"
        await made.clock.advance(0.5)
        assert made.names == "abcdefg"


async def test_only_so_many_are_in_progress_at_a_time() -> None:
    async with visitors(Pace(0, 1, 2)) as made:
        await made.come(*"abcd", stay=True)
        assert made.names == "ab"
        await made.leave("b")
        assert made.names == "abc"
        await made.leave("a", "c")
        assert made.names == "abcd"


async def test_a_newer_request_passes_before_an_older_one_and_those_of_one_moment_in_order() -> None:
    async with visitors(Pace(1, 1, 9)) as made:
        await made.come(*"abc")
        await made.clock.advance(0.5)
        await made.come(*"de")
        await made.clock.advance(5)
        assert made.names == "adebc"


async def test_the_pages_of_an_export_pass_in_order_and_after_all_others() -> None:
    async with visitors(Pace(1, 1, 9)) as made:
        await made.come("a")
        for name in "xyz":
            await made.come(name, urgency=Urgency.BULK)
            await made.clock.advance(0.1)
        await made.come("b")
        await made.clock.advance(5)
        assert made.names == "abxyz"


async def test_a_further_permit_within_a_turn_takes_no_further_place() -> None:
    async with visitors(Pace(1, 1, 1)) as made:
        await made.come("a", stay=True)
        again = asyncio.create_task(made.gate.permit())
        await settled()
        assert not again.done()
        await made.clock.advance(1)
        assert again.done()


async def test_a_request_that_waits_for_its_place_is_not_said_to_wait_for_a_permit() -> None:
    async with visitors(Pace(0.5, 1, 2)) as made:
        told: list[float] = []
        made.gate.on_wait = told.append
        await made.come("a", stay=True)
        await made.come("b", "c", stay=True)
        assert told[-1] == 2.0
        await made.clock.advance(2)
        assert (made.names, told[-1]) == ("ab", 0.0)


async def test_a_pace_of_zero_is_unlimited_per_second() -> None:
    async with visitors(Pace(0, 1, 100)) as made:
        await made.come(*"abcdefghij")
        assert made.names == "abcdefghij"
        assert made.clock.now() == 0


async def test_a_task_that_leaves_the_queue_lets_the_next_one_pass_in_order() -> None:
    async with visitors(Pace(0, 1, 1)) as made:
        await made.come(*"abcd", stay=True)
        await made.cancel("b")
        await made.cancel("c")
        await made.leave("a")
        assert made.names == "ad"


async def test_a_task_canceled_inside_frees_its_slot_at_once() -> None:
    async with visitors(Pace(0, 1, 1)) as made:
        await made.come(*"ab", stay=True)
        await made.cancel("a")
        assert made.names == "ab"


async def test_a_task_canceled_while_waiting_takes_no_permit() -> None:
    async with visitors(Pace(1, 1, 5)) as made:
        await made.come(*"abc")
        await made.clock.advance(0.5)
        await made.cancel("b")
        await made.clock.advance(0.5)
        assert made.passed == [("a", 0.0), ("c", 1.0)]


async def test_a_task_canceled_while_passing_frees_its_slot() -> None:
    async with visitors(Pace(0, 1, 1)) as made:
        await made.come(*"abc", stay=True)
        made._leave["a"].set()
        made.tasks["b"].cancel()
        await settled()
        assert made.names == "ac"


@settings(max_examples=30)
@given(
    arrivals=st.lists(st.floats(0, 2), max_size=30),
    rate=st.sampled_from([0.5, 3, 7]),
    burst=st.integers(1, 6),
)
def test_no_window_holds_more_than_the_pace_allows(arrivals: list[float], rate: float, burst: int) -> None:
    async def passed() -> list[float]:
        clock = InstantClock()
        gate = Gate(Pace(rate, burst, 3), clock)
        times = []
        for rest in arrivals:
            clock.time += rest
            async with gate.turn():
                times.append(clock.now())
        return times

    times = asyncio.run(passed())
    for first in range(len(times)):
        for last in range(first, len(times)):
            assert last - first + 1 <= burst + (times[last] - times[first]) * rate + 1e-4


def test_the_permits_in_hand_are_those_that_could_pass_at_once() -> None:
    clock = HandClock()
    gate = Gate(Pace(2, 6, 3), clock)
    assert int(gate.permits_in_hand()) == 6
    assert gate.permits.acquire() == gate.permits.acquire() == 0.0
    assert int(gate.permits_in_hand()) == 4
    clock.time += 0.5
    assert int(gate.permits_in_hand()) == 5
    clock.time += 60
    assert int(gate.permits_in_hand()) == 6
    gate.slow_down()
    assert gate.permits_in_hand() == 0
    assert Gate(Pace(0, 6, 3), clock).permits_in_hand() == float("inf")


async def test_the_real_clock_goes_forward() -> None:
    clock = Clock()
    before = clock.now()
    await clock.sleep(0.001)
    assert clock.now() > before
