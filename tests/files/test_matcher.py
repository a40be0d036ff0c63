"""Filters that the program itself compares find what the API would find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
import pytest

from lead_tui.demo.endpoint import Demo
from lead_tui.files.source import matcher
from lead_tui.leads.columns import values_reader
from lead_tui.leads.lead import Row, split
from lead_tui.leads.query import Query

TODAY = date(2026, 3, 9)
DEMO = Demo(1_000, today=TODAY)


def found(query: Query) -> list[bytes]:
    _, body = DEMO.answer({**query.parameters(), "offset": "0", "limit": "1000"})
    return [bytes(row) for row in split(body).rows]


def matching(query: Query, rows: Sequence[bytes]) -> list[bytes]:
    keys, holds = matcher(query)
    read = values_reader(tuple(keys))
    return [row for row in rows if holds(read(Row(row)))]


EVERY = found(Query())


@pytest.mark.parametrize(
    "filters",
    [
        {"status": "NEW"},
        {"state": "CA", "city": "los angeles"},
        {"created_at_start_date": "-30d", "created_at_end_date": "yesterday"},
        {"updated_at_start_date": "-7d"},
        {"list_id": "2705,4110"},
        {"lead_id": msgspec.json.decode(EVERY[77])["lead_id"]},
        {"phone_number": msgspec.json.decode(EVERY[7])["phone_number"]},
        {"date_of_birth": msgspec.json.decode(EVERY[0])["date_of_birth"]},
        {"owner_id": "50021"},
        {"+plan_sold": "Gold PPO"},
        {"last_name": "Nobody"},
    ],
)
def test_as_the_server_does(filters: dict[str, str]) -> None:
    query = Query.of(filters).dated(TODAY)
    ours = matching(query, EVERY)
    assert sorted(ours) == sorted(found(query))
    assert ours or "last_name" in filters


@pytest.mark.parametrize(
    ("filters", "lead", "holds"),
    [
        ({"phone_number": "3015550123"}, {"phone_number": "+1 (301) 555-0123"}, True),
        ({"phone_number": "3015550100"}, {"phone_number": "301 555 01 00"}, True),
        ({"phone_number": "3015550100"}, {"phone_number": "3,015,550,100"}, True),
        ({"phone_number": "3015550100"}, {"phone_number": 3015550100.0}, True),
        ({"phone_number": "+44 7911 123456"}, {"phone_number": "07911 12 34 56"}, False),
        ({"phone_number": "+44 7911 123456"}, {"phone_number": "+44 7911 12 34 56"}, True),
        ({"phone_number": "+44 7911 123456"}, {"phone_number": "7911 123456"}, True),
        ({"first_name": "jose"}, {"first_name": " José "}, True),
        ({"lead_id": "12"}, {"lead_id": 12}, True),
        ({"lead_id": "12"}, {"lead_id": " 12 "}, True),
        ({"lead_id": "12"}, {"lead_id": "12.0"}, True),
        ({"list_id": "12"}, {"list_id": "0012"}, True),
        ({"lead_id": "12"}, {"lead_id": "112"}, False),
        ({"created_at_end_date": "2026-03-09"}, {"created_at": "3/9/2026 11:59 PM"}, True),
        ({"created_at_start_date": "2026-03-09"}, {"created_at": "0000-00-00 00:00:00"}, False),
        ({"status": "NEW"}, {}, False),
    ],
)
def test_values_as_other_programs_write_them(filters: dict[str, str], lead: dict[str, object], holds: bool) -> None:
    assert len(matching(Query.of(filters).dated(TODAY), [msgspec.json.encode(lead)])) == holds
