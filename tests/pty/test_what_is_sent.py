"""What the program sends to a real server for a search: what was requested, and nothing else."""

from __future__ import annotations

import re
from collections import Counter

from tests.pty.program import SIZES, TOKEN, Home, at_row, cursor_line, leave, start
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Invocation

NEW_IN_CALIFORNIA = 25_000
"""Every 40th of the leads is new and in California."""


def assert_sent(asked: Invocation, **filters: str) -> None:
    """Check that a search for *filters* has the filters, offset, limit and token once each, and no more."""
    assert (asked.method, asked.path) == ("GET", "/v1/leads/search")
    assert Counter(name for name, _ in asked.parameters) == Counter([*filters, "offset", "limit", "auth_token"])
    assert {name: asked[name] for name in filters} == filters
    assert asked["auth_token"] == TOKEN
    assert asked["offset"].isdigit()
    assert 0 < int(asked["limit"]) <= 2_000
    assert not {"cookie", "authorization", "referer", "content-type", "content-length"} & set(asked.headers)
    assert TOKEN not in "".join(asked.headers.values())


def searches(server: ConvosoServer) -> list[Invocation]:
    """Return the requests for leads; suggestions may also request the names of statuses and users, once."""
    return [asked for asked in server.requests if asked.path not in ("/v1/status/search", "/v1/users/search")]


def test_filters_of_the_command_line_are_sent_and_nothing_else(home: Home, server: ConvosoServer) -> None:
    with home.open(server, "status=NEW", "state=CA") as terminal:
        terminal.wait_for(at_row(1, NEW_IN_CALIFORNIA))
        terminal.press("G")
        terminal.wait_for(at_row(NEW_IN_CALIFORNIA, NEW_IN_CALIFORNIA))
        terminal.wait_for(lambda t: "· · ·" not in t.text)
        leave(terminal)
    assert len(server.requests) >= 2
    for asked in server.requests:
        assert_sent(asked, status="NEW", state="CA")


@SIZES
def test_filters_of_the_panel_are_sent_on_enter_and_nothing_else(home: Home, server: ConvosoServer, size: tuple[int, int]) -> None:
    with start(home, server, size=size) as terminal:
        before = searches(server)
        for asked in before:
            assert_sent(asked)
        terminal.press("f")
        for name, value in (("status", "NEW"), ("state", "CA")):
            terminal.press("ctrl+f")
            terminal.wait_for("part of its name")
            terminal.send(f"{name}\r")
            terminal.wait_for(f"▌{name.title()} ")
            terminal.send(value)
            terminal.wait_for(re.compile(rf"▌{name.title()} .* {value} "))
        assert searches(server) == before
        terminal.press("enter")
        terminal.wait_for(at_row(1, NEW_IN_CALIFORNIA))
        leave(terminal)
    assert len(searches(server)) > len(before)
    for asked in searches(server)[len(before) :]:
        assert_sent(asked, status="NEW", state="CA")


def test_a_custom_filter_is_sent_under_its_own_name(home: Home, server: ConvosoServer) -> None:
    with home.open(server, "+member_id=QX-0007") as terminal:
        terminal.wait_for(at_row(1, 5_000))
        leave(terminal)
    for asked in server.requests:
        assert_sent(asked, member_id="QX-0007")


def test_one_wrong_value_in_the_panel_is_reported_at_the_field_and_nothing_is_sent(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        before = len(searches(server))
        terminal.press("f", "ctrl+f")
        terminal.wait_for("part of its name")
        terminal.send("owner id\r")
        terminal.wait_for("▌Owner id ")
        terminal.send("Atlantis\r")
        terminal.wait_for(lambda t: any("!" in line and "digits" in line.lower() for line in t.lines))
        terminal.settle()
        assert "▌Owner id Atlantis" in " ".join(terminal.text.split())
        assert len(searches(server)) == before
        terminal.press("escape")
        terminal.wait_for(lambda t: bool(cursor_line(t)))
        leave(terminal)


def test_a_missing_token_is_prompted_for_behind_a_mask_and_sent(home: Home, server: ConvosoServer) -> None:
    with home.open(server, environ={"CONVOSO_AUTH_TOKEN": ""}) as terminal:
        terminal.wait_for("paste the token")
        terminal.send(f"{TOKEN}\r")
        terminal.wait_for(at_row(1))
        leave(terminal)
        assert TOKEN.encode() not in terminal.raw
    assert_sent(server.requests[-1])


def test_a_refused_token_is_prompted_for_again_and_never_shown(home: Home, server: ConvosoServer) -> None:
    wrong = "wr0ngwr0ngwr0ngwr0ngwr0ngwr0ng55"
    with home.open(server, environ={"CONVOSO_AUTH_TOKEN": wrong}) as terminal:
        terminal.wait_for("paste the token")
        terminal.send(f"{TOKEN}\r")
        terminal.wait_for(at_row(1))
        leave(terminal)
        assert TOKEN.encode() not in terminal.raw
        assert wrong.encode() not in terminal.raw
    assert_sent(server.requests[-1])


def test_a_redirect_does_not_get_the_token(home: Home, server: ConvosoServer) -> None:
    with ConvosoServer(server.answer) as elsewhere:
        server.always = faults.redirect(f"{elsewhere.base_url}/leads/search")
        with home.open(server) as terminal:
            terminal.wait_for("HTTP 302")
            terminal.settle()
            leave(terminal)
        assert elsewhere.connections == 0
    assert len(server.requests) == 1
