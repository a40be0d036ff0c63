"""``lead-tui history``: what it prints in each format, and the effect of a forbidden section."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer

CALLS = (Path(__file__).parents[1] / "samples" / "44_log_retrieve_by_lead.json").read_bytes()
NOTHING = b'{"success": true, "data": {"results": []}}'
FORBIDDEN = b'{"success": false, "code": 403, "text": "Forbidden"}'
SECTIONS = ("log/retrieve", "callbacks/search", "leads/get-recordings")


def serve(server: ConvosoServer, forbidden: str = "") -> None:
    for section in SECTIONS:
        body = FORBIDDEN if section == forbidden else CALLS if section == "log/retrieve" else NOTHING
        server.sections[section] = lambda _, body=body: (200, body)  # type: ignore[misc]


def test_calls_are_printed_with_the_newest_first(command: Command, server: ConvosoServer) -> None:
    serve(server)
    done = command.call("history", "700102")
    assert (done.code, done.err) == (0, "")
    assert done.lines[0] == "when,local,event,who,status,status_name,length,note,recording"
    assert [line.split(",")[:7] for line in done.lines[1:]] == [
        ["2026-03-09 16:38:51", "", "call", "Priya Nair", "CB", "Requested Callback", "1:33"],
        ["2026-03-08 10:01:00", "", "call", "System User", "NA", "No Answer AutoDial", "0:00"],
    ]
    assert sorted(request.path for request in server.requests) == sorted(f"/v1/{section}" for section in SECTIONS)
    assert {request["lead_id"] for request in server.requests} == {"700102"}


def test_a_search_requests_nothing_beside_it(command: Command, server: ConvosoServer) -> None:
    serve(server)
    assert command.call("search", "status=NEW").code == 0
    assert {request.path for request in server.requests} == {"/v1/leads/search"}


def test_with_the_accounts_time_zone_the_leads_local_time_is_printed(command: Command, server: ConvosoServer) -> None:
    serve(server)
    lead = {"lead_id": "700102", "gmt_offset_now": "0.00", "country": "GB", "phone_code": "44"}
    server.answer = lambda _: (200, json.dumps({"success": True, "data": {"total": 1, "entries": [lead]}}).encode())
    command.configure(f'[account]\ntimezone = "America/Los_Angeles"\n[profiles.main]\nbase_url = "{server.base_url}"\n')
    (first, _) = (json.loads(line) for line in command.call("history", "#000700102", "--format=jsonl").lines)
    assert (first["when"], first["local"]) == ("2026-03-09 16:38:51", "2026-03-09 23:38")
    assert [request["lead_id"] for request in server.requests if request.path.endswith("leads/search")] == ["700102"]


def test_json_has_the_same(command: Command, server: ConvosoServer) -> None:
    serve(server)
    first, _ = json.loads(command.call("history", "#700102", "--format=json").text)
    assert (first["who"], first["length"]) == ("Priya Nair", "1:33")


@pytest.mark.parametrize("section", SECTIONS)
def test_a_forbidden_section_is_named_and_ends_with_4(command: Command, server: ConvosoServer, section: str) -> None:
    serve(server, forbidden=section)
    done = command.call("history", "700102")
    assert done.code == 4
    assert f"This token may not read {section}" in done.err
    assert ("Priya Nair" in done.text) is (section != "log/retrieve")


def test_without_any_section_it_ends_with_4(command: Command, server: ConvosoServer) -> None:
    done = command.call("history", "700102")
    assert (done.code, done.lines[1:]) == (4, [])
    assert "web page" in done.err


def test_having_no_events_is_not_a_failure(command: Command, server: ConvosoServer) -> None:
    serve(server)
    server.sections["log/retrieve"] = lambda _: (200, NOTHING)
    done = command.call("history", "700102", "--days=7")
    assert (done.code, done.lines[1:]) == (0, [])
    assert "in the last 7 days" in done.err


@pytest.mark.parametrize("words", [(), ("0",), ("00",), ("1", "2"), ("Dana",), ("-1",)], ids=str)
def test_no_request_is_sent_for_an_invalid_lead_id(command: Command, server: ConvosoServer, words: tuple[str, ...]) -> None:
    serve(server)
    done = command.call("history", *words)
    assert (done.code, done.out) == (2, b"")
    assert server.requests == []


def test_any_number_of_days_is_possible_and_a_failure_of_all_sections_is_one_sentence(
    command: Command, server: ConvosoServer
) -> None:
    serve(server)
    assert command.call("history", "700102", "--days=999999999999").code == 0
    server.always = faults.status(404)
    done = command.call("history", "700102")
    assert (done.code, done.err.count("\n")) == (4, 1)


def test_the_demo_has_a_history(command: Command) -> None:
    done = command.call("history", "1000004", "--demo=5000", "--days=3650", "--format=jsonl")
    assert done.code == 0
    assert json.loads(done.lines[0])["event"] == "call"
