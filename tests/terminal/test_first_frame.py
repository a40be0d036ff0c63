from __future__ import annotations

from pathlib import Path

import pyte
import pytest

from lead_tui.terminal.lifeline import ALTERNATE_SCREEN, first_frame
from tests.app.bench import running

BORDERS = "╭╮╰╯"
MESSAGE = "Connecting to api.example.com…"


def drawn(columns: int, lines: int, account: str = "main", *, plain: bool = False) -> list[str]:
    screen = pyte.Screen(columns, lines)
    pyte.Stream(screen).feed(first_frame(columns, lines, account, MESSAGE, plain=plain).removeprefix(ALTERNATE_SCREEN))
    return list(screen.display)


def corners(lines: list[str]) -> list[tuple[int, int, str]]:
    return [(x, y, cell) for y, line in enumerate(lines) for x, cell in enumerate(line) if cell in BORDERS]


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (160, 50)])
async def test_the_interface_begins_where_the_first_frame_is(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size=size) as bench:
        await bench.sees("Leads")
        interface = bench.screen().split("\n")
    frame = drawn(*size)
    assert frame[0].split()[0] == interface[0].split()[0] == "lead-tui"
    assert corners(frame) == corners(interface)
    assert [line.index("─ Leads ─") for line in (frame[1], interface[1])] == [frame[1].index("─ Leads ─")] * 2
    assert any(MESSAGE in line for line in frame)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (119, 60), (120, 40), (200, 50), (250, 80)])
def test_the_first_frame_is_small(size: tuple[int, int]) -> None:
    assert 0 < len(first_frame(*size, "x" * 500, MESSAGE * 20, plain=False).encode()) < 2_048


def test_the_first_frame_is_ascii_where_the_terminal_is_and_holds_no_control_characters() -> None:
    text = first_frame(80, 24, "a\x1b]0;title\a\nb", "", plain=True)
    assert text.encode("ascii", "replace").replace(b"?", b"")
    assert "\x1b]" not in text
    assert "\a" not in text
    assert drawn(80, 24, plain=True)[1].startswith("+- Leads -")


def test_there_is_no_first_frame_where_the_interface_has_no_room() -> None:
    assert first_frame(59, 24, "main", MESSAGE, plain=False) == first_frame(80, 14, "main", MESSAGE, plain=False) == ""
