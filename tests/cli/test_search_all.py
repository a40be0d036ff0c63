"""``lead-tui search --all`` against a real server: every lead once, whatever happens meanwhile."""

from __future__ import annotations

import csv
import io
import json
import signal
from collections.abc import Callable, Mapping

import pytest

from lead_tui import limits
from tests.cli.command import PATIENCE, TOKEN, Command
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Fault, Invocation
from tests.servers.leads import Answer, account, lead_id, page, refusal

COUNT = 9_000

FORMULAS = ["=cmd|' /C calc'!A0", "+cmd", "'=1+1", "@SUM(A1)", "\t=1", "\tx", "-2+3", "-1", "-7.00", "harmless"]


@pytest.fixture(autouse=True)
def many(server: ConvosoServer) -> None:
    server.answer = account(COUNT, token=TOKEN)


def ids(text: str) -> list[str]:
    return [json.loads(line)["lead_id"] for line in text.splitlines()]


def test_every_lead_comes_once_in_the_order_of_the_offsets_in_pages_of_2000(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--all", "--format=jsonl")
    assert (done.code, done.err) == (0, "")
    assert ids(done.text) == [lead_id(index) for index in range(COUNT)]
    assert sorted(int(asked["offset"]) for asked in server.requests) == list(range(0, COUNT, 1_999))
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


class Live:
    """An account of *count* leads, newest first; ``change`` is called once, when offset *at* is requested."""

    def __init__(self, count: int, change: Callable[[list[str]], None], at: int) -> None:
        self.ids = [str(1_000_000 - index) for index in range(count)]
        self.counts = len
        self._change: Callable[[list[str]], None] | None = change
        self._at = at

    def __call__(self, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        offset, limit = int(parameters["offset"]), int(parameters["limit"])
        if offset >= self._at and self._change is not None:
            self._change(self.ids)
            self._change = None
        return page([{"lead_id": each} for each in self.ids[offset : offset + limit]], total=self.counts(self.ids))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("shift", ["inserted", "deleted", "both"])
def test_a_result_that_shifts_while_it_is_read_loses_no_lead(
    command: Command, server: ConvosoServer, form: str, shift: str
) -> None:
    def change(leads: list[str]) -> None:
        if shift != "inserted":
            del leads[100:102]
        if shift != "deleted":
            leads[:0] = ["2000003", "2000002", "2000001"]

    server.answer = live = Live(COUNT, change, 5_000)
    before = list(live.ids)
    done = command.call("search", "--all", f"--format={form}", "--columns=lead_id")
    found = done.lines[1:] if form == "csv" else ids(done.text)
    new = [] if shift == "deleted" else live.ids[:3]
    assert found == [*before, *new]
    total = {"inserted": "9,003", "deleted": "8,998", "both": "9,001"}[shift]
    assert (done.code, done.err) == (0, f"lead-tui: The total changed from 9,000 to {total} while the leads were read\n")


def test_leads_that_are_missing_at_the_end_are_counted_with_4(command: Command, server: ConvosoServer) -> None:
    def change(leads: list[str]) -> None:
        # Leads not read yet come before those that are read, further down than is read again.
        leads[28_000:28_000] = [leads.pop(34_000) for _ in range(3)]

    server.answer = Live(36_000, change, 31_000)
    done = command.call("search", "--all", "--columns=lead_id")
    assert len(done.lines) == 1 + 36_000 - 3
    assert done.code == 4
    assert done.err == "lead-tui: 3 leads of 36,000 could not be read: the result changed while it was read: search again\n"


def test_leads_that_the_server_counts_and_does_not_send_are_reported_with_4(command: Command, server: ConvosoServer) -> None:
    server.answer = live = Live(COUNT, lambda leads: None, 0)
    live.counts = lambda leads: len(leads) + 10
    done = command.call("search", "--all", "--columns=lead_id")
    assert len(done.lines) == 1 + COUNT
    assert done.code == 4
    assert (
        done.err == "lead-tui: 10 leads of 9,010 could not be read: the server counts more than the 9,000 it sent: search again\n"
    )


@pytest.mark.parametrize(("total", "what"), [(COUNT, "7,000 leads of 9,000 could not be read"), ("", "Leads may be missing")])
def test_a_server_that_sends_the_same_page_for_every_offset_is_reported_with_4(
    command: Command, server: ConvosoServer, total: object, what: str
) -> None:
    leads = [{"lead_id": str(index)} for index in range(1, 2_001)]
    server.answer = lambda parameters: page(leads[: int(parameters["limit"])], total=total)
    done = command.call("search", "--all", "--columns=lead_id")
    assert len(done.lines) == 2_001
    assert done.code == 4
    reason = "the server sends the same page for every offset"
    assert done.err == f"lead-tui: {what}: {reason}: narrow the search until it fits on one page\n"


def test_a_key_that_the_last_lead_alone_has_is_in_the_header(command: Command, server: ConvosoServer) -> None:
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
    leads = [{"lead_id": index + 1, "notes": text} for index, text in enumerate(FORMULAS)]
    server.answer = lambda parameters: page(leads[int(parameters["offset"]) :], total=len(leads))

    def notes(*arguments: str) -> list[str]:
        done = command.call("search", "--all", "--columns=notes", *arguments)
        assert done.code == 0
        return [row[0] for row in csv.reader(io.StringIO(done.text, newline=""))][1:]

    assert notes("--format=csv") == [*(f"'{each}" for each in FORMULAS[:7]), *FORMULAS[7:]]
    assert notes("--format=csv", "--raw-csv") == FORMULAS
    assert [lead["notes"] for lead in json.loads(command.call("search", "--all", "--format=json").text)] == FORMULAS


def deep(answer: Answer, depth: int) -> Answer:
    """Return *answer*, but paging no deeper than *depth*."""

    def shallow(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        return refusal(7231, "Invalid offset value") if int(parameters["offset"]) >= depth else answer(parameters)

    return shallow


def test_results_past_the_servers_depth_are_read_in_windows(command: Command, server: ConvosoServer) -> None:
    server.answer = deep(server.answer, 4_000)
    done = command.call("search", "--all", "--format=jsonl", "--columns=lead_id")
    assert (done.code, done.err) == (0, "")
    assert sorted(ids(done.text)) == [lead_id(index) for index in range(COUNT)]


def test_unreachable_leads_are_counted_with_4(command: Command, server: ConvosoServer) -> None:
    server.answer = deep(lambda parameters: answer({**parameters, "status": "", "list_id": ""}), 2_000)
    crowd = [{"lead_id": str(index), "list_id": "7", "status": "NEW"} for index in range(1, 5_001)]

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        offset, limit = int(parameters["offset"]), int(parameters["limit"])
        return page(crowd[offset : offset + limit], total=5_000)

    done = command.call("search", "--all", "--format=jsonl")
    assert len(done.lines) == 3_999
    assert done.code == 4
    assert done.err == (
        "lead-tui: 1,001 leads of 5,000 could not be read: the server pages no deeper than 3,998: "
        "narrow the search to get at them\n"
    )


def test_leads_before_a_failure_are_printed_completely_and_reported(command: Command, server: ConvosoServer) -> None:
    server.fault_for = lambda asked: faults.redirect("https://elsewhere.example/v1") if asked["offset"] == "3998" else None
    done = command.call("search", "--all", "--format=json", "--columns=lead_id")
    assert len(json.loads(done.text)) == 3_999
    assert done.code == 4
    assert done.err.startswith("lead-tui: After 3,999 leads (the leads so far are written): ")


@pytest.mark.parametrize("arguments", [("--all", "--format=jsonl"), ("--all", "--format=csv"), ("lead_id=-", "--format=jsonl")])
def test_a_reader_that_stops_does_not_hold_up_an_interrupt(command: Command, arguments: tuple[str, ...]) -> None:
    with command.start("search", *arguments) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        with process.stdin as stdin:
            stdin.write("".join(f"{lead_id(index)}\n" for index in range(5_000)).encode() if "lead_id=-" in arguments else b"")
        # It has begun to write a page, which is larger than a pipe's buffer.
        assert process.stdout.read(10)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        process.stdout.close()
        assert process.stderr.read() == b"lead-tui: interrupted\n"


def test_a_look_up_can_have_all_it_finds(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--lookup=Zoë", "--all", "--format=jsonl", "--columns=lead_id")
    assert done.code == 0
    assert len(done.lines) == COUNT // 10


# Leads that the server cannot send


def cannot_send(*bad: int) -> Callable[[Invocation], Fault | None]:
    """As PHP's ``json_encode`` does: an empty body for each page that holds one of the leads *bad*, by offset."""

    def fault_for(asked: Invocation) -> Fault | None:
        start = int(asked["offset"])
        return faults.body(b"") if any(start <= each < start + int(asked["limit"]) for each in bad) else None

    return fault_for


@pytest.fixture
def hasty(command: Command, server: ConvosoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RETRY_FIRST_WAIT", 0.001)
    command.configure(f'[profiles.main]\nbase_url = "{server.base_url}"\n[pace]\nrequests_per_second = 0\n')
    server.answer = account(5_000, token=TOKEN)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ((7, 3_332, 4_999), "3 leads could not be read: rows 8, 3,333, 5,000"),
        ((3_332,), "1 lead could not be read: row 3,333"),
        # The row that two pages share.
        ((1_999,), "1 lead could not be read: row 2,000"),
    ],
)
def test_an_export_continues_after_leads_that_the_server_cannot_send_and_names_them(
    command: Command, server: ConvosoServer, bad: tuple[int, ...], said: str
) -> None:
    server.fault_for = cannot_send(*bad)
    done = command.call("search", "--all", "--format=jsonl", "-o", str(command.home / "leads.jsonl"))
    assert done.code == 4
    assert said in done.err
    assert ids((command.home / "leads.jsonl").read_text()) == [lead_id(index) for index in range(5_000) if index not in bad]
    assert len(server.requests) <= 70


@pytest.mark.usefixtures("hasty")
def test_a_server_that_goes_down_in_an_export_is_an_outage_and_resuming_passes_the_place(
    command: Command, server: ConvosoServer
) -> None:
    server.fault_for = lambda asked: faults.body(b"") if int(asked["offset"]) > 1_000 or int(asked["limit"]) == 1 else None
    done = command.call("search", "--all", "--format=jsonl", "-o", str(command.home / "leads.jsonl"))
    assert (done.code, "After 2,000 leads" in done.err, "could not be read" in done.err) == (4, True, False)
    server.fault_for = cannot_send(2_500, 2_501)
    done = command.call("search", "--all", "--format=jsonl", "-o", str(command.home / "leads.jsonl"), "--resume")
    assert "2 leads could not be read: rows 2,501, 2,502" in done.err
    assert len(ids((command.home / "leads.jsonl").read_text())) == 4_998


@pytest.mark.usefixtures("hasty")
def test_a_result_of_one_lead_that_cannot_be_sent_is_not_an_empty_one(command: Command, server: ConvosoServer) -> None:
    server.fault_for = cannot_send(0)
    done = command.call("search", f"lead_id={lead_id(4)}", "--format=jsonl")
    assert (done.code, done.text) == (4, "")
    assert done.err.startswith("lead-tui: 1 lead could not be read: row 1")
