"""A table of every fault of an answer: what the user reads, and what the program does about it.

In each row the app runs over the real client and a real server on loopback. The fault occurs when the user goes to the last
row, and for one fault of each kind at the start too; each time it passes, and ``r`` retries.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from lead_tui import limits
from lead_tui.config.settings import Network
from tests.app.bench import Bench
from tests.app.online import TOKEN, Account, online
from tests.servers import faults
from tests.servers.clocks import HandClock
from tests.servers.convoso_server import ConvosoServer, Fault
from tests.servers.leads import account
from tests.servers.ports import full_port
from tests.servers.tls import CA_FILE, server_side

LEADS: Final = 1_000
LAST: Final = "(301) 000-0999"
"""The phone of the last lead."""
FIRST: Final = "(301) 000-0000"

Trouble = Callable[[ConvosoServer], AbstractContextManager[None]]
"""Starts the fault, and ends it."""

USUAL: Final = Network()
HASTY: Final = Network(connect_timeout=0.5, read_timeout=0.5)
"""Longer than two busy cores keep a server waiting between two bytes."""
TLS: Final = Network(ca_file=Path(CA_FILE))

NEW_TOKEN: Final = "set another token in CONVOSO_AUTH_TOKEN or the profile's auth_token_file"
NO_SECTION: Final = "set a token in CONVOSO_AUTH_TOKEN or the profile's auth_token_file whose access list has leads/search"
BASE_URL: Final = "check the base URL"
AGAIN: Final = "try again"
LATER: Final = "try again later"
NETWORK: Final = "check the network, or try again later"
OR_LATER: Final = "check the base URL, or try again later"
NO_JSON: Final = "The server's response is not the documented JSON"
TOO_LARGE: Final = "The response from HOST is larger than 32 MB, more than any page of leads"


@dataclass(frozen=True)
class Row:
    """A fault."""

    trouble: Trouble
    told: str
    """The problem in the status line; HOST is the server's."""
    remedy: str
    """The remedy in the status line."""
    attempts: int = limits.ATTEMPTS
    asked_to_wait: float = 0.0
    """Seconds that the server specifies to wait before each further attempt, as far as they are honored."""
    network: Network = USUAL
    asks_for_token: bool = False
    breaks: bool = False
    """Whether the connection breaks before the answer begins: a kept one is replaced at once, without counting as an attempt."""
    at_start: bool = False
    """Whether the fault occurs at the start too."""


def answers(fault: Fault) -> Trouble:
    """The server answers every request with this fault."""

    @contextmanager
    def trouble(server: ConvosoServer) -> Iterator[None]:
        server.always = fault
        try:
            yield
        finally:
            server.always = None
            server.hang_up()

    return trouble


@contextmanager
def refused(server: ConvosoServer) -> Iterator[None]:
    server.close()
    try:
        yield
    finally:
        server.start()


@contextmanager
def not_taken(server: ConvosoServer) -> Iterator[None]:
    """The connection queue is full: the next connection waits forever."""
    server.close()
    with full_port(server.port):
        yield
    server.start()


@contextmanager
def name_not_found(server: ConvosoServer) -> Iterator[None]:
    def unknown(*_args: object, **_more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", unknown)
        server.hang_up()
        yield


def shows_certificate(name: str) -> Trouble:
    """The server's certificate has changed."""

    @contextmanager
    def trouble(server: ConvosoServer) -> Iterator[None]:
        server.use_tls(server_side(name))
        try:
            yield
        finally:
            server.use_tls(server_side("good"))

    return trouble


def silent() -> Fault:
    """No answer; the connection stays open."""
    return faults.held(threading.Event())


TABLE: Final[Mapping[str, Row]] = {
    # No connection
    "refused": Row(refused, "HOST refuses connections", OR_LATER, at_start=True),
    "reset": Row(answers(faults.reset()), "HOST closed the connection without a response", NETWORK, breaks=True),
    "closed": Row(answers(faults.hang_up()), "HOST closed the connection without a response", NETWORK, breaks=True),
    "no HTTP": Row(answers(faults.garbage()), "HOST answers, but not as a web server does", BASE_URL),
    "name not found": Row(name_not_found, "Cannot resolve HOST", "check the base URL and the network"),
    "no connection in time": Row(not_taken, "HOST did not accept a connection within 0.5 s", NETWORK, network=HASTY),
    # No answer in time
    "silence": Row(answers(silent()), "HOST did not answer within 0.5 s", "try again, or narrow the search", network=HASTY),
    "slow drip": Row(
        answers(faults.drip(0.02)),
        "The response from HOST was not complete within 1.5 s",
        "try again, or narrow the search",
        network=HASTY,
    ),
    # TLS
    "TLS expired": Row(
        shows_certificate("expired"),
        "The certificate of HOST is refused (certificate has expired)",
        "check the base URL, this machine's clock, and [network] ca_file",
        network=TLS,
        at_start=True,
    ),
    "TLS wrong host": Row(
        shows_certificate("wrong_host"),
        "The certificate of HOST is refused (IP address mismatch, certificate is not valid for '127.0.0.1'.)",
        "check the base URL, this machine's clock, and [network] ca_file",
        network=TLS,
    ),
    "TLS self-signed": Row(
        shows_certificate("self_signed"),
        "The certificate of HOST is refused (self-signed certificate)",
        "check the base URL, this machine's clock, and [network] ca_file",
        network=TLS,
    ),
    # Statuses
    "401": Row(
        answers(faults.status(401)), "The server rejected the token (HTTP 401)", NEW_TOKEN, 1, asks_for_token=True, at_start=True
    ),
    "403": Row(
        answers(faults.status(403)),
        "This token may not search for leads (HTTP 403)",
        NO_SECTION,
        1,
        asks_for_token=True,
    ),
    "403 of a firewall": Row(
        answers(faults.html(403)),
        "Something in front of the API refuses this machine (HTTP 403): Maintenance",
        "ask the administrator of the network or the account to let this machine through",
        1,
    ),
    "404": Row(answers(faults.status(404)), "The server refuses the request (HTTP 404)", BASE_URL, 1),
    "429": Row(answers(faults.too_many()), "Rate limit reached (HTTP 429)", LATER),
    "429 in seconds": Row(answers(faults.too_many("7")), "Rate limit reached (HTTP 429)", LATER, asked_to_wait=7, at_start=True),
    "429 until a date": Row(
        answers(faults.too_many("Fri, 06 Mar 2026 10:00:20 GMT", date="Fri, 06 Mar 2026 10:00:00 GMT")),
        "Rate limit reached (HTTP 429)",
        LATER,
        asked_to_wait=20,
    ),
    "429 into the past": Row(answers(faults.too_many("-7")), "Rate limit reached (HTTP 429)", LATER),
    "429 in words": Row(answers(faults.too_many("soon")), "Rate limit reached (HTTP 429)", LATER),
    "429 for no number": Row(answers(faults.too_many("nan")), "Rate limit reached (HTTP 429)", LATER),
    "500": Row(answers(faults.status(500)), "The server failed (HTTP 500)", LATER),
    "502 HTML": Row(answers(faults.html(502)), 'The server failed (HTTP 502), "Maintenance"', LATER),
    "503 asking to wait": Row(answers(faults.too_many("5", code=503)), "The server failed (HTTP 503)", LATER, asked_to_wait=5),
    "redirect to another host": Row(
        answers(faults.redirect("https://elsewhere.example/v1/leads/search?auth_token=x")),
        "The server redirects to elsewhere.example (HTTP 302), where the token is not sent",
        BASE_URL,
        1,
    ),
    "redirect to nowhere": Row(
        answers(faults.redirect(None)),
        "The server redirects to another address (HTTP 302), where the token is not sent",
        BASE_URL,
        1,
    ),
    # The server's own words
    "token invalid": Row(
        answers(faults.application_error(5001, "Auth token is invalid")),
        'The server rejected the token, it says "Auth token is invalid" (code 5001)',
        NEW_TOKEN,
        1,
        asks_for_token=True,
    ),
    "forbidden": Row(
        answers(faults.application_error(403, "Forbidden")),
        'This token may not search for leads, it says "Forbidden" (code 403)',
        NO_SECTION,
        1,
        asks_for_token=True,
    ),
    "an unknown code": Row(
        answers(faults.application_error(9999, "Something new")),
        'The server refuses the search, it says "Something new" (code 9999)',
        "change the filters, or show this message to your Convoso administrator",
        1,
        at_start=True,
    ),
    # Bodies
    "200 HTML": Row(
        answers(faults.html()), 'The server answered with a web page instead of data, "Maintenance"', OR_LATER, at_start=True
    ),
    "empty": Row(answers(faults.body(b"")), "The server's response was empty", AGAIN),
    "cut on the way": Row(answers(faults.cut()), "The response from HOST was cut off", AGAIN),
    "cut JSON": Row(answers(faults.cut_json()), "The server's response was cut off", AGAIN),
    "a list": Row(answers(faults.body(b"[]")), NO_JSON, OR_LATER),
    "no data": Row(answers(faults.body(b'{"ok": 1}')), NO_JSON, OR_LATER),
    "data of a wrong type": Row(answers(faults.body(b'{"success": true, "data": "none"}')), NO_JSON, OR_LATER),
    "entries of a wrong type": Row(
        answers(faults.body(b'{"success": true, "data": {"total": "5", "entries": 5}}')), NO_JSON, OR_LATER
    ),
    "100 MB": Row(answers(faults.large(100)), TOO_LARGE, BASE_URL, 1),
    "endless": Row(answers(faults.endless()), TOO_LARGE, BASE_URL, 1),
    "gzip bomb": Row(answers(faults.gzip_bomb(40)), TOO_LARGE, BASE_URL, 1),
    "damaged gzip": Row(
        answers(faults.body(b"{}" * 50, headers={"Content-Encoding": "gzip"})),
        "The response from HOST cannot be decompressed",
        AGAIN,
    ),
}

LIKE_OTHERS: Final = (
    *("429 until a date", "429 without end", "429 into the past", "429 in words", "429 for no number", "404", "502 HTML"),
    *("a list", "data of a wrong type", "entries of a wrong type", "100 MB"),
)
"""Faults that the client's own tests distinguish, and that the app reports as it does another of the table."""


async def told(bench: Bench, row: Row, what: str) -> None:
    """Wait until the status line says what happened and what to do; the prompt for a token is skipped."""
    if row.asks_for_token:
        await bench.sees("API token for", "esc skip")
        await bench.press("escape")
    await bench.sees(f"! {what} · {row.remedy}" if row.remedy == "r retry" else f"! {what}: {row.remedy}")


def check_attempts(row: Row, asked: Account, server: ConvosoServer, before: int) -> None:
    """Check that the request was made as often as expected, no sooner than expected, and identical each time."""
    # Waits for the pace, which slows down after a 429, are not between attempts.
    attempts, asked.waits = [each for each in asked.waits if each.attempt > 1], []
    assert [each.attempt for each in attempts] == list(range(2, row.attempts + 1))
    for number, each in enumerate(attempts):
        own = each.seconds - row.asked_to_wait
        assert 0.5 * 2**number <= own <= 0.5 * 2**number + 0.5
    made = server.requests[before:]
    assert len(made) in (0, row.attempts, row.attempts + (row.breaks and before > 0))
    # The last one requests a single lead, to see whether one is at fault.
    assert len({each.parameters for each in made[: limits.ATTEMPTS - 1]}) <= 1
    assert asked.kept_to_the_pace()


@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=[pytest.mark.long] * (name in LIKE_OTHERS)) for name, row in TABLE.items()], ids=TABLE
)
async def test_a_fault_is_reported_with_its_remedy_and_r_tries_again(tmp_path: Path, row: Row) -> None:
    tls = server_side("good") if row.network is TLS else None
    with ConvosoServer(account(LEADS, token=TOKEN), tls=tls) as server, ExitStack() as at_start:
        asked = Account(server.base_url, row.network)
        at_start.enter_context(asked.watching(server))
        what = row.told.replace("HOST", f"127.0.0.1:{server.port}")
        if row.at_start:
            at_start.enter_context(row.trouble(server))
        async with online(tmp_path, asked, first="") as bench:
            if row.at_start:
                await told(bench, row, what)
                await bench.sees(f"  ! {what}")
                check_attempts(row, asked, server, 0)
                at_start.close()
                await bench.press("r")
            await bench.sees(FIRST, "Row 1 of 1,000", "200 loaded")
            await bench.sees_no_more("loading")
            assert what not in bench.screen()

            before = len(server.requests)
            asked.waits.clear()
            with row.trouble(server):
                await bench.press("G")
                await told(bench, row, what)
                check_attempts(row, asked, server, before)
                # The rows received are shown, and nothing is retried automatically.
                await bench.press("g")
                await bench.sees(FIRST, "Row 1 of 1,000", "200 loaded", f"! {what}")
                await bench.press("G")
                await bench.sees("Row 1,000 of 1,000", f"! {what}")
                assert asked.waits == []
                assert len(server.requests) <= before + row.attempts + row.breaks
            await bench.press("r")
            await bench.sees(LAST, "Row 1,000 of 1,000")
            await bench.sees_no_more("loading")
            await bench.sees_no_more(what)
            assert asked.kept_to_the_pace()


async def test_a_wait_is_counted_down_and_r_cuts_it_short(tmp_path: Path) -> None:
    clock = HandClock()
    with ConvosoServer(account(LEADS, token=TOKEN)) as server:
        server.always = faults.too_many("30")
        async with online(tmp_path, Account(server.base_url), first="", clock=clock) as bench:
            await bench.sees("attempt 2 of 4 in 31 s · r retry now")
            assert len(server.requests) == 1
            await bench.sees("! Rate limit reached (HTTP 429)", "in 30 s")
            await bench.press("r")
            await bench.sees("attempt 3 of 4 in")
            assert len(server.requests) == 2
            server.always = None
            await bench.press("r")
            await bench.sees(FIRST, "Row 1 of 1,000", "200 loaded")
            assert clock.now() == 0


async def test_the_key_that_retries_is_named_as_it_works_where_letters_are_text(tmp_path: Path) -> None:
    with ConvosoServer(account(LEADS, token=TOKEN)) as server:
        server.always = faults.too_many("30")
        async with online(tmp_path, Account(server.base_url), first="", clock=HandClock()) as bench:
            for opens in ("f", "slash"):
                await bench.sees(" s · r retry now")
                await bench.press(opens)
                await bench.sees(" s · F5 retry now")
                await bench.press("escape")
            await bench.press("f", "f5")
            await bench.sees("attempt 3 of 4 in")
            server.always = faults.status(404)
            await bench.press("f5")
            await bench.sees("! The server", "F5 retry")
            await bench.press("escape")
            await bench.sees("! The server", "r retry")


async def test_a_narrow_screen_has_the_servers_words_and_the_attempt_and_the_seconds(tmp_path: Path) -> None:
    with ConvosoServer(account(LEADS, token=TOKEN)) as server:
        server.always = faults.status(503, '{"success":false,"text":"Busy · with the nightly import of lists"}'.encode())
        async with online(tmp_path, Account(server.base_url), first="", size=(60, 20), clock=HandClock()) as bench:
            await bench.sees("! The server failed", "nightly import of lists", "attempt 2 of 4 in ", "r retry now")


async def test_a_lead_that_the_server_cannot_send_is_marked_among_the_others(tmp_path: Path) -> None:
    with ConvosoServer(account(LEADS, token=TOKEN)) as server:
        asked = Account(server.base_url)
        # Like PHP's json_encode: nothing at all for a page with one string that is not UTF-8.
        server.fault_for = lambda it: faults.body(b"") if int(it["offset"]) <= 2 < int(it["offset"]) + int(it["limit"]) else None
        async with online(tmp_path, asked, first="") as bench:
            await bench.sees(
                "(301) 000-0000", "(301) 000-0001", "! The server cannot send this lead", "(301) 000-0003", "Row 1 of 1,000"
            )
            server.fault_for = lambda _: None
            await bench.sees_no_more("loading")
            await bench.press("r")
            await bench.sees("(301) 000-0002")
            await bench.sees_no_more("cannot send")


def seconds_shown(bench: Bench) -> int:
    """Return for how long the status line says that the app has waited, 0 if it does not."""
    found = re.search(r"loading… (\d+) s", bench.screen())
    return int(found[1]) if found else 0


async def test_a_long_wait_for_an_answer_shows_its_seconds_as_they_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOADING_SHOWN_SECONDS", 1.0)
    released = threading.Event()
    with ConvosoServer(account(LEADS, token=TOKEN)) as server:
        server.always = faults.held(released)
        async with online(tmp_path, Account(server.base_url), first="") as bench:
            # A busy machine may skip a second.
            seconds = [0]
            for _ in range(2):
                await bench.reaches(lambda: seconds_shown(bench) > seconds[-1], lambda: f"no more seconds than {seconds}")
                seconds.append(seconds_shown(bench))
            released.set()
            await bench.sees("Row 1 of 1,000")
            await bench.sees_no_more("loading")


async def test_a_php_notice_is_reported_once_and_the_leads_are_shown(tmp_path: Path) -> None:
    answer = account(LEADS, token=TOKEN)
    with ConvosoServer(lambda asked: (200, b"\nWarning: Undefined key in /srv/x.php on line 42\n" + answer(asked)[1])) as server:
        async with online(tmp_path, Account(server.base_url), first="") as bench:
            await bench.sees(
                FIRST, "Row 1 of 1,000", "The server sends PHP notices before its data (PHP warning: Undefined key, line 42)"
            )
            await bench.press("G")
            await bench.sees(LAST)
            assert "PHP" not in bench.screen()


async def test_ctrl_c_ends_a_wait_and_r_searches_again(tmp_path: Path) -> None:
    with ConvosoServer(account(LEADS, token=TOKEN)) as server:
        server.always = faults.status(503)
        async with online(tmp_path, Account(server.base_url), first="", clock=HandClock()) as bench:
            await bench.sees("attempt 2 of 4")
            await bench.press("ctrl+c")
            await bench.sees("Canceled · r retry")
            await bench.sees_no_more("attempt")
            server.always = None
            await bench.press("r")
            await bench.sees(FIRST, "Row 1 of 1,000")
            # The one that failed, and two pages.
            await bench.sees("200 loaded")
            assert len(server.requests) == 3
