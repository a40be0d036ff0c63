"""The sample answers, each read through the client, with the expected result."""

from __future__ import annotations

from pathlib import Path

import pytest

from lead_tui.api.client import Client
from lead_tui.config.settings import Pace
from lead_tui.leads.errors import TokenError
from lead_tui.leads.lead import Lead, decode_row, is_empty
from lead_tui.leads.page import Page
from lead_tui.leads.query import Query
from lead_tui.leads.values import field_text

FOLDER = Path(__file__).parent.parent / "samples"

DOCUMENTED_KEYS = 48
"""Keys of a lead in sample 01: the documented ones."""


async def page_of(name: str, limit: int = 10) -> Page:
    """Return the page that the client makes of the sample *name*."""
    body = (FOLDER / f"{name}.json").read_bytes()
    client = Client("https://api.example.com/v1", pace=Pace(0), handler=lambda _, parameters: (200, body))
    return await client.fetch(Query(), 0, limit)


async def leads_of(name: str) -> list[Lead]:
    return [decode_row(row) for row in (await page_of(name)).rows]


async def test_documented_strings() -> None:
    page = await page_of("01_page_documented_strings", limit=3)
    assert (page.total, list(page.ids), page.text) == (1287, [700101, 700102, 700103], "")
    dana, luis, nobody = (decode_row(row) for row in page.rows)
    assert (dana.lead_id, dana.name, dana.line("status"), dana.line("status_name")) == ("700101", "Dana Okafor", "NEW", "New Lead")
    assert (dana.line("phone_number"), dana.line("alt_phone_1"), dana.line("gmt_offset_now")) == ("2125550143", "", "-5.00")
    assert (dana.line("owner_id"), dana.line("last_called")) == ("0", "0000-00-00 00:00:00")
    assert (luis.name, luis.line("alt_phone_1"), luis.line("owner_name")) == ("Luis Moreno", "2135550178", "Priya Nair")
    assert (luis.line("called_count"), luis.line("last_called")) == ("4", "2026-03-09 16:38:51")
    assert (nobody.name, nobody.line("status_name"), nobody.line("called_count")) == ("", "Do NOT Call", "11")
    for lead in (dana, luis, nobody):
        assert len(lead.documented_keys()) == len(lead.sent) == DOCUMENTED_KEYS
        assert lead.custom_keys() == []
        assert not lead.problem


async def test_integers_nulls_and_missing_names() -> None:
    page = await page_of("02_page_ints_nulls_missing_names", limit=2)
    assert (page.total, list(page.ids)) == (2, [700201, 700202])
    first, second = (decode_row(row) for row in page.rows)
    # Only "id" came, as a number; only "lead_id", as text.
    assert (first.lead_id, "lead_id" in first.sent) == ("700201", False)
    assert (second.lead_id, "id" in second.sent) == ("700202", False)
    assert (first.sent["owner_id"], first.line("owner_id")) == (50022, "50022")
    assert (first.sent["list_id"], first.line("list_id")) == (4107, "4107")
    for key in ("email", "called_count", "last_called", "owner_name"):
        assert (first.sent[key], first.line(key), is_empty(first.sent[key])) == (None, "", True)
    assert (first.sent["address2"], first.line("address2")) == ("null", "")
    assert first.line("created_at") == "2026-01-29T14:09:57-0800"
    assert ("gmt_offset_now" in first.sent, first.line("gmt_offset_now"), first.line("locale_gmt")) == (False, "", "-3.50")
    assert (first.line("user_id"), first.line("user_name")) == ("666666", "System User")
    assert (second.line("phone_code"), second.line("gmt_offset_now"), second.line("province")) == ("91", "5.50", "Karnataka")
    assert (second.line("state"), second.line("country"), second.line("last_called")) == ("", "IN", "")


async def test_custom_attributes_by_slot() -> None:
    (lead,) = await leads_of("03_custom_fields_field_n")
    assert lead.custom_keys() == ["field_1", "field_2", "field_3", "field_11", "field_84", "field_101", "std_company_name"]
    assert (lead.line("field_1"), lead.line("field_2"), lead.line("field_3")) == ("Gold", "", "A+")
    assert (lead.line("field_11"), lead.line("field_84")) == ("2026-04-01", "0.00")
    assert field_text(lead, "field_101")[0] == "call after 5pm\nask for Sam"
    assert lead.line("field_101") == "call after 5pm ask for Sam"
    assert lead.line("std_company_name") == "Okafor & Søn <Ltd>"
    assert lead.line("notes") == '|"System Call Re-disp by JS RD: 2026-03-01 11:56:41 NOCONT" [b]not markup[/b]'
    assert (lead.line("date_of_birth"), lead.line("is_contacted")) == ("1982-04-02 00:00:00", "Y")
    assert len(lead.documented_keys()) == DOCUMENTED_KEYS + 3


async def test_custom_attributes_by_name() -> None:
    (lead,) = await leads_of("04_custom_fields_by_name")
    assert lead.custom_keys() == [
        "member_id",
        "Member_ID",
        "plan_sold",
        "household_income",
        "currently_insured",
        "what_are_you_spending_with_that_carrier",
        "eligible_for_medicaid",
        "publisher_name",
        "last_viewed",
        "extra_block",
    ]
    assert (lead.line("member_id"), lead.line("Member_ID")) == ("", "QX-0099")
    assert (lead.line("plan_sold"), lead.line("household_income")) == ("HMO Silver", "0.00")
    assert lead.line("what_are_you_spending_with_that_carrier") == "310.25"
    assert lead.sent["extra_block"] == {"score": 71, "tags": ["hot", "es"]}
    assert lead.line("extra_block") == '{"score": 71, "tags": ["hot", "es"]}'
    assert lead.line("date_of_birth") == "1969-11-30"


async def test_an_empty_page() -> None:
    page = await page_of("05_empty")
    assert (page.total, list(page.rows), list(page.ids), page.text) == (0, [], [], "")


async def test_entries_as_an_object_keyed_by_id() -> None:
    page = await page_of("07_entries_object_keyed_by_id", limit=2)
    assert (page.total, list(page.ids)) == (2, [700701, 700702])
    assert [decode_row(row).name for row in page.rows] == ["Dana Okafor", "Ana Okafor"]
    assert [decode_row(row).line("city") for row in page.rows] == ["New York", "Miami"]


async def test_a_phone_of_three_leads() -> None:
    page = await page_of("08_same_phone_three_leads")
    assert (page.total, list(page.ids)) == (3, [700801, 700802, 700803])
    leads = [decode_row(row) for row in page.rows]
    assert {lead.line("phone_number") for lead in leads} == {"2125550143"}
    assert [lead.line("status") for lead in leads] == ["NI", "NA", "DNCL"]
    assert [lead.line("directory_name") for lead in leads] == ["Spring Web Leads", "Aged Q1", "Global DNC sweep"]


@pytest.mark.parametrize(
    ("name", "says", "remedy"),
    [
        ("20_error_token_http200", '"Auth token is invalid" (code 5001)', "another token"),
        ("21_error_forbidden_scope", '"Forbidden" (code 403)', "access list has leads/search"),
    ],
)
async def test_a_refused_token(name: str, says: str, remedy: str) -> None:
    with pytest.raises(TokenError) as caught:
        await page_of(name)
    assert says in caught.value.message
    assert remedy in caught.value.remedy
    assert caught.value.exit_code == 3


async def test_nothing_matches() -> None:
    page = await page_of("24_error_not_found_style")
    assert (page.total, list(page.rows), page.text) == (0, [], "Missing lists")


def test_every_sample_is_asserted_here() -> None:
    asserted = Path(__file__).read_text()
    names = [path.stem for path in FOLDER.glob("[02]*.json")]
    assert len(names) == 10
    assert [name for name in names if asserted.count(f'"{name}"') != 1] == []
