"""Leads beyond all measure: a value of a megabyte, 5,000 attributes, nesting 500 deep, keys that hold markup."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.bench import DemoSource, running
from tests.servers.leads import page

MEGABYTE = "x" * 1_000_000
DEEP = json.loads("[" * 500 + "]" * 500)

HUGE: dict[str, dict[str, object]] = {
    "a megabyte in a value": {"first_name": MEGABYTE, "notes": f"{MEGABYTE}\n[/nope]", "plan": MEGABYTE},
    "a megabyte of line breaks": {"first_name": "\n" * 1_000_000, "notes": "\n" * 1_000_000},
    "a megabyte of marks": {"first_name": "e" + "\u0301" * 1_000_000, "city": "\u0301" * 1_000_000},
    "a megabyte of escapes": {"first_name": "\x1b]52;c;" * 140_000, "notes": "\x1b[31m" * 200_000},
    "a megabyte in a key": {MEGABYTE: "value", "k" * 100_000: MEGABYTE},
    "5,000 attributes": {f"attribute_{number}": f"value {number}" for number in range(5_000)},
    "5,000 keys of markup": {f"[@click=app.quit]k{number}[/] [/nope]": "[@click=app.quit]v[/]" for number in range(5_000)},
    "nesting 500 deep": {"first_name": DEEP, "phone_number": DEEP, "plan": DEEP, "created_at": DEEP},
    "numbers of 4,000 digits": {"phone_number": 10**4_000, "called_count": -(10**4_000), "plan": 10**4_000},
}


@pytest.mark.parametrize("fields", HUGE.values(), ids=HUGE)
async def test_a_huge_lead_is_read_searched_and_left_like_any_other(tmp_path: Path, fields: dict[str, object]) -> None:
    leads = [{"lead_id": "1000001", "last_name": "Huge", **fields}, {"lead_id": "1000002", "last_name": "Public"}]
    source = DemoSource(1)
    source.answer = lambda parameters: page(leads, total=2)
    async with running(tmp_path, source=source, first="Row 1 of 2") as bench:
        # The detail: down to its end and back, as sent, without what is empty, and its search.
        await bench.press("enter")
        await bench.sees("Lead 1000001")
        await bench.press("G", "pageup", "g", "v", "G", "v", "z", "z", "F", *"value", "enter", "N", "escape")
        await bench.press("p", "escape", "escape")
        # What knows the values and the keys of all leads.
        await bench.press("c")
        await bench.sees("Columns")
        await bench.press("G", "space", "enter")
        await bench.press("s", "G", "enter")
        await bench.press("escape", "n", *"value", "enter")
        await bench.press("escape", "escape", "escape")
        await bench.press("f", "ctrl+end", "a", "escape", "escape")
        await bench.press("Y")
        await bench.press("escape", "g", "j")
        await bench.sees("Row 2 of 2", "Lead 1000002")
        assert bench.app.crash is None
