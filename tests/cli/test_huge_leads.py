"""``search`` with huge leads, in every format."""

from __future__ import annotations

import csv
import json
from itertools import product

import pytest

from tests.cli.command import Command
from tests.servers.convoso_server import ConvosoServer
from tests.servers.huge import HUGE
from tests.servers.leads import page


@pytest.mark.parametrize(("name", "form"), [*product(HUGE, ["table", "csv"]), (next(iter(HUGE)), "jsonl")])
def test_a_huge_lead_is_written_whole_or_as_a_cell(command: Command, server: ConvosoServer, name: str, form: str) -> None:
    lead = {"lead_id": "1000001", "last_name": "Huge", **HUGE[name]}
    server.answer = lambda parameters: page([lead, {"lead_id": "1000002", "last_name": "Public"}], total=2)
    done = command.call("search", f"--format={form}")
    assert done.code == 0
    assert "\x1b" not in done.text
    match form:
        case "jsonl":
            assert json.loads(done.lines[0]) == lead
        case "csv":
            csv.field_size_limit(1 << 30)
            rows = list(csv.DictReader(done.text.splitlines(keepends=True)))
            assert [row["lead_id"] for row in rows] == ["1000001", "1000002"]
            assert set(lead) <= set(rows[0]) or len(rows[0]) >= len(lead)
        case _:
            assert len(done.lines) == 3
