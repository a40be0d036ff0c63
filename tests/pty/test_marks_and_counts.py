"""Counting, marking and copying in the running program, in a narrow terminal and in a wide one, and in tmux."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pty.harness import Terminal, module_command
from tests.pty.program import MILLION, SIZES, Home, at_row, leave, start, wait_for_row
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import lead_id, phone


@SIZES
def test_leads_are_counted_filtered_marked_and_copied(home: Home, server: ConvosoServer, size: tuple[int, int]) -> None:
    with start(home, server, size=size) as terminal:
        # Count by status is one key; the leads with a status are one more.
        terminal.send("t")
        terminal.wait_for(re.compile(r"Requested Callback  CB +40 +20\.0%  █{30}"))
        assert "200 loaded of 1,000,000 · 5 values" in terminal.text
        terminal.press("enter")
        terminal.wait_for(at_row(1, MILLION // 5))
        terminal.send("b")
        wait_for_row(terminal, 1)
        terminal.send("mjm")
        terminal.wait_for("2 marked")
        wait_for_row(terminal, 4)
        assert len(re.findall(r"│\* (Dana|Ana) ", terminal.text)) == 2
        terminal.send("Y")
        terminal.wait_for("Marked: phones")
        terminal.send("P")
        terminal.wait_for(lambda t: len(t.clipboard) == 1)
        assert base64.b64decode(terminal.clipboard[0]).decode() == f"{phone(0)}\n{phone(2)}"
        terminal.send("Y")
        terminal.wait_for("Marked: ids")
        terminal.send("I")
        terminal.wait_for(lambda t: len(t.clipboard) == 2)
        assert base64.b64decode(terminal.clipboard[1]).decode() == f"{lead_id(0)}\n{lead_id(2)}"
        terminal.send("U")
        terminal.wait_for("2 unmarked")
        leave(terminal)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed here")
def test_in_tmux_a_copy_reaches_the_terminal_and_leaves_no_buffer(home: Home, short_path: Path) -> None:
    socket, conf = short_path / "socket", short_path / "tmux.conf"
    conf.write_text("set -s set-clipboard off\nset -g status off\nset -s escape-time 0\n")
    tmux = ["tmux", "-S", str(socket), "-f", str(conf)]
    environ = home.environment()
    with Terminal([*tmux, "new-session", *module_command("--demo=1000")], environ=environ, columns=80, lines=24) as terminal:
        terminal.wait_for("200 loaded")
        terminal.send("y")
        terminal.wait_for("Sent to clipboard by tmux: ")
        terminal.wait_for(lambda t: bool(t.clipboard))
        sent = base64.b64decode(terminal.clipboard[-1]).decode()
        assert re.fullmatch(r"\d{10}", sent)
        assert sent[-4:] in terminal.text
        assert not subprocess.run([*tmux, "list-buffers"], env=environ, capture_output=True, check=True).stdout
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
