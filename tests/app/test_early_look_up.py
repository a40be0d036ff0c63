"""The look-up box before Enter: the requests sent while keys are typed, counted by a server on loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lead_tui import limits
from tests.app.bench import Bench
from tests.app.online import TOKEN, Account, online
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Fault, Invocation
from tests.servers.leads import account, phone

PHONES = {"phone_number", "alt_phone_1", "alt_phone_2"}
WHOLE = phone(3)


@pytest.fixture
def server() -> Iterator[ConvosoServer]:
    with ConvosoServer(account(500, token=TOKEN)) as made:
        yield made


@pytest.fixture
def accounts(server: ConvosoServer) -> Account:
    return Account(server.base_url)


def look_ups(server: ConvosoServer) -> list[str]:
    """Return the values of the requests that look up a phone, in order."""
    return [value for each in server.requests for name, value in each.parameters if name in PHONES]


async def refilled(accounts: Account) -> None:
    """Have the pace regain all its permits."""
    accounts.clock.time += 60


async def rested(seconds: float = 2 * limits.EARLY_REST_SECONDS) -> None:
    await asyncio.sleep(seconds)


async def typed(bench: Bench, text: str) -> None:
    await bench.press("/", *text)


async def test_a_whole_number_is_looked_up_before_enter_and_enter_shows_it(
    tmp_path: Path, server: ConvosoServer, accounts: Account
) -> None:
    async with online(tmp_path, accounts, early=True) as bench:
        await refilled(accounts)
        await typed(bench, WHOLE)
        await asyncio.to_thread(server.wait_for_requests, len(server.requests) + 3 - len(look_ups(server)))
        opened, sent = server.connections, len(server.requests)
        await bench.press("enter")
        await bench.sees("Found in Phone")
        await rested()
        assert look_ups(server) == [WHOLE] * 3
        assert (server.connections, len(server.requests)) == (opened, sent)


async def test_enter_joins_the_request_in_progress(tmp_path: Path, server: ConvosoServer, accounts: Account) -> None:
    held = threading.Event()

    def hold(asked: Invocation) -> Fault | None:
        return faults.held(held) if PHONES & set(dict(asked.parameters)) else None

    async with online(tmp_path, accounts, early=True) as bench:
        await refilled(accounts)
        server.fault_for = hold
        before = len(server.requests)
        await typed(bench, WHOLE)
        await asyncio.to_thread(server.wait_for_requests, before + 3)
        await bench.press("enter")
        held.set()
        await bench.sees("Found in Phone")
        assert look_ups(server) == [WHOLE] * 3


@pytest.mark.parametrize("why", ["off", "no permits", "beginning", "name"])
async def test_nothing_is_sent_before_enter_otherwise(why: str, tmp_path: Path, server: ConvosoServer, accounts: Account) -> None:
    text = {"beginning": "1301555012", "name": "Rivera"}.get(why, WHOLE)
    async with online(tmp_path, accounts, early=why != "off") as bench:
        if why != "no permits":
            await refilled(accounts)
        before = len(server.requests)
        await typed(bench, text)
        await rested()
        assert len(server.requests) == before


async def test_a_session_of_a_hundred_keys_sends_what_the_rules_name(
    tmp_path: Path, server: ConvosoServer, accounts: Account
) -> None:
    async with online(tmp_path, accounts, early=True) as bench:
        await refilled(accounts)
        others = len(server.requests)
        # Ten digits, a pause, an eleventh, back, another pause: one look-up for the box, however often its text changes.
        await typed(bench, WHOLE)
        await rested()
        assert len(look_ups(server)) == 3
        await bench.press("9", *["backspace"] * 2)
        await refilled(accounts)
        await bench.press(WHOLE[-1])
        await rested()
        assert len(look_ups(server)) == 3
        await bench.press("escape")
        # Typed quickly, and changed before a pause: nothing. An incomplete number, an id, an email, a name: nothing.
        for text in (WHOLE + "5", WHOLE[:9], "#12345", "ada@example.com", "Rivera Jo"):
            await refilled(accounts)
            await typed(bench, text)
            await rested()
            await bench.press("escape")
        assert len(look_ups(server)) == 3
        # A second box may look up once more, and its Enter adds none.
        await refilled(accounts)
        before = len(server.requests)
        await typed(bench, phone(4))
        await asyncio.to_thread(server.wait_for_requests, before + 3)
        await bench.press("enter")
        await rested()
        assert look_ups(server) == [WHOLE] * 3 + [phone(4)] * 3
        assert len(server.requests) == others + len(look_ups(server))


async def test_not_early_a_session_of_a_hundred_keys_sends_nothing_before_enter(
    tmp_path: Path, server: ConvosoServer, accounts: Account
) -> None:
    async with online(tmp_path, accounts, early=False) as bench:
        await refilled(accounts)
        before = len(server.requests)
        for text in (WHOLE, phone(4), WHOLE + "5", "+1" + phone(5), "#12345", "ada@example.com", "Rivera Jo"):
            await typed(bench, text)
            await bench.press("backspace", text[-1])
            await rested()
            assert len(server.requests) == before
            await bench.press("escape")
        await typed(bench, WHOLE)
        await bench.press("enter")
        await bench.sees("Found in Phone")
        await asyncio.to_thread(server.wait_for_requests, before + 3)
        assert look_ups(server) == [WHOLE] * 3
