"""The demo's leads: they look real, odd ones included, and contain no real person's data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from lead_tui.demo.endpoint import Demo
from lead_tui.leads.fields import FIELD_BY_KEY, PHONE_FIELDS
from lead_tui.leads.lead import Lead, is_empty
from lead_tui.leads.lookup import look_up
from lead_tui.leads.text import clean
from lead_tui.leads.values import field_text
from tests.demo.asking import TODAY, ask, every, small, small_leads

FIRST = small_leads()[:2_000]


def raw(lead: Lead, key: str) -> str:
    value = lead.sent.get(key)
    return value if isinstance(value, str) else ""


def test_the_same_leads_and_day_give_the_same_bytes() -> None:
    for parameters in ({"limit": "300"}, {"state": "CA", "limit": "50"}, {"updated_at_start_date": "2026-03-01"}):
        assert Demo(5_000, today=TODAY).answer(parameters) == Demo(5_000, today=TODAY).answer(parameters)


def test_every_lead_decodes_and_its_values_are_text() -> None:
    assert len(small_leads()) == 3_000
    for number, lead in enumerate(small_leads()):
        assert not lead.problem
        assert lead.lead_id == raw(lead, "id") == str(1_000_001 + number)
        assert all(isinstance(value, str) for key, value in lead.sent.items() if key not in ("extra_block", "consents"))


def test_leads_have_the_documented_keys_and_many_custom_ones() -> None:
    counts = [len(lead.documented_keys()) for lead in FIRST]
    assert max(counts) == len(FIELD_BY_KEY)
    assert min(counts) >= 45
    custom = Counter(len(lead.custom_keys()) for lead in FIRST)
    assert sum(count for keys, count in custom.items() if keys >= 12) > 1_000
    assert sum(count for keys, count in custom.items() if keys <= 3) > 100
    keys = {key for lead in FIRST for key in lead.custom_keys()}
    assert {"field_1", "field_3", "field_11", "field_84", "field_101", "member_id", "policy_number", "plan_sold"} <= keys
    # An export warns of names that differ only in case, and a first one should not begin with a warning.
    assert len({key.casefold() for key in keys}) == len(keys)
    assert {"household_income", "carrier_and_plan_1", "std_company_name", "publisher_name"} <= keys


def is_never(lead: Lead) -> bool:
    return raw(lead, "created_at") == raw(lead, "updated_at") == "0000-00-00 00:00:00"


def has_script(*ranges: tuple[int, int]) -> Callable[[Lead], bool]:
    return lambda lead: any(low <= ord(character) <= high for character in raw(lead, "first_name") for low, high in ranges)


ODDITIES: dict[str, Callable[[Lead], bool]] = {
    "no name": lambda lead: lead.name == "",
    "a last name only": lambda lead: not raw(lead, "first_name") and bool(raw(lead, "last_name")),
    "a first name only": lambda lead: bool(raw(lead, "first_name")) and not raw(lead, "last_name"),
    "the text null for a name": lambda lead: raw(lead, "first_name") == "null",
    "a Chinese name": has_script((0x4E00, 0x9FFF)),
    "an Arabic name": has_script((0x0600, 0x06FF)),
    "an Indian name": has_script((0x0900, 0x097F)),
    "a skin tone in a name": has_script((0x1F3FB, 0x1F3FF)),
    "an emoji in a name": has_script((0x1F300, 0x1FAFF)),
    "combining marks in a name": has_script((0x0300, 0x036F)),
    "an accented name": has_script((0x00C0, 0x017F)),
    "markup in a name": lambda lead: "[b]" in raw(lead, "first_name"),
    "a line break in a name": lambda lead: "\n" in raw(lead, "first_name"),
    "no email": lambda lead: raw(lead, "email") == "",
    "no offset": lambda lead: raw(lead, "gmt_offset_now") == raw(lead, "locale_gmt") == "",
    "no offset now": lambda lead: "gmt_offset_now" not in lead.sent and "locale_gmt" in lead.sent,
    "a doubtful offset": lambda lead: raw(lead, "gmt_offset_now") == "0.00",
    "an offset of half an hour": lambda lead: raw(lead, "gmt_offset_now") == "5.50",
    "never called": lambda lead: raw(lead, "last_called") == "0000-00-00 00:00:00",
    "zero dates": is_never,
    "an older date format": lambda lead: raw(lead, "last_called") == "2015-01-29T14:09:57-0800",
    "a time of birth": lambda lead: len(raw(lead, "date_of_birth")) == 19,
    "the text null": lambda lead: raw(lead, "city") == "null" and is_empty(lead.sent["city"]),
    "notes of several lines": lambda lead: raw(lead, "notes").count("\n") > 1,
    "pipes, quotes and markup in notes": lambda lead: all(
        part in raw(lead, "notes") for part in ("|", '"', "'", "[b]not markup[/b]")
    ),
    "an action in notes": lambda lead: "[@click=app.quit]" in raw(lead, "notes"),
    "control characters in notes": lambda lead: "\x1b[31m" in raw(lead, "notes"),
    "right to left in notes": lambda lead: "\u202e" in raw(lead, "notes"),
    "a value of 2,000 characters": lambda lead: len(raw(lead, "field_101")) > 2_000,
    "a nested object": lambda lead: isinstance(lead.sent.get("extra_block"), dict),
    "a nested list": lambda lead: isinstance(lead.sent.get("consents"), list),
    "markup in a key": lambda lead: "[bold]key[/bold]" in lead.sent,
    "a status without a name": lambda lead: raw(lead, "status") == "MYSTERY" and raw(lead, "status_name") == "",
    "no list": lambda lead: raw(lead, "list_id") == "0",
    "keys that are missing": lambda lead: "email" not in lead.sent,
}


@pytest.mark.parametrize("oddity", ODDITIES)
def test_each_oddity_occurs_within_the_first_2000_leads_and_stays_rare(oddity: str) -> None:
    met = sum(map(ODDITIES[oddity], FIRST))
    assert met >= 2
    if oddity not in ("never called", "no email", "a time of birth", "an accented name"):
        assert met < 100


def test_a_phone_is_that_of_several_leads_in_all_three_fields() -> None:
    fields: dict[str, dict[str, set[str]]] = {}
    for lead in FIRST:
        for field in PHONE_FIELDS:
            if phone := raw(lead, field):
                fields.setdefault(phone, {}).setdefault(field, set()).add(lead.lead_id)
    in_all = {phone: found for phone, found in fields.items() if set(found) == set(PHONE_FIELDS)}
    assert len(in_all) > 10
    phone, found = next(iter(in_all.items()))
    for field, query in look_up(phone).parts:
        assert found[field] <= set(ask(small(), {**query.parameters(), "limit": "2000"}).ids)


def test_no_phone_can_be_called_and_no_email_be_written_to() -> None:
    demo = Demo(100_000, today=TODAY)
    leads = [*small_leads(), *ask(demo, {"offset": "98000", "limit": "2000"}).leads]
    for lead in leads:
        for field in PHONE_FIELDS:
            if phone := raw(lead, field):
                assert re.fullmatch(r"\d{3}(?:55501\d\d|0\d{6})", phone)
                assert raw(lead, "phone_code") != "91" or phone.startswith("155") or field != "phone_number"
        if email := raw(lead, "email"):
            assert re.fullmatch(r"[a-z][a-z._]*\d+@example\.(?:com|org)", email, re.IGNORECASE)


def test_the_first_screen_shows_varied_people_with_numbers_of_films() -> None:
    screen = FIRST[:40]
    assert all(raw(lead, "phone_number")[3:8] == "55501" for lead in screen)
    assert len({lead.name for lead in screen}) > 36
    assert len({lead.line("status") for lead in screen}) > 7
    assert len({lead.line("city") for lead in screen}) > 20
    assert sum(lead.name == "" for lead in screen) <= 3


def test_what_belongs_together_stays_together() -> None:
    for key, other in (("status", "status_name"), ("list_id", "directory_name"), ("owner_id", "owner_uid"), ("city", "country")):
        seen: dict[str, set[str]] = {}
        for lead in FIRST:
            if raw(lead, key) not in ("", "null", "0"):
                seen.setdefault(raw(lead, key), set()).add(raw(lead, other))
        pairs = [names - {"", "null"} for names in seen.values()]
        assert max(map(len, pairs)) == 1
    for lead in FIRST:
        if raw(lead, "state") == "CA":
            assert raw(lead, "postal_code").startswith("9")
        if raw(lead, "status") == "NEW":
            assert raw(lead, "called_count") in ("0", "")
            assert raw(lead, "owner_id") == "0"
        if raw(lead, "called_count") == "0" and not is_never(lead) and raw(lead, "updated_at") > "1":
            assert raw(lead, "updated_at") == raw(lead, "created_at")


def test_times_rise_with_the_id_and_follow_each_other() -> None:
    created = [time for lead in small_leads() if not (time := raw(lead, "created_at")).startswith("0000")]
    assert created == sorted(created)
    for lead in small_leads():
        if not raw(lead, "updated_at").startswith("0000"):
            assert raw(lead, "created_at") <= raw(lead, "updated_at") <= f"{TODAY.isoformat()} 23:59:59"
            called = raw(lead, "last_called")
            if not called.startswith("0000") and "T" not in called:
                assert raw(lead, "created_at") <= called <= raw(lead, "updated_at")


def test_calls_lie_between_creation_and_the_last_call_and_no_earlier_one_forbids_the_next() -> None:
    for lead in FIRST[:1_000]:
        status, body = small().records("log/retrieve", {"lead_id": lead.lead_id})
        calls = msgspec.json.decode(body)["data"]["results"]
        dates = [call["call_date"] for call in calls]
        assert status == 200
        assert "DNC" not in "".join(call["status"] for call in calls[1:])
        if "T" not in raw(lead, "last_called"):
            assert dates == sorted(dates, reverse=True)
            assert all("05" <= each[11:13] < "22" and each[:10] >= raw(lead, "created_at")[:10] for each in dates)


@pytest.mark.parametrize(
    ("today", "offset"),
    [
        (date(2026, 3, 7), "-8.00"),
        (date(2026, 3, 8), "-7.00"),
        (date(2026, 10, 31), "-7.00"),
        (date(2026, 11, 1), "-8.00"),
    ],
)
def test_offsets_include_the_summer_time_of_the_day(today: date, offset: str) -> None:
    leads = every(Demo(400, today=today))
    usual = [lead for lead in leads if raw(lead, "city") == "Los Angeles" and raw(lead, "gmt_offset_now") not in ("", "0.00", "-5")]
    assert {raw(lead, "gmt_offset_now") for lead in usual} == {offset}
    assert {raw(lead, "locale_gmt") for lead in usual} == {"-8.00"}
    arizona = {raw(lead, "gmt_offset_now") for lead in leads if raw(lead, "city") == "Phoenix"}
    assert "-7.00" in arizona
    assert "-6.00" not in arizona


def test_every_value_is_fit_to_be_shown_once_cleaned() -> None:
    for lead in FIRST:
        for key in lead.sent:
            shown, _ = field_text(lead, key)
            assert shown == clean(shown)
            assert "\n" not in lead.line(key)
