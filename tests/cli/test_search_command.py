"""``lead-tui search`` against a real server: what it requests and prints."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lead_tui.leads.fields import FIELD_BY_KEY
from lead_tui.limits import SEARCH_LIMIT
from tests.cli.command import TOKEN, Command
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Fault, Invocation
from tests.servers.leads import account, lead_id, page, phone


def test_exactly_the_filters_the_paging_and_the_token_are_sent(command: Command, server: ConvosoServer) -> None:
    done = command.run("search", "status=NEW", "state=ny", "+member_id=77", "--limit", "7")
    assert (done.code, done.err) == (0, "lead-tui: No leads match (status, state, member_id)\n")
    (asked,) = server.requests
    assert dict(asked.parameters) == {
        "status": "NEW", "state": "NY", "member_id": "77", "offset": "0", "limit": "7", "auth_token": TOKEN,
    }  # fmt: skip


def test_csv_is_the_format_elsewhere_than_on_a_terminal_and_a_hundred_the_limit(command: Command, server: ConvosoServer) -> None:
    done = command.call("search")
    table = list(csv.reader(io.StringIO(done.text, newline="")))
    assert (done.code, done.err) == (0, "")
    assert table[0][:3] == ["first_name", "last_name", "email"]
    assert len(table) == SEARCH_LIMIT + 1
    assert done.out.count(b"\r\n") == SEARCH_LIMIT + 1


def test_a_table_can_be_requested(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--format", "table", "--limit=1", "--columns", "lead_id,name,phone_number")
    assert done.lines == ["Lead id  Name         Phone", f"{lead_id(0)}  Dana Okafor  (301) 000-0000"]


def test_a_table_has_the_columns_of_the_configuration_and_csv_has_every_field(command: Command, server: ConvosoServer) -> None:
    command.configure(f'[profiles.main]\nbase_url = "{server.base_url}"\n[table]\ncolumns = ["city", "state"]\n')
    assert command.call("search", "--format=table", "--limit=1").lines[0] == "City      State"
    assert len(command.call("search", "--limit=1").lines[0].split(",")) > 20


def test_json_is_one_array_and_jsonl_a_line_a_lead_both_as_sent(command: Command, server: ConvosoServer) -> None:
    entry = {"lead_id": 7, "rate": 1.5, "notes": "=1+1\x1b", "field_3": None, "nested": {"a": [1]}}
    server.answer = lambda parameters: page([entry, {"lead_id": 8}])
    array, lines = command.call("search", "--format=json"), command.call("search", "--format=jsonl")
    assert json.loads(array.text) == [entry, {"lead_id": 8}]
    assert [json.loads(line) for line in lines.lines] == [entry, {"lead_id": 8}]
    assert command.call("search", "--format=jsonl", "--columns=nested,rate").lines == ['{"nested":{"a": [1]},"rate":1.5}', "{}"]


def test_formulas_are_defused_in_csv_unless_raw_values_are_requested(command: Command, server: ConvosoServer) -> None:
    server.answer = lambda parameters: page([{"lead_id": 7, "notes": "=cmd|' /C calc'!A0", "city": "-7.5"}])
    done = command.call("search", "--columns=notes,city", "--bom")
    assert done.lines == ["\ufeffnotes,city", "'=cmd|' /C calc'!A0,-7.5"]
    assert done.err == (
        "lead-tui: 1 value begins with an apostrophe, so that spreadsheets do not run it; use --raw-csv to write it unchanged\n"
    )
    assert command.call("search", "--columns=notes,city", "--raw-csv").lines[1] == "=cmd|' /C calc'!A0,-7.5"


def test_more_than_a_request_may_ask_for_is_read_page_by_page(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--limit=4500", "--columns=lead_id")
    assert done.lines == ["lead_id", *map(lead_id, range(4_500))]
    # Two are in progress at a time, and either may arrive first.
    asked = sorted((int(each["offset"]), int(each["limit"])) for each in server.requests)
    assert asked == [(0, 2_000), (1_999, 2_000), (3_998, 502)]


def test_relative_dates_are_sent_as_the_accounts_days(command: Command, server: ConvosoServer) -> None:
    zone = "Pacific/Kiritimati"
    command.configure(f'[profiles.main]\nbase_url = "{server.base_url}"\n[account]\ntimezone = "{zone}"\n')
    before = datetime.now(UTC)
    command.call("search", "created_at_start_date=-7d")
    days = {str((moment + timedelta(hours=14)).date() - timedelta(days=7)) for moment in (before, datetime.now(UTC))}
    assert server.requests[0]["created_at_start_date"] in days


def test_a_span_is_sent_with_both_its_ends(command: Command, server: ConvosoServer) -> None:
    command.call("search", "updated_at_start_date=last week")
    asked = server.requests[0]
    first, last = (datetime.fromisoformat(asked[f"updated_at_{end}_date"]) for end in ("start", "end"))
    assert last - first == timedelta(days=6)


def test_the_ends_of_a_range_carry_a_time_where_the_configuration_says_so(command: Command, server: ConvosoServer) -> None:
    command.configure(f'[profiles.main]\nbase_url = "{server.base_url}"\n[dates]\nwith_time = true\n')
    command.call("search", "created_at_start_date=2026-01-02", "created_at_end_date=2026-01-03")
    asked = server.requests[0]
    assert asked["created_at_start_date"] == "2026-01-02 00:00:00"
    assert asked["created_at_end_date"] == "2026-01-03 23:59:59"


def test_leads_that_come_twice_are_written_once_and_reported(command: Command, server: ConvosoServer) -> None:
    leads = [{"lead_id": 1}, {"lead_id": 2}, {"lead_id": 2}, {"lead_id": 3}]
    server.answer = lambda parameters: page(leads[int(parameters["offset"]) :], total=4)
    done = command.call("search", "--columns=lead_id")
    assert done.lines == ["lead_id", "1", "2", "3"]
    assert (done.code, done.err) == (0, "lead-tui: 1 duplicate skipped\n")


def test_a_value_comes_from_standard_input(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "phone_number=-", "--columns=lead_id", stdin=b"(301) 000-0007\n")
    assert done.lines == ["lead_id", lead_id(7)]
    assert server.requests[0]["phone_number"] == phone(7)
    # As Windows programs save text.
    command.call("search", "city=-", stdin=b"\xef\xbb\xbfRome\r\n")
    assert server.requests[1]["city"] == "Rome"


@pytest.mark.parametrize("stdin", [b"", b" \n", b"1\n2\n", b"\xff\xfe"])
def test_standard_input_holds_one_line_of_text(command: Command, stdin: bytes) -> None:
    done = command.call("search", "city=-", stdin=stdin)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith("lead-tui: Standard input ")


@pytest.mark.parametrize("leads", [0, 3])
def test_a_column_that_is_nearly_a_documented_one_and_that_no_lead_has_is_refused(
    command: Command, server: ConvosoServer, tmp_path: Path, leads: int
) -> None:
    server.answer = account(leads, token=TOKEN)
    for name, near in (("naem", "name"), ("phone_numbr", "phone_number"), ("stauts", "status"), ("cauntri", "country")):
        for target in ((), ("-o", str(tmp_path / "leads.csv"))):
            done = command.call("search", f"--columns=lead_id,{name}", *target)
            assert (done.code, done.out) == (2, b"")
            assert done.err == f"lead-tui: There is no column {name}: did you mean {near}?\n"
    assert list(tmp_path.glob("leads*")) == []


def test_any_other_column_that_no_lead_has_is_kept_and_reported(command: Command, server: ConvosoServer) -> None:
    for column in ("household_incom", "zip", "phone_number_home", "created", "updated_at_crm"):
        done = command.call("search", "--limit=1", f"--columns=lead_id,{column}")
        assert done.lines == [f"lead_id,{column}", f"{lead_id(0)},"]
        assert done.code == 0
        assert done.err.startswith(f"lead-tui: No lead written has {column}")


def test_a_column_like_a_documented_one_that_a_lead_has_is_not_a_mistake(command: Command, server: ConvosoServer) -> None:
    server.answer = lambda parameters: page([{"lead_id": 1}, {"lead_id": 2, "citi": "x"}][int(parameters["offset"]) :], total=2)
    done = command.call("search", "--columns=lead_id,citi")
    assert (done.code, done.lines) == (0, ["lead_id,citi", "1,", "2,x"])


# Looking up


def by_phone_field(server: ConvosoServer, places: dict[str, list[int]]) -> None:
    """Have *server* find the leads of *places* by the requested phone field."""

    def answer(parameters: object) -> tuple[int, bytes]:
        assert isinstance(parameters, dict)
        (field,) = (name for name in places if name in parameters)
        return page([{"lead_id": each, "phone_number": "3010010000", "phone_code": "1"} for each in places[field]])

    server.answer = answer


def test_a_phone_is_looked_up_in_three_fields_at_once_and_merged(command: Command, server: ConvosoServer) -> None:
    by_phone_field(server, {"phone_number": [3], "alt_phone_1": [], "alt_phone_2": [7, 3]})
    done = command.call("search", "--lookup", "(301) 001-0000", "--format=table", "--columns=lead_id")
    assert (done.code, done.err) == (0, "")
    assert done.lines == ["Lead id  Found in", "3        Phone, Phone 3", "7        Phone 3"]
    assert len(server.requests) == 3
    assert {asked.get(name) for asked in server.requests for name in ("phone_number", "alt_phone_1", "alt_phone_2")} == {
        None,
        "3010010000",
    }


def test_a_field_without_an_answer_is_reported_and_the_others_leads_are_printed(command: Command, server: ConvosoServer) -> None:
    def fault(asked: Invocation) -> Fault | None:
        return faults.application_error(9, "Nope") if asked.get("alt_phone_1") else None

    by_phone_field(server, {"phone_number": [3], "alt_phone_1": [], "alt_phone_2": [7]})
    server.fault_for = fault
    done = command.call("search", "--lookup=3010010000", "--format=jsonl", "--columns=lead_id")
    assert done.lines == ['{"lead_id":3}', '{"lead_id":7}']
    assert done.code == 4
    assert re.fullmatch(r"lead-tui: Without an answer for Phone 2 .*Nope.*\n", done.err)


def test_without_an_answer_from_any_field_there_is_no_output(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--lookup=3010010000", "--format=json", token="wrongwrongwrong")
    assert (done.code, done.out) == (3, b"")


def test_a_filter_narrows_a_look_up(command: Command, server: ConvosoServer) -> None:
    command.call("search", "--lookup=#1000007", "status=NI")
    assert (server.requests[0]["lead_id"], server.requests[0]["status"]) == ("1000007", "NI")


def test_a_filter_that_is_looked_in_is_refused(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "--lookup=3010010000", "alt_phone_1=3015550100")
    assert done.code == 2
    assert "alt_phone_1 is what --lookup looks in" in done.err
    assert not server.requests


def test_one_word_is_a_last_name_and_a_first_name_at_once(command: Command, server: ConvosoServer) -> None:
    server.answer = lambda parameters: page([{"lead_id": 1}, {"lead_id": 2 if "last_name" in parameters else 3}])
    done = command.call("search", "--lookup=Zoë", "--columns=lead_id")
    assert done.lines == ["lead_id", "1", "2", "3"]
    assert done.err == "lead-tui: 1 duplicate skipped\n"
    assert sorted(name for asked in server.requests for name, _ in asked.parameters if name.endswith("_name")) == [
        "first_name",
        "last_name",
    ]


def test_a_look_up_that_finds_nothing_says_where_it_looked(command: Command, server: ConvosoServer) -> None:
    by_phone_field(server, {"phone_number": [], "alt_phone_1": [], "alt_phone_2": []})
    done = command.call("search", "--lookup=-", stdin=b"+1 301 001 0000")
    assert (done.code, done.lines) == (0, [",".join(FIELD_BY_KEY)])
    assert done.err == "lead-tui: No lead with this phone (Phone, Phone 2, Phone 3)\n"


def test_a_name_that_no_lead_has_says_where_it_looked(command: Command) -> None:
    done = command.call("search", "--demo=50", "--lookup=Nobodyatall")
    assert (done.code, done.err) == (0, "lead-tui: No lead with this last or first name\n")


def test_a_number_abroad_is_compared_by_its_country(command: Command, server: ConvosoServer) -> None:
    def answer(parameters: object) -> tuple[int, bytes]:
        return page([{"lead_id": 1, "phone_code": "1"}, {"lead_id": 44, "phone_code": "44"}])

    server.answer = answer
    done = command.call("search", "--lookup=+44 20 7946 0123", "--columns=lead_id")
    assert done.lines == ["lead_id", "44"]
    assert server.requests[0].get("phone_number") in (None, "2079460123")


# Saved queries

QUERIES = """\
schema = 1

[[query]]
name = "New in California"
filters = { status = "NEW", state = "CA" }
columns = ["city", "state"]
"""


def test_a_saved_query_is_run_and_the_command_line_wins(command: Command, server: ConvosoServer) -> None:
    command.write("queries.toml", QUERIES)
    done = command.call("search", "--query", "New in California", "state=NY", "--format=table", "--limit=1")
    assert done.code == 0
    assert done.lines[0] == "City      State"
    asked = server.requests[0]
    assert (asked["status"], asked["state"]) == ("NEW", "NY")


def test_an_empty_value_takes_a_filter_of_the_saved_query_away(command: Command, server: ConvosoServer) -> None:
    command.write("queries.toml", QUERIES)
    command.call("search", "--query=New in California", "state=")
    assert server.requests[0].get("state") is None
    assert server.requests[0]["status"] == "NEW"


def test_csv_has_every_field_whatever_the_saved_query_shows(command: Command, server: ConvosoServer) -> None:
    command.write("queries.toml", QUERIES)
    assert command.call("search", "--query=New in California", "--limit=1", "state=").lines[0].startswith("first_name,last_name")


def test_an_unknown_query_is_wrong_usage(command: Command, server: ConvosoServer) -> None:
    command.write("queries.toml", QUERIES)
    done = command.call("search", "--query=New in Californa")
    assert done.code == 2
    assert "New in California" in done.err
    assert not server.requests


# The demo


def test_a_demo_needs_no_token_and_no_server(command: Command) -> None:
    done = command.call("search", "--demo=1000000", "lead_id=1000001", "--format=jsonl", token="")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.text)["lead_id"] == "1000001"
