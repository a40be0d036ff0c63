"""The app shows the intended lead, however a number, a name or a status was entered."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from textual.events import Paste

from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from tests.app.bench import NARROW, PATIENCE, Bench, DemoSource, running
from tests.key_feeder import focus_filter
from tests.leads.look_up_texts import PHONES as PHONE_TEXTS
from tests.servers.cases import NAMES, PHONES, case


def source_of(leads: object) -> DemoSource:
    source = DemoSource(1)
    source.answer = case(leads)  # type: ignore[arg-type]
    return source


def sent(bench: Bench) -> list[dict[str, str]]:
    """Return the parameters of the requests since the first search, without paging."""
    return [query.parameters() for query, _, _ in bench.source.asked if query]


async def test_a_pasted_number_is_looked_up_and_what_was_dropped_is_shown(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, source_of(PHONES)) as bench:
        bench.app.post_message(Paste("Phone: (301) 555-0123 ext. 12\n"))
        await bench.sees("Lead 1000", "ignored “Phone: ext")
        assert sent(bench) == [{name: "3015550123"} for name in ("phone_number", "alt_phone_1", "alt_phone_2")]


async def test_two_pasted_numbers_are_both_shown(tmp_path: Path) -> None:
    async with running(tmp_path, source=source_of(PHONES)) as bench:
        bench.app.post_message(Paste("301-555-0123\n301-555-0124\n"))
        await bench.sees("Row 1 of 2", "Ann Plain", "Bea Alt")


async def test_lines_pasted_into_the_look_up_box_are_looked_up_like_those_on_the_table(tmp_path: Path) -> None:
    async with running(tmp_path, source=source_of(PHONES)) as bench:
        await bench.press("slash")
        bench.app.post_message(Paste("Ann\tPlain\t301-555-0123\n301-555-0124\n"))
        await bench.sees("Look up  Ann  Plain  301-555-0123; 301-555-0124")
        await bench.press("enter")
        await bench.sees("Row 1 of 2", "Ann Plain", "Bea Alt")


async def test_a_number_abroad_in_a_filter_keeps_its_country_and_the_total_is_not_sure(tmp_path: Path) -> None:
    async with running(tmp_path, source=source_of(PHONES)) as bench:
        focus_filter(bench.main.filters, "phone_number")
        await bench.press(*"+44 20 7946 0018", "enter")
        await bench.sees("Row 1 of 1+", "Cyn London", "1 left out: other country code", "phone number +44 2079460018")
        assert sent(bench)[-1] == {"phone_number": "2079460018"}
        await bench.press("f")
        focus_filter(bench.main.filters, "phone_number")
        await bench.press("enter")
        await bench.sees("Row 1 of 1+", "Cyn London")
        assert sent(bench)[-1] == {"phone_number": "2079460018"}


async def test_an_export_of_a_number_abroad_leaves_out_other_countries_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    query = Query.of({"phone_number": "+44 20 7946 0018"})
    async with running(tmp_path, source=source_of(PHONES), beginning=SavedQuery("", query)) as bench:
        await bench.press("x", "enter")
        await bench.sees("Save as")
        await bench.press("ctrl+u", *"london.jsonl", "enter")
        await bench.sees("1 lead written to london.jsonl", "1 left out: other country code")
    assert [json.loads(line)["first_name"] for line in (tmp_path / "london.jsonl").read_text().splitlines()] == ["Cyn"]


async def test_digits_after_an_equals_sign_are_sent_exactly(tmp_path: Path) -> None:
    async with running(tmp_path, source=source_of(PHONES)) as bench:
        focus_filter(bench.main.filters, "phone_number")
        await bench.press(*"=442079460019", "enter")
        await bench.sees("Row 1 of 1", "Dov LondonWhole")
        assert sent(bench)[-1] == {"phone_number": "442079460019"}
        await bench.press("slash", *"=13015550125", "enter")
        await bench.sees("Lead 1004", "Eli WithOne")


async def test_a_name_with_the_other_apostrophe_is_found(tmp_path: Path) -> None:
    async with running(tmp_path, source=source_of(NAMES)) as bench:
        bench.app.post_message(Paste("Jane O\u2019Brien"))
        await bench.sees("Lead 1000")


async def test_a_column_of_ids_pasted_into_lead_id_is_several_ids(tmp_path: Path) -> None:
    async with running(tmp_path, source=source_of(PHONES)) as bench:
        focus_filter(bench.main.filters, "lead_id")
        bench.app.post_message(Paste("1000\n1001\r\n1003\n"))
        await bench.press("enter")
        await bench.sees("Row 1 of 3")
        assert sent(bench)[-1] == {"lead_id": "1000,1001,1003"}


async def test_elsewhere_only_the_first_pasted_line_is_used_and_that_is_reported(tmp_path: Path) -> None:
    async with running(tmp_path, source=source_of(PHONES)) as bench:
        focus_filter(bench.main.filters, "city")
        bench.app.post_message(Paste("Fresno\nReno\nProvo\n"))
        await bench.sees("only the first of 3 pasted lines was used")
        await bench.press("escape", "w")
        bench.app.post_message(Paste("One\nTwo"))
        await bench.sees("only the first of 2 pasted lines was used")


async def test_a_status_is_sent_as_the_code_that_loaded_leads_have_for_it(tmp_path: Path) -> None:
    leads = [{"first_name": "Ann", "status": "CBK2", "status_name": "Call Back"}]
    async with running(tmp_path, source=source_of(leads)) as bench:
        focus_filter(bench.main.filters, "status")
        await bench.press(*"call back", "enter")
        await bench.sees("status CBK2", "Row 1 of 1")
        assert sent(bench)[-1] == {"status": "CBK2"}


async def test_a_status_without_a_name_or_a_code_is_not_meant_by_a_blank_or_its_name(tmp_path: Path) -> None:
    leads = [{"first_name": "Ann", "status": "X", "status_name": ""}, {"first_name": "Bo", "status": "", "status_name": "Odd"}]
    async with running(tmp_path, source=source_of(leads)) as bench:
        focus_filter(bench.main.filters, "status")
        await bench.press("enter")
        await bench.sees("Row 1 of 2")
        focus_filter(bench.main.filters, "status")
        await bench.press(*"odd", "enter")
        await bench.sees('No leads match status "odd"')
        assert [each for each in sent(bench) if "status" in each] == [{"status": "odd"}]


async def test_an_unknown_status_is_sent_as_typed_and_the_known_ones_are_listed(tmp_path: Path) -> None:
    async with running(tmp_path, source=source_of(PHONES)) as bench:
        focus_filter(bench.main.filters, "status")
        await bench.press(*"Hot Lead", "enter")
        await bench.sees('No leads match status "Hot Lead"', "statuses: NEW (New Lead) · f filters · b back")
        assert sent(bench)[-1] == {"status": "Hot Lead"}


async def test_a_place_that_is_not_known_is_sent_as_typed_with_a_hint(tmp_path: Path) -> None:
    async with running(tmp_path, source=source_of(NAMES)) as bench:
        focus_filter(bench.main.filters, "state")
        await bench.press(*"NSW", "enter")
        await bench.sees("Row 1 of 1", "Anna van der Berg", "not a US state")
        assert sent(bench)[-1] == {"state": "NSW"}


@pytest.mark.parametrize(
    ("look_up", "said"),
    [
        ("zzz", 'No lead with last or first name "zzz" · / look up'),
        ("Jane Zzz", 'No lead with name "Jane Zzz"'),
        ("2135550", "No lead with id 2135550 · a phone number needs all 10 digits"),
        ("#7", "No lead with id 7 · / look up"),
        ("nobody@example.com", "No lead with email nobody@example.com"),
    ],
)
async def test_an_empty_result_says_what_was_looked_up_and_what_to_do(tmp_path: Path, look_up: str, said: str) -> None:
    async with running(tmp_path, (160, 40), source_of(PHONES), look_up, first=said[:30]) as bench:
        words = " ".join(bench.screen().replace("│", " ").split())
        assert said[:40] in words


async def test_a_long_note_is_wrapped_and_nothing_of_it_is_cut(tmp_path: Path) -> None:
    query = Query.of({"status": "Hot", "city": "Nowhere-at-all"})
    async with running(tmp_path, NARROW, source_of(PHONES), SavedQuery("", query), first="No leads match") as bench:
        await bench.sees('city "Nowhere-at-all"', "XFER (Transfer)", "f filters · C all leads")


async def test_a_text_that_is_too_short_for_a_phone_is_not_searched(tmp_path: Path) -> None:
    async with running(tmp_path, source=source_of(PHONES)) as bench:
        await bench.press("slash", *"555-0123", "enter")
        await bench.sees("too short for a phone number")
        assert sent(bench) == []


async def requests_from(bench: Bench, start: int, count: int) -> dict[str, str]:
    """Return the parameters of *count* requests after the first *start*, once they have arrived."""
    async with asyncio.timeout(PATIENCE):
        while len(sent(bench)) < start + count:
            await asyncio.sleep(0.005)
    return {name: value for parameters in sent(bench)[start:] for name, value in parameters.items()}


@pytest.mark.parametrize("way", ["on the table", "into the box"])
async def test_every_text_with_a_phone_gives_the_same_digits_pasted(tmp_path: Path, way: str) -> None:
    async with running(tmp_path, NARROW, source_of(PHONES)) as bench:
        for phone in PHONE_TEXTS if way == "on the table" else PHONE_TEXTS[::4]:
            start = len(sent(bench))
            if way == "into the box":
                await bench.press("slash")
            bench.app.post_message(Paste(phone.text))
            if way == "into the box":
                await bench.press("enter")
            found = await requests_from(bench, start, 3)
            assert found == dict.fromkeys(("phone_number", "alt_phone_1", "alt_phone_2"), phone.sent), phone.text


async def test_every_text_with_a_phone_gives_the_same_digits_in_a_filter(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, source_of(PHONES)) as bench:
        for phone in PHONE_TEXTS[::4]:
            start = len(sent(bench))
            focus_filter(bench.main.filters, "phone_number")
            await bench.press("ctrl+u")
            bench.app.post_message(Paste(phone.text))
            await bench.press("enter")
            assert await requests_from(bench, start, 1) == {"phone_number": phone.sent}, phone.text
