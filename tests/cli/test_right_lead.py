"""``lead-tui search`` finds the intended lead, however a number or a name is written."""

from __future__ import annotations

import pytest

from tests.cli.command import Command
from tests.leads.look_up_texts import PHONES, TOO_SHORT, PhoneText
from tests.servers.cases import NAMES, case
from tests.servers.cases import PHONES as PHONE_LEADS
from tests.servers.convoso_server import ConvosoServer

COLUMNS = "--columns=first_name"


def found(command: Command, *words: str) -> list[str]:
    """Return the first names of the leads found."""
    done = command.call("search", *words, COLUMNS)
    assert done.code == 0, done.err
    return done.lines[1:]


@pytest.mark.parametrize("phone", PHONES, ids=[ascii(each.text) for each in PHONES])
def test_the_command_line_sends_the_digits_that_every_other_way_sends(
    command: Command, server: ConvosoServer, phone: PhoneText
) -> None:
    server.answer = case(PHONE_LEADS)
    assert command.call("search", f"--lookup={phone.text}").code == 0
    asked = {name: value for each in server.requests for name, value in each.parameters if "phone" in name}
    assert asked == dict.fromkeys(("phone_number", "alt_phone_1", "alt_phone_2"), phone.sent)
    assert command.call("search", f"phone_number={phone.text}").code == 0
    assert server.requests[-1]["phone_number"] == phone.sent


@pytest.mark.parametrize("number", ["+44 20 7946 0018", "0044 20 7946 0018", "011 44 20 7946 0018"])
@pytest.mark.parametrize("way", ["phone_number={}", "--lookup={}"])
def test_a_foreign_number_finds_leads_with_its_country_code_and_counts_the_others(
    command: Command, server: ConvosoServer, number: str, way: str
) -> None:
    server.answer = case(PHONE_LEADS)
    done = command.call("search", way.format(number), COLUMNS)
    assert done.lines == ["first_name", "Cyn"]
    assert "1 lead with this number left out: other country code" in done.err
    assert {each.get("phone_number") for each in server.requests} <= {"2079460018", None}


@pytest.mark.parametrize(("digits", "name"), [("442079460019", "Dov"), ("13015550125", "Eli"), ("02079460020", "Gus")])
@pytest.mark.parametrize("way", ["phone_number=={}", "--lookup=={}"])
def test_digits_after_a_second_equals_sign_are_sent_as_typed(
    command: Command, server: ConvosoServer, digits: str, name: str, way: str
) -> None:
    server.answer = case(PHONE_LEADS)
    assert found(command, way.format(digits)) == [name]


@pytest.mark.parametrize(("form", "ending"), [("csv", ""), ("jsonl", "")])
def test_an_export_of_a_number_abroad_holds_only_leads_of_that_country(
    command: Command, server: ConvosoServer, form: str, ending: str
) -> None:
    server.answer = case(PHONE_LEADS)
    done = command.call("search", "phone_number=+44 20 7946 0018", "--all", f"--format={form}")
    assert "Cyn" in done.text
    assert "Hal" not in done.text


@pytest.mark.parametrize("text", TOO_SHORT)
def test_too_few_digits_are_a_usage_error_and_nothing_is_sent(command: Command, server: ConvosoServer, text: str) -> None:
    done = command.call("search", f"--lookup={text}")
    assert done.code == 2
    assert "too short for a phone" in done.err
    assert not server.requests


def test_a_filter_without_a_value_is_reported(command: Command, server: ConvosoServer) -> None:
    done = command.call("search", "lead_id=", "--limit=1")
    assert (done.code, done.err) == (0, "lead-tui: lead_id= has no value and filters nothing: give it one, or leave it out\n")


@pytest.mark.parametrize("word", ["list_id=,", "lead_id= , ", "lead_id=1,000"])
def test_ids_that_are_none_are_an_error_and_not_the_whole_account(command: Command, server: ConvosoServer, word: str) -> None:
    assert command.call("search", word).code == 2
    assert not server.requests


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("--lookup=Jane O\u2019Brien",), ["Jane"]),
        (("--lookup=Jose\u0301 Nu\u0301n\u0303ez",), ["Jos\u00e9"]),
        (("--lookup=Jane O'Brien <jane@example.com>",), ["Jane"]),
        (("--lookup=Lead #1003",), ["Madonna"]),
        (("--lookup=1000, 1001",), ["Jane", "Jos\u00e9"]),
        (("state=NSW",), ["Anna"]),
        (("state=Greater London",), ["Madonna"]),
        (("gender=X",), ["Anna"]),
        (("state=california",), ["Jane", "Jos\u00e9"]),
    ],
)
def test_names_ids_and_places_find_the_leads_that_have_them(
    command: Command, server: ConvosoServer, words: tuple[str, ...], names: list[str]
) -> None:
    server.answer = case(NAMES)
    assert found(command, *words) == names


def test_a_value_that_is_sent_as_typed_is_remarked_on(command: Command, server: ConvosoServer) -> None:
    server.answer = case(NAMES)
    assert "state: not a US state" in command.call("search", "state=NSW").err


def test_a_status_is_sent_as_its_code_and_an_unknown_one_lists_those_that_are_known(
    command: Command, server: ConvosoServer
) -> None:
    command.call("search", "status=call back")
    assert server.requests[-1]["status"] == "CALLBK"
    done = command.call("search", "status=Hot Lead")
    assert server.requests[-1]["status"] == "Hot Lead"
    assert "known statuses: NEW (New Lead)" in done.err


def test_both_of_two_numbers_are_looked_up(command: Command, server: ConvosoServer) -> None:
    server.answer = case(PHONE_LEADS)
    assert sorted(found(command, "--lookup=301-555-0123, 301-555-0124")) == ["Ann", "Bea"]
