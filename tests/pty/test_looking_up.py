"""Look-ups: a number that is typed, pasted or given shows its lead without a further key."""

from __future__ import annotations

import os

import pytest

from tests.pty.harness import Terminal
from tests.pty.program import MILLION, SIZES, TOKEN, Home, at_row, leave, question, start, title, wait_for_row
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Invocation
from tests.servers.leads import account, phone

ROW = 10_001
NUMBER = "3010010000"
PHONES = {"phone_number", "alt_phone_1", "alt_phone_2"}


def close_and_leave(terminal: Terminal) -> None:
    """Close the lead that was found, and quit."""
    terminal.press("escape")
    terminal.wait_for(lambda t: title(ROW) not in t.text)
    leave(terminal)


def assert_looked_up(requests: list[Invocation]) -> None:
    """Check that *requests* look for ``NUMBER`` in each phone field."""
    assert {name for asked in requests for name, _ in asked.parameters} == {*PHONES, "offset", "limit", "auth_token"}
    assert sorted(name for asked in requests for name, value in asked.parameters if value == NUMBER) == sorted(PHONES)


@SIZES
def test_slash_number_and_enter_in_one_write_show_the_lead(home: Home, server: ConvosoServer, size: tuple[int, int]) -> None:
    assert phone(ROW - 1) == NUMBER
    with start(home, server, size=size) as terminal:
        before = len(server.requests)
        terminal.send(f"/{NUMBER}\r")
        terminal.wait_for(title(ROW))
        terminal.wait_for(at_row(1, 1))
        assert_looked_up(server.wait_for_requests(before + len(PHONES))[before:])
        terminal.press("escape")
        terminal.wait_for(lambda t: t.lines[-1].startswith(" Row 1 of 1 "))
        before = len(server.requests)
        terminal.press("b")
        wait_for_row(terminal, 1)
        assert len(server.requests) == before
        leave(terminal)


def test_a_number_typed_or_pasted_on_the_table_is_looked_up(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        before = len(server.requests)
        terminal.send(f"{NUMBER}\r")
        terminal.wait_for(title(ROW))
        assert_looked_up(server.wait_for_requests(before + len(PHONES))[before:])
        terminal.press("b")
        terminal.wait_for(lambda t: at_row(1) in t.text and title(ROW) not in t.text)
        before = len(server.requests)
        terminal.paste("+1 (301) 001-0000\n")
        terminal.wait_for(title(ROW))
        assert_looked_up(server.wait_for_requests(before + len(PHONES))[before:])
        close_and_leave(terminal)


def test_a_paste_into_the_box_is_text_until_enter(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        before = len(server.requests)
        terminal.press("/")
        terminal.wait_for(lambda t: bool(question(t, "Look up")))
        terminal.paste("301-001-0000\r\n\x1b")
        terminal.wait_for("301-001-0000")
        terminal.settle()
        # A complete number is looked up early, once in each phone field, and shown when it is entered.
        assert len(server.requests) - before <= 3
        assert title(ROW) not in terminal.text
        terminal.press("enter")
        terminal.wait_for(title(ROW))
        close_and_leave(terminal)


@pytest.mark.parametrize("given", ["(301) 001-0000", "#1010000"])
def test_a_look_up_of_the_command_line_takes_no_key(home: Home, server: ConvosoServer, given: str) -> None:
    with home.open(server, "--lookup", given) as terminal:
        terminal.wait_for(title(ROW))
        terminal.wait_for(at_row(1, 1))
        close_and_leave(terminal)
    assert {asked["offset"] for asked in server.requests} == {"0"}


def test_a_look_up_from_standard_input_leaves_the_keyboard_to_the_program(home: Home, server: ConvosoServer) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"(301) 001-0000\n")
    os.close(writing)
    try:
        with home.open(server, "--lookup", "-", stdin=reading) as terminal:
            terminal.wait_for(title(ROW))
            close_and_leave(terminal)
    finally:
        os.close(reading)


def test_no_lead_found_says_where_it_looked(home: Home, server: ConvosoServer) -> None:
    with home.open(server, "--lookup", "212 555 0143") as terminal:
        terminal.wait_for(at_row(0, 0))
        terminal.wait_for("No lead with phone")
        assert "hone" in terminal.text
        leave(terminal)


def test_a_name_shows_all_leads_that_have_it(home: Home, server: ConvosoServer) -> None:
    with home.open(server, "--lookup", "Public, Jane") as terminal:
        terminal.wait_for(at_row(1, 25_000))
        assert " Lead 1" not in terminal.text
        leave(terminal)
    assert {(asked.get("first_name"), asked.get("last_name")) for asked in server.requests} == {("Jane", "Public")}


def test_one_field_that_cannot_be_searched_is_reported_and_the_others_are_shown(home: Home) -> None:
    with ConvosoServer(account(MILLION, token=TOKEN)) as server:
        server.fault_for = lambda asked: faults.status(403) if asked.get("alt_phone_2") else None
        with home.open(server, "--lookup", NUMBER) as terminal:
            terminal.wait_for(title(ROW))
            terminal.wait_for("Phone 3 could not be searched")
            close_and_leave(terminal)
