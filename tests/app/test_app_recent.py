"""Going back and forward between results, and the list of recent results."""

from __future__ import annotations

from pathlib import Path

from lead_tui.leads.errors import NetworkError
from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from tests.app.bench import NARROW, DemoSource, running


async def test_recent_results_are_listed_and_shown_again_where_they_were(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, beginning=SavedQuery("", Query.of({"status": "NEW"}))) as bench:
        await bench.press(*":100", "enter")
        await bench.sees("Row 100 of")
        phone = bench.main.table.rows.lead(3).sent["phone_number"]
        await bench.press(*phone, "enter")
        await bench.sees(f"look-up {phone}", "Lead 100")
        await bench.press("escape")
        # The line of keys offers the way back first.
        await bench.sees("b back  / look up")
        requests = len(bench.source.asked)
        await bench.press("H")
        await bench.sees("Recent look-ups and searches", f"look-up {phone}", "status NEW", "row 100", "1 lead ")
        await bench.press("enter")
        await bench.sees("Row 100 of")
        assert "b back" not in bench.screen()
        await bench.press("B")
        await bench.sees(f"look-up {phone}")
        await bench.press("B")
        await bench.sees("No later result")
        await bench.press("b", "b")
        await bench.sees("No earlier result")
        await bench.press("H", "g", "escape", "H", "G", "k", "enter")
        await bench.sees(f"look-up {phone}")
        assert len(bench.source.asked) == requests


async def test_a_result_that_failed_is_listed_as_not_loaded(tmp_path: Path) -> None:
    source = DemoSource(40)
    source.refuses = lambda query, offset: NetworkError("The line is down", remedy="check it")
    async with running(tmp_path, NARROW, source, first="The line is down") as bench:
        await bench.press("H")
        await bench.sees("Recent look-ups and searches", "all leads", "not loaded")
