"""What ``lead-tui doctor`` makes of a terminal."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from lead_tui.cli.checks import Verdict, fail, lines_of, ok, summary, warn
from lead_tui.cli.doctor_terminal import (
    AskTmux,
    Terminal,
    characters,
    clipboard,
    colors,
    examine,
    lost_connection,
    multiplexer,
    place,
    terminal_facts,
)
from lead_tui.leads.errors import UsageError
from lead_tui.terminal.capabilities import TRUE_COLOR, Multiplexer, TerminalCapabilities
from tests.pty.harness import clean_environment


def tmux(**options: str) -> AskTmux:
    """A tmux with these *options*, whose names have ``_`` for ``-``."""
    return lambda option: options.get(option.replace("-", "_"), "")


def terminal(
    *,
    size: tuple[int, int] | None = (120, 40),
    refusal: UsageError | None = None,
    unicode: bool = True,
    encoding: str = "utf-8",
    between: Multiplexer = Multiplexer.NONE,
    ask: AskTmux | None = None,
    number: int = 256,
) -> Terminal:
    """A good one, but for what is given."""
    can = TerminalCapabilities(unicode=unicode, colors=number, multiplexer=between)
    return Terminal("xterm-256color", size, refusal, can, encoding, over_ssh=False, ask_tmux=ask or tmux())


def test_a_good_terminal_is_fine() -> None:
    found = examine(terminal())
    assert {finding.verdict for finding in found} == {Verdict.OK}
    assert summary(found) == "5 checks: 5 ok"


def test_none_is_in_doubt_since_scripts_need_none() -> None:
    finding = place(terminal(size=None))
    assert (finding.verdict, finding.remedy) == (Verdict.WARN, "the app needs one; lead-tui search does not")
    assert clipboard(terminal(size=None)).verdict is Verdict.WARN


def test_one_that_can_only_print_lines_is_what_the_app_ends_with() -> None:
    refusal = UsageError("the terminal is one that can only print lines (TERM is 'dumb')", remedy="set TERM")
    finding = place(terminal(refusal=refusal))
    assert (finding.verdict, finding.error) == (Verdict.FAIL, refusal)


def test_one_that_the_app_would_not_read_from_is_in_doubt() -> None:
    finding = place(terminal(refusal=UsageError("standard input is not a terminal", remedy="use lead-tui search")))
    assert finding.verdict is Verdict.WARN
    assert "standard input" in finding.what


@pytest.mark.parametrize("size", [(59, 24), (80, 14)])
def test_one_that_is_too_small_is_in_doubt(size: tuple[int, int]) -> None:
    finding = place(terminal(size=size))
    assert finding.verdict is Verdict.WARN
    assert "60x15" in finding.remedy


def test_characters_that_cannot_be_written_are_told_with_the_locale_to_set() -> None:
    finding = characters(terminal(unicode=False, encoding="iso8859-1"))
    assert finding.verdict is Verdict.WARN
    assert "UTF-8 locale" in finding.remedy
    assert "rounded corners" in characters(terminal(unicode=False)).what


@pytest.mark.parametrize(("number", "said"), [(0, "NO_COLOR"), (16, "16"), (256, "256"), (TRUE_COLOR, "16 million")])
def test_colours_are_told(number: int, said: str) -> None:
    assert said in colors(terminal(number=number)).what


def test_a_tmux_that_keeps_escape_is_told_how_not_to() -> None:
    slow = multiplexer(terminal(between=Multiplexer.TMUX, ask=tmux(escape_time="500")))
    assert (slow.verdict, slow.remedy) == (Verdict.WARN, "set -sg escape-time 10 in ~/.tmux.conf")
    assert multiplexer(terminal(between=Multiplexer.TMUX, ask=tmux(escape_time="10"))).verdict is Verdict.OK
    assert multiplexer(terminal(between=Multiplexer.TMUX)).verdict is Verdict.OK
    assert multiplexer(terminal(between=Multiplexer.SCREEN)).what == "screen"


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        ({"set_clipboard": "on", "allow_passthrough": "off"}, Verdict.OK),
        ({"set_clipboard": "external", "allow_passthrough": "on"}, Verdict.OK),
        ({"set_clipboard": "external", "allow_passthrough": "off"}, Verdict.WARN),
        ({"set_clipboard": "off"}, Verdict.WARN),
        ({"version": "3.1c"}, Verdict.WARN),
        ({"version": "3.2"}, Verdict.OK),
        ({"version": "next-3.6", "set_clipboard": "off"}, Verdict.OK),
        ({}, Verdict.WARN),
    ],
)
def test_a_tmux_that_drops_the_clipboard_is_told_how_not_to(options: dict[str, str], verdict: Verdict) -> None:
    finding = clipboard(terminal(between=Multiplexer.TMUX, ask=tmux(**options)))
    assert finding.verdict is verdict
    assert bool(finding.remedy) == (verdict is Verdict.WARN)


def test_tmux_is_asked_only_where_it_runs_on_this_host() -> None:
    far = terminal_facts({"TERM": "tmux-256color"}, "utf-8")
    assert far.can.multiplexer is Multiplexer.TMUX
    assert far.ask_tmux("set-clipboard") == ""
    gone = terminal_facts({"TERM": "tmux-256color", "TMUX": "/nowhere,1,0", "PATH": "/nowhere"}, "utf-8")
    assert gone.ask_tmux("set-clipboard") == ""


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed here")
def test_a_tmux_that_runs_tells_its_options(tmp_path: Path) -> None:
    environ = {**clean_environment(tmp_path), "TMUX_TMPDIR": str(tmp_path)}
    socket = tmp_path / "socket"
    (tmp_path / "conf").write_text("set -s set-clipboard on\nset -sg escape-time 7\nset -g allow-passthrough on\n")

    def run(*words: str) -> str:
        return subprocess.run(
            ["tmux", "-S", str(socket), "-f", str(tmp_path / "conf"), *words],
            env=environ,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    run("new-session", "-d", "sh")
    try:
        pid = run("display-message", "-p", "#{pid}").strip()
        found = terminal_facts({**environ, "TMUX": f"{socket},{pid},0", "TERM": "tmux-256color"}, "utf-8")
        told = [found.ask_tmux(option) for option in ("set-clipboard", "escape-time", "allow-passthrough", "version")]
    finally:
        run("kill-server")
    assert told[:3] == ["on", "7", "on"]
    assert told[3][0].isdigit()


def test_a_terminal_that_drops_copies_is_named() -> None:
    assert clipboard(terminal()).verdict is Verdict.OK
    dropping = clipboard(terminal()._replace(drops_copies="st"))
    assert dropping.verdict is Verdict.WARN
    assert "st drops" in dropping.what
    assert "mosh" in clipboard(terminal()._replace(over_mosh=True)).what


def test_a_finding_is_wrapped_to_the_width_and_stands_in_one_line_without() -> None:
    finding = warn("clock", "a " * 60, "b " * 60)
    whole = lines_of(finding)
    assert len(whole) == 2
    assert whole[0].startswith("  warn    clock")
    assert whole[1].strip().startswith("remedy: b b")
    assert max(map(len, lines_of(finding, 70))) <= 70


@pytest.mark.parametrize(("seconds", "verdict"), [(60, Verdict.OK), (0, Verdict.WARN), (None, Verdict.WARN)])
def test_an_sshd_that_notices_no_silent_connection_is_warned_about(seconds: int | None, verdict: Verdict) -> None:
    over_ssh = terminal()._replace(over_ssh=True, sshd_seconds=seconds)
    finding = lost_connection(over_ssh)
    assert finding.verdict is verdict
    assert finding in examine(over_ssh)
    assert ("ClientAliveInterval 15" in finding.remedy) is (verdict is Verdict.WARN)
    assert lost_connection(terminal()) not in examine(terminal())


def test_what_is_not_fine_is_counted() -> None:
    found = [ok("a", ""), warn("b", ""), fail("c", UsageError("no")), fail("d", UsageError("no"))]
    assert summary(found) == "4 checks: 1 ok, 2 failed, 1 warning"


def test_a_finding_is_one_line_whatever_is_in_it() -> None:
    (line,) = lines_of(ok("name", "a\x1b[2J\nb"))
    assert line.isprintable()
