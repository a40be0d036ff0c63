"""Huge leads can be opened, searched and closed in the app like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.bench import DemoSource, running
from tests.servers.huge import HUGE
from tests.servers.leads import page

LIKE_OTHERS = ("a megabyte of line breaks", "a megabyte of marks", "5,000 attributes")
"""Leads whose lines and cells are made as those of another."""


@pytest.mark.parametrize(
    "fields", [pytest.param(fields, marks=[pytest.mark.long] * (name in LIKE_OTHERS)) for name, fields in HUGE.items()], ids=HUGE
)
async def test_a_huge_lead_is_read_searched_and_left_like_any_other(tmp_path: Path, fields: dict[str, object]) -> None:
    leads = [{"lead_id": "1000001", "last_name": "Huge", **fields}, {"lead_id": "1000002", "last_name": "Public"}]
    source = DemoSource(1)
    source.answer = lambda parameters: page(leads, total=2)
    async with running(tmp_path, source=source, first="Row 1 of 2") as bench:
        # The detail: down to its end and back, as sent, without what is empty, and its search.
        await bench.press("enter")
        await bench.sees("Lead 1000001")
        await bench.press("G", "pageup", "g", "v", "G", "v", "z", "z", "F", *"value", "enter", "N", "escape")
        await bench.press("enter", "escape", "escape")
        # Features that use the values and the keys of all leads.
        await bench.press("c")
        await bench.sees("Columns")
        await bench.press("G", "space", "enter")
        await bench.press("s", "G", "enter")
        await bench.press("escape", "n", "v", "enter")
        await bench.press("escape", "escape", "escape")
        await bench.press("f", "ctrl+end", "a", "escape", "escape")
        await bench.press("Y")
        await bench.press("escape", "g", "j")
        await bench.sees("Row 2 of 2", "Lead 1000002")
        assert bench.app.crash is None
