"""Values observed in answers are completed in the filters, by name or by id."""

from __future__ import annotations

from pathlib import Path

from lead_tui.paging.account_data import ValueIndex
from tests.app.bench import WIDE, Bench, running
from tests.key_feeder import focus_filter


def seen_by(bench: Bench) -> ValueIndex:
    seen = bench.main.features.suggestions.index
    assert isinstance(seen, ValueIndex)
    return seen


async def observed(bench: Bench, field: str) -> tuple[str, str]:
    """Return an observed value of *field*, with its name."""
    bench.main.features.suggestions.study()
    return next(pair for pair in seen_by(bench).values(field) if pair[1])


async def test_the_first_rows_do_not_wait_for_suggestions(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        await bench.sees("Row 1 of 3,000")
        assert "features" not in vars(bench.main)


async def test_a_list_is_found_by_its_name_and_searched_by_its_id(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        value, name = await observed(bench, "list_id")
        bench.main.panes.go_to_filters()
        focus_filter(bench.main.filters, "list_id")
        await bench.type(name[:6].replace(" ", "_") if " " not in name[:6] else name.split()[0])
        await bench.sees(value)
        await bench.press("tab", "enter")
        await bench.sees("list id")
        searched = bench.source.asked[-1][0].value("list_id")
        assert searched in dict(seen_by(bench).values("list_id"))


async def test_a_status_is_found_by_its_name_and_shown_with_it(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        await observed(bench, "status")
        focus_filter(bench.main.filters, "status")
        await bench.type("New")
        await bench.sees("NEW · New Lead")
        await bench.press("tab", "enter")
        await bench.sees("status NEW")


async def test_users_and_states_are_suggested(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        suggest = bench.main.filters.suggest
        user, user_name = await observed(bench, "user_id")
        assert any((each.value, each.label) == (user, user_name) for each in suggest("user_id", user_name[:3]))
        assert any((each.value, each.label) == ("CA", "California") for each in suggest("state", "cal"))
        assert [each.value for each in suggest("gender", "")] == ["M", "F", "U"]
        assert "this week" in [each.value for each in suggest("created_at_start_date", "th")]
        assert "this week" not in [each.value for each in suggest("created_at_end_date", "th")]


async def test_a_free_filter_completes_its_name_and_then_its_value(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE) as bench:
        await observed(bench, "list_id")
        assert any(each.value == "campaign_name=" for each in bench.main.filters.suggest("+", "camp"))
        campaign = seen_by(bench).values("campaign_name")[0][0]
        focus_filter(bench.main.filters, "+")
        await bench.type("campaign_n")
        await bench.press("tab")
        await bench.type(campaign[:3])
        await bench.press("tab", "enter")
        await bench.sees("campaign name")
        assert bench.source.asked[-1][0].value("+campaign_name") == campaign


async def test_masked_values_are_not_suggested(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, masked=frozenset({"list_id", "user_name"})) as bench:
        await observed(bench, "status")
        assert not bench.main.filters.suggest("list_id", "")
        assert not any(each.label for each in bench.main.filters.suggest("user_id", ""))
