from __future__ import annotations

import os
import pty
from collections.abc import Iterator

import pytest

from lead_tui.leads.errors import UsageError
from lead_tui.terminal.capabilities import can_report_mouse, require_terminal, shows_unicode

XTERM = {"TERM": "xterm-256color"}


@pytest.fixture
def tty() -> Iterator[int]:
    master, slave = pty.openpty()
    yield slave
    os.close(slave)
    os.close(master)


@pytest.fixture
def file() -> Iterator[int]:
    descriptor = os.open(os.devnull, os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def test_a_terminal_on_both_sides_will_do(tty: int) -> None:
    require_terminal(XTERM, stdin=tty, stderr=tty)


def test_no_terminal_for_keys_or_for_drawing_is_refused_with_a_hint(tty: int, file: int) -> None:
    for stdin, stderr, named in ((file, tty, "input"), (tty, file, "error"), (-1, tty, "input")):
        with pytest.raises(UsageError, match=f"standard {named}.*lead-tui search") as refused:
            require_terminal(XTERM, stdin=stdin, stderr=stderr)
        assert refused.value.exit_code == 2


def test_a_command_given_to_ssh_learns_how_it_gets_a_terminal(tty: int, file: int) -> None:
    over_ssh = XTERM | {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}
    with pytest.raises(
        UsageError, match=r"this SSH session has no terminal: ssh -t HOST lead-tui gives it one; or use lead-tui search"
    ):
        require_terminal(over_ssh, stdin=file, stderr=file)
    with pytest.raises(UsageError, match="standard input is not a terminal: use lead-tui search"):
        require_terminal(over_ssh, stdin=file, stderr=tty)


@pytest.mark.parametrize("environ", [{}, {"TERM": ""}, {"TERM": "dumb"}, {"TERM": "unknown"}])
def test_a_terminal_that_only_prints_lines_is_refused_with_a_hint(tty: int, environ: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"TERM is ('dumb'|'unknown'|not set).*lead-tui search"):
        require_terminal(environ, stdin=tty, stderr=tty)


@pytest.mark.parametrize(
    ("term", "encoding", "unicode"),
    [
        ("xterm-256color", "utf-8", True),
        ("xterm-256color", "UTF8", True),
        ("vte-256color", "utf_8", True),
        ("xterm-256color", "ISO-8859-1", False),
        ("xterm-256color", "ascii", False),
        ("xterm-256color", None, False),
        ("linux", "utf-8", False),
        ("screen.linux", "utf-8", False),
        ("screen.xterm-256color", "utf-8", True),
        ("vt220", "utf-8", False),
    ],
)
def test_borders_beyond_ascii_need_the_encoding_and_the_font(term: str, encoding: str | None, unicode: bool) -> None:
    assert shows_unicode({"TERM": term}, encoding) is unicode


def test_screen_is_asked_for_no_mouse_reports() -> None:
    assert not can_report_mouse({"TERM": "screen", "STY": "1.pts"})
    assert not can_report_mouse({"TERM": "screen.xterm-256color"})
    assert can_report_mouse({"TERM": "screen-256color"})
    assert can_report_mouse({"TERM": "screen", "TMUX": "x"})
