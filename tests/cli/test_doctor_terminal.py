"""What ``lead-tui doctor`` reports about a terminal."""

from __future__ import annotations

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from lead_tui.cli import doctor_terminal
from lead_tui.cli.doctor_report import Doubt, Outcome, Report, wrapped
from lead_tui.cli.doctor_terminal import (
    AskTmux,
    _ask_tmux,
    characters,
    clipboard,
    colors,
    examine_terminal,
    lost_connection,
    multiplexer,
    place,
)
from lead_tui.export.writer import Sink
from lead_tui.leads.errors import UsageError
from lead_tui.terminal.capabilities import TRUE_COLOR, Multiplexer, TerminalCapabilities
from tests.pty.harness import clean_environment


def tmux(**options: str) -> AskTmux:
    """A tmux with these *options*, whose names have ``_`` for ``-``."""
    return lambda option: options.get(option.replace("-", "_"), "")


def capable(*, unicode: bool = True, colors: int = 256, between: Multiplexer = Multiplexer.NONE) -> TerminalCapabilities:
    return TerminalCapabilities(unicode=unicode, colors=colors, multiplexer=between)


IN_TMUX = capable(between=Multiplexer.TMUX)
TERM = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal without problems."""
    monkeypatch.setattr(doctor_terminal, "_size", lambda: (120, 40))
    monkeypatch.setattr(doctor_terminal, "require_terminal", lambda _: None)
    monkeypatch.setattr(doctor_terminal, "is_over_mosh", lambda *_: False)


def report_on(environ: dict[str, str]) -> str:
    written = BytesIO()
    report = Report(Sink(written), "")
    examine_terminal(report, environ, "utf-8")
    return f"{written.getvalue().decode()}{report.summary()}"


def doubt(outcome: Outcome) -> Doubt:
    assert isinstance(outcome, Doubt)
    return outcome


def refuse(monkeypatch: pytest.MonkeyPatch, refusal: UsageError) -> None:
    def require(_: object) -> None:
        raise refusal

    monkeypatch.setattr(doctor_terminal, "require_terminal", require)


def test_a_good_terminal_is_fine() -> None:
    assert report_on(TERM).endswith("\n5 checks: 5 ok")


def test_none_is_in_doubt_since_scripts_need_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doubt(place(TERM, None)).remedy == "the app needs one; lead-tui search does not"
    monkeypatch.setattr(doctor_terminal, "_size", lambda: None)
    assert report_on(TERM).endswith("\n5 checks: 3 ok, 2 warnings")


def test_one_that_can_only_print_lines_is_what_the_app_ends_with(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = UsageError("the terminal is one that can only print lines (TERM is 'dumb')", remedy="set TERM")
    refuse(monkeypatch, refusal)
    with pytest.raises(UsageError) as caught:
        place(TERM, (120, 40))
    assert caught.value is refusal


def test_one_that_the_app_would_not_read_from_is_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, UsageError("standard input is not a terminal", remedy="use lead-tui search"))
    assert "standard input" in doubt(place(TERM, (120, 40))).what


@pytest.mark.parametrize("size", [(59, 24), (80, 14)])
def test_one_that_is_too_small_is_in_doubt(size: tuple[int, int]) -> None:
    assert "60x15" in doubt(place(TERM, size)).remedy


def test_characters_that_cannot_be_written_are_reported_with_the_locale_to_set() -> None:
    assert "UTF-8 locale" in doubt(characters(capable(unicode=False), "iso8859-1")).remedy
    assert "rounded corners" in doubt(characters(capable(unicode=False), "utf-8")).what


@pytest.mark.parametrize(("number", "said"), [(0, "NO_COLOR"), (16, "16"), (256, "256"), (TRUE_COLOR, "16 million")])
def test_colors_are_reported(number: int, said: str) -> None:
    assert said in colors(capable(colors=number))


def test_a_tmux_that_keeps_escape_comes_with_a_remedy() -> None:
    slow = multiplexer(IN_TMUX, tmux(escape_time="500"))
    assert doubt(slow).remedy == "set -sg escape-time 10 in ~/.tmux.conf"
    assert multiplexer(IN_TMUX, tmux(escape_time="10")) == "tmux"
    assert multiplexer(IN_TMUX, tmux()) == "tmux"
    assert multiplexer(capable(between=Multiplexer.SCREEN), tmux()) == "screen"


@pytest.mark.parametrize(
    ("options", "arrives"),
    [
        ({"set_clipboard": "on", "allow_passthrough": "off"}, True),
        ({"set_clipboard": "external", "allow_passthrough": "on"}, True),
        ({"set_clipboard": "external", "allow_passthrough": "off"}, False),
        ({"set_clipboard": "off"}, False),
        ({"version": "3.1c"}, False),
        ({"version": "3.2"}, True),
        ({"version": "next-3.6", "set_clipboard": "off"}, True),
        ({}, False),
    ],
)
def test_a_tmux_that_drops_the_clipboard_comes_with_a_remedy(options: dict[str, str], arrives: bool) -> None:
    found = clipboard(TERM, IN_TMUX, tmux(**options))
    assert isinstance(found, str) if arrives else doubt(found).remedy


def test_a_tmux_in_mosh_comes_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_terminal, "is_over_mosh", lambda process=0: process == 77)
    options = {"version": "3.3a", "client_pid": "77"}
    remedy = doubt(clipboard(TERM, IN_TMUX, tmux(**options))).remedy
    assert remedy == r"set -as terminal-overrides ',*:Ms=\E]52;c;%p2%s\007' in ~/.tmux.conf, then attach again"
    for more in ({"client_pid": "78"}, {"allow_passthrough": "on"}, {"terminal_overrides": r"linux*:AX@\n*:Ms=\E]52;c;%p2%s\007"}):
        assert isinstance(clipboard(TERM, IN_TMUX, tmux(**options | more)), str)


def test_tmux_is_queried_only_where_it_runs_on_this_host() -> None:
    for environ in ({"TERM": "tmux-256color"}, {"TERM": "tmux-256color", "TMUX": "/nowhere,1,0", "PATH": "/nowhere"}):
        assert _ask_tmux(environ, "set-clipboard") == ""
        assert "OSC 52, which tmux may drop" in report_on(environ)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed here")
def test_a_tmux_that_runs_tells_its_options(tmp_path: Path, short_path: Path) -> None:
    environ = {**clean_environment(tmp_path), "TMUX_TMPDIR": str(tmp_path)}
    socket = short_path / "socket"
    options = "set -s set-clipboard on", "set -sg escape-time 7", "set -g allow-passthrough on", doctor_terminal._FOR_MOSH
    (tmp_path / "conf").write_text("".join(f"{option}\n" for option in options))

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
        within = {**environ, "TMUX": f"{socket},{pid},0", "TERM": "tmux-256color"}
        told = [
            _ask_tmux(within, option)
            for option in ("set-clipboard", "escape-time", "allow-passthrough", "version", "terminal-overrides")
        ]
    finally:
        run("kill-server")
    assert told[:3] == ["on", "7", "on"]
    assert told[3][0].isdigit()
    assert "Ms=" in told[4]


def test_a_terminal_that_drops_copies_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(clipboard(TERM, capable(), tmux()), str)
    assert "st drops" in doubt(clipboard({"TERM": "st-256color"}, capable(), tmux())).what
    monkeypatch.setattr(doctor_terminal, "is_over_mosh", lambda *_: True)
    assert "mosh" in clipboard(TERM, capable(), tmux())


def test_a_finding_is_wrapped_to_the_width_and_is_in_one_line_without() -> None:
    assert wrapped("  warn    clock  ", "a " * 60, 0) == ["  warn    clock  " + "a " * 60]
    assert max(map(len, wrapped("  warn    clock  ", "a " * 60, 70))) <= 70
    (line,) = wrapped("name ", "a\x1b[2J\nb", 0)
    assert line.isprintable()


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("", False),
        ("Port 22\n# ClientAliveInterval 15\n", False),
        ("ClientAliveInterval 0\n", False),
        ("ClientAliveInterval 15\nClientAliveCountMax 0\n", False),
        ("clientaliveinterval=15\nClientAliveCountMax 4\n", True),
        ('  ClientAliveInterval\t"1m30s"\n', True),
        ("Match Group leads\n    ClientAliveInterval 15\n", True),
    ],
)
def test_an_sshd_that_notices_no_silent_connection_is_warned_about(tmp_path: Path, text: str, ends: bool) -> None:
    (tmp_path / "sshd_config").write_text("Include /etc/ssh/sshd_config.d/*.conf\n")
    (tmp_path / "sshd_config.d").mkdir()
    (tmp_path / "sshd_config.d" / "50-here.conf").write_text(text)
    found = lost_connection(tmp_path)
    assert isinstance(found, str) if ends else doubt(found).remedy.startswith("ClientAliveInterval 15")


def test_an_sshd_whose_configuration_cannot_be_read_is_in_doubt(tmp_path: Path) -> None:
    assert "cannot be read" in doubt(lost_connection(tmp_path)).what


def test_lost_connections_matter_over_ssh_only() -> None:
    assert "lost connection" in report_on({**TERM, "SSH_TTY": "/dev/pts/1"})
    assert "lost connection" not in report_on(TERM)


def test_the_home_directory_is_a_tilde_wherever_it_ends() -> None:
    written = BytesIO()
    report = Report(Sink(written), "/home/maria")
    report.lines(["Others can write to /home/maria: chmod go-w /home/maria", "/home/maria/x, /home/mariah/x, /srv/home/maria"])
    assert written.getvalue().decode().splitlines() == [
        "Others can write to ~: chmod go-w ~", "~/x, /home/mariah/x, /srv/home/maria",
    ]  # fmt: skip


def test_problems_are_counted() -> None:
    written = BytesIO()
    report = Report(Sink(written), "")
    report.check("a", lambda: "fine")
    report.check("b", lambda: Doubt("odd"))
    for name in "cd":
        report.fail(name, UsageError(name))
    report.skip("why", "e")
    assert report.summary() == "5 checks: 1 ok, 2 failed, 1 warning, 1 skipped"
    assert str(report.failure) == "c"
    assert written.getvalue().decode().splitlines()[1] == "  warn    b               odd"
