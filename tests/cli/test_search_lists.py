"""``lead-tui search`` for lists: thousands of ids or look-ups, in their order, including those without a lead."""

from __future__ import annotations

import csv
import io
import json
import signal
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from lead_tui import limits
from lead_tui.leads.fields import PHONE_FIELDS
from tests.cli.command import PATIENCE, TOKEN, Command, ended, refused
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Fault, Invocation
from tests.servers.leads import account, lead_id, page, phone

REQUESTS_AHEAD = limits.REQUESTS_IN_FLIGHT + 1
LOOK_UP = ("search", "--lookup", "-", "--columns", "lead_id", "--format", "jsonl")
IDS = ("search", "lead_id=-", "--columns", "lead_id", "--format", "jsonl")


@pytest.fixture
def missing(tmp_path: Path) -> Path:
    return tmp_path / "missing.txt"


@pytest.fixture(autouse=True)
def only_main_phones(server: ConvosoServer) -> None:
    """No lead has a second phone."""
    usual = account(5_000, token=TOKEN)

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        if "alt_phone_1" in parameters or "alt_phone_2" in parameters:
            return page([])
        return usual(parameters)

    server.answer = answer


def lines(*values: object) -> bytes:
    return "".join(f"{value}\n" for value in values).encode()


def ids_of(out: bytes) -> list[str]:
    return [json.loads(line)["lead_id"] for line in out.splitlines()]


# Ids


@pytest.mark.parametrize("count", [900, 2_500])
def test_ids_come_in_the_order_of_the_list_and_those_without_a_lead_are_reported(
    command: Command, server: ConvosoServer, missing: Path, count: int
) -> None:
    wanted = [lead_id(index) for index in reversed(range(count))]
    given = [*wanted[:5], "17", *wanted[5:], "", wanted[3], "00018"]
    done = command.call(*IDS, "--missing", str(missing), stdin=lines(*given))
    assert (done.code, ids_of(done.out)) == (0, wanted)
    assert done.err == f"lead-tui: 2 of {count + 2:,} ids have no lead: ids 17 and 18\n"
    assert missing.read_text() == "17\n18\n"
    assert missing.stat().st_mode & 0o777 == 0o600
    assert max(asked["lead_id"].count(",") + 1 for asked in server.requests) == limits.MAX_IDS_PER_REQUEST
    assert len(server.requests) == -(-(count + 2) // limits.MAX_IDS_PER_REQUEST)


def test_ids_on_the_command_line_are_a_list_too(command: Command, missing: Path) -> None:
    given = ",".join([lead_id(7), "5", lead_id(3), lead_id(3)])
    done = command.call("search", f"lead_id={given}", "--columns=lead_id", "--missing", str(missing))
    assert done.lines == ["lead_id", lead_id(7), lead_id(3)]
    assert (done.code, done.err, missing.read_text()) == (0, "lead-tui: 1 of 3 ids has no lead: id 5\n", "5\n")


def test_ids_whose_leads_the_server_counts_but_does_not_send_are_not_missing(
    command: Command, server: ConvosoServer, missing: Path
) -> None:
    sends = server.answer

    def withheld(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        status, body = sends(parameters)
        answer = json.loads(body)
        answer["data"]["entries"] = answer["data"]["entries"][: max(0, 2 - int(parameters["offset"]))]
        return status, json.dumps(answer).encode()

    server.answer = withheld
    given = ",".join(map(lead_id, range(3)))
    done = command.call("search", f"lead_id={given}", "--columns=lead_id", "--missing", str(missing))
    assert (done.code, done.lines[1:]) == (4, [lead_id(0), lead_id(1)])
    assert "the server counts 1 lead more than it sent" in done.err
    assert missing.read_text() == ""


def test_a_list_of_one_is_a_list_too(command: Command) -> None:
    assert command.call(*IDS, stdin=b"17\n").err == "lead-tui: 1 of 1 id has no lead: id 17\n"
    done = command.call("search", "lead_id=-", "--columns=looked_up,lead_id", stdin=lines(f"#{lead_id(7)}"))
    assert (done.lines, done.err) == (["looked_up,lead_id", f"{lead_id(7)},{lead_id(7)}"], "")


def test_an_id_without_a_matching_lead_is_missing_where_other_filters_hold(command: Command) -> None:
    done = command.call(*IDS, "status=NEW", stdin=lines(lead_id(0), lead_id(1)))
    assert ids_of(done.out) == [lead_id(0)]
    assert done.err == f"lead-tui: 1 of 2 ids has no lead that matches the other filters: id {lead_id(1)}\n"


def test_a_limit_given_holds_and_nothing_is_called_missing_then(command: Command, server: ConvosoServer, missing: Path) -> None:
    done = command.call(*IDS, "--limit=3", stdin=lines(*map(lead_id, range(1_000)), 17))
    assert (done.code, done.err, len(done.lines)) == (0, "", 3)
    refused = command.call(*IDS, "--limit=3", "--missing", str(missing), stdin=b"1\n2\n")
    assert (refused.code, missing.exists()) == (2, False)
    assert "leave out --limit" in refused.err


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        (b"1000001\n\nlead_id\n", "lead_id: Line 3 is not an id"),
        (b"1000001\n1,234,000", "lead_id: Line 2 is not an id"),
        (b"0", "lead_id: Line 1 is not an id"),
        (b"\n \n", "Standard input is empty"),
        (b"\xff\xfe1\0", "Standard input cannot be read as text: save it as UTF-8"),
        (b"1\n" * (limits.MAX_LIST_BYTES // 2) + b"1", "Standard input is longer than 2 MB: split the list"),
    ],
    ids=["header", "thousands", "zero", "blank", "no text", "bytes"],
)  # fmt: skip
def test_a_mistake_in_the_list_is_found_before_the_first_request(
    command: Command, server: ConvosoServer, stdin: bytes, said: str
) -> None:
    done = command.call(*IDS, stdin=stdin)
    assert (done.code, done.out) == (2, b"")
    assert said in done.err
    assert not server.requests


def test_many_lists_come_from_standard_input_and_keep_the_usual_limit(command: Command, server: ConvosoServer) -> None:
    server.answer = lambda parameters: page([{"lead_id": each} for each in range(1, 101)], total=1_000)
    done = command.call("search", "list_id=-", "--columns=lead_id", stdin=b"2705\n2706, 2707\n")
    assert (done.code, len(done.lines)) == (0, 101)
    assert server.requests[0]["list_id"] == "2705,2706,2707"
    assert server.requests[0]["limit"] == "100"


def test_thousands_of_lists_are_searched_in_several_requests(command: Command, server: ConvosoServer) -> None:
    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        offset, limit = int(parameters["offset"]), int(parameters["limit"])
        leads = [{"lead_id": 1_000 * int(each) + copy} for each in parameters["list_id"].split(",") for copy in range(3)]
        return page(leads[offset : offset + limit], total=len(leads))

    server.answer = answer
    done = command.call("search", "list_id=-", "--all", "--columns=lead_id", stdin=lines(*range(1, 901)))
    assert (done.code, done.err) == (0, "")
    assert done.lines[1:] == [str(1_000 * each + copy) for each in range(1, 901) for copy in range(3)]
    assert max(asked["list_id"].count(",") for asked in server.requests) < limits.MAX_IDS_PER_REQUEST


def test_the_app_takes_one_line_as_before(command: Command) -> None:
    done = command.call("lead_id=-", stdin=b"1\n2\n")
    assert (done.code, done.out) == (2, b"")
    assert "more than one line" in done.err


# Look-ups


@pytest.mark.parametrize("count", [50, pytest.param(600, marks=pytest.mark.long)])
def test_a_call_list_is_checked_against_the_account(command: Command, server: ConvosoServer, missing: Path, count: int) -> None:
    numbers = [phone(index) for index in range(count)]
    unknown = [f"(212) 555-{index:04d}" for index in range(count)]
    given = [value for pair in zip(numbers, unknown, strict=True) for value in pair]
    done = command.call(*LOOK_UP, "--missing", str(missing), stdin=lines(*given))
    assert (done.code, ids_of(done.out)) == (0, [lead_id(index) for index in range(count)])
    said = f"{count} of {2 * count:,} look-ups have no lead: lines 2, 4, 6, 8, 10, 12, 14, 16, 18, 20 and {count - 10} more"
    assert done.err == f"lead-tui: {said}\n"
    assert missing.read_text().splitlines() == unknown
    assert len(server.requests) == 6 * count


def test_lines_are_phones_emails_and_ids_and_what_they_found_can_be_shown(
    command: Command, server: ConvosoServer, missing: Path
) -> None:
    given = ("\ufeffphone", f"{phone(7)} call after 5", "", f"#{lead_id(8)}", lead_id(7), "ana.okafor@example.com", "x", phone(7))
    stdin = "".join(f"{line}\r\n" for line in given)
    columns = "--columns=looked_up,lead_id"
    done = command.call("search", "--lookup=-", columns, "--missing", str(missing), stdin=stdin.encode())
    found = list(csv.reader(io.StringIO(done.text)))
    assert found[:3] == [["looked_up", "lead_id"], [f"{phone(7)} call after 5", lead_id(7)], [f"#{lead_id(8)}", lead_id(8)]]
    assert {row[0] for row in found[3:]} == {"ana.okafor@example.com"}
    assert len({row[1] for row in found}) == len(found)
    assert (done.code, done.err) == (0, "lead-tui: 2 of 6 look-ups are not phones, emails or lead ids: lines 1 and 7\n")
    assert missing.read_text() == "phone\nx\n"


def test_a_table_of_a_list_says_in_which_fields(command: Command) -> None:
    done = command.call("search", "--lookup=-", "--format=table", "--columns=lead_id", stdin=lines(phone(7), phone(1_234)))
    assert [line.split() for line in done.lines] == [
        ["Lead", "id", "Found", "in"],
        [lead_id(7), "Phone"],
        [lead_id(1_234), "Phone"],
    ]


def test_where_no_line_can_be_understood_it_is_wrong_usage(command: Command, server: ConvosoServer) -> None:
    done = command.call(*LOOK_UP, stdin=b"phone\nJane Public\n12\n")
    assert (done.code, done.out, server.requests) == (2, b"", [])
    assert "No line of standard input is a phone number" in done.err


def test_one_line_with_a_name_is_looked_up_as_before(command: Command, server: ConvosoServer) -> None:
    done = command.call(*LOOK_UP, "--limit=1", stdin=b"\nJane Public\n")
    assert (done.code, len(done.lines)) == (0, 1)
    assert (server.requests[0]["first_name"], server.requests[0]["last_name"]) == ("Jane", "Public")


def test_filters_hold_for_every_look_up(command: Command, server: ConvosoServer) -> None:
    command.call(*LOOK_UP, "status=NI", stdin=lines(phone(7), phone(8)))
    assert {asked["status"] for asked in server.requests} == {"NI"}
    refused = command.call(*LOOK_UP, "alt_phone_1=3015550100", stdin=lines(phone(7), phone(8)))
    assert refused.code == 2
    assert "alt_phone_1 is what --lookup looks in" in refused.err


def failing(*numbers: str) -> object:
    def fault(asked: Invocation) -> Fault | None:
        wanted = any(asked.get(field) in numbers for field in PHONE_FIELDS)
        return faults.application_error(9, "Nope") if wanted else None

    return fault


def test_a_look_up_that_fails_does_not_lose_the_others(command: Command, server: ConvosoServer, missing: Path) -> None:
    server.fault_for = failing(phone(2), phone(4))  # type: ignore[assignment]
    done = command.call(*LOOK_UP, "--missing", str(missing), stdin=lines(*map(phone, range(8)), "2125550100"))
    assert (done.code, ids_of(done.out)) == (4, [lead_id(index) for index in (0, 1, 3, 5, 6, 7)])
    assert done.err.splitlines()[0] == "lead-tui: 1 of 9 look-ups has no lead: line 9"
    assert done.err.splitlines()[1].startswith("lead-tui: Without an answer for lines 3 and 5 (")
    assert missing.read_text() == "2125550100\n"


def test_one_field_that_fails_is_reported_with_the_leads_of_the_others(command: Command, server: ConvosoServer) -> None:
    server.fault_for = lambda asked: faults.application_error(9, "Nope") if asked.get("alt_phone_1") else None
    done = command.call(*LOOK_UP, stdin=lines(phone(0)))
    assert (done.code, ids_of(done.out)) == (4, [lead_id(0)])
    assert "Without an answer for Phone 2 (" in done.err


def test_a_server_that_is_down_does_not_get_a_request_for_every_line(
    command: Command, server: ConvosoServer, missing: Path
) -> None:
    numbers = [phone(index) for index in range(100)]
    server.fault_for = failing(*numbers[10:])  # type: ignore[assignment]
    done = command.call(*LOOK_UP, "--missing", str(missing), stdin=lines(*numbers))
    assert (done.code, ids_of(done.out)) == (4, [lead_id(index) for index in range(10)])
    assert done.err.startswith("lead-tui: After 10 look-ups (the leads so far are written): ")
    assert len(server.requests) < 3 * (10 + limits.MAX_FAILED_LOOK_UPS + 10)
    assert not missing.exists()


def test_a_number_of_too_many_leads_is_a_separate_failure(command: Command, server: ConvosoServer) -> None:
    usual = server.answer

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        if parameters.get("phone_number") != "5555555555":
            return usual(parameters)
        offset = int(parameters["offset"])
        return page([{"lead_id": 7_000_000 + offset + each} for each in range(2_000)], total=1_000_000)

    server.answer = answer
    done = command.call(*LOOK_UP, stdin=lines(phone(0), "5555555555", phone(1)))
    assert (done.code, ids_of(done.out)) == (4, [lead_id(0), lead_id(1)])
    assert "Without an answer for line 2 (More than 10,000 leads match)" in done.err
    assert len(server.requests) < 20


def test_without_an_answer_there_is_no_output(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--lookup=-", stdin=lines(phone(1), phone(2)), token="wrongwrongwrong")
    assert (done.code, done.out) == (3, b"")


# Files


def test_a_file_that_is_there_is_overwritten_with_force_only(command: Command, server: ConvosoServer, missing: Path) -> None:
    missing.write_text("before")
    done = command.call(*IDS, "--missing", str(missing), stdin=b"17\n")
    assert (done.code, done.out, server.requests, missing.read_text()) == (6, b"", [], "before")
    assert command.call(*IDS, "--missing", str(missing), "--force", stdin=b"17\n").code == 0
    assert missing.read_text() == "17\n"
    assert [each.name for each in missing.parent.iterdir() if each.name.startswith("missing")] == ["missing.txt"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("lead_id=-", "--missing=-"), 2, "--missing requires a file"),
        (("status=NEW", "--missing=m.txt"), 2, "--missing requires a list"),
        (("--lookup=3015550100", "--missing=m.txt"), 2, "--missing requires a list: use lead_id=1,2,3, lead_id=-"),
        (("lead_id=-", "--missing=~/x/../a.csv", "-o", "~/a.csv"), 2, "name the same file"),
        (("lead_id=-", "--missing=/nowhere/m.txt"), 6, "Cannot write"),
    ],
)  # fmt: skip
def test_an_impossible_request_is_refused_before_it_is_sent(
    command: Command, server: ConvosoServer, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = command.call("search", *arguments, stdin=b"17\n")
    assert (done.code, server.requests) == (code, [])
    assert said in done.err


def test_a_name_from_standard_input_is_no_list(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--lookup=-", "--missing=m.txt", stdin=b"Jane Public\n")
    refused(done, 2, "--missing requires a list")
    assert not server.requests


def test_an_interrupted_list_is_resumed(command: Command, server: ConvosoServer, tmp_path: Path) -> None:
    target, missing = tmp_path / "leads.jsonl", tmp_path / "missing.txt"
    stdin = lines(*(each for index in range(40) for each in (phone(index), f"212555{index:04d}")))
    arguments = ("search", "--lookup=-", "--columns=looked_up,lead_id", "-o", str(target), "--missing", str(missing))
    release = threading.Event()

    def fault(asked: Invocation) -> Fault | None:
        return (lambda exchange: exchange.hold(release)) if asked.get("alt_phone_2") == phone(25) else None

    server.fault_for = fault
    with command.start(*arguments) as process:
        assert process.stdin is not None
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None
        server.wait_for_requests(3 * (50 + REQUESTS_AHEAD))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    done = ended(process, out, err)
    assert (done.code, target.exists(), missing.exists()) == (130, False, False)
    assert done.err == "lead-tui: interrupted after 50 look-ups: the same command with --resume continues it\n"
    server.fault_for = lambda asked: None
    before = len(server.requests)
    assert command.call(*arguments, "--resume", stdin=b"#1\n").code == 2
    done = command.call(*arguments, "--resume", stdin=stdin)
    assert done.code == 0
    assert len(server.requests) - before == 3 * 30
    assert ids_of(target.read_bytes()) == [lead_id(index) for index in range(40)]
    assert missing.read_text().splitlines() == [f"212555{index:04d}" for index in range(40)]


def test_missing_values_that_cannot_be_written_are_an_error_after_the_leads(
    command: Command, server: ConvosoServer, tmp_path: Path
) -> None:
    target, missing = tmp_path / "leads.jsonl", tmp_path / "folder" / "missing.txt"
    missing.parent.mkdir()
    server.fault_for = lambda asked: missing.parent.rmdir()
    done = command.call(*IDS, "-o", str(target), "--missing", str(missing), stdin=lines(lead_id(1), 17))
    assert (done.code, ids_of(target.read_bytes())) == (6, [lead_id(1)])
    assert "missing.txt (no such folder)" in done.err


def test_the_command_reads_a_list_from_a_pipe(command: Command, server: ConvosoServer) -> None:
    done = command.run(*LOOK_UP, stdin=lines(phone(3), phone(4_999), "2125550100"))
    assert (done.code, ids_of(done.out)) == (0, [lead_id(3), lead_id(4_999)])
    assert done.err == "lead-tui: 1 of 3 look-ups has no lead: line 3\n"
