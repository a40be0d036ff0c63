"""Scrolling a million leads of a real server: what is shown and fetched, and how much memory it takes."""

from __future__ import annotations

import threading

import pytest

from lead_tui.limits import PAGE_ROWS
from tests.pty.harness import KEYS
from tests.pty.program import (
    MILLION,
    SIZES,
    Home,
    at_row,
    cursor_line,
    leave,
    position,
    rows_asked_for,
    start,
    wait_for_row,
    written,
)
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer

FLING = 2_000
MAX_GROWTH = 1.3
WAITING = "· · ·"


@SIZES
def test_the_last_lead_of_a_million_is_one_answer_away(home: Home, server: ConvosoServer, size: tuple[int, int]) -> None:
    with start(home, server, size=size) as terminal:
        assert written(1) in cursor_line(terminal)
        before = len(server.requests)
        terminal.press("G")
        wait_for_row(terminal, MILLION)
        assert WAITING not in terminal.text
        asked = server.requests[before:]
        assert len(asked) == 1
        assert int(asked[0]["offset"]) + int(asked[0]["limit"]) == MILLION
        assert rows_asked_for(asked) <= PAGE_ROWS
        terminal.press("g")
        wait_for_row(terminal, 1)
        assert len(server.requests) == before + 1
        leave(terminal)


@SIZES
def test_2000_page_downs_in_one_write_fetch_next_to_nothing_of_what_they_fly_over(
    home: Home, server: ConvosoServer, size: tuple[int, int]
) -> None:
    with start(home, server, size=size) as terminal:
        terminal.press("pagedown")
        terminal.wait_for(lambda t: position(t)[0] > 1)
        page = position(terminal)[0] - 1
        before = len(server.requests)
        terminal.send(KEYS["pagedown"] * (FLING - 1))
        landed = 1 + FLING * page
        wait_for_row(terminal, landed)
        terminal.wait_for(lambda t: WAITING not in t.text)
        assert rows_asked_for(server.requests[before:]) <= FLING * page / 10
        leave(terminal)


def visit(home: Home, server: ConvosoServer, pages: int, *, after: int = 0) -> float:
    """Return the memory after visiting *pages* pages throughout the result, as a multiple of that *after* so many of them."""
    with start(home, server, fresh=True) as terminal:
        terminal.settle()
        before = len(server.requests)
        for visited in range(pages):
            if visited == after:
                first = terminal.memory_bytes()
            # 127 shares no factor with the numbers used here: each page once, and far from the one before.
            row = 2 + visited * 127 % pages * (MILLION // pages)
            terminal.send(f":{row}\r")
            wait_for_row(terminal, row)
        assert len(server.requests) - before >= pages - 1
        grown = terminal.memory_bytes() / first
        leave(terminal)
    return grown


def test_memory_stays_flat_over_more_pages_than_are_kept(home: Home, server: ConvosoServer) -> None:
    assert visit(home, server, 30) <= MAX_GROWTH


@pytest.mark.long
def test_memory_stays_flat_over_300_pages(home: Home, server: ConvosoServer) -> None:
    # After as many pages as are kept it grows no more.
    assert visit(home, server, 300, after=100) <= 1.05


def test_a_page_that_failed_says_so_in_its_rows_and_is_tried_again_when_requested(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        server.always = faults.application_error(7000, "Moving lists, which takes a while: come back in a quarter of an hour")
        terminal.press("G")
        terminal.wait_for(lambda t: "Moving lists" in cursor_line(t) and at_row(MILLION) in t.text)
        # Even if the reason must be truncated.
        terminal.wait_for(lambda t: "r retry" in cursor_line(t) and "r retry" in t.lines[-1])
        server.always = None
        terminal.press("r")
        wait_for_row(terminal, MILLION)
        assert "Moving lists" not in terminal.text
        leave(terminal)


def test_rows_on_their_way_are_distinguished_from_rows_that_came_and_keys_act_meanwhile(home: Home, server: ConvosoServer) -> None:
    released = threading.Event()
    with start(home, server) as terminal:
        server.always = faults.held(released)
        terminal.press("G")
        terminal.wait_for(lambda t: WAITING in cursor_line(t) and "loading" in t.text and at_row(MILLION) in t.text)
        terminal.press("g")
        wait_for_row(terminal, 1)
        terminal.press("G")
        terminal.wait_for(lambda t: WAITING in cursor_line(t))
        released.set()
        wait_for_row(terminal, MILLION)
        leave(terminal)
