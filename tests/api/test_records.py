"""Records from the account's other endpoints, over a real server: what is sent, what is returned, and what is never sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lead_tui.api.client import Client
from lead_tui.config.settings import Pace
from lead_tui.leads.errors import SearchError, SectionForbidden, ServerError, TokenError
from lead_tui.leads.permissions import Token
from lead_tui.leads.records import NAMES, RecordsQuery, Section
from tests.servers import faults
from tests.servers.clocks import InstantClock
from tests.servers.convoso_server import ConvosoServer

TOKEN = "secret-token"
SAMPLES = Path(__file__).parents[1] / "samples"
FORBIDDEN = {"success": False, "code": 403, "text": "Forbidden"}


@pytest.fixture
def client(server: ConvosoServer) -> Iterator[Client]:
    client = Client(server.base_url, Token(TOKEN), pace=Pace(0, 1, 4), clock=InstantClock())
    yield client
    client.close()


def serve(server: ConvosoServer, section: Section, body: object, status: int = 200) -> None:
    server.sections[section] = lambda parameters: (status, body if isinstance(body, bytes) else json.dumps(body).encode())


async def test_the_calls_of_a_lead_come_in_one_get(server: ConvosoServer, client: Client) -> None:
    serve(server, Section.CALLS, (SAMPLES / "44_log_retrieve_by_lead.json").read_bytes())
    filters = (("lead_id", "700102"), ("start_time", "2026-01-01 00:00:00"), ("end_time", "2026-03-31 23:59:59"))
    records = await client.records(RecordsQuery(Section.CALLS, filters, 500))
    assert [each.line("id") for each in records.rows] == ["9100002", "9100001"]
    (request,) = server.requests
    assert (request.method, request.path) == ("GET", "/v1/log/retrieve")
    assert dict(request.parameters) == dict(filters) | {"limit": "500", "auth_token": TOKEN}


@pytest.mark.parametrize(
    ("section", "name"),
    [
        (Section.CALLS, "lead_id"),
        (Section.CALLBACKS, "lead_id"),
        (Section.RECORDINGS, "lead_id"),
        (Section.DO_NOT_CALL, "phone_number"),
    ],
)
@pytest.mark.parametrize("value", [None, "", "0", " 00 "])
def test_no_section_of_a_lead_is_asked_for_all_leads(section: Section, name: str, value: str | None) -> None:
    with pytest.raises(ValueError, match="needs a"):
        RecordsQuery(section, () if value is None else ((name, value),))


def test_the_list_of_paths_is_closed_and_only_reads() -> None:
    assert {str(each) for each in Section} == {
        *("log/retrieve", "callbacks/search", "leads/get-recordings", "dnc/search"),
        *("status/search", "lists/search", "users/search", "campaigns/search"),
    }
    for path in ("leads/insert", "leads/search", "log/retrieve/../../leads/update", "LOG/RETRIEVE", ""):
        with pytest.raises(ValueError, match="not a valid Section"):
            RecordsQuery(path)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, FORBIDDEN), (403, FORBIDDEN), (403, b""), (401, b""), (200, {"success": False, "code": 5001, "text": "No token"})],
    ids=str,
)
async def test_a_section_without_access_is_not_a_fault_of_the_token(
    server: ConvosoServer, client: Client, status: int, body: object
) -> None:
    serve(server, Section.USERS, body, status)
    with pytest.raises(SectionForbidden, match="may not read users/search") as caught:
        await client.records(RecordsQuery(Section.USERS))
    assert not isinstance(caught.value, TokenError)
    assert TOKEN not in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [6000, 6001, 6003])
async def test_nothing_found_is_an_error_of_the_server_and_none_of_ours(server: ConvosoServer, client: Client, code: int) -> None:
    serve(server, Section.DO_NOT_CALL, {"success": False, "code": code, "text": "Phone Number Not Found"}, 400)
    records = await client.records(RecordsQuery(Section.DO_NOT_CALL, (("phone_number", "2135550100"), ("phone_code", "1"))))
    assert (records.rows, records.answer.code) == ((), code)


async def test_an_endpoint_that_does_not_exist_is_an_error_with_a_remedy(server: ConvosoServer, client: Client) -> None:
    with pytest.raises(SearchError) as caught:
        await client.records(RecordsQuery(Section.LISTS))
    assert caught.value.remedy


async def test_temporary_faults_are_retried_and_permanent_ones_are_not(server: ConvosoServer, client: Client) -> None:
    calls = RecordsQuery(Section.CALLS, (("lead_id", "700102"),), 500)
    serve(server, Section.CALLS, (SAMPLES / "44_log_retrieve_by_lead.json").read_bytes())
    server.next(faults.status(502))
    assert len((await client.records(calls)).rows) == 2
    server.always = faults.status(503)
    with pytest.raises(ServerError):
        await client.records(calls)


@pytest.mark.parametrize("section", sorted(NAMES))
async def test_names_are_requested_once(server: ConvosoServer, client: Client, section: Section) -> None:
    server.always = faults.status(503)
    with pytest.raises(ServerError):
        await client.records(RecordsQuery(section))
    assert [dict(request.parameters) for request in server.requests] == [{"auth_token": TOKEN}]
