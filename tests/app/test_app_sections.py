"""The account's other endpoints in a whole session, over a real server: what is requested, how often, and what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from lead_tui.config.settings import AccountSettings, Pace
from lead_tui.demo.endpoint import Demo
from lead_tui.leads.records import NAMES, Section
from tests.app.bench import NARROW, SETTINGS, TODAY, Bench
from tests.app.online import Account, online
from tests.key_feeder import focus_filter
from tests.servers.convoso_server import ConvosoServer

LEARNING = replace(SETTINGS, account=AccountSettings())
SAMPLES = Path(__file__).parents[1] / "samples"
FORBIDDEN = (200, b'{"success": false, "code": 403, "text": "Forbidden"}')
EVERYTHING, NOTHING = "everything", "only web pages"
SERVERS = (EVERYTHING, *Section, NOTHING)
"""What a server answers, or the section that it forbids."""


@pytest.fixture
def server() -> Iterator[ConvosoServer]:
    with ConvosoServer(Demo(200, today=TODAY).answer) as server:
        yield server


def serve(server: ConvosoServer, what: str) -> None:
    if what != NOTHING:
        demo = Demo(200, today=TODAY)
        server.sections = {each: partial(demo.records, each) for each in Section}
    if what in server.sections:
        server.sections[what] = lambda _: FORBIDDEN


def requested(server: ConvosoServer) -> Counter[str]:
    """Return how often each section was requested."""
    assert {request.method for request in server.requests} == {"GET"}
    paths = Counter(request.path.removeprefix("/v1/") for request in server.requests)
    del paths["leads/search"]
    assert set(paths) <= set(Section)
    return paths


async def list_values(bench: Bench, name: str, typed: str) -> None:
    """Open the list of values of the filter *name* by typing *typed*, and leave it."""
    bench.main.panes.go_to_filters()
    focus_filter(bench.main.filters, name)
    await bench.press("ctrl+u", *typed)
    await bench.settled()
    await bench.press("escape", "ctrl+u", "escape")


@pytest.mark.parametrize(
    # All sections of names are read in one way.
    "what",
    [pytest.param(each, marks=[pytest.mark.long] * (each in sorted(NAMES)[1:])) for each in SERVERS],
)
async def test_whatever_a_server_forbids_the_rest_is_shown_and_nothing_is_requested_needlessly(
    tmp_path: Path, server: ConvosoServer, what: str
) -> None:
    serve(server, what)
    account = Account(server.base_url, pace=Pace(0, 1, 3))
    async with online(tmp_path, account, size=NARROW, settings=LEARNING) as bench:
        if what == EVERYTHING:
            await bench.press(
                "enter", "j", "F", *"city", "enter", "]", "escape", "down", "t", "escape", "n", "a", "escape", "f", "escape"
            )
        await bench.press("slash", *"1000020", "enter")
        await bench.sees("look-up 1000020", "Found in Lead id")
        assert requested(server) == Counter()

        await bench.press("h")
        shown = "· last " if what != NOTHING else "!"
        await bench.sees("History of ", shown)
        refused = f"This token may not read {what}"
        assert (refused in bench.screen()) is (what in (Section.CALLS, Section.CALLBACKS, Section.RECORDINGS))
        await bench.press("escape", "D")
        checked = {Section.DO_NOT_CALL: "not checked: this token has no access", NOTHING: "DNC list: not checked: "}
        await bench.sees(checked.get(what, "DO NOT CALL · Phone 2 listed since 2026-01-15"))
        await bench.sees_no_more("checking…")
        lead = requested(server)
        assert [lead[each] for each in (Section.CALLS, Section.CALLBACKS, Section.RECORDINGS, Section.DO_NOT_CALL)] == [1, 1, 1, 2]
        assert {request.get("lead_id") for request in server.requests if "/leads/search" not in request.path} <= {"1000020", None}

        for name in ("status", "list_id", "owner_id", "user_id", "created_at_end_date", "+campaign_name") * 2:
            bench.main.filters.suggest(name, "")
        for each in NAMES:
            await bench.main.features.suggestions.names.read(each)
        names = requested(server)
        assert {each: names[each] for each in NAMES} == dict.fromkeys(NAMES, 1)
        assert not any(word in bench.screen() for word in ("Paste", "API token for"))
        await bench.press("slash", *"1000021", "enter")
        await bench.sees("look-up 1000021", "─ Lead 1000021")


async def test_without_names_none_are_requested(tmp_path: Path, server: ConvosoServer) -> None:
    serve(server, EVERYTHING)
    async with online(tmp_path, Account(server.base_url, pace=Pace(0, 1, 3))) as bench:
        await bench.press("enter", "h")
        await bench.sees("History of ")
        await bench.press("escape", "D")
        await bench.sees("DNC list")
        await list_values(bench, "status", "s")
        await list_values(bench, "created_at_end_date", "t")
        assert not NAMES & set(requested(server))


async def test_all_of_the_accounts_values_are_suggested_though_none_was_observed(tmp_path: Path, server: ConvosoServer) -> None:
    serve(server, EVERYTHING)
    server.answer = Demo(1, today=TODAY).answer
    async with online(tmp_path, Account(server.base_url, pace=Pace(0, 1, 3)), settings=LEARNING) as bench:
        bench.main.panes.go_to_filters()
        focus_filter(bench.main.filters, "status")
        await bench.press(*"hopper")
        # The list that was open when the names came has them.
        await bench.sees("DNCL · Do NOT Call")
        await bench.press("down", "enter", "enter")
        await bench.sees("status DNCL")
        for name, typed, value in (
            ("list_id", "spring", "4107 · Spring Web"),
            ("owner_id", "whitaker", "50024 · Darnell Whit"),
            ("+", "campaign_name=Re", "campaign_name=Reac"),
        ):
            focus_filter(bench.main.filters, name)
            await bench.press("ctrl+u", *typed)
            await bench.sees(value)
            await bench.press("escape", "ctrl+u")


async def test_the_accounts_time_zone_is_offered_and_not_used(tmp_path: Path, server: ConvosoServer) -> None:
    serve(server, EVERYTHING)
    server.sections[Section.CAMPAIGNS] = lambda _: (200, (SAMPLES / "41_campaigns_search.json").read_bytes())
    async with online(tmp_path, Account(server.base_url, pace=Pace(0, 1, 3)), settings=LEARNING, size=NARROW) as bench:
        bench.main.panes.go_to_filters()
        focus_filter(bench.main.filters, "created_at_end_date")
        await bench.press("t")
        await bench.sees("The account is in America/Denver, this host is not: set [account] timezone")
        assert bench.main.session.zone is None


async def test_a_status_that_the_account_flags_forbids_calls(tmp_path: Path, server: ConvosoServer) -> None:
    serve(server, EVERYTHING)
    server.sections[Section.STATUSES] = lambda _: (200, b'{"data": [{"status": "NEW", "name": "Fresh", "dnc": "Y"}]}')
    async with online(tmp_path, Account(server.base_url, pace=Pace(0, 1, 3)), settings=LEARNING) as bench:
        await bench.press("enter")
        await bench.sees("OK to call")
        await bench.press("D")
        await bench.sees("DO NOT CALL · New Lead", "▌⊘")
        assert "OK to call" not in bench.screen()
