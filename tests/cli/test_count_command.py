"""``lead-tui search --count``: how many leads match, and by the values of a field."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.cli.test_on_a_terminal import HOSTILE
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Fault, Invocation
from tests.servers.leads import lead_id, page

BY_STATUS = ("search", "--count", "--by", "status")
ALL_STATUSES = [["value", "count"], *([code, "1000"] for code in ("CB", "DNC", "NA", "NEW", "NI"))]


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


# The number


def test_the_number_of_matches_comes_from_one_small_request(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "status=NEW", "--count")
    assert (done.code, done.text, done.err) == (0, "1000\n", "")
    (asked,) = server.requests
    assert (asked["status"], asked["offset"], asked["limit"]) == ("NEW", "0", "1")


def test_no_match_is_zero(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "city=Nowhere", "--count")
    assert (done.code, done.text, done.err) == (0, "0\n", "lead-tui: No leads match (city)\n")


@pytest.mark.parametrize(
    ("total", "leads", "said"),
    [
        ("", 1, "The server does not say how many leads match"),
        ("many", 1, "The server does not say how many leads match"),
        (-1, 1, "The server does not say how many leads match"),
        (0, 1, "The server's total of 0 does not agree with the leads it sends"),
        (7, 0, "The server's total of 7 does not agree with the leads it sends"),
    ],
)
def test_a_total_that_cannot_be_trusted_is_a_failure_and_no_number(
    command: Command, server: ConvosoServer, total: object, leads: int, said: str
) -> None:
    server.answer = lambda parameters: page([{"lead_id": 1}][:leads], total=total)
    done = command.call("search", "--count")
    assert (done.code, done.out) == (4, b"")
    assert done.err == f"lead-tui: {said}: use --count --by FIELD --all to read the leads and count them\n"


def test_a_server_that_counts_the_leads_of_the_page_is_not_believed(command: Command, server: ConvosoServer) -> None:
    leads = [{"lead_id": each} for each in range(1, 4)]
    server.answer = lambda parameters: page(leads[int(parameters["offset"]) :][: int(parameters["limit"])])
    done = command.call("search", "--count")
    assert (done.code, done.out) == (4, b"")
    assert "The server's total of 1 does not agree with the leads it sends" in done.err


@pytest.mark.parametrize("ignores_offset", [True, False])
def test_one_match_is_one(command: Command, server: ConvosoServer, ignores_offset: bool) -> None:
    server.answer = lambda parameters: page([{"lead_id": 1}][0 if ignores_offset else int(parameters["offset"]) :], total=1)
    assert command.call("search", "--count").text == "1\n"


@pytest.fixture
def two_phones(server: ConvosoServer) -> ConvosoServer:
    """A server on which lead 3 has the phone that is looked up twice, and lead 7 once."""
    places = {"phone_number": [3], "alt_phone_1": [], "alt_phone_2": [7, 3]}

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        (field,) = (name for name in places if name in parameters)
        return page([{"lead_id": each, "status": "NEW", "phone_code": "1"} for each in places[field]])

    server.answer = answer
    return server


def test_a_look_up_counts_each_lead_once(command: Command, two_phones: ConvosoServer) -> None:
    done = command.call("search", "--count", "--lookup=3010010000")
    assert (done.code, done.text, done.err) == (0, "2\n", "")
    by_status = command.call(*BY_STATUS, "--lookup=3010010000")
    assert (by_status.code, by_status.lines, by_status.err) == (0, ["value,count", "NEW,2"], "lead-tui: 2 leads counted\n")


def test_without_an_answer_from_one_field_there_is_no_number(command: Command, two_phones: ConvosoServer) -> None:
    def fault(asked: Invocation) -> Fault | None:
        return faults.application_error(9, "Nope") if asked.get("alt_phone_1") else None

    two_phones.fault_for = fault
    done = command.call("search", "--count", "--lookup=3010010000")
    assert (done.code, done.out) == (4, b"")
    assert "Without an answer for Phone 2" in done.err


def test_a_name_is_counted_where_it_is_found(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--count", "--lookup=Zoë")
    assert (done.code, done.text) == (0, "500\n")
    assert command.call("search", "--count", "--lookup=Nobodyatall").text == "0\n"
    assert command.call("search", "--count", "--by=first_name", "--all", "--lookup=Zoë").lines == ["value,count", "Zoë,500"]


def test_a_lead_with_a_name_in_both_fields_is_counted_once(command: Command, server: ConvosoServer) -> None:
    ids = {"last_name": {1, 2, 3}, "first_name": {3, 4}}

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        return page([{"lead_id": each} for each in set.intersection(*(ids[name] for name in ids if name in parameters))])

    server.answer = answer
    assert command.call("search", "--count", "--lookup=Kim").text == "4\n"


def test_a_number_abroad_is_compared_by_its_country(command: Command, server: ConvosoServer) -> None:
    server.answer = lambda parameters: page([{"lead_id": 1, "phone_code": "1"}, {"lead_id": 44, "phone_code": "44"}])
    assert command.call("search", "--count", "phone_number=+44 20 7946 0123").text == "1\n"


def test_a_list_is_counted_without_what_it_has_twice(command: Command, server: ConvosoServer) -> None:
    ids = f"{lead_id(1)}\n{lead_id(2)}\n{lead_id(1)}\n99\n".encode()
    done = command.call("search", "--count", "lead_id=-", stdin=ids)
    assert (done.code, done.text, done.err) == (0, "2\n", "lead-tui: 1 of 3 ids has no lead: id 99\n")
    phones = command.call("search", "--count", "--by=looked_up", "--lookup=-", stdin=b"#1000001\n#1000002\n")
    assert phones.lines == ["value,count", "#1000001,1", "#1000002,1"]


def test_a_list_tells_that_a_limit_cut_it(command: Command, server: ConvosoServer) -> None:
    done = command.call(*BY_STATUS, "lead_id=1000001,1000002", "--limit=1")
    assert (done.code, done.err) == (0, "lead-tui: The first 1 lead counted: use --limit N for more, or --all for all\n")


# By a field


def test_everything_within_the_limit_is_counted_and_the_cut_is_reported(command: Command, server: ConvosoServer) -> None:
    done = command.call(*BY_STATUS, "--limit", "50")
    assert table(done.text) == [["value", "count"], *([code, "10"] for code in ("CB", "DNC", "NA", "NEW", "NI"))]
    assert done.out.count(b"\r\n") == 6
    assert done.err == "lead-tui: 50 of 5,000 leads counted: use --limit N for more, or --all for all\n"
    assert "100 of 5,000 leads counted" in command.call(*BY_STATUS).err


def test_all_leads_are_counted_with_all(command: Command, server: ConvosoServer) -> None:
    done = command.call(*BY_STATUS, "--all")
    assert (table(done.text), done.err) == (ALL_STATUSES, "lead-tui: 5,000 leads counted\n")


def test_without_a_total_a_count_may_be_cut(command: Command, server: ConvosoServer) -> None:
    leads = [{"lead_id": each, "status": "NEW"} for each in range(1, 4)]
    server.answer = lambda parameters: page(leads[int(parameters["offset"]) :][: int(parameters["limit"])], total="")
    assert command.call(*BY_STATUS, "--limit=2").err == (
        "lead-tui: The first 2 leads counted: use --limit N for more, or --all for all\n"
    )
    assert command.call(*BY_STATUS, "--all").lines == ["value,count", "NEW,3"]


def test_null_counts_as_empty_in_every_format(command: Command, server: ConvosoServer) -> None:
    values = [None, None, None, "", "", "=1+1"]
    server.answer = lambda parameters: page([{"lead_id": 1 + each, "city": city} for each, city in enumerate(values)])
    arguments = ("search", "--count", "--by", "city")
    assert command.call(*arguments).lines == ["value,count", ",5", "'=1+1,1"]
    assert command.call(*arguments, "--raw-csv").lines[-1] == "=1+1,1"
    expected = [{"value": "", "count": 5}, {"value": "=1+1", "count": 1}]
    assert json.loads(command.call(*arguments, "--format=json").text) == expected
    assert [json.loads(line) for line in command.call(*arguments, "--format=jsonl").lines] == expected
    assert [line.split()[0] for line in command.call(*arguments, "--format=table").lines] == ["City", "(empty)", "=1+1"]


def test_json_without_a_lead_is_an_empty_array(command: Command, server: ConvosoServer) -> None:
    server.answer = lambda parameters: page([])
    done = command.call(*BY_STATUS, "--format=json")
    assert (done.code, json.loads(done.text), done.err) == (0, [], "lead-tui: No leads match\n")


def test_on_a_terminal_it_is_a_table_with_names_shares_and_bars(command: Command, server: ConvosoServer) -> None:
    statuses = [("NEW", "New Lead")] * 4 + [("CB", "Callback")] * 2 + [(None, None)]
    leads = [{"lead_id": 1 + each, "status": code, "status_name": name} for each, (code, name) in enumerate(statuses)]
    server.answer = lambda parameters: page(leads)
    with command.open(*BY_STATUS) as shown:
        assert shown.wait_for_exit() == 0
    lines = shown.raw.decode().rpartition("\x1b[K")[2].replace("\r\n", "\n").splitlines()
    assert lines == [
        "Status code  Name      Count  Share",
        f"NEW          New Lead  4       57.1%  {'█' * 20}",
        f"CB           Callback  2       28.6%  {'█' * 10}",
        f"(empty)                1       14.3%  {'█' * 5}",
        "lead-tui: 7 leads counted",
    ]


def test_nothing_in_a_value_reaches_the_terminal_as_control_in_any_format(command: Command, server: ConvosoServer) -> None:
    server.answer = lambda parameters: page([{"lead_id": 1, "status": HOSTILE, "status_name": HOSTILE}])
    for form in ("table", "csv", "json"):
        with command.open(*BY_STATUS, f"--format={form}", columns=200) as shown:
            assert shown.wait_for_exit() == 0
        text = shown.raw.decode().rpartition("\r\x1b[K")[2].replace("\r\n", "\n")
        assert text.replace("\n", "").isprintable(), form
        assert "u202e" in text, form


def test_a_mistyped_field_is_refused_and_an_unknown_one_reported(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--count", "--by=phone_numbr")
    assert (done.code, done.out, done.err) == (2, b"", "lead-tui: There is no column phone_numbr: did you mean phone_number?\n")
    done = command.call("search", "--count", "--by=household", "--limit=5")
    assert (done.code, done.lines) == (0, ["value,count", ",5"])
    assert "No lead counted has household" in done.err


def test_counts_before_a_failure_are_printed_but_not_written_to_a_file(
    command: Command, server: ConvosoServer, tmp_path: Path
) -> None:
    server.fault_for = lambda asked: faults.application_error(9, "Nope") if int(asked["offset"]) > 2_000 else None
    done = command.call(*BY_STATUS, "--all")
    counted = sum(int(count) for _, count in table(done.text)[1:])
    assert done.code == 4
    assert 2_000 <= counted < 5_000
    assert f"After {counted:,} leads (the leads so far are counted): " in done.err
    target = tmp_path / "counts.csv"
    assert command.call(*BY_STATUS, "--all", "-o", str(target)).code == 4
    assert list(tmp_path.glob("counts*")) == []


# Into a file


def test_a_file_is_private_and_its_name_determines_the_format(command: Command, server: ConvosoServer, tmp_path: Path) -> None:
    target = tmp_path / "counts.jsonl"
    done = command.call(*BY_STATUS, "--limit=5", "-o", str(target))
    assert (done.code, done.out) == (0, b"")
    assert json.loads(target.read_text().splitlines()[0]) == {"value": "CB", "name": "Requested Callback", "count": 1}
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    number = tmp_path / "number.any"
    assert command.call("search", "--count", "-o", str(number)).code == 0
    assert number.read_text() == "5000\n"


def test_an_existing_file_is_overwritten_with_force_only(command: Command, server: ConvosoServer, tmp_path: Path) -> None:
    target = tmp_path / "count.txt"
    target.write_text("mine")
    refused = command.call("search", "--count", "-o", str(target))
    assert (refused.code, target.read_text(), server.requests) == (6, "mine", [])
    others = target.with_name("count.txt.new")
    others.write_text("mine too")
    others.chmod(0o600)
    assert command.call("search", "--count", "-o", str(target), "--force").code == 0
    assert (target.read_text(), others.read_text()) == ("5000\n", "mine too")


# Refused


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--by", "status"), "--by requires --count"),
        (("--count", "--columns=city"), "--count prints no leads: leave out --columns"),
        (("--count", "--by=status", "--resume", "-o", "x.csv"), "--count prints no leads: leave out --resume"),
        (("--count", "lead_id=1,2", "--missing=x"), "--count prints no leads: leave out --missing"),
        (("--count", "--all"), "--count without --by prints one number: leave out --all, or add --by FIELD"),
        (("--count", "--format=csv"), "--count without --by prints one number: leave out --format, or add --by FIELD"),
        (("--count", "--by=city", "-o", "x.xlsx"), "--count cannot write xlsx: choose table, csv, json or jsonl"),
        (("--count", "--by=city", "--format=xlsx"), "--count cannot write xlsx: choose table, csv, json or jsonl"),
    ],
)
def test_what_means_nothing_together_is_refused_in_a_sentence(
    command: Command, server: ConvosoServer, arguments: tuple[str, ...], said: str
) -> None:
    done = command.call("search", *arguments)
    assert (done.code, done.out, done.err, server.requests) == (2, b"", f"lead-tui: {said}\n", [])
