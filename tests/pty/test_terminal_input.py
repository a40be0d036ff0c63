"""Terminal input besides single keys: reports and pastes in pieces, replies, text without brackets, early keys."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

import pytest

from tests.pty.harness import Terminal
from tests.pty.program import WIDE, Home, at_row, leave, position, question, start, title, wait_for_row
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import lead_id, phone

ESC = "\x1b"

INVISIBLE: Final[Mapping[str, tuple[str, float, str]]] = {
    "mouse-split-120ms": (f"{ESC}[<35;1", 0.12, "0;5M"),
    "mouse-split-300ms": (f"{ESC}[<35;1", 0.30, "0;5M"),
    "osc11-bel": (f"{ESC}]11;rgb:0000/0000/0000\a", 0, ""),
    "osc11-st": (f"{ESC}]11;rgb:0000/0000/0000{ESC}\\", 0, ""),
    "osc52-reply": (f"{ESC}]52;c;MzAxNTU1MDEyMw==\a", 0, ""),
    "title-reply": (f"{ESC}]lfoo{ESC}\\", 0, ""),
    "apc-reply": (f"{ESC}_Gi=31;OK{ESC}\\", 0, ""),
}
"""Two writes with a pause between them that the user does not notice."""


def test_reports_in_pieces_and_replies_to_other_programs_are_not_keys(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        terminal.press("j", "j")
        wait_for_row(terminal, 3)
        terminal.settle()
        before = terminal.lines
        for name, (first, pause, second) in INVISIBLE.items():
            terminal.send(first)
            if pause:
                terminal.watch(pause)
            terminal.send(second)
            terminal.settle(0.05)
            assert terminal.lines == before, name
        # Nothing is left that would change the next key.
        terminal.press("j")
        wait_for_row(terminal, 4)
        leave(terminal)


def test_a_paste_whose_start_is_split_is_looked_up_as_pasted(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        terminal.send(f"{ESC}[20")
        terminal.watch(0.12)
        terminal.send(f"0~{phone(41)}{ESC}[201~")
        terminal.wait_for(title(42))
        terminal.press("escape")
        leave(terminal)


TYPED: Final[Mapping[str, tuple[str, str]]] = {
    "typed-plus": (f"+1 {phone(41)}\r", title(42)),
    "typed-parenthesis": (f"({phone(42)[:3]}) {phone(42)[3:]}\r", title(43)),
    "typed-hash": (f"#{lead_id(43)}\r", title(44)),
    "scripted-look-up": (f"/#{lead_id(44)}\r", title(45)),
}


def test_a_burst_whose_first_key_opens_an_input_goes_into_it(home: Home, server: ConvosoServer) -> None:
    with start(home, server, size=WIDE) as terminal:
        for typed, shown in TYPED.values():
            terminal.send(typed)
            terminal.wait_for(shown)
            terminal.press("escape")
            terminal.settle(0.03)
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_text_without_brackets_waits_in_the_look_up_box_and_runs_nothing(home: Home, server: ConvosoServer) -> None:
    with start(home, server, size=WIDE) as terminal:
        asked = len(server.requests)
        for pasted, shown in {"Raquel": "Raquel", "Raquel\rXavi\r": "Raquel; Xavi", "Xavier\tQuick": "Xavier  Quick"}.items():
            terminal.send(pasted)
            terminal.wait_for(f" Look up  {shown} ")
            terminal.settle(0.03)
            assert question(terminal, "Look up")
            terminal.press("escape")
            terminal.wait_for(lambda now: not question(now, "Look up"))
        assert len(server.requests) == asked
        # Held down over a slow line, a key is a key; so are movements, and what a script sends after one.
        for keys, row in {"j" * 40: 41, "gjjkjjGg": 1, "jjj\rgGg": 4}.items():
            terminal.send(keys)
            wait_for_row(terminal, row)
        terminal.press("escape")
        terminal.send("Raquel")
        terminal.wait_for(" Look up  Raquel ")
        terminal.press("enter")
        terminal.wait_for(lambda now: now.lines[0].endswith("look-up Raquel"))
        leave(terminal)


def test_text_without_brackets_closes_a_dialog_and_chooses_nothing_in_it(home: Home, server: ConvosoServer) -> None:
    with start(home, server, size=WIDE) as terminal:
        for opens, title_of_dialog in {"x": "Export which leads", "o": "Saved queries", "?": "Keys"}.items():
            terminal.send(opens)
            terminal.wait_for(title_of_dialog)
            terminal.send("Lucy Queen")
            terminal.wait_for(" Look up  Lucy Queen ")
            terminal.press("escape")
            terminal.wait_for(lambda now: not question(now, "Look up"))
            assert position(terminal)[0] == 1
        leave(terminal)


# Before the first paint


def early(home: Home, server: ConvosoServer, typed: str, after: float = 0.0) -> Terminal:
    """Run the program, with *typed* sent *after* seconds from its start."""
    terminal = home.open(server, size=WIDE)
    if after:
        time.sleep(after)
    terminal.send(typed)
    return terminal


@pytest.mark.parametrize("after", [0.0, 0.1, 0.2])
def test_the_filters_have_the_focus_when_their_key_came_early(home: Home, server: ConvosoServer, after: float) -> None:
    with early(home, server, "f", after) as terminal:
        terminal.wait_for(at_row(1))
        terminal.send("zz")
        terminal.wait_for("zz")
        terminal.press("escape")
        leave(terminal)


EARLY: Final[Mapping[str, str]] = {
    f"{phone(41)}\r": title(42),
    f"/{phone(41)}\r": title(42),
    f"{ESC}[200~{phone(41)}{ESC}[201~": title(42),
    "jjj": at_row(4),
    "G": at_row(1_000_000),
    ":500\r": at_row(500),
    "jjj\r": title(4),
    "Gk?": "Keys",
}


@pytest.mark.parametrize("typed", EARLY)
def test_keys_typed_before_the_first_paint_act_in_order(home: Home, server: ConvosoServer, typed: str) -> None:
    with early(home, server, typed) as terminal:
        terminal.wait_for(EARLY[typed])
        terminal.send(f"{ESC}{ESC}")
        terminal.settle(0.05)
        leave(terminal)


def test_a_user_can_quit_before_the_first_paint(home: Home, server: ConvosoServer) -> None:
    with early(home, server, "q") as terminal:
        assert terminal.wait_for_exit() == 0
        assert b"Traceback" not in terminal.raw
    with early(home, server, "") as terminal:
        terminal.wait_for_bytes(b"\x1b[?2004h")
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0
        assert b"Traceback" not in terminal.raw
