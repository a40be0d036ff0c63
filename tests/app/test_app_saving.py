"""Saved queries and the token, from the main screen."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from lead_tui.leads.errors import TokenError
from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from tests.app.bench import NARROW, DemoSource, running


async def test_a_search_is_saved_under_a_name_and_found_again(tmp_path: Path) -> None:
    query = Query.of({"status": "NEW", "created_at_start_date": "-7d"})
    async with running(tmp_path, NARROW, beginning=SavedQuery("", query)) as bench:
        await bench.press("w")
        await bench.type("New this week")
        await bench.press("enter")
        await bench.sees("Saved as New this week")
    saved = bench.store.load().named("New this week")
    assert saved is not None
    assert saved.query == query
    async with running(tmp_path) as bench:
        await bench.press("o")
        await bench.sees("New this week")
        await bench.press("enter")
        await bench.sees("status NEW · created −7d")
        assert bench.source.asked[-1][0].parameters() == {"status": "NEW", "created_at_start_date": "2026-03-02"}


async def test_of_a_look_up_of_one_word_the_field_that_has_leads_is_saved(tmp_path: Path) -> None:
    async with running(tmp_path, beginning="Grace", first="First name Grace") as bench:
        await bench.press("w", *"Mine", "enter")
        await bench.sees("Saved as Mine, first name only")
        assert bench.store.load().named("Mine").query == Query.of({"first_name": "Grace"})
        await bench.press("slash", *"Garcia", "enter")
        await bench.sees("Marcus Garcia")
        await bench.press("w", *"Mine", "enter", "y")
        await bench.sees("Saved as Mine, last name only")
        assert bench.store.load().named("Mine").query == Query.of({"last_name": "Garcia"})


async def test_a_name_that_is_taken_is_overwritten_only_after_asking(tmp_path: Path) -> None:
    async with running(tmp_path, beginning=SavedQuery("", Query.of({"status": "NEW"}))) as bench:
        await bench.press("w", *"Mine", "enter")
        await bench.sees("Saved as Mine")
        bench.main.searches.start(Query.of({"status": "SALE"}))
        await bench.sees("status SALE")
        await bench.press("w", *"Mine", "enter")
        await bench.sees("Overwrite")
        await bench.press("n")
        await bench.sees_no_more("Overwrite")
        kept = bench.store.load().named("Mine")
        assert kept is not None
        assert kept.query.value("status") == "NEW"
        await bench.press("w", *"Mine", "enter")
        await bench.sees("Overwrite")
        await bench.press("y")
        await bench.sees("Saved as Mine")
        changed = bench.store.load().named("Mine")
        assert changed is not None
        assert changed.query.value("status") == "SALE"


async def test_a_narrowed_search_keeps_its_sort_and_says_that_the_narrowing_is_not_saved(tmp_path: Path) -> None:
    beginning = SavedQuery("", Query.of({"status": "NEW"}), sort=("-created_at",))
    async with running(tmp_path, beginning=beginning) as bench:
        await bench.press("n", "enter")
        await bench.press(*"gold", "enter")
        await bench.sees("narrowed to gold")
        await bench.press("w", *"Mine", "enter")
        await bench.sees("Saved as Mine, without the narrowing")
    saved = bench.store.load().named("Mine")
    assert saved is not None
    assert saved.sort == ("-created_at",)


async def test_a_prompt_that_was_opened_while_a_slow_disk_writes_stays_open(tmp_path: Path) -> None:
    async with running(tmp_path, beginning=SavedQuery("", Query.of({"status": "NEW"}))) as bench:
        await bench.press("w", *"Mine", "enter")
        await bench.sees("Saved as Mine")
        written, change = threading.Event(), bench.store.change

        def slowly(*given: Any, **more: Any) -> str:
            written.wait()
            return change(*given, **more)

        with patch.object(bench.main.session.store, "change", slowly):
            await bench.press("w", *"Mine", "enter")
            await bench.sees("Overwrite")
            await bench.press("y", "f2", *"30")
            await bench.sees("Look up  30")
            written.set()
            await bench.sees("Saved as Mine")
            await bench.press("1")
            await bench.sees("Look up  301")


async def test_a_refused_token_is_prompted_for_behind_a_mask_and_the_search_continues(tmp_path: Path) -> None:
    source = DemoSource()
    source.refuses = lambda query, offset: TokenError("The token was refused")
    async with running(tmp_path, source=source, first="api.example.com") as bench:
        secret = "abcdefghijklmnopqrstuvwxyz012345"
        await bench.type(secret)
        assert secret not in bench.screen()
        source.refuses = lambda query, offset: None
        await bench.press("enter")
        await bench.sees("Row 1 of 3,000")
        assert [token.reveal() for token in bench.tokens] == [secret]


async def test_what_another_session_changes_while_the_question_is_open_is_kept(tmp_path: Path) -> None:
    async with running(tmp_path, beginning=SavedQuery("", Query.of({"status": "NEW"}))) as bench:
        bench.store.save(SavedQuery("Mine", columns=("city",)))
        await bench.press("w", *"Mine", "enter")
        await bench.sees("Overwrite")
        bench.store.change("Mine", key="7", columns=("state",))
        await bench.press("y")
        await bench.sees("Saved as Mine")
        assert bench.store.load().queries == (SavedQuery("Mine", Query.of({"status": "NEW"}), ("state",), key="7"),)


# Notices about the files


@pytest.mark.parametrize("beginning", [SavedQuery(""), SavedQuery("", Query.of({"status": "NEW"})), "Garcia"], ids=str)
async def test_recovered_queries_are_reported_at_the_start_whatever_it_shows(tmp_path: Path, beginning: SavedQuery | str) -> None:
    (tmp_path / "queries.toml").write_text("[[query]]\nname = 'Mine'\n")
    (tmp_path / "queries.recovered.toml").write_text("[[query]]\nname = 'Meanwhile'\n")
    async with running(tmp_path, beginning=beginning, first="") as bench:
        await bench.sees("Row 1 of", "queries.recovered.toml is read too", "o saved queries")
        await bench.press("j")
        assert "recovered" not in bench.screen()


async def test_of_several_notices_the_start_shows_the_first_and_where_the_others_are(tmp_path: Path) -> None:
    (tmp_path / "queries.toml").write_text("[[query]]\n\n[[query]]\nname = 3\n[[query]]\nname = 'Mine'\n")
    async with running(tmp_path, NARROW) as bench:
        await bench.sees("query 1 is not shown: it has no name", "and 1 more", "o saved queries")


async def test_without_notices_the_start_shows_the_keys(tmp_path: Path) -> None:
    (tmp_path / "queries.toml").write_text("[[query]]\nname = 'Mine'\n")
    async with running(tmp_path) as bench:
        await bench.started()
        assert "? help" in bench.screen()
