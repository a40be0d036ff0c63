"""Random keys, pastes, clicks, sizes, failures and calls: whatever they interleave, what is shown agrees with the search."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace
from textual import events

from lead_tui import limits
from lead_tui.config.screen_settings import LeadSettings
from lead_tui.leads.errors import NetworkError, ServerError, TokenError
from lead_tui.leads.fields import DEFAULT_COLUMNS
from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.ui.screens.main import MainScreen
from lead_tui.ui.screens.status import search_title, total_text
from tests.app.bench import NARROW, SETTINGS, WIDE, Bench, DemoSource, running
from tests.app.test_app_calls import ALONE, OTHER, Caller
from tests.app.test_app_do_not_call import FakeList
from tests.drawn import text_of

SIZES: Final = (NARROW, WIDE, (60, 15), (50, 10), (200, 50))
KEYS: Final = (
    *"jkgGhlnsxcotfmMRrbByYzvFDH?:/wU1[]{}*+#ade 2", "enter", "escape", "escape", "tab", "shift+tab", "up", "down", "left", "right",
    "f1", "f2", "f4", "ctrl+p", "ctrl+u", "ctrl+c", "pageup", "pagedown", "home", "end", "backspace",
)  # fmt: skip
FAILURES: Final = (None, ServerError("HTTP 500"), TokenError("refused"), NetworkError("no network"))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
async def test_after_any_keys_the_screen_agrees_with_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance, caller, source = random.Random(seed), Caller(), DemoSource(60 if seed % 2 else 3_000)
    monkeypatch.chdir(tmp_path)
    # Also few rows are worked on in turns, between which anything may happen.
    monkeypatch.setattr(limits, "ROWS_AT_ONCE", 10)
    monkeypatch.setattr(limits, "TURN_SECONDS", 0)
    settings = replace(SETTINGS, lead=LeadSettings(check_dnc=True))
    async with running(
        tmp_path, source=source, settings=settings, receive_calls=caller.listen, records=FakeList(), masked=frozenset({"email"})
    ) as bench:
        bench.store.save(SavedQuery("Any", Query(), key="1"))
        done: list[object] = []
        for _ in range(120):
            match chance.choices(
                ("size", "gate", "failure", "call", "key", "keys", "leads", "paste", "click"), (6, 6, 4, 4, 40, 40, 3, 4, 5)
            )[0]:
                case "size":
                    done.append(size := chance.choice(SIZES))
                    await bench.pilot.resize_terminal(*size)
                case "gate":
                    done.append("gate")
                    (source.gate.clear if source.gate.is_set() else source.gate.set)()
                case "failure":
                    done.append(error := chance.choice(FAILURES))
                    source.refuses = lambda query, offset, error=error: error  # type: ignore[misc]
                case "call":
                    done.append(number := chance.choice((ALONE[0], OTHER[0], "no number")))
                    caller.call(number)
                case "leads":
                    done.append(count := chance.choice((0, 1, 60, 130, 3_000)))
                    source.answer = DemoSource(count).answer
                case "paste":
                    done.append(text := chance.choice(("2135550100", "Anita Haddad\nsecond line", "#7", "tier:3 city")))
                    bench.app.post_message(events.Paste(text))
                case "click":
                    done.append(place := (chance.randrange(bench.app.size.width), chance.randrange(bench.app.size.height)))
                    await bench.pilot.click(offset=place)
                case "key":
                    done.append(key := chance.choice(KEYS))
                    await bench.press(key)
                case _:
                    done.append(keys := chance.choices(KEYS, k=chance.randint(2, 5)))
                    await bench.press_at_once(*keys)
            if not bench.app.is_running:
                return
            await bench.settled()
            assert not bench.app.failures
            # The detail follows the cursor a moment later.
            await bench.reaches(lambda: not disagreements(bench), lambda: f"{disagreements(bench)} after {done[-8:]}")


def disagreements(bench: Bench) -> list[str]:
    """Return what does not agree with the search of its main screen: that of the call first, if one is open."""
    return [
        f"{what}: {shown!r}, not {meant!r}"
        for main in bench.app.screen_stack
        if isinstance(main, MainScreen)
        for what, shown, meant in pairs(bench, main)
        if shown != meant
    ]


def pairs(bench: Bench, main: MainScreen) -> list[tuple[str, object, object]]:
    """Return what is shown and what should be, with a name for each."""
    table, search = main.table, main.search
    assert search is not None
    rows, length = search.rows, search.rows.length
    found: list[tuple[str, object, object]] = [
        ("rows", table.rows is rows, True),
        ("length", table.length, length),
        ("arrows", table.arrows, {key.key: key.arrow for key in search.order}),
        ("title", main.title_bar.search[1], search_title(search, main.session)),
        ("prompt", main.prompt.display, bool(main.prompt.purpose)),
        ("cursor", 0 <= table.cursor <= max(0, length - 1), True),
    ]
    if main is bench.main:
        # Those of a screen below follow when it is shown again.
        found.append(("columns", table.columns, search.columns or main.memory.columns or DEFAULT_COLUMNS))
    if bench.source.gate.is_set():
        found.append(("keys that wait", list(bench.app.typed), []))
    if main is bench.app.screen and bench.source.gate.is_set() and bench.app.size >= NARROW:
        place = f"Row {table.cursor + 1 if length else 0:,} of {total_text(search)}"
        found.append(("status", place in text_of(main.status_line), True))
        if main.detail.display:
            lead, shown = rows.lead(table.cursor) if length else None, main.detail.lead
            found.append(("detail", shown and shown.lead_id, lead and lead.lead_id))
    return found
