"""The welcome on the first start: shown until the first key or paste, and never again."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from lead_tui.leads.errors import ServerError
from lead_tui.storage.state import ScreenState
from tests.app.bench import NARROW, WIDE, DemoSource, running
from tests.drawn import text_of

WELCOME = ("Paste a phone number", "press /", "? shows the keys")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=str)
async def test_a_key_ends_the_welcome_and_does_what_it_does(tmp_path: Path, size: tuple[int, int]) -> None:
    states: list[ScreenState] = []
    async with running(tmp_path, size, state=ScreenState(), remember=lambda _, state: states.append(state)) as bench:
        await bench.sees(*WELCOME, "Row 1 of")
        await bench.press("j")
        await bench.sees("Row 2 of")
        assert WELCOME[0] not in bench.screen()
        assert [state.shown_notices for state in states] == [("welcome",)]


async def test_a_paste_ends_it_too(tmp_path: Path) -> None:
    async with running(tmp_path, state=ScreenState()) as bench:
        await bench.sees(WELCOME[0])
        bench.app.post_message(events.Paste("2135550100"))
        await bench.sees("look-up")
        assert WELCOME[0] not in bench.screen()


async def test_it_is_there_once(tmp_path: Path) -> None:
    async with running(tmp_path, state=ScreenState(shown_notices=("welcome",))) as bench:
        assert WELCOME[0] not in bench.screen()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=str)
async def test_it_covers_neither_a_message_that_takes_several_lines_nor_the_border(tmp_path: Path, size: tuple[int, int]) -> None:
    source = DemoSource()
    source.refuses = lambda query, offset: ServerError(f"The server failed {'at length ' * 20}")
    async with running(tmp_path, size, source, first="", state=ScreenState()) as bench:
        await bench.sees(*WELCOME)
        await bench.settled()
        status = bench.main.status_line
        assert status.size.height > 2
        lines = bench.screen().split("\n")
        assert "".join(lines[-status.size.height :]) == text_of(status)
        assert lines[-status.size.height - 3].startswith("╰")
