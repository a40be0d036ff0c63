"""What is typed in one go with a key that opens a prompt or a dialog runs no command."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from lead_tui.keys.catalogue import CATALOGUE, MOVEMENTS, Pane
from lead_tui.leads.errors import TokenError
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.terminal.escape import Burst
from lead_tui.ui.screens.main import MainScreen
from tests.app.bench import NARROW, DemoSource, running
from tests.key_feeder import _event

WORDS = ("anna", "quarter.csv", "state", "lopez", "dany", "quinn smith", "urgent")
OPENERS = [
    name
    for key in CATALOGUE
    if (key.pane is Pane.MAIN or key.id == "detail.find") and key.title.endswith("…")
    for name in key.keys
    if len(name) == 1 or name in ("slash", "colon")
]


async def test_keys_of_one_read_after_the_key_are_the_text_to_narrow_by(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, DemoSource(3_000)) as bench:
        bench.app.post_message(Burst([_event(each) for each in "nanna smith"]))
        await bench.sees("Narrow  anna smith")
        assert bench.main.prompt.purpose == "narrow"


@pytest.mark.parametrize("typed", [[Burst([_event(each) for each in "nanna smith"])], [_event(each) for each in "nanna smith"]])
async def test_the_text_to_narrow_by_waits_for_the_first_page(tmp_path: Path, typed: list[events.Event]) -> None:
    source = DemoSource(3_000)
    source.gate.clear()
    async with running(tmp_path, NARROW, source, first="") as bench:
        await bench.sees("loading…")
        for event in typed:
            bench.app.post_message(event)
        await bench.sees("Waiting for the first leads")
        source.gate.set()
        await bench.sees("Narrow  anna smith")


@pytest.mark.parametrize("pasted", [events.Paste("anna smith"), Burst([_event(each) for each in "anna smith"])])
async def test_text_pasted_over_the_offer_waits_in_the_look_up_box(tmp_path: Path, pasted: events.Event) -> None:
    async with running(tmp_path, NARROW, DemoSource(3_000)) as bench:
        await bench.press("n")
        await bench.sees("Load all 3,000 leads first?")
        bench.app.post_message(pasted)
        await bench.sees("Look up  anna smith")
        assert {query for query, _, _ in bench.source.asked} == {Query()}


async def test_the_offer_before_a_sort_takes_answers_only(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, DemoSource(3_000)) as bench:
        await bench.press("s")
        await bench.sees("a load first")
        await bench.press("d")
        await bench.sees("a load first")


@pytest.mark.parametrize(
    ("opener", "leads"), [(opener, leads) for opener in OPENERS for leads in (0, 40, 3_000) if leads or opener != "F"]
)
async def test_no_letter_of_a_word_that_came_in_one_read_with_a_key_runs_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opener: str, leads: int
) -> None:
    ran: list[str] = []
    run = MainScreen._run_command

    async def record(screen: MainScreen, key_id: str) -> None:
        ran.append(key_id)
        await run(screen, key_id)

    monkeypatch.setattr(MainScreen, "_run_command", record)
    monkeypatch.chdir(tmp_path)
    first = "Row 1 of" if leads else "No leads match"
    async with running(tmp_path, NARROW, DemoSource(leads), first=first) as bench:
        for name in ("Any", "Other"):
            bench.store.save(SavedQuery(name, Query()))
        saved, asked = bench.store.load(), len(bench.source.asked)
        from_detail = opener == "F"
        await bench.press(*["enter"] * from_detail)
        for word in WORDS:
            ran.clear()
            bench.app.post_message(Burst([_event(each) for each in (opener, *word)]))
            await bench.settled()
            # The escapes after the previous word may have waited for a dialog that reads a file.
            commands = [each for each in ran if each.partition(".")[2] not in (*MOVEMENTS, "escape")]
            assert len(commands) <= 1, (word, commands)
            await bench.press(*["escape"] * 4, *["enter"] * from_detail)
        assert bench.store.load().queries == saved.queries
        assert len(bench.source.asked) == asked


REJECTED = TokenError("The server rejected the token")


async def test_a_token_is_asked_for_at_once_before_anything_was_typed(tmp_path: Path) -> None:
    source = DemoSource()
    source.refuses = lambda query, offset: REJECTED
    async with running(tmp_path, NARROW, source, first="sign in · esc skip") as bench:
        source.refuses = lambda query, offset: None
        await bench.press(*"abc", "enter")
        await bench.sees("Row 1 of 3,000")
        assert bench.tokens == [Token("abc")]
