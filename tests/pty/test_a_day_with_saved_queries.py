"""A user's sessions from the first start to the second: scroll, read, save, quit, and find everything again."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence

from tests.pty.harness import Terminal
from tests.pty.program import MILLION, SIZES, Home, at_row, cursor_line, leave, position, question, wait_for_row
from tests.servers.convoso_server import ConvosoServer

NEW_IN_CALIFORNIA = 25_000


def saved(home: Home) -> dict[str, dict[str, str]]:
    """Return the filters of the saved queries by name."""
    read = tomllib.loads(home.queries_file.read_text())
    assert read["schema"] == 1
    return {query["name"]: query["filters"] for query in read["query"]}


def save(terminal: Terminal, name: str) -> None:
    """Save the current search, from the table."""
    terminal.press("w")
    terminal.wait_for(lambda t: bool(question(t, "Save as")))
    terminal.send(name)
    terminal.wait_for(lambda t: name in question(t, "Save as"))
    terminal.press("enter")
    terminal.wait_for(lambda t: not question(t, "Save as") and f"Saved as {name}" in t.text)


@SIZES
def test_queries_saved_yesterday_are_there_today(home: Home, server: ConvosoServer, size: tuple[int, int]) -> None:
    with home.open(server, "status=NEW", "state=CA", size=size) as terminal:
        terminal.wait_for(lambda t: at_row(1, NEW_IN_CALIFORNIA) in t.text and bool(cursor_line(t)))
        first = cursor_line(terminal)
        terminal.press("pagedown")
        terminal.wait_for(lambda t: position(t)[0] > 1)
        terminal.press("G")
        terminal.wait_for(at_row(NEW_IN_CALIFORNIA, NEW_IN_CALIFORNIA))
        terminal.wait_for(lambda t: "· · ·" not in t.text and cursor_line(t) not in ("", first))
        terminal.press("enter")
        terminal.wait_for(" Lead 1")
        terminal.press("pagedown", "pagedown", "pagedown")
        terminal.wait_for("Custom attributes")
        terminal.press("escape")
        terminal.wait_for(lambda t: bool(cursor_line(t)))
        terminal.settle()
        save(terminal, "New in California")
        leave(terminal)
    assert saved(home) == {"New in California": {"status": "NEW", "state": "CA"}}
    asked = len(server.requests)

    with home.open(server, "--query", "New in California", size=size) as terminal:
        terminal.wait_for(at_row(1, NEW_IN_CALIFORNIA))
        terminal.wait_for(lambda t: "New in California" in t.lines[0])
        terminal.wait_for(lambda t: cursor_line(t) == first)
        leave(terminal)
    assert {(each.get("status"), each.get("state")) for each in server.requests[asked:]} == {("NEW", "CA")}


def test_a_filter_of_the_command_line_wins_over_the_saved_one(home: Home, server: ConvosoServer) -> None:
    home.write("queries.toml", 'schema = 1\n\n[[query]]\nname = "Q"\nfilters = { status = "NEW", state = "NY" }\n')
    with home.open(server, "--query", "Q", "state=CA") as terminal:
        terminal.wait_for(at_row(1, NEW_IN_CALIFORNIA))
        leave(terminal)
    assert {(each.get("status"), each.get("state")) for each in server.requests} == {("NEW", "CA")}


def test_an_unknown_query_leaves_the_terminal_as_it_was_but_for_a_sentence(home: Home, server: ConvosoServer) -> None:
    with home.open(server, "--query", "Nothing of the kind") as terminal:
        assert terminal.wait_for_exit() == 2
        *_, shown = bytes(terminal.raw).rpartition(b"\x1b[?1049l\x1b[?25h")
        assert shown.startswith(b"lead-tui: There is no saved query Nothing of the kind"), shown
        assert b"Traceback" not in terminal.raw
    assert not server.requests


def test_two_that_save_at_the_same_moment_both_find_theirs(home: Home, server: ConvosoServer) -> None:
    searches = (("status=NEW",), ("state=CA",))
    with home.open(server, *searches[0]) as one, home.open(server, *searches[1]) as other:
        both: Sequence[Terminal] = (one, other)
        for terminal in both:
            terminal.wait_for(" loaded ")
        for attempt in range(2):
            for number, terminal in enumerate(both):
                terminal.press("w")
                terminal.wait_for(lambda t: bool(question(t, "Save as")))
                terminal.send(f"of {number}, {attempt}")
                terminal.wait_for(f"of {number}, {attempt}")
            for terminal in both:
                terminal.press("enter")
            for number, terminal in enumerate(both):
                terminal.wait_for(f"Saved as of {number}, {attempt}")
        for terminal in both:
            leave(terminal)
    assert saved(home) == {
        f"of {number}, {attempt}": dict([search[0].split("=")]) for number, search in enumerate(searches) for attempt in range(2)
    }
    for number, found in ((0, "status NEW"), (1, "state CA")):
        with home.open(server, "--query", f"of {number}, 1") as terminal:
            terminal.wait_for(found)
            terminal.wait_for(" loaded ")
            leave(terminal)


def test_a_file_of_queries_that_does_not_parse_is_left_as_it_is_and_nothing_saved_is_lost(
    home: Home, server: ConvosoServer
) -> None:
    broken = '# mine, half written\nschema = 1\n[[query]]\nname = "Old\n'
    home.write("queries.toml", broken)
    with home.open(server, "state=CA") as terminal:
        terminal.wait_for(" loaded ")
        terminal.settle()
        terminal.press("w")
        terminal.wait_for(lambda t: bool(question(t, "Save as")))
        terminal.send("Californians\r")
        terminal.wait_for(" Saved to ")
        leave(terminal)
    assert home.queries_file.read_text() == broken
    with home.open(server, "--query", "Californians") as terminal:
        terminal.wait_for(lambda t: "state CA" in t.lines[0])
        terminal.wait_for(" loaded ")
        leave(terminal)
    assert home.queries_file.read_text() == broken


def test_the_picker_runs_a_saved_query_by_its_digit(home: Home, server: ConvosoServer) -> None:
    home.write("queries.toml", 'schema = 1\n\n[[query]]\nname = "Coast"\nfilters = { state = "CA" }\nkey = "4"\n')
    with home.open(server) as terminal:
        wait_for_row(terminal, 1)
        terminal.press("o")
        terminal.wait_for("Saved queries")
        terminal.wait_for("Coast")
        terminal.press("4")
        terminal.wait_for(at_row(1, MILLION // 8))
        terminal.wait_for(lambda t: "Coast" in t.lines[0])
        leave(terminal)


def test_the_start_query_is_what_it_starts_with(home: Home, server: ConvosoServer) -> None:
    home.write("queries.toml", 'schema = 1\n\n[[query]]\nname = "Coast"\nfilters = { state = "CA" }\nstart = true\n')
    with home.open(server) as terminal:
        terminal.wait_for(at_row(1, MILLION // 8))
        leave(terminal)
    with home.open(server, "state=NY") as terminal:
        terminal.wait_for(lambda t: "state NY" in t.lines[0])
        terminal.wait_for(" loaded ")
        leave(terminal)
    assert {each.get("state") for each in server.requests} == {"CA", "NY"}


def test_it_works_on_the_demo_without_a_token_and_without_a_server(home: Home) -> None:
    with home.open(None, environ={"CONVOSO_AUTH_TOKEN": ""}) as terminal:
        terminal.wait_for(at_row(1, 1000))
        terminal.press("G")
        terminal.wait_for(at_row(1000, 1000))
        terminal.press("enter")
        terminal.wait_for(" Lead ")
        terminal.press("escape")
        terminal.wait_for(lambda t: bool(cursor_line(t)))
        save(terminal, "Everyone")
        leave(terminal)
    assert saved(home) == {"Everyone": {}}
