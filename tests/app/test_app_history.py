"""The history of a lead in the app: read when it is opened, and never otherwise; a forbidden section is named."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from textual.events import Paste

from lead_tui import limits
from lead_tui.config.settings import AccountSettings, Settings
from lead_tui.leads.errors import SectionForbidden
from lead_tui.leads.permissions import EVERYTHING
from lead_tui.leads.records import Records, RecordsQuery, Section, read_records
from tests.app.bench import NARROW, NOW, Bench, running
from tests.app.one_lead import one_lead

NEW_YORK = Settings(account=AccountSettings(timezone="America/New_York", learn_names=False))
SAMPLE = (Path(__file__).parents[1] / "samples" / "44_log_retrieve_by_lead.json").read_bytes()
CALLS = SAMPLE.replace(b"700102", b"1000001")


class FakeRecords:
    """Answers with the bytes of *sections*; others are forbidden."""

    def __init__(self, **sections: bytes) -> None:
        self.sections = sections
        self.requests: list[RecordsQuery] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def records(self, query: RecordsQuery) -> Records:
        self.requests.append(query)
        await self.gate.wait()
        if query.section.name not in self.sections:
            raise SectionForbidden(f"This token may not read {query.section}")
        return read_records(self.sections[query.section.name])


NO_RECORDS = b'{"success": true, "data": []}'
CALLBACK = b'{"success": true, "data": {"results": [{"callback_time": "2026-03-09 09:00:00", "user": "Tom Brandt"}]}}'


async def open_history(bench: Bench) -> None:
    await bench.press("enter")
    await bench.sees("Lead 1000001")
    await bench.press("h")
    await bench.sees("History of ")


async def test_calls_and_due_callbacks_are_listed_with_the_leads_local_time(tmp_path: Path) -> None:
    source = FakeRecords(CALLS=CALLS, CALLBACKS=CALLBACK, RECORDINGS=NO_RECORDS)
    async with running(tmp_path, NARROW, records=source, settings=NEW_YORK) as bench:
        await open_history(bench)
        await bench.sees("2026-03-09 16:38", "Priya Nair", "Requested Callback", "1:33", "due", "Tom Brandt", "13:38 local")
        assert [query.section for query in source.requests] == [Section.CALLS, Section.CALLBACKS, Section.RECORDINGS]
        sent = source.requests[0].parameters()
        assert sent["lead_id"] == "1000001"
        assert sent["end_time"] == f"{NOW + timedelta(days=1):%Y-%m-%d} 23:59:59"
        await bench.press("o")
        await bench.sees_no_more("days")
        older = source.requests[3].parameters()["start_time"]
        assert older == f"{NOW - timedelta(days=limits.HISTORY_ALL_DAYS):%Y-%m-%d} 00:00:00"
        await bench.press("escape")
        await bench.sees_no_more("History of ")


async def test_why_older_events_cannot_be_read_is_shown(tmp_path: Path) -> None:
    source = FakeRecords(CALLS=CALLS, CALLBACKS=NO_RECORDS, RECORDINGS=NO_RECORDS)
    async with running(tmp_path, NARROW, records=source) as bench:
        await open_history(bench)
        await bench.sees("Priya Nair", "last 90 days")
        source.sections = {}
        await bench.press("o")
        await bench.sees("This token may not read")


async def test_two_keys_lead_from_a_pasted_number_to_the_outcome_of_the_last_call(tmp_path: Path) -> None:
    source = FakeRecords(CALLS=SAMPLE.replace(b"700102", b"1000002"), CALLBACKS=NO_RECORDS, RECORDINGS=NO_RECORDS)
    async with running(tmp_path, NARROW, records=source) as bench:
        await bench.main.process_paste(Paste("(832) 555-0123"))
        await bench.sees("look-up (832) 555-0123", "Lars Bianchi")
        await bench.press("enter")
        await bench.press("h")
        await bench.sees("2026-03-09 16:38  call       Priya Nair ", " Requested Callback ")


async def test_a_lead_without_an_id_has_no_history_and_nothing_is_requested(tmp_path: Path) -> None:
    source = FakeRecords(CALLS=CALLS)
    async with running(tmp_path, NARROW, source=one_lead(lead_id="0", id=0), records=source) as bench:
        await bench.press("enter", "h")
        await bench.sees("This lead has no id")
        assert source.requests == []


async def test_events_of_another_lead_are_left_out(tmp_path: Path) -> None:
    async with running(tmp_path, records=FakeRecords(CALLS=SAMPLE, CALLBACKS=CALLBACK, RECORDINGS=NO_RECORDS)) as bench:
        await open_history(bench)
        await bench.sees("Tom Brandt")
        assert "Priya Nair" not in bench.screen()


async def test_a_forbidden_section_is_named_and_the_others_are_shown(tmp_path: Path) -> None:
    async with running(tmp_path, records=FakeRecords(CALLS=CALLS, RECORDINGS=NO_RECORDS)) as bench:
        await open_history(bench)
        await bench.sees("This token may not read callbacks/search", "Requested Callback")
        assert "Token" not in bench.screen()


async def test_each_section_that_cannot_be_read_is_named_in_full_and_older_ones_are_not_offered_while_reading(
    tmp_path: Path,
) -> None:
    source = FakeRecords()
    async with running(tmp_path, NARROW, records=source) as bench:
        source.gate.clear()
        await open_history(bench)
        await bench.sees("reading…", "esc close")
        assert "o older" not in bench.screen()
        source.gate.set()
        await bench.sees("o older", *(f"not read {section}" for section in ("log/retrieve", "callbacks/search")))
        await bench.sees("leads/get-recordings")
        assert "no events" not in bench.screen()


async def test_nothing_is_read_until_it_is_opened(tmp_path: Path) -> None:
    source = FakeRecords()
    async with running(tmp_path, records=source) as bench:
        await bench.press("enter", "j", "]", "escape", "f", "escape", "t", "escape")
        assert source.requests == []


@pytest.mark.parametrize("may_get_recordings", [True, False])
async def test_a_restricted_session_has_what_its_policy_allows(tmp_path: Path, may_get_recordings: bool) -> None:
    source = FakeRecords(CALLS=CALLS, CALLBACKS=NO_RECORDS, RECORDINGS=NO_RECORDS)
    allowed = EVERYTHING._replace(may_get_recordings=may_get_recordings)
    async with running(tmp_path, records=source, capabilities=allowed) as bench:
        await open_history(bench)
        await bench.sees("Requested Callback")
        assert (Section.RECORDINGS in [query.section for query in source.requests]) is may_get_recordings
        assert ("recordings.example.invalid" in bench.screen()) is may_get_recordings


async def test_a_long_address_of_a_recording_is_cut_before_the_keys_beside_it(tmp_path: Path) -> None:
    one = CALLS.replace(b"/p/9100002", b"/p/9100002" + b"/long" * 30)
    source = FakeRecords(CALLS=one, CALLBACKS=NO_RECORDS, RECORDINGS=NO_RECORDS)
    async with running(tmp_path, (60, 15), records=source) as bench:
        await open_history(bench)
        await bench.sees("https://recordings.ex", "… · y copy · o older · esc close ")


async def test_the_address_of_a_recording_is_copied(tmp_path: Path) -> None:
    source = FakeRecords(CALLS=CALLS, CALLBACKS=NO_RECORDS, RECORDINGS=NO_RECORDS)
    async with running(tmp_path, NARROW, records=source) as bench:
        await open_history(bench)
        await bench.sees("https://recordings.example.invalid/p/91", " · y copy")
        await bench.press("y")
        await bench.sees_no_more("History of ")
        assert bench.app.clipboard == "https://recordings.example.invalid/p/9100002"
        # A call without a recording has nothing to copy.
        await bench.press("h")
        await bench.sees("Requested Callback")
        await bench.press("down", "y")
        await bench.sees("History of ")


async def test_without_permission_it_says_so(tmp_path: Path) -> None:
    source = FakeRecords(CALLS=CALLS)
    async with running(tmp_path, records=source, capabilities=EVERYTHING._replace(may_read_history=False)) as bench:
        await bench.press("enter", "h")
        await bench.sees("not allowed here")
        assert source.requests == []
