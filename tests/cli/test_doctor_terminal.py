"""What ``lead-tui doctor`` reports about a terminal."""

from __future__ import annotations

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from lead_tui.cli import doctor
from lead_tui.cli.doctor import Report, clipboard, lost_connection, place, terminal, tmux
from lead_tui.cli.doctor_account import Doubt, Outcome
from lead_tui.export.writer import Sink
from lead_tui.leads.errors import UsageError
from tests.pty.harness import clean_environment

TERM = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal without problems."""
    monkeypatch.setattr("os.get_terminal_size", lambda _: (120, 40))
    monkeypatch.setattr(doctor, "require_terminal", lambda _: None)
    monkeypatch.setattr(doctor, "is_over_mosh", lambda *_: False)


def doubt(outcome: Outcome) -> Doubt:
    assert isinstance(outcome, Doubt)
    return outcome


def test_a_good_terminal_is_fine() -> None:
    found = dict(terminal(TERM, "utf-8"))
    assert list(found) == ["terminal", "characters", "colors", "multiplexer", "clipboard"]
    assert not any(isinstance(each, Doubt) for each in found.values())


def test_one_that_the_app_would_refuse_is_in_doubt_since_scripts_need_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def require(_: object) -> None:
        raise UsageError("standard input is not a terminal", remedy="use lead-tui search")

    monkeypatch.setattr(doctor, "require_terminal", require)
    assert place(TERM) == Doubt("standard input is not a terminal", "use lead-tui search")


@pytest.mark.parametrize("size", [(59, 24), (80, 14)])
def test_one_that_is_too_small_is_in_doubt(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.get_terminal_size", lambda _: size)
    assert "60x15" in doubt(place(TERM)).remedy


def test_characters_that_cannot_be_written_are_reported_with_the_locale_to_set() -> None:
    assert "UTF-8 locale" in doubt(dict(terminal(TERM, "iso8859-1"))["characters"]).remedy


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"NO_COLOR": "1"}, "NO_COLOR"),
        ({"NO_COLOR": ""}, "NO_COLOR"),
        ({}, "256"),
        ({"TERM": "vt220"}, "16"),
        ({"COLORTERM": "24bit"}, "16 million"),
        ({"COLORTERM": "24bit", "STY": "1.pts"}, "256"),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor", "TMUX": "x"}, "16 million"),
        ({"TERM": "dvtm-256color", "COLORTERM": "truecolor"}, "256"),
    ],
)
def test_colors_are_reported(more: dict[str, str], said: str) -> None:
    assert said in str(dict(terminal(TERM | more, "utf-8"))["colors"])


def test_a_tmux_that_keeps_escape_comes_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = TERM | {"TMUX": "/nowhere,1,0"}
    for delay, doubted in ((500, True), (10, False)):
        monkeypatch.setattr(doctor, "tmux", lambda _, delay=delay: ((3, 3), delay))
        found = dict(terminal(environ, "utf-8"))["multiplexer"]
        assert doubt(found).remedy == "set -sg escape-time 10 in ~/.tmux.conf" if doubted else found == "tmux"
    assert dict(terminal(TERM | {"STY": "1.x"}, "utf-8"))["multiplexer"] == "screen"


def test_a_tmux_that_may_drop_the_clipboard_comes_with_a_remedy() -> None:
    assert doubt(clipboard(TERM, "tmux", (3, 1))).remedy.startswith("set -s set-clipboard on")
    assert isinstance(clipboard(TERM, "tmux", (3, 2)), str)


def test_tmux_is_queried_only_where_it_runs_on_this_host() -> None:
    for environ in ({"TERM": "tmux-256color"}, {"TERM": "tmux-256color", "TMUX": "/nowhere,1,0", "PATH": "/nowhere"}):
        assert tmux(environ) == ((0, 0), 0)
        assert "OSC 52, which tmux may drop" in doubt(dict(terminal(environ, "utf-8"))["clipboard"]).what


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed here")
def test_a_tmux_that_runs_tells_its_version_and_its_delay(tmp_path: Path, short_path: Path) -> None:
    environ = {**clean_environment(tmp_path), "TMUX_TMPDIR": str(tmp_path)}
    socket = short_path / "socket"
    (tmp_path / "conf").write_text("set -sg escape-time 7\n")

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
        version, delay = tmux({**environ, "TMUX": f"{socket},{pid},0", "TERM": "tmux-256color"})
    finally:
        run("kill-server")
    assert version > (1, 0)
    assert delay == 7


def test_a_terminal_that_drops_copies_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(clipboard(TERM, "", (0, 0)), str)
    assert "st drops" in doubt(clipboard({"TERM": "st-256color"}, "", (0, 0))).what
    monkeypatch.setattr(doctor, "is_over_mosh", lambda *_: True)
    assert "mosh" in str(clipboard(TERM, "", (0, 0)))


def test_a_finding_is_wrapped_to_the_width_and_is_in_one_line_without() -> None:
    for width in (0, 70):
        written = BytesIO()
        Report(Sink(written, width=width), "").add("clock", "a\x1b[2J\nb " + "a " * 60)
        lines = written.getvalue().decode().splitlines()
        assert max(map(len, lines)) <= 70 if width else len(lines) == 1
        assert all(map(str.isprintable, lines))


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("", False),
        ("Port 22\n# ClientAliveInterval 15\n", False),
        ("ClientAliveInterval 0\n", False),
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


def test_lost_connections_matter_over_ssh_only() -> None:
    assert "lost connection" in dict(terminal({**TERM, "SSH_CONNECTION": "203.0.113.7 1 203.0.113.8 22"}, "utf-8"))


def test_the_home_directory_is_a_tilde() -> None:
    written = BytesIO()
    Report(Sink(written), "/home/maria").write("/home/maria/x, /home/mariah/x")
    assert written.getvalue().decode() == "~/x, /home/mariah/x\n"


def test_problems_are_counted() -> None:
    written = BytesIO()
    report = Report(Sink(written), "")
    report.add("a", "fine")
    report.add("b", Doubt("odd"))
    for name in "cd":
        report.add(name, UsageError(name))
    assert report.summary() == "4 checks: 1 ok, 2 failed, 1 warning"
    assert str(report.failure) == "c"
    assert written.getvalue().decode().splitlines()[1] == "  warn    b               odd"
