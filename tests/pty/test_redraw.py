"""Drawing: a dialog is sent in one frame, nothing is sent twice, and ctrl+l redraws everything."""

from __future__ import annotations

import time
from operator import eq
from typing import Final

import pytest
from pyte.screens import Char

from tests.pty.harness import Terminal
from tests.pty.monkey import Monkey
from tests.pty.program import NARROW, SIZES, WIDE, Home, leave, start
from tests.servers.convoso_server import ConvosoServer

FRAME: Final = b"\x1b[?2026h"
MODES: Final = (b"\x1b[?1049h", b"\x1b[?25l", b"\x1b[?1000h", b"\x1b[?2004h", b"\x1b[?1004h")

MOST: Final = {
    NARROW: {"?": (3_000, 2_300), "\x10": (3_500, 2_600), "c": (2_900, 2_600), "x": (900, 900)},
    WIDE: {"?": (5_000, 6_000), "\x10": (6_000, 9_000), "c": (5_000, 8_000), "x": (900, 1_200)},
}
"""Bytes that opening and closing the help, the palette, the columns and the offer to export may take: a quarter of those that they
took when each was drawn several times."""

KEYS: Final = (
    "j", "?", "\x1b", "\x1b[6~", "c", "j", "\x10", "\x1b", "\x1b", "f", "\x1b", "\r", "\x1b[6~", "G", "Y", "\x1b", "\x1b",
)  # fmt: skip
"""Through panes and dialogs."""


def sent(terminal: Terminal, key: str) -> bytes:
    """Return what *key* makes the program send."""
    before = len(terminal.raw)
    terminal.send(key)
    terminal.settle()
    return bytes(terminal.raw[before:])


def looks(terminal: Terminal) -> list[list[Char]]:
    """Return every cell with its colors."""
    cells = terminal.cells
    return [[cells.buffer[y][x] for x in range(cells.columns)] for y in range(cells.lines)]


def differences(before: list[list[Char]], after: list[list[Char]]) -> list[tuple[int, str, str]]:
    """Return the lines that differ, with their texts."""
    texts = (("".join(cell.data for cell in line) for line in lines) for lines in (before, after))
    return [
        (y, *pair) for y, (pair, same) in enumerate(zip(zip(*texts, strict=True), map(eq, before, after), strict=True)) if not same
    ]


@SIZES
def test_a_dialog_opens_and_closes_in_few_bytes_and_the_help_in_one_frame(home: Home, size: tuple[int, int]) -> None:
    with home.open(None, size=size) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        terminal.settle()
        for key, (opening, closing) in MOST[size].items():
            opened, closed = sent(terminal, key), sent(terminal, "\x1b")
            assert len(opened) <= opening, (key, len(opened))
            assert len(closed) <= closing, (key, len(closed))
            if size == NARROW:
                # In a wide terminal, the local time in the detail may be a frame more.
                assert closed.count(FRAME) == 1, key
            if key == "?":
                assert opened.count(FRAME) == 1
        leave(terminal)


@SIZES
def test_what_was_sent_bit_by_bit_is_what_a_full_paint_sends(home: Home, size: tuple[int, int]) -> None:
    """Names of the demo have wide characters; dialogs and panes cut them."""
    with home.open(None, size=size) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        for key in KEYS:
            sent(terminal, key)
            again, before, minute = b"", looks(terminal), 0
            while minute != (minute := int(time.time() / 60)):
                # A local time changes with the minute.
                before = looks(terminal)
                again = sent(terminal, "\x0c")
            assert looks(terminal) == before, key
            assert all(mode in again for mode in MODES)
        terminal.cells.erase_in_display(2)
        sent(terminal, "\x0c")
        assert looks(terminal) == before
        leave(terminal)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_after_random_keys_and_sizes_the_screen_is_as_if_drawn_again(home: Home, server: ConvosoServer, seed: int) -> None:
    """Drawing only what changes leaves nothing wrong on the screen, however keys, sizes, responses and the terminal interleave."""
    with start(home, server, size=WIDE) as terminal:
        monkey = Monkey(terminal, seed)
        for _ in range(40):
            monkey.go_on(6)
            terminal.settle(0.5)
            before, minute = looks(terminal), 0
            while minute != (minute := int(time.time() / 60)):
                before = looks(terminal)
                sent(terminal, "\x0c")
            assert not differences(before, looks(terminal)), monkey.last[-12:]
