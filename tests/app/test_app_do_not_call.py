"""The do-not-call check of a lead's phones in the app: on ``D``, or for each opened lead, and never otherwise."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from lead_tui.config.screen_settings import LeadSettings
from lead_tui.leads.errors import SectionForbidden
from lead_tui.leads.permissions import EVERYTHING
from lead_tui.leads.records import Records, RecordsQuery, Section, read_records
from tests.app.bench import NARROW, NOW, SETTINGS, WIDE, running

CHECKED = replace(SETTINGS, lead=LeadSettings(check_dnc=True))

LISTED = b'{"data": {"total": 1, "entries": [{"phone_number": "%s", "campaign_id": "0", "insert_date": "2026-03-03"}]}}'
NOT_LISTED = b'{"success": false, "code": 6003, "text": "Phone Number Not Found"}'


class FakeList:
    """A do-not-call list with the numbers *listed*; None for a token without access."""

    def __init__(self, listed: tuple[str, ...] | None = ()) -> None:
        self.listed = listed
        self.requests: list[RecordsQuery] = []

    async def records(self, query: RecordsQuery) -> Records:
        self.requests.append(query)
        if self.listed is None or query.section is not Section.DO_NOT_CALL:
            raise SectionForbidden(f"This token may not read {query.section}")
        number = query.parameters()["phone_number"]
        return read_records(LISTED % number.encode() if number in self.listed else NOT_LISTED)

    @property
    def numbers(self) -> list[str]:
        return [query.parameters()["phone_number"] for query in self.requests if query.section is Section.DO_NOT_CALL]


async def test_the_header_says_what_the_list_says(tmp_path: Path) -> None:
    source = FakeList(("8325550123",))
    async with running(tmp_path, NARROW, records=source) as bench:
        await bench.press("enter", "D")
        await bench.sees(f"DNC list: not listed (checked {NOW.astimezone():%H:%M})", "OK to call")
        await bench.press("]", "D")
        await bench.sees("DO NOT CALL · listed since ")
        assert "OK to call" not in bench.screen()
        await bench.press("[")
        await bench.sees("list: not listed")
        assert source.numbers == ["2135550100", "8325550123"]


async def test_without_access_it_says_so_and_asks_for_no_token(tmp_path: Path) -> None:
    source = FakeList(None)
    async with running(tmp_path, NARROW, records=source, settings=CHECKED) as bench:
        await bench.press("enter")
        await bench.sees("not checked: this token has no access")
        await bench.press("escape", "down", "enter")
        await bench.sees("Lead 1000002", "not checked: this token has no access")
        # A section known to be forbidden is requested again only by the key.
        assert source.numbers == ["2135550100"]
        assert "Paste" not in bench.screen()
        source.listed = ()
        await bench.press("D")
        await bench.sees("not listed (checked")


async def test_each_lead_that_is_opened_is_checked_if_set_and_none_that_is_passed(tmp_path: Path) -> None:
    source = FakeList()
    async with running(tmp_path, WIDE, records=source, settings=CHECKED) as bench:
        await bench.press("down", "down", "enter")
        await bench.sees("not listed")
        await bench.press("]", "]", "escape", "up")
        assert source.numbers == ["5415550146"]
        await bench.press("slash", *"1000007", "enter")
        await bench.sees("look-up 1000007", "not listed")
        assert source.numbers == ["5415550146", "8085550138"]


async def test_nothing_is_checked_without_the_setting(tmp_path: Path) -> None:
    source = FakeList()
    async with running(tmp_path, WIDE, records=source) as bench:
        await bench.press("enter", "]", "escape", "down", "enter")
        assert source.requests == []


async def test_a_policy_can_forbid_it(tmp_path: Path) -> None:
    source = FakeList()
    may_not = EVERYTHING._replace(may_check_do_not_call=False)
    async with running(tmp_path, records=source, settings=CHECKED, capabilities=may_not) as bench:
        await bench.press("enter", "D")
        await bench.sees("Checking the do-not-call list is not allowed here")
        assert source.requests == []
