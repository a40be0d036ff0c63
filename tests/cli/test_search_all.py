"""``lead-tui search --all`` against a real server: every lead once, whatever happens in between."""

from __future__ import annotations

import csv
import io
import json
import signal
from collections.abc import Mapping

import pytest

from tests.cli.command import PATIENCE, TOKEN, Command
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import Answer, account, lead_id, page, refusal

COUNT = 9_000

FORMULAS = ["=cmd|' /C calc'!A0", "+1", "+13015550123", "@SUM(A1)", "\t=1", "\tx", "-2+3", "-1", "-7.00", "harmless"]


@pytest.fixture(autouse=True)
def many(server: ConvosoServer) -> None:
    server.answer = account(COUNT, token=TOKEN)


def ids(text: str) -> list[str]:
    return [json.loads(line)["lead_id"] for line in text.splitlines()]


def test_every_lead_comes_once_in_the_order_of_the_offsets_in_pages_of_2000(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--all", "--format=jsonl")
    assert (done.code, done.err) == (0, "")
    assert ids(done.text) == [lead_id(index) for index in range(COUNT)]
    assert sorted(int(asked["offset"]) for asked in server.requests) == list(range(0, COUNT, 2_000))
    assert {asked["limit"] for asked in server.requests} == {"2000"}


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_every_format_has_every_lead(command: Command, form: str) -> None:
    done = command.call("search", "--all", f"--format={form}", "--columns=lead_id,name,notes")
    assert (done.code, done.err) == (0, "")
    match form:
        case "csv":
            found = [row[0] for row in csv.reader(io.StringIO(done.text, newline=""))][1:]
        case "json":
            found = [lead["lead_id"] for lead in json.loads(done.text)]
        case _:
            found = [line.split()[0] for line in done.lines[1:]]
    assert found == [lead_id(index) for index in range(COUNT)]


def shifting(answer: Answer, by: int, total: int) -> Answer:
    """*answer*, whose window moves by *by* leads once 4,000 have been read; it counts *total* from then on."""

    def moved(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        offset = int(parameters["offset"])
        if offset < 4_000:
            return answer(parameters)
        status, body = answer({**parameters, "offset": str(offset - by)})
        return status, body.replace(f'"total":"{COUNT}"'.encode(), f'"total":"{total}"'.encode())

    return moved


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_window_that_moves_by_three_leads_gives_no_lead_twice_and_the_count(
    command: Command, server: ConvosoServer, form: str
) -> None:
    server.answer = shifting(server.answer, 3, COUNT + 3)
    done = command.call("search", "--all", f"--format={form}", "--columns=lead_id")
    found = done.lines[1:] if form == "csv" else ids(done.text)
    assert found == [lead_id(index) for index in range(COUNT)]
    assert done.code == 0
    assert done.err == (
        "lead-tui: Left out, having come before: 3 leads\n"
        "lead-tui: The total moved from 9,000 to 9,003 while the leads were read: some may be missing\n"
    )


def test_leads_that_went_missing_while_the_total_stayed_are_counted(command: Command, server: ConvosoServer) -> None:
    answer = server.answer

    def fewer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        status, body = answer(parameters)
        return status, body.replace(f'"total":"{COUNT}"'.encode(), b'"total":"9010"')

    server.answer = fewer
    done = command.call("search", "--all", "--format=jsonl", "--columns=lead_id")
    assert len(done.lines) == COUNT
    assert (done.code, done.err) == (0, "lead-tui: The server counts 9,010 leads and sent 9,000\n")


def test_a_key_that_the_last_lead_alone_has_stands_in_the_header(command: Command, server: ConvosoServer) -> None:
    leads: list[dict[str, object]] = [{"lead_id": str(index), "city": "Rome"} for index in range(1, 4_500)]
    leads.append({"lead_id": "4500", "city": "Oslo", "first_name": "Ola", "plan_sold": "Gold"})

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        offset, limit = int(parameters["offset"]), int(parameters["limit"])
        return page(leads[offset : offset + limit], total=len(leads), offset=offset, limit=limit)

    server.answer = answer
    done = command.call("search", "--all")
    assert done.code == 0
    assert done.lines[0] == "first_name,city,lead_id,plan_sold"
    assert done.lines[1] == ",Rome,1,"
    assert done.lines[-1] == "Ola,Oslo,4500,Gold"
    assert len(done.lines) == 4_501


def test_formulas_are_harmless_in_csv_and_unchanged_in_json(command: Command, server: ConvosoServer) -> None:
    server.answer = lambda parameters: page([{"lead_id": index + 1, "notes": text} for index, text in enumerate(FORMULAS)])

    def notes(*arguments: str) -> list[str]:
        done = command.call("search", "--all", "--columns=notes", *arguments)
        assert done.code == 0
        return [row[0] for row in csv.reader(io.StringIO(done.text, newline=""))][1:]

    assert notes("--format=csv") == [*(f"'{each}" for each in FORMULAS[:7]), *FORMULAS[7:]]
    assert notes("--format=csv", "--raw-csv") == FORMULAS
    assert [lead["notes"] for lead in json.loads(command.call("search", "--all", "--format=json").text)] == FORMULAS


def deep(answer: Answer, depth: int) -> Answer:
    """*answer*, paging no deeper than *depth*."""

    def shallow(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        return refusal(7231, "Invalid offset value") if int(parameters["offset"]) >= depth else answer(parameters)

    return shallow


def test_what_lies_deeper_than_the_server_pages_comes_in_windows(command: Command, server: ConvosoServer) -> None:
    server.answer = deep(server.answer, 4_000)
    done = command.call("search", "--all", "--format=jsonl", "--columns=lead_id")
    assert (done.code, done.err) == (0, "")
    assert sorted(ids(done.text)) == [lead_id(index) for index in range(COUNT)]


def test_what_cannot_be_reached_at_all_is_counted_with_4(command: Command, server: ConvosoServer) -> None:
    server.answer = deep(lambda parameters: answer({**parameters, "status": "", "list_id": ""}), 2_000)
    crowd = [{"lead_id": str(index), "list_id": "7", "status": "NEW"} for index in range(1, 3_001)]

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        offset, limit = int(parameters["offset"]), int(parameters["limit"])
        return page(crowd[offset : offset + limit], total=3_000)

    done = command.call("search", "--all", "--format=jsonl")
    assert len(done.lines) == 2_000
    assert done.code == 4
    assert done.err == (
        "lead-tui: 1,000 of 3,000 leads cannot be reached, not even by time, list and status, since the server pages no deeper "
        "than 2,000; the other 2,000 are written: narrow the search to get at them\n"
    )


def test_what_came_before_a_failure_is_printed_whole_and_told(command: Command, server: ConvosoServer) -> None:
    server.fault_for = lambda asked: faults.redirect("https://elsewhere.example/v1") if asked["offset"] == "4000" else None
    done = command.call("search", "--all", "--format=json", "--columns=lead_id")
    assert len(json.loads(done.text)) == 4_000
    assert done.code == 4
    assert done.err.startswith("lead-tui: After 4,000 leads, which are written: ")


def test_whoever_stops_reading_does_not_hold_up_an_interrupt(command: Command) -> None:
    with command.start("search", "--all", "--format=jsonl") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        # It has begun to write a page, which no pipe can hold.
        assert process.stdout.read(10)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        process.stdout.close()
        assert process.stderr.read() == b"lead-tui: interrupted\n"


def test_a_look_up_can_have_all_it_finds(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--lookup=Zoë", "--all", "--format=jsonl", "--columns=lead_id")
    assert done.code == 0
    assert len(done.lines) == COUNT // 10
