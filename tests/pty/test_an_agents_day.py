"""From a ringing phone to the lead, and from there to the next question: the installed command over an account on a real server."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.pty.harness import Terminal
from tests.pty.program import (
    MILLION,
    NARROW,
    SIZES,
    TOKEN,
    WIDE,
    Home,
    at_row,
    command,
    leave,
    start,
    wait_for_first_page,
    wait_for_row,
)
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account, page

CALLER = "3010010000"
_LEAD = re.compile(r"─ Lead (\d) ─")
_FOUND = re.compile(r"Found in (Phone 3|Phone)")

SEVEN = {"id": "7", "lead_id": "7", "first_name": "Sam", "last_name": "Stone", "phone_number": "3015550107", "alt_phone_2": CALLER}
THREE = {"id": "3", "lead_id": "3", "first_name": "Zoë", "last_name": "Public", "phone_number": CALLER, "alt_phone_2": ""}
FOUND: Mapping[str, list[dict[str, str]]] = {"phone_number": [THREE], "alt_phone_2": [SEVEN]}


def _seen(terminal: Terminal) -> bool:
    return bool(_LEAD.search(terminal.text) and _FOUND.search(terminal.text))


def _lead(terminal: Terminal) -> str:
    """Return the id of the lead whose detail is in view."""
    return str(_LEAD.findall(terminal.text)[0])


def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
    """Return the answers of an account with leads 3 and 7."""
    asked = next((name for name in ("phone_number", "alt_phone_1", "alt_phone_2") if parameters.get(name) == CALLER), "")
    return page(FOUND.get(asked, []))


@pytest.fixture
def small_account() -> Iterator[ConvosoServer]:
    with ConvosoServer(answer) as server:
        yield server


@SIZES
def test_a_phone_in_two_fields_shows_both_leads_says_which_field_and_asks_three_times(
    home: Home, small_account: ConvosoServer, size: tuple[int, int]
) -> None:
    with home.open(small_account, "--lookup", "(301) 001-0000", size=size) as terminal:
        terminal.wait_for(at_row(1, 2))
        terminal.wait_for("Sam Stone")
        terminal.wait_for("Zoë Public")
        # The lead that came first may have been opened while it was the only one.
        terminal.press("escape")
        terminal.wait_for(lambda t: size == WIDE or "Found in" not in t.text)
        # The first whole frame with the one lead has nothing of the other.
        said = {}
        for row in (1, 2):
            terminal.send(f":{row}\r\r")
            # Next to the table, the lead of the row before is in view until the detail has followed.
            terminal.wait_for(lambda t, row=row: at_row(row, 2) in t.text and _seen(t) and _lead(t) not in said)  # type: ignore[misc]
            said[_lead(terminal)] = _FOUND.findall(terminal.text)[0]
            terminal.press("escape")
            terminal.wait_for(lambda t: size == WIDE or "Found in" not in t.text)
        assert said == {"3": "Phone", "7": "Phone 3"}
        assert len(small_account.requests) == 3
        leave(terminal)


def test_a_phone_that_could_not_be_searched_is_named_with_the_lead_found(home: Home, small_account: ConvosoServer) -> None:
    small_account.fault_for = lambda asked: faults.status(500) if asked.get("alt_phone_2") else None
    with home.open(small_account, "--lookup", CALLER, size=NARROW) as terminal:
        terminal.wait_for("─ Lead 3 ─")
        terminal.wait_for("Phone 3 could not be searched")
        terminal.wait_for("r retry")
        terminal.press("escape")
        leave(terminal)


def test_start_to_detail_takes_no_key_where_one_lead_matches(home: Home, server: ConvosoServer) -> None:
    with home.open(server, "--lookup", "(301) 001-0000") as terminal:
        terminal.wait_for("─ Lead 1010000 ─")
        terminal.wait_for("▌")
        terminal.send("]")
        terminal.wait_for(at_row(1, 1))
        terminal.press("escape")
        leave(terminal)


@SIZES
def test_leads_are_loaded_sorted_by_one_attribute_narrowed_by_another_and_left_again(home: Home, size: tuple[int, int]) -> None:
    with ConvosoServer(account(2_500, token=TOKEN)) as server, home.open(server, size=size) as terminal:
        wait_for_row(terminal, 1, 2_500)
        terminal.press("s")
        terminal.wait_for("Load all 2,500 leads first?")
        terminal.press("a")
        terminal.wait_for("─ Sort by ─")
        # From the end: field_84, field_3, publisher_name, currently_insured, household_income.
        terminal.send("Gkkkk")
        terminal.wait_for("field_84")
        terminal.settle()
        terminal.send("  \r")
        terminal.wait_for("sorted by Household income ↓")
        # The highest is 199 * 500, of the lead 199 of each 200.
        terminal.wait_for("301) 000-0199")
        terminal.send("nplan_sold:gold\r")
        terminal.wait_for(re.compile(r"of 838 .* narrowed from 2,500"))
        terminal.wait_for("sorted by Household income ↓")
        # 198 is the first below it with a gold plan: every third has.
        terminal.wait_for("301) 000-0198")
        terminal.press("escape")
        wait_for_row(terminal, 1, 2_500)
        terminal.wait_for(lambda t: "narrowed" not in t.text)
        leave(terminal)
        assert max(int(asked["limit"]) for asked in server.requests) == 2_000


@SIZES
def test_a_value_of_the_detail_leads_to_all_leads_that_have_it_and_back(
    home: Home, server: ConvosoServer, size: tuple[int, int]
) -> None:
    with start(home, server, size=size) as terminal:
        terminal.send("\rFstate\r\r")
        terminal.wait_for(at_row(1, MILLION // 8))
        wait_for_first_page(terminal)
        asked = server.requests[-1]
        assert asked.get("state") == "NY"
        before = len(server.requests)
        terminal.press("b")
        wait_for_row(terminal, 1)
        assert len(server.requests) == before
        leave(terminal)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue"])
def test_a_relative_date_of_a_saved_query_is_that_of_the_day_on_which_it_is_run(
    home: Home, server: ConvosoServer, zone: str
) -> None:
    # The two zones never have the same day: 25 hours lie between them.
    home.write("queries.toml", '[[query]]\nname = "Last week"\n[query.filters]\ncreated_at_start_date = "-7d"\n')
    home.write("config.toml", f'[pace]\nrequests_per_second = 0\n[account]\ntimezone = "{zone}"\n')
    text = home.queries_file.read_text()

    def a_week_ago() -> str:
        return (datetime.now(ZoneInfo(zone)).date() - timedelta(days=7)).isoformat()

    before = a_week_ago()
    subprocess.run(
        command("search", "--query", "Last week", "--limit", "1", f"--base-url={server.base_url}"),
        env=home.environment(),
        check=True,
        capture_output=True,
    )
    with home.open(server, "--query", "Last week") as terminal:
        terminal.wait_for(" Row ")
        server.wait_for_requests(2)
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
    # Midnight may have come meanwhile.
    sent = [asked.get("created_at_start_date") for asked in server.requests]
    assert set(sent) <= {before, a_week_ago()}
    assert sent[0] == before or sent[-1] == a_week_ago()
    assert home.queries_file.read_text() == text
