from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lead_tui.leads.errors import OutputError
from lead_tui.limits import MAX_CLIPBOARD_BYTES, MAX_MOSH_CLIPBOARD_BYTES
from lead_tui.terminal import capabilities
from lead_tui.terminal.capabilities import Multiplexer, detect_multiplexer, dropped_by, is_over_mosh, osc52, send_by_tmux

XTERM = {"TERM": "xterm-256color"}
PHONE = "(301) 001-0000"


def body(sequence: str) -> str:
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\a")
    return base64.b64decode(sequence[len("\x1b]52;c;") : -1]).decode()


def unwrapped(sequence: str) -> str:
    """Return what GNU screen passes on of *sequence*."""
    return "".join(re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL))


def test_a_plain_terminal_gets_the_text_in_base64() -> None:
    assert body(osc52(f"{PHONE} Zoë", XTERM)) == f"{PHONE} Zoë"


def test_tmux_gets_it_wrapped_for_the_outer_terminal_and_plain_for_itself() -> None:
    plain = osc52(PHONE, XTERM)
    for environ in ({**XTERM, "TMUX": "/tmp/tmux-0/default,1,0"}, {"TERM": "tmux-256color"}):
        assert osc52(PHONE, environ) == "\x1bPtmux;\x1b" + plain + "\x1b\\" + plain


@pytest.mark.parametrize("length", [1, 1_000, 50_000])
def test_screen_gets_it_in_strings_short_enough_for_it(length: int) -> None:
    sequence = osc52("x" * length, {"TERM": "screen-256color", "STY": "1.pts-0.host"})
    assert unwrapped(sequence) == osc52("x" * length, XTERM)
    assert max(len(string) for string in re.findall(r"\x1bP.*?\x1b\\", sequence, re.DOTALL)) <= 256


def test_where_only_term_speaks_of_screen_tmux_is_thought_of_too() -> None:
    sequence = osc52(PHONE, {"TERM": "screen-256color"})
    assert unwrapped(sequence) == osc52(PHONE, XTERM)
    assert sequence.endswith(osc52(PHONE, XTERM))


def test_a_text_too_long_for_terminals_is_refused_without_being_shown() -> None:
    assert osc52("x" * MAX_CLIPBOARD_BYTES, XTERM)
    with pytest.raises(OutputError) as refused:
        osc52("é" * MAX_CLIPBOARD_BYTES, XTERM)
    assert "é" not in str(refused.value)


def test_mosh_takes_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capabilities, "is_over_mosh", lambda: True)
    assert osc52("x" * MAX_MOSH_CLIPBOARD_BYTES, XTERM)
    with pytest.raises(OutputError, match="than mosh passes on"):
        osc52("x" * (MAX_MOSH_CLIPBOARD_BYTES + 1), XTERM)


def test_mosh_is_known_by_its_server_among_the_ancestors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_over_mosh()
    server = tmp_path / "mosh-server"
    server.symlink_to(sys.executable)
    program = "import subprocess, sys; subprocess.run([sys.argv[1], '-c', 'print(input())'])"
    with subprocess.Popen(
        [server, "-c", program, sys.executable], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}, text=True
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not children.read_text():
            pass
        monkeypatch.setattr(os, "getpid", lambda: int(children.read_text()))
        assert is_over_mosh()
        monkeypatch.undo()
        process.communicate("\n")


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        (XTERM, ""),
        ({**XTERM, "XTERM_VERSION": "XTerm(390)"}, "xterm"),
        ({**XTERM, "VTE_VERSION": "7600"}, "VTE"),
        ({"TERM": "xterm-kitty"}, ""),
        ({"TERM": "foot"}, ""),
        ({"TERM": "st-256color"}, "st"),
        ({"TERM": "rxvt-unicode-256color"}, "rxvt-unicode"),
        ({"TERM": "putty-256color"}, "PuTTY"),
        ({"TERM": "screen-256color", "STY": "1.pts", "VTE_VERSION": "7600"}, ""),
    ],
)
def test_terminals_that_drop_it_are_known(environ: dict[str, str], name: str) -> None:
    assert dropped_by(environ) == name


def test_without_a_tmux_that_answers_nothing_is_sent_by_it(tmp_path: Path) -> None:
    assert not send_by_tmux(PHONE, {"PATH": str(tmp_path), "TMUX": "/nowhere,1,0"})


def test_a_lone_surrogate_is_not_a_reason_to_fail() -> None:
    assert body(osc52("a\ud800b", XTERM)) == "a?b"


@pytest.mark.parametrize(
    ("environ", "multiplexer"),
    [
        ({}, ""),
        ({"TERM": "xterm-256color", "TMUX": "", "STY": ""}, ""),
        ({"TERM": "screen-256color", "TMUX": "/tmp/x"}, "tmux"),
        ({"TERM": "tmux"}, "tmux"),
        ({"TERM": "xterm", "STY": "12.pts"}, "screen"),
        ({"TERM": "screen"}, "screen"),
        ({"TERM": "screen.xterm-256color"}, "screen"),
        ({"TERM": "screenless"}, ""),
    ],
)
def test_the_multiplexer_is_recognised(environ: dict[str, str], multiplexer: Multiplexer) -> None:
    assert detect_multiplexer(environ) == multiplexer
