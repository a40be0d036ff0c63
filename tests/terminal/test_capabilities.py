from __future__ import annotations

import os

import pytest

from lead_tui.leads.errors import UsageError
from lead_tui.terminal.capabilities import can_report_mouse, require_terminal, shows_unicode

XTERM = {"TERM": "xterm-256color"}


@pytest.fixture
def terminals(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The standard streams that are terminals."""
    found = {0, 2}
    monkeypatch.setattr(os, "isatty", found.__contains__)
    return found


@pytest.mark.usefixtures("terminals")
def test_a_terminal_on_both_sides_will_do() -> None:
    require_terminal(XTERM)


@pytest.mark.parametrize(("missing", "named"), [(0, "input"), (2, "error")])
def test_no_terminal_for_keys_or_for_drawing_is_refused_with_a_hint(terminals: set[int], missing: int, named: str) -> None:
    terminals.remove(missing)
    with pytest.raises(UsageError, match=f"standard {named}.*lead-tui search") as refused:
        require_terminal(XTERM)
    assert refused.value.exit_code == 2


def test_a_command_given_to_ssh_learns_how_it_gets_a_terminal(terminals: set[int]) -> None:
    over_ssh = XTERM | {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}
    terminals.remove(0)
    with pytest.raises(UsageError, match="standard input is not a terminal: use lead-tui search"):
        require_terminal(over_ssh)
    terminals.remove(2)
    with pytest.raises(
        UsageError, match=r"this SSH session has no terminal: ssh -t HOST lead-tui gives it one; or use lead-tui search"
    ):
        require_terminal(over_ssh)


@pytest.mark.usefixtures("terminals")
@pytest.mark.parametrize("environ", [{}, {"TERM": ""}, {"TERM": "dumb"}, {"TERM": "unknown"}])
def test_a_terminal_that_only_prints_lines_is_refused_with_a_hint(environ: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"TERM is ('dumb'|'unknown'|not set).*lead-tui search"):
        require_terminal(environ)


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
