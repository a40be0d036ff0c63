"""What is typed in one go with a key that opens a prompt or a dialog runs no command, and is no answer to what opens by itself."""

from __future__ import annotations

import asyncio
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
from lead_tui.ui.screens.narrow_sort import LoadOffer
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


async def test_letters_typed_at_once_with_the_key_are_the_text_to_narrow_by(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, DemoSource(3_000)) as bench:
        for word in WORDS:
            await bench.press_at_once("n", *word)
            await bench.sees(f"Narrow  {word}")
            await bench.press("escape", "escape")
        assert all(offset + limit <= 400 for _, offset, limit in bench.source.asked)


async def test_keys_of_one_read_after_the_key_are_the_text_to_narrow_by(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, DemoSource(3_000)) as bench:
        bench.app.post_message(Burst([_event(each) for each in "nanna smith"]))
        await bench.sees("Narrow  anna smith")
        assert bench.main.prompt.purpose == "narrow"


@pytest.mark.parametrize("typed", [[Burst([_event(each) for each in "nanna smith"])], [_event(each) for each in "nanna smith"]])
async def test_the_answer_of_an_offer_comes_before_the_text(tmp_path: Path, typed: list[events.Event]) -> None:
    is_ready = asyncio.Event()
    async with running(tmp_path, NARROW, DemoSource(3_000)) as bench:

        async def until_ready() -> None:
            while not isinstance(bench.app.screen, LoadOffer) or bench.app.screen.waits:
                await asyncio.sleep(0)
            is_ready.set()

        async def type_at_once() -> None:
            bench.app.call_next(until_ready)
            for event in typed:
                await bench.app.on_event(event)

        bench.app.call_later(type_at_once)
        await is_ready.wait()
        await bench.settled()
        assert "Narrow  anna smith" in bench.screen()


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
async def test_text_pasted_over_the_offer_is_the_text_to_narrow_by(tmp_path: Path, pasted: events.Event) -> None:
    async with running(tmp_path, NARROW, DemoSource(3_000)) as bench:
        await bench.press("n")
        await bench.sees("Load all 3,000 leads first?")
        bench.app.post_message(pasted)
        await bench.sees("Narrow  anna smith")


async def test_the_offer_before_a_sort_takes_answers_only(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, DemoSource(3_000)) as bench:
        await bench.press("s")
        await bench.sees("a load first")
        assert "Other letters" not in bench.screen()
        await bench.press("d")
        await bench.sees("a load first")
        await bench.press("escape")
        await bench.press_at_once("s", "1", "1", "enter")
        await bench.sees("sorted by Name ↓")


@pytest.mark.parametrize(
    ("opener", "leads"), [(opener, leads) for opener in OPENERS for leads in (0, 40, 3_000) if leads or opener != "F"]
)
async def test_no_letter_of_a_word_typed_at_once_with_a_key_runs_a_command(
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
            await bench.press_at_once(opener, *word)
            await bench.settled()
            # The escapes after the previous word may have waited for a dialog that reads a file.
            commands = [each for each in ran if each.partition(".")[2] not in (*MOVEMENTS, "escape")]
            assert len(commands) <= 1, (word, commands)
            await bench.press(*["escape"] * 4, *["enter"] * from_detail)
        assert bench.store.load().queries == saved.queries
        assert len(bench.source.asked) == asked


REJECTED = TokenError("The server rejected the token")


async def test_what_is_typed_in_the_table_is_no_token(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        bench.source.refuses = lambda query, offset: REJECTED
        await bench.press("r")
        await bench.sees("Account ", "Host ", "first, then type or paste the token", "enter a token · esc skip")
        await bench.press(*"jjm818")
        bench.app.post_message(events.Paste("8182621448"))
        bench.app.post_message(Burst([_event(each) for each in "8182621448"]))
        await bench.settled()
        assert "•" not in bench.screen()
        await bench.press("enter")
        await bench.sees("sign in · esc skip")
        await bench.sees_no_more("first, then type or paste the token")
        assert "•" not in bench.screen()
        await bench.press("enter")
        await bench.sees("contains no token")
        bench.source.refuses = lambda query, offset: None
        await bench.press(*"abc", "enter")
        await bench.sees("Searched again")
        assert bench.tokens == [Token("abc")]


async def test_keys_on_their_way_when_a_dialog_opens_by_itself_do_not_answer_it(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        bench.source.refuses = lambda query, offset: REJECTED
        bench.source.gate.clear()
        await bench.press("r")
        early = [_event(key) for key in ("enter", "x", "escape")]
        bench.source.gate.set()
        await bench.sees("enter a token · esc skip")
        for event in early:
            bench.app.post_message(event)
        await bench.settled()
        await bench.sees("enter a token · esc skip")
        assert bench.tokens == []


async def test_a_token_is_asked_for_at_once_before_anything_was_typed(tmp_path: Path) -> None:
    source = DemoSource()
    source.refuses = lambda query, offset: REJECTED
    async with running(tmp_path, NARROW, source, first="sign in · esc skip") as bench:
        source.refuses = lambda query, offset: None
        await bench.press(*"abc", "enter")
        await bench.sees("Row 1 of 3,000")
        assert bench.tokens == [Token("abc")]
