"""The servers that the tests rely on: the account of invented leads, and the program that the benchmarks start."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from lead_tui.api.client import Client
from lead_tui.leads.errors import SearchError
from lead_tui.leads.lead import decode_row
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from tests.servers.leads import PERIOD, account, lead_id, phone


def test_the_program_says_its_address_and_serves_until_it_is_ended() -> None:
    async def asked(base_url: str) -> None:
        client = Client(base_url, Token("right-token"))
        assert (await client.fetch(Query(), 999_990, 200)).total == 1_000_000
        client.use_token(Token("wrong-token"))
        with pytest.raises(SearchError, match="5001"):
            await client.fetch(Query(), 0, 1)
        client.close()

    command = [sys.executable, "-m", "tests.servers.convoso_server", "--leads", "1000000", "--token", "right-token"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        asyncio.run(asked(program.stdout.readline().strip()))
        program.terminate()
        assert program.wait(30) == 0


FILTERS = [
    {},
    {"status": "new"},
    {"status": "NEW", "state": "CA"},
    {"first_name": "Zoë", "gender": "M"},
    {"created_at_start_date": "2026-01-05", "created_at_end_date": "2026-02-01 23:59:59"},
    {"plan_sold": "Gold PPO"},
    {"city": "Nowhere"},
    {"member_id": "QX-0007", "unknown": "x"},
    {"lead_id": f"{lead_id(7)},{lead_id(450)},{lead_id(9_999)}"},
    {"lead_id": lead_id(450), "state": "NY"},
    {"phone_number": phone(123)},
    {"phone_number": phone(123), "lead_id": lead_id(124)},
    {"phone_number": "2125550143"},
]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
async def test_the_account_answers_filters_by_arithmetic_as_by_looking(filters: dict[str, str]) -> None:
    count = 2 * PERIOD + 77
    client = Client("https://tests.example.com/v1", handler=lambda _, parameters: account(count)(parameters))
    everything = [decode_row(row) for row in (await client.fetch(Query(), 0, 2_000)).rows]
    assert [lead.lead_id for lead in everything] == [lead_id(index) for index in range(count)]

    def fits(name: str, value: str, text: str) -> bool:
        if name.endswith("_start_date"):
            return text[:10] >= value[:10]
        if name.endswith("_end_date"):
            return text[:10] <= value[:10]
        return text.lower() in value.lower().split(",")

    wanted = [
        lead.lead_id
        for lead in everything
        if all(
            fits(name, value, lead.line(name.removesuffix("_start_date").removesuffix("_end_date")))
            for name, value in filters.items()
        )
    ]
    query = Query(tuple(filters.items()))
    first = await client.fetch(query, 0, 13)
    rest = await client.fetch(query, 13, 2_000)
    assert [decode_row(row).lead_id for page in (first, rest) for row in page.rows] == wanted
    assert first.total == len(wanted)
