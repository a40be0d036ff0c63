"""The idle exit: a session without input ends, but never one with recent typing or work in progress."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from lead_tui.terminal.lifeline import IdleExit


class Loop:
    """Timers without waiting."""

    def __init__(self) -> None:
        self.now = 0.0
        self._number = count()
        self.timers: list[tuple[float, int, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Callable[[], None]) -> None:
        heapq.heappush(self.timers, (self.now + seconds, next(self._number), call))

    def advance(self, until: float) -> None:
        while self.timers and self.timers[0][0] <= until:
            self.now, _, call = heapq.heappop(self.timers)
            call()
        self.now = until


class Session:
    def __init__(self) -> None:
        self.loop = Loop()
        self.busy = False
        self.left: list[float] = []
        loop: Any = self.loop
        self.idle = IdleExit(600, lambda: self.busy, lambda: self.left.append(self.loop.now), loop)


@pytest.fixture
def session() -> Session:
    return Session()


def test_it_ends_after_the_time_without_input(session: Session) -> None:
    session.loop.advance(599)
    assert not session.left
    session.loop.advance(10_000)
    assert session.left == [600]


def test_each_input_begins_the_time_again_with_one_timer(session: Session) -> None:
    for now in range(0, 3_000, 50):
        session.loop.advance(now)
        session.idle.note_input()
        assert len(session.loop.timers) == 1
    session.loop.advance(3_549)
    assert not session.left
    session.loop.advance(3_551)
    assert session.left == [3_550]


def test_a_load_or_an_export_is_not_cut_off(session: Session) -> None:
    session.busy = True
    session.loop.advance(5_000)
    assert not session.left
    session.busy = False
    session.loop.advance(5_400)
    assert session.left == [5_400]
