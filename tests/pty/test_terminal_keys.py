"""Keys through the real driver."""

from __future__ import annotations

from pathlib import Path

import pytest

from lead_tui.terminal.environment import OURS
from tests.pty.harness import Terminal, app_command, clean_environment

ESC = "\x1b"


@pytest.mark.parametrize(
    ("burst", "expected"),
    [
        (f"{ESC}g", "escape g"),
        (f"{ESC}G", "escape G"),
        (f"{ESC}b", "escape b"),
        (f"{ESC}1", "escape 1"),
        (f"{ESC}:", "escape colon"),
        (f"{ESC}/", "escape slash"),
        (f"{ESC}[", "escape left_square_bracket"),
        (f"{ESC}O", "escape O"),
        (f"{ESC}{ESC}j", "escape escape j"),
        (f"{ESC}\t{ESC}\r", "shift+tab escape enter"),
        (f"{ESC}q{ESC}[B{ESC}[6~", "escape q down pagedown"),
        (f"{ESC}é", "escape é"),
        (ESC, "escape"),
    ],
)
def test_an_escape_followed_at_once_by_a_key_acts_as_the_two_keys(tmp_path: Path, burst: str, expected: str) -> None:
    with Terminal(app_command("minimal"), environ=clean_environment(tmp_path)) as terminal:
        terminal.wait_for("ready")
        terminal.send(burst)
        terminal.wait_for(lambda t: t.lines[0] == f"ready {expected}")
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0


def test_a_paste_is_not_typed(tmp_path: Path) -> None:
    with Terminal(app_command("minimal"), environ=clean_environment(tmp_path)) as terminal:
        terminal.wait_for("ready")
        terminal.paste(f"818 262 1448{ESC}q\x11")
        terminal.wait_for("ready paste:'818 262 1448q'")
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0


def test_late_answers_of_a_terminal_are_not_typed(tmp_path: Path) -> None:
    with Terminal(app_command("minimal"), environ=clean_environment(tmp_path)) as terminal:
        terminal.wait_for("ready")
        terminal.send(f"{ESC}[?62;22c{ESC}[>41;390;0c{ESC}[0nj")
        terminal.wait_for(lambda t: t.lines[0] == "ready j")


def test_the_kitty_protocol_is_never_switched_on(tmp_path: Path) -> None:
    environ = clean_environment(tmp_path, TEXTUAL_DISABLE_KITTY_KEY="0", TEXTUAL_DRIVER="nothing:Here")
    assert environ["TEXTUAL_DISABLE_KITTY_KEY"] != OURS["TEXTUAL_DISABLE_KITTY_KEY"]
    with Terminal(app_command("minimal"), environ=environ) as terminal:
        terminal.wait_for("ready")
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0
        assert b"\x1b[>" not in terminal.raw


def test_the_size_is_the_terminals_whatever_the_shell_exports_and_wherever_output_goes(tmp_path: Path) -> None:
    environ = clean_environment(tmp_path, COLUMNS="200", LINES="3")
    command = ["/bin/sh", "-c", f"exec {' '.join(app_command('rows'))} >/dev/null"]
    with Terminal(command, environ=environ, columns=63, lines=10) as terminal:
        terminal.wait_for(lambda t: len(t.lines[8]) == 62)
        terminal.resize(105, 12)
        terminal.wait_for(lambda t: len(t.lines[10]) == 104)


def test_copying_goes_to_the_terminal(tmp_path: Path) -> None:
    with Terminal(app_command("minimal"), environ=clean_environment(tmp_path)) as terminal:
        terminal.wait_for("ready")
        terminal.press("Y")
        terminal.wait_for(lambda t: t.clipboard == [b"KDMwMSkgMDAxLTAwMDA="])


def test_nothing_is_written_and_next_to_nothing_done_while_idle(tmp_path: Path) -> None:
    with Terminal(app_command("minimal"), environ=clean_environment(tmp_path)) as terminal:
        terminal.wait_for("ready")
        terminal.settle()
        written, used, switches = len(terminal.raw), terminal.cpu_seconds(), terminal.process.num_ctx_switches().voluntary
        terminal.watch(2.0)
        assert len(terminal.raw) == written
        assert terminal.cpu_seconds() - used < 0.1
        assert terminal.process.num_ctx_switches().voluntary - switches < 20
